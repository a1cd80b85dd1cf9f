#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "helpers.h"
#include "time/window.h"
#include "time/zone.h"
#include "protocol/protocol.h"
#include "plan/plan.h"
#include "series/series.h"

static struct smp_zones zones = {.directory = smp_zone_directory};
static struct smp_protocol *protocol;
static struct smp_plan plan;
static struct smp_hours hours;
static struct smp_busy *busy;
static struct smp_series_wanted wanted;

/* A protocol of 3 sessions and perhaps one more, with these gaps. */
static void
use(const char *gaps)
{
    struct smp_buf text = {0};
    struct smp_err err = {0};
    const char *name;
    char *file;

    smp_buf_printf(&text,
                   "{\"plan\": {\"sessions\": {\"typical\": 3, \"max\": 4}, "
                   "\"gaps\": %s}}",
                   gaps);
    name = file = file_of(smp_buf_text(&text));
    smp_protocol_free(protocol);
    protocol = smp_protocol_load(NULL, &name, 1, NULL, &err);
    if (!protocol)
        fail_msg("%s: %s", gaps, smp_buf_text(&err.text));
    file_drop(file);
    smp_buf_release(&text);
}

static int
set_up(void **state)
{
    (void)state;
    use("[{\"after\": \"*\", \"min\": \"30d\", \"max\": \"45d\"}]");
    busy = smp_busy_new();
    wanted = (struct smp_series_wanted){.chairs = 1};
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    smp_protocol_free(protocol);
    protocol = NULL;
    smp_busy_free(busy);
    smp_plan_release(&plan);
    smp_zones_release(&zones);
    return 0;
}

static void
open_at(const char *text)
{
    struct smp_err err = {0};

    assert_true(smp_hours_parse(text, &hours, NULL, &err));
    wanted.hours = &hours;
}

static int64_t
instant(const char *text)
{
    struct smp_when when;
    struct smp_err err = {0};

    assert_true(smp_when_parse(text, &when, &err));
    assert_int_equal(when.kind, SMP_INSTANT);
    return when.seconds;
}

static void
take(const char *from, const char *until)
{
    assert_true(smp_busy_add(busy, instant(from), instant(until)));
    wanted.busy = busy;
}

static void
read_sessions(const char *members)
{
    struct smp_plan_defaults defaults = {&zones, "America/Toronto"};
    struct smp_buf json = {0};
    struct smp_err err = {0};

    smp_buf_printf(&json, "{\"id\": \"c\", %s}", members);
    smp_plan_reset(&plan);
    if (!smp_plan_parse(&plan, json.data, json.len, &defaults, &err))
        fail_msg("%s: %s", members, smp_buf_text(&err.text));
    smp_buf_release(&json);
}

/*
 * "2 2027-01-05T10:00:00 proposed" for each session after the first, the
 * choices, changes and warnings, one a line.
 */
static void
expect(const char *members, bool complete, const char *expected)
{
    struct smp_buf text = {0};
    size_t i;

    read_sessions(members);
    assert_int_equal(smp_series_complete(&plan, protocol, &wanted), complete);
    for (i = 1; i < plan.session_count; i++) {
        const struct smp_session *session = &plan.sessions[i];

        smp_buf_printf(&text, "%d ", session->number);
        smp_when_print(&text, session->start);
        smp_buf_printf(&text, " %s\n", smp_status_names[session->status]);
    }
    for (i = 0; i < plan.choice_count; i++) {
        smp_buf_puts(&text, "or ");
        smp_when_print(&text, plan.choices[i]);
        smp_buf_putc(&text, '\n');
    }
    for (i = 0; i < plan.changes.count; i++)
        smp_buf_printf(&text, "changed: %s\n", plan.changes.at[i]);
    for (i = 0; i < plan.warnings.count; i++)
        smp_buf_printf(&text, "! %s\n", plan.warnings.at[i]);
    if (strcmp(smp_buf_text(&text), expected) != 0)
        print_message("# %s\n", smp_buf_text(&text));
    assert_string_equal(smp_buf_text(&text), expected);
    smp_buf_release(&text);
}

static void
without_hours(void **state)
{
    (void)state;
    expect("\"sessions\": [\"2026-12-01T10:00\"]", true,
           "2 2027-01-05T10:00:00 proposed\n"
           "3 2027-02-09T10:00:00 proposed\n"
           "4 2027-03-16T10:00:00 optional\n");
    assert_true(plan.sessions[1].has_window);
    assert_int_equal(plan.sessions[1].first, smp_day_of(2026, 12, 31));
    assert_int_equal(plan.sessions[1].last, smp_day_of(2027, 1, 15));
    assert_int_equal(plan.sessions[1].duration, 3 * 3600);
    expect("\"sessions\": [\"2026-12-01\"]", true,
           "2 2027-01-05 proposed\n"
           "3 2027-02-09 proposed\n"
           "4 2027-03-16 optional\n");
    assert_int_equal(plan.sessions[1].duration, 0);
    expect("\"sessions\": []", true, "");
    expect("\"sessions\": [{\"start\": \"2026-12-01\", "
           "\"status\": \"cancelled\"}]",
           true, "");
}

