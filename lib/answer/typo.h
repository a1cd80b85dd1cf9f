#ifndef SMP_ANSWER_TYPO_H
#define SMP_ANSWER_TYPO_H

#include "answer/wordset.h"

/*
 * The word of the set that a misspelt one most likely is: the nearest, then
 * the most used; SMP_NO_WORD where none is near. A word may have one fault for
 * every four characters, two at most, and none in its first character. Trust
 * becomes the share of its characters that are right. *looks is how many known
 * words may still be compared with misspelt ones; where there are none left, a
 * word is not looked for.
 */
uint32_t smp_typo_find(const struct smp_wordset *set,
                       const struct smp_word *word, double *trust,
                       size_t *looks);

#endif
