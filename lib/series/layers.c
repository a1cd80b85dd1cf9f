#include "series/internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "protocol/protocol.h"
#include "plan/plan.h"

/*
 * The search for the cheapest series is a shortest path through layers. There
 * is one layer per session to be placed, and one node per possible beginning of
 * that session. This file fills the layers, from the first session to the last.
 * search.c then links them, from the last session to the first, and follows the
 * cheapest path.
 *
 *   session before     layer 0            layer 1
 *   1 Dec         -->  31 Dec 10:00  -->  30 Jan 10:00
 *                       1 Jan 10:00       31 Jan 10:00
 *                      ...                ...
 *                      15 Jan 10:00  -->   1 Mar 10:00
 *
 * A day has more than a thousand beginnings, but needs few nodes. Later
 * sessions depend on the day of a session and on its tail, the number of days
 * that it reaches into after its own day; the time of day matters only for the
 * session's own cost. So for each day and tail one node is enough, at the time
 * nearest to the client's usual time. If the session was proposed for this day
 * before, its old time replaces the node of the same tail, because a move costs
 * more than any time.
 *
 * Which days a layer covers depends on the layer before: each of its nodes
 * allows a range of days. These ranges overlap almost entirely. Instead of
 * walking each range, allowed_days() counts how many ranges begin and end on
 * each day, and the running sum of the counts is above 0 on every allowed day.
 * A layer therefore costs its own days plus the nodes before it, not their
 * product.
 *
 * The cost of a node leaves out one part: the days between the session and the
 * preferred day of its gap. That day depends on the node before, so
 * cheapest_in() adds this part when the layers are linked.
 *
 * Nodes are in order of day and time. Of two paths with the same cost, the one
 * with the earlier nodes is therefore found first and kept.
 */

/* The beginnings on days after the run's previous one, for one length: each
 * day is looked at once. */
struct smp_known_starts {
    int64_t length;
    struct known_day {
        bool known;
        struct smp_day_starts starts;
    } * days;
    size_t room;
};

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

static struct smp_day_starts
known_starts_on(struct smp_search *search, int32_t day, int64_t length)
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

static void
known_release(struct smp_search *search)
{
    size_t i;

    for (i = 0; i < search->known_count; i++)
        free(search->known[i].days);
    free(search->known);
}

int32_t
smp_range_clamp(int32_t day, int32_t first, int32_t last)
{
    return day < first ? first : day > last ? last : day;
}

static struct smp_range
whole_range(const struct smp_search *search, const struct smp_gap *rule,
            int32_t previous, int tail)
{
    const int32_t end = search->last_day;
    struct smp_series_gap gap = smp_gap_days(rule, search->first_day, previous);
    struct smp_range range = {gap.first, gap.last < end ? gap.last : end, 0};

    range.best = smp_range_clamp(
        gap.best, gap.first, range.last > gap.first ? range.last : gap.first);
    if (range.first < previous + tail + 1)
        range.first = previous + tail + 1;
    return range;
}

struct smp_range
smp_range_after(const struct smp_search *search, const struct smp_gap *rule,
                int32_t previous, int tail)
{
    struct smp_range range = whole_range(search, rule, previous, tail);
    int32_t radius = search->radius ? search->radius : SMP_GAP_FAR;

    if (range.first < range.best - radius)
        range.first = range.best - radius;
    if (range.last > range.best + radius)
        range.last = range.best + radius;
    return range;
}

/*
 * Returns true if the next fixed session keeps its gap to a session on this
 * day. A gap without a maximum never makes the fixed session too late.
 */
static bool
next_can_follow(const struct smp_search *search, const struct smp_gap *rule,
                int32_t day, int tail)
{
    struct smp_range range = whole_range(search, rule, day, tail);

    return search->next_day >= range.first &&
           (search->next_day <= range.last || search->next_is_late ||
            !(rule && rule->has_max));
}

bool
smp_nodes_next_is_late(const struct smp_search *search)
{
    const struct smp_gap *rule = search->slots[0].rule;

    return rule && rule->has_max &&
           search->next_day > whole_range(search, rule, search->previous_day,
                                          search->previous_tail)
                                  .last;
}

