#ifndef SMP_ICAL_COMPONENT_H
#define SMP_ICAL_COMPONENT_H

#include <libical/ical.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "ical/entries.h"

/*
 * What all that is written through libical needs. Nothing here returns NULL:
 * what could not be made ends the program as being out of memory does.
 */

/* To be called before each component is made: sets libical up. */
void smp_ical_begin(void);

/* Returns what libical has made. */
void *smp_ical_check(void *thing);

void smp_add_property(icalcomponent *component, icalproperty *property);
icalproperty *smp_x_property(const char *name, const char *value);

/* Seconds since 1970-01-01, of a wall clock or UTC; of a date, its day. */
struct icaltimetype smp_ical_time(int64_t seconds, bool is_date, bool utc);

/*
 * The VEVENT of an entry, whose end has been fixed (event.h): what a calendar
 * says of it, property by property. The caller frees it.
 */
icalcomponent *smp_event_component(const struct smp_entry *entry,
                                   const struct smp_zone *zone, bool local);

/* Appends the component's content lines, not folded, and frees it. */
void smp_component_lines(struct smp_buf *out, icalcomponent *component);

/* As smp_component_lines(), but folded. */
void smp_component_put(struct smp_buf *out, icalcomponent *component);

#endif
