#include "care/cases.h"

#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "time/window.h"
#include "time/civil.h"
#include "time/zone.h"
#include "protocol/protocol.h"
#include "plan/plan.h"
#include "care/resolve.h"

/*
 * What a verdict depends on is a chain of choices, tried one inside the other:
 *
 *   the hour of the day at which sessions start, if a rule has a clock
 *   how many sessions there are, and whether the first one is the client's
 *   whether the last one is final, or only optional, if a rule counts from it
 *   the gap after each session
 *   what is noted of healing, if a rule counts from it
 *   which of the tags hold that are conditions of a rule
 *
 * Two gaps are of one kind if all bounds of the rules come in the same order.
 * That order changes only at a gap that is the distance of two bounds, one of
 * each session (`a - b` below), so these, the days beside them, and the
 * shortest and the longest gap are tried:
 *
 *     session 1 ----a1------a2-------|
 *     session 2         |--b1-------- gap --
 *
 * The days on which a client may have healed are found in the same way.
 *
 * Three sessions are enough. A verdict about a time depends on the last
 * session before it, on the next one, and on the one after that by its
 * pre-care. Of earlier sessions only bans are left then, and these can only
 * take permission away. A session that is not the client's first stands for
 * all later ones; if a rule counts from the first session, series begin with
 * it and times after each of their sessions are looked at.
 */
struct days {
    int32_t at[SMP_CASES_DAYS_MAX];
    size_t count;
    bool overflow;
};

struct search {
    const struct smp_cases *cases;
    struct smp_plan plan;
    struct smp_sessions sessions;
    bool healed, first, last, clock, months; /* what rules count from */
    struct days bounds; /* of the rules, from their session */
    struct days shifts; /* of those that count from healing, from there */
    const char *tags[SMP_CASES_TAGS_MAX];
    size_t tag_count;
    int sessions_max;
    bool overflow;
};

enum { MONTH_SHORT = 28, MONTH_LONG = 31 };

static void
add_day(struct days *days, int32_t day)
{
    size_t i;

    for (i = 0; i < days->count; i++)
        if (days->at[i] == day)
            return;
    if (days->count == SMP_CASES_DAYS_MAX)
        days->overflow = true;
    else
        days->at[days->count++] = day;
}

/* The days that a span may come to; parts of days are rounded down. */
static void
add_span(struct days *days, int32_t base, struct smp_span span)
{
    int64_t seconds = smp_span_seconds(span);
    int32_t day = (int32_t)(seconds / SMP_DAY_SECONDS);

    if (seconds < 0 && seconds % SMP_DAY_SECONDS)
        day--;
    add_day(days, base + day);
    if (span.unit == SMP_MONTHS) {
        int32_t months = (int32_t)(span.thousandths / 1000);

        add_day(days, base + months * MONTH_SHORT);
        add_day(days, base + months * MONTH_LONG);
    }
}

static void
add_point(struct search *s, const struct smp_point *point)
{
    const struct smp_milestone *milestone = NULL;
    struct days bases = {{0}, 1, false};
    size_t i;

    s->first |= point->anchor == SMP_AT_FIRST;
    s->last |= point->anchor == SMP_AT_LAST;
    s->clock |= point->clock != SMP_CLOCK_NONE;
    s->months |= point->has_offset && (point->from.unit == SMP_MONTHS ||
                                       point->to.unit == SMP_MONTHS);
    if (point->anchor == SMP_AT_OPEN)
        return;
    if (point->anchor == SMP_AT_MILESTONE) {
        s->healed |= smp_is_healing(point->milestone);
        milestone =
            smp_protocol_milestone(s->cases->protocol, point->milestone);
    }
    if (milestone && milestone->has_range) {
        bases.count = 0;
        add_span(&bases, 0, milestone->range.min);
        add_span(&bases, 1, milestone->range.max);
    }
    for (i = 0; i < bases.count; i++) {
        add_span(&s->bounds, bases.at[i], point->from);
        add_span(&s->bounds, bases.at[i], point->to);
    }
    if (milestone == s->cases->protocol->milestones) {
        add_span(&s->shifts, 0, point->from);
        add_span(&s->shifts, 0, point->to);
    }
}

static void
add_tags(struct search *s, const struct smp_strings *tags)
{
    size_t i, j;

    for (i = 0; i < tags->count; i++) {
        for (j = 0; j < s->tag_count; j++)
            if (strcmp(s->tags[j], tags->at[i]) == 0)
                break;
        if (j < s->tag_count)
            continue;
        if (s->tag_count == SMP_CASES_TAGS_MAX)
            s->overflow = true;
        else
            s->tags[s->tag_count++] = tags->at[i];
    }
}

