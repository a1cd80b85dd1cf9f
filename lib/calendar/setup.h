#ifndef SMP_CALENDAR_SETUP_H
#define SMP_CALENDAR_SETUP_H

/*
 * Before the first use of libical: its errors end no program, and it has no
 * time zones but UTC, for those of lib/time are used. Left alone, it reads the
 * system's table of zones to write its first time, which takes longer than to
 * write a calendar.
 */
void smp_ical_setup(void);

#endif
