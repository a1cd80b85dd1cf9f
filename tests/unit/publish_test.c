#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "helpers.h"
#include "time/zone.h"
#include "ical/prodid.h"

#include "publish/internal.h"

#define HEAD                                                                   \
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:" SMP_FEED_PRODID(               \
        SMP_FEED_OPEN) "\r\n"                                                  \
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

/* Without a key no id has a name as with one. */
static void
keys_are_seen(void **state)
{
    static const char id[] =
        "0123456789abcdef-0123456789abcdef0123456789abcdef";
    const struct smp_feed_key none = {0};
    struct smp_buf name = {0};
    char other[sizeof id];
    size_t i;

    (void)state;
    keyed(&name, "0123456789abcdef", "c-1", 0);
    assert_true(smp_feed_name_is_keyed(name.data, name.len));
    assert_true(smp_feed_name_is_keyed(id, sizeof id - 1));
    assert_false(smp_feed_name_is_keyed(id, sizeof id - 2));
    assert_false(smp_feed_name_is_keyed(id, sizeof id));
    for (i = 0; i < sizeof id - 1; i++) {
        memcpy(other, id, sizeof id);
        other[i] = id[i] == '-' ? '0' : id[i] == 'a' ? 'A' : '-';
        assert_false(smp_feed_name_is_keyed(other, sizeof id - 1));
    }
    smp_buf_cut(&name, 0);
    smp_feed_name(&name, &none, id, 0);
    assert_string_equal(name.data,
                        "~30123456789abcdef-0123456789abcdef0123456789abcdef");
    assert_true(smp_feed_name_is_ours(name.data));
    assert_true(smp_feed_name_is_listable(name.data));
    smp_buf_release(&name);
}

static void
seals_hold(void **state)
{
    char text[] = HEAD EVENT("a", STAMP, "0", DAY("01"), DAY("02"), "") TAIL;
    size_t n = sizeof text - 1, i;

    (void)state;
    assert_int_equal(smp_feed_state(text, n), SMP_FEED_EDITED);
    assert_true(smp_feed_seal(text, n, 7));
    assert_int_equal(smp_feed_state(text, n), SMP_FEED_WHOLE);
    assert_true(smp_feed_source(text, n) == 7);
    for (i = 0; i < n; i++) {
        text[i] ^= 1;
        assert_int_not_equal(smp_feed_state(text, n), SMP_FEED_WHOLE);
        text[i] ^= 1;
    }
    for (i = 0; i < n; i++)
        assert_int_equal(smp_feed_state(text, i),
                         i < 101 ? SMP_FEED_STUB : SMP_FEED_TORN);
    assert_int_equal(smp_feed_state("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", 32),
                     SMP_FEED_FOREIGN);
    assert_false(smp_feed_seal(text, 30, 7));
}

/* Feeds from before they had a source are still ours; any change shows. */
static void
seals_of_before_hold(void **state)
{
    static const char *const products[] = {
        "-//smp-care//smp-publish 360aa79980555d06//EN",
        "-//calendar//feed d2686afa8ce40c7d//EN",
        "-//calendar//entries 30ac1f682bb980de//EN",
    };
    static const char *const kinds[] = {SMP_FEED_PRODID(SMP_FEED_OPEN),
                                        SMP_FEED_PRODID(SMP_FEED_DISCREET),
                                        SMP_FEED_PRODID(SMP_FEED_SECRET)};
    size_t i, k;

    (void)state;
    for (k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        struct smp_buf text = {0}, now = {0};

        smp_buf_printf(&text, "%s%s\r\n%s",
                       "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:", products[k],
                       TAIL);
        smp_buf_printf(&now, "%s%s\r\n%s",
                       "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:", kinds[k],
                       TAIL);
        assert_int_equal(smp_feed_state(text.data, text.len), SMP_FEED_WHOLE);
        assert_true(smp_feed_source(text.data, text.len) == 0);
        assert_true(smp_feed_same_kind(text.data, text.len, now.data, now.len));
        assert_false(smp_feed_seal(text.data, text.len, 7));
        for (i = 0; i < text.len; i++) {
            text.data[i] ^= 1;
            assert_int_not_equal(smp_feed_state(text.data, text.len),
                                 SMP_FEED_WHOLE);
            text.data[i] ^= 1;
        }
        smp_buf_release(&text);
        smp_buf_release(&now);
    }
}

