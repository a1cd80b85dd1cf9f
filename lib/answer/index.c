#include "answer/index.h"

#include <stdlib.h>

#include "answer/rulings.h"
#include "answer/topics.h"

/* Words become terms, where they are. */
static void
settle(struct smp_index *index)
{
    uint32_t *at = index->words;
    size_t i;

    smp_terms_settle(&index->terms);
    for (i = 0; i < index->phrase_count; i++) {
        struct smp_phrase *phrase = &index->phrases[i];
        size_t words = phrase->count;

        phrase->terms = at;
        phrase->count = smp_terms_of(&index->terms, at, words, true);
        at += words;
    }
    for (i = 0; i < index->cues.count; i++) {
        struct smp_cue *cue = &index->cues.at[i];
        size_t words = cue->count;

        cue->terms = at;
        cue->count = cue->kind < SMP_CUE_NAME
                         ? smp_terms_join_all(&index->terms, at, words)
                         : smp_terms_of(&index->terms, at, words, false);
        at += words;
    }
}

/* The answers, then the rules. */
static void
set_entries(struct smp_index *index, const struct smp_protocol *protocol)
{
    struct smp_found *entry =
        smp_arena_alloc(&index->arena, index->count * sizeof *entry);
    size_t i;

    index->protocol = protocol;
    index->entries = entry;
    for (i = 0; i < protocol->answer_count; i++) {
        const struct smp_answer *answer = &protocol->answers[i];

        *entry++ = (struct smp_found){
            .id = answer->id, .question = answer->question, .answer = answer};
    }
    for (i = 0; i < protocol->rule_count; i++) {
        const struct smp_rule *rule = &protocol->rules[i];

        *entry++ = (struct smp_found){
            .id = rule->id, .question = rule->title, .rule = rule};
    }
}

struct smp_index *
smp_index_make(const struct smp_protocol *protocol)
{
    struct smp_index *index = smp_calloc(1, sizeof *index);
    struct smp_numbers words = {.at = NULL};

    index->count = protocol->answer_count + protocol->rule_count;
    set_entries(index, protocol);
    smp_terms_init(&index->terms, protocol->lang);
    smp_topics_collect(index, &words);
    index->terms.words.matter = index->terms.words.count;
    smp_cues_collect(&index->cues, protocol, &index->terms, &words);
    index->words = words.at;
    settle(index);
    smp_index_weigh(index);
    return index;
}

/* NULL where there is no image of it. */
static struct smp_index *
ready_made(const struct smp_protocol *protocol)
{
    const struct smp_image *image =
        smp_image_find(smp_index_images, protocol->hash);
    struct smp_index *index = image ? smp_image_load(image) : NULL;

    if (index &&
        index->count != protocol->answer_count + protocol->rule_count) {
        free(index); /* another protocol of the same hash */
        return NULL;
    }
    if (index) {
        index->is_image = true;
        set_entries(index, protocol);
        smp_terms_set_language(&index->terms, protocol->lang);
    }
    return index;
}

struct smp_index *
smp_index_new(const struct smp_protocol *protocol)
{
    struct smp_index *ready = ready_made(protocol);

    return ready ? ready : smp_index_make(protocol);
}

void
smp_index_free(struct smp_index *index)
{
    if (!index)
        return;
    smp_terms_release(&index->terms);
    smp_arena_release(&index->arena);
    smp_rulings_free(index->rulings);
    if (!index->is_image) {
        free(index->phrases);
        free(index->cues.at);
    }
    free(index->words);
    free(index);
}
