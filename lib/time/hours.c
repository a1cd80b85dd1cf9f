#include "time/window.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "time/civil.h"

enum { DAY_MINUTES = 24 * 60 };

/* What is read so far: a group, and the openings of those before it. */
struct reader {
    const char *at, *piece; /* piece: what is being read */
    struct smp_hours *hours;
    struct smp_err *err;
    unsigned days;   /* of the group, a bit a weekday */
    unsigned closed; /* of the whole text */
    bool complete;   /* the group has times, or is closed */
};

static bool
wrong(struct reader *r, const char *what)
{
    size_t n = strcspn(r->piece, ",;");

    while (n && isspace((unsigned char)r->piece[n - 1]))
        n--;
    return smp_fail(r->err, "%s: \"%.*s\"", what, (int)(n < 60 ? n : 60),
                    r->piece);
}

static void
skip_spaces(struct reader *r)
{
    while (isspace((unsigned char)*r->at))
        r->at++;
}

/* A hyphen, or the dash that word processors make of it (U+2013). */
static bool
take_dash(struct reader *r)
{
    static const char dash[] = "\xe2\x80\x93";
    const char *start = r->at;

    skip_spaces(r);
    if (*r->at == '-')
        r->at++;
    else if (strncmp(r->at, dash, sizeof dash - 1) == 0)
        r->at += sizeof dash - 1;
    else
        r->at = start;
    if (r->at != start)
        skip_spaces(r);
    return r->at != start;
}

static bool
add(struct reader *r, int from, int until)
{
    struct smp_hours *hours = r->hours;

    if (hours->count == SMP_HOURS_MAX)
        return wrong(r, "too many openings");
    hours->at[hours->count].from = from;
    hours->at[hours->count++].until = until;
    return true;
}

static bool
add_on_days(struct reader *r, int from, int until)
{
    int day;

    for (day = 0; day < 7; day++)
        if ((r->days & 1U << day) &&
            !add(r, day * DAY_MINUTES + from, day * DAY_MINUTES + until))
            return false;
    r->complete = true;
    return true;
}

/* Days without times are open all day. */
static bool
end_group(struct reader *r)
{
    if (r->days && !r->complete && !add_on_days(r, 0, DAY_MINUTES))
        return false;
    r->days = 0;
    r->complete = false;
    return true;
}

static bool
read_weekday(struct reader *r, int *weekday)
{
    size_t n = 0;

    while (isalpha((unsigned char)r->at[n]))
        n++;
    *weekday = smp_weekday_named(r->at, n, 2);
    r->at += n;
    return *weekday >= 0;
}

static bool
read_days(struct reader *r)
{
    int first, last;

    if (!read_weekday(r, &first))
        return wrong(r, "not a day of the week");
    last = first;
    if (take_dash(r) && !read_weekday(r, &last))
        return wrong(r, "not a day of the week");
    if (r->complete && !end_group(r))
        return false;
    for (;; first = (first + 1) % 7) {
        r->days |= 1U << first;
        if (first == last)
            return true;
    }
}

static bool
read_number(struct reader *r, size_t least, int *number)
{
    size_t n = 0;

    for (*number = 0; n < 2 && isdigit((unsigned char)*r->at); n++)
        *number = *number * 10 + (*r->at++ - '0');
    return n >= least && !isdigit((unsigned char)*r->at);
}

/* H:MM or HH:MM, with seconds that are 00. */
static bool
read_clock(struct reader *r, int *minutes)
{
    int hour, minute;

    if (!read_number(r, 1, &hour) || *r->at++ != ':' ||
        !read_number(r, 2, &minute))
        return false;
    if (strncmp(r->at, ":00", 3) == 0)
        r->at += 3;
    *minutes = hour * 60 + minute;
    return minute < 60 && *minutes <= DAY_MINUTES;
}

static bool
read_times(struct reader *r)
{
    int from, until;

    if (!read_clock(r, &from) || !take_dash(r) || !read_clock(r, &until) ||
        from == DAY_MINUTES)
        return wrong(r, "not times, HH:MM-HH:MM");
    if (!r->days)
        return wrong(r, "no day of the week before");
    if (from == until)
        return wrong(r, "it begins and ends at the same time");
    return add_on_days(r, from, until < from ? until + DAY_MINUTES : until);
}

static bool
read_closed(struct reader *r, size_t n)
{
    r->at += n;
    if (!r->days)
        return wrong(r, "no day of the week before");
    r->closed |= r->days;
    r->complete = true;
    return true;
}