/* A seal that would begin before the text does; exact room, for ASan. */
static void
seals_are_looked_for_inside(void **state)
{
    static const char *const rows[] = {
        "\n\nPRODID:xx" SMP_FEED_HASHES "//EN\r\n",
        "\n\nPRODID:" SMP_FEED_HASHES "//EN\r\n",
        "PRODID:-//smp-care//smp-publish " SMP_FEED_HASHES "//EN\r\n",
        "B",
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//smp-care//smp-publish xx",
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t n = strlen(rows[i]);
        char *copy = smp_alloc(n);

        memcpy(copy, rows[i], n);
        assert_int_equal(smp_feed_state(copy, n),
                         i == 3 ? SMP_FEED_STUB : SMP_FEED_FOREIGN);
        assert_true(smp_feed_source(copy, n) == 0);
        free(copy);
    }
}

/* Only a true beginning is torn: what else differs, somebody has changed. */
#define LONG_NAME "ABCDEFGHIJKLMNOPQRSTUVWXYZ-ABCDE" /* 32 octets */

static void
changes_are_no_tears(void **state)
{
    static const struct {
        const char *text;
        enum smp_feed_state state;
    } rows[] = {
        {HEAD, SMP_FEED_TORN},
        {HEAD "NAME:x", SMP_FEED_TORN},
        {HEAD "NAME:x\r", SMP_FEED_TORN},
        {HEAD EVENT("a", STAMP, "0", DAY("01"), DAY("02"), ""), SMP_FEED_TORN},
        {HEAD "BEGIN:VEVENT\r\nUID:a\r\nDTST", SMP_FEED_TORN},
        {HEAD TAIL, SMP_FEED_EDITED},
        {HEAD TAIL "my notes\n", SMP_FEED_EDITED},
        {HEAD "my notes\n", SMP_FEED_EDITED},
        {HEAD "my notes\r\n", SMP_FEED_EDITED},
        {HEAD "NAME:x\n", SMP_FEED_EDITED},
        {HEAD "NAME:\x01\r\n", SMP_FEED_EDITED},
        {HEAD "BEGIN:VEVENT\r\nEND:VALARM\r\n", SMP_FEED_EDITED},
        {HEAD "END:VEVENT\r\n", SMP_FEED_EDITED},
        {HEAD "\r\n", SMP_FEED_EDITED},
        {HEAD "NAME;X=1:x\r\n y\r\n\tz\r\n", SMP_FEED_EDITED},
        {HEAD "NAME;X=1:x\r\n y", SMP_FEED_TORN},
        {HEAD "name:x\r\n", SMP_FEED_EDITED},
        {HEAD "NAME\r\n", SMP_FEED_EDITED},
        {HEAD ":x\r\n", SMP_FEED_EDITED},
        {HEAD LONG_NAME ":x\r\n", SMP_FEED_TORN},
        {HEAD LONG_NAME "X:x\r\n", SMP_FEED_EDITED},
        {HEAD LONG_NAME ":" LONG_NAME "1234567890\r\n", SMP_FEED_TORN},
        {HEAD LONG_NAME ":" LONG_NAME "1234567890\r", SMP_FEED_TORN},
        {HEAD LONG_NAME ":" LONG_NAME "12345678901\r\n", SMP_FEED_EDITED},
        {HEAD LONG_NAME ":" LONG_NAME "12345678901", SMP_FEED_EDITED},
        {HEAD "NAME:\x7f\r\n", SMP_FEED_EDITED},
        {HEAD "NAME:\x7f", SMP_FEED_EDITED},
        {HEAD "BEGIN:A\r\nBEGIN:B\r\nBEGIN:C\r\n", SMP_FEED_TORN},
        {HEAD "BEGIN:A\r\nBEGIN:B\r\nBEGIN:C\r\nBEGIN:D\r\n", SMP_FEED_EDITED},
        {HEAD TAIL "BEGIN:VCALENDAR\r\n", SMP_FEED_EDITED},
        {HEAD "BEGIN:VEVENT\r\nEND:VEVENT\r\nEND:VEVENT\r\n", SMP_FEED_EDITED},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(smp_feed_state(rows[i].text, strlen(rows[i].text)),
                         rows[i].state);
}

static void
lists_are_read(void **state)
{
    static const struct {
        const char *text, *ids; /* NULL: an error */
        bool whole;
    } rows[] = {
        {"c-1\nc-2\n", "c-1|c-2|", true},
        {"c-1\r\n\r\n  c-2\t \r\n", "c-1|c-2|", true},
        {"\xef\xbb\xbf"
         "c-1\n",
         "c-1|", true},
        {"c-1\n c d \nc-", "c-1|c d|c-|", false},
        {"\n \n", "", true},
        {"c-1\n\"c-2\"\n", NULL, true},
        {"c-1\tc-2\n", NULL, true},
        {"c-1\n\x1b[m\n", NULL, true},
        {"c-\xff\n", NULL, true},
        {"c-1\rc-2\r", NULL, false},
        {"\xff\xfe"
         "c\n",
         NULL, true},
    };
    size_t i, j;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *text = smp_strdup(rows[i].text);
        struct smp_listed list = {0};
        struct smp_buf ids = {0};
        struct smp_err err = {0};

        assert_int_equal(smp_listed_read(&list, text, strlen(text), &err),
                         rows[i].ids != NULL);
        for (j = 0; j < list.ids.count; j++)
            smp_buf_printf(&ids, "%s|", list.ids.at[j]);
        if (rows[i].ids)
            assert_string_equal(smp_buf_text(&ids), rows[i].ids);
        assert_int_equal(list.whole, rows[i].whole);
        smp_listed_release(&list);
        smp_err_release(&err);
        smp_buf_release(&ids);
        free(text);
    }
}

