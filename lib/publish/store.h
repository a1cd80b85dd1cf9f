#ifndef SMP_PUBLISH_STORE_H
#define SMP_PUBLISH_STORE_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * A directory of feeds, NAME.ics each. What is written goes to files beside
 * them first; a commit puts these on the disk, all together, and only then in
 * their places. Whoever reads, and whoever is interrupted at any moment, finds
 * each feed whole, as it was or as it is to be.
 *
 * In the directory there are, besides feeds, ".smp-publish.lock" and while one
 * works ".smp-publish.N.tmp", which only the owner may read until it is
 * renamed.
 */
struct smp_stored {
    char *name;         /* of the feed, without .ics */
    int number;         /* of the temporary file */
    unsigned int mode;  /* permissions once it is in its place */
    int fd;             /* still open, or -1 */
    struct smp_err err; /* why it could not be stored */
};

struct smp_store {
    const char *path;    /* the caller's */
    bool dry;            /* nothing is written */
    int directory, lock; /* descriptors; directory -1: dry, and missing */
    size_t feeds, keyed; /* .ics there when it was opened; named with a key */
    bool found;          /* the feed that was read last is there */
    unsigned int mode;   /* its permissions */
    uid_t owner;
    gid_t group;
    int64_t modified; /* when it was modified */
    bool mode_known;
    unsigned int new_mode; /* permissions of new files, once known */
    struct smp_err left;   /* why a file of an interrupted run is still there */
    volatile sig_atomic_t number, settled; /* temporary files: last, done */
    struct smp_stored *pending;            /* until it is cleared */
    size_t count, room;
    bool changed; /* the directory itself is not on the disk yet */
};

/*
 * Opens the directory, made where it is missing, and locks it against others;
 * while it is locked it waits, or is an error. What an interrupted run has
 * left is removed. `dry`: neither made nor locked nor cleaned; where it is
 * missing it is as if it were empty. What is there is counted.
 */
bool smp_store_open(struct smp_store *store, const char *path, bool wait,
                    bool dry, struct smp_err *err);

/* The names of all feeds there, sorted; the caller frees them. */
bool smp_store_list(struct smp_store *store, struct smp_strings *names,
                    struct smp_err *err);
void smp_store_list_free(struct smp_strings *names);

/* A larger file is no feed: it is neither written nor read. */
enum { SMP_FEED_MAX = 16 << 20 };

/*
 * Appends what a feed holds. *there is false where there is none. An error
 * where it cannot be read, or is no file that may be replaced: a directory, a
 * symbolic link.
 */
bool smp_store_read(struct smp_store *store, const char *name,
                    struct smp_buf *out, bool *there, struct smp_err *err);

/*
 * Reads the first octets, 64 KiB at most, of what is at a feed's address into
 * an empty buffer: also through a symbolic link. Nothing where no file is.
 * False if that cannot be told.
 */
bool smp_store_peek(struct smp_store *store, const char *name,
                    struct smp_buf *out);

/*
 * Notes a feed to be stored by the next commit, as pending[count - 1], with
 * the permissions of the feed that was read last, if it is there, its owner and
 * group if that is allowed, and modified a second after it at least: web
 * servers tell versions by that. False where its err says why it cannot be;
 * that one may be forgotten again.
 */
bool smp_store_write(struct smp_store *store, const char *name,
                     const char *text, size_t n);
void smp_store_forget(struct smp_store *store);

/* Puts all that is pending in its place; each says what went wrong. */
void smp_store_commit(struct smp_store *store);
void smp_store_clear(struct smp_store *store);

bool smp_store_remove(struct smp_store *store, const char *name,
                      struct smp_err *err);

/*
 * Removes the temporary files, in a signal handler that ends the program: what
 * is pending is lost, and each feed is whole.
 */
void smp_store_abandon(const struct smp_store *store);

/*
 * Unlocks and frees. An error if the directory could not be put on the disk,
 * or if a file of an interrupted run could not be removed.
 */
bool smp_store_close(struct smp_store *store, struct smp_err *err);

#endif
