#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>

#include "helpers.h"
#include "plan_read.h"
#include "time/zone.h"
#include "plan/plan.h"
#include "series/series.h"
#include "studio/studio.h"

/* A studio's week, planned without a process: one chair, open on weekdays. */
enum { PLANS_MAX = 4 };

static struct smp_zones zones = {.directory = smp_zone_directory};
static struct smp_protocol *protocol;
static struct smp_schedule *schedule;
static struct smp_plan plans[PLANS_MAX];
static size_t plan_count;
static struct smp_series_wanted wanted;
static struct smp_buf remarks;

static struct smp_protocol *
load(const char *text)
{
    char *file = file_of(text);
    const char *name = file;
    struct smp_err err = {0};
    struct smp_protocol *loaded = smp_protocol_load(NULL, &name, 1, NULL, &err);

    if (!loaded)
        fail_msg("%s", smp_buf_text(&err.text));
    file_drop(file);
    return loaded;
}

static struct smp_schedule_settings
settings_of_tests(void)
{
    return (struct smp_schedule_settings){
        .restarts = true,
        .zones = &zones,
        .zone = smp_zones_get(&zones, "UTC", NULL)};
}

static int
set_up(void **state)
{
    struct smp_schedule_settings settings = settings_of_tests();
    struct smp_err err = {0};

    (void)state;
    protocol =
        load("{\"plan\":{\"sessions\":{\"typical\":2,\"max\":2},\"length\":"
             "\"3h\",\"gaps\":[{\"after\":"
             "\"*\",\"min\":\"2d\",\"max\":\"4d\"}]},\"studio\":{\"timeZone\":"
             "\"Europe/Paris\",\"openingHours\":\"Mo-Fr 09:00-15:00\"}}");
    schedule = smp_schedule_new(protocol, &settings, NULL, &err);
    assert_non_null(schedule);
    wanted = (struct smp_series_wanted){0};
    plan_count = 0;
    return 0;
}

static int
tear_down(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < PLANS_MAX; i++)
        smp_plan_release(&plans[i]);
    smp_schedule_free(schedule);
    smp_protocol_free(protocol);
    smp_zones_release(&zones);
    smp_buf_release(&remarks);
    return 0;
}

static void
add_plan(const char *json)
{
    struct smp_plan *plan = &plans[plan_count++];

    plan_read(plan, json, &zones, "Europe/Paris");
    plan->line = plan_count;
}

static void
keep_remark(void *context, unsigned long line, const char *uid, bool dropped,
            const char *what)
{
    (void)context;
    smp_buf_printf(&remarks, "%lu: %s: %s%s\n", line, uid,
                   dropped ? "rejected: " : "", what);
}

