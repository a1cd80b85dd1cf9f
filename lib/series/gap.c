#include "series/internal.h"

#include "time/window.h"
#include "protocol/protocol.h"
#include "plan/plan.h"

const struct smp_gap *
smp_gap_rule(const struct smp_protocol *protocol, int treatment)
{
    const struct smp_gap *each = NULL;
    size_t i;

    for (i = 0; i < protocol->course.gap_count; i++) {
        const struct smp_gap *gap = &protocol->course.gaps[i];

        if (gap->if_words)
            continue;
        if (gap->after == treatment)
            return gap;
        if (!gap->after && !each)
            each = gap;
    }
    return each;
}

const struct smp_session *
smp_gap_first(const struct smp_plan *plan)
{
    const struct smp_session *first = NULL;
    size_t i;

    for (i = 0; i < plan->session_count; i++) {
        const struct smp_session *session = &plan->sessions[i];

        if (session->status != SMP_CANCELLED &&
            (!first || smp_session_precedes(session, first)))
            first = session;
    }
    return first;
}

const struct smp_session *
smp_gap_previous(const struct smp_plan *plan, const struct smp_session *session)
{
    const struct smp_session *found = NULL;
    size_t i;

    for (i = 0; i < plan->session_count; i++) {
        const struct smp_session *other = &plan->sessions[i];

        if (other->status != SMP_CANCELLED &&
            smp_session_precedes(other, session) &&
            (!found || smp_session_precedes(found, other)))
            found = other;
    }
    return found;
}

/* Hours as days: rounded up for a minimum, else rounded down. */
static int32_t
day_after(int32_t day, struct smp_span span, bool at_least)
{
    int64_t seconds = smp_span_seconds(span);

    if (!smp_span_is_elapsed(span))
        return smp_day_add(day, span);
    return day + (int32_t)((seconds + (at_least ? SMP_DAY_SECONDS - 1 : 0)) /
                           SMP_DAY_SECONDS);
}

struct smp_series_gap
smp_gap_days(const struct smp_gap *rule, int32_t first, int32_t previous)
{
    static const struct smp_gap none = {0};
    const struct smp_gap *r = rule ? rule : &none;
    int32_t day = r->from_first ? first : previous;
    struct smp_series_gap gap = {
        .from_first = r->from_first,
        .has_first = r->has_min,
        .has_last = r->has_max,
    };

    gap.first = r->has_min ? day_after(day, r->min, true) : day + 1;
    gap.best = r->has_prefer ? day_after(day, r->prefer, false) : gap.first;
    if (!r->has_min && r->has_prefer)
        gap.first = gap.best;
    gap.last =
        r->has_max ? day_after(day, r->max, false) : gap.best + SMP_GAP_DAYS;
    return gap;
}

struct smp_series_gap
smp_series_gap(const struct smp_plan *plan, const struct smp_protocol *protocol,
               const struct smp_session *session)
{
    const struct smp_session *previous = smp_gap_previous(plan, session);

    if (!previous)
        return (struct smp_series_gap){0};
    return smp_gap_days(
        smp_gap_rule(protocol, smp_plan_treatment(plan, previous)),
        smp_session_day(smp_gap_first(plan)), smp_session_day(previous));
}
