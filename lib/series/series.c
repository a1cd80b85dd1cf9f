#include "series/series.h"

#include <stdlib.h>
#include <string.h>

static const struct smp_gap *
gap_rule(const struct smp_protocol *protocol, int after)
{
    const struct smp_gap *each = NULL;
    size_t i;

    for (i = 0; i < protocol->course.gap_count; i++) {
        const struct smp_gap *gap = &protocol->course.gaps[i];

        if (gap->if_words)
            continue;
        if (gap->after == after)
            return gap;
        if (!gap->after && !each)
            each = gap;
    }
    return each;
}

/* The session that counts before a number: the nearest, or the first. */
static const struct smp_session *
session_before(const struct smp_plan *plan, int number, bool first)
{
    const struct smp_session *found = NULL;
    size_t i;

    for (i = 0; i < plan->session_count; i++) {
        const struct smp_session *session = &plan->sessions[i];

        if (session->number >= number || session->status == SMP_CANCELLED)
            continue;
        found = session;
        if (first)
            break;
    }
    return found;
}

/* Hours count as the whole days that they touch at least, or at most. */
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
smp_series_gap(const struct smp_plan *plan, const struct smp_protocol *protocol,
               int number)
{
    const struct smp_session *previous = session_before(plan, number, false);
    const struct smp_gap *rule =
        gap_rule(protocol, previous ? previous->number : number - 1);
    struct smp_series_gap gap = {0};
    const struct smp_session *from;
    int32_t day;

    if (!rule || !previous)
        return gap;
    gap.from_first = rule->from_first;
    from = session_before(plan, number, rule->from_first);
    day = smp_session_day(from);
    gap.has_first = rule->has_min;
    gap.has_last = rule->has_max;
    gap.first = rule->has_min ? day_after(day, rule->min, true) : day + 1;
    gap.last = rule->has_max ? day_after(day, rule->max, false) : gap.first;
    gap.best =
        rule->has_prefer ? day_after(day, rule->prefer, false) : gap.first;
    if (!rule->has_min && rule->has_prefer)
        gap.first = gap.best;
    if (!rule->has_max && gap.last < gap.best)
        gap.last = gap.best;
    return gap;
}

/* The nearest day to the best one that has the weekday, or the best. */
static int32_t
day_on_weekday(const struct smp_series_gap *gap, int weekday)
{
    int32_t last = gap->has_last ? gap->last : gap->best + 6;
    int32_t day, found = gap->best;
    bool any = false;

    for (day = gap->first; day <= last; day++)
        if (smp_weekday_of(day) == weekday &&
            (!any || abs(day - gap->best) < abs(found - gap->best))) {
            found = day;
            any = true;
        }
    return found;
}

static int32_t
end_of_years(void)
{
    return smp_day_of(SMP_YEAR_MAX, 12, 31);
}

/* Whether some day of the calendar fits the gap; else a warning says so. */
static bool
has_room(struct smp_plan *plan, const struct smp_series_gap *gap, int number)
{
    const int32_t end = smp_day_of(SMP_YEAR_MAX, 12, 31);

    if ((gap->has_first && gap->has_last && gap->first > gap->last) ||
        gap->best > end - 7) {
        smp_plan_warn(plan, "session %d: no day fits the protocol's gap",
                      number);
        return false;
    }
    return true;
}

static bool
propose(struct smp_plan *plan, const struct smp_protocol *protocol, int number,
        enum smp_status status)
{
    struct smp_series_gap gap = smp_series_gap(plan, protocol, number);
    struct smp_session before = *session_before(plan, number, false);
    int64_t time = before.start.seconds -
                   (int64_t)smp_session_day(&before) * SMP_DAY_SECONDS;
    struct smp_session *session;
    int32_t day;

    if (!gap.first)
        gap.first = gap.last = gap.best = smp_session_day(&before) + 1;
    if (!has_room(plan, &gap, number))
        return false;
    day = day_on_weekday(&gap, smp_weekday_of(smp_session_day(&before)));
    session = smp_plan_add_session(plan);
    *session = (struct smp_session){
        .number = number,
        .start = {before.start.kind, (int64_t)day * SMP_DAY_SECONDS + time},
        .duration = before.duration,
        .status = status,
        .has_window = gap.has_first && gap.has_last,
        .first = gap.first,
        .last = gap.last < end_of_years() ? gap.last : end_of_years(),
    };
    return true;
}

/* What was only proposed is proposed anew: it follows what is booked. */
static void
drop_proposals(struct smp_plan *plan)
{
    size_t i, kept = 0;

    for (i = 0; i < plan->session_count; i++)
        if (plan->sessions[i].status != SMP_PROPOSED &&
            plan->sessions[i].status != SMP_OPTIONAL)
            plan->sessions[kept++] = plan->sessions[i];
    plan->session_count = kept;
}