/* The weekday is that of the last session given, whatever came between. */
static void
own_weekday(void **state)
{
    (void)state;
    expect("\"sessions\": [\"2026-12-01T10:00\", \"2027-01-07T09:00\"]", true,
           "2 2027-01-07T09:00:00 booked\n"
           "3 2027-02-11T09:00:00 proposed\n"
           "4 2027-03-18T09:00:00 optional\n");
    use("[{\"after\": 1, \"min\": \"30d\", \"max\": \"31d\"}, "
        "{\"after\": \"*\", \"min\": \"30d\", \"max\": \"45d\"}]");
    expect("\"sessions\": [\"2026-12-01T10:00\"]", true,
           "2 2026-12-31T10:00:00 proposed\n"
           "3 2027-02-02T10:00:00 proposed\n"
           "4 2027-03-09T10:00:00 optional\n");
}

/* What is nearest to the preferred days, and where that is not the best. */
static void
nearest(void **state)
{
    (void)state;
    use("[{\"after\": 1, \"min\": \"14d\", \"prefer\": \"17d\"}, {\"after\": "
        "\"*\", \"min\": \"4d\", \"max\": \"21d\", \"prefer\": \"18d\"}]");
    expect("\"sessions\": [\"2026-12-22T10:00\"]", true,
           "2 2027-01-05T10:00:00 proposed\n"
           "3 2027-01-26T10:00:00 proposed\n"
           "4 2027-02-16T10:00:00 optional\n");
    use("[{\"after\": 2, \"max\": \"26d\", \"from\": \"first\"}]");
    expect("\"sessions\": [\"2027-09-09T10:00\"]", true,
           "2 2027-09-16T10:00:00 proposed\n"
           "3 2027-09-23T10:00:00 proposed\n"
           "4 2027-09-30T10:00:00 optional\n");
    /* from 24 February on two months would be farther from a Wednesday */
    use("[{\"after\": 1, \"min\": \"23d\", \"max\": \"35d\", "
        "\"prefer\": \"1mo\", \"from\": \"first\"}, "
        "{\"after\": \"*\", \"min\": \"2mo\", \"max\": \"76d\"}]");
    expect("\"sessions\": [\"2027-01-27T10:00\"]", true,
           "2 2027-03-03T10:00:00 proposed\n"
           "3 2027-05-05T10:00:00 proposed\n"
           "4 2027-07-07T10:00:00 optional\n");
    use("[]");
    expect("\"sessions\": [\"2100-12-17T10:00\"]", true,
           "2 2100-12-24T10:00:00 proposed\n"
           "3 2100-12-31T10:00:00 proposed\n"
           "! no room for the possible session 4: no day fits the protocol's "
           "gap\n");
}

/* One after the other: near is not what lets all of them fit. */
static void
whole_series(void **state)
{
    (void)state;
    use("[{\"after\": \"*\", \"min\": \"7d\", \"max\": \"14d\"}]");
    wanted.length = 3600;
    take("2026-12-14T05:00:00Z", "2026-12-23T05:00:00Z");
    expect("\"away\": [\"2026-12-09/2026-12-11\"], "
           "\"sessions\": [\"2026-12-01T10:00\"]",
           true,
           "2 2026-12-12T10:00:00 proposed\n"
           "3 2026-12-23T10:00:00 proposed\n"
           "4 2027-01-05T10:00:00 optional\n");
}

/* Canada's clocks change on 14 March 2027; Lord Howe's by half an hour. */
static void
clock_changes(void **state)
{
    (void)state;
    use("[{\"after\": \"*\", \"min\": \"7d\", \"max\": \"7d\"}]");
    open_at("Mo-Su 10:00-18:00");
    wanted.length = 8 * 3600;
    expect("\"sessions\": [\"2027-03-09T10:00\"]", true,
           "2 2027-03-16T10:00:00 proposed\n"
           "3 2027-03-23T10:00:00 proposed\n"
           "4 2027-03-30T10:00:00 optional\n");
    open_at("Sa 22:00-06:00");
    expect("\"sessions\": [\"2027-03-06T22:00\"]", false,
           "! session 2: no opening between 2027-03-13 and 2027-03-13: "
           "1 day not open long enough\n");
    wanted.length = 7 * 3600;
    expect("\"sessions\": [\"2027-03-06T22:00\"]", true,
           "2 2027-03-13T22:00:00 proposed\n"
           "3 2027-03-20T22:00:00 proposed\n"
           "4 2027-03-27T22:00:00 optional\n");
    wanted.length = 3600;
    wanted.hours = NULL;
    expect("\"sessions\": [\"2027-03-07T02:10\"]", true,
           "2 2027-03-14T01:59:00 proposed\n"
           "3 2027-03-21T02:10:00 proposed\n"
           "4 2027-03-28T02:10:00 optional\n");
    wanted.length = 4 * 3600;
    open_at("Su 00:00-04:00");
    expect("\"timeZone\": \"Australia/Lord_Howe\", "
           "\"sessions\": [\"2027-03-28T00:00\"]",
           true,
           "2 2027-04-04T00:00:00 proposed\n"
           "3 2027-04-11T00:00:00 proposed\n"
           "4 2027-04-18T00:00:00 optional\n");
}

/* 01:30 comes twice on 1 November; it names the first, which is taken. */
static void
repeated_hour(void **state)
{
    (void)state;
    use("[{\"after\": \"*\", \"min\": \"7d\", \"max\": \"7d\"}]");
    wanted.length = 1800;
    wanted.count = 2;
    take("2026-11-01T05:00:00Z", "2026-11-01T06:00:00Z");
    expect("\"sessions\": [\"2026-10-25T01:30\"]", true,
           "2 2026-11-01T02:00:00 proposed\n"
           "3 2026-11-08T01:30:00 optional\n");
    take("2026-11-01T07:00:00Z", "2026-11-01T09:00:00Z");
    expect("\"sessions\": [\"2026-10-25T01:30\"]", true,
           "2 2026-11-01T00:30:00 proposed\n"
           "3 2026-11-08T01:30:00 optional\n");
}

