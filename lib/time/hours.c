#include "time/window.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/base.h"
#include "time/civil.h"

enum {
    DAY_MINUTES = 24 * 60,
    WEEK_MINUTES = 7 * DAY_MINUTES,
    ALL_DAYS = 127,
    NIGHT_MAX = 16 * 60 /* an opening across midnight that is no mistake */
};

/* The days that a rule names; one rule is made of each date. */
struct selector {
    unsigned days;
    bool holidays, either; /* either: weekdays or dates, not both */
    size_t count;
    struct date_range {
        enum smp_dates kind;
        int32_t first, last;
    } at[SMP_RULES_MAX];
};

struct reader {
    const char *at, *piece; /* piece: the rule or time that is being read */
    struct smp_hours *hours;
    struct smp_err *err;
    bool replaces;
    int section;
    bool any; /* a rule has been read */
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

static bool
take(struct reader *r, const char *text)
{
    size_t n = strlen(text);

    if (strncasecmp(r->at, text, n) != 0)
        return false;
    r->at += n;
    return true;
}

/* As take(), but a whole word. */
static bool
take_word(struct reader *r, const char *word)
{
    size_t n = strlen(word);

    return strncasecmp(r->at, word, n) == 0 &&
           !isalnum((unsigned char)r->at[n]) && take(r, word);
}

/* A hyphen, the dashes that word processors make of it, or "to". */
static bool
take_dash(struct reader *r)
{
    const char *start = r->at;

    skip_spaces(r);
    if (!take(r, "-") && !take(r, "\xe2\x80\x93") && !take(r, "\xe2\x80\x94") &&
        !take_word(r, "to")) {
        r->at = start;
        return false;
    }
    skip_spaces(r);
    return true;
}

static bool
read_number(struct reader *r, size_t least, size_t most, int *number)
{
    size_t n = 0;

    for (*number = 0; n < most && isdigit((unsigned char)*r->at); n++)
        *number = *number * 10 + (*r->at++ - '0');
    return n >= least && !isdigit((unsigned char)*r->at);
}

static size_t
word_length(const char *at)
{
    size_t n = 0;

    while (isalpha((unsigned char)at[n]))
        n++;
    return n;
}

/* Days. */

static bool
take_weekday(struct reader *r, int *weekday)
{
    size_t n = word_length(r->at);

    *weekday = smp_weekday_named(r->at, n, 2);
    if (*weekday < 0)
        return false;
    r->at += n;
    take(r, ".");
    return true;
}

static bool
take_month(struct reader *r, int *month)
{
    static const char *const names[] = {
        "January", "February", "March",     "April",   "May",      "June",
        "July",    "August",   "September", "October", "November", "December"};
    size_t n = word_length(r->at);

    for (*month = 1; *month <= 12; ++*month) {
        const char *name = names[*month - 1];

        if ((n == 3 || n == strlen(name)) && strncasecmp(r->at, name, n) == 0) {
            r->at += n;
            take(r, ".");
            return true;
        }
    }
    return false;
}

/* A day of a month, which is no time: 24, but not 24:00 and not 9am. */
static bool
take_day_number(struct reader *r, int *day)
{
    const char *start = r->at;
    int number;

    skip_spaces(r);
    if (!read_number(r, 1, 2, &number) || *r->at == ':' ||
        isalpha((unsigned char)*r->at) || !number) {
        r->at = start;
        return false;
    }
    *day = number;
    return true;
}

/* Of a month of a year, or of a leap year. */
static int
days_in(int month, int year)
{
    return smp_month_length(year ? year : 2024, month);
}

/* YYYY-MM-DD; false without an error if it is no such thing. */
static bool
take_iso(struct reader *r, int32_t *day)
{
    const char *start = r->at;
    int year, month, number;

    if (read_number(r, 4, 4, &year) && take(r, "-") &&
        read_number(r, 2, 2, &month) && take(r, "-") &&
        read_number(r, 2, 2, &number) && year >= SMP_YEAR_MIN &&
        year <= SMP_YEAR_MAX && month >= 1 && month <= 12 && number >= 1 &&
        number <= smp_month_length(year, month)) {
        *day = smp_day_of(year, month, number);
        return true;
    }
    r->at = start;
    return false;
}

/* The last day of a range that began in a month: "24-26", "24-Jan 2", "-Aug".
 */
static bool
read_range_end(struct reader *r, int *month, int *day)
{
    const char *start = r->at;
    int next;

    if (!take_dash(r))
        return true;
    if (*day && take_day_number(r, day))
        return true;
    if (!take_month(r, &next)) {
        r->at = start;
        return wrong(r, "not a date such as Dec 24 or Dec 24-26");
    }
    *month = next;
    if (*day && !take_day_number(r, day))
        return wrong(r, "not a date such as Dec 24 or Dec 24-26");
    return true;
}

static bool
add_dates(struct reader *r, struct selector *s, enum smp_dates kind,
          int32_t first, int32_t last)
{
    if (s->count == SMP_RULES_MAX)
        return wrong(r, "too many dates");
    s->at[s->count++] = (struct date_range){kind, first, last};
    return true;
}

/* Dates of a month, of every year or of one. */
static bool
add_month(struct reader *r, struct selector *s, int year, int month, int day)
{
    int last_month = month, last_day = day, last_year = year;

    if (!read_range_end(r, &last_month, &last_day))
        return false;
    if (last_month * 100 + last_day < month * 100 + day)
        last_year += year != 0;
    if (day > days_in(month, year) || last_day > days_in(last_month, last_year))
        return wrong(r, "no such date");
    if (!day) {
        day = 1;
        last_day = days_in(last_month, last_year);
    }
    if (!year)
        return add_dates(r, s, SMP_DATES_YEARLY, month * 100 + day,
                         last_month * 100 + last_day);
    return add_dates(r, s, SMP_DATES_ONCE, smp_day_of(year, month, day),
                     smp_day_of(last_year, last_month, last_day));
}

/* "Dec 24,26": more days of a month. */
static bool
read_month(struct reader *r, struct selector *s, int year, int month)
{
    const char *start;
    int day = 0;

    take_day_number(r, &day);
    if (!add_month(r, s, year, month, day))
        return false;
    for (;;) {
        start = r->at;
        skip_spaces(r);
        if (!day || !take(r, ",") || !take_day_number(r, &day)) {
            r->at = start;
            return true;
        }
        if (!add_month(r, s, year, month, day))
            return false;
    }
}

static bool
read_iso_range(struct reader *r, struct selector *s, int32_t first)
{
    int32_t last = first;

    if (take(r, "/") || take_dash(r)) {
        if (!take_iso(r, &last))
            return wrong(r, "not a date such as 2026-12-24");
    }
    if (last < first)
        return wrong(r, "it ends before it begins");
    return add_dates(r, s, SMP_DATES_ONCE, first, last);
}

static bool
read_weekdays(struct reader *r, struct selector *s, int first)
{
    int last = first;

    if (take_dash(r) && !take_weekday(r, &last))
        return wrong(r, "not a day such as Mo");
    for (;; first = (first + 1) % 7) {
        s->days |= 1U << first;
        if (first == last)
            return true;
    }
}

/* One day or a range of them; *found is false if there is none. */
static bool
read_day(struct reader *r, struct selector *s, bool *found)
{
    const char *start = r->at;
    int32_t date;
    int number, month;

    *found = true;
    if (take(r, "24/7")) {
        s->days = ALL_DAYS;
        return true;
    }
    if (take_word(r, "PH")) {
        s->holidays = true;
        return true;
    }
    if (take_weekday(r, &number))
        return read_weekdays(r, s, number);
    if (take_month(r, &month))
        return read_month(r, s, 0, month);
    if (take_iso(r, &date))
        return read_iso_range(r, s, date);
    if (read_number(r, 4, 4, &number) && number >= SMP_YEAR_MIN &&
        number < SMP_YEAR_MAX) {
        skip_spaces(r);
        if (take_month(r, &month))
            return read_month(r, s, number, month);
    }
    r->at = start;
    *found = false;
    return true;
}

/* Days, between commas or blanks; at least one. */
static bool
read_selector(struct reader *r, struct selector *s)
{
    bool found, comma = false;

    *s = (struct selector){0};
    for (;;) {
        const char *before = r->at;
        size_t dates = s->count;
        unsigned days = s->days;

        skip_spaces(r);
        if (take(r, ","))
            comma = true;
        skip_spaces(r);
        if (!read_day(r, s, &found))
            return false;
        if (!found) {
            r->at = before;
            break;
        }
        /* "Su,Dec 24" is either of them, "Dec Su" is both. */
        s->either |=
            comma && ((s->count > dates && days) || (s->days != days && dates));
        comma = false;
    }
    take(r, ":");
    return true;
}

/* Times. */

/* am, pm, a.m., p.m.: 'a' or 'p', or '\0'. */
static char
take_half(struct reader *r)
{
    static const char *const words[] = {"am", "pm", "a.m.", "p.m."};
    const char *start = r->at;
    size_t i;

    skip_spaces(r);
    for (i = 0; i < sizeof words / sizeof words[0]; i++)
        if (take_word(r, words[i]))
            return words[i][0];
    r->at = start;
    return '\0';
}

/* HH:MM, with seconds that are 00, or 9am. */
static bool
read_time(struct reader *r, int *minutes)
{
    int hour, minute = 0;
    bool colon;
    char half;

    if (!read_number(r, 1, 2, &hour))
        return false;
    colon = take(r, ":");
    if (colon && !read_number(r, 2, 2, &minute))
        return false;
    if (colon)
        take(r, ":00");
    half = take_half(r);
    if (minute >= 60 || (!colon && !half) || (half && (!hour || hour > 12)))
        return false;
    if (half)
        hour = hour % 12 + (half == 'p' ? 12 : 0);
    *minutes = hour * 60 + minute;
    return true;
}

static bool
read_times(struct reader *r, struct smp_minutes *times)
{
    static const char what[] = "not times such as 09:00-18:00 or 9am-6pm";

    r->piece = r->at;
    if (!read_time(r, &times->from) || !take_dash(r) ||
        !read_time(r, &times->until) || times->from >= DAY_MINUTES ||
        times->until > DAY_MINUTES)
        return wrong(r, what);
    if (*r->at && !isspace((unsigned char)*r->at) && !strchr(",;", *r->at))
        return wrong(r, what);
    if (times->from == times->until)
        return wrong(r, "it begins and ends at the same time");
    if (times->until < times->from)
        times->until += DAY_MINUTES;
    if (times->until > DAY_MINUTES && times->until - times->from > NIGHT_MAX)
        return wrong(r, "it ends on the next day; 5 in the afternoon is 17:00 "
                        "or 5pm");
    return true;
}

static bool
add_time(struct reader *r, struct smp_minutes times)
{
    if (r->hours->time_count == SMP_HOURS_MAX)
        return wrong(r, "too many openings");
    r->hours->times[r->hours->time_count++] = times;
    return true;
}

static bool
is_year(const char *at)
{
    return strspn(at, "0123456789") == 4;
}

/* The times of a rule, between commas or blanks; none is the whole day. */
static bool
read_openings(struct reader *r, bool *off)
{
    const char *rule = r->piece;
    size_t before = r->hours->time_count;
    struct smp_minutes times = {0, DAY_MINUTES};

    skip_spaces(r);
    *off = take_word(r, "off") || take_word(r, "closed");
    if (*off)
        return true;
    if (take_word(r, "open"))
        return add_time(r, times);
    for (;;) {
        const char *start = r->at;

        skip_spaces(r);
        take(r, ",");
        skip_spaces(r);
        if (!isdigit((unsigned char)*r->at) || is_year(r->at) ||
            strncmp(r->at, "24/7", 4) == 0) {
            r->at = start;
            break;
        }
        if (!read_times(r, &times) || !add_time(r, times))
            return false;
    }
    r->piece = rule;
    return r->hours->time_count > before || add_time(r, times);
}

static bool
add_rule(struct reader *r, struct smp_hours_rule rule)
{
    struct smp_hours *hours = r->hours;

    if (hours->rule_count == SMP_RULES_MAX)
        return wrong(r, "too many rules");
    rule.replaces = r->replaces;
    rule.section = r->section;
    hours->dated |= rule.dates != SMP_DATES_NONE;
    hours->rules[hours->rule_count++] = rule;
    return true;
}

static bool
add_rules(struct reader *r, const struct selector *s,
          struct smp_hours_rule rule)
{
    size_t i;

