#include "series/starts.h"

static bool
has_start(struct smp_starts *starts, int32_t day, int64_t length)
{
    struct smp_day_starts found = smp_starts_on(starts, day, length);

    return smp_starts_any(&found);
}

/* Why it may not begin on a day that has openings: what is first in the way. */
static enum smp_obstacle
obstacle_when_open(const struct smp_starts *starts, int32_t day, int64_t length)
{
    struct smp_starts bare = *starts;
    enum smp_obstacle obstacle = SMP_OWN;

    bare.taken = bare.open = bare.avoid = (struct smp_intervals){0};
    bare.busy = NULL;
    bare.not_before = INT64_MIN;
    if (!has_start(&bare, day, length))
        obstacle = SMP_TOO_SHORT;
    bare.not_before = starts->not_before;
    if (obstacle == SMP_OWN && !has_start(&bare, day, length))
        obstacle = SMP_PAST;
    bare.busy = starts->busy;
    if (obstacle == SMP_OWN && !has_start(&bare, day, length))
        obstacle = SMP_FULL;
    smp_intervals_release(&bare.taken);
    smp_intervals_release(&bare.open);
    return obstacle;
}

static bool
is_closed(const struct smp_starts *starts, int32_t day)
{
    struct smp_intervals open = {0};
    bool closed;

    if (!starts->openings.hours)
        return false;
    smp_openings_on(&starts->openings, starts->zone, day, &open);
    closed = !open.count;
    smp_intervals_release(&open);
    return closed;
}

enum smp_obstacle
smp_starts_obstacle(const struct smp_starts *starts, int32_t day,
                    int64_t length)
{
    int64_t midnight = ((int64_t)day + 1) * SMP_DAY_SECONDS;

    if (smp_zone_to_instant(starts->zone, midnight) <= starts->not_before)
        return SMP_PAST;
    if (smp_starts_is_away(starts, day, day))
        return SMP_AWAY;
    if (is_closed(starts, day))
        return SMP_CLOSED;
    return obstacle_when_open(starts, day, length);
}
