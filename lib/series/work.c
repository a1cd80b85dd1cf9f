#include "series/internal.h"

#include <string.h>

static bool
is_proposal(const struct smp_session *session)
{
    return session->status == SMP_PROPOSED || session->status == SMP_OPTIONAL;
}

/* The first session of all is fixed: proposals have to follow from one. */
bool
smp_work_is_free(const struct smp_plan *plan, const struct smp_session *session)
{
    return is_proposal(session) &&
           smp_gap_session(plan, session->number, true) != NULL;
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

/*
 * The session that the client's own weekday, time and length are of, if the
 * first proposal has this number: the last booked or done one before it, else
 * the first of all. For a plan with a session that is not cancelled.
 */
static const struct smp_session *
own_session(const struct smp_plan *plan, int first)
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

/* A proposal without a duration lasts as long as the client's own session. */
static int64_t
duration_of(const struct smp_plan *plan, const struct smp_session *session)
{
    size_t i = 0;

    if (session->duration || !smp_work_is_free(plan, session))
        return session->duration;
    while (!smp_work_is_free(plan, &plan->sessions[i]))
        i++;
    return own_session(plan, plan->sessions[i].number)->duration;
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
    return !free && session->status != SMP_CANCELLED &&
           session->status != SMP_OPTIONAL;
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
        if (!smp_busy_add(busy, interval.from, interval.until))
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

static void
take_out_proposals(struct smp_work *s)
{
    size_t i, kept = 0;

    for (i = 0; i < s->old.session_count; i++) {
        const struct smp_session *session = &s->old.sessions[i];

        if (smp_work_is_free(&s->old, session))
            s->had_proposals = true;
        else
            s->plan->sessions[kept++] = *session;
    }
    s->plan->session_count = kept;
}

/* Sessions that are not cancelled, and the numbers before the first one. */
static int
counting(const struct smp_plan *plan)
{
    size_t i;
    int n = plan->session_count ? plan->sessions[0].number - 1 : 0;

    for (i = 0; i < plan->session_count; i++)
        n += plan->sessions[i].status != SMP_CANCELLED;
    return n;
}

static void
add_slot(struct smp_work *s, int number, const struct smp_session *was)
{
    s->slots[s->candidates++] =
        (struct smp_series_slot){.number = number, .was = was};
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

    while (before < s->candidates && s->slots[before].number < s->last_fixed)
        before++;
    s->required = lesser(at_least(s->missing, before), s->candidates);
    s->count = lesser(at_least(more, s->required), s->candidates);
}

static void
set_slots(struct smp_work *s)
{
    const struct smp_course *course = &s->protocol->course;
    int usual = s->wanted->count ? s->wanted->count : course->typical;

    s->missing = usual - counting(s->plan);
    s->last_fixed = smp_gap_session(s->plan, SMP_NUMBER_MAX + 1, false)->number;
    set_candidates(s, at_least(s->missing + course->max - course->typical, 0) +
                          count_free(&s->old));
    set_limits(s);
}

static void
set_own(struct smp_work *s)
{
    int first = s->count ? s->slots[0].number : SMP_NUMBER_MAX + 1;

    s->own = *own_session(s->plan, first);
    s->starts.time =
        (int32_t)(smp_session_start(&s->own) -
                  (int64_t)smp_session_day(&s->own) * SMP_DAY_SECONDS);
    s->starts.time_only =
        s->own.start.kind == SMP_DAY && !s->wanted->hours && !s->wanted->busy;
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

/* The next fixed session after a number, or NULL. */
static const struct smp_session *
next_fixed(const struct smp_plan *plan, int number)
{
    size_t i;

    for (i = 0; i < plan->session_count; i++)
        if (plan->sessions[i].number > number &&
            plan->sessions[i].status != SMP_CANCELLED)
            return &plan->sessions[i];
    return NULL;
}

/* How many slots from one on lie between the same fixed sessions. */
static size_t
run_length(const struct smp_work *s, size_t from, size_t end)
{
    const struct smp_session *next = next_fixed(s->plan, s->slots[from].number);
    size_t i = from + 1;

    while (i < end && (!next || s->slots[i].number < next->number))
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
set_rules(struct smp_work *s, struct smp_search *search, int previous)
{
    size_t i;

    for (i = 0; i < search->count; i++) {
        search->slots[i].rule = smp_gap_rule(s->protocol, previous);
        search->slots[i].length = slot_length(s, &search->slots[i]);
        previous = search->slots[i].number;
    }
    search->next_rule = smp_gap_rule(s->protocol, previous);
}

struct smp_search
smp_work_search(struct smp_work *s, size_t from, size_t end)
{
    int number = s->slots[from].number;
    const struct smp_session *previous =
        smp_gap_session(s->plan, number, false);
    const struct smp_session *next = next_fixed(s->plan, number);
    struct smp_search search = {
        .starts = &s->starts,
        .weekday = smp_weekday_of(smp_session_day(&s->own)),
        .first_day = smp_session_day(smp_gap_session(s->plan, number, true)),
        .previous_day = smp_session_day(previous),
        .previous_tail =
            smp_work_tail(s->plan, previous, s->protocol, s->wanted),
        .has_next = next != NULL,
        .next_day = next ? smp_session_day(next) : 0,
        .slots = &s->slots[from],
        .count = run_length(s, from, end),
    };

    set_rules(s, &search, previous->number);
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
void
smp_work_avoid(struct smp_work *s, const struct smp_session *session)
{
    const struct smp_zone *zone = s->plan->zone;
    int64_t midnight = (int64_t)smp_session_day(session) * SMP_DAY_SECONDS;
    struct smp_interval interval =
        smp_series_interval(s->plan, session, s->protocol, s->wanted);

    if (session->start.kind == SMP_DAY || !s->wanted->hours) {
        int64_t end = smp_zone_to_instant(zone, midnight + SMP_DAY_SECONDS);

        interval.from = smp_zone_to_instant(zone, midnight);
        interval.until = end > interval.until ? end : interval.until;
    }
    smp_intervals_add(&s->starts.avoid, interval.from, interval.until);
}

static void
set_bounds(struct smp_work *s)
{
    struct smp_when from = s->wanted->not_before;
    size_t i;

    if (from.kind == SMP_INSTANT)
        s->starts.not_before = from.seconds;
    else if (from.kind != SMP_NEVER)
        s->starts.not_before = smp_zone_to_instant(s->plan->zone, from.seconds);
    for (i = 0; i < s->plan->session_count; i++)
        smp_work_avoid(s, &s->plan->sessions[i]);
}

void
smp_work_begin(struct smp_work *s, struct smp_plan *plan,
               const struct smp_protocol *protocol,
               const struct smp_series_wanted *wanted)
{
    *s = (struct smp_work){plan, protocol, wanted};
    keep_old(s);
    take_out_proposals(s);
    smp_starts_init(&s->starts, plan, wanted);
    set_bounds(s);
    if (!smp_gap_session(plan, SMP_NUMBER_MAX + 1, true))
        return; /* nothing to count from */
    set_slots(s);
    set_own(s);
}

void
smp_work_release(struct smp_work *s)
{
    smp_starts_release(&s->starts);
}
