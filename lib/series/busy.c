#include "series/internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "time/civil.h"

/* At an instant so many chairs more, or fewer, are taken: never 0. */
struct edge {
    int64_t at;
    int by;
};

/*
 * The edges, ascending, are in blocks, so that one that comes or goes moves few
 * of the others. A block knows how many chairs are taken before its first edge.
 * None is empty but the first one, when there is no edge at all.
 */
enum { BLOCK = 256 };

struct block {
    struct edge *edges; /* room for BLOCK of them */
    size_t count;
    int before;
};

struct smp_busy {
    struct block *blocks;
    size_t count, room;
    size_t added;
};

/* Puts an empty block in, and makes no others. */
static struct block *
add_block(struct smp_busy *busy, size_t index)
{
    struct block *block;

    busy->blocks =
        smp_grow(busy->blocks, busy->count, &busy->room, sizeof *busy->blocks);
    block = &busy->blocks[index];
    memmove(block + 1, block, (busy->count - index) * sizeof *block);
    busy->count++;
    *block = (struct block){.edges = smp_calloc(BLOCK, sizeof *block->edges)};
    return block;
}

struct smp_busy *
smp_busy_new(void)
{
    struct smp_busy *busy = smp_calloc(1, sizeof *busy);

    add_block(busy, 0);
    return busy;
}

void
smp_busy_free(struct smp_busy *busy)
{
    size_t i;

    if (!busy)
        return;
    for (i = 0; i < busy->count; i++)
        free(busy->blocks[i].edges);
    free(busy->blocks);
    free(busy);
}

void
smp_intervals_add(struct smp_intervals *list, int64_t from, int64_t until)
{
    list->at = smp_grow(list->at, list->count, &list->room, sizeof *list->at);
    list->at[list->count++] = (struct smp_interval){from, until};
}

static int
compare_intervals(const void *a, const void *b)
{
    const struct smp_interval *one = a, *other = b;

    return (one->from > other->from) - (one->from < other->from);
}

void
smp_intervals_sort(struct smp_intervals *list)
{
    if (list->count)
        qsort(list->at, list->count, sizeof *list->at, compare_intervals);
}

void
smp_intervals_release(struct smp_intervals *list)
{
    free(list->at);
    *list = (struct smp_intervals){0};
}

static bool
begins_by(const void *block, const void *at)
{
    return ((const struct block *)block)->edges[0].at <= *(const int64_t *)at;
}

/* The block that an instant belongs to: the last one that begins by then, else
 * the first one. */
static size_t
block_of(const struct smp_busy *busy, int64_t at)
{
    return smp_first_from(busy->blocks + 1, busy->count - 1,
                          sizeof *busy->blocks, &at, begins_by);
}

static bool
is_edge_before(const void *edge, const void *at)
{
    return ((const struct edge *)edge)->at < *(const int64_t *)at;
}

/* The first edge of a block at or after an instant. */
static size_t
edge_from(const struct block *block, int64_t at)
{
    return smp_first_from(block->edges, block->count, sizeof *block->edges, &at,
                          is_edge_before);
}

/* Makes room for two edges where an instant belongs. */
static void
make_room(struct smp_busy *busy, int64_t at)
{
    size_t index = block_of(busy, at), i, half = BLOCK / 2;
    struct block *block, *next;

    if (busy->blocks[index].count + 2 <= BLOCK)
        return;
    next = add_block(busy, index + 1);
    block = next - 1;
    next->count = block->count - half;
    memcpy(next->edges, block->edges + half, next->count * sizeof *next->edges);
    block->count = half;
    next->before = block->before;
    for (i = 0; i < half; i++)
        next->before += block->edges[i].by;
}

static void
put_edge(struct block *block, int64_t at, int by)
{
    size_t index = edge_from(block, at);
    struct edge *edge = &block->edges[index];
    size_t after = block->count - index;

    if (after && edge->at == at) {
        edge->by += by;
        if (edge->by)
            return;
        memmove(edge, edge + 1, (after - 1) * sizeof *edge);
        block->count--;
        return;
    }
    memmove(edge + 1, edge, after * sizeof *edge);
    *edge = (struct edge){at, by};
    block->count++;
}

