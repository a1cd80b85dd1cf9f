#ifndef SMP_ANSWER_TOPICS_H
#define SMP_ANSWER_TOPICS_H

#include "answer/index.h"

/*
 * Fills the index with the protocol's topics: its entries, topics without an
 * answer, their phrases. Returns the words of all phrases, one phrase after
 * the other; the caller frees them.
 */
uint32_t *smp_topics_collect(struct smp_index *index);

#endif
