#ifndef SMP_WRITE_EVENT_H
#define SMP_WRITE_EVENT_H

#include "write/entries.h"

/*
 * Appends the entry as a VEVENT, its properties in the order of the profile:
 * UID DTSTAMP LAST-MODIFIED SEQUENCE DTSTART DTEND and the rest. `local`: times
 * with the TZID of the zone instead of UTC.
 */
void smp_event_put(struct smp_buf *out, const struct smp_entry *entry,
                   const struct smp_zone *zone, bool local);

#endif
