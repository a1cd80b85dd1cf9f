#ifndef SMP_ANSWER_QUESTION_H
#define SMP_ANSWER_QUESTION_H

#include <stdbool.h>

#include "answer/terms.h"

/*
 * A question read: the terms that are known, each once, and the mass of words
 * that are not, where a long word weighs 1 and a short one less. Trust is 1,
 * or less for a word taken for a misspelt one. Of a question over
 * SMP_QUESTION_SIZE octets or over SMP_QUESTION_WORDS words only the beginning
 * is read, of one that is not UTF-8 only what is before the fault.
 */
enum { SMP_QUESTION_SIZE = 4096, SMP_QUESTION_WORDS = 128 };

struct smp_question {
    struct smp_question_term {
        uint32_t term;
        double trust;
    } terms[SMP_QUESTION_WORDS];
    size_t count;
    double unknown;
    bool complete; /* every word is known */
};

void smp_question_read(struct smp_question *question,
                       const struct smp_terms *terms, const char *text);

#endif
