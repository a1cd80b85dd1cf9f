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
 * So a feed has no source where publishing it again would warn again, nor where
 * the guess that it was found by was wrong. Where it keeps words of the past
 * that the plan does not say any more, its source holds from the next day on:
 * that they are kept depends on the time, but what has ended never begins
 * again. Without a source, or with one cleared, a feed costs more time, and
 * that is all.
 *
 * Start with a zeroed struct.
 */
struct smp_source {
    bool keyed;
    unsigned char key[16];
    struct smp_plan guess;               /* what the line seems to say */
    const struct smp_protocol *protocol; /* that it would be rendered with */
    uint64_t value;                      /* of the line, noted; 0: none */
};

/*
 * The key of a run: from that of its feeds, from what its options say, as a
 * text, and from the version: another one may write feeds otherwise. Without
 * the feeds' key nobody can try what a line may have been.
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

/*
 * What is noted in a feed: 48 bits of hash, then 16 of the day, counted from
 * 1970, from which on it holds, 0 for ever; or nothing, 0. `kept`: it says of
 * what has ended by now what the plan does not.
 */
uint64_t smp_source_noted(const struct smp_source *source, bool kept,
                          int64_t now);

/* Whether a feed in which that is noted has the line's source, and it holds. */
bool smp_source_holds(const struct smp_source *source, uint64_t noted,
                      int64_t now);

void smp_source_release(struct smp_source *source);

#endif
