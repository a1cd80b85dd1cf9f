#include "care/care.h"

#include <stdlib.h>
#include <string.h>

#include "time/zone.h"
#include "plan/plan.h"
#include "care/in_force.h"
#include "care/uid.h"

static bool
same_when(struct smp_when a, struct smp_when b)
{
    return a.kind == b.kind && (a.kind == SMP_NEVER || a.seconds == b.seconds);
}

static const char *
milestone_of(const struct smp_point *point)
{
    return point->anchor == SMP_AT_MILESTONE ? point->milestone : NULL;
}

/*
 * Plans know the years 1900 to 2100: what begins before them begins with
 * them, and what ends after them has no end.
 */
static struct smp_when
within_years(struct smp_when when)
{
    const int64_t first = INT64_C(-25567) * SMP_DAY_SECONDS; /* 1900-01-01 */
    const int64_t end = INT64_C(47847) * SMP_DAY_SECONDS;    /* 2101-01-01 */

    if (when.kind != SMP_NEVER && when.seconds < first)
        when.seconds = first;
    if (when.kind != SMP_NEVER && when.seconds >= end)
        when.kind = SMP_NEVER;
    return when;
}

static struct smp_bound
bound_within_years(struct smp_bound bound)
{
    return (struct smp_bound){within_years(bound.low),
                              within_years(bound.high)};
}

/* A bound at midnight is a day: nobody is told "until 00:00". */
static struct smp_when
as_day(struct smp_when when)
{
    if (when.kind == SMP_LOCAL && when.seconds % SMP_DAY_SECONDS == 0)
        when.kind = SMP_DAY;
    return when;
}

static void
set_bounds(struct smp_item *item, const struct smp_rule *rule,
           const struct smp_extent *extent)
{
    item->start = as_day(extent->start.low);
    if (!same_when(extent->start.low, extent->start.high))
        item->start_latest = as_day(extent->start.high);
    item->end = as_day(extent->end.high);
    if (!same_when(extent->end.low, extent->end.high))
        item->end_earliest = as_day(extent->end.low);
    item->start_on = milestone_of(&rule->window.start);
    item->end_on = milestone_of(&rule->window.end);
}

/* Whether a bound of pre-care had passed when the session was booked. */
static bool
had_passed(const struct smp_plan *plan, const struct smp_session *session,
           const struct smp_rule *rule, struct smp_when bound)
{
    return rule->phase == SMP_PRE && session->has_created &&
           bound.kind != SMP_NEVER &&
           bound.seconds <= smp_zone_to_local(plan->zone, session->created);
}

static void
note_late(struct smp_plan *plan, struct smp_session *session, const char *title)
{
    struct smp_strings *late = &session->late;
    const char **longer =
        smp_arena_alloc(&plan->arena, (late->count + 1) * sizeof *longer);

    if (late->count)
        memcpy(longer, late->at, late->count * sizeof *longer);
    longer[late->count++] = title;
    late->at = longer;
}

/*
 * What was over when the session was booked is only noted. So is what should
 * have begun so many days before, at least, but that counts all the same.
 */
static bool
is_in_time(struct smp_plan *plan, struct smp_session *session,
           const struct smp_rule *rule, const struct smp_extent *extent)
{
    bool over = had_passed(plan, session, rule, extent->end.high);
    bool began = !same_when(extent->start.low, extent->start.high) &&
                 had_passed(plan, session, rule, extent->start.high);

    if (over || began)
        note_late(plan, session, rule->full_title);
    return !over;
}

static const char *
uid_of(struct smp_plan *plan, int session, const struct smp_rule *rule)
{
    struct smp_uid_key key = smp_uid_key_of(plan);
    char uid[SMP_UID_SIZE];

    smp_uid(uid, &key, plan, session, "rule", rule->id);
    return smp_arena_strdup(&plan->arena, uid);
}

/* clock times */

enum { TIMES_DAYS_MAX = 120 };

/* The minutes of a day at which something is done, ascending. */
struct hours {
    int at[SMP_CLOCKS_MAX];
    size_t count;
};

