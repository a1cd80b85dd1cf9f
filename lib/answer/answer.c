#include "answer/answer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "protocol/words.h"

/*
 * Words are compared folded (case, accents). Each question of a client is held
 * against every phrase of every entry: its weight is the share of the
 * question's words that the phrase has, rare words counting more (inverse
 * document frequency).
 */
struct word {
    const char *text;
    size_t entry;
};

struct smp_index {
    const struct smp_protocol *protocol;
    struct smp_arena arena;
    struct smp_found *entries;
    size_t count;
    struct word *words; /* sorted by text and entry, each pair once */
    size_t word_count, word_room;
};

static const double threshold = 0.55;

/* The next word of a folded text, or NULL; *at moves behind it. */
static char *
next_word(char **at)
{
    static const char separators[] = " \t\n.,;:!?()[]{}\"'`/-+*&%$#@=<>|~^_\\";
    char *start = *at + strspn(*at, separators);

    if (!*start)
        return NULL;
    *at = start + strcspn(start, separators);
    if (**at)
        *(*at)++ = '\0';
    return start;
}

static void
add_phrase(struct smp_index *index, size_t entry, const char *phrase)
{
    char *text = smp_utf8_fold(phrase), *at = text, *word;

    while ((word = next_word(&at))) {
        index->words = smp_grow(index->words, index->word_count,
                                &index->word_room, sizeof *index->words);
        index->words[index->word_count++] =
            (struct word){smp_arena_strdup(&index->arena, word), entry};
    }
    free(text);
}

static void
add_phrases(struct smp_index *index, size_t entry,
            const struct smp_strings *phrases)
{
    size_t i;

    for (i = 0; i < phrases->count; i++)
        add_phrase(index, entry, phrases->at[i]);
}

static void
add_answer(struct smp_index *index, const struct smp_answer *answer)
{
    size_t entry = index->count++;

    index->entries[entry] = (struct smp_found){
        .id = answer->id, .question = answer->question, .answer = answer};
    add_phrase(index, entry, answer->question);
    add_phrase(index, entry, answer->answer);
    add_phrases(index, entry, &answer->ask);
}

static void
add_rule(struct smp_index *index, const struct smp_rule *rule)
{
    size_t entry = index->count++;

    index->entries[entry] = (struct smp_found){
        .id = rule->id, .question = rule->title, .rule = rule};
    add_phrase(index, entry, rule->title);
    add_phrase(index, entry, rule->text);
    add_phrases(index, entry, &rule->ask);
}

static int
compare_words(const void *a, const void *b)
{
    const struct word *first = a, *second = b;
    int order = strcmp(first->text, second->text);

    return order ? order
                 : (first->entry > second->entry) -
                       (first->entry < second->entry);
}

static void
sort_words(struct smp_index *index)
{
    size_t i, kept = 0;

    if (!index->word_count)
        return;
    qsort(index->words, index->word_count, sizeof *index->words, compare_words);
    for (i = 0; i < index->word_count; i++)
        if (!kept ||
            compare_words(&index->words[kept - 1], &index->words[i]) != 0)
            index->words[kept++] = index->words[i];
    index->word_count = kept;
}

struct smp_index *
smp_index_new(const struct smp_protocol *protocol)
{
    struct smp_index *index = smp_calloc(1, sizeof *index);
    size_t i;

    index->protocol = protocol;
    index->entries = smp_calloc(protocol->answer_count + protocol->rule_count,
                                sizeof *index->entries);
    for (i = 0; i < protocol->answer_count; i++)
        add_answer(index, &protocol->answers[i]);
    for (i = 0; i < protocol->rule_count; i++)
        add_rule(index, &protocol->rules[i]);
    sort_words(index);
    return index;
}

void
smp_index_free(struct smp_index *index)
{
    if (!index)
        return;
    smp_arena_release(&index->arena);
    free(index->entries);
    free(index->words);
    free(index);
}

/* The first place of a word in the list, word_count where there is none. */
static size_t
find_word(const struct smp_index *index, const char *text)
{
    size_t low = 0, high = index->word_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (strcmp(index->words[middle].text, text) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Gives each entry that has the word its weight; returns the weight. */
static double
weigh_word(const struct smp_index *index, const char *text, double *scores)
{
    size_t first = find_word(index, text), i = first;
    double weight;

    while (i < index->word_count && strcmp(index->words[i].text, text) == 0)
        i++;
    weight = log(1.0 + (double)index->count / (double)(i - first + 1));
    while (i-- > first)
        scores[index->words[i].entry] += weight;
    return weight;
}

static void
insert(struct smp_found *found, size_t *count, size_t max,
       const struct smp_found *entry, double score)
{
    size_t i = *count;

    if (i == max && (!max || found[max - 1].score >= score))
        return;
    if (i < max)
        ++*count;
    else
        i = max - 1;
    for (; i && found[i - 1].score < score; i--)
        found[i] = found[i - 1];
    found[i] = *entry;
    found[i].score = score;
}

static const struct smp_found *
entry_by_id(const struct smp_index *index, const char *id)
{
    size_t i;

    for (i = 0; i < index->count; i++)
        if (strcmp(index->entries[i].id, id) == 0)
            return &index->entries[i];
    return NULL;
}

size_t
smp_index_ask(const struct smp_index *index, const char *question,
              struct smp_found *found, size_t max)
{
    const struct smp_found *by_id = entry_by_id(index, question);
    double *scores, total = 0;
    char *text, *at, *word;
    size_t i, count = 0;

    if (by_id) {
        insert(found, &count, max, by_id, 1.0);
        return count;
    }
    scores = smp_calloc(index->count, sizeof *scores);
    text = at = smp_utf8_fold(question);
    while ((word = next_word(&at)))
        total += weigh_word(index, word, scores);
    for (i = 0; i < index->count; i++)
        if (total > 0 && scores[i] / total >= threshold)
            insert(found, &count, max, &index->entries[i], scores[i] / total);
    free(scores);
    free(text);
    return count;
}

size_t
smp_index_all(const struct smp_index *index, struct smp_found *found,
              size_t max)
{
    size_t i, n = index->count < max ? index->count : max;

    for (i = 0; i < n; i++) {
        found[i] = index->entries[i];
        found[i].score = 1.0;
    }
    return n;
}

size_t
smp_index_size(const struct smp_index *index)
{
    return index->count;
}

void
smp_found_text(struct smp_buf *out, const struct smp_protocol *protocol,
               const struct smp_found *found)
{
    if (found->answer) {
        smp_words_fill(out, protocol, NULL, found->answer->answer);
        return;
    }
    smp_words_fill(out, protocol, found->rule, found->rule->text);
    if (found->rule->why) {
        smp_buf_putc(out, ' ');
        smp_words_fill(out, protocol, found->rule, found->rule->why);
    }
}