/* The weekday wins however far away; of equal days the earlier session. */
static void
far_away(void **state)
{
    (void)state;
    use("[{\"after\": \"*\", \"min\": \"7d\"}]");
    wanted.count = 2;
    protocol->course.max = 3;
    expect("\"away\": [\"2026-12-08/2026-12-08\", \"2026-12-15/2026-12-15\", "
           "\"2026-12-22/2026-12-22\"], "
           "\"sessions\": [\"2026-12-01T10:00\"]",
           true, "2 2026-12-29T10:00:00 proposed\n");
    use("[{\"after\": 1, \"min\": \"7d\"}, {\"after\": 2, \"min\": "
        "\"21d\"}]");
    wanted.count = 3;
    protocol->course.max = 3;
    open_at("Tu 10:00-18:00");
    expect("\"away\": [\"2026-12-15/2026-12-15\", \"2026-12-29/2027-01-18\"], "
           "\"sessions\": [\"2026-12-01T10:00\"]",
           true,
           "2 2026-12-08T10:00:00 proposed\n"
           "3 2027-01-19T10:00:00 proposed\n");
}

/* Three years are looked at, in whichever direction. */
static void
wide_window(void **state)
{
    (void)state;
    wanted.count = 2;
    protocol->course.max = 3;
    use("[{\"after\": \"*\", \"min\": \"1d\", \"max\": \"100y\"}]");
    expect("\"away\": [\"2026-12-02/2029-12-02\"], "
           "\"sessions\": [\"2026-12-01T10:00\"]",
           true,
           "2 2029-12-04T10:00:00 proposed\n"
           "3 2029-12-11T10:00:00 optional\n");
    expect("\"away\": [\"2026-12-02/2030-12-01\"], "
           "\"sessions\": [\"2026-12-01T10:00\"]",
           false,
           "! session 2: no opening between 2026-12-02 and 2029-12-04: "
           "1099 days away\n");
    use("[{\"after\": \"*\", \"min\": \"1d\", \"prefer\": \"2000d\", "
        "\"max\": \"2000d\"}]");
    expect("\"away\": [\"2029-01-01/2032-12-01\"], "
           "\"sessions\": [\"2026-12-01T10:00\"]",
           false,
           "! session 2: no opening between 2029-05-21 and 2032-05-23: "
           "1099 days away\n");
}

static void
obstacles(void **state)
{
    (void)state;
    open_at("Tu 10:00-18:00, We 10:00-12:00, Th 10:00-18:00");
    take("2027-01-12T15:00:00Z", "2027-01-12T22:00:00Z");
    take("2027-01-07T17:50:00Z", "2027-01-07T18:10:00Z");
    take("2027-01-07T20:40:00Z", "2027-01-07T20:50:00Z");
    take("2027-01-14T17:30:00Z", "2027-01-14T20:30:00Z");
    expect("\"away\": [\"2026-12-24/2027-01-05\"], "
           "\"sessions\": [\"2026-12-01T10:00\"]",
           false,
           "! session 2: no opening between 2026-12-31 and 2027-01-15: "
           "5 days closed, 6 days away, 2 days not open long "
           "enough, 3 days full\n");
    wanted.hours = NULL;
    use("[{\"after\": \"*\", \"min\": \"8d\", \"max\": \"7d\"}]");
    expect("\"sessions\": [\"2026-12-01T10:00\"]", false,
           "! session 2: no day fits the protocol's gap\n");
}

/* The longest beginning; and the extra one does not decide. */
static void
beginnings(void **state)
{
    (void)state;
    use("[{\"after\": \"*\", \"min\": \"7d\", \"max\": \"9d\"}]");
    expect("\"away\": [\"2026-12-14/2026-12-31\"], "
           "\"sessions\": [\"2026-12-01T10:00\"]",
           false,
           "2 2026-12-08T10:00:00 proposed\n"
           "! session 3: no opening between 2026-12-15 and 2026-12-19: "
           "5 days away\n");
    wanted.count = 2;
    expect("\"away\": [\"2026-12-14/2026-12-31\"], "
           "\"sessions\": [\"2026-12-01T10:00\"]",
           true,
           "2 2026-12-08T10:00:00 proposed\n"
           "! no room for the possible session 3: no opening between "
           "2026-12-15 and 2026-12-17: 3 days away\n");
}

