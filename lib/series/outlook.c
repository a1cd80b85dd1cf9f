#include "series/internal.h"

#include <stdlib.h>

#include "base/base.h"
#include "time/zone.h"
#include "plan/plan.h"

/* Where many clients want the same chairs. */

/* A plan to try things out on, with the sessions of another. */
static struct smp_plan
scratch_of(const struct smp_plan *plan)
{
    struct smp_plan scratch = *plan;
    size_t i;

    scratch.arena = (struct smp_arena){0};
    scratch.sessions = NULL;
    scratch.session_count = scratch.session_room = 0;
    for (i = 0; i < plan->session_count; i++)
        *smp_plan_add_session(&scratch) = plan->sessions[i];
    return scratch;
}

static void
release_scratch(struct smp_plan *scratch)
{
    free(scratch->sessions);
    smp_arena_release(&scratch->arena);
}

static void
widen(int32_t *first, int32_t *last, int32_t from, int32_t until)
{
    if (from < *first)
        *first = from;
    if (until > *last)
        *last = until;
}

/* The days of a run, whatever stands in the way of them. */
static void
reach_of_run(const struct smp_search *search, int32_t *first, int32_t *last)
{
    int32_t earliest = search->previous_day, latest = earliest;
    int tail = search->previous_tail;
    size_t i;

    for (i = 0; i < search->count; i++) {
        struct smp_range low = smp_range_after(search, search->slots[i].rule,
                                               earliest, i ? 0 : tail);
        struct smp_range high =
            smp_range_after(search, search->slots[i].rule, latest, tail);

        if (low.first > high.last)
            return;
        widen(first, last, low.first, high.last);
        earliest = low.first;
        latest = high.last;
        tail = SMP_TAILS - 1;
    }
}

static void
reach_of_slots(struct smp_work *work, size_t from, size_t end, int32_t *first,
               int32_t *last)
{
    while (from < end) {
        struct smp_search search = smp_work_search(work, from, end);

        reach_of_run(&search, first, last);
        from += search.count;
        if (search.has_next) /* others can come after the last one */
            end = end + search.count < work->candidates ? end + search.count
                                                        : work->candidates;
    }
}

bool
smp_series_reach(const struct smp_plan *plan,
                 const struct smp_protocol *protocol,
                 const struct smp_series_wanted *wanted, int32_t *first,
                 int32_t *last)
{
    struct smp_plan scratch = scratch_of(plan);
    struct smp_work work;
    size_t i;

    *first = INT32_MAX;
    *last = INT32_MIN;
    smp_work_begin(&work, &scratch, protocol, wanted);
    for (i = 0; i < scratch.session_count; i++) {
        const struct smp_session *session = &scratch.sessions[i];
        int32_t day = smp_session_day(session);

        if (session->status == SMP_BOOKED || session->status == SMP_PROPOSED)
            widen(first, last, day, day);
    }
    reach_of_slots(&work, 0, work.count, first, last);
    if (wanted->has_ready && !plan->session_count)
        widen(first, last,
              smp_day_at(smp_zone_to_local(plan->zone, work.starts.not_before)),
              wanted->ready);
    smp_work_release(&work);
    release_scratch(&scratch);
    *first -= 1;
    *last += SMP_TAILS;
    return *first <= *last;
}

/* The minutes at which some session of a run may begin. */
static int64_t
slack_of_run(const struct smp_search *search)
{
    int64_t minutes = 0;
    size_t i;

    for (i = 0; i < search->placed; i++)
        minutes += search->layers[i].minutes;
    return minutes;
}

/*
 * Of orders tried on random crowded studios (the days of the next session, the
 * fewest of any session, all of them, when the window ends) the one by all
 * starts of all sessions let the most clients have a whole series.
 */
int64_t
smp_series_slack(const struct smp_plan *plan,
                 const struct smp_protocol *protocol,
                 const struct smp_series_wanted *wanted)
{
    struct smp_plan scratch = scratch_of(plan);
    int64_t slack = 0;
    struct smp_work work;
    bool hopeless = false;
    size_t from = 0;

    smp_work_begin(&work, &scratch, protocol, wanted);
    if (!work.required)
        slack = INT64_MAX;
    while (from < work.required && !hopeless) {
        struct smp_search search = smp_work_run(&work, from, work.required);
        size_t left;

        smp_search_renew(&search); /* however far away */
        slack += slack_of_run(&search);
        left = search.count - search.placed;
        from += search.placed;
        hopeless = left && !search.has_next;
        if (left && search.has_next)
            smp_work_drop(&work, from, left);
        smp_search_release(&search);
    }
    smp_work_release(&work);
    release_scratch(&scratch);
    return hopeless ? SMP_SERIES_HOPELESS : slack;
}

static int32_t
begin_of_month(int32_t day)
{
    return day - smp_civil_of(day).day + 1;
}

/* The days of the months from the first session to the last possible one. */
static bool
days_of(const struct smp_plan *plan, struct smp_days *days)
{
    bool any = false;
    size_t i;

    for (i = 0; i < plan->session_count; i++) {
        const struct smp_session *session = &plan->sessions[i];
        int32_t day = smp_session_day(session);

        if (session->status == SMP_CANCELLED)
            continue;
        if (!any || day < days->first)
            days->first = day;
        if (!any || day > days->last)
            days->last = day;
        if (session->has_window && session->last > days->last)
            days->last = session->last;
        any = true;
    }
    days->first = begin_of_month(days->first);
    days->last = begin_of_month(smp_day_add_months(days->last, 1)) - 1;
    return any;
}

static bool
is_closed(struct smp_starts *starts, int32_t day, int64_t length,
          enum smp_closure_kind *kind)
{
    static const enum smp_closure_kind kinds[SMP_OBSTACLES] = {
        [SMP_CLOSED] = SMP_CLOSURE_HOURS,
        [SMP_AWAY] = SMP_CLOSURE_AWAY,
        [SMP_TOO_SHORT] = SMP_CLOSURE_HOURS,
        [SMP_FULL] = SMP_CLOSURE_FULL,
    };
    struct smp_day_starts found;

    if (smp_starts_unhindered(starts, day, length))
        return false;
    found = smp_starts_on(starts, day, length);
    if (smp_starts_any(&found))
        return false;
    *kind = kinds[smp_starts_obstacle(starts, day, length)];
    return true;
}

void
smp_series_closures(struct smp_plan *plan, const struct smp_protocol *protocol,
                    const struct smp_series_wanted *wanted)
{
    int64_t length = smp_work_length(0, protocol, wanted);
    struct smp_starts starts;
    struct smp_days days = {0, 0};
    enum smp_closure_kind kind;
    int32_t day;

    plan->closure_count = 0;
    if (!days_of(plan, &days))
        return;
    plan->closures =
        smp_arena_alloc(&plan->arena, (size_t)(days.last - days.first + 1) *
                                          sizeof *plan->closures);
    smp_starts_init(&starts, plan, wanted);
    for (day = days.first; day <= days.last; day++)
        if (is_closed(&starts, day, length, &kind))
            plan->closures[plan->closure_count++] =
                (struct smp_closure){day, kind};
    smp_starts_release(&starts);
}
