#include "schedule/schedule.h"

#include <stdlib.h>
#include <string.h>

#include "plan/stream.h"
#include "schedule/fair.h"
#include "tool/format.h"
#include "tool/protocols.h"

/* The clock that a studio opens by; NULL where it is the plan's. */
static const struct smp_zone *
zone_of_hours(struct smp_tool *tool, const struct studio *studio)
{
    struct smp_err err = {0};
    const struct smp_zone *zone =
        studio->time_zone ? smp_zones_get(&tool->zones, studio->time_zone, &err)
                          : NULL;

    smp_err_release(&err);
    return zone;
}

struct smp_series_wanted
schedule_wanted(struct smp_tool *tool, const struct studio *studio,
                const struct smp_plan *plan)
{
    const struct schedule *schedule = tool->context;
    struct smp_series_wanted wanted = schedule->wanted;

    wanted.not_before = smp_zone_to_instant(
        plan->zone, (int64_t)schedule->earliest * SMP_DAY_SECONDS);

    wanted.hours = studio->has_hours ? &studio->hours : NULL;
    wanted.hours_zone = zone_of_hours(tool, studio);
    wanted.busy = studio->busy;
    wanted.chairs = studio->chairs;
    return wanted;
}

bool
schedule_begin(struct smp_tool *tool, struct smp_plan *plan,
               const struct smp_protocol *protocol, struct studio **studio,
               struct smp_err *err)
{
    struct schedule *schedule = tool->context;

    plan->changes.count = 0;
    edits_apply(&schedule->edits, tool, plan);
    *studio = studios_of(&schedule->studios, tool, plan, protocol);
    return !(*studio)->err.failed || smp_fail_as(err, &(*studio)->err);
}

/* As long as there is room to note them: what is taken is never forgotten. */
static void
take_chairs(struct smp_tool *tool, const struct smp_plan *plan,
            const struct smp_protocol *protocol,
            const struct smp_series_wanted *wanted, enum smp_series_which which,
            struct smp_busy *busy)
{
    if (busy && !tool->failed &&
        !smp_series_take(plan, protocol, wanted, which, busy))
        smp_tool_fail(tool, "more times are taken than can be noted");
}

/* The timeline shows whole months, and what is taken in them. */
static void
widen_to_months(const struct smp_plan *plan, int32_t *first, int32_t *last)
{
    size_t i;

    for (i = 0; i < plan->session_count; i++) {
        int32_t day = smp_session_day(&plan->sessions[i]);

        *first = day < *first ? day : *first;
        *last = day > *last ? day : *last;
    }
    *first -= smp_civil_of(*first).day;
    *last += 31;
}

void
schedule_note(struct smp_tool *tool, const struct smp_plan *plan,
              const struct smp_protocol *protocol, struct studio *studio)
{
    struct schedule *schedule = tool->context;
    struct smp_series_wanted wanted = schedule_wanted(tool, studio, plan);
    int32_t first, last;
    size_t i;

    if (!studio->busy)
        return;
    take_chairs(tool, plan, protocol, &wanted, SMP_SERIES_GIVEN, studio->busy);
    for (i = 0; i < plan->session_count; i++) {
        schedule->reserves |= plan->sessions[i].status == SMP_PROPOSED;
        if (smp_series_is(plan, &plan->sessions[i], SMP_SERIES_GIVEN))
            studios_know(&schedule->studios, studio, plan, &plan->sessions[i],
                         protocol);
    }
    if (!smp_series_reach(plan, protocol, &wanted, &first, &last))
        return;
    if (smp_tool_sets_sheets(tool))
        widen_to_months(plan, &first, &last);
    studio->first =
        studio->looks && studio->first < first ? studio->first : first;
    studio->last = studio->looks && studio->last > last ? studio->last : last;
    studio->looks = true;
}

/* What --set changed comes before what had to change for it. */
static void
put_first(struct smp_plan *plan, const struct smp_strings *made)
{
    const struct smp_strings then = plan->changes;
    const char **both = smp_arena_alloc(
        &plan->arena, (made->count + then.count + 1) * sizeof *both);

    if (made->count)
        memcpy(both, made->at, made->count * sizeof *both);
    if (then.count)
        memcpy(both + made->count, then.at, then.count * sizeof *both);
    plan->changes = (struct smp_strings){both, made->count + then.count};
}

/* What is known and done before the first plan is completed, of one alone. */
static bool
look_at_one(struct smp_tool *tool, const struct smp_plan *plan,
            const struct smp_protocol *protocol, struct studio *studio)
{
    struct schedule *schedule = tool->context;

    schedule_note(tool, plan, protocol, studio);
    return studios_read_calendars(&schedule->studios, tool);
}

bool
schedule_complete(struct smp_tool *tool, struct smp_plan *plan,
                  const struct smp_protocol *protocol, bool only_whole,
                  struct smp_err *err)
{
    struct schedule *schedule = tool->context;
    struct smp_series_wanted wanted;
    struct smp_strings made;
    struct studio *studio;
    bool whole;

    if (!schedule_begin(tool, plan, protocol, &studio, err) ||
        (!schedule->looked && !look_at_one(tool, plan, protocol, studio)))
        return false;
    made = plan->changes;
    wanted = schedule_wanted(tool, studio, plan);
    reserve_give_back(&schedule->reserve, plan->line, studio->busy);
    whole = smp_series_complete(plan, protocol, &wanted);
    if (only_whole && !whole) {
        reserve_take_again(&schedule->reserve, plan->line, studio->busy);
        return false;
    }
    tool->said_no |= !whole;
    put_first(plan, &made);
    take_chairs(tool, plan, protocol, &wanted, SMP_SERIES_PROPOSED,
                studio->busy);
    if (plan->changes.count && plan->has_updated) {
        plan->updated = tool->now;
        plan->updated_now = true;
    }
    smp_care_warn_of_clashes(plan, protocol, &schedule->clashes);
    return true;
}

/* For the timeline: which of the days it shows have no room. */
static void
find_closures(struct smp_tool *tool, struct smp_plan *plan,
              const struct smp_protocol *protocol)
{
    struct schedule *schedule = tool->context;
    const struct studio *studio =
        studios_of(&schedule->studios, tool, plan, protocol);
    struct smp_series_wanted wanted = schedule_wanted(tool, studio, plan);

    smp_series_closures(plan, protocol, &wanted);
}

static void
tell_warnings(const struct smp_tool *tool, const struct smp_plan *plan)
{
    size_t i;

    for (i = 0; i < plan->warnings.count; i++)
        smp_message(tool->program->name, "%.64s: %s", plan->id,
                    plan->warnings.at[i]);
}

bool
schedule_plan(struct smp_tool *tool, struct smp_plan *plan,
              const struct smp_protocol *protocol, struct smp_err *err)
{
    struct schedule *schedule = tool->context;
    bool done = schedule->served
                    ? fair_take(schedule->served, tool, plan, protocol, err)
                    : schedule_complete(tool, plan, protocol, false, err);

    if (!done)
        return false;
    if (smp_tool_sets_sheets(tool))
        find_closures(tool, plan, protocol);
    tell_warnings(tool, plan);
    return true;
}

void
schedule_release(struct schedule *schedule)
{
    fair_release(schedule->served);
    reserve_release(&schedule->reserve);
    smp_clashes_release(&schedule->clashes);
    studios_release(&schedule->studios);
    edits_release(&schedule->edits);
    free(schedule->away);
}