    rule.days = (unsigned char)s->days;
    if (s->days && (!s->count || s->either) && !add_rule(r, rule))
        return false;
    if (!s->days || s->either)
        rule.days = ALL_DAYS;
    for (i = 0; i < s->count; i++) {
        rule.dates = s->at[i].kind;
        rule.first = s->at[i].first;
        rule.last = s->at[i].last;
        if (!add_rule(r, rule))
            return false;
    }
    return true;
}

static bool
read_rule(struct reader *r)
{
    struct smp_hours_rule rule = {.at = r->hours->time_count};
    struct selector s;

    r->piece = r->at;
    if (!read_selector(r, &s))
        return false;
    if (!s.days && !s.count && !s.holidays) {
        if (isdigit((unsigned char)*r->at))
            return wrong(r, "no day before these times");
        return wrong(r, take_word(r, "off") || take_word(r, "closed")
                            ? "no day before this"
                            : "not a day such as Mo, Dec 24 or PH");
    }
    if (!read_openings(r, &rule.off))
        return false;
    rule.count = r->hours->time_count - rule.at;
    if (s.holidays && !rule.off)
        return wrong(r, "holidays (PH) can only be off");
    r->hours->holidays |= s.holidays;
    if (*r->at && !isspace((unsigned char)*r->at) && !strchr(",;", *r->at))
        return wrong(r, "not understood");
    r->any |= s.days || s.count;
    return add_rules(r, &s, rule);
}

static bool
read_rules(struct reader *r)
{
    for (skip_spaces(r); *r->at; skip_spaces(r)) {
        if (*r->at == ';') {
            r->replaces = true;
            r->section++;
        }
        if (*r->at == ';' || *r->at == ',') {
            r->at++;
            continue;
        }
        if (!read_rule(r))
            return false;
        r->replaces = false;
    }
    return r->any || smp_fail(r->err, "no opening hours");
}

/* What a day is. */

static int
compare(const void *a, const void *b)
{
    const struct smp_minutes *one = a, *other = b;

    return (one->from > other->from) - (one->from < other->from);
}

/* Puts what overlaps or touches together, ascending. */
static size_t
merge(struct smp_minutes *at, size_t count)
{
    size_t i, last = 0;

    if (!count)
        return 0;
    qsort(at, count, sizeof *at, compare);
    for (i = 1; i < count; i++) {
        if (at[i].from > at[last].until)
            at[++last] = at[i];
        else if (at[i].until > at[last].until)
            at[last].until = at[i].until;
    }
    return last + 1;
}

static bool
is_on(const struct smp_hours_rule *rule, int32_t day)
{
    struct smp_civil date;
    int32_t number;

    if (!(rule->days & 1U << smp_weekday_of(day)))
        return false;
    if (rule->dates == SMP_DATES_NONE)
        return true;
    if (rule->dates == SMP_DATES_ONCE)
        return day >= rule->first && day <= rule->last;
    date = smp_civil_of(day);
    number = date.month * 100 + date.day;
    return rule->first <= rule->last
               ? number >= rule->first && number <= rule->last
               : number >= rule->first || number <= rule->last;
}

/* How many days a rule names: a date is fewer than any weekday. */
static int
generality(const struct smp_hours_rule *rule)
{
    int n = 0, day;

    for (day = 0; rule->dates == SMP_DATES_NONE && day < 7; day++)
        n += rule->days >> day & 1;
    return n;
}

/* The openings of one day, while its rules are followed. */
struct day {
    struct smp_minutes at[SMP_HOURS_MAX];
    size_t count;
    const struct smp_hours_rule *off; /* it is off by this one */
};

/* Returns true if it changes the day. */
static bool
follow(const struct smp_hours *hours, const struct smp_hours_rule *rule,
       struct day *day)
{
    size_t i;

