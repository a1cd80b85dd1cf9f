#ifndef SMP_CARE_IN_FORCE_H
#define SMP_CARE_IN_FORCE_H

#include "care/resolve.h"

/*
 * Which items of a plan are in force on a day, for a question about the whole
 * day (rule 20 of smp-protocol(5)): what messages, entries and sheets list. An
 * item has given way, and is not in force, if the next session has ended it, if
 * a later session says the same, if each of its activities is forbidden by
 * others, or if it is a ban that others lift for each of its activities.
 */
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

/*
 * Periods: runs of days with the same care, for one session and phase. A
 * calendar shows one entry per period instead of one per rule.
 *
 * A new period starts on each day on which an item starts, becomes certain, may
 * end, ends, or gives way to another. A new period also starts the day before
 * the session, on its day, and the day after. For example, an item "0d/healed"
 * after a session on 1 December, usually healed on 8 to 11 December, makes
 * periods that start on 1 December (session), 2 December (day after), 8
 * December (may be healed) and 12 December (healed).
 *
 * A ban counts as certain from its first possible day.
 */
enum smp_period_kind {
    SMP_PERIOD_BEFORE,      /* pre-care, two days before or earlier */
    SMP_PERIOD_EVE,         /* pre-care, the day before */
    SMP_PERIOD_SESSION_DAY, /* pre-care, the session's day */
    SMP_PERIOD_CARE_BEGINS, /* aftercare, the session's day */
    SMP_PERIOD_LATER        /* any later day */
};

struct smp_period {
    int session;
    enum smp_phase phase;
    enum smp_period_kind kind;
    int32_t first, end;  /* end is exclusive, or SMP_DAY_OPEN */
    const char *opening; /* "RULE EDGE" that starts the period, or "day N" */
    struct smp_state *states; /* the items in force, in the plan's order */
    size_t state_count;
    const struct smp_item **ended; /* the items whose window has just ended */
    size_t ended_count;
};

/*
 * Finds the periods of one session and phase, in order of time, and returns how
 * many there are. Everything is allocated in the plan's arena. Days without
 * care are left out, unless care ended on the first of them: that period has
 * `ended`, and no states.
 */
size_t smp_periods(struct smp_in_force *f, const struct smp_session *session,
                   enum smp_phase phase, struct smp_period **out);

/* Returns the pre-care of the session's own day, as a period of one day. */
struct smp_period smp_period_of_day(struct smp_in_force *f,
                                    const struct smp_session *session);

/*
 * Returns true if a calendar can leave the period out: no item begins, no ban
 * holds or ends, and the items in force have no end. A period of pre-care
 * without items is quiet too.
 */
bool smp_period_is_quiet(const struct smp_period *period);

/* Returns true if no item in force has an end, or if none is in force. */
bool smp_period_is_endless(const struct smp_period *period);

/* Returns true if a ban is in force. */
bool smp_period_forbids(const struct smp_period *period);

/*
 * What is said of an item in force on a day. If it is only perhaps in force, a
 * proviso says so; but what may have ended with healing goes on as before,
 * because the question of healing is asked below the list.
 */

/* The proviso that stands before its text, NULL: none. */
const char *smp_state_proviso(const struct smp_protocol *protocol,
                              const struct smp_state *state);

/* Its text, with a proviso before what may not have begun. */
void smp_state_words(struct smp_buf *out, const struct smp_protocol *protocol,
                     const struct smp_state *state);

/* Returns true if it ends with healing and nobody has said that all has healed.
 */
bool smp_ends_unconfirmed(const struct smp_item *item);

/*
 * The titles of what begins, or of what ends, as a list; how many. Tasks come
 * first, then bans, then what is permitted or normal. If such begins and no ban
 * does, a ban in force is named before it. What ends unconfirmed is not told to
 * have ended.
 */
size_t smp_titles_begun(struct smp_buf *out,
                        const struct smp_protocol *protocol,
                        const struct smp_state *states, size_t count);
size_t smp_titles_ended(struct smp_buf *out,
                        const struct smp_protocol *protocol,
                        const struct smp_item *const *items, size_t count);

/* Returns true if such a list of what begins names a ban that goes on. */
bool smp_title_needs_ban(const struct smp_state *states, size_t count);

/*
 * What to carry on with if healing, which nobody has confirmed, has not come
 * in its usual time: one line. `items`: what ended with that time.
 */
void smp_unconfirmed_words(struct smp_buf *out,
                           const struct smp_protocol *protocol,
                           const struct smp_item *const *items, size_t count);

/* The titles of the bans in force, as a list; how many. */
size_t smp_titles_of_bans(struct smp_buf *out,
                          const struct smp_protocol *protocol,
                          const struct smp_state *states, size_t count);

/* Returns true if one of the states may have ended with healing. */
bool smp_may_be_healed(const struct smp_state *states, size_t count);

/*
 * What is to be said to one client on one day: how the items in force stand,
 * and what words make of it. smp_day_care_find() fills it; a caller that knows
 * what the client was told last may then set `begins` of each state and add
 * what has ended. Memory is in the plan's arena.
 */
struct smp_day_care {
    struct smp_plan *plan;
    const struct smp_protocol *protocol;
    int32_t day;
    struct smp_in_force in_force;
    struct smp_state *states; /* in force on the day, then in order of saying */
    size_t count;
    const struct smp_session *session; /* that the day is about, or NULL */
    bool both; /* it speaks of the time before a session and after one */
    /* What ended with the usual time of healing, which nobody confirmed. */
    const struct smp_item **doubtful;
    size_t doubt_count;
    const struct smp_item **ended; /* what is no longer in force: to be said */
    size_t ended_count;
};

void smp_day_care_find(struct smp_day_care *care, struct smp_plan *plan,
                       const struct smp_protocol *protocol,
                       struct smp_rivals *rivals, bool proposed, int32_t day);

/*
 * Puts the states in the order of saying, what is new first, and finds the
 * session and what is in doubt.
 */
void smp_day_care_sort(struct smp_day_care *care);

/* The title, "" without a session; the text, which ends with whom to ask. */
const char *smp_day_care_title(struct smp_day_care *care);
const char *smp_day_care_text(struct smp_day_care *care);

/* Appends "Day 3 after session 1"; nothing without a session. */
void smp_day_care_when(struct smp_buf *out, const struct smp_day_care *care);

/* What a session was booked too late for, in words; nothing where nothing. */
void smp_late_words(struct smp_buf *out, const struct smp_protocol *protocol,
                    const struct smp_session *session);

/* Shortens a text to so many characters, at a word, "..." behind it. */
void smp_shorten(struct smp_buf *text, size_t from, size_t characters);

#endif
