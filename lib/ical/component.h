#ifndef SMP_ICAL_COMPONENT_H
#define SMP_ICAL_COMPONENT_H

#include <libical/ical.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/*
 * What all that is written through libical needs. Nothing here returns NULL:
 * what could not be made ends the program as being out of memory does.
 */

/* To be called before each component is made: sets libical up. */
void smp_ical_begin(void);

/* What libical has made. */
void *smp_made(void *thing);

void smp_add_property(icalcomponent *component, icalproperty *property);
icalproperty *smp_x_property(const char *name, const char *value);

/* Seconds since 1970-01-01, of a wall clock or UTC; of a date, its day. */
struct icaltimetype smp_ical_time(int64_t seconds, bool is_date, bool utc);

/* Appends the component as content lines and frees it. */
void smp_add_component(struct smp_buf *out, icalcomponent *component);

#endif
