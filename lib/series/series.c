#include "series/series.h"

#include <string.h>

#include "series/given.h"
#include "series/search.h"

/* A series that is being completed. */
struct series {
    struct smp_plan *plan;
    const struct smp_protocol *protocol;
    const struct smp_series_wanted *wanted;
    struct smp_plan old; /* its sessions as they were */
    struct smp_starts starts;
    struct smp_session own; /* the client's own weekday, time and length */
    struct smp_slot *slots; /* required, then optional */
    size_t required, count;
    bool had_proposals;
    struct smp_buf obstacle; /* what stands in the way */
};

static bool
is_proposal(const struct smp_session *session)
{
    return session->status == SMP_PROPOSED || session->status == SMP_OPTIONAL;
}

/* Proposals follow from something: the first session of all is given. */
static bool
is_free(const struct smp_plan *plan, const struct smp_session *session)
{
    return is_proposal(session) &&
           smp_gap_session(plan, session->number, true) != NULL;
}

static void
keep_old(struct series *s)
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
take_out_proposals(struct series *s)
{
    size_t i, kept = 0;

    for (i = 0; i < s->old.session_count; i++) {
        const struct smp_session *session = &s->old.sessions[i];

        if (is_free(&s->old, session))
            s->had_proposals = true;
        else
            s->plan->sessions[kept++] = *session;
    }
    s->plan->session_count = kept;
}

/* Sessions that are not cancelled, with those before the first one given. */
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
add_slot(struct series *s, int number, const struct smp_session *was)
{
    int64_t length = was && was->duration ? was->duration : s->own.duration;

    s->slots[s->count++] = (struct smp_slot){
        .number = number,
        .was = was,
        .length = smp_given_length_or(length, s->protocol, s->wanted),
    };
}

/* The numbers to be proposed: those that were, then the next ones. */
static void
set_slots(struct series *s)
{
    int usual =
        s->wanted->count ? s->wanted->count : s->protocol->course.typical;
    int extra = s->protocol->course.max - s->protocol->course.typical;
    int required = usual - counting(s->plan), wanted, highest = 0;
    size_t i;

    if (required < 0) {
        extra += required;
        required = 0;
    }
    wanted = required + (extra > 0 ? extra : 0);
    s->slots = smp_arena_alloc(&s->plan->arena,
                               (size_t)(wanted + 1) * sizeof *s->slots);
    for (i = 0; i < s->old.session_count; i++) {
        const struct smp_session *old = &s->old.sessions[i];

        highest = old->number;
        if (is_free(&s->old, old) && s->count < (size_t)wanted)
            add_slot(s, old->number, old);
    }
    while (s->count < (size_t)wanted && highest < SMP_NUMBER_MAX)
        add_slot(s, ++highest, NULL);
    s->required = s->count < (size_t)required ? s->count : (size_t)required;
}

/* The last session that is booked or done before the first slot. */
static void
set_own(struct series *s)
{
    int first = SMP_NUMBER_MAX + 1;
    size_t i;

    for (i = s->old.session_count; i-- > 0;)
        if (is_free(&s->old, &s->old.sessions[i]))
            first = s->old.sessions[i].number;
    s->own = *smp_gap_session(s->plan, SMP_NUMBER_MAX + 1, true);
    for (i = 0; i < s->plan->session_count; i++) {
        const struct smp_session *session = &s->plan->sessions[i];

        if (session->number < first &&
            (session->status == SMP_BOOKED || session->status == SMP_DONE))
            s->own = *session;
    }
    s->starts.time =
        (int32_t)(smp_session_start(&s->own) -
                  (int64_t)smp_session_day(&s->own) * SMP_DAY_SECONDS);
    s->starts.time_only =
        s->own.start.kind == SMP_DAY && !s->wanted->hours && !s->wanted->busy;
}

/* The session given next after a number, or NULL. */
static const struct smp_session *
next_given(const struct smp_plan *plan, int number)
{
    size_t i;

    for (i = 0; i < plan->session_count; i++)
        if (plan->sessions[i].number > number &&
            plan->sessions[i].status != SMP_CANCELLED)
            return &plan->sessions[i];
    return NULL;
}

/* The slots from one on that lie between the same sessions. */
static size_t
run_length(const struct series *s, size_t from, size_t end)
{
    const struct smp_session *next = next_given(s->plan, s->slots[from].number);
    size_t i = from + 1;

    while (i < end && (!next || s->slots[i].number < next->number))
        i++;
    return i - from;
}

