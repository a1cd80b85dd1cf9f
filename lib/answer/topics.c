#include "answer/topics.h"

#include <stdlib.h>

/*
 * Activities that no rule speaks of are free. An answer or rule that has one
 * of their names, of one word, as an alias claims all their names; those that
 * nobody claims become topics without an answer.
 */
struct free_activity {
    const struct smp_activity *activity;
    size_t claimed_by; /* a topic + 1 */
};

struct collection {
    struct smp_index *index;
    struct smp_numbers words;
    size_t room;
    struct free_activity *free;
    size_t free_count;
    struct smp_numbers named; /* by word: the free activity so called, + 1 */
};

static void
claim(struct collection *c, size_t topic, uint32_t word)
{
    struct free_activity *free_one;

    if (word >= c->named.count || !c->named.at[word])
        return;
    free_one = &c->free[c->named.at[word] - 1];
    if (!free_one->claimed_by)
        free_one->claimed_by = topic + 1;
}

static void
add_text(struct collection *c, size_t topic, const char *text, bool body)
{
    struct smp_index *index = c->index;
    size_t before = c->words.count;

    if (text)
        smp_terms_learn(&index->terms, text, &c->words);
    if (c->words.count == before)
        return;
    if (c->words.count == before + 1 && topic < index->count)
        claim(c, topic, c->words.at[before]);
    index->phrases = smp_grow(index->phrases, index->phrase_count, &c->room,
                              sizeof *index->phrases);
    index->phrases[index->phrase_count++] =
        (struct smp_phrase){.topic = (uint32_t)topic,
                            .count = c->words.count - before,
                            .body = body};
}

static void
add_texts(struct collection *c, size_t topic, const struct smp_strings *texts)
{
    size_t i;

    for (i = 0; i < texts->count; i++)
        add_text(c, topic, texts->at[i], false);
}

static void
add_activity(struct collection *c, size_t topic,
             const struct smp_activity *activity)
{
    add_text(c, topic, activity->title, false);
    add_texts(c, topic, &activity->names);
}

static void
add_claimed(struct collection *c, size_t topic)
{
    size_t i;

    for (i = 0; i < c->free_count; i++)
        if (c->free[i].claimed_by == topic + 1)
            add_activity(c, topic, c->free[i].activity);
}

static void
add_answer(struct collection *c, size_t topic, const struct smp_answer *answer)
{
    add_text(c, topic, answer->question, false);
    add_texts(c, topic, &answer->ask);
    add_claimed(c, topic);
    add_text(c, topic, answer->answer, true);
}

static bool
speaks_of(const struct smp_rule *rule, const struct smp_activity *activity)
{
    return smp_strings_have(&rule->what, activity->id);
}

static bool
has_own_rule(const struct smp_protocol *protocol,
             const struct smp_activity *activity)
{
    size_t i;

    for (i = 0; i < protocol->rule_count; i++)
        if (speaks_of(&protocol->rules[i], activity))
            return true;
    return false;
}

/*
 * Whether the rule is about the activity: about itself or, where it has no
 * rule of its own, about something that it is. Depth ends circles.
 */
static bool
is_about(const struct smp_protocol *protocol, const struct smp_rule *rule,
         const struct smp_activity *activity, int depth)
{
    size_t i;

    if (speaks_of(rule, activity))
        return true;
    if (!depth || !activity->is.count || has_own_rule(protocol, activity))
        return false;
    for (i = 0; i < activity->is.count; i++) {
        const struct smp_activity *wider =
            smp_protocol_activity(protocol, activity->is.at[i]);

        if (wider && is_about(protocol, rule, wider, depth - 1))
            return true;
    }
    return false;
}

enum { DEPTH = 8 };

static void
add_rule(struct collection *c, size_t topic, const struct smp_rule *rule)
{
    const struct smp_protocol *protocol = c->index->protocol;
    size_t i;

    add_text(c, topic, rule->title, false);
    add_texts(c, topic, &rule->ask);
    for (i = 0; i < protocol->activity_count; i++)
        if (is_about(protocol, rule, &protocol->activities[i], DEPTH))
            add_activity(c, topic, &protocol->activities[i]);
    add_claimed(c, topic);
    add_text(c, topic, rule->text, true);
    add_text(c, topic, rule->why, true);
}

static bool
is_free(const struct smp_protocol *protocol,
        const struct smp_activity *activity)
{
    size_t i;

    for (i = 0; i < protocol->rule_count; i++)
        if (is_about(protocol, &protocol->rules[i], activity, DEPTH))
            return false;
    return true;
}

static void
note_name(struct collection *c, const char *name, size_t which)
{
    struct smp_numbers words = {.at = NULL};

    smp_terms_learn(&c->index->terms, name, &words);
    while (c->named.count < c->index->terms.words.count) {
        c->named.at = smp_grow(c->named.at, c->named.count, &c->named.room,
                               sizeof *c->named.at);
        c->named.at[c->named.count++] = 0;
    }
    if (words.count == 1)
        c->named.at[words.at[0]] = (uint32_t)which + 1;
    free(words.at);
}

static void
find_free(struct collection *c)
{
    const struct smp_protocol *protocol = c->index->protocol;
    size_t i, j;

    c->free = smp_calloc(protocol->activity_count, sizeof *c->free);
    for (i = 0; i < protocol->activity_count; i++) {
        const struct smp_activity *activity = &protocol->activities[i];

        if (!is_free(protocol, activity))
            continue;
        for (j = 0; j < activity->names.count; j++)
            note_name(c, activity->names.at[j], c->free_count);
        c->free[c->free_count++].activity = activity;
    }
}

uint32_t *
smp_topics_collect(struct smp_index *index)
{
    const struct smp_protocol *protocol = index->protocol;
    struct collection c = {.index = index};
    size_t i, topic = 0;

    find_free(&c);
    for (i = 0; i < protocol->answer_count; i++)
        add_answer(&c, topic++, &protocol->answers[i]);
    for (i = 0; i < protocol->rule_count; i++)
        add_rule(&c, topic++, &protocol->rules[i]);
    for (i = 0; i < c.free_count; i++)
        if (!c.free[i].claimed_by)
            add_activity(&c, topic++, c.free[i].activity);
    index->topics = topic;
    free(c.free);
    free(c.named.at);
    return c.words.at;
}
