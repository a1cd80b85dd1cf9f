#include "series/internal.h"

#include <string.h>

#include "base/base.h"
#include "time/window.h"
#include "time/zone.h"
#include "protocol/protocol.h"
#include "plan/plan.h"

static bool
is_proposal(const struct smp_session *session)
{
    return session->status == SMP_PROPOSED || session->status == SMP_OPTIONAL;
}

static bool
is_booked(const struct smp_session *session)
{
    return session->status == SMP_BOOKED || session->status == SMP_DONE;
}

bool
smp_work_is_free(const struct smp_plan *plan, const struct smp_session *session)
{
    size_t i;

    if (!is_proposal(session))
        return false;
    for (i = 0; i < plan->session_count; i++) {
        const struct smp_session *other = &plan->sessions[i];

        if (other->status != SMP_CANCELLED &&
            (other->number < session->number ||
             (is_booked(other) && smp_session_precedes(other, session))))
            return true;
    }
    return false;
}

int64_t
smp_work_length(int64_t length, const struct smp_protocol *protocol,
                const struct smp_series_wanted *wanted)
{
    if (length)
        return length;
    return wanted->length ? wanted->length
                          : smp_span_seconds(protocol->course.length.max);
}

bool
smp_work_last_day(const struct smp_protocol *protocol, int32_t ready,
                  int32_t *day)
{
    const struct smp_milestone *healed =
        smp_protocol_milestone(protocol, "healed");
    struct smp_span longest;

    if (!healed || !healed->has_range)
        return false;
    longest = healed->range.max;
    *day = ready;
    if (smp_span_is_elapsed(longest)) /* from its end, which may be next day */
        *day -= (int32_t)(smp_span_seconds(longest) / SMP_DAY_SECONDS) + 2;
    else
        while (smp_day_add(*day, longest) > ready)
            --*day;
    return true;
}

static const struct smp_session *
later(const struct smp_session *a, const struct smp_session *b)
{
    return !a || (b && smp_session_precedes(a, b)) ? b : a;
}

/*
 * The session that a proposal comes after: the last in time of those with a
 * lower number, so that a session that moves takes along the proposals that
 * follow from it, and of the booked ones that are before its old time. For a
 * plan with a session that is not cancelled.
 */
static const struct smp_session *
position_of(const struct smp_plan *plan, int number,
            const struct smp_session *was)
{
    const struct smp_session *found = NULL;
    size_t i;

    for (i = 0; i < plan->session_count; i++) {
        const struct smp_session *session = &plan->sessions[i];

        if (session->status != SMP_CANCELLED &&
            (session->number < number ||
             (was && is_booked(session) && smp_session_precedes(session, was))))
            found = later(found, session);
    }
    return found ? found : smp_gap_first(plan);
}

/*
 * The session that the client's own weekday, time and length are of: the last
 * booked or done one that is not after the session before the first proposal,
 * else the first of all.
 */
static const struct smp_session *
own_session(const struct smp_plan *plan, const struct smp_session *previous)
{
    const struct smp_session *own = NULL;
    size_t i;

    for (i = 0; i < plan->session_count; i++) {
        const struct smp_session *session = &plan->sessions[i];

        if (is_booked(session) && !smp_session_precedes(previous, session))
            own = later(own, session);
    }
    return own ? own : smp_gap_first(plan);
}

/* A proposal without a duration lasts as long as the client's own session. */
static int64_t
duration_of(const struct smp_plan *plan, const struct smp_session *session)
{
    size_t i = 0;

    if (session->duration || !smp_work_is_free(plan, session))
        return session->duration;
    while (!smp_work_is_free(plan, &plan->sessions[i]))
        i++;
    return own_session(plan, position_of(plan, plan->sessions[i].number,
                                         &plan->sessions[i]))
        ->duration;
}

struct smp_interval
smp_series_interval(const struct smp_plan *plan,
                    const struct smp_session *session,
                    const struct smp_protocol *protocol,
                    const struct smp_series_wanted *wanted)
{
    int64_t start = smp_zone_to_instant(plan->zone, smp_session_start(session));

    return (struct smp_interval){
        start,
        start + smp_work_length(duration_of(plan, session), protocol, wanted)};
}

