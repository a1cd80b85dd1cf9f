#include "answer/internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/words.h"
#include "protocol/protocol.h"
#include "answer/answer.h"

/*
 * An index is made in four steps. All texts of a topic are cut into words, a
 * phrase each; so are the cues. Words become terms by their stems. Each phrase
 * votes for its topic with its terms, a rare term with more of the vote. From
 * the votes come the shares of each term, and its weight: a term that speaks
 * for one topic alone weighs 1.
 */
struct smp_listed {
    const struct smp_protocol *protocol;
    bool *named;  /* by rule, then by activity */
    bool *own;    /* by activity: some rule names it */
    bool *under;  /* as named, through others */
    size_t *wide; /* numbers of activities: what each is a kind of */
    size_t *first_wide;
};

/* The number of an activity, `activity_count` where there is none. */
static size_t
number_of(const struct smp_protocol *protocol, const char *id)
{
    const struct smp_activity *found = smp_protocol_activity(protocol, id);

    return found ? (size_t)(found - protocol->activities)
                 : protocol->activity_count;
}

static void
note_named(struct smp_listed *listed, size_t rule)
{
    const struct smp_protocol *p = listed->protocol;
    const struct smp_strings *what = &p->rules[rule].what;
    size_t i;

    for (i = 0; i < what->count; i++) {
        size_t activity = number_of(p, what->at[i]);

        if (activity == p->activity_count)
            continue;
        listed->named[rule * p->activity_count + activity] = true;
        listed->own[activity] = true;
    }
}

static void
note_wider(struct smp_listed *listed)
{
    const struct smp_protocol *p = listed->protocol;
    size_t i, j, count = 0;

    for (i = 0; i < p->activity_count; i++)
        count += p->activities[i].is.count;
    listed->wide = smp_calloc(count, sizeof *listed->wide);
    listed->first_wide =
        smp_calloc(p->activity_count + 1, sizeof *listed->first_wide);
    for (i = count = 0; i < p->activity_count; i++) {
        const struct smp_strings *is = &p->activities[i].is;

        for (j = 0; j < is->count; j++) {
            listed->wide[count] = number_of(p, is->at[j]);
            count += listed->wide[count] < p->activity_count;
        }
        listed->first_wide[i + 1] = count;
    }
}

/* What names an activity is about the one that came to it. */
static void
note_under(struct smp_listed *listed, size_t from, size_t to)
{
    size_t activities = listed->protocol->activity_count, i;

    for (i = 0; i < listed->protocol->rule_count; i++)
        if (listed->named[i * activities + to])
            listed->under[i * activities + from] = true;
}

/* Breadth first, so that each is reached by the fewest steps. */
static void
search(struct smp_listed *listed, size_t from, size_t *queue, int *steps)
{
    size_t count = 0, next, i;

    for (i = 0; i < listed->protocol->activity_count; i++)
        steps[i] = -1;
    queue[count++] = from;
    steps[from] = 0;
    for (next = 0; next < count; next++) {
        size_t at = queue[next];

        note_under(listed, from, at);
        if (listed->own[at] || steps[at] == SMP_LISTED_STEPS)
            continue;
        for (i = listed->first_wide[at]; i < listed->first_wide[at + 1]; i++)
            if (steps[listed->wide[i]] < 0) {
                steps[listed->wide[i]] = steps[at] + 1;
                queue[count++] = listed->wide[i];
            }
    }
}

struct smp_listed *
smp_listed_new(const struct smp_protocol *protocol)
{
    size_t activities = protocol->activity_count, i;
    size_t all = protocol->rule_count * activities;
    struct smp_listed *listed = smp_calloc(1, sizeof *listed);
    size_t *queue = smp_calloc(activities, sizeof *queue);
    int *steps = smp_calloc(activities, sizeof *steps);

    listed->protocol = protocol;
    listed->named = smp_calloc(all, sizeof *listed->named);
    listed->own = smp_calloc(activities, sizeof *listed->own);
    listed->under = smp_calloc(all, sizeof *listed->under);
    for (i = 0; i < protocol->rule_count; i++)
        note_named(listed, i);
    note_wider(listed);
    for (i = 0; i < activities; i++)
        search(listed, i, queue, steps);
    free(queue);
    free(steps);
    return listed;
}

void
smp_listed_free(struct smp_listed *listed)
{
    free(listed->named);
    free(listed->own);
    free(listed->under);
    free(listed->wide);
    free(listed->first_wide);
    free(listed);
}

bool
smp_listed_under(const struct smp_listed *listed, size_t rule, size_t activity)
{
    return listed->under[rule * listed->protocol->activity_count + activity];
}

