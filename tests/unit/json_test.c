#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <time.h>

#include "helpers.h"
#include "json/json.h"

static struct smp_arena arena; /* of all values of these tests */

static cJSON *
parse(const char *text)
{
    struct smp_err err = {0};
    cJSON *value = smp_json_parse(&arena, text, strlen(text), &err);

    if (!value)
        fail_msg("%s: %s", text, smp_buf_text(&err.text));
    return value;
}

/* Whether the value is formatted as the text. */
static void
expect_print(cJSON *value, const char *wanted)
{
    struct smp_buf out = {0};

    smp_json_format(&out, value);
    assert_string_equal(smp_buf_text(&out), wanted);
    smp_buf_release(&out);
}

/* reading */

static void
test_good_texts_come_back_as_they_were(void **state)
{
    static const struct {
        const char *text, *printed; /* NULL: the same */
    } table[] = {
        {"{}", NULL},
        {"[]", NULL},
        {"null", NULL},
        {"true", NULL},
        {"false", NULL},
        {"\"\"", NULL},
        {" \t\r\n[ 1 , 2 ]\n", "[1,2]"},
        {"{\"a\":{\"b\":[{},[],null]}}", NULL},
        {"{\"a\":1,\"A\":2,\"\":3}", NULL},
        {"[{\"a\":1},{\"a\":2}]", NULL}, /* not the same object */
        {"\"\\\"\\\\\\b\\f\\n\\r\\t\"", NULL},
        {"\"\\/\\u0041\"", "\"/A\""},
        {"\"\\u00e9\\uD83D\\ude00\"", "\"\xc3\xa9\xf0\x9f\x98\x80\""},
        {"\"\xc3\xa9\xe6\xbc\xa2\"", NULL},
        {"\"\\u001f\"", NULL},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(table); i++)
        expect_print(parse(table[i].text),
                     table[i].printed ? table[i].printed : table[i].text);
}

static void
test_numbers_are_kept_as_written(void **state)
{
    static const char *const table[] = {
        "0",
        "-1",
        "123456789",
        "1234567890",
        "2147483647",
        "-2147483648",
        "9007199254740992",
        "-9007199254740992",
        "9007199254740994",
        "18446744073709551616", /* two to the 64th: a double holds it */
        "10000000000000000000000",
        "1298074214633706907132624082305024", /* two to the 110th */
        "-0",
        "0.10",
        "1.0",
        "-0.0",
        "3.14159265358979323846",
        "1e2",
        "1E+02",
        "1e-7",
        "1.7976931348623157e308",
    };
    struct smp_buf faults = {0};
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(table); i++) {
        struct smp_err err = {0};
        struct smp_buf out = {0};
        cJSON *value = smp_json_parse(&arena, table[i], strlen(table[i]), &err);

        if (value)
            smp_json_format(&out, value);
        if (strcmp(smp_buf_text(&out), table[i]) != 0)
            smp_buf_printf(&faults, "%s: got %s%s\n", table[i],
                           smp_buf_text(&out), smp_buf_text(&err.text));
        smp_buf_release(&out);
        smp_err_release(&err);
    }
    assert_none(&faults);
}

static void
test_numbers_are_kept_at_any_depth(void **state)
{
    (void)state;
    expect_print(parse("{\"a\":[1.50,{\"b\":-0,\"c\":[7,12345678901]}],"
                       "\"d\":1e1}"),
                 "{\"a\":[1.50,{\"b\":-0,\"c\":[7,12345678901]}],"
                 "\"d\":1e1}");
}

#define TEXT(literal) literal, sizeof(literal) - 1

