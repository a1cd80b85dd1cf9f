#include "care/care.h"

#include <stdlib.h>
#include <string.h>

#include "plan/plan.h"
#include "care/resolve.h"

static bool
overlap(const struct smp_extent *a, const struct smp_extent *b)
{
    return (a->end.high.kind == SMP_NEVER ||
            a->end.high.seconds > b->start.low.seconds) &&
           (b->end.high.kind == SMP_NEVER ||
            b->end.high.seconds > a->start.low.seconds);
}

static bool
holds(const struct smp_extent *extent)
{
    return extent->applies && extent->start.low.kind != SMP_NEVER &&
           !smp_extent_is_empty(extent);
}

/* When a rule holds for a session, once it was wanted. */
struct known_extent {
    bool known;
    struct smp_extent extent;
};

struct warning {
    struct smp_plan *plan;
    const struct smp_protocol *protocol;
    struct smp_sessions sessions;
    struct known_extent *extents; /* by session, then by rule */
    size_t told;
};

enum { TOLD_MAX = 100 };

static const struct smp_extent *
extent_of(struct warning *w, size_t session, size_t rule)
{
    struct known_extent *known =
        &w->extents[session * w->protocol->rule_count + rule];

    if (!known->known)
        known->extent =
            smp_resolve(&w->sessions, session, &w->protocol->rules[rule]);
    known->known = true;
    return &known->extent;
}

static void
compare(struct warning *w, const struct smp_clash *clash, size_t earlier,
        size_t later)
{
    const struct smp_extent *after = extent_of(w, earlier, clash->post);
    const struct smp_extent *before = extent_of(w, later, clash->pre);

    if (!holds(after) || !holds(before) || !overlap(after, before) ||
        w->told++ >= TOLD_MAX)
        return;
    smp_plan_warn(
        w->plan,
        "%s before session %d collides with %s after "
        "session %d",
        w->protocol->rules[clash->pre].id, w->sessions.at[later]->number,
        w->protocol->rules[clash->post].id, w->sessions.at[earlier]->number);
}

/* One pair of rules over every two sessions that follow each other. */
static void
compare_sessions(struct warning *w, const struct smp_clash *clash)
{
    size_t i;

    for (i = 1; i < w->sessions.count; i++)
        compare(w, clash, i - 1, i);
}

static void
find(struct smp_clashes *clashes, const struct smp_protocol *protocol)
{
    const struct smp_rule *rules = protocol->rules;
    struct smp_activity_graph *graph = smp_activity_graph_new(protocol);
    size_t i, j;

    free(clashes->protocol);
    clashes->protocol = smp_strdup(protocol->hash);
    clashes->rules = protocol->rule_count;
    clashes->count = 0;
    for (i = 0; i < protocol->rule_count; i++)
        for (j = 0; j < protocol->rule_count; j++)
            if (rules[i].phase == SMP_POST && rules[j].phase == SMP_PRE &&
                smp_rules_contradict(graph, i, j)) {
                clashes->at = smp_grow(clashes->at, clashes->count,
                                       &clashes->room, sizeof *clashes->at);
                clashes->at[clashes->count++] = (struct smp_clash){i, j};
            }
    smp_activity_graph_free(graph);
}

/* Rules of a plan: whether their conditions hold. */
static bool *
conditions(const struct smp_plan *plan, const struct smp_protocol *protocol)
{
    bool *hold = smp_calloc(protocol->rule_count, sizeof *hold);
    size_t i;

    for (i = 0; i < protocol->rule_count; i++)
        hold[i] = smp_conditions_hold(&protocol->rules[i], plan);
    return hold;
}

static void
warn_of_all(struct smp_plan *plan, const struct smp_protocol *protocol,
            const struct smp_clashes *clashes)
{
    struct warning w = {.plan = plan, .protocol = protocol};
    bool *hold = conditions(plan, protocol);
    size_t i;

    smp_sessions_find(&w.sessions, protocol, plan, true);
    w.extents =
        smp_calloc(w.sessions.count * protocol->rule_count, sizeof *w.extents);
    for (i = 0; i < clashes->count; i++)
        if (hold[clashes->at[i].post] && hold[clashes->at[i].pre])
            compare_sessions(&w, &clashes->at[i]);
    if (w.told > TOLD_MAX)
        smp_plan_warn(plan, "and %zu more collisions like these",
                      w.told - TOLD_MAX);
    free(w.extents);
    free(hold);
}

void
smp_care_warn_of_clashes(struct smp_plan *plan,
                         const struct smp_protocol *protocol,
                         struct smp_clashes *clashes)
{
    if (!clashes->protocol || clashes->rules != protocol->rule_count ||
        strcmp(clashes->protocol, protocol->hash) != 0)
        find(clashes, protocol);
    if (clashes->count)
        warn_of_all(plan, protocol, clashes);
}

void
smp_clashes_release(struct smp_clashes *clashes)
{
    free(clashes->protocol);
    free(clashes->at);
    *clashes = (struct smp_clashes){0};
}
