#include "calendar/rule.h"

#include <stdlib.h>

#include "calendar/zones.h"
#include "time/civil.h"

/*
 * Rules that count months or years, by libical's iterator, on a leash. libical
 * looks for the next occurrence until the year 2582, for a second if there is
 * none. So the last month (or year) of the span is found first in which a day
 * can be an occurrence, and at most how many: these are necessary conditions,
 * cheaper than the rule itself. The iterator is stopped once it has given as
 * many from there on. It starts near the span, in the phase of the interval,
 * unless COUNT makes every occurrence since DTSTART matter.
 */
static int64_t
months_of(int32_t day)
{
    struct smp_civil civil = smp_civil_of(day);

    return (int64_t)civil.year * 12 + civil.month - 1;
}

static int64_t
period_months(const struct cal_rule *rule)
{
    if (rule->by.freq == ICAL_YEARLY_RECURRENCE)
        return rule->interval * 12;
    return rule->interval;
}

/* Whether the day's month or year is one of those the interval counts. */
static bool
is_in_phase(const struct cal_rule *rule, int32_t start, int32_t day)
{
    int64_t apart = months_of(day) - months_of(start);

    if (rule->by.freq == ICAL_YEARLY_RECURRENCE)
        apart = (smp_civil_of(day).year - smp_civil_of(start).year) * 12;
    return apart % period_months(rule) == 0;
}

/* Days before the day in its month or year, and those from it to the end. */
static void
place(int32_t day, bool of_year, int *before, int *from)
{
    struct smp_civil civil = smp_civil_of(day);
    int32_t first = smp_day_of(civil.year, of_year ? 1 : civil.month, 1);
    int32_t next = of_year ? smp_day_of(civil.year + 1, 1, 1)
                           : first + smp_month_length(civil.year, civil.month);

    *before = day - first;
    *from = next - day;
}

static bool
is_nth(const struct icalrecurrencetype *by, int32_t day)
{
    bool of_year =
        by->freq == ICAL_YEARLY_RECURRENCE && !smp_cal_by(by->by_month);
    size_t days = smp_cal_by_count(by->by_day, ICAL_BY_DAY_SIZE);
    int weekday = smp_weekday_of(day) + 1, before, from;

    place(day, of_year, &before, &from);
    for (size_t i = 0; i < days; i++) {
        int n = icalrecurrencetype_day_position(by->by_day[i]);

        if ((int)icalrecurrencetype_day_day_of_week(by->by_day[i]) == weekday &&
            (!n || n == before / 7 + 1 || n == -((from - 1) / 7 + 1)))
            return true;
    }
    return false;
}

static bool
is_year_day(const struct icalrecurrencetype *by, int32_t day)
{
    int before, from;

    place(day, true, &before, &from);
    return smp_cal_by_has(by->by_year_day, ICAL_BY_YEARDAY_SIZE, before + 1) ||
           smp_cal_by_has(by->by_year_day, ICAL_BY_YEARDAY_SIZE, -from);
}

static bool
may_be(const struct cal_rule *rule, int32_t start, int32_t day)
{
    const struct icalrecurrencetype *by = &rule->by;

    if (by->rscale)
        return true;
    if (!smp_cal_rule_allows_day(by, day) || !is_in_phase(rule, start, day))
        return false;
    if (smp_cal_by(by->by_day) && !is_nth(by, day))
        return false;
    return !smp_cal_by(by->by_year_day) || is_year_day(by, day);
}

/* How many times a day it recurs, at the most. */
static size_t
times_a_day(const struct icalrecurrencetype *by)
{
    size_t hours = smp_cal_by_count(by->by_hour, ICAL_BY_HOUR_SIZE);
    size_t minutes = smp_cal_by_count(by->by_minute, ICAL_BY_MINUTE_SIZE);
    size_t seconds = smp_cal_by_count(by->by_second, ICAL_BY_SECOND_SIZE);

    return (hours ? hours : 1) * (minutes ? minutes : 1) *
           (seconds ? seconds : 1);
}

/* How many positions of BYSETPOS a set of n has. */
static size_t
positions(const struct icalrecurrencetype *by, size_t n)
{
    size_t found = 0;
    size_t count = smp_cal_by_count(by->by_set_pos, ICAL_BY_SETPOS_SIZE);

    if (!count)
        return n;
    for (size_t i = 0; i < count; i++)
        found += (size_t)abs(by->by_set_pos[i]) <= n;
    return found;
}

/* First days of the month or year of a day, and of the one after it. */
static void
period_of(const struct icalrecurrencetype *by, int32_t day, int32_t *first,
          int32_t *next)
{
    bool of_year = by->freq == ICAL_YEARLY_RECURRENCE;
    int before, from;

    place(day, of_year, &before, &from);
    *first = day - before;
    *next = day + from;
}

/*
 * The last month or year, by its first day, that touches the span and can
 * have occurrences, and how many at most.
 */
struct last {
    int32_t from;
    size_t count;
};

static bool
find_last(const struct cal_rule *rule, struct cal_span span, struct last *last)
{
    int32_t start = smp_day_at(span.start), day = smp_day_at(span.high);
    int32_t low = smp_day_at(span.low > span.start ? span.low : span.start);

    while (day >= low) {
        int32_t first, next;
        size_t days = 0;

        period_of(&rule->by, day, &first, &next);
        for (int32_t i = first; i < next; i++)
            days += may_be(rule, start, i);
        *last = (struct last){
            first, positions(&rule->by, days * times_a_day(&rule->by))};
        if (last->count)
            return true;
        day = first - 1;
    }
    return false;
}