/* As next_can_follow(), but only the last slot of the run is restricted. */
static bool
next_can_follow_slot(const struct smp_search *search, size_t k, size_t count,
                     int32_t day, int tail)
{
    if (!search->has_next || k + 1 < count)
        return true;
    return next_can_follow(search,
                           k + 1 < search->count ? search->slots[k + 1].rule
                                                 : search->next_rule,
                           day, tail);
}

static void
add_node(const struct smp_search *search, struct smp_nodes *layer,
         const struct smp_series_slot *slot, struct smp_node node)
{
    int64_t seconds = abs(node.time - search->starts->time);

    layer->nodes = smp_grow(layer->nodes, layer->count, &layer->room,
                            sizeof *layer->nodes);
    node.cost = seconds;
    if (slot->was && !node.kept)
        node.cost += SMP_COST_MOVE;
    if (smp_weekday_of(node.day) != search->weekday)
        node.cost += SMP_COST_WEEKDAY;
    layer->nodes[layer->count++] = node;
}

/* Makes a node at the old time of a proposal, if that time still fits. */
static bool
stays(struct smp_search *search, const struct smp_series_slot *slot,
      int32_t day, struct smp_node *node)
{
    int64_t start;
    int tail;

    if (!slot->was || smp_session_day(slot->was) != day)
        return false;
    start = smp_session_start(slot->was) - (int64_t)day * SMP_DAY_SECONDS;
    if (!smp_starts_fit(search->starts, day, (int32_t)start, slot->length,
                        &tail))
        return false;
    *node = (struct smp_node){.day = day,
                              .time = (int32_t)start,
                              .tail = (uint8_t)tail,
                              .kept = true};
    return true;
}

static int
compare_nodes(const void *a, const void *b)
{
    const struct smp_node *first = a, *second = b;

    return (first->time > second->time) - (first->time < second->time);
}

/* Adds the nodes of a day: at most one per tail, in order of time. */
static void
add_day(struct smp_search *search, struct smp_nodes *layer, size_t k,
        size_t count, int32_t day, const struct smp_day_starts *starts)
{
    const struct smp_series_slot *slot = &search->slots[k];
    size_t before = layer->count;
    struct smp_node old = {0};
    bool kept = stays(search, slot, day, &old);
    int tail;

    for (tail = 0; tail < SMP_TAILS; tail++) {
        struct smp_node node = {
            .day = day, .time = starts->at[tail], .tail = (uint8_t)tail};

        if (kept && old.tail == tail)
            node = old;
        if (node.time != SMP_NO_START &&
            next_can_follow_slot(search, k, count, day, tail))
            add_node(search, layer, slot, node);
    }
    if (layer->count - before > 1)
        qsort(layer->nodes + before, layer->count - before,
              sizeof *layer->nodes, compare_nodes);
}

/*
 * The days allowed by at least one node of the layer before. `changes` has, per
 * day, the number of ranges that begin on it minus the number that ended on the
 * day before. Without allowed days, first is after last.
 */
struct allowed {
    int32_t first, last;
    int *changes;
};

/* The nodes before slot k: the layer before, or the session before the run. */
static const struct smp_node *
nodes_before(const struct smp_search *search, size_t k,
             struct smp_node *previous, size_t *count)
{
    *previous = (struct smp_node){.day = search->previous_day,
                                  .tail = (uint8_t)search->previous_tail};
    *count = k ? search->layers[k - 1].count : 1;
    return k ? search->layers[k - 1].nodes : previous;
}

static struct smp_range
range_of(const struct smp_search *search, size_t k, const struct smp_node *node)
{
    return smp_range_after(search, search->slots[k].rule, node->day,
                           node->tail);
}

static void
widen(struct allowed *allowed, struct smp_range range)
{
    if (range.first > range.last)
        return;
    if (range.first < allowed->first)
        allowed->first = range.first;
    if (range.last > allowed->last)
        allowed->last = range.last;
}

static void
mark(struct allowed *allowed, struct smp_range range)
{
    if (range.first > range.last)
        return;
    allowed->changes[range.first - allowed->first]++;
    allowed->changes[range.last + 1 - allowed->first]--;
}