static bool
has_more_than_proposals(const struct smp_plan *plan)
{
    size_t i;

    for (i = 0; i < plan->session_count; i++)
        if (plan->sessions[i].status == SMP_BOOKED ||
            plan->sessions[i].status == SMP_DONE)
            return true;
    return false;
}

/* A session proposed anew stays the one it was, whatever it carries. */
static void
take_over(struct smp_plan *plan, const struct smp_plan *old)
{
    size_t i;

    for (i = 0; i < plan->session_count; i++) {
        struct smp_session *session = &plan->sessions[i];
        const struct smp_session *before =
            smp_plan_session(old, session->number);

        if (session->source || !before)
            continue;
        session->source = before->source;
        session->uid = before->uid;
        session->sequence = before->sequence;
    }
}

static void
check_gap(struct smp_plan *plan, const struct smp_protocol *protocol,
          const struct smp_session *session)
{
    const struct smp_session *previous =
        session_before(plan, session->number, false);
    struct smp_series_gap gap = smp_series_gap(plan, protocol, session->number);
    int32_t day = smp_session_day(session);
    struct smp_buf bound = {0};
    int days;

    if (!previous || session->status == SMP_CANCELLED)
        return;
    days = day - smp_session_day(previous);
    if (days <= 0) {
        smp_plan_warn(plan, "session %d is not after session %d",
                      session->number, previous->number);
    } else if (gap.has_first && day < gap.first) {
        smp_when_print(&bound, smp_when_day(gap.first));
        smp_plan_warn(plan,
                      "session %d is %d days after session %d, too early: the "
                      "protocol allows it from %s on",
                      session->number, days, previous->number,
                      smp_buf_text(&bound));
    } else if (gap.has_last && day > gap.last) {
        smp_when_print(&bound, smp_when_day(gap.last));
        smp_plan_warn(plan,
                      "session %d is %d days after session %d, too late: the "
                      "protocol allows it until %s",
                      session->number, days, previous->number,
                      smp_buf_text(&bound));
    }
    smp_buf_release(&bound);
}

static void
check_zone(struct smp_plan *plan, const struct smp_session *session)
{
    int64_t local = smp_session_start(session), again;

    again =
        smp_zone_to_local(plan->zone, smp_zone_to_instant(plan->zone, local));
    if (again != local)
        smp_plan_warn(plan,
                      "session %d begins at a time that the change of the "
                      "clock skips",
                      session->number);
}

static int
highest_number(const struct smp_plan *plan)
{
    return plan->session_count ? plan->sessions[plan->session_count - 1].number
                               : 0;
}

/* Sessions that are not cancelled, with those before the first one given. */
static int
counting(const struct smp_plan *plan)
{
    size_t i;
    int n = plan->session_count ? plan->sessions[0].number - 1 : 0;

    for (i = 0; i < plan->session_count; i++)
        n += plan->sessions[i].status != SMP_CANCELLED;
    return n;
}

static void
set_durations(struct smp_plan *plan, const struct smp_protocol *protocol,
              const struct smp_series_wanted *wanted)
{
    size_t i;

    for (i = 0; i < plan->session_count; i++)
        if (!plan->sessions[i].duration &&
            plan->sessions[i].start.kind == SMP_LOCAL)
            plan->sessions[i].duration =
                wanted->length ? wanted->length
                               : smp_span_seconds(protocol->course.length.max);
}

static bool
propose_up_to(struct smp_plan *plan, const struct smp_protocol *protocol,
              int count, enum smp_status status)
{
    while (counting(plan) < count) {
        int number = highest_number(plan) + 1;

        if (number > SMP_NUMBER_MAX || !session_before(plan, number, false))
            return true; /* nothing to count from */
        if (!propose(plan, protocol, number, status))
            return false;
    }
    return true;
}

bool
smp_series_complete(struct smp_plan *plan, const struct smp_protocol *protocol,
                    const struct smp_series_wanted *wanted)
{
    int usual = wanted->count ? wanted->count : protocol->course.typical;
    int extra = protocol->course.max - protocol->course.typical;
    struct smp_plan old;
    bool complete;
    size_t i;

    old = *plan;
    old.sessions = smp_arena_alloc(&plan->arena, (plan->session_count + 1) *
                                                     sizeof *old.sessions);
    if (plan->session_count)
        memcpy(old.sessions, plan->sessions,
               plan->session_count * sizeof *old.sessions);
    if (has_more_than_proposals(plan))
        drop_proposals(plan);
    plan->warnings.count = 0;
    for (i = 0; i < plan->session_count; i++) {
        check_gap(plan, protocol, &plan->sessions[i]);
        check_zone(plan, &plan->sessions[i]);
    }
    complete = propose_up_to(plan, protocol, usual, SMP_PROPOSED);
    if (complete)
        propose_up_to(plan, protocol, usual + extra, SMP_OPTIONAL);
    take_over(plan, &old);
    set_durations(plan, protocol, wanted);
    return complete;
}
