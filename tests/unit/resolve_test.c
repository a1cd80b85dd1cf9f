#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "care/resolve.h"
#include "helpers.h"
#include "plan/plan.h"
#include "protocol/protocol.h"

static const char ranged_text[] =
    "{\"format\":\"smp-protocol/1\",\"extends\":null,\"id\":\"ranged\","
    "\"milestones\":{\"healed\":\"7d..10d\",\"scabs\":\"24h..4d\","
    "\"peeling\":\"48h..72h\",\"soft\":\"1w..2w\",\"settled\":\"1mo..2mo\"},"
    "\"clock\":{\"morning\":\"08:00\",\"noon\":\"12:30\",\"night\":\"20:00\","
    "\"bed\":\"22:45\"},\"plan\":{\"length\":\"2h..3h\"}}";

static const char bare_text[] =
    "{\"format\":\"smp-protocol/1\",\"extends\":null,\"id\":\"bare\"}";

static struct smp_protocol *ranged, *bare;
static struct smp_zones zones = {smp_zone_directory, NULL};

static struct smp_protocol *
load(const char *text)
{
    char *name = file_of(text);
    const char *const files[] = {name};
    struct smp_err err = {0};
    struct smp_protocol *protocol =
        smp_protocol_load(NULL, files, 1, NULL, &err);

    if (!protocol)
        fail_msg("%s", smp_buf_text(&err.text));
    file_drop(name);
    return protocol;
}

static int
set_up(void **state)
{
    (void)state;
    ranged = load(ranged_text);
    bare = load(bare_text);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    smp_protocol_free(ranged);
    smp_protocol_free(bare);
    smp_zones_release(&zones);
    return 0;
}

/* One row of the table, its facts taken apart. */
struct row {
    const char *zone, *length, *healed;
    enum smp_scope scope;
    const struct smp_protocol *protocol;
    struct smp_buf before, after; /* sessions as JSON */
    int number;                   /* of the session */
};

/* START[/STATUS] as an object. */
static void
add_neighbour(struct smp_buf *out, const char *text)
{
    size_t n = strcspn(text, "/");

    smp_buf_printf(out, "{\"start\":\"%.*s\",\"status\":\"%s\"}", (int)n, text,
                   text[n] ? text + n + 1 : "booked");
}

static bool
starts(const char *text, const char *start, const char **rest)
{
    size_t n = strlen(start);

    *rest = text + n;
    return strncmp(text, start, n) == 0;
}

static void
read_fact(struct row *row, const char *fact)
{
    const char *rest;

    if (starts(fact, "zone=", &rest)) {
        row->zone = rest;
    } else if (starts(fact, "length=", &rest)) {
        row->length = rest;
    } else if (starts(fact, "healed=", &rest)) {
        row->healed = rest;
    } else if (starts(fact, "scope=", &rest)) {
        row->scope = (enum smp_scope)smp_name_index(smp_scope_names, rest);
    } else if (starts(fact, "before=", &rest)) {
        add_neighbour(&row->before, rest);
        smp_buf_putc(&row->before, ',');
        row->number++;
    } else if (starts(fact, "next=", &rest)) {
        smp_buf_putc(&row->after, ',');
        add_neighbour(&row->after, rest);
    } else if (strcmp(fact, "bare") == 0) {
        row->protocol = bare;
    } else {
        fail_msg("no fact: %s", fact);
    }
}

static struct row
read_facts(char *facts)
{
    struct row row = {
        .zone = "America/Toronto", .protocol = ranged, .number = 1};
    char *fact, *rest = NULL;

    for (fact = strtok_r(facts, " ", &rest); fact;
         fact = strtok_r(NULL, " ", &rest))
        read_fact(&row, fact);
    return row;
}

/* The plan of a row, through its JSON. */
static void
make_plan(struct smp_plan *plan, struct row *row, const char *start)
{
    struct smp_plan_defaults defaults = {&zones, "UTC"};
    struct smp_err err = {0};
    struct smp_buf json = {0};

    smp_buf_printf(&json, "{\"id\":\"t\",\"timeZone\":\"%s\",\"sessions\":[%s",
                   row->zone, smp_buf_text(&row->before));
    smp_buf_printf(&json, "{\"start\":\"%s\"", start);
    if (row->length)
        smp_buf_printf(&json, ",\"duration\":\"%s\"", row->length);
    if (row->healed)
        smp_buf_printf(&json,
                       strcmp(row->healed, "false") == 0 ? ",\"healed\":%s"
                                                         : ",\"healed\":\"%s\"",
                       row->healed);
    smp_buf_printf(&json, "}%s]}", smp_buf_text(&row->after));
    if (!smp_plan_read(plan, json.data, json.len, &defaults, &err))
        fail_msg("%s: %s", json.data, smp_buf_text(&err.text));
    smp_buf_release(&json);
    smp_buf_release(&row->before);
    smp_buf_release(&row->after);
}

static void
add_when(struct smp_buf *out, struct smp_when when)
{
    if (when.kind == SMP_NEVER)
        smp_buf_puts(out, "never");
    else
        smp_when_print(out, when);
    if (when.kind == SMP_LOCAL && when.seconds % 60 == 0)
        smp_buf_cut(out, out->len - 3);
}

