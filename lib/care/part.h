#ifndef SMP_CARE_PART_H
#define SMP_CARE_PART_H

#include "care/resolve.h"
#include "protocol/kinds.h"

/*
 * A part: one rule of one session as a ban, a task or a permission, and when
 * it is in force; for the .c files of this room alone. verdict.c explains it.
 */
enum smp_part_kind {
    SMP_PART_BAN,
    SMP_PART_TASK,
    SMP_PART_PERMISSION,
    SMP_PART_OTHER
};

/* In place of a moment that does not come. */
#define SMP_PART_NEVER INT64_MAX

struct smp_part {
    const struct smp_rule *rule;
    size_t number;  /* of the rule */
    size_t session; /* its index */
    enum smp_part_kind kind;
    bool waited; /* the permission of a `wait` */
    int distance;
    int64_t start, start_latest, end_earliest, end; /* local times */
    int64_t holds_until; /* times asked must end by then (10) */
};

enum smp_force { SMP_FORCE_NO, SMP_FORCE_PERHAPS, SMP_FORCE_SURE };

/* What a rule is: `wait` is a ban here. */
enum smp_part_kind smp_part_kind_of(enum smp_verb verb);

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

#endif
