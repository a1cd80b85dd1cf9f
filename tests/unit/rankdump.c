/*
 * For tests/fit_answers.py: prints the features that answers are ranked by.
 * rankdump LANG [OVERLAY...] reads questions, one a line, and writes for each
 * its best topic, whatever its score: the topic's id, or "-" if it has no
 * answer or there is none, then exact, phrase, known, evidence, rival,
 * rank and other (see struct smp_topic_score).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/protocol.h"
#include "answer/internal.h"
#include "answer/answer.h"

static void
print_best(const struct smp_index *index, const char *question)
{
    struct smp_topic_score *scores =
        smp_calloc(index->topics + 1, sizeof *scores);
    struct smp_query query;
    struct smp_asking asking;
    size_t best = index->topics, i;

    smp_query_read(&query, &index->terms, question);
    smp_asking_read(&asking, index, &query);
    smp_rank(index, &query, NULL, scores);
    for (i = 0; i < index->topics; i++)
        if (scores[i].rank > scores[best].rank)
            best = i;
    printf("%s %g %g %g %g %g %g %g\n",
           best < index->count ? index->entries[best].id : "-",
           scores[best].exact, scores[best].phrase, scores[best].known,
           scores[best].evidence, scores[best].rival, scores[best].rank,
           scores[best].other);
    free(scores);
}

int
main(int argc, char **argv)
{
    struct smp_err err = {0};
    struct smp_protocol *protocol;
    struct smp_index *index;
    char line[SMP_QUERY_SIZE + 2];

    if (argc < 2)
        return 2;
    protocol = smp_protocol_load(argv[1], (const char *const *)argv + 2,
                                 (size_t)argc - 2, NULL, &err);
    if (!protocol) {
        fprintf(stderr, "rankdump: %s\n", smp_buf_text(&err.text));
        return 1;
    }
    index = smp_index_new(protocol);
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = '\0';
        print_best(index, line);
    }
    smp_index_free(index);
    smp_protocol_free(protocol);
    return 0;
}
