#ifndef SMP_SERIES_NODES_H
#define SMP_SERIES_NODES_H

#include "series/search.h"

/* The layers of a search; for the .c files of this room alone. */

/*
 * A cost is four numbers, the first one in the highest bits, so that sums and
 * comparisons are those of one integer. 99 sessions at most and the days of
 * 201 years keep each inside its bits.
 */
#define SMP_COST_SECOND ((int64_t)1)
#define SMP_COST_DAY ((int64_t)1 << 24)
#define SMP_COST_WEEKDAY ((int64_t)1 << (24 + 23))
#define SMP_COST_MOVE ((int64_t)1 << (24 + 23 + 7))
#define SMP_COST_NONE INT64_MAX /* there is no way */

/* A time at which a session can be; its cost includes all that follow. */
struct smp_node {
    int64_t cost;
    int32_t day, time;
    uint32_t next; /* in the next layer */
    uint8_t tail;
    bool kept;
};

struct smp_nodes {
    struct smp_node *nodes; /* ascending */
    size_t count, room;
    int64_t minutes; /* at which it may begin, of all its days */
};

/* Days on which a session may be, and the one that is preferred. */
struct smp_range {
    int32_t first, last, best;
};

/*
 * After a session on a day, which reaches into `tail` more; no further from
 * the preferred day than search->radius.
 */
struct smp_range smp_range_after(const struct smp_search *search,
                                 const struct smp_gap *rule, int32_t previous,
                                 int tail);

/* A day in a range, the nearest to it. */
int32_t smp_range_clamp(int32_t day, int32_t first, int32_t last);

/*
 * Fills the layer of slot k, of a run of `count`, with what can be reached
 * from the layer before it; the costs are those of the session alone.
 */
void smp_nodes_fill(struct smp_search *search, size_t k, size_t count);

/* Whether the session given next keeps its gap to the one before the run. */
bool smp_nodes_next_is_right(const struct smp_search *search);

/* Fills some days of the first layer anew, clear of starts->avoid. */
void smp_nodes_fill_again(struct smp_search *search, int32_t first,
                          int32_t last);

/* The first node of a layer on a day or after it. */
size_t smp_nodes_from(const struct smp_nodes *layer, int32_t day);

/* Counts what was in the way of a slot whose layer is empty. */
void smp_nodes_hindrance(struct smp_search *search, size_t k);

/* Frees what the layers hold, and what is known of days. */
void smp_nodes_release(struct smp_search *search);

#endif
