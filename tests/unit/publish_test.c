#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "helpers.h"

#include "publish/feed.h"
#include "publish/merge.h"
#include "publish/name.h"

#define HEAD                                                                   \
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:" SMP_FEED_PRODUCT "\r\n"        \
    "CALSCALE:GREGORIAN\r\n"
#define TAIL "END:VCALENDAR\r\n"

/* An event: UID, stamp, sequence, DTSTART, DTEND, the lines after. */
#define EVENT(uid, stamp, sequence, start, end, rest)                          \
    "BEGIN:VEVENT\r\nUID:" uid "\r\nDTSTAMP:" stamp "\r\nLAST-MODIFIED:" stamp \
    "\r\nSEQUENCE:" sequence "\r\nDTSTART" start "\r\nDTEND" end "\r\n" rest   \
    "END:VEVENT\r\n"

#define STAMP "20261121T100000Z"
#define DAY(n) ";VALUE=DATE:202612" n

static struct smp_zones zones = {.directory = "/usr/share/zoneinfo"};

static void
names_are_safe(void **state)
{
    static const struct {
        const char *id, *name;
    } rows[] = {
        {"c-17", "c-17"},   {"..", "~2E."},     {"a/b", "a~2Fb"},
        {"-x", "~2Dx"},     {"~2E.", "~7E2E."}, {"\xc3\xa9", "~C3~A9"},
        {"a.b_c", "a.b_c"}, {"a b", "a~20b"},
    };
    const struct smp_feed_key none = {0};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct smp_buf name = {0};

        smp_feed_name(&name, &none, rows[i].id, 3);
        assert_string_equal(smp_buf_text(&name), rows[i].name);
        assert_int_equal(smp_feed_tag(&none, smp_buf_text(&name)), name.len);
        smp_buf_release(&name);
    }
}

static void
long_names_differ(void **state)
{
    const struct smp_feed_key none = {0};
    struct smp_buf a = {0}, b = {0};
    char id[400];

    (void)state;
    memset(id, 'x', sizeof id - 1);
    id[sizeof id - 1] = '\0';
    smp_feed_name(&a, &none, id, 0);
    id[sizeof id - 2] = 'y';
    smp_feed_name(&b, &none, id, 0);
    assert_true(a.len <= SMP_FEED_NAME_MAX);
    assert_string_not_equal(smp_buf_text(&a), smp_buf_text(&b));
    smp_buf_release(&a);
    smp_buf_release(&b);
}

static void
keyed(struct smp_buf *name, const char *secret, const char *id, int feed)
{
    struct smp_feed_key key = {0};
    struct smp_err err = {0};

    assert_true(smp_feed_key_set(&key, secret, strlen(secret), &err));
    smp_buf_cut(name, 0);
    smp_feed_name(name, &key, id, feed);
    assert_int_equal(name->len, 49);
    assert_int_equal(smp_feed_tag(&key, name->data), 16);
}

static void
keys_make_names(void **state)
{
    struct smp_buf one = {0}, other = {0};
    struct smp_feed_key key = {0};
    struct smp_err err = {0};

    (void)state;
    keyed(&one, "0123456789abcdef\n", "c-1", 0);
    keyed(&other, "0123456789abcdef", "c-1", 0);
    assert_string_equal(one.data, other.data);
    keyed(&other, "0123456789abcdef", "c-1", 1);
    assert_memory_equal(one.data, other.data, 16);
    assert_string_not_equal(one.data, other.data);
    keyed(&other, "0123456789abcdeF", "c-1", 0);
    assert_memory_not_equal(one.data, other.data, 16);
    keyed(&other, "0123456789abcdef", "c-2", 0);
    assert_memory_not_equal(one.data, other.data, 16);
    assert_memory_not_equal(one.data + 17, other.data + 17, 32);
    assert_false(smp_feed_key_set(&key, "0123456789abcde\n", 16, &err));
    smp_err_release(&err);
    smp_buf_release(&one);
    smp_buf_release(&other);
}

