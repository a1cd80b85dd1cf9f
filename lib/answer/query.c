#include "answer/internal.h"

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
        struct smp_word known = smp_wordset_word(set, i);
        size_t faults;

        if (!worth_a_look(&known, text, length) ||
            (set->matter && i >= set->matter &&
             known.length < CHARACTERS_TO_ASK))
            continue;
        --*looks;
        faults = smp_utf8_distance(known.text, text, least);
        if (faults < least || (found != SMP_NO_WORD && faults == least &&
                               set->words[i].uses > uses)) {
            least = faults;
            uses = set->words[i].uses;
            found = i;
        }
    }
    if (found != SMP_NO_WORD)
        *trust = 1.0 - (double)least / (double)length;
    return found;
}

/* An unknown word of fewer octets is mostly a slip or a sigh. */
enum { SHORT_WORD = 4 };

static const double short_weight = 0.2;

/* A number above this says nothing about days. */
enum { NUMBER_MAX = 9999 };

/* So many known words are compared with those of a question that are not. */
enum { LOOKS_MAX = 500000 };

/* How much of the doubt about a misspelt word counts as unknown. */
static const double doubt = 0.5;

/* A word of a question, as it is known or else as it stands there. */
struct reading {
    struct smp_word word;
    uint32_t known, term; /* SMP_NO_WORD: unknown */
    double trust;
    bool is_number;
    int number;
    unsigned clause;
};

static void
take_as(struct reading *reading, const struct smp_terms *terms, uint32_t word)
{
    if (word == SMP_NO_WORD)
        return;
    reading->known = word;
    reading->word = smp_wordset_word(&terms->words, word);
    reading->term = terms->term_of[word];
}

static struct reading
read_word(const struct smp_terms *terms, const struct smp_word *word,
          size_t *looks)
{
    struct reading reading = {
        .word = *word, .known = SMP_NO_WORD, .term = SMP_NO_WORD, .trust = 1.0};
    uint32_t known = smp_wordset_find(&terms->words, word);

    if (known == SMP_NO_WORD) {
        reading.term = smp_terms_find(terms, word);
        if (reading.term == SMP_NO_WORD)
            known = smp_typo_find(&terms->words, word, &reading.trust, looks);
    }
    take_as(&reading, terms, known);
    return reading;
}

/* A number, and a unit written with it, "24h", if that is known. */
static size_t
read_number(struct reading *readings, const struct smp_terms *terms,
            const struct smp_word *word)
{
    struct smp_word rest = *word;
    int number = 0;

    while (rest.length && *rest.text >= '0' && *rest.text <= '9') {
        number = number * 10 + *rest.text - '0';
        number = number < NUMBER_MAX ? number : NUMBER_MAX;
        rest.text++;
        rest.length--;
    }
    readings[0] = (struct reading){.word = *word,
                                   .known = SMP_NO_WORD,
                                   .term = SMP_NO_WORD,
                                   .trust = 1,
                                   .is_number = true,
                                   .number = number};
    if (!rest.length)
        return 1;
    rest = smp_word_of(rest.text, rest.length);
    readings[1] = (struct reading){
        .word = rest, .known = SMP_NO_WORD, .term = SMP_NO_WORD, .trust = 1};
    take_as(&readings[1], terms, smp_wordset_find(&terms->words, &rest));
    return readings[1].term == SMP_NO_WORD ? 1 : 2;
}

/* The readings have room for one more than there may be words. */
static size_t
read_words(struct reading *readings, const struct smp_terms *terms,
           struct smp_tokens *tokens, bool *cut)
{
    size_t count = 0, looks = LOOKS_MAX, end;
    struct smp_word word;

