#include <unistd.h>

#include "plan/plan.h"
#include "schedule/schedule.h"
#include "tool/format.h"
#include "tool/options.h"
#include "tool/tool.h"

/* --ready with --id: a plan without a session, and without input. */
static bool
is_new_client(const struct smp_tool *tool)
{
    return smp_tool_option(tool, SMP_OPT_READY) &&
           smp_tool_option(tool, SMP_OPT_ID);
}

static bool
has_input(struct smp_tool *tool)
{
    if (tool->given.operand_count)
        return true;
    if (is_new_client(tool))
        return !smp_tool_option(tool, SMP_OPT_SESSION) ||
               smp_tool_usage(tool, "--session requires a SESSION");
    if (isatty(STDIN_FILENO))
        return smp_tool_usage(
            tool, "give the first SESSION, such as 2026-12-01T10:00, or plans "
                  "on standard input");
    if (smp_tool_option(tool, SMP_OPT_ID) ||
        smp_tool_option(tool, SMP_OPT_NAME) ||
        smp_tool_option(tool, SMP_OPT_EMAIL) ||
        smp_tool_option(tool, SMP_OPT_SESSION))
        return smp_tool_usage(
            tool, "--id, --name, --email and --session require a SESSION");
    return true;
}

static void
make_new_client(struct smp_tool *tool, struct spool *input)
{
    const char *id = smp_tool_option(tool, SMP_OPT_ID);
    struct smp_plan plan = {.id = id,
                            .name = smp_tool_option(tool, SMP_OPT_NAME),
                            .email = smp_tool_option(tool, SMP_OPT_EMAIL)};
    struct smp_buf line = {0};
    struct smp_err err = {0};
    long long at;

    if (smp_plan_set_zone(&plan, &tool->defaults, &err)) {
        smp_plan_format(&line, &plan);
        if (spool_new(input, &err) &&
            spool_add(input, line.data, line.len, &at, &err))
            spool_rewind(input, &err);
    }
    if (err.failed)
        smp_tool_fail(tool, smp_buf_text(&err.text));
    smp_buf_release(&line);
    smp_err_release(&err);
    smp_plan_release(&plan);
}

/* The plans on standard input, as a spool if they are read more than once. */
static bool
open_input(struct run *run, struct smp_tool *tool, struct spool *input)
{
    struct smp_err err = {0};

    if (tool->given.operand_count)
        return true;
    if (is_new_client(tool))
        make_new_client(tool, input);
    else if (!run->shared)
        return true;
    else if (!spool_take(input, STDIN_FILENO, &err)) {
        smp_err_prefix(&err, "<stdin>");
        smp_tool_fail(tool, smp_buf_text(&err.text));
    }
    smp_err_release(&err);
    if (tool->failed || tool->usage)
        return false;
    tool->input = input->fd;
    return run_prescan(run, tool, input);
}

/* A plan that came between two passes has no chair, so any plan may be wrong.
 */
static void
check_input(struct smp_tool *tool, const struct spool *input)
{
    struct smp_err err = {0};

    if (!spool_check(input, &err)) {
        smp_err_prefix(&err, "<stdin>");
        smp_tool_fail(tool, smp_buf_text(&err.text));
    }
    smp_err_release(&err);
}

int
main(int argc, char **argv)
{
    struct run run = {0};
    struct spool input = {.fd = -1};
    struct smp_tool tool;

    if (!smp_tool_begin(&tool, &smp_program_schedule, argc, argv))
        return smp_tool_end(&tool);
    tool.context = &run;
    tool.work = run_plan;
    smp_tool_choose_format(&tool, smp_sheet_of_sessions);
    if (smp_tool_load(&tool) && run_read(&run, &tool) && has_input(&tool) &&
        smp_tool_format_options(&tool) && open_input(&run, &tool, &input))
        smp_tool_run(&tool);
    if (run.scanned && !tool.usage && !tool.failed)
        check_input(&tool, &input);
    if (tool.dropped)
        smp_buf_printf(&tool.summary, ", %lu events rejected", tool.dropped);
    run_release(&run);
    spool_release(&input);
    return smp_tool_end(&tool);
}