static bool
is_word(const char *at, const char *word)
{
    size_t n = strlen(word);

    return strncasecmp(at, word, n) == 0 && !isalnum((unsigned char)at[n]);
}

static bool
read_piece(struct reader *r)
{
    r->piece = r->at;
    if (is_word(r->at, "closed"))
        return read_closed(r, strlen("closed"));
    if (is_word(r->at, "off"))
        return read_closed(r, strlen("off"));
    return isdigit((unsigned char)*r->at) ? read_times(r) : read_days(r);
}

static bool
read_pieces(struct reader *r)
{
    bool any = false;

    for (skip_spaces(r); *r->at; skip_spaces(r)) {
        if (*r->at == ';' && !end_group(r))
            return false;
        if (*r->at == ';' || *r->at == ',') {
            r->at++;
            continue;
        }
        if (!read_piece(r))
            return false;
        any = true;
        if (*r->at && !isspace((unsigned char)*r->at) && !strchr(",;", *r->at))
            return wrong(r, "not understood");
    }
    if (!any)
        return smp_fail(r->err, "no opening hours");
    return end_group(r);
}

static int
compare(const void *a, const void *b)
{
    /* from, the first member */
    return *(const int *)a - *(const int *)b;
}

/* What a closed day opens is left out. */
static void
leave_out(struct smp_hours *hours, unsigned closed)
{
    size_t i, kept = 0;

    for (i = 0; i < hours->count; i++)
        if (!(closed & 1U << hours->at[i].from / DAY_MINUTES))
            hours->at[kept++] = hours->at[i];
    hours->count = kept;
}

/* Puts what overlaps or touches together, ascending. */
static void
merge(struct smp_hours *hours)
{
    size_t i, last = 0;

    qsort(hours->at, hours->count, sizeof hours->at[0], compare);
    for (i = 1; i < hours->count; i++) {
        if (hours->at[i].from > hours->at[last].until)
            hours->at[++last] = hours->at[i];
        else if (hours->at[i].until > hours->at[last].until)
            hours->at[last].until = hours->at[i].until;
    }
    hours->count = hours->count ? last + 1 : 0;
}

/* The last opening of the week goes on in the first ones. */
static void
merge_around(struct smp_hours *hours)
{
    while (hours->count > 1 && hours->at[hours->count - 1].until >=
                                   hours->at[0].from + SMP_WEEK_MINUTES) {
        int until = hours->at[0].until + SMP_WEEK_MINUTES;

        hours->count--;
        memmove(hours->at, hours->at + 1, hours->count * sizeof hours->at[0]);
        if (until > hours->at[hours->count - 1].until)
            hours->at[hours->count - 1].until = until;
    }
}

bool
smp_hours_parse(const char *text, struct smp_hours *hours, struct smp_err *err)
{
    struct reader r = {.at = text, .piece = text, .hours = hours, .err = err};

    hours->count = 0;
    if (!read_pieces(&r))
        return false;
    leave_out(hours, r.closed);
    if (hours->count)
        merge(hours);
    merge_around(hours);
    return true;
}

static bool
is_always_open(const struct smp_hours *hours)
{
    return hours->count == 1 &&
           hours->at[0].until - hours->at[0].from >= SMP_WEEK_MINUTES;
}

static size_t
openings_from(const struct smp_hours *hours, int32_t sunday, int32_t day,
              struct smp_opening *openings)
{
    int64_t week = (int64_t)sunday * SMP_DAY_SECONDS;
    int64_t midnight = (int64_t)day * SMP_DAY_SECONDS;
    size_t i, n = 0;

    for (i = 0; i < hours->count; i++) {
        int64_t from = week + hours->at[i].from * 60;
        int64_t until = week + hours->at[i].until * 60;

        if (from < midnight + SMP_DAY_SECONDS && until > midnight)
            openings[n++] = (struct smp_opening){from, until};
    }
    return n;
}

size_t
smp_hours_on(const struct smp_hours *hours, int32_t day,
             struct smp_opening openings[SMP_HOURS_MAX + 1])
{
    int32_t sunday = day - smp_weekday_of(day);
    size_t n;

    if (is_always_open(hours)) {
        openings[0].from = ((int64_t)day - 1) * SMP_DAY_SECONDS;
        openings[0].until = ((int64_t)day + SMP_HOURS_AHEAD) * SMP_DAY_SECONDS;
        return 1;
    }
    n = openings_from(hours, sunday - 7, day, openings);
    return n + openings_from(hours, sunday, day, openings + n);
}
