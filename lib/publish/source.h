#ifndef SMP_PUBLISH_SOURCE_H
#define SMP_PUBLISH_SOURCE_H

#include "plan/plan.h"
#include "publish/name.h"

/*
 * The short way to find that nothing has changed. A feed carries its source: a
 * keyed hash of the line that its plan was read from and of all else that it
 * was made with, but for the time. Where a line comes that has the source of
 * the feed that its client seems to have, and that feed is as it was published,
 * reading the plan and writing the feed anew could but end in the same entries,
 * and is left out.
 *
 * So a feed has a source only where it says what the plan says and nothing
 * else was to be said: not where words of the past are kept, not where
 * publishing it again would warn again, and not where the guess that it was
 * found by was wrong. Without a source, or with one cleared, a feed costs more
 * time, and that is all.
 *
 * Start with a zeroed struct.
 */
struct smp_source {
    bool keyed;
    unsigned char key[16];
    struct smp_plan guess;               /* what the line seems to say */
    const struct smp_protocol *protocol; /* that it would be rendered with */
    uint64_t value;                      /* of the line; 0: none */
};

/*
 * The key of a run: from that of its feeds and from what its options say, as a
 * text. Without the feeds' key nobody can try what a line may have been.
 */
void smp_source_set_key(struct smp_source *source,
                        const struct smp_feed_key *key, const char *options);

/*
 * The value for a line of which guess and protocol are known, the guess with
 * its zone.
 */
void smp_source_set(struct smp_source *source, const char *line, size_t n);

/* Has no value any more unless the plan is the one that was guessed. */
void smp_source_verify(struct smp_source *source, const struct smp_plan *plan,
                       const struct smp_protocol *protocol);

void smp_source_release(struct smp_source *source);

#endif
