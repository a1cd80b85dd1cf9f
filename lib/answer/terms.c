#include "answer/terms.h"

#include <errno.h>
#include <string.h>

#include <libstemmer.h>

/* Snowball's, made when it is first wanted: that takes long. */
struct smp_stemmer {
    char code[16]; /* of the language, or "" */
    bool made;
    struct sb_stemmer *snowball; /* NULL: there is none */
};

void
smp_terms_set_language(struct smp_terms *terms, const char *lang)
{
    size_t n = lang ? strcspn(lang, "-_") : 0;

    terms->stemmer = smp_arena_alloc(&terms->arena, sizeof *terms->stemmer);
    if (n < sizeof terms->stemmer->code)
        memcpy(terms->stemmer->code, lang ? lang : "", n);
}

void
smp_terms_init(struct smp_terms *terms, const char *lang)
{
    memset(terms, 0, sizeof *terms);
    smp_terms_set_language(terms, lang);
}

void
smp_terms_release(struct smp_terms *terms)
{
    if (terms->stemmer->snowball)
        sb_stemmer_delete(terms->stemmer->snowball);
    smp_tokens_release(&terms->tokens);
    smp_arena_release(&terms->arena);
}

static struct sb_stemmer *
snowball_of(struct smp_stemmer *stemmer)
{
    if (!stemmer->made && *stemmer->code) {
        errno = 0;
        stemmer->snowball = sb_stemmer_new(stemmer->code, "UTF_8");
        if (!stemmer->snowball && errno == ENOMEM)
            smp_out_of_memory();
    }
    stemmer->made = true;
    return stemmer->snowball;
}

void
smp_terms_learn(struct smp_terms *terms, const char *text,
                struct smp_numbers *words)
{
    struct smp_word word;
    size_t most = words->count + SMP_TEXT_WORDS;

    smp_tokens_begin(&terms->tokens, text);
    while (words->count < most && smp_tokens_next(&terms->tokens, &word)) {
        words->at =
            smp_grow(words->at, words->count, &words->room, sizeof *words->at);
        words->at[words->count++] =
            smp_wordset_add(&terms->words, &terms->arena, &word);
    }
}

/* The stem of a word; its text lasts until the next one. */
static struct smp_word
stem(const struct smp_terms *terms, const struct smp_word *word)
{
    struct sb_stemmer *snowball = snowball_of(terms->stemmer);
    const sb_symbol *text;

    if (!snowball)
        return *word;
    text = sb_stemmer_stem(snowball, (const sb_symbol *)word->text,
                           (int)word->length);
    if (!text)
        smp_out_of_memory();
    return smp_word_of((const char *)text, (size_t)sb_stemmer_length(snowball));
}

void
smp_terms_settle(struct smp_terms *terms)
{
    size_t i;

    terms->term_of = smp_arena_alloc(&terms->arena, terms->words.count *
                                                        sizeof *terms->term_of);
    for (i = 0; i < terms->words.count; i++) {
        struct smp_word word = stem(terms, &terms->words.words[i]);

        terms->term_of[i] =
            smp_wordset_add(&terms->stems, &terms->arena, &word);
    }
}

size_t
smp_terms_count(const struct smp_terms *terms)
{
    return terms->stems.count;
}

uint32_t
smp_terms_find(const struct smp_terms *terms, const struct smp_word *word)
{
    struct smp_word stemmed = stem(terms, word);

    return smp_wordset_find(&terms->stems, &stemmed);
}

/* Single letters join nothing. */
uint32_t
smp_terms_join(const struct smp_terms *terms, const struct smp_word *first,
               const struct smp_word *second)
{
    if (first->length < 2 || second->length < 2)
        return SMP_NO_WORD;
    return smp_wordset_find_joined(&terms->words, first, second);
}

static size_t
add_once(uint32_t *terms, size_t count, uint32_t term)
{
    size_t i;

    for (i = 0; i < count; i++)
        if (terms[i] == term)
            return count;
    terms[count] = term;
    return count + 1;
}

size_t
smp_terms_join_all(const struct smp_terms *terms, uint32_t *words, size_t count)
{
    const struct smp_word *known = terms->words.words;
    size_t i, kept = 0;

    for (i = 0; i < count; i++) {
        uint32_t word = words[i], joined = SMP_NO_WORD;

        if (i + 1 < count)
            joined = smp_terms_join(terms, &known[word], &known[words[i + 1]]);
        if (joined != SMP_NO_WORD) {
            word = joined;
            i++;
        }
        words[kept++] = word;
    }
    return kept;
}

size_t
smp_terms_of(const struct smp_terms *terms, uint32_t *words, size_t count,
             bool once)
{
    size_t i, kept = 0;

    count = smp_terms_join_all(terms, words, count);
    for (i = 0; i < count; i++) {
        uint32_t term = terms->term_of[words[i]];

        if (once)
            kept = add_once(words, kept, term);
        else
            words[kept++] = term;
    }
    return kept;
}
