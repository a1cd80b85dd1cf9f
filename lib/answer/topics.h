#ifndef SMP_ANSWER_TOPICS_H
#define SMP_ANSWER_TOPICS_H

#include "answer/index.h"

/*
 * Fills the index with the protocol's topics: its entries, topics without an
 * answer, their phrases. Appends the words of all phrases, one phrase after
 * the other.
 */
void smp_topics_collect(struct smp_index *index, struct smp_numbers *words);

#endif
