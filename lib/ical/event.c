#include "ical/entries.h"

#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/utf8.h"
#include "time/civil.h"
#include "time/window.h"
#include "time/zone.h"
#include "ical/calendar.h"
#include "ical/component.h"

void
smp_event_fix_end(struct smp_entry *entry, const struct smp_zone *zone,
                  struct smp_zone_near *near)
{
    const int64_t hour = 3600;

    if (entry->end.kind != SMP_LOCAL)
        return;
    entry->from = smp_zone_to_instant_near(zone, entry->start.seconds, near);
    entry->until = smp_zone_to_instant_near(zone, entry->end.seconds, near);
    entry->start.seconds = smp_zone_to_local_near(zone, entry->from, near);
    entry->end.seconds = smp_zone_to_local_near(zone, entry->until, near);
    if (entry->until > entry->from)
        return;
    entry->until += hour;
    entry->end = (struct smp_when){SMP_INSTANT, entry->until};
}

/*
 * One way to write an event.
 *
 * Events differ in little but values: UID, times, texts. Building one with
 * libical takes 12 microseconds, and a thirtieth of that suffices for copying
 * its lines from a table, lines[], that says which lines an event has, in which
 * order, and the kind of value that follows each:
 *
 *     BEGIN:VEVENT
 *     UID:                      <- VALUE_UID
 *     ...
 *     DTSTART;VALUE=DATE:       <- VALUE_START, if the start is a day
 *     DTSTART:                  <- VALUE_START, if it is in UTC
 *     ...
 *     TRANSP:OPAQUE             if it is busy
 *     TRANSP:TRANSPARENT        if it is free
 *     ...
 *     END:VEVENT
 *
 * smp_event_put() finds the traits of an entry, copies the lines for them and
 * writes the entry's own value after each. If a value has made its line too
 * long, the line is folded. No entry needs another way, however long its UID or
 * odd its texts. A test compares events with libical's, octet for octet but for
 * the folds, on random entries.
 *
 * Most clients get the same descriptions, the longest texts of all. So the
 * escaped and folded line of a description is kept, see description_line().
 */
enum value {
    VALUE_NONE,
    VALUE_UID,
    VALUE_STAMP,
    VALUE_SEQUENCE,
    VALUE_START,
    VALUE_END,
    VALUE_SUMMARY,
    VALUE_DESCRIPTION,
    VALUE_CATEGORIES,
    VALUE_STATUS,
    VALUE_LOCATION,
    VALUE_RELATED,
    VALUE_ORGANIZER,
    VALUE_ATTENDEE,
    VALUE_TRIGGER
};

enum form { FORM_DAY, FORM_UTC, FORM_LOCAL, FORMS };

/* What an entry has, as bits. */
enum trait {
    START_DAY = 1 << FORM_DAY,
    START_UTC = 1 << FORM_UTC,
    START_LOCAL = 1 << FORM_LOCAL,
    END_DAY = START_DAY << FORMS,
    END_UTC = START_UTC << FORMS,
    END_LOCAL = START_LOCAL << FORMS,
    DESCRIBED = 1 << 2 * FORMS,
    BUSY = DESCRIBED << 1,
    FREE = DESCRIBED << 2,
    STATUS = DESCRIBED << 3,
    LOCATION = DESCRIBED << 4,
    RELATED = DESCRIBED << 5,
    ORGANIZER = DESCRIBED << 6,
    ATTENDEE = DESCRIBED << 7,
    ASKED = DESCRIBED << 8,
    RINGS = DESCRIBED << 9
};

/* Some lines, the last one without CRLF. */
#define LINES(text) text, sizeof text - 1