static void
names_are_known(void **state)
{
    static const struct {
        const char *name;
        bool ours, listable;
    } rows[] = {
        {"c-1", true, true},    {"a~0Ab", true, false},
        {"~20a", true, false},  {"a~20b", true, true},
        {"~C3~A9", true, true}, {"x~~0123", true, true},
        {"x~0a", false, true},  {"\xff", false, true},
        {"a b", false, true},   {".x", false, true},
        {"-x", false, true},    {"", false, true},
        {"x~4", false, true},   {"~22c~22", true, false},
        {"x\"y", false, true},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(smp_feed_name_is_ours(rows[i].name), rows[i].ours);
        if (rows[i].ours)
            assert_int_equal(smp_feed_name_is_listable(rows[i].name),
                             rows[i].listable);
    }
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
    assert_true(smp_feed_parse(&feed, text, n));
    assert_int_equal(feed.count, 2);
    assert_true(feed.events[0].session);
    for (i = 0; i < n; i++) {
        char *part = smp_alloc(n);

        memcpy(part, text, i);
        assert_false(smp_feed_parse(&feed, part, i));
        smp_feed_withdrawn(&feed, &instant);
        memcpy(part + i, text + i + 1, n - i - 1);
        smp_feed_parse(&feed, part, n - 1);
        free(part);
    }
    smp_feed_release(&feed);
}

