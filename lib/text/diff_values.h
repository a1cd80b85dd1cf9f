#ifndef SMP_TEXT_DIFF_VALUES_H
#define SMP_TEXT_DIFF_VALUES_H

#include "protocol/protocol.h"

/* What is told of a difference: of what, in what of it, and the two values. */
typedef void smp_diff_told(void *context, const char *id, const char *what,
                           const char *from, const char *to);

/*
 * Compares the effective texts of two protocols as they are written, member by
 * member, but for what a comparison in words tells all of: the members of rules
 * that are named in `told`, which NULL ends, whole rules, answers, the length
 * of a session and the time of healing. from or to is NULL where a value is new
 * or gone; of sets of names they are the names that only one has.
 */
void smp_diff_values(const struct smp_protocol *before,
                     const struct smp_protocol *after, const char *const *told,
                     smp_diff_told *tell, void *context);

#endif