/* The month and day that a rule takes from DTSTART, in words of its own. */
static void
name_defaults(struct icalrecurrencetype *by, int32_t start)
{
    struct smp_civil civil = smp_civil_of(start);
    bool monthly = by->freq == ICAL_MONTHLY_RECURRENCE;

    if (by->rscale || smp_cal_by(by->by_year_day) ||
        smp_cal_by(by->by_month_day) || smp_cal_by(by->by_day) ||
        (!monthly && by->freq != ICAL_YEARLY_RECURRENCE))
        return;
    by->by_month_day[0] = (short)civil.day;
    by->by_month_day[1] = ICAL_RECURRENCE_ARRAY_MAX;
    if (!monthly && !smp_cal_by(by->by_month)) {
        by->by_month[0] = (short)civil.month;
        by->by_month[1] = ICAL_RECURRENCE_ARRAY_MAX;
    }
}

/* A later start in the same phase, if nothing is to be counted. */
static int64_t
near_start(const struct cal_rule *rule, struct cal_span span)
{
    int32_t start = smp_day_at(span.start);
    int64_t months = months_of(start), skipped, length = period_months(rule);
    bool yearly = rule->by.freq == ICAL_YEARLY_RECURRENCE;

    if (rule->count || rule->by.rscale ||
        rule->by.freq < ICAL_MONTHLY_RECURRENCE)
        return span.start;
    if (yearly)
        months -= months % 12;
    skipped = (months_of(smp_day_at(span.low)) - months) / length - 1;
    if (skipped <= 0)
        return span.start;
    months += skipped * length;
    return (int64_t)smp_day_of((int)(months / 12), (int)(months % 12) + 1, 1) *
               SMP_DAY_SECONDS +
           (span.start - (int64_t)start * SMP_DAY_SECONDS);
}

/* A local time of the iterator; INT64_MAX if it has no more. */
static int64_t
next_of(icalrecur_iterator *iterator)
{
    struct icaltimetype next = icalrecur_iterator_next(iterator);
    int64_t local;

    if (icaltime_is_null_time(next) || next.year > SMP_YEAR_MAX + 1)
        return INT64_MAX;
    local =
        (int64_t)smp_day_of(next.year, next.month, next.day) * SMP_DAY_SECONDS;
    if (!next.is_date)
        local += next.hour * 3600 + next.minute * 60 + next.second;
    return local;
}

static const char *
iterate(icalrecur_iterator *iterator, const struct cal_rule *rule,
        struct cal_span span, struct last last, struct cal_found *found)
{
    int64_t counted = 0;

    while (!rule->count || counted < rule->count) {
        int64_t local = next_of(iterator);

        if (local > span.high)
            break;
        counted++;
        if (local >= span.low && local >= span.start &&
            !smp_cal_found_add(found, local))
            return "it recurs too often";
        if (smp_day_at(local) >= last.from && !--last.count)
            break;
    }
    return NULL;
}

/* What a rule costs, in steps of a few microseconds. */
static long
cost(const struct icalrecurrencetype *by, int64_t start, int64_t high)
{
    int64_t days = (high - start) / SMP_DAY_SECONDS;
    long periods =
        (long)(days / (by->freq == ICAL_YEARLY_RECURRENCE ? 365 : 30));

    return 10 + periods + (by->rscale ? 5000 : 0);
}

static const char *
expand(struct cal_rule *rule, struct cal_span span, struct cal_found *found,
       long *steps)
{
    int64_t start = near_start(rule, span);
    size_t before = found->count;
    icalrecur_iterator *iterator;
    struct last last;
    const char *wrong;

    name_defaults(&rule->by, smp_day_at(span.start));
    if (!find_last(rule, span, &last))
        return NULL;
    *steps -= cost(&rule->by, start, span.high);
    if (*steps < 0)
        return "too many rules";
    rule->by.until = smp_cal_time_to(span.high, false);
    smp_ensure_memory();
    iterator =
        icalrecur_iterator_new(rule->by, smp_cal_time_to(start, span.day));
    if (!iterator)
        return "parts that do not belong together";
    wrong = iterate(iterator, rule, span, last, found);
    *steps -= (long)(found->count - before);
    icalrecur_iterator_free(iterator);
    return wrong;
}

const char *
smp_cal_rule_expand(const struct cal_rule *rule, struct cal_span span,
                    struct cal_found *found, long *steps)
{
    struct cal_rule copy = *rule;

    if (span.high < span.start || span.high < span.low)
        return NULL;
    if (*steps < 0)
        return "too many rules";
    if (smp_cal_by(rule->by.by_week_no) && !smp_cal_by(rule->by.by_day)) {
        copy.by.by_day[0] = (short)(smp_weekday_of(smp_day_at(span.start)) + 1);
        copy.by.by_day[1] = ICAL_RECURRENCE_ARRAY_MAX;
    }
    if (smp_cal_rule_is_arithmetic(rule))
        return smp_cal_rule_arithmetic(&copy, span, found, steps);
    return expand(&copy, span, found, steps);
}
