#ifndef SMP_TEXT_VERDICT_H
#define SMP_TEXT_VERDICT_H

#include "care/care.h"

/* A ruling and the question it answers. */
struct smp_answered {
    const char *asked;   /* the activity as it was asked for */
    const char *nearest; /* a name like it, of one that is not known */
    const struct smp_plan *plan;
    struct smp_ruling ruling;
    bool undated; /* days are counted from `origin` */
    int32_t origin;
    struct smp_when on;   /* the day or moment asked about */
    const char *activity; /* its id, or NULL */
};

/* Whether the rule's window begins when the client has healed completely. */
bool smp_begins_with_healing(const struct smp_rule *rule);

/* The words of the ruling alone. */
void smp_verdict_words(struct smp_buf *out, const struct smp_protocol *protocol,
                       const struct smp_answered *answered);

void smp_write_verdict(struct smp_buf *out, const struct smp_protocol *protocol,
                       const struct smp_answered *answered, bool json);

#endif