static void
look_at_rules(struct search *s)
{
    size_t i;

    for (i = 0; i < s->cases->rule_count; i++) {
        const struct smp_rule *rule = s->cases->rules[i];

        add_point(s, &rule->window.start);
        add_point(s, &rule->window.end);
        add_tags(s, &rule->when);
        add_tags(s, &rule->unless);
        s->last |= rule->scope == SMP_LAST;
    }
    add_day(&s->bounds, 0);
    add_day(&s->bounds, 1);
    s->overflow |= s->bounds.overflow || s->shifts.overflow;
}

bool
smp_cases_work(const struct smp_cases *cases, size_t units)
{
    bool enough = units <= *cases->work;

    *cases->work = enough ? *cases->work - units : 0;
    return enough;
}

static bool
visit(struct search *s)
{
    if (!smp_cases_work(s->cases,
                        (s->cases->rule_count + 1) * s->plan.session_count)) {
        s->overflow = true;
        return false;
    }
    smp_sessions_find(&s->sessions, s->cases->protocol, &s->plan, true);
    return s->cases->visit(s->cases->context, &s->plan, &s->sessions);
}

/* Facts are few: a combination is a number, a bit for each. */
static bool
try_facts(struct search *s)
{
    const char *facts[SMP_CASES_TAGS_MAX];
    unsigned mask;
    size_t i;
    bool go_on = true;

    s->plan.facts.at = facts;
    for (mask = 0; mask < 1u << s->tag_count && go_on; mask++) {
        s->plan.facts.count = 0;
        for (i = 0; i < s->tag_count; i++)
            if (mask & 1u << i)
                facts[s->plan.facts.count++] = s->tags[i];
        smp_plan_sort_facts(&s->plan);
        go_on = visit(s);
    }
    s->plan.facts = (struct smp_strings){0};
    return go_on;
}

/* The days after a session on which it may be noted that it has healed. */
static void
find_dates(const struct search *s, struct days *dates)
{
    const struct smp_milestone *healed = &s->cases->protocol->milestones[0];
    struct days range = {0}, all = {0};
    size_t i, j;

    add_day(&all, 1);
    if (healed->has_range) {
        add_span(&range, 0, healed->range.min);
        add_span(&range, 1, healed->range.max);
        all.count = 0;
        for (i = 0; i < range.count; i++)
            add_day(&all, range.at[i]);
    }
    for (i = 0; i < s->bounds.count; i++)
        for (j = 0; j < s->shifts.count; j++) {
            add_day(&all, s->bounds.at[i] - s->shifts.at[j]);
            add_day(&all, s->bounds.at[i] - s->shifts.at[j] + 1);
        }
    for (i = 1; i < s->plan.session_count; i++)
        for (j = 0; j < 3; j++)
            add_day(&all, smp_session_day(&s->plan.sessions[i]) -
                              smp_session_day(&s->plan.sessions[0]) - 1 +
                              (int32_t)j);
    for (i = 0; i < all.count; i++)
        if (all.at[i] >= 0 && (!range.count || all.at[i] >= range.at[0]))
            add_day(dates, all.at[i]);
}

/* What is noted of the i-th session, then of those after it. */
static bool
try_notes(struct search *s, size_t i, const struct days *dates)
{
    struct smp_session *session = &s->plan.sessions[i];
    size_t noted = s->plan.session_count == 2 ? 2 : 1, j;

    if (!s->healed || i == noted || i == s->plan.session_count)
        return try_facts(s);
    session->healing = SMP_HEALING_UNKNOWN;
    if (!try_notes(s, i + 1, dates))
        return false;
    session->healing = SMP_NOT_HEALED;
    if (!try_notes(s, i + 1, dates))
        return false;
    for (j = 0; j < dates->count; j++) {
        session->healing = SMP_HEALED;
        session->healed = smp_session_day(session) + dates->at[j];
        if (!try_notes(s, i + 1, dates))
            return false;
    }
    session->healing = SMP_HEALING_UNKNOWN;
    return true;
}

static bool
try_healing(struct search *s)
{
    struct days dates = {0};

    find_dates(s, &dates);
    s->overflow |= dates.overflow;
    return try_notes(s, 0, &dates);
}

static bool
try_ends(struct search *s)
{
    struct smp_session *last = &s->plan.sessions[s->plan.session_count - 1];
    bool go_on;

    if (!try_healing(s))
        return false;
    last->final = true;
    go_on = try_healing(s);
    last->final = false;
    if (!go_on || !s->last || s->plan.session_count == 1)
        return go_on;
    last->status = SMP_OPTIONAL;
    go_on = try_healing(s);
    last->status = SMP_BOOKED;
    return go_on;
}

