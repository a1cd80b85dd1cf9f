#include "time/tzrule.h"

#include <string.h>

#include "time/civil.h"
#include "time/zone.h"

enum {
    HOUR = 3600,
    OFFSET_HOURS_MAX = 24,
    TIME_HOURS_MAX = 167,
    DEFAULT_TIME = 2 * HOUR,
    ASTRAY_MAX = (TIME_HOURS_MAX + OFFSET_HOURS_MAX + 2) * HOUR,
    NAME_MIN = 3
};

/* Years repeat after 400: what has not changed by then never will. */
enum { CHANGES_MAX = 2 * 401 };

/* Two million years: days and years near it are far from overflow. */
static const int64_t farthest = INT64_C(1) << 46;

static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
                              "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
static const char quotable[] = "abcdefghijklmnopqrstuvwxyz"
                               "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                               "0123456789+-";

struct cursor {
    const char *at, *end;
};

static bool
take(struct cursor *in, char c)
{
    if (in->at == in->end || *in->at != c)
        return false;
    in->at++;
    return true;
}

static bool
is_one_of(char c, const char *set)
{
    return c && strchr(set, c);
}

static bool
take_number(struct cursor *in, int digits, int least, int most, int *number)
{
    const char *start = in->at;

    *number = 0;
    while (digits-- && in->at < in->end && *in->at >= '0' && *in->at <= '9')
        *number = *number * 10 + (*in->at++ - '0');
    return in->at > start && *number >= least && *number <= most;
}

static bool
take_letters(struct cursor *in, const char *set, char *name, size_t size)
{
    size_t n = 0;

    while (in->at < in->end && is_one_of(*in->at, set) && n + 1 < size)
        name[n++] = *in->at++;
    name[n] = '\0';
    return n >= NAME_MIN;
}

static bool
take_name(struct cursor *in, char *name, size_t size)
{
    if (take(in, '<'))
        return take_letters(in, quotable, name, size) && take(in, '>');
    return take_letters(in, letters, name, size);
}

static bool
take_sexagesimal(struct cursor *in, int *number)
{
    *number = 0;
    return !take(in, ':') || take_number(in, 2, 0, 59, number);
}

/* [+-]h[:m[:s]] */
static bool
take_time(struct cursor *in, int most_hours, int32_t *seconds)
{
    int sign = take(in, '-') ? -1 : 1;
    int hours, minutes, rest;

    if (sign > 0)
        take(in, '+');
    if (!take_number(in, most_hours > 99 ? 3 : 2, 0, most_hours, &hours) ||
        !take_sexagesimal(in, &minutes) || !take_sexagesimal(in, &rest))
        return false;
    *seconds = sign * (hours * HOUR + minutes * 60 + rest);
    return true;
}

/* POSIX counts offsets westwards. */
static bool
take_offset(struct cursor *in, int32_t *east)
{
    int32_t west;

    if (!take_time(in, OFFSET_HOURS_MAX, &west))
        return false;
    *east = -west;
    return true;
}

static bool
take_date(struct cursor *in, struct smp_zone_day *day)
{
    if (take(in, 'J')) {
        day->kind = SMP_DAY_JULIAN;
        return take_number(in, 3, 1, 365, &day->day);
    }
    if (take(in, 'M')) {
        day->kind = SMP_DAY_OF_MONTH;
        return take_number(in, 2, 1, 12, &day->month) && take(in, '.') &&
               take_number(in, 1, 1, 5, &day->week) && take(in, '.') &&
               take_number(in, 1, 0, 6, &day->weekday);
    }
    day->kind = SMP_DAY_OF_YEAR;
    return take_number(in, 3, 0, 365, &day->day);
}

static bool
take_day(struct cursor *in, struct smp_zone_day *day)
{
    if (!take(in, ',') || !take_date(in, day))
        return false;
    day->time = DEFAULT_TIME;
    return !take(in, '/') || take_time(in, TIME_HOURS_MAX, &day->time);
}

static bool
take_daylight(struct cursor *in, struct smp_zone_rule *rule)
{
    if (!take_name(in, rule->daylight_name, sizeof rule->daylight_name))
        return false;
    rule->changes = true;
    rule->daylight = rule->standard + HOUR;
    if (in->at < in->end && *in->at != ',' && !take_offset(in, &rule->daylight))
        return false;
    return take_day(in, &rule->to_daylight) && take_day(in, &rule->to_standard);
}

