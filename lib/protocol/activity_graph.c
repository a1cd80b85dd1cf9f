#include "protocol/activity_graph.h"

#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "protocol/protocol.h"

/* Ids by their numbers. */
struct numbers {
    uint32_t *at;
    size_t count;
};

/*
 * Ids are numbered in the order of their texts: those of activities, and those
 * that only rules or other activities mention.
 */
struct smp_activity_graph {
    struct smp_arena arena;
    const struct smp_protocol *protocol;
    const char **ids;
    size_t count;
    size_t everything;  /* the number of "*", `count` where nothing names it */
    struct numbers *is; /* by id: what it is a kind of */
    struct numbers *what; /* by rule: what it speaks of */

    /* By rule, once two are compared: what it speaks of, and that with all it
     * is a kind of; sets of ids. */
    uint64_t *named, *reached;
    size_t words; /* of a set */
};

static int
compare_ids(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
add_ids(struct smp_activity_graph *graph, const struct smp_strings *ids)
{
    if (ids->count)
        memcpy(graph->ids + graph->count, ids->at,
               ids->count * sizeof *graph->ids);
    graph->count += ids->count;
}

size_t
smp_activity_mentions(const struct smp_protocol *p)
{
    size_t i, count = p->activity_count;

    for (i = 0; i < p->activity_count; i++)
        count += p->activities[i].is.count;
    for (i = 0; i < p->rule_count; i++)
        count += p->rules[i].what.count;
    return count;
}

/* All ids, sorted, each once. */
static void
collect_ids(struct smp_activity_graph *graph)
{
    const struct smp_protocol *p = graph->protocol;
    size_t i, kept = 0;

    graph->ids = smp_arena_take(&graph->arena,
                                smp_activity_mentions(p) * sizeof *graph->ids);
    for (i = 0; i < p->activity_count; i++) {
        graph->ids[graph->count++] = p->activities[i].id;
        add_ids(graph, &p->activities[i].is);
    }
    for (i = 0; i < p->rule_count; i++)
        add_ids(graph, &p->rules[i].what);
    qsort(graph->ids, graph->count, sizeof *graph->ids, compare_ids);
    for (i = 0; i < graph->count; i++)
        if (!kept || strcmp(graph->ids[kept - 1], graph->ids[i]) != 0)
            graph->ids[kept++] = graph->ids[i];
    graph->count = kept;
}

/* The number of an id, `count` where nothing mentions it. */
static size_t
number_of(const struct smp_activity_graph *graph, const char *id)
{
    const char *const *found =
        bsearch(&id, graph->ids, graph->count, sizeof *graph->ids, compare_ids);

    return found ? (size_t)(found - (const char *const *)graph->ids)
                 : graph->count;
}

static struct numbers
number_all(struct smp_activity_graph *graph, const struct smp_strings *ids)
{
    struct numbers numbers = {
        .at = smp_arena_take(&graph->arena, ids->count * sizeof *numbers.at)};

    for (; numbers.count < ids->count; numbers.count++)
        numbers.at[numbers.count] =
            (uint32_t)number_of(graph, ids->at[numbers.count]);
    return numbers;
}

struct smp_activity_graph *
smp_activity_graph_new(const struct smp_protocol *protocol)
{
    struct smp_activity_graph *graph = smp_calloc(1, sizeof *graph);
    size_t i;

    graph->protocol = protocol;
    collect_ids(graph);
    graph->everything = number_of(graph, SMP_EVERYTHING);
    graph->is =
        smp_arena_alloc(&graph->arena, graph->count * sizeof *graph->is);
    graph->what = smp_arena_alloc(&graph->arena,
                                  protocol->rule_count * sizeof *graph->what);
    for (i = 0; i < protocol->activity_count; i++) {
        const struct smp_activity *activity = &protocol->activities[i];
        struct numbers *is = &graph->is[number_of(graph, activity->id)];

        if (!is->at) /* of two that are called alike, the first */
            *is = number_all(graph, &activity->is);
    }
    for (i = 0; i < protocol->rule_count; i++)
        graph->what[i] = number_all(graph, &protocol->rules[i].what);
    return graph;
}

void
smp_activity_graph_free(struct smp_activity_graph *graph)
{
    if (!graph)
        return;
    smp_arena_release(&graph->arena);
    free(graph->named);
    free(graph->reached);
    free(graph);
}

/* Ids in the order in which they were reached, breadth first, each once. */
struct search {
    uint32_t *queue;
    int *steps; /* by id */
    size_t count;
};

static struct search
search_new(const struct smp_activity_graph *graph)
{
    struct search s = {
        .queue = smp_calloc(graph->count, sizeof *s.queue),
        .steps = smp_calloc(graph->count, sizeof *s.steps),
    };
    size_t i;

    for (i = 0; i < graph->count; i++)
        s.steps[i] = SMP_NO_PATH;
    return s;
}

static void
search_free(struct search *s)
{
    free(s->queue);
    free(s->steps);
}

static void
reach(struct search *s, uint32_t id, int steps)
{
    if (s->steps[id] != SMP_NO_PATH)
        return;
    s->steps[id] = steps;
    s->queue[s->count++] = id;
}

static void
go_on(struct search *s, const struct smp_activity_graph *graph)
{
    size_t next, i;

    for (next = 0; next < s->count; next++) {
        uint32_t id = s->queue[next];

        for (i = 0; i < graph->is[id].count; i++)
            reach(s, graph->is[id].at[i], s->steps[id] + 1);
    }
    if (s->count && graph->everything < graph->count)
        reach(s, (uint32_t)graph->everything,
              s->steps[s->queue[s->count - 1]] + 1);
}

static int
fewest_steps(const struct search *s, const struct numbers *what)
{
    int best = SMP_NO_PATH;
    size_t i;

    for (i = 0; i < what->count; i++) {
        int steps = s->steps[what->at[i]];

        if (steps != SMP_NO_PATH && (best == SMP_NO_PATH || steps < best))
            best = steps;
    }
    return best;
}

/*
 * The ids that the activity reaches have places, in the order of the search;
 * `wider` has a row of bits for each of them, what it is a kind of, which is
 * filled when it is first looked at.
 */
struct smp_subject {
    const struct smp_activity_graph *graph;
    struct search reached;
    size_t *places; /* by id */
    int *distances; /* by rule */
    uint64_t *wider;
    bool *filled;
    size_t words; /* of a row */
};

struct smp_subject *
smp_subject_new(const struct smp_activity_graph *graph, const char *activity)
{
    struct smp_subject *s = smp_calloc(1, sizeof *s);
    size_t rules = graph->protocol->rule_count, i;
    size_t first = number_of(graph, activity);

    s->graph = graph;
    s->reached = search_new(graph);
    if (first < graph->count)
        reach(&s->reached, (uint32_t)first, 0);
    go_on(&s->reached, graph);
    s->places = smp_calloc(graph->count, sizeof *s->places);
    for (i = 0; i < s->reached.count; i++)
        s->places[s->reached.queue[i]] = i;
    s->distances = smp_calloc(rules, sizeof *s->distances);
    for (i = 0; i < rules; i++)
        s->distances[i] = fewest_steps(&s->reached, &graph->what[i]);
    s->words = s->reached.count / 64 + 1;
    return s;
}

void
smp_subject_free(struct smp_subject *s)
{
    if (!s)
        return;
    search_free(&s->reached);
    free(s->places);
    free(s->distances);
    free(s->wider);
    free(s->filled);
    free(s);
}

int
smp_subject_distance(const struct smp_subject *s, size_t rule)
{
    return s->distances[rule];
}

static const uint64_t *
row_of(struct smp_subject *s, uint32_t id)
{
    size_t place = s->places[id], i;
    uint64_t *row;

    if (!s->wider) {
        s->wider = smp_calloc(s->reached.count * s->words, sizeof *s->wider);
        s->filled = smp_calloc(s->reached.count, sizeof *s->filled);
    }
    row = s->wider + place * s->words;
    if (!s->filled[place]) {
        struct search above = search_new(s->graph);

        reach(&above, id, 0);
        go_on(&above, s->graph);
        for (i = 0; i < above.count; i++) {
            size_t wide = s->places[above.queue[i]];

            row[wide / 64] |= UINT64_C(1) << wide % 64;
        }
        search_free(&above);
        s->filled[place] = true;
    }
    return row;
}

static bool
is_kind_of(struct smp_subject *s, uint32_t id, uint32_t of)
{
    size_t place = s->places[of];

    return row_of(s, id)[place / 64] >> place % 64 & 1;
}

static enum smp_kin
kin_of(struct smp_subject *s, uint32_t id, uint32_t other)
{
    if (id == other)
        return SMP_KIN_SAME;
    return is_kind_of(s, id, other) && !is_kind_of(s, other, id)
               ? SMP_KIN_NARROWER
               : SMP_KIN_NONE;
}

static bool
is_named(const struct smp_subject *s, uint32_t id)
{
    return s->reached.steps[id] != SMP_NO_PATH;
}

/* Of one id, towards each that the second rule names: the least. */
static enum smp_kin
least_kin(struct smp_subject *s, uint32_t id, const struct numbers *what)
{
    enum smp_kin least = SMP_KIN_NARROWER;
    size_t i;

    for (i = 0; i < what->count && least != SMP_KIN_NONE; i++)
        if (is_named(s, what->at[i])) {
            enum smp_kin kin = kin_of(s, id, what->at[i]);

            if (kin < least)
                least = kin;
        }
    return least;
}

enum smp_kin
smp_subject_compare(struct smp_subject *s, size_t first, size_t second)
{
    const struct numbers *what = &s->graph->what[first];
    enum smp_kin best = SMP_KIN_NONE;
    size_t i;

    for (i = 0; i < what->count && best != SMP_KIN_NARROWER; i++)
        if (is_named(s, what->at[i])) {
            enum smp_kin kin =
                least_kin(s, what->at[i], &s->graph->what[second]);

            if (kin > best)
                best = kin;
        }
    return best;
}

static void
add_all(uint64_t *set, const uint32_t *ids, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++)
        set[ids[i] / 64] |= UINT64_C(1) << ids[i] % 64;
}