static void
set_rules(struct series *s, struct smp_search *search, int previous)
{
    size_t i;

    for (i = 0; i < search->count; i++) {
        search->slots[i].rule = smp_gap_rule(s->protocol, previous);
        previous = search->slots[i].number;
    }
    search->next_rule = smp_gap_rule(s->protocol, previous);
}

static struct smp_search
search_of(struct series *s, size_t from, size_t end)
{
    int number = s->slots[from].number;
    const struct smp_session *previous =
        smp_gap_session(s->plan, number, false);
    struct smp_search search = {
        .starts = &s->starts,
        .weekday = smp_weekday_of(smp_session_day(&s->own)),
        .first_day = smp_session_day(smp_gap_session(s->plan, number, true)),
        .previous_day = smp_session_day(previous),
        .previous_tail =
            smp_given_tail(s->plan, previous, s->protocol, s->wanted),
        .next = next_given(s->plan, number),
        .slots = &s->slots[from],
        .count = run_length(s, from, end),
    };

    set_rules(s, &search, previous->number);
    return search;
}

/* A date stays a date; one that must begin at another time gets it. */
static struct smp_when
start_of(const struct series *s, int32_t day, int32_t time)
{
    if (s->own.start.kind == SMP_DAY && time == s->starts.time)
        return smp_when_day(day);
    return smp_when_local((int64_t)day * SMP_DAY_SECONDS + time);
}

static void
place(struct series *s, const struct smp_slot *slot, enum smp_status status)
{
    struct smp_session *session = smp_plan_add_session(s->plan);

    if (slot->was)
        *session = *slot->was;
    else
        *session = (struct smp_session){.number = slot->number,
                                        .duration = s->own.duration};
    session->status = status;
    if (!slot->kept)
        session->start = start_of(s, slot->day, slot->time);
}

static void
add_choices(struct series *s, struct smp_search *search)
{
    struct smp_plan *plan = s->plan;
    const struct smp_slot *slot = &search->slots[0];
    int32_t day = slot->day, time = slot->time;
    size_t most = (size_t)s->wanted->choices;

    plan->choices = smp_arena_alloc(&plan->arena, most * sizeof *plan->choices);
    do {
        int64_t start = smp_zone_to_instant(
            plan->zone, (int64_t)day * SMP_DAY_SECONDS + time);

        plan->choices[plan->choice_count] = !plan->choice_count && slot->kept
                                                ? slot->was->start
                                                : start_of(s, day, time);
        smp_intervals_add(&s->starts.avoid, start, start + slot->length);
    } while (++plan->choice_count < most &&
             smp_search_again(search, &day, &time));
    s->starts.avoid.count = 0;
}

static void
tell_obstacles(struct smp_buf *out, const struct smp_search *search)
{
    static const char *const what[SMP_OBSTACLES] = {
        [SMP_CLOSED] = "closed",
        [SMP_AWAY] = "away",
        [SMP_TOO_SHORT] = "open too shortly",
        [SMP_FULL] = "full",
        [SMP_TOO_NEAR] = "not at the gap before the next session",
    };
    const struct smp_hindrance *hindrance = &search->hindrance;
    const char *separator = ": ";
    int i;

    if (hindrance->first > hindrance->last) {
        smp_buf_puts(out, "no day fits the protocol's gap");
        return;
    }
    smp_buf_puts(out, "no opening between ");
    smp_when_print(out, smp_when_day(hindrance->first));
    smp_buf_puts(out, " and ");
    smp_when_print(out, smp_when_day(hindrance->last));
    for (i = 0; i < SMP_OBSTACLES; i++) {
        int days = hindrance->days[i];

        if (!days)
            continue;
        smp_buf_printf(out, "%s%d %s %s", separator, days,
                       days == 1 ? "day" : "days", what[i]);
        separator = ", ";
    }
}

/* Places a run; false, with what was in the way, where not all of it fits. */
static bool
place_run(struct series *s, size_t from, size_t end, size_t *length)
{
    struct smp_search search = search_of(s, from, end);
    bool required = from < s->required, complete;
    size_t i;

    *length = search.count;
    smp_search_run(&search);
    for (i = 0; i < search.placed; i++)
        place(s, &search.slots[i], required ? SMP_PROPOSED : SMP_OPTIONAL);
    if (required && search.placed && s->wanted->choices > 0 &&
        !s->plan->choice_count)
        add_choices(s, &search);
    complete = search.placed == search.count;
    if (!complete) {
        smp_buf_printf(&s->obstacle,
                       required ? "session %d: "
                                : "no room for the possible session %d: ",
                       search.slots[search.placed].number);
        tell_obstacles(&s->obstacle, &search);
    }
    smp_search_release(&search);
    smp_plan_sort_sessions(s->plan);
    return complete;
}

