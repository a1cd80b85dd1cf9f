#include "calendar/reader.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/hash.h"
#include "calendar/cut.h"
#include "time/civil.h"

enum { CAL_CATEGORIES_MAX = 50 };

/* An end that is so much before its start is another mistake. */
enum { SWAPPED_MAX = 31 * SMP_DAY_SECONDS };

/* A component on its way: what it refers to is libical's and the piece's. */
struct cal_draft {
    struct cal_reader *reader;
    const struct cal_piece *piece;
    struct cal_event event;
    bool has_start;
    const char *categories[CAL_CATEGORIES_MAX];
    struct cal_rdate *dates;
    struct cal_time *without;
    size_t date_count, date_room, without_count, without_room;
    bool bad_date, bad_period, bad_without, bad_range, bad_status;
    bool transparent, opaque, shown_free, shown_busy; /* TRANSP; BUSYSTATUS */
    bool cancelled, standing;                         /* by STATUS */
};

/* The address without mailto:, NULL if it is none of mail. */
static const char *
mail_address(const char *uri)
{
    if (!uri)
        return NULL;
    if (strncasecmp(uri, "mailto:", 7) == 0)
        uri += 7;
    uri += strspn(uri, " ");
    return strchr(uri, '@') ? uri : NULL;
}

static const char *
organizer_address(icalcomponent *component)
{
    icalproperty *property =
        icalcomponent_get_first_property(component, ICAL_ORGANIZER_PROPERTY);

    return property ? mail_address(icalproperty_get_organizer(property)) : NULL;
}

static bool
is_thing(icalproperty *attendee)
{
    icalparameter *kind =
        icalproperty_get_first_parameter(attendee, ICAL_CUTYPE_PARAMETER);

    if (!kind)
        return false;
    return icalparameter_get_cutype(kind) == ICAL_CUTYPE_ROOM ||
           icalparameter_get_cutype(kind) == ICAL_CUTYPE_RESOURCE;
}

static bool
is_client(icalproperty *attendee, const char *organizer)
{
    const char *address = mail_address(icalproperty_get_attendee(attendee));

    return !is_thing(attendee) &&
           !(organizer && address && strcasecmp(organizer, address) == 0);
}

static char *
keep_lower(struct cal_reader *reader, const char *text)
{
    char *kept = smp_cal_keep_text(reader, text);

    for (char *at = kept; *at; at++)
        if (*at >= 'A' && *at <= 'Z')
            *at = (char)(*at - 'A' + 'a');
    return kept;
}

static void
keep_client(struct cal_reader *reader, struct cal_event *event,
            icalproperty *client)
{
    icalparameter *name =
        icalproperty_get_first_parameter(client, ICAL_CN_PARAMETER);
    icalparameter *answer =
        icalproperty_get_first_parameter(client, ICAL_PARTSTAT_PARAMETER);
    const char *address = mail_address(icalproperty_get_attendee(client));

    if (name && icalparameter_get_cn(name) && *icalparameter_get_cn(name))
        event->client_name =
            smp_cal_keep_text(reader, icalparameter_get_cn(name));
    if (address)
        event->client_address = keep_lower(reader, address);
    event->declined =
        answer && icalparameter_get_partstat(answer) == ICAL_PARTSTAT_DECLINED;
}

static void
keep_people(struct cal_reader *reader, struct cal_event *event,
            icalcomponent *component)
{
    const char *organizer = organizer_address(component);
    icalproperty *client = NULL, *property;

    for (property = icalcomponent_get_first_property(component,
                                                     ICAL_ATTENDEE_PROPERTY);
         property; property = icalcomponent_get_next_property(
                       component, ICAL_ATTENDEE_PROPERTY)) {
        if (!is_client(property, organizer))
            continue;
        event->many_clients = client != NULL;
        if (client)
            break;
        client = property;
    }
    if (client)
        keep_client(reader, event, client);
}

int64_t
smp_cal_longest(const struct cal_event *event)
{
    int64_t given = event->seconds + (int64_t)event->days * SMP_DAY_SECONDS;
    int64_t between = event->end_kind == CAL_END_TIME
                          ? event->end.local - event->start.local
                          : 0;

    return (given > between ? given : between) + SMP_DAY_SECONDS;
}

int64_t
smp_cal_swapped(const struct cal_event *event)
{
    int64_t before = event->start.local - event->end.local;

    return event->end_kind == CAL_END_TIME && before > 0 &&
                   before <= SWAPPED_MAX
               ? before
               : 0;
}

static void
keep_texts(struct cal_draft *draft, struct cal_event *kept)
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
recurs(const struct cal_draft *draft)
{
    return draft->piece->given & (CAL_HAS_RRULE | CAL_LESS_OFTEN) ||
           draft->date_count || draft->without_count;
}

