#include "series/busy.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "time/civil.h"

/*
 * The instants at which the number of taken chairs changes, ascending, and the
 * number from each on. What was added or removed last waits until there is
 * enough of it to be worked in, so that this and looking up may take turns.
 */
struct step {
    int64_t at;
    int taken;
};

/* An interval that takes a chair, or gives one back. */
struct change {
    int64_t from, until;
    int by;
};

struct smp_busy {
    struct step *steps;
    size_t step_count;
    struct change *waiting;
    size_t waiting_count, waiting_room;
    size_t added;
};

/* A change by a number of chairs. */
struct edge {
    int64_t at;
    int by;
};

enum { WAITING_MIN = 64, WAITING_PART = 128 };

struct smp_busy *
smp_busy_new(void)
{
    return smp_calloc(1, sizeof(struct smp_busy));
}

void
smp_busy_free(struct smp_busy *busy)
{
    if (!busy)
        return;
    free(busy->steps);
    free(busy->waiting);
    free(busy);
}

void
smp_intervals_add(struct smp_intervals *list, int64_t from, int64_t until)
{
    list->at = smp_grow(list->at, list->count, &list->room, sizeof *list->at);
    list->at[list->count++] = (struct smp_interval){from, until};
}

void
smp_intervals_release(struct smp_intervals *list)
{
    free(list->at);
    *list = (struct smp_intervals){0};
}

static int
compare_edges(const void *a, const void *b)
{
    const struct edge *first = a, *second = b;

    return (first->at > second->at) - (first->at < second->at);
}

/* The edges of what waits and meets [from, until): the caller frees them. */
static struct edge *
waiting_edges(const struct smp_busy *busy, int64_t from, int64_t until,
              size_t *count)
{
    struct edge *edges = NULL;
    size_t i, room = 0;

    *count = 0;
    for (i = 0; i < busy->waiting_count; i++) {
        const struct change *one = &busy->waiting[i];

        if (one->from >= until || one->until <= from)
            continue;
        edges = smp_grow(edges, *count, &room, sizeof *edges);
        edges[(*count)++] = (struct edge){one->from, one->by};
        edges = smp_grow(edges, *count, &room, sizeof *edges);
        edges[(*count)++] = (struct edge){one->until, -one->by};
    }
    if (*count)
        qsort(edges, *count, sizeof *edges, compare_edges);
    return edges;
}

/* Steps and edges together, in their order. */
struct walk {
    const struct smp_busy *busy;
    struct edge *edges;
    size_t edge, edge_count, step;
    int of_steps, of_edges;
};

/* The first step after an instant. */
static size_t
step_after(const struct smp_busy *busy, int64_t instant)
{
    size_t low = 0, high = busy->step_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (busy->steps[middle].at <= instant)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int
walk_begin(struct walk *walk, const struct smp_busy *busy, int64_t from,
           int64_t until)
{
    *walk = (struct walk){.busy = busy};
    walk->edges = waiting_edges(busy, from, until, &walk->edge_count);
    walk->step = step_after(busy, from);
    if (walk->step)
        walk->of_steps = busy->steps[walk->step - 1].taken;
    while (walk->edge < walk->edge_count && walk->edges[walk->edge].at <= from)
        walk->of_edges += walk->edges[walk->edge++].by;
    return walk->of_steps + walk->of_edges;
}

/* The next instant at which something changes, and the number from it on. */
static bool
walk_next(struct walk *walk, int64_t *at, int *taken)
{
    const struct smp_busy *busy = walk->busy;
    bool more = false;

    *at = INT64_MAX;
    if (walk->step < busy->step_count) {
        *at = busy->steps[walk->step].at;
        more = true;
    }
    if (walk->edge < walk->edge_count && walk->edges[walk->edge].at <= *at) {
        *at = walk->edges[walk->edge].at;
        more = true;
    }
    if (walk->step < busy->step_count && busy->steps[walk->step].at == *at)
        walk->of_steps = busy->steps[walk->step++].taken;
    while (walk->edge < walk->edge_count && walk->edges[walk->edge].at == *at)
        walk->of_edges += walk->edges[walk->edge++].by;
    *taken = walk->of_steps + walk->of_edges;
    return more;
}

/* Works in what waits. */
static void
settle(struct smp_busy *busy)
{
    struct step *steps =
        smp_calloc(busy->step_count + 2 * busy->waiting_count, sizeof *steps);
    size_t n = 0;
    struct walk walk;
    int64_t at;
    int taken;

    walk_begin(&walk, busy, INT64_MIN, INT64_MAX);
    while (walk_next(&walk, &at, &taken))
        if (taken != (n ? steps[n - 1].taken : 0))
            steps[n++] = (struct step){at, taken};
    free(walk.edges);
    free(busy->steps);
    busy->steps = steps;
    busy->step_count = n;
    busy->waiting_count = 0;
}

/* Cuts off what lies outside the years; whether anything is left. */
static bool
clip(int64_t *from, int64_t *until)
{
    int64_t first = (int64_t)smp_day_of(SMP_YEAR_MIN, 1, 1) * SMP_DAY_SECONDS;
    int64_t end = (int64_t)smp_day_of(SMP_YEAR_MAX + 1, 1, 1) * SMP_DAY_SECONDS;

    if (*from < first)
        *from = first;
    if (*until > end)
        *until = end;
    return *from < *until;
}

static void
change(struct smp_busy *busy, int64_t from, int64_t until, int by)
{
    busy->waiting = smp_grow(busy->waiting, busy->waiting_count,
                             &busy->waiting_room, sizeof *busy->waiting);
    busy->waiting[busy->waiting_count++] = (struct change){from, until, by};
    if (busy->waiting_count >= WAITING_MIN &&
        busy->waiting_count >= busy->step_count / WAITING_PART)
        settle(busy);
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

void
smp_busy_taken(const struct smp_busy *busy, int64_t from, int64_t until,
               int chairs, struct smp_intervals *taken)
{
    struct walk walk;
    int now = walk_begin(&walk, busy, from, until);
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
    free(walk.edges);
}

int
smp_busy_most(const struct smp_busy *busy, int64_t from, int64_t until)
{
    struct walk walk;
    int taken = walk_begin(&walk, busy, from, until), most = 0;
    int64_t at = from;

    while (at < until) {
        if (taken > most)
            most = taken;
        if (!walk_next(&walk, &at, &taken))
            break;
    }
    free(walk.edges);
    return most;
}