static bool
place_slots(struct series *s, size_t from, size_t end)
{
    size_t length;

    for (; from < end; from += length)
        if (!place_run(s, from, end, &length))
            return false;
    return true;
}

/* The days that the gap allows now, of those that are proposed. */
static void
set_windows(struct series *s)
{
    const int32_t end = smp_day_of(SMP_YEAR_MAX, 12, 31);
    struct smp_plan *plan = s->plan;
    size_t i;

    for (i = 0; i < plan->session_count; i++) {
        struct smp_session *session = &plan->sessions[i];
        struct smp_series_gap gap;

        if (!is_free(plan, session))
            continue;
        gap = smp_series_gap(plan, s->protocol, session->number);
        session->has_window = gap.has_first && gap.has_last;
        session->first = gap.first;
        session->last = gap.last < end ? gap.last : end;
    }
}

static void
set_durations(struct series *s)
{
    size_t i;

    for (i = 0; i < s->plan->session_count; i++) {
        struct smp_session *session = &s->plan->sessions[i];

        if (session->start.kind == SMP_LOCAL)
            session->duration =
                smp_given_length_or(session->duration, s->protocol, s->wanted);
    }
}

static bool
same_when(struct smp_when a, struct smp_when b)
{
    return a.kind == b.kind && a.seconds == b.seconds;
}

/* Names what is different about a session; whether anything is. */
static bool
name_change(struct series *s, const struct smp_session *session,
            const struct smp_session *was)
{
    struct smp_buf from = {0}, to = {0};
    bool moved = !same_when(session->start, was->start);
    bool other = session->status != was->status;

    smp_when_print(&from, was->start);
    smp_when_print(&to, session->start);
    if (moved)
        smp_plan_change(s->plan, "session %d moved from %s to %s",
                        session->number, smp_buf_text(&from),
                        smp_buf_text(&to));
    if (other)
        smp_plan_change(s->plan, "session %d is %s, no longer %s",
                        session->number, smp_status_names[session->status],
                        smp_status_names[was->status]);
    smp_buf_release(&from);
    smp_buf_release(&to);
    return moved || other;
}

static struct smp_session *
session_of(struct smp_plan *plan, int number)
{
    size_t i;

    for (i = 0; i < plan->session_count; i++)
        if (plan->sessions[i].number == number)
            return &plan->sessions[i];
    return NULL;
}

static void
name_changes(struct series *s)
{
    int number;

    for (number = 1; number <= SMP_NUMBER_MAX; number++) {
        const struct smp_session *was = smp_plan_session(&s->old, number);
        struct smp_session *session = session_of(s->plan, number);

        if (was && !session)
            smp_plan_change(s->plan, "session %d dropped", number);
        else if (session && !was)
            smp_plan_change(s->plan, "session %d added", number);
        else if (session && name_change(s, session, was) &&
                 session->sequence < INT32_MAX)
            session->sequence++;
    }
}

static bool
place_all(struct series *s)
{
    bool complete;

    set_slots(s);
    complete = place_slots(s, 0, s->required);
    if (complete)
        place_slots(s, s->required, s->count);
    return complete;
}

bool
smp_series_complete(struct smp_plan *plan, const struct smp_protocol *protocol,
                    const struct smp_series_wanted *wanted)
{
    struct series s = {plan, protocol, wanted};
    bool complete = true;

    plan->warnings.count = plan->changes.count = plan->choice_count = 0;
    keep_old(&s);
    take_out_proposals(&s);
    smp_starts_init(&s.starts, plan, wanted);
    if (smp_gap_session(plan, SMP_NUMBER_MAX + 1, true)) {
        set_own(&s);
        complete = place_all(&s);
    }
    set_windows(&s);
    smp_given_check(plan, protocol, wanted, &s.starts);
    if (s.obstacle.len)
        smp_plan_warn(plan, "%s", smp_buf_text(&s.obstacle));
    if (s.had_proposals)
        name_changes(&s);
    set_durations(&s);
    smp_starts_release(&s.starts);
    smp_buf_release(&s.obstacle);
    return complete;
}
