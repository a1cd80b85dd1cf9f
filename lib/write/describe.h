#ifndef SMP_WRITE_DESCRIBE_H
#define SMP_WRITE_DESCRIBE_H

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

/* Whether a text alone makes a description as it is. */
bool smp_description_is_kept(const char *text);

/* One more line of a description, unless it would grow too long. */
void smp_description_line(struct smp_buf *out, const char *first,
                          const char *text);

#endif
