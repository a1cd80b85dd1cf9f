#include "answer/index.h"

#include <math.h>

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

struct weighing {
    struct smp_index *index;
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
        const struct smp_phrase *phrase = &index->phrases[i];

        index->phrases_of[phrase->topic] += !phrase->body;
        for (j = 0; j < phrase->count; j++) {
            uint32_t term = phrase->terms[j];

            index->weighed[term].first_phrase += !phrase->body;
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
        struct smp_weighed_term *term = &index->weighed[i];
        size_t number = term->first_phrase;

        term->first_share = (uint32_t)shares;
        term->first_phrase = (uint32_t)phrases;
        phrases += number;
        shares += i < w->terms ? w->topics[i] : 0;
    }
    index->share_count = shares;
    index->holder_count = phrases;
    index->shares =
        smp_arena_alloc(&index->arena, shares * sizeof *index->shares);
    index->holders =
        smp_arena_alloc(&index->arena, phrases * sizeof *index->holders);
}

static void
prepare_votes(struct weighing *w)
{
    size_t i;

    for (i = 0; i < w->terms; i++) {
        double topics =
            (double)(w->topics[i] ? w->topics[i] : w->index->topics);
        double rarity = 1 - log(topics) / w->log_topics;

        w->rarity[i] = rarity > least_weight ? rarity : least_weight;
        w->next[i] = w->index->weighed[i].first_share;
        w->last[i] = 0;
    }
}

static void
vote(struct weighing *w, const struct smp_phrase *phrase, uint32_t term,
     double votes)
{
    struct smp_share *shares = w->index->shares;
    double phrases = w->index->phrases_of[phrase->topic];

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
        const struct smp_phrase *phrase = &w->index->phrases[i];
        double sum = 0;

        for (j = 0; j < phrase->count; j++)
            sum += w->rarity[phrase->terms[j]];
        for (j = 0; j < phrase->count; j++) {
            uint32_t term = phrase->terms[j];

            vote(w, phrase, term,
                 phrase->body ? body_vote : w->rarity[term] / sum);
        }
    }
}

/* Makes votes shares; returns their entropy. */
static double
settle_shares(const struct weighing *w, struct smp_share *shares, size_t n)
{
    double sum = 0, entropy = 0;
    size_t i;

    for (i = 0; i < n; i++) {
        double phrases = w->index->phrases_of[shares[i].topic];

        shares[i].share /= (float)(phrases > 0 ? phrases : 1);
        sum += shares[i].share;
    }
    for (i = 0; n > 1 && i < n; i++) {
        double share = shares[i].share / sum;

        entropy -= share * log(share);
        shares[i].share = (float)sqrt(share);
    }
    if (n == 1)
        shares[0].share = 1;
    return entropy;
}

static void
weigh_terms(struct weighing *w)
{
    struct smp_weighed_term *term = w->index->weighed;
    size_t i;

    for (i = 0; i < w->terms; i++, term++) {
        double entropy =
            settle_shares(w, w->index->shares + term[0].first_share,
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
        w->next[i] = index->weighed[i].first_phrase;
    for (i = 0; i < index->phrase_count; i++) {
        struct smp_phrase *phrase = &index->phrases[i];

        for (j = 0; j < phrase->count; j++) {
            uint32_t term = phrase->terms[j];

            phrase->weight += index->weighed[term].weight;
            if (!phrase->body)
                index->holders[w->next[term]++] = (uint32_t)i;
        }
    }
}

void
smp_index_weigh(struct smp_index *index)
{
    struct smp_arena scratch = {.blocks = NULL};
    size_t terms = smp_terms_count(&index->terms), topics = index->topics;
    struct weighing w = {
        .index = index,
        .terms = terms,
        .topics = smp_arena_alloc(&scratch, terms * sizeof *w.topics),
        .last = smp_arena_alloc(&scratch, terms * sizeof *w.last),
        .next = smp_arena_alloc(&scratch, terms * sizeof *w.next),
        .rarity = smp_arena_alloc(&scratch, terms * sizeof *w.rarity),
        .votes = smp_arena_alloc(&scratch, terms * sizeof *w.votes),
        .log_topics = log(topics > 2 ? (double)topics : 2),
    };

    index->phrases_of =
        smp_arena_alloc(&index->arena, topics * sizeof *index->phrases_of);
    index->weighed_count = terms + 1;
    index->weighed = smp_arena_alloc(&index->arena, index->weighed_count *
                                                        sizeof *index->weighed);
    count(&w);
    place(&w);
    prepare_votes(&w);
    vote_all(&w);
    weigh_terms(&w);
    weigh_phrases(&w);
    smp_arena_release(&scratch);
}
