#include "ical/component.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "time/civil.h"
#include "time/tzrule.h"
#include "time/zone.h"
#include "calendar/setup.h"

static void *
check(void *thing)
{
    if (!thing)
        smp_out_of_memory();
    return thing;
}

static void
add_property(icalcomponent *component, icalproperty *property)
{
    icalcomponent_add_property(component, check(property));
}

/*
 * The time of so many seconds since 1970-01-01 by a wall clock or, if `utc`, in
 * UTC; if `is_date`, the day it is in.
 */
static struct icaltimetype
time_of(int64_t seconds, bool is_date, bool utc)
{
    int32_t day = smp_day_at(seconds);
    struct smp_civil date = smp_civil_of(day);
    int time = (int)(seconds - (int64_t)day * SMP_DAY_SECONDS);
    struct icaltimetype t = icaltime_null_time();

    t.year = date.year;
    t.month = date.month;
    t.day = date.day;
    t.is_date = is_date;
    if (!is_date) {
        t.hour = time / 3600;
        t.minute = time / 60 % 60;
        t.second = time % 60;
    }
    if (utc)
        t.zone = icaltimezone_get_utc_timezone();
    return t;
}

enum { ANY_DAY = -1, DAYS_BEFORE_LEAP_DAY = 59, YEAR_DAYS = 365 };
enum { MOST_SAVED = 3 * 3600 };

/*
 * Rules begin in 1970. A rule for one date and a weekday may take 11 years
 * until it first applies.
 */
static const int64_t rules_hold = INT64_C(12) * 366 * SMP_DAY_SECONDS;

struct change {
    int32_t before, after; /* offsets */
    const char *name;      /* of the time after it */
};

/* The days of a change: the union of its rules. */
struct days {
    struct icalrecurrencetype rules[2];
    size_t count;
};

struct yearly {
    struct change change;
    int32_t time;
    struct days days;
};

/* A zone that crosses the date line moves a day forward, and saves none. */
static bool
saves_daylight(const struct change *change)
{
    int32_t forward = change->after - change->before;

    return forward > 0 && forward <= MOST_SAVED;
}

static icalcomponent *
add_observance(icalcomponent *vtimezone, const struct change *change,
               struct icaltimetype start)
{
    icalcomponent *part = saves_daylight(change)
                              ? check(icalcomponent_new_xdaylight())
                              : check(icalcomponent_new_xstandard());

    add_property(part, icalproperty_new_tzoffsetfrom(change->before));
    add_property(part, icalproperty_new_tzoffsetto(change->after));
    add_property(part, icalproperty_new_tzname(change->name));
    add_property(part, icalproperty_new_dtstart(start));
    icalcomponent_add_component(vtimezone, part);
    return part;
}

static struct icalrecurrencetype *
add_rule(struct days *days)
{
    struct icalrecurrencetype *rule = &days->rules[days->count++];

    icalrecurrencetype_clear(rule);
    rule->freq = ICAL_YEARLY_RECURRENCE;
    return rule;
}

static short
by_day(int week, int weekday)
{
    int day = abs(week) * 8 + weekday + ICAL_SUNDAY_WEEKDAY;

    return (short)(week < 0 ? -day : day);
}

static void
add_week(struct days *days, const struct smp_zone_day *day)
{
    struct icalrecurrencetype *rule = add_rule(days);

    rule->by_month[0] = (short)day->month;
    rule->by_day[0] = by_day(day->week < 5 ? day->week : -1, day->weekday);
}

static void
add_range(struct days *days, int month, int first, int last, int weekday)
{
    struct icalrecurrencetype *rule = add_rule(days);

    rule->by_month[0] = (short)month;
    for (int day = first; day <= last; day++)
        rule->by_month_day[day - first] = (short)day;
    if (weekday != ANY_DAY)
        rule->by_day[0] = by_day(0, weekday);
}

static int
least(int a, int b)
{
    return a < b ? a : b;
}

static int
greatest(int a, int b)
{
    return a > b ? a : b;
}

/*
 * The days are counted from the start of the month and may lie in the one
 * before or after. If a leap day moves them, there is no rule.
 */
