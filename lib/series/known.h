#ifndef SMP_SERIES_KNOWN_H
#define SMP_SERIES_KNOWN_H

#include "series/search.h"

/* What a search knows of days; for the .c files of this room alone. */

/*
 * The times of a day, which is after that of the session before the run: found
 * once for each length of session.
 */
struct smp_day_starts smp_known_starts_on(struct smp_search *search,
                                          int32_t day, int64_t length);

void smp_known_release(struct smp_search *search);

#endif
