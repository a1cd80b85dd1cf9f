#include "answer/answer.h"

#include <stdlib.h>
#include <string.h>

#include "answer/rank.h"
#include "protocol/words.h"

static const struct smp_found *
entry_by_id(const struct smp_index *index, const char *id)
{
    size_t i;

    for (i = 0; i < index->count; i++)
        if (strcmp(index->entries[i].id, id) == 0)
            return &index->entries[i];
    return NULL;
}

/* The topic that ranks first of those not yet taken, or `topics`. */
static size_t
first_topic(const struct smp_index *index, const struct smp_standing *standings)
{
    size_t i, best = index->topics;

    for (i = 0; i < index->topics; i++)
        if (standings[i].rank > 0 &&
            (best == index->topics || standings[i].rank > standings[best].rank))
            best = i;
    return best;
}

/* In their order; one that is no entry, or fits too little, ends the list. */
static size_t
pick(const struct smp_index *index, struct smp_standing *standings,
     struct smp_found *found, size_t max)
{
    double score = 1;
    size_t count = 0;

    while (count < max) {
        size_t topic = first_topic(index, standings);

        if (topic >= index->count || standings[topic].score < SMP_SCORE_ENOUGH)
            break;
        if (standings[topic].score < score)
            score = standings[topic].score;
        found[count] = index->entries[topic];
        found[count++].score = score;
        standings[topic].rank = 0;
    }
    return count;
}

size_t
smp_index_ask(const struct smp_index *index, const char *question,
              struct smp_found *found, size_t max)
{
    const struct smp_found *by_id = entry_by_id(index, question);
    struct smp_standing *standings;
    struct smp_question asked;
    size_t count;

    if (by_id && max) {
        found[0] = *by_id;
        found[0].score = 1;
        return 1;
    }
    smp_question_read(&asked, &index->terms, question);
    standings = smp_calloc(index->topics, sizeof *standings);
    smp_rank(index, &asked, standings);
    count = pick(index, standings, found, max);
    free(standings);
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
