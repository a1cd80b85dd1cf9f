#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "answer/internal.h"
#include "care/care.h"
#include "helpers.h"
#include "time/zone.h"
#include "plan/plan.h"
#include "protocol/activity_graph.h"
#include "protocol/protocol.h"

/* What is compared with all else is looked up once, and is bounded. */

static struct smp_protocol *
load(const char *text, struct smp_err *err)
{
    char *name = file_of(text);
    const char *const files[] = {name};
    struct smp_protocol *protocol =
        smp_protocol_load(NULL, files, 1, NULL, err);

    file_drop(name);
    return protocol;
}

#define BARE "{\"format\":\"smp-protocol/1\",\"id\":\"x\",\"extends\":null,"

/* swim and bath are wet, which is outside; a circle; ids nobody explains. */
static const char kinds_text[] = BARE
    "\"activities\":{\"swim\":{\"is\":[\"wet\"]},\"bath\":{\"is\":[\"wet\"]},"
    "\"wet\":{\"is\":[\"outside\"]},\"a\":{\"is\":[\"b\"]},"
    "\"b\":{\"is\":[\"a\",\"nameless\"]},\"alone\":{}},"
    "\"rules\":{\"wet\":{\"verb\":\"avoid\",\"what\":[\"wet\"]},"
    "\"swim\":{\"verb\":\"do\",\"what\":[\"alone\",\"swim\"]},"
    "\"outside\":{\"verb\":\"wait\",\"what\":[\"outside\"]},"
    "\"a\":{\"verb\":\"do\",\"what\":[\"a\"]},"
    "\"nameless\":{\"verb\":\"avoid\",\"what\":[\"nameless\"]},"
    "\"none\":{\"verb\":\"do\"}}}";

enum { WET, SWIM, OUTSIDE, A, NAMELESS, NONE, RULES };

static void
test_distances_are_the_fewest_steps(void **state)
{
    static const struct {
        const char *activity;
        int steps[RULES];
    } table[] = {
        {"swim", {1, 0, 2, -1, -1, -1}},
        {"wet", {0, -1, 1, -1, -1, -1}},
        {"outside", {-1, -1, 0, -1, -1, -1}},
        {"a", {-1, -1, -1, 0, 2, -1}},
        {"b", {-1, -1, -1, 1, 1, -1}},
        {"nobody", {-1, -1, -1, -1, -1, -1}},
    };
    struct smp_err err = {0};
    struct smp_protocol *protocol = load(kinds_text, &err);
    struct smp_activity_graph *graph = smp_activity_graph_new(protocol);
    size_t i, r;

    (void)state;
    for (i = 0; i < COUNT(table); i++) {
        struct smp_subject *subject = smp_subject_new(graph, table[i].activity);

        for (r = 0; r < RULES; r++)
            assert_int_equal(smp_subject_distance(subject, r),
                             table[i].steps[r]);
        smp_subject_free(subject);
    }
    smp_activity_graph_free(graph);
    smp_protocol_free(protocol);
}

static void
test_rules_meet_by_their_activities(void **state)
{
    static const bool meet[RULES][RULES] = {
        [WET] = {[WET] = true, [OUTSIDE] = true},
        [SWIM] = {[SWIM] = true, [WET] = true, [OUTSIDE] = true},
        [OUTSIDE] = {[OUTSIDE] = true},
        [A] = {[A] = true, [NAMELESS] = true},
        [NAMELESS] = {[NAMELESS] = true},
    };
    struct smp_err err = {0};
    struct smp_protocol *protocol = load(kinds_text, &err);
    struct smp_activity_graph *graph = smp_activity_graph_new(protocol);
    size_t i, j;

    (void)state;
    for (i = 0; i < RULES; i++)
        for (j = 0; j < RULES; j++)
            assert_int_equal(smp_rules_meet(graph, i, j), meet[i][j]);
    assert_true(smp_rules_contradict(graph, WET, SWIM));
    assert_true(smp_rules_contradict(graph, SWIM, OUTSIDE));
    assert_true(smp_rules_contradict(graph, NAMELESS, A));
    assert_false(smp_rules_contradict(graph, WET, OUTSIDE));
    assert_false(smp_rules_contradict(graph, A, WET));
    smp_activity_graph_free(graph);
    smp_protocol_free(protocol);
}

