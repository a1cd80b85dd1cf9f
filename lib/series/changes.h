#ifndef SMP_SERIES_CHANGES_H
#define SMP_SERIES_CHANGES_H

#include "plan/plan.h"

/*
 * Names in plan->changes what is different from the sessions of an older plan,
 * and lets the `sequence` of each that changed grow; for the .c files of this
 * room alone.
 */
void smp_changes_name(struct smp_plan *plan, const struct smp_plan *old);

#endif