/* An empty place: any will do. */
static const struct {
    const char *text;
    size_t n;
    const char *place;
} bad[] = {
    {TEXT(""), "line 1, column 1: "},
    {TEXT("  \n "), ""},
    {TEXT("\xef\xbb\xbf{}"), "line 1, column 1: "}, /* a byte order mark */
    {TEXT("{} {}"), "line 1, column 4: "},
    {TEXT("[1] x"), "line 1, column 5: "},
    {TEXT("nulll"), ""},
    {TEXT("tru"), ""},
    {TEXT("True"), ""},
    {TEXT("NaN"), ""},
    {TEXT("Infinity"), ""},
    {TEXT("-Infinity"), ""},
    {TEXT("'a'"), ""},
    {TEXT("// x\n1"), ""},
    {TEXT("[1,]"), ""},
    {TEXT("[,1]"), ""},
    {TEXT("[1 2]"), "line 1, column 4: "},
    {TEXT("[1"), ""},
    {TEXT("["), ""},
    {TEXT("]"), ""},
    {TEXT("[1}"), ""},
    {TEXT("{\"a\":1,}"), ""},
    {TEXT("{\"a\" 1}"), "line 1, column 6: "},
    {TEXT("{\"a\"}"), ""},
    {TEXT("{\"a\":}"), ""},
    {TEXT("{a:1}"), "line 1, column 2: "},
    {TEXT("{1:1}"), "line 1, column 2: "},
    {TEXT("{\"a\":1"), ""},
    {TEXT("{\"a\":1 \"b\":2}"), ""},
    /* numbers */
    {TEXT("01"), ""},
    {TEXT("-01"), ""},
    {TEXT("00"), ""},
    {TEXT("+1"), "line 1, column 1: "},
    {TEXT("-"), ""},
    {TEXT("--1"), ""},
    {TEXT(".5"), "line 1, column 1: "},
    {TEXT("1."), ""},
    {TEXT("1.e2"), ""},
    {TEXT("1e"), ""},
    {TEXT("1e+"), ""},
    {TEXT("1e1.5"), ""},
    {TEXT("0x10"), ""},
    {TEXT("1_000"), ""},
    {TEXT("[0,\n1e999]"), "line 2, column 1: "},
    {TEXT("-1e400"), "line 1, column 1: "},
    {TEXT("[\n\n 9007199254740993]"), "line 3, column 2: "},
    {TEXT("-9007199254740993"), "line 1, column 1: "},
    {TEXT("12345678901234567890"), "line 1, column 1: "},
    {TEXT("100000000000000000000000"), "line 1, column 1: "},
    /* strings */
    {TEXT("\""), ""},
    {TEXT("\"a"), ""},
    {TEXT("\"a\\"), ""},
    {TEXT("\"a\\\""), ""},
    {TEXT("\"a\nb\""), "line 1, column 3: "},
    {TEXT("\"\t\""), "line 1, column 2: "},
    {TEXT("\"\x1f\""), "line 1, column 2: "},
    {TEXT("\"\\a\""), ""},
    {TEXT("\"\\'\""), ""},
    {TEXT("\"\\u12\""), ""},
    {TEXT("\"\\u12g4\""), ""},
    {TEXT("\"\\U0041\""), ""},
    {TEXT("\"\\ud800\""), ""},
    {TEXT("\"\\ud800x\""), ""},
    {TEXT("\"\\ud800\\n\""), ""},
    {TEXT("\"\\ud800\\u0041\""), ""},
    {TEXT("\"\\ud800\\ud800\""), ""},
    {TEXT("\"\\udc00\""), ""},
    {TEXT("\"\\udc00\\ud800\""), ""},
    /* NUL */
    {TEXT("\0"), "line 1, column 1: "},
    {TEXT("[1]\0"), "line 1, column 4: "},
    {TEXT("\"a\0b\""), "line 1, column 3: "},
    {TEXT("\"\\u0000\""), ""},
    {TEXT("{\"\\u0000\":1}"), ""},
    /* not UTF-8 */
    {TEXT("\"\xff\""), "line 1, column 2: "},
    {TEXT("\"\xc3\""), "line 1, column 2: "},
    {TEXT("\"\xc0\x80\""), "line 1, column 2: "},
    {TEXT("\"\xed\xa0\x80\""), "line 1, column 2: "},
    {TEXT("\"\xf4\x90\x80\x80\""), "line 1, column 2: "},
    {TEXT("[1]\n\x80"), "line 2, column 1: "},
};

static void
test_bad_texts_are_refused(void **state)
{
    struct smp_buf faults = {0};
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(bad); i++) {
        const char *place = *bad[i].place ? bad[i].place : "line ";
        struct smp_err err = {0};
        cJSON *value = smp_json_parse(&arena, bad[i].text, bad[i].n, &err);

        if (value || !err.failed ||
            strncmp(smp_buf_text(&err.text), place, strlen(place)) != 0)
            smp_buf_printf(&faults, "%s: wanted %s, got %s\n", bad[i].text,
                           place, value ? "no error" : err.text.data);
        smp_err_release(&err);
    }
    assert_none(&faults);
}

