#ifndef SMP_ICAL_TEMPLATE_H
#define SMP_ICAL_TEMPLATE_H

#include "base/buf.h"
#include "ical/entries.h"

/*
 * Events by copying. What a calendar says of one rule it says to every client:
 * the events differ in UID, dates, stamps, SUMMARY and what they are related
 * to. So libical makes the event of each text once, as a model; it is cut where
 * those values stand, and becomes a template (slot.h). That is filled in twice:
 * with what many entries have in common it is a form (form.h), of which each
 * event is a copy, with its UID put in and its times written over.
 *
 * An entry whose UID needs folding or escapes, and one that names an organizer
 * or attendee, is libical's to write; so is what is said for the first time,
 * for most is said once. Each template has to write the entry it was made for
 * as libical does, octet for octet, or is never used. What the built-in
 * protocols say most often has templates in the library (ready.h).
 *
 * Templates are found by a hash of what they say and compared before they are
 * used, texts by their octets, zones by where they are: a zone lasts as long as
 * the templates that were used with it.
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
