#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>

#include "base/base.h"
#include "base/fill.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "helpers.h"

/* memory */

static void
test_arena_memory_is_zeroed_and_aligned(void **state)
{
    struct smp_arena arena = {0};
    size_t size, i;

    (void)state;
    for (size = 1; size < 300; size += 7) {
        unsigned char *memory = smp_arena_alloc(&arena, size);

        assert_int_equal((uintptr_t)memory % _Alignof(max_align_t), 0);
        for (i = 0; i < size; i++)
            assert_int_equal(memory[i], 0);
        memset(memory, 0xff, size);
    }
    smp_arena_release(&arena);
}

static void
test_arena_keeps_what_it_gave(void **state)
{
    static const size_t sizes[] = {1, 100, 5000, 16384, 40000, 1, 100000, 16};
    struct smp_arena arena = {0};
    unsigned char *memory[COUNT(sizes)];
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(sizes); i++) {
        memory[i] = smp_arena_alloc(&arena, sizes[i]);
        memset(memory[i], (int)i + 1, sizes[i]);
    }
    for (i = 0; i < COUNT(sizes); i++) {
        assert_int_equal(memory[i][0], i + 1);
        assert_int_equal(memory[i][sizes[i] - 1], i + 1);
    }
    smp_arena_release(&arena);
}

static void
test_arena_can_be_used_again(void **state)
{
    struct smp_arena arena = {0};
    int round;

    (void)state;
    smp_arena_reset(&arena);
    for (round = 0; round < 4; round++) {
        char *dirty = smp_arena_alloc(&arena, round % 2 ? 50000 : 50);

        assert_int_equal(dirty[0], 0);
        memset(dirty, 'x', 50);
        if (round < 2)
            smp_arena_reset(&arena);
        else
            smp_arena_release(&arena);
    }
    assert_null(arena.blocks);
}

static void
test_arena_copies_texts(void **state)
{
    struct smp_arena arena = {0};
    char text[] = "ointment";
    char *all = smp_arena_strdup(&arena, text);
    char *some = smp_arena_strndup(&arena, text, 4);
    char *none = smp_arena_strndup(&arena, text, 0);

    (void)state;
    text[0] = 'X';
    assert_string_equal(all, "ointment");
    assert_string_equal(some, "oint");
    assert_string_equal(none, "");
    smp_arena_release(&arena);
}

static void
test_arrays_grow(void **state)
{
    size_t room = 0, i;
    int *array = NULL;

    (void)state;
    for (i = 0; i < 1000; i++) {
        array = smp_grow(array, i, &room, sizeof *array);
        assert_true(room > i);
        array[i] = (int)i;
    }
    for (i = 0; i < 1000; i++)
        assert_int_equal(array[i], i);
    free(array);
}

/* the growing string */

static void
test_buf_begins_empty(void **state)
{
    struct smp_buf buf = {0};

    (void)state;
    assert_string_equal(smp_buf_text(&buf), "");
    smp_buf_cut(&buf, 0);
    smp_buf_add(&buf, NULL, 0);
    assert_int_equal(buf.len, 0);
    smp_buf_release(&buf);
    assert_null(buf.data);
}

static void
test_buf_adds_up(void **state)
{
    struct smp_buf buf = {0};

    (void)state;
    smp_buf_puts(&buf, "day ");
    smp_buf_printf(&buf, "%d-%s", 9, "x");
    smp_buf_putc(&buf, '!');
    smp_buf_spaces(&buf, 3);
    smp_buf_add(&buf, "a\0b", 3);
    assert_int_equal(buf.len, 14);
    assert_memory_equal(buf.data, "day 9-x!   a\0b", 15);
    smp_buf_release(&buf);
}

