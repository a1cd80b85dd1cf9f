#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "helpers.h"
#include "time/zone.h"
#include "protocol/protocol.h"
#include "plan/plan.h"

#include "publish/internal.h"

static struct smp_zones zones = {.directory = "/usr/share/zoneinfo"};

/* "ID|ZONE|LANG|STUDIO|FEED"; NULL: it has no head. */
static void
heads_are_parsed(void **state)
{
    static const struct {
        const char *line, *head;
    } rows[] = {
        {"{\"id\":\"c-1\",\"sessions\":[{\"id\":\"x\"}]}", "c-1||||0"},
        {"{\"id\":\"c-1\"}", "c-1||||0"},
        {" {\t\"id\" : \"c-1\" , \"feed\" : 12 } \r", "c-1||||12"},
        {"{\"lang\":\"fr\",\"timeZone\":\"UTC\",\"studio\":\"m\",\"id\":\"c\","
         "\"feed\":1,\"x\":{}}",
         "c|UTC|fr|m|1"},
        {"{\"name\":\"a\\\"b\\\\\",\"x\":[1,\"]\",null],\"y\":-1.5e3,"
         "\"id\":\"c-1\"}",
         "c-1||||0"},
        {"{\"id\":\"c-1\",\"x\":[[]],\"feed\":3}", "c-1||||3"},
        {"{\"id\":\"c-1\",\"sessions\":[{}],\"feed\":3}", "c-1||||3"},
        {"{\"id\":\"c-1\",\"items\":[{}],\"feed\":3}", "c-1||||0"},
        {"{\"sessions\":[{\"id\":\"}]\"}],\"id\":\"c-1\"}", "c-1||||0"},
        {"{\"items\":[{}],\"id\":\"c-1\"}", NULL},
        {"{\"id\":\"c\\u002d1\"}", "c-1||||0"},
        {"{\"id\":\"c-1\",\"lang\":\"\\u0066r\"}", "c-1||fr||0"},
        {"{\"id\":\"c-1\",\"lang\":null}", NULL},
        {"{\"id\":\"c-1\",\"feed\":\"3\"}", NULL},
        {"{\"id\":\"\"}", NULL},
        {"{\"id\":17}", NULL},
        {"{\"id\":\"c-1\",\"feed\":}", NULL},
        {"{\"id\":\"c-1\",\"feed\":123456789}", "c-1||||123456789"},
        {"{\"id\":\"c-1\",\"x\":\"y}", NULL},
        {"{\"id\":\"c-1\",\"x\":[", NULL},
        {"{\"id\":\"c-1\",\"x\":1", NULL},
        {"{\"id\":\"c-1\",\"x\" 1}", NULL},
        {"{\"id\":\"c-1\",\"feed\":3", NULL},
        {"{\"id\":\"c-1\",\"a\":01 02 zz", NULL},
        {"{\"id\":\"c-1\",\"a\":01,\"items\":[]}", NULL},
        {"{\"id\":\"c-1\",\"a\":1} {", NULL},
        {"{\"id\":\"c-1\",\"feed\":03}", NULL},
        {"{\"id\":\"c-1\",\"feed\":3.5}", NULL},
        {"{\"id\":\"c-1\",\"id\":\"c-2\"}", NULL},
        {"{\"id\":\"c-1\",\"items\":zz", "c-1||||0"},
        {"{\"id\":\"c-1\",\"x\":{\"items\":zz}}", NULL},
        {"{\"id\":\"c-1\",\"x\":{\"items\":[]},\"feed\":3}", "c-1||||3"},
        {"{\"id\":\"c-1\",\"feed\":-1}", NULL},
        {"{\"id\"", NULL},
        {"{\"id\":\"c-1", NULL},
        {"{\"id\":\"c-1\\", NULL},
        {"{}", NULL},
        {"[]", NULL},
        {"", NULL},
    };
    struct smp_plan plan = {0};
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(rows); i++) {
        size_t n = strlen(rows[i].line);
        char *line = smp_alloc(n + !n); /* exact room, for ASan */
        struct smp_buf text = {0};

        memcpy(line, rows[i].line, n);
        smp_plan_reset(&plan);
        if (smp_plan_parse_head(&plan, line, n))
            smp_buf_printf(&text, "%s|%s|%s|%s|%d", plan.id,
                           plan.time_zone ? plan.time_zone : "",
                           plan.lang ? plan.lang : "",
                           plan.studio ? plan.studio : "", plan.feed);
        assert_string_equal(smp_buf_text(&text),
                            rows[i].head ? rows[i].head : "");
        smp_buf_release(&text);
        free(line);
    }
    smp_plan_release(&plan);
}

