#include "calendar/read.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "calendar/times.h"
#include "time/civil.h"

enum { SLACK = 2 * SMP_DAY_SECONDS, MOST_CATEGORIES = 50 };

/* CREATED counts where a calendar may have been written then. */
enum { CREATED_FIRST = 1990, CREATED_LAST = 2100 };

/* A component on its way: what it refers to is libical's and the piece's. */
struct draft {
    struct cal_reader *reader;
    const struct cal_piece *piece;
    struct cal_event event;
    bool has_start, has_modified;
    int64_t modified;
    const char *categories[MOST_CATEGORIES];
    struct cal_rdate *dates;
    struct cal_time *without;
    size_t date_count, date_room, without_count, without_room;
    bool bad_date, bad_without;
};

static void
take_start(struct draft *draft, icalproperty *property)
{
    struct cal_event *event = &draft->event;

    if (!draft->has_start)
        draft->has_start =
            smp_cal_time_of(&event->start, property, &draft->reader->zones,
                            draft->piece->line, NULL);
}

static void
take_end(struct draft *draft, icalproperty *property)
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
take_duration(struct draft *draft, icalproperty *property)
{
    struct cal_event *event = &draft->event;
    icalvalue *value = icalproperty_get_value(property);

    if (draft->piece->given & CAL_HAS_DTEND || !value ||
        icalvalue_isa(value) != ICAL_DURATION_VALUE)
        return;
    event->end_kind = smp_cal_length(icalvalue_get_duration(value),
                                     &event->days, &event->seconds)
                          ? CAL_END_LENGTH
                          : CAL_END_WRONG;
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
    }
    return *length >= 0;
}

static void
take_rdate(struct draft *draft, icalproperty *property)
{
    struct cal_rdate date;
    struct icalperiodtype period;

    if (!smp_cal_time_of(&date.time, property, &draft->reader->zones,
                         draft->piece->line, &period) ||
        !period_length(&period, &date.time, &draft->reader->zones,
                       &date.length)) {
        draft->bad_date = true;
        return;
    }
    draft->dates = smp_grow(draft->dates, draft->date_count, &draft->date_room,
                            sizeof *draft->dates);
    draft->dates[draft->date_count++] = date;
}

static void
take_exdate(struct draft *draft, icalproperty *property)
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
take_recurrence_id(struct draft *draft, icalproperty *property)
{
    struct cal_event *event = &draft->event;
    icalparameter *range =
        icalproperty_get_first_parameter(property, ICAL_RANGE_PARAMETER);

    event->head.is_override =
        smp_cal_time_of(&event->original, property, &draft->reader->zones,
                        draft->piece->line, NULL);
    event->head.of = event->original.local;
    event->onwards =
        range && icalparameter_get_range(range) == ICAL_RANGE_THISANDFUTURE;
}

static int64_t
stamp_of(struct draft *draft, icalproperty *property)
{
    struct cal_time time;

    if (!smp_cal_time_of(&time, property, &draft->reader->zones,
                         draft->piece->line, NULL))
        return 0;
    return smp_cal_instant(&draft->reader->zones, time, NULL);
}

static void
take_stamp(struct draft *draft, icalproperty *property)
{
    bool modified = icalproperty_isa(property) == ICAL_LASTMODIFIED_PROPERTY;

    if (modified || !draft->has_modified)
        draft->event.head.stamp = stamp_of(draft, property);
    draft->has_modified |= modified;
}

static void
take_created(struct draft *draft, icalproperty *property)
{
    int64_t created = stamp_of(draft, property);
    int year = smp_civil_of(smp_day_at(created)).year;

    draft->event.has_created = year >= CREATED_FIRST && year <= CREATED_LAST;
    draft->event.created = created;
}

static void
take_status(struct draft *draft, icalproperty *property)
{
    if (icalproperty_get_status(property) == ICAL_STATUS_CANCELLED)
        draft->event.cancelled = true;
}

