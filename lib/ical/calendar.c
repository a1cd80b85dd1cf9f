#include "ical/calendar.h"

#include <string.h>

#include "base/base.h"
#include "base/utf8.h"
#include "protocol/words.h"
#include "ical/component.h"
#include "ical/entries.h"

static const char end_of_calendar[] = "END:VCALENDAR\r\n";

/* libical 3.0 does not escape the values of X- properties. */
static void
plain(struct smp_buf *out, const char *text)
{
    size_t start = out->len, i;

    smp_utf8_clean(out, text, strlen(text));
    for (i = start; i < out->len; i++)
        if (strchr("\\;,", out->data[i]))
            out->data[i] = ' ';
}

static icalproperty *
duration_property(const char *name, const char *value)
{
    icalproperty *property = smp_x_property(name, value);

    if (strcmp(name, "REFRESH-INTERVAL") == 0)
        icalproperty_set_parameter_from_string(property, "VALUE", "DURATION");
    return property;
}

static const char *
word(const struct smp_protocol *protocol, const char *group, const char *name)
{
    const char *text = smp_label_of(protocol, group, name);

    return text ? text : "";
}

/* Adds the properties that describe a feed, in the order of the profile. */
static void
describe(const struct smp_calendar_options *options,
         const struct smp_protocol *protocol, icalcomponent *component)
{
    bool discreet = options->discretion != SMP_OPEN;
    const char *group = discreet ? "discreet.calendar." : "calendar.";
    const char *name = word(protocol, group, "name");
    const char *about = word(protocol, group, "description");
    struct smp_buf text = {0};

    smp_add_property(component, icalproperty_new_name(name));
    plain(&text, name);
    smp_add_property(component,
                     smp_x_property("X-WR-CALNAME", smp_buf_text(&text)));
    smp_add_property(component, icalproperty_new_description(about));
    smp_buf_cut(&text, 0);
    plain(&text, about);
    smp_add_property(component,
                     smp_x_property("X-WR-CALDESC", smp_buf_text(&text)));
    smp_add_property(component, duration_property("REFRESH-INTERVAL", "PT12H"));
    smp_add_property(component, duration_property("X-PUBLISHED-TTL", "PT12H"));
    smp_buf_release(&text);
}

/* A calendar has the header of the profile; one to be mailed has a METHOD. */
static void
put_header(struct smp_buf *out, const struct smp_calendar_options *options,
           const struct smp_protocol *protocol)
{
    static const icalproperty_method methods[] = {
        [SMP_METHOD_PUBLISH] = ICAL_METHOD_PUBLISH,
        [SMP_METHOD_REQUEST] = ICAL_METHOD_REQUEST,
        [SMP_METHOD_CANCEL] = ICAL_METHOD_CANCEL,
    };
    icalcomponent *component;

    smp_ical_begin();
    component = smp_ical_check(icalcomponent_new_vcalendar());
    smp_add_property(component, icalproperty_new_version("2.0"));
    smp_add_property(component, icalproperty_new_prodid(options->product));
    smp_add_property(component, icalproperty_new_calscale("GREGORIAN"));
    if (options->method == SMP_METHOD_NONE)
        describe(options, protocol, component);
    else
        smp_add_property(component,
                         icalproperty_new_method(methods[options->method]));
    smp_component_put(out, component);
    smp_buf_cut(out, out->len - (sizeof end_of_calendar - 1));
}

static void
close_calendar(struct smp_buf *out)
{
    smp_buf_puts(out, end_of_calendar);
}

/* Appends all that a header depends on. */
static void
name_header(struct smp_buf *out, const struct smp_calendar_writer *calendar)
{
    const struct smp_calendar_options *options = &calendar->options;
    const char *group =
        options->discretion != SMP_OPEN ? "discreet.calendar." : "calendar.";

    smp_buf_digits(out, (int)options->method);
    smp_buf_add(out, options->product, strlen(options->product) + 1);
    if (options->method != SMP_METHOD_NONE)
        return;
    smp_buf_puts(out, word(calendar->protocol, group, "name"));
    smp_buf_putc(out, '\0');
    smp_buf_puts(out, word(calendar->protocol, group, "description"));
}

/* The feeds of a studio have the same header: the last one is kept. */
void
smp_calendar_begin(struct smp_calendar_writer *calendar)
{
    struct smp_templates *kept = &calendar->templates;
    struct smp_buf of = {0};

    name_header(&of, calendar);
    if (of.len != kept->header_of.len ||
        memcmp(of.data, kept->header_of.data, of.len) != 0) {
        smp_buf_cut(&kept->header, 0);
        put_header(&kept->header, &calendar->options, calendar->protocol);
        smp_buf_cut(&kept->header_of, 0);
        smp_buf_add(&kept->header_of, of.data, of.len);
    }
    smp_buf_add(calendar->out, kept->header.data, kept->header.len);
    smp_buf_release(&of);
}

/* The VTIMEZONE is right around the plan's sessions, else the stamp. */
static void
put_zone(struct smp_buf *out, const struct smp_zone *zone,
         const struct smp_plan *plan, int64_t stamp)
{
    enum { DAYS_BEFORE = 60, DAYS_AFTER = 400 };
    int64_t first = stamp, last = stamp;

    smp_ical_begin();
    if (plan && plan->session_count) {
        first = smp_session_start(&plan->sessions[0]);
        last = smp_session_start(&plan->sessions[plan->session_count - 1]);
    }
    smp_component_put(
        out, smp_vtimezone(zone, first - DAYS_BEFORE * (int64_t)SMP_DAY_SECONDS,
                           last + DAYS_AFTER * (int64_t)SMP_DAY_SECONDS));
}