/* Joins a block and the next one if there is little in them. */
static void
join(struct smp_busy *busy, size_t index)
{
    struct block *block = &busy->blocks[index], *next = block + 1;

    if (index + 1 >= busy->count ||
        (block->count && next->count && block->count + next->count > BLOCK / 2))
        return;
    memcpy(block->edges + block->count, next->edges,
           next->count * sizeof *next->edges);
    block->count += next->count;
    free(next->edges);
    busy->count--;
    memmove(next, next + 1, (busy->count - index - 1) * sizeof *next);
}

static void
join_around(struct smp_busy *busy, size_t index)
{
    join(busy, index);
    if (index)
        join(busy, index - 1);
}

static void
change(struct smp_busy *busy, int64_t from, int64_t until, int by)
{
    size_t first, last, i;

    make_room(busy, from);
    make_room(busy, until);
    first = block_of(busy, from);
    last = block_of(busy, until);
    put_edge(&busy->blocks[first], from, by);
    put_edge(&busy->blocks[last], until, -by);
    for (i = first + 1; i <= last; i++)
        busy->blocks[i].before += by;
    join_around(busy, last);
    if (first != last)
        join_around(busy, first);
}

/* Cuts off what lies outside the years; whether anything is left. */
static bool
clip(int64_t *from, int64_t *until)
{
    const int32_t begin = smp_day_of(SMP_YEAR_MIN, 1, 1);
    const int64_t first = (int64_t)(begin - SMP_BUSY_SLACK) * SMP_DAY_SECONDS;
    const int32_t after = smp_day_of(SMP_YEAR_MAX + 1, 1, 1);
    const int64_t end = (int64_t)(after + SMP_BUSY_SLACK) * SMP_DAY_SECONDS;

    if (*from < first)
        *from = first;
    if (*until > end)
        *until = end;
    return *from < *until;
}

bool
smp_busy_add(struct smp_busy *busy, int64_t from, int64_t until)
{
    if (!clip(&from, &until))
        return true;
    if (busy->added == SMP_BUSY_MAX)
        return false;
    busy->added++;
    change(busy, from, until, 1);
    return true;
}

void
smp_busy_remove(struct smp_busy *busy, int64_t from, int64_t until)
{
    if (!clip(&from, &until))
        return;
    busy->added--;
    change(busy, from, until, -1);
}

/* The edges after an instant, one after the other. */
struct walk {
    const struct smp_busy *busy;
    size_t block, edge; /* the next one */
    int taken;
};

/* How many are taken at the instant. */
static int
walk_begin(struct walk *walk, const struct smp_busy *busy, int64_t from)
{
    const struct block *block;

    *walk = (struct walk){.busy = busy, .block = block_of(busy, from)};
    block = &busy->blocks[walk->block];
    walk->taken = block->before;
    while (walk->edge < block->count && block->edges[walk->edge].at <= from)
        walk->taken += block->edges[walk->edge++].by;
    return walk->taken;
}

/* The next instant at which something changes, and the number from it on. */
static bool
walk_next(struct walk *walk, int64_t *at, int *taken)
{
    const struct smp_busy *busy = walk->busy;
    const struct edge *edge;

    if (walk->edge == busy->blocks[walk->block].count) {
        if (walk->block + 1 == busy->count)
            return false;
        walk->block++;
        walk->edge = 0;
    }
    edge = &busy->blocks[walk->block].edges[walk->edge++];
    *at = edge->at;
    *taken = walk->taken += edge->by;
    return true;
}

void
smp_busy_taken(const struct smp_busy *busy, int64_t from, int64_t until,
               int chairs, struct smp_intervals *taken)
{
    struct walk walk;
    int now = walk_begin(&walk, busy, from);
    int64_t at = from, next;

    taken->count = 0;
    while (at < until) {
        int then = 0;

        if (!walk_next(&walk, &next, &then) || next > until)
            next = until;
        if (now >= chairs && taken->count &&
            taken->at[taken->count - 1].until == at)
            taken->at[taken->count - 1].until = next;
        else if (now >= chairs)
            smp_intervals_add(taken, at, next);
        at = next;
        now = then;
    }
}

int
smp_busy_most(const struct smp_busy *busy, int64_t from, int64_t until)
{
    struct walk walk;
    int taken = walk_begin(&walk, busy, from), most = 0;
    int64_t at = from;

    while (at < until) {
        if (taken > most)
            most = taken;
        if (!walk_next(&walk, &at, &taken))
            break;
    }
    return most;
}