static void
kept(void **state)
{
    static const char *const before =
        "\"sessions\": [\"2026-12-01T10:00\", "
        "{\"start\": \"2027-01-07T14:30\", \"status\": \"proposed\", "
        "\"uid\": \"u-2\", \"sequence\": 4}, "
        "{\"start\": \"2027-02-12T14:30\", \"status\": \"proposed\"}, "
        "{\"start\": \"2027-03-20T14:30\", \"status\": \"optional\"}]";

    (void)state;
    expect(before, true,
           "2 2027-01-07T14:30:00 proposed\n"
           "3 2027-02-12T14:30:00 proposed\n"
           "4 2027-03-20T14:30:00 optional\n");
    take("2027-01-07T20:00:00Z", "2027-01-07T20:01:00Z");
    expect(before, true,
           "2 2027-01-05T10:00:00 proposed\n"
           "3 2027-02-12T14:30:00 proposed\n"
           "4 2027-03-20T14:30:00 optional\n"
           "changed: session 2 moved from 2027-01-07T14:30:00 to "
           "2027-01-05T10:00:00\n");
    assert_int_equal(plan.sessions[1].sequence, 5);
    assert_string_equal(plan.sessions[1].uid, "u-2");
    assert_int_equal(plan.sessions[2].sequence, 0);
    assert_int_equal(plan.sessions[2].first, smp_day_of(2027, 2, 4));
    wanted.busy = NULL;
    wanted.count = 2;
    expect(before, true,
           "2 2027-01-07T14:30:00 proposed\n"
           "3 2027-02-12T14:30:00 optional\n"
           "changed: session 3 is optional, no longer proposed\n"
           "changed: session 4 dropped\n");
    assert_int_equal(plan.sessions[2].sequence, 1);
    wanted.count = 4;
    expect(before, true,
           "2 2027-01-07T14:30:00 proposed\n"
           "3 2027-02-12T14:30:00 proposed\n"
           "4 2027-03-20T14:30:00 proposed\n"
           "5 2027-04-20T10:00:00 optional\n"
           "changed: session 4 is proposed, no longer optional\n"
           "changed: session 5 added\n");
}

/* A proposal is as long as it was, else as the client's own session. */
static void
lengths(void **state)
{
    static const char *const one =
        "\"sessions\": [{\"start\": \"2026-12-01T10:00\", "
        "\"duration\": \"PT1H\"}, {\"start\": \"2027-01-05T10:00\", "
        "\"status\": \"proposed\"%s}, {\"start\": \"2027-02-09T10:00\", "
        "\"duration\": \"PT2H\", \"status\": \"proposed\"}]";
    struct smp_buf text = {0};

    (void)state;
    wanted.count = protocol->course.max = 3;
    open_at("Mo-Su 10:00-12:00");
    smp_buf_printf(&text, one, "");
    expect(smp_buf_text(&text), true,
           "2 2027-01-05T10:00:00 proposed\n"
           "3 2027-02-09T10:00:00 proposed\n");
    assert_int_equal(plan.sessions[1].duration, 3600);
    assert_int_equal(plan.sessions[2].duration, 2 * 3600);
    read_sessions(smp_buf_text(&text));
    assert_true(
        smp_series_take(&plan, protocol, &wanted, SMP_SERIES_PROPOSED, busy));
    assert_int_equal(smp_busy_most(busy, instant("2027-01-05T16:00:00Z"),
                                   instant("2027-01-06T16:00:00Z")),
                     0);
    smp_buf_cut(&text, 0);
    smp_buf_printf(&text, one, ", \"duration\": \"PT5H\"");
    expect(smp_buf_text(&text), true,
           "2 2027-01-05T10:00:00 proposed\n"
           "3 2027-02-09T10:00:00 proposed\n"
           "changed: session 2 lasts PT1H, no longer PT5H\n"
           "changed: session 3 lasts PT1H, no longer PT2H\n");
    assert_int_equal(plan.sessions[1].duration, 3600);
    assert_int_equal(plan.sessions[1].sequence, 1);
    smp_buf_release(&text);
}

/* A proposal between given sessions gives way where there is no room. */
static void
between(void **state)
{
    (void)state;
    expect("\"sessions\": [\"2026-12-01T10:00\", "
           "{\"number\": 2, \"start\": \"2027-01-20T10:00\", "
           "\"status\": \"proposed\"}, "
           "{\"number\": 3, \"start\": \"2027-02-15T10:00\"}]",
           true,
           "2 2027-01-05T10:00:00 proposed\n"
           "3 2027-02-15T10:00:00 booked\n"
           "4 2027-03-23T10:00:00 optional\n"
           "changed: session 2 moved from 2027-01-20T10:00:00 to "
           "2027-01-05T10:00:00\n"
           "changed: session 4 added\n");
    expect("\"sessions\": [\"2026-12-01T10:00\", "
           "{\"number\": 2, \"start\": \"2027-01-05T10:00\", "
           "\"status\": \"proposed\"}, "
           "{\"number\": 3, \"start\": \"2027-01-10T10:00\"}]",
           true,
           "3 2027-01-10T10:00:00 booked\n"
           "4 2027-02-14T10:00:00 proposed\n"
           "5 2027-03-21T10:00:00 optional\n"
           "changed: session 2 dropped\n"
           "changed: session 4 added\n"
           "changed: session 5 added\n");
}

