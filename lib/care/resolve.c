#include "care/resolve.h"

#include <stdlib.h>
#include <string.h>

#include "plan/plan.h"

/* the sessions that count */

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

/* The moment of a session that elapsed time counts from. */
static int64_t
moment_of(const struct smp_sessions *s, const struct smp_session *session,
          bool its_end)
{
    return its_end ? smp_session_end(s->plan, session, s->protocol)
                   : smp_session_start(session);
}

static struct smp_when
moved(const struct smp_sessions *s, const struct smp_session *session,
      struct smp_span span, bool from_end)
{
    const struct smp_zone *zone = s->plan->zone;
    int32_t day = smp_session_day(session);

    if (smp_span_is_elapsed(span))
        return smp_when_local(
            smp_local_add(zone, moment_of(s, session, from_end), span));
    if (smp_span_is_days(span))
        return smp_when_day(smp_day_add(day, span));
    return smp_when_local(
        smp_local_add(zone, (int64_t)day * SMP_DAY_SECONDS, span));
}

/* From the start of a milestone's first day to the end of its last. */
static struct smp_bound
range_of(const struct smp_sessions *s, size_t i,
         const struct smp_milestone *milestone)
{
    struct smp_bound range = {.low = smp_when_day(smp_session_day(s->at[i])),
                              .high = {SMP_NEVER, 0}};

    if (!milestone || !milestone->has_range)
        return range;
    range.low = moved(s, s->at[i], milestone->range.min, true);
    range.high = moved(s, s->at[i], milestone->range.max, true);
    if (range.high.kind == SMP_DAY)
        range.high.seconds += SMP_DAY_SECONDS;
    return range;
}

struct smp_bound
smp_sessions_range(const struct smp_sessions *s, size_t i)
{
    return range_of(s, i, smp_protocol_milestone(s->protocol, "healed"));
}

/* A day, but no earlier than the range begins. */
static struct smp_when
not_before(struct smp_when first, int32_t day)
{
    struct smp_when when = smp_when_day(day);

    return when.seconds > first.seconds ? when : first;
}

static const struct smp_bound unreached = {{SMP_NEVER, 0}, {SMP_NEVER, 0}};

