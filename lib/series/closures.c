#include "series/series.h"

#include "series/given.h"
#include "series/starts.h"

static int32_t
begin_of_month(int32_t day)
{
    return day - smp_civil_of(day).day + 1;
}

/* The days of the months from the first session to the last possible one. */
static bool
days_of(const struct smp_plan *plan, struct smp_days *days)
{
    bool any = false;
    size_t i;

    for (i = 0; i < plan->session_count; i++) {
        const struct smp_session *session = &plan->sessions[i];
        int32_t day = smp_session_day(session);

        if (session->status == SMP_CANCELLED)
            continue;
        if (!any || day < days->first)
            days->first = day;
        if (!any || day > days->last)
            days->last = day;
        if (session->has_window && session->last > days->last)
            days->last = session->last;
        any = true;
    }
    days->first = begin_of_month(days->first);
    days->last = begin_of_month(smp_day_add_months(days->last, 1)) - 1;
    return any;
}

static bool
is_closed(struct smp_starts *starts, int32_t day, int64_t length,
          enum smp_closure_kind *kind)
{
    static const enum smp_closure_kind kinds[SMP_OBSTACLES] = {
        [SMP_CLOSED] = SMP_CLOSURE_HOURS,
        [SMP_AWAY] = SMP_CLOSURE_AWAY,
        [SMP_TOO_SHORT] = SMP_CLOSURE_HOURS,
        [SMP_FULL] = SMP_CLOSURE_FULL,
    };
    struct smp_day_starts found;

    if (smp_starts_unhindered(starts, day, length))
        return false;
    found = smp_starts_on(starts, day, length);
    if (smp_starts_any(&found))
        return false;
    *kind = kinds[smp_starts_obstacle(starts, day, length)];
    return true;
}

void
smp_series_closures(struct smp_plan *plan, const struct smp_protocol *protocol,
                    const struct smp_series_wanted *wanted)
{
    int64_t length = smp_given_length_or(0, protocol, wanted);
    struct smp_starts starts;
    struct smp_days days = {0, 0};
    enum smp_closure_kind kind;
    int32_t day;

    plan->closure_count = 0;
    if (!days_of(plan, &days))
        return;
    plan->closures =
        smp_arena_alloc(&plan->arena, (size_t)(days.last - days.first + 1) *
                                          sizeof *plan->closures);
    smp_starts_init(&starts, plan, wanted);
    for (day = days.first; day <= days.last; day++)
        if (is_closed(&starts, day, length, &kind))
            plan->closures[plan->closure_count++] =
                (struct smp_closure){day, kind};
    smp_starts_release(&starts);
}
