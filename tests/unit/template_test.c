#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "care/care.h"
#include "helpers.h"
#include "tool/product.h"
#include "ical/calendar.h"
#include "ical/event.h"
#include "calendar/setup.h"
#include "ical/template.h"

/*
 * Random entries are to be written by templates as libical writes them, octet
 * for octet. The seed is fixed.
 */
enum { ROUNDS = 12000, TEXT_ROOM = 400 };

static uint32_t seed = 1;

static unsigned
dice(unsigned sides)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % sides;
}

static const char *
pick(const char *const *list, unsigned count)
{
    return list[dice(count)];
}

/* Text of any kind, its length often near that of a line. */
static const char *
text(char out[TEXT_ROOM], unsigned longest)
{
    static const char *const pieces[] = {"a",
                                         "b",
                                         "c ",
                                         "no sun",
                                         ", ",
                                         ";",
                                         "\\",
                                         "\"",
                                         ":",
                                         "\n",
                                         "\xc3\xa9",
                                         "\xe2\x82\xac",
                                         "\xf0\x9f\x98\x80",
                                         "x",
                                         "\t"};
    unsigned kinds = dice(4) ? 5 : COUNT(pieces), wanted = dice(longest);
    size_t n = 0;

    out[0] = '\0';
    while (n < wanted) {
        strcpy(out + n, pick(pieces, kinds));
        n = strlen(out);
    }
    return out;
}

static const char *
uid(char out[TEXT_ROOM])
{
    static const char *const odd[] = {"a,b",      "",    "a b",
                                      "\xc3\xa9", "u:1", "x@y.example"};

    if (!dice(16))
        return pick(odd, COUNT(odd));
    snprintf(out, TEXT_ROOM, "%0*u-%u", (int)(1 + dice(dice(8) ? 40 : 90)),
             dice(100000), dice(9));
    return out;
}

static struct smp_when
when(int kind, int64_t seconds)
{
    return kind ? smp_when_local(seconds)
                : smp_when_day((int32_t)(seconds / SMP_DAY_SECONDS));
}

struct texts {
    char uid[TEXT_ROOM], related[TEXT_ROOM];
    char name[TEXT_ROOM], summary[TEXT_ROOM];
};

/* Few descriptions, so that most entries find a template. */
static struct smp_entry
entry(struct texts *texts)
{
    static const char *const descriptions[] = {
        "", "Put ointment on the area.",
        "No sun, swimming; soap or sauna until healed. The same goes after "
        "every touch-up.\n\nUnsure or worried? Ask your studio.",
        "UID:1\r\nDTSTART:2\nSUMMARY:3", "\xc3\xa9\xe2\x82\xac\\ \"quoted\""};
    static const char *const titles[] = {"No sun", "Ointment, twice", "\"No\""};
    static const char *const statuses[] = {NULL, "CONFIRMED"};
    static const char *const categories[] = {"AFTERCARE", "A,B"};
    int64_t start = INT64_C(1750000000) + dice(100000) * INT64_C(3700);
    int kind = (int)dice(2), sign = (int)dice(3) - 1;

    return (struct smp_entry){
        .uid = uid(texts->uid),
        .modified = INT64_C(1700000000) + dice(2) * dice(1000000),
        .sequence = (int)(dice(4) ? 0 : dice(3)),
        .start = when(kind, start),
        .end = when(kind, start + SMP_DAY_SECONDS * (1 + dice(3))),
        .name = dice(3) ? text(texts->name, dice(4) ? 25 : 50) : NULL,
        .summary = dice(2) ? pick(titles, COUNT(titles))
                           : text(texts->summary, dice(4) ? 40 : 90),
        .description = pick(descriptions, COUNT(descriptions)),
        .category = pick(categories, COUNT(categories)),
        .status = pick(statuses, COUNT(statuses)),
        .related = dice(3) ? uid(texts->related) : NULL,
        .busy = sign > 0,
        .rings = sign < 0,
        .alarm = -86400,
    };
}

static unsigned plain_count;

static void
count_plain(struct smp_buf *out, const struct smp_entry *it,
            const struct smp_zone *zone, bool local)
{
    plain_count++;
    smp_event_put(out, it, zone, local);
}