static uint64_t
source_of(const char *secret, const char *options, const char *hash,
          const char *zone, const char *line)
{
    const struct smp_protocol protocol = {.hash = hash};
    struct smp_source source = {.protocol = &protocol};
    struct smp_feed_key key = {0};
    struct smp_err err = {0};

    if (*secret)
        assert_true(smp_feed_key_set(&key, secret, strlen(secret), &err));
    smp_source_set_key(&source, &key, options);
    source.head.zone = smp_zones_get(&zones, zone, &err);
    assert_non_null(source.head.zone);
    smp_source_set(&source, line, strlen(line));
    return source.value;
}

/* Each part makes another one. */
static void
sources_differ(void **state)
{
    static const char *const rows[][5] = {
        {"", "0", "a", "UTC", "{}"},
        {"0123456789abcdef", "0", "a", "UTC", "{}"},
        {"", "1", "a", "UTC", "{}"},
        {"", "0", "b", "UTC", "{}"},
        {"", "0", "a", "Europe/Paris", "{}"},
        {"", "0", "a", "UTC", "{} "},
    };
    uint64_t found[COUNT(rows)];
    size_t i, j;

    (void)state;
    for (i = 0; i < COUNT(rows); i++) {
        found[i] = source_of(rows[i][0], rows[i][1], rows[i][2], rows[i][3],
                             rows[i][4]);
        for (j = 0; j < i; j++)
            assert_true(found[i] != found[j]);
    }
}

/* A plan that differs from its head has none. */
static void
heads_are_verified(void **state)
{
    static const struct smp_protocol protocol = {.hash = "a"}, other = {0};
    struct smp_err err = {0};
    const struct smp_zone *utc = smp_zones_get(&zones, "UTC", &err);
    const struct smp_zone *paris = smp_zones_get(&zones, "Europe/Paris", &err);
    const struct smp_plan plan = {
        .id = "c-1", .zone = utc, .lang = "fr", .feed = 3};
    struct smp_plan rows[7];
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(rows); i++)
        rows[i] = plan;
    rows[2].id = "c-2";
    rows[3].zone = paris;
    rows[4].lang = NULL;
    rows[5].feed = 0;
    rows[6].studio = "maple";
    for (i = 0; i < COUNT(rows); i++) {
        struct smp_source source = {
            .protocol = &protocol, .head = rows[i], .value = 1};

        smp_source_verify(&source, &plan, i == 1 ? &other : &protocol);
        assert_int_equal(source.value != 0, i == 0);
    }
}

/* In a feed with words that only what has ended keeps, from the next day. */
static void
sources_hold(void **state)
{
    enum { DAY = 86400 };
    static const struct {
        bool kept;
        int64_t then, now;
        bool holds;
    } rows[] = {
        {false, 100 * DAY, 100 * DAY, true},
        {false, 100 * DAY, 3 * DAY, true},
        {false, -DAY, -DAY, true},
        {true, 100 * DAY, 100 * DAY, false},
        {true, 100 * DAY, 101 * DAY - 1, false},
        {true, 100 * DAY, 101 * DAY, true},
        {true, 100 * DAY, 1000 * DAY, true},
        {true, 100 * DAY, 3 * DAY, false},
        {true, -DAY, DAY, false},
        {true, INT64_C(65534) * DAY, INT64_C(65535) * DAY, true},
        {true, INT64_C(65535) * DAY, INT64_C(65536) * DAY, false},
    };
    const struct smp_source source = {.value = UINT64_C(0x123456789abc0000)};
    const struct smp_source other = {.value = UINT64_C(0x123456789abd0000)};
    const struct smp_source none = {.value = 0};
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(rows); i++) {
        uint64_t noted = smp_source_noted(&source, rows[i].kept, rows[i].then);

        assert_int_equal(smp_source_holds(&source, noted, rows[i].now),
                         rows[i].holds);
        assert_false(smp_source_holds(&other, noted, rows[i].now));
        assert_false(smp_source_holds(&none, noted, rows[i].now));
    }
    assert_true(smp_source_noted(&none, true, DAY) == 0);
    assert_false(smp_source_holds(&none, 0, DAY));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heads_are_parsed),
        cmocka_unit_test(sources_differ),
        cmocka_unit_test(heads_are_verified),
        cmocka_unit_test(sources_hold),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("source", tests, NULL, NULL);
}