static const struct line {
    const char *text;
    size_t n;
    enum value value;
    unsigned of; /* enum trait; 0: of all events */
} lines[] = {
    {LINES("BEGIN:VEVENT"), VALUE_NONE, 0},
    {LINES("UID:"), VALUE_UID, 0},
    {LINES("DTSTAMP:"), VALUE_STAMP, 0},
    {LINES("LAST-MODIFIED:"), VALUE_STAMP, 0},
    {LINES("SEQUENCE:"), VALUE_SEQUENCE, 0},
    {LINES("DTSTART;VALUE=DATE:"), VALUE_START, START_DAY},
    {LINES("DTSTART:"), VALUE_START, START_UTC},
    {LINES("DTSTART;TZID="), VALUE_START, START_LOCAL},
    {LINES("DTEND;VALUE=DATE:"), VALUE_END, END_DAY},
    {LINES("DTEND:"), VALUE_END, END_UTC},
    {LINES("DTEND;TZID="), VALUE_END, END_LOCAL},
    {LINES("SUMMARY:"), VALUE_SUMMARY, 0},
    {LINES("DESCRIPTION:"), VALUE_DESCRIPTION, DESCRIBED},
    {LINES("TRANSP:OPAQUE\r\nX-MICROSOFT-CDO-BUSYSTATUS:BUSY"), VALUE_NONE,
     BUSY},
    {LINES("TRANSP:TRANSPARENT\r\nX-MICROSOFT-CDO-BUSYSTATUS:FREE"), VALUE_NONE,
     FREE},
    {LINES("CLASS:PRIVATE"), VALUE_NONE, 0},
    {LINES("CATEGORIES:"), VALUE_CATEGORIES, 0},
    {LINES("STATUS:"), VALUE_STATUS, STATUS},
    {LINES("LOCATION:"), VALUE_LOCATION, LOCATION},
    {LINES("RELATED-TO:"), VALUE_RELATED, RELATED},
    {LINES("ORGANIZER"), VALUE_ORGANIZER, ORGANIZER},
    {LINES("ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;"
           "PARTSTAT=NEEDS-ACTION;RSVP=FALSE"),
     VALUE_ATTENDEE, ATTENDEE},
    {LINES("ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;"
           "PARTSTAT=NEEDS-ACTION;RSVP=TRUE"),
     VALUE_ATTENDEE, ASKED},
    {LINES("BEGIN:VALARM\r\nACTION:DISPLAY"), VALUE_NONE, RINGS},
    {LINES("DESCRIPTION:"), VALUE_SUMMARY, RINGS},
    {LINES("TRIGGER:"), VALUE_TRIGGER, RINGS},
    {LINES("END:VALARM"), VALUE_NONE, RINGS},
    {LINES("END:VEVENT"), VALUE_NONE, 0},
};

enum { LINES_COUNT = sizeof lines / sizeof *lines, TEXTS_MAX = 256 };

/* An entry to be written, and the lengths of its texts. */
struct written {
    const struct smp_entry *entry;
    const char *zone; /* of local times */
    enum form start, end;
    const struct smp_buf *description;
    struct smp_buf organizer, attendee;
    size_t uid, name, summary, category, location, related;
    char stamp[sizeof "20261122T120000Z"];
};

/* A description, and its line without CRLF. */
struct smp_text_line {
    struct smp_buf text, line;
};

/*
 * The texts of a protocol lie at the same addresses for all its clients. So the
 * address says where to look for the line, and the text whether it is the right
 * one. TEXTS_MAX lines are kept.
 */
static const struct smp_buf *
description_line(struct smp_calendar_cache *cache, const char *text)
{
    size_t place = ((uintptr_t)text >> 4) % TEXTS_MAX, n;
    struct smp_text_line *line;
    char *at;

    if (!cache->lines)
        cache->lines = smp_calloc(TEXTS_MAX, sizeof *cache->lines);
    line = cache->lines[place];
    if (!line)
        line = cache->lines[place] = smp_calloc(1, sizeof *line);
    if (strcmp(smp_buf_text(&line->text), text) == 0)
        return &line->line;
    n = strlen(text);
    smp_buf_cut(&line->text, 0);
    smp_buf_add(&line->text, text, n);
    smp_buf_cut(&line->line, 0);
    smp_buf_puts(&line->line, "DESCRIPTION:");
    at = smp_buf_room(&line->line, 3 * n + SMP_ICAL_LINE_MAX);
    at = smp_line_text(at, text, n);
    smp_buf_end(&line->line, smp_line_fold(line->line.data, at));
    return &line->line;
}

