#ifndef SMP_PROTOCOL_CHECK_H
#define SMP_PROTOCOL_CHECK_H

#include "protocol/loader.h"

/*
 * What is worth a second look in a protocol that can be read. Only findings in
 * the files that were given are told, not those in the built-in protocol
 * below them. For the check*.c files of this room.
 */

/* A finding about GROUP/ID, or about its member if that is not NULL. */
void smp_check_tell(struct loader *loader, enum smp_severity severity,
                    const char *group, const char *id, const char *member,
                    const char *format, ...)
    __attribute__((format(printf, 6, 7)));

/* Roughly when a point is reached, in seconds from the session. */
bool smp_check_roughly(const struct smp_protocol *protocol,
                       const struct smp_point *point, bool latest,
                       int64_t *seconds);

/* Aliases that two things claim. */
void smp_check_aliases(struct loader *loader);

void smp_check_gap(struct loader *loader, const struct smp_gap *gap,
                   size_t index);

/* Pre-care while the aftercare of the session before still holds. */
void smp_check_collisions(struct loader *loader);

/* What a translation of the built-in protocol lacks. */
void smp_check_translation(struct loader *loader);

#endif
