#include "studio/studio.h"

#include <stdlib.h>

static int
compare_slack(const void *a, const void *b)
{
    const struct smp_turn *one = a, *other = b;

    if (one->slack != other->slack)
        return one->slack < other->slack ? -1 : 1;
    return one->plan < other->plan ? -1 : one->plan > other->plan;
}

void
smp_fair_serve(struct smp_turn *turns, size_t count,
               bool (*serve)(void *context, size_t plan, bool only_whole,
                             bool *stop),
               void *context)
{
    bool stop = false;
    size_t i;
    int only_whole;

    if (count)
        qsort(turns, count, sizeof *turns, compare_slack);
    for (only_whole = 1; only_whole >= 0; only_whole--)
        for (i = 0; i < count && !stop; i++)
            if (!turns[i].served)
                turns[i].served =
                    serve(context, turns[i].plan, only_whole, &stop);
}
