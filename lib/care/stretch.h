#ifndef SMP_CARE_STRETCH_H
#define SMP_CARE_STRETCH_H

#include "care/in_force.h"

/*
 * Stretches: runs of days on which the same care is in force for one session
 * and phase. A calendar shows one entry a stretch instead of one a rule.
 *
 * Besides where an item begins, surely holds, may have ended, has ended or
 * gives way, a stretch ends at the day before the session, at its day and at
 * the day after. A ban that may have begun counts as begun.
 */
enum smp_stretch_kind {
    SMP_STRETCH_BEFORE,      /* pre-care, before the last day */
    SMP_STRETCH_EVE,         /* pre-care, the day before */
    SMP_STRETCH_SESSION_DAY, /* pre-care, the session's day */
    SMP_STRETCH_CARE_BEGINS, /* post-care, the session's day */
    SMP_STRETCH_LATER        /* any day after */
};

struct smp_stretch {
    int session;
    enum smp_phase phase;
    enum smp_stretch_kind kind;
    int32_t first, end;  /* end is exclusive, or SMP_DAY_OPEN */
    const char *opening; /* what opened it: "RULE EDGE", for its identity */
    struct smp_state *states;
    size_t state_count; /* in the order of the items */
    const struct smp_item **ended;
    size_t ended_count; /* whose window is over since the day before */
};

/*
 * The stretches of one session and phase in the order of time, in the plan's
 * arena. Days without care are in none, unless care ended on the first of them:
 * that stretch has `ended`, and no states. Returns how many.
 */
size_t smp_stretches(struct smp_in_force *f, const struct smp_session *session,
                     enum smp_phase phase, struct smp_stretch **out);

/* What is to be done on the session's own day, before it. */
struct smp_stretch smp_stretch_of_day(struct smp_in_force *f,
                                      const struct smp_session *session);

/* Whether nothing changes in it but what needs no telling: see stretch.c. */
bool smp_stretch_is_quiet(const struct smp_stretch *stretch);

/* Whether all that holds in it has no end. */
bool smp_stretch_is_endless(const struct smp_stretch *stretch);

/* Whether a ban holds in it. */
bool smp_stretch_forbids(const struct smp_stretch *stretch);

#endif