static inline char *
put(char *at, const char *bytes, size_t n)
{
    memcpy(at, bytes, n);
    return at + n;
}

static char *
put_date(char *at, int32_t day)
{
    struct smp_civil date = smp_civil_of(day);

    at = smp_two_digits(at, (unsigned)date.year / 100);
    at = smp_two_digits(at, (unsigned)date.year % 100);
    at = smp_two_digits(at, (unsigned)date.month);
    return smp_two_digits(at, (unsigned)date.day);
}

static char *
put_time(char *at, int64_t seconds)
{
    int32_t day = smp_day_at(seconds);
    unsigned time = (unsigned)(seconds - (int64_t)day * SMP_DAY_SECONDS);
    unsigned minutes = time / 60, hours = minutes / 60;

    at = put_date(at, day);
    *at++ = 'T';
    at = smp_two_digits(at, hours);
    at = smp_two_digits(at, minutes - 60 * hours);
    return smp_two_digits(at, time - 60 * minutes);
}

static enum form
form_of(struct smp_when when, bool local)
{
    if (when.kind == SMP_DAY)
        return FORM_DAY;
    return when.kind == SMP_LOCAL && local ? FORM_LOCAL : FORM_UTC;
}

static char *
put_bound(char *at, enum form form, struct smp_when when, int64_t instant,
          const char *zone)
{
    if (form == FORM_DAY)
        return put_date(at, smp_day_at(when.seconds));
    if (form == FORM_LOCAL) {
        at = put(at, zone, strlen(zone));
        *at++ = ':';
        return put_time(at, when.seconds);
    }
    at = put_time(at, instant);
    *at++ = 'Z';
    return at;
}

/*
 * From the start of an event: whole days as such, all else in hours, which
 * every reader counts alike.
 */
static char *
put_trigger(char *at, int seconds)
{
    const int week = 7 * SMP_DAY_SECONDS;
    int after = seconds < 0 ? -seconds : seconds;
    bool weeks = after % week == 0;
    struct smp_buf hours = {0};

    if (seconds < 0)
        *at++ = '-';
    if (after && after % SMP_DAY_SECONDS == 0) {
        *at++ = 'P';
        at = smp_digits(at, after / (weeks ? week : SMP_DAY_SECONDS));
        *at++ = weeks ? 'W' : 'D';
        return at;
    }
    smp_duration_print(&hours, after);
    at = put(at, hours.data, hours.len);
    smp_buf_release(&hours);
    return at;
}

/* As libical has them: commas, which separate them, and ";" are not escaped. */
static char *
put_categories(char *at, const char *text)
{
    for (;;) {
        size_t n = strcspn(text, ",;");

        at = smp_line_text(at, text, n);
        text += n;
        if (!*text)
            return at;
        *at++ = *text++;
    }
}

/* Parameters carry neither quotes nor what RFC 6868 would escape. */
static void
add_party(struct smp_buf *out, const struct smp_party *party)
{
    struct smp_buf name = {0};
    size_t i, kept = 0;

    if (!party->address)
        return;
    if (party->name)
        smp_utf8_clean(&name, party->name, strlen(party->name));
    for (i = 0; i < name.len; i++)
        if (!strchr("\"^", name.data[i]))
            name.data[kept++] = name.data[i];
    smp_buf_cut(&name, kept);
    if (name.len)
        smp_buf_printf(out, strpbrk(name.data, ",:;") ? ";CN=\"%s\"" : ";CN=%s",
                       name.data);
    smp_buf_printf(out, ":mailto:%s", party->address);
    smp_buf_release(&name);
}

