#include "ical/component.h"

#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/utf8.h"
#include "ical/entries.h"

/* The start or end of an event as its line has it. */
struct bound {
    enum { BOUND_DAY, BOUND_LOCAL, BOUND_UTC } form;
    int64_t seconds; /* of a wall clock, or an instant */
};

static struct bound
bound_of(struct smp_when when, int64_t instant, bool local)
{
    if (when.kind == SMP_DAY)
        return (struct bound){BOUND_DAY, when.seconds};
    if (when.kind == SMP_LOCAL && local)
        return (struct bound){BOUND_LOCAL, when.seconds};
    return (struct bound){BOUND_UTC, instant};
}

static struct bound
start_of(const struct smp_entry *entry, bool local)
{
    return bound_of(entry->start, entry->from, local);
}

static struct bound
end_of(const struct smp_entry *entry, bool local)
{
    return bound_of(entry->end, entry->until, local);
}

static void
add_bound(icalcomponent *event, icalproperty_kind kind, const struct bound *at,
          const struct smp_zone *zone)
{
    bool day = at->form == BOUND_DAY;
    struct icaltimetype t =
        smp_ical_time(at->seconds, day, at->form == BOUND_UTC);
    icalproperty *property = smp_ical_check(icalproperty_new(kind));

    icalproperty_set_value(property,
                           smp_ical_check(day ? icalvalue_new_date(t)
                                              : icalvalue_new_datetime(t)));
    if (day)
        icalproperty_set_parameter(
            property, smp_ical_check(icalparameter_new_value(ICAL_VALUE_DATE)));
    else if (at->form == BOUND_LOCAL)
        icalproperty_set_parameter(
            property,
            smp_ical_check(icalparameter_new_tzid(smp_zone_name(zone))));
    smp_add_property(event, property);
}

/*
 * From the start of an event: whole days as such, all else in hours, which
 * every reader counts alike.
 */
static struct icaldurationtype
duration_of(int seconds)
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
    icalcomponent *alarm = smp_ical_check(icalcomponent_new_valarm());
    struct icaltriggertype trigger = {.time = icaltime_null_time(),
                                      .duration = duration_of(entry->alarm)};

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
        icalproperty_set_parameter(
            property, smp_ical_check(icalparameter_new_cn(text.data)));
    smp_buf_release(&text);
}

