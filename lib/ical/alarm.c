#include "ical/entries.h"

#include "time/zone.h"

enum { MARGIN = 15 * 60 };

/* Seconds after midnight of the quiet hours. */
struct quiet {
    int from, until;
};

static int
time_of_day(int64_t local)
{
    return (int)(local - (int64_t)smp_day_at(local) * SMP_DAY_SECONDS);
}

static bool
is_quiet(const struct quiet *quiet, int64_t local)
{
    int time = time_of_day(local);

    if (quiet->from <= quiet->until)
        return quiet->from <= time && time < quiet->until;
    return time >= quiet->from || time < quiet->until;
}

/* The two readings of "so many seconds from the start" as local times. */
struct readings {
    int64_t by_clock, elapsed;
};

static struct readings
read_both(const struct smp_zone *zone, struct smp_when start, int offset)
{
    int64_t instant = smp_zone_to_instant(zone, start.seconds);

    return (struct readings){start.seconds + offset,
                             smp_zone_to_local(zone, instant + offset)};
}

/* Shortly before the quiet hours that a local time is in. */
static int64_t
evening(const struct quiet *quiet, int64_t local)
{
    int64_t midnight = (int64_t)smp_day_at(local) * SMP_DAY_SECONDS;

    if (quiet->from > quiet->until && time_of_day(local) < quiet->until)
        midnight -= SMP_DAY_SECONDS;
    return midnight + quiet->from - MARGIN;
}

/* The later or the earlier reading of a local time as an offset. */
static int
offset_to(const struct smp_zone *zone, struct smp_when start, int64_t local,
          bool later)
{
    int64_t by_clock = local - start.seconds;
    int64_t elapsed = smp_zone_to_instant(zone, local) -
                      smp_zone_to_instant(zone, start.seconds);

    return (int)((by_clock > elapsed) == later ? by_clock : elapsed);
}

int
smp_alarm_outside_quiet_hours(const struct smp_protocol *protocol,
                              const struct smp_zone *zone,
                              struct smp_when start, int wanted)
{
    struct quiet quiet = {protocol->quiet_from * 60,
                          protocol->quiet_until * 60};
    struct readings at = read_both(zone, start, wanted);
    int64_t local, morning;

    if (is_quiet(&quiet, at.by_clock))
        local = at.by_clock;
    else if (is_quiet(&quiet, at.elapsed))
        local = at.elapsed;
    else
        return wanted;
    morning = (int64_t)smp_day_at(local) * SMP_DAY_SECONDS + quiet.until;
    if (quiet.from > quiet.until && time_of_day(local) < quiet.until &&
        (start.kind == SMP_DAY || morning < start.seconds))
        return offset_to(zone, start, morning, true);
    return offset_to(zone, start, evening(&quiet, local), false);
}

int64_t
smp_alarm_instant(const struct smp_zone *zone, struct smp_when start,
                  int offset)
{
    int64_t by_clock = smp_zone_to_instant(zone, start.seconds + offset);
    int64_t elapsed = smp_zone_to_instant(zone, start.seconds) + offset;

    return by_clock < elapsed ? by_clock : elapsed;
}
