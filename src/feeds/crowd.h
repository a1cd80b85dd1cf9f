#ifndef SMP_FEEDS_CROWD_H
#define SMP_FEEDS_CROWD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/*
 * What is said of many clients in the same words is said once, at the end: they
 * are counted, and the first of them named. Start with zeroed structs.
 */
struct crowd {
    char *what;
    size_t count;
    struct smp_buf ids; /* "c-1, c-2": of the first */
};

struct crowds {
    struct crowd *at;
    size_t count, room;
};

/* False where too much else is said already for more to be kept. */
bool crowds_add(struct crowds *crowds, const char *id, const char *what);

/* Appends "c-1, c-2 and 298 more: WHAT". */
void crowd_text(struct smp_buf *out, const struct crowd *crowd);

void crowds_release(struct crowds *crowds);

#endif
