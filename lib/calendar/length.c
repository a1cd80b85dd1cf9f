#include "calendar/occurrence.h"

#include "time/civil.h"
#include "time/zone.h"
#include "calendar/reader.h"
#include "calendar/zones.h"

static const char wrong_end[] = "it ends before it begins";

static int64_t
given_length(const struct cal_event *event)
{
    return event->seconds + (int64_t)event->days * SMP_DAY_SECONDS;
}

static int64_t
greater(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* Days last at least one; a time of the last day ends with it. */
static struct cal_length
length_of_days(struct cal_reader *reader, struct cal_event *event)
{
    struct cal_length length = {.zone = event->start.zone, .days = 1};
    int64_t seconds = given_length(event), end = event->end.local;

    if (event->end_kind == CAL_END_TIME) {
        if (!event->end.day)
            end = smp_zone_to_local(
                reader->zones.fallback,
                smp_cal_instant(&reader->zones, event->end, NULL));
        if (end >= event->start.local)
            seconds = end - event->start.local;
        else
            length.before = smp_cal_swapped(event);
        if (end < event->start.local)
            smp_cal_doubt(reader, event, wrong_end, NULL);
    }
    length.has_end = seconds > 0;
    if (length.has_end)
        length.days =
            (int32_t)((seconds + SMP_DAY_SECONDS - 1) / SMP_DAY_SECONDS);
    return length;
}

/* The end of a day: as the day begins, or with it if `start` is on it. */
static int64_t
end_of_day(const struct smp_zone *zone, int32_t day, int64_t start)
{
    if (smp_day_at(smp_zone_to_local(zone, start)) == day)
        day++;
    return smp_zone_to_instant(zone, (int64_t)day * SMP_DAY_SECONDS);
}

/* The days of a time in UTC may be those of its writer, too: the later counts.
 */
static int64_t
end_at_day(const struct cal_reader *reader, const struct smp_zone *zone,
           int32_t day, int64_t start)
{
    int64_t end = end_of_day(zone, day, start);

    return zone == reader->zones.utc.zone
               ? greater(end, end_of_day(reader->zones.fallback, day, start))
               : end;
}

static int64_t
midnight_after(const struct cal_reader *reader, const struct smp_zone *zone,
               int64_t instant)
{
    const struct smp_zone *home = reader->zones.fallback;
    int64_t end =
        end_of_day(zone, smp_day_at(smp_zone_to_local(zone, instant)), instant);

    return zone == reader->zones.utc.zone
               ? greater(end,
                         end_of_day(
                             home, smp_day_at(smp_zone_to_local(home, instant)),
                             instant))
               : end;
}

/* UTC is nobody's wall clock, so it is borrowed only if it must be. */
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

/*
 * A time without a zone borrows that of the other end. An end before the start
 * may be the start: both readings are busy, and the rest of the day, and a
 * DURATION is not forgotten.
 */
static void
length_to_end(struct cal_reader *reader, struct cal_event *event,
              struct cal_length *length)
{
    const struct cal_zones *zones = &reader->zones;
    const struct smp_zone *wall;
    int64_t start, end;

    if (borrows(reader, event))
        length->zone = event->end.zone;
    wall = smp_cal_zone(zones, length->zone, NULL);
    start = smp_cal_instant(zones, event->start, length->zone);
    end = event->end.day
              ? end_at_day(reader, wall, smp_day_at(event->end.local), start)
              : smp_cal_instant(zones, event->end, length->zone);
    if (event->end.zone->floating && length->zone == &zones->utc)
        end = greater(end, smp_cal_instant(zones, event->end, NULL));
    length->seconds = end - start;
    length->nominal = smp_zone_to_local(wall, end) - event->start.local;
    if (length->seconds + length->zone->early >= 0)
        return;
    smp_cal_doubt(reader, event, wrong_end, NULL);
    length->before = smp_cal_swapped(event) ? -length->nominal : 0;
    length->to_midnight = true;
    length->days = event->days;
    length->seconds = event->seconds;
    length->nominal = 0;
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
        length.nominal = given_length(event);
        length.to_midnight = event->end_kind == CAL_END_WRONG;
    }
    length.has_end = !length.to_midnight && (length.days || length.seconds);
    length.early = length.zone->early;
    if (length.zone->is_unknown)
        length.unknown = length.zone;
    else if (event->end_kind == CAL_END_TIME && !event->end.day &&
             event->end.zone->is_unknown)
        length.unknown = event->end.zone;
    return length;
}

const struct smp_zone *
smp_cal_wall(const struct cal_reader *reader, const struct cal_event *event,
             const struct cal_length *length)
{
    if (event->start.day)
        return reader->zones.fallback;
    return smp_cal_zone(&reader->zones, length->zone, NULL);
}

/*
 * If the clocks change during an occurrence, its writer may have meant as many
 * hours as ever (exact) or the usual time on the clock (nominal). The later end
 * counts. The event itself ends as it says.
 */
int64_t
smp_cal_end_of(const struct cal_reader *reader, const struct smp_zone *zone,
               const struct cal_length *length,
               const struct cal_occurrence *occurrence)
{
    int64_t local = occurrence->local, start, end;
    int64_t days = (int64_t)length->days * SMP_DAY_SECONDS;

    start = smp_zone_to_instant(zone, local);
    if (occurrence->lasts >= 0)
        return start + occurrence->lasts;
    end = smp_zone_to_instant(zone, local + days) + length->seconds;
    if (occurrence->recurs && length->nominal > 0) {
        end = greater(end, start + days + length->seconds);
        end = greater(end, smp_zone_to_instant(zone, local + length->nominal));
    }
    if (length->to_midnight || occurrence->lasts == CAL_TO_MIDNIGHT)
        end = greater(end, midnight_after(reader, zone, start));
    return end;
}

int64_t
smp_cal_longest_change(const struct cal_event *master)
{
    int64_t longest = 0;

    for (size_t i = 0; i < master->override_count; i++) {
        const struct cal_event *override = master->overrides[i];
        int64_t moved = override->start.local - override->original.local;
        int64_t length = smp_cal_longest(override) + smp_cal_swapped(override) +
                         (moved < 0 ? -moved : moved);

        if (override->onwards && length > longest)
            longest = length;
    }
    return longest;
}
