#include "calendar/rule.h"

#include <stdlib.h>

#include "time/civil.h"

/*
 * libical looks for the next occurrence as far as the year 2582, a second
 * long where there is none. So it is asked only while there is a day that can
 * be one: this is what must hold of such a day.
 */
static bool
lets_month_day(const struct icalrecurrencetype *by, struct smp_civil civil)
{
    int back = civil.day - smp_month_length(civil.year, civil.month) - 1;

    return smp_cal_by_has(by->by_month_day, ICAL_BY_MONTHDAY_SIZE, civil.day) ||
           smp_cal_by_has(by->by_month_day, ICAL_BY_MONTHDAY_SIZE, back);
}

static bool
lets_weekday(const struct icalrecurrencetype *by, int32_t day)
{
    int weekday = smp_weekday_of(day) + 1;

    for (size_t i = 0;
         i < ICAL_BY_DAY_SIZE && by->by_day[i] != ICAL_RECURRENCE_ARRAY_MAX;
         i++)
        if ((int)icalrecurrencetype_day_day_of_week(by->by_day[i]) == weekday)
            return true;
    return false;
}

/* A week is of the year that has its fourth day (RFC 5545 section 3.3.10). */
static bool
lets_week(const struct icalrecurrencetype *by, int32_t day)
{
    int first = (int)by->week_start - 1;
    int32_t fourth = day - (smp_weekday_of(day) - first + 7) % 7 + 3;
    int year = smp_civil_of(fourth).year;
    int before = (fourth - smp_day_of(year, 1, 1)) / 7;
    int from = (smp_day_of(year + 1, 1, 1) - 1 - fourth) / 7;

    return smp_cal_by_has(by->by_week_no, ICAL_BY_WEEKNO_SIZE, before + 1) ||
           smp_cal_by_has(by->by_week_no, ICAL_BY_WEEKNO_SIZE, -from - 1);
}

bool
smp_cal_rule_lets(const struct icalrecurrencetype *by, int32_t day)
{
    struct smp_civil civil = smp_civil_of(day);

    if (smp_cal_by(by->by_month) &&
        !smp_cal_by_has(by->by_month, ICAL_BY_MONTH_SIZE, civil.month))
        return false;
    if (smp_cal_by(by->by_month_day) && !lets_month_day(by, civil))
        return false;
    if (smp_cal_by(by->by_week_no) && !lets_week(by, day))
        return false;
    return !smp_cal_by(by->by_day) || lets_weekday(by, day);
}

int64_t
smp_cal_months(int32_t day)
{
    struct smp_civil civil = smp_civil_of(day);

    return (int64_t)civil.year * 12 + civil.month - 1;
}

int64_t
smp_cal_period(const struct cal_rule *rule)
{
    if (rule->by.freq == ICAL_YEARLY_RECURRENCE)
        return rule->interval * 12;
    return rule->interval;
}

/* Whether the day's month or year is one of those the interval counts. */
static bool
is_in_phase(const struct cal_rule *rule, int32_t start, int32_t day)
{
    int64_t apart = smp_cal_months(day) - smp_cal_months(start);

    if (rule->by.freq == ICAL_YEARLY_RECURRENCE)
        apart = (smp_civil_of(day).year - smp_civil_of(start).year) * 12;
    return apart % smp_cal_period(rule) == 0;
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
    int weekday = smp_weekday_of(day) + 1, before, from;

    place(day, of_year, &before, &from);
    for (size_t i = 0;
         i < ICAL_BY_DAY_SIZE && by->by_day[i] != ICAL_RECURRENCE_ARRAY_MAX;
         i++) {
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
    if (!smp_cal_rule_lets(by, day) || !is_in_phase(rule, start, day))
        return false;
    if (smp_cal_by(by->by_day) && !is_nth(by, day))
        return false;
    return !smp_cal_by(by->by_year_day) || is_year_day(by, day);
}

static size_t
length_of(const short *list, size_t size)
{
    size_t n = 0;

    while (n < size && list[n] != ICAL_RECURRENCE_ARRAY_MAX)
        n++;
    return n;
}

/* How many times a day it recurs, at the most. */
static size_t
times_a_day(const struct icalrecurrencetype *by)
{
    size_t hours = length_of(by->by_hour, ICAL_BY_HOUR_SIZE);
    size_t minutes = length_of(by->by_minute, ICAL_BY_MINUTE_SIZE);
    size_t seconds = length_of(by->by_second, ICAL_BY_SECOND_SIZE);

    return (hours ? hours : 1) * (minutes ? minutes : 1) *
           (seconds ? seconds : 1);
}

/* How many positions of BYSETPOS a set of n has. */
static size_t
positions(const struct icalrecurrencetype *by, size_t n)
{
    size_t found = 0;

    if (!smp_cal_by(by->by_set_pos))
        return n;
    for (size_t i = 0; i < length_of(by->by_set_pos, ICAL_BY_SETPOS_SIZE); i++)
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

bool
smp_cal_rule_last(const struct cal_rule *rule, struct cal_span span,
                  struct cal_last *last)
{
    int32_t start = smp_day_at(span.start), day = smp_day_at(span.high);
    int32_t low = smp_day_at(span.low > span.start ? span.low : span.start);

    while (day >= low) {
        int32_t first, next;
        size_t days = 0;

        period_of(&rule->by, day, &first, &next);
        for (int32_t i = first; i < next; i++)
            days += may_be(rule, start, i);
        *last = (struct cal_last){
            first, positions(&rule->by, days * times_a_day(&rule->by))};
        if (last->count)
            return true;
        day = first - 1;
    }
    return false;
}