static void
seals_hold(void **state)
{
    char text[] = HEAD EVENT("a", STAMP, "0", DAY("01"), DAY("02"), "") TAIL;
    size_t n = sizeof text - 1, i;

    (void)state;
    assert_int_equal(smp_feed_state(text, n), SMP_FEED_EDITED);
    assert_true(smp_feed_seal(text, n));
    assert_int_equal(smp_feed_state(text, n), SMP_FEED_WHOLE);
    for (i = 0; i < n; i++) {
        text[i] ^= 1;
        assert_int_not_equal(smp_feed_state(text, n), SMP_FEED_WHOLE);
        text[i] ^= 1;
    }
    assert_int_equal(smp_feed_state(text, 0), SMP_FEED_TORN);
    assert_int_equal(smp_feed_state(text, 200), SMP_FEED_TORN);
    assert_int_equal(smp_feed_state("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", 32),
                     SMP_FEED_FOREIGN);
    assert_false(smp_feed_seal(text, 30));
}

/* What no reader of feeds may trip over: each beginning, each lost octet. */
static void
broken_feeds_are_read(void **state)
{
    static const char text[] =
        HEAD EVENT("a", STAMP, "0", DAY("01"), DAY("02"),
                   "SUMMARY:x\r\n y\r\nSTATUS:CONFIRMED\r\n")
            EVENT("b", STAMP, "1", ":20261201T100000Z", ":20261201T120000Z", "")
                TAIL;
    size_t n = sizeof text - 1, i;
    struct smp_feed feed = {0};
    int64_t instant;

    (void)state;
    assert_true(smp_feed_read(&feed, text, n));
    assert_int_equal(feed.count, 2);
    assert_true(feed.events[0].session);
    for (i = 0; i < n; i++) {
        char *part = smp_alloc(n);

        memcpy(part, text, i);
        assert_false(smp_feed_read(&feed, part, i));
        smp_feed_retired(&feed, &instant);
        memcpy(part + i, text + i + 1, n - i - 1);
        smp_feed_read(&feed, part, n - 1);
        free(part);
    }
    smp_feed_release(&feed);
}

static enum smp_change
merge(struct smp_buf *out, const char *old, const char *fresh, const char *zone,
      int64_t now)
{
    struct smp_err err = {0};
    struct smp_merge how = {
        .zone = smp_zones_get(&zones, zone, &err), .now = now, .stamp = now};
    struct smp_feed before = {0}, after = {0};
    enum smp_change change;

    assert_non_null(how.zone);
    assert_true(smp_feed_read(&before, old, strlen(old)));
    assert_true(smp_feed_read(&after, fresh, strlen(fresh)));
    smp_buf_cut(out, 0);
    change = smp_feed_merge(out, &before, &after, &how);
    smp_feed_release(&before);
    smp_feed_release(&after);
    return change;
}

enum { NOW = 1796644800 }; /* 2026-12-07T12:00:00Z */

