#include "calendar/zones.h"

#include <string.h>

#include "time/civil.h"

/* Of names, so that looking one up stays cheap. */
enum { KNOWN_MAX = 800, OWN_MAX = 200, TRIED_MAX = 5000, TZID_MAX = 128 };

static const char utc_name[] = "=UTC";

static const struct smp_zone *
get(struct smp_zones *set, const char *name)
{
    struct smp_err ignored = {0};
    const struct smp_zone *zone = smp_zones_get(set, name, &ignored);

    smp_err_release(&ignored);
    return zone;
}

static bool
is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* "europe/BERLIN" as "Europe/Berlin", or all in capitals: "utc". */
static void
recase(char *out, const char *name, bool capitals)
{
    bool first = true;

    for (; *name; name++) {
        bool upper = *name >= 'A' && *name <= 'Z';
        bool lower = *name >= 'a' && *name <= 'z';

        if (lower && (first || capitals))
            *out++ = (char)(*name - 'a' + 'A');
        else if (upper && !first && !capitals)
            *out++ = (char)(*name - 'A' + 'a');
        else
            *out++ = *name;
        first = !is_letter(*name);
    }
    *out = '\0';
}

static const struct smp_zone *
get_in_any_case(struct smp_zones *set, const char *name)
{
    char other[TZID_MAX];
    const struct smp_zone *zone = get(set, name);

    for (int capitals = 0; !zone && capitals < 2; capitals++) {
        recase(other, name, capitals);
        zone = get(set, other);
    }
    return zone;
}

/* The longest tail that is a name: "/freeassociation.../Europe/Berlin". */
static const struct smp_zone *
resolve(struct smp_zones *set, const char *tzid)
{
    const struct smp_zone *zone;
    const char *windows;
    int slashes = 0;

    /* Copies of the same zones, which not every machine has. */
    if (strncmp(tzid, "posix/", 6) == 0 || strncmp(tzid, "right/", 6) == 0)
        tzid += 6;
    zone = get(set, tzid);
    windows = zone ? NULL : smp_windows_zone(tzid);
    if (zone || windows)
        return zone ? zone : get(set, windows);
    if (strlen(tzid) >= TZID_MAX || !is_letter(tzid[strspn(tzid, "/")]))
        return NULL;
    zone = get_in_any_case(set, tzid);
    while (!zone && slashes++ < 8 && (tzid = strchr(tzid, '/')))
        zone = get_in_any_case(set, ++tzid);
    return zone;
}

void
smp_cal_zones_start(struct cal_zones *zones, struct smp_zones *set,
                    const struct smp_zone *fallback)
{
    *zones = (struct cal_zones){.set = set, .fallback = fallback};
    zones->utc.zone = get(set, utc_name);
    if (!zones->utc.zone)
        zones->utc.zone = smp_zones_add(set, utc_name, 0, NULL, 0);
    smp_cal_zones_begin(zones);
}

static struct cal_zone *
zone_new(struct cal_zones *zones, const char *tzid)
{
    struct cal_zone *zone = smp_arena_alloc(&zones->arena, sizeof *zone);

    zone->tzid = smp_arena_strdup(&zones->arena, tzid);
    zones->kept += sizeof *zone + strlen(tzid) + 1;
    return zone;
}

void
smp_cal_zones_begin(struct cal_zones *zones)
{
    zones->own = zones->used = NULL;
    zones->last_used = &zones->used;
    zones->own_count = 0;
    zones->too_many = 0;
    zones->floating = zone_new(zones, "");
    zones->floating->floating = true;
}

/* The one found moves to the front: events repeat their zones. */
static struct cal_zone *
look_up(struct cal_zone **list, const char *tzid)
{
    struct cal_zone **link = list, *zone;

    while (*link && strcmp((*link)->tzid, tzid) != 0)
        link = &(*link)->next;
    zone = *link;
    if (!zone)
        return NULL;
    *link = zone->next;
    zone->next = *list;
    return *list = zone;
}

static struct cal_zone *
enter(struct cal_zones *zones, struct cal_zone **list, const char *tzid)
{
    struct cal_zone *zone = zone_new(zones, tzid);

    zone->next = *list;
    return *list = zone;
}

static struct cal_zone *
use(struct cal_zones *zones, struct cal_zone *own, unsigned long line)
{
    if (own->line || !line)
        return own;
    own->line = line;
    *zones->last_used = own;
    zones->last_used = &own->later;
    return own;
}

struct cal_zone *
smp_cal_zones_find(struct cal_zones *zones, const char *tzid,
                   unsigned long line)
{
    struct cal_zone *found = look_up(&zones->known, tzid);
    const struct smp_zone *zone;

    if (found)
        return found;
    found = look_up(&zones->own, tzid);
    if (found)
        return use(zones, found, line);
    zone = zones->known_count < KNOWN_MAX && zones->tried++ < TRIED_MAX
               ? resolve(zones->set, tzid)
               : NULL;
    if (zone) {
        zones->known_count++;
        found = enter(zones, &zones->known, tzid);
        found->zone = zone;
        found->name = smp_zone_name(zone);
        return found;
    }
    if (zones->own_count >= OWN_MAX) {
        zones->too_many = zones->too_many ? zones->too_many : line;
        return zones->floating;
    }
    zones->own_count++;
    return use(zones, enter(zones, &zones->own, tzid), line);
}

bool
smp_cal_zones_float(struct cal_zones *zones, const char *tzid)
{
    const struct smp_zone *zone = resolve(zones->set, tzid);

    if (!zone || zones->floating->zone)
        return zone != NULL;
    zones->floating->zone = zone;
    zones->floating->name = smp_zone_name(zone);
    return true;
}

void
smp_cal_zones_explain(struct cal_zones *zones, const char *tzid,
                      const struct smp_zone *zone)
{
    struct cal_zone *found = smp_cal_zones_find(zones, tzid, 0);

    if (!found->zone && !found->floating)
        found->zone = zone;
}

void
smp_cal_zones_release(struct cal_zones *zones)
{
    smp_arena_release(&zones->arena);
}

const struct smp_zone *
smp_cal_zone(const struct cal_zones *zones, const struct cal_zone *zone,
             const struct cal_zone *lent)
{
    if (zone->floating && lent)
        zone = lent;
    return zone->zone ? zone->zone : zones->fallback;
}

int64_t
smp_cal_instant(const struct cal_zones *zones, struct cal_time time,
                const struct cal_zone *lent)
{
    if (time.day)
        return smp_zone_to_instant(zones->fallback, time.local);
    return smp_zone_to_instant(smp_cal_zone(zones, time.zone, lent),
                               time.local);
}

/* The greatest number stands for all greater ones. */
enum { DAYS_MAX = 500 * 366, NUMBER_MAX = 999999999 };

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

    *days = (int32_t)(whole < DAYS_MAX ? whole : DAYS_MAX);
    *seconds = rest < NUMBER_MAX ? rest : (int64_t)DAYS_MAX * SMP_DAY_SECONDS;
    return !ical.is_neg;
}
