#include "care/clash.h"

#include <stdlib.h>
#include <string.h>

#include "care/conditions.h"
#include "care/resolve.h"
#include "protocol/kinds.h"

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
    return extent->applies && extent->start.low.kind != SMP_NEVER;
}

static void
compare(struct smp_plan *plan, const struct smp_protocol *protocol,
        const struct smp_session *earlier, const struct smp_rule *post,
        const struct smp_session *later, const struct smp_rule *pre)
{
    struct smp_extent after = smp_resolve(protocol, plan, earlier, post);
    struct smp_extent before = smp_resolve(protocol, plan, later, pre);

    if (holds(&after) && holds(&before) && overlap(&after, &before))
        smp_plan_warn(plan,
                      "%s before session %d collides with %s after "
                      "session %d",
                      pre->id, later->number, post->id, earlier->number);
}

/* One pair of rules over every two sessions that follow each other. */
static void
compare_sessions(struct smp_plan *plan, const struct smp_protocol *protocol,
                 const struct smp_rule *post, const struct smp_rule *pre)
{
    const struct smp_session *earlier = NULL;
    size_t i;

    for (i = 0; i < plan->session_count; i++) {
        const struct smp_session *session = &plan->sessions[i];

        if (!smp_session_counts(session))
            continue;
        if (earlier)
            compare(plan, protocol, earlier, post, session, pre);
        earlier = session;
    }
}

static void
find(struct smp_clashes *clashes, const struct smp_protocol *protocol)
{
    const struct smp_rule *rules = protocol->rules;
    size_t i, j;

    free(clashes->protocol);
    clashes->protocol = smp_strdup(protocol->hash);
    clashes->rules = protocol->rule_count;
    clashes->count = 0;
    for (i = 0; i < protocol->rule_count; i++)
        for (j = 0; j < protocol->rule_count; j++)
            if (rules[i].phase == SMP_POST && rules[j].phase == SMP_PRE &&
                smp_rules_contradict(protocol, &rules[i], &rules[j])) {
                clashes->at = smp_grow(clashes->at, clashes->count,
                                       &clashes->room, sizeof *clashes->at);
                clashes->at[clashes->count++] = (struct smp_clash){i, j};
            }
}

void
smp_care_warn_of_clashes(struct smp_plan *plan,
                         const struct smp_protocol *protocol,
                         struct smp_clashes *clashes)
{
    size_t i;

    if (!clashes->protocol || clashes->rules != protocol->rule_count ||
        strcmp(clashes->protocol, protocol->hash) != 0)
        find(clashes, protocol);
    for (i = 0; i < clashes->count; i++) {
        const struct smp_rule *post = &protocol->rules[clashes->at[i].post];
        const struct smp_rule *pre = &protocol->rules[clashes->at[i].pre];

        if (smp_conditions_hold(post, plan) && smp_conditions_hold(pre, plan))
            compare_sessions(plan, protocol, post, pre);
    }
}

void
smp_clashes_release(struct smp_clashes *clashes)
{
    free(clashes->protocol);
    free(clashes->at);
    *clashes = (struct smp_clashes){0};
}
