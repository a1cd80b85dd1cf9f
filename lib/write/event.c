#include "write/event.h"

#include <string.h>

#include "write/component.h"

static void
add_bound(icalcomponent *event, icalproperty_kind kind, struct smp_when when,
          const struct smp_zone *zone, bool local)
{
    bool instant = when.kind == SMP_INSTANT;
    bool utc = instant || (when.kind == SMP_LOCAL && !local);
    int64_t seconds = utc && !instant ? smp_zone_to_instant(zone, when.seconds)
                                      : when.seconds;
    struct icaltimetype t = smp_ical_time(seconds, when.kind == SMP_DAY, utc);
    icalproperty *property = smp_made(icalproperty_new(kind));

    icalproperty_set_value(property, when.kind == SMP_DAY
                                         ? smp_made(icalvalue_new_date(t))
                                         : smp_made(icalvalue_new_datetime(t)));
    if (when.kind == SMP_DAY)
        icalproperty_set_parameter(
            property, smp_made(icalparameter_new_value(ICAL_VALUE_DATE)));
    else if (!utc)
        icalproperty_set_parameter(
            property, smp_made(icalparameter_new_tzid(smp_zone_name(zone))));
    smp_add_property(event, property);
}

static void
add_alarm(icalcomponent *event, const struct smp_entry *entry)
{
    icalcomponent *alarm = smp_made(icalcomponent_new_valarm());
    struct icaltriggertype trigger = {
        .time = icaltime_null_time(),
        .duration = icaldurationtype_from_int(entry->alarm)};

    smp_add_property(alarm, icalproperty_new_action(ICAL_ACTION_DISPLAY));
    smp_add_property(alarm, icalproperty_new_description(entry->summary));
    smp_add_property(alarm, icalproperty_new_trigger(trigger));
    icalcomponent_add_component(event, alarm);
}

static void
add_identity(icalcomponent *event, const struct smp_entry *entry)
{
    struct icaltimetype stamp = smp_ical_time(entry->modified, false, true);

    smp_add_property(event, icalproperty_new_uid(entry->uid));
    smp_add_property(event, icalproperty_new_dtstamp(stamp));
    smp_add_property(event, icalproperty_new_lastmodified(stamp));
    smp_add_property(event, icalproperty_new_sequence(entry->sequence));
}

static void
add_substance(icalcomponent *event, const struct smp_entry *entry)
{
    smp_add_property(event, icalproperty_new_summary(entry->summary));
    if (*entry->description)
        smp_add_property(event,
                         icalproperty_new_description(entry->description));
    smp_add_property(
        event, icalproperty_new_transp(entry->busy ? ICAL_TRANSP_OPAQUE
                                                   : ICAL_TRANSP_TRANSPARENT));
    smp_add_property(event, smp_x_property("X-MICROSOFT-CDO-BUSYSTATUS",
                                           entry->busy ? "BUSY" : "FREE"));
    smp_add_property(event, icalproperty_new_class(ICAL_CLASS_PRIVATE));
    smp_add_property(event, icalproperty_new_categories(entry->category));
    if (entry->status)
        smp_add_property(event, icalproperty_new_status(
                                    icalenum_string_to_status(entry->status)));
    if (entry->related)
        smp_add_property(event, icalproperty_new_relatedto(entry->related));
}

/*
 * In the hour that a change of the clock repeats, a local end may be read as
 * one before the start: the entry keeps its length then.
 */
struct smp_when
smp_event_end(const struct smp_entry *entry, const struct smp_zone *zone)
{
    int64_t start = smp_zone_to_instant(zone, entry->start.seconds);
    int64_t end = smp_zone_to_instant(zone, entry->end.seconds);
    const int64_t hour = 3600;

    if (entry->end.kind != SMP_LOCAL || end > start)
        return entry->end;
    return (struct smp_when){SMP_INSTANT, end + hour};
}

void
smp_event_put(struct smp_buf *out, const struct smp_entry *entry,
              const struct smp_zone *zone, bool local)
{
    icalcomponent *event;

    smp_secure_memory();
    event = smp_made(icalcomponent_new_vevent());
    add_identity(event, entry);
    add_bound(event, ICAL_DTSTART_PROPERTY, entry->start, zone, local);
    add_bound(event, ICAL_DTEND_PROPERTY, entry->end, zone, local);
    add_substance(event, entry);
    if (entry->rings)
        add_alarm(event, entry);
    smp_add_component(out, event);
}
