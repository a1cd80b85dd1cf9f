#include "answer/topics.h"

#include <stdlib.h>
#include <string.h>

#include "answer/about.h"
#include "protocol/words.h"

/*
 * Free are activities that no rule speaks of, and the matters of the labels
 * "topic...", which people ask about though the protocol has no answer. An
 * answer or rule that has one of their names, of one word, as an alias claims
 * all their names; those that nobody claims become topics without an answer.
 */
struct free_topic {
    struct smp_strings names;
    size_t claimed_by; /* a topic + 1 */
};

struct collection {
    struct smp_index *index;
    struct smp_about *about;
    size_t topic, left; /* words that the topic may still learn */
    struct smp_numbers *words;
    size_t room;
    struct smp_arena scratch;
    struct free_topic *free;
    size_t free_count, free_room;
    size_t activities;        /* the first of the free topics */
    struct smp_numbers named; /* by word: the free topic so called, + 1 */
};

/*
 * So many words of a topic are learnt, and what is over in the last phrase:
 * many rules may be about activities of many names.
 */
enum { WORDS_MAX = 10000 };

static void
claim(struct collection *c, size_t topic, uint32_t word)
{
    struct free_topic *free_one;

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
    size_t before = c->words->count;

    if (c->topic != topic)
        c->left = WORDS_MAX;
    c->topic = topic;
    if (text && c->left)
        smp_terms_learn(&index->terms, text, c->words);
    if (c->words->count == before)
        return;
    c->left -=
        c->words->count - before < c->left ? c->words->count - before : c->left;
    if (c->words->count == before + 1 && topic < index->count)
        claim(c, topic, c->words->at[before]);
    index->phrases = smp_grow(index->phrases, index->phrase_count, &c->room,
                              sizeof *index->phrases);
    index->phrases[index->phrase_count++] =
        (struct smp_phrase){.topic = (uint32_t)topic,
                            .count = c->words->count - before,
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
            add_texts(c, topic, &c->free[i].names);
}

static void
add_answer(struct collection *c, size_t topic, const struct smp_answer *answer)
{
    add_text(c, topic, answer->question, false);
    add_texts(c, topic, &answer->ask);
    add_claimed(c, topic);
    add_text(c, topic, answer->answer, true);
}

static void
add_rule(struct collection *c, size_t topic, size_t number)
{
    const struct smp_protocol *protocol = c->index->protocol;
    const struct smp_rule *rule = &protocol->rules[number];
    size_t i;

    add_text(c, topic, rule->title, false);
    add_texts(c, topic, &rule->ask);
    for (i = 0; i < protocol->activity_count; i++)
        if (smp_about_is(c->about, number, i))
            add_activity(c, topic, &protocol->activities[i]);
    add_claimed(c, topic);
    add_text(c, topic, rule->text, true);
    add_text(c, topic, rule->why, true);
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
add_free(struct collection *c, struct smp_strings names)
{
    size_t i;

    for (i = 0; i < names.count; i++)
        note_name(c, names.at[i], c->free_count);
    c->free = smp_grow(c->free, c->free_count, &c->free_room, sizeof *c->free);
    c->free[c->free_count++] = (struct free_topic){.names = names};
}

/* The phrases of n octets, with commas between them. */
static struct smp_strings
phrases_of(struct collection *c, const char *text, size_t n)
{
    const char *label = smp_arena_strndup(&c->scratch, text, n), *at;
    struct smp_strings phrases = {.count = 1};
    const char **next;

    for (at = label; *at; at++)
        phrases.count += *at == ',';
    next = smp_arena_alloc(&c->scratch, phrases.count * sizeof *next);
    phrases.at = next;
    for (at = label; next < phrases.at + phrases.count; at++) {
        size_t length = strcspn(at, ",");

        *next++ = smp_arena_strndup(&c->scratch, at, length);
        at += length;
    }
    return phrases;
}

/* A label has several matters, with bars between them. */
static void
add_matters(struct collection *c, const char *label)
{
    while (*label) {
        size_t n = strcspn(label, "|");

        add_free(c, phrases_of(c, label, n));
        label += n + (label[n] == '|');
    }
}

static void
find_free(struct collection *c)
{
    static const char group[] = "topic.";
    const struct smp_protocol *protocol = c->index->protocol;
    size_t i;

    for (i = 0; i < protocol->activity_count; i++)
        if (!smp_about_any(c->about, i))
            add_free(c, protocol->activities[i].names);
    c->activities = c->free_count;
    for (i = 0; i < protocol->label_count; i++)
        if (strncmp(protocol->labels[i].key, group, sizeof group - 1) == 0 &&
            protocol->labels[i].text)
            add_matters(c, protocol->labels[i].text);
}

void
smp_topics_collect(struct smp_index *index, struct smp_numbers *words)
{
    const struct smp_protocol *protocol = index->protocol;
    struct collection c = {.index = index,
                           .about = smp_about_new(protocol),
                           .left = WORDS_MAX,
                           .words = words};
    size_t i, topic = 0;

    find_free(&c);
    for (i = 0; i < protocol->answer_count; i++)
        add_answer(&c, topic++, &protocol->answers[i]);
    for (i = 0; i < protocol->rule_count; i++)
        add_rule(&c, topic++, i);
    for (i = 0; i < c.free_count; i++) {
        if (i == c.activities)
            index->others = topic;
        if (!c.free[i].claimed_by)
            add_texts(&c, topic++, &c.free[i].names);
    }
    if (i == c.activities)
        index->others = topic;
    index->topics = topic;
    smp_about_free(c.about);
    smp_arena_release(&c.scratch);
    free(c.free);
    free(c.named.at);
}
