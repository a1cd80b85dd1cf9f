#include "care/verdict.h"

#include <stdlib.h>
#include <string.h>

#include "care/conditions.h"
#include "care/resolve.h"
#include "protocol/kinds.h"

const char *const smp_verdict_names[] = {
    "yes",           "no",  "do",      "not-yet", "no-rule", "if-healed",
    "if-not-healed", "ask", "unknown", NULL};

/* In force: not, perhaps, surely. */
enum force { FORCE_NO, FORCE_PERHAPS, FORCE_SURE };

/* A rule as it stands towards a question. */
struct candidate {
    const struct smp_rule *rule;
    const struct smp_session *session;
    struct smp_extent extent;
    enum smp_verb verb; /* a `wait` is a ban, then a permission */
    enum force force;
    int distance; /* from the activity asked about, through `is` */
    bool conditional;
};

static bool
decides(const struct smp_rule *rule)
{
    return rule->verb != SMP_EXPECT && rule->verb != SMP_ALERT;
}

static bool
is_before(struct smp_when bound, int64_t time)
{
    return bound.kind != SMP_NEVER && bound.seconds < time;
}

static bool
is_reached(struct smp_when bound, int64_t time)
{
    return bound.kind != SMP_NEVER && bound.seconds <= time;
}

/* Touching any part of the time counts. */
static enum force
touches(const struct smp_extent *e, const struct smp_question *q)
{
    struct smp_when sure_end =
        e->end.low.kind == SMP_NEVER ? e->end.high : e->end.low;

    if (!is_before(e->start.low, q->until) || is_reached(e->end.high, q->from))
        return FORCE_NO;
    if (is_before(e->start.high, q->until) && !is_reached(sure_end, q->from) &&
        !(sure_end.kind != SMP_NEVER && e->start.high.kind != SMP_NEVER &&
          sure_end.seconds <= e->start.high.seconds))
        return FORCE_SURE;
    return FORCE_PERHAPS;
}

/* Only what holds for all of the time counts. */
static enum force
covers(const struct smp_extent *e, const struct smp_question *q)
{
    struct smp_when sure_end =
        e->end.low.kind == SMP_NEVER ? e->end.high : e->end.low;

    if (!is_reached(e->start.low, q->from) || is_before(e->end.high, q->until))
        return FORCE_NO;
    return is_reached(e->start.high, q->from) && !is_before(sure_end, q->until)
               ? FORCE_SURE
               : FORCE_PERHAPS;
}

static bool
is_healed(const struct smp_point *point)
{
    return point->anchor == SMP_AT_MILESTONE &&
           strcmp(point->milestone, "healed") == 0;
}

/* Looked at and not healed: what waits for healing is not reached. */
static void
apply_not_healed(struct candidate *c)
{
    static const struct smp_bound unreached = {{SMP_NEVER, 0}, {SMP_NEVER, 0}};

    if (c->session->healing != SMP_NOT_HEALED)
        return;
    if (is_healed(&c->rule->window.end))
        c->extent.end = unreached;
    if (is_healed(&c->rule->window.start))
        c->extent.start = unreached;
}

/* What a `wait` permits from its end on. */
static void
turn_into_permission(struct candidate *c, const struct smp_question *q)
{
    struct smp_extent after = {
        .applies = true,
        .start = c->extent.end,
        .end = {{SMP_NEVER, 0}, {SMP_NEVER, 0}},
    };
    enum force force = covers(&after, q);

    if (!c->extent.applies || c->force != FORCE_NO || force == FORCE_NO)
        return;
    c->verb = SMP_MAY;
    c->force = force;
    c->extent = after;
}

static void
judge(struct candidate *c, const struct smp_question *q)
{
    c->verb = c->rule->verb == SMP_WAIT ? SMP_AVOID : c->rule->verb;
    if (c->extent.start.low.kind == SMP_NEVER)
        c->force = FORCE_NO;
    else
        c->force =
            c->verb == SMP_MAY ? covers(&c->extent, q) : touches(&c->extent, q);
    if (c->rule->verb == SMP_WAIT)
        turn_into_permission(c, q);
}

/* Lower decides. */
static int
rank(const struct candidate *c)
{
    int verb = c->verb == SMP_AVOID ? 0 : c->verb == SMP_DO ? 1 : 2;

    if (c->force == FORCE_PERHAPS)
        return 1 + verb;
    return verb ? 3 + verb : 0;
}

/* Of two bans the one that ends later says until when. */
static bool
lasts_longer(const struct candidate *a, const struct candidate *b)
{
    struct smp_when mine = a->extent.end.low, other = b->extent.end.low;

    if (mine.kind == SMP_NEVER || other.kind == SMP_NEVER)
        return mine.kind == SMP_NEVER && other.kind != SMP_NEVER;
    return mine.seconds > other.seconds;
}

static bool
wins(const struct candidate *a, const struct candidate *b)
{
    if (!b->rule)
        return true;
    if (a->distance != b->distance)
        return a->distance < b->distance;
    if (a->conditional != b->conditional)
        return a->conditional;
    if (rank(a) != rank(b))
        return rank(a) < rank(b);
    return a->verb == SMP_AVOID && lasts_longer(a, b);
}

static enum smp_verdict
verdict_of(const struct candidate *c)
{
    bool ends = is_healed(&c->rule->window.end);
    bool begins = is_healed(&c->rule->window.start);

    if (c->force == FORCE_SURE)
        return c->verb == SMP_AVOID ? SMP_VERDICT_NO
               : c->verb == SMP_DO  ? SMP_VERDICT_DO
                                    : SMP_VERDICT_YES;
    if (c->rule->verb == SMP_WAIT)
        return ends ? SMP_VERDICT_IF_HEALED : SMP_VERDICT_ASK;
    if (c->verb == SMP_AVOID)
        return ends ? SMP_VERDICT_IF_HEALED : SMP_VERDICT_ASK;
    if (begins)
        return SMP_VERDICT_IF_HEALED;
    return c->verb == SMP_DO && ends ? SMP_VERDICT_IF_NOT_HEALED
                                     : SMP_VERDICT_ASK;
}