static void
templates_write_as_libical_does(void **state)
{
    static const char *const names[] = {"America/Toronto", "Europe/Dublin",
                                        "UTC"};
    struct smp_zones zones = {smp_zone_directory, NULL};
    struct smp_templates templates = {NULL};
    struct smp_err err = {0};
    unsigned copied = 0;

    (void)state;
    smp_ical_setup();
    for (int round = 0; round < ROUNDS; round++) {
        const struct smp_zone *zone =
            smp_zones_get(&zones, pick(names, COUNT(names)), &err);
        struct texts texts;
        struct smp_entry it = entry(&texts);
        struct smp_buf got = {0}, expected = {0};
        bool local = dice(2);
        struct smp_zone_near near = {0};

        smp_event_settle(&it, zone, &near);
        smp_event_put(&expected, &it, zone, local);
        plain_count = 0;
        smp_templates_next(&templates);
        smp_template_put(&templates, &got, &it, zone, local, count_plain);
        copied += !plain_count;
        assert_string_equal(got.data, expected.data);
        smp_buf_release(&got);
        smp_buf_release(&expected);
    }
    assert_true(copied > ROUNDS / 6); /* else little was tried */
    smp_templates_release(&templates);
    smp_zones_release(&zones);
}

/* Entries of one item differ in UID and times: they are copies of a form. */
static void
forms_write_as_libical_does(void **state)
{
    struct smp_zones zones = {smp_zone_directory, NULL};
    struct smp_templates templates = {0};
    struct smp_err err = {0};
    const struct smp_zone *zone = smp_zones_get(&zones, "Europe/Dublin", &err);
    struct smp_zone_near near = {0};

    (void)state;
    for (int round = 0; round < ROUNDS / 8; round++) {
        struct texts texts;
        struct smp_entry it = entry(&texts);
        bool local = dice(2);

        smp_templates_next(&templates);
        for (int i = 0; i < 6; i++) {
            struct smp_buf got = {0}, expected = {0};
            int64_t later = dice(400) * INT64_C(43200);

            it.uid = uid(texts.uid);
            it.start.seconds += later - later % SMP_DAY_SECONDS;
            it.end.seconds = it.start.seconds + SMP_DAY_SECONDS;
            it.end.kind = it.start.kind;
            it.sequence = (int)dice(8) == 0;
            smp_event_settle(&it, zone, &near);
            smp_event_put(&expected, &it, zone, local);
            smp_template_put(&templates, &got, &it, zone, local, smp_event_put);
            assert_string_equal(got.data, expected.data);
            smp_buf_release(&got);
            smp_buf_release(&expected);
        }
    }
    smp_templates_release(&templates);
    smp_zones_release(&zones);
}

/* Puts a client's entries both ways; how many libical had to write. */
static size_t
put_both(struct smp_plan *plan, const struct smp_protocol *protocol,
         bool by_rule)
{
    struct smp_calendar_options options = {
        .stamp = 1780000000, .by_rule = by_rule, .timed = by_rule};
    struct smp_templates templates = {0};
    struct smp_entry_list list = {0};
    struct smp_zone_near near = {0};

    plain_count = 0;
    smp_templates_next(&templates);
    smp_entries(plan, protocol, &options, dice(2), &list);
    for (size_t i = 0; i < list.count; i++) {
        struct smp_entry *it = list.order[i].entry;
        struct smp_buf got = {0}, expected = {0};

        smp_event_settle(it, plan->zone, &near);
        smp_event_put(&expected, it, plan->zone, false);
        smp_template_put(&templates, &got, it, plan->zone, false, count_plain);
        assert_string_equal(got.data, expected.data);
        smp_buf_release(&got);
        smp_buf_release(&expected);
    }
    assert_true(list.count > 0);
    smp_entry_list_release(&list);
    smp_templates_release(&templates);
    return plain_count;
}

/* Those made with the library are at hand for a client's first session. */
static void
ready_ones_write_as_libical_does(void **state)
{
    static const char *const languages[] = {"en", "fr", "es"};
    struct smp_zones zones = {smp_zone_directory, NULL};
    struct smp_err err = {0};

    (void)state;
    for (int round = 0; round < 60; round++) {
        struct smp_protocol *protocol =
            smp_protocol_load(languages[round % 3], NULL, 0, NULL, &err);
        struct smp_plan plan = {.id = "c-1", .name = "Jo, Field"};
        struct smp_session *session = smp_plan_add_session(&plan);

        plan.zone = smp_zones_get(&zones, "America/Toronto", &err);
        session->number = 1;
        session->start =
            when(round % 5 > 0, INT64_C(1800000000) + dice(700) * 86400);
        smp_care_add(&plan, protocol, SMP_PRE, false);
        smp_care_add(&plan, protocol, SMP_POST, false);
        put_both(&plan, protocol, dice(2));
        session->start = smp_when_local(INT64_C(1811671200)); /* 10:00 */
        plan.item_count = 0;
        smp_care_add(&plan, protocol, SMP_POST, false);
        assert_int_equal(put_both(&plan, protocol, round % 2), 0);
        smp_plan_release(&plan);
        smp_protocol_free(protocol);
    }
    smp_zones_release(&zones);
}