static void
add_events(const char *events)
{
    struct smp_buf text = {0};
    struct smp_err err = {0};
    char *file;
    int fd;

    smp_buf_printf(
        &text, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n%sEND:VCALENDAR\r\n", events);
    file = file_of(smp_buf_text(&text));
    fd = open(file, O_RDONLY);
    assert_true(fd >= 0);
    if (!smp_schedule_add_calendar(schedule, fd, keep_remark, NULL, &err))
        fail_msg("%s", smp_buf_text(&err.text));
    close(fd);
    file_drop(file);
    smp_buf_release(&text);
}

/* What is to be known before the first plan is completed. */
static void
note_all(const char *events)
{
    struct smp_err err = {0};
    size_t i;

    for (i = 0; i < plan_count; i++)
        assert_true(
            smp_schedule_note(schedule, &plans[i], protocol, &wanted, &err));
    add_events(events);
    for (i = 0; i < plan_count; i++)
        smp_schedule_reserve(schedule, &plans[i], protocol, &wanted);
}

static bool
complete(size_t i, bool only_whole)
{
    struct smp_err err = {0};
    bool whole = smp_schedule_complete(schedule, &plans[i], protocol, &wanted,
                                       only_whole, &err);

    assert_false(err.failed);
    return whole;
}

/* "a: 1 2026-12-01T10:00:00, 2 ...; CHANGE; WARNING", a line a plan. */
static void
expect(const char *expected)
{
    struct smp_buf text = {0};
    size_t i, k;

    for (i = 0; i < plan_count; i++) {
        const struct smp_plan *plan = &plans[i];

        smp_buf_printf(&text, "%s:", plan->id);
        for (k = 0; k < plan->session_count; k++) {
            smp_buf_printf(&text, "%s %d ", k ? "," : "",
                           plan->sessions[k].number);
            smp_when_print(&text, plan->sessions[k].start);
        }
        for (k = 0; k < plan->changes.count; k++)
            smp_buf_printf(&text, "; %s", plan->changes.at[k]);
        for (k = 0; k < plan->warnings.count; k++)
            smp_buf_printf(&text, "; %s", plan->warnings.at[k]);
        smp_buf_putc(&text, '\n');
    }
    assert_string_equal(smp_buf_text(&text), expected);
    smp_buf_release(&text);
}

/* Booked sessions, busy events and old proposals come before new ones. */
static void
week(void **state)
{
    size_t i;

    (void)state;
    add_plan("{\"id\":\"a\",\"sessions\":[\"2026-12-01T09:00\"]}");
    add_plan("{\"id\":\"b\",\"sessions\":[\"2026-12-01T12:00\"]}");
    add_plan("{\"id\":\"c\",\"sessions\":[\"2026-11-30T12:00\",{\"number\":2,"
             "\"start\":\"2026-12-03T09:00\",\"status\":\"proposed\"}]}");
    note_all("BEGIN:VEVENT\r\nUID:lunch\r\nDTSTART:20261204T090000\r\n"
             "DTEND:20261204T100000\r\nEND:VEVENT\r\n");
    for (i = 0; i < plan_count; i++)
        assert_true(complete(i, false));
    expect("a: 1 2026-12-01T09:00:00, 2 2026-12-03T12:00:00\n"
           "b: 1 2026-12-01T12:00:00, 2 2026-12-04T12:00:00\n"
           "c: 1 2026-11-30T12:00:00, 2 2026-12-03T09:00:00\n");
    assert_string_equal(smp_buf_text(&remarks), "");
}

/* An event with the UID of a booked session is that session. */
static void
known_events(void **state)
{
    (void)state;
    add_plan("{\"id\":\"a\",\"sessions\":[{\"start\":\"2026-12-01T09:00\","
             "\"uid\":\"u1\"}]}");
    add_plan("{\"id\":\"b\",\"sessions\":[{\"start\":\"2026-12-02T09:00\","
             "\"uid\":\"u2\"}]}");
    note_all("BEGIN:VEVENT\r\nUID:u1\r\nDTSTART:20261201T080000Z\r\n"
             "DURATION:PT3H\r\nEND:VEVENT\r\n"
             "BEGIN:VEVENT\r\nUID:u2\r\nDTSTART:20261202T090000Z\r\n"
             "DURATION:PT3H\r\nEND:VEVENT\r\n");
    assert_true(complete(0, false));
    assert_true(complete(1, false));
    expect("a: 1 2026-12-01T09:00:00, 2 2026-12-03T09:00:00\n"
           "b: 1 2026-12-02T09:00:00, 2 2026-12-04T09:00:00; session 1 is at a "
           "time at which 2 chairs are wanted and the studio has 1\n");
    assert_string_equal(smp_buf_text(&remarks),
                        "8: u2: a plan has this session at another time; both "
                        "count\n");
}

/* A change moves what depends on it, and is named before that. */
static void
edited(void **state)
{
    struct smp_edit edit = {.number = 1};
    struct smp_err err = {0};

    (void)state;
    add_plan("{\"id\":\"a\",\"sessions\":[\"2026-12-01T09:00\",{\"number\":2,"
             "\"start\":\"2026-12-03T09:00\",\"status\":\"proposed\"}]}");
    assert_true(smp_edit_parse("2026-12-02T10:00", 0, &edit, &err));
    assert_true(smp_plan_edit(&plans[0], &edit, 0, &err));
    note_all("");
    assert_true(complete(0, false));
    expect("a: 1 2026-12-02T10:00:00, 2 2026-12-04T10:00:00; session 1 moved "
           "from 2026-12-01T09:00:00 to 2026-12-02T10:00:00; session 2 moved "
           "from 2026-12-03T09:00:00 to 2026-12-04T10:00:00\n");
}

static const struct {
    const char *text, *changes, *error;
    int number;
} edits[] = {
    {"done", "session 1 done", NULL, 1},
    {"booked", "", NULL, 1},
    {"2026-12-05T10:00", "session 2 booked for 2026-12-05T10:00:00", NULL, 2},
    {"healed=2026-12-08", "session 1 healed on 2026-12-08", NULL, 1},
    {"healed=no", "session 1 not healed", NULL, 1},
    {"healed=2026-11-30", "", "this day is before the session", 1},
    {"cancelled", "", "no such session", 3},
    {"maybe", "", "not a date: \"maybe\"", 1},
    {"healed=10:00", "", "not a date: \"10:00\"", 1},
};

static void
edit_table(void **state)
{
    struct smp_buf faults = {0};
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(edits); i++) {
        struct smp_edit edit = {.number = edits[i].number};
        struct smp_err err = {0};
        const char *changes;

        plan_read(&plans[0],
                  "{\"id\":\"a\",\"sessions\":[\"2026-12-01T09:00\"]}", &zones,
                  "Europe/Paris");
        if (smp_edit_parse(edits[i].text, 0, &edit, &err))
            smp_plan_edit(&plans[0], &edit, 0, &err);
        changes = plans[0].changes.count ? plans[0].changes.at[0] : "";
        if (strcmp(changes, edits[i].changes) != 0 ||
            err.failed != (edits[i].error != NULL) ||
            (err.failed && !strstr(smp_buf_text(&err.text), edits[i].error)))
            smp_buf_printf(&faults, "%s: %s, %s\n", edits[i].text, changes,
                           smp_buf_text(&err.text));
        smp_err_release(&err);
    }
    assert_none(&faults);
}

