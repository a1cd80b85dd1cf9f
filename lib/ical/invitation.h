#ifndef SMP_ICAL_INVITATION_H
#define SMP_ICAL_INVITATION_H

#include <stdbool.h>

#include "ical/calendar.h"

/*
 * Returns true if a plan can be mailed by a method (iTIP, RFC 5546). The
 * organizer is the studio: its email, or its contact if that is an address. The
 * attendee is the client: the plan's email. SMP_METHOD_PUBLISH has no attendee.
 */
bool smp_can_be_mailed(const struct smp_plan *plan,
                       const struct smp_protocol *protocol,
                       enum smp_method method, struct smp_err *err);

/* Returns the studio's address, or NULL. */
const char *smp_organizer(const struct smp_protocol *protocol);

struct smp_session;

/*
 * Appends the calendar of one session to calendar->out, to be mailed by the
 * method of calendar->options.
 */
void smp_invitation_put(struct smp_calendar_writer *calendar,
                        struct smp_plan *plan,
                        const struct smp_protocol *protocol,
                        const struct smp_session *session);

#endif
