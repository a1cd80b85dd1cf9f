#ifndef SMP_CALENDAR_WINDOWS_H
#define SMP_CALENDAR_WINDOWS_H

/*
 * The IANA name for a time zone as Windows names it ("W. Europe Standard
 * Time"), in any case of letters; NULL where it is none of those.
 */
const char *smp_windows_zone(const char *name);

#endif
