#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "helpers.h"
#include "time/zone.h"
#include "ical/prodid.h"
#include "ical/component.h"
#include "ical/entries.h"
#include "ical/calendar.h"

/*
 * Random entries are to be copied as libical writes them, octet for octet but
 * for folds. The seed is fixed.
 */
enum { ROUNDS = 12000, TEXT_ROOM = 400 };

static uint32_t seed = 1;

static unsigned
dice(unsigned sides)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % sides;
}

static const char *
pick(const char *const *list, unsigned count)
{
    return list[dice(count)];
}

/* Text of any kind, its length often near that of a line. */
static const char *
text(char out[TEXT_ROOM], unsigned longest)
{
    static const char *const pieces[] = {"a",
                                         "b",
                                         "c ",
                                         "no sun",
                                         ", ",
                                         ";",
                                         "\\",
                                         "\"",
                                         ":",
                                         "\n",
                                         "\xc3\xa9",
                                         "\xe2\x82\xac",
                                         "\xf0\x9f\x98\x80",
                                         "x",
                                         "\t"};
    unsigned kinds = dice(4) ? 5 : COUNT(pieces), wanted = dice(longest);
    size_t n = 0;

    out[0] = '\0';
    while (n < wanted) {
        strcpy(out + n, pick(pieces, kinds));
        n = strlen(out);
    }
    return out;
}

/* Of what a UID may have, up to the longest and more. */
static const char *
uid(char out[TEXT_ROOM])
{
    static const char *const odd[] = {"a", "x@y.example", "-._@"};

    if (!dice(16))
        return pick(odd, COUNT(odd));
    snprintf(out, TEXT_ROOM, "%0*u-%u", (int)(1 + dice(dice(8) ? 40 : 150)),
             dice(100000), dice(9));
    return out;
}

static struct smp_when
when(int kind, int64_t seconds)
{
    return kind ? smp_when_local(seconds)
                : smp_when_day((int32_t)(seconds / SMP_DAY_SECONDS));
}

struct texts {
    char uid[TEXT_ROOM], related[TEXT_ROOM], category[TEXT_ROOM];
    char location[TEXT_ROOM];
    char name[TEXT_ROOM], summary[TEXT_ROOM], description[TEXT_ROOM];
};

static struct smp_party
party(void)
{
    static const char *const names[] = {NULL, "Jo \"Q\" Field", "S, T: U"};

    return (struct smp_party){dice(8) ? NULL : "studio@example.org",
                              pick(names, COUNT(names))};
}

static struct smp_entry
entry(struct texts *texts)
{
    static const char *const descriptions[] = {
        "", "Put ointment on the area.",
        "No sun, swimming; soap or sauna until healed. The same goes after "
        "every touch-up.\n\nUnsure or worried? Ask your studio.",
        "UID:1\r\nDTSTART:2\nSUMMARY:3", "\xc3\xa9\xe2\x82\xac\\ \"quoted\""};
    static const char *const titles[] = {"No sun", "Ointment, twice", "\"No\""};
    static const char *const statuses[] = {NULL, "CONFIRMED", "TENTATIVE"};
    static const char *const categories[] = {"AFTERCARE", "A,B", "A;B\\"};
    static const int alarms[] = {-86400, 0, 32400, -5400, -93600, 604800};
    int64_t start = INT64_C(1750000000) + dice(100000) * INT64_C(3700);
    int kind = (int)dice(2), sign = (int)dice(3) - 1;

    return (struct smp_entry){
        .uid = uid(texts->uid),
        .modified = INT64_C(1700000000) + dice(2) * dice(1000000),
        .sequence = (int)(dice(4) ? 0 : dice(3000)),
        .start = when(kind, start),
        .end = when(kind, start + SMP_DAY_SECONDS * (1 + dice(3))),
        .name = dice(3) ? text(texts->name, dice(4) ? 25 : 50) : NULL,
        .summary = dice(2) ? pick(titles, COUNT(titles))
                           : text(texts->summary, dice(4) ? 40 : 90),
        .description = dice(2) ? pick(descriptions, COUNT(descriptions))
                               : text(texts->description, TEXT_ROOM - 8),
        .category = dice(8) ? pick(categories, COUNT(categories))
                            : text(texts->category, 90),
        .status = pick(statuses, COUNT(statuses)),
        .location = dice(2) ? text(texts->location, 120) : NULL,
        .related = dice(3) ? uid(texts->related) : NULL,
        .organizer = party(),
        .attendee = party(),
        .busy = sign > 0,
        .rings = sign < 0,
        .alarm = alarms[dice(COUNT(alarms))],
    };
}

