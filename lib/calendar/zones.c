#include "calendar/calendar.h"
#include "calendar/zones.h"

#include <string.h>
#include <strings.h>

#include "time/civil.h"
#include "time/zone.h"

/* Of names, so that looking one up stays cheap. */
enum { KNOWN_MAX = 800, TRIED_MAX = 5000, TZID_MAX = 128 };

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
get_tail(struct smp_zones *set, const char *tzid)
{
    const struct smp_zone *zone;
    int slashes = 0;

    if (strlen(tzid) >= TZID_MAX || !is_letter(tzid[strspn(tzid, "/")]))
        return NULL;
    zone = get_in_any_case(set, tzid);
    while (!zone && slashes++ < 8 && (tzid = strchr(tzid, '/')))
        zone = get_in_any_case(set, ++tzid);
    return zone;
}

/* One or two digits; -1 if there are none. */
static int
read_digits(const char **at)
{
    int number = -1;

    for (int n = 0; n < 2 && **at >= '0' && **at <= '9'; n++)
        number = (number < 0 ? 0 : number * 10) + (*(*at)++ - '0');
    return number;
}

/*
 * "(UTC+01:00) Amsterdam", "GMT-5", "+0530": returns the text behind the
 * offset, or NULL if there is none. "(UTC)" is one, "UTC" is a name.
 */
static const char *
read_offset(const char *name, int32_t *offset)
{
    bool bracket = *name == '(', minus;
    int hours, minutes = 0;

    name += bracket;
    if (strncasecmp(name, "UTC", 3) == 0 || strncasecmp(name, "GMT", 3) == 0)
        name += 3;
    else if (bracket)
        return NULL;
    *offset = 0;
    if (bracket && *name == ')')
        return name + 1 + strspn(name + 1, " ");
    name += strspn(name, " ");
    if (*name != '+' && *name != '-')
        return NULL;
    minus = *name++ == '-';
    hours = read_digits(&name);
    if ((*name == ':' || *name == '.') && name[1] >= '0' && name[1] <= '9')
        name++;
    if (*name >= '0' && *name <= '9')
        minutes = read_digits(&name);
    if (hours < 0 || minutes > 59 || (bracket && *name++ != ')'))
        return NULL;
    *offset = (hours * 60 + minutes) * (minus ? -60 : 60);
    if (*offset < CAL_OFFSET_MIN || *offset > CAL_OFFSET_MAX)
        return NULL;
    return name + strspn(name, " ");
}

/* "(UTC-05:00) Eastern Time (US & Canada)", if that is its offset today. */
static const struct smp_zone *
get_displayed(struct smp_zones *set, const char *tzid)
{
    int32_t offset;
    const char *places = read_offset(tzid, &offset), *name;
    bool any = !places;
    size_t next = 0;

    /* One place alone is a name that anybody may give. */
    if (any && !strpbrk(tzid, ",("))
        return NULL;
    while ((name = smp_windows_places(any ? tzid : places, &next))) {
        const struct smp_zone *zone = get(set, name);

        if (zone && (any || smp_zone_rule(zone)->standard == offset))
            return zone;
    }
    return NULL;
}

