#ifndef SMP_CARE_CONDITIONS_H
#define SMP_CARE_CONDITIONS_H

#include "plan/plan.h"
#include "protocol/protocol.h"

/* Whether the plan's facts have all tags of `if` and none of `unless`. */
bool smp_conditions_hold(const struct smp_rule *rule,
                         const struct smp_plan *plan);

#endif
