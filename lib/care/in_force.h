#ifndef SMP_CARE_IN_FORCE_H
#define SMP_CARE_IN_FORCE_H

#include "care/care.h"
#include "care/resolve.h"

/*
 * Which items of a plan are in force on a day, for a question about the whole
 * day (rule 20 of smp-protocol(5)): what messages, entries and sheets list. An
 * item has given way, and is not in force, if the next session has ended it, if
 * a later session says the same, if each of its activities is forbidden by
 * others, or if it is a ban that others lift for each of its activities.
 */
struct smp_part;

struct smp_in_force {
    struct smp_plan *plan;
    const struct smp_protocol *protocol;
    struct smp_rivals *rivals;
    struct smp_sessions sessions;
    struct smp_item *items; /* the plan's, as far as they are looked at */
    size_t *places;         /* where the plan has them */
    size_t count;
    struct smp_part *parts; /* by item */
    size_t *first, *next;   /* items of one rule: by its number, then by item */
    size_t *chained;        /* how many there are, by its number */
    size_t work;            /* steps that rivals have taken, see in_force.c */
    size_t numbers;         /* of rules, those that the protocol lacks too */
};

/* How an item stands on a day on which it is in force. */
struct smp_state {
    const struct smp_item *item;
    bool perhaps; /* it may not have begun, or have ended already */
    bool unbegun; /* it may not have begun */
    bool begins;  /* it was not in force the day before */
    bool doubted; /* it was certain the day before, and is no more */
    bool endless; /* it goes on for ever */
};

/*
 * Looks at the items of a plan, but those of sessions that do not count, and
 * ends those that the next session ends. Without `proposed`, as if no session
 * were proposed. The plan stays as it is; memory is in its arena.
 */
void smp_in_force_find(struct smp_in_force *f, struct smp_plan *plan,
                       const struct smp_protocol *protocol,
                       struct smp_rivals *rivals, bool proposed);

/* Returns true if the i-th item is in force on a day; then *state is how. */
bool smp_in_force_on(struct smp_in_force *f, size_t i, int32_t day,
                     struct smp_state *state);

/* As smp_in_force_on, but without what the day before decides of *state. */
bool smp_in_force_now(struct smp_in_force *f, size_t i, int32_t day,
                      struct smp_state *state);

/* Adds that, from the state of the day before, NULL if not in force then. */
void smp_state_follow(struct smp_state *state, const struct smp_state *before);

/*
 * Returns true if the i-th item was in force the day before and its own window
 * is over on that day, and nothing in force still forbids what it forbade.
 */
bool smp_in_force_ended(struct smp_in_force *f, size_t i, int32_t day);

/*
 * Days of an item: the first day it touches, the first day it surely touches,
 * the first day on which it may have ended, and the first day on which it has.
 * SMP_DAY_OPEN if there is no such day. Care before a session begins on the day
 * on which the session was booked, at the earliest.
 */
#define SMP_DAY_OPEN INT32_MAX

struct smp_item_days {
    int32_t first, sure, perhaps_ended, ended;
};

struct smp_item_days smp_item_days(const struct smp_plan *plan,
                                   const struct smp_item *item);

/* Days, in any order; zeroed at first, `at` to be freed. */
struct smp_edges {
    int32_t *at;
    size_t count, room;
};

void smp_edges_add(struct smp_edges *edges, int32_t day);

/* Puts the days in ascending order, each once. */
void smp_edges_sort(struct smp_edges *edges);

/*
 * Adds all days on which the i-th item stands otherwise than the day before,
 * and perhaps others.
 */
void smp_in_force_edges(const struct smp_in_force *f, size_t i,
                        struct smp_edges *edges);

/*
 * Makes the items what is in force: one that gives way for some days becomes
 * the rest of it, or more than one item. For entries a rule and for sheets;
 * afterwards the struct has items only.
 */
void smp_in_force_settle(struct smp_in_force *f);

#endif
