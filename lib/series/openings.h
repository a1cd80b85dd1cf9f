#ifndef SMP_SERIES_OPENINGS_H
#define SMP_SERIES_OPENINGS_H

#include "series/busy.h"
#include "time/hours.h"
#include "time/zone.h"

/* Opening hours as instants; for the .c files of this room alone. */
struct smp_openings {
    const struct smp_hours *hours;
    const struct smp_zone *zone; /* that of the hours */
};

/*
 * Sets the list to the openings that touch a day of another zone (NULL, or
 * the same: of their own), whole: in their order, apart from each other.
 */
void smp_openings_on(const struct smp_openings *openings,
                     const struct smp_zone *zone, int32_t day,
                     struct smp_intervals *list);

#endif
