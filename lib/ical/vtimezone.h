#ifndef SMP_ICAL_VTIMEZONE_H
#define SMP_ICAL_VTIMEZONE_H

#include <libical/ical.h>
#include <stdint.h>

#include "time/zone.h"

/*
 * The zone as a new VTIMEZONE component (RFC 5545 section 3.6.5), which the
 * caller frees. Its TZID is the name of the zone. It is right for every
 * instant `from` to `until`, seconds since 1970-01-01T00:00:00Z.
 *
 * Where the rule of the zone holds all that time there is one DAYLIGHT and one
 * STANDARD with a yearly rule, and one more for a change that can fall in
 * either of two months. Otherwise there is an observance for the offset at
 * `from` and one for each change of it. DAYLIGHT are those that put the clock
 * forward by up to three hours, whatever a zone calls its standard time.
 */
icalcomponent *smp_vtimezone(const struct smp_zone *zone, int64_t from,
                             int64_t until);

/*
 * The first day, from `day` on, of a yearly rule as a VTIMEZONE has it: by
 * month and week, by month and its days, or by the day of the year (RFC 5545,
 * section 3.3.10). libical's own iterator computes with ICU, and to load that
 * takes longer than to write a calendar.
 */
int32_t smp_first_rule_day(const struct icalrecurrencetype *rule, int32_t day);

#endif
