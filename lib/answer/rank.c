#include "answer/internal.h"

#include <math.h>
#include <stdlib.h>

#include "answer/fitted.h"

/*
 * A question is a handful of terms. For each term the index lists the topics
 * that it speaks for, with their shares of it, and the phrases that hold it:
 *
 *     "hurt"  ->  topics:  faq.pain 0.9   post.touch 0.2
 *             ->  phrases: "does it hurt" (faq.pain) ...
 *
 * So only topics and phrases with a term of the question are compared, and the
 * cost is the length of these lists. A topic's rank adds the likeness of its
 * best phrase and the evidence of all terms; of two equal topics the one that
 * comes first in the protocol is taken. A logistic curve, fitted to questions
 * with known answers, turns what was found into a score.
 */

/* The rank is likeness to the best phrase and, in this part, evidence. */
static const double evidence_part = 0.6;

/*
 * That a topic lacks a word which others have counts only so far as the word
 * would be expected there: half, where the topic has so many phrases.
 */
static const double phrases_to_tell = 20;

static const double growth_max = 3;

/* A question with a word misspelt worse than this is no phrase exactly. */
static const double nearly_right = 0.9;

/* What a phrase has in common with the question. */
struct common {
    double weight, trust;
    size_t terms;
};

struct ranking {
    const struct smp_index *index;
    const struct smp_query *asked;
    const bool *left_out; /* by topic, or NULL */
    struct smp_topic_score *scores;
    struct common *common; /* by phrase */
    double known;          /* the weight of the words that are known */
    double named;          /* of those that name activities */
};

/*
 * What a term says for each topic is a square root of a share. Without those
 * left out, the shares of the rest grow until they are the whole, or by as much
 * as a word may mean something else.
 */
static double
growth(const struct ranking *r, const struct smp_weighed_term *term)
{
    const struct smp_share *shares = r->index->shares;
    double all = 0, kept = 0;
    size_t i;

    if (!r->left_out)
        return 1;
    for (i = term[0].first_share; i < term[1].first_share; i++) {
        double part = shares[i].share * shares[i].share;

        all += part;
        kept += r->left_out[shares[i].topic] ? 0 : part;
    }
    if (kept <= 0)
        return 1;
    return sqrt(all / kept) < growth_max ? sqrt(all / kept) : growth_max;
}

static void
compare_term(struct ranking *r, const struct smp_query_term *asked)
{
    const struct smp_index *index = r->index;
    const struct smp_weighed_term *term = &index->weighed[asked->term];
    double weight = term->weight * asked->trust, grown = growth(r, term);
    size_t i;

    r->known += weight;
    r->named += asked->named ? weight : 0;
    for (i = term[0].first_share; i < term[1].first_share; i++) {
        struct smp_topic_score *topic = &r->scores[index->shares[i].topic];

        if (r->left_out && r->left_out[index->shares[i].topic])
            continue;
        topic->evidence += weight * grown * index->shares[i].share;
        topic->known += weight;
        topic->named += asked->named ? weight : 0;
    }
    for (i = term[0].first_phrase; i < term[1].first_phrase; i++) {
        struct common *common = &r->common[index->holders[i]];

        if (!common->terms++ || asked->trust < common->trust)
            common->trust = asked->trust;
        common->weight += weight;
    }
}

static bool
is_exact(const struct ranking *r, const struct smp_phrase *phrase,
         const struct common *common)
{
    return r->asked->complete && common->trust > nearly_right &&
           common->terms == phrase->count && common->terms == r->asked->count;
}

/*
 * Likeness is from 0 to 1. What the phrase has beyond the question counts for
 * more than what the question has beyond it: people say more than they must.
 */
static void
compare_phrase(struct ranking *r, const struct smp_phrase *phrase,
               const struct common *common)
{
    struct smp_topic_score *topic = &r->scores[phrase->topic];
    double root = sqrt(phrase->weight);
    double like = common->weight / (root * sqrt(root) * sqrt(sqrt(r->known)));

    if (is_exact(r, phrase, common) && common->trust > topic->exact)
        topic->exact = common->trust;
    if (like > topic->rank) {
        topic->rank = like;
        topic->phrase = common->weight / phrase->weight;
    }
}

