#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "helpers.h"
#include "plan_read.h"
#include "time/zone.h"
#include "plan/plan.h"
#include "sheet/sheet.h"

static struct smp_zones zones = {.directory = smp_zone_directory};
static struct smp_protocol *protocol;
static struct smp_plan plan;
static struct smp_sheet sheet;

static int
set_up(void **state)
{
    (void)state;
    protocol = smp_protocol_load(NULL, NULL, 0, NULL, NULL);
    assert_non_null(protocol);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    smp_sheet_release(&sheet);
    smp_plan_release(&plan);
    smp_zones_release(&zones);
    smp_protocol_free(protocol);
    return 0;
}

static void
read_plan(const char *json)
{
    plan_read(&plan, json, &zones, "Europe/Paris");
}

static void
fill_care(const char *json)
{
    read_plan(json);
    smp_care_add_words(&plan, protocol, SMP_PRE, false);
    smp_care_add_words(&plan, protocol, SMP_POST, false);
    assert_true(smp_sheet_of_care(&sheet, &plan, protocol));
}

static size_t
count_lines(const struct smp_sheet_section *section, enum smp_line_kind kind)
{
    const struct smp_sheet_group *group;
    const struct smp_sheet_line *line;
    size_t count = 0;

    for (group = section->groups; group; group = group->next)
        for (line = group->lines; line; line = line->next)
            count += line->kind == kind;
    return count;
}

/* Every item is on it once; the question comes before what waits for it. */
static void
care(void **state)
{
    const struct smp_sheet_section *pre, *post;
    const struct smp_sheet_group *group;

    (void)state;
    fill_care("{\"id\":\"c-1\",\"name\":\"Ana\",\"sessions\":"
              "[\"2026-12-01T10:00\"]}");
    assert_string_equal(sheet.client, "Ana");
    pre = sheet.sections;
    post = pre->next;
    assert_null(post->next);
    assert_int_equal(pre->phase, SMP_PRE);
    assert_ptr_equal(post->session, &plan.sessions[0]);
    assert_int_equal(count_lines(pre, SMP_LINE_CARE) +
                         count_lines(post, SMP_LINE_CARE),
                     plan.item_count);
    assert_int_equal(count_lines(pre, SMP_LINE_QUESTION), 0);
    assert_int_equal(count_lines(post, SMP_LINE_QUESTION), 1);
    for (group = post->groups; group->lines->kind != SMP_LINE_QUESTION;
         group = group->next)
        assert_string_not_equal(group->when, "Once healed");
    assert_string_equal(group->when, "8 to 11 December");
    assert_string_equal(group->next->when, "Once healed");
}

/* A confirmed day is not asked for; nothing of the plan before is left. */
static void
filled_again(void **state)
{
    (void)state;
    fill_care("{\"id\":\"c-1\",\"name\":\"Ana\",\"sessions\":"
              "[\"2026-12-01T10:00\",\"2027-01-10T10:00\"]}");
    fill_care("{\"id\":\"c-2\",\"sessions\":[{\"n\":1,\"start\":"
              "\"2026-12-01T10:00\",\"healed\":\"2026-12-09\"}]}");
    assert_string_equal(sheet.client, "c-2");
    assert_null(sheet.sections->next->next);
    assert_int_equal(count_lines(sheet.sections->next, SMP_LINE_QUESTION), 0);
    read_plan("{\"id\":\"c-3\",\"sessions\":[\"2026-12-01\"]}");
    assert_true(smp_sheet_of_sessions(&sheet, &plan, protocol));
    assert_null(sheet.sections);
    assert_null(sheet.caution);
    assert_int_equal(sheet.row_count, 1);
    assert_string_equal(sheet.rows[0].times, "");
    assert_null(sheet.picture.days);
}

static void
undated(void **state)
{
    size_t rules = 0, i;

    (void)state;
    for (i = 0; i < protocol->rule_count; i++)
        rules += protocol->rules[i].phase == SMP_PRE;
    smp_sheet_of_rules(&sheet, protocol, SMP_PRE);
    assert_null(sheet.client);
    assert_null(sheet.sections->session);
    assert_null(sheet.sections->groups->item);
    assert_int_equal(count_lines(sheet.sections, SMP_LINE_CARE), rules);
}

static void
message(void **state)
{
    (void)state;
    read_plan("{\"id\":\"c-1\",\"sessions\":[\"2026-12-01\"]}");
    plan.day = (struct smp_day_note){.title = "Today", .text = ""};
    assert_false(smp_sheet_of_day(&sheet, &plan, protocol));
    plan.day.text = "Now:\n- one\n-two";
    assert_true(smp_sheet_of_day(&sheet, &plan, protocol));
    assert_string_equal(sheet.title, "Today");
    assert_int_equal(sheet.lines->kind, SMP_LINE_REMARK);
    assert_int_equal(sheet.lines->next->kind, SMP_LINE_LISTED);
    assert_string_equal(sheet.lines->next->text, "one");
    assert_int_equal(sheet.lines->next->next->kind, SMP_LINE_REMARK);
    assert_null(sheet.lines->next->next->next);
}

static const struct smp_picture_day *
day(int year, int month, int number)
{
    return &sheet.picture
                .days[smp_day_of(year, month, number) - sheet.picture.first];
}

/* Whole months; what is closed stays known under what is possible. */
static void
picture(void **state)
{
    struct smp_closure closures[] = {
        {smp_day_of(2027, 1, 2), SMP_CLOSURE_HOURS},
        {smp_day_of(2027, 1, 2), SMP_CLOSURE_FULL},
        {smp_day_of(2027, 1, 2), SMP_CLOSURE_HOURS},
        {smp_day_of(2030, 1, 1), SMP_CLOSURE_HOURS}};

    (void)state;
    read_plan("{\"id\":\"c-1\",\"sessions\":[\"2026-12-05T10:00\",{\"n\":2,"
              "\"start\":\"2027-01-04T10:00\",\"status\":\"proposed\","
              "\"possible\":\"2027-01-02/2027-02-06\"}]}");
    plan.closures = closures;
    plan.closure_count = COUNT(closures);
    assert_true(smp_sheet_of_sessions(&sheet, &plan, protocol));
    assert_int_equal(sheet.picture.first, smp_day_of(2026, 12, 1));
    assert_int_equal(sheet.picture.count, 31 + 31 + 28);
    assert_int_equal(day(2026, 12, 5)->mark, SMP_MARK_BOOKED);
    assert_int_equal(day(2026, 12, 5)->number, 1);
    assert_int_equal(day(2026, 12, 6)->mark, SMP_MARK_NONE);
    assert_int_equal(day(2027, 1, 2)->mark, SMP_MARK_POSSIBLE);
    assert_int_equal(day(2027, 1, 2)->closure, 1 + SMP_CLOSURE_FULL);
    assert_int_equal(day(2027, 1, 4)->mark, SMP_MARK_PROPOSED);
    assert_int_equal(day(2027, 1, 4)->number, 2);
    assert_int_equal(day(2027, 2, 6)->mark, SMP_MARK_POSSIBLE);
    assert_int_equal(day(2027, 2, 7)->mark, SMP_MARK_NONE);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(care), cmocka_unit_test(filled_again),
        cmocka_unit_test(undated), cmocka_unit_test(message),
        cmocka_unit_test(picture)};

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("sheets", tests, set_up, tear_down);
}
