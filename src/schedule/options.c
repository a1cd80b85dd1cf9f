#include <string.h>

#include "time/zone.h"
#include "plan/plan.h"
#include "tool/options.h"
#include "tool/tool.h"
#include "schedule/schedule.h"

static bool
read_length(struct smp_tool *tool, int64_t *seconds)
{
    const char *text = smp_tool_option(tool, SMP_OPT_LENGTH);
    struct smp_length length;

    if (!text)
        return true;
    if (!smp_length_parse(text, &length) || !smp_span_is_elapsed(length.max) ||
        smp_span_seconds(length.max) <= 0 ||
        smp_span_seconds(length.max) > SMP_DAY_SECONDS)
        return smp_tool_usage(
            tool, "--length requires a length of at most 24h, such as 3h");
    *seconds = smp_span_seconds(length.max);
    return true;
}

/* FROM/TO, or one day. */
static bool
read_days(struct smp_tool *tool, const char *text, struct smp_days *days)
{
    size_t n = strcspn(text, "/");
    struct smp_buf first = {0};
    struct smp_err err = {0};

    smp_buf_add(&first, text, n);
    if (smp_tool_day(tool, tool->zone, smp_buf_text(&first), &days->first,
                     &err) &&
        smp_tool_day(tool, tool->zone, text[n] ? text + n + 1 : text,
                     &days->last, &err) &&
        days->last < days->first)
        smp_fail(&err, "it ends before it begins");
    if (err.failed)
        smp_tool_usage(tool, "--away: %s", smp_buf_text(&err.text));
    smp_err_release(&err);
    smp_buf_release(&first);
    return !tool->usage;
}

/* A DAY, of which today begins now, or a DATETIME. */
static bool
read_from(struct run *run, struct smp_tool *tool)
{
    const char *text = smp_tool_option(tool, SMP_OPT_EARLIEST);
    int32_t today = smp_day_at(smp_zone_to_local(tool->zone, tool->now)), day;
    struct smp_when *from = &run->wanted.not_before;
    struct smp_err err = {0}, no_time = {0};

    if (text &&
        (!smp_when_parse(text, from, &no_time) || from->kind == SMP_DAY)) {
        if (!smp_day_parse(text, today, &day, &err))
            smp_tool_usage(tool, "--from: %s", smp_buf_text(&err.text));
        else if (day == today)
            *from = (struct smp_when){SMP_INSTANT, tool->now};
        else
            *from = smp_when_day(day);
    }
    smp_err_release(&no_time);
    smp_err_release(&err);
    return !tool->usage;
}

static bool
read_away(struct run *run, struct smp_tool *tool)
{
    const struct smp_strings *given = smp_tool_options(tool, SMP_OPT_AWAY);
    size_t i;

    run->away = smp_calloc(given->count + 1, sizeof *run->away);
    for (i = 0; i < given->count; i++)
        if (!read_days(tool, given->at[i], &run->away[i]))
            return false;
    run->wanted.away = run->away;
    run->wanted.away_count = given->count;
    return true;
}

/* From now on, unless --from says otherwise. */
static bool
read_ready(struct run *run, struct smp_tool *tool)
{
    const char *day = smp_tool_option(tool, SMP_OPT_READY);
    struct smp_err err = {0};

    run->wanted.has_ready = day != NULL;
    if (day && !smp_tool_day(tool, tool->zone, day, &run->wanted.ready, &err))
        smp_tool_usage(tool, "--ready: %s", smp_buf_text(&err.text));
    if (day && tool->given.operand_count)
        smp_tool_usage(tool, "--ready plans the first session, too, and takes "
                             "no SESSION");
    if (day && run->wanted.not_before.kind == SMP_NEVER)
        run->wanted.not_before = (struct smp_when){SMP_INSTANT, tool->now};
    smp_err_release(&err);
    return !tool->usage;
}

bool
run_read(struct run *run, struct smp_tool *tool)
{
    run->wanted.chairs = 1;
    run->shared = studios_are_shared(tool);
    return smp_tool_number(tool, SMP_OPT_COUNT, 1, SMP_NUMBER_MAX,
                           &run->wanted.count) &&
           smp_tool_number(tool, SMP_OPT_CHOICES, 1, SMP_CHOICES_MAX,
                           &run->wanted.choices) &&
           read_length(tool, &run->wanted.length) && read_away(run, tool) &&
           read_from(run, tool) && read_ready(run, tool) &&
           studios_read(tool, &run->studios);
}
