#include "series/given.h"

#include "series/gap.h"
#include "series/work.h"

int64_t
smp_given_length_or(int64_t length, const struct smp_protocol *protocol,
                    const struct smp_series_wanted *wanted)
{
    if (length)
        return length;
    return wanted->length ? wanted->length
                          : smp_span_seconds(protocol->course.length.max);
}

const struct smp_session *
smp_given_own(const struct smp_plan *plan, int first)
{
    const struct smp_session *own =
        smp_gap_session(plan, SMP_NUMBER_MAX + 1, true);
    size_t i;

    for (i = 0; i < plan->session_count; i++) {
        const struct smp_session *session = &plan->sessions[i];

        if (session->number < first &&
            (session->status == SMP_BOOKED || session->status == SMP_DONE))
            own = session;
    }
    return own;
}

/* What is proposed lasts as long as the client's own session. */
static int64_t
duration_of(const struct smp_plan *plan, const struct smp_session *session)
{
    size_t i = 0;

    if (session->duration || !smp_work_is_free(plan, session))
        return session->duration;
    while (!smp_work_is_free(plan, &plan->sessions[i]))
        i++;
    return smp_given_own(plan, plan->sessions[i].number)->duration;
}

struct smp_interval
smp_series_interval(const struct smp_plan *plan,
                    const struct smp_session *session,
                    const struct smp_protocol *protocol,
                    const struct smp_series_wanted *wanted)
{
    int64_t start = smp_zone_to_instant(plan->zone, smp_session_start(session));

    return (struct smp_interval){
        start, start + smp_given_length_or(duration_of(plan, session), protocol,
                                           wanted)};
}

int
smp_given_tail(const struct smp_plan *plan, const struct smp_session *session,
               const struct smp_protocol *protocol,
               const struct smp_series_wanted *wanted)
{
    struct smp_interval interval =
        smp_series_interval(plan, session, protocol, wanted);
    int32_t last =
        smp_day_at(smp_zone_to_local(plan->zone, interval.until - 1));
    int32_t day = smp_session_day(session);

    return last > day ? last - day : 0;
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

/* Care goes by the usual time at the earliest, whatever is said. */
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

/* Of a date alone it is enough that the day has an opening long enough. */
static void
check_hours(struct smp_plan *plan, const struct smp_session *session,
            int64_t length, const struct smp_starts *starts)
{
    struct smp_starts open = {
        .not_before = INT64_MIN,
        .zone = plan->zone,
        .openings = starts->openings,
        .time = (int32_t)(smp_session_start(session) -
                          (int64_t)smp_session_day(session) * SMP_DAY_SECONDS),
        .time_only = session->start.kind == SMP_LOCAL,
    };
    struct smp_day_starts found;

    if (!starts->openings.hours)
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

/* What is done is over: only its gap is looked at. */
static bool
is_to_come(const struct smp_plan *plan, const struct smp_session *session)
{
    return session->status != SMP_DONE &&
           smp_series_is(plan, session, SMP_SERIES_GIVEN);
}

void
smp_given_check(struct smp_plan *plan, const struct smp_protocol *protocol,
                const struct smp_series_wanted *wanted,
                struct smp_starts *starts)
{
    size_t i;

    for (i = 0; i < plan->session_count; i++) {
        const struct smp_session *session = &plan->sessions[i];
        struct smp_interval interval;

        if (smp_work_is_free(plan, session))
            continue;
        smp_gap_check(plan, protocol, session);
        check_zone(plan, session);
        check_healed(plan, session, protocol);
        if (!is_to_come(plan, session))
            continue;
        interval = smp_series_interval(plan, session, protocol, wanted);
        check_away(plan, session,
                   smp_given_tail(plan, session, protocol, wanted), starts);
        check_hours(plan, session, interval.until - interval.from, starts);
        check_chairs(plan, session, interval, starts);
    }
}
