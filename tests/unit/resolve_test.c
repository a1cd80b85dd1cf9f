#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "care/resolve.h"
#include "helpers.h"
#include "time/zone.h"
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

static const char series_text[] =
    "{\"format\":\"smp-protocol/1\",\"extends\":null,\"id\":\"series\","
    "\"plan\":{\"sessions\":{\"min\":2,\"typical\":3,\"max\":4}}}";

static struct smp_protocol *ranged, *bare, *series;
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
    series = load(series_text);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    smp_protocol_free(ranged);
    smp_protocol_free(bare);
    smp_protocol_free(series);
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
    } else if (strcmp(fact, "series") == 0) {
        row->protocol = series;
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
    if (!smp_plan_parse(plan, json.data, json.len, &defaults, &err))
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

    if (!extent->applies || smp_extent_is_empty(extent)) {
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
    struct smp_sessions sessions;
    struct smp_extent extent;

    make_plan(&plan, &row, field[2]);
    if (!smp_window_parse(field[1], &plan.arena, &rule.window, &err))
        fail_msg("%s", smp_buf_text(&err.text));
    smp_sessions_find(&sessions, row.protocol, &plan, true);
    extent = smp_resolve(&sessions, smp_sessions_index(&sessions, row.number),
                         &rule);
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

static void
read_sessions(struct smp_plan *plan, const char *sessions)
{
    struct smp_plan_defaults defaults = {&zones, "UTC"};
    struct smp_err err = {0};
    struct smp_buf json = {0};

    smp_buf_printf(&json, "{\"id\":\"t\",\"sessions\":[%s]}", sessions);
    if (!smp_plan_parse(plan, json.data, json.len, &defaults, &err))
        fail_msg("%s", smp_buf_text(&err.text));
    smp_buf_release(&json);
}

/* The number of the final session, 0 if the series is not finished. */
static int
final_of(const struct smp_protocol *protocol, const char *list)
{
    struct smp_sessions sessions;
    struct smp_plan plan = {0};
    int number = 0;

    read_sessions(&plan, list);
    smp_sessions_find(&sessions, protocol, &plan, true);
    if (sessions.finished)
        number = sessions.at[sessions.count - 1]->number;
    smp_plan_release(&plan);
    return number;
}

/* The number is the day of December too. */
#define SESSION(number, status)                                                \
    "{\"number\":" #number ",\"start\":\"2026-12-0" #number                    \
    "\",\"status\":\"" status "\"}"

#define FINAL(number)                                                          \
    "{\"number\":" #number ",\"start\":\"2026-12-0" #number "\",\"final\":"    \
    "true}"

static void
test_a_series_is_finished_by_enough_treatments(void **state)
{
    (void)state;
    assert_int_equal(final_of(ranged, "\"2026-12-01\""), 1);
    assert_int_equal(final_of(ranged, SESSION(1, "cancelled")), 0);
    assert_int_equal(final_of(series, "\"2026-12-01\""), 0);
    assert_int_equal(
        final_of(series, SESSION(1, "done") "," SESSION(2, "booked")), 2);
    assert_int_equal(
        final_of(series, SESSION(1, "done") "," SESSION(2, "proposed")), 2);
    assert_int_equal(
        final_of(series, SESSION(1, "done") "," SESSION(2, "cancelled")), 0);
    assert_int_equal(
        final_of(series, SESSION(1, "done") "," SESSION(2, "optional")), 0);
    /* two were before the third */
    assert_int_equal(final_of(series, SESSION(3, "booked")), 3);
    assert_int_equal(final_of(series, FINAL(1)), 1);
}

static void
test_sessions_are_ordered_by_time(void **state)
{
    static const char list[] = "{\"number\":2,\"start\":\"2027-02-20\"},"
                               "{\"number\":3,\"start\":\"2027-01-05\"},"
                               "{\"number\":1,\"start\":\"2026-12-01\"}";
    struct smp_sessions sessions;
    struct smp_plan plan = {0};

    (void)state;
    read_sessions(&plan, list);
    smp_sessions_find(&sessions, series, &plan, true);
    assert_int_equal(sessions.count, 3);
    assert_int_equal(sessions.at[0]->number, 1);
    assert_int_equal(sessions.at[1]->number, 3);
    assert_int_equal(sessions.at[2]->number, 2);
    assert_int_equal(smp_sessions_index(&sessions, 2), 2);
    assert_int_equal(smp_sessions_last_by(&sessions, smp_day_of(2027, 1, 5)),
                     1);
    smp_plan_release(&plan);
}

/* Of the first session: the earliest and the latest that it has healed. */
static void
assert_healed(const char *sessions, const char *low, const char *high)
{
    struct smp_sessions found;
    struct smp_plan plan = {0};
    struct smp_buf got = {0}, wanted = {0};

    read_sessions(&plan, sessions);
    smp_sessions_find(&found, ranged, &plan, true);
    add_when(&got, found.healed[0].low);
    smp_buf_putc(&got, ' ');
    add_when(&got, found.healed[0].high);
    smp_buf_printf(&wanted, "%s %s", low, high);
    assert_string_equal(got.data, wanted.data);
    smp_buf_release(&got);
    smp_buf_release(&wanted);
    smp_plan_release(&plan);
}

static void
test_healing_ends_with_the_next_wound(void **state)
{
    (void)state;
    assert_healed("\"2026-12-01\",\"2027-01-05\"", "2026-12-08", "2026-12-12");
    /* it may have healed, and surely once it has after the next one */
    assert_healed("\"2026-12-01\",\"2026-12-09\"", "2026-12-08", "2026-12-20");
    /* it cannot have healed before */
    assert_healed("\"2026-12-01\",\"2026-12-05\"", "2026-12-12", "2026-12-16");
    assert_healed("{\"start\":\"2026-10-01\",\"healed\":false},"
                  "{\"start\":\"2026-11-05\",\"healed\":\"2026-11-14\"}",
                  "2026-11-14", "2026-11-14");
    assert_healed("{\"start\":\"2026-10-01\",\"healed\":false},"
                  "{\"start\":\"2026-11-05\",\"healed\":false}",
                  "never", "never");
    /* what is noted for a later day is of the later wound */
    assert_healed("{\"start\":\"2026-12-01\",\"healed\":\"2027-01-10\"},"
                  "\"2027-01-05\"",
                  "2027-01-12", "2027-01-16");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_windows_of_the_table),
        cmocka_unit_test(test_the_table_compares_as_it_should),
        cmocka_unit_test(test_a_series_is_finished_by_enough_treatments),
        cmocka_unit_test(test_sessions_are_ordered_by_time),
        cmocka_unit_test(test_healing_ends_with_the_next_wound),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("resolve", tests, set_up, tear_down);
}
