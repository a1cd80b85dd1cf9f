#ifndef SMP_PUBLISH_CLIENTS_H
#define SMP_PUBLISH_CLIENTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/mem.h"

/*
 * The clients of one run, found by the tag of their feeds (publish/name.h).
 * Start with a zeroed struct.
 */
struct smp_client {
    const char *id, *name; /* of the feed */
    size_t tag;            /* octets of the name that are the tag */
    bool arrived;          /* with a plan */
    bool rejected;         /* a plan came that could not be published */
    bool failed;           /* its feed could not be written */
    const char *file;      /* of one without a plan: its feed, or NULL */
    bool file_retired;     /* which has been withdrawn */
};

struct smp_clients {
    struct smp_arena arena;
    struct smp_client **table;
    size_t count, size;
};

/* The client whose tag these octets are, or NULL. */
struct smp_client *smp_clients_find(const struct smp_clients *clients,
                                    const char *tag, size_t n);

/* Adds one that is not there yet; texts are copied. */
struct smp_client *smp_clients_add(struct smp_clients *clients, const char *id,
                                   const char *name, size_t tag);

/* Whether a plan has come for any of them. */
bool smp_clients_have_arrived(const struct smp_clients *clients);

void smp_clients_release(struct smp_clients *clients);

#endif
