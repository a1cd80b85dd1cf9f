#ifndef SMP_SERIES_GIVEN_H
#define SMP_SERIES_GIVEN_H

#include "series/starts.h"

/* Sessions that are given; for the .c files of this room alone. */

/* A length in seconds; where it is 0 the one wanted, else the protocol's. */
int64_t smp_given_length_or(int64_t length, const struct smp_protocol *protocol,
                            const struct smp_series_wanted *wanted);

/*
 * Whose weekday, time and length are the client's own, where the first session
 * that is proposed has this number: the last one booked or done before it, else
 * the first of all. Of a plan with a session that is not cancelled.
 */
const struct smp_session *smp_given_own(const struct smp_plan *plan, int first);

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
