#ifndef SMP_SERIES_SERIES_H
#define SMP_SERIES_SERIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "time/civil.h"

struct smp_plan;
struct smp_protocol;
struct smp_session;

/*
 * When a studio's chairs are taken: intervals [from, until) of instants, each
 * of which takes one chair. Memory grows with the number of intervals, not with
 * their length. Every lookup, addition and removal costs the logarithm of that
 * number, unless an interval spans thousands of others.
 */

/* Returns a schedule without intervals, to be freed with smp_busy_free(). */
struct smp_busy *smp_busy_new(void);
void smp_busy_free(struct smp_busy *busy);

/*
 * Takes a chair. Parts before 1900 or after 2100 are cut off, except for
 * SMP_BUSY_SLACK days on either side, because these years end later in UTC. An
 * empty interval takes nothing. Returns false after SMP_BUSY_MAX intervals, and
 * then takes nothing.
 */
enum { SMP_BUSY_MAX = 2000000, SMP_BUSY_SLACK = 3 };

bool smp_busy_add(struct smp_busy *busy, int64_t from, int64_t until);

/* Gives back the chair of an interval that smp_busy_add() has taken. */
void smp_busy_remove(struct smp_busy *busy, int64_t from, int64_t until);

/* A list of intervals of instants. Start with a zeroed struct. */
struct smp_interval {
    int64_t from, until;
};

struct smp_intervals {
    struct smp_interval *at;
    size_t count, room;
};

void smp_intervals_add(struct smp_intervals *list, int64_t from, int64_t until);

/* By their beginnings. */
void smp_intervals_sort(struct smp_intervals *list);
void smp_intervals_release(struct smp_intervals *list);

/* The most chairs that are taken at one instant of [from, until). */
int smp_busy_most(const struct smp_busy *busy, int64_t from, int64_t until);

/*
 * What a caller wants of a series, beyond the plan and the protocol. There are
 * at most SMP_CHOICES_MAX choices.
 */
enum { SMP_CHOICES_MAX = 999 };

struct smp_series_wanted {
    int count;                     /* sessions, 0: the protocol's number */
    int64_t length;                /* seconds of a session without a duration,
                                      0: the protocol's */
    const struct smp_hours *hours; /* NULL: always open */
    const struct smp_zone *hours_zone;  /* NULL: the plan's */
    const struct smp_intervals *closed; /* instants at which the studio is
                                           closed, ascending, apart; or NULL */
    const struct smp_days *away;        /* besides the plan's own */
    size_t away_count;
    int64_t step;   /* seconds between possible starts, from the opening time;
                       0: a minute */
    int64_t buffer; /* seconds that a chair stays taken after a session */
    bool has_ready;
    int32_t ready; /* the day by which a series without a session has healed */
    bool has_earliest;
    int64_t earliest;            /* instant before which nothing is proposed */
    const struct smp_busy *busy; /* NULL: not looked at */
    int chairs;                  /* of `busy`, at least 1 */
    int choices;                 /* times for the next session; 0: none */
    struct smp_when not_before; /* nothing begins before this time in the plan's
                                   zone; SMP_NEVER: no bound */
};