static void
test_a_member_given_twice_is_refused(void **state)
{
    static const char *const table[] = {
        "{\"a\":1,\"a\":1}",
        "{\"a\":1,\"b\":2,\"c\":3,\"a\":null}",
        "{\"a\":1,\"\\u0061\":2}",
        "{\"\":1,\"\":2}",
        "[0,{\"x\":{\"a\":1,\"a\":2}}]",
        "{\"x\":[[{\"a\":[],\"b\":0,\"a\":{}}]]}",
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(table); i++) {
        struct smp_err err = {0};
        cJSON *value = smp_json_parse(&arena, table[i], strlen(table[i]), &err);

        if (value)
            fail_msg("accepted: %s", table[i]);
        assert_non_null(strstr(smp_buf_text(&err.text), "twice"));
        smp_err_release(&err);
    }
}

static void
test_a_member_given_twice_has_a_place(void **state)
{
    struct smp_err err = {0};
    const char *text = "{\n\"a\": 1,\n\"a\": 2}";

    (void)state;
    assert_null(smp_json_parse(&arena, text, strlen(text), &err));
    assert_int_equal(strncmp(err.text.data, "line 3, column ", 15), 0);
    smp_err_release(&err);
}

/* So many arrays, one in another. */
static bool
depth_is_accepted(size_t depth)
{
    struct smp_buf text = {0};
    struct smp_err err = {0};
    cJSON *value;
    bool accepted;
    size_t i;

    for (i = 0; i < depth; i++)
        smp_buf_putc(&text, '[');
    for (i = 0; i < depth; i++)
        smp_buf_putc(&text, ']');
    value = smp_json_parse(&arena, text.data, text.len, &err);
    accepted = value != NULL;
    smp_buf_release(&text);
    smp_err_release(&err);
    return accepted;
}

static void
test_depth_has_a_limit(void **state)
{
    (void)state;
    assert_true(depth_is_accepted(SMP_JSON_DEPTH_MAX));
    assert_false(depth_is_accepted(SMP_JSON_DEPTH_MAX + 1));
    assert_false(depth_is_accepted(100000));
}

/* A record of 1 MiB is to be read in the time that its length takes. */
static void
test_many_large_numbers_are_read_in_linear_time(void **state)
{
    struct smp_buf text = {0};
    clock_t start = clock();
    int i;

    (void)state;
    smp_buf_putc(&text, '[');
    for (i = 0; i < 60000; i++)
        smp_buf_puts(&text, "1234567890,");
    smp_buf_puts(&text, "0]");
    parse(text.data);
    smp_buf_release(&text);
    assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 1.0);
}

/* writing */

static void
test_controls_are_printed_as_escapes(void **state)
{
    static const struct {
        const char *string, *printed;
    } table[] = {
        {"a\x1b[31m\n", "\"a\\u001b[31m\\n\""},
        {"\x7f", "\"\\u007f\""},
        {"\xc2\x80\xc2\x9b\xc2\x9f", "\"\\u0080\\u009b\\u009f\""},
        {"\xc2\xa0\xc2\xbf", "\"\xc2\xa0\xc2\xbf\""}, /* no controls */
        {"\xc3\x9b\xe2\x82\x9b", "\"\xc3\x9b\xe2\x82\x9b\""},
        {"a\x7f"
         "b\x7f\xc2\x85",
         "\"a\\u007fb\\u007f\\u0085\""},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(table); i++) {
        cJSON *object = cJSON_CreateObject();
        struct smp_buf wanted = {0};

        cJSON_AddStringToObject(object, table[i].string, table[i].string);
        smp_buf_printf(&wanted, "{%s:%s}", table[i].printed, table[i].printed);
        expect_print(object, wanted.data);
        smp_buf_release(&wanted);
    }
}

/* A string of n letters, one of which is another character. */
static void
expect_character(int n, int at, const char *character, const char *printed)
{
    struct smp_buf text = {0}, wanted = {0}, out = {0};
    int i;

    smp_buf_putc(&wanted, '"');
    for (i = 0; i < n; i++) {
        smp_buf_puts(&text, i == at ? character : "a");
        smp_buf_puts(&wanted, i == at ? printed : "a");
    }
    smp_buf_putc(&wanted, '"');
    smp_json_put_string(&out, text.data);
    assert_string_equal(out.data, wanted.data);
    expect_print(parse(out.data), wanted.data);
    smp_buf_release(&text);
    smp_buf_release(&wanted);
    smp_buf_release(&out);
}

