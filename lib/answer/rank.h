#ifndef SMP_ANSWER_RANK_H
#define SMP_ANSWER_RANK_H

#include "answer/index.h"
#include "answer/query.h"

/*
 * How well a topic answers a question, by the weight of words:
 *
 * phrase     how much of the topic's most similar phrase the question has,
 * known      how much of the question is anywhere in the topic; the names of
 *            activities count as known to all topics,
 * evidence   what the question's words say for the topic, all together,
 * other      the evidence for a matter of the labels "topic..." that the
 *            question names in full; 0 if it names none,
 * rival      the rank of the best topic without an answer, by its own rank,
 * exact      the question is a phrase of the topic, term for term: 1, or less
 *            for words misspelt a little; else 0.
 */
struct smp_standing {
    double phrase, known, evidence, exact, rival, other;
    double named; /* while it is found: the weight of named terms it has */
    double rank;  /* what topics are ordered by; 0: nothing in common */
    double score; /* 0 to 1; it is an answer from SMP_SCORE_ENOUGH on */
};

#define SMP_SCORE_ENOUGH 0.5
#define SMP_SCORE_SURE 0.9

/*
 * Fills a standing for each topic of the index. Topics that are left out (by
 * their numbers; NULL: none) have no rank, and what words say for them is said
 * for the others.
 */
void smp_rank(const struct smp_index *index, const struct smp_query *query,
              const bool *left_out, struct smp_standing *standings);

#endif
