#include "care/conditions.h"

#include <stdlib.h>

enum { FEW = 8 };

static int
compare_facts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Many facts are looked at in their order, see smp_plan_sort_facts. */
static bool
is_fact(const struct smp_plan *plan, const char *tag)
{
    const struct smp_strings *facts = &plan->facts;

    if (facts->count <= FEW)
        return smp_strings_have(facts, tag);
    return bsearch(&tag, facts->at, facts->count, sizeof *facts->at,
                   compare_facts) != NULL;
}

bool
smp_conditions_hold(const struct smp_rule *rule, const struct smp_plan *plan)
{
    size_t i;

    for (i = 0; i < rule->when.count; i++)
        if (!is_fact(plan, rule->when.at[i]))
            return false;
    for (i = 0; i < rule->unless.count; i++)
        if (is_fact(plan, rule->unless.at[i]))
            return false;
    return true;
}