static struct cal_recurrence *
keep_recurrence(struct cal_draft *draft)
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
    kept->rules =
        smp_cal_keep(reader, sizeof *kept->rules * (CAL_RULES_MAX + 1));
    for (size_t i = 0; i < piece->rule_count; i++)
        kept->rules[i] =
            smp_cal_keep_text(reader, smp_buf_text(&piece->rules[i]));
    /* What was left out cannot be followed. */
    if (piece->given & CAL_LESS_OFTEN)
        kept->rules[kept->rule_count++] = "";
    return kept;
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
keep_draft(struct cal_draft *draft)
{
    struct cal_reader *reader = draft->reader;
    struct cal_event *event = &draft->event;
    /* An override of an unknown time must not replace its series. */
    bool named =
        *event->uid && (event->head.is_override ||
                        !(draft->piece->given & CAL_HAS_RECURRENCE_ID));
    bool whole =
        event->head.is_override || recurs(draft) ||
        smp_cal_may_touch(reader, event->start.local - smp_cal_swapped(event),
                          event->start.local + smp_cal_longest(event));
    void *kept;

    if (!whole && !named)
        return;
    event->head.is_whole = whole;
    event->head.hash = smp_hash(event->uid, strlen(event->uid), 0);
    event->head.calendar = reader->calendars;
    event->alone = true;
    kept =
        keep_array(reader, event, whole ? sizeof *event : sizeof event->head);
    if (named)
        add_head(reader, kept);
    if (!whole)
        return;
    event = kept;
    keep_texts(draft, event);
    keep_people(reader, event, draft->piece->component);
    /* Who is left out may be one that comes. */
    if (draft->piece->given & CAL_TOO_LARGE)
        event->declined = false;
    if (recurs(draft))
        event->recurrence = keep_recurrence(draft);
    smp_cal_append(reader, event);
}

static void
doubt(struct cal_draft *draft, const char *what)
{
    smp_cal_doubt(draft->reader, &draft->event, what, NULL);
}

/* If TRANSP and BUSYSTATUS say different things, or TRANSP does, it is busy. */
static bool
is_free(struct cal_draft *draft)
{
    const struct cal_event *event = &draft->event;
    bool opaque = draft->opaque ||
                  (draft->piece->given & CAL_HAS_TRANSP && !draft->transparent);

    if (!draft->transparent && !draft->shown_free)
        return false;
    if (!opaque && !draft->shown_busy)
        return true;
    smp_cal_remark(draft->reader, event->head.line, event->uid,
                   "it is both busy and free: it counts as busy");
    return false;
}

static void
check_dates(struct cal_draft *draft)
{
    unsigned given = draft->piece->given;
    bool bad_date =
        draft->bad_date || (given & CAL_HAS_RDATE && !draft->date_count);
    bool bad_without =
        draft->bad_without || (given & CAL_HAS_EXDATE && !draft->without_count);

    if (bad_date)
        doubt(draft, "a date of RDATE does not exist");
    if (bad_without)
        doubt(draft, "a date of EXDATE does not exist");
    if (!bad_date && !bad_without &&
        draft->date_count + draft->without_count < draft->piece->values)
        doubt(draft, "a date of RDATE or EXDATE is none");
}

/* What was given and did not arrive was not understood. */
static void
check(struct cal_draft *draft)
{
    struct cal_event *event = &draft->event;
    unsigned given = draft->piece->given;

    draft->standing |= given & CAL_IS_CONFIRMED;
    draft->opaque |= given & CAL_IS_OPAQUE;
    event->cancelled |= draft->cancelled && !draft->standing;
    if (given & (CAL_HAS_DTEND | CAL_HAS_DURATION) &&
        event->end_kind == CAL_END_NONE)
        event->end_kind = CAL_END_WRONG;
    if (event->end_kind == CAL_END_WRONG)
        doubt(draft, event->days || event->seconds
                         ? "its end is none: its DURATION counts"
                         : "its end is none: it counts to the end of the day");
    if (draft->bad_period)
        doubt(draft, "a period of RDATE counts to the end of the day");
    if (given & CAL_EMPTY_RULE)
        doubt(draft, "its RRULE or RDATE is empty");
    if (draft->bad_range)
        doubt(draft, "its RANGE is not followed");
    check_dates(draft);
    if (given & CAL_HAS_RECURRENCE_ID && !event->head.is_override)
        doubt(draft, "RECURRENCE-ID is no date: it stands for itself");
    if (given & CAL_HAS_EXRULE)
        doubt(draft, "EXRULE is not followed");
    if (given & CAL_TOO_LARGE)
        doubt(draft, "it is too large: some of its lines were left out");
    event->free = is_free(draft);
    if (draft->cancelled && draft->standing)
        smp_cal_remark(draft->reader, event->head.line, event->uid,
                       "it is cancelled and not: it counts as confirmed");
    else if (draft->bad_status)
        smp_cal_remark(draft->reader, event->head.line, event->uid,
                       "its STATUS is not known: it counts as confirmed");
    if (given & CAL_NO_END)
        doubt(draft, "it has no END");
}

/* CREATED counts if a calendar may have been written in that year. */
enum { CREATED_FIRST = 1990, CREATED_LAST = 2100 };

