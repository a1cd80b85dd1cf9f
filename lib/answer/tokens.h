#ifndef SMP_ANSWER_TOKENS_H
#define SMP_ANSWER_TOKENS_H

#include <stdbool.h>
#include <stddef.h>

#include "answer/wordset.h"
#include "base/buf.h"

/*
 * The words of a text: runs of letters, marks and digits, folded as
 * smp_utf8_fold does. A word that begins with a digit is passed over unless
 * `numbers` is set: numbers say how much or when, not what. `clause` is the
 * number of the clause in which the last word stood, from 0. A text that is
 * not UTF-8 has no words.
 */
struct smp_tokens {
    struct smp_buf folded;
    size_t at;
    unsigned clause;
    bool numbers;
};

/* Begins with a text; the struct may have been used before. */
void smp_tokens_begin(struct smp_tokens *tokens, const char *text);

/* The next word; its text lasts until the next beginning. False at the end. */
bool smp_tokens_next(struct smp_tokens *tokens, struct smp_word *word);

void smp_tokens_release(struct smp_tokens *tokens);

#endif
