#ifndef SMP_CALENDAR_ZONES_H
#define SMP_CALENDAR_ZONES_H

#include <libical/ical.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"

enum {
    /* Of all clocks on earth, in seconds east of Greenwich. */
    CAL_OFFSET_MIN = -12 * 3600,
    CAL_OFFSET_MAX = 14 * 3600,
    CAL_OWN_MAX = 200 /* names that one calendar can explain */
};

/*
 * The time zones of a stream of calendars, as they are named there. A VTIMEZONE
 * can come after the events that use it. So times keep a cal_zone, which lives
 * as long as the set and is known for sure once its calendar has ended.
 *
 * A name that nothing explains has a range of offsets: `zone` has the least of
 * them, and the greatest makes a time up to `early` seconds earlier.
 */
struct cal_zone {
    const struct smp_zone *zone; /* NULL: not explained so far */
    const char *name;            /* IANA name, or NULL */
    const char *tzid;
    struct cal_zone *as; /* of a floating one: its X-WR-TIMEZONE, or NULL */
    bool floating;       /* of times without a zone */
    bool summer;         /* and may be an hour ahead of `as` */
    bool defined;        /* a VTIMEZONE was read, or could not be understood */
    bool is_unknown;     /* has a range */
    bool reported;       /* and that has been said */
    int32_t early;       /* seconds, 0 unless is_unknown */
    struct cal_zone *next;
};

struct cal_zones {
    struct smp_zones *set;
    const struct smp_zone *fallback; /* of days, and of floating times */
    struct smp_arena arena;
    size_t kept;               /* octets in the arena, about */
    struct cal_zone utc;       /* of times that end with Z */
    struct cal_zone *floating; /* of the calendar that is read */
    struct cal_zone *known;    /* names that mean the same everywhere */
    struct cal_zone *own;      /* names that this calendar may explain */
    struct cal_zone *surplus;  /* stands for more names than have room */
    size_t known_count, own_count, tried, made;
};

void smp_cal_zones_start(struct cal_zones *zones, struct smp_zones *set,
                         const struct smp_zone *fallback);

/* At each BEGIN:VCALENDAR: names of the one before mean nothing any more. */
void smp_cal_zones_begin(struct cal_zones *zones);

/*
 * At the end of a calendar: decides on the names that its VTIMEZONEs did not
 * explain, and on that of its floating times.
 */
void smp_cal_zones_end(struct cal_zones *zones);

/*
 * The zone that a TZID names, by the first of these:
 *
 *   1. a name of the system (America/Toronto)
 *   2. a name of Windows, also as it is displayed or with a number at its end
 *   3. a VTIMEZONE of the calendar
 *   4. an offset in the name (UTC+01); one with other words is uncertain, for
 *      it may or may not include daylight saving time
 *   5. a name of the system in another case, or behind something else
 *
 * A system name in capitals without "/" is an abbreviation that many writers
 * define themselves (EST, CET), so it comes after 3.
 */
struct cal_zone *smp_cal_zones_find(struct cal_zones *zones, const char *tzid);

/* X-WR-TIMEZONE: the zone of floating times. The first one counts. */
void smp_cal_zones_float(struct cal_zones *zones, const char *tzid);

/* A VTIMEZONE. The first one of a name counts. */
void smp_cal_zones_explain(struct cal_zones *zones, const char *tzid,
                           const struct smp_zone *zone);

/*
 * A VTIMEZONE that is not understood; its offsets, in seconds east of
 * Greenwich, are the range of its times.
 */
void smp_cal_zones_confine(struct cal_zones *zones, const char *tzid,
                           int32_t least, int32_t greatest);

void smp_cal_zones_release(struct cal_zones *zones);

/*
 * A time as a calendar has it: seconds on the wall clock of its zone. A day is
 * its midnight.
 */
struct cal_time {
    int64_t local;
    struct cal_zone *zone; /* never NULL */
    struct cal_zone * or ; /* of a time with TZID and Z: that of TZID, or NULL;
                              `zone` is UTC then */
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
 * read out of bounds if a month is no month; so each date goes through
 * here first.
 */
enum { CAL_YEAR_MIN = 1600, CAL_YEAR_MAX = 9999 };

/*
 * Returns false if there is no such date. The zone of `time` is that given,
 * unless it is UTC. A second of 60 is the 59th, 24:00:00 the next midnight.
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
 * *period, which may be NULL. Returns false if it is none, or empty.
 */
bool smp_cal_time_of(struct cal_time *time, icalproperty *property,
                     struct cal_zones *zones, struct icalperiodtype *period);

/* Days and seconds of a length, of 500 years each at most; returns false if it
 * is negative. */
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
 * As smp_windows_zone(), but for the places in a displayed name: "Eastern Time
 * (US & Canada)". Some places were moved, so ask again with the same *next, 0
 * at first, if the offset does not fit; NULL after the last one.
 */
const char *smp_windows_places(const char *places, size_t *next);

#endif