static void
test_any_octet_is_seen_anywhere(void **state)
{
    enum { LONGEST = 20, LAST = 0x9f };
    int c, n, at;

    (void)state;
    for (c = 1; c <= LAST; c++) {
        char character[3] = {(char)c}, printed[8] = {(char)c};

        if (c >= 0x80)
            snprintf(character, sizeof character, "\xc2%c", c);
        if (c == '"' || c == '\\')
            snprintf(printed, sizeof printed, "\\%c", c);
        else if (c < 0x20 && strchr("\b\f\n\r\t", c))
            snprintf(printed, sizeof printed, "\\%c", "btn?fr"[c - '\b']);
        else if (c < 0x20 || c >= 0x7f)
            snprintf(printed, sizeof printed, "\\u%04x", c);
        for (n = 1; n <= LONGEST; n++)
            for (at = 0; at < n; at++)
                expect_character(n, at, character, printed);
    }
}

static void
test_what_is_printed_is_read_again(void **state)
{
    const char *text =
        "{\"n\":[1.0,-0],\"s\":\"\\u007f\\u0080\\n\xe6\xbc\xa2\"}";

    (void)state;
    expect_print(parse(text), text);
}

/* merging: the examples of RFC 7396, appendix A */

static const struct {
    const char *target, *patch, *result;
} merges[] = {
    {"{\"a\":\"b\"}", "{\"a\":\"c\"}", "{\"a\":\"c\"}"},
    {"{\"a\":\"b\"}", "{\"b\":\"c\"}", "{\"a\":\"b\",\"b\":\"c\"}"},
    {"{\"a\":\"b\"}", "{\"a\":null}", "{}"},
    {"{\"a\":\"b\",\"b\":\"c\"}", "{\"a\":null}", "{\"b\":\"c\"}"},
    {"{\"a\":[\"b\"]}", "{\"a\":\"c\"}", "{\"a\":\"c\"}"},
    {"{\"a\":\"c\"}", "{\"a\":[\"b\"]}", "{\"a\":[\"b\"]}"},
    {"{\"a\":{\"b\":\"c\"}}", "{\"a\":{\"b\":\"d\",\"c\":null}}",
     "{\"a\":{\"b\":\"d\"}}"},
    {"{\"a\":[{\"b\":\"c\"}]}", "{\"a\":[1]}", "{\"a\":[1]}"},
    {"[\"a\",\"b\"]", "[\"c\",\"d\"]", "[\"c\",\"d\"]"},
    {"{\"a\":\"b\"}", "[\"c\"]", "[\"c\"]"},
    {"{\"a\":\"foo\"}", "null", "null"},
    {"{\"a\":\"foo\"}", "\"bar\"", "\"bar\""},
    {"{\"e\":null}", "{\"a\":1}", "{\"e\":null,\"a\":1}"},
    {"[1,2]", "{\"a\":\"b\",\"c\":null}", "{\"a\":\"b\"}"},
    {"{}", "{\"a\":{\"bb\":{\"ccc\":null}}}", "{\"a\":{\"bb\":{}}}"},
    /* and ours: nested nulls, names in their case, numbers as written */
    {"{\"a\":1}", "{\"a\":{\"b\":null,\"c\":2}}", "{\"a\":{\"c\":2}}"},
    {"{\"a\":1,\"A\":2}", "{\"A\":null}", "{\"a\":1}"},
    {"{\"a\":1}", "{\"A\":2}", "{\"a\":1,\"A\":2}"},
    {"{\"a\":1,\"b\":2,\"c\":3}", "{\"b\":4}", "{\"a\":1,\"b\":4,\"c\":3}"},
    {"{\"a\":1.50}", "{\"b\":{\"c\":-0}}", "{\"a\":1.50,\"b\":{\"c\":-0}}"},
    {"{\"a\":[null]}", "{\"b\":[null,{\"c\":null}]}",
     "{\"a\":[null],\"b\":[null,{\"c\":null}]}"},
};

/* As cJSON links children: each knows the one before, the first the last. */
static void
expect_links(const cJSON *value)
{
    const cJSON *child, *last = NULL;

    cJSON_ArrayForEach (child, value) {
        if (last)
            assert_ptr_equal(child->prev, last);
        expect_links(child);
        last = child;
    }
    if (last)
        assert_ptr_equal(value->child->prev, last);
}

