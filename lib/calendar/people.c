#include <string.h>
#include <strings.h>

#include "calendar/read.h"

/* The address without mailto:, NULL where it is none of mail. */
static const char *
mail_address(const char *uri)
{
    if (!uri)
        return NULL;
    if (strncasecmp(uri, "mailto:", 7) == 0)
        uri += 7;
    uri += strspn(uri, " ");
    return strchr(uri, '@') ? uri : NULL;
}

static const char *
organizer_address(icalcomponent *component)
{
    icalproperty *property =
        icalcomponent_get_first_property(component, ICAL_ORGANIZER_PROPERTY);

    return property ? mail_address(icalproperty_get_organizer(property)) : NULL;
}

static bool
is_thing(icalproperty *attendee)
{
    icalparameter *kind =
        icalproperty_get_first_parameter(attendee, ICAL_CUTYPE_PARAMETER);

    if (!kind)
        return false;
    return icalparameter_get_cutype(kind) == ICAL_CUTYPE_ROOM ||
           icalparameter_get_cutype(kind) == ICAL_CUTYPE_RESOURCE;
}

static bool
is_client(icalproperty *attendee, const char *organizer)
{
    const char *address = mail_address(icalproperty_get_attendee(attendee));

    return !is_thing(attendee) &&
           !(organizer && address && strcasecmp(organizer, address) == 0);
}

static char *
keep_lower(struct cal_reader *reader, const char *text)
{
    char *kept = smp_cal_keep_text(reader, text);

    for (char *at = kept; *at; at++)
        if (*at >= 'A' && *at <= 'Z')
            *at = (char)(*at - 'A' + 'a');
    return kept;
}

static void
keep_client(struct cal_reader *reader, struct cal_event *event,
            icalproperty *client)
{
    icalparameter *name =
        icalproperty_get_first_parameter(client, ICAL_CN_PARAMETER);
    icalparameter *answer =
        icalproperty_get_first_parameter(client, ICAL_PARTSTAT_PARAMETER);
    const char *address = mail_address(icalproperty_get_attendee(client));

    if (name && icalparameter_get_cn(name) && *icalparameter_get_cn(name))
        event->client_name =
            smp_cal_keep_text(reader, icalparameter_get_cn(name));
    if (address)
        event->client_address = keep_lower(reader, address);
    event->declined =
        answer && icalparameter_get_partstat(answer) == ICAL_PARTSTAT_DECLINED;
}

void
smp_cal_keep_people(struct cal_reader *reader, struct cal_event *event,
                    icalcomponent *component)
{
    const char *organizer = organizer_address(component);
    icalproperty *client = NULL, *property;

    for (property = icalcomponent_get_first_property(component,
                                                     ICAL_ATTENDEE_PROPERTY);
         property; property = icalcomponent_get_next_property(
                       component, ICAL_ATTENDEE_PROPERTY)) {
        if (!is_client(property, organizer))
            continue;
        event->many_clients = client != NULL;
        if (client)
            break;
        client = property;
    }
    if (client)
        keep_client(reader, event, client);
}
