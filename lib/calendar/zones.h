#ifndef SMP_CALENDAR_ZONES_H
#define SMP_CALENDAR_ZONES_H

#include <libical/ical.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
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

/*
 * Dates as libical reads them. It checks no field, and some of its functions
 * read out of bounds where a month is no month; so each date goes through
 * here first.
 */
enum { CAL_YEAR_MIN = 1600, CAL_YEAR_MAX = 9999 };

/*
 * False where there is no such date: the zone of `time` is that given, unless
 * it is UTC. A second of 60 is the 59th, 24:00:00 the next midnight.
 */
bool smp_cal_time_from(struct cal_time *time, struct icaltimetype ical,
                       struct cal_zones *zones, struct cal_zone *zone);

/* The same from the text of a DATE or DATE-TIME. */
bool smp_cal_time_parse(struct cal_time *time, const char *text,
                        struct cal_zones *zones, struct cal_zone *zone);

/* The way back: without a zone. The year is one of 1 to 9999. */
struct icaltimetype smp_cal_time_to(int64_t local, bool day);

/*
 * The date of a property whatever its VALUE; a period's end or length is in
 * *period, which may be NULL. False where it is none, or empty.
 */
bool smp_cal_time_of(struct cal_time *time, icalproperty *property,
                     struct cal_zones *zones, unsigned long line,
                     struct icalperiodtype *period);

/* Days and seconds of a length, of 500 years each at most; false where it is
 * negative. */
bool smp_cal_length(struct icaldurationtype ical, int32_t *days,
                    int64_t *seconds);

/*
 * Makes a zone of a VTIMEZONE, good from 1970 to the year `last`,
 * and explains its TZID by it. Returns NULL, else what is wrong with it. Its
 * rules must be yearly ones. *steps: of libical's iterators, those left.
 */
const char *smp_cal_vtimezone(struct cal_zones *zones, icalcomponent *component,
                              int last, long *steps);

/*
 * The IANA name for a time zone as Windows names it ("W. Europe Standard
 * Time"), in any case of letters; NULL where it is none of those.
 */
const char *smp_windows_zone(const char *name);

#endif
