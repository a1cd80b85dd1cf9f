#include "series/search.h"

#include <stdlib.h>
#include <string.h>

/*
 * A cost is four numbers, the first one in the highest bits, so that sums and
 * comparisons are those of one integer. 99 sessions at most and the days of
 * 201 years keep each inside its bits.
 */
enum { BITS_OF_SECONDS = 24, BITS_OF_DAYS = 23, BITS_OF_SESSIONS = 7 };

static const int64_t one_day = (int64_t)1 << BITS_OF_SECONDS;
static const int64_t one_weekday = (int64_t)1
                                   << (BITS_OF_SECONDS + BITS_OF_DAYS);
static const int64_t one_move =
    (int64_t)1 << (BITS_OF_SECONDS + BITS_OF_DAYS + BITS_OF_SESSIONS);

/* A time at which a session can be; its cost includes all that follow. */
struct node {
    int64_t cost;
    int32_t day, time;
    uint32_t next; /* in the next layer */
    uint8_t tail;
    bool kept;
};

struct smp_layer_of_starts {
    struct node *nodes; /* ascending */
    size_t count, room;
    int64_t least; /* cost */
};

/* What was found out about days, for one length of session. */
struct smp_known_starts {
    int64_t length;
    struct known_day {
        bool known;
        struct smp_day_starts starts;
    } * days;
    size_t room;
};

static const int64_t no_cost = INT64_MAX;

/* Days on which a session may be, and the one that is preferred. */
struct range {
    int32_t first, last, best;
};

static int32_t
between(int32_t day, int32_t first, int32_t last)
{
    return day < first ? first : day > last ? last : day;
}

static struct range
range_after(const struct smp_search *search, const struct smp_gap *rule,
            int32_t previous, int tail)
{
    const int32_t end = smp_day_of(SMP_YEAR_MAX, 12, 31);
    struct smp_series_gap gap = smp_gap_days(rule, search->first_day, previous);
    struct range range = {gap.first, gap.last < end ? gap.last : end, 0};

    range.best = between(gap.best, gap.first,
                         range.last > gap.first ? range.last : gap.first);
    if (range.first < previous + tail + 1)
        range.first = previous + tail + 1;
    return range;
}

static struct smp_known_starts *
known_of_length(struct smp_search *search, int64_t length)
{
    size_t i;

    for (i = 0; i < search->known_count; i++)
        if (search->known[i].length == length)
            return &search->known[i];
    search->known = smp_realloc(search->known, (search->known_count + 1) *
                                                   sizeof *search->known);
    search->known[search->known_count] =
        (struct smp_known_starts){.length = length};
    return &search->known[search->known_count++];
}

static void
make_room(struct smp_known_starts *known, size_t index)
{
    size_t room = index + index / 2 + 32;

    if (index < known->room)
        return;
    known->days = smp_realloc(known->days, room * sizeof *known->days);
    memset(known->days + known->room, 0,
           (room - known->room) * sizeof *known->days);
    known->room = room;
}

/* Days come after that of the session before the run. */
static struct smp_day_starts
starts_on(struct smp_search *search, int32_t day, int64_t length)
{
    struct smp_known_starts *known = known_of_length(search, length);
    size_t index = (size_t)(day - search->previous_day);

    make_room(known, index);
    if (!known->days[index].known) {
        known->days[index].known = true;
        known->days[index].starts = smp_starts_on(search->starts, day, length);
    }
    return known->days[index].starts;
}

/* Whether the session that is given after the run can follow. */
static bool
next_can_follow(const struct smp_search *search, int32_t day, int tail)
{
    struct range range;
    int32_t next;

    if (!search->next)
        return true;
    range = range_after(search, search->next_rule, day, tail);
    next = smp_session_day(search->next);
    return next >= range.first &&
           (next <= range.last ||
            !(search->next_rule && search->next_rule->has_max));
}

static void
add_node(const struct smp_search *search, struct smp_layer_of_starts *layer,
         const struct smp_slot *slot, struct node node)
{
    int64_t seconds = abs(node.time - search->starts->time);

    layer->nodes = smp_grow(layer->nodes, layer->count, &layer->room,
                            sizeof *layer->nodes);
    node.cost = seconds;
    if (slot->was && !node.kept)
        node.cost += one_move;
    if (smp_weekday_of(node.day) != search->weekday)
        node.cost += one_weekday;
    layer->nodes[layer->count++] = node;
}

static bool
stays(struct smp_search *search, const struct smp_slot *slot, int32_t day,
      struct node *node)
{
    int64_t start;
    int tail;

