#ifndef SMP_WRITE_TIMELINE_H
#define SMP_WRITE_TIMELINE_H

#include "write/write.h"

/*
 * Appends the plan's sessions as a small calendar: a row a month that has
 * something to show, a column a day. Nothing for a plan of one session. The
 * marks are ASCII or not and coloured or not by the writer's options.
 */
void smp_write_timeline(struct smp_writer *writer, const struct smp_plan *plan,
                        const struct smp_protocol *protocol);

#endif
