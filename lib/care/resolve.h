#ifndef SMP_CARE_RESOLVE_H
#define SMP_CARE_RESOLVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol/activity_graph.h"
#include "plan/plan.h"
#include "care/care.h"

/*
 * The sessions of a plan that count, by time, and when the scalp has healed
 * after each: rules 6 to 9 of smp-protocol(5).
 */

/* A bound: reached at `low` at the earliest and at `high` at the latest, each
 * SMP_DAY or SMP_LOCAL in the plan's zone. A high of SMP_NEVER may never
 * come, a low of SMP_NEVER does not come. */
struct smp_bound {
    struct smp_when low, high;
};

struct smp_sessions {
    const struct smp_protocol *protocol;
    const struct smp_plan *plan;
    size_t count;
    const struct smp_session *at[SMP_NUMBER_MAX]; /* by start, then number */
    int before;    /* treatments that the client had before at[0] */
    bool finished; /* the series: at[count - 1] is its final session */
    const struct smp_session *optional; /* the latest after that one, or NULL */
    enum smp_healing_note notes[SMP_NUMBER_MAX];
    int32_t healed_by[SMP_NUMBER_MAX];       /* the day, of SMP_NOTE_HEALED */
    struct smp_bound healed[SMP_NUMBER_MAX]; /* by smp_sessions_heal */
};

/*
 * Finds them in a plan, without those that are only proposed unless `proposed`
 * is set, and heals them by what the plan says. Allocates nothing; the plan
 * must not change meanwhile.
 */
void smp_sessions_find(struct smp_sessions *sessions,
                       const struct smp_protocol *protocol,
                       const struct smp_plan *plan, bool proposed);

/* Finds `healed` anew after a change of the notes. */
void smp_sessions_heal(struct smp_sessions *sessions);

/* The index of a session, or `count`. */
size_t smp_sessions_index(const struct smp_sessions *sessions, int number);

/* The index of the last session no later than a day, or `count`. */
size_t smp_sessions_last_by(const struct smp_sessions *sessions, int32_t day);

/* Returns true if the plan notes nothing about healing after a session. */
bool smp_sessions_is_open(const struct smp_sessions *sessions, size_t i);

/*
 * The usual range of healing after a session: from the beginning of its first
 * day to the end of its last, SMP_NEVER without a range.
 */
struct smp_bound smp_sessions_range(const struct smp_sessions *sessions,
                                    size_t i);

/* When a session starts and ends, as local times. */
int64_t smp_sessions_start(const struct smp_sessions *sessions, size_t i);
int64_t smp_sessions_end(const struct smp_sessions *sessions, size_t i);

/* The start of the next session that counts; INT64_MAX without one. */
int64_t smp_sessions_next_start(const struct smp_sessions *sessions, size_t i);

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

/* Returns true if it ends before it begins, or when it begins. */
bool smp_extent_is_empty(const struct smp_extent *extent);

/* Returns true if the plan's facts have all tags of `if` and none of `unless`.
 */
bool smp_conditions_hold(const struct smp_rule *rule,
                         const struct smp_plan *plan);

/*
 * A part: one rule of one session as a ban, a task or a permission, and when
 * it is in force; for the .c files of this room alone. verdict.c explains it.
 */

/* In place of a moment that does not come. */
#define SMP_PART_NEVER INT64_MAX

struct smp_part {
    const struct smp_rule *rule;
    size_t number;  /* of the rule */
    size_t session; /* its index */
    enum smp_verb_kind kind;
    bool waited; /* the permission of a `wait` */
    int distance;
    int64_t start, start_latest, end_earliest, end; /* local times */
    int64_t holds_until; /* times asked must end by then (10) */
};

enum smp_force { SMP_FORCE_NO, SMP_FORCE_PERHAPS, SMP_FORCE_SURE };

bool smp_rule_is_conditional(const struct smp_rule *rule);

/* A moment as a number; SMP_PART_NEVER for SMP_NEVER. */
int64_t smp_part_time(struct smp_when when);

/*
 * Fills a part by a rule of the protocol, by its number, for the i-th of the
 * sessions; distance is 0. Returns false if the rule does not apply to it
 * (conditions are not looked at).
 */
bool smp_part_of_rule(struct smp_part *part,
                      const struct smp_sessions *sessions, size_t i,
                      size_t number);

/* The permission that follows the ban of a `wait`. */
struct smp_part smp_part_waited(const struct smp_sessions *sessions,
                                struct smp_part ban);

/* Gives a part its other times once its four moments are known (4, 10). */
void smp_part_settle(struct smp_part *part,
                     const struct smp_sessions *sessions);

/* Returns true if it is in force at the time asked (5). */
enum smp_force smp_part_force(const struct smp_part *part,
                              const struct smp_sessions *sessions,
                              const struct smp_question *q);

/* Returns true if it could lift a ban: certainly in force at some moment asked.
 */
bool smp_part_may_lift(const struct smp_part *part,
                       const struct smp_question *q);

/* Returns true if its rule may lift that of a ban, as kin of it (12 b). */
bool smp_rule_fits(const struct smp_rule *lifter, const struct smp_rule *ban,
                   enum smp_kin kin);

/*
 * Returns true if one lifts a ban in force at the time asked; kin is that of
 * their rules for the activity asked about (12).
 */
bool smp_part_lifts(const struct smp_part *lifter, const struct smp_part *ban,
                    const struct smp_sessions *sessions, enum smp_kin kin,
                    const struct smp_question *q);

/*
 * For many questions about one plan, of which only the verdict and what
 * decided it count: smp_judge_set() says what they are about, then
 * smp_judge_verdict() fills in `verdict`, `rule` and `session` alone. The plan
 * must not change in between. `activity`, `healed` and `booked_only` of the
 * question are not looked at.
 */
void smp_judge_set(struct smp_judge *judge, const struct smp_plan *plan,
                   const char *activity);
struct smp_ruling smp_judge_verdict(struct smp_judge *judge,
                                    const struct smp_question *question);

#endif
