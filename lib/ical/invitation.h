#ifndef SMP_ICAL_INVITATION_H
#define SMP_ICAL_INVITATION_H

#include "plan/plan.h"
#include "protocol/protocol.h"
#include "ical/calendar.h"

/*
 * Whether a plan can be mailed by a method (iTIP, RFC 5546): the organizer is
 * the studio, by its email or a contact that is an address; the attendee is
 * the client, by the plan's email, and none for SMP_METHOD_PUBLISH.
 */
bool smp_can_be_mailed(const struct smp_plan *plan,
                       const struct smp_protocol *protocol,
                       enum smp_method method, struct smp_err *err);

/* The studio's address, or NULL. */
const char *smp_organizer(const struct smp_protocol *protocol);

#endif
