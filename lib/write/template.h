#ifndef SMP_WRITE_TEMPLATE_H
#define SMP_WRITE_TEMPLATE_H

#include "base/buf.h"
#include "write/entries.h"

/*
 * Events by copying. What a calendar says of one rule it says to every client:
 * the events differ in UID, dates, stamps, SUMMARY and what they are related
 * to. So libical makes the event of each text once, as a model; it is cut where
 * those values stand, and becomes a template. A template in which one client's
 * summary and the like are filled in is a form: the many events of one item
 * are copies of it, with the UID put in and the times written over.
 * An entry whose UID needs folding or escapes, and one that names an organizer
 * or attendee, is libical's to write.
 * Each template has to write the entry it was made for as libical does, octet
 * for octet, or is never used.
 */
/* The way libical writes an entry, which is the authority. */
typedef void smp_event_writer(struct smp_buf *out,
                              const struct smp_entry *entry,
                              const struct smp_zone *zone, bool local);

/*
 * Appends the event of an entry, whose end is known to be after its start in
 * UTC, by a template or else by `plain`.
 */
void smp_template_put(struct smp_templates *templates, struct smp_buf *out,
                      const struct smp_entry *entry,
                      const struct smp_zone *zone, bool local,
                      smp_event_writer *plain);

/*
 * To be called between clients: the texts of entries may have changed. Until
 * then the same pointer is the same text.
 */
void smp_templates_next(struct smp_templates *templates);

#endif