/* The same by libical. The end of the entry has been fixed. */

static struct icaltimetype
time_of(int64_t seconds, bool day, bool utc)
{
    struct smp_civil date = smp_civil_of(smp_day_at(seconds));
    int time = (int)(seconds % SMP_DAY_SECONDS);
    struct icaltimetype t = {.year = date.year,
                             .month = date.month,
                             .day = date.day,
                             .hour = day ? 0 : time / 3600,
                             .minute = day ? 0 : time / 60 % 60,
                             .second = day ? 0 : time % 60,
                             .is_date = day};

    if (utc)
        t.zone = icaltimezone_get_utc_timezone();
    return t;
}

static icalproperty *
bound(icalproperty *(*make)(struct icaltimetype), struct smp_when when,
      int64_t instant, const struct smp_zone *zone)
{
    icalproperty *property;

    if (when.kind == SMP_DAY)
        return make(time_of(when.seconds, true, false));
    if (when.kind == SMP_INSTANT || !zone)
        return make(time_of(instant, false, true));
    property = make(time_of(when.seconds, false, false));
    icalproperty_set_parameter(property,
                               icalparameter_new_tzid(smp_zone_name(zone)));
    return property;
}

static icalproperty *
busy_status(bool busy)
{
    icalproperty *property = icalproperty_new_x(busy ? "BUSY" : "FREE");

    icalproperty_set_x_name(property, "X-MICROSOFT-CDO-BUSYSTATUS");
    return property;
}

/* Whole days as such, all else in hours. */
static struct icaltriggertype
trigger_of(int seconds)
{
    struct icaltriggertype trigger = {icaltime_null_time(),
                                      icaldurationtype_from_int(seconds)};
    struct icaldurationtype *duration = &trigger.duration;

    if (seconds % SMP_DAY_SECONDS) {
        duration->hours += duration->days * 24 + duration->weeks * 7 * 24;
        duration->days = duration->weeks = 0;
    }
    return trigger;
}

static icalcomponent *
alarm_of(const struct smp_entry *entry, const char *summary)
{
    return icalcomponent_vanew(
        ICAL_VALARM_COMPONENT, icalproperty_new_action(ICAL_ACTION_DISPLAY),
        icalproperty_new_description(summary),
        icalproperty_new_trigger(trigger_of(entry->alarm)), NULL);
}

static icalproperty *
party_of(icalproperty *(*make)(const char *), const struct smp_party *party)
{
    struct smp_buf uri = {0};
    icalproperty *property;

    smp_buf_printf(&uri, "mailto:%s", party->address);
    property = make(uri.data);
    smp_buf_release(&uri);
    return property;
}

static void
add_party(icalcomponent *event, icalproperty *property,
          const struct smp_party *party)
{
    char name[TEXT_ROOM];
    size_t n = 0;

    for (const char *at = party->name ? party->name : ""; *at; at++)
        if (*at != '"')
            name[n++] = *at;
    name[n] = '\0';
    if (n)
        icalproperty_set_parameter(property, icalparameter_new_cn(name));
    icalcomponent_add_property(event, property);
}

static void
add_attendee(icalcomponent *event, const struct smp_party *party)
{
    icalproperty *property = party_of(icalproperty_new_attendee, party);

    icalproperty_set_parameter(
        property, icalparameter_new_cutype(ICAL_CUTYPE_INDIVIDUAL));
    icalproperty_set_parameter(
        property, icalparameter_new_role(ICAL_ROLE_REQPARTICIPANT));
    icalproperty_set_parameter(
        property, icalparameter_new_partstat(ICAL_PARTSTAT_NEEDSACTION));
    icalproperty_set_parameter(property,
                               icalparameter_new_rsvp(ICAL_RSVP_FALSE));
    add_party(event, property, party);
}

