#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "helpers.h"
#include "plan_read.h"
#include "time/zone.h"
#include "plan/plan.h"

static struct smp_zones zones = {smp_zone_directory, NULL};

static int
tear_down(void **state)
{
    (void)state;
    smp_zones_release(&zones);
    return 0;
}

static void
expect_print(const struct smp_plan *plan, const char *wanted)
{
    struct smp_buf out = {0};

    smp_plan_format(&out, plan);
    assert_string_equal(smp_buf_text(&out), wanted);
    smp_buf_release(&out);
}

#define HEAD "{\"id\":\"a\",\"timeZone\":\"Europe/Paris\",\"sessions\":[],"
#define ITEM(more)                                                             \
    "{\"uid\":\"u\",\"phase\":\"pre\",\"session\":1,\"start\":\"2026-12-"      \
    "01\"" more "}"

/* items that were read */

static void
test_items_are_passed_on_as_they_came(void **state)
{
    static const struct {
        const char *read, *printed; /* NULL: the same */
    } table[] = {
        {HEAD "\"items\":[" ITEM("") "]}", NULL},
        {HEAD "\"items\":[" ITEM(",\"x\":{\"y\":[1.50,-0,null]}") "]}", NULL},
        {HEAD "\"items\":[" ITEM(",\"text\":\"caf\xc3\xa9\"") "]}", NULL},
        {HEAD "\"items\":[" ITEM(",\"text\":\"a\\nb\"") "]}", NULL},
        /* all else is written as we write it */
        {HEAD "\"items\":[ " ITEM(" , \"x\" : [ 1 ]") " ] }",
         HEAD "\"items\":[" ITEM(",\"x\":[1]") "]}"},
        {HEAD "\"items\":[" ITEM(",\"x\": 1") "]}",
         HEAD "\"items\":[" ITEM(",\"x\":1") "]}"},
        {HEAD "\"items\":[" ITEM(",\"text\":\"\\u0041\\/\"") "]}",
         HEAD "\"items\":[" ITEM(",\"text\":\"A/\"") "]}"},
        {HEAD "\"items\":[" ITEM(",\"x\\u0041\":1") "]}",
         HEAD "\"items\":[" ITEM(",\"xA\":1") "]}"},
        {HEAD "\"items\":[" ITEM(",\"text\":\"\x7f\"") "]}",
         HEAD "\"items\":[" ITEM(",\"text\":\"\\u007f\"") "]}"},
        {HEAD "\"items\":[" ITEM(",\"text\":\"\xc2\x9b\"") "]}",
         HEAD "\"items\":[" ITEM(",\"text\":\"\\u009b\"") "]}"},
    };
    struct smp_plan plan = {0};
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(table); i++) {
        const char *printed = table[i].printed;
        struct smp_buf wanted = {0};

        plan_read(&plan, table[i].read, &zones, "America/Toronto");
        smp_buf_printf(&wanted, "%s\n", printed ? printed : table[i].read);
        expect_print(&plan, wanted.data);
        smp_buf_release(&wanted);
    }
    smp_plan_release(&plan);
}

/* new items */

static const char *const words[] = {"wash", "rinse"};

static const struct smp_item base = {
    .uid = "u",
    .rule = "pre.wash",
    .verb = SMP_DO,
    .what = {(const char **)words, 1},
    .session = 1,
    .title = "Wash",
    .text = "Wash it.",
    .start = {SMP_DAY, 0},
};

static void
print_items(struct smp_buf *out, const struct smp_item *items, size_t count)
{
    struct smp_plan plan = {0};

    plan_read(&plan, HEAD "\"items\":[]}", &zones, "America/Toronto");
    while (count--)
        *smp_plan_add_item(&plan) = *items++;
    smp_plan_format(out, &plan);
    smp_plan_release(&plan);
}

static void
test_new_items_have_their_members_in_order(void **state)
{
    struct smp_buf out = {0};

    (void)state;
    print_items(&out, &base, 1);
    assert_string_equal(
        out.data,
        HEAD "\"items\":[{\"uid\":\"u\",\"rule\":\"pre.wash\",\"phase\":"
             "\"pre\",\"verb\":\"do\",\"what\":[\"wash\"],\"session\":1,"
             "\"title\":\"Wash\",\"text\":\"Wash it.\",\"start\":"
             "\"1970-01-01\"}]}\n");
    smp_buf_release(&out);
}

/* Items of one rule are written after each other's pattern: the same as alone.
 */
static void
test_new_items_say_their_own(void **state)
{
    enum { VARIANTS = 8 };
    const size_t head = strlen(HEAD "\"items\":["), tail = strlen("]}\n");
    struct smp_item items[2 * VARIANTS + 1];
    struct smp_buf all = {0}, one = {0}, wanted = {0};
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(items); i++)
        items[i] = base;
    items[1].end = smp_when_day(9);
    items[3].phase = SMP_POST;
    items[5].verb = SMP_AVOID;
    items[7].what.count = 2;
    items[9].title = "Rinse";
    items[11].text = "Rinse it.";
    items[13].title = NULL;
    items[15].session = 2;
    print_items(&all, items, COUNT(items));
    for (i = 0; i < COUNT(items); i++) {
        smp_buf_cut(&one, 0);
        print_items(&one, &items[i], 1);
        smp_buf_cut(&one, one.len - tail);
        smp_buf_puts(&wanted, i ? "," : HEAD "\"items\":[");
        smp_buf_puts(&wanted, one.data + head);
    }
    smp_buf_puts(&wanted, "]}\n");
    assert_string_equal(all.data, wanted.data);
    smp_buf_release(&all);
    smp_buf_release(&one);
    smp_buf_release(&wanted);
}

/* names of members */

static void
test_a_name_must_be_spelt_as_it_is(void **state)
{
    static const struct {
        const char *json, *error; /* NULL: none */
    } table[] = {
        {"{\"id\":\"a\",\"timezone\":\"UTC\",\"sessions\":[]}",
         "timezone: its name must be \"timeZone\""},
        {"{\"id\":\"a\",\"time_zone\":\"UTC\",\"sessions\":[]}",
         "time_zone: its name must be \"timeZone\""},
        {"{\"id\":\"a\",\"sessions\":[{\"start\":\"2026-12-01\","
         "\"Status\":\"cancelled\"}]}",
         "sessions[0].Status: its name must be \"status\""},
        {"{\"id\":\"a\",\"sessions\":[{\"start\":\"2026-12-01\","
         "\"status\":\"booked\",\"Status\":\"new\"}]}",
         NULL},
        {"{\"id\":\"a\",\"ID\":4,\"vip\":1,\"i\":0,\"\":0,\"-\":0,"
         "\"sessions\":[]}",
         NULL},
    };
    struct smp_plan_defaults defaults = {&zones, "UTC"};
    struct smp_plan plan = {0};
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(table); i++) {
        struct smp_err err = {0};

        smp_plan_reset(&plan);
        smp_plan_parse(&plan, table[i].json, strlen(table[i].json), &defaults,
                       &err);
        assert_int_equal(err.failed, table[i].error != NULL);
        if (table[i].error)
            assert_string_equal(smp_buf_text(&err.text), table[i].error);
        smp_err_release(&err);
    }
    smp_plan_release(&plan);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_items_are_passed_on_as_they_came),
        cmocka_unit_test(test_new_items_have_their_members_in_order),
        cmocka_unit_test(test_new_items_say_their_own),
        cmocka_unit_test(test_a_name_must_be_spelt_as_it_is),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("plan", tests, NULL, tear_down);
}
