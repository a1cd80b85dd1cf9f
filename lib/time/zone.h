#ifndef SMP_TIME_ZONE_H
#define SMP_TIME_ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"

/*
 * Time zones from compiled TZif files (RFC 9636). Instants are seconds since
 * 1970-01-01T00:00:00Z; local times are seconds since 1970-01-01T00:00:00 on
 * the zone's wall clock; offsets are seconds east of Greenwich.
 *
 * A local time that a change of the clock skips is read with the offset
 * before the change; one that occurs twice is the first (RFC 5545, 3.3.5).
 * A zone does not change once it is loaded.
 */
struct smp_zone;

/*
 * Zones by name, each read once. Names must look like IANA names (letters,
 * digits, _ + -, at most two slashes), so none escapes the directory;
 * localtime and posixrules, which differ between machines, are none. If a
 * name has no file, the links in the directory's tzdata.zi say whose file is
 * read (lines "L TARGET NAME", see zic(8)): for US/Eastern that of
 * America/New_York. posix/NAME without a file is NAME.
 */
struct smp_zone_links;

struct smp_zones {
    const char *directory; /* of the TZif files; the caller's */
    struct smp_zone *first;
    struct smp_err unread; /* the first file that the system did not read */
    struct smp_zone_links *links; /* read when a file is first missing */
};

/* The directory that systems use: /usr/share/zoneinfo. */
extern const char smp_zone_directory[];

/* The zone, owned by the set; NULL with an error if there is none. */
const struct smp_zone *smp_zones_get(struct smp_zones *zones, const char *name,
                                     struct smp_err *err);
void smp_zones_release(struct smp_zones *zones);

/*
 * A zone that no file describes: `before` until the first of the changes,
 * which come in ascending order. From then on smp_zones_get finds it by its
 * name, so the name is one that no file has.
 */
struct smp_zone_change {
    int64_t when;
    int32_t offset; /* from then on */
};

const struct smp_zone *smp_zones_add(struct smp_zones *zones, const char *name,
                                     int32_t before,
                                     const struct smp_zone_change *changes,
                                     size_t count);

/* Returns the name that smp_zones_get was given, even if it is a link. */
const char *smp_zone_name(const struct smp_zone *zone);

/* A hash of the file that a zone was read from; 0 of one that was added. */
uint64_t smp_zone_hash(const struct smp_zone *zone);
int32_t smp_zone_offset(const struct smp_zone *zone, int64_t instant);
int64_t smp_zone_to_local(const struct smp_zone *zone, int64_t instant);
int64_t smp_zone_to_instant(const struct smp_zone *zone, int64_t local);

/*
 * The same for times of the years that plans know which mostly lie close
 * together: what holds around the last one, for one zone and one of the two
 * ways; zeroed at first.
 */
struct smp_zone_near {
    int64_t from, until;
    int32_t offset;
};

void smp_zone_find_local(struct smp_zone_near *near,
                         const struct smp_zone *zone, int64_t instant);
void smp_zone_find_instant(struct smp_zone_near *near,
                           const struct smp_zone *zone, int64_t local);

static inline int64_t
smp_zone_to_local_near(const struct smp_zone *zone, int64_t instant,
                       struct smp_zone_near *near)
{
    if (instant < near->from || instant >= near->until)
        smp_zone_find_local(near, zone, instant);
    return instant + near->offset;
}

static inline int64_t
smp_zone_to_instant_near(const struct smp_zone *zone, int64_t local,
                         struct smp_zone_near *near)
{
    if (local < near->from || local >= near->until)
        smp_zone_find_instant(near, zone, local);
    return local - near->offset;
}

/*
 * What holds from the last recorded change on for ever: the POSIX TZ string of
 * the file's footer, read (RFC 9636 section 3.3, with hours of -167 to 167).
 * abbreviations are without angle brackets. A day is one of three kinds.
 */
struct smp_zone_day {
    enum { SMP_DAY_JULIAN, SMP_DAY_OF_YEAR, SMP_DAY_OF_MONTH } kind;
    int month, week, weekday; /* Mm.w.d: week 5 is the last */
    int day;                  /* Jn: 1-365; n: 0-365 */
    int32_t time;             /* seconds after local midnight, may be < 0 */
};

struct smp_zone_rule {
    int32_t standard, daylight; /* offsets, seconds east */
    char standard_name[16], daylight_name[16];
    bool changes; /* the rest counts only if this is set */
    struct smp_zone_day to_daylight, to_standard;
};

const struct smp_zone_rule *smp_zone_rule(const struct smp_zone *zone);

/*
 * The first change of the zone's offset at or after an instant, no later than
 * `until`; false if there is none. *when: the first instant of the new
 * offset.
 */
bool smp_zone_next_change(const struct smp_zone *zone, int64_t from,
                          int64_t until, int64_t *when);

#endif
