#ifndef SMP_ICAL_ALARM_H
#define SMP_ICAL_ALARM_H

#include "protocol/protocol.h"
#include "time/civil.h"
#include "time/zone.h"

/*
 * When an alarm of something that starts then may ring, in seconds from its
 * start: as wanted, unless that is in the quiet hours of the protocol. What
 * would ring in their evening rings a little before they begin, what would in
 * their morning when they end or, if that is no longer before the start, in
 * the evening too. Readers count a day as 24 hours or by the calendar; it is
 * not in the quiet hours either way.
 */
int smp_calm_alarm(const struct smp_protocol *protocol,
                   const struct smp_zone *zone, struct smp_when start,
                   int wanted);

/* The instant at which it rings: the earlier of the two readings. */
int64_t smp_alarm_instant(const struct smp_zone *zone, struct smp_when start,
                          int offset);

#endif