int
smp_work_tail(const struct smp_plan *plan, const struct smp_session *session,
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

bool
smp_series_is(const struct smp_plan *plan, const struct smp_session *session,
              enum smp_series_which which)
{
    bool free = smp_work_is_free(plan, session);

    if (which == SMP_SERIES_PROPOSED)
        return free && session->status == SMP_PROPOSED;
    return !free && session->status != SMP_CANCELLED;
}

bool
smp_series_take(const struct smp_plan *plan,
                const struct smp_protocol *protocol,
                const struct smp_series_wanted *wanted,
                enum smp_series_which which, struct smp_busy *busy)
{
    size_t i;

    for (i = 0; i < plan->session_count; i++) {
        const struct smp_session *session = &plan->sessions[i];
        struct smp_interval interval;

        if (!smp_series_is(plan, session, which))
            continue;
        interval = smp_series_interval(plan, session, protocol, wanted);
        if (!smp_busy_add(busy, interval.from, interval.until + wanted->buffer))
            return false;
    }
    return true;
}

static void
keep_old(struct smp_work *s)
{
    struct smp_plan *plan = s->plan;

    s->old = *plan;
    s->old.sessions = smp_arena_alloc(
        &plan->arena, (plan->session_count + 1) * sizeof *s->old.sessions);
    if (plan->session_count)
        memcpy(s->old.sessions, plan->sessions,
               plan->session_count * sizeof *s->old.sessions);
}

/* The first session of all follows from no other, and is needed. */
static void
begin_with(struct smp_work *s, struct smp_session *first)
{
    s->had_proposals |= first->status == SMP_OPTIONAL;
    first->status = SMP_PROPOSED;
    first->has_window = false;
}

static void
take_out_proposals(struct smp_work *s)
{
    size_t i, kept = 0;

    for (i = 0; i < s->old.session_count; i++) {
        const struct smp_session *session = &s->old.sessions[i];

        if (smp_work_is_free(&s->old, session)) {
            s->had_proposals = true;
            continue;
        }
        s->plan->sessions[kept] = *session;
        if (is_proposal(session))
            begin_with(s, &s->plan->sessions[kept]);
        kept++;
    }
    s->plan->session_count = kept;
}

/* How many treatments there are without the proposals. */
static int
counting(const struct smp_work *s)
{
    size_t i;
    int n = s->before;

    for (i = 0; i < s->plan->session_count; i++)
        n += s->plan->sessions[i].status != SMP_CANCELLED;
    return n;
}

static const struct smp_session *
previous_of(const struct smp_work *s, const struct smp_series_slot *slot)
{
    return position_of(s->plan, slot->number, slot->was);
}

/* The next fixed session in time, or NULL. */
static const struct smp_session *
next_fixed(const struct smp_plan *plan, const struct smp_session *previous)
{
    const struct smp_session *next = NULL;
    size_t i;

    for (i = 0; i < plan->session_count; i++) {
        const struct smp_session *session = &plan->sessions[i];

        if (session->status != SMP_CANCELLED &&
            smp_session_precedes(previous, session) &&
            (!next || smp_session_precedes(session, next)))
            next = session;
    }
    return next;
}

static void
add_slot(struct smp_work *s, int number, const struct smp_session *was)
{
    struct smp_series_slot *slot = &s->slots[s->candidates++];

    *slot = (struct smp_series_slot){.number = number, .was = was};
    slot->before_fixed = next_fixed(s->plan, previous_of(s, slot)) != NULL;
}

static size_t
count_free(const struct smp_plan *plan)
{
    size_t i, n = 0;

    for (i = 0; i < plan->session_count; i++)
        n += smp_work_is_free(plan, &plan->sessions[i]);
    return n;
}

/* The numbers of possible proposals: the old ones, then the next ones. */
static void
set_candidates(struct smp_work *s, size_t most)
{
    int highest = 0;
    size_t i;

    s->slots = smp_arena_alloc(&s->plan->arena, (most + 1) * sizeof *s->slots);
    for (i = 0; i < s->old.session_count; i++) {
        const struct smp_session *old = &s->old.sessions[i];

        highest = old->number;
        if (smp_work_is_free(&s->old, old))
            add_slot(s, old->number, old);
    }
    while (s->candidates < most && highest < SMP_NUMBER_MAX)
        add_slot(s, ++highest, NULL);
}

static size_t
lesser(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t
at_least(int number, size_t least)
{
    return number > 0 && (size_t)number > least ? (size_t)number : least;
}

/* How many slots are wanted: at least all before the last fixed session. */
static void
set_limits(struct smp_work *s)
{
    const struct smp_course *course = &s->protocol->course;
    int more = s->missing + course->max - course->typical;
    size_t before = 0;

    while (before < s->candidates && s->slots[before].before_fixed)
        before++;
    s->required = lesser(at_least(s->missing, before), s->candidates);
    s->count = lesser(at_least(more, s->required), s->candidates);
}

static void
set_slots(struct smp_work *s)
{
    const struct smp_course *course = &s->protocol->course;
    int usual = s->wanted->count ? s->wanted->count : course->typical;

    s->missing = usual - counting(s);
    set_candidates(s, at_least(s->missing + course->max - course->typical, 0) +
                          count_free(&s->old));
    set_limits(s);
}

static bool
knows_hours(const struct smp_work *s)
{
    return s->wanted->hours && !s->wanted->hours->unknown;
}

static void
set_own(struct smp_work *s)
{
    const struct smp_series_slot none = {.number = SMP_NUMBER_MAX + 1};

    s->own =
        *own_session(s->plan, previous_of(s, s->count ? &s->slots[0] : &none));
    s->starts.time =
        (int32_t)(smp_session_start(&s->own) -
                  (int64_t)smp_session_day(&s->own) * SMP_DAY_SECONDS);
    s->starts.time_only =
        s->own.start.kind == SMP_DAY && !knows_hours(s) && !s->wanted->busy;
}

void
smp_work_drop(struct smp_work *s, size_t from, size_t n)
{
    memmove(s->slots + from, s->slots + from + n,
            (s->candidates - from - n) * sizeof *s->slots);
    s->candidates -= n;
    set_limits(s);
    if (!from)
        set_own(s);
}

/* How many slots from one on come after the same fixed session. */
static size_t
run_length(const struct smp_work *s, size_t from, size_t end,
           const struct smp_session *previous)
{
    size_t i = from + 1;

    while (i < end &&
           !smp_session_precedes(previous, previous_of(s, &s->slots[i])))
        i++;
    return i - from;
}

static int64_t
slot_length(const struct smp_work *s, const struct smp_series_slot *slot)
{
    bool has = slot->was && slot->was->duration && !slot->own_length;

    return smp_work_length(has ? slot->was->duration : s->own.duration,
                           s->protocol, s->wanted);
}

static void
set_rules(struct smp_work *s, struct smp_search *search)
{
    size_t i;

    for (i = 0; i < search->count; i++) {
        search->slots[i].rule =
            smp_gap_rule(s->protocol, search->treatment + (int)i);
        search->slots[i].length = slot_length(s, &search->slots[i]);
    }
    search->next_rule =
        smp_gap_rule(s->protocol, search->treatment + (int)search->count);
}

/* The number of a treatment of the plan without its proposals. */
static int
treatment_of(const struct smp_work *s, const struct smp_session *session)
{
    int treatment = s->before + 1;
    size_t i;

    for (i = 0; i < s->plan->session_count; i++)
        treatment += s->plan->sessions[i].status != SMP_CANCELLED &&
                     smp_session_precedes(&s->plan->sessions[i], session);
    return treatment;
}

struct smp_search
smp_work_search(struct smp_work *s, size_t from, size_t end)
{
    const struct smp_session *previous = previous_of(s, &s->slots[from]);
    const struct smp_session *next = next_fixed(s->plan, previous);
    struct smp_search search = {
        .starts = &s->starts,
        .weekday = smp_weekday_of(smp_session_day(&s->own)),
        .first_day = smp_session_day(smp_gap_first(s->plan)),
        .previous_day = smp_session_day(previous),
        .previous_tail =
            smp_work_tail(s->plan, previous, s->protocol, s->wanted),
        .treatment = treatment_of(s, previous),
        .has_next = next != NULL,
        .next_day = next ? smp_session_day(next) : 0,
        .last_day =
            from < s->required ? s->last_day : smp_day_of(SMP_YEAR_MAX, 12, 31),
        .slots = &s->slots[from],
        .count = run_length(s, from, end, previous),
    };

    set_rules(s, &search);
    return search;
}

/* Gives the slots without room the client's own length; true if one had
 * another. */
static bool
give_own_length(struct smp_work *s, struct smp_search *search)
{
    bool any = false;
    size_t i;

    for (i = search->placed; i < search->count; i++) {
        struct smp_series_slot *slot = &search->slots[i];

        slot->own_length = true;
        any |= slot->length != slot_length(s, slot);
    }
    return any;
}

struct smp_search
smp_work_run(struct smp_work *s, size_t from, size_t end)
{
    struct smp_search search = smp_work_search(s, from, end);

    smp_search_run(&search);
    if (!give_own_length(s, &search))
        return search;
    smp_search_release(&search);
    search = smp_work_search(s, from, end);
    smp_search_run(&search);
    return search;
}

/*
 * If the session's time or the studio's hours are unknown, no other time of its
 * day is surely free: its whole day is taken.
 */
static void
keep_clear(struct smp_work *s, const struct smp_session *session)
{
    const struct smp_zone *zone = s->plan->zone;
    int64_t midnight = (int64_t)smp_session_day(session) * SMP_DAY_SECONDS;
    struct smp_interval interval =
        smp_series_interval(s->plan, session, s->protocol, s->wanted);

    if (session->start.kind == SMP_DAY || !knows_hours(s)) {
        int64_t end = smp_zone_to_instant(zone, midnight + SMP_DAY_SECONDS);

        interval.from = smp_zone_to_instant(zone, midnight);
        interval.until = end > interval.until ? end : interval.until;
    }
    smp_intervals_add(&s->starts.avoid, interval.from, interval.until);
}

void
smp_work_bound(struct smp_starts *starts, const struct smp_plan *plan,
               const struct smp_series_wanted *wanted)
{
    struct smp_when from = wanted->not_before;

    if (from.kind == SMP_INSTANT)
        starts->not_before = from.seconds;
    else if (from.kind != SMP_NEVER)
        starts->not_before = smp_zone_to_instant(plan->zone, from.seconds);
    if (wanted->has_earliest && starts->not_before < wanted->earliest)
        starts->not_before = wanted->earliest;
}

static void
set_bounds(struct smp_work *s)
{
    size_t i;

    smp_work_bound(&s->starts, s->plan, s->wanted);
    for (i = 0; i < s->plan->session_count; i++)
        keep_clear(s, &s->plan->sessions[i]);
}

void
smp_work_begin(struct smp_work *s, struct smp_plan *plan,
               const struct smp_protocol *protocol,
               const struct smp_series_wanted *wanted)
{
    *s = (struct smp_work){plan, protocol, wanted};
    if (!wanted->has_ready ||
        !smp_work_last_day(protocol, wanted->ready, &s->last_day))
        s->last_day = smp_day_of(SMP_YEAR_MAX, 12, 31);
    keep_old(s);
    take_out_proposals(s);
    smp_starts_init(&s->starts, plan, wanted);
    set_bounds(s);
    if (!smp_gap_first(plan))
        return; /* nothing to count from */
    s->before = smp_plan_treatment(&s->old, smp_gap_first(&s->old)) - 1;
    set_slots(s);
    set_own(s);
}

void
smp_work_release(struct smp_work *s)
{
    smp_starts_release(&s->starts);
}
