#ifndef SMP_CARE_RESOLVE_H
#define SMP_CARE_RESOLVE_H

#include "plan/plan.h"
#include "protocol/protocol.h"

/*
 * When a rule holds for a session: its window turned into days and times.
 *
 * A bound is reached at the earliest at `low` and at the latest at `high`;
 * both are SMP_DAY or SMP_LOCAL in the plan's zone. A high of SMP_NEVER: it may
 * never come. A low of SMP_NEVER: it does not come.
 *
 * d w mo y count from the session's calendar day; min h count elapsed time
 * from the session's start (pre-care) or end (post-care). "0" is the session's
 * start as an end, its end as a beginning of post-care. A milestone 7d..10d is
 * reached between the beginning of day 7 and the end of day 10.
 */
struct smp_bound {
    struct smp_when low, high;
};

struct smp_extent {
    bool applies; /* by scope and series; else the rest means nothing */
    struct smp_bound start, end;
};

struct smp_extent smp_resolve(const struct smp_protocol *protocol,
                              const struct smp_plan *plan,
                              const struct smp_session *session,
                              const struct smp_rule *rule);

/* The session that counts after a number, or NULL. */
const struct smp_session *smp_next_session(const struct smp_plan *plan,
                                           int number);

bool smp_scope_holds(const struct smp_protocol *protocol,
                     const struct smp_plan *plan,
                     const struct smp_session *session, enum smp_scope scope);

/* The final session: the highest that counts; NULL where none does. */
const struct smp_session *smp_final_session(const struct smp_plan *plan);

#endif
