#include "ical/invitation.h"

#include <stdlib.h>
#include <string.h>

#include "ical/calendar.h"
#include "ical/entries.h"
#include "ical/event.h"

/* Of RFC 5322's atoms, what needs no escape in a mailto URI (RFC 6068). */
static const char local_part[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "abcdefghijklmnopqrstuvwxyz0123456789"
                                 ".!$'*+_~-";
static const char domain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                             "abcdefghijklmnopqrstuvwxyz0123456789.-";

static bool
is_address(const char *text)
{
    enum { LONGEST = 254 };
    size_t n = text ? strspn(text, local_part) : 0;

    return n && text[n] == '@' && text[n + 1] && strlen(text) <= LONGEST &&
           !text[n + 1 + strspn(text + n + 1, domain)];
}

const char *
smp_organizer(const struct smp_protocol *protocol)
{
    const struct smp_studio *studio = &protocol->studio;

    if (studio->email)
        return is_address(studio->email) ? studio->email : NULL;
    return is_address(studio->contact) ? studio->contact : NULL;
}

bool
smp_can_be_mailed(const struct smp_plan *plan,
                  const struct smp_protocol *protocol, enum smp_method method,
                  struct smp_err *err)
{
    if (method == SMP_METHOD_NONE)
        return true;
    if (!smp_organizer(protocol))
        return smp_fail(err, "the protocol's studio has no email address");
    if (method == SMP_METHOD_PUBLISH)
        return true;
    if (!plan->email)
        return smp_fail(err, "email: missing");
    return is_address(plan->email) ||
           smp_fail(err, "email: not a mail address that can be used");
}

/*
 * A request invites to what is booked. What is withdrawn is what the plan says
 * is cancelled or, of one made from operands, all that they name.
 */
static bool
is_meant(const struct smp_calendar_writer *calendar,
         const struct smp_plan *plan, const struct smp_session *session)
{
    if (calendar->options.method == SMP_METHOD_REQUEST)
        return session->status == SMP_BOOKED;
    return session->status == SMP_CANCELLED ||
           (!plan->record && session->status == SMP_BOOKED);
}

static void
put_session(struct smp_calendar_writer *calendar, struct smp_plan *plan,
            const struct smp_protocol *protocol,
            const struct smp_session *session)
{
    struct smp_entry entry;

    smp_session_entry(plan, protocol, &calendar->options, session, &entry);
    smp_calendar_open(calendar, protocol);
    smp_event_put(calendar->out, &entry, plan->zone, false);
    smp_calendar_close(calendar);
    calendar->plans++;
}

/* A calendar a session: the events of one message have one UID. */
void
smp_invitations_put(struct smp_calendar_writer *calendar, struct smp_plan *plan,
                    const struct smp_protocol *protocol)
{
    size_t i;

    for (i = 0; i < plan->session_count; i++)
        if (is_meant(calendar, plan, &plan->sessions[i]))
            put_session(calendar, plan, protocol, &plan->sessions[i]);
}