/* An activity with a rule of its own is not asked about by way of others. */
static void
test_rules_are_about_what_has_no_rule(void **state)
{
    struct smp_err err = {0};
    struct smp_protocol *protocol =
        load(BARE "\"activities\":{\"near\":{\"is\":[\"own\"]},"
                  "\"own\":{\"is\":[\"wide\"]},\"wide\":{},"
                  "\"s9\":{\"is\":[\"s8\"]},\"s8\":{\"is\":[\"s7\"]},"
                  "\"s7\":{\"is\":[\"s6\"]},\"s6\":{\"is\":[\"s5\"]},"
                  "\"s5\":{\"is\":[\"s4\"]},\"s4\":{\"is\":[\"s3\"]},"
                  "\"s3\":{\"is\":[\"s2\"]},\"s2\":{\"is\":[\"s1\"]},"
                  "\"s1\":{\"is\":[\"wide\",\"s1\",\"nobody\"]}},"
                  "\"rules\":{\"own\":{\"verb\":\"do\",\"what\":[\"own\"]},"
                  "\"wide\":{\"verb\":\"do\",\"what\":[\"wide\"]}}}",
             &err);
    struct smp_listed *listed = smp_listed_new(protocol);

    (void)state;
    assert_true(smp_listed_under(listed, 0, 0));
    assert_true(smp_listed_under(listed, 0, 1));
    assert_false(smp_listed_under(listed, 1, 0));
    assert_false(smp_listed_under(listed, 1, 1));
    assert_true(smp_listed_under(listed, 1, 2));
    assert_true(smp_listed_under(listed, 1, 11));
    assert_true(smp_listed_under(listed, 1, 4)); /* s8: eight steps */
    assert_false(smp_listed_any(listed, 3));     /* s9: nine */
    smp_listed_free(listed);
    smp_protocol_free(protocol);
}

/* A protocol with a member of the head that is an array of so many values. */
static void
add_values(struct smp_buf *text, size_t lists, size_t values)
{
    size_t i, j;

    smp_buf_puts(text, BARE "\"note\":[0");
    for (i = 0; i < lists; i++) {
        smp_buf_puts(text, ",[0");
        for (j = 1; j < values; j++)
            smp_buf_puts(text, ",0");
        smp_buf_putc(text, ']');
    }
    smp_buf_puts(text, "]}");
}

static void
add_repeated(struct smp_buf *text, const char *before, size_t n,
             const char *after)
{
    smp_buf_printf(text, BARE "%s", before);
    while (n--)
        smp_buf_putc(text, 'x');
    smp_buf_puts(text, after);
}

static void
check(const struct smp_buf *text, const char *refusal)
{
    struct smp_err err = {0};
    struct smp_protocol *protocol = load(smp_buf_text(text), &err);

    assert_int_equal(protocol != NULL, refusal == NULL);
    if (refusal)
        assert_non_null(strstr(smp_buf_text(&err.text), refusal));
    smp_err_release(&err);
    smp_protocol_free(protocol);
}