/* Writes a zone's VTIMEZONE the first time it is used. */
static void
need_zone(struct smp_calendar_writer *calendar, const struct smp_plan *plan)
{
    struct smp_buf name = {0};

    smp_buf_printf(&name, " %s ", smp_zone_name(plan->zone));
    if (!strstr(smp_buf_text(&calendar->zones), smp_buf_text(&name))) {
        smp_buf_puts(&calendar->zones, smp_buf_text(&name));
        put_zone(calendar->out, plan->zone, plan, calendar->options.stamp);
    }
    smp_buf_release(&name);
}

static void
put_client(struct smp_calendar_writer *calendar, struct smp_buf *out,
           struct smp_plan *plan, const struct smp_protocol *protocol,
           bool named)
{
    struct smp_templates *templates = &calendar->templates;
    struct smp_zone_near near = {0};
    struct smp_entry_list *list;
    size_t i;

    if (!templates->entries)
        templates->entries = smp_calloc(1, sizeof *templates->entries);
    list = templates->entries;
    smp_entries(plan, protocol, &calendar->options, named, list);
    for (i = 0; i < list->count; i++) {
        struct smp_entry *entry = list->order[i];

        smp_event_fix_end(entry, plan->zone, &near);
        smp_event_put(templates, out, entry, plan->zone,
                      calendar->options.local);
    }
}

/*
 * Summaries have names only if the calendar has a second client. Until it
 * comes, the first one is kept in both ways.
 */
void
smp_calendar_put(struct smp_calendar_writer *calendar, struct smp_plan *plan,
                 const struct smp_protocol *protocol)
{
    if (calendar->options.local)
        need_zone(calendar, plan);
    calendar->plans++;
    if (calendar->plans == 1) {
        put_client(calendar, &calendar->held, plan, protocol, false);
        if (!calendar->alone)
            put_client(calendar, &calendar->held_named, plan, protocol, true);
        return;
    }
    smp_buf_puts(calendar->out, smp_buf_text(&calendar->held_named));
    smp_buf_release(&calendar->held_named);
    put_client(calendar, calendar->out, plan, protocol, true);
}

void
smp_calendar_end(struct smp_calendar_writer *calendar)
{
    if (calendar->plans == 1)
        smp_buf_puts(calendar->out, smp_buf_text(&calendar->held));
    if (!calendar->held.len && !calendar->zones.len)
        put_zone(calendar->out, calendar->options.zone, NULL,
                 calendar->options.stamp);
    close_calendar(calendar->out);
}

/*
 * A request invites to booked sessions. A cancellation withdraws sessions that
 * the plan has as cancelled or, if the plan is made from operands, all of them.
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
    struct smp_zone_near near = {0};
    struct smp_entry entry;

    smp_session_entry(plan, protocol, &calendar->options, session, &entry);
    smp_calendar_begin(calendar);
    smp_event_fix_end(&entry, plan->zone, &near);
    smp_event_put(&calendar->templates, calendar->out, &entry, plan->zone,
                  false);
    close_calendar(calendar->out);
    calendar->plans++;
}

/* All events of one message must have one UID (RFC 5546, section 3.2). */
void
smp_invitations_put(struct smp_calendar_writer *calendar, struct smp_plan *plan,
                    const struct smp_protocol *protocol)
{
    size_t i;

    for (i = 0; i < plan->session_count; i++)
        if (is_meant(calendar, plan, &plan->sessions[i]))
            put_session(calendar, plan, protocol, &plan->sessions[i]);
}

void
smp_write_feed(struct smp_buf *out, struct smp_plan *plan,
               const struct smp_protocol *protocol,
               const struct smp_calendar_options *options,
               struct smp_templates *templates)
{
    struct smp_calendar_writer calendar = {.out = out,
                                           .options = *options,
                                           .protocol = protocol,
                                           .templates = *templates};
    size_t before;

    smp_calendar_begin(&calendar);
    before = out->len;
    put_client(&calendar, out, plan, protocol, false);
    if (out->len == before)
        put_zone(out, plan->zone, plan, options->stamp);
    close_calendar(out);
    *templates = calendar.templates;
}

void
smp_write_retired(struct smp_buf *out, const struct smp_protocol *protocol,
                  const struct smp_calendar_options *options)
{
    struct smp_calendar_writer calendar = {
        .out = out, .options = *options, .protocol = protocol};
    struct icaltimetype stamp = smp_ical_time(options->stamp, false, true);
    icalcomponent *zone;

    smp_calendar_begin(&calendar);
    zone = smp_vtimezone(options->zone, options->stamp, options->stamp);
    smp_add_property(zone, icalproperty_new_lastmodified(stamp));
    smp_component_put(out, zone);
    close_calendar(out);
    smp_templates_release(&calendar.templates);
}

void
smp_calendar_release(struct smp_calendar_writer *calendar)
{
    smp_buf_release(&calendar->held);
    smp_buf_release(&calendar->held_named);
    smp_buf_release(&calendar->zones);
    smp_templates_release(&calendar->templates);
}
