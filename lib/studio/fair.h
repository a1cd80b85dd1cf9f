#ifndef SMP_STUDIO_FAIR_H
#define SMP_STUDIO_FAIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A client who is to be served, and how much room there is for their series. */
struct smp_turn {
    size_t plan;   /* the caller's number */
    int64_t slack; /* of smp_schedule_slack() */
    bool served;
};

/*
 * Serves the clients with the fewest options first, and those who get no whole
 * series after all others. `serve` completes a plan, with `only_whole` only if
 * its series is whole, and returns true if it did; it sets *stop to end early.
 * The turns are sorted.
 */
void smp_fair_serve(struct smp_turn *turns, size_t count,
                    bool (*serve)(void *context, size_t plan, bool only_whole,
                                  bool *stop),
                    void *context);

#endif