/* The rule of the protocol for the gap after a session, or NULL. */
static const struct smp_gap *
gap_after(const struct smp_protocol *protocol, int number)
{
    const struct smp_course *course = &protocol->course;
    const struct smp_gap *each = NULL;
    size_t i;

    for (i = 0; i < course->gap_count; i++) {
        const struct smp_gap *gap = &course->gaps[i];

        if (gap->if_words)
            continue;
        if (gap->after == number)
            return gap;
        if (!gap->after && !each)
            each = gap;
    }
    return each;
}

/* A span after a day, in days; of hours, the whole days they touch at least. */
static int32_t
days_of(int32_t day, struct smp_span span)
{
    if (smp_span_is_elapsed(span))
        return (int32_t)((smp_span_seconds(span) + SMP_DAY_SECONDS - 1) /
                         SMP_DAY_SECONDS);
    return smp_day_add(day, span) - day;
}

/* The gaps to try after the i-th session of the plan; false: not stated. */
static bool
find_gaps(const struct search *s, size_t i, struct days *gaps)
{
    const struct smp_session *session = &s->plan.sessions[i];
    const struct smp_gap *rule = gap_after(s->cases->protocol, session->number);
    int32_t day = smp_session_day(session);
    int32_t shortest = 1, longest = 0, passed = 0, far = 0;
    const struct days *b = &s->bounds;
    size_t j, k;
    int32_t beside;

    if (rule && rule->from_first)
        passed = day - smp_session_day(s->plan.sessions);
    if (rule && (rule->has_min || rule->has_prefer))
        shortest =
            days_of(day - passed, rule->has_min ? rule->min : rule->prefer) -
            passed;
    if (rule && rule->has_max)
        longest = days_of(day - passed, rule->max) - passed;
    if (shortest < 1)
        shortest = 1;
    for (j = 0; j < b->count; j++)
        for (k = 0; k < b->count; k++)
            if (b->at[j] - b->at[k] > far)
                far = b->at[j] - b->at[k];
    if (longest < shortest)
        longest = (far < shortest ? shortest : far) + 2;
    add_day(gaps, shortest);
    add_day(gaps, longest);
    for (j = 0; j < b->count && s->plan.session_count < SMP_CASES_SESSIONS_MAX;
         j++)
        for (k = 0; k < b->count; k++)
            for (beside = -1; beside <= 1; beside++) {
                int32_t gap = b->at[j] - b->at[k] + beside;

                if (gap > shortest && gap < longest)
                    add_day(gaps, gap);
            }
    return rule != NULL;
}

static struct smp_session *
add_session(struct search *s, struct smp_when start)
{
    size_t i = s->plan.session_count;
    struct smp_session *session = smp_plan_add_session(&s->plan);

    session->start = start;
    session->number = i ? s->plan.sessions[i - 1].number + 1 : 1;
    return session;
}

/* With the sessions there are, then with one more. */
static bool
try_sessions(struct search *s)
{
    size_t i = s->plan.session_count - 1, j;
    const struct smp_session *last = &s->plan.sessions[i];
    struct smp_when start = last->start;
    struct days gaps = {0};
    bool stated;

    if (!try_ends(s))
        return false;
    if (i + 1 == SMP_CASES_SESSIONS_MAX || last->number >= s->sessions_max)
        return true;
    stated = find_gaps(s, i, &gaps);
    s->overflow |= gaps.overflow;
    if (s->cases->stated_gaps && !stated)
        return true;
    for (j = 0; j < gaps.count; j++) {
        struct smp_when next = start;
        bool go_on;

        next.seconds += gaps.at[j] * (int64_t)SMP_DAY_SECONDS;
        add_session(s, next);
        go_on = try_sessions(s);
        s->plan.session_count--;
        if (!go_on)
            return false;
    }
    return true;
}

static bool
try_start(struct search *s, int32_t day, int hour)
{
    struct smp_when start =
        smp_when_local((int64_t)day * SMP_DAY_SECONDS + (int64_t)hour * 3600);
    int number, numbers = s->first || s->sessions_max == 1 ? 1 : 2;
    bool go_on = true;

    for (number = 1; number <= numbers && go_on; number++) {
        s->plan.session_count = 0;
        add_session(s, start)->number = number;
        go_on = try_sessions(s);
    }
    return go_on;
}

