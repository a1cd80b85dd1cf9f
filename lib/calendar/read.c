#include "calendar/draft.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "calendar/times.h"
#include "time/civil.h"

/* CREATED counts where a calendar may have been written then. */
enum { CREATED_FIRST = 1990, CREATED_LAST = 2100 };

static void
take_start(struct cal_draft *draft, icalproperty *property)
{
    struct cal_event *event = &draft->event;

    if (!draft->has_start)
        draft->has_start =
            smp_cal_time_of(&event->start, property, &draft->reader->zones,
                            draft->piece->line, NULL);
}

static void
take_end(struct cal_draft *draft, icalproperty *property)
{
    struct cal_event *event = &draft->event;

    if (event->end_kind == CAL_END_TIME)
        return;
    event->end_kind =
        smp_cal_time_of(&event->end, property, &draft->reader->zones,
                        draft->piece->line, NULL)
            ? CAL_END_TIME
            : CAL_END_WRONG;
}

/* Where both are given, DTEND counts. */
static void
take_duration(struct cal_draft *draft, icalproperty *property)
{
    struct cal_event *event = &draft->event;
    icalvalue *value = icalproperty_get_value(property);

    enum cal_end kind = CAL_END_LENGTH;

    if (!value || icalvalue_isa(value) != ICAL_DURATION_VALUE)
        return;
    if (!smp_cal_length(icalvalue_get_duration(value), &event->days,
                        &event->seconds)) {
        event->days = 0;
        event->seconds = 0;
        kind = CAL_END_WRONG;
    }
    if (!(draft->piece->given & CAL_HAS_DTEND))
        event->end_kind = kind;
}

static bool
period_length(const struct icalperiodtype *period, const struct cal_time *start,
              struct cal_zones *zones, int64_t *length)
{
    struct cal_time end;
    int32_t days;

    *length = -1;
    if (icaltime_is_null_time(period->start))
        return true;
    if (!icaltime_is_null_time(period->end)) {
        if (!smp_cal_time_from(&end, period->end, zones, start->zone))
            return false;
        *length = smp_cal_instant(zones, end, start->zone) -
                  smp_cal_instant(zones, *start, NULL);
    } else if (smp_cal_length(period->duration, &days, length)) {
        *length += (int64_t)days * SMP_DAY_SECONDS;
    } else {
        return false;
    }
    return *length >= 0;
}

static void
take_rdate(struct cal_draft *draft, icalproperty *property)
{
    struct cal_rdate date;
    struct icalperiodtype period;

    if (!smp_cal_time_of(&date.time, property, &draft->reader->zones,
                         draft->piece->line, &period)) {
        draft->bad_date = true;
        return;
    }
    if (!period_length(&period, &date.time, &draft->reader->zones,
                       &date.length)) {
        date.length = CAL_TO_MIDNIGHT;
        draft->bad_period = true;
    }
    draft->dates = smp_grow(draft->dates, draft->date_count, &draft->date_room,
                            sizeof *draft->dates);
    draft->dates[draft->date_count++] = date;
}

static void
take_exdate(struct cal_draft *draft, icalproperty *property)
{
    struct cal_time time;

    if (!smp_cal_time_of(&time, property, &draft->reader->zones,
                         draft->piece->line, NULL)) {
        draft->bad_without = true;
        return;
    }
    draft->without = smp_grow(draft->without, draft->without_count,
                              &draft->without_room, sizeof *draft->without);
    draft->without[draft->without_count++] = time;
}

static void
take_recurrence_id(struct cal_draft *draft, icalproperty *property)
{
    struct cal_event *event = &draft->event;
    icalparameter *range =
        icalproperty_get_first_parameter(property, ICAL_RANGE_PARAMETER);

    event->head.is_override =
        smp_cal_time_of(&event->original, property, &draft->reader->zones,
                        draft->piece->line, NULL);
    event->onwards =
        range && icalparameter_get_range(range) == ICAL_RANGE_THISANDFUTURE;
    draft->bad_range = range && !event->onwards;
}

static int64_t
stamp_of(struct cal_draft *draft, icalproperty *property)
{
    struct cal_time time;

    if (!smp_cal_time_of(&time, property, &draft->reader->zones,
                         draft->piece->line, NULL))
        return 0;
    return smp_cal_instant(&draft->reader->zones, time, NULL);
}

static void
take_stamp(struct cal_draft *draft, icalproperty *property)
{
    bool modified = icalproperty_isa(property) == ICAL_LASTMODIFIED_PROPERTY;

    if (modified || !draft->has_modified)
        draft->event.head.stamp = stamp_of(draft, property);
    draft->has_modified |= modified;
}

static void
take_created(struct cal_draft *draft, icalproperty *property)
{
    int64_t created = stamp_of(draft, property);
    int year = smp_civil_of(smp_day_at(created)).year;

    draft->event.has_created = year >= CREATED_FIRST && year <= CREATED_LAST;
    draft->event.created = created;
}