/*
 * Completes the series. Fixed sessions stay: those booked, done or cancelled,
 * and the first session even if it is only proposed. After them come proposals
 * until there are as many sessions as wanted, then the possible extra ones as
 * optional. A session that was proposed before a fixed session still counts as
 * wanted, even if that makes more sessions than `count`.
 *
 * A proposal
 *
 *   - lies inside one opening, clear of what is `closed`, and at every instant
 *     fewer than `chairs` chairs are taken;
 *   - touches no day away;
 *   - overlaps no other session of the plan, cancelled ones included (of which
 *     the whole day is taken if it has no time, or if there are no `hours`);
 *   - begins at `not_before` and `earliest` or later;
 *   - is on a day that the protocol's gap allows, after the last day of the
 *     session before, and lets the next fixed session keep its gap;
 *   - begins at a multiple of `step` after the opening time (after midnight, if
 *     the opening is as long as a day or unknown) or at the client's own time
 *     of day, at a local time that exists.
 *
 * If series with these properties exist, the one with the least cost is found.
 * Costs are compared in this order, each summed over the sessions:
 *
 *   1. proposals of the plan as it was that begin at another time,
 *   2. sessions on another weekday than the client's own,
 *   3. days between a session and the preferred day of its gap,
 *   4. seconds between its time of day and the client's own;
 *
 * Of equal series the earliest wins, session by session. The client's own
 * weekday and time are those of the last booked or done session before the
 * first proposal, else of the first session. A date without a time counts as
 * 10:00; proposals after it are dates too, unless they must begin at another
 * time.
 *
 * An old proposal keeps its duration. A new one, or one without a duration,
 * takes that of the session with the client's own weekday, else the wanted one.
 * If not all proposals between two fixed sessions, or after the last one, can
 * be placed with these durations, the first that cannot and all after it take
 * the client's own duration.
 *
 * If no series exists, the longest beginning of one is proposed, a warning
 * names the obstacles, and the result is false. A proposal between two fixed
 * sessions is dropped if there is no room for it; but if the later fixed
 * session breaks its gap even to the earlier one, and no proposal between can
 * mend that, the proposals are placed as if the later one did not exist.
 * Optional sessions are placed last; without room for one, only a warning says
 * so.
 *
 * Warnings about fixed sessions that break what proposals keep go into the
 * plan, too; a session that is done is only warned of for its gap. `busy` must
 * contain the plan's own fixed sessions, each once (see smp_series_take()).
 *
 * plan->changes becomes the difference to the old proposals, empty if there
 * were none. A session that moves keeps its identity, and its `sequence` grows.
 * plan->choices become the best times for the next proposed session: the
 * proposal, then others by their cost as if nothing had been proposed before.
 * After each of them as many sessions can follow, and no two overlap.
 *
 * If all sessions are cancelled, nothing is proposed, and the result is true.
 *
 * If the plan has no session at all, and `ready` is given with
 * `not_before` or `earliest`, the first session is proposed too: as late as a
 * series exists whose sessions are all on days after which the client has
 * healed, by the longest usual time, no later than `ready`. No later start
 * allows one. The result is false, and a warning says so, if there is none.
 */
bool smp_series_complete(struct smp_plan *plan,
                         const struct smp_protocol *protocol,
                         const struct smp_series_wanted *wanted);

/*
 * Sets plan->closures: the days on which no session of the usual length can be,
 * in the months from the first session to the last possible day.
 */
void smp_series_closures(struct smp_plan *plan,
                         const struct smp_protocol *protocol,
                         const struct smp_series_wanted *wanted);

/*
 * The days of `busy` that smp_series_complete() may look at, and one more on
 * either side for time zones. Returns false if it looks at none.
 */
bool smp_series_reach(const struct smp_plan *plan,
                      const struct smp_protocol *protocol,
                      const struct smp_series_wanted *wanted, int32_t *first,
                      int32_t *last);

/*
 * How much room a series has: the minutes at which its sessions can begin.
 * Clients with the least room should be served first. SMP_SERIES_HOPELESS if no
 * whole series exists, INT64_MAX if nothing is to be proposed: these clients
 * lose nothing by coming last.
 */
#define SMP_SERIES_HOPELESS (INT64_MAX - 1)

int64_t smp_series_slack(const struct smp_plan *plan,
                         const struct smp_protocol *protocol,
                         const struct smp_series_wanted *wanted);

/* When a session is, as instants; without a length it takes the wanted one. */
struct smp_interval smp_series_interval(const struct smp_plan *plan,
                                        const struct smp_session *session,
                                        const struct smp_protocol *protocol,
                                        const struct smp_series_wanted *wanted);

/*
 * The sessions of a plan that take a chair. Fixed ones stay: booked or done,
 * and the first session even if it is only proposed. Proposed ones can move;
 * the first of them is the next session, which plan->choices are for. Optional
 * ones take no chair: they may never be needed.
 */
enum smp_series_which { SMP_SERIES_FIXED, SMP_SERIES_PROPOSED };

bool smp_series_is(const struct smp_plan *plan,
                   const struct smp_session *session,
                   enum smp_series_which which);

/* Takes their chairs; of `wanted` only the length matters. False if `busy` is
 * full. */
bool smp_series_take(const struct smp_plan *plan,
                     const struct smp_protocol *protocol,
                     const struct smp_series_wanted *wanted,
                     enum smp_series_which which, struct smp_busy *busy);

#endif
