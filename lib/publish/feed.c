#include "publish/feed.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "time/civil.h"

static const char begin_event[] = "BEGIN:VEVENT\r\n";
static const char end_event[] = "END:VEVENT\r\n";
static const char end_calendar[] = "END:VCALENDAR\r\n";
static const char begin_zone[] = "BEGIN:VTIMEZONE\r\n";

bool
smp_piece_equal(struct smp_piece a, struct smp_piece b)
{
    return a.n == b.n && (!a.n || memcmp(a.at, b.at, a.n) == 0);
}

static bool
starts(struct smp_piece text, const char *with)
{
    size_t n = strlen(with);

    return text.n >= n && memcmp(text.at, with, n) == 0;
}

/* Takes a content line with its folds off the text; false at the end. */
static bool
next_line(struct smp_piece *text, struct smp_piece *line)
{
    size_t n = 0;

    do {
        const char *newline = memchr(text->at + n, '\n', text->n - n);

        if (!newline)
            return false;
        n = (size_t)(newline - text->at) + 1;
    } while (n < text->n && text->at[n] == ' ');
    *line = (struct smp_piece){text->at, n};
    text->at += n;
    text->n -= n;
    return true;
}

/* The value of the next line, which must have this name. */
static bool
take(struct smp_piece *text, const char *name, struct smp_piece *value)
{
    struct smp_piece line;
    size_t skip = strlen(name) + 1;

    if (!next_line(text, &line) || !starts(line, name) || line.n < skip + 2 ||
        line.at[skip - 1] != ':')
        return false;
    *value = (struct smp_piece){line.at + skip, line.n - skip - 2};
    return true;
}

static bool
take_line(struct smp_piece *text, const char *name, struct smp_piece *line)
{
    return next_line(text, line) && starts(*line, name);
}

/* What follows the times, up to the end of the event. */
static bool
read_rest(struct smp_piece *text, struct smp_feed_event *event)
{
    struct smp_piece line;

    while (next_line(text, &line)) {
        if (starts(line, end_event))
            return true;
        if (starts(line, "STATUS:"))
            event->status = line;
        else if (starts(line, "LOCATION:"))
            event->location = line;
    }
    return false;
}

static bool
read_event(struct smp_piece *text, struct smp_feed_event *event)
{
    const char *start = text->at, *content;
    struct smp_piece line;

    *event = (struct smp_feed_event){0};
    if (!take_line(text, begin_event, &line) ||
        !take(text, "UID", &event->uid) ||
        !take(text, "DTSTAMP", &event->stamp) ||
        !take(text, "LAST-MODIFIED", &event->modified) ||
        !take(text, "SEQUENCE", &event->sequence))
        return false;
    content = text->at;
    if (!take_line(text, "DTSTART", &event->start) ||
        !take_line(text, "DTEND", &event->end) || !read_rest(text, event))
        return false;
    event->whole = (struct smp_piece){start, (size_t)(text->at - start)};
    event->content = (struct smp_piece){content, (size_t)(text->at - content)};
    event->session = event->status.n > 0;
    return true;
}

static bool
read_head(struct smp_feed *feed, struct smp_piece *text)
{
    const char *start = text->at;
    struct smp_piece line;

    while (!starts(*text, begin_event) && !starts(*text, end_calendar))
        if (!next_line(text, &line))
            return false;
    feed->head = (struct smp_piece){start, (size_t)(text->at - start)};
    return true;
}

bool
smp_feed_read(struct smp_feed *feed, const char *text, size_t n)
{
    struct smp_piece rest = {text, n};

    feed->count = 0;
    feed->head = feed->tail = (struct smp_piece){text, 0};
    if (!n || !read_head(feed, &rest))
        return false;
    while (starts(rest, begin_event)) {
        feed->events = smp_grow(feed->events, feed->count, &feed->room,
                                sizeof *feed->events);
        if (!read_event(&rest, &feed->events[feed->count]))
            return false;
        feed->count++;
    }
    feed->tail = rest;
    return starts(rest, end_calendar) && rest.n == sizeof end_calendar - 1;
}

