#ifndef SMP_PUBLISH_NAME_H
#define SMP_PUBLISH_NAME_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * What a client's feed is called. With a key nobody can guess it: the name is
 * made of hashes under the key (BLAKE2b), "TAG-SECRET" in hexadecimal digits.
 * TAG comes from the id alone, so that a file can be told to be a client's;
 * SECRET, 128 bits, from the id and the number of the feed, so that another
 * number is another address. Without a key the name is the id made safe, and
 * never looks like one made with a key.
 */
struct smp_feed_key {
    bool there;
    unsigned char bytes[32];
};

/* The key made of the contents of a file, a line's end not counted. */
bool smp_feed_key_set(struct smp_feed_key *key, const void *bytes, size_t n,
                      struct smp_err *err);

/*
 * Appends the name, without ".ics": of letters, digits and "._~-", not
 * beginning with a dot or dash, of at most SMP_FEED_NAME_MAX octets. Ids that
 * differ have names that do.
 */
enum { SMP_FEED_NAME_MAX = 200 };

void smp_feed_name(struct smp_buf *out, const struct smp_feed_key *key,
                   const char *id, int feed);

/* Whether it may be such a name, under whatever key. */
bool smp_feed_name_is_ours(const char *name);

/* Whether these octets are a name that is made with a key alone. */
bool smp_feed_name_is_keyed(const char *name, size_t n);

/*
 * Whether the id it was made from, if that can be told, can stand in a list of
 * clients (publish/listed.h). What cannot be listed is not missing from one.
 */
bool smp_feed_name_is_listable(const char *name);

/* How much of such a name comes from the id alone: TAG, or all of it. */
size_t smp_feed_tag(const struct smp_feed_key *key, const char *name);

#endif
