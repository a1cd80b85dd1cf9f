#include "care/resolve.h"

#include <string.h>

/* What one rule is resolved against. */
struct context {
    const struct smp_sessions *sessions;
    size_t i; /* of the session */
    enum smp_phase phase;
};

enum edge { EDGE_START, EDGE_END };

static const struct smp_bound unreached = {{SMP_NEVER, 0}, {SMP_NEVER, 0}};

static struct smp_bound
exactly(struct smp_when when)
{
    return (struct smp_bound){when, when};
}

/* The moment of a session that elapsed time counts from. */
static int64_t
moment_of(const struct context *c, const struct smp_session *session,
          bool its_end)
{
    return its_end ? smp_session_end(c->sessions->plan, session,
                                     c->sessions->protocol)
                   : smp_session_start(session);
}

static struct smp_when
moved(const struct context *c, const struct smp_session *session,
      struct smp_span span, bool from_end)
{
    const struct smp_zone *zone = c->sessions->plan->zone;
    int32_t day = smp_session_day(session);

    if (smp_span_is_elapsed(span))
        return smp_when_local(
            smp_local_add(zone, moment_of(c, session, from_end), span));
    if (smp_span_is_days(span))
        return smp_when_day(smp_day_add(day, span));
    return smp_when_local(
        smp_local_add(zone, (int64_t)day * SMP_DAY_SECONDS, span));
}

/* A point counted from a session; without an offset, the session itself. */
static struct smp_bound
from_session(const struct context *c, const struct smp_session *session,
             const struct smp_point *point, enum edge edge)
{
    bool from_end = c->phase == SMP_POST && point->anchor != SMP_AT_NEXT;

    if (!point->has_offset)
        return exactly(smp_when_local(
            moment_of(c, session, from_end && edge == EDGE_START)));
    return (struct smp_bound){moved(c, session, point->from, from_end),
                              moved(c, session, point->to, from_end)};
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

/* The end of a milestone's range: where it is a day, that day's end. */
static struct smp_when
end_of_range(const struct context *c, struct smp_span span)
{
    struct smp_when when = moved(c, c->sessions->at[c->i], span, true);

    if (when.kind == SMP_DAY)
        when.seconds += SMP_DAY_SECONDS;
    return when;
}

static struct smp_bound
milestone_bound(const struct context *c, const struct smp_milestone *milestone)
{
    const struct smp_session *session = c->sessions->at[c->i];
    struct smp_bound bound = {
        .low = smp_when_day(smp_session_day(session)),
        .high = {SMP_NEVER, 0},
    };

    if (strcmp(milestone->name, "healed") == 0)
        return c->sessions->healed[c->i];
    if (milestone->has_range) {
        bound.low = moved(c, session, milestone->range.min, true);
        bound.high = end_of_range(c, milestone->range.max);
    }
    return bound;
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