static void
test_merge_patch(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(merges); i++) {
        cJSON *merged =
            smp_json_merge(parse(merges[i].target), parse(merges[i].patch));

        expect_print(merged, merges[i].result);
        expect_links(merged);
    }
}

static void
test_merge_patch_of_nothing(void **state)
{
    cJSON *patch = parse("{\"a\":{\"b\":null},\"c\":null,\"d\":1}");

    (void)state;
    expect_print(smp_json_merge(NULL, patch), "{\"a\":{},\"d\":1}");
}

/* places */

static const char lined[] = "\n"
                            "{\n"
                            " \"a\": 1,\n"
                            " \"b\": {\n"
                            "  \"c\": [\n"
                            "   10,\n"
                            "   {\"d\": [2]}\n"
                            "  ],\n"
                            "  \"x/y\": 3, \"t~u\":\n"
                            "   4,\n"
                            "  \"\": 5,\n"
                            "  \"a\": {\"a\":\n"
                            "6}\n"
                            " }\n"
                            "}\n";

static void
test_pointers_lead_to_lines(void **state)
{
    static const struct {
        const char *pointer;
        unsigned long line;
        size_t depth;
    } table[] = {
        {"", 2, 0},
        {"/a", 3, 1},
        {"/b", 4, 1},
        {"/b/c", 5, 2},
        {"/b/c/0", 6, 3},
        {"/b/c/1", 7, 3},
        {"/b/c/1/d/0", 7, 5},
        {"/b/x~1y", 9, 2},
        {"/b/t~0u", 10, 2},
        {"/b/", 11, 2},
        {"/b/a", 12, 2},
        {"/b/a/a", 13, 3},
        /* not there: what is around it */
        {"/z", 2, 0},
        {"/a/b", 3, 1},
        {"/b/z/y", 4, 1},
        {"/b/c/2", 5, 2},
        {"/b/c/x", 5, 2},
        {"/b/c/-", 5, 2},
        {"/b/c/1/e", 7, 3},
        {"/b/x", 4, 1},
        {"/b/x~1yz", 4, 1},
    };
    const cJSON *value = parse(lined);
    struct smp_buf faults = {0};
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(table); i++) {
        size_t depth;
        unsigned long line = smp_json_line(value, table[i].pointer, &depth);

        if (line != table[i].line || depth != table[i].depth)
            smp_buf_printf(&faults, "%s: line %lu, depth %zu\n",
                           table[i].pointer, line, depth);
    }
    assert_none(&faults);
}

static void
test_names_with_escapes_have_lines(void **state)
{
    const cJSON *value = parse("{\"a\": 1,\n\"\\u0062\": {\n\"c\\/d\": 2}}");
    size_t depth;

    (void)state;
    assert_int_equal(smp_json_line(value, "/b", &depth), 2);
    assert_int_equal(smp_json_line(value, "/b/c~1d", &depth), 3);
    assert_int_equal(depth, 2);
}

static void
test_members_before_one_are_parsed(void **state)
{
    static const struct {
        const char *text, *printed; /* NULL: it is not JSON so far */
    } table[] = {
        {"{\"a\":1,\"end\":zz", "{\"a\":1}"},
        {"{\"a\":{\"end\":2},\"\\u0065nd\" : ]", "{\"a\":{\"end\":2}}"},
        {"{\"end\":\xff", "{}"},
        {"{\"a\":[1,2]} ", "{\"a\":[1,2]}"},
        {"[1]", "[1]"},
        {"{\"a\":{\"end\":zz}}", NULL},
        {"{\"a\":01,\"end\":2}", NULL},
        {"{\"a\":1e999,\"end\":2}", NULL},
        {"{\"a\":1,\"a\":2,\"end\":3}", NULL},
        {"{\"a\":1} x", NULL},
        {"{\"a\":1", NULL},
        {"", NULL},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(table); i++) {
        const cJSON *value = smp_json_parse_until(&arena, table[i].text,
                                                  strlen(table[i].text), "end");
        struct smp_buf out = {0};

        if (value)
            smp_json_format(&out, value);
        assert_string_equal(smp_buf_text(&out),
                            table[i].printed ? table[i].printed : "");
        smp_buf_release(&out);
    }
}

