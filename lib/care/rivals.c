#include "care/rivals.h"

#include <stdlib.h>
#include <string.h>

enum {
    COST_MAX = 2000000, /* topics times ids, of some octets each */
    PAIRS_MAX = 144     /* bans times what can lift them, of one topic */
};

static void
release_topic(struct smp_topic *topic)
{
    smp_subject_free(topic->subject);
    free(topic->bans);
    free(topic->grants);
}

static void
release_topics(struct smp_topics *topics)
{
    while (topics->count)
        release_topic(&topics->at[--topics->count]);
    free(topics->at);
    topics->at = NULL;
}

static struct smp_topic
topic_of(const struct smp_rivals *rivals, const char *activity)
{
    const struct smp_protocol *p = rivals->of;
    struct smp_topic topic = {
        .subject = smp_subject_new(rivals->kinds, activity),
        .bans = smp_calloc(p->rule_count, sizeof *topic.bans),
        .grants = smp_calloc(p->rule_count, sizeof *topic.grants),
    };
    size_t r;

    for (r = 0; r < p->rule_count; r++) {
        if (smp_subject_distance(topic.subject, r) == SMP_NO_KIND)
            continue;
        if (smp_rule_forbids(&p->rules[r]))
            topic.bans[topic.ban_count++] = r;
        if (smp_verb_lifts(p->rules[r].verb))
            topic.grants[topic.grant_count++] = r;
    }
    return topic;
}

/* Whether something stands against the rule, as far as this activity goes. */
static bool
has_rivals(const struct smp_rule *rule, const struct smp_topic *topic)
{
    return topic->ban_count * topic->grant_count <= PAIRS_MAX &&
           (smp_rule_forbids(rule) ? topic->grant_count : topic->ban_count) > 0;
}

static void
find_topics(struct smp_rivals *rivals, size_t number)
{
    const struct smp_rule *rule = &rivals->of->rules[number];
    struct smp_topics *topics = &rivals->topics[number];
    size_t i;

    if (!rule->what.count ||
        (!smp_rule_forbids(rule) && !smp_verb_lifts(rule->verb)))
        return;
    topics->at = smp_calloc(rule->what.count, sizeof *topics->at);
    for (i = 0; i < rule->what.count; i++) {
        topics->at[topics->count++] = topic_of(rivals, rule->what.at[i]);
        if (has_rivals(rule, &topics->at[topics->count - 1]))
            continue;
        release_topics(topics);
        return;
    }
}

void
smp_rivals_find(struct smp_rivals *rivals, const struct smp_protocol *protocol)
{
    size_t r, cost = 0, ids;

    if (rivals->protocol && rivals->of == protocol &&
        strcmp(rivals->protocol, protocol->hash) == 0)
        return;
    smp_rivals_release(rivals);
    rivals->protocol = smp_strdup(protocol->hash);
    rivals->of = protocol;
    rivals->rules = protocol->rule_count;
    rivals->kinds = smp_kinds_new(protocol);
    rivals->topics =
        smp_calloc(protocol->rule_count + 1, sizeof *rivals->topics);
    ids = smp_kinds_mentions(protocol) + protocol->rule_count;
    for (r = 0; r < protocol->rule_count; r++)
        cost += protocol->rules[r].what.count * ids;
    for (r = 0; r < protocol->rule_count && cost < COST_MAX; r++)
        find_topics(rivals, r);
}

void
smp_rivals_release(struct smp_rivals *rivals)
{
    size_t r;

    if (rivals->topics)
        for (r = 0; r < rivals->rules; r++)
            release_topics(&rivals->topics[r]);
    free(rivals->topics);
    smp_kinds_free(rivals->kinds);
    free(rivals->protocol);
    *rivals = (struct smp_rivals){0};
}
