#ifndef SMP_TEXT_PROTOCOL_H
#define SMP_TEXT_PROTOCOL_H

#include <stdbool.h>
#include <stddef.h>

#include "care/proof.h"

struct smp_finding;

/* The effective protocol for people: every rule with its window in words. */
void smp_write_protocol(struct smp_buf *out,
                        const struct smp_protocol *protocol);

/*
 * What changes for a client from one protocol to another, rule by rule, as
 * text or JSON lines. Returns how many differences there are.
 */
size_t smp_write_diff(struct smp_buf *out, const struct smp_protocol *before,
                      const struct smp_protocol *after, bool json);

/* A finding as one line of text or JSON. */
void smp_write_finding(struct smp_buf *out, const struct smp_finding *finding,
                       bool json);

/* What became of a sentence, likewise; `shown` is what smp_proof_never said. */
void smp_write_proof(struct smp_buf *out, const char *sentence,
                     enum smp_proof proof, const char *shown, bool json);

#endif
