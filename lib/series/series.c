#include "series/internal.h"

#include "base/base.h"
#include "time/window.h"
#include "time/zone.h"
#include "plan/plan.h"

static bool
same_when(struct smp_when a, struct smp_when b)
{
    return a.kind == b.kind && a.seconds == b.seconds;
}

/* Names a changed length, if the old one was known. */
static bool
name_length(struct smp_plan *plan, const struct smp_session *session,
            const struct smp_session *was)
{
    struct smp_buf from = {0}, to = {0};

    if (!was->duration || session->duration == was->duration)
        return false;
    smp_duration_print(&from, was->duration);
    smp_duration_print(&to, session->duration);
    smp_plan_change(plan, "session %d lasts %s, no longer %s", session->number,
                    smp_buf_text(&to), smp_buf_text(&from));
    smp_buf_release(&from);
    smp_buf_release(&to);
    return true;
}

/* Names what changed about a session; true if anything did. */
static bool
name_change(struct smp_plan *plan, const struct smp_session *session,
            const struct smp_session *was)
{
    struct smp_buf from = {0}, to = {0};
    bool moved = !same_when(session->start, was->start);
    bool other = session->status != was->status, lasts;

    smp_when_print(&from, was->start);
    smp_when_print(&to, session->start);
    if (moved)
        smp_plan_change(plan, "session %d moved from %s to %s", session->number,
                        smp_buf_text(&from), smp_buf_text(&to));
    lasts = name_length(plan, session, was);
    if (other)
        smp_plan_change(plan, "session %d is %s, no longer %s", session->number,
                        smp_status_names[session->status],
                        smp_status_names[was->status]);
    smp_buf_release(&from);
    smp_buf_release(&to);
    return moved || lasts || other;
}

/* Names all changes, and raises the sequence of each session that changed. */
static void
name_changes(struct smp_plan *plan, const struct smp_plan *old)
{
    int number;

    for (number = 1; number <= SMP_NUMBER_MAX; number++) {
        const struct smp_session *was = smp_plan_session(old, number);
        struct smp_session *session = smp_plan_find_session(plan, number);

        if (was && !session)
            smp_plan_change(plan, "session %d dropped", number);
        else if (session && !was)
            smp_plan_change(plan, "session %d added", number);
        else if (session && name_change(plan, session, was) &&
                 session->sequence < INT32_MAX)
            session->sequence++;
    }
}

/* A date stays a date; one that must begin at another time gets it. */
static struct smp_when
start_of(const struct smp_work *s, int32_t day, int32_t time)
{
    if (s->own.start.kind == SMP_DAY && time == s->starts.time)
        return smp_when_day(day);
    return smp_when_local((int64_t)day * SMP_DAY_SECONDS + time);
}

/* A date without a time gets a duration only if the client's own has one. */
static bool
is_length_written(const struct smp_work *s, const struct smp_session *session)
{
    return session->start.kind == SMP_LOCAL || session->duration ||
           (s->own.start.kind == SMP_DAY && s->own.duration);
}

static void
place(struct smp_work *s, const struct smp_series_slot *slot,
      enum smp_status status)
{
    struct smp_session *session = smp_plan_add_session(s->plan);

    if (slot->was)
        *session = *slot->was;
    else
        *session = (struct smp_session){.number = slot->number};
    session->status = status;
    if (!slot->kept)
        session->start = start_of(s, slot->day, slot->time);
    if (is_length_written(s, session))
        session->duration = slot->length;
}

/*
 * The first choice is the proposal. The others are ranked as if nothing had
 * been proposed before, so that they are the same when the plan is read again.
 */
static void
add_choices(struct smp_work *s, struct smp_search *search)
{
    struct smp_plan *plan = s->plan;
    const struct smp_series_slot *slot = &search->slots[0];
    struct smp_when when =
        slot->kept ? slot->was->start : start_of(s, slot->day, slot->time);
    int32_t day = slot->day, time = slot->time;
    int wanted = s->wanted->choices;
    size_t i,
        avoid = s->starts.avoid.count,
        most = (size_t)(wanted < SMP_CHOICES_MAX ? wanted : SMP_CHOICES_MAX);

    for (i = 0; i < search->placed; i++)
        search->slots[i].was = NULL;
    smp_search_renew(search);
    plan->choices = smp_arena_alloc(&plan->arena, most * sizeof *plan->choices);
    do {
        int64_t start = smp_zone_to_instant(
            plan->zone, (int64_t)day * SMP_DAY_SECONDS + time);

        plan->choices[plan->choice_count] =
            plan->choice_count ? start_of(s, day, time) : when;
        smp_intervals_add(&s->starts.avoid, start, start + slot->length);
    } while (++plan->choice_count < most &&
             smp_search_again(search, &day, &time));
    s->starts.avoid.count = avoid;
}

