#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "base/hash.h"
#include "base/base.h"
#include "publish/internal.h"
#include "time/civil.h"
#include "time/zone.h"
#include "ical/prodid.h"

static const char begin_event[] = "BEGIN:VEVENT\r\n";
static const char end_event[] = "END:VEVENT\r\n";
static const char end_calendar[] = "END:VCALENDAR\r\n";
static const char begin_zone[] = "BEGIN:VTIMEZONE\r\n";

bool
smp_piece_equal(struct smp_piece a, struct smp_piece b)
{
    return a.n == b.n && (!a.n || memcmp(a.at, b.at, a.n) == 0);
}

static struct smp_piece
without_folds(struct smp_piece text)
{
    while (text.n > 3 && memcmp(text.at, "\r\n ", 3) == 0) {
        text.at += 3;
        text.n -= 3;
    }
    return text;
}

bool
smp_piece_same_value(struct smp_piece a, struct smp_piece b)
{
    while (!smp_piece_equal(a, b)) {
        a = without_folds(a);
        b = without_folds(b);
        if (!a.n || !b.n || *a.at != *b.at)
            return false;
        a.at++, a.n--;
        b.at++, b.n--;
    }
    return true;
}

static bool
starts(struct smp_piece text, const char *with)
{
    size_t n = strlen(with);

    return text.n >= n && memcmp(text.at, with, n) == 0;
}

/* Takes a content line with its folded parts; false at the end. */
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

/* Takes the value of the next line, which must have this name. */
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

/* From the times to the end of the event. */
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
smp_feed_parse(struct smp_feed *feed, const char *text, size_t n)
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
    enum { SEQUENCE_DIGITS_MAX = 10 };
    int64_t value = 0;
    size_t i;

    if (!text.n || text.n > SEQUENCE_DIGITS_MAX ||
        (*text.at == '0' && text.n > 1))
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
smp_feed_withdrawn(const struct smp_feed *feed, int64_t *instant)
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

/* feeds that were cut off */

/* RFC 5545, 3.1: the most octets of a line, without its end. */
enum { LINE_OCTETS_MAX = 75, DEPTH_MAX = 4, NAME_OCTETS_MAX = 32 };

/* The components without their END so far. */
struct nesting {
    struct smp_piece names[DEPTH_MAX];
    size_t depth;
    bool over; /* the outermost has ended */
};

/* The length of "NAME" before ":" or ";", or 0 if there is none. */
static size_t
name_length(const char *line, size_t n)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ-";
    size_t i = 0;

    while (i < n && i < NAME_OCTETS_MAX && strchr(letters, line[i]))
        i++;
    return i < n && (line[i] == ':' || line[i] == ';') ? i : 0;
}

static bool
is_named(const char *line, size_t n, const char *name)
{
    return n == strlen(name) && memcmp(line, name, n) == 0;
}

static bool
follow(struct nesting *nesting, const char *line, size_t n)
{
    size_t name = name_length(line, n);
    struct smp_piece value = {line + name + 1, n - name - 1};

    if (!name || nesting->over)
        return false;
    if (is_named(line, name, "BEGIN")) {
        if (nesting->depth == DEPTH_MAX)
            return false;
        nesting->names[nesting->depth++] = value;
    } else if (is_named(line, name, "END")) {
        if (!nesting->depth ||
            !smp_piece_equal(nesting->names[--nesting->depth], value))
            return false;
        nesting->over = !nesting->depth;
    }
    return nesting->depth || nesting->over;
}

bool
smp_feed_is_cut(const char *text, size_t n)
{
    struct nesting nesting = {.depth = 0};
    const char *end = text + n, *newline;

    while ((newline = memchr(text, '\n', (size_t)(end - text)))) {
        size_t length = (size_t)(newline - text);

        if (!length-- || text[length] != '\r' || length > LINE_OCTETS_MAX ||
            smp_has_controls(text, length) ||
            (*text != ' ' && !follow(&nesting, text, length)))
            return false;
        text = newline + 1;
    }
    n = (size_t)(end - text);
    n -= n && text[n - 1] == '\r';
    return !nesting.over && n <= LINE_OCTETS_MAX && !smp_has_controls(text, n);
}

/* seals */

/* The seal has DIGITS digits; a space and as many of the source follow. */
enum { DIGITS = sizeof SMP_FEED_HASH - 1, BOTH = sizeof SMP_FEED_HASHES - 1 };

/* How a feed begins: the seal is in the PRODID of the third line. */
#define BEGINNING(product)                                                     \
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:" product "\r\n"

/* One per kind, then as they were before feeds had a source: these go on. */
static const char *const beginnings[] = {
    BEGINNING(SMP_FEED_PRODID(SMP_FEED_OPEN)),
    BEGINNING(SMP_FEED_PRODID(SMP_FEED_DISCREET)),
    BEGINNING(SMP_FEED_PRODID(SMP_FEED_SECRET)),
    BEGINNING(SMP_FEED_PRODID_OLD(SMP_FEED_OPEN)),
    BEGINNING(SMP_FEED_PRODID_OLD(SMP_FEED_DISCREET)),
    BEGINNING(SMP_FEED_PRODID_OLD(SMP_FEED_SECRET))};