static void
test_places_are_written(void **state)
{
    cJSON *value = parse("{\"rules\":{\"a/b~c\":{\"ask\":[\"x\",7]}}}");
    struct smp_place root = smp_place_root(value);
    struct smp_place rules = smp_place_member(&root, "rules");
    struct smp_place rule = smp_place_member(&rules, "a/b~c");
    struct smp_place ask = smp_place_member(&rule, "ask");
    struct smp_place second =
        smp_place_child(&ask, cJSON_GetArrayItem(ask.value, 1), 1);
    struct smp_place missing = smp_place_member(&rule, "verb");
    struct smp_buf out = {0};

    (void)state;
    smp_place_pointer(&out, &second);
    smp_buf_putc(&out, ' ');
    smp_place_pointer(&out, &missing);
    assert_string_equal(out.data, "/rules/a~1b~0c/ask/1 /rules/a~1b~0c/verb");
    assert_int_equal(second.value->valueint, 7);
    assert_null(missing.value);
    smp_buf_release(&out);
}

static void
test_paths_are_written(void **state)
{
    cJSON *value = parse("{\"sessions\":[{\"start\":1}]}");
    struct smp_place root = smp_place_root(value);
    struct smp_place sessions = smp_place_member(&root, "sessions");
    struct smp_place first =
        smp_place_child(&sessions, sessions.value->child, 0);
    struct smp_place start = smp_place_member(&first, "start");
    struct smp_buf out = {0};

    (void)state;
    smp_place_path(&out, &start);
    assert_string_equal(out.data, "sessions[0].start");
    smp_buf_release(&out);
    smp_place_path(&out, &root);
    assert_string_equal(smp_buf_text(&out), "");
    smp_buf_release(&out);
}

/* typed reading */

static void
note_wrong(void *context, const struct smp_place *place, const char *what)
{
    struct smp_buf *out = context;

    assert_true(*what);
    smp_place_pointer(out, place);
    smp_buf_putc(out, ' ');
}

/* A reader whose faults are written down in context. */
struct reading {
    struct smp_arena arena;
    struct smp_buf wrong;
    struct smp_json_reader reader;
    cJSON *value;
    struct smp_place root;
};

static struct reading *
reading_new(const char *text)
{
    struct reading *r = smp_calloc(1, sizeof *r);

    r->reader = (struct smp_json_reader){&r->arena, note_wrong, &r->wrong};
    r->value = parse(text);
    r->root = smp_place_root(r->value);
    return r;
}

static void
reading_free(struct reading *r, const char *wrong)
{
    assert_string_equal(smp_buf_text(&r->wrong), wrong);
    smp_buf_release(&r->wrong);
    smp_arena_release(&r->arena);
    free(r);
}

static void
test_integers_are_read_within_bounds(void **state)
{
    static const struct {
        const char *text;
        int min, max;
        bool ok;
        int n;
    } table[] = {
        {"{\"n\":5}", 0, 9, true, 5},
        {"{\"n\":0}", 0, 9, true, 0},
        {"{\"n\":9}", 0, 9, true, 9},
        {"{\"n\":10}", 0, 9, false, -7},
        {"{\"n\":-1}", 0, 9, false, -7},
        {"{\"n\":1.5}", 0, 9, false, -7},
        {"{\"n\":\"5\"}", 0, 9, false, -7},
        {"{\"n\":true}", 0, 9, false, -7},
        {"{\"n\":null}", 0, 9, false, -7},
        {"{\"N\":5}", 0, 9, true, -7}, /* missing */
        {"{\"n\":4294967301}", 0, 9, false, -7},
        {"{\"n\":2147483647}", 0, INT32_MAX, true, INT32_MAX},
        {"{\"n\":1000000000}", 0, INT32_MAX, true, 1000000000},
    };
    struct smp_buf faults = {0};
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(table); i++) {
        struct reading *r = reading_new(table[i].text);
        int n = -7;
        bool ok = smp_json_int(&r->reader, &r->root, "n", table[i].min,
                               table[i].max, &n);

        if (ok != table[i].ok || n != table[i].n || !ok != (r->wrong.len > 0))
            smp_buf_printf(&faults, "%s: %s, %d\n", table[i].text,
                           ok ? "read" : "refused", n);
        smp_buf_cut(&r->wrong, 0);
        reading_free(r, "");
    }
    assert_none(&faults);
}

