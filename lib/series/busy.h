#ifndef SMP_SERIES_BUSY_H
#define SMP_SERIES_BUSY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * When a studio's chairs are taken: intervals [from, until) of instants, each
 * of which takes one chair. Memory grows with their number, not their length.
 * Looking up, adding and removing, in any order, cost the logarithm of it,
 * unless an interval spans very many others.
 */
struct smp_busy;

/* An empty one, to be given to smp_busy_free. */
struct smp_busy *smp_busy_new(void);
void smp_busy_free(struct smp_busy *busy);

/*
 * Takes a chair. What lies outside the years 1900 to 2100 is cut off, but for
 * SMP_BUSY_SLACK days on either side: their last evening ends later in UTC. An
 * interval without an instant takes nothing. False, and nothing is taken,
 * after SMP_BUSY_MAX intervals.
 */
enum { SMP_BUSY_MAX = 2000000, SMP_BUSY_SLACK = 3 };

bool smp_busy_add(struct smp_busy *busy, int64_t from, int64_t until);

/*
 * Gives the chair of an interval back that was added, and not refused; what is
 * left is as if it had never been there.
 */
void smp_busy_remove(struct smp_busy *busy, int64_t from, int64_t until);

/* A list of intervals of instants. Start with a zeroed struct. */
struct smp_interval {
    int64_t from, until;
};

struct smp_intervals {
    struct smp_interval *at;
    size_t count, room;
};

void smp_intervals_add(struct smp_intervals *list, int64_t from, int64_t until);
void smp_intervals_release(struct smp_intervals *list);

/*
 * Sets the list to the intervals of [from, until) in which at least so many
 * chairs are taken: in their order, apart from each other.
 */
void smp_busy_taken(const struct smp_busy *busy, int64_t from, int64_t until,
                    int chairs, struct smp_intervals *taken);

/* The most chairs that are taken at one instant of [from, until). */
int smp_busy_most(const struct smp_busy *busy, int64_t from, int64_t until);

#endif
