#include "schedule/reserve.h"

#include <stdlib.h>

void
reserve_take(struct reserve *reserve, unsigned long line,
             const struct smp_plan *plan, const struct smp_protocol *protocol,
             const struct smp_series_wanted *wanted, struct smp_busy *busy)
{
    size_t i;

    for (i = 0; i < plan->session_count; i++) {
        struct smp_interval time =
            smp_series_interval(plan, &plan->sessions[i], protocol, wanted);

        if (!smp_series_is(plan, &plan->sessions[i], SMP_SERIES_PROPOSED) ||
            smp_busy_most(busy, time.from, time.until) >= wanted->chairs ||
            !smp_busy_add(busy, time.from, time.until))
            continue;
        reserve->at = smp_grow(reserve->at, reserve->count, &reserve->room,
                               sizeof *reserve->at);
        reserve->at[reserve->count++] = (struct reserved){line, time};
    }
}

/* The first of a plan's, or where it would be. */
static size_t
first_of(const struct reserve *reserve, unsigned long line)
{
    size_t low = 0, high = reserve->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (reserve->at[middle].plan < line)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void
reserve_give_back(const struct reserve *reserve, unsigned long line,
                  struct smp_busy *busy)
{
    size_t i = first_of(reserve, line);

    for (; i < reserve->count && reserve->at[i].plan == line; i++)
        smp_busy_remove(busy, reserve->at[i].time.from,
                        reserve->at[i].time.until);
}

void
reserve_take_again(const struct reserve *reserve, unsigned long line,
                   struct smp_busy *busy)
{
    size_t i = first_of(reserve, line);

    for (; i < reserve->count && reserve->at[i].plan == line; i++)
        smp_busy_add(busy, reserve->at[i].time.from, reserve->at[i].time.until);
}

void
reserve_release(struct reserve *reserve)
{
    free(reserve->at);
}