    if (rule->off) {
        day->count = 0;
        day->off = rule;
        return true;
    }
    if (day->off && (day->off->section == rule->section ||
                     generality(rule) > generality(day->off)))
        return false;
    day->off = NULL;
    if (rule->replaces)
        day->count = 0;
    for (i = 0; i < rule->count && day->count < SMP_HOURS_MAX; i++)
        day->at[day->count++] = hours->times[rule->at + i];
    return true;
}

static bool
is_for_weekday(const struct smp_hours_rule *rule, int weekday)
{
    return rule->dates == SMP_DATES_NONE && rule->days & 1U << weekday;
}

static void
day_without_dates(const struct smp_hours *hours, int weekday, struct day *day)
{
    size_t i;

    day->count = 0;
    day->off = NULL;
    for (i = 0; i < hours->rule_count; i++)
        if (is_for_weekday(&hours->rules[i], weekday))
            follow(hours, &hours->rules[i], day);
    day->count = merge(day->at, day->count);
}

static void
day_of(const struct smp_hours *hours, int32_t date, struct day *day)
{
    size_t i;

    day->count = 0;
    day->off = NULL;
    for (i = 0; i < hours->rule_count; i++)
        if (!hours->rules[i].closes && is_on(&hours->rules[i], date))
            follow(hours, &hours->rules[i], day);
}

static int
minutes_open(struct day *day)
{
    int minutes = 0;
    size_t i;

    day->count = merge(day->at, day->count);
    for (i = 0; i < day->count; i++)
        minutes += day->at[i].until - day->at[i].from;
    return minutes;
}

/* Whether a rule for weekdays leaves one of them open shorter than before. */
static bool
find_shortened(const struct smp_hours *hours, int *weekday)
{
    struct day day;
    size_t i;

    for (*weekday = 0; *weekday < 7; ++*weekday) {
        day.count = 0;
        day.off = NULL;
        for (i = 0; i < hours->rule_count; i++) {
            const struct smp_hours_rule *rule = &hours->rules[i];
            int before;

            if (!is_for_weekday(rule, *weekday))
                continue;
            before = minutes_open(&day);
            if (!follow(hours, rule, &day) || rule->off || !rule->replaces)
                continue;
            for (; i + 1 < hours->rule_count &&
                   hours->rules[i + 1].section == rule->section;
                 i++)
                if (is_for_weekday(&hours->rules[i + 1], *weekday))
                    follow(hours, &hours->rules[i + 1], &day);
            if (minutes_open(&day) < before)
                return true;
        }
    }
    return false;
}

static void
remark_shortened(const struct smp_hours *hours, struct smp_buf *remark)
{
    static const char *const names[] = {"Su", "Mo", "Tu", "We",
                                        "Th", "Fr", "Sa"};
    int weekday;

    if (remark && find_shortened(hours, &weekday))
        smp_buf_printf(remark,
                       "after \";\" later hours replace earlier ones, and %s "
                       "is open for a shorter time; \",\" would add them",
                       names[weekday]);
}

/* The last opening of the week goes on in the first ones. */
static void
merge_around(struct smp_hours *hours)
{
    while (hours->count > 1 && hours->week[hours->count - 1].until >=
                                   hours->week[0].from + WEEK_MINUTES) {
        int until = hours->week[0].until + WEEK_MINUTES;

        hours->count--;
        memmove(hours->week, hours->week + 1,
                hours->count * sizeof hours->week[0]);
        if (until > hours->week[hours->count - 1].until)
            hours->week[hours->count - 1].until = until;
    }
}

static bool
set_week(struct smp_hours *hours)
{
    int weekday;
    size_t i;

    for (weekday = 0; weekday < 7; weekday++) {
        struct day day;

        day_without_dates(hours, weekday, &day);
        for (i = 0; i < day.count; i++) {
            if (hours->count == SMP_HOURS_MAX)
                return false;
            hours->week[hours->count++] =
                (struct smp_minutes){weekday * DAY_MINUTES + day.at[i].from,
                                     weekday * DAY_MINUTES + day.at[i].until};
        }
    }
    hours->count = merge(hours->week, hours->count);
    merge_around(hours);
    return true;
}

bool
smp_hours_parse(const char *text, struct smp_hours *hours,
                struct smp_buf *remark, struct smp_err *err)
{
    struct reader r = {.at = text, .piece = text, .hours = hours, .err = err};

