#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "helpers.h"
#include "json/json.h"

/*
 * Random texts are to be read and written as cJSON does it, which is the
 * authority for what both accept. The seed is fixed.
 */
enum { ROUNDS = 3000, NEST = 5 };

static uint32_t seed = 1;
static bool spaces = true, controls;

static unsigned
dice(unsigned sides)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % sides;
}

static void
add_space(struct smp_buf *out)
{
    static const char *const some[] = {"", "", "", " ", "\n", "\t \r"};

    if (spaces)
        smp_buf_puts(out, some[dice(COUNT(some))]);
}

static void
add_string(struct smp_buf *out, int number)
{
    static const char *const pieces[] = {
        "a", "bc", "\\n", "\\\"", "\\\\", "\\/", "\\u0041", "\\u00e9",
        "\\u20ac", "\xc3\xa9", "\xe2\x82\xac", "\\ud83d\\ude00",
        "\xf0\x9f\x98\x80", "\\b\\f\\r\\t", "\\u001f", " ", "\xc2\xa0",
        /* what cJSON prints raw */
        "\x7f", "\xc2\x9f"};
    const unsigned count = COUNT(pieces) - (controls ? 0 : 2);

    smp_buf_putc(out, '"');
    for (unsigned n = dice(6); n; n--)
        smp_buf_puts(out, pieces[dice(count)]);
    if (number >= 0) /* so that no member is given twice */
        smp_buf_digits(out, number);
    smp_buf_putc(out, '"');
}

static void
add_value(struct smp_buf *out, int nest)
{
    static const char *const words[] = {"true", "false", "null"};
    unsigned kind = dice(nest < NEST ? 6 : 3), i, n = dice(30) ? dice(6) : 40;

    add_space(out);
    if (kind == 0) {
        add_string(out, -1);
    } else if (kind == 1) {
        smp_buf_digits(out, (int)(dice(2000000) * 1000) - 1000000000);
    } else if (kind == 2) {
        smp_buf_puts(out, words[dice(3)]);
    } else {
        smp_buf_putc(out, kind == 3 ? '[' : '{');
        for (i = 0; i < n; i++) {
            if (i)
                smp_buf_putc(out, ',');
            add_space(out);
            if (kind != 3) {
                add_string(out, (int)i);
                add_space(out);
                smp_buf_putc(out, ':');
            }
            add_value(out, nest + 1);
        }
        smp_buf_putc(out, kind == 3 ? ']' : '}');
    }
    add_space(out);
}

static void
assert_formats(const cJSON *value, const char *expected)
{
    struct smp_buf out = {0};

    assert_non_null(value);
    smp_json_format(&out, value);
    assert_string_equal(smp_buf_text(&out), expected);
    smp_buf_cut(&out, 0);
    smp_json_pass_on(&out, value);
    assert_string_equal(smp_buf_text(&out), expected);
    smp_buf_release(&out);
}

static void
reads_and_writes_as_cjson_does(void **state)
{
    struct smp_arena arena = {0};
    struct smp_err err = {0};

    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        struct smp_buf text = {0};
        cJSON *theirs, *ours;
        char *expected;

        add_value(&text, 0);
        theirs = cJSON_ParseWithLength(text.data, text.len + 1);
        ours = smp_json_parse(&arena, text.data, text.len, &err);
        expected = cJSON_PrintUnformatted(theirs);
        assert_true(cJSON_Compare(ours, theirs, true));
        assert_formats(ours, expected);
        smp_arena_reset(&arena);
        cJSON_free(expected);
        cJSON_Delete(theirs);
        smp_buf_release(&text);
    }
    smp_arena_release(&arena);
}

/*
 * What is passed on as it came is what formatting would give, and parses and
 * formats as the same again.
 */
static void
passes_on_what_it_formats(void **state)
{
    struct smp_arena arena = {0};
    struct smp_err err = {0};

    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        struct smp_buf text = {0}, printed = {0};

        spaces = dice(3) == 0;
        controls = dice(4) == 0;
        add_value(&text, 0);
        smp_json_format(&printed,
                        smp_json_parse(&arena, text.data, text.len, &err));
        assert_formats(smp_json_parse(&arena, text.data, text.len, &err),
                       printed.data);
        assert_formats(smp_json_parse(&arena, printed.data, printed.len, &err),
                       printed.data);
        smp_arena_reset(&arena);
        smp_buf_release(&text);
        smp_buf_release(&printed);
    }
    spaces = true;
    controls = false;
    smp_arena_release(&arena);
}