/* The bounds as the table writes them, without "=". */
static void
add_bounds(struct smp_buf *out, const struct smp_extent *extent)
{
    const struct smp_when bounds[] = {extent->start.low, extent->start.high,
                                      extent->end.low, extent->end.high};
    size_t i;

    if (!extent->applies) {
        smp_buf_puts(out, "none");
        return;
    }
    for (i = 0; i < COUNT(bounds); i++) {
        if (i)
            smp_buf_putc(out, ' ');
        add_when(out, bounds[i]);
    }
}

/* Whether the columns are the wanted ones; "=" and "*" stand for others. */
static bool
agree(const char *got, const char *wanted)
{
    const char *before = "";
    size_t n_before = 0;

    while (*got && *wanted) {
        size_t n = strcspn(got, " "), m = strcspn(wanted, " ");
        bool again = m == 1 && *wanted == '=';
        const char *text = again ? before : wanted;
        size_t size = again ? n_before : m;

        if (!(m == 1 && *wanted == '*') &&
            (n != size || strncmp(got, text, n) != 0))
            return false;
        before = got;
        n_before = n;
        got += n + strspn(got + n, " ");
        wanted += m + strspn(wanted + m, " ");
    }
    return !*got && !*wanted;
}

static void
resolve_row(struct smp_buf *got, char *const *field)
{
    struct row row = read_facts(field[3]);
    struct smp_plan plan = {0};
    struct smp_rule rule = {
        .id = "t",
        .phase = (enum smp_phase)smp_name_index(smp_phase_names, field[0]),
        .scope = row.scope,
        .during = field[1],
    };
    struct smp_err err = {0};
    struct smp_extent extent;

    make_plan(&plan, &row, field[2]);
    if (!smp_window_parse(field[1], &plan.arena, &rule.window, &err))
        fail_msg("%s", smp_buf_text(&err.text));
    extent = smp_resolve(row.protocol, &plan,
                         smp_plan_session(&plan, row.number), &rule);
    add_bounds(got, &extent);
    smp_plan_release(&plan);
}

static void
test_windows_of_the_table(void **state)
{
    struct table table;
    struct smp_buf faults = {0};

    (void)state;
    table_open(&table, "tests/resolve.txt");
    while (table_next(&table)) {
        struct smp_buf got = {0};

        assert_int_equal(table.fields, 5);
        resolve_row(&got, table.field);
        if (!agree(got.data, table.field[4]))
            smp_buf_printf(&faults, "line %lu: %s: wanted %s, got %s\n",
                           table.line, table.field[1], table.field[4],
                           got.data);
        smp_buf_release(&got);
    }
    assert_none(&faults);
}

static void
test_the_table_compares_as_it_should(void **state)
{
    (void)state;
    assert_true(agree("a a b c", "a = b c"));
    assert_true(agree("a a b c", "a = * c"));
    assert_true(agree("none", "none"));
    assert_false(agree("a b b c", "a = b c"));
    assert_false(agree("a a b", "a = b c"));
    assert_false(agree("none", "a = b c"));
    assert_false(agree("a a b c", "none"));
}

/* The number of the final session, 0 where there is none. */
static int
final_of(const char *sessions)
{
    struct smp_plan_defaults defaults = {&zones, "UTC"};
    struct smp_plan plan = {0};
    struct smp_err err = {0};
    struct smp_buf json = {0};
    const struct smp_session *final;
    int number;

    smp_buf_printf(&json, "{\"id\":\"t\",\"sessions\":[%s]}", sessions);
    assert_true(smp_plan_read(&plan, json.data, json.len, &defaults, &err));
    final = smp_final_session(&plan);
    number = final ? final->number : 0;
    smp_buf_release(&json);
    smp_plan_release(&plan);
    return number;
}

#define SESSION(number, status)                                                \
    "{\"number\":" #number ",\"start\":\"2026-12-0" #number                    \
    "\",\"status\":\"" status "\"}"

static void
test_the_final_session_is_the_highest_not_cancelled(void **state)
{
    (void)state;
    assert_int_equal(final_of(""), 0);
    assert_int_equal(final_of("\"2026-12-01\""), 1);
    assert_int_equal(final_of(SESSION(1, "done") "," SESSION(2, "booked")), 2);
    assert_int_equal(final_of(SESSION(3, "booked") "," SESSION(2, "booked")),
                     3);
    assert_int_equal(final_of(SESSION(1, "done") "," SESSION(2, "proposed")),
                     2);
    assert_int_equal(final_of(SESSION(1, "done") "," SESSION(2, "cancelled")),
                     1);
    assert_int_equal(final_of(SESSION(1, "booked") "," SESSION(2, "optional")),
                     1);
    assert_int_equal(final_of(SESSION(1, "cancelled")), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_windows_of_the_table),
        cmocka_unit_test(test_the_table_compares_as_it_should),
        cmocka_unit_test(test_the_final_session_is_the_highest_not_cancelled),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("resolve", tests, set_up, tear_down);
}
