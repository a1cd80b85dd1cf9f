#include "series/ideal.h"

#include "series/nodes.h"

/*
 * Most often each session can be at the client's own time and on the own
 * weekday, that one which is nearest to the preferred day of its gap, and none
 * that was proposed has to move. Then no other series is as cheap. One that is
 * has to be at the same time, on the same weekday and without a move all along,
 * so only days from preferred ones are left to tell them apart. Its first
 * session follows the same one as ours. The others follow by whole weeks, and
 * their gaps count days from the session before, whatever day that is on, or
 * from the first one of all: so how near each can come to its preferred day
 * does not depend on the others. Ours are all as near as that, and no two days
 * of one weekday are equally near to a third: every other series costs more.
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
