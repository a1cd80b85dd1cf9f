#include "care/conditions.h"

bool
smp_conditions_hold(const struct smp_rule *rule, const struct smp_plan *plan)
{
    size_t i;

    for (i = 0; i < rule->when.count; i++)
        if (!smp_strings_have(&plan->facts, rule->when.at[i]))
            return false;
    for (i = 0; i < rule->unless.count; i++)
        if (smp_strings_have(&plan->facts, rule->unless.at[i]))
            return false;
    return true;
}