static void
test_digits_are_those_of_printf(void **state)
{
    static const int numbers[] = {0,    1,   -1,     9,         10,       99,
                                  2026, -42, 123456, INT32_MAX, INT32_MIN};
    char two[3] = "";
    size_t i;
    unsigned n;

    (void)state;
    for (i = 0; i < COUNT(numbers); i++) {
        struct smp_buf got = {0}, expected = {0};

        smp_buf_digits(&got, numbers[i]);
        smp_buf_printf(&expected, "%d", numbers[i]);
        assert_string_equal(got.data, expected.data);
        smp_buf_release(&got);
        smp_buf_release(&expected);
    }
    for (n = 0; n < 100; n++) {
        assert_ptr_equal(smp_two_digits(two, n), two + 2);
        assert_int_equal(atoi(two), n);
    }
}

static void
test_buf_always_ends_with_a_nul(void **state)
{
    struct smp_buf buf = {0};
    size_t i;

    (void)state;
    for (i = 1; i <= 5000; i++) {
        smp_buf_putc(&buf, 'x');
        assert_int_equal(strlen(buf.data), i);
    }
    smp_buf_reserve(&buf, 100000);
    assert_int_equal(strlen(buf.data), 5000);
    smp_buf_release(&buf);
}

static void
test_buf_is_cut(void **state)
{
    struct smp_buf buf = {0};

    (void)state;
    smp_buf_puts(&buf, "ointment");
    smp_buf_cut(&buf, 20);
    assert_string_equal(buf.data, "ointment");
    smp_buf_cut(&buf, 4);
    assert_string_equal(buf.data, "oint");
    assert_int_equal(buf.len, 4);
    smp_buf_release(&buf);
}

/* errors */

static void
test_the_first_error_wins(void **state)
{
    struct smp_err err = {0};

    (void)state;
    assert_false(smp_fail(&err, "line %d", 3));
    assert_false(smp_fail(&err, "later"));
    errno = ENOENT;
    assert_false(smp_fail_errno(&err, "later still"));
    assert_true(err.failed);
    assert_string_equal(smp_buf_text(&err.text), "line 3");
    smp_err_release(&err);
}

static void
test_an_error_can_be_prefixed_and_cleared(void **state)
{
    struct smp_err err = {0};

    (void)state;
    smp_err_prefix(&err, "file");
    assert_false(err.failed);
    smp_fail(&err, "wrong");
    smp_err_prefix(&err, "%s", "file");
    assert_string_equal(smp_buf_text(&err.text), "file: wrong");
    smp_err_clear(&err);
    assert_false(err.failed);
    smp_fail(&err, "again");
    assert_string_equal(smp_buf_text(&err.text), "again");
    smp_err_release(&err);
}

static void
test_an_error_of_the_system_says_why(void **state)
{
    struct smp_err err = {0};
    char wanted[128];

    (void)state;
    snprintf(wanted, sizeof wanted, "feeds: %s", strerror(EACCES));
    errno = EACCES;
    smp_fail_errno(&err, "%s", "feeds");
    assert_string_equal(smp_buf_text(&err.text), wanted);
    smp_err_release(&err);
}

static void
test_errors_are_fit_for_a_terminal(void **state)
{
    struct smp_err err = {0};

    (void)state;
    smp_fail(&err, "%s", "a\nb\x1b[31m\xc2\x9b");
    smp_err_prefix(&err, "%s", "x\ty");
    assert_string_equal(smp_buf_text(&err.text), "x y: a b [31m ");
    smp_err_release(&err);
}

/* UTF-8 */

/* A text and its length, NULs included. */
#define TEXT(literal) literal, sizeof(literal) - 1

