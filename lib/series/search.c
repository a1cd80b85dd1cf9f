#include "series/internal.h"

#include <stdlib.h>

#include "base/base.h"
#include "time/window.h"
#include "protocol/protocol.h"
#include "plan/plan.h"

/*
 * The cheapest path through the layers. Costs are summed from the last session
 * to the first: the cost of a node becomes its own plus that of the cheapest
 * way on. The node to go on to is the cheapest of the range of days that its
 * gap allows, where each day of distance from the preferred one adds to the
 * cost:
 *
 *   node in layer 0            layer 1
 *   1 Jan 10:00   --- first .... preferred ......... last
 *                     each day later     each day later
 *                     costs one less     costs one more
 *
 * Trying every node of the range would cost the product of two layers. But on
 * either side of the preferred day the order of two nodes is the same for every
 * preferred day, so one tree per side, built once a layer, holds the cheapest
 * of any piece of it: a tree of indices with the root at 1, where each inner
 * element is the better of its two children. A lookup costs the logarithm of
 * the layer. Ties go to the earlier node, so of equal series the earliest wins,
 * session by session.
 *
 * Two shortcuts come first, and both are proved, not guessed: if every session
 * can be where nothing is better, that is the answer (place_ideally); and a
 * search within 14 days of the preferred days is final if its cost is less than
 * that of one day further away (is_best_of_all).
 */

/* The node of a layer that is the cheapest to go on to, and what it costs. */
struct choice {
    int64_t cost; /* SMP_COST_NONE: there is none */
    size_t index;
};

struct smp_cheapest {
    const struct smp_nodes *layer; /* the caller's */
    uint32_t *earlier, *later;     /* the two trees */
    size_t room;
    int32_t first, last; /* days of the layer */
    uint32_t *from;      /* the first node on each day or after it */
    size_t from_room;
};

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

/* Takes up a layer with nodes, whose costs do not change from then on. */
static void
cheapest_set(struct smp_cheapest *cheapest, const struct smp_nodes *layer)
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

/* The cheapest of the nodes [from, until), of which there is at least one. */
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
take_cheaper(struct choice *choice, const struct smp_nodes *layer, size_t index,
             int32_t best)
{
    const struct smp_node *node = &layer->nodes[index];
    int64_t away = abs(node->day - best) * SMP_COST_DAY;

    if (node->cost != SMP_COST_NONE && node->cost + away < choice->cost)
        *choice = (struct choice){node->cost + away, index};
}

static struct choice
cheapest_in(const struct smp_cheapest *cheapest, struct smp_range range)
{
    struct choice choice = {SMP_COST_NONE, SIZE_MAX};
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

static void
cheapest_free(struct smp_cheapest *cheapest)
{
    if (!cheapest)
        return;
    free(cheapest->earlier);
    free(cheapest->later);
    free(cheapest->from);
    free(cheapest);
}

/*
 * Most often each session can be where nothing is better: at the client's own
 * time, on the client's own weekday, on the day of it nearest to the preferred
 * day of the session's gap, and, if it was proposed before, at its old time.
 * Then no search is needed, because every other series costs more.
 *
 * Proof: a series that costs the same is also at this time and on this weekday,
 * and moves nothing. So only the distances from preferred days can differ. A
 * gap counts days from the session before, which is fixed or on the same
 * weekday in both series, or from the first session. Thus the smallest distance
 * of a session does not depend on the other sessions, and ours has the smallest
 * throughout. Two days of one weekday never share it, because seven is odd.
 *
 * Left to the search: months that are counted from the session before, the end
 * of the years, and a run that a fixed session follows.
 */

static bool
is_of_days(bool has, struct smp_span span)
{
    return !has || (span.unit != SMP_MONTHS && span.unit != SMP_YEARS);
}

static bool
counts_days(const struct smp_gap *rule)
{
    return !rule || rule->from_first ||
           (is_of_days(rule->has_min, rule->min) &&
            is_of_days(rule->has_prefer, rule->prefer) &&
            is_of_days(rule->has_max, rule->max));
}

/* The day of a weekday nearest to the preferred day of a gap. */
static bool
nearest(const struct smp_series_gap *gap, int weekday, int32_t *day)
{
    int32_t best = smp_range_clamp(gap->best, gap->first, gap->last);
    int after = (weekday - smp_weekday_of(best) + 7) % 7;
    bool has_after = best + after <= gap->last;
    bool has_before = best + after - 7 >= gap->first;

    if (gap->first > gap->last || !(has_after || has_before))
        return false;
    *day = best + after;
    if (!has_after || (has_before && after > 7 - after))
        *day -= 7;
    return true;
}

/* Places a slot after a session on the day `previous` with this tail. */
static bool
place_slot_ideally(struct smp_search *search, struct smp_series_slot *slot,
                   int32_t previous, int *tail)
{
    const int32_t end = search->last_day;
    struct smp_series_gap gap =
        smp_gap_days(slot->rule, search->first_day, previous);
    int32_t time = search->starts->time;

    if (!counts_days(slot->rule) || gap.last > end ||
        !nearest(&gap, search->weekday, &slot->day) ||
        slot->day <= previous + *tail)
        return false;
    slot->time = time;
    slot->kept = slot->was != NULL;
    if (slot->was && smp_session_start(slot->was) !=
                         (int64_t)slot->day * SMP_DAY_SECONDS + time)
        return false;
    return smp_starts_fit(search->starts, slot->day, time, slot->length, tail);
}

static bool
place_ideally(struct smp_search *search)
{
    int32_t previous = search->previous_day;
    int tail = search->previous_tail;
    size_t k;

    if (search->has_next)
        return false;
    for (k = 0; k < search->count; k++) {
        if (!place_slot_ideally(search, &search->slots[k], previous, &tail))
            return false;
        previous = search->slots[k].day;
    }
    return true;
}

/* Adds the cost of the cheapest way on to that of a node. */
static void
link_node(const struct smp_search *search, size_t k, struct smp_node *node)
{
    struct choice choice;

    if (k + 1 == search->placed)
        return;
    choice = cheapest_in(search->follows,
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
            cheapest_set(search->follows, layer);
    }
}

static struct choice
choose_first(const struct smp_search *search)
{
    struct choice choice = {SMP_COST_NONE, SIZE_MAX};
    const struct smp_nodes *layer = &search->layers[0];
    struct smp_range range =
        smp_range_after(search, search->slots[0].rule, search->previous_day,
                        search->previous_tail);
    size_t i;

    for (i = 0; i < layer->count; i++) {
        const struct smp_node *node = &layer->nodes[i];
        int64_t away = abs(node->day - range.best) * SMP_COST_DAY;

        if (node->cost != SMP_COST_NONE && node->cost + away < choice.cost)
            choice = (struct choice){node->cost + away, i};
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

/* The next fixed session now follows another slot: the last one. */
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

/* Returns true if going further from a preferred day would cost more. */
static bool
is_best_of_all(const struct smp_search *search)
{
    int64_t cost;

    if (search->placed < search->count)
        return false;
    cost = choose_first(search).cost;
    return cost < SMP_COST_WEEKDAY && cost / SMP_COST_DAY <= search->radius;
}

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
    if (place_ideally(search)) {
        search->placed = search->count;
        return;
    }
    search_all(search);
    search->next_is_late =
        !search->placed && search->has_next && smp_nodes_next_is_late(search);
    if (search->next_is_late)
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

/* The days around a session whose sessions can overlap it. */
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
    struct choice choice;
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
    cheapest_free(search->follows);
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
