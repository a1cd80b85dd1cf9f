#include "series/ideal.h"

#include "series/nodes.h"

/*
 * Most often each session can be where nothing is better: at the client's own
 * time, on the client's own weekday, on that day of it which is the nearest to
 * the preferred day of the session's gap, and where it was, if it was proposed
 * before. Then no search is needed, for every other series costs more.
 *
 * One that did not would be at the same time, on the same weekday and without a
 * move all along, too: only distances from preferred days would be left to tell
 * the two apart. But a gap counts days from the session before, which is given
 * or on that weekday in both, or from the first one of all; so how near each
 * can come to its preferred day does not depend on the others. Ours are all as
 * near as that, and of the days of one weekday a single one is the nearest, for
 * seven is odd.
 *
 * Left to the search: months that are counted from the session before, the end
 * of the years, and a run that another session follows.
 */

static bool
is_of_days(bool given, struct smp_span span)
{
    return !given || (span.unit != SMP_MONTHS && span.unit != SMP_YEARS);
}

static bool
counts_days(const struct smp_gap *rule)
{
    return !rule || rule->from_first ||
           (is_of_days(rule->has_min, rule->min) &&
            is_of_days(rule->has_prefer, rule->prefer) &&
            is_of_days(rule->has_max, rule->max));
}

/* The day of a weekday that is the nearest to the preferred one of a gap. */
static bool
nearest(const struct smp_series_gap *gap, int weekday, int32_t *day)
{
    int32_t best = smp_range_clamp(gap->best, gap->first, gap->last);
    int after = (weekday - smp_weekday_of(best) + 7) % 7;
    bool has_after = best + after <= gap->last;
    bool has_before = best + after - 7 >= gap->first;

    if (gap->first > gap->last || !(has_after || has_before))
        return false;
    *day = best + after;
    if (!has_after || (has_before && after > 7 - after))
        *day -= 7;
    return true;
}

/* A slot after a session on a day, which reaches into `tail` more. */
static bool
place(struct smp_search *search, struct smp_slot *slot, int32_t previous,
      int *tail)
{
    const int32_t end = smp_day_of(SMP_YEAR_MAX, 12, 31);
    struct smp_series_gap gap =
        smp_gap_days(slot->rule, search->first_day, previous);
    int32_t time = search->starts->time;

    if (!counts_days(slot->rule) || gap.last > end ||
        !nearest(&gap, search->weekday, &slot->day) ||
        slot->day <= previous + *tail)
        return false;
    slot->time = time;
    slot->kept = slot->was != NULL;
    if (slot->was && smp_session_start(slot->was) !=
                         (int64_t)slot->day * SMP_DAY_SECONDS + time)
        return false;
    return smp_starts_fit(search->starts, slot->day, time, slot->length, tail);
}

bool
smp_ideal_place(struct smp_search *search)
{
    int32_t previous = search->previous_day;
    int tail = search->previous_tail;
    size_t k;

    if (search->has_next)
        return false;
    for (k = 0; k < search->count; k++) {
        if (!place(search, &search->slots[k], previous, &tail))
            return false;
        previous = search->slots[k].day;
    }
    return true;
}