    if (!slot->was || smp_session_day(slot->was) != day)
        return false;
    start = smp_session_start(slot->was) - (int64_t)day * SMP_DAY_SECONDS;
    if (!smp_starts_fit(search->starts, day, (int32_t)start, slot->length,
                        &tail))
        return false;
    *node = (struct node){.day = day,
                          .time = (int32_t)start,
                          .tail = (uint8_t)tail,
                          .kept = true};
    return true;
}

static int
compare_nodes(const void *a, const void *b)
{
    const struct node *first = a, *second = b;

    return (first->time > second->time) - (first->time < second->time);
}

/* Adds the times of a day; false where there are none at all. */
static bool
add_day(struct smp_search *search, struct smp_layer_of_starts *layer, size_t k,
        size_t count, int32_t day, const struct smp_day_starts *starts)
{
    const struct smp_slot *slot = &search->slots[k];
    size_t before = layer->count;
    struct node old = {0};
    bool any = stays(search, slot, day, &old), kept = any;
    int tail;

    for (tail = 0; tail < SMP_TAILS; tail++) {
        struct node node = {
            .day = day, .time = starts->at[tail], .tail = (uint8_t)tail};

        if (kept && old.tail == tail)
            node = old;
        if (node.time == SMP_NO_START)
            continue;
        any = true;
        if (k + 1 < count || next_can_follow(search, day, tail))
            add_node(search, layer, slot, node);
    }
    if (layer->count - before > 1)
        qsort(layer->nodes + before, layer->count - before,
              sizeof *layer->nodes, compare_nodes);
    return any;
}

/* The days that some session before allows, as +1 and -1 where ranges begin
 * and end. */
struct allowed {
    int32_t first, last;
    int *changes;
};

static const struct node *
nodes_before(const struct smp_search *search, size_t k, struct node *previous,
             size_t *count)
{
    *previous = (struct node){.day = search->previous_day,
                              .tail = (uint8_t)search->previous_tail};
    *count = k ? search->layers[k - 1].count : 1;
    return k ? search->layers[k - 1].nodes : previous;
}

static struct allowed
allowed_days(const struct smp_search *search, size_t k)
{
    struct allowed allowed = {INT32_MAX, INT32_MIN, NULL};
    struct node previous;
    size_t i, n;
    const struct node *nodes = nodes_before(search, k, &previous, &n);
    int pass;

    for (pass = 0; pass < 2; pass++) {
        for (i = 0; i < n; i++) {
            struct range range = range_after(search, search->slots[k].rule,
                                             nodes[i].day, nodes[i].tail);

            if (range.first > range.last)
                continue;
            if (pass) {
                allowed.changes[range.first - allowed.first]++;
                allowed.changes[range.last + 1 - allowed.first]--;
                continue;
            }
            if (range.first < allowed.first)
                allowed.first = range.first;
            if (range.last > allowed.last)
                allowed.last = range.last;
        }
        if (allowed.first > allowed.last)
            return allowed;
        if (!pass)
            allowed.changes =
                smp_calloc((size_t)(allowed.last - allowed.first) + 2,
                           sizeof *allowed.changes);
    }
    return allowed;
}

/* Fills a layer with what can be reached; notes what is in the way. */
static void
fill_layer(struct smp_search *search, size_t k, size_t count)
{
    struct smp_layer_of_starts *layer = &search->layers[k];
    const struct smp_slot *slot = &search->slots[k];
    struct allowed allowed = allowed_days(search, k);
    int32_t day;
    int ranges = 0;

    layer->count = 0;
    search->hindrance =
        (struct smp_hindrance){.first = allowed.first, .last = allowed.last};
    for (day = allowed.first; day <= allowed.last; day++) {
        struct smp_day_starts starts;

        ranges += allowed.changes[day - allowed.first];
        if (!ranges)
            continue;
        starts = starts_on(search, day, slot->length);
        if (add_day(search, layer, k, count, day, &starts))
            search->hindrance.days[SMP_TOO_NEAR]++;
    }
    free(allowed.changes);
}

/* What was in the way of a slot that no day was found for. */
static void
count_obstacles(struct smp_search *search, size_t k)
{
    struct allowed allowed = allowed_days(search, k);
    int64_t length = search->slots[k].length;
    int32_t day;
    int ranges = 0;

    for (day = allowed.first; day <= allowed.last; day++) {
        struct smp_day_starts starts;
        int tail, any = 0;

        ranges += allowed.changes[day - allowed.first];
        if (!ranges)
            continue;
        starts = starts_on(search, day, length);
        for (tail = 0; tail < SMP_TAILS; tail++)
            any |= starts.at[tail] != SMP_NO_START;
        if (!any)
            search->hindrance
                .days[smp_starts_obstacle(search->starts, day, length)]++;
    }
    free(allowed.changes);
}