static void
merges(void **state)
{
#define LATE "20261207T120000Z"
#define A(stamp, n, rest) EVENT("a", stamp, n, DAY("20"), DAY("21"), rest)
#define MOVED(stamp, n) EVENT("a", stamp, n, DAY("22"), DAY("23"), "X:1\r\n")
    static const struct {
        const char *old, *fresh, *wanted;
        enum smp_change change;
    } rows[] = {
        {A(STAMP, "3", "X:1\r\n"), A(LATE, "0", "X:1\r\n"),
         A(STAMP, "3", "X:1\r\n"), SMP_CHANGE_NONE},
        {A(STAMP, "3", "X:1\r\n"), A(LATE, "0", "X:2\r\n"),
         A(LATE, "3", "X:2\r\n"), SMP_CHANGE_TEXT},
        {A(STAMP, "3", "X:1\r\n"), MOVED(LATE, "0"), MOVED(LATE, "4"),
         SMP_CHANGE_MOVED},
        {A(STAMP, "3", "X:1\r\n"), MOVED(LATE, "9"), MOVED(LATE, "9"),
         SMP_CHANGE_MOVED},
        {A(STAMP, "0", "X:1\r\n"), A(STAMP, "0", "X:2\r\n"),
         A(LATE, "0", "X:2\r\n"), SMP_CHANGE_TEXT},
        {A("20261207T120000Z", "0", "X:1\r\n"), A(STAMP, "0", "X:2\r\n"),
         A("20261207T120001Z", "0", "X:2\r\n"), SMP_CHANGE_TEXT},
        {A(STAMP, "0", "STATUS:TENTATIVE\r\n"),
         A(LATE, "0", "STATUS:CONFIRMED\r\n"),
         A(LATE, "1", "STATUS:CONFIRMED\r\n"), SMP_CHANGE_MOVED},
        {A(STAMP, "2147483647", "X:1\r\n"), MOVED(LATE, "0"),
         MOVED(LATE, "2147483647"), SMP_CHANGE_MOVED},
        {A(STAMP, "0", ""), "", "", SMP_CHANGE_MOVED},
        {A(STAMP, "0", "STATUS:CONFIRMED\r\n"), "", "", SMP_CHANGE_CANCELLED},
        {"", A(STAMP, "0", ""), A(STAMP, "0", ""), SMP_CHANGE_NEW},
    };
    struct smp_buf out = {0};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct smp_buf a = {0}, b = {0}, wanted = {0};

        smp_buf_printf(&a, "%s%s%s", HEAD, rows[i].old, TAIL);
        smp_buf_printf(&b, "%s%s%s", HEAD, rows[i].fresh, TAIL);
        smp_buf_printf(&wanted, "%s%s%s", HEAD, rows[i].wanted, TAIL);
        assert_int_equal(merge(&out, a.data, b.data, "UTC", NOW),
                         rows[i].change);
        assert_string_equal(smp_buf_text(&out), wanted.data);
        smp_buf_release(&a);
        smp_buf_release(&b);
        smp_buf_release(&wanted);
    }
    smp_buf_release(&out);
}

/* The words of what has ended stay; a day ends with the zone's midnight. */
static void
the_past_is_frozen(void **state)
{
    static const struct {
        const char *start, *end, *zone;
        int64_t now;
        bool frozen;
    } rows[] = {
        {DAY("06"), DAY("07"), "UTC", NOW, true},
        {DAY("07"), DAY("08"), "UTC", NOW, false},
        {DAY("07"), DAY("08"), "Pacific/Kiritimati", NOW, true},
        {DAY("06"), DAY("07"), "Pacific/Pago_Pago", NOW - 3601, false},
        {DAY("06"), DAY("07"), "Pacific/Pago_Pago", NOW, true},
        {":20261207T100000Z", ":20261207T120000Z", "UTC", NOW, true},
        {":20261207T100000Z", ":20261207T120000Z", "UTC", NOW - 1, false},
    };
    struct smp_buf out = {0};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct smp_buf text[2] = {{0}};
        int j;

        for (j = 0; j < 2; j++)
            smp_buf_printf(&text[j],
                           HEAD "BEGIN:VEVENT\r\nUID:a\r\nDTSTAMP:" STAMP
                                "\r\nLAST-MODIFIED:" STAMP
                                "\r\nSEQUENCE:0\r\nDTSTART%s\r\nDTEND%s\r\n"
                                "SUMMARY:%d\r\nEND:VEVENT\r\n" TAIL,
                           rows[i].start, rows[i].end, j);
        assert_int_equal(merge(&out, text[0].data, text[1].data, rows[i].zone,
                               rows[i].now) == SMP_CHANGE_NONE,
                         rows[i].frozen);
        smp_buf_release(&text[0]);
        smp_buf_release(&text[1]);
    }
    smp_buf_release(&out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_safe),
        cmocka_unit_test(long_names_differ),
        cmocka_unit_test(keys_make_names),
        cmocka_unit_test(seals_hold),
        cmocka_unit_test(broken_feeds_are_read),
        cmocka_unit_test(merges),
        cmocka_unit_test(the_past_is_frozen),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("publish", tests, NULL, NULL);
}