/* By what is noted of the session alone. */
static struct smp_bound
noted(const struct smp_sessions *s, size_t i)
{
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

/* conditions */

enum { SEARCHED_MAX = 8 }; /* of facts, one by one */

static int
compare_facts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Many facts are looked at in their order, see smp_plan_sort_facts. */
static bool
is_fact(const struct smp_plan *plan, const char *tag)
{
    const struct smp_strings *facts = &plan->facts;

    if (facts->count <= SEARCHED_MAX)
        return smp_strings_have(facts, tag);
    return bsearch(&tag, facts->at, facts->count, sizeof *facts->at,
                   compare_facts) != NULL;
}

bool
smp_conditions_hold(const struct smp_rule *rule, const struct smp_plan *plan)
{
    size_t i;

    for (i = 0; i < rule->when.count; i++)
        if (!is_fact(plan, rule->when.at[i]))
            return false;
    for (i = 0; i < rule->unless.count; i++)
        if (is_fact(plan, rule->unless.at[i]))
            return false;
    return true;
}

/* windows */

/* What one rule is resolved against. */
struct context {
    const struct smp_sessions *sessions;
    size_t i; /* of the session */
    enum smp_phase phase;
};

enum edge { EDGE_START, EDGE_END };

static struct smp_bound
exactly(struct smp_when when)
{
    return (struct smp_bound){when, when};
}

/* A point counted from a session; without an offset, the session itself. */
static struct smp_bound
from_session(const struct context *c, const struct smp_session *session,
             const struct smp_point *point, enum edge edge)
{
    bool from_end = c->phase == SMP_POST && point->anchor != SMP_AT_NEXT;

    if (!point->has_offset)
        return exactly(smp_when_local(
            moment_of(c->sessions, session, from_end && edge == EDGE_START)));
    return (struct smp_bound){
        moved(c->sessions, session, point->from, from_end),
        moved(c->sessions, session, point->to, from_end)};
}

/*
 * While an optional session may still follow, the last one is the final one or
 * that, so the bound lies between the two.
 */
static struct smp_bound
from_last(const struct context *c, const struct smp_point *point,
          enum edge edge)
{
    const struct smp_sessions *s = c->sessions;
    struct smp_bound bound;

    if (!s->finished)
        return unreached;
    bound = from_session(c, s->at[s->count - 1], point, edge);
    if (s->optional)
        bound.high = from_session(c, s->optional, point, edge).high;
    return bound;
}

static bool
is_final(const struct context *c)
{
    return c->sessions->finished && c->i + 1 == c->sessions->count;
}

static struct smp_bound
from_next(const struct context *c, const struct smp_point *point,
          enum edge edge)
{
    if (c->i + 1 == c->sessions->count)
        return unreached;
    return from_session(c, c->sessions->at[c->i + 1], point, edge);
}

static struct smp_bound
milestone_bound(const struct context *c, const struct smp_milestone *milestone)
{
    return smp_is_healing(milestone->name)
               ? c->sessions->healed[c->i]
               : range_of(c->sessions, c->i, milestone);
}

/* A bound moved by an offset; days keep a day a day. */
static struct smp_when
offset_from(const struct context *c, struct smp_when when, struct smp_span span)
{
    if (when.kind == SMP_NEVER)
        return when;
    when.seconds = smp_local_add(c->sessions->plan->zone, when.seconds, span);
    if (!smp_span_is_days(span))
        when.kind = SMP_LOCAL;
    return when;
}

static struct smp_bound
from_milestone(const struct context *c, const struct smp_point *point)
{
    const struct smp_milestone *milestone =
        smp_protocol_milestone(c->sessions->protocol, point->milestone);
    struct smp_bound bound;

    if (!milestone)
        return unreached;
    bound = milestone_bound(c, milestone);
    if (point->has_offset) {
        bound.low = offset_from(c, bound.low, point->from);
        bound.high = offset_from(c, bound.high, point->to);
    }
    return bound;
}

static struct smp_when
at_clock(const struct context *c, struct smp_when when,
         const struct smp_point *point)
{
    int minutes =
        smp_protocol_clock(c->sessions->protocol, point->clock, point->minutes);

    if (when.kind == SMP_NEVER)
        return when;
    return smp_when_local((int64_t)smp_day_at(when.seconds) * SMP_DAY_SECONDS +
                          (int64_t)60 * minutes);
}

static struct smp_bound
resolve_anchor(const struct context *c, const struct smp_point *point,
               enum edge edge)
{
    const struct smp_sessions *s = c->sessions;

    switch (point->anchor) {
    case SMP_AT_ITSELF:
    case SMP_AT_THIS:
        return from_session(c, s->at[c->i], point, edge);
    case SMP_AT_FIRST:
        return from_session(c, s->at[0], point, edge);
    case SMP_AT_LAST:
        return from_last(c, point, edge);
    case SMP_AT_NEXT:
        return from_next(c, point, edge);
    case SMP_AT_MILESTONE:
        return from_milestone(c, point);
    case SMP_AT_OPEN:
        break;
    }
    return unreached;
}

/* Ends of a range in the order they have for this session: 30d..1mo. */
static struct smp_bound
in_order(struct smp_bound bound)
{
    if (bound.low.kind == SMP_NEVER || bound.high.kind == SMP_NEVER ||
        bound.low.seconds <= bound.high.seconds)
        return bound;
    return (struct smp_bound){bound.high, bound.low};
}

static struct smp_bound
resolve_point(const struct context *c, const struct smp_point *point,
              enum edge edge)
{
    struct smp_bound bound = resolve_anchor(c, point, edge);

    if (point->clock != SMP_CLOCK_NONE) {
        bound.low = at_clock(c, bound.low, point);
        bound.high = at_clock(c, bound.high, point);
    }
    return in_order(bound);
}

static bool
scope_holds(const struct context *c, enum smp_scope scope)
{
    bool is_first = c->i == 0 && c->sessions->before == 0;

    switch (scope) {
    case SMP_EACH:
        return true;
    case SMP_FIRST:
        return is_first;
    case SMP_REPEAT:
        return !is_first;
    case SMP_LAST:
        return is_final(c);
    }
    return false;
}

/* A window to the next session means nothing after the final one. */
static bool
ends_at_no_next(const struct context *c, const struct smp_rule *rule)
{
    return rule->window.end.anchor == SMP_AT_NEXT && is_final(c);
}

struct smp_extent
smp_resolve(const struct smp_sessions *sessions, size_t i,
            const struct smp_rule *rule)
{
    struct context c = {sessions, i, rule->phase};

    return (struct smp_extent){
        .applies = scope_holds(&c, rule->scope) && !ends_at_no_next(&c, rule),
        .start = resolve_point(&c, &rule->window.start, EDGE_START),
        .end = resolve_point(&c, &rule->window.end, EDGE_END),
    };
}

bool
smp_extent_is_empty(const struct smp_extent *extent)
{
    return extent->start.low.kind != SMP_NEVER &&
           extent->end.high.kind != SMP_NEVER &&
           extent->end.high.seconds <= extent->start.low.seconds;
}

/* parts */

static int64_t
greater(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t
lesser(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

bool
smp_rule_is_conditional(const struct smp_rule *rule)
{
    return rule->when.count + rule->unless.count > 0;
}

int64_t
smp_part_time(struct smp_when when)
{
    return when.kind == SMP_NEVER ? SMP_PART_NEVER : when.seconds;
}

/* An aftercare task or permission begins at the session's end (4). */
static int64_t
not_in_session(const struct smp_sessions *s, size_t session, int64_t time)
{
    if (time == SMP_PART_NEVER ||
        smp_day_at(time) != smp_session_day(s->at[session]))
        return time;
    return greater(time, smp_sessions_end(s, session));
}

static bool
grants(const struct smp_part *part)
{
    return part->kind == SMP_TASK || part->kind == SMP_PERMISSION;
}

/* Bans and alerts go on after the next session, unless it meets them. */
static bool
ends_with_next(const struct smp_part *part)
{
    return part->rule->phase == SMP_POST &&
           (grants(part) || !smp_verbs[part->rule->verb].goes_on ||
            part->rule->met_by_session);
}

void
smp_part_settle(struct smp_part *part, const struct smp_sessions *s)
{
    part->holds_until = ends_with_next(part)
                            ? smp_sessions_next_start(s, part->session)
                            : SMP_PART_NEVER;
    if (part->rule->phase == SMP_POST && grants(part)) {
        part->start = not_in_session(s, part->session, part->start);
        part->start_latest =
            not_in_session(s, part->session, part->start_latest);
    }
}

bool
smp_part_of_rule(struct smp_part *part, const struct smp_sessions *s, size_t i,
                 size_t number)
{
    const struct smp_rule *rule = &s->protocol->rules[number];
    struct smp_extent extent = smp_resolve(s, i, rule);

    *part = (struct smp_part){
        .rule = rule,
        .number = number,
        .session = i,
        .kind = smp_verbs[rule->verb].kind,
        .start = smp_part_time(extent.start.low),
        .start_latest = smp_part_time(extent.start.high),
        .end_earliest = smp_part_time(extent.end.low),
        .end = smp_part_time(extent.end.high),
    };
    smp_part_settle(part, s);
    return extent.applies;
}

/* A `wait` permits from its end on, before a session only until its start. */
struct smp_part
smp_part_waited(const struct smp_sessions *s, struct smp_part ban)
{
    struct smp_part part = ban;

    part.kind = SMP_PERMISSION;
    part.waited = true;
    part.start = ban.end_earliest;
    part.start_latest = ban.end;
    part.end_earliest = part.end = ban.rule->phase == SMP_PRE
                                       ? smp_sessions_start(s, ban.session)
                                       : SMP_PART_NEVER;
    smp_part_settle(&part, s);
    return part;
}

/* Whether [start, end) has a moment in common with the time asked. */
static bool
meets(int64_t start, int64_t end, const struct smp_question *q)
{
    return greater(start, q->from) < lesser(end, q->until);
}

static enum smp_force
touches(const struct smp_part *part, const struct smp_question *q)
{
    if (!meets(part->start, part->end, q))
        return SMP_FORCE_NO;
    return meets(part->start_latest, part->end_earliest, q) ? SMP_FORCE_SURE
                                                            : SMP_FORCE_PERHAPS;
}

/* At every moment; on the day a session ends, from its end on (5). */
static enum smp_force
covers(const struct smp_part *part, const struct smp_sessions *s,
       const struct smp_question *q)
{
    int64_t from = q->from;

    if (q->is_day && part->rule->phase == SMP_POST) {
        int64_t end = smp_sessions_end(s, part->session);

        if (end > from && end < q->until)
            from = end;
    }
    if (part->start > from || part->end < q->until)
        return SMP_FORCE_NO;
    return part->start_latest <= from && part->end_earliest >= q->until
               ? SMP_FORCE_SURE
               : SMP_FORCE_PERHAPS;
}

enum smp_force
smp_part_force(const struct smp_part *part, const struct smp_sessions *s,
               const struct smp_question *q)
{
    if (q->until > part->holds_until)
        return SMP_FORCE_NO;
    return part->kind == SMP_PERMISSION ? covers(part, s, q) : touches(part, q);
}

bool
smp_part_may_lift(const struct smp_part *part, const struct smp_question *q)
{
    return grants(part) && q->until <= part->holds_until &&
           meets(part->start_latest, part->end_earliest, q);
}

bool
smp_rule_fits(const struct smp_rule *lifter, const struct smp_rule *ban,
              enum smp_kin kin)
{
    return kin == SMP_KIN_NARROWER ||
           (kin == SMP_KIN_SAME && smp_rule_is_conditional(lifter) &&
            !smp_rule_is_conditional(ban));
}

/* Care before a session goes before bans that begin on its day. */
static bool
precedes_ban(const struct smp_part *lifter, const struct smp_part *ban,
             const struct smp_sessions *s)
{
    return lifter->session == ban->session && lifter->rule->phase == SMP_PRE &&
           ban->rule->phase == SMP_POST &&
           smp_day_at(ban->start) == smp_session_day(s->at[ban->session]);
}

bool
smp_part_lifts(const struct smp_part *lifter, const struct smp_part *ban,
               const struct smp_sessions *s, enum smp_kin kin,
               const struct smp_question *q)
{
    int64_t from = greater(ban->start, q->from);
    int64_t until = lesser(ban->end, q->until);

    if (kin == SMP_KIN_NONE || !smp_part_may_lift(lifter, q))
        return false;
    if (q->is_day && lifter->session == ban->session &&
        lifter->rule->phase == SMP_POST && ban->rule->phase == SMP_POST)
        from = greater(from, smp_sessions_end(s, ban->session));
    if (from < until &&
        (lifter->start_latest > from || lifter->end_earliest < until))
        return false;
    return smp_rule_fits(lifter->rule, ban->rule, kin) ||
           (precedes_ban(lifter, ban, s) &&
            until <= smp_sessions_start(s, ban->session));
}
