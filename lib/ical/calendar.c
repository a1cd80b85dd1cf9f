#include "ical/calendar.h"

#include <string.h>

#include "base/base.h"
#include "base/utf8.h"
#include "time/zone.h"
#include "protocol/words.h"
#include "plan/plan.h"
#include "ical/component.h"
#include "ical/entries.h"
#include "ical/invitation.h"

/* Values of X- properties are not escaped: readers do not agree on it. */
static void
plain(struct smp_buf *out, const char *text)
{
    size_t start = out->len, i;

    smp_utf8_clean(out, text, strlen(text));
    for (i = start; i < out->len; i++)
        if (strchr("\\;,", out->data[i]))
            out->data[i] = ' ';
}

/* Appends a line whose value is of type TEXT. */
static void
put_text(struct smp_buf *out, const char *name, const char *text)
{
    struct smp_buf line = {0};
    size_t n = strlen(text);

    smp_buf_puts(&line, name);
    smp_buf_end(&line, smp_line_text(smp_buf_room(&line, 2 * n), text, n));
    smp_line_put(out, line.data, line.len);
    smp_buf_release(&line);
}

/* As put_text(), but of an X- property. */
static void
put_plain(struct smp_buf *out, const char *name, const char *text)
{
    struct smp_buf line = {0};

    smp_buf_puts(&line, name);
    plain(&line, text);
    smp_line_put(out, line.data, line.len);
    smp_buf_release(&line);
}

static const char *
word(const struct smp_protocol *protocol, const char *group, const char *name)
{
    const char *text = smp_label_of(protocol, group, name);

    return text ? text : "";
}

/* Appends the properties that describe a feed, in the order of the profile. */
static void
describe(struct smp_buf *out, const struct smp_calendar_writer *calendar)
{
    const char *group = calendar->options.discretion != SMP_OPEN
                            ? "discreet.calendar."
                            : "calendar.";
    const char *name = word(calendar->protocol, group, "name");
    const char *about = word(calendar->protocol, group, "description");

    put_text(out, "NAME:", name);
    put_plain(out, "X-WR-CALNAME:", name);
    put_text(out, "DESCRIPTION:", about);
    put_plain(out, "X-WR-CALDESC:", about);
    smp_buf_puts(out, "REFRESH-INTERVAL;VALUE=DURATION:PT12H\r\n"
                      "X-PUBLISHED-TTL:PT12H\r\n");
}

/* A calendar has the header of the profile; one to be mailed has a METHOD. */
void
smp_calendar_begin(struct smp_calendar_writer *calendar)
{
    static const char *const methods[] = {
        [SMP_METHOD_PUBLISH] = "METHOD:PUBLISH\r\n",
        [SMP_METHOD_REQUEST] = "METHOD:REQUEST\r\n",
        [SMP_METHOD_CANCEL] = "METHOD:CANCEL\r\n",
    };

    smp_buf_puts(calendar->out, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n");
    put_text(calendar->out, "PRODID:", calendar->options.product);
    smp_buf_puts(calendar->out, "CALSCALE:GREGORIAN\r\n");
    if (calendar->options.method == SMP_METHOD_NONE)
        describe(calendar->out, calendar);
    else
        smp_buf_puts(calendar->out, methods[calendar->options.method]);
}

static void
close_calendar(struct smp_buf *out)
{
    smp_buf_puts(out, "END:VCALENDAR\r\n");
}

/* The VTIMEZONE is right around the plan's sessions, else the stamp. */
static void
put_zone(struct smp_buf *out, const struct smp_zone *zone,
         const struct smp_plan *plan, int64_t stamp)
{
    enum { DAYS_BEFORE = 60, DAYS_AFTER = 400 };
    int64_t first = stamp, last = stamp;

    if (plan && plan->session_count) {
        first = smp_session_start(&plan->sessions[0]);
        last = smp_session_start(&plan->sessions[plan->session_count - 1]);
    }
    smp_vtimezone_put(out, zone, first - DAYS_BEFORE * (int64_t)SMP_DAY_SECONDS,
                      last + DAYS_AFTER * (int64_t)SMP_DAY_SECONDS, NULL);
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
    struct smp_calendar_cache *cache = &calendar->cache;
    struct smp_zone_near near = {0};
    struct smp_entry_list *list;
    size_t i;

    if (!cache->entries)
        cache->entries = smp_calloc(1, sizeof *cache->entries);
    list = cache->entries;
    smp_entries(plan, protocol, &calendar->options, named, list);
    for (i = 0; i < list->count; i++) {
        struct smp_entry *entry = list->order[i];

        smp_event_fix_end(entry, plan->zone, &near);
        smp_event_put(cache, out, entry, plan->zone, calendar->options.local);
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

void
smp_invitation_put(struct smp_calendar_writer *calendar, struct smp_plan *plan,
                   const struct smp_protocol *protocol,
                   const struct smp_session *session)
{
    struct smp_zone_near near = {0};
    struct smp_entry entry;

    smp_session_entry(plan, protocol, &calendar->options, session, &entry);
    smp_calendar_begin(calendar);
    smp_event_fix_end(&entry, plan->zone, &near);
    smp_event_put(&calendar->cache, calendar->out, &entry, plan->zone, false);
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
            smp_invitation_put(calendar, plan, protocol, &plan->sessions[i]);
}

void
smp_write_feed(struct smp_buf *out, struct smp_plan *plan,
               const struct smp_protocol *protocol,
               const struct smp_calendar_options *options,
               struct smp_calendar_cache *cache)
{
    struct smp_calendar_writer calendar = {
        .out = out, .options = *options, .protocol = protocol, .cache = *cache};
    size_t before;

    smp_calendar_begin(&calendar);
    before = out->len;
    put_client(&calendar, out, plan, protocol, false);
    if (out->len == before)
        put_zone(out, plan->zone, plan, options->stamp);
    close_calendar(out);
    *cache = calendar.cache;
}

void
smp_write_retired(struct smp_buf *out, const struct smp_protocol *protocol,
                  const struct smp_calendar_options *options)
{
    struct smp_calendar_writer calendar = {
        .out = out, .options = *options, .protocol = protocol};

    smp_calendar_begin(&calendar);
    smp_vtimezone_put(out, options->zone, options->stamp, options->stamp,
                      &options->stamp);
    close_calendar(out);
    smp_calendar_cache_release(&calendar.cache);
}

void
smp_calendar_release(struct smp_calendar_writer *calendar)
{
    smp_buf_release(&calendar->held);
    smp_buf_release(&calendar->held_named);
    smp_buf_release(&calendar->zones);
    smp_calendar_cache_release(&calendar->cache);
}
