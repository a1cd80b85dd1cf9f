#ifndef SMP_CARE_CLOCK_H
#define SMP_CARE_CLOCK_H

#include "plan/plan.h"
#include "protocol/protocol.h"

/*
 * Fills item->at: the instants of a rule that is done at clock hours
 * ("@morning,night") or so many times a day ("2/d": morning and night), where
 * its window has an end. Times before a session's end (post-care), after its
 * start or before it was booked (pre-care) or more than SMP_CLOCK_DAYS days on
 * are left out.
 */
enum { SMP_CLOCK_DAYS = 120 };

void smp_clock_times(struct smp_plan *plan, const struct smp_protocol *protocol,
                     const struct smp_session *session,
                     const struct smp_rule *rule, struct smp_item *item);

#endif
