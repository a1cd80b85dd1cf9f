#ifndef SMP_PUBLISH_MERGE_H
#define SMP_PUBLISH_MERGE_H

#include "publish/feed.h"

/*
 * The next state of a feed from the one that stands and a fresh rendering of
 * the plan: what has not changed keeps its octets, stamps and all.
 */
enum smp_change {
    SMP_CHANGE_NONE,
    SMP_CHANGE_TEXT,      /* words alone */
    SMP_CHANGE_NEW,       /* the feed, or entries in it, are new */
    SMP_CHANGE_MOVED,     /* an entry has another time, place or status */
    SMP_CHANGE_CANCELLED, /* entries are gone */
    SMP_CHANGE_RETIRED,   /* emptied, or removed */
    SMP_CHANGE_MISSING    /* wanted, but no plan came */
};

extern const char *const smp_change_names[];

struct smp_merge {
    const struct smp_zone *zone; /* of the plan: where days end */
    int64_t now;                 /* what has ended by then is frozen */
    int64_t stamp;               /* of changes that the plan does not date */
    bool torn;                   /* the old feed was cut off */
};

/*
 * Appends the next state, not sealed. The fresh rendering carries the stamp of
 * the plan, which counts where it is later than the one of the old event.
 *
 * An event of the same UID with the same content stays as it is. So does one
 * that has ended and keeps its times, place and status, whatever it says now,
 * as long as the feed remains as open or discreet as it was and is not torn.
 * Otherwise it gets a later DTSTAMP and LAST-MODIFIED, and a higher SEQUENCE
 * where its time, place or status changes. What is not in the fresh rendering
 * is left out. `old` may be NULL. Returns what has changed most. *kept: some
 * entry says what the plan does not say any more.
 */
enum smp_change smp_feed_merge(struct smp_buf *out, const struct smp_feed *old,
                               const struct smp_feed *fresh,
                               const struct smp_merge *how, bool *kept);

#endif
