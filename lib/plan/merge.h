#ifndef SMP_PLAN_MERGE_H
#define SMP_PLAN_MERGE_H

#include <stdbool.h>
#include <stdint.h>

struct smp_err;
struct smp_plan;

/* By enum smp_reply_kind, ended by NULL. */
extern const char *const smp_answer_names[];

/*
 * New plans, made from a booking system, meet those that are kept. The kept
 * plan stays the one it is (its id, numbers, uids, healing, facts, and members
 * that nobody knows); what the system says of name, address, time and status
 * comes in.
 */
struct smp_merge {
    int64_t now;
    bool looks;   /* for sessions that have vanished; false: none has */
    bool cancels; /* them, if they begin on these days */
    bool waits;   /* ... and had vanished before this merge */
    int32_t from, until;

    unsigned long coming, gone; /* sessions to come, and those of them that
                                   have vanished and may be cancelled */
    unsigned long noticed;      /* vanished ones, when they are first seen */
};

/*
 * Changes the kept plan by the new one, NULL if the client has vanished from
 * the export. Returns whether anything changed; then its `changes` say what,
 * and times and statuses that changed raised `sequence` and `updated`. Texts of
 * the new plan are referred to. False with an error if the new one cannot be
 * merged: the plan is then as it was, apart from its changes.
 */
bool smp_plan_merge(struct smp_merge *merge, struct smp_plan *plan,
                    const struct smp_plan *other, struct smp_err *err);

/* Whether an id was made from a name or an address, by a keyed hash. */
bool smp_plan_id_is_made(const char *id);

#endif