static void
test_strings_are_read(void **state)
{
    struct reading *r = reading_new("{\"a\":\"x\",\"b\":1,\"c\":null}");
    const char *text = "before";

    (void)state;
    assert_true(smp_json_string(&r->reader, &r->root, "missing", &text));
    assert_string_equal(text, "before");
    assert_true(smp_json_string(&r->reader, &r->root, "a", &text));
    assert_string_equal(text, "x");
    assert_false(smp_json_string(&r->reader, &r->root, "b", &text));
    assert_false(smp_json_string(&r->reader, &r->root, "c", &text));
    assert_string_equal(text, "x");
    reading_free(r, "/b /c ");
}

static void
test_truths_are_read(void **state)
{
    struct reading *r = reading_new("{\"a\":true,\"b\":0,\"c\":false}");
    bool truth = false;

    (void)state;
    assert_true(smp_json_bool(&r->reader, &r->root, "a", &truth));
    assert_true(truth);
    assert_false(smp_json_bool(&r->reader, &r->root, "b", &truth));
    assert_true(smp_json_bool(&r->reader, &r->root, "missing", &truth));
    assert_true(truth);
    assert_true(smp_json_bool(&r->reader, &r->root, "c", &truth));
    assert_false(truth);
    reading_free(r, "/b ");
}

static void
test_lists_of_strings_are_read(void **state)
{
    struct reading *r = reading_new("{\"a\":[\"x\",\"y\"],\"b\":\"one\","
                                    "\"c\":[],\"d\":[\"x\",1],\"e\":{}}");
    struct smp_strings list = {0};

    (void)state;
    assert_true(smp_json_strings(&r->reader, &r->root, "missing", &list));
    assert_int_equal(list.count, 0);
    assert_true(smp_json_strings(&r->reader, &r->root, "a", &list));
    assert_int_equal(list.count, 2);
    assert_true(smp_strings_have(&list, "y"));
    assert_false(smp_strings_have(&list, "Y"));
    assert_true(smp_json_strings(&r->reader, &r->root, "b", &list));
    assert_int_equal(list.count, 1);
    assert_string_equal(list.at[0], "one");
    assert_true(smp_json_strings(&r->reader, &r->root, "c", &list));
    assert_int_equal(list.count, 0);
    assert_false(smp_json_strings(&r->reader, &r->root, "d", &list));
    assert_false(smp_json_strings(&r->reader, &r->root, "e", &list));
    reading_free(r, "/d/1 /e ");
}

static void
test_objects_and_arrays_are_told_apart(void **state)
{
    struct reading *r = reading_new("{\"o\":{},\"a\":[]}");
    struct smp_place object = smp_place_member(&r->root, "o");
    struct smp_place array = smp_place_member(&r->root, "a");
    struct smp_place missing = smp_place_member(&r->root, "m");

    (void)state;
    assert_true(smp_json_is_object(&r->reader, &object));
    assert_true(smp_json_is_array(&r->reader, &array));
    assert_false(smp_json_is_object(&r->reader, &array));
    assert_false(smp_json_is_array(&r->reader, &object));
    assert_false(smp_json_is_object(&r->reader, &missing));
    assert_false(smp_json_is_array(&r->reader, &missing));
    reading_free(r, "/a /o ");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_texts_come_back_as_they_were),
        cmocka_unit_test(test_numbers_are_kept_as_written),
        cmocka_unit_test(test_numbers_are_kept_at_any_depth),
        cmocka_unit_test(test_bad_texts_are_refused),
        cmocka_unit_test(test_a_member_given_twice_is_refused),
        cmocka_unit_test(test_a_member_given_twice_has_a_place),
        cmocka_unit_test(test_depth_has_a_limit),
        cmocka_unit_test(test_many_large_numbers_are_read_in_linear_time),
        cmocka_unit_test(test_controls_are_printed_as_escapes),
        cmocka_unit_test(test_any_octet_is_seen_anywhere),
        cmocka_unit_test(test_what_is_printed_is_read_again),
        cmocka_unit_test(test_merge_patch),
        cmocka_unit_test(test_merge_patch_of_nothing),
        cmocka_unit_test(test_pointers_lead_to_lines),
        cmocka_unit_test(test_names_with_escapes_have_lines),
        cmocka_unit_test(test_members_before_one_are_parsed),
        cmocka_unit_test(test_places_are_written),
        cmocka_unit_test(test_paths_are_written),
        cmocka_unit_test(test_integers_are_read_within_bounds),
        cmocka_unit_test(test_strings_are_read),
        cmocka_unit_test(test_truths_are_read),
        cmocka_unit_test(test_lists_of_strings_are_read),
        cmocka_unit_test(test_objects_and_arrays_are_told_apart),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