/* The first node of a layer on a day or after it. */
static size_t
node_from(const struct smp_layer_of_starts *layer, int32_t day)
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
try_node(const struct smp_layer_of_starts *layer, const struct range *range,
         size_t i, struct choice *choice)
{
    const struct node *node = &layer->nodes[i];
    int64_t away = abs(node->day - range->best) * one_day;

    if (node->day < range->first || node->day > range->last ||
        layer->least + away > choice->cost)
        return false;
    if (node->cost != no_cost &&
        (node->cost + away < choice->cost ||
         (node->cost + away == choice->cost && i < choice->index)))
        *choice = (struct choice){node->cost + away, i};
    return true;
}

static struct choice
choose(const struct smp_layer_of_starts *layer, struct range range)
{
    struct choice choice = {no_cost, SIZE_MAX};
    size_t middle =
               node_from(layer, between(range.best, range.first, range.last)),
           i;

    if (layer->least == no_cost || range.first > range.last)
        return choice;
    for (i = middle; i < layer->count; i++)
        if (!try_node(layer, &range, i, &choice))
            break;
    for (i = middle; i-- > 0;)
        if (!try_node(layer, &range, i, &choice))
            break;
    return choice;
}

/* Adds to each node what follows it costs. */
static void
link_layer(struct smp_search *search, size_t k)
{
    struct smp_layer_of_starts *layer = &search->layers[k];
    size_t i;

    layer->least = no_cost;
    for (i = 0; i < layer->count; i++) {
        struct node *node = &layer->nodes[i];
        struct choice choice = {0};

        if (k + 1 < search->placed)
            choice = choose(&search->layers[k + 1],
                            range_after(search, search->slots[k + 1].rule,
                                        node->day, node->tail));
        node->cost =
            choice.cost == no_cost ? no_cost : node->cost + choice.cost;
        node->next = (uint32_t)choice.index;
        if (node->cost < layer->least)
            layer->least = node->cost;
    }
}

static struct choice
choose_first(const struct smp_search *search)
{
    return choose(&search->layers[0],
                  range_after(search, search->slots[0].rule,
                              search->previous_day, search->previous_tail));
}

static void
follow(struct smp_search *search)
{
    size_t k, index = choose_first(search).index;

    for (k = 0; k < search->placed; k++) {
        const struct node *node = &search->layers[k].nodes[index];

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
        fill_layer(search, k, count);
        if (!search->layers[k].count)
            break;
    }
    return k;
}

void
smp_search_run(struct smp_search *search)
{
    struct smp_hindrance hindrance = {0};
    size_t count = search->count, reached, k;

    search->layers = smp_calloc(search->count, sizeof *search->layers);
    /* A shorter run is followed by what is given sooner: it is filled anew. */
    while ((reached = fill_layers(search, count)) < count) {
        count_obstacles(search, reached);
        hindrance = search->hindrance;
        count = reached;
    }
    search->hindrance = hindrance;
    search->placed = count;
    for (k = count; k-- > 0;)
        link_layer(search, k);
    if (count)
        follow(search);
}

bool
smp_search_again(struct smp_search *search, int32_t *day, int32_t *time)
{
    struct smp_layer_of_starts *layer = &search->layers[0];
    struct range range =
        range_after(search, search->slots[0].rule, search->previous_day,
                    search->previous_tail);
    struct choice choice;
    int32_t at;

    layer->count = 0;
    for (at = range.first; at <= range.last; at++) {
        struct smp_day_starts starts =
            smp_starts_on(search->starts, at, search->slots[0].length);

        add_day(search, layer, 0, search->placed, at, &starts);
    }
    link_layer(search, 0);
    choice = choose_first(search);
    if (choice.cost == no_cost)
        return false;
    *day = layer->nodes[choice.index].day;
    *time = layer->nodes[choice.index].time;
    return true;
}

void
smp_search_release(struct smp_search *search)
{
    size_t i;

    for (i = 0; search->layers && i < search->count; i++)
        free(search->layers[i].nodes);
    for (i = 0; i < search->known_count; i++)
        free(search->known[i].days);
    free(search->layers);
    free(search->known);
}
