#include "calendar/emit.h"
#include "time/civil.h"

static const char wrong_end[] = "it ends before it begins";

static int32_t
days_up(int64_t seconds)
{
    return (int32_t)((seconds + SMP_DAY_SECONDS - 1) / SMP_DAY_SECONDS);
}

static int64_t
given_length(const struct cal_event *event)
{
    return event->seconds + (int64_t)event->days * SMP_DAY_SECONDS;
}

/* Days last at least one; a time of the last day ends with it. */
static struct cal_length
length_of_days(struct cal_reader *reader, struct cal_event *event)
{
    struct cal_length length = {.zone = event->start.zone, .days = 1};
    int64_t seconds = given_length(event);

    if (event->end_kind == CAL_END_TIME) {
        int64_t end = event->end.local;

        if (!event->end.day)
            end = smp_zone_to_local(
                reader->zones.fallback,
                smp_cal_instant(&reader->zones, event->end, NULL));
        if (end < event->start.local)
            smp_cal_doubt(reader, event, wrong_end, NULL);
        else
            seconds = end - event->start.local;
    }
    length.has_end = seconds > 0;
    if (length.has_end)
        length.days = days_up(seconds);
    return length;
}

/* A zone whose midnight is somebody's: UTC has none. */
static const struct smp_zone *
zone_of_days(const struct cal_reader *reader, const struct smp_zone *zone)
{
    return zone == reader->zones.utc.zone ? reader->zones.fallback : zone;
}

int64_t
smp_cal_midnight(const struct cal_reader *reader, const struct smp_zone *zone,
                 int64_t local)
{
    const struct smp_zone *of_days = zone_of_days(reader, zone);

    if (of_days != zone)
        local = smp_zone_to_local(of_days, smp_zone_to_instant(zone, local));
    return smp_zone_to_instant(of_days, ((int64_t)smp_day_at(local) + 1) *
                                            SMP_DAY_SECONDS);
}

/* A day as the end: it ends as that begins, or with it where it begins on it.
 */
static int64_t
end_at_day(struct cal_reader *reader, struct cal_event *event, int64_t start,
           const struct smp_zone *zone)
{
    const struct smp_zone *of_days = zone_of_days(reader, zone);
    int32_t last = smp_day_at(event->end.local);

    if (smp_day_at(smp_zone_to_local(of_days, start)) == last)
        last++;
    return smp_zone_to_instant(of_days, (int64_t)last * SMP_DAY_SECONDS);
}

/* UTC is nobody's wall clock, so it is borrowed only where it must be. */
static bool
borrows(const struct cal_reader *reader, const struct cal_event *event)
{
    const struct cal_zones *zones = &reader->zones;

    if (!event->start.zone->floating || event->start.zone->zone ||
        event->end.day)
        return false;
    return event->end.zone != &zones->utc ||
           smp_cal_instant(zones, event->end, NULL) <
               smp_cal_instant(zones, event->start, NULL);
}

static int64_t
latest(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/*
 * A time without a zone borrows that of the other end. An end that comes too
 * early is that of the day, and a DURATION besides it is not forgotten.
 */
static void
length_to_end(struct cal_reader *reader, struct cal_event *event,
              struct cal_length *length)
{
    const struct cal_zones *zones = &reader->zones;
    int64_t start, end;

    if (borrows(reader, event))
        length->zone = event->end.zone;
    start = smp_cal_instant(zones, event->start, length->zone);
    end = event->end.day ? end_at_day(reader, event, start,
                                      smp_cal_zone(zones, length->zone, NULL))
                         : smp_cal_instant(zones, event->end, length->zone);
    if (event->end.zone->floating && length->zone == &zones->utc)
        end = latest(end, smp_cal_instant(zones, event->end, NULL));
    length->seconds = end - start;
    if (length->seconds >= 0)
        return;
    smp_cal_doubt(reader, event, wrong_end, NULL);
    length->to_midnight = true;
    length->days = event->days;
    length->seconds = event->seconds;
}

struct cal_length
smp_cal_length_of(struct cal_reader *reader, struct cal_event *event)
{
    struct cal_length length = {.zone = event->start.zone};

    if (event->start.day)
        return length_of_days(reader, event);
    if (event->end_kind == CAL_END_TIME) {
        length_to_end(reader, event, &length);
    } else {
        length.days = event->days;
        length.seconds = event->seconds;
        length.to_midnight = event->end_kind == CAL_END_WRONG;
    }
    length.has_end = !length.to_midnight && (length.days || length.seconds);
    return length;
}

int64_t
smp_cal_longest(const struct cal_event *event)
{
    int64_t given = given_length(event);
    int64_t between = event->end_kind == CAL_END_TIME
                          ? event->end.local - event->start.local
                          : 0;

    return (given > between ? given : between) + SMP_DAY_SECONDS;
}

const struct smp_zone *
smp_cal_wall(const struct cal_reader *reader, const struct cal_event *event,
             const struct cal_length *length)
{
    if (event->start.day)
        return reader->zones.fallback;
    return smp_cal_zone(&reader->zones, length->zone, NULL);
}