bool
smp_tzrule_read(struct smp_zone_rule *rule, const char *text, size_t n)
{
    struct cursor in = {text, text + n};

    *rule = (struct smp_zone_rule){0};
    return take_name(&in, rule->standard_name, sizeof rule->standard_name) &&
           take_offset(&in, &rule->standard) &&
           (in.at == in.end || take_daylight(&in, rule)) && in.at == in.end;
}

bool
smp_tzrule_fixed(struct smp_zone_rule *rule, const char *name, int32_t offset)
{
    struct cursor in = {name, name + strlen(name)};

    *rule = (struct smp_zone_rule){.standard = offset};
    return take_letters(&in, quotable, rule->standard_name,
                        sizeof rule->standard_name) &&
           in.at == in.end;
}

static int
year_of(int64_t instant)
{
    return smp_civil_of(smp_day_at(instant)).year;
}

static int32_t
day_of_month(const struct smp_zone_day *rule, int year)
{
    int32_t first = smp_day_of(year, rule->month, 1);
    int days = (rule->weekday - smp_weekday_of(first) + 7) % 7;

    days += (rule->week - 1) * 7;
    return first +
           (days < smp_month_length(year, rule->month) ? days : days - 7);
}

static int32_t
day_in(const struct smp_zone_day *rule, int year)
{
    switch (rule->kind) {
    case SMP_DAY_OF_MONTH:
        return day_of_month(rule, year);
    case SMP_DAY_OF_YEAR:
        return smp_day_of(year, 1, 1) + rule->day;
    default:
        return smp_day_of(year, 1, 1) + rule->day - 1 +
               (rule->day > 59 && smp_month_length(year, 2) == 29);
    }
}

static int64_t
daylight_start(const struct smp_zone_rule *rule, int year)
{
    return (int64_t)day_in(&rule->to_daylight, year) * SMP_DAY_SECONDS +
           rule->to_daylight.time - rule->standard;
}

static int64_t
daylight_end(const struct smp_zone_rule *rule, int year)
{
    return (int64_t)day_in(&rule->to_standard, year) * SMP_DAY_SECONDS +
           rule->to_standard.time - rule->daylight;
}

static int64_t
clamp(int64_t instant)
{
    if (instant > farthest)
        return farthest;
    return instant < -farthest ? -farthest : instant;
}

/*
 * The last change decides. A year's changes can lie outside it by the hours of
 * their time and of the offset. Where an end and the next start coincide the
 * start wins: daylight saving time all year is written that way.
 */
static bool
in_daylight(const struct smp_zone_rule *rule, int64_t instant)
{
    for (int year = year_of(instant + ASTRAY_MAX);; year--) {
        int64_t start = daylight_start(rule, year);
        int64_t end = daylight_end(rule, year);

        if (start <= instant && end <= instant)
            return start >= end;
        if (start <= instant || end <= instant)
            return start <= instant;
    }
}

int32_t
smp_tzrule_offset(const struct smp_zone_rule *rule, int64_t instant)
{
    if (!rule->changes || !in_daylight(rule, clamp(instant)))
        return rule->standard;
    return rule->daylight;
}

static int64_t
earlier(int64_t a, int64_t b, int64_t from)
{
    return b >= from && b < a ? b : a;
}

static int64_t
first_change(const struct smp_zone_rule *rule, int64_t from)
{
    int64_t first = INT64_MAX;
    int year = year_of(from) - 1;

    for (int last = year + 3; year <= last; year++) {
        first = earlier(first, daylight_start(rule, year), from);
        first = earlier(first, daylight_end(rule, year), from);
    }
    return first;
}

bool
smp_tzrule_next_change(const struct smp_zone_rule *rule, int64_t from,
                       int64_t until, int64_t *when)
{
    if (!rule->changes || from > farthest || until < -farthest)
        return false;
    from = clamp(from);
    until = clamp(until);
    for (int i = 0; i < CHANGES_MAX; i++) {
        int64_t change = first_change(rule, from);

        if (change > until)
            return false;
        if (in_daylight(rule, change - 1) != in_daylight(rule, change)) {
            *when = change;
            return rule->standard != rule->daylight;
        }
        from = change + 1;
    }
    return false;
}