static void
take_status(struct cal_draft *draft, icalproperty *property)
{
    icalproperty_status status = icalproperty_get_status(property);

    draft->event.cancelled |= status == ICAL_STATUS_CANCELLED;
    draft->bad_status = status == ICAL_STATUS_X || status == ICAL_STATUS_NONE;
}

static void
take_transp(struct cal_draft *draft, icalproperty *property)
{
    icalproperty_transp transp = icalproperty_get_transp(property);

    if (transp == ICAL_TRANSP_TRANSPARENT ||
        transp == ICAL_TRANSP_TRANSPARENTNOCONFLICT)
        draft->transparent = true;
}

static void
take_x(struct cal_draft *draft, icalproperty *property)
{
    const char *name = icalproperty_get_x_name(property);
    const char *value = icalproperty_get_x(property);

    if (!name || !value || strcasecmp(name, "X-MICROSOFT-CDO-BUSYSTATUS") != 0)
        return;
    draft->shown_free |= strcasecmp(value, "FREE") == 0;
    draft->shown_busy |= strcasecmp(value, "BUSY") == 0 ||
                         strcasecmp(value, "OOF") == 0 ||
                         strcasecmp(value, "TENTATIVE") == 0;
}

static void
take_sequence(struct cal_draft *draft, icalproperty *property)
{
    int sequence = icalproperty_get_sequence(property);

    draft->event.head.sequence = sequence > 0 ? sequence : 0;
}

static void
take_text(struct cal_draft *draft, icalproperty *property)
{
    struct cal_event *event = &draft->event;
    icalvalue *value = icalproperty_get_value(property);
    const char *text = value && icalvalue_isa(value) == ICAL_TEXT_VALUE
                           ? icalvalue_get_text(value)
                           : NULL;

    if (!text || !*text)
        return;
    switch (icalproperty_isa(property)) {
    case ICAL_UID_PROPERTY:
        event->uid = text;
        break;
    case ICAL_SUMMARY_PROPERTY:
        event->summary = text;
        break;
    default:
        if (event->categories.count < CAL_CATEGORIES)
            draft->categories[event->categories.count++] = text;
    }
}

static const struct {
    icalproperty_kind kind;
    void (*take)(struct cal_draft *draft, icalproperty *property);
} takers[] = {
    {ICAL_DTSTART_PROPERTY, take_start},
    {ICAL_DTEND_PROPERTY, take_end},
    {ICAL_DURATION_PROPERTY, take_duration},
    {ICAL_UID_PROPERTY, take_text},
    {ICAL_SUMMARY_PROPERTY, take_text},
    {ICAL_CATEGORIES_PROPERTY, take_text},
    {ICAL_DTSTAMP_PROPERTY, take_stamp},
    {ICAL_LASTMODIFIED_PROPERTY, take_stamp},
    {ICAL_CREATED_PROPERTY, take_created},
    {ICAL_SEQUENCE_PROPERTY, take_sequence},
    {ICAL_STATUS_PROPERTY, take_status},
    {ICAL_TRANSP_PROPERTY, take_transp},
    {ICAL_X_PROPERTY, take_x},
    {ICAL_RDATE_PROPERTY, take_rdate},
    {ICAL_EXDATE_PROPERTY, take_exdate},
    {ICAL_RECURRENCEID_PROPERTY, take_recurrence_id},
};

static void
take(struct cal_draft *draft, icalproperty *property)
{
    icalproperty_kind kind = icalproperty_isa(property);

    for (size_t i = 0; i < sizeof takers / sizeof *takers; i++)
        if (takers[i].kind == kind)
            takers[i].take(draft, property);
}

static void
take_all(struct cal_draft *draft)
{
    icalcomponent *component = draft->piece->component;
    icalproperty *property;

    for (property =
             icalcomponent_get_first_property(component, ICAL_ANY_PROPERTY);
         property; property = icalcomponent_get_next_property(
                       component, ICAL_ANY_PROPERTY))
        take(draft, property);
}

void
smp_cal_read_event(struct cal_reader *reader, const struct cal_piece *piece)
{
    struct cal_draft draft = {
        .reader = reader,
        .piece = piece,
        .event = {.kind = SMP_EVENT,
                  .uid = "",
                  .summary = "",
                  .home = reader->zones.floating,
                  .understood = true,
                  .cancelled = reader->cancel},
    };

    draft.event.head.line = piece->line;
    take_all(&draft);
    if (!draft.has_start) {
        smp_cal_drop(reader, piece->line, draft.event.uid,
                     piece->given & CAL_HAS_DTSTART ? "DTSTART is no date"
                                                    : "it has no DTSTART");
    } else {
        smp_cal_check(&draft);
        smp_cal_keep_draft(&draft);
    }
    free(draft.dates);
    free(draft.without);
}
