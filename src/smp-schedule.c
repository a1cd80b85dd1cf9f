#include <unistd.h>

#include "plan/plan.h"
#include "schedule/schedule.h"
#include "tool/format.h"

static bool
has_input(struct smp_tool *tool)
{
    if (tool->given.operand_count)
        return true;
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

/* The plans on standard input, as a spool if they are read more than once. */
static bool
open_input(struct run *run, struct smp_tool *tool, struct spool *input)
{
    struct smp_err err = {0};

    if (tool->given.operand_count)
        return true;
    if (!run->shared)
        return true;
    if (!spool_take(input, STDIN_FILENO, &err)) {
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
