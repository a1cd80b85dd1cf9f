#ifndef SMP_SCHEDULE_RESERVE_H
#define SMP_SCHEDULE_RESERVE_H

#include "schedule/studio.h"

/*
 * What plans had proposed before keeps its chair until their turn comes, where
 * it has one: so a client who is new gets no time that somebody else was told.
 */
struct reserved {
    unsigned long plan; /* its line */
    struct smp_interval time;
};

struct reserve {
    struct reserved *at; /* by line */
    size_t count, room;
};

/* Takes chairs for what a plan proposes; plans come in their order. */
void reserve_take(struct reserve *reserve, unsigned long line,
                  const struct smp_plan *plan,
                  const struct smp_protocol *protocol,
                  const struct smp_series_wanted *wanted,
                  struct smp_busy *busy);

/* Gives a plan's chairs back, or takes them again. */
void reserve_give_back(const struct reserve *reserve, unsigned long line,
                       struct smp_busy *busy);
void reserve_take_again(const struct reserve *reserve, unsigned long line,
                        struct smp_busy *busy);

void reserve_release(struct reserve *reserve);

#endif