static void
test_utf8_is_held_to_rfc_3629(void **state)
{
    static const struct {
        const char *text;
        size_t n, valid;
    } table[] = {
        {TEXT(""), 0},
        {TEXT("plain"), 5},
        {TEXT("a\0b"), 3},
        {TEXT("\xc3\xa9"), 2},             /* U+00E9 */
        {TEXT("\xe6\xbc\xa2"), 3},         /* U+6F22 */
        {TEXT("\xf0\x9f\x98\x80"), 4},     /* U+1F600 */
        {TEXT("\xf4\x8f\xbf\xbf"), 4},     /* U+10FFFF */
        {TEXT("\xf4\x90\x80\x80"), 0},     /* above it */
        {TEXT("ab\xff"), 2},               /* no octet of UTF-8 */
        {TEXT("ab\x80"), 2},               /* a continuation alone */
        {TEXT("\xc0\x80"), 0},             /* overlong */
        {TEXT("\xc1\xbf"), 0},             /* overlong */
        {TEXT("\xe0\x80\xaf"), 0},         /* overlong */
        {TEXT("\xf0\x80\x80\x80"), 0},     /* overlong */
        {TEXT("\xed\x9f\xbf"), 3},         /* U+D7FF */
        {TEXT("\xed\xa0\x80"), 0},         /* a surrogate */
        {TEXT("\xc3"), 0},                 /* cut short */
        {TEXT("x\xe6\xbc"), 1},            /* cut short */
        {TEXT("\xc3\xa9\xf0\x9f\x98"), 2}, /* cut short */
        {TEXT("\xc3(x"), 0},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(table); i++)
        if (smp_utf8_valid(table[i].text, table[i].n) != table[i].valid)
            fail_msg("row %zu", i);
}

static void
test_utf8_is_decoded(void **state)
{
    int32_t c;

    (void)state;
    assert_int_equal(smp_utf8_next("aX", 2, &c), 1);
    assert_int_equal(c, 'a');
    assert_int_equal(smp_utf8_next("\xe6\xbc\xa2", 3, &c), 3);
    assert_int_equal(c, 0x6f22);
    assert_int_equal(smp_utf8_next("\xe6\xbc\xa2", 2, &c), 0);
    assert_int_equal(smp_utf8_next("\x80", 1, &c), 0);
}

