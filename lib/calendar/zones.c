#include "calendar/zones.h"

#include <string.h>

#include "calendar/windows.h"

/* Of names, so that looking one up stays cheap. */
enum { MOST_KNOWN = 800, MOST_OWN = 200, MOST_TRIED = 5000, LONGEST = 128 };

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
    char other[LONGEST];
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
    if (strlen(tzid) >= LONGEST || !is_letter(tzid[strspn(tzid, "/")]))
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
    zone = zones->known_count < MOST_KNOWN && zones->tried++ < MOST_TRIED
               ? resolve(zones->set, tzid)
               : NULL;
    if (zone) {
        zones->known_count++;
        found = enter(zones, &zones->known, tzid);
        found->zone = zone;
        found->name = smp_zone_name(zone);
        return found;
    }
    if (zones->own_count >= MOST_OWN) {
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
