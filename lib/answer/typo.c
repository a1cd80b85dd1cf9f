#include "answer/typo.h"

#include <string.h>

#include "base/utf8.h"

enum { CHARACTERS_A_FAULT = 4, FAULTS_MAX = 2, CHARACTERS_MAX = 40 };

/*
 * A word of how people ask that is shorter than this is not looked for behind
 * another one: "laser" is no misspelt "later".
 */
enum { CHARACTERS_TO_ASK = 6 };

static size_t
characters(const char *text, size_t n)
{
    size_t i, count = 0;

    for (i = 0; i < n; i++)
        count += ((unsigned char)text[i] & 0xc0) != 0x80;
    return count;
}

static size_t
most_faults(size_t length)
{
    size_t most = length / CHARACTERS_A_FAULT;

    return most < FAULTS_MAX ? most : FAULTS_MAX;
}

/* Whether the lengths leave a chance, and the first octets are the same. */
static bool
worth_a_look(const struct smp_word *known, const char *text, size_t length)
{
    size_t other, most = most_faults(length);

    if (known->text[0] != text[0])
        return false;
    other = characters(known->text, known->length);
    return other >= CHARACTERS_A_FAULT && other + most >= length &&
           length + most >= other;
}

uint32_t
smp_typo_find(const struct smp_wordset *set, const struct smp_word *word,
              double *trust, size_t *looks)
{
    size_t length = characters(word->text, word->length);
    size_t least = most_faults(length) + 1;
    uint32_t i, found = SMP_NO_WORD, uses = 0;
    char text[4 * CHARACTERS_MAX + 1];

    if (least == 1 || word->length >= sizeof text)
        return SMP_NO_WORD;
    memcpy(text, word->text, word->length);
    text[word->length] = '\0';
    for (i = 0; i < set->count && *looks; i++) {
        const struct smp_word *known = &set->words[i];
        size_t faults;

        if (!worth_a_look(known, text, length) ||
            (set->matter && i >= set->matter &&
             known->length < CHARACTERS_TO_ASK))
            continue;
        --*looks;
        faults = smp_utf8_distance(known->text, text, least);
        if (faults < least ||
            (found != SMP_NO_WORD && faults == least && known->uses > uses)) {
            least = faults;
            uses = known->uses;
            found = i;
        }
    }
    if (found != SMP_NO_WORD)
        *trust = 1.0 - (double)least / (double)length;
    return found;
}