static void
compare(struct ranking *r)
{
    size_t i;

    for (i = 0; i < r->asked->count; i++)
        compare_term(r, &r->asked->terms[i]);
    for (i = 0; i < r->index->phrase_count; i++)
        if (r->common[i].terms &&
            !(r->left_out && r->left_out[r->index->phrases[i].topic]))
            compare_phrase(r, &r->index->phrases[i], &r->common[i]);
}

/*
 * e to the power of x, to some 14 digits. The library of mathematics would be
 * loaded for this alone, which takes a fifth of a start.
 */
static double
exponential(double x)
{
    enum { HALVINGS = 10, TERMS = 9 };
    double part = x / (1 << HALVINGS), sum = 1;
    int i;

    for (i = TERMS; i > 0; i--)
        sum = 1 + sum * part / i;
    for (i = 0; i < HALVINGS; i++)
        sum *= sum;
    return sum;
}

static double
score(const struct smp_topic_score *topic)
{
    double sum = SMP_FITTED_CONSTANT + SMP_FITTED_PHRASE * topic->phrase +
                 SMP_FITTED_KNOWN * topic->known +
                 SMP_FITTED_EVIDENCE * sqrt(topic->evidence) +
                 SMP_FITTED_RIVAL * topic->rival * topic->rival +
                 SMP_FITTED_OTHER * topic->other;
    double likely = 1 / (1 + exponential(-sum));

    return topic->exact > likely ? topic->exact : likely;
}

static void
conclude(const struct ranking *r, struct smp_topic_score *topic, double phrases)
{
    double named = r->named - topic->named;
    double missing = (r->known - topic->known - named) * phrases_to_tell /
                     (phrases_to_tell + phrases);

    topic->known =
        (topic->known + named + missing) / (r->known + r->asked->unknown);
    topic->rank = topic->exact + (1 - evidence_part) * topic->rank +
                  evidence_part * topic->evidence / r->known;
}

/* The best of the topics that have no answer. */
static double
best_rival(const struct ranking *r)
{
    double best = 0;
    size_t i;

    for (i = r->index->count; i < r->index->topics; i++)
        best = r->scores[i].rank > best ? r->scores[i].rank : best;
    return best;
}

/* Whether a phrase stands in the question, term for term. */
static bool
stands_in(const struct ranking *r, const struct smp_phrase *phrase)
{
    const struct smp_query *query = r->asked;
    const uint32_t *terms = r->index->phrase_terms + phrase->first;
    size_t at, i;

    for (at = 0; at + phrase->count <= query->word_count; at++) {
        for (i = 0; i < phrase->count; i++)
            if (query->words[at + i].term != terms[i])
                break;
        if (i == phrase->count)
            return true;
    }
    return false;
}

/* The best evidence for another matter, a phrase of which is in the question.
 */
static double
named_other(const struct ranking *r)
{
    double best = 0;
    size_t i;

    for (i = 0; i < r->index->phrase_count; i++) {
        const struct smp_phrase *phrase = &r->index->phrases[i];
        double evidence = r->scores[phrase->topic].evidence;

        if (phrase->topic >= r->index->others && evidence > best &&
            r->common[i].terms == phrase->count && stands_in(r, phrase))
            best = evidence;
    }
    return best;
}

void
smp_rank(const struct smp_index *index, const struct smp_query *query,
         const bool *left_out, struct smp_topic_score *scores)
{
    struct ranking r = {
        .index = index, .asked = query, .left_out = left_out, .scores = scores};
    double rival, other;
    size_t i;

    for (i = 0; i < index->topics; i++)
        scores[i] = (struct smp_topic_score){.rank = 0};
    if (!query->count)
        return;
    r.common = smp_calloc(index->phrase_count, sizeof *r.common);
    compare(&r);
    other = named_other(&r);
    free(r.common);
    for (i = 0; i < index->topics; i++)
        if (scores[i].evidence > 0)
            conclude(&r, &scores[i], index->phrases_of[i]);
    rival = best_rival(&r);
    for (i = 0; i < index->topics; i++)
        if (scores[i].rank > 0) {
            scores[i].rival = rival / scores[i].rank;
            scores[i].other = other;
            scores[i].score = score(&scores[i]);
        }
}
