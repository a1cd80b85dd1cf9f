#ifndef SMP_ICAL_CALENDAR_H
#define SMP_ICAL_CALENDAR_H

#include "write/write.h"

/* The first and the last lines of a calendar, for the .c files of this room. */
void smp_calendar_begin(struct smp_writer *writer,
                        const struct smp_protocol *protocol);
void smp_calendar_end(struct smp_writer *writer);

#endif
