#include "series/openings.h"

#include "time/civil.h"

/* When the clock shows a time, or skips it. */
static int64_t
instant_of(const struct smp_zone *zone, int64_t local)
{
    int64_t instant = smp_zone_to_instant(zone, local), change;

    if (smp_zone_to_local(zone, instant) != local &&
        smp_zone_next_change(zone, instant - 2 * SMP_DAY_SECONDS, instant,
                             &change))
        return change;
    return instant;
}

/* Those of a day on the studio's own clock that begin at *from or later, which
 * moves behind them: one that touches two days is one. */
static void
add_day(const struct smp_openings *openings, int32_t day, int64_t *from,
        struct smp_intervals *list)
{
    struct smp_opening found[SMP_HOURS_MAX + 1];
    size_t i, n = smp_hours_on(openings->hours, day, found);

    for (i = 0; i < n; i++) {
        if (found[i].from < *from)
            continue;
        *from = found[i].until;
        smp_intervals_add(list, instant_of(openings->zone, found[i].from),
                          instant_of(openings->zone, found[i].until));
    }
}

/* Leaves those that touch [from, until). */
static void
keep(struct smp_intervals *list, int64_t from, int64_t until)
{
    size_t i, kept = 0;

    for (i = 0; i < list->count; i++)
        if (list->at[i].from < until && list->at[i].until > from)
            list->at[kept++] = list->at[i];
    list->count = kept;
}

void
smp_openings_on(const struct smp_openings *openings,
                const struct smp_zone *zone, int32_t day,
                struct smp_intervals *list)
{
    int64_t midnight = (int64_t)day * SMP_DAY_SECONDS, after = INT64_MIN;
    int64_t from, until;
    int32_t own, last;

    list->count = 0;
    if (!zone || zone == openings->zone) {
        add_day(openings, day, &after, list);
        return;
    }
    from = instant_of(zone, midnight);
    until = instant_of(zone, midnight + SMP_DAY_SECONDS);
    if (from >= until)
        return;
    last = smp_day_at(smp_zone_to_local(openings->zone, until - 1));
    for (own = smp_day_at(smp_zone_to_local(openings->zone, from)); own <= last;
         own++)
        add_day(openings, own, &after, list);
    keep(list, from, until);
}