static void
doubles_are_found(void **state)
{
#define OF(uid) EVENT(uid, STAMP, "0", DAY("01"), DAY("02"), "")
    static const struct {
        const char *text, *uid;
    } rows[] = {
        {HEAD TAIL, ""},
        {HEAD OF("a") TAIL, ""},
        {HEAD OF("a") OF("b") OF("ab") TAIL, ""},
        {HEAD OF("a") OF("b") OF("a") TAIL, "a"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct smp_feed feed = {0};
        struct smp_piece uid;

        assert_true(smp_feed_parse(&feed, rows[i].text, strlen(rows[i].text)));
        uid = smp_feed_double(&feed);
        assert_int_equal(uid.n, strlen(rows[i].uid));
        smp_feed_release(&feed);
    }
}

#define PIECE(text) ((struct smp_piece){text, strlen(text)})

static void
stamps_are_read(void **state)
{
    static const struct {
        const char *text;
        int64_t instant; /* -1: it is none */
    } rows[] = {
        {"19700101T000000Z", 0},
        {"19700102T010203Z", 90123},
        {"20261121T100000Z", 1795255200},
        {"21001231T235959Z", 4133980799},
        {"21010101T000000Z", -1},
        {"20261121T100000", -1},
        {"20261121T100000z", -1},
        {"20261121t100000Z", -1},
        {"20261121T1000000", -1},
        {"20261121T10000Z ", -1},
        {"2026112 T100000Z", -1},
        {"20261321T100000Z", -1},
        {"20260021T100000Z", -1},
        {"20260229T100000Z", -1},
        {"20260200T100000Z", -1},
        {"20261121T240000Z", -1},
        {"20261121T106000Z", -1},
        {"20261121T100060Z", -1},
        {"", -1},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t instant = -1;

        assert_int_equal(smp_feed_instant(PIECE(rows[i].text), &instant),
                         rows[i].instant >= 0);
        if (rows[i].instant >= 0)
            assert_int_equal(instant, rows[i].instant);
    }
}

static void
sequences_are_read(void **state)
{
    static const struct {
        const char *text;
        int32_t sequence; /* -1: it is none */
    } rows[] = {
        {"0", 0},           {"7", 7},   {"2147483647", INT32_MAX},
        {"2147483648", -1}, {"", -1},   {"00", -1},
        {"-1", -1},         {"1 ", -1}, {"12345678901", -1},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        int32_t sequence = -1;

        assert_int_equal(smp_feed_sequence(PIECE(rows[i].text), &sequence),
                         rows[i].sequence >= 0);
        if (rows[i].sequence >= 0)
            assert_int_equal(sequence, rows[i].sequence);
    }
}

/* A day ends with the midnight of the zone. */
static void
ends_are_read(void **state)
{
    static const struct {
        const char *line;
        int64_t end; /* -1: it is none */
    } rows[] = {
        {"DTEND:19700102T000000Z\r\n", 86400},
        {"DTEND;VALUE=DATE:19700102\r\n", 86400 + 5 * 3600},
        {"DTEND;VALUE=DATE:19700132\r\n", -1},
        {"DTEND;VALUE=DATE:\r\n", -1},
        {"DTEND;TZID=UTC:19700102T000000\r\n", -1},
        {"DTEND:", -1},
    };
    struct smp_err err = {0};
    const struct smp_zone *zone =
        smp_zones_get(&zones, "America/Toronto", &err);
    size_t i;

    (void)state;
    assert_non_null(zone);
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct smp_feed_event event = {.end = PIECE(rows[i].line)};
        int64_t end = -1;

        assert_int_equal(smp_feed_end(&event, zone, &end), rows[i].end >= 0);
        if (rows[i].end >= 0)
            assert_int_equal(end, rows[i].end);
    }
}