    while (count < SMP_QUERY_WORDS && smp_tokens_next(tokens, &word)) {
        end = count + 1;
        if (*word.text >= '0' && *word.text <= '9')
            end = count + read_number(&readings[count], terms, &word);
        else
            readings[count] = read_word(terms, &word, &looks);
        for (; count < end; count++)
            readings[count].clause = tokens->clause;
    }
    *cut = *cut || count > SMP_QUERY_WORDS ||
           (count == SMP_QUERY_WORDS && smp_tokens_next(tokens, &word));
    return count < SMP_QUERY_WORDS ? count : SMP_QUERY_WORDS;
}

/* Where two readings are a known word written as one, the first becomes it. */
static bool
join_next(const struct smp_terms *terms, struct reading *reading,
          const struct reading *next)
{
    uint32_t joined = smp_terms_join(terms, &reading->word, &next->word);

    if (joined == SMP_NO_WORD)
        return false;
    take_as(reading, terms, joined);
    if (next->trust < reading->trust)
        reading->trust = next->trust;
    return true;
}

/* Initials are one word: "S.M.P."; returns how many more letters it took. */
static size_t
join_letters(const struct smp_terms *terms, struct reading *readings, size_t n)
{
    char letters[8];
    struct smp_word word;
    size_t count;
    uint32_t joined;

    for (count = 0; count < n && count < sizeof letters; count++) {
        if (readings[count].word.length != 1 || readings[count].is_number)
            break;
        letters[count] = readings[count].word.text[0];
    }
    if (count < 2)
        return 0;
    word = smp_word_of(letters, count);
    joined = smp_wordset_find(&terms->words, &word);
    if (joined == SMP_NO_WORD)
        return 0;
    take_as(readings, terms, joined);
    return count - 1;
}

static size_t
join_words(const struct smp_terms *terms, struct reading *readings, size_t n)
{
    size_t letters = join_letters(terms, readings, n);

    if (n > 1 && (readings[0].is_number || readings[1].is_number))
        return 0;
    if (!letters && n > 1 && join_next(terms, &readings[0], &readings[1]))
        return 1;
    return letters;
}

static void
add_term(struct smp_query *query, uint32_t term, double trust)
{
    size_t i;

    for (i = 0; i < query->count; i++)
        if (query->terms[i].term == term)
            break;
    if (i == query->count)
        query->terms[query->count++] = (struct smp_query_term){.term = term};
    if (trust > query->terms[i].trust)
        query->terms[i].trust = trust;
}

static double
unknown_weight(const struct smp_word *word)
{
    return word->length < SHORT_WORD ? short_weight : 1;
}

static void
take(struct smp_query *query, const struct reading *reading)
{
    query->words[query->word_count++] =
        (struct smp_query_word){.word = reading->known,
                                .term = reading->term,
                                .is_number = reading->is_number,
                                .number = reading->number,
                                .clause = reading->clause};
    if (reading->is_number)
        return;
    if (reading->term == SMP_NO_WORD) {
        query->unknown += unknown_weight(&reading->word);
        query->complete = false;
        return;
    }
    query->unknown += doubt * (1 - reading->trust);
    add_term(query, reading->term, reading->trust);
}

void
smp_query_read(struct smp_query *query, const struct smp_terms *terms,
               const char *text)
{
    struct reading readings[SMP_QUERY_WORDS + 1];
    char start[SMP_QUERY_SIZE + 1];
    struct smp_tokens tokens = {.numbers = true};
    size_t i, count, n = strnlen(text, SMP_QUERY_SIZE);

    memcpy(start, text, n);
    start[smp_utf8_valid(start, n)] = '\0';
    query->cut = text[strlen(start)] != '\0';
    smp_tokens_begin(&tokens, start);
    count = read_words(readings, terms, &tokens, &query->cut);
    query->count = 0;
    query->word_count = 0;
    query->unknown = 0;
    query->complete = true;
    for (i = 0; i < count; i++) {
        struct reading *reading = &readings[i];

        i += join_words(terms, reading, count - i);
        take(query, reading);
    }
    smp_tokens_release(&tokens);
}