/* What is known while the rules are gone through. */
struct search {
    const struct smp_protocol *protocol;
    const struct smp_plan *plan;
    const struct smp_question *question;
    int *distances;          /* by rule, from the activity asked about */
    struct candidate best;   /* in force */
    struct candidate coming; /* a duty that has not begun */
    struct candidate past;   /* the last that is over, else any */
};

static bool
is_coming(const struct search *s, const struct candidate *c)
{
    int64_t day = (int64_t)smp_session_day(c->session) * SMP_DAY_SECONDS;

    return c->verb == SMP_DO && s->question->until > day &&
           (c->extent.start.low.kind == SMP_NEVER ||
            c->extent.start.low.seconds >= s->question->until);
}

/*
 * What is asked for or permitted after one session gives way to the next,
 * which makes a new wound and begins the same rule anew; a ban stays.
 */
static bool
gives_way(const struct search *s, const struct candidate *c)
{
    const struct smp_session *next =
        smp_next_session(s->plan, c->session->number);

    return next && c->rule->phase == SMP_POST && c->verb != SMP_AVOID &&
           smp_session_start(next) < s->question->until &&
           smp_scope_holds(s->protocol, s->plan, next, c->rule->scope);
}

static void
remember_past(struct search *s, const struct candidate *c)
{
    const struct candidate *old = &s->past;

    if (!old->rule || c->distance < old->distance ||
        (c->distance == old->distance &&
         is_before(old->extent.end.high, c->extent.end.high.seconds) &&
         is_reached(c->extent.end.high, s->question->from)))
        s->past = *c;
}

static void
consider(struct search *s, const struct smp_session *session,
         const struct smp_rule *rule)
{
    struct candidate c = {
        .rule = rule,
        .session = session,
        .distance = s->distances[rule - s->protocol->rules],
        .conditional = rule->when.count + rule->unless.count > 0,
    };

    bool concerns;

    if (!decides(rule) || c.distance == SMP_NO_KIND)
        return;
    c.extent = smp_resolve(s->protocol, s->plan, session, rule);
    apply_not_healed(&c);
    judge(&c, s->question);
    concerns = c.extent.applies && smp_conditions_hold(rule, s->plan) &&
               !gives_way(s, &c);
    if (concerns && c.force != FORCE_NO) {
        if (wins(&c, &s->best))
            s->best = c;
        return;
    }
    if (concerns && is_coming(s, &c) && !s->coming.rule)
        s->coming = c;
    remember_past(s, &c);
}

static struct smp_ruling
ruling_of(const struct candidate *c, enum smp_verdict verdict)
{
    struct smp_ruling ruling = {
        .verdict = verdict, .rule = c->rule, .session = c->session};
    const struct smp_bound *bound =
        verdict == SMP_VERDICT_NOT_YET ? &c->extent.start : &c->extent.end;

    if (verdict == SMP_VERDICT_NO_RULE)
        return ruling;
    ruling.until = bound->low;
    ruling.until_latest = bound->high;
    return ruling;
}

/* The range of healing is over, and nobody has said that it has healed. */
static bool
rests_on_healing(const struct candidate *c)
{
    return c->session->healing != SMP_HEALED &&
           (is_healed(&c->rule->window.end) ||
            is_healed(&c->rule->window.start));
}

static bool
is_asked_about(const struct smp_question *q, const struct smp_session *session)
{
    return session->number >= q->session && smp_session_counts(session);
}

static void
consider_all(struct search *s)
{
    const struct smp_protocol *protocol = s->protocol;
    struct smp_kinds *kinds = smp_kinds_new(protocol);
    size_t i, r;

    s->distances = smp_kinds_distances(kinds, s->question->activity);
    for (i = 0; i < s->plan->session_count; i++)
        for (r = 0; r < protocol->rule_count; r++)
            if (is_asked_about(s->question, &s->plan->sessions[i]))
                consider(s, &s->plan->sessions[i], &protocol->rules[r]);
    free(s->distances);
    smp_kinds_free(kinds);
}

struct smp_ruling
smp_rule_on(const struct smp_protocol *protocol, const struct smp_plan *plan,
            const struct smp_question *question)
{
    struct search s = {
        .protocol = protocol, .plan = plan, .question = question};
    struct smp_ruling ruling = {.verdict = SMP_VERDICT_UNKNOWN};

    if (question->activity)
        consider_all(&s);
    if (s.best.rule) {
        ruling = ruling_of(&s.best, verdict_of(&s.best));
        ruling.after_healing = s.best.force == FORCE_SURE &&
                               s.best.verb != SMP_AVOID &&
                               (is_healed(&s.best.rule->window.start) ||
                                (s.best.rule->verb == SMP_WAIT &&
                                 is_healed(&s.best.rule->window.end))) &&
                               rests_on_healing(&s.best);
    } else if (s.coming.rule) {
        ruling = ruling_of(&s.coming, SMP_VERDICT_NOT_YET);
    } else if (s.past.rule) {
        ruling = ruling_of(&s.past, SMP_VERDICT_NO_RULE);
        ruling.is_past = is_reached(s.past.extent.end.high, question->from);
        ruling.after_healing = ruling.is_past && rests_on_healing(&s.past);
    }
    return ruling;
}