/* What is booked later costs nothing that is proposed before it. */
static void
before_given(void **state)
{
    static const char *const before =
        "\"sessions\": [\"2026-12-01T10:00\", "
        "{\"number\": 2, \"start\": \"2027-01-05T10:00\", "
        "\"status\": \"proposed\"}, "
        "{\"number\": 3, \"start\": \"2027-02-09T10:00\", "
        "\"status\": \"proposed\"}, ";
    struct smp_buf text = {0};

    (void)state;
    smp_buf_printf(&text, "%s{\"number\": 4, \"start\": \"2027-03-16T10:00\"}]",
                   before);
    expect(smp_buf_text(&text), true,
           "2 2027-01-05T10:00:00 proposed\n"
           "3 2027-02-09T10:00:00 proposed\n"
           "4 2027-03-16T10:00:00 booked\n");
    wanted.count = 2; /* those before it stay */
    expect(smp_buf_text(&text), true,
           "2 2027-01-05T10:00:00 proposed\n"
           "3 2027-02-09T10:00:00 proposed\n"
           "4 2027-03-16T10:00:00 booked\n");
    wanted.count = 5;
    expect(smp_buf_text(&text), true,
           "2 2027-01-05T10:00:00 proposed\n"
           "3 2027-02-09T10:00:00 proposed\n"
           "4 2027-03-16T10:00:00 booked\n"
           "5 2027-04-20T10:00:00 proposed\n"
           "6 2027-05-25T10:00:00 optional\n"
           "changed: session 5 added\n"
           "changed: session 6 added\n");
    wanted.count = 0;
    smp_buf_cut(&text, 0);
    smp_buf_printf(&text,
                   "%s{\"number\": 4, \"start\": \"2027-03-16T10:00\", "
                   "\"status\": \"optional\"}, "
                   "{\"number\": 9, \"start\": \"2027-05-15T10:00\"}]",
                   before);
    expect(smp_buf_text(&text), true,
           "2 2027-01-05T10:00:00 proposed\n"
           "3 2027-02-16T10:00:00 proposed\n"
           "4 2027-03-31T10:00:00 proposed\n"
           "9 2027-05-15T10:00:00 booked\n"
           "changed: session 3 moved from 2027-02-09T10:00:00 to "
           "2027-02-16T10:00:00\n"
           "changed: session 4 moved from 2027-03-16T10:00:00 to "
           "2027-03-31T10:00:00\n"
           "changed: session 4 is proposed, no longer optional\n");
    smp_buf_release(&text);
}

/* It breaks its gap whatever is before it: nothing gives way. One that is too
 * early is before the proposals in time, whatever its number. */
static void
before_mistake(void **state)
{
    static const char *const late =
        "\"sessions\": [\"2026-12-01T10:00\", "
        "{\"start\": \"2027-01-05T10:00\", \"status\": \"proposed\"}, "
        "{\"start\": \"2027-02-09T10:00\", \"status\": \"proposed\"}, "
        "{\"number\": 9, \"start\": \"2027-06-01T10:00\"}]";
    static const char *const early =
        "\"sessions\": [\"2026-12-01T10:00\", "
        "{\"start\": \"2027-01-05T10:00\", \"status\": \"proposed\"}, "
        "{\"start\": \"2027-02-09T10:00\", \"status\": \"proposed\"}, "
        "{\"number\": 9, \"start\": \"2026-12-02T10:00\"}]";

    (void)state;
    expect(late, true,
           "2 2027-01-05T10:00:00 proposed\n"
           "3 2027-02-09T10:00:00 proposed\n"
           "9 2027-06-01T10:00:00 booked\n"
           "! session 9 is 112 days after session 3, too late: the protocol "
           "allows it until 2027-03-26\n");
    wanted.count = 1;
    expect(early, true,
           "9 2026-12-02T10:00:00 booked\n"
           "changed: session 2 dropped\n"
           "changed: session 3 dropped\n"
           "! session 9 is 1 day after session 1, too early: the protocol "
           "allows it from 2026-12-31 on\n");
    wanted.count = 4;
    expect(early, true,
           "2 2027-01-05T10:00:00 proposed\n"
           "3 2027-02-09T10:00:00 proposed\n"
           "9 2026-12-02T10:00:00 booked\n"
           "10 2027-03-17T10:00:00 optional\n"
           "changed: session 10 added\n"
           "! session 9 is 1 day after session 1, too early: the protocol "
           "allows it from 2026-12-31 on\n");
    wanted.count = 1;
    expect("\"sessions\": [\"2026-12-01\", \"2026-12-02\"]", true,
           "2 2026-12-02 booked\n"
           "! session 2 is 1 day after session 1, too early: the protocol "
           "allows it from 2026-12-31 on\n");
}

/* Gaps follow treatments in the order of time, whatever the numbers. */
static void
treatments(void **state)
{
    (void)state;
    use("[{\"after\": 1, \"min\": \"7d\", \"max\": \"14d\"}, "
        "{\"after\": 2, \"min\": \"30d\", \"max\": \"45d\"}, "
        "{\"after\": \"*\", \"min\": \"60d\", \"from\": \"first\"}]");
    protocol->course.max = 3;
    expect("\"sessions\": [\"2026-12-01T10:00\", {\"start\": "
           "\"2026-12-08T10:00\", \"status\": \"cancelled\"}, "
           "\"2026-12-15T10:00\"]",
           true,
           "2 2026-12-08T10:00:00 cancelled\n"
           "3 2026-12-15T10:00:00 booked\n"
           "4 2027-01-19T10:00:00 proposed\n");
    wanted.count = 4;
    expect("\"sessions\": [\"2026-12-01T10:00\", \"2027-01-20T10:00\", "
           "\"2026-12-15T10:00\"]",
           true,
           "2 2027-01-20T10:00:00 booked\n"
           "3 2026-12-15T10:00:00 booked\n"
           "4 2027-02-03T10:00:00 proposed\n"
           "! session 3 is not after session 2\n");
    /* The earliest is the first, whatever its number. */
    expect("\"sessions\": [\"2026-12-15T10:00\", \"2026-12-01T10:00\", "
           "\"2027-01-14T10:00\"]",
           true,
           "2 2026-12-01T10:00:00 booked\n"
           "3 2027-01-14T10:00:00 booked\n"
           "4 2027-02-04T10:00:00 proposed\n"
           "! session 2 is not after session 1\n");
}

