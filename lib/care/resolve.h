#ifndef SMP_CARE_RESOLVE_H
#define SMP_CARE_RESOLVE_H

#include "care/sessions.h"

/*
 * When a rule holds for a session: its window turned into days and times.
 *
 * d w mo y count from the session's calendar day; min h count elapsed time
 * from the session's start (pre-care) or end (aftercare). "0" is the session's
 * start as an end, its end as a beginning of aftercare. A milestone 7d..10d is
 * reached between the beginning of day 7 and the end of day 10.
 */
struct smp_extent {
    bool applies; /* by scope and series; else the rest means nothing */
    struct smp_bound start, end;
};

/* The i-th of the sessions. Conditions are not looked at. */
struct smp_extent smp_resolve(const struct smp_sessions *sessions, size_t i,
                              const struct smp_rule *rule);

/* Whether it ends before it begins, or when it begins. */
bool smp_extent_is_empty(const struct smp_extent *extent);

#endif
