#ifndef SMP_SERIES_CHEAPEST_H
#define SMP_SERIES_CHEAPEST_H

#include "series/nodes.h"

/* The node of a layer that is the cheapest to go on to, and what it costs. */
struct smp_choice {
    int64_t cost; /* SMP_COST_NONE: there is none */
    size_t index;
};

/*
 * Finds it in the logarithm of the layer's size. What it points to is its own,
 * but for the layer. Start with a zeroed struct.
 */
struct smp_cheapest {
    const struct smp_nodes *layer;
    uint32_t *earlier, *later; /* trees of indices, the root at 1 */
    size_t room;
    int32_t first, last; /* its days */
    uint32_t *from;      /* the first node of each, or after it */
    size_t from_room;
};

/* Takes up a layer with nodes, whose costs do not change from then on. */
void smp_cheapest_set(struct smp_cheapest *cheapest,
                      const struct smp_nodes *layer);

/* By the costs of nodes and the days from the preferred one; of equal ones the
 * earliest. */
struct smp_choice smp_cheapest_in(const struct smp_cheapest *cheapest,
                                  struct smp_range range);

void smp_cheapest_release(struct smp_cheapest *cheapest);

#endif
