#include "calendar/emit.h"
#include "time/civil.h"

static const char wrong_end[] = "it ends before it begins";

static int32_t
days_up(int64_t seconds)
{
    return (int32_t)((seconds + SMP_DAY_SECONDS - 1) / SMP_DAY_SECONDS);
}

/* Days last at least one; a time of the last day ends with it. */
static struct cal_length
length_of_days(struct cal_reader *reader, struct cal_event *event)
{
    struct cal_length length = {.zone = event->start.zone, .days = 1};
    int64_t seconds = 0;

    if (event->end_kind == CAL_END_TIME) {
        int64_t end = event->end.local;

        if (!event->end.day)
            end = smp_zone_to_local(
                reader->zones.fallback,
                smp_cal_instant(&reader->zones, event->end, NULL));
        seconds = end - event->start.local;
        if (seconds < 0)
            smp_cal_doubt(reader, event, wrong_end, NULL);
    } else if (event->end_kind == CAL_END_LENGTH) {
        seconds = event->seconds + (int64_t)event->days * SMP_DAY_SECONDS;
    }
    length.has_end = seconds > 0;
    if (length.has_end)
        length.days = days_up(seconds);
    return length;
}

/* A time without a zone borrows that of the other end. */
static void
length_to_end(struct cal_reader *reader, struct cal_event *event,
              struct cal_length *length)
{
    const struct cal_zones *zones = &reader->zones;
    struct cal_time end = event->end;
    int64_t start;

    if (event->start.zone->floating && !end.day)
        length->zone = end.zone;
    else if (end.day)
        end.zone = event->start.zone;
    end.day = false;
    start = smp_cal_instant(zones, event->start, length->zone);
    length->seconds = smp_cal_instant(zones, end, length->zone) - start;
    if (length->seconds < 0) {
        /* A day that it begins on, as the day of its end, is the whole day. */
        if (!event->end.day)
            smp_cal_doubt(reader, event, wrong_end, NULL);
        length->to_midnight = true;
        length->seconds = 0;
    }
}

struct cal_length
smp_cal_length_of(struct cal_reader *reader, struct cal_event *event)
{
    struct cal_length length = {.zone = event->start.zone};

    if (event->start.day)
        return length_of_days(reader, event);
    if (event->end_kind == CAL_END_TIME) {
        length_to_end(reader, event, &length);
    } else if (event->end_kind == CAL_END_LENGTH) {
        length.days = event->days;
        length.seconds = event->seconds;
    } else {
        length.to_midnight = event->end_kind == CAL_END_WRONG;
    }
    length.has_end = length.days || length.seconds;
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
