#ifndef SMP_ANSWER_QUERY_H
#define SMP_ANSWER_QUERY_H

#include <stdbool.h>

#include "answer/terms.h"

/*
 * A question read. `terms` are the known terms, each once; trust is 1, or less
 * for a word taken for a misspelt one. `unknown` is the mass of the words that
 * are not known: 1 each, less for a very short one. `words` are all words and
 * numbers in their order; a word that is not known, and a term, is
 * SMP_NO_WORD. Only the first SMP_QUERY_SIZE octets and SMP_QUERY_WORDS words
 * are read, and of a question that is not UTF-8 only the text before the fault.
 */
enum { SMP_QUERY_SIZE = 8192, SMP_QUERY_WORDS = 400 };

struct smp_query {
    struct smp_query_term {
        uint32_t term;
        double trust;
        bool named; /* in the name of an activity; see asking.h */
    } terms[SMP_QUERY_WORDS];
    size_t count;
    struct smp_query_word {
        uint32_t word, term;
        bool is_number;
        bool small; /* it says nothing of the matter; see asking.h */
        int number;
        unsigned clause;
    } words[SMP_QUERY_WORDS];
    size_t word_count;
    double unknown;
    bool complete; /* every word is known */
    bool cut;      /* there is more in the question than was read */
};

void smp_query_read(struct smp_query *query, const struct smp_terms *terms,
                    const char *text);

#endif
