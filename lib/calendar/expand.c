#include "calendar/rule.h"

#include <stdlib.h>

#include "calendar/times.h"
#include "time/civil.h"

/*
 * Rules of months and years, and the rare ones of weeks and days, by
 * libical's iterator, which may look for an occurrence as far as the year
 * 2582. So it is asked only while there is a day that may be one.
 */
static int64_t
months_of(int32_t day)
{
    struct smp_civil civil = smp_civil_of(day);

    return (int64_t)civil.year * 12 + civil.month - 1;
}

/* Months of a rule's period. */
static int64_t
period(const struct cal_rule *rule)
{
    if (rule->by.freq == ICAL_YEARLY_RECURRENCE)
        return rule->interval * 12;
    return rule->by.freq == ICAL_MONTHLY_RECURRENCE ? rule->interval : 1;
}

/* Whether the day's month or year is one of those the interval counts. */
static bool
is_in_phase(const struct cal_rule *rule, int32_t start, int32_t day)
{
    int64_t apart = months_of(day) - months_of(start);

    if (smp_cal_by(rule->by.by_week_no))
        return true;
    if (rule->by.freq == ICAL_YEARLY_RECURRENCE)
        apart = (smp_civil_of(day).year - smp_civil_of(start).year) * 12;
    return apart % period(rule) == 0;
}

static bool
may_be(const struct cal_rule *rule, int32_t start, int32_t day)
{
    return rule->by.rscale ||
           (smp_cal_rule_lets(&rule->by, day) && is_in_phase(rule, start, day));
}

/* The last day up to `high` that may be one; before `low` where none is. */
static int32_t
last_day(const struct cal_rule *rule, struct cal_span span)
{
    int32_t start = smp_day_at(span.start), day = smp_day_at(span.high);
    int32_t low = smp_day_at(span.low > span.start ? span.low : span.start);

    while (day >= low && !may_be(rule, start, day))
        day--;
    return day >= low ? day : INT32_MIN;
}

/* The month and day that a rule takes from DTSTART, in words of its own. */
static void
name_defaults(struct icalrecurrencetype *by, int32_t start)
{
    struct smp_civil civil = smp_civil_of(start);
    bool monthly = by->freq == ICAL_MONTHLY_RECURRENCE;

    if (by->rscale || smp_cal_by(by->by_year_day) ||
        smp_cal_by(by->by_week_no) || smp_cal_by(by->by_month_day) ||
        smp_cal_by(by->by_day) ||
        (!monthly && by->freq != ICAL_YEARLY_RECURRENCE))
        return;
    by->by_month_day[0] = (short)civil.day;
    by->by_month_day[1] = ICAL_RECURRENCE_ARRAY_MAX;
    if (!monthly && !smp_cal_by(by->by_month)) {
        by->by_month[0] = (short)civil.month;
        by->by_month[1] = ICAL_RECURRENCE_ARRAY_MAX;
    }
}

/* A later start in the same phase, where nothing is to be counted. */
static int64_t
near_start(const struct cal_rule *rule, struct cal_span span)
{
    int32_t start = smp_day_at(span.start);
    int64_t months = months_of(start), skipped, length = period(rule);
    bool yearly = rule->by.freq == ICAL_YEARLY_RECURRENCE;

    if (rule->count || rule->by.rscale || smp_cal_by(rule->by.by_week_no) ||
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

static size_t
length_of(const short *list, size_t size)
{
    size_t n = 0;

    while (n < size && list[n] != ICAL_RECURRENCE_ARRAY_MAX)
        n++;
    return n;
}

/* Whether some BYSETPOS is no greater than a month or year can have days. */
static bool
has_position(const struct icalrecurrencetype *by)
{
    bool monthly = by->freq == ICAL_MONTHLY_RECURRENCE;
    size_t days = length_of(by->by_day, ICAL_BY_DAY_SIZE), times = 1;
    size_t most = monthly ? 31 : 366;

    if (!smp_cal_by(by->by_set_pos))
        return true;
    if (monthly && days && days * 5 < most)
        most = days * 5;
    if (smp_cal_by(by->by_hour))
        times *= length_of(by->by_hour, ICAL_BY_HOUR_SIZE);
    if (smp_cal_by(by->by_minute))
        times *= length_of(by->by_minute, ICAL_BY_MINUTE_SIZE);
    for (size_t i = 0; i < length_of(by->by_set_pos, ICAL_BY_SETPOS_SIZE); i++)
        if ((size_t)abs(by->by_set_pos[i]) <= most * times)
            return true;
    return false;
}

static int
has_times(const struct icalrecurrencetype *by)
{
    return smp_cal_by(by->by_hour) || smp_cal_by(by->by_minute) ||
           smp_cal_by(by->by_second);
}

static const char *
iterate(icalrecur_iterator *iterator, const struct cal_rule *rule,
        struct cal_span span, int32_t last, struct cal_found *found)
{
    int64_t counted = 0;

    while (!rule->count || counted < rule->count) {
        struct icaltimetype next = icalrecur_iterator_next(iterator);
        int64_t local;

        if (icaltime_is_null_time(next) || next.year > SMP_YEAR_MAX + 1)
            break;
        local = (int64_t)smp_day_of(next.year, next.month, next.day) *
                SMP_DAY_SECONDS;
        if (!next.is_date)
            local += next.hour * 3600 + next.minute * 60 + next.second;
        if (local > span.high)
            break;
        counted++;
        if (local >= span.low && local >= span.start &&
            !smp_cal_found_add(found, local))
            return "it recurs too often";
        if (smp_day_at(local) >= last + has_times(&rule->by))
            break;
    }
    return NULL;
}

static const char *
expand(struct cal_rule *rule, struct cal_span span, struct cal_found *found,
       long *steps)
{
    int64_t start = near_start(rule, span);
    size_t before = found->count;
    icalrecur_iterator *iterator;
    const char *wrong;
    int32_t last;

    name_defaults(&rule->by, smp_day_at(span.start));
    last = last_day(rule, span);
    if (last == INT32_MIN || !has_position(&rule->by))
        return NULL;
    *steps -= 10 + (smp_day_at(span.high) - smp_day_at(start)) / 30 +
              (smp_cal_by(rule->by.by_set_pos) || rule->by.rscale ? 500 : 0);
    if (*steps < 0)
        return "too many rules";
    rule->by.until = smp_cal_time_to(span.high, false);
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
    if (smp_cal_rule_is_closed(rule))
        return smp_cal_rule_closed(rule, span, found, steps);
    return expand(&copy, span, found, steps);
}
