#include "ical/onset.h"

#include <stdbool.h>

#include "time/civil.h"

static bool
is_on_week(const short *by_day, const struct smp_civil *civil, int weekday)
{
    int week = icalrecurrencetype_day_position(*by_day);
    int left = smp_month_length(civil->year, civil->month) - civil->day;

    if ((int)icalrecurrencetype_day_day_of_week(*by_day) !=
        weekday + ICAL_SUNDAY_WEEKDAY)
        return false;
    return week == 0 || (week > 0 ? (civil->day - 1) / 7 + 1 == week
                                  : left / 7 + 1 == -week);
}

static bool
is_listed(const short *list, int number)
{
    for (; *list != ICAL_RECURRENCE_ARRAY_MAX; list++)
        if (*list == number)
            return true;
    return false;
}

static bool
is_on(const struct icalrecurrencetype *rule, int32_t day)
{
    struct smp_civil civil = smp_civil_of(day);
    int of_year = day - smp_day_of(civil.year, 1, 1) + 1;

    if (rule->by_year_day[0] != ICAL_RECURRENCE_ARRAY_MAX)
        return is_listed(rule->by_year_day, of_year);
    return is_listed(rule->by_month, civil.month) &&
           (rule->by_month_day[0] == ICAL_RECURRENCE_ARRAY_MAX ||
            is_listed(rule->by_month_day, civil.day)) &&
           (rule->by_day[0] == ICAL_RECURRENCE_ARRAY_MAX ||
            is_on_week(rule->by_day, &civil, smp_weekday_of(day)));
}

int32_t
smp_first_onset(const struct icalrecurrencetype *rule, int32_t day)
{
    while (!is_on(rule, day))
        day++;
    return day;
}
