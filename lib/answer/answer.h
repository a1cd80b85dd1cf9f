#ifndef SMP_ANSWER_ANSWER_H
#define SMP_ANSWER_ANSWER_H

#include "base/buf.h"
#include "protocol/protocol.h"

/*
 * Answers to questions in a client's own words. Everything a protocol knows
 * is an entry: its answers, and its rules, each by its own id. An index is
 * built once and asked as often as wanted.
 */
struct smp_index;

struct smp_index *smp_index_new(const struct smp_protocol *protocol);
void smp_index_free(struct smp_index *index);

struct smp_found {
    const char *id, *question;
    const struct smp_rule *rule;     /* of a rule, else NULL */
    const struct smp_answer *answer; /* of an answer, else NULL */
    double score;                    /* 0 to 1 */
};

/*
 * The entries that answer a question, the best first; an entry's id finds that
 * entry alone. Returns how many of them were put into `found`, at most `max`:
 * 0 where nothing fits well enough.
 */
size_t smp_index_ask(const struct smp_index *index, const char *question,
                     struct smp_found *found, size_t max);

/* All entries in the protocol's order; the same limit. */
size_t smp_index_all(const struct smp_index *index, struct smp_found *found,
                     size_t max);
size_t smp_index_size(const struct smp_index *index);

/* The answer's text, what fields hold filled in; a rule's with its reason. */
void smp_found_text(struct smp_buf *out, const struct smp_protocol *protocol,
                    const struct smp_found *found);

#endif
