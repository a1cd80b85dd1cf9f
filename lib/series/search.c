#include "series/cheapest.h"

#include <stdlib.h>

#include "series/ideal.h"

/* Adds to the cost of a node that of what follows. */
static void
link_node(const struct smp_search *search, size_t k, struct smp_node *node)
{
    struct smp_choice choice;

    if (k + 1 == search->placed)
        return;
    choice = smp_cheapest_in(search->follows,
                             smp_range_after(search, search->slots[k + 1].rule,
                                             node->day, node->tail));
    node->cost =
        choice.cost == SMP_COST_NONE ? SMP_COST_NONE : node->cost + choice.cost;
    node->next = (uint32_t)choice.index;
}

static void
link_layers(struct smp_search *search)
{
    size_t k, i;

    for (k = search->placed; k-- > 0;) {
        struct smp_nodes *layer = &search->layers[k];

        for (i = 0; i < layer->count; i++)
            link_node(search, k, &layer->nodes[i]);
        if (k)
            smp_cheapest_set(search->follows, layer);
    }
}

static struct smp_choice
choose_first(const struct smp_search *search)
{
    struct smp_choice choice = {SMP_COST_NONE, SIZE_MAX};
    const struct smp_nodes *layer = &search->layers[0];
    struct smp_range range =
        smp_range_after(search, search->slots[0].rule, search->previous_day,
                        search->previous_tail);
    size_t i;

    for (i = 0; i < layer->count; i++) {
        const struct smp_node *node = &layer->nodes[i];
        int64_t away = abs(node->day - range.best) * SMP_COST_DAY;

        if (node->cost != SMP_COST_NONE && node->cost + away < choice.cost)
            choice = (struct smp_choice){node->cost + away, i};
    }
    return choice;
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

/* What is given after the run comes after another slot now: the last one. */
static size_t
fill_last(struct smp_search *search, size_t count)
{
    for (; count; count--) {
        smp_nodes_fill(search, count - 1, count);
        if (search->layers[count - 1].count)
            break;
    }
    return count;
}

static void
search_within(struct smp_search *search, int32_t radius)
{
    search->radius = radius;
    search->placed = fill_layers(search, search->count);
    if (search->placed < search->count) {
        if (!radius && !search->has_next)
            smp_nodes_hindrance(search, search->placed);
        search->placed = fill_last(search, search->placed);
    }
    link_layers(search);
    if (search->placed)
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

/* Layers, where there are none yet. */
static void
make_layers(struct smp_search *search)
{
    if (search->layers)
        return;
    search->layers = smp_calloc(search->count, sizeof *search->layers);
    search->follows = smp_calloc(1, sizeof *search->follows);
}

static void
search_all(struct smp_search *search)
{
    enum { NEAR = 14 };

    make_layers(search);
    search_within(search, NEAR);
    if (!is_best_of_all(search))
        search_within(search, 0);
}

void
smp_search_run(struct smp_search *search)
{
    if (!search->count)
        return;
    if (smp_ideal_place(search)) {
        search->placed = search->count;
        return;
    }
    search->next_binds = search->has_next;
    search_all(search);
    if (search->placed || !search->has_next || smp_nodes_next_is_right(search))
        return;
    search->next_binds = false;
    search_all(search);
}

void
smp_search_renew(struct smp_search *search)
{
    search->radius = 0;
    make_layers(search);
    fill_layers(search, search->placed);
    link_layers(search);
}

/* Sessions of these days may overlap one of this day. */
static int32_t
days_around(int64_t length)
{
    return (int32_t)(length / SMP_DAY_SECONDS) + 2;
}

bool
smp_search_again(struct smp_search *search, int32_t *day, int32_t *time)
{
    struct smp_nodes *layer = &search->layers[0];
    int32_t around = days_around(search->slots[0].length);
    struct smp_choice choice;
    size_t i, from, until;

    smp_nodes_fill_again(search, *day - around, *day + around);
    from = smp_nodes_from(layer, *day - around);
    until = smp_nodes_from(layer, *day + around + 1);
    for (i = from; i < until; i++)
        link_node(search, 0, &layer->nodes[i]);
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
    if (search->follows)
        smp_cheapest_release(search->follows);
    free(search->follows);
}

void
smp_hindrance_print(struct smp_buf *out, const struct smp_hindrance *hindrance)
{
    static const char *const what[SMP_OBSTACLES] = {
        [SMP_PAST] = "past", [SMP_CLOSED] = "closed",
        [SMP_AWAY] = "away", [SMP_TOO_SHORT] = "not open long enough",
        [SMP_FULL] = "full", [SMP_OWN] = "taken by other sessions of the plan",
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