static char *
put_value(char *at, enum value value, const struct written *w)
{
    const struct smp_entry *entry = w->entry;

    switch (value) {
    case VALUE_UID:
        return put(at, entry->uid, w->uid);
    case VALUE_STAMP:
        return put(at, w->stamp, sizeof w->stamp - 1);
    case VALUE_SEQUENCE:
        return smp_digits(at, entry->sequence);
    case VALUE_START:
        return put_bound(at, w->start, entry->start, entry->from, w->zone);
    case VALUE_END:
        return put_bound(at, w->end, entry->end, entry->until, w->zone);
    case VALUE_SUMMARY:
        if (w->name)
            at = smp_line_text(at, entry->name, w->name);
        return smp_line_text(at, entry->summary, w->summary);
    case VALUE_CATEGORIES:
        return put_categories(at, entry->category);
    case VALUE_STATUS:
        return put(at, entry->status, strlen(entry->status));
    case VALUE_LOCATION:
        return smp_line_text(at, entry->location, w->location);
    case VALUE_RELATED:
        return put(at, entry->related, w->related);
    case VALUE_ORGANIZER:
        return put(at, w->organizer.data, w->organizer.len);
    case VALUE_ATTENDEE:
        return put(at, w->attendee.data, w->attendee.len);
    case VALUE_TRIGGER:
        return put_trigger(at, entry->alarm);
    case VALUE_DESCRIPTION:
    case VALUE_NONE:
        break;
    }
    return at;
}

static unsigned
traits_of(const struct written *w)
{
    const struct smp_entry *entry = w->entry;

    return (unsigned)START_DAY << w->start | (unsigned)END_DAY << w->end |
           (entry->busy ? BUSY : FREE) | (*entry->description ? DESCRIBED : 0) |
           (entry->status ? STATUS : 0) | (entry->location ? LOCATION : 0) |
           (entry->related ? RELATED : 0) | (w->organizer.len ? ORGANIZER : 0) |
           (w->attendee.len ? entry->asks ? ASKED : ATTENDEE : 0) |
           (entry->rings ? RINGS : 0);
}

/* The summary comes twice, escaping doubles a text, and folds add half. */
static size_t
size_max(const struct written *w)
{
    return LINES_COUNT * 2 * SMP_ICAL_LINE_MAX + w->description->len +
           2 * (w->uid + w->related + strlen(w->zone) + w->organizer.len +
                w->attendee.len) +
           6 * (w->name + w->summary) + 3 * (w->category + w->location);
}

static char *
put_line(char *at, const struct line *line, const struct written *w)
{
    if (line->value == VALUE_DESCRIPTION)
        at = put(at, w->description->data, w->description->len);
    else if (line->value)
        at = smp_line_fold(
            at, put_value(put(at, line->text, line->n), line->value, w));
    else
        at = put(at, line->text, line->n);
    return put(at, "\r\n", 2);
}

void
smp_event_put(struct smp_calendar_cache *cache, struct smp_buf *out,
              const struct smp_entry *entry, const struct smp_zone *zone,
              bool local)
{
    struct written w = {
        .entry = entry,
        .zone = smp_zone_name(zone),
        .start = form_of(entry->start, local),
        .end = form_of(entry->end, local),
        .description = description_line(cache, entry->description),
        .uid = strlen(entry->uid),
        .name = entry->name ? strlen(entry->name) : 0,
        .summary = strlen(entry->summary),
        .category = strlen(entry->category),
        .location = entry->location ? strlen(entry->location) : 0,
        .related = entry->related ? strlen(entry->related) : 0};
    unsigned traits;
    char *at;
    size_t i;

    add_party(&w.organizer, &entry->organizer);
    add_party(&w.attendee, &entry->attendee);
    *put_time(w.stamp, entry->modified) = 'Z';
    traits = traits_of(&w);
    at = smp_buf_room(out, size_max(&w));
    for (i = 0; i < LINES_COUNT; i++)
        if (!lines[i].of || lines[i].of & traits)
            at = put_line(at, &lines[i], &w);
    smp_buf_end(out, at);
    smp_buf_release(&w.organizer);
    smp_buf_release(&w.attendee);
}

void
smp_calendar_cache_release(struct smp_calendar_cache *cache)
{
    size_t i;

    for (i = 0; cache->lines && i < TEXTS_MAX; i++)
        if (cache->lines[i]) {
            smp_buf_release(&cache->lines[i]->text);
            smp_buf_release(&cache->lines[i]->line);
            free(cache->lines[i]);
        }
    free(cache->lines);
    if (cache->entries)
        smp_entry_list_release(cache->entries);
    free(cache->entries);
    *cache = (struct smp_calendar_cache){0};
}