static void
add_parties(icalcomponent *event, const struct smp_entry *entry)
{
    struct smp_buf uri = {0};
    icalproperty *property;

    if (entry->organizer.address) {
        smp_buf_printf(&uri, "mailto:%s", entry->organizer.address);
        property = smp_ical_check(icalproperty_new_organizer(uri.data));
        add_name(property, entry->organizer.name);
        smp_add_property(event, property);
    }
    smp_buf_cut(&uri, 0);
    if (entry->attendee.address) {
        smp_buf_printf(&uri, "mailto:%s", entry->attendee.address);
        property = smp_ical_check(icalproperty_new_attendee(uri.data));
        icalproperty_set_parameter(
            property,
            smp_ical_check(icalparameter_new_cutype(ICAL_CUTYPE_INDIVIDUAL)));
        icalproperty_set_parameter(
            property,
            smp_ical_check(icalparameter_new_role(ICAL_ROLE_REQPARTICIPANT)));
        icalproperty_set_parameter(property,
                                   smp_ical_check(icalparameter_new_partstat(
                                       ICAL_PARTSTAT_NEEDSACTION)));
        icalproperty_set_parameter(
            property, smp_ical_check(icalparameter_new_rsvp(ICAL_RSVP_FALSE)));
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

icalcomponent *
smp_event_component(const struct smp_entry *entry, const struct smp_zone *zone,
                    bool local)
{
    struct smp_buf summary = {0};
    struct bound start = start_of(entry, local), end = end_of(entry, local);
    icalcomponent *event;

    if (entry->name)
        smp_buf_puts(&summary, entry->name);
    smp_buf_puts(&summary, entry->summary);
    smp_ical_begin();
    event = smp_ical_check(icalcomponent_new_vevent());
    add_identity(event, entry);
    add_bound(event, ICAL_DTSTART_PROPERTY, &start, zone);
    add_bound(event, ICAL_DTEND_PROPERTY, &end, zone);
    add_substance(event, entry, smp_buf_text(&summary));
    if (entry->rings)
        add_alarm(event, entry, smp_buf_text(&summary));
    smp_buf_release(&summary);
    return event;
}

void
smp_event_fix_end(struct smp_entry *entry, const struct smp_zone *zone,
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

/*
 * One way to copy an event.
 *
 * A calendar has many events of few kinds. Two events of a kind, such as two of
 * whole days without an alarm, have the same lines in the same order and differ
 * only in values: UID, times, texts. Building an event with libical takes 12
 * microseconds, copying one a fiftieth of that. Therefore libical builds one
 * event of each kind, when the first entry of the kind comes. Its lines are cut
 * at the values that differ; what is left is a template of pieces:
 *
 *     BEGIN:VEVENT
 *     UID:                  <- cut: VALUE_UID
 *     DTSTAMP:20261122T120000Z
 *     ...
 *     DTSTART;VALUE=DATE:   <- cut: VALUE_START
 *     ...
 *     END:VEVENT
 *
 * smp_event_put() finds the template of the entry's kind, copies the pieces
 * and writes the entry's own value after each. If a value has made its line too
 * long, the line is folded. No entry needs another way, however long its UID
 * or odd its texts.
 *
 * Which lines an event has, their order, their names, parameters and all other
 * values are libical's. Ours are the values at the cuts; a test compares them
 * with libical's, octet for octet but for the folds, on random entries.
 *
 * A kind is whatever decides on a line, but is no value at a cut: is_of_kind()
 * lists it. A client has about four kinds. KINDS_MAX templates are kept; then
 * the oldest is replaced. An entry with an organizer or an attendee is mailed,
 * one at a time: its template is used once.
 *
 * Two values are not written each time. The stamps stay in the template and are
 * written over when an entry has other ones. And most clients get the same
 * descriptions, the longest texts of all: the escaped and folded line of a
 * description is kept, see description_line().
 */
enum value {
    VALUE_NONE,
    VALUE_UID,
    VALUE_STAMP,
    VALUE_SEQUENCE,
    VALUE_START,
    VALUE_END,
    VALUE_SUMMARY,
    VALUE_DESCRIPTION,
    VALUE_TRIGGER,
    VALUE_RELATED
};

enum { KINDS_MAX = 64, CUTS_MAX = 12, TEXTS_MAX = 1024 };

static const char description[] = "DESCRIPTION:";

/* A description, and its line without CRLF. */
struct smp_text_line {
    struct smp_buf text, line;
};

struct cut {
    size_t end;  /* of the piece before the value */
    size_t name; /* octets of the value's line before it */
    enum value value;
};

struct smp_template {
    struct smp_entry of; /* its kind; category is the template's own */
    char *category;
    const struct smp_zone *zone; /* that its lines name, or NULL */
    bool local;
    struct smp_buf text; /* the lines without their values and ends */
    struct cut cuts[CUTS_MAX];
    size_t cut_count;
    size_t stamps[2]; /* where the text has them: of.modified */
    size_t stamp_count;
};

static enum value
value_of(const char *line, size_t name, bool alarm)
{
    static const struct {
        const char *name;
        enum value event, alarm;
    } values[] = {
        {"UID", VALUE_UID, VALUE_NONE},
        {"DTSTAMP", VALUE_STAMP, VALUE_NONE},
        {"LAST-MODIFIED", VALUE_STAMP, VALUE_NONE},
        {"SEQUENCE", VALUE_SEQUENCE, VALUE_NONE},
        {"DTSTART", VALUE_START, VALUE_NONE},
        {"DTEND", VALUE_END, VALUE_NONE},
        {"SUMMARY", VALUE_SUMMARY, VALUE_NONE},
        {"DESCRIPTION", VALUE_DESCRIPTION, VALUE_SUMMARY},
        {"TRIGGER", VALUE_NONE, VALUE_TRIGGER},
        {"RELATED-TO", VALUE_RELATED, VALUE_NONE},
    };
    size_t i;

    for (i = 0; i < sizeof values / sizeof *values; i++)
        if (strlen(values[i].name) == name &&
            memcmp(values[i].name, line, name) == 0)
            return alarm ? values[i].alarm : values[i].event;
    return VALUE_NONE;
}

/* Adds a line of libical's, without its end, to the template's text. */
static void
add_line(struct smp_template *t, const char *line, size_t n, bool alarm)
{
    size_t name = strcspn(line, ";:");
    enum value value = value_of(line, name, alarm);

    if (value == VALUE_STAMP)
        t->stamps[t->stamp_count++] = t->text.len + name + 1;
    if (value == VALUE_NONE || value == VALUE_STAMP) {
        smp_line_put(&t->text, line, n);
        return;
    }
    name = strcspn(line, ":") + 1;
    smp_buf_add(&t->text, line, name);
    t->cuts[t->cut_count++] =
        (struct cut){.end = t->text.len, .name = name, .value = value};
    smp_buf_puts(&t->text, "\r\n");
}

static void
release(struct smp_template *t)
{
    free(t->category);
    smp_buf_release(&t->text);
}

static void
build(struct smp_template *t, const struct smp_entry *entry,
      const struct smp_zone *zone, bool local)
{
    struct smp_entry model = *entry;
    struct smp_buf lines = {0};
    const char *line, *end;
    bool alarm = false;

    *t = (struct smp_template){.zone = zone, .local = local};
    model.uid = model.summary = "x";
    model.name = NULL;
    if (*entry->description)
        model.description = "x";
    if (entry->related)
        model.related = "x";
    smp_component_lines(&lines, smp_event_component(&model, zone, local));
    for (line = lines.data; (end = strstr(line, "\r\n")); line = end + 2) {
        add_line(t, line, (size_t)(end - line), alarm);
        alarm = alarm || strncmp(line, "BEGIN:VALARM", 12) == 0;
    }
    smp_buf_release(&lines);
    t->of = model;
    t->of.category = t->category = smp_strdup(entry->category);
}

static bool
is_same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* Organizers and attendees are written into a template: it serves once. */
static bool
is_of_kind(const struct smp_template *t, const struct smp_entry *entry,
           const struct smp_zone *zone, bool local)
{
    const struct smp_entry *of = &t->of;

    return of->start.kind == entry->start.kind &&
           of->end.kind == entry->end.kind && of->busy == entry->busy &&
           of->rings == entry->rings && !of->related == !entry->related &&
           !*of->description == !*entry->description && t->local == local &&
           (!local || t->zone == zone) && is_same(of->status, entry->status) &&
           is_same(of->category, entry->category) && !of->organizer.address &&
           !entry->organizer.address && !of->attendee.address &&
           !entry->attendee.address;
}

static struct smp_template *
template_of(struct smp_templates *templates, const struct smp_entry *entry,
            const struct smp_zone *zone, bool local)
{
    struct smp_template *t;
    size_t i;

    for (i = 0; i < templates->count; i++)
        if (is_of_kind(&templates->of[i], entry, zone, local))
            return &templates->of[i];
    if (templates->count < KINDS_MAX) {
        templates->of = smp_grow(templates->of, templates->count,
                                 &templates->room, sizeof *templates->of);
        t = &templates->of[templates->count++];
    } else {
        t = &templates->of[templates->next++ % KINDS_MAX];
        release(t);
    }
    build(t, entry, zone, local);
    return t;
}

/*
 * The texts of a protocol lie at the same addresses for all its clients. So the
 * address says where to look for the line, and the text whether it is the right
 * one. TEXTS_MAX lines are kept.
 */
static const struct smp_buf *
description_line(struct smp_templates *templates, const char *text)
{
    size_t place = ((uintptr_t)text >> 4) % TEXTS_MAX, n;
    struct smp_text_line *line;
    char *at;

    if (!templates->lines)
        templates->lines = smp_calloc(TEXTS_MAX, sizeof *templates->lines);
    line = templates->lines[place];
    if (!line)
        line = templates->lines[place] = smp_calloc(1, sizeof *line);
    if (strcmp(smp_buf_text(&line->text), text) == 0)
        return &line->line;
    n = strlen(text);
    smp_buf_cut(&line->text, 0);
    smp_buf_add(&line->text, text, n);
    smp_buf_cut(&line->line, 0);
    smp_buf_puts(&line->line, description);
    at = smp_buf_room(&line->line, 3 * n + SMP_ICAL_LINE_MAX);
    at = smp_line_text(at, text, n);
    smp_buf_end(&line->line, smp_line_fold(line->line.data, at));
    return &line->line;
}

static inline char *
put(char *at, const char *bytes, size_t n)
{
    memcpy(at, bytes, n);
    return at + n;
}

static char *
put_date(char *at, int32_t day)
{
    struct smp_civil date = smp_civil_of(day);

    at = smp_two_digits(at, (unsigned)date.year / 100);
    at = smp_two_digits(at, (unsigned)date.year % 100);
    at = smp_two_digits(at, (unsigned)date.month);
    return smp_two_digits(at, (unsigned)date.day);
}

static char *
put_time(char *at, int64_t seconds)
{
    int32_t day = smp_day_at(seconds);
    unsigned time = (unsigned)(seconds - (int64_t)day * SMP_DAY_SECONDS);
    unsigned minutes = time / 60, hours = minutes / 60;

    at = put_date(at, day);
    *at++ = 'T';
    at = smp_two_digits(at, hours);
    at = smp_two_digits(at, minutes - 60 * hours);
    return smp_two_digits(at, time - 60 * minutes);
}

/* All stamps have the same length. */
static void
stamp(struct smp_template *t, int64_t modified)
{
    size_t i;

    for (i = 0; i < t->stamp_count; i++)
        put_time(t->text.data + t->stamps[i], modified);
    t->of.modified = modified;
}

static char *
put_bound(char *at, struct bound bound)
{
    if (bound.form == BOUND_DAY)
        return put_date(at, smp_day_at(bound.seconds));
    at = put_time(at, bound.seconds);
    if (bound.form == BOUND_UTC)
        *at++ = 'Z';
    return at;
}

static char *
put_trigger(char *at, int seconds)
{
    char *text =
        smp_ical_check(icaldurationtype_as_ical_string_r(duration_of(seconds)));

    at = put(at, text, strlen(text));
    free(text);
    return at;
}

struct lengths {
    size_t uid, name, summary, related;
};

static char *
put_value(char *at, enum value value, const struct smp_entry *entry,
          const struct lengths *n, bool local)
{
    switch (value) {
    case VALUE_UID:
        return put(at, entry->uid, n->uid);
    case VALUE_SEQUENCE:
        return smp_digits(at, entry->sequence);
    case VALUE_START:
        return put_bound(at, start_of(entry, local));
    case VALUE_END:
        return put_bound(at, end_of(entry, local));
    case VALUE_SUMMARY:
        if (n->name)
            at = smp_line_text(at, entry->name, n->name);
        return smp_line_text(at, entry->summary, n->summary);
    case VALUE_TRIGGER:
        return put_trigger(at, entry->alarm);
    case VALUE_RELATED:
        return put(at, entry->related, n->related);
    case VALUE_STAMP:
    case VALUE_DESCRIPTION:
    case VALUE_NONE:
        break;
    }
    return at;
}

/* The summary comes twice, escaping doubles a text, and folds add half. */
static size_t
size_max(const struct smp_template *t, const struct lengths *n, size_t line)
{
    return 2 * t->text.len + line + 2 * (n->uid + n->related) +
           6 * (n->name + n->summary) + CUTS_MAX * SMP_ICAL_LINE_MAX;
}

void
smp_event_put(struct smp_templates *templates, struct smp_buf *out,
              const struct smp_entry *entry, const struct smp_zone *zone,
              bool local)
{
    struct smp_template *t = template_of(templates, entry, zone, local);
    const struct smp_buf *line =
        description_line(templates, entry->description);
    const struct lengths n = {
        strlen(entry->uid), entry->name ? strlen(entry->name) : 0,
        strlen(entry->summary), entry->related ? strlen(entry->related) : 0};
    const char *piece = t->text.data, *end = piece + t->text.len;
    char *at = smp_buf_room(out, size_max(t, &n, line->len));
    size_t i;

    if (t->of.modified != entry->modified)
        stamp(t, entry->modified);
    for (i = 0; i < t->cut_count; i++) {
        const struct cut *cut = &t->cuts[i];
        const char *to = t->text.data + cut->end;

        at = put(at, piece, (size_t)(to - piece));
        piece = to;
        if (cut->value == VALUE_DESCRIPTION)
            at = put(at, line->data + cut->name, line->len - cut->name);
        else
            at = smp_line_fold(at - cut->name,
                               put_value(at, cut->value, entry, &n, local));
    }
    smp_buf_end(out, put(at, piece, (size_t)(end - piece)));
}

void
smp_templates_release(struct smp_templates *templates)
{
    size_t i;

    for (i = 0; i < templates->count; i++)
        release(&templates->of[i]);
    free(templates->of);
    for (i = 0; templates->lines && i < TEXTS_MAX; i++)
        if (templates->lines[i]) {
            smp_buf_release(&templates->lines[i]->text);
            smp_buf_release(&templates->lines[i]->line);
            free(templates->lines[i]);
        }
    free(templates->lines);
    smp_buf_release(&templates->header_of);
    smp_buf_release(&templates->header);
    if (templates->entries)
        smp_entry_list_release(templates->entries);
    free(templates->entries);
    *templates = (struct smp_templates){0};
}
