#include "series/series.h"

#include <stdlib.h>
#include <string.h>

#include "series/given.h"
#include "series/nodes.h"
#include "series/work.h"

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
        if (search.has_next) /* they may come after the last one */
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
    smp_work_release(&work);
    release_scratch(&scratch);
    *first -= 1;
    *last += SMP_TAILS;
    return *first <= *last;
}

bool
smp_series_is(const struct smp_plan *plan, const struct smp_session *session,
              enum smp_series_which which)
{
    bool free = smp_work_is_free(plan, session);

    if (which == SMP_SERIES_PROPOSED)
        return free && session->status == SMP_PROPOSED;
    return !free && session->status != SMP_CANCELLED &&
           session->status != SMP_OPTIONAL;
}

bool
smp_series_take(const struct smp_plan *plan,
                const struct smp_protocol *protocol,
                const struct smp_series_wanted *wanted,
                enum smp_series_which which, struct smp_busy *busy)
{
    size_t i;

    for (i = 0; i < plan->session_count; i++) {
        const struct smp_session *session = &plan->sessions[i];
        struct smp_interval interval;

        if (!smp_series_is(plan, session, which))
            continue;
        interval = smp_series_interval(plan, session, protocol, wanted);
        if (!smp_busy_add(busy, interval.from, interval.until))
            return false;
    }
    return true;
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
