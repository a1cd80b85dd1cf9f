#include "calendar/emit.h"
#include "calendar/read.h"

#include <string.h>

#include "calendar/times.h"
#include "time/civil.h"

/* RFC 5545 section 3.8.2.6: a period, busy unless its FBTYPE is FREE. */
static bool
has_end(struct cal_reader *reader, struct icalperiodtype period,
        struct cal_event *event)
{
    if (icaltime_is_null_time(period.end)) {
        event->end_kind = CAL_END_LENGTH;
        return smp_cal_length(period.duration, &event->days, &event->seconds);
    }
    event->end_kind = CAL_END_TIME;
    return smp_cal_time_from(&event->end, period.end, &reader->zones,
                             event->start.zone);
}

static bool
read_period(struct cal_reader *reader, icalproperty *property,
            struct cal_event *event)
{
    struct cal_zones *zones = &reader->zones;
    struct icalperiodtype period;

    if (!smp_cal_time_of(&event->start, property, zones, event->head.line,
                         &period) ||
        icaltime_is_null_time(period.start))
        return false;
    if (has_end(reader, period, event))
        return true;
    event->end_kind = CAL_END_WRONG;
    event->days = 0;
    event->seconds = 0;
    smp_cal_doubt(reader, event,
                  "a period of FREEBUSY counts to the end of the day", NULL);
    return true;
}

static bool
is_free(icalproperty *property)
{
    icalparameter *type =
        icalproperty_get_first_parameter(property, ICAL_FBTYPE_PARAMETER);

    return type && icalparameter_get_fbtype(type) == ICAL_FBTYPE_FREE;
}

static void
take(struct cal_reader *reader, icalproperty *property, struct cal_event event)
{
    struct cal_event *kept;

    if (!smp_cal_may_touch(reader, event.start.local,
                           event.start.local + smp_cal_longest(&event)))
        return;
    event.free = is_free(property);
    kept = smp_cal_keep(reader, sizeof *kept);
    *kept = event;
    smp_cal_append(reader, kept);
}

static const char *
uid_of(icalcomponent *component)
{
    icalproperty *property =
        icalcomponent_get_first_property(component, ICAL_UID_PROPERTY);
    const char *uid = property ? icalproperty_get_uid(property) : NULL;

    return uid ? uid : "";
}

void
smp_cal_read_freebusy(struct cal_reader *reader, const struct cal_piece *piece)
{
    const char *uid = smp_cal_keep_text(reader, uid_of(piece->component));
    struct cal_event like = {.kind = SMP_FREEBUSY,
                             .uid = uid,
                             .summary = "",
                             .understood = true,
                             .cancelled = reader->cancel};
    icalproperty *property;
    size_t count = 0;

    like.head.line = piece->line;
    for (property = icalcomponent_get_first_property(piece->component,
                                                     ICAL_FREEBUSY_PROPERTY);
         property; property = icalcomponent_get_next_property(
                       piece->component, ICAL_FREEBUSY_PROPERTY)) {
        struct cal_event event = like;

        count++;
        if (read_period(reader, property, &event))
            take(reader, property, event);
        else
            smp_cal_drop(reader, piece->line, uid,
                         "a period of FREEBUSY is none");
    }
    if (piece->given & CAL_TOO_LARGE)
        smp_cal_drop(reader, piece->line, uid,
                     "it is too large: some of its lines were left out");
    if (count < piece->values)
        smp_cal_drop(reader, piece->line, uid, "a period of FREEBUSY is none");
}
