#ifndef SMP_TEXT_TIMELINE_H
#define SMP_TEXT_TIMELINE_H

#include "write/write.h"

/*
 * Appends the plan's sessions as a small calendar: a row a month, a column a
 * day; of more than three years the months that have something. Nothing for a
 * plan of one session. The marks are ASCII or not and coloured or not by the
 * writer's options.
 */
void smp_write_timeline(struct smp_writer *writer, const struct smp_plan *plan,
                        const struct smp_protocol *protocol);

#endif
