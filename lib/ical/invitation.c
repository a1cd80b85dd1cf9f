#include "ical/invitation.h"

#include <string.h>

#include "plan/plan.h"

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
