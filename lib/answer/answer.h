#ifndef SMP_ANSWER_ANSWER_H
#define SMP_ANSWER_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

#include "care/care.h"

/*
 * Answers to questions in a client's own words. Everything a protocol knows
 * is an entry: its answers, and its rules, each by its own id. An index is
 * built once and asked as often as wanted.
 */

struct smp_index *smp_index_new(const struct smp_protocol *protocol);
void smp_index_free(struct smp_index *index);

/* A session is on this day when a question counts days from it. */
enum { SMP_RULINGS_DAY = 11323 };

struct smp_found {
    const char *id, *question;
    const struct smp_rule *rule;     /* of a rule, else NULL */
    const struct smp_answer *answer; /* of an answer, else NULL */
    double score;                    /* 0 to 1 */
    bool asks_when; /* of a rule: the question is when it holds */
    /*
     * If the question names a time: from `first` to `last` before or after the
     * session, and what becomes of `activity` then. Else `activity` is NULL.
     */
    const char *activity;
    struct smp_span first, last;
    struct smp_ruling ruling;
    const struct smp_plan *plan;
};

/*
 * The entries that answer a question, the best first; an entry's id finds that
 * entry alone. Returns how many of them were put into `found`, at most `max`:
 * 0 if nothing fits well enough, or if the question was not read to its end: a
 * ban may be named there. See SMP_QUERY_SIZE.
 *
 * If a question asks leave ("can I swim if I wear a hat"), the bans on what it
 * names come first: those in force at the time that it names, or at any time if
 * it names none. If it names a time, rules that say nothing of that side of the
 * session are no answer, and a ruling says what holds then. Plan and rulings
 * last as long as the index.
 */
size_t smp_index_ask(struct smp_index *index, const char *question,
                     struct smp_found *found, size_t max);

/*
 * The activities that words are about, as a question would be: those they name,
 * first that of the best answer; else the first of what the best answer speaks
 * of, if that fits very well, as `take a shower` asks for what is done before
 * bathing. Returns how many were put into `found`, at most `max`: 0 if there is
 * none or more, or if a word is unknown or misspelt. Who asks whether all of it
 * is allowed must ask about each.
 */
size_t smp_index_activities(struct smp_index *index, const char *words,
                            const struct smp_activity **found, size_t max);

/* All entries in the protocol's order; the same limit. */
size_t smp_index_all(const struct smp_index *index, struct smp_found *found,
                     size_t max);
size_t smp_index_size(const struct smp_index *index);

/* Whether a ruling forbids, or may. */
bool smp_ruling_forbids(const struct smp_ruling *ruling);

/* The answer's text, what fields hold filled in; a rule's with its reason. */
void smp_found_text(struct smp_buf *out, const struct smp_protocol *protocol,
                    const struct smp_found *found);

#endif