    *hours = (struct smp_hours){0};
    if (!read_rules(&r))
        return false;
    if (!set_week(hours))
        return smp_fail(err, "more than %d openings a week", SMP_HOURS_MAX);
    remark_shortened(hours, remark);
    return true;
}

bool
smp_hours_close(struct smp_hours *hours, const char *text, struct smp_err *err)
{
    struct reader r = {.at = text,
                       .piece = text,
                       .hours = hours,
                       .err = err,
                       .section = SMP_RULES_MAX};
    struct selector s = {0};
    bool found;

    skip_spaces(&r);
    if (!read_day(&r, &s, &found))
        return false;
    skip_spaces(&r);
    if (!found || *r.at || s.days || s.holidays)
        return wrong(&r, "not dates such as 2026-12-24 or "
                         "2026-12-24/2026-12-26");
    return add_rules(&r, &s,
                     (struct smp_hours_rule){.off = true, .closes = true});
}

/* Openings that touch a day. */

static bool
is_always_open(const struct smp_hours *hours)
{
    return hours->count == 1 &&
           hours->week[0].until - hours->week[0].from >= WEEK_MINUTES;
}

static size_t
openings_of_week(const struct smp_hours *hours, int32_t sunday, int32_t day,
                 struct smp_opening *openings)
{
    int64_t week = (int64_t)sunday * SMP_DAY_SECONDS;
    int64_t midnight = (int64_t)day * SMP_DAY_SECONDS;
    size_t i, n = 0;

