#ifndef SMP_ICAL_DESCRIBE_H
#define SMP_ICAL_DESCRIBE_H

#include "care/stretch.h"
#include "protocol/protocol.h"

/* The words of a calendar entry about a stretch of days. */

/* Its title: what begins, else what may have ended, else what has. */
void smp_stretch_title(struct smp_buf *out, const struct smp_protocol *protocol,
                       const struct smp_stretch *stretch);

/* All that holds, a line each. */
void smp_stretch_lines(struct smp_buf *out, const struct smp_protocol *protocol,
                       const struct smp_stretch *stretch);

/* The same, with the question of healing and what is over. */
void smp_stretch_text(struct smp_buf *out, const struct smp_protocol *protocol,
                      const struct smp_stretch *stretch);

/*
 * Whether the text of an item alone makes a description as it is: what comes
 * from the protocol has been cleaned.
 */
bool smp_description_is_kept(const struct smp_item *item);

/* One more line of a description, unless it would grow too long. */
void smp_description_line(struct smp_buf *out, const char *first,
                          const char *text);

#endif