/* An abbreviation may be anybody's: EST, CET, GMT. */
static bool
is_abbreviation(const char *tzid)
{
    return !tzid[strspn(tzid, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-")];
}

/* What means the same in every calendar. */
static const struct smp_zone *
get_known(struct smp_zones *set, const char *tzid)
{
    const struct smp_zone *zone;
    const char *windows;

    /* Copies of the same zones, which not every machine has. */
    if (strncmp(tzid, "posix/", 6) == 0 || strncmp(tzid, "right/", 6) == 0)
        tzid += 6;
    zone = get(set, tzid);
    if (zone && is_abbreviation(tzid))
        return NULL;
    windows = zone ? NULL : smp_windows_zone(tzid);
    if (windows)
        zone = get(set, windows);
    return zone ? zone : get_displayed(set, tzid);
}

/* The clock that is so far from UTC all the year. */
static const struct smp_zone *
get_fixed(struct smp_zones *set, int32_t offset)
{
    struct smp_buf name = {0};
    const struct smp_zone *zone;

    smp_buf_printf(&name, "=UTC%+d", (int)offset);
    zone = get(set, smp_buf_text(&name));
    if (!zone)
        zone = smp_zones_add(set, smp_buf_text(&name), offset, NULL, 0);
    smp_buf_release(&name);
    return zone;
}

static void
confine(struct cal_zones *zones, struct cal_zone *zone, int32_t least,
        int32_t greatest)
{
    zone->zone = get_fixed(zones->set, least);
    zone->early = greatest - least;
    zone->is_unknown = greatest > least;
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
smp_cal_zones_start(struct cal_zones *zones, struct smp_zones *set,
                    const struct smp_zone *fallback)
{
    *zones = (struct cal_zones){.set = set, .fallback = fallback};
    zones->utc.zone = get_fixed(set, 0);
    zones->surplus = zone_new(zones, "");
    confine(zones, zones->surplus, CAL_OFFSET_MIN, CAL_OFFSET_MAX);
    smp_cal_zones_begin(zones);
}

void
smp_cal_zones_begin(struct cal_zones *zones)
{
    zones->own = NULL;
    zones->own_count = 0;
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

static void
set_zone(struct cal_zone *zone, const struct smp_zone *is)
{
    zone->zone = is;
    zone->name = smp_zone_name(is);
}

struct cal_zone *
smp_cal_zones_find(struct cal_zones *zones, const char *tzid)
{
    struct cal_zone *found;
    const struct smp_zone *zone;

    tzid += strspn(tzid, " ");
    found = look_up(&zones->known, tzid);
    if (!found)
        found = look_up(&zones->own, tzid);
    if (found)
        return found;
    zone = zones->known_count < KNOWN_MAX && zones->tried++ < TRIED_MAX
               ? get_known(zones->set, tzid)
               : NULL;
    if (zone) {
        zones->known_count++;
        found = enter(zones, &zones->known, tzid);
        set_zone(found, zone);
        return found;
    }
    if (zones->own_count >= CAL_OWN_MAX)
        return zones->surplus;
    zones->own_count++;
    return enter(zones, &zones->own, tzid);
}

void
smp_cal_zones_float(struct cal_zones *zones, const char *tzid)
{
    if (!zones->floating->as)
        zones->floating->as = smp_cal_zones_find(zones, tzid);
}

void
smp_cal_zones_explain(struct cal_zones *zones, const char *tzid,
                      const struct smp_zone *zone)
{
    struct cal_zone *found = smp_cal_zones_find(zones, tzid);

    if (!found->zone)
        found->zone = zone;
    found->defined = true;
}

void
smp_cal_zones_confine(struct cal_zones *zones, const char *tzid, int32_t least,
                      int32_t greatest)
{
    struct cal_zone *found = smp_cal_zones_find(zones, tzid);
    const struct smp_zone *system = get(zones->set, tzid);

    if (!found->zone && system)
        set_zone(found, system);
    else if (!found->zone)
        confine(zones, found, least, greatest);
    found->defined = true;
}

/* Another name of this calendar, in another case. */
static const struct cal_zone *
find_defined(const struct cal_zones *zones, const char *tzid)
{
    for (const struct cal_zone *own = zones->own; own; own = own->next)
        if (own->defined && own->zone && strcasecmp(own->tzid, tzid) == 0)
            return own;
    return NULL;
}

/* An offset in the name. With other words it is that of the winter, maybe. */
static bool
settle_by_offset(struct cal_zones *zones, struct cal_zone *zone)
{
    static const char spelled[] = "Coordinated Universal Time";
    int32_t offset;
    const char *at = zone->tzid, *rest = NULL;

    /* Names such as Etc/GMT+5 count the other way round. */
    for (; *at && !rest && !strstr(zone->tzid, "Etc/"); at++)
        if (at == zone->tzid || strncasecmp(at, "UTC", 3) == 0 ||
            strncasecmp(at, "GMT", 3) == 0)
            rest = read_offset(at, &offset);
    if (!rest)
        return false;
    if (at == zone->tzid + 1 &&
        (!*rest || strncmp(rest, spelled, sizeof spelled - 1) == 0))
        confine(zones, zone, offset, offset);
    else
        confine(zones, zone, offset, offset + 3600);
    return true;
}

static void
settle(struct cal_zones *zones, struct cal_zone *zone)
{
    const struct cal_zone *other = find_defined(zones, zone->tzid);
    const struct smp_zone *system = get(zones->set, zone->tzid);

    if (system) {
        set_zone(zone, system);
    } else if (other) {
        zone->zone = other->zone;
        zone->early = other->early;
        zone->is_unknown = other->is_unknown;
    } else if (!settle_by_offset(zones, zone)) {
        system = zones->tried++ < TRIED_MAX ? get_tail(zones->set, zone->tzid)
                                            : NULL;
        if (system)
            set_zone(zone, system);
        else
            confine(zones, zone, CAL_OFFSET_MIN, CAL_OFFSET_MAX);
    }
}

void
smp_cal_zones_end(struct cal_zones *zones)
{
    struct cal_zone *floating = zones->floating;

    for (struct cal_zone *zone = zones->own; zone; zone = zone->next)
        if (!zone->zone)
            settle(zones, zone);
    if (floating->as && !floating->zone) {
        floating->zone = floating->as->zone;
        floating->name = floating->as->name;
        floating->tzid = floating->as->tzid;
        floating->early = floating->as->early + (floating->summer ? 3600 : 0);
        floating->is_unknown = floating->early > 0;
    }
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
    if (ical.zone == icaltimezone_get_utc_timezone()) {
        time->or = zone->floating ? NULL : zone;
        time->zone = &zones->utc;
    }
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
zone_of(struct cal_zones *zones, icalproperty *property)
{
    icalparameter *parameter =
        icalproperty_get_first_parameter(property, ICAL_TZID_PARAMETER);
    const char *tzid = parameter ? icalparameter_get_tzid(parameter) : NULL;

    return tzid && *tzid ? smp_cal_zones_find(zones, tzid) : zones->floating;
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
                struct cal_zones *zones, struct icalperiodtype *period)
{
    struct icalperiodtype ignored;
    struct icaltimetype ical = value_time(icalproperty_get_value(property),
                                          period ? period : &ignored);

    return smp_cal_time_from(time, ical, zones, zone_of(zones, property));
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
