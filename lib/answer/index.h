#ifndef SMP_ANSWER_INDEX_H
#define SMP_ANSWER_INDEX_H

#include "answer/answer.h"
#include "answer/cues.h"
#include "answer/terms.h"
#include "protocol/image.h"
#include "protocol/shape.h"

/*
 * What an index consists of. Topics are the entries, and after them the
 * activities that no rule speaks of: a question may be about those too, and
 * then it has no answer. Each topic has phrases (question, title, aliases,
 * names of its activities) and a body, the text of its answer.
 */
struct smp_phrase {
    uint32_t *terms;
    size_t count;
    uint32_t topic;
    float weight; /* the sum of those of its terms */
    bool body;
};

/* How strongly a term speaks for a topic, 0 to 1. */
struct smp_share {
    uint32_t topic;
    float share;
};

/*
 * A term's weight is 1 where it speaks for one topic alone, and near 0 where
 * it speaks for all alike. Its shares are shares[first] to before
 * shares[next term's first]; so are the phrases that have it.
 */
struct smp_weighed_term {
    float weight;
    uint32_t first_share, first_phrase;
};

struct smp_rulings;

struct smp_index {
    const struct smp_protocol *protocol;
    struct smp_arena arena;
    struct smp_terms terms;
    struct smp_found *entries;
    size_t count, topics;
    size_t others; /* topics from this one on are of labels */
    struct smp_phrase *phrases;
    size_t phrase_count;
    struct smp_cues cues;
    uint32_t *words; /* where the terms of phrases and cues are */
    struct smp_weighed_term *weighed; /* one more than there are terms */
    struct smp_share *shares;
    uint32_t *holders;  /* numbers of phrases */
    double *phrases_of; /* by topic: how many it has */
    size_t weighed_count, share_count, holder_count;
    struct smp_rulings *rulings; /* made when first wanted */
    bool is_image;               /* in one piece of memory with its phrases */
};

/*
 * The built-in protocols' indices, made when the library is built, named by the
 * hashes of the protocols. All of an index but its entries, its language and
 * its rulings is in the shape.
 */
extern const struct smp_image smp_index_images[];
extern const struct smp_shape smp_index_shape;

/* Makes an index, whether there is an image of it or not. */
struct smp_index *smp_index_make(const struct smp_protocol *protocol);

/* Weighs the terms, once the phrases are there. */
void smp_index_weigh(struct smp_index *index);

#endif
