#ifndef SMP_SCHEDULE_FAIR_H
#define SMP_SCHEDULE_FAIR_H

#include "schedule/schedule.h"

/*
 * --fair: plans are completed in the order of how little room they have, those
 * that get no whole series after all others, and given out in the order of the
 * input. Until then the completed ones wait in a file.
 */
struct served *fair_serve(struct smp_tool *tool, struct spool *input,
                          struct smp_err *err);

/* Puts the completed plan in the place of the next one of the input. */
bool fair_take(struct served *served, struct smp_tool *tool,
               struct smp_plan *plan, const struct smp_protocol *protocol,
               struct smp_err *err);

void fair_release(struct served *served);

#endif
