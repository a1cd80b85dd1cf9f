#ifndef SMP_SERIES_SERIES_H
#define SMP_SERIES_SERIES_H

#include "plan/plan.h"
#include "protocol/protocol.h"
#include "series/busy.h"
#include "time/hours.h"

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
 * What is wanted of a series, beyond the plan and the protocol. There are
 * never more than SMP_CHOICES_MAX choices.
 */
enum { SMP_CHOICES_MAX = 999 };

struct smp_series_wanted {
    int count;                     /* sessions, 0: the protocol's number */
    int64_t length;                /* seconds of a session without a duration,
                                      0: the protocol's */
    const struct smp_hours *hours; /* NULL: always open */
    const struct smp_zone *hours_zone; /* NULL: the plan's */
    const struct smp_days *away;       /* besides the plan's own */
    size_t away_count;
    const struct smp_busy *busy; /* NULL: not looked at */
    int chairs;                  /* of `busy`, at least 1 */
    int choices;                 /* times for the next session; 0: none */
    struct smp_when not_before; /* nothing begins before this time in the plan's
                                   zone; SMP_NEVER: no bound */
};

/*
 * Completes the series: sessions that are given (booked, done or cancelled)
 * stay, and so does the first one of all; after them come proposals until
 * there are as many as are wanted, then the possible extra ones as optional.
 * Proposals before one that is given are wanted even if these are more.
 *
 * A proposal lies wholly inside one opening, at every instant of it fewer than
 * `chairs` are taken, none of its days is a day away, it overlaps no other
 * session of the plan, nor one that is cancelled (of a date alone, or without
 * `hours`, the whole day), begins not before `not_before`, and its day is one
 * that
 * the protocol's gap allows, later than the last day of the session before
 * (and such that one given after it keeps its gap). It begins at a whole
 * minute or at the client's own time of day, at a local time that exists.
 * Where such a series exists, one is found: that with the least cost, which is
 * compared in this order, each summed over the sessions:
 *
 *   1. proposals of the plan as it was that begin at another time,
 *   2. sessions on another weekday than the client's own,
 *   3. days between a session and the preferred day of its gap,
 *   4. seconds between its time of day and the client's own;
 *
 * of equal ones the earliest, session by session. The client's own weekday and
 * time are those of the last booked or done session before the first proposal,
 * else of the first session. A session given as a date alone counts as one
 * that begins at 10:00; those proposed after it are dates too unless they must
 * begin at another time.
 *
 * A proposal of the plan as it was keeps its duration; what is new, or had
 * none, takes that of the session that weekday and time are of, else the one
 * wanted. Where not all of those between two that are given, or after the last
 * of these, can be placed so, the first that cannot and those after it take
 * that too.
 *
 * Where no series exists, the longest beginning of one is proposed, a warning
 * says what stands in the way, and the result is false. A proposal between two
 * sessions that are given is dropped where there is no room for it; but where
 * the later one breaks its gap even to the earlier one, and none between can
 * mend that, they are placed as if it were not there. Extra sessions are looked
 * for when the others are fixed; where there is no room for one, a warning says
 * so and nothing else.
 *
 * Warnings about given sessions that break what proposals keep go into the
 * plan, too; of those that are done only about their gaps. `busy` must have
 * the plan's own given sessions in it, each once (smp_series_take): what is
 * warned of is more than `chairs` at a time.
 *
 * plan->changes becomes what is different from the proposals that were there
 * before, empty where there were none: so whoever keeps plan->updated looks at
 * its count. A session that is moved keeps its identity, and its `sequence`
 * grows. plan->choices become the best times for the next session that is
 * proposed, with each of which as many sessions can follow and of which no two
 * overlap: first the time that is proposed, then the others by their cost, as
 * if nothing had been proposed before.
 */
bool smp_series_complete(struct smp_plan *plan,
                         const struct smp_protocol *protocol,
                         const struct smp_series_wanted *wanted);

/*
 * Sets plan->closures: in the months from the first session to the last day
 * that one is possible, the days on which no session of the usual length can
 * be.
 */
void smp_series_closures(struct smp_plan *plan,
                         const struct smp_protocol *protocol,
                         const struct smp_series_wanted *wanted);

/*
 * The days that smp_series_complete may look at in `busy`; false where it
 * looks at none. A day more on either side makes up for time zones.
 */
bool smp_series_reach(const struct smp_plan *plan,
                      const struct smp_protocol *protocol,
                      const struct smp_series_wanted *wanted, int32_t *first,
                      int32_t *last);

/*
 * How much room a client has: the less, the sooner it should be served where
 * many want the same chairs. SMP_SERIES_HOPELESS where no whole series exists,
 * INT64_MAX where nothing is to be proposed: these lose nothing by coming last.
 */
#define SMP_SERIES_HOPELESS (INT64_MAX - 1)

int64_t smp_series_slack(const struct smp_plan *plan,
                         const struct smp_protocol *protocol,
                         const struct smp_series_wanted *wanted);

/* When a session is, as instants, by its length or the one that is wanted. */
struct smp_interval smp_series_interval(const struct smp_plan *plan,
                                        const struct smp_session *session,
                                        const struct smp_protocol *protocol,
                                        const struct smp_series_wanted *wanted);

/*
 * The sessions of a plan that take a chair. Given are those that stay: booked
 * or done, and the first one of all even if it is only proposed. The other ones
 * that are proposed may move; the first of these is the next session, that
 * plan->choices are for. Optional ones take none, they may never be.
 */
enum smp_series_which { SMP_SERIES_FIXED, SMP_SERIES_PROPOSED };

bool smp_series_is(const struct smp_plan *plan,
                   const struct smp_session *session,
                   enum smp_series_which which);

/* Takes their chairs. Of `wanted` the length counts. False where `busy` is
 * full. */

bool smp_series_take(const struct smp_plan *plan,
                     const struct smp_protocol *protocol,
                     const struct smp_series_wanted *wanted,
                     enum smp_series_which which, struct smp_busy *busy);

#endif
