#ifndef SMP_TEXT_DIFF_H
#define SMP_TEXT_DIFF_H

#include <stdbool.h>

#include "base/buf.h"
#include "protocol/protocol.h"

/*
 * What changes for a client from one protocol to another, rule by rule, as
 * text or JSON lines. Returns how many differences there are.
 */
size_t smp_write_diff(struct smp_buf *out, const struct smp_protocol *before,
                      const struct smp_protocol *after, bool json);

#endif