static struct allowed
allowed_days(const struct smp_search *search, size_t k)
{
    struct allowed allowed = {INT32_MAX, INT32_MIN, NULL};
    struct smp_node previous;
    size_t i, n;
    const struct smp_node *nodes = nodes_before(search, k, &previous, &n);

    for (i = 0; i < n; i++)
        widen(&allowed, range_of(search, k, &nodes[i]));
    if (allowed.first > allowed.last)
        return allowed;
    allowed.changes = smp_calloc((size_t)(allowed.last - allowed.first) + 2,
                                 sizeof *allowed.changes);
    for (i = 0; i < n; i++)
        mark(&allowed, range_of(search, k, &nodes[i]));
    return allowed;
}

void
smp_nodes_fill(struct smp_search *search, size_t k, size_t count)
{
    struct smp_nodes *layer = &search->layers[k];
    const struct smp_series_slot *slot = &search->slots[k];
    struct allowed allowed = allowed_days(search, k);
    int32_t day;
    int ranges = 0;

    layer->count = 0;
    layer->minutes = 0;
    for (day = allowed.first; day <= allowed.last; day++) {
        struct smp_day_starts starts;

        ranges += allowed.changes[day - allowed.first];
        if (!ranges)
            continue;
        starts = known_starts_on(search, day, slot->length);
        layer->minutes += starts.minutes;
        add_day(search, layer, k, count, day, &starts);
    }
    free(allowed.changes);
}

/* Counts, per reason, the allowed days on which slot k has no room. */
void
smp_nodes_hindrance(struct smp_search *search, size_t k)
{
    struct allowed allowed = allowed_days(search, k);
    int64_t length = search->slots[k].length;
    int32_t day;
    int ranges = 0;

    search->hindrance =
        (struct smp_hindrance){.first = allowed.first, .last = allowed.last};
    for (day = allowed.first; day <= allowed.last; day++) {
        struct smp_day_starts starts;

        ranges += allowed.changes[day - allowed.first];
        if (!ranges)
            continue;
        starts = known_starts_on(search, day, length);
        if (!smp_starts_any(&starts))
            search->hindrance
                .days[smp_starts_obstacle(search->starts, day, length)]++;
    }
    free(allowed.changes);
}

static bool
is_before_day(const void *node, const void *day)
{
    return ((const struct smp_node *)node)->day < *(const int32_t *)day;
}

size_t
smp_nodes_from(const struct smp_nodes *layer, int32_t day)
{
    return smp_first_from(layer->nodes, layer->count, sizeof *layer->nodes,
                          &day, is_before_day);
}

/* Replaces the nodes [from, until) of a layer by those of `fresh`. */
static void
splice(struct smp_nodes *layer, size_t from, size_t until,
       const struct smp_nodes *fresh)
{
    size_t after = layer->count - until;
    struct smp_node *nodes;

    layer->count = from + fresh->count + after;
    if (layer->count > layer->room) {
        layer->room = layer->count;
        layer->nodes =
            smp_realloc(layer->nodes, layer->room * sizeof *layer->nodes);
    }
    nodes = layer->nodes + from;
    memmove(nodes + fresh->count, layer->nodes + until, after * sizeof *nodes);
    if (fresh->count)
        memcpy(nodes, fresh->nodes, fresh->count * sizeof *nodes);
}

void
smp_nodes_fill_again(struct smp_search *search, int32_t first, int32_t last)
{
    struct smp_range range =
        smp_range_after(search, search->slots[0].rule, search->previous_day,
                        search->previous_tail);
    struct smp_nodes *layer = &search->layers[0], fresh = {0};
    int32_t day = first > range.first ? first : range.first;

    for (; day <= last && day <= range.last; day++) {
        struct smp_day_starts starts =
            smp_starts_on(search->starts, day, search->slots[0].length);

        add_day(search, &fresh, 0, search->placed, day, &starts);
    }
    splice(layer, smp_nodes_from(layer, first), smp_nodes_from(layer, last + 1),
           &fresh);
    free(fresh.nodes);
}

void
smp_nodes_release(struct smp_search *search)
{
    size_t i;

    for (i = 0; search->layers && i < search->count; i++)
        free(search->layers[i].nodes);
    free(search->layers);
    known_release(search);
}
