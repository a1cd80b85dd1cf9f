#include "write/write.h"

#include <stdlib.h>
#include <string.h>

#include <libical/ical.h>

#include "base/utf8.h"
#include "protocol/words.h"
#include "write/entries.h"
#include "write/setup.h"
#include "write/vtimezone.h"

static const char end_of_calendar[] = "END:VCALENDAR\r\n";

/*
 * libical 3.0 has no hook for its memory and crashes inside where there is
 * none. So before each component more than it takes is taken and given back:
 * below malloc's thresholds, it stays at hand.
 */
static void
secure_memory(void)
{
    enum { MORE_THAN_ENOUGH = 100 << 10 };

    free(smp_alloc(MORE_THAN_ENOUGH));
}

/* What libical could not make all the same ends the program. */
static void *
made(void *thing)
{
    if (!thing)
        smp_out_of_memory();
    return thing;
}

static void
add(icalcomponent *component, icalproperty *property)
{
    icalcomponent_add_property(component, made(property));
}

static icalproperty *
x_property(const char *name, const char *value)
{
    icalproperty *property = made(icalproperty_new_x(value));

    icalproperty_set_x_name(property, name);
    return property;
}

/*
 * The text without what an X- property cannot carry: libical 3.0 does not
 * escape those.
 */
static void
plain(struct smp_buf *out, const char *text)
{
    size_t start = out->len, i;

    smp_utf8_clean(out, text, strlen(text));
    for (i = start; i < out->len; i++)
        if (strchr("\\;,", out->data[i]))
            out->data[i] = ' ';
}

/*
 * libical 3.0.16 folds a last chunk that is exactly full once too often, so
 * that a line ends with CR CR LF, a space and LF.
 */
static void
add_unbroken(struct smp_buf *out, const char *text)
{
    static const char broken[] = "\r\r\n \n";
    const char *at;

    while ((at = strstr(text, broken))) {
        smp_buf_add(out, text, (size_t)(at - text));
        smp_buf_puts(out, "\r\n");
        text = at + sizeof broken - 1;
    }
    smp_buf_puts(out, text);
}

static void
add_component(struct smp_buf *out, icalcomponent *component)
{
    char *text = made(icalcomponent_as_ical_string_r(component));

    add_unbroken(out, text);
    free(text);
    icalcomponent_free(component);
}

static icalproperty *
duration_property(const char *name, const char *value)
{
    icalproperty *property = x_property(name, value);

    if (strcmp(name, "REFRESH-INTERVAL") == 0)
        icalproperty_set_parameter_from_string(property, "VALUE", "DURATION");
    return property;
}

/* The header of the profile, its properties in this order. */
static void
begin(struct smp_writer *writer)
{
    const char *name = smp_label(writer->protocol, "calendar.name");
    const char *about = smp_label(writer->protocol, "calendar.description");
    icalcomponent *calendar;
    struct smp_buf text = {0};

    secure_memory();
    calendar = made(icalcomponent_new_vcalendar());
    smp_ical_setup();
    add(calendar, icalproperty_new_version("2.0"));
    add(calendar, icalproperty_new_prodid(writer->options.product));
    add(calendar, icalproperty_new_calscale("GREGORIAN"));
    add(calendar, icalproperty_new_name(name));
    plain(&text, name);
    add(calendar, x_property("X-WR-CALNAME", smp_buf_text(&text)));
    add(calendar, icalproperty_new_description(about));
    smp_buf_cut(&text, 0);
    plain(&text, about);
    add(calendar, x_property("X-WR-CALDESC", smp_buf_text(&text)));
    add(calendar, duration_property("REFRESH-INTERVAL", "PT12H"));
    add(calendar, duration_property("X-PUBLISHED-TTL", "PT12H"));
    add_component(&writer->out, calendar);
    smp_buf_cut(&writer->out, writer->out.len - (sizeof end_of_calendar - 1));
    smp_buf_release(&text);
}

static struct icaltimetype
ical_time(int64_t seconds, bool is_date, bool utc)
{
    int32_t day = smp_day_at(seconds);
    struct smp_civil date = smp_civil_of(day);
    int time = (int)(seconds - (int64_t)day * SMP_DAY_SECONDS);
    struct icaltimetype t = icaltime_null_time();

    t.year = date.year;
    t.month = date.month;
    t.day = date.day;
    t.is_date = is_date;
    if (!is_date) {
        t.hour = time / 3600;
        t.minute = time / 60 % 60;
        t.second = time % 60;
    }
    if (utc)
        t.zone = icaltimezone_get_utc_timezone();
    return t;
}

static void
add_bound(icalcomponent *event, icalproperty_kind kind, struct smp_when when,
          const struct smp_zone *zone, bool local)
{
    bool instant = when.kind == SMP_INSTANT;
    bool utc = instant || (when.kind == SMP_LOCAL && !local);
    int64_t seconds = utc && !instant ? smp_zone_to_instant(zone, when.seconds)
                                      : when.seconds;
    struct icaltimetype t = ical_time(seconds, when.kind == SMP_DAY, utc);
    icalproperty *property = made(icalproperty_new(kind));

    icalproperty_set_value(property, when.kind == SMP_DAY
                                         ? made(icalvalue_new_date(t))
                                         : made(icalvalue_new_datetime(t)));
    if (when.kind == SMP_DAY)
        icalproperty_set_parameter(
            property, made(icalparameter_new_value(ICAL_VALUE_DATE)));
    else if (!utc)
        icalproperty_set_parameter(
            property, made(icalparameter_new_tzid(smp_zone_name(zone))));
    add(event, property);
}

