#include "series/nodes.h"

#include <stdlib.h>
#include <string.h>

/* The first node of a layer on a day or after it. */
static size_t
node_from(const struct smp_nodes *layer, int32_t day)
{
    size_t low = 0, high = layer->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (layer->nodes[middle].day < day)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The cheapest to go on from, and of equal ones the earliest. */
struct choice {
    int64_t cost;
    size_t index;
};

/* Whether it is worth going on, away from the preferred day. */
static bool
try_node(const struct smp_nodes *layer, const struct smp_range *range, size_t i,
         struct choice *choice)
{
    const struct smp_node *node = &layer->nodes[i];
    int64_t away = abs(node->day - range->best) * SMP_COST_DAY;

    if (node->day < range->first || node->day > range->last ||
        layer->least + away > choice->cost)
        return false;
    if (node->cost != SMP_COST_NONE &&
        (node->cost + away < choice->cost ||
         (node->cost + away == choice->cost && i < choice->index)))
        *choice = (struct choice){node->cost + away, i};
    return true;
}

static struct choice
choose(const struct smp_nodes *layer, struct smp_range range)
{
    struct choice choice = {SMP_COST_NONE, SIZE_MAX};
    size_t middle = node_from(
               layer, smp_range_clamp(range.best, range.first, range.last)),
           i;

    if (layer->least == SMP_COST_NONE || range.first > range.last)
        return choice;
    for (i = middle; i < layer->count; i++)
        if (!try_node(layer, &range, i, &choice))
            break;
    for (i = middle; i-- > 0;)
        if (!try_node(layer, &range, i, &choice))
            break;
    return choice;
}

/* Adds to the cost of each node that of what follows. */
static void
link_layer(struct smp_search *search, size_t k)
{
    struct smp_nodes *layer = &search->layers[k];
    size_t i;

    layer->least = SMP_COST_NONE;
    for (i = 0; i < layer->count; i++) {
        struct smp_node *node = &layer->nodes[i];
        struct choice choice = {0};

        if (k + 1 < search->placed)
            choice = choose(&search->layers[k + 1],
                            smp_range_after(search, search->slots[k + 1].rule,
                                            node->day, node->tail));
        node->cost = choice.cost == SMP_COST_NONE ? SMP_COST_NONE
                                                  : node->cost + choice.cost;
        node->next = (uint32_t)choice.index;
        if (node->cost < layer->least)
            layer->least = node->cost;
    }
}

static void
link_layers(struct smp_search *search)
{
    size_t k;

    for (k = search->placed; k-- > 0;)
        link_layer(search, k);
}

static struct choice
choose_first(const struct smp_search *search)
{
    return choose(&search->layers[0],
                  smp_range_after(search, search->slots[0].rule,
                                  search->previous_day, search->previous_tail));
}

static void
follow(struct smp_search *search)
{
    size_t k, index = choose_first(search).index;

    for (k = 0; k < search->placed; k++) {
        const struct smp_node *node = &search->layers[k].nodes[index];

        search->slots[k].day = node->day;
        search->slots[k].time = node->time;
        search->slots[k].kept = node->kept;
        index = node->next;
    }
}

/* How many of the first `count` slots have a time at all. */
static size_t
fill_layers(struct smp_search *search, size_t count)
{
    size_t k;

    for (k = 0; k < count; k++) {
        smp_nodes_fill(search, k, count);
        if (!search->layers[k].count)
            break;
    }
    return k;
}

static void
search_within(struct smp_search *search, int32_t radius)
{
    struct smp_hindrance hindrance = {0};
    size_t count = search->count, reached;

    search->radius = radius;
    /* A shorter run is followed by what is given sooner: it is filled anew. */
    while ((reached = fill_layers(search, count)) < count) {
        if (!radius)
            smp_nodes_hindrance(search, reached);
        hindrance = search->hindrance;
        count = reached;
    }
    search->hindrance = hindrance;
    search->placed = count;
    link_layers(search);
    if (count)
        follow(search);
}

/* Whether going further from a preferred day would cost more. */
static bool
is_best_of_all(const struct smp_search *search)
{
    int64_t cost;

    if (search->placed < search->count)
        return false;
    cost = choose_first(search).cost;
    return cost < SMP_COST_WEEKDAY && cost / SMP_COST_DAY <= search->radius;
}

void
smp_search_run(struct smp_search *search)
{
    enum { NEAR = 14 };

    if (!search->count)
        return;
    search->layers = smp_calloc(search->count, sizeof *search->layers);
    search_within(search, NEAR);
    if (!is_best_of_all(search))
        search_within(search, 0);
}

void
smp_search_renew(struct smp_search *search)
{
    search->radius = 0;
    fill_layers(search, search->placed);
    link_layers(search);
}

bool
smp_search_again(struct smp_search *search, int32_t *day, int32_t *time)
{
    struct smp_nodes *layer = &search->layers[0];
    struct choice choice;

    smp_nodes_fill_again(search);
    link_layer(search, 0);
    choice = choose_first(search);
    if (choice.cost == SMP_COST_NONE)
        return false;
    *day = layer->nodes[choice.index].day;
    *time = layer->nodes[choice.index].time;
    return true;
}

void
smp_search_release(struct smp_search *search)
{
    smp_nodes_release(search);
}

void
smp_hindrance_print(struct smp_buf *out, const struct smp_hindrance *hindrance)
{
    static const char *const what[SMP_OBSTACLES] = {
        [SMP_CLOSED] = "closed",
        [SMP_AWAY] = "away",
        [SMP_TOO_SHORT] = "open too shortly",
        [SMP_FULL] = "full",
    };
    const char *separator = ": ";
    int i;

    if (hindrance->first > hindrance->last) {
        smp_buf_puts(out, "no day fits the protocol's gap");
        return;
    }
    smp_buf_puts(out, "no opening between ");
    smp_when_print(out, smp_when_day(hindrance->first));
    smp_buf_puts(out, " and ");
    smp_when_print(out, smp_when_day(hindrance->last));
    for (i = 0; i < SMP_OBSTACLES; i++) {
        int days = hindrance->days[i];

        if (!days)
            continue;
        smp_buf_printf(out, "%s%d %s %s", separator, days,
                       days == 1 ? "day" : "days", what[i]);
        separator = ", ";
    }
}