static void
add_optional(icalcomponent *event, const struct smp_entry *entry,
             const char *summary)
{
    if (entry->status)
        icalcomponent_add_property(
            event,
            icalproperty_new_status(icalenum_string_to_status(entry->status)));
    if (entry->location)
        icalcomponent_add_property(event,
                                   icalproperty_new_location(entry->location));
    if (entry->related)
        icalcomponent_add_property(event,
                                   icalproperty_new_relatedto(entry->related));
    if (entry->organizer.address)
        add_party(event,
                  party_of(icalproperty_new_organizer, &entry->organizer),
                  &entry->organizer);
    if (entry->attendee.address)
        add_attendee(event, &entry->attendee);
    if (entry->rings)
        icalcomponent_add_component(event, alarm_of(entry, summary));
}

static icalcomponent *
component_of(const struct smp_entry *entry, const struct smp_zone *zone)
{
    struct icaltimetype stamp = time_of(entry->modified, false, true);
    struct smp_buf summary = {0};
    icalcomponent *event;

    if (entry->name)
        smp_buf_puts(&summary, entry->name);
    smp_buf_puts(&summary, entry->summary);
    event = icalcomponent_vanew(
        ICAL_VEVENT_COMPONENT, icalproperty_new_uid(entry->uid),
        icalproperty_new_dtstamp(stamp), icalproperty_new_lastmodified(stamp),
        icalproperty_new_sequence(entry->sequence),
        bound(icalproperty_new_dtstart, entry->start, entry->from, zone),
        bound(icalproperty_new_dtend, entry->end, entry->until, zone),
        icalproperty_new_summary(smp_buf_text(&summary)), NULL);
    if (*entry->description)
        icalcomponent_add_property(
            event, icalproperty_new_description(entry->description));
    icalcomponent_add_property(
        event, icalproperty_new_transp(entry->busy ? ICAL_TRANSP_OPAQUE
                                                   : ICAL_TRANSP_TRANSPARENT));
    icalcomponent_add_property(event, busy_status(entry->busy));
    icalcomponent_add_property(event,
                               icalproperty_new_class(ICAL_CLASS_PRIVATE));
    icalcomponent_add_property(event,
                               icalproperty_new_categories(entry->category));
    add_optional(event, entry, smp_buf_text(&summary));
    smp_buf_release(&summary);
    return event;
}

/* libical folds some lines between CR and LF; that is undone, too. */
static void
unfold(char *text)
{
    static const char fold[] = "\r\n ";
    const size_t n = sizeof fold - 1;
    char *to = text, *at;

    for (; (at = strstr(text, fold)); text = at + n) {
        memmove(to, text, (size_t)(at - text));
        to += at - text;
    }
    memmove(to, text, strlen(text) + 1);
}

static char *
by_libical(icalcomponent *component)
{
    char *text = icalcomponent_as_ical_string_r(component);

    assert_non_null(text);
    icalcomponent_free(component);
    unfold(text);
    return text;
}