static bool
try_starts(struct search *s)
{
    static const int hours[] = {SMP_SESSION_HOUR, 7, 19};
    const int32_t days[] = {smp_day_of(2026, 12, 1), smp_day_of(2027, 1, 31)};
    size_t i, j;

    for (i = 0; i < (s->months ? 2 : 1); i++)
        for (j = 0; j < (s->clock ? 3 : 1); j++)
            if (!try_start(s, days[i], hours[j]))
                return false;
    return true;
}

bool
smp_cases_visit(const struct smp_cases *cases)
{
    const struct smp_course *course = &cases->protocol->course;
    struct search s = {.cases = cases, .plan = {.id = "c", .time_zone = "UTC"}};
    struct smp_zones zones = {0};
    s.plan.zone = smp_zones_add(&zones, "cases", 0, NULL, 0);
    s.sessions_max =
        course->has_sessions ? course->max : SMP_CASES_SESSIONS_MAX;
    look_at_rules(&s);
    if (!s.overflow)
        try_starts(&s);
    smp_plan_release(&s.plan);
    smp_zones_release(&zones);
    return !s.overflow;
}

struct times {
    int64_t **at;
    size_t count, *room;
};

static void
add_time(struct times *times, int64_t time)
{
    *times->at =
        smp_grow(*times->at, times->count, times->room, sizeof **times->at);
    (*times->at)[times->count++] = time;
}

static void
add_when(struct times *times, struct smp_when when)
{
    if (when.kind != SMP_NEVER)
        add_time(times, when.seconds);
}

static void
add_extents(struct times *times, const struct smp_cases *cases,
            const struct smp_sessions *sessions, size_t i)
{
    size_t j;

    for (j = 0; j < cases->rule_count; j++) {
        struct smp_extent extent = smp_resolve(sessions, i, cases->rules[j]);

        add_when(times, extent.start.low);
        add_when(times, extent.start.high);
        add_when(times, extent.end.low);
        add_when(times, extent.end.high);
    }
}

/*
 * While it is open whether a client has healed, each day is another question:
 * its beginning, and the hours at which other bounds fall.
 */
static void
add_healing(struct times *times, const struct smp_sessions *sessions, size_t i,
            const struct days *hours)
{
    struct smp_bound range = smp_sessions_range(sessions, i);
    int64_t begins = range.low.seconds - range.low.seconds % SMP_DAY_SECONDS;
    int64_t ends = times->count ? (*times->at)[times->count - 1] : 0;
    size_t j;

    ends += 2 * SMP_DAY_SECONDS;
    if (range.high.kind != SMP_NEVER && range.high.seconds < ends)
        ends = range.high.seconds;
    if (!smp_sessions_is_open(sessions, i))
        return;
    for (; begins <= ends; begins += SMP_DAY_SECONDS)
        for (j = 0; j < hours->count; j++)
            add_time(times, begins + hours->at[j]);
}

/* The hours at which times fall, in seconds after midnight. */
static void
find_hours(const struct times *times, struct days *hours)
{
    size_t i;

    add_day(hours, 0);
    for (i = 0; i < times->count; i++)
        add_day(hours, (int32_t)((*times->at)[i] % SMP_DAY_SECONDS));
}

static int
compare_times(const void *a, const void *b)
{
    int64_t first = *(const int64_t *)a, second = *(const int64_t *)b;

    return (first > second) - (first < second);
}

/* Sorts the times, each once. */
static void
settle(struct times *times)
{
    size_t i, kept = 0;
    int64_t *at = *times->at;

    qsort(at, times->count, sizeof *at, compare_times);
    for (i = 0; i < times->count; i++)
        if (!kept || at[i] != at[kept - 1])
            at[kept++] = at[i];
    times->count = kept;
}

size_t
smp_cases_times(const struct smp_cases *cases,
                const struct smp_sessions *sessions, int64_t **times,
                size_t *room)
{
    struct times found = {times, 0, room};
    struct days hours = {0};
    size_t i;

    for (i = 0; i < sessions->count; i++) {
        add_time(&found,
                 (int64_t)smp_session_day(sessions->at[i]) * SMP_DAY_SECONDS);
        add_time(&found, smp_sessions_start(sessions, i));
        add_time(&found, smp_sessions_end(sessions, i));
        add_when(&found, sessions->healed[i].low);
        add_when(&found, sessions->healed[i].high);
        add_extents(&found, cases, sessions, i);
    }
    settle(&found);
    find_hours(&found, &hours);
    for (i = 0; i < sessions->count; i++)
        add_healing(&found, sessions, i, &hours);
    settle(&found);
    return found.count;
}
