#ifndef SMP_TIME_TZRULE_H
#define SMP_TIME_TZRULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct smp_zone_rule;

/* What holds for ever, from the POSIX TZ string of a zone's file. */

/*
 * Reads all n octets; false if they are no such string. One that names
 * daylight saving time must say when it starts and ends: POSIX leaves that
 * to the system, a TZif file does not.
 */
bool smp_tzrule_read(struct smp_zone_rule *rule, const char *text, size_t n);

/* A rule without changes; false if the abbreviation is not well formed. */
bool smp_tzrule_fixed(struct smp_zone_rule *rule, const char *name,
                      int32_t offset);

/* The offset at an instant; as far as two million years from 1970. */
int32_t smp_tzrule_offset(const struct smp_zone_rule *rule, int64_t instant);

/* As smp_zone_next_change, by the rule alone. */
bool smp_tzrule_next_change(const struct smp_zone_rule *rule, int64_t from,
                            int64_t until, int64_t *when);

#endif
