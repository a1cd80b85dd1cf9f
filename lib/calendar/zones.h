#ifndef SMP_CALENDAR_ZONES_H
#define SMP_CALENDAR_ZONES_H

#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "time/zone.h"

/*
 * The time zones of a stream of calendars, as they are named there. A name may
 * be explained only later, by a VTIMEZONE after the events that use it; so
 * times keep a cal_zone, which lives as long as the set.
 */
struct cal_zone {
    const struct smp_zone *zone; /* NULL: not explained so far */
    const char *name;            /* its IANA name, NULL where it has none */
    const char *tzid;
    bool floating;          /* of times without a zone */
    unsigned long line;     /* where the name was first used, or 0 */
    struct cal_zone *next;  /* of its list */
    struct cal_zone *later; /* of those in use */
};

struct cal_zones {
    struct smp_zones *set;
    const struct smp_zone *fallback; /* of days, and of what is unknown */
    struct smp_arena arena;
    size_t kept;               /* octets in the arena, about */
    struct cal_zone utc;       /* of times that end with Z */
    struct cal_zone *floating; /* of the calendar that is read */
    struct cal_zone *known;    /* names that mean the same everywhere */
    struct cal_zone *own;      /* names that only this calendar explains */
    struct cal_zone *used, **last_used; /* of own, as they came into use */
    unsigned long too_many; /* where one more was used than own has room for */
    size_t known_count, own_count, tried, made;
};

void smp_cal_zones_start(struct cal_zones *zones, struct smp_zones *set,
                         const struct smp_zone *fallback);

/* At each BEGIN:VCALENDAR: names of the one before mean nothing any more. */
void smp_cal_zones_begin(struct cal_zones *zones);

/*
 * The zone that a TZID names: an IANA name, also with something before it and
 * in lower case, a Windows name, or one that the calendar may explain.
 */
struct cal_zone *smp_cal_zones_find(struct cal_zones *zones, const char *tzid,
                                    unsigned long line);

/* X-WR-TIMEZONE: the zone of floating times; false where it is not known. */
bool smp_cal_zones_float(struct cal_zones *zones, const char *tzid);

/* A VTIMEZONE. The first one of a name counts. */
void smp_cal_zones_explain(struct cal_zones *zones, const char *tzid,
                           const struct smp_zone *zone);

void smp_cal_zones_release(struct cal_zones *zones);

/*
 * A time as a calendar has it: seconds on the wall clock of its zone, or, where
 * it is a day, its midnight.
 */
struct cal_time {
    int64_t local;
    struct cal_zone *zone; /* never NULL */
    bool day;
};

/* The zone itself; of a floating time the one that is lent, if any. */
const struct smp_zone *smp_cal_zone(const struct cal_zones *zones,
                                    const struct cal_zone *zone,
                                    const struct cal_zone *lent);

/* Days are midnight in the fallback zone. */
int64_t smp_cal_instant(const struct cal_zones *zones, struct cal_time time,
                        const struct cal_zone *lent);

#endif
