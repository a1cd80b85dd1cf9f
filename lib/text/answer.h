#ifndef SMP_TEXT_ANSWER_H
#define SMP_TEXT_ANSWER_H

#include <stdbool.h>

#include "answer/answer.h"

/* An answer for people, or as one line of JSON. */
void smp_write_answer(struct smp_buf *out, const struct smp_protocol *protocol,
                      const struct smp_found *found, bool json);

/* A line of a batch; found may be NULL: no answer. */
void smp_write_batch(struct smp_buf *out, const struct smp_protocol *protocol,
                     const char *question, const struct smp_found *found);

#endif