static void
add_alarm(icalcomponent *event, const struct smp_entry *entry)
{
    icalcomponent *alarm = made(icalcomponent_new_valarm());
    struct icaltriggertype trigger = {
        .time = icaltime_null_time(),
        .duration = icaldurationtype_from_int(entry->alarm)};

    add(alarm, icalproperty_new_action(ICAL_ACTION_DISPLAY));
    add(alarm, icalproperty_new_description(entry->summary));
    add(alarm, icalproperty_new_trigger(trigger));
    icalcomponent_add_component(event, alarm);
}

static void
add_identity(icalcomponent *event, const struct smp_entry *entry)
{
    struct icaltimetype stamp = ical_time(entry->modified, false, true);

    add(event, icalproperty_new_uid(entry->uid));
    add(event, icalproperty_new_dtstamp(stamp));
    add(event, icalproperty_new_lastmodified(stamp));
    add(event, icalproperty_new_sequence(entry->sequence));
}

static void
add_substance(icalcomponent *event, const struct smp_entry *entry)
{
    add(event, icalproperty_new_summary(entry->summary));
    if (*entry->description)
        add(event, icalproperty_new_description(entry->description));
    add(event, icalproperty_new_transp(entry->busy ? ICAL_TRANSP_OPAQUE
                                                   : ICAL_TRANSP_TRANSPARENT));
    add(event, x_property("X-MICROSOFT-CDO-BUSYSTATUS",
                          entry->busy ? "BUSY" : "FREE"));
    add(event, icalproperty_new_class(ICAL_CLASS_PRIVATE));
    add(event, icalproperty_new_categories(entry->category));
    if (entry->status)
        add(event,
            icalproperty_new_status(icalenum_string_to_status(entry->status)));
    if (entry->related)
        add(event, icalproperty_new_relatedto(entry->related));
}

/*
 * In the hour that a change of the clock repeats, a local end may be read as
 * one before the start: the entry keeps its length then.
 */
static struct smp_when
end_of(const struct smp_entry *entry, const struct smp_zone *zone)
{
    int64_t start = smp_zone_to_instant(zone, entry->start.seconds);
    int64_t end = smp_zone_to_instant(zone, entry->end.seconds);
    const int64_t hour = 3600;

    if (entry->end.kind != SMP_LOCAL || end > start)
        return entry->end;
    return (struct smp_when){SMP_INSTANT, end + hour};
}

static void
put_entry(struct smp_buf *out, const struct smp_entry *entry,
          const struct smp_zone *zone, bool local)
{
    icalcomponent *event;

    secure_memory();
    event = made(icalcomponent_new_vevent());
    add_identity(event, entry);
    add_bound(event, ICAL_DTSTART_PROPERTY, entry->start, zone, local);
    add_bound(event, ICAL_DTEND_PROPERTY, end_of(entry, zone), zone, local);
    add_substance(event, entry);
    if (entry->rings)
        add_alarm(event, entry);
    add_component(out, event);
}

/* A VTIMEZONE for the time of a plan, or around the stamp without one. */
static void
put_zone(struct smp_buf *out, const struct smp_zone *zone,
         const struct smp_plan *plan, int64_t stamp)
{
    enum { DAYS_BEFORE = 60, DAYS_AFTER = 400 };
    int64_t first = stamp, last = stamp;

    secure_memory();
    if (plan && plan->session_count) {
        first = smp_session_start(&plan->sessions[0]);
        last = smp_session_start(&plan->sessions[plan->session_count - 1]);
    }
    add_component(
        out, smp_vtimezone(zone, first - DAYS_BEFORE * (int64_t)SMP_DAY_SECONDS,
                           last + DAYS_AFTER * (int64_t)SMP_DAY_SECONDS));
}

/* Writes a zone's VTIMEZONE the first time it is used. */
static void
need_zone(struct smp_writer *writer, const struct smp_plan *plan)
{
    struct smp_buf name = {0};

    smp_buf_printf(&name, " %s ", smp_zone_name(plan->zone));
    if (!strstr(smp_buf_text(&writer->zones), smp_buf_text(&name))) {
        smp_buf_puts(&writer->zones, smp_buf_text(&name));
        put_zone(&writer->out, plan->zone, plan, writer->options.stamp);
    }
    smp_buf_release(&name);
}

static void
put_client(struct smp_writer *writer, struct smp_buf *out,
           struct smp_plan *plan, const struct smp_protocol *protocol,
           bool named)
{
    struct smp_entry *entries;
    size_t n = smp_entries(plan, protocol, &writer->options, named, &entries);
    size_t i;

    for (i = 0; i < n; i++)
        put_entry(out, &entries[i], plan->zone, writer->options.local);
    free(entries);
}

/*
 * Names stand in the summaries only where there is more than one client, so
 * the first is kept both ways until a second one comes.
 */
static void
put(struct smp_writer *writer, struct smp_plan *plan,
    const struct smp_protocol *protocol)
{
    if (writer->options.local)
        need_zone(writer, plan);
    writer->plans++;
    if (writer->plans == 1) {
        put_client(writer, &writer->held, plan, protocol, false);
        put_client(writer, &writer->held_named, plan, protocol, true);
        return;
    }
    smp_buf_puts(&writer->out, smp_buf_text(&writer->held_named));
    smp_buf_release(&writer->held_named);
    put_client(writer, &writer->out, plan, protocol, true);
}

static void
end(struct smp_writer *writer)
{
    if (writer->plans == 1)
        smp_buf_puts(&writer->out, smp_buf_text(&writer->held));
    if (!writer->held.len && !writer->zones.len)
        put_zone(&writer->out, writer->options.zone, NULL,
                 writer->options.stamp);
    smp_buf_puts(&writer->out, end_of_calendar);
}

const struct smp_renderer smp_write_calendar = {begin, put, end};