static enum smp_served
serve(void *context, size_t plan, bool only_whole)
{
    bool whole = complete(plan, only_whole);

    (void)context;
    return whole ? SMP_SERVED_WHOLE : only_whole ? SMP_NOT_SERVED : SMP_SERVED;
}

static void
restart(void *context)
{
    (void)context;
    smp_schedule_restart(schedule);
}

/* The client who has a single day left is served first. */
static void
fair(void **state)
{
    struct smp_turn turns[PLANS_MAX] = {{0}};
    size_t i;

    (void)state;
    add_plan("{\"id\":\"a\",\"sessions\":[\"2026-12-01T09:00\"]}");
    add_plan("{\"id\":\"b\",\"sessions\":[\"2026-12-01T12:00\"],\"away\":["
             "\"2026-12-04/2026-12-31\"]}");
    note_all("BEGIN:VEVENT\r\nUID:x\r\nDTSTART:20261203T120000\r\n"
             "DTEND:20261203T150000\r\nEND:VEVENT\r\n");
    for (i = 0; i < plan_count; i++)
        turns[i] =
            (struct smp_turn){.plan = i,
                              .slack = smp_schedule_slack(schedule, &plans[i],
                                                          protocol, &wanted)};
    smp_fair_serve(turns, plan_count, serve, restart, NULL);
    assert_true(turns[0].served && turns[1].served);
    expect("a: 1 2026-12-01T09:00:00, 2 2026-12-04T09:00:00\n"
           "b: 1 2026-12-01T12:00:00, 2 2026-12-03T09:00:00\n");
}

static void
wrong_studios(void **state)
{
    static const char *const texts[][2] = {
        {"{\"studio\":{\"openingHours\":\"Xx 9:00\"}}",
         "studio.openingHours: "},
        {"{\"studio\":{\"timeZone\":\"Europe/Nowhere\"}}",
         "studio.timeZone: unknown time zone: \"Europe/Nowhere\""},
    };
    struct smp_schedule_settings settings = settings_of_tests();
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(texts); i++) {
        struct smp_protocol *wrong = load(texts[i][0]);
        struct smp_err err = {0};

        assert_null(smp_schedule_new(wrong, &settings, NULL, &err));
        assert_ptr_equal(strstr(smp_buf_text(&err.text), texts[i][1]),
                         smp_buf_text(&err.text));
        smp_err_release(&err);
        smp_protocol_free(wrong);
    }
}

#define TEST(function)                                                         \
    cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {TEST(week),   TEST(known_events),
                                       TEST(edited), TEST(edit_table),
                                       TEST(fair),   TEST(wrong_studios)};

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("a studio's schedule", tests, NULL,
                                       NULL);
}
