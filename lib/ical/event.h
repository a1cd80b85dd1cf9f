#ifndef SMP_ICAL_EVENT_H
#define SMP_ICAL_EVENT_H

#include "ical/entries.h"

/*
 * Appends the entry as a VEVENT, its properties in the order of the profile:
 * UID DTSTAMP LAST-MODIFIED SEQUENCE DTSTART DTEND and the rest, as
 * smp_event_component() has them (component.h). The end of the entry has been
 * fixed. `local`: times with the TZID of the zone instead of UTC; the zone
 * lasts as long as the templates.
 */
void smp_event_put(struct smp_templates *templates, struct smp_buf *out,
                   const struct smp_entry *entry, const struct smp_zone *zone,
                   bool local);

/*
 * Fixes when an entry ends, and finds its instants. In the hour that a change
 * of the clock repeats, a local end may be read as one before the start: it is
 * an instant then, and the entry keeps its length.
 */
void smp_event_fix_end(struct smp_entry *entry, const struct smp_zone *zone,
                       struct smp_zone_near *near);

#endif