static size_t
backslashes_before(const char *text, const char *at)
{
    size_t n = 0;

    while (at - n > text && at[-1 - (int)n] == '\\')
        n++;
    return n;
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/*
 * No line is empty or longer than 75 octets, and no fold comes inside a
 * character or an escape. If `words`, the text has no run of blanks and single
 * letters that fills a line, and no fold comes beside a blank.
 */
static void
assert_folded_well(const char *text, bool words)
{
    const char *line, *end;

    for (line = text; (end = strstr(line, "\r\n")); line = end + 2) {
        assert_true(end > line + (*line == ' '));
        assert_true(end - line <= SMP_ICAL_LINE_MAX);
        if (end[2] != ' ')
            continue;
        assert_int_not_equal(end[3] & 0xc0, 0x80);
        assert_int_equal(backslashes_before(line, end) % 2, 0);
        assert_false(words && (is_blank(end[-1]) || is_blank(end[3])));
    }
    assert_string_equal(line, "");
}

static void
assert_copied(struct smp_calendar_cache *cache, struct smp_entry *it,
              const struct smp_zone *zone, bool local, bool words)
{
    struct smp_zone_near near = {0};
    struct smp_buf got = {0};
    char *expected;

    smp_event_fix_end(it, zone, &near);
    expected = by_libical(component_of(it, local ? zone : NULL));
    smp_event_put(cache, &got, it, zone, local);
    assert_folded_well(got.data, words);
    unfold(got.data);
    assert_string_equal(got.data, expected);
    smp_buf_release(&got);
    free(expected);
}

static void
events_are_as_libical_writes_them(void **state)
{
    static const char *const names[] = {"America/Toronto", "Europe/Dublin",
                                        "UTC"};
    struct smp_zones zones = {smp_zone_directory, NULL};
    struct smp_calendar_cache cache = {NULL};
    struct smp_err err = {0};

    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        const struct smp_zone *zone =
            smp_zones_get(&zones, pick(names, COUNT(names)), &err);
        struct texts texts;
        struct smp_entry it = entry(&texts);

        assert_copied(&cache, &it, zone, dice(2), false);
    }
    smp_calendar_cache_release(&cache);
    smp_zones_release(&zones);
}

/* Each length, so that folds come at each place of a line and its end. */
static void
lines_of_each_length_are_folded_well(void **state)
{
    static const char *const fillings[] = {
        "x", "\xc3\xa9", "\xf0\x9f\x98\x80", ",",     "\\",   "\n",
        " ", "a b",      "12345678901 ",     "aa \n", "a\\ b"};
    struct smp_zones zones = {smp_zone_directory, NULL};
    struct smp_calendar_cache cache = {NULL};
    struct smp_err err = {0};
    const struct smp_zone *zone = smp_zones_get(&zones, "UTC", &err);

    (void)state;
    for (size_t i = 0; i < COUNT(fillings); i++) {
        struct smp_buf text = {0};

        for (int n = 0; n < 320; n++) {
            struct smp_entry it = {.uid = "a",
                                   .start = smp_when_day(20000),
                                   .end = smp_when_day(20001),
                                   .summary = smp_buf_text(&text),
                                   .description = smp_buf_text(&text),
                                   .category = "CARE"};

            assert_copied(&cache, &it, zone, false,
                          strcmp(fillings[i], " ") != 0);
            smp_buf_puts(&text, n % 80 ? fillings[i] : "y");
        }
        smp_buf_release(&text);
    }
    smp_calendar_cache_release(&cache);
    smp_zones_release(&zones);
}

/* What was written last changes nothing in what is written next. */
static void
a_calendar_begins_alike_after_others(void **state)
{
    static const char *const products[] = {SMP_PRODID, "-//other//EN"};
    static const char *const languages[] = {"en", "fr", "es"};
    struct smp_buf out = {0};
    struct smp_calendar_writer writer = {.out = &out};
    struct smp_err err = {0};

    (void)state;
    for (unsigned i = 0; i < 24; i++) {
        struct smp_protocol *protocol =
            smp_protocol_load(languages[i / 2 % 3], NULL, 0, NULL, &err);
        struct smp_buf expected = {0};
        struct smp_calendar_writer once = {
            .out = &expected,
            .options.product = products[i / 6 % 2],
            .options.method = i / 12 ? SMP_METHOD_PUBLISH : SMP_METHOD_NONE,
            .protocol = protocol};

        writer.options = once.options;
        writer.protocol = protocol;
        smp_buf_cut(&out, 0);
        smp_calendar_begin(&writer);
        smp_calendar_begin(&once);
        assert_string_equal(out.data, expected.data);
        smp_calendar_release(&once);
        smp_buf_release(&expected);
        smp_protocol_free(protocol);
    }
    smp_calendar_release(&writer);
    smp_buf_release(&out);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(events_are_as_libical_writes_them),
    cmocka_unit_test(lines_of_each_length_are_folded_well),
    cmocka_unit_test(a_calendar_begins_alike_after_others),
};

int
main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("event", tests, NULL, NULL);
}
