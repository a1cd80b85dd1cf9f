#include <regex.h>
#include <unistd.h>

#include "schedule/schedule.h"
#include "tool/format.h"

static bool
goes_with_calendars(struct smp_tool *tool)
{
    static const enum smp_option_id others[] = {SMP_OPT_CLIENT, SMP_OPT_SINCE};
    bool match = smp_tool_option(tool, SMP_OPT_MATCH) != NULL;
    size_t i;

    for (i = 0; i < sizeof others / sizeof others[0]; i++)
        if (!match && smp_tool_option(tool, others[i]))
            return smp_tool_usage(tool, "--%s requires --match",
                                  smp_options[others[i]].name);
    if (match && tool->given.operand_count)
        return smp_tool_usage(tool, "--match reads a calendar from standard "
                                    "input and takes no SESSION");
    return true;
}

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

/* The plans on standard input, as a spool if they are read more than once or
 * made of a calendar first. */
static bool
open_input(struct run *run, struct smp_tool *tool, struct spool *input)
{
    struct smp_err err = {0};

    if (tool->given.operand_count)
        return true;
    if (smp_tool_option(tool, SMP_OPT_MATCH))
        match_appointments(tool, STDIN_FILENO, input);
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
    return !run->shared || run_prescan(run, tool, input);
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
    if (smp_tool_load(&tool) && run_read(&run, &tool) &&
        goes_with_calendars(&tool) && has_input(&tool) &&
        smp_tool_format_options(&tool) && open_input(&run, &tool, &input))
        smp_tool_run(&tool);
    if (run.scanned && !tool.usage && !tool.failed)
        check_input(&tool, &input);
    if (!tool.usage && !tool.failed)
        edits_report(&run.edits, &tool);
    if (tool.dropped)
        smp_buf_printf(&tool.summary, ", %lu events rejected", tool.dropped);
    run_release(&run);
    spool_release(&input);
    return smp_tool_end(&tool);
}
