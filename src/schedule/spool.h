#ifndef SMP_SCHEDULE_SPOOL_H
#define SMP_SCHEDULE_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "base/err.h"

/*
 * Bytes that can be read more than once: standard input where it is a file,
 * else a file without a name in TMPDIR. Start with {.fd = -1}.
 */
struct spool {
    int fd;
    long long start; /* where in the file they begin */
    bool borrowed;   /* the descriptor is somebody else's */
    long long size;  /* of a borrowed one, when it was taken */
    struct timespec modified;
};

/* An empty one; or all that a descriptor has. */
bool spool_new(struct spool *spool, struct smp_err *err);
bool spool_take(struct spool *spool, int fd, struct smp_err *err);

/* What a file holds. */
bool spool_open(struct spool *spool, const char *file, struct smp_err *err);

/* Whether the spool is that very file. */
bool spool_is(const struct spool *spool, int fd);

/* To the first byte again; the descriptor shows where it is read. */
bool spool_rewind(struct spool *spool, struct smp_err *err);

/* Appends; *at: where in the spool the bytes begin. */
bool spool_add(struct spool *spool, const void *bytes, size_t n, long long *at,
               struct smp_err *err);

/* All n bytes from a place, without moving. */
bool spool_read(const struct spool *spool, long long at, char *bytes, size_t n,
                struct smp_err *err);

/*
 * The error that it is no longer what it was: no record's fault. Borrowed files
 * are checked for it by their size and time.
 */
bool spool_changed(struct smp_err *err);
bool spool_check(const struct spool *spool, struct smp_err *err);

void spool_release(struct spool *spool);

#endif
