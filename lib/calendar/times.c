#include "calendar/times.h"

#include "time/civil.h"

/* The greatest number stands for all greater ones. */
enum { LONGEST_DAYS = 500 * 366, GREATEST_NUMBER = 999999999 };

static bool
is_between(int n, int first, int last)
{
    return n >= first && n <= last;
}

bool
smp_cal_time_from(struct cal_time *time, struct icaltimetype ical,
                  struct cal_zones *zones, struct cal_zone *zone)
{
    if (!is_between(ical.year, CAL_YEAR_MIN, CAL_YEAR_MAX) ||
        !is_between(ical.month, 1, 12) ||
        !is_between(ical.day, 1, smp_month_length(ical.year, ical.month)))
        return false;
    *time = (struct cal_time){.zone = zone, .day = ical.is_date};
    time->local =
        (int64_t)smp_day_of(ical.year, ical.month, ical.day) * SMP_DAY_SECONDS;
    if (ical.is_date)
        return true;
    if (!is_between(ical.hour, 0, 24) || !is_between(ical.minute, 0, 59) ||
        !is_between(ical.second, 0, 60) ||
        (ical.hour == 24 && (ical.minute || ical.second)))
        return false;
    if (ical.zone == icaltimezone_get_utc_timezone())
        time->zone = &zones->utc;
    time->local += ical.hour * 3600 + ical.minute * 60 +
                   (ical.second == 60 ? 59 : ical.second);
    return true;
}

bool
smp_cal_time_parse(struct cal_time *time, const char *text,
                   struct cal_zones *zones, struct cal_zone *zone)
{
    return smp_cal_time_from(time, icaltime_from_string(text), zones, zone);
}

struct icaltimetype
smp_cal_time_to(int64_t local, bool day)
{
    struct icaltimetype ical = icaltime_null_time();
    int32_t number = smp_day_at(local);
    struct smp_civil civil = smp_civil_of(number);
    int rest = (int)(local - (int64_t)number * SMP_DAY_SECONDS);

    ical.year = civil.year;
    ical.month = civil.month;
    ical.day = civil.day;
    ical.is_date = day;
    if (!day) {
        ical.hour = rest / 3600;
        ical.minute = rest / 60 % 60;
        ical.second = rest % 60;
    }
    return ical;
}

/* Of a property's TZID, else that of floating times. */
static struct cal_zone *
zone_of(struct cal_zones *zones, icalproperty *property, unsigned long line)
{
    icalparameter *parameter =
        icalproperty_get_first_parameter(property, ICAL_TZID_PARAMETER);
    const char *tzid = parameter ? icalparameter_get_tzid(parameter) : NULL;

    return tzid && *tzid ? smp_cal_zones_find(zones, tzid, line)
                         : zones->floating;
}

/* libical makes the kinds that may be either of two into what they are. */
static struct icaltimetype
value_time(icalvalue *value, struct icalperiodtype *period)
{
    *period = icalperiodtype_null_period();
    switch (value ? icalvalue_isa(value) : ICAL_NO_VALUE) {
    case ICAL_DATE_VALUE:
        return icalvalue_get_date(value);
    case ICAL_DATETIME_VALUE:
        return icalvalue_get_datetime(value);
    case ICAL_PERIOD_VALUE:
        *period = icalvalue_get_period(value);
        return period->start;
    default:
        return icaltime_null_time();
    }
}

bool
smp_cal_time_of(struct cal_time *time, icalproperty *property,
                struct cal_zones *zones, unsigned long line,
                struct icalperiodtype *period)
{
    struct icalperiodtype ignored;
    struct icaltimetype ical = value_time(icalproperty_get_value(property),
                                          period ? period : &ignored);

    return smp_cal_time_from(time, ical, zones, zone_of(zones, property, line));
}

bool
smp_cal_length(struct icaldurationtype ical, int32_t *days, int64_t *seconds)
{
    int64_t whole = (int64_t)ical.weeks * 7 + ical.days;
    int64_t rest =
        (int64_t)ical.hours * 3600 + (int64_t)ical.minutes * 60 + ical.seconds;

    *days = (int32_t)(whole < LONGEST_DAYS ? whole : LONGEST_DAYS);
    *seconds =
        rest < GREATEST_NUMBER ? rest : (int64_t)LONGEST_DAYS * SMP_DAY_SECONDS;
    return !ical.is_neg;
}
