/*
 * The yardstick of make bench: calendars with libical and nothing else, the
 * plain way, which is to build each event, to serialise it and to free it.
 * Events are read as lines "NAME<TAB>VALUE" with an empty line after each;
 * 0x1f stands for a newline in a value, ALARM begins an event's alarm.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libical/ical.h>

static icalproperty *
x_property(const char *name, const char *value)
{
    icalproperty *property = icalproperty_new_x(value);

    icalproperty_set_x_name(property, name);
    return property;
}

static icalproperty *
time_property(icalproperty_kind kind, const char *value)
{
    struct icaltimetype time = icaltime_from_string(value);
    icalproperty *property = icalproperty_new(kind);

    icalproperty_set_value(property, time.is_date
                                         ? icalvalue_new_date(time)
                                         : icalvalue_new_datetime(time));
    if (time.is_date)
        icalproperty_set_parameter(property,
                                   icalparameter_new_value(ICAL_VALUE_DATE));
    return property;
}

static icalproperty *
trigger(const char *value)
{
    return icalproperty_new_trigger(icaltriggertype_from_string(value));
}

static icalproperty *
property_of(const char *name, const char *value)
{
    icalproperty_kind kind = icalproperty_string_to_kind(name);

    switch (kind) {
    case ICAL_DTSTAMP_PROPERTY:
        return icalproperty_new_dtstamp(icaltime_from_string(value));
    case ICAL_LASTMODIFIED_PROPERTY:
        return icalproperty_new_lastmodified(icaltime_from_string(value));
    case ICAL_DTSTART_PROPERTY:
    case ICAL_DTEND_PROPERTY:
        return time_property(kind, value);
    case ICAL_SEQUENCE_PROPERTY:
        return icalproperty_new_sequence(atoi(value));
    case ICAL_TRANSP_PROPERTY:
        return icalproperty_new_transp(*value == 'O' ? ICAL_TRANSP_OPAQUE
                                                     : ICAL_TRANSP_TRANSPARENT);
    case ICAL_CLASS_PROPERTY:
        return icalproperty_new_class(ICAL_CLASS_PRIVATE);
    case ICAL_STATUS_PROPERTY:
        return icalproperty_new_status(icalenum_string_to_status(value));
    case ICAL_UID_PROPERTY:
        return icalproperty_new_uid(value);
    case ICAL_SUMMARY_PROPERTY:
        return icalproperty_new_summary(value);
    case ICAL_DESCRIPTION_PROPERTY:
        return icalproperty_new_description(value);
    case ICAL_CATEGORIES_PROPERTY:
        return icalproperty_new_categories(value);
    case ICAL_RELATEDTO_PROPERTY:
        return icalproperty_new_relatedto(value);
    case ICAL_ACTION_PROPERTY:
        return icalproperty_new_action(ICAL_ACTION_DISPLAY);
    case ICAL_TRIGGER_PROPERTY:
        return trigger(value);
    default:
        return x_property(name, value);
    }
}

static void
write_event(icalcomponent *event)
{
    char *text = icalcomponent_as_ical_string_r(event);

    fputs(text, stdout);
    free(text);
    icalcomponent_free(event);
}

static void
add_line(icalcomponent *event, icalcomponent **alarm, char *line)
{
    char *value = strchr(line, '\t'), *at;

    if (!value) {
        *alarm = icalcomponent_new_valarm();
        icalcomponent_add_component(event, *alarm);
        return;
    }
    *value++ = '\0';
    for (at = value; (at = strchr(at, 0x1f));)
        *at = '\n';
    icalcomponent_add_property(*alarm ? *alarm : event,
                               property_of(line, value));
}

int
main(void)
{
    icalcomponent *event = NULL, *alarm = NULL;
    char *line = NULL;
    size_t room = 0;
    ssize_t n;

    icalerror_set_errors_are_fatal(0);
    while ((n = getline(&line, &room, stdin)) > 0) {
        line[n - 1] = '\0';
        if (*line) {
            if (!event)
                event = icalcomponent_new_vevent();
            add_line(event, &alarm, line);
        } else if (event) {
            write_event(event);
            event = alarm = NULL;
        }
    }
    free(line);
    return fflush(stdout) || ferror(stdout) ? 1 : 0;
}