/* A feed begins as libical makes it, from a table or not. */
static void
ready_headers_are_those_of_libical(void **state)
{
    static const char *const products[] = {SMP_PRODUCT, "-//other//EN"};
    static const char *const languages[] = {"en", "fr", "es"};
    struct smp_err err = {0};

    (void)state;
    for (unsigned i = 0; i < 6; i++) {
        struct smp_protocol *protocol =
            smp_protocol_load(languages[i % 3], NULL, 0, NULL, &err);
        struct smp_buf plain = {0}, ready = {0};
        struct smp_calendar_writer calendar = {.out = &plain,
                                               .options.product =
                                                   products[i / 3],
                                               .protocol = protocol};

        smp_calendar_open(&calendar, protocol);
        calendar.out = &ready;
        smp_calendar_begin(&calendar);
        assert_string_equal(ready.data, plain.data);
        smp_calendar_release(&calendar);
        smp_buf_release(&plain);
        smp_buf_release(&ready);
        smp_protocol_free(protocol);
    }
}

static void
a_template_is_made_once(void **state)
{
    struct smp_zones zones = {smp_zone_directory, NULL};
    struct smp_templates templates = {NULL};
    struct smp_err err = {0};
    const struct smp_zone *zone = smp_zones_get(&zones, "UTC", &err);
    struct smp_entry it = {.uid = "a",
                           .start = smp_when_day(20000),
                           .end = smp_when_day(20001),
                           .summary = "Jo: Ointment, twice",
                           .description = "Put it on.",
                           .category = "CARE"};
    struct smp_buf out = {0};

    (void)state;
    plain_count = 0;
    for (int i = 0; i < 10; i++) {
        it.sequence = i;
        smp_template_put(&templates, &out, &it, zone, false, count_plain);
    }
    assert_int_equal(plain_count, 3); /* the first, the model, its proof */
    assert_non_null(strstr(out.data, "SUMMARY:Jo: Ointment\\, twice\r\n"));
    assert_non_null(strstr(out.data, "SEQUENCE:9\r\n"));
    smp_buf_release(&out);
    smp_templates_release(&templates);
    smp_zones_release(&zones);
}

/* Who writes something else than the template is believed. */
static void
write_otherwise(struct smp_buf *out, const struct smp_entry *it,
                const struct smp_zone *zone, bool local)
{
    count_plain(out, it, zone, local);
    smp_buf_printf(out, "X:%s\r\n", it->summary);
}

static void
a_template_that_fails_its_proof_is_not_used(void **state)
{
    struct smp_zones zones = {smp_zone_directory, NULL};
    struct smp_templates templates = {NULL};
    struct smp_err err = {0};
    struct smp_entry it = {.uid = "a",
                           .start = smp_when_day(20000),
                           .end = smp_when_day(20001),
                           .summary = "Jo",
                           .description = "Put it on.",
                           .category = "CARE"};
    struct smp_buf out = {0};

    (void)state;
    plain_count = 0;
    for (int i = 0; i < 5; i++)
        smp_template_put(&templates, &out, &it,
                         smp_zones_get(&zones, "UTC", &err), false,
                         write_otherwise);
    assert_int_equal(plain_count, 6);
    smp_buf_release(&out);
    smp_templates_release(&templates);
    smp_zones_release(&zones);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(templates_write_as_libical_does),
    cmocka_unit_test(forms_write_as_libical_does),
    cmocka_unit_test(ready_ones_write_as_libical_does),
    cmocka_unit_test(ready_headers_are_those_of_libical),
    cmocka_unit_test(a_template_is_made_once),
    cmocka_unit_test(a_template_that_fails_its_proof_is_not_used),
};

int
main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("template", tests, NULL, NULL);
}
