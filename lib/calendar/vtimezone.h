#ifndef SMP_CALENDAR_VTIMEZONE_H
#define SMP_CALENDAR_VTIMEZONE_H

#include <libical/ical.h>

#include "calendar/zones.h"

/*
 * Makes a zone of a VTIMEZONE, good from 1970 to the year `last`,
 * and explains its TZID by it. Returns NULL, else what is wrong with it. Its
 * rules must be yearly ones. *steps: of libical's iterators, those left.
 */
const char *smp_cal_vtimezone(struct cal_zones *zones, icalcomponent *component,
                              int last, long *steps);

#endif
