#ifndef SMP_WRITE_EVENT_H
#define SMP_WRITE_EVENT_H

#include "base/buf.h"
#include "write/entries.h"

/*
 * Appends the entry as a VEVENT. A time of day is in UTC, or with `local` in
 * the zone, whose VTIMEZONE must be in the calendar then.
 */
void smp_event_put(struct smp_buf *out, const struct smp_entry *entry,
                   const struct smp_zone *zone, bool local);

/* The end that an entry is written with; to be put in its place before. */
struct smp_when smp_event_end(const struct smp_entry *entry,
                              const struct smp_zone *zone);

#endif
