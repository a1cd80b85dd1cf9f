#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "helpers.h"
#include "time/civil.h"
#include "message/internal.h"
#include "message/message.h"

static char *
many(const char *letter, size_t count)
{
    struct smp_buf text = {0};

    while (count--)
        smp_buf_puts(&text, letter);
    return text.data;
}

/* So many of a letter take so many parts. */
static void
expect_parts(const char *letter, size_t count, const char *end, size_t parts)
{
    struct smp_buf text = {0};
    char *letters = many(letter, count);

    smp_buf_puts(&text, letters);
    smp_buf_puts(&text, end);
    assert_int_equal(smp_sms_parts(text.data, text.len), parts);
    smp_buf_release(&text);
    free(letters);
}

static void
parts(void **state)
{
    (void)state;
    assert_int_equal(smp_sms_parts("", 0), 0);
    expect_parts("a", 160, "", 1);
    expect_parts("a", 161, "", 2);
    expect_parts("a", 306, "", 2);
    expect_parts("a", 307, "", 3);
    expect_parts("é", 160, "", 1); /* in GSM-7 */
    expect_parts("\n", 160, "", 1);
    expect_parts("@", 160, "", 1);
    expect_parts("€", 80, "", 1); /* two septets each */
    expect_parts("€", 80, "a", 2);
    expect_parts("[", 152, "", 2);
    expect_parts("[", 153, "", 3); /* none is cut by the end of a part */
    expect_parts("a", 70, "ê", 2); /* outside GSM-7 */
    expect_parts("a", 69, "ê", 1);
    expect_parts("a", 133, "ê", 2);
    expect_parts("a", 134, "ê", 3);
    expect_parts("`", 70, "", 1);
    expect_parts("`", 71, "", 2);
    expect_parts("😀", 35, "", 1); /* two units each */
    expect_parts("😀", 66, "", 2);
    expect_parts("😀", 67, "", 3);
    expect_parts("\xff", 10, "", 1);
}

static struct smp_protocol *
load(const char *lang)
{
    struct smp_err err = {0};
    struct smp_protocol *protocol =
        smp_protocol_load(lang, NULL, 0, NULL, &err);

    assert_non_null(protocol);
    return protocol;
}

static void
expect_text(const char *lang, const char *lead,
            const struct smp_sms_sentence *sentences, size_t count,
            const char *stop, const char *address, const char *expected)
{
    struct smp_protocol *protocol = load(lang);
    struct smp_buf out = {0};

    smp_sms_compose(&out, protocol, lead, sentences, count, stop, address);
    assert_string_equal(smp_buf_text(&out), expected);
    smp_buf_release(&out);
    smp_protocol_free(protocol);
}

static void
folds(void **state)
{
    static const struct smp_sms_sentence french[] = {
        {"Pas d’être « ça »", true}, {"Ôtez l'œuf à l'été…", false}};
    static const struct smp_sms_sentence spanish[] = {
        {"Así, sí: mañana", true}};

    (void)state;
    expect_text("fr", "Jour 3", french, 2, NULL, NULL,
                "Jour 3. Pas d'etre \" ca \". Otez l'oeuf à l'été...");
    expect_text("es", NULL, spanish, 1, NULL, NULL, "Asi, si: mañana.");
}

/* Ten bans of 60 letters; then a permission. */
static void
counts(void **state)
{
    struct smp_sms_sentence sentences[11];
    char *text = many("b", 60);
    struct smp_buf expected = {0};
    size_t i;

    (void)state;
    for (i = 0; i < 10; i++)
        sentences[i] = (struct smp_sms_sentence){text, true};
    sentences[10] = (struct smp_sms_sentence){"You may: swim", false};
    for (i = 0; i < 4; i++)
        smp_buf_printf(&expected, "%s. ", text);
    smp_buf_puts(&expected, "+6 more: smp.example/c");
    expect_text("en", NULL, sentences, 10, NULL, "smp.example/c",
                expected.data);
    expect_text("en", NULL, sentences, 11, NULL, "smp.example/c",
                expected.data);
    smp_buf_cut(&expected, expected.len - strlen("smp.example/c"));
    smp_buf_puts(&expected, "ask us");
    expect_text("en", NULL, sentences, 11, NULL, NULL, expected.data);
    free(text);
    text = many("b", 400);
    sentences[0].text = text;
    expect_text("en", "Day 3", sentences, 1, "Stop", "smp.example/c",
                "Day 3. +1 more: ask us Stop.");
    sentences[0].counted = false;
    expect_text("en", "Day 3", sentences, 1, NULL, "smp.example/c", "Day 3.");
    smp_buf_release(&expected);
    free(text);
}

static void
told(void **state)
{
    static const char line[] =
        "rule post 2 avoid sauna,swim 2026-12-01 - 2026-12-08 2026-12-12 "
        "perhaps";
    struct smp_told told = {0};
    struct smp_told_rule rule;
    struct smp_err err = {0};
    struct smp_buf text = {0};

    (void)state;
    assert_true(smp_told_split(line, &rule));
    assert_int_equal(rule.verb, SMP_AVOID);
    assert_int_equal(rule.session, 2);
    assert_false(rule.pre);
    assert_int_equal(rule.key, strlen("rule post 2 avoid sauna,swim"));
    assert_string_equal(rule.at[SMP_TOLD_STATE], "perhaps");
    assert_false(smp_told_split("session 1 2026-12-01", &rule));
    assert_false(smp_told_split("rule post 2 avoid", &rule));
    assert_false(smp_told_split("rule post 2 juggle a - - - - x", &rule));
    smp_buf_printf(&text,
                   "smp-told 1\nday 2026-12-03\nway mail\nstop yes\n%s\n"
                   "%s\nsession 1 2026-12-09\nend\n",
                   line, line);
    assert_true(smp_told_parse(&told, text.data, text.len, &err));
    assert_int_equal(told.count, 2);
    assert_true(told.stop && told.is_message);
    assert_int_equal(told.day, smp_day_of(2026, 12, 3));
    assert_true(smp_told_has(&told, line));
    assert_true(smp_told_split(line, &rule));
    assert_non_null(smp_told_like(&told, line, rule.key));
    assert_null(smp_told_like(&told, "rule post 2 avoid sau", 21));
    while (text.len) {
        smp_buf_cut(&text, text.len - 1);
        assert_false(smp_told_parse(&told, text.data, text.len, &err));
        smp_err_clear(&err);
    }
    assert_true(smp_told_ends_before("2026-12-08", 10, "-", 1));
    assert_false(smp_told_ends_before("-", 1, "2026-12-08", 10));
    assert_false(smp_told_ends_before("-", 1, "-", 1));
    assert_true(
        smp_told_ends_before("2026-12-08", 10, "2026-12-08T10:00:00", 19));
    smp_told_release(&told);
    smp_buf_release(&text);
    smp_err_release(&err);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts), cmocka_unit_test(folds),
        cmocka_unit_test(counts), cmocka_unit_test(told)};

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
