#include "calendar/rule.h"

#include "calendar/times.h"
#include "time/civil.h"

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

/* A later start in the same phase, where nothing is to be counted. */
static int64_t
near_start(const struct cal_rule *rule, struct cal_span span)
{
    int32_t start = smp_day_at(span.start);
    int64_t months = smp_cal_months(start), skipped,
            length = smp_cal_period(rule);
    bool yearly = rule->by.freq == ICAL_YEARLY_RECURRENCE;

    if (rule->count || rule->by.rscale ||
        rule->by.freq < ICAL_MONTHLY_RECURRENCE)
        return span.start;
    if (yearly)
        months -= months % 12;
    skipped = (smp_cal_months(smp_day_at(span.low)) - months) / length - 1;
    if (skipped <= 0)
        return span.start;
    months += skipped * length;
    return (int64_t)smp_day_of((int)(months / 12), (int)(months % 12) + 1, 1) *
               SMP_DAY_SECONDS +
           (span.start - (int64_t)start * SMP_DAY_SECONDS);
}

/* A local time of the iterator; INT64_MAX where it has no more. */
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
        struct cal_span span, struct cal_last last, struct cal_found *found)
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
    long months = (long)((high - start) / SMP_DAY_SECONDS / 30);

    return 10 + months + (by->rscale ? 5000 : 0);
}

static const char *
expand(struct cal_rule *rule, struct cal_span span, struct cal_found *found,
       long *steps)
{
    int64_t start = near_start(rule, span);
    size_t before = found->count;
    icalrecur_iterator *iterator;
    struct cal_last last;
    const char *wrong;

    name_defaults(&rule->by, smp_day_at(span.start));
    if (!smp_cal_rule_last(rule, span, &last))
        return NULL;
    *steps -= cost(&rule->by, start, span.high);
    if (*steps < 0)
        return "too many rules";
    rule->by.until = smp_cal_time_to(span.high, false);
    smp_secure_memory();
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
    if (smp_cal_rule_is_closed(rule))
        return smp_cal_rule_closed(&copy, span, found, steps);
    return expand(&copy, span, found, steps);
}
