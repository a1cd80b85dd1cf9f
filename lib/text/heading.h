#ifndef SMP_TEXT_HEADING_H
#define SMP_TEXT_HEADING_H

#include "base/buf.h"
#include "plan/plan.h"
#include "protocol/protocol.h"

/* When an item of a checklist holds, in words, for the session it is about. */
struct smp_heading {
    const struct smp_protocol *protocol;
    const struct smp_plan *plan;
    const struct smp_session *session;
    const struct smp_item *item;
};

void smp_heading_words(struct smp_buf *out, const struct smp_heading *heading);

#endif
