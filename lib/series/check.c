#include "series/internal.h"

#include "base/base.h"
#include "time/window.h"
#include "time/zone.h"
#include "protocol/protocol.h"
#include "plan/plan.h"

/* Numbers that contradict the order of time are likely a mistake. */
static void
check_order(struct smp_plan *plan, const struct smp_session *session)
{
    const struct smp_session *lower = NULL;
    size_t i;

    for (i = 0; i < plan->session_count; i++)
        if (plan->sessions[i].number < session->number &&
            smp_series_is(plan, &plan->sessions[i], SMP_SERIES_FIXED))
            lower = &plan->sessions[i];
    if (lower && smp_session_day(session) <= smp_session_day(lower))
        smp_plan_warn(plan, "session %d is not after session %d",
                      session->number, lower->number);
}

static void
check_gap(struct smp_plan *plan, const struct smp_protocol *protocol,
          const struct smp_session *session)
{
    const struct smp_session *previous = smp_gap_previous(plan, session);
    struct smp_series_gap gap = smp_series_gap(plan, protocol, session);
    int32_t day = smp_session_day(session);
    int days = previous ? day - smp_session_day(previous) : 0;
    bool early = gap.has_first && day < gap.first;
    bool late = gap.has_last && day > gap.last;
    struct smp_buf bound = {0};

    if (days <= 0 || !(early || late))
        return;
    smp_when_print(&bound, smp_when_day(early ? gap.first : gap.last));
    smp_plan_warn(plan,
                  early ? "session %d is %d %s after session %d, too early: "
                          "the protocol allows it from %s on"
                        : "session %d is %d %s after session %d, too late: "
                          "the protocol allows it until %s",
                  session->number, days, days == 1 ? "day" : "days",
                  previous->number, smp_buf_text(&bound));
    smp_buf_release(&bound);
}

static void
check_zone(struct smp_plan *plan, const struct smp_session *session)
{
    int64_t local = smp_session_start(session), again;

    again =
        smp_zone_to_local(plan->zone, smp_zone_to_instant(plan->zone, local));
    if (again != local)
        smp_plan_warn(plan,
                      "session %d begins at a time that the change of the "
                      "clock skips",
                      session->number);
}

/* Care lasts at least the usual time, whatever the plan says of healing. */
static void
check_healed(struct smp_plan *plan, const struct smp_session *session,
             const struct smp_protocol *protocol)
{
    const struct smp_milestone *healed =
        smp_protocol_milestone(protocol, "healed");
    int32_t usual;

    if (session->healing != SMP_HEALED || !healed || !healed->has_range)
        return;
    usual = smp_day_add(smp_session_day(session), healed->range.min);
    if (session->healed < usual)
        smp_plan_warn(plan,
                      "session %d is said to have healed %d days before the "
                      "earliest that is usual: care goes on until then",
                      session->number, (int)(usual - session->healed));
}

static void
check_away(struct smp_plan *plan, const struct smp_session *session, int tail,
           const struct smp_starts *starts)
{
    int32_t day = smp_session_day(session);

    if (smp_starts_is_away(starts, day, day + tail))
        smp_plan_warn(plan, "session %d is on a day away", session->number);
}

/* For a date without a time, one long enough opening that day is enough. */
static void
check_hours(struct smp_plan *plan, const struct smp_session *session,
            int64_t length, const struct smp_starts *starts)
{
    struct smp_starts open = {
        .not_before = INT64_MIN,
        .zone = plan->zone,
        .hours = starts->hours,
        .hours_zone = starts->hours_zone,
        .closed = starts->closed,
        .step = 60,
        .time = (int32_t)(smp_session_start(session) -
                          (int64_t)smp_session_day(session) * SMP_DAY_SECONDS),
        .time_only = session->start.kind == SMP_LOCAL,
    };
    struct smp_day_starts found;

    if (!starts->hours && !starts->closed)
        return;
    found = smp_starts_on(&open, smp_session_day(session), length);
    smp_starts_release(&open);
    if (!smp_starts_any(&found))
        smp_plan_warn(plan, "session %d is outside the opening hours",
                      session->number);
}

/* The session itself is one of those in `busy`. */
static void
check_chairs(struct smp_plan *plan, const struct smp_session *session,
             struct smp_interval interval, const struct smp_starts *starts)
{
    int most;

    if (!starts->busy || session->start.kind != SMP_LOCAL)
        return;
    most = smp_busy_most(starts->busy, interval.from, interval.until);
    if (most > starts->chairs)
        smp_plan_warn(plan,
                      "session %d is at a time at which %d chairs are wanted "
                      "and the studio has %d",
                      session->number, most, starts->chairs);
}

/* Of a session that is done, only the gap matters. */
static bool
is_to_come(const struct smp_plan *plan, const struct smp_session *session)
{
    return session->status != SMP_DONE &&
           smp_series_is(plan, session, SMP_SERIES_FIXED);
}

void
smp_check_fixed(struct smp_plan *plan, const struct smp_protocol *protocol,
                const struct smp_series_wanted *wanted,
                const struct smp_starts *starts)
{
    size_t i;

    for (i = 0; i < plan->session_count; i++) {
        const struct smp_session *session = &plan->sessions[i];
        struct smp_interval interval;

        if (smp_work_is_free(plan, session))
            continue;
        if (session->status != SMP_CANCELLED) {
            check_order(plan, session);
            check_gap(plan, protocol, session);
        }
        check_zone(plan, session);
        check_healed(plan, session, protocol);
        if (!is_to_come(plan, session))
            continue;
        interval = smp_series_interval(plan, session, protocol, wanted);
        check_away(plan, session,
                   smp_work_tail(plan, session, protocol, wanted), starts);
        check_hours(plan, session, interval.until - interval.from, starts);
        check_chairs(plan, session, interval, starts);
    }
}
