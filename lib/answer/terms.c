#include "answer/internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libstemmer.h>

#include "base/hash.h"
#include "base/utf8.h"

/* In a folded text, between two clauses. */
static const char clause_end = '\n';

/* A stop inside initials, "S.M.P.", or a number, "1,5", ends no clause. */
static bool
ends_clause(char c, char next)
{
    return c == '?' || c == '!' || c == ';' || c == ':' ||
           ((c == '.' || c == ',') && (next == ' ' || next == '\0'));
}

/* The folded character if it is part of words, else what separates them. */
static char
fold_ascii(unsigned char c, char next)
{
    unsigned char small = c | 0x20;

    if (small >= 'a' && small <= 'z')
        return (char)small;
    if (c >= '0' && c <= '9')
        return (char)c;
    return ends_clause((char)c, next) ? clause_end : ' ';
}

/* Most texts are ASCII and need no more. False where there is more in it. */
static bool
fold_all_ascii(struct smp_buf *out, const char *text)
{
    size_t i, n = strlen(text);

    smp_buf_cut(out, 0);
    smp_buf_reserve(out, n);
    for (i = 0; i < n; i++) {
        if ((unsigned char)text[i] >= 0x80)
            return false;
        out->data[i] = fold_ascii((unsigned char)text[i], text[i + 1]);
    }
    out->len = n;
    return true;
}

/* Puts spaces in the place of what is not part of words. */
static void
blank(struct smp_buf *text)
{
    size_t at = 0, size;

    for (; at < text->len; at += size) {
        int32_t character;

        size = smp_utf8_next(text->data + at, text->len - at, &character);
        if (!size || !smp_utf8_in_word(character)) {
            char next = at + 1 < text->len ? text->data[at + 1] : '\0';
            bool end = ends_clause(text->data[at], next);

            size = size ? size : 1;
            memset(text->data + at, end ? clause_end : ' ', size);
        }
    }
}

void
smp_tokens_begin(struct smp_tokens *tokens, const char *text)
{
    char *folded;

    tokens->at = 0;
    tokens->clause = 0;
    if (fold_all_ascii(&tokens->folded, text))
        return;
    folded = smp_utf8_fold(text);
    smp_buf_puts(&tokens->folded, folded);
    free(folded);
    blank(&tokens->folded);
}

static bool
starts_number(char c)
{
    return c >= '0' && c <= '9';
}

static bool
separates(char c)
{
    return c == ' ' || c == clause_end;
}

bool
smp_tokens_next(struct smp_tokens *tokens, struct smp_word *word)
{
    const char *text = tokens->folded.data;
    size_t start, end = tokens->at, n = tokens->folded.len;

    do {
        for (start = end; start < n && separates(text[start]); start++)
            tokens->clause += text[start] == clause_end;
        for (end = start; end < n && !separates(text[end]); end++)
            continue;
    } while (!tokens->numbers && start < n && starts_number(text[start]));
    tokens->at = end;
    if (start < n)
        *word = smp_word_of(text + start, end - start);
    return start < n;
}

void
smp_tokens_release(struct smp_tokens *tokens)
{
    smp_buf_release(&tokens->folded);
}

/* What a set looks at, to be changed. */
struct smp_growing_words {
    struct smp_buf texts;
    struct smp_known_word *words;
    uint32_t *slots;
    size_t room;
};

static void
take_slot(const struct smp_wordset *set, uint32_t number)
{
    struct smp_word word = smp_wordset_word(set, number);
    size_t last = set->slot_count - 1;
    size_t slot = smp_hash(word.text, word.length, 0) & last;

    while (set->slots[slot])
        slot = (slot + 1) & last;
    set->growing->slots[slot] = number + 1;
}

/* At most half of the slots are taken. */
static void
grow(struct smp_wordset *set)
{
    struct smp_growing_words *growing = set->growing;
    uint32_t i;

    if (!growing)
        growing = set->growing = smp_calloc(1, sizeof *growing);
    if (set->count < growing->room)
        return;
    growing->room = growing->room ? growing->room * 2 : 1024;
    growing->words =
        smp_realloc(growing->words, growing->room * sizeof *growing->words);
    free(growing->slots);
    set->slot_count = growing->room * 2;
    growing->slots = smp_calloc(set->slot_count, sizeof *growing->slots);
    set->words = growing->words;
    set->slots = growing->slots;
    for (i = 0; i < set->count; i++)
        take_slot(set, i);
}

void
smp_wordset_release(struct smp_wordset *set)
{
    if (set->growing) {
        smp_buf_release(&set->growing->texts);
        free(set->growing->words);
        free(set->growing->slots);
        free(set->growing);
    }
    *set = (struct smp_wordset){0};
}

struct smp_word
smp_word_of(const char *text, size_t n)
{
    return (struct smp_word){.text = text, .length = (uint32_t)n};
}

/* As smp_wordset_find(), but of two words written as one. */
static uint32_t
find_joined(const struct smp_wordset *set, const struct smp_word *first,
            const struct smp_word *second)
{
    uint64_t hash = smp_hash_joined(first->text, first->length, second->text,
                                    second->length);
    uint32_t length = first->length + second->length;
    size_t slot, last = set->slot_count - 1;

    if (!set->slot_count)
        return SMP_NO_WORD;
    for (slot = hash & last; set->slots[slot]; slot = (slot + 1) & last) {
        struct smp_word word = smp_wordset_word(set, set->slots[slot] - 1);

        if (word.length == length &&
            memcmp(word.text, first->text, first->length) == 0 &&
            memcmp(word.text + first->length, second->text, second->length) ==
                0)
            return set->slots[slot] - 1;
    }
    return SMP_NO_WORD;
}

uint32_t
smp_wordset_find(const struct smp_wordset *set, const struct smp_word *word)
{
    static const struct smp_word nothing = {.text = ""};

    return find_joined(set, word, &nothing);
}

uint32_t
smp_wordset_add(struct smp_wordset *set, const struct smp_word *word)
{
    uint32_t number = smp_wordset_find(set, word);

    if (number == SMP_NO_WORD) {
        struct smp_buf *texts;

        grow(set);
        texts = &set->growing->texts;
        number = (uint32_t)set->count++;
        set->growing->words[number] = (struct smp_known_word){
            .at = (uint32_t)texts->len, .length = word->length};
        smp_buf_add(texts, word->text, word->length);
        smp_buf_putc(texts, '\0');
        set->texts = texts->data;
        take_slot(set, number);
    }
    set->growing->words[number].uses++;
    return number;
}

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
    smp_wordset_release(&terms->words);
    smp_wordset_release(&terms->stems);
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
        words->at[words->count++] = smp_wordset_add(&terms->words, &word);
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
smp_terms_stem(struct smp_terms *terms)
{
    uint32_t *term_of =
        smp_arena_alloc(&terms->arena, terms->words.count * sizeof *term_of);
    uint32_t i;

    for (i = 0; i < terms->words.count; i++) {
        struct smp_word word = smp_wordset_word(&terms->words, i);

        word = stem(terms, &word);
        term_of[i] = smp_wordset_add(&terms->stems, &word);
    }
    terms->term_of = term_of;
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
    return find_joined(&terms->words, first, second);
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
    size_t i, kept = 0;

    for (i = 0; i < count; i++) {
        uint32_t word = words[i], joined = SMP_NO_WORD;

        if (i + 1 < count) {
            struct smp_word first = smp_wordset_word(&terms->words, word);
            struct smp_word second =
                smp_wordset_word(&terms->words, words[i + 1]);

            joined = smp_terms_join(terms, &first, &second);
        }
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
