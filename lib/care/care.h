#ifndef SMP_CARE_CARE_H
#define SMP_CARE_CARE_H

#include "care/rivals.h"
#include "plan/plan.h"
#include "protocol/protocol.h"

/*
 * Adds the items of one phase for every session that counts, in place of those
 * the same phase of the same protocol may have added before, and notes it in
 * plan->care. Items of others stay. What is before a session and was over when
 * it was booked is not added, but named in session->late. A plan that is not
 * moderate any more (see smp_plan_check_limits) gets no more items.
 *
 * Care of sessions that are not proposed is found as if no session were
 * proposed, unless `proposed` is set.
 */
void smp_care_add(struct smp_plan *plan, const struct smp_protocol *protocol,
                  enum smp_phase phase, bool proposed);

/*
 * The same for those who neither pass the items on nor make entries of them,
 * but tell the care of days: they get no clock times, and no UID but "".
 */
void smp_care_add_words(struct smp_plan *plan,
                        const struct smp_protocol *protocol,
                        enum smp_phase phase, bool proposed);

/*
 * Keeps the items in force on some day from first to last (see in_force.h), as
 * they are, and sets partial.
 */
void smp_care_select(struct smp_plan *plan, const struct smp_protocol *protocol,
                     struct smp_rivals *rivals, bool proposed, int32_t first,
                     int32_t last);

/*
 * Fills plan->day for a day, from the items in force then (see in_force.h);
 * with `proposed`, those of proposed sessions too.
 */
void smp_care_note_day(struct smp_plan *plan,
                       const struct smp_protocol *protocol,
                       struct smp_rivals *rivals, bool proposed, int32_t day,
                       int64_t now);

/*
 * Days of an item: the first it touches, the first it surely touches, the
 * first on which it may have ended, the first on which it has. SMP_DAY_OPEN
 * where there is none. What is before a session begins no earlier than the day
 * on which that was booked.
 */
#define SMP_DAY_OPEN INT32_MAX

struct smp_item_days {
    int32_t first, sure, perhaps_ended, ended;
};

struct smp_item_days smp_item_days(const struct smp_plan *plan,
                                   const struct smp_item *item);

/* A ban: avoid or wait. */
bool smp_item_forbids(const struct smp_item *item);

#endif
