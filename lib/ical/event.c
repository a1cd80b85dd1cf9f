#include "ical/event.h"

#include <string.h>

#include "base/utf8.h"
#include "ical/component.h"

void
smp_summary(struct smp_buf *out, const struct smp_entry *entry)
{
    if (entry->name)
        smp_buf_puts(out, entry->name);
    smp_buf_puts(out, entry->summary);
}

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

/*
 * From the start of an event: whole days as such, all else in hours, which
 * every reader counts alike.
 */
static struct icaldurationtype
offset(int seconds)
{
    struct icaldurationtype duration = icaldurationtype_from_int(seconds);

    if (seconds % SMP_DAY_SECONDS) {
        duration.hours += duration.days * 24 + duration.weeks * 7 * 24;
        duration.days = duration.weeks = 0;
    }
    return duration;
}

static void
add_alarm(icalcomponent *event, const struct smp_entry *entry,
          const char *summary)
{
    icalcomponent *alarm = smp_made(icalcomponent_new_valarm());
    struct icaltriggertype trigger = {.time = icaltime_null_time(),
                                      .duration = offset(entry->alarm)};

    smp_add_property(alarm, icalproperty_new_action(ICAL_ACTION_DISPLAY));
    smp_add_property(alarm, icalproperty_new_description(summary));
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

/* Parameters carry neither quotes nor what RFC 6868 would escape. */
static void
add_name(icalproperty *property, const char *name)
{
    struct smp_buf text = {0};
    size_t i, kept = 0;

    if (name)
        smp_utf8_clean(&text, name, strlen(name));
    for (i = 0; i < text.len; i++)
        if (!strchr("\"^", text.data[i]))
            text.data[kept++] = text.data[i];
    smp_buf_cut(&text, kept);
    if (text.len)
        icalproperty_set_parameter(property,
                                   smp_made(icalparameter_new_cn(text.data)));
    smp_buf_release(&text);
}

static void
add_parties(icalcomponent *event, const struct smp_entry *entry)
{
    struct smp_buf uri = {0};
    icalproperty *property;

    if (entry->organizer.address) {
        smp_buf_printf(&uri, "mailto:%s", entry->organizer.address);
        property = smp_made(icalproperty_new_organizer(uri.data));
        add_name(property, entry->organizer.name);
        smp_add_property(event, property);
    }
    smp_buf_cut(&uri, 0);
    if (entry->attendee.address) {
        smp_buf_printf(&uri, "mailto:%s", entry->attendee.address);
        property = smp_made(icalproperty_new_attendee(uri.data));
        icalproperty_set_parameter(property, smp_made(icalparameter_new_cutype(
                                                 ICAL_CUTYPE_INDIVIDUAL)));
        icalproperty_set_parameter(property, smp_made(icalparameter_new_role(
                                                 ICAL_ROLE_REQPARTICIPANT)));
        icalproperty_set_parameter(
            property,
            smp_made(icalparameter_new_partstat(ICAL_PARTSTAT_NEEDSACTION)));
        icalproperty_set_parameter(
            property, smp_made(icalparameter_new_rsvp(ICAL_RSVP_FALSE)));
        add_name(property, entry->attendee.name);
        smp_add_property(event, property);
    }
    smp_buf_release(&uri);
}

static void
add_substance(icalcomponent *event, const struct smp_entry *entry,
              const char *summary)
{
    smp_add_property(event, icalproperty_new_summary(summary));
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
    add_parties(event, entry);
}

void
smp_event_settle(struct smp_entry *entry, const struct smp_zone *zone,
                 struct smp_zone_near *near)
{
    const int64_t hour = 3600;

    if (entry->end.kind != SMP_LOCAL)
        return;
    entry->from = smp_zone_to_instant_near(zone, entry->start.seconds, near);
    entry->until = smp_zone_to_instant_near(zone, entry->end.seconds, near);
    if (entry->until > entry->from)
        return;
    entry->until += hour;
    entry->end = (struct smp_when){SMP_INSTANT, entry->until};
}

void
smp_event_put(struct smp_buf *out, const struct smp_entry *entry,
              const struct smp_zone *zone, bool local)
{
    struct smp_entry settled = *entry;
    struct smp_buf summary = {0};
    icalcomponent *event;
    struct smp_zone_near near = {0};

    smp_event_settle(&settled, zone, &near);
    smp_summary(&summary, entry);
    smp_ical_begin();
    event = smp_made(icalcomponent_new_vevent());
    add_identity(event, entry);
    add_bound(event, ICAL_DTSTART_PROPERTY, entry->start, zone, local);
    add_bound(event, ICAL_DTEND_PROPERTY, settled.end, zone, local);
    add_substance(event, entry, smp_buf_text(&summary));
    if (entry->rings)
        add_alarm(event, entry, smp_buf_text(&summary));
    smp_add_component(out, event);
    smp_buf_release(&summary);
}
