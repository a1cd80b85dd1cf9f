#ifndef SMP_CALENDAR_TIMES_H
#define SMP_CALENDAR_TIMES_H

#include <libical/ical.h>

#include "calendar/zones.h"

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

#endif