static void
make_sets(struct smp_activity_graph *graph)
{
    size_t rules = graph->protocol->rule_count, i, j;

    graph->words = graph->count / 64 + 1;
    graph->named = smp_calloc(rules * graph->words, sizeof *graph->named);
    graph->reached = smp_calloc(rules * graph->words, sizeof *graph->reached);
    for (i = 0; i < rules; i++) {
        const struct numbers *what = &graph->what[i];
        struct search s = search_new(graph);

        for (j = 0; j < what->count; j++)
            reach(&s, what->at[j], 0);
        go_on(&s, graph);
        add_all(graph->named + i * graph->words, what->at, what->count);
        add_all(graph->reached + i * graph->words, s.queue, s.count);
        search_free(&s);
    }
}

bool
smp_rules_meet(struct smp_activity_graph *graph, size_t narrow, size_t wide)
{
    const uint64_t *reached, *named;
    size_t i;

    if (!graph->named)
        make_sets(graph);
    reached = graph->reached + narrow * graph->words;
    named = graph->named + wide * graph->words;
    for (i = 0; i < graph->words; i++)
        if (reached[i] & named[i])
            return true;
    return false;
}

bool
smp_rules_contradict(struct smp_activity_graph *graph, size_t a, size_t b)
{
    const struct smp_rule *rules = graph->protocol->rules;

    if (smp_verb_forbids(rules[a].verb) &&
        smp_verbs[rules[b].verb].kind == SMP_TASK)
        return smp_rules_meet(graph, b, a);
    if (smp_verb_forbids(rules[b].verb) &&
        smp_verbs[rules[a].verb].kind == SMP_TASK)
        return smp_rules_meet(graph, a, b);
    return false;
}
