#include "write/write.h"

#include <string.h>

#include "base/utf8.h"
#include "protocol/words.h"
#include "ical/calendar.h"
#include "ical/component.h"
#include "ical/entries.h"
#include "ical/event.h"
#include "base/mem.h"
#include "ical/vtimezone.h"

static const char end_of_calendar[] = "END:VCALENDAR\r\n";

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

/* What a feed says of itself, in this order. */
static void
describe(const struct smp_write_options *options,
         const struct smp_protocol *protocol, icalcomponent *calendar)
{
    bool discreet = options->discretion != SMP_OPEN;
    const char *group = discreet ? "discreet.calendar." : "calendar.";
    const char *name = word(protocol, group, "name");
    const char *about = word(protocol, group, "description");
    struct smp_buf text = {0};

    smp_add_property(calendar, icalproperty_new_name(name));
    plain(&text, name);
    smp_add_property(calendar,
                     smp_x_property("X-WR-CALNAME", smp_buf_text(&text)));
    smp_add_property(calendar, icalproperty_new_description(about));
    smp_buf_cut(&text, 0);
    plain(&text, about);
    smp_add_property(calendar,
                     smp_x_property("X-WR-CALDESC", smp_buf_text(&text)));
    smp_add_property(calendar, duration_property("REFRESH-INTERVAL", "PT12H"));
    smp_add_property(calendar, duration_property("X-PUBLISHED-TTL", "PT12H"));
    smp_buf_release(&text);
}

/* The header of the profile; that of mail says what the message wants. */
static void
put_header(struct smp_buf *out, const struct smp_write_options *options,
           const struct smp_protocol *protocol)
{
    static const icalproperty_method methods[] = {
        [SMP_METHOD_PUBLISH] = ICAL_METHOD_PUBLISH,
        [SMP_METHOD_REQUEST] = ICAL_METHOD_REQUEST,
        [SMP_METHOD_CANCEL] = ICAL_METHOD_CANCEL,
    };
    icalcomponent *calendar;

    smp_ical_begin();
    calendar = smp_ical_check(icalcomponent_new_vcalendar());
    smp_add_property(calendar, icalproperty_new_version("2.0"));
    smp_add_property(calendar, icalproperty_new_prodid(options->product));
    smp_add_property(calendar, icalproperty_new_calscale("GREGORIAN"));
    if (options->method == SMP_METHOD_NONE)
        describe(options, protocol, calendar);
    else
        smp_add_property(calendar,
                         icalproperty_new_method(methods[options->method]));
    smp_component_put(out, calendar);
    smp_buf_cut(out, out->len - (sizeof end_of_calendar - 1));
}

void
smp_calendar_begin(struct smp_writer *writer,
                   const struct smp_protocol *protocol)
{
    put_header(&writer->out, &writer->options, protocol);
}

void
smp_calendar_end(struct smp_writer *writer)
{
    smp_buf_puts(&writer->out, end_of_calendar);
}

/* All that a header depends on. */
static void
name_header(struct smp_buf *out, const struct smp_writer *writer)
{
    const struct smp_write_options *options = &writer->options;
    const char *group =
        options->discretion != SMP_OPEN ? "discreet.calendar." : "calendar.";

    smp_buf_digits(out, (int)options->method);
    smp_buf_add(out, options->product, strlen(options->product) + 1);
    smp_buf_puts(out, word(writer->protocol, group, "name"));
    smp_buf_putc(out, '\0');
    smp_buf_puts(out, word(writer->protocol, group, "description"));
}

/* Calendars of a studio begin alike. */
static void
begin(struct smp_writer *writer)
{
    struct smp_templates *kept = &writer->templates;
    struct smp_buf of = {0};

    name_header(&of, writer);
    if (of.len != kept->header_of.len ||
        memcmp(of.data, kept->header_of.data, of.len) != 0) {
        smp_buf_cut(&kept->header, 0);
        put_header(&kept->header, &writer->options, writer->protocol);
        smp_buf_cut(&kept->header_of, 0);
        smp_buf_add(&kept->header_of, of.data, of.len);
    }
    smp_buf_add(&writer->out, kept->header.data, kept->header.len);
    smp_buf_release(&of);
}

/* A VTIMEZONE for the time of a plan, or around the stamp without one. */
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
    struct smp_templates *templates = &writer->templates;
    struct smp_zone_near near = {0};
    struct smp_entry_list *list;
    size_t i;

    if (!templates->entries)
        templates->entries = smp_calloc(1, sizeof *templates->entries);
    list = templates->entries;
    smp_entries(plan, protocol, &writer->options, named, list);
    for (i = 0; i < list->count; i++) {
        struct smp_entry *entry = list->order[i];

        smp_event_fix_end(entry, plan->zone, &near);
        smp_event_put(templates, out, entry, plan->zone, writer->options.local);
    }
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
        if (!writer->alone)
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
    smp_calendar_end(writer);
}

void
smp_write_feed(struct smp_buf *out, struct smp_plan *plan,
               const struct smp_protocol *protocol,
               const struct smp_write_options *options,
               struct smp_templates *templates)
{
    struct smp_writer writer = {
        .options = *options, .protocol = protocol, .templates = *templates};
    size_t before;

    writer.out = *out;
    begin(&writer);
    before = writer.out.len;
    put_client(&writer, &writer.out, plan, protocol, false);
    if (writer.out.len == before)
        put_zone(&writer.out, plan->zone, plan, options->stamp);
    smp_calendar_end(&writer);
    *templates = writer.templates;
    *out = writer.out;
}

void
smp_write_retired(struct smp_buf *out, const struct smp_protocol *protocol,
                  const struct smp_write_options *options)
{
    struct smp_writer writer = {.options = *options, .protocol = protocol};
    struct icaltimetype stamp = smp_ical_time(options->stamp, false, true);
    icalcomponent *zone;

    writer.out = *out;
    begin(&writer);
    zone = smp_vtimezone(options->zone, options->stamp, options->stamp);
    smp_add_property(zone, icalproperty_new_lastmodified(stamp));
    smp_component_put(&writer.out, zone);
    smp_calendar_end(&writer);
    smp_templates_release(&writer.templates);
    *out = writer.out;
}

const struct smp_renderer smp_write_calendar = {begin, put, end};