static void
damage(struct smp_buf *text)
{
    static const char octets[] = "\"\\{}[],:0-.eE u\xc3\x80\x1f";

    for (unsigned n = dice(3) + 1; n; n--)
        text->data[dice((unsigned)text->len)] = octets[dice(sizeof octets - 1)];
}

/* A text with something wrong in it is refused, or cJSON reads it too. */
static void
accepts_nothing_that_cjson_refuses(void **state)
{
    struct smp_arena arena = {0};

    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        struct smp_buf text = {0};
        struct smp_err err = {0};
        const cJSON *ours;
        cJSON *theirs;

        add_value(&text, 0);
        damage(&text);
        ours = smp_json_parse(&arena, text.data, text.len, &err);
        theirs = cJSON_ParseWithLengthOpts(text.data, text.len + 1, NULL, true);
        if (ours)
            assert_non_null(theirs);
        assert_int_equal(ours == NULL, err.failed);
        cJSON_Delete(theirs);
        smp_err_release(&err);
        smp_arena_reset(&arena);
        smp_buf_release(&text);
    }
    smp_arena_release(&arena);
}

/* patches */

static enum smp_json_change
put_ours(struct smp_buf *out, const void *thing, const cJSON *old)
{
    (void)old;
    smp_json_put_string(out, thing);
    return SMP_JSON_PUT;
}

static enum smp_json_change
keep(struct smp_buf *out, const void *thing, const cJSON *old)
{
    (void)thing;
    (void)old;
    smp_buf_puts(out, "half"); /* what was written before that goes */
    smp_buf_cut(out, out->len - 4);
    return SMP_JSON_KEEP;
}

static enum smp_json_change
drop(struct smp_buf *out, const void *thing, const cJSON *old)
{
    (void)thing;
    (void)old;
    smp_buf_puts(out, "half");
    return SMP_JSON_DROP;
}

static enum smp_json_change
move_to_the_end(struct smp_buf *out, const void *thing, const cJSON *old)
{
    return old ? SMP_JSON_DROP : put_ours(out, thing, old);
}

static void
patches_in_place(void **state)
{
    static const struct smp_json_field fields[] = {
        SMP_JSON_FIELD("put", put_ours), SMP_JSON_FIELD("keep", keep),
        SMP_JSON_FIELD("drop", drop), SMP_JSON_FIELD("move", move_to_the_end)};
    static const struct {
        const char *old, *patched;
    } table[] = {
        {"{}", "{\"put\":\"x\",\"move\":\"x\"}"},
        {"[1]", "{\"put\":\"x\",\"move\":\"x\"}"},
        {"{\"a\":1,\"put\":2,\"b\":{\"put\":3}}",
         "{\"a\":1,\"put\":\"x\",\"b\":{\"put\":3},\"move\":\"x\"}"},
        {"{\"move\":1,\"drop\":2,\"keep\":[3],\"Put\":4}",
         "{\"keep\":[3],\"Put\":4,\"put\":\"x\",\"move\":\"x\"}"},
        {"{\"drop\":1,\"put\":2}", "{\"put\":\"x\",\"move\":\"x\"}"},
    };
    struct smp_arena arena = {0};

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        struct smp_err err = {0};
        struct smp_buf out = {0};

        smp_json_patch(
            &out,
            smp_json_parse(&arena, table[i].old, strlen(table[i].old), &err),
            fields, COUNT(fields), "x");
        assert_string_equal(smp_buf_text(&out), table[i].patched);
        smp_buf_release(&out);
    }
    smp_arena_release(&arena);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(reads_and_writes_as_cjson_does),
    cmocka_unit_test(passes_on_what_it_formats),
    cmocka_unit_test(accepts_nothing_that_cjson_refuses),
    cmocka_unit_test(patches_in_place),
};

int
main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("json_same", tests, NULL, NULL);
}
