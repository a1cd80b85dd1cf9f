#include "care/sessions.h"

#include <stdlib.h>

static void
insert(struct smp_sessions *s, const struct smp_session *session)
{
    size_t i = s->count++;

    for (; i && smp_session_precedes(session, s->at[i - 1]); i--)
        s->at[i] = s->at[i - 1];
    s->at[i] = session;
}

/* Numbers below the lowest that counts which no session of the plan has. */
static int
treatments_before(const struct smp_sessions *s)
{
    int lowest = SMP_NUMBER_MAX + 1, missing;
    size_t i;

    for (i = 0; i < s->count; i++)
        if (s->at[i]->number < lowest)
            lowest = s->at[i]->number;
    missing = lowest - 1;
    for (i = 0; i < s->plan->session_count; i++)
        if (s->plan->sessions[i].number < lowest)
            missing--;
    return missing;
}

static bool
is_finished(const struct smp_sessions *s)
{
    size_t i;

    for (i = 0; i < s->count; i++)
        if (s->at[i]->final)
            return true;
    return !s->plan->continues && s->count &&
           s->before + (int)s->count >= s->protocol->course.min;
}

static const struct smp_session *
find_optional(const struct smp_sessions *s)
{
    const struct smp_session *found = NULL;
    size_t i;

    for (i = 0; s->count && i < s->plan->session_count; i++) {
        const struct smp_session *session = &s->plan->sessions[i];

        if (session->status == SMP_OPTIONAL &&
            smp_session_precedes(s->at[s->count - 1], session) &&
            (!found || smp_session_precedes(found, session)))
            found = session;
    }
    return found;
}

void
smp_sessions_find(struct smp_sessions *s, const struct smp_protocol *protocol,
                  const struct smp_plan *plan, bool proposed)
{
    size_t i;

    s->protocol = protocol;
    s->plan = plan;
    s->count = 0;
    for (i = 0; i < plan->session_count && s->count < SMP_NUMBER_MAX; i++)
        if (smp_session_counts(&plan->sessions[i]) &&
            (proposed || plan->sessions[i].status != SMP_PROPOSED))
            insert(s, &plan->sessions[i]);
    for (i = 0; i < s->count; i++)
        s->notes[i] = SMP_NOTE_OF_PLAN;
    s->before = s->count ? treatments_before(s) : 0;
    s->finished = is_finished(s);
    s->optional = find_optional(s);
    smp_sessions_heal(s);
}

int64_t
smp_sessions_start(const struct smp_sessions *s, size_t i)
{
    return smp_session_start(s->at[i]);
}

int64_t
smp_sessions_end(const struct smp_sessions *s, size_t i)
{
    return smp_session_end(s->plan, s->at[i], s->protocol);
}

int64_t
smp_sessions_next_start(const struct smp_sessions *s, size_t i)
{
    return i + 1 < s->count ? smp_sessions_start(s, i + 1) : INT64_MAX;
}

static struct smp_when
after_session(const struct smp_sessions *s, size_t i, struct smp_span span)
{
    int64_t day = (int64_t)smp_session_day(s->at[i]) * SMP_DAY_SECONDS;

    if (smp_span_is_days(span))
        return smp_when_day(smp_day_add(smp_session_day(s->at[i]), span));
    return smp_when_local(smp_local_add(
        s->plan->zone, smp_span_is_elapsed(span) ? smp_sessions_end(s, i) : day,
        span));
}

struct smp_bound
smp_sessions_range(const struct smp_sessions *s, size_t i)
{
    const struct smp_milestone *healed =
        smp_protocol_milestone(s->protocol, "healed");
    struct smp_bound range = {.low = smp_when_day(smp_session_day(s->at[i])),
                              .high = {SMP_NEVER, 0}};

    if (!healed || !healed->has_range)
        return range;
    range.low = after_session(s, i, healed->range.min);
    range.high = after_session(s, i, healed->range.max);
    if (range.high.kind == SMP_DAY) /* to the end of that day */
        range.high.seconds += SMP_DAY_SECONDS;
    return range;
}

/* A day, but no earlier than the range begins. */
static struct smp_when
not_before(struct smp_when first, int32_t day)
{
    struct smp_when when = smp_when_day(day);

    return when.seconds > first.seconds ? when : first;
}

/* By what is noted of the session alone. */
static struct smp_bound
noted(const struct smp_sessions *s, size_t i)
{
    static const struct smp_bound unreached = {{SMP_NEVER, 0}, {SMP_NEVER, 0}};
    struct smp_bound healed = smp_sessions_range(s, i);

    if (s->notes[i] == SMP_NOTE_NOT_HEALED)
        return unreached;
    if (s->notes[i] == SMP_NOTE_HEALED) {
        healed.high = not_before(healed.low, s->healed_by[i]);
    } else if (s->at[i]->healing == SMP_NOT_HEALED) {
        return unreached;
    } else if (s->at[i]->healing == SMP_HEALED) {
        healed.low = not_before(healed.low, s->at[i]->healed);
        healed.high = healed.low;
    }
    return healed;
}

static bool
is_reached(struct smp_when bound, int64_t time)
{
    return bound.kind != SMP_NEVER && bound.seconds <= time;
}

/* The next wound takes over what was not certain when it was made. */
void
smp_sessions_heal(struct smp_sessions *s)
{
    size_t i = s->count;

    while (i--) {
        int64_t next = smp_sessions_next_start(s, i);

        s->healed[i] = noted(s, i);
        if (next == INT64_MAX || is_reached(s->healed[i].high, next))
            continue;
        s->healed[i].high = s->healed[i + 1].high;
        if (!is_reached(s->healed[i].low, next - 1))
            s->healed[i].low = s->healed[i + 1].low;
    }
}

size_t
smp_sessions_index(const struct smp_sessions *s, int number)
{
    size_t i = 0;

    while (i < s->count && s->at[i]->number != number)
        i++;
    return i;
}

size_t
smp_sessions_last_by(const struct smp_sessions *s, int32_t day)
{
    size_t i = s->count;

    while (i)
        if (smp_session_day(s->at[--i]) <= day)
            return i;
    return s->count;
}

bool
smp_sessions_is_open(const struct smp_sessions *s, size_t i)
{
    return s->notes[i] == SMP_NOTE_OF_PLAN &&
           s->at[i]->healing == SMP_HEALING_UNKNOWN;
}
