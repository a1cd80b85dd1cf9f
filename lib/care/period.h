#ifndef SMP_CARE_PERIOD_H
#define SMP_CARE_PERIOD_H

#include "care/in_force.h"

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

#endif
