#ifndef SMP_ANSWER_WORDSET_H
#define SMP_ANSWER_WORDSET_H

#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"

/*
 * Words, each once, numbered from 0 in the order in which they came. Start
 * with a zeroed struct; all memory is the arena's. Words before number `matter`
 * are of what the protocol speaks of, those from it on only of how people ask;
 * 0: all are of the former.
 */
struct smp_word {
    const char *text;
    uint32_t length; /* octets */
    uint32_t uses;   /* how often it was added */
};

struct smp_wordset {
    struct smp_word *words;
    size_t count, room, matter;
    uint32_t *slots; /* a word's number + 1; 0: free */
    size_t slot_count;
};

#define SMP_NO_WORD UINT32_MAX

/* A word that may be in no set; the text is kept, not copied. */
struct smp_word smp_word_of(const char *text, size_t n);

/* The word's number, new or not; a new one's text is copied. */
uint32_t smp_wordset_add(struct smp_wordset *set, struct smp_arena *arena,
                         const struct smp_word *word);

/* The word's number, SMP_NO_WORD where it is not there. */
uint32_t smp_wordset_find(const struct smp_wordset *set,
                          const struct smp_word *word);

/* The same for two words written as one. */
uint32_t smp_wordset_find_joined(const struct smp_wordset *set,
                                 const struct smp_word *first,
                                 const struct smp_word *second);

#endif