static int
compare_pieces(const void *a, const void *b)
{
    const struct smp_piece *one = a, *other = b;

    if (one->n != other->n)
        return one->n < other->n ? -1 : 1;
    return memcmp(one->at, other->at, one->n);
}

struct smp_piece
smp_feed_double(const struct smp_feed *feed)
{
    struct smp_piece *uids = smp_calloc(feed->count + 1, sizeof *uids);
    struct smp_piece found = {0};
    size_t i;

    for (i = 0; i < feed->count; i++)
        uids[i] = feed->events[i].uid;
    qsort(uids, feed->count, sizeof *uids, compare_pieces);
    for (i = 1; i < feed->count; i++)
        if (smp_piece_equal(uids[i - 1], uids[i]))
            found = uids[i];
    free(uids);
    return found;
}

void
smp_feed_release(struct smp_feed *feed)
{
    free(feed->events);
    *feed = (struct smp_feed){0};
}

static int
number(const char *digits, int n)
{
    int value = 0;

    while (n-- > 0)
        value = value * 10 + (*digits++ - '0');
    return value;
}

/* 20261201, as a day. */
static bool
read_day(const char *text, size_t n, int32_t *day)
{
    int year, month, date;

    if (n < 8 || strspn(text, "0123456789") < 8)
        return false;
    year = number(text, 4);
    month = number(text + 4, 2);
    date = number(text + 6, 2);
    if (month < 1 || month > 12 || date < 1 ||
        date > smp_month_length(year, month))
        return false;
    *day = smp_day_of(year, month, date);
    return true;
}

bool
smp_feed_instant(struct smp_piece text, int64_t *instant)
{
    int hour, minute, second;
    int32_t day;

    if (text.n != 16 || text.at[8] != 'T' || text.at[15] != 'Z' ||
        strspn(text.at + 9, "0123456789") < 6 ||
        !read_day(text.at, text.n, &day))
        return false;
    hour = number(text.at + 9, 2);
    minute = number(text.at + 11, 2);
    second = number(text.at + 13, 2);
    if (number(text.at, 4) > SMP_YEAR_MAX || hour > 23 || minute > 59 ||
        second > 59)
        return false;
    *instant =
        (int64_t)day * SMP_DAY_SECONDS + hour * 3600 + minute * 60 + second;
    return true;
}

bool
smp_feed_sequence(struct smp_piece text, int32_t *sequence)
{
    enum { DIGITS = 10 };
    int64_t value = 0;
    size_t i;

    if (!text.n || text.n > DIGITS || (*text.at == '0' && text.n > 1))
        return false;
    for (i = 0; i < text.n; i++) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
        value = value * 10 + (text.at[i] - '0');
    }
    *sequence = (int32_t)value;
    return value <= INT32_MAX;
}

bool
smp_feed_end(const struct smp_feed_event *event, const struct smp_zone *zone,
             int64_t *instant)
{
    static const char date[] = "DTEND;VALUE=DATE:", time[] = "DTEND:";
    struct smp_piece value = event->end;
    size_t skip = starts(value, date) ? sizeof date - 1 : sizeof time - 1;
    int32_t day;

    if (value.n < skip + 2)
        return false;
    value.at += skip;
    value.n -= skip + 2;
    if (!starts(event->end, date))
        return smp_feed_instant(value, instant);
    if (!read_day(value.at, value.n, &day))
        return false;
    *instant = smp_zone_to_instant(zone, (int64_t)day * SMP_DAY_SECONDS);
    return true;
}

bool
smp_feed_retired(const struct smp_feed *feed, int64_t *instant)
{
    struct smp_piece text = feed->head, line, value;
    bool in_zone = false;

    while (!feed->count && next_line(&text, &line)) {
        in_zone = in_zone || starts(line, begin_zone);
        if (in_zone && take(&line, "LAST-MODIFIED", &value))
            return smp_feed_instant(value, instant);
    }
    return false;
}
