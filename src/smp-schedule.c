#include <string.h>
#include <unistd.h>

#include "care/clash.h"
#include "series/series.h"
#include "tool/care.h"

/* What the command line says about the series. */
struct wanted {
    int count;        /* sessions; 0: the protocol's usual number */
    int64_t duration; /* seconds; 0: the protocol's length */
};

static void
set_length(struct smp_plan *plan, int64_t duration)
{
    size_t i;

    for (i = 0; duration && i < plan->session_count; i++)
        if (!plan->sessions[i].duration &&
            plan->sessions[i].start.kind == SMP_LOCAL)
            plan->sessions[i].duration = duration;
}

static void
tell_warnings(const struct smp_tool *tool, const struct smp_plan *plan)
{
    size_t i;

    for (i = 0; i < plan->warnings.count; i++)
        smp_message(tool->program->name, "%.64s: %s", plan->id,
                    plan->warnings.at[i]);
}

static bool
complete(struct smp_tool *tool, struct smp_plan *plan,
         const struct smp_protocol *protocol, struct smp_err *err)
{
    const struct wanted *wanted = tool->context;

    (void)err;
    set_length(plan, wanted->duration);
    if (!smp_series_complete(plan, protocol, wanted->count))
        tool->said_no = true;
    smp_care_warn_of_clashes(plan, protocol);
    tell_warnings(tool, plan);
    return true;
}

static bool
read_wanted(struct smp_tool *tool, struct wanted *wanted)
{
    const char *text = smp_tool_option(tool, SMP_OPT_LENGTH);
    struct smp_length length;

    if (!smp_tool_number(tool, SMP_OPT_COUNT, 1, 99, &wanted->count))
        return false;
    if (!text)
        return true;
    if (!smp_length_parse(text, &length) || !smp_span_is_elapsed(length.max) ||
        smp_span_seconds(length.max) <= 0 ||
        smp_span_seconds(length.max) > SMP_DAY_SECONDS)
        return smp_tool_usage(tool,
                              "--length: a time of at most 24h is wanted");
    wanted->duration = smp_span_seconds(length.max);
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
        return smp_tool_usage(tool,
                              "--id, --name, --email and --session speak of a "
                              "SESSION, and none is given");
    return true;
}

int
main(int argc, char **argv)
{
    struct wanted wanted = {0};
    struct smp_tool tool;

    if (!smp_tool_begin(&tool, &smp_program_schedule, argc, argv))
        return smp_tool_end(&tool);
    tool.context = &wanted;
    tool.work = complete;
    if (smp_tool_load(&tool) && read_wanted(&tool, &wanted) &&
        has_input(&tool) && smp_tool_format(&tool, &smp_write_series))
        smp_tool_run(&tool);
    return smp_tool_end(&tool);
}