static void
add_days(struct days *days, int month, int first, int last, int weekday)
{
    int before = month > 1 ? month - 1 : 12, after = month % 12 + 1;
    int back = smp_month_length(1970, before);
    int length = smp_month_length(1970, month);

    if ((month == 3 && first < 1) || (month == 2 && last > length))
        return;
    if (first < 1)
        add_range(days, before, first + back, least(last, 0) + back, weekday);
    if (first <= length && last >= 1)
        add_range(days, month, greatest(first, 1), least(last, length),
                  weekday);
    if (last > length)
        add_range(days, after, greatest(first - length, 1), last - length,
                  weekday);
}

static void
add_shifted_week(struct days *days, const struct smp_zone_day *day, int shift)
{
    int length = smp_month_length(1970, day->month);
    int first = day->week < 5 ? day->week * 7 - 6 : length - 6;

    if (day->week == 5 && day->month == 2)
        return;
    add_days(days, day->month, first + shift, first + 6 + shift,
             (day->weekday + shift + 7) % 7);
}

static void
add_month_day(struct days *days, int of_year, int shift)
{
    struct smp_civil civil = smp_civil_of(of_year - 1);
    int day = civil.day + shift;

    add_days(days, civil.month, day, day, ANY_DAY);
}

static void
add_year_day(struct days *days, int of_year)
{
    if (of_year <= YEAR_DAYS)
        add_rule(days)->by_year_day[0] = (short)of_year;
}

/* Returns no rules if no client would understand them. */
static struct days
days_of(const struct smp_zone_day *day)
{
    struct days days = {.count = 0};
    int shift = smp_day_at(day->time);

    if (day->kind == SMP_DAY_OF_MONTH && shift == 0)
        add_week(&days, day);
    else if (day->kind == SMP_DAY_OF_MONTH)
        add_shifted_week(&days, day, shift);
    else if (day->kind == SMP_DAY_JULIAN)
        add_month_day(&days, day->day, shift);
    else if (day->day < DAYS_BEFORE_LEAP_DAY)
        add_month_day(&days, day->day + 1, shift);
    else
        add_year_day(&days, day->day + 1 + shift);
    return days;
}

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
smp_first_rule_day(const struct icalrecurrencetype *rule, int32_t day)
{
    while (!is_on(rule, day))
        day++;
    return day;
}

/* The first change in or near 1970: a time beyond its day moves the start by
 * days. */
static struct icaltimetype
first_change(const struct icalrecurrencetype *rule, int32_t time)
{
    int32_t day = smp_day_at(time);
    int64_t of_day = time - (int64_t)day * SMP_DAY_SECONDS;

    day = smp_first_rule_day(rule, day);
    return time_of((int64_t)day * SMP_DAY_SECONDS + of_day, false, false);
}

static void
add_yearly(icalcomponent *vtimezone, const struct yearly *yearly)
{
    for (size_t i = 0; i < yearly->days.count; i++) {
        const struct icalrecurrencetype *rule = &yearly->days.rules[i];
        icalcomponent *part = add_observance(vtimezone, &yearly->change,
                                             first_change(rule, yearly->time));

        add_property(part, icalproperty_new_rrule(*rule));
    }
}

static bool
add_rules(icalcomponent *vtimezone, const struct smp_zone_rule *rule)
{
    const struct yearly start = {
        {rule->standard, rule->daylight, rule->daylight_name},
        rule->to_daylight.time,
        days_of(&rule->to_daylight)};
    const struct yearly end = {
        {rule->daylight, rule->standard, rule->standard_name},
        rule->to_standard.time,
        days_of(&rule->to_standard)};
    bool forward = rule->daylight > rule->standard;

    if (!start.days.count || !end.days.count)
        return false;
    add_yearly(vtimezone, forward ? &start : &end);
    add_yearly(vtimezone, forward ? &end : &start);
    return true;
}

static bool
same_changes(const struct smp_zone *zone, int64_t from, int64_t until)
{
    const struct smp_zone_rule *rule = smp_zone_rule(zone);
    int64_t when = from, by_rule = from;

    while (when == by_rule &&
           smp_zone_offset(zone, when) == smp_tzrule_offset(rule, when)) {
        bool more = smp_zone_next_change(zone, when + 1, until, &when);

        if (more != smp_tzrule_next_change(rule, by_rule + 1, until, &by_rule))
            return false;
        if (!more)
            return true;
    }
    return false;
}