static bool kept; /* by the last merge, words of the past */

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
    assert_true(smp_feed_parse(&before, old, strlen(old)));
    assert_true(smp_feed_parse(&after, fresh, strlen(fresh)));
    smp_buf_cut(out, 0);
    change = smp_feed_merge(out, &before, &after, &how, &kept);
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
        {A(STAMP, "1", "X:1\r\n"), A(LATE, "0", "LOCATION:Here\r\nX:1\r\n"),
         A(LATE, "1", "LOCATION:Here\r\nX:1\r\n"), SMP_CHANGE_TEXT},
        {A(STAMP, "1", "LOCATION:Here\r\n"), A(LATE, "0", "LOCATION:There\r\n"),
         A(LATE, "2", "LOCATION:There\r\n"), SMP_CHANGE_MOVED},
        {A(STAMP, "1", "LOCATION:\r\n Here\r\n"),
         A(LATE, "0", "LOCATION:He\r\n re\r\n"),
         A(LATE, "1", "LOCATION:He\r\n re\r\n"), SMP_CHANGE_TEXT},
        {EVENT("\r\n abc", STAMP, "1", DAY("20"), DAY("21"), "X:1\r\n"),
         EVENT("ab\r\n c", LATE, "0", DAY("20"), DAY("21"), "X:2\r\n"),
         EVENT("ab\r\n c", LATE, "1", DAY("20"), DAY("21"), "X:2\r\n"),
         SMP_CHANGE_TEXT},
        {EVENT("\r\n abc", STAMP, "1", DAY("20"), DAY("21"), ""),
         EVENT("ab\r\n d", LATE, "0", DAY("20"), DAY("21"), ""),
         EVENT("ab\r\n d", LATE, "0", DAY("20"), DAY("21"), ""),
         SMP_CHANGE_MOVED},
        {"", A(STAMP, "0", ""), A(STAMP, "0", ""), SMP_CHANGE_NEW},
        {A(STAMP, "9999999999", "X:1\r\n"), A(LATE, "0", "X:2\r\n"),
         A(LATE, "0", "X:2\r\n"), SMP_CHANGE_NEW},
        {A(STAMP, "-1", "X:1\r\n"), A(LATE, "0", "X:2\r\n"),
         A(LATE, "0", "X:2\r\n"), SMP_CHANGE_NEW},
        {A("99991207T120000Z", "0", "X:1\r\n"), A(LATE, "0", "X:2\r\n"),
         A(LATE, "0", "X:2\r\n"), SMP_CHANGE_NEW},
        {A("20261207T250000Z", "0", "X:1\r\n"), A(LATE, "0", "X:2\r\n"),
         A(LATE, "0", "X:2\r\n"), SMP_CHANGE_NEW},
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
        assert_int_equal(kept, rows[i].frozen);
        smp_buf_release(&text[0]);
        smp_buf_release(&text[1]);
    }
    smp_buf_release(&out);
}

/* Nobody knows what has happened to what is left of a feed. */
static void
what_is_torn_is_not_frozen(void **state)
{
    static const char old[] = HEAD A(STAMP, "3", "X:1\r\n")
        EVENT("b", STAMP, "1", DAY("01"), DAY("02"), "X:1\r\n");
    static const char fresh[] = HEAD A(LATE, "0", "X:1\r\n")
        EVENT("b", LATE, "0", DAY("01"), DAY("02"), "X:2\r\n") TAIL;
    static const char wanted[] = HEAD A(STAMP, "3", "X:1\r\n")
        EVENT("b", LATE, "1", DAY("01"), DAY("02"), "X:2\r\n") TAIL;
    struct smp_err err = {0};
    struct smp_merge how = {.zone = smp_zones_get(&zones, "UTC", &err),
                            .now = NOW,
                            .stamp = NOW,
                            .torn = true};
    struct smp_feed before = {0}, after = {0};
    struct smp_buf out = {0};

    (void)state;
    assert_false(smp_feed_parse(&before, old, sizeof old - 1));
    assert_true(smp_feed_parse(&after, fresh, sizeof fresh - 1));
    assert_int_equal(smp_feed_merge(&out, &before, &after, &how, &kept),
                     SMP_CHANGE_TEXT);
    assert_false(kept);
    assert_string_equal(smp_buf_text(&out), wanted);
    smp_buf_release(&out);
    smp_feed_release(&before);
    smp_feed_release(&after);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_safe),
        cmocka_unit_test(long_names_differ),
        cmocka_unit_test(keys_make_names),
        cmocka_unit_test(keys_are_seen),
        cmocka_unit_test(seals_hold),
        cmocka_unit_test(seals_of_before_hold),
        cmocka_unit_test(seals_are_looked_for_inside),
        cmocka_unit_test(changes_are_no_tears),
        cmocka_unit_test(lists_are_read),
        cmocka_unit_test(names_are_known),
        cmocka_unit_test(broken_feeds_are_read),
        cmocka_unit_test(stamps_are_read),
        cmocka_unit_test(sequences_are_read),
        cmocka_unit_test(ends_are_read),
        cmocka_unit_test(doubles_are_found),
        cmocka_unit_test(merges),
        cmocka_unit_test(the_past_is_frozen),
        cmocka_unit_test(what_is_torn_is_not_frozen),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("publish", tests, NULL, NULL);
}
