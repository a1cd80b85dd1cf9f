#include "plan/plan.h"

#include <stdio.h>

#include "base/fill.h"
#include "protocol/words.h"

bool
smp_session_precedes(const struct smp_session *a, const struct smp_session *b)
{
    int64_t mine = smp_session_start(a), other = smp_session_start(b);

    return mine < other || (mine == other && a->number < b->number);
}

static int
treatments_before(const struct smp_plan *plan)
{
    int lowest = SMP_NUMBER_MAX + 1, missing;
    size_t i;

    for (i = 0; i < plan->session_count; i++)
        if (plan->sessions[i].status != SMP_CANCELLED &&
            plan->sessions[i].number < lowest)
            lowest = plan->sessions[i].number;
    if (lowest > SMP_NUMBER_MAX)
        return 0;
    missing = lowest - 1;
    for (i = 0; i < plan->session_count; i++)
        missing -= plan->sessions[i].number < lowest;
    return missing;
}

int
smp_plan_treatment(const struct smp_plan *plan,
                   const struct smp_session *session)
{
    int treatment = treatments_before(plan) + 1;
    size_t i;

    if (session->status == SMP_CANCELLED)
        return 0;
    for (i = 0; i < plan->session_count; i++) {
        const struct smp_session *other = &plan->sessions[i];

        treatment +=
            (smp_session_counts(other) || (other->status == SMP_OPTIONAL &&
                                           session->status == SMP_OPTIONAL)) &&
            smp_session_precedes(other, session);
    }
    return treatment;
}

void
smp_session_put_number(struct smp_buf *out, const struct smp_plan *plan,
                       const struct smp_session *session,
                       const struct smp_protocol *protocol)
{
    int treatment = smp_plan_treatment(plan, session);
    char n[16], number[16];

    snprintf(n, sizeof n, "%d", treatment);
    snprintf(number, sizeof number, "%d", session->number);
    if (!treatment || treatment == session->number)
        smp_buf_puts(out, number);
    else
        smp_words(out, protocol, "session.number",
                  SMP_VALUES({"n", n}, {"number", number}));
}
