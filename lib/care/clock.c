#include "care/clock.h"

#include <stdlib.h>

/* The minutes of a day at which something is done, ascending. */
struct hours {
    int at[SMP_CLOCKS_MAX];
    size_t count;
};

static int
compare_minutes(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* n times a day: morning; and night; and noon; more, evenly between the two. */
static void
spread(struct hours *hours, const struct smp_protocol *protocol, size_t n)
{
    int morning = protocol->clocks[SMP_CLOCK_MORNING];
    int night = protocol->clocks[SMP_CLOCK_NIGHT];
    size_t i;

    hours->count = n;
    for (i = 0; i < n; i++)
        hours->at[i] =
            n == 1 ? morning
                   : morning + (int)i * (night - morning) / ((int)n - 1);
    if (n == 3)
        hours->at[1] = protocol->clocks[SMP_CLOCK_NOON];
}

static struct hours
hours_of(const struct smp_protocol *protocol, const struct smp_every *every)
{
    struct hours hours = {.count = 0};
    size_t i;

    if (every->kind == SMP_EVERY_PER_DAY && every->min >= 1000 &&
        every->min <= SMP_CLOCKS_MAX * 1000)
        spread(&hours, protocol, (size_t)(every->min / 1000));
    if (every->kind == SMP_EVERY_CLOCKS)
        for (i = 0; i < every->count; i++)
            hours.at[hours.count++] = smp_protocol_clock(
                protocol, every->at[i].clock, every->at[i].minutes);
    qsort(hours.at, hours.count, sizeof hours.at[0], compare_minutes);
    return hours;
}

void
smp_clock_times(struct smp_plan *plan, const struct smp_protocol *protocol,
                const struct smp_session *session, const struct smp_rule *rule,
                struct smp_item *item)
{
    struct hours hours = hours_of(protocol, &rule->every);
    int64_t from = item->start.seconds, until = item->end.seconds, start, end;
    int32_t day = smp_day_at(from);
    struct smp_zone_near near = {0};
    size_t i;

    if (!hours.count || item->end.kind == SMP_NEVER)
        return;
    start = smp_session_start(session);
    end = smp_session_end(plan, session, protocol);
    if (until - from > (int64_t)SMP_CLOCK_DAYS * SMP_DAY_SECONDS)
        until = from + (int64_t)SMP_CLOCK_DAYS * SMP_DAY_SECONDS;
    item->at = smp_arena_alloc(
        &plan->arena, ((size_t)((until - from) / SMP_DAY_SECONDS) + 2) *
                          hours.count * sizeof *item->at);
    for (; (int64_t)day * SMP_DAY_SECONDS < until; day++)
        for (i = 0; i < hours.count; i++) {
            int64_t local = (int64_t)day * SMP_DAY_SECONDS + hours.at[i] * 60;
            int64_t instant =
                smp_zone_to_instant_near(plan->zone, local, &near);

            if (local >= from && local < until &&
                (rule->phase == SMP_PRE ? local < start : local >= end) &&
                !(rule->phase == SMP_PRE && session->has_created &&
                  instant < session->created) &&
                (!item->at_count || instant > item->at[item->at_count - 1]))
                item->at[item->at_count++] = instant;
        }
}