bool
smp_listed_any(const struct smp_listed *listed, size_t activity)
{
    size_t i;

    for (i = 0; i < listed->protocol->rule_count; i++)
        if (smp_listed_under(listed, i, activity))
            return true;
    return false;
}

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

struct phrases {
    struct smp_phrase *at;
    size_t count, room;
    struct smp_numbers words; /* of all, one after the other */
};

struct collection {
    struct smp_index *index;
    struct smp_listed *listed;
    struct phrases *phrases;
    size_t topic, left; /* words that the topic may still learn */
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
    struct phrases *phrases = c->phrases;
    size_t first = phrases->words.count, count;

    if (c->topic != topic)
        c->left = WORDS_MAX;
    c->topic = topic;
    if (text && c->left)
        smp_terms_learn(&c->index->terms, text, &phrases->words);
    count = phrases->words.count - first;
    if (!count)
        return;
    c->left -= count < c->left ? count : c->left;
    if (count == 1 && topic < c->index->count)
        claim(c, topic, phrases->words.at[first]);
    phrases->at = smp_grow(phrases->at, phrases->count, &phrases->room,
                           sizeof *phrases->at);
    phrases->at[phrases->count++] =
        (struct smp_phrase){.topic = (uint32_t)topic,
                            .first = (uint32_t)first,
                            .count = (uint32_t)count,
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
        if (smp_listed_under(c->listed, number, i))
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
        if (!smp_listed_any(c->listed, i))
            add_free(c, protocol->activities[i].names);
    c->activities = c->free_count;
    for (i = 0; i < protocol->label_count; i++)
        if (strncmp(protocol->labels[i].key, group, sizeof group - 1) == 0 &&
            protocol->labels[i].text)
            add_matters(c, protocol->labels[i].text);
}

/*
 * The protocol's topics: its entries, topics without an answer, their phrases.
 */
static void
collect_topics(struct smp_index *index, struct phrases *phrases)
{
    const struct smp_protocol *protocol = index->protocol;
    struct collection c = {.index = index,
                           .listed = smp_listed_new(protocol),
                           .phrases = phrases,
                           .left = WORDS_MAX};
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
    smp_listed_free(c.listed);
    smp_arena_release(&c.scratch);
    free(c.free);
    free(c.named.at);
}

/*
 * Each phrase has one vote, shared among its terms by their rarity; a term of
 * a body has a small vote of its own. A term's shares are its votes for each
 * topic, by the number of phrases that topic has.
 */
static const double body_vote = 0.3, least_weight = 0.05;

/*
 * A term with so many votes altogether counts for half. Votes for a topic with
 * few phrases are worth more.
 */
static const double few_votes = 0.3, many_phrases = 60;

/* The natural logarithm of a number above 0. See exponential() in rank.c. */
static double
logarithm(double x)
{
    static const double log_2 = 0.693147180559945309417;
    double ratio, sum = 0;
    int i, doublings = 0;

    for (; x > 1; x /= 2)
        doublings++;
    for (; x < 0.5; x *= 2)
        doublings--;
    ratio = (x - 1) / (x + 1); /* at most a third */
    for (i = 41; i > 0; i -= 2)
        sum = sum * ratio * ratio + 1.0 / i;
    return doublings * log_2 + 2 * ratio * sum;
}

struct weighing {
    struct smp_index *index;
    struct smp_phrase *phrases;
    const uint32_t *words; /* of the phrases, by now terms */
    struct smp_weighed_term *weighed;
    struct smp_share *shares;
    uint32_t *holders;
    double *phrases_of; /* by topic */
    size_t terms;
    /* by term: */
    uint32_t *topics; /* in how many it is */
    uint32_t *last;   /* the last topic seen with it, + 1 */
    size_t *next;     /* where its next share, or phrase, goes */
    double *rarity;   /* 1 in one topic, 0 in all */
    double *votes;
    double log_topics;
};

static bool
new_to_topic(struct weighing *w, uint32_t term, uint32_t topic)
{
    bool is_new = w->last[term] != topic + 1;

    w->last[term] = topic + 1;
    return is_new;
}

/* How many topics and phrases each term has; topics come in order. */
static void
count(struct weighing *w)
{
    struct smp_index *index = w->index;
    size_t i, j;

    for (i = 0; i < index->phrase_count; i++) {
        const struct smp_phrase *phrase = &w->phrases[i];

        w->phrases_of[phrase->topic] += !phrase->body;
        for (j = 0; j < phrase->count; j++) {
            uint32_t term = w->words[phrase->first + j];

            w->weighed[term].first_phrase += !phrase->body;
            w->topics[term] += new_to_topic(w, term, phrase->topic);
        }
    }
}

/* From numbers to places; term number `terms` is the end of the last one. */
static void
place(struct weighing *w)
{
    struct smp_index *index = w->index;
    size_t i, shares = 0, phrases = 0;

    for (i = 0; i <= w->terms; i++) {
        struct smp_weighed_term *term = &w->weighed[i];
        size_t number = term->first_phrase;

        term->first_share = (uint32_t)shares;
        term->first_phrase = (uint32_t)phrases;
        phrases += number;
        shares += i < w->terms ? w->topics[i] : 0;
    }
    index->share_count = shares;
    index->holder_count = phrases;
    w->shares = smp_arena_alloc(&index->arena, shares * sizeof *w->shares);
    w->holders = smp_arena_alloc(&index->arena, phrases * sizeof *w->holders);
}

static void
prepare_votes(struct weighing *w)
{
    size_t i;

    for (i = 0; i < w->terms; i++) {
        double topics =
            (double)(w->topics[i] ? w->topics[i] : w->index->topics);
        double rarity = 1 - logarithm(topics) / w->log_topics;

        w->rarity[i] = rarity > least_weight ? rarity : least_weight;
        w->next[i] = w->weighed[i].first_share;
        w->last[i] = 0;
    }
}

static void
vote(struct weighing *w, const struct smp_phrase *phrase, uint32_t term,
     double votes)
{
    struct smp_share *shares = w->shares;
    double phrases = w->phrases_of[phrase->topic];

    if (new_to_topic(w, term, phrase->topic))
        shares[w->next[term]++].topic = phrase->topic;
    shares[w->next[term] - 1].share += (float)votes;
    w->votes[term] += phrases > 0 && phrases < many_phrases
                          ? votes * many_phrases / phrases
                          : votes;
}

static void
vote_all(struct weighing *w)
{
    size_t i, j;

    for (i = 0; i < w->index->phrase_count; i++) {
        const struct smp_phrase *phrase = &w->phrases[i];
        double sum = 0;

        for (j = 0; j < phrase->count; j++)
            sum += w->rarity[w->words[phrase->first + j]];
        for (j = 0; j < phrase->count; j++) {
            uint32_t term = w->words[phrase->first + j];

            vote(w, phrase, term,
                 phrase->body ? body_vote : w->rarity[term] / sum);
        }
    }
}

/* Makes votes shares; returns their entropy. */
static double
divide_votes(const struct weighing *w, struct smp_share *shares, size_t n)
{
    double sum = 0, entropy = 0;
    size_t i;

    for (i = 0; i < n; i++) {
        double phrases = w->phrases_of[shares[i].topic];

        shares[i].share /= (float)(phrases > 0 ? phrases : 1);
        sum += shares[i].share;
    }
    for (i = 0; n > 1 && i < n; i++) {
        double share = shares[i].share / sum;

        entropy -= share * logarithm(share);
        shares[i].share = (float)sqrt(share);
    }
    if (n == 1)
        shares[0].share = 1;
    return entropy;
}

static void
weigh_terms(struct weighing *w)
{
    struct smp_weighed_term *term = w->weighed;
    size_t i;

    for (i = 0; i < w->terms; i++, term++) {
        double entropy =
            divide_votes(w, w->shares + term[0].first_share,
                         term[1].first_share - term[0].first_share);

        double weight = (1 - entropy / w->log_topics) * w->votes[i] /
                        (w->votes[i] + few_votes);

        term->weight = (float)(weight > least_weight ? weight : least_weight);
    }
}

static void
weigh_phrases(struct weighing *w)
{
    struct smp_index *index = w->index;
    size_t i, j;

    for (i = 0; i < w->terms; i++)
        w->next[i] = w->weighed[i].first_phrase;
    for (i = 0; i < index->phrase_count; i++) {
        struct smp_phrase *phrase = &w->phrases[i];

        for (j = 0; j < phrase->count; j++) {
            uint32_t term = w->words[phrase->first + j];

            phrase->weight += w->weighed[term].weight;
            if (!phrase->body)
                w->holders[w->next[term]++] = (uint32_t)i;
        }
    }
}

/* Weighs the terms of the phrases. */
static void
weigh(struct smp_index *index, struct phrases *phrases)
{
    struct smp_arena scratch = {.blocks = NULL};
    size_t terms = smp_terms_count(&index->terms), topics = index->topics;
    struct weighing w = {
        .index = index,
        .phrases = phrases->at,
        .words = phrases->words.at,
        .weighed =
            smp_arena_alloc(&index->arena, (terms + 1) * sizeof *w.weighed),
        .phrases_of =
            smp_arena_alloc(&index->arena, topics * sizeof *w.phrases_of),
        .terms = terms,
        .topics = smp_arena_alloc(&scratch, terms * sizeof *w.topics),
        .last = smp_arena_alloc(&scratch, terms * sizeof *w.last),
        .next = smp_arena_alloc(&scratch, terms * sizeof *w.next),
        .rarity = smp_arena_alloc(&scratch, terms * sizeof *w.rarity),
        .votes = smp_arena_alloc(&scratch, terms * sizeof *w.votes),
        .log_topics = logarithm(topics > 2 ? (double)topics : 2),
    };

    index->phrase_count = phrases->count;
    count(&w);
    place(&w);
    prepare_votes(&w);
    vote_all(&w);
    weigh_terms(&w);
    weigh_phrases(&w);
    index->weighed = w.weighed;
    index->shares = w.shares;
    index->holders = w.holders;
    index->phrases_of = w.phrases_of;
    smp_arena_release(&scratch);
}

/* Words become terms, where they are. */
static void
stem(struct smp_index *index, struct phrases *phrases, struct smp_cues *cues)
{
    size_t i;

    smp_terms_stem(&index->terms);
    for (i = 0; i < phrases->count; i++) {
        struct smp_phrase *phrase = &phrases->at[i];

        phrase->count = (uint32_t)smp_terms_of(
            &index->terms, phrases->words.at + phrase->first, phrase->count,
            true);
    }
    for (i = 0; i < cues->count; i++) {
        struct smp_cue *cue = &cues->at[i];
        uint32_t *words = cues->words.at + cue->first;

        cue->count = (uint32_t)(cue->kind < SMP_CUE_NAME
                                    ? smp_terms_join_all(&index->terms, words,
                                                         cue->count)
                                    : smp_terms_of(&index->terms, words,
                                                   cue->count, false));
    }
}

/* The answers, then the rules. */
static void
set_entries(struct smp_index *index, const struct smp_protocol *protocol)
{
    struct smp_found *entry =
        smp_arena_alloc(&index->arena, index->count * sizeof *entry);
    size_t i;

    index->protocol = protocol;
    index->entries = entry;
    for (i = 0; i < protocol->answer_count; i++) {
        const struct smp_answer *answer = &protocol->answers[i];

        *entry++ = (struct smp_found){
            .id = answer->id, .question = answer->question, .answer = answer};
    }
    for (i = 0; i < protocol->rule_count; i++) {
        const struct smp_rule *rule = &protocol->rules[i];

        *entry++ = (struct smp_found){
            .id = rule->id, .question = rule->title, .rule = rule};
    }
}

/* Moves an array into the index. */
static const void *
keep(struct smp_index *index, void *array, size_t size)
{
    void *kept = smp_arena_take(&index->arena, size);

    if (size)
        memcpy(kept, array, size);
    free(array);
    return kept;
}

struct smp_index *
smp_index_make(const struct smp_protocol *protocol)
{
    struct smp_index *index = smp_calloc(1, sizeof *index);
    struct phrases phrases = {.at = NULL};
    struct smp_cues cues = {.at = NULL};

    index->count = protocol->answer_count + protocol->rule_count;
    set_entries(index, protocol);
    smp_terms_init(&index->terms, protocol->lang);
    collect_topics(index, &phrases);
    index->terms.words.matter = index->terms.words.count;
    smp_cues_collect(&cues, protocol, &index->terms);
    stem(index, &phrases, &cues);
    weigh(index, &phrases);
    index->phrases =
        keep(index, phrases.at, phrases.count * sizeof *phrases.at);
    index->phrase_terms = keep(index, phrases.words.at,
                               phrases.words.count * sizeof *phrases.words.at);
    index->cue_count = cues.count;
    index->cues = keep(index, cues.at, cues.count * sizeof *cues.at);
    index->cue_terms =
        keep(index, cues.words.at, cues.words.count * sizeof *cues.words.at);
    return index;
}

/* The built-in index of a protocol; NULL if there is none. */
static const struct smp_index *
find_table(const struct smp_protocol *protocol)
{
    const struct smp_index_table *table = smp_index_tables;

    while (table->hash && strcmp(table->hash, protocol->hash) != 0)
        table++;
    /* by chance, another protocol may have the same hash */
    return table->hash && table->index.count ==
                              protocol->answer_count + protocol->rule_count
               ? &table->index
               : NULL;
}

struct smp_index *
smp_index_new(const struct smp_protocol *protocol)
{
    const struct smp_index *built_in = find_table(protocol);
    struct smp_index *index;

    if (!built_in)
        return smp_index_make(protocol);
    index = smp_calloc(1, sizeof *index);
    *index = *built_in;
    set_entries(index, protocol);
    smp_terms_set_language(&index->terms, protocol->lang);
    return index;
}

void
smp_index_free(struct smp_index *index)
{
    if (!index)
        return;
    smp_terms_release(&index->terms);
    smp_arena_release(&index->arena);
    smp_rulings_free(index->rulings);
    free(index);
}