static void
take_start(struct cal_draft *draft, icalproperty *property)
{
    struct cal_event *event = &draft->event;

    if (!draft->has_start)
        draft->has_start = smp_cal_time_of(&event->start, property,
                                           &draft->reader->zones, NULL);
}

static void
take_end(struct cal_draft *draft, icalproperty *property)
{
    struct cal_event *event = &draft->event;

    if (event->end_kind == CAL_END_TIME)
        return;
    event->end_kind =
        smp_cal_time_of(&event->end, property, &draft->reader->zones, NULL)
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

/* How long a date of RDATE lasts, whose start is known; false if nobody knows.
 */
static bool
take_period(struct cal_rdate *date, const struct icalperiodtype *period,
            struct cal_zones *zones)
{
    int32_t days;

    date->length = CAL_AS_EVENT;
    if (icaltime_is_null_time(period->start))
        return true;
    date->length = CAL_TO_END;
    if (!icaltime_is_null_time(period->end))
        return smp_cal_time_from(&date->end, period->end, zones,
                                 date->time.zone);
    if (!smp_cal_length(period->duration, &days, &date->length))
        return false;
    date->length += (int64_t)days * SMP_DAY_SECONDS;
    return true;
}

static void
take_rdate(struct cal_draft *draft, icalproperty *property)
{
    struct cal_rdate date = {0};
    struct icalperiodtype period;

    if (!smp_cal_time_of(&date.time, property, &draft->reader->zones,
                         &period)) {
        draft->bad_date = true;
        return;
    }
    if (!take_period(&date, &period, &draft->reader->zones)) {
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

    if (!smp_cal_time_of(&time, property, &draft->reader->zones, NULL)) {
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

    event->head.is_override = smp_cal_time_of(&event->original, property,
                                              &draft->reader->zones, NULL);
    event->onwards =
        range && icalparameter_get_range(range) == ICAL_RANGE_THISANDFUTURE;
    draft->bad_range = range && !event->onwards;
}

static int64_t
stamp_of(struct cal_draft *draft, icalproperty *property)
{
    struct cal_time time;

    if (!smp_cal_time_of(&time, property, &draft->reader->zones, NULL))
        return 0;
    return smp_cal_instant(&draft->reader->zones, time, NULL);
}

static void
take_modified(struct cal_draft *draft, icalproperty *property)
{
    draft->event.head.modified = stamp_of(draft, property);
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

    draft->cancelled |= status == ICAL_STATUS_CANCELLED;
    draft->standing |= status != ICAL_STATUS_CANCELLED;
    draft->bad_status |= status == ICAL_STATUS_X || status == ICAL_STATUS_NONE;
}

static void
take_transp(struct cal_draft *draft, icalproperty *property)
{
    icalproperty_transp transp = icalproperty_get_transp(property);

    if (transp == ICAL_TRANSP_TRANSPARENT ||
        transp == ICAL_TRANSP_TRANSPARENTNOCONFLICT)
        draft->transparent = true;
    else
        draft->opaque = true;
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
        if (event->categories.count < CAL_CATEGORIES_MAX)
            draft->categories[event->categories.count++] = text;
    }
}

/* Calendars of holidays tell public ones from observances by these words. */
static void
take_description(struct cal_draft *draft, icalproperty *property)
{
    static const char *const words[] = {"public holiday", "jour férié",
                                        "día festivo", "festivo nacional"};
    const char *text = icalproperty_get_description(property);

    for (size_t i = 0; text && i < sizeof words / sizeof *words; i++)
        draft->event.public_holiday |=
            strncasecmp(text, words[i], strlen(words[i])) == 0;
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
    {ICAL_DESCRIPTION_PROPERTY, take_description},
    {ICAL_CATEGORIES_PROPERTY, take_text},
    {ICAL_LASTMODIFIED_PROPERTY, take_modified},
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
        check(&draft);
        keep_draft(&draft);
    }
    free(draft.dates);
    free(draft.without);
}

/* RFC 5545 section 3.8.2.6: a period, busy unless its FBTYPE is FREE. */
static bool
read_period_end(struct cal_reader *reader, struct icalperiodtype period,
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

    if (!smp_cal_time_of(&event->start, property, zones, &period) ||
        icaltime_is_null_time(period.start))
        return false;
    if (read_period_end(reader, period, event))
        return true;
    event->end_kind = CAL_END_WRONG;
    event->days = 0;
    event->seconds = 0;
    smp_cal_doubt(reader, event,
                  "a period of FREEBUSY counts to the end of the day", NULL);
    return true;
}

static bool
is_free_period(icalproperty *property)
{
    icalparameter *type =
        icalproperty_get_first_parameter(property, ICAL_FBTYPE_PARAMETER);

    return type && icalparameter_get_fbtype(type) == ICAL_FBTYPE_FREE;
}

static void
keep_period(struct cal_reader *reader, icalproperty *property,
            struct cal_event event)
{
    struct cal_event *kept;

    if (!smp_cal_may_touch(reader, event.start.local,
                           event.start.local + smp_cal_longest(&event)))
        return;
    event.free = is_free_period(property);
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
            keep_period(reader, property, event);
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
