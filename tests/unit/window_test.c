#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "helpers.h"
#include "time/window.h"

static void
add_span(struct smp_buf *out, struct smp_span span)
{
    int64_t n = span.thousandths < 0 ? -span.thousandths : span.thousandths;

    smp_buf_printf(out, "%c%d", span.thousandths < 0 ? '-' : '+',
                   (int)(n / 1000));
    if (n % 1000) {
        smp_buf_printf(out, ".%03d", (int)(n % 1000));
        while (out->data[out->len - 1] == '0')
            smp_buf_cut(out, out->len - 1);
    }
    smp_buf_puts(out, smp_unit_name(span.unit));
}

static void
add_clock(struct smp_buf *out, const struct smp_point *point)
{
    if (point->clock == SMP_CLOCK_EXACT)
        smp_buf_printf(out, " @%02d:%02d", point->minutes / 60,
                       point->minutes % 60);
    else if (point->clock != SMP_CLOCK_NONE)
        smp_buf_printf(out, " @%s", smp_clock_names[point->clock]);
}

static void
add_point(struct smp_buf *out, const struct smp_point *point)
{
    static const char *const anchors[] = {
        [SMP_AT_OPEN] = "open", [SMP_AT_ITSELF] = "session",
        [SMP_AT_THIS] = "this", [SMP_AT_FIRST] = "first",
        [SMP_AT_LAST] = "last", [SMP_AT_NEXT] = "next",
    };

    smp_buf_puts(out, point->anchor == SMP_AT_MILESTONE
                          ? point->milestone
                          : anchors[point->anchor]);
    if (point->has_offset) {
        smp_buf_putc(out, ' ');
        add_span(out, point->from);
    }
    if (smp_point_is_imprecise(point)) {
        smp_buf_puts(out, "..");
        add_span(out, point->to);
    }
    add_clock(out, point);
}

/* The window in its normal form, or "error". */
static void
add_normal_form(struct smp_buf *out, const char *text, struct smp_err *err)
{
    struct smp_arena arena = {0};
    struct smp_window window;

    if (smp_window_parse(text, &arena, &window, err)) {
        add_point(out, &window.start);
        smp_buf_puts(out, " / ");
        add_point(out, &window.end);
    } else {
        smp_buf_puts(out, "error");
    }
    smp_arena_release(&arena);
}

static void
test_windows_of_the_table(void **state)
{
    struct table table;
    struct smp_buf faults = {0};

    (void)state;
    table_open(&table, "tests/windows.txt");
    while (table_next(&table)) {
        struct smp_buf got = {0};
        struct smp_err err = {0};

        assert_int_equal(table.fields, 2);
        add_normal_form(&got, table.field[0], &err);
        if (strcmp(got.data, table.field[1]) != 0)
            smp_buf_printf(&faults, "line %lu: %s: got %s\n", table.line,
                           table.field[0], got.data);
        if (err.failed && !strstr(err.text.data, table.field[0]))
            smp_buf_printf(&faults, "line %lu: not quoted\n", table.line);
        smp_buf_release(&got);
        smp_err_release(&err);
    }
    assert_none(&faults);
}

static void
test_spaces_are_no_part_of_a_window(void **state)
{
    static const char *const table[] = {" 0d/4d", "0d/4d ", "0d/\n", "\t0/"};
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(table); i++) {
        struct smp_buf got = {0};
        struct smp_err err = {0};

        add_normal_form(&got, table[i], &err);
        assert_string_equal(got.data, "error");
        smp_buf_release(&got);
        smp_err_release(&err);
    }
}

static void
test_milestone_names_outlive_the_text(void **state)
{
    char text[] = "healed/scabs";
    struct smp_arena arena = {0};
    struct smp_window window;
    struct smp_err err = {0};

    (void)state;
    assert_true(smp_window_parse(text, &arena, &window, &err));
    memset(text, 'x', sizeof text - 1);
    assert_string_equal(window.start.milestone, "healed");
    assert_string_equal(window.end.milestone, "scabs");
    smp_arena_release(&arena);
}

static void
test_clock_hours_are_read(void **state)
{
    static const struct {
        const char *text;
        int clock, minutes; /* clock -1: none */
    } table[] = {
        {"morning", SMP_CLOCK_MORNING, 0},
        {"noon", SMP_CLOCK_NOON, 0},
        {"night", SMP_CLOCK_NIGHT, 0},
        {"bed", SMP_CLOCK_BED, 0},
        {"08:30", SMP_CLOCK_EXACT, 510},
        {"", -1, 0},
        {"mornin", -1, 0},
        {"mornings", -1, 0},
        {"8:30", -1, 0},
        {"08:30:00", -1, 0},
        {"ab:cd", -1, 0},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(table); i++) {
        enum smp_clock clock = SMP_CLOCK_NONE;
        int minutes = 0;
        bool ok = smp_clock_read(table[i].text, strlen(table[i].text), &clock,
                                 &minutes);

        assert_int_equal(ok, table[i].clock >= 0);
        if (ok) {
            assert_int_equal(clock, table[i].clock);
            assert_int_equal(minutes, table[i].minutes);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_windows_of_the_table),
        cmocka_unit_test(test_spaces_are_no_part_of_a_window),
        cmocka_unit_test(test_milestone_names_outlive_the_text),
        cmocka_unit_test(test_clock_hours_are_read),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("window", tests, NULL, NULL);
}
