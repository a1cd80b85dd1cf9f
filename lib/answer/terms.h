#ifndef SMP_ANSWER_TERMS_H
#define SMP_ANSWER_TERMS_H

#include <stddef.h>
#include <stdint.h>

#include "answer/tokens.h"
#include "answer/wordset.h"

/*
 * Words as terms: those that have a stem in common, by Snowball's stemmer of
 * the protocol's language, are one term. Two words that are known written as
 * one ("hair piece") count as that one.
 */
struct smp_terms {
    struct smp_arena arena;
    struct smp_wordset words, stems;
    struct smp_stemmer *stemmer; /* of the language */
    uint32_t *term_of;           /* by word, once settled */
    struct smp_tokens tokens;
};

/* Numbers in a growing list, which is the owner's to free. */
struct smp_numbers {
    uint32_t *at;
    size_t count, room;
};

/*
 * The language is a tag such as "en" or "fr-CA", or NULL. A language without a
 * stemmer has none: words are their own stems.
 */
void smp_terms_init(struct smp_terms *terms, const char *lang);

/* The same for terms that are there already, settled. */
void smp_terms_set_language(struct smp_terms *terms, const char *lang);
void smp_terms_release(struct smp_terms *terms);

/* Learns the words of a text, so many at most; appends their numbers. */
enum { SMP_TEXT_WORDS = 256 };

void smp_terms_learn(struct smp_terms *terms, const char *text,
                     struct smp_numbers *words);

/* When all is learnt: from then on words have terms. */
void smp_terms_settle(struct smp_terms *terms);
size_t smp_terms_count(const struct smp_terms *terms);

/* Joins words in place that are one; returns how many are left. */
size_t smp_terms_join_all(const struct smp_terms *terms, uint32_t *words,
                          size_t count);

/*
 * Turns words into terms in place, if `once` each of them once; returns how
 * many are left.
 */
size_t smp_terms_of(const struct smp_terms *terms, uint32_t *words,
                    size_t count, bool once);

/* The term of the stem of a word, known or not; SMP_NO_WORD: a new stem. */
uint32_t smp_terms_find(const struct smp_terms *terms,
                        const struct smp_word *word);

/* The word that two are when written as one, or SMP_NO_WORD. */
uint32_t smp_terms_join(const struct smp_terms *terms,
                        const struct smp_word *first,
                        const struct smp_word *second);

#endif