enum { BEGINNINGS = sizeof beginnings / sizeof *beginnings, KINDS = 3 };

static bool
has_source(int beginning)
{
    return beginning < KINDS;
}

static size_t
place_of_seal(int beginning)
{
    return strlen(beginnings[beginning]) - strlen("//EN\r\n") -
           (has_source(beginning) ? BOTH : DIGITS);
}

static const char digits[] = "0123456789abcdef";

static void
put_digits(char *at, uint64_t number)
{
    int i;

    for (i = DIGITS - 1; i >= 0; i--, number >>= 4)
        at[i] = digits[number & 0xf];
}

static bool
is_digit(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/* All are digits. */
static uint64_t
number_at(const char *at)
{
    uint64_t number = 0;
    int i;

    for (i = 0; i < DIGITS; i++)
        number = number << 4 |
                 (unsigned)(at[i] <= '9' ? at[i] - '0' : at[i] - 'a' + 10);
    return number;
}

/* Returns true if n octets are those of a beginning, with any seal and source.
 */
static bool
agrees(int beginning, const char *text, size_t n)
{
    size_t seal = place_of_seal(beginning), i;
    size_t size = has_source(beginning) ? BOTH : DIGITS;

    for (i = 0; i < n; i++) {
        bool any = i - seal < size && i - seal != DIGITS;

        if (any ? !is_digit(text[i]) : text[i] != beginnings[beginning][i])
            return false;
    }
    return true;
}

/* The index of the beginning the text has in full, or -1. */
static int
beginning_of(const char *text, size_t n)
{
    int i;

    for (i = 0; i < BEGINNINGS; i++)
        if (n >= strlen(beginnings[i]) &&
            agrees(i, text, strlen(beginnings[i])))
            return i;
    return -1;
}

static bool
is_stub(const char *text, size_t n)
{
    int i;

    for (i = 0; i < BEGINNINGS; i++)
        if (n < strlen(beginnings[i]) && agrees(i, text, n))
            return true;
    return false;
}

static bool
is_mark(const char *text, size_t n, const char *start)
{
    size_t length = strlen(start), i;

    if (n < length + DIGITS || memcmp(text, start, length) != 0)
        return false;
    for (i = 0; i < DIGITS; i++)
        if (!is_digit(text[length + i]))
            return false;
    return true;
}

bool
smp_feed_is_marked(const char *text, size_t n)
{
    static const char *const starts[] = {SMP_FEED_OPEN, SMP_FEED_DISCREET,
                                         SMP_FEED_SECRET};
    const char *end = text + n, *at = text;
    size_t i;

    while (n && (at = memchr(at, '-', (size_t)(end - at)))) {
        for (i = 0; i < KINDS; i++)
            if (is_mark(at, (size_t)(end - at), starts[i]))
                return true;
        at++;
    }
    return false;
}

/*
 * The seal detects changes by accident, not forgery. The octets before it are
 * compared, not hashed.
 */
static uint64_t
seal_of(const char *text, size_t n, size_t at)
{
    return smp_hash(text + at + DIGITS, n - at - DIGITS, at);
}

/* The seal of feeds without a source: SipHash of all, the seal as zeros. */
static uint64_t
seal_before_sources(const char *text, size_t n, size_t at)
{
    static const unsigned char key[crypto_shorthash_KEYBYTES] =
        "smp-care feed 1";
    unsigned char hash[crypto_shorthash_BYTES];
    char *copy = memcpy(smp_alloc(n), text, n);
    uint64_t number = 0;
    size_t i;

    memcpy(copy + at, SMP_FEED_HASH, DIGITS);
    crypto_shorthash(hash, (const unsigned char *)copy, n, key);
    free(copy);
    for (i = 0; i < sizeof hash; i++)
        number = number << 8 | hash[i];
    return number;
}

bool
smp_feed_seal(char *text, size_t n, uint64_t source)
{
    int beginning = beginning_of(text, n);
    size_t at;

    if (beginning < 0 || !has_source(beginning))
        return false;
    at = place_of_seal(beginning);
    put_digits(text + at + DIGITS + 1, source);
    put_digits(text + at, seal_of(text, n, at));
    return true;
}

uint64_t
smp_feed_source(const char *text, size_t n)
{
    int beginning = beginning_of(text, n);

    if (beginning < 0 || !has_source(beginning))
        return 0;
    return number_at(text + place_of_seal(beginning) + DIGITS + 1);
}

bool
smp_feed_same_kind(const char *text, size_t n, const char *other, size_t m)
{
    int beginning = beginning_of(text, n);

    int others = beginning_of(other, m);

    return beginning >= 0 && others >= 0 && beginning % KINDS == others % KINDS;
}

enum smp_feed_state
smp_feed_state(const char *text, size_t n)
{
    int beginning = beginning_of(text, n);
    size_t at;

    if (beginning < 0)
        return is_stub(text, n) ? SMP_FEED_STUB : SMP_FEED_FOREIGN;
    at = place_of_seal(beginning);
    if (number_at(text + at) == (has_source(beginning)
                                     ? seal_of(text, n, at)
                                     : seal_before_sources(text, n, at)))
        return SMP_FEED_WHOLE;
    return smp_feed_is_cut(text, n) ? SMP_FEED_TORN : SMP_FEED_EDITED;
}
