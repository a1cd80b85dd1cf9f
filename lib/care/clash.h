#ifndef SMP_CARE_CLASH_H
#define SMP_CARE_CLASH_H

#include "plan/plan.h"
#include "protocol/protocol.h"

/*
 * Warns in the plan of pre-care of a session that collides with aftercare of
 * an earlier one: one rule asks for what the other forbids, at the same time.
 */
void smp_care_warn_of_clashes(struct smp_plan *plan,
                              const struct smp_protocol *protocol);

#endif
