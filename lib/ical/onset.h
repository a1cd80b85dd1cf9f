#ifndef SMP_ICAL_ONSET_H
#define SMP_ICAL_ONSET_H

#include <stdint.h>

#include <libical/ical.h>

/*
 * The first day, from `day` on, of a yearly rule as a VTIMEZONE has it: by
 * month and week, by month and its days, or by the day of the year (RFC 5545,
 * section 3.3.10). libical's own iterator is not asked: it computes with ICU,
 * and to load that takes longer than to write a calendar.
 */
int32_t smp_first_onset(const struct icalrecurrencetype *rule, int32_t day);

#endif