/* Without a booked session the first proposal is needed, and stays. */
static void
all_cancelled(void **state)
{
    (void)state;
    wanted.count = 1;
    expect("\"sessions\": [{\"start\": \"2026-12-01T10:00\", "
           "\"status\": \"cancelled\"}, {\"start\": "
           "\"2027-01-05T10:00\", \"status\": \"optional\"}]",
           true,
           "2 2027-01-05T10:00:00 proposed\n"
           "3 2027-02-09T10:00:00 optional\n"
           "changed: session 2 is proposed, no longer optional\n"
           "changed: session 3 added\n");
    assert_true(smp_busy_most(busy, INT64_MIN, INT64_MAX) == 0);
    assert_true(
        smp_series_take(&plan, protocol, &wanted, SMP_SERIES_FIXED, busy));
    assert_true(smp_busy_most(busy, INT64_MIN, INT64_MAX) == 1);
}

/* The client could not come then. */
static void
cancelled(void **state)
{
    static const char *const one =
        "\"sessions\": [\"2026-12-01T10:00\", "
        "{\"start\": \"2027-01-05T10:00\", \"status\": \"cancelled\"}, "
        "{\"start\": \"2027-01-05T10:00\", \"status\": \"proposed\"}]";

    (void)state;
    wanted.count = 2;
    protocol->course.max = 3;
    expect(one, true,
           "2 2027-01-05T10:00:00 cancelled\n"
           "3 2027-01-12T10:00:00 proposed\n"
           "changed: session 3 moved from 2027-01-05T10:00:00 to "
           "2027-01-12T10:00:00\n");
    open_at("Tu 10:00-18:00");
    expect(one, true,
           "2 2027-01-05T10:00:00 cancelled\n"
           "3 2027-01-05T13:00:00 proposed\n"
           "changed: session 3 moved from 2027-01-05T10:00:00 to "
           "2027-01-05T13:00:00\n");
    use("[{\"after\": \"*\", \"min\": \"35d\", \"max\": \"35d\"}]");
    open_at("Tu 10:00-14:00");
    expect(one, false,
           "2 2027-01-05T10:00:00 cancelled\n"
           "changed: session 3 dropped\n"
           "! session 3: no opening between 2027-01-05 and 2027-01-05: "
           "1 day taken by other sessions of the plan\n");
}

static void
not_before(void **state)
{
    static const char *const one =
        "\"sessions\": [\"2026-12-01T10:00\", "
        "{\"start\": \"2027-01-05T10:00\", \"status\": \"proposed\"}]";

    (void)state;
    open_at("Tu-Th 10:00-18:00");
    wanted.count = 2;
    protocol->course.max = 3;
    wanted.not_before =
        (struct smp_when){SMP_INSTANT, instant("2027-01-05T15:00:00Z")};
    expect(one, true, "2 2027-01-05T10:00:00 proposed\n");
    wanted.not_before.seconds++;
    expect(one, true,
           "2 2027-01-05T10:01:00 proposed\n"
           "changed: session 2 moved from 2027-01-05T10:00:00 to "
           "2027-01-05T10:01:00\n");
    wanted.not_before.seconds = instant("2027-01-13T22:00:00Z");
    expect("\"away\": [\"2027-01-14/2027-01-14\"], "
           "\"sessions\": [\"2026-12-01T10:00\"]",
           false,
           "! session 2: no opening between 2026-12-31 and 2027-01-15: "
           "14 days past, 1 day closed, 1 day away\n");
}

/* The studio's clock is not the client's. */
static void
hours_elsewhere(void **state)
{
    struct smp_err err = {0};

    (void)state;
    wanted.count = 2;
    protocol->course.max = 3;
    open_at("Tu 10:00-18:00");
    wanted.hours_zone = smp_zones_get(&zones, "Europe/Paris", &err);
    expect("\"sessions\": [\"2026-12-01T11:00\"]", true,
           "2 2027-01-05T09:00:00 proposed\n"
           "! session 1 is outside the opening hours\n");
    wanted.hours_zone = smp_zones_get(&zones, "Asia/Tokyo", &err);
    expect("\"sessions\": [\"2026-12-01T11:00\"]", true,
           "2 2027-01-05T01:00:00 proposed\n"
           "! session 1 is outside the opening hours\n");
    use("[{\"after\": \"*\", \"min\": \"31d\", \"max\": \"35d\"}]");
    wanted.count = 2;
    protocol->course.max = 3;
    expect("\"away\": [\"2027-01-04/2027-01-04\"], "
           "\"sessions\": [\"2026-12-01T20:00\"]",
           true,
           "2 2027-01-05T01:00:00 proposed\n"
           "! session 1 is outside the opening hours\n");
    wanted.length = 9 * 3600;
    expect("\"sessions\": [\"2026-12-01T20:00\"]", false,
           "! session 1 is outside the opening hours\n"
           "! session 2: no opening between 2027-01-01 and 2027-01-05: "
           "3 days closed, 2 days not open long enough\n");
    open_at("Tu 10:00-12:00");
    expect("\"sessions\": [\"2026-12-01T20:00\"]", false,
           "! session 1 is outside the opening hours\n"
           "! session 2: no opening between 2027-01-01 and 2027-01-05: "
           "4 days closed, 1 day not open long enough\n");
}

