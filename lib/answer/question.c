#include "answer/question.h"

#include <string.h>

#include "answer/typo.h"
#include "base/utf8.h"

/* An unknown word of so many octets, or more, weighs 1. */
enum { LONG_WORD = 7 };

/* So many known words are compared with those of a question that are not. */
enum { LOOKS_MAX = 500000 };

/* How much of the doubt about a misspelt word counts as unknown. */
static const double doubt = 0.5;

/* A word of a question, as it is known or else as it stands there. */
struct reading {
    struct smp_word word;
    uint32_t term; /* SMP_NO_WORD: unknown */
    double trust;
};

static void
take_as(struct reading *reading, const struct smp_terms *terms, uint32_t word)
{
    if (word == SMP_NO_WORD)
        return;
    reading->word = terms->words.words[word];
    reading->term = terms->term_of[word];
}

static struct reading
read_word(const struct smp_terms *terms, const struct smp_word *word,
          size_t *looks)
{
    struct reading reading = {.word = *word, .term = SMP_NO_WORD, .trust = 1.0};
    uint32_t known = smp_wordset_find(&terms->words, word);

    if (known == SMP_NO_WORD) {
        reading.term = smp_terms_find(terms, word);
        if (reading.term == SMP_NO_WORD)
            known = smp_typo_find(&terms->words, word, &reading.trust, looks);
    }
    take_as(&reading, terms, known);
    return reading;
}

static size_t
read_words(struct reading *readings, const struct smp_terms *terms,
           struct smp_tokens *tokens)
{
    size_t count = 0, looks = LOOKS_MAX;
    struct smp_word word;

    while (count < SMP_QUESTION_WORDS && smp_tokens_next(tokens, &word))
        readings[count++] = read_word(terms, &word, &looks);
    return count;
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
        if (readings[count].word.length != 1)
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

    if (!letters && n > 1 && join_next(terms, &readings[0], &readings[1]))
        return 1;
    return letters;
}

static void
add_term(struct smp_question *question, uint32_t term, double trust)
{
    size_t i;

    for (i = 0; i < question->count; i++)
        if (question->terms[i].term == term)
            break;
    if (i == question->count)
        question->terms[question->count++] =
            (struct smp_question_term){.term = term};
    if (trust > question->terms[i].trust)
        question->terms[i].trust = trust;
}

static double
unknown_weight(const struct smp_word *word)
{
    return word->length < LONG_WORD ? (double)word->length / (double)LONG_WORD
                                    : 1;
}

static void
take(struct smp_question *question, const struct reading *reading)
{
    if (reading->term == SMP_NO_WORD) {
        question->unknown += unknown_weight(&reading->word);
        question->complete = false;
        return;
    }
    question->unknown += doubt * (1 - reading->trust);
    add_term(question, reading->term, reading->trust);
}

void
smp_question_read(struct smp_question *question, const struct smp_terms *terms,
                  const char *text)
{
    struct reading readings[SMP_QUESTION_WORDS];
    char start[SMP_QUESTION_SIZE + 1];
    struct smp_tokens tokens = {.at = 0};
    size_t i, count, n = strnlen(text, SMP_QUESTION_SIZE);

    memcpy(start, text, n);
    start[smp_utf8_valid(start, n)] = '\0';
    smp_tokens_begin(&tokens, start);
    count = read_words(readings, terms, &tokens);
    question->count = 0;
    question->unknown = 0;
    question->complete = true;
    for (i = 0; i < count; i++) {
        struct reading *reading = &readings[i];

        i += join_words(terms, reading, count - i);
        take(question, reading);
    }
    smp_tokens_release(&tokens);
}