/* A session without room has the number that it would get next time. */
static void
tell_obstacle(struct smp_buf *out, const struct smp_plan *plan,
              const struct smp_search *search, enum smp_status status)
{
    int highest = plan->sessions[plan->session_count - 1].number;

    smp_buf_printf(out,
                   status == SMP_PROPOSED
                       ? "session %d: "
                       : "no room for the possible session %d: ",
                   highest + 1);
    smp_hindrance_print(out, &search->hindrance);
}

/*
 * Places the slots from *from on that lie between the same fixed sessions.
 * Returns false, with what was in the way, if some do not fit and no fixed
 * session follows after which others could be placed.
 */
static bool
place_run(struct smp_work *s, size_t *from, enum smp_status status,
          struct smp_buf *obstacle)
{
    struct smp_search search =
        smp_work_run(s, *from, status == SMP_PROPOSED ? s->required : s->count);
    size_t i, left;

    for (i = 0; i < search.placed; i++)
        place(s, &search.slots[i], status);
    if (status == SMP_PROPOSED && search.placed && s->wanted->choices > 0 &&
        !s->plan->choice_count)
        add_choices(s, &search);
    smp_plan_sort_sessions(s->plan);
    left = search.count - search.placed;
    if (left && !search.has_next)
        tell_obstacle(obstacle, s->plan, &search, status);
    *from += search.placed;
    if (left && search.has_next)
        smp_work_drop(s, *from, left);
    smp_search_release(&search);
    return !left || search.has_next;
}

static bool
place_slots(struct smp_work *s, struct smp_buf *obstacle)
{
    size_t from = 0;

    while (from < s->required)
        if (!place_run(s, &from, SMP_PROPOSED, obstacle))
            return false;
    while (from < s->count)
        if (!place_run(s, &from, SMP_OPTIONAL, obstacle))
            return true;
    return true;
}

/* Sets the days that the gap of each proposal allows. */
static void
set_windows(struct smp_work *s)
{
    const int32_t end = smp_day_of(SMP_YEAR_MAX, 12, 31);
    struct smp_plan *plan = s->plan;
    size_t i;

    for (i = 0; i < plan->session_count; i++) {
        struct smp_session *session = &plan->sessions[i];
        struct smp_series_gap gap;

        if (!smp_work_is_free(plan, session))
            continue;
        gap = smp_series_gap(plan, s->protocol, session);
        session->has_window = gap.has_first && gap.has_last;
        session->first = gap.first;
        session->last = gap.last < end ? gap.last : end;
    }
}

static void
set_durations(struct smp_work *s)
{
    size_t i;

    for (i = 0; i < s->plan->session_count; i++) {
        struct smp_session *session = &s->plan->sessions[i];

        if (session->start.kind == SMP_LOCAL)
            session->duration =
                smp_work_length(session->duration, s->protocol, s->wanted);
    }
}

/* Completes a series from its first session on. */
static bool
complete(struct smp_plan *plan, const struct smp_protocol *protocol,
         const struct smp_series_wanted *wanted)
{
    struct smp_buf obstacle = {0};
    struct smp_work work;
    bool complete;

    plan->warnings.count = plan->changes.count = plan->choice_count = 0;
    smp_work_begin(&work, plan, protocol, wanted);
    complete = place_slots(&work, &obstacle);
    set_windows(&work);
    smp_check_fixed(plan, protocol, wanted, &work.starts);
    if (obstacle.len)
        smp_plan_warn(plan, "%s", smp_buf_text(&obstacle));
    if (work.had_proposals)
        name_changes(plan, &work.old);
    set_durations(&work);
    smp_work_release(&work);
    smp_buf_release(&obstacle);
    return complete;
}

/* A series whose first session is proposed for this time; false if it is not
 * whole. */
