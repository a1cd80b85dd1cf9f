#include "series/cheapest.h"

#include <stdlib.h>

/*
 * Before the preferred day each day later is cheaper by one, and after it
 * dearer: so on either side the order of two nodes is the same for whatever
 * preferred day, and a tree holds the first of any stretch of nodes.
 */
static int64_t
key(const struct smp_node *node, int64_t day)
{
    return node->cost == SMP_COST_NONE ? SMP_COST_NONE
                                       : node->cost + day * node->day;
}

static uint32_t
first_of(const struct smp_nodes *layer, int64_t day, uint32_t a, uint32_t b)
{
    int64_t one = key(&layer->nodes[a], day);
    int64_t other = key(&layer->nodes[b], day);

    if (one == other)
        return a < b ? a : b;
    return one < other ? a : b;
}

static void
set_tree(const struct smp_nodes *layer, int64_t day, uint32_t *tree)
{
    size_t i, n = layer->count;

    for (i = 0; i < n; i++)
        tree[n + i] = (uint32_t)i;
    for (i = n; i-- > 1;)
        tree[i] = first_of(layer, day, tree[2 * i], tree[2 * i + 1]);
}

static void
set_days(struct smp_cheapest *cheapest)
{
    const struct smp_nodes *layer = cheapest->layer;
    size_t i, days, wanted;
    uint32_t node = 0;

    cheapest->first = layer->nodes[0].day;
    cheapest->last = layer->nodes[layer->count - 1].day;
    days = (size_t)(cheapest->last - cheapest->first) + 1;
    wanted = days * sizeof *cheapest->from;
    if (days > cheapest->from_room) {
        cheapest->from = smp_realloc(cheapest->from, wanted);
        cheapest->from_room = days;
    }
    for (i = 0; i < days; i++) {
        while (layer->nodes[node].day < cheapest->first + (int32_t)i)
            node++;
        cheapest->from[i] = node;
    }
}

/* The first node on a day or after it. */
static size_t
node_from(const struct smp_cheapest *cheapest, int32_t day)
{
    if (day > cheapest->last)
        return cheapest->layer->count;
    return day > cheapest->first ? cheapest->from[day - cheapest->first] : 0;
}

void
smp_cheapest_set(struct smp_cheapest *cheapest, const struct smp_nodes *layer)
{
    size_t wanted = 2 * layer->count;

    cheapest->layer = layer;
    set_days(cheapest);
    if (wanted > cheapest->room) {
        cheapest->room = wanted;
        cheapest->earlier =
            smp_realloc(cheapest->earlier, wanted * sizeof *cheapest->earlier);
        cheapest->later =
            smp_realloc(cheapest->later, wanted * sizeof *cheapest->later);
    }
    set_tree(layer, -SMP_COST_DAY, cheapest->earlier);
    set_tree(layer, SMP_COST_DAY, cheapest->later);
}

/* Of the nodes [from, until), which are not none. */
static uint32_t
find(const struct smp_nodes *layer, int64_t day, const uint32_t *tree,
     size_t from, size_t until)
{
    uint32_t found = (uint32_t)from;

    for (from += layer->count, until += layer->count; from < until;
         from /= 2, until /= 2) {
        if (from % 2)
            found = first_of(layer, day, found, tree[from++]);
        if (until % 2)
            found = first_of(layer, day, found, tree[--until]);
    }
    return found;
}

static void
take_cheaper(struct smp_choice *choice, const struct smp_nodes *layer,
             size_t index, int32_t best)
{
    const struct smp_node *node = &layer->nodes[index];
    int64_t away = abs(node->day - best) * SMP_COST_DAY;

    if (node->cost != SMP_COST_NONE && node->cost + away < choice->cost)
        *choice = (struct smp_choice){node->cost + away, index};
}

struct smp_choice
smp_cheapest_in(const struct smp_cheapest *cheapest, struct smp_range range)
{
    struct smp_choice choice = {SMP_COST_NONE, SIZE_MAX};
    const struct smp_nodes *layer = cheapest->layer;
    size_t from, middle, until;

    if (range.first > range.last)
        return choice;
    from = node_from(cheapest, range.first);
    until = node_from(cheapest, range.last + 1);
    middle = node_from(
        cheapest, smp_range_clamp(range.best, range.first, range.last + 1));
    if (from < middle)
        take_cheaper(
            &choice, layer,
            find(layer, -SMP_COST_DAY, cheapest->earlier, from, middle),
            range.best);
    if (middle < until)
        take_cheaper(&choice, layer,
                     find(layer, SMP_COST_DAY, cheapest->later, middle, until),
                     range.best);
    return choice;
}

void
smp_cheapest_release(struct smp_cheapest *cheapest)
{
    free(cheapest->earlier);
    free(cheapest->later);
    free(cheapest->from);
    *cheapest = (struct smp_cheapest){0};
}
