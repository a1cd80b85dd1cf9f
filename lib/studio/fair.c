#include "studio/studio.h"

#include <stdlib.h>

/*
 * Who is served first where many want the same chairs. Of the orders tried on
 * random crowded studios, the one by slack (the minutes at which the sessions
 * of a client can begin) makes the most series whole: a client with little room
 * loses it to any other, a client with much room finds another time. It is a
 * rule of thumb, and now and then the order of the input does better. So if
 * some series is not whole, both orders are tried, and the better one is kept;
 * of two equal ones the one by slack. That costs at most three times one order.
 */
struct serving {
    struct smp_turn *turns;
    size_t count;
    enum smp_served (*serve)(void *context, size_t plan, bool only_whole);
    void (*restart)(void *context);
    void *context;
    size_t whole;
    bool stopped;
};

static int
compare_slack(const void *a, const void *b)
{
    const struct smp_turn *one = a, *other = b;

    if (one->slack != other->slack)
        return one->slack < other->slack ? -1 : 1;
    return one->plan < other->plan ? -1 : one->plan > other->plan;
}

static int
compare_plan(const void *a, const void *b)
{
    const struct smp_turn *one = a, *other = b;

    return one->plan < other->plan ? -1 : one->plan > other->plan;
}

static void
sort(struct serving *s, int (*compare)(const void *a, const void *b))
{
    if (s->count)
        qsort(s->turns, s->count, sizeof *s->turns, compare);
}

/* Serves all who wait, in the order of the turns. */
static void
serve_waiting(struct serving *s, bool only_whole)
{
    size_t i;

    for (i = 0; i < s->count && !s->stopped; i++) {
        struct smp_turn *turn = &s->turns[i];
        enum smp_served served = SMP_NOT_SERVED;

        if (!turn->served)
            served = s->serve(s->context, turn->plan, only_whole);
        turn->served |= served != SMP_NOT_SERVED;
        s->whole += served == SMP_SERVED_WHOLE;
        s->stopped = served == SMP_STOP_SERVING;
    }
}

static void
serve_by_slack(struct serving *s)
{
    sort(s, compare_slack);
    serve_waiting(s, true);
    serve_waiting(s, false);
}

static void
restart(struct serving *s)
{
    size_t i;

    s->restart(s->context);
    for (i = 0; i < s->count; i++)
        s->turns[i].served = false;
    s->whole = 0;
}

void
smp_fair_serve(struct smp_turn *turns, size_t count,
               enum smp_served (*serve)(void *context, size_t plan,
                                        bool only_whole),
               void (*undo)(void *context), void *context)
{
    struct serving s = {turns, count, serve, undo, context};
    size_t by_slack;

    serve_by_slack(&s);
    by_slack = s.whole;
    if (by_slack == count || s.stopped)
        return;
    restart(&s);
    sort(&s, compare_plan);
    serve_waiting(&s, false);
    if (s.whole > by_slack || s.stopped)
        return;
    restart(&s);
    serve_by_slack(&s);
}