static bool
begin_at(struct smp_plan *plan, const struct smp_protocol *protocol,
         const struct smp_series_wanted *wanted, struct smp_when start)
{
    struct smp_session *first;

    plan->session_count = 0;
    first = smp_plan_add_session(plan);
    first->number = 1;
    first->status = SMP_PROPOSED;
    first->start = start;
    return complete(plan, protocol, wanted);
}

/* The latest step of a day, up to a time, at which a session can begin. */
static int32_t
latest_step(struct smp_starts *starts, int32_t day, int32_t until,
            int64_t length)
{
    struct smp_day_starts found;
    int32_t time = SMP_NO_START;
    int tail;

    starts->time = until;
    found = smp_starts_on(starts, day, length);
    for (tail = 0; tail < SMP_TAILS; tail++)
        time = found.at[tail] > time ? found.at[tail] : time;
    return time;
}

/*
 * The latest first session on a day: from the last step of the day back. Steps
 * differ only in the client's own time, which is possible besides the steps; so
 * if no series exists even if sessions could begin at every minute, none of the
 * steps is tried.
 */
static bool
begin_on(struct smp_plan *plan, const struct smp_protocol *protocol,
         const struct smp_series_wanted *wanted, struct smp_starts *starts,
         int32_t day)
{
    const int64_t midnight = (int64_t)day * SMP_DAY_SECONDS;
    struct smp_series_wanted any = *wanted;
    int64_t length = smp_work_length(0, protocol, wanted);
    int32_t time = latest_step(starts, day, SMP_DAY_SECONDS - 1, length);

    any.step = 0;
    any.choices = 0;
    if (time == SMP_NO_START ||
        !begin_at(plan, protocol, &any, smp_when_local(midnight)))
        return false;
    while (time != SMP_NO_START) {
        if (begin_at(plan, protocol, wanted, smp_when_local(midnight + time)))
            return true;
        time = time ? latest_step(starts, day, time - 1, length) : SMP_NO_START;
    }
    return false;
}

/*
 * The latest first session of all series that are whole by the last day: day by
 * day from the last one back. The first series that exists is the answer,
 * because the search for the other sessions is complete. If the opening hours
 * are not known, days are planned, at the time of a session without one.
 */
static bool
begin_latest(struct smp_plan *plan, const struct smp_protocol *protocol,
             const struct smp_series_wanted *wanted, struct smp_starts *starts,
             int32_t day)
{
    bool timed = wanted->hours && !wanted->hours->unknown;
    int64_t length = smp_work_length(0, protocol, wanted);
    int32_t first =
        smp_day_at(smp_zone_to_local(plan->zone, starts->not_before));
    int tail;

    starts->latest = timed;
    for (; day >= first; day--)
        if (timed ? begin_on(plan, protocol, wanted, starts, day)
                  : smp_starts_fit(starts, day, SMP_SESSION_HOUR * 3600, length,
                                   &tail) &&
                        begin_at(plan, protocol, wanted, smp_when_day(day)))
            return true;
    return false;
}

static bool
complete_by(struct smp_plan *plan, const struct smp_protocol *protocol,
            const struct smp_series_wanted *wanted)
{
    struct smp_buf day = {0};
    struct smp_starts starts;
    int32_t last;
    bool found = false;

    smp_starts_init(&starts, plan, wanted);
    smp_work_bound(&starts, plan, wanted);
    smp_when_print(&day, smp_when_day(wanted->ready));
    if (!smp_work_last_day(protocol, wanted->ready, &last)) {
        smp_plan_warn(plan,
                      "the protocol does not say when a client has healed");
    } else {
        found = begin_latest(plan, protocol, wanted, &starts, last);
        if (!found) {
            plan->session_count = 0;
            plan->warnings.count = plan->changes.count = 0;
            smp_plan_warn(plan,
                          "no series can be complete and healed by %s, "
                          "whenever it begins",
                          smp_buf_text(&day));
        }
    }
    smp_starts_release(&starts);
    smp_buf_release(&day);
    return found;
}

bool
smp_series_complete(struct smp_plan *plan, const struct smp_protocol *protocol,
                    const struct smp_series_wanted *wanted)
{
    if (wanted->has_ready && !plan->session_count)
        return complete_by(plan, protocol, wanted);
    return complete(plan, protocol, wanted);
}
