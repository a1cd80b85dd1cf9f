#ifndef SMP_SERIES_SERIES_H
#define SMP_SERIES_SERIES_H

#include "plan/plan.h"
#include "protocol/protocol.h"

/*
 * The gap that the protocol wants between a session and the one after it, as
 * whole days: [min, max], counted from the previous session or the first.
 * Gaps that are given for a session's number win over those for each; those
 * with an `if` are not considered.
 */
struct smp_series_gap {
    bool from_first;
    int32_t first, last; /* the days the next session may fall on */
    int32_t best;        /* the one that is preferred, else `first` */
    bool has_first, has_last;
};

/* For the session `number`, whose predecessors are in the plan. */
struct smp_series_gap smp_series_gap(const struct smp_plan *plan,
                                     const struct smp_protocol *protocol,
                                     int number);

/*
 * Completes the series: sessions that are given stay; up to `count` sessions
 * (0: the protocol's usual number) are proposed after them, then the possible
 * extra ones as optional. A proposal keeps the weekday and time of day of the
 * session before it where the gap allows: of the days with that weekday the
 * one nearest to the preferred gap, the earlier of two; where there is none,
 * the preferred day itself. Warnings about given sessions that break a gap,
 * and about days that cannot be found, go into the plan. False where a session
 * that is not optional found no day.
 */
bool smp_series_complete(struct smp_plan *plan,
                         const struct smp_protocol *protocol, int count);

#endif
