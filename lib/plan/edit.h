#ifndef SMP_PLAN_EDIT_H
#define SMP_PLAN_EDIT_H

#include "plan/plan.h"

/* A change to one session of a plan. */
enum smp_edit_kind {
    SMP_EDIT_TIME,   /* booked for a time, or moved to it */
    SMP_EDIT_STATUS, /* booked, done or cancelled */
    SMP_EDIT_HEALED,
    SMP_EDIT_NOT_HEALED
};

struct smp_edit {
    int number; /* of the session */
    enum smp_edit_kind kind;
    struct smp_when when;   /* SMP_EDIT_TIME */
    enum smp_status status; /* SMP_EDIT_STATUS */
    const char *day;        /* SMP_EDIT_HEALED: a DAY, as it was written */
};

/*
 * Reads a time, "booked", "done", "cancelled", "healed=DAY" or "healed=no" into
 * everything but the number. The text must outlive the edit. `today` only tells
 * whether a DAY such as "+3d" exists. False with an error.
 */
bool smp_edit_parse(const char *text, int32_t today, struct smp_edit *edit,
                    struct smp_err *err);

/*
 * Changes the session, which a time can add, and names the change in
 * plan->changes; sessions that depend on it move when the series is completed.
 * `now` is an instant: a DAY such as "today" is that of the plan's zone, and a
 * session booked by this change was booked then. False with an error, and the
 * plan is as it was.
 */
bool smp_plan_edit(struct smp_plan *plan, const struct smp_edit *edit,
                   int64_t now, struct smp_err *err);

#endif