static void
test_a_protocol_has_so_many_values(void **state)
{
    static const struct {
        size_t lists, values;
        const char *refusal;
    } table[] = {
        /* five members, one element, lists with their values */
        {9, 5000, NULL},
        {1, 5001, "a list or object of more than 5000 members"},
        {10, 4998, NULL},
        {10, 5000, "more than 50000 values"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(table); i++) {
        struct smp_buf text = {0};

        add_values(&text, table[i].lists, table[i].values);
        check(&text, table[i].refusal);
        smp_buf_release(&text);
    }
}

static void
test_texts_have_so_many_octets(void **state)
{
    static const struct {
        const char *before;
        size_t most;
        const char *after, *refusal;
    } table[] = {
        {"\"note\":\"", 100000, "\"}", "a text of more than 100000 octets"},
        {"\"", 1000, "\":1}", "a name of more than 1000 octets"},
        {"\"labels\":{\"x\":\"", 1000, "\"}}",
         "/labels/x: a label of more than 1000 octets"},
        {"\"labels\":{\"unit.d\":{\"one\":\"", 1000, "\"}}}",
         "/labels/unit.d/one: a label of more than 1000 octets"},
        {"\"studio\":{\"name\":\"", 1000, "\"}}",
         "/studio/name: a text of more than 1000 octets"},
        {"\"rules\":{\"x\":{\"verb\":\"do\",\"title\":\"", 1000, "\"}}}",
         "/rules/x/title: a text of more than 1000 octets"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(table); i++) {
        struct smp_buf text = {0};

        add_repeated(&text, table[i].before, table[i].most, table[i].after);
        check(&text, NULL);
        smp_buf_cut(&text, 0);
        add_repeated(&text, table[i].before, table[i].most + 1, table[i].after);
        check(&text, table[i].refusal);
        smp_buf_release(&text);
    }
}

static void
test_a_plan_has_so_many_items_and_times(void **state)
{
    struct smp_plan plan = {.id = "x"};
    struct smp_err err = {0};
    struct smp_item *item = NULL;

    (void)state;
    while (plan.item_count < SMP_CARE_MAX)
        item = smp_plan_add_item(&plan);
    item->at_count = SMP_TIMES_MAX;
    assert_true(smp_plan_check_limits(&plan, &err));
    item->at_count++;
    assert_false(smp_plan_check_limits(&plan, &err));
    assert_string_equal(smp_buf_text(&err.text),
                        "items: more than 50000 times");
    smp_err_clear(&err);
    item->at_count = 0;
    smp_plan_add_item(&plan);
    assert_false(smp_plan_check_limits(&plan, &err));
    assert_string_equal(smp_buf_text(&err.text), "items: more than 5000");
    smp_err_release(&err);
    smp_plan_release(&plan);
}

/* Who holds a list of changes keeps it when the list begins anew. */
static void
test_a_list_that_begins_anew_is_another(void **state)
{
    struct smp_plan plan = {.id = "x"};
    struct smp_strings old;
    int i;

    (void)state;
    for (i = 0; i < 100; i++)
        smp_plan_change(&plan, "%d", i);
    old = plan.changes;
    smp_plan_change(&plan, "more");
    plan.changes.count = 0;
    smp_plan_change(&plan, "new");
    assert_int_equal(old.count, 100);
    assert_string_equal(old.at[0], "0");
    assert_string_equal(old.at[99], "99");
    assert_int_equal(plan.changes.count, 1);
    assert_string_equal(plan.changes.at[0], "new");
    smp_plan_release(&plan);
}

static void
test_of_many_collisions_a_hundred_are_told(void **state)
{
    struct smp_zones zones = {smp_zone_directory, NULL};
    struct smp_plan_defaults defaults = {&zones, "UTC"};
    struct smp_clashes clashes = {0};
    struct smp_plan plan = {0};
    struct smp_buf text = {0};
    struct smp_err err = {0};
    struct smp_protocol *protocol;
    static const char sessions[] =
        "{\"id\":\"x\",\"sessions\":[\"2026-12-01\",\"2026-12-11\"]}";
    int i;

    (void)state;
    smp_buf_puts(&text, BARE "\"rules\":{\"z\":{\"verb\":\"may\"}");
    for (i = 0; i < 11; i++)
        smp_buf_printf(
            &text,
            ",\"p%d\":{\"verb\":\"do\",\"what\":[\"a\"],\"during\":"
            "\"-9d/0\"},\"q%d\":{\"verb\":\"avoid\",\"what\":[\"a\"],"
            "\"during\":\"0d/9d\"}",
            i, i);
    smp_buf_puts(&text, "}}");
    protocol = load(smp_buf_text(&text), &err);
    assert_non_null(protocol);
    assert_true(
        smp_plan_parse(&plan, sessions, sizeof sessions - 1, &defaults, &err));
    smp_care_warn_of_clashes(&plan, protocol, &clashes);
    assert_int_equal(plan.warnings.count, 101);
    assert_string_equal(plan.warnings.at[0],
                        "p0 before session 2 collides with q0 after session 1");
    assert_string_equal(plan.warnings.at[100], "and 21 more collisions like "
                                               "these");
    smp_clashes_release(&clashes);
    smp_plan_release(&plan);
    smp_protocol_free(protocol);
    smp_buf_release(&text);
    smp_zones_release(&zones);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_distances_are_the_fewest_steps),
        cmocka_unit_test(test_rules_meet_by_their_activities),
        cmocka_unit_test(test_rules_are_about_what_has_no_rule),
        cmocka_unit_test(test_a_protocol_has_so_many_values),
        cmocka_unit_test(test_texts_have_so_many_octets),
        cmocka_unit_test(test_a_plan_has_so_many_items_and_times),
        cmocka_unit_test(test_a_list_that_begins_anew_is_another),
        cmocka_unit_test(test_of_many_collisions_a_hundred_are_told),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("limits", tests, NULL, NULL);
}
