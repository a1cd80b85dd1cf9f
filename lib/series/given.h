#ifndef SMP_SERIES_GIVEN_H
#define SMP_SERIES_GIVEN_H

#include "series/starts.h"

/* Sessions that are given; for the .c files of this room alone. */

/* A length in seconds; where it is 0 the one wanted, else the protocol's. */
int64_t smp_given_length_or(int64_t length, const struct smp_protocol *protocol,
                            const struct smp_series_wanted *wanted);

/* From when until when a session lasts, as instants. */
struct smp_interval smp_given_interval(const struct smp_plan *plan,
                                       const struct smp_session *session,
                                       const struct smp_protocol *protocol,
                                       const struct smp_series_wanted *wanted);

/* The days after its own that a session reaches into. */
int smp_given_tail(const struct smp_plan *plan,
                   const struct smp_session *session,
                   const struct smp_protocol *protocol,
                   const struct smp_series_wanted *wanted);

/* Warns of what given sessions break. */
void smp_given_check(struct smp_plan *plan, const struct smp_protocol *protocol,
                     const struct smp_series_wanted *wanted,
                     struct smp_starts *starts);

#endif