    for (i = 0; i < hours->count; i++) {
        int64_t from = week + hours->week[i].from * 60;
        int64_t until = week + hours->week[i].until * 60;

        if (from < midnight + SMP_DAY_SECONDS && until > midnight)
            openings[n++] = (struct smp_opening){from, until};
    }
    return n;
}

/* The days around one whose openings can touch it, or one that touches it. */
enum { DAYS_BEFORE = 2, DAYS_AFTER = 4 };

static bool
is_special(const struct smp_hours *hours, int32_t day)
{
    size_t i;
    int32_t d;

    for (i = 0; i < hours->rule_count; i++)
        for (d = day - DAYS_BEFORE; d <= day + DAYS_AFTER; d++)
            if (hours->rules[i].dates != SMP_DATES_NONE &&
                is_on(&hours->rules[i], d))
                return true;
    return false;
}

static bool
is_closed(const struct smp_hours *hours, int32_t day)
{
    size_t i;

    for (i = 0; i < hours->rule_count; i++)
        if (hours->rules[i].closes && is_on(&hours->rules[i], day))
            return true;
    return false;
}

/* Cuts the days that are closed out of openings around a day, in minutes after
 * its midnight. */
static size_t
cut_closed(const struct smp_hours *hours, int32_t day, struct smp_minutes *at,
           size_t count, size_t room)
{
    int d;
    size_t i;

    for (d = -DAYS_BEFORE; d <= DAYS_AFTER + 1; d++) {
        int from = d * DAY_MINUTES, until = from + DAY_MINUTES;

        if (!is_closed(hours, day + d))
            continue;
        for (i = 0; i < count; i++) {
            if (at[i].from >= until || at[i].until <= from)
                continue;
            if (at[i].until > until && at[i].from < from && count < room)
                at[count++] = (struct smp_minutes){until, at[i].until};
            if (at[i].from < from)
                at[i].until = from;
            else
                at[i].from = until < at[i].until ? until : at[i].until;
        }
    }
    return count;
}

static size_t
openings_by_date(const struct smp_hours *hours, int32_t day,
                 struct smp_opening *openings)
{
    enum { ROOM = (DAYS_BEFORE + DAYS_AFTER + 1) * (SMP_HOURS_MAX + 1) };
    struct smp_minutes at[ROOM];
    int64_t midnight = (int64_t)day * SMP_DAY_SECONDS;
    size_t i, count = 0, n = 0;
    int d;

