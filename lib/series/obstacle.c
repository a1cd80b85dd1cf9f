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

    bare.taken = bare.avoid = (struct smp_intervals){0};
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
    return obstacle;
}

enum smp_obstacle
smp_starts_obstacle(const struct smp_starts *starts, int32_t day,
                    int64_t length)
{
    struct smp_opening openings[SMP_HOURS_MAX + 1];
    int64_t midnight = ((int64_t)day + 1) * SMP_DAY_SECONDS;

    if (smp_zone_to_instant(starts->zone, midnight) <= starts->not_before)
        return SMP_PAST;
    if (smp_starts_is_away(starts, day, day))
        return SMP_AWAY;
    if (starts->hours && !smp_hours_on(starts->hours, day, openings))
        return SMP_CLOSED;
    return obstacle_when_open(starts, day, length);
}