/* A rule can have no change: daylight saving time all year. */
static bool
has_yearly_changes(const struct smp_zone_rule *rule, int64_t from)
{
    int64_t when;

    return from >= rules_hold &&
           smp_tzrule_next_change(rule, from,
                                  from + INT64_C(732) * SMP_DAY_SECONDS, &when);
}

static void
put_offset(struct smp_buf *out, int32_t offset)
{
    int seconds = abs(offset);

    smp_buf_printf(out, "%c%02d", offset < 0 ? '-' : '+', seconds / 3600);
    if (seconds % 3600)
        smp_buf_printf(out, "%02d", seconds / 60 % 60);
    if (seconds % 60)
        smp_buf_printf(out, "%02d", seconds % 60);
}

/* If the rule has no name for the offset, the name is its number. */
static void
put_name(struct smp_buf *out, const struct smp_zone_rule *rule, int32_t offset)
{
    if (offset == rule->standard)
        smp_buf_puts(out, rule->standard_name);
    else if (rule->changes && offset == rule->daylight)
        smp_buf_puts(out, rule->daylight_name);
    else
        put_offset(out, offset);
}

static void
add_change(icalcomponent *vtimezone, const struct smp_zone_rule *rule,
           int32_t before, int32_t after, int64_t local)
{
    struct smp_buf name = {0};

    put_name(&name, rule, after);
    add_observance(vtimezone,
                   &(struct change){before, after, smp_buf_text(&name)},
                   time_of(local, false, false));
    smp_buf_release(&name);
}

static void
add_changes(icalcomponent *vtimezone, const struct smp_zone *zone, int64_t from,
            int64_t until)
{
    const struct smp_zone_rule *rule = smp_zone_rule(zone);
    int32_t before = smp_zone_offset(zone, from);
    int64_t start = from + before < 0 ? from + before : 0, when = from;

    add_change(vtimezone, rule, before, before, start);
    while (smp_zone_next_change(zone, when + 1, until, &when)) {
        int32_t after = smp_zone_offset(zone, when);

        add_change(vtimezone, rule, before, after, when + before);
        before = after;
    }
}

icalcomponent *
smp_vtimezone(const struct smp_zone *zone, int64_t from, int64_t until)
{
    const struct smp_zone_rule *rule = smp_zone_rule(zone);
    icalcomponent *vtimezone;

    smp_ical_setup();
    smp_ensure_memory();
    vtimezone = check(icalcomponent_new_vtimezone());
    add_property(vtimezone, icalproperty_new_tzid(smp_zone_name(zone)));
    if (!has_yearly_changes(rule, from) || !same_changes(zone, from, until) ||
        !add_rules(vtimezone, rule))
        add_changes(vtimezone, zone, from, until);
    return vtimezone;
}

/* libical 3.0.16 folds some lines between CR and LF; that is undone, too. */
static void
put_unfolded(struct smp_buf *out, icalcomponent *component)
{
    static const char fold[] = "\r\n ";
    char *text = check(icalcomponent_as_ical_string_r(component));
    const char *from = text, *at;

    for (; (at = strstr(from, fold)); from = at + sizeof fold - 1)
        smp_buf_add(out, from, (size_t)(at - from));
    smp_buf_puts(out, from);
    free(text);
    icalcomponent_free(component);
}

static void
put_component(struct smp_buf *out, icalcomponent *component)
{
    struct smp_buf lines = {0};
    const char *line, *end;

    put_unfolded(&lines, component);
    for (line = lines.data; (end = strstr(line, "\r\n")); line = end + 2)
        smp_line_put(out, line, (size_t)(end - line));
    smp_buf_release(&lines);
}

void
smp_vtimezone_put(struct smp_buf *out, const struct smp_zone *zone,
                  int64_t from, int64_t until, const int64_t *modified)
{
    icalcomponent *vtimezone = smp_vtimezone(zone, from, until);

    if (modified)
        add_property(vtimezone, icalproperty_new_lastmodified(
                                    time_of(*modified, false, true)));
    put_component(out, vtimezone);
}