    for (d = -DAYS_BEFORE; d <= DAYS_AFTER; d++) {
        struct day of;

        day_of(hours, day + d, &of);
        for (i = 0; i < of.count; i++)
            at[count++] =
                (struct smp_minutes){d * DAY_MINUTES + of.at[i].from,
                                     d * DAY_MINUTES + of.at[i].until};
    }
    count = cut_closed(hours, day, at, count, ROOM);
    count = merge(at, count);
    for (i = 0; i < count && n <= SMP_HOURS_MAX; i++)
        if (at[i].from < at[i].until && at[i].from < DAY_MINUTES &&
            at[i].until > 0)
            openings[n++] = (struct smp_opening){midnight + at[i].from * 60,
                                                 midnight + at[i].until * 60};
    return n;
}

size_t
smp_hours_on(const struct smp_hours *hours, int32_t day,
             struct smp_opening openings[SMP_HOURS_MAX + 1])
{
    int32_t sunday = day - smp_weekday_of(day);
    size_t n;

    if (hours->dated && is_special(hours, day))
        return openings_by_date(hours, day, openings);
    if (is_always_open(hours)) {
        openings[0].from = ((int64_t)day - 1) * SMP_DAY_SECONDS;
        openings[0].until = ((int64_t)day + SMP_HOURS_AHEAD) * SMP_DAY_SECONDS;
        return 1;
    }
    n = openings_of_week(hours, sunday - 7, day, openings);
    return n + openings_of_week(hours, sunday, day, openings + n);
}