static int
compare_minutes(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* n times a day: morning; and night; and noon; more, evenly between the two. */
static void
spread(struct hours *hours, const struct smp_protocol *protocol, size_t n)
{
    int morning = protocol->clocks[SMP_CLOCK_MORNING];
    int night = protocol->clocks[SMP_CLOCK_NIGHT];
    size_t i;

    hours->count = n;
    for (i = 0; i < n; i++)
        hours->at[i] =
            n == 1 ? morning
                   : morning + (int)i * (night - morning) / ((int)n - 1);
    if (n == 3)
        hours->at[1] = protocol->clocks[SMP_CLOCK_NOON];
}

static struct hours
hours_of(const struct smp_protocol *protocol, const struct smp_every *every)
{
    struct hours hours = {.count = 0};
    size_t i;

    if (every->kind == SMP_EVERY_PER_DAY && every->min >= 1000 &&
        every->min <= SMP_CLOCKS_MAX * 1000)
        spread(&hours, protocol, (size_t)(every->min / 1000));
    if (every->kind == SMP_EVERY_CLOCKS)
        for (i = 0; i < every->count; i++)
            hours.at[hours.count++] = smp_protocol_clock(
                protocol, every->at[i].clock, every->at[i].minutes);
    qsort(hours.at, hours.count, sizeof hours.at[0], compare_minutes);
    return hours;
}

/*
 * The instants of a rule that is done at clock hours ("@morning,night") or some
 * times a day ("2/d": morning and night), if its window has an end: at most
 * TIMES_DAYS_MAX days, not before a session's end (aftercare), after its start
 * or before it was booked (pre-care).
 */
static void
add_times(struct smp_plan *plan, const struct smp_protocol *protocol,
          const struct smp_session *session, const struct smp_rule *rule,
          struct smp_item *item)
{
    struct hours hours = hours_of(protocol, &rule->every);
    int64_t from = item->start.seconds, until = item->end.seconds, start, end;
    int32_t day = smp_day_at(from);
    struct smp_zone_near near = {0};
    size_t i;

    if (!hours.count || item->end.kind == SMP_NEVER)
        return;
    start = smp_session_start(session);
    end = smp_session_end(plan, session, protocol);
    if (until - from > (int64_t)TIMES_DAYS_MAX * SMP_DAY_SECONDS)
        until = from + (int64_t)TIMES_DAYS_MAX * SMP_DAY_SECONDS;
    item->at = smp_arena_alloc(
        &plan->arena, ((size_t)((until - from) / SMP_DAY_SECONDS) + 2) *
                          hours.count * sizeof *item->at);
    for (; (int64_t)day * SMP_DAY_SECONDS < until; day++)
        for (i = 0; i < hours.count; i++) {
            int64_t local = (int64_t)day * SMP_DAY_SECONDS + hours.at[i] * 60;
            int64_t instant =
                smp_zone_to_instant_near(plan->zone, local, &near);

            if (local >= from && local < until &&
                (rule->phase == SMP_PRE ? local < start : local >= end) &&
                !(rule->phase == SMP_PRE && session->has_created &&
                  instant < session->created) &&
                (!item->at_count || instant > item->at[item->at_count - 1]))
                item->at[item->at_count++] = instant;
        }
}

static void
add_item(struct smp_plan *plan, const struct smp_sessions *sessions, size_t i,
         const struct smp_rule *rule, bool whole)
{
    const struct smp_protocol *protocol = sessions->protocol;
    struct smp_session *session =
        smp_plan_find_session(plan, sessions->at[i]->number);
    struct smp_extent extent = smp_resolve(sessions, i, rule);
    struct smp_item *item;

    extent.applies = extent.applies && !smp_extent_is_empty(&extent);
    extent.start = bound_within_years(extent.start);
    extent.end = bound_within_years(extent.end);
    /* the condition of an alert is what it speaks of */
    if (!extent.applies || extent.start.low.kind == SMP_NEVER ||
        (!smp_verbs[rule->verb].warns && !smp_conditions_hold(rule, plan)) ||
        !is_in_time(plan, session, rule, &extent))
        return;
    item = smp_plan_add_item(plan);
    item->uid = whole ? uid_of(plan, session->number, rule) : "";
    item->rule = rule->id;
    item->phase = rule->phase;
    item->verb = rule->verb;
    item->what = rule->what;
    item->session = session->number;
    item->title = rule->full_title;
    item->text = rule->full_text;
    item->every = rule->every_text;
    set_bounds(item, rule, &extent);
    if (whole)
        add_times(plan, protocol, session, rule, item);
}

/* Items come in the order of their rules, so the next rule is tried first. */
static bool
is_rule(const struct smp_protocol *protocol, const char *id, size_t *next)
{
    const struct smp_rule *rule = &protocol->rules[*next];

    if (*next == protocol->rule_count || strcmp(rule->id, id) != 0)
        rule = smp_protocol_rule(protocol, id);
    if (rule)
        *next = (size_t)(rule - protocol->rules) + 1;
    return rule != NULL;
}

static bool
is_own(struct smp_plan *plan, const struct smp_protocol *protocol,
       const struct smp_item *item, enum smp_phase phase, size_t *next)
{
    struct smp_uid_key key;
    char uid[SMP_UID_SIZE];

    if (item->phase != phase)
        return false;
    if (is_rule(protocol, item->rule, next))
        return true;
    key = smp_uid_key_of(plan);
    smp_uid(uid, &key, plan, item->session, "rule", item->rule);
    return strcmp(uid, item->uid) == 0;
}

static void
drop_own(struct smp_plan *plan, const struct smp_protocol *protocol,
         enum smp_phase phase)
{
    size_t i, kept = 0, next = 0;

    for (i = 0; i < plan->item_count; i++)
        if (!is_own(plan, protocol, &plan->items[i], phase, &next))
            plan->items[kept++] = plan->items[i];
    plan->item_count = kept;
}

static void
note_care(struct smp_plan *plan, const struct smp_protocol *protocol,
          enum smp_phase phase)
{
    struct smp_buf text = {0};

    smp_buf_puts(&text, protocol->id);
    smp_buf_putc(&text, '@');
    smp_buf_puts(&text, protocol->hash);
    plan->care[phase] = smp_arena_strdup(&plan->arena, smp_buf_text(&text));
    smp_buf_release(&text);
}

/* All rules of the phase for a session, if it counts. */
static void
add_session(struct smp_plan *plan, const struct smp_sessions *sessions,
            int number, enum smp_phase phase, bool whole)
{
    const struct smp_protocol *protocol = sessions->protocol;
    size_t i = smp_sessions_index(sessions, number), r;

    for (r = 0; i < sessions->count && r < protocol->rule_count; r++)
        if (protocol->rules[r].phase == phase)
            add_item(plan, sessions, i, &protocol->rules[r], whole);
}

static void
add_phase(struct smp_plan *plan, const struct smp_protocol *protocol,
          enum smp_phase phase, bool proposed, bool whole)
{
    struct smp_sessions all, booked;
    struct smp_err err = {0};
    size_t s;

    smp_sessions_find(&all, protocol, plan, true);
    smp_sessions_find(&booked, protocol, plan, proposed);
    drop_own(plan, protocol, phase);
    for (s = 0; phase == SMP_PRE && s < plan->session_count; s++)
        plan->sessions[s].late.count = 0;
    for (s = 0; s < plan->session_count && smp_plan_check_limits(plan, &err);
         s++)
        add_session(plan,
                    plan->sessions[s].status == SMP_PROPOSED ? &all : &booked,
                    plan->sessions[s].number, phase, whole);
    note_care(plan, protocol, phase);
    smp_err_release(&err);
}

void
smp_care_add(struct smp_plan *plan, const struct smp_protocol *protocol,
             enum smp_phase phase, bool proposed)
{
    add_phase(plan, protocol, phase, proposed, true);
}

void
smp_care_add_words(struct smp_plan *plan, const struct smp_protocol *protocol,
                   enum smp_phase phase, bool proposed)
{
    add_phase(plan, protocol, phase, proposed, false);
}

/* Whether an item is in force on some day from first to last. */
static bool
is_wanted(struct smp_in_force *f, size_t i, int32_t first, int32_t last)
{
    struct smp_edges edges = {0};
    struct smp_state state;
    bool wanted = smp_in_force_on(f, i, first, &state);
    size_t k;

    smp_in_force_edges(f, i, &edges);
    for (k = 0; k < edges.count && !wanted; k++)
        wanted = edges.at[k] >= first && edges.at[k] <= last &&
                 smp_in_force_on(f, i, edges.at[k], &state);
    free(edges.at);
    return wanted;
}

/* Of an item whose session the plan does not have. */
static bool
touches_days(const struct smp_plan *plan, const struct smp_item *item,
             int32_t first, int32_t last)
{
    struct smp_item_days days = smp_item_days(plan, item);

    return !smp_plan_session(plan, item->session) && days.first <= last &&
           first < days.ended;
}

void
smp_care_select(struct smp_plan *plan, const struct smp_protocol *protocol,
                struct smp_rivals *rivals, bool proposed, int32_t first,
                int32_t last)
{
    struct smp_in_force f;
    size_t i, at = 0, kept = 0;

    smp_in_force_find(&f, plan, protocol, rivals, proposed);
    for (i = 0; i < plan->item_count; i++) {
        bool known = at < f.count && f.places[at] == i;

        if (known ? is_wanted(&f, at, first, last)
                  : touches_days(plan, &plan->items[i], first, last))
            plan->items[kept++] = plan->items[i];
        at += known;
    }
    plan->item_count = kept;
    plan->partial = plan->kept = true;
    plan->kept_from = first;
    plan->kept_until = last;
}
