#ifndef SMP_SCHEDULE_RESERVE_H
#define SMP_SCHEDULE_RESERVE_H

#include "schedule/studio.h"

/*
 * What plans had proposed before keeps its chair until their turn comes, where
 * it has one: so a client who is new gets no time that somebody else was told.
 * Plans are counted from 0 in the order of the input, those that are rejected
 * left out.
 */
struct reserved {
    size_t plan;
    struct smp_interval time;
};

struct reserve {
    struct reserved *at; /* by plan */
    size_t count, room;
};

/* Takes chairs for what a plan proposes; plans come in their order. */
void reserve_take(struct reserve *reserve, size_t number,
                  const struct smp_plan *plan,
                  const struct smp_protocol *protocol,
                  const struct smp_series_wanted *wanted,
                  struct smp_busy *busy);

/* Gives a plan's chairs back, or takes them again. */
void reserve_give_back(const struct reserve *reserve, size_t number,
                       struct smp_busy *busy);
void reserve_take_again(const struct reserve *reserve, size_t number,
                        struct smp_busy *busy);

void reserve_release(struct reserve *reserve);

#endif