static void
take_transp(struct draft *draft, icalproperty *property)
{
    icalproperty_transp transp = icalproperty_get_transp(property);

    if (transp == ICAL_TRANSP_TRANSPARENT ||
        transp == ICAL_TRANSP_TRANSPARENTNOCONFLICT)
        draft->event.free = true;
}

static void
take_x(struct draft *draft, icalproperty *property)
{
    const char *name = icalproperty_get_x_name(property);
    const char *value = icalproperty_get_x(property);

    if (name && value && strcasecmp(name, "X-MICROSOFT-CDO-BUSYSTATUS") == 0 &&
        strcasecmp(value, "FREE") == 0)
        draft->event.free = true;
}

static void
take_sequence(struct draft *draft, icalproperty *property)
{
    int sequence = icalproperty_get_sequence(property);

    draft->event.head.sequence = sequence > 0 ? sequence : 0;
}

static void
take_text(struct draft *draft, icalproperty *property)
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
        if (event->categories.count < MOST_CATEGORIES)
            draft->categories[event->categories.count++] = text;
    }
}

static const struct {
    icalproperty_kind kind;
    void (*take)(struct draft *draft, icalproperty *property);
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
take(struct draft *draft, icalproperty *property)
{
    icalproperty_kind kind = icalproperty_isa(property);

    for (size_t i = 0; i < sizeof takers / sizeof *takers; i++)
        if (takers[i].kind == kind)
            takers[i].take(draft, property);
}

static void
take_all(struct draft *draft)
{
    icalcomponent *component = draft->piece->component;
    icalproperty *property;

    for (property =
             icalcomponent_get_first_property(component, ICAL_ANY_PROPERTY);
         property; property = icalcomponent_get_next_property(
                       component, ICAL_ANY_PROPERTY))
        take(draft, property);
}

static void
doubt(struct draft *draft, const char *what)
{
    struct cal_event *event = &draft->event;

    event->understood = false;
    smp_cal_remark(draft->reader, event->head.line, event->uid, "%s", what);
}

/* What was given and did not arrive was not understood. */
static void
check(struct draft *draft)
{
    struct cal_event *event = &draft->event;
    unsigned given = draft->piece->given;

    if (given & (CAL_HAS_DTEND | CAL_HAS_DURATION) &&
        event->end_kind == CAL_END_NONE)
        event->end_kind = CAL_END_WRONG;
    if (event->end_kind == CAL_END_WRONG)
        doubt(draft, "its end is none: it counts to the end of the day");
    if (draft->bad_date || (given & CAL_HAS_RDATE && !draft->date_count))
        doubt(draft, "a date of RDATE does not exist");
    if (draft->bad_without || (given & CAL_HAS_EXDATE && !draft->without_count))
        doubt(draft, "a date of EXDATE does not exist");
    if (given & CAL_HAS_RECURRENCE_ID && !event->head.is_override)
        doubt(draft, "RECURRENCE-ID is no date: it stands for itself");
    if (given & CAL_HAS_EXRULE)
        doubt(draft, "EXRULE is not followed");
    if (given & CAL_TOO_LARGE)
        doubt(draft, "it is too large: some of its lines were left out");
    if (given & CAL_NO_END)
        doubt(draft, "it has no END");
}

static uint64_t
hash_of(const char *text)
{
    uint64_t hash = 14695981039346656037U; /* FNV-1a */

    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 1099511628211U;
    return hash;
}

static void
keep_texts(struct draft *draft, struct cal_event *kept)
{
    struct cal_reader *reader = draft->reader;

    kept->uid = smp_cal_keep_text(reader, kept->uid);
    kept->summary = smp_cal_keep_text(reader, kept->summary);
    if (kept->categories.count)
        kept->categories.at = smp_cal_keep(
            reader, kept->categories.count * sizeof *kept->categories.at);
    for (size_t i = 0; i < kept->categories.count; i++)
        kept->categories.at[i] =
            smp_cal_keep_text(reader, draft->categories[i]);
}

static void *
keep_array(struct cal_reader *reader, const void *array, size_t bytes)
{
    void *kept = smp_cal_keep(reader, bytes ? bytes : 1);

    if (bytes)
        memcpy(kept, array, bytes);
    return kept;
}

static bool
recurs(const struct draft *draft)
{
    return draft->piece->given & CAL_HAS_RRULE || draft->date_count ||
           draft->without_count;
}

static struct cal_recurrence *
keep_recurrence(struct draft *draft)
{
    const struct cal_piece *piece = draft->piece;
    struct cal_reader *reader = draft->reader;
    struct cal_recurrence *kept = smp_cal_keep(reader, sizeof *kept);

    kept->date_count = draft->date_count;
    kept->dates = keep_array(reader, draft->dates,
                             draft->date_count * sizeof *kept->dates);
    kept->without_count = draft->without_count;
    kept->without = keep_array(reader, draft->without,
                               draft->without_count * sizeof *kept->without);
    kept->rule_count = piece->rule_count;
    kept->rules = smp_cal_keep(reader, sizeof *kept->rules * (CAL_RULES + 1));
    for (size_t i = 0; i < piece->rule_count; i++)
        kept->rules[i] =
            smp_cal_keep_text(reader, smp_buf_text(&piece->rules[i]));
    /* One that was too long is one that cannot be followed. */
    if (!piece->rule_count && piece->given & CAL_HAS_RRULE)
        kept->rules[kept->rule_count++] = "";
    return kept;
}

bool
smp_cal_may_touch(const struct cal_reader *reader, int64_t start, int64_t end)
{
    return start - SLACK < reader->calendar->until &&
           end + SLACK > reader->calendar->from;
}

/* Where a single event may end at the latest. */
static int64_t
latest_end(const struct cal_event *event)
{
    if (event->end_kind == CAL_END_TIME &&
        event->end.local > event->start.local)
        return event->end.local;
    return event->start.local + SMP_DAY_SECONDS + event->seconds +
           (int64_t)event->days * SMP_DAY_SECONDS;
}

void
smp_cal_append(struct cal_reader *reader, struct cal_event *event)
{
    event->next = NULL;
    *reader->last = event;
    reader->last = &event->next;
}

static void
add_head(struct cal_reader *reader, struct cal_head *head)
{
    reader->heads = smp_grow(reader->heads, reader->head_count,
                             &reader->head_room, sizeof *reader->heads);
    reader->heads[reader->head_count++] = head;
    reader->kept += sizeof *reader->heads;
}

static void
keep(struct draft *draft)
{
    struct cal_reader *reader = draft->reader;
    struct cal_event *event = &draft->event;
    bool named = *event->uid;
    bool whole =
        event->head.is_override || recurs(draft) ||
        smp_cal_may_touch(reader, event->start.local, latest_end(event));
    void *kept;

    if (!whole && !named)
        return;
    event->head.is_whole = whole;
    event->head.hash = hash_of(event->uid);
    kept =
        keep_array(reader, event, whole ? sizeof *event : sizeof event->head);
    if (named)
        add_head(reader, kept);
    if (!whole)
        return;
    event = kept;
    keep_texts(draft, event);
    smp_cal_keep_people(reader, event, draft->piece->component);
    if (recurs(draft))
        event->recurrence = keep_recurrence(draft);
    smp_cal_append(reader, event);
}

void
smp_cal_read_event(struct cal_reader *reader, const struct cal_piece *piece)
{
    struct draft draft = {
        .reader = reader,
        .piece = piece,
        .event = {.kind = SMP_EVENT,
                  .uid = "",
                  .summary = "",
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
        check(&draft);
        keep(&draft);
    }
    free(draft.dates);
    free(draft.without);
}
