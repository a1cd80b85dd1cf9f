#include "protocol/kinds.h"

#include <stdlib.h>
#include <string.h>

/* Activities still to be looked at, breadth first, each of them once. */
struct queue {
    const struct smp_activity **at;
    int *steps;
    size_t count;
};

static void
enqueue(struct queue *queue, const struct smp_activity *activity, int steps)
{
    size_t i;

    for (i = 0; i < queue->count; i++)
        if (queue->at[i] == activity)
            return;
    queue->at[queue->count] = activity;
    queue->steps[queue->count++] = steps;
}

static int
search(const struct smp_protocol *protocol, struct queue *queue,
       const char *wanted)
{
    size_t next, i;

    for (next = 0; next < queue->count; next++) {
        const struct smp_activity *activity = queue->at[next];

        for (i = 0; i < activity->is.count; i++) {
            const char *id = activity->is.at[i];
            const struct smp_activity *wider =
                smp_protocol_activity(protocol, id);

            if (strcmp(id, wanted) == 0)
                return queue->steps[next] + 1;
            if (wider)
                enqueue(queue, wider, queue->steps[next] + 1);
        }
    }
    return SMP_NO_KIND;
}

int
smp_kind_distance(const struct smp_protocol *protocol, const char *kind,
                  const char *activity)
{
    const struct smp_activity *first;
    struct queue queue;
    int distance;

    if (strcmp(kind, activity) == 0)
        return 0;
    first = smp_protocol_activity(protocol, kind);
    if (!first || !first->is.count)
        return SMP_NO_KIND;
    queue = (struct queue){
        .at = smp_calloc(protocol->activity_count, sizeof *queue.at),
        .steps = smp_calloc(protocol->activity_count, sizeof *queue.steps),
    };
    enqueue(&queue, first, 0);
    distance = search(protocol, &queue, activity);
    free(queue.at);
    free(queue.steps);
    return distance;
}

int
smp_rule_distance(const struct smp_protocol *protocol, const char *activity,
                  const struct smp_rule *rule)
{
    int best = SMP_NO_KIND;
    size_t i;

    for (i = 0; i < rule->what.count; i++) {
        int steps = smp_kind_distance(protocol, activity, rule->what.at[i]);

        if (steps != SMP_NO_KIND && (best == SMP_NO_KIND || steps < best))
            best = steps;
    }
    return best;
}

bool
smp_rule_forbids(const struct smp_rule *rule)
{
    return rule->verb == SMP_AVOID || rule->verb == SMP_WAIT;
}

bool
smp_rules_meet(const struct smp_protocol *protocol,
               const struct smp_rule *narrow, const struct smp_rule *wide)
{
    size_t i;

    for (i = 0; i < narrow->what.count; i++)
        if (smp_rule_distance(protocol, narrow->what.at[i], wide) !=
            SMP_NO_KIND)
            return true;
    return false;
}

bool
smp_rules_contradict(const struct smp_protocol *protocol,
                     const struct smp_rule *a, const struct smp_rule *b)
{
    if (smp_rule_forbids(a) && b->verb == SMP_DO)
        return smp_rules_meet(protocol, b, a);
    if (smp_rule_forbids(b) && a->verb == SMP_DO)
        return smp_rules_meet(protocol, a, b);
    return false;
}