/* The same hours on another clock: nothing counts twice. */
static void
other_clock(void **state)
{
    static const char *const open[][2] = {
        {"Tu 10:00-18:00, We 22:00-03:00", "Tu 11:00-19:00, We 23:00-04:00"},
        {"Mo-Su", "Mo-Su"},
        {"Tu 06:00-24:00, We-Th; Fr 00:00-09:00",
         "Tu 07:00-24:00, We-Th; Fr 00:00-10:00"},
    };
    struct smp_err err = {0};
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(open); i++) {
        int64_t slack;

        open_at(open[i][0]);
        wanted.hours_zone = NULL;
        read_sessions("\"sessions\": [\"2027-02-02T10:00\"]");
        slack = smp_series_slack(&plan, protocol, &wanted);
        open_at(open[i][1]);
        wanted.hours_zone = smp_zones_get(&zones, "America/Halifax", &err);
        assert_true(smp_series_slack(&plan, protocol, &wanted) == slack);
    }
}

static void
dates(void **state)
{
    (void)state;
    open_at("Tu-Fr 12:00-18:00, Sa 09:00-13:00");
    wanted.count = 2;
    expect("\"sessions\": [\"2026-12-01\"]", true,
           "2 2027-01-05T12:00:00 proposed\n"
           "3 2027-02-09T12:00:00 optional\n");
    expect("\"sessions\": [\"2026-12-05\"]", true,
           "2 2027-01-09 proposed\n"
           "3 2027-02-13 optional\n");
    expect("\"sessions\": [\"2026-12-06\"]", true,
           "2 2027-01-05T12:00:00 proposed\n"
           "3 2027-02-04T12:00:00 optional\n"
           "! session 1 is outside the opening hours\n");
}

/* A date that stays is as it was, the second time too. */
static void
dates_again(void **state)
{
    static const char *const one =
        "\"sessions\": [{\"start\": \"2026-12-01T10:00\"%s}, "
        "{\"start\": \"2027-01-05\", \"status\": \"proposed\"}]";
    struct smp_buf text = {0};

    (void)state;
    wanted.count = 2;
    protocol->course.max = 3;
    smp_buf_printf(&text, one, "");
    expect(smp_buf_text(&text), true, "2 2027-01-05 proposed\n");
    assert_int_equal(plan.sessions[1].duration, 0);
    smp_buf_cut(&text, 0);
    smp_buf_printf(&text, one, ", \"duration\": \"PT3H\"");
    expect(smp_buf_text(&text), true, "2 2027-01-05 proposed\n");
    assert_int_equal(plan.sessions[1].duration, 0);
    smp_buf_release(&text);
    expect("\"sessions\": [{\"start\": \"2026-12-01\", "
           "\"duration\": \"PT2H\"}]",
           true, "2 2027-01-05 proposed\n");
    assert_int_equal(plan.sessions[1].duration, 2 * 3600);
}

static void
choices(void **state)
{
    (void)state;
    open_at("Tu-Fr 10:00-18:00");
    take("2027-01-05T15:00:00Z", "2027-01-05T15:30:00Z");
    wanted.choices = 5;
    expect("\"sessions\": [\"2026-12-01T10:00\"]", true,
           "2 2027-01-05T10:30:00 proposed\n"
           "3 2027-02-09T10:00:00 proposed\n"
           "4 2027-03-16T10:00:00 optional\n"
           "or 2027-01-05T10:30:00\n"
           "or 2027-01-05T13:30:00\n"
           "or 2027-01-12T10:00:00\n"
           "or 2027-01-12T13:00:00\n"
           "or 2026-12-31T10:00:00\n");
    wanted.choices = 1;
    expect("\"choices\": [\"2020-01-01\"], "
           "\"sessions\": [{\"start\": \"2026-12-01\", "
           "\"status\": \"proposed\"}]",
           true,
           "2 2027-01-05T10:30:00 proposed\n"
           "3 2027-02-09 proposed\n"
           "4 2027-03-16 optional\n"
           "or 2027-01-05T10:30:00\n");
    assert_false(smp_series_is(&plan, &plan.sessions[0], SMP_SERIES_PROPOSED));
    assert_true(smp_series_is(&plan, &plan.sessions[1], SMP_SERIES_PROPOSED));
    wanted.choices = 0;
    expect("\"choices\": [\"2020-01-01\"], \"sessions\": []", true, "");
}

static void
given(void **state)
{
    struct smp_days away = {smp_day_of(2026, 12, 1), smp_day_of(2026, 12, 2)};

    (void)state;
    wanted.count = 1;
    use("[]");
    open_at("Tu 10:00-12:00");
    wanted.away = &away;
    wanted.away_count = 1;
    wanted.busy = busy;
    protocol->course.max = 1;
    read_sessions("\"sessions\": [\"2026-12-01T10:00\"]");
    assert_true(
        smp_series_take(&plan, protocol, &wanted, SMP_SERIES_FIXED, busy));
    expect("\"sessions\": [\"2026-12-01T10:00\"]", true,
           "! session 1 is on a day away\n"
           "! session 1 is outside the opening hours\n");
    take("2026-12-01T16:00:00Z", "2026-12-01T16:30:00Z");
    wanted.hours = NULL;
    wanted.away_count = 0;
    expect("\"sessions\": [\"2026-12-01T10:00\"]", true,
           "! session 1 is at a time at which 2 chairs are wanted and the "
           "studio has 1\n");
    expect("\"sessions\": [{\"start\": \"2026-12-01T10:00\", "
           "\"status\": \"done\"}]",
           true, "");
    expect("\"sessions\": [\"2027-03-14T02:30\"]", true,
           "! session 1 begins at a time that the change of the clock "
           "skips\n");
}