static void
test_text_is_cleaned(void **state)
{
    static const struct {
        const char *text;
        size_t n;
        const char *clean;
    } table[] = {
        {TEXT(""), ""},
        {TEXT("Jo Field"), "Jo Field"},
        {TEXT("a\tb\nc\rd\0e"), "a b c d e"},
        {TEXT("\x1b]0;x\x07"), " ]0;x "},
        {TEXT("a\x7f"), "a "},
        {TEXT("\xc2\x80-\xc2\x9f"), " - "},           /* C1 */
        {TEXT("\xc2\xa0"), "\xc2\xa0"},               /* U+00A0 is none */
        {TEXT("a\xe2\x80\xa8z\xe2\x80\xa9"), "a z "}, /* U+2028, U+2029 */
        {TEXT("\xe2\x80\xaa\xe2\x80\xae"), "  "},     /* U+202A, U+202E */
        {TEXT("\xe2\x81\xa6\xe2\x81\xa9"), "  "},     /* U+2066, U+2069 */
        {TEXT("\xc3\xa9\xe6\xbc\xa2"), "\xc3\xa9\xe6\xbc\xa2"},
        {TEXT("a\xff\x62"), "a\xef\xbf\xbd"
                            "b"},
        {TEXT("\x80\x80"), "\xef\xbf\xbd\xef\xbf\xbd"},
        {TEXT("a\xc3"), "a\xef\xbf\xbd"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(table); i++) {
        struct smp_buf out = {0};

        smp_utf8_clean(&out, table[i].text, table[i].n);
        assert_string_equal(smp_buf_text(&out), table[i].clean);
        smp_buf_release(&out);
    }
}

static void
test_columns_are_those_of_a_terminal(void **state)
{
    static const struct {
        const char *text;
        size_t columns;
    } table[] = {
        {"", 0},
        {"Jo Field", 8},
        {"Ren\xc3\xa9", 4},
        {"Rene\xcc\x81", 4}, /* a combining accent */
        {"\xe6\xbc\xa2\xe5\xad\x97", 4},
        {"\xf0\x9f\x98\x80", 2},
        {"a\xff"
         "b",
         3},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(table); i++)
        assert_int_equal(smp_utf8_columns(table[i].text, strlen(table[i].text)),
                         table[i].columns);
}

/* wrapping */

static void
test_text_is_wrapped(void **state)
{
    static const struct {
        const char *first;
        size_t indent, width;
        const char *text, *wrapped;
    } table[] = {
        {"", 0, 10, "", "\n"},
        {"  do   ", 7, 20, "", "  do   \n"},
        {"", 0, 10, "one two three", "one two\nthree\n"},
        {"", 0, 7, "one two three", "one two\nthree\n"},
        {"", 0, 6, "one two three", "one\ntwo\nthree\n"},
        {"", 0, 99, "one two three", "one two three\n"},
        {"no  ", 4, 11, "one two three", "no  one two\n    three\n"},
        {"- ", 4, 9, "one two three", "- one two\n    three\n"},
        {"", 0, 5, "antidisestablish it", "antidisestablish\nit\n"},
        {"", 2, 8, "it antidisestablish it", "it\n  antidisestablish\n  it\n"},
        {"", 0, 20, "  one   two  ", "one two\n"},
        {"", 0, 9, "one\ntwo\tthree", "one two\nthree\n"},
        {"", 0, 5, "\xc3\xa9\xc3\xa9 \xc3\xa9\xc3\xa9 z",
         "\xc3\xa9\xc3\xa9 \xc3\xa9\xc3\xa9\nz\n"},
        {"", 0, 9, "one two three \xc3\xa9", "one two\nthree \xc3\xa9\n"},
        {"", 3, 7, "a bc d e  f\x7fg", "a bc d\n   e f\n   g\n"},
        {"", 0, 4, "\xe6\xbc\xa2 \xe5\xad\x97", "\xe6\xbc\xa2\n\xe5\xad\x97\n"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(table); i++) {
        struct smp_buf out = {0};

        smp_wrap(&out, table[i].first, table[i].indent, table[i].width,
                 table[i].text);
        assert_string_equal(smp_buf_text(&out), table[i].wrapped);
        smp_buf_release(&out);
    }
}

/* memos */

static struct smp_buf *
text_of_number(struct smp_memo *memo, int number)
{
    smp_buf_cut(&memo->key, 0);
    smp_buf_digits(&memo->key, number);
    return smp_memo_text(memo);
}

static void
test_texts_are_remembered(void **state)
{
    struct smp_memo memo = {{0}};
    struct smp_buf *text;

    (void)state;
    text = text_of_number(&memo, 7);
    assert_int_equal(text->len, 0);
    smp_buf_puts(text, "seven");
    assert_int_equal(text_of_number(&memo, 8)->len, 0);
    assert_string_equal(text_of_number(&memo, 7)->data, "seven");
    smp_memo_release(&memo);
}

/* Each is remembered right or not at all; what was used last is there. */
static void
test_remembered_texts_are_few(void **state)
{
    struct smp_memo memo = {{0}};
    size_t known = 0;
    int i;

    (void)state;
    for (i = 0; i < 10000; i++) {
        smp_buf_digits(text_of_number(&memo, i), i);
        assert_int_equal(atoi(text_of_number(&memo, i)->data), i);
    }
    while (i--) {
        struct smp_buf *text = text_of_number(&memo, i);

        known += text->len > 0;
        assert_true(!text->len || atoi(text->data) == i);
    }
    assert_true(known >= 1 && known <= SMP_MEMO_TEXTS_MAX);
    smp_memo_release(&memo);
}

static void
test_long_keys_are_not_remembered(void **state)
{
    struct smp_memo memo = {{0}};
    int i;

    (void)state;
    smp_buf_spaces(&memo.key, SMP_MEMO_KEY_MAX + 1);
    for (i = 0; i < 3; i++) {
        assert_int_equal(smp_memo_text(&memo)->len, 0);
        smp_buf_puts(smp_memo_text(&memo), "text");
    }
    smp_memo_release(&memo);
}

/* templates */

static void
test_templates_are_filled(void **state)
{
    static const struct {
        const char *template, *filled;
    } table[] = {
        {"", ""},
        {"no names", "no names"},
        {"{a}", "one"},
        {"<{a}{b.c}>", "<onetwo>"},
        {"{a} {a}", "one one"},
        {"{empty}|", "|"},
        {"{d-e}", "{a}"}, /* a value is not filled again */
        {"{unknown} {a}", "{unknown} one"},
        {"{} {a", "{} {a"},
        {"{ a } {A}", "{ a } {A}"},
        {"{{a}}", "{one}"},
        {"}{", "}{"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(table); i++) {
        struct smp_buf out = {0};

        smp_fill(&out, table[i].template,
                 SMP_VALUES({"a", "one"}, {"b.c", "two"}, {"empty", ""},
                            {"d-e", "{a}"}));
        assert_string_equal(smp_buf_text(&out), table[i].filled);
        smp_buf_release(&out);
    }
}

static void
put_context(struct smp_buf *out, const void *context)
{
    smp_buf_puts(out, context);
}

static void
put_twice(struct smp_buf *out, const void *context)
{
    put_context(out, context);
    put_context(out, context);
}

static void
test_values_are_made_when_wanted(void **state)
{
    static const struct smp_lazy_value values[] = {
        {"a", put_context}, {"b.c", put_twice}, {NULL, NULL}};
    struct smp_buf out = {0};

    (void)state;
    smp_fill_lazy(&out, "{a} {b.c} {b} {c}", values, "{a}");
    assert_string_equal(smp_buf_text(&out), "{a} {a}{a} {b} {c}");
    smp_buf_release(&out);
}

static void
test_names_of_a_template_are_found(void **state)
{
    const char *at = "from {from} to {{until} {", *name;
    size_t n;

    (void)state;
    name = smp_fill_next(&at, &n);
    assert_int_equal(n, 4);
    assert_memory_equal(name, "from", n);
    name = smp_fill_next(&at, &n);
    assert_int_equal(n, 5);
    assert_memory_equal(name, "until", n);
    assert_string_equal(at, " {");
    assert_null(smp_fill_next(&at, &n));
}

/* files and lines */

/* A descriptor at the beginning of a file of that text, without a name. */
static int
open_text(const void *bytes, size_t n)
{
    char *name = file_new(bytes, n);
    int fd = open(name, O_RDONLY);

    assert_true(fd >= 0);
    file_drop(name);
    return fd;
}

static void
expect_line(struct smp_lines *lines, const char *wanted)
{
    struct smp_err err = {0};
    const char *line;
    size_t n;

    assert_int_equal(smp_lines_next(lines, &line, &n, &err), 1);
    assert_int_equal(n, strlen(wanted));
    assert_memory_equal(line, wanted, n);
    assert_false(lines->too_long);
}

static void
expect_end(struct smp_lines *lines)
{
    struct smp_err err = {0};
    const char *line;
    size_t n;

    assert_int_equal(smp_lines_next(lines, &line, &n, &err), 0);
    assert_int_equal(smp_lines_next(lines, &line, &n, &err), 0);
    assert_true(lines->at_end);
    close(lines->fd);
    smp_lines_release(lines);
}

static void
test_lines_are_handed_over(void **state)
{
    struct smp_lines lines = {.fd = open_text(TEXT("one\n\ntwo\r\n"))};

    (void)state;
    expect_line(&lines, "one");
    expect_line(&lines, "");
    assert_int_equal(lines.number, 2);
    expect_line(&lines, "two\r");
    assert_false(lines.unterminated);
    assert_int_equal(lines.number, 3);
    expect_end(&lines);
}

static void
test_no_input_has_no_lines(void **state)
{
    struct smp_lines lines = {.fd = open_text("", 0)};

    (void)state;
    expect_end(&lines);
}

static void
test_the_last_line_may_lack_its_newline(void **state)
{
    struct smp_lines lines = {.fd = open_text(TEXT("one\ntwo"))};

    (void)state;
    expect_line(&lines, "one");
    assert_false(lines.unterminated);
    expect_line(&lines, "two");
    assert_true(lines.unterminated);
    expect_end(&lines);
}

static void
test_a_line_may_hold_a_nul(void **state)
{
    struct smp_lines lines = {.fd = open_text(TEXT("a\0b\nc\n"))};
    struct smp_err err = {0};
    const char *line;
    size_t n;

    (void)state;
    assert_int_equal(smp_lines_next(&lines, &line, &n, &err), 1);
    assert_int_equal(n, 3);
    assert_memory_equal(line, "a\0b", 3);
    expect_line(&lines, "c");
    expect_end(&lines);
}

static void
test_many_lines_cross_every_buffer(void **state)
{
    struct smp_buf text = {0};
    struct smp_lines lines = {0};
    char wanted[32];
    int i;

    (void)state;
    for (i = 0; i < 200000; i++)
        smp_buf_printf(&text, "line %d\n", i);
    lines.fd = open_text(text.data, text.len);
    for (i = 0; i < 200000; i++) {
        snprintf(wanted, sizeof wanted, "line %d", i);
        expect_line(&lines, wanted);
    }
    expect_end(&lines);
    smp_buf_release(&text);
}

/* So many letters of which no two runs are alike. */
static char *
long_text(size_t n)
{
    char *text = smp_alloc(n + 1);
    size_t i;

    for (i = 0; i < n; i++)
        text[i] = (char)('a' + i % 23 + i / 4099 % 3);
    text[n] = '\0';
    return text;
}

/* Takes a long line with its rest, and holds it against the text. */
static void
expect_long_line(struct smp_lines *lines, const char *text, size_t size)
{
    struct smp_err err = {0};
    struct smp_buf whole = {0};
    const char *piece;
    size_t n;

    assert_int_equal(smp_lines_next(lines, &piece, &n, &err), 1);
    assert_int_equal(lines->too_long, size > SMP_LINE_MAX);
    assert_int_equal(n, size > SMP_LINE_MAX ? SMP_LINE_MAX : size);
    smp_buf_add(&whole, piece, n);
    while (smp_lines_rest(lines, &piece, &n, &err) == 1)
        smp_buf_add(&whole, piece, n);
    assert_int_equal(whole.len, size);
    assert_memory_equal(whole.data, text, size);
    smp_buf_release(&whole);
}

static void
test_lines_over_the_limit_are_cut_and_marked(void **state)
{
    static const size_t sizes[] = {
        SMP_LINE_MAX - 1, SMP_LINE_MAX,         SMP_LINE_MAX + 1,
        2 * SMP_LINE_MAX, 2 * SMP_LINE_MAX + 1, 3 * SMP_LINE_MAX + 77,
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(sizes); i++) {
        struct smp_buf text = {0};
        struct smp_lines lines = {0};
        char *middle = long_text(sizes[i]);

        smp_buf_printf(&text, "one\n%s\nthree\n", middle);
        lines.fd = open_text(text.data, text.len);
        expect_line(&lines, "one");
        expect_long_line(&lines, middle, sizes[i]);
        assert_int_equal(lines.number, 2);
        expect_line(&lines, "three");
        assert_int_equal(lines.number, 3);
        expect_end(&lines);
        smp_buf_release(&text);
        free(middle);
    }
}

static void
test_a_long_last_line_may_lack_its_newline(void **state)
{
    size_t size = 2 * SMP_LINE_MAX + 5;
    char *text = long_text(size);
    struct smp_lines lines = {.fd = open_text(text, size)};

    (void)state;
    expect_long_line(&lines, text, size);
    assert_true(lines.unterminated);
    expect_end(&lines);
    free(text);
}

static void
test_a_short_line_has_no_rest(void **state)
{
    struct smp_lines lines = {.fd = open_text(TEXT("one\ntwo\n"))};
    struct smp_err err = {0};
    const char *piece;
    size_t n;

    (void)state;
    expect_line(&lines, "one");
    assert_int_equal(smp_lines_rest(&lines, &piece, &n, &err), 0);
    expect_line(&lines, "two");
    expect_end(&lines);
}

static void
test_a_peek_takes_nothing(void **state)
{
    struct smp_lines lines = {.fd = open_text(TEXT("BEGIN:VCALENDAR\nx\n"))};
    struct smp_err err = {0};
    const char *bytes;

    (void)state;
    assert_int_equal(smp_lines_peek(&lines, &bytes, 5, &err), 5);
    assert_memory_equal(bytes, "BEGIN", 5);
    assert_int_equal(smp_lines_peek(&lines, &bytes, 99, &err), 18);
    expect_line(&lines, "BEGIN:VCALENDAR");
    assert_int_equal(lines.number, 1);
    assert_int_equal(smp_lines_peek(&lines, &bytes, 1, &err), 1);
    assert_int_equal(bytes[0], 'x');
    expect_line(&lines, "x");
    assert_int_equal(smp_lines_peek(&lines, &bytes, 1, &err), 0);
    expect_end(&lines);
}

static void
test_a_peek_waits_for_a_pipe(void **state)
{
    struct smp_lines lines = {0};
    struct smp_err err = {0};
    const char *bytes;
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    lines.fd = ends[0];
    assert_int_equal(write(ends[1], "<h", 2), 2);
    assert_int_equal(smp_lines_peek(&lines, &bytes, 1, &err), 1);
    assert_int_equal(bytes[0], '<');
    assert_int_equal(write(ends[1], "tml>", 4), 4);
    close(ends[1]);
    assert_int_equal(smp_lines_peek(&lines, &bytes, 99, &err), 6);
    expect_line(&lines, "<html>");
    expect_end(&lines);
}

static void
test_input_that_cannot_be_read_is_an_error(void **state)
{
    struct smp_lines lines = {.fd = open("/", O_RDONLY)};
    struct smp_err err = {0};
    const char *line;
    size_t n;

    (void)state;
    assert_int_equal(smp_lines_next(&lines, &line, &n, &err), -1);
    assert_non_null(strstr(smp_buf_text(&err.text), strerror(EISDIR)));
    smp_err_release(&err);
    close(lines.fd);
    smp_lines_release(&lines);
}

static void
test_a_file_is_appended_whole(void **state)
{
    char *name = file_new(TEXT("a\0b\n"));
    struct smp_buf out = {0};
    struct smp_err err = {0};

    (void)state;
    smp_buf_puts(&out, "<");
    assert_true(smp_read_file(name, 4, &out, &err));
    assert_int_equal(out.len, 5);
    assert_memory_equal(out.data, "<a\0b\n", 6);
    smp_buf_release(&out);
    file_drop(name);
}

static void
test_files_are_refused_by_name(void **state)
{
    char *large = file_of("12345");
    const char *const names[] = {large, "/", "/dev/null", "/no/such/file"};
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(names); i++) {
        struct smp_buf out = {0};
        struct smp_err err = {0};

        assert_false(smp_read_file(names[i], 4, &out, &err));
        assert_int_equal(
            strncmp(smp_buf_text(&err.text), names[i], strlen(names[i])), 0);
        smp_buf_release(&out);
        smp_err_release(&err);
    }
    file_drop(large);
}

static void
test_a_failed_write_says_so(void **state)
{
    int fd = open("/dev/full", O_WRONLY);

    (void)state;
    if (fd < 0)
        skip();
    errno = 0;
    assert_false(smp_write_all(fd, "x", 1));
    assert_int_equal(errno, ENOSPC);
    assert_true(smp_write_all(fd, "", 0));
    close(fd);
}

/* The octets 0, 1, 2 ...; what xxHash 0.8.1 makes of them. */
static void
test_hashes_are_those_of_xxh64(void **state)
{
    static const struct {
        size_t n;
        uint64_t seed, hash;
    } rows[] = {
        {0, 0, UINT64_C(0xef46db3751d8e999)},
        {1, 0, UINT64_C(0xe934a84adb052768)},
        {3, 0, UINT64_C(0xe5c7bb4533bc65dd)},
        {4, 7, UINT64_C(0x6ae497162d0610d7)},
        {8, 0, UINT64_C(0x884a173614b81b8d)},
        {31, 0, UINT64_C(0xc346d2b59b4d8ee1)},
        {32, 1, UINT64_C(0xd74e6766ce9dba94)},
        {39, 2, UINT64_C(0xe7f68ec2255a6530)},
        {101, 0, UINT64_C(0xe99038495f85381e)},
        {101, 2654435761, UINT64_C(0xa1c6d4174c37136d)},
    };
    unsigned char octets[128];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof octets; i++)
        octets[i] = (unsigned char)i;
    for (i = 0; i < COUNT(rows); i++)
        assert_true(smp_hash(octets, rows[i].n, rows[i].seed) == rows[i].hash);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arena_memory_is_zeroed_and_aligned),
        cmocka_unit_test(test_arena_keeps_what_it_gave),
        cmocka_unit_test(test_arena_can_be_used_again),
        cmocka_unit_test(test_arena_copies_texts),
        cmocka_unit_test(test_arrays_grow),
        cmocka_unit_test(test_digits_are_those_of_printf),
        cmocka_unit_test(test_buf_begins_empty),
        cmocka_unit_test(test_buf_adds_up),
        cmocka_unit_test(test_buf_always_ends_with_a_nul),
        cmocka_unit_test(test_buf_is_cut),
        cmocka_unit_test(test_the_first_error_wins),
        cmocka_unit_test(test_an_error_can_be_prefixed_and_cleared),
        cmocka_unit_test(test_an_error_of_the_system_says_why),
        cmocka_unit_test(test_errors_are_fit_for_a_terminal),
        cmocka_unit_test(test_utf8_is_held_to_rfc_3629),
        cmocka_unit_test(test_utf8_is_decoded),
        cmocka_unit_test(test_text_is_cleaned),
        cmocka_unit_test(test_columns_are_those_of_a_terminal),
        cmocka_unit_test(test_text_is_wrapped),
        cmocka_unit_test(test_texts_are_remembered),
        cmocka_unit_test(test_remembered_texts_are_few),
        cmocka_unit_test(test_long_keys_are_not_remembered),
        cmocka_unit_test(test_templates_are_filled),
        cmocka_unit_test(test_values_are_made_when_wanted),
        cmocka_unit_test(test_names_of_a_template_are_found),
        cmocka_unit_test(test_lines_are_handed_over),
        cmocka_unit_test(test_no_input_has_no_lines),
        cmocka_unit_test(test_the_last_line_may_lack_its_newline),
        cmocka_unit_test(test_a_line_may_hold_a_nul),
        cmocka_unit_test(test_many_lines_cross_every_buffer),
        cmocka_unit_test(test_lines_over_the_limit_are_cut_and_marked),
        cmocka_unit_test(test_a_long_last_line_may_lack_its_newline),
        cmocka_unit_test(test_a_short_line_has_no_rest),
        cmocka_unit_test(test_a_peek_takes_nothing),
        cmocka_unit_test(test_a_peek_waits_for_a_pipe),
        cmocka_unit_test(test_input_that_cannot_be_read_is_an_error),
        cmocka_unit_test(test_a_file_is_appended_whole),
        cmocka_unit_test(test_files_are_refused_by_name),
        cmocka_unit_test(test_a_failed_write_says_so),
        cmocka_unit_test(test_hashes_are_those_of_xxh64),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
