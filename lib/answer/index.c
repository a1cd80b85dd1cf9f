#include "answer/index.h"

#include <stdlib.h>

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
        phrase->count = smp_terms_of(&index->terms, at, words);
        at += words;
    }
}

struct smp_index *
smp_index_new(const struct smp_protocol *protocol)
{
    struct smp_index *index = smp_calloc(1, sizeof *index);

    index->protocol = protocol;
    index->count = protocol->answer_count + protocol->rule_count;
    index->entries =
        smp_arena_alloc(&index->arena, index->count * sizeof *index->entries);
    smp_terms_init(&index->terms, protocol->lang);
    index->words = smp_topics_collect(index);
    settle(index);
    smp_index_weigh(index);
    return index;
}

void
smp_index_free(struct smp_index *index)
{
    if (!index)
        return;
    smp_terms_release(&index->terms);
    smp_arena_release(&index->arena);
    free(index->phrases);
    free(index->words);
    free(index);
}