/* The first session of all stays, and has a chair, though it is proposed. */
static void
given_first(void **state)
{
    static const char *const first =
        "\"sessions\": [{\"start\": \"2026-12-01T10:00\", "
        "\"status\": \"proposed\"}]";
    int64_t from = instant("2026-12-01T15:00:00Z");
    int i;

    (void)state;
    for (i = 0; i < 2; i++) {
        read_sessions(first);
        assert_true(
            smp_series_take(&plan, protocol, &wanted, SMP_SERIES_FIXED, busy));
        assert_int_equal(smp_busy_most(busy, from, from + 1), i + 1);
        assert_true(smp_series_take(&plan, protocol, &wanted,
                                    SMP_SERIES_PROPOSED, busy));
        assert_int_equal(smp_busy_most(busy, from, from + 1), i + 1);
    }
    wanted.count = protocol->course.typical = protocol->course.max = 1;
    wanted.busy = busy;
    expect(first, true,
           "! session 1 is at a time at which 2 chairs are wanted and the "
           "studio has 1\n");
}

/* In UTC it is in the year 2101. */
static void
last_evening(void **state)
{
    static const char *const first = "\"sessions\": [\"2100-12-31T20:00\"]";
    int i;

    (void)state;
    wanted.count = protocol->course.typical = protocol->course.max = 1;
    wanted.busy = busy;
    for (i = 0; i < 2; i++) {
        read_sessions(first);
        assert_true(
            smp_series_take(&plan, protocol, &wanted, SMP_SERIES_FIXED, busy));
    }
    expect(first, true,
           "! session 1 is at a time at which 2 chairs are wanted and the "
           "studio has 1\n");
}

static void
many(void **state)
{
    int32_t first, last;
    int64_t slack;

    (void)state;
    read_sessions("\"sessions\": [\"2026-12-01T10:00\"]");
    assert_true(smp_series_reach(&plan, protocol, &wanted, &first, &last));
    assert_int_equal(first, smp_day_of(2026, 11, 30));
    assert_int_equal(last, smp_day_of(2027, 4, 15) + 3);
    open_at("Tu 10:00-18:00");
    slack = smp_series_slack(&plan, protocol, &wanted);
    assert_int_equal(plan.session_count, 1);
    wanted.busy = busy;
    assert_true(smp_series_complete(&plan, protocol, &wanted));
    assert_true(
        smp_series_take(&plan, protocol, &wanted, SMP_SERIES_PROPOSED, busy));
    /* the two that are proposed, not the optional one */
    assert_int_equal(smp_busy_most(busy, instant("2027-01-05T15:00:00Z"),
                                   instant("2027-01-05T18:00:00Z")),
                     1);
    assert_int_equal(smp_busy_most(busy, instant("2027-01-05T18:00:00Z"),
                                   instant("2027-02-09T15:00:00Z")),
                     0);
    assert_int_equal(smp_busy_most(busy, instant("2027-03-01T15:00:00Z"),
                                   instant("2027-04-09T15:00:00Z")),
                     0);
    read_sessions("\"sessions\": [\"2026-12-01T10:00\"]");
    assert_true(smp_series_slack(&plan, protocol, &wanted) < slack);
    take("2027-01-01T00:00:00Z", "2028-01-01T00:00:00Z");
    assert_true(smp_series_slack(&plan, protocol, &wanted) ==
                SMP_SERIES_HOPELESS);
    read_sessions("\"sessions\": []");
    assert_true(smp_series_slack(&plan, protocol, &wanted) == INT64_MAX);
    assert_false(smp_series_reach(&plan, protocol, &wanted, &first, &last));
}

/* The end of the calendar, and numbers up to the last one. */
static void
ends(void **state)
{
    (void)state;
    expect("\"sessions\": [\"2100-11-25T10:00\"]", false,
           "2 2100-12-30T10:00:00 proposed\n"
           "! session 3: no day fits the protocol's gap\n");
    wanted.count = 99;
    expect("\"sessions\": [{\"number\": 99, \"start\": \"2026-12-01\"}]", true,
           "");
    use("[{\"after\": \"*\", \"min\": \"99999y\"}]");
    expect("\"sessions\": [\"2026-12-01T10:00\"]", false,
           "! session 2: no day fits the protocol's gap\n");
    use("[{\"after\": \"*\", \"min\": \"-99999y\", \"prefer\": \"99999y\", "
        "\"max\": \"99999y\"}]");
    wanted.count = 3;
    expect("\"sessions\": [\"2100-12-01T10:00\"]", true,
           "2 2100-12-22T10:00:00 proposed\n"
           "3 2100-12-29T10:00:00 proposed\n"
           "4 2100-12-31T10:00:00 optional\n");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
        TEST(without_hours), TEST(own_weekday),     TEST(whole_series),
        TEST(clock_changes), TEST(repeated_hour),   TEST(far_away),
        TEST(wide_window),   TEST(obstacles),       TEST(beginnings),
        TEST(kept),          TEST(lengths),         TEST(between),
        TEST(before_given),  TEST(before_mistake),  TEST(cancelled),
        TEST(treatments),    TEST(all_cancelled),   TEST(not_before),
        TEST(dates),         TEST(hours_elsewhere), TEST(other_clock),
        TEST(dates_again),   TEST(choices),         TEST(given),
        TEST(given_first),   TEST(last_evening),    TEST(many),
        TEST(ends),          TEST(nearest),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("series", tests, NULL, NULL);
}
