#ifndef SMP_TEXT_ANSWER_H
#define SMP_TEXT_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

struct smp_buf;
struct smp_found;
struct smp_protocol;

/* Answers for people, with empty lines between them, or as lines of JSON. */
void smp_write_answers(struct smp_buf *out, const struct smp_protocol *protocol,
                       const struct smp_found *found, size_t count, bool json);

/* A line of a batch; found may be NULL: no answer. */
void smp_write_batch(struct smp_buf *out, const struct smp_protocol *protocol,
                     const char *question, const struct smp_found *found);

#endif
