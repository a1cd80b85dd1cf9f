#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <ctype.h>
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"
#include "time/civil.h"
#include "ical/component.h"
#include "time/zone.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const int64_t day = SMP_DAY_SECONDS;

/* The zones of the system, and a directory for files of our own. */
struct place {
    struct smp_zones system, own;
    char directory[64], file[96];
    struct smp_err err;
};

static int
set_up(void **state)
{
    struct place *place = smp_calloc(1, sizeof *place);

    strcpy(place->directory, "/tmp/vtimezone_test.XXXXXX");
    assert_non_null(mkdtemp(place->directory));
    snprintf(place->file, sizeof place->file, "%s/Test", place->directory);
    place->system.directory = smp_zone_directory;
    place->own.directory = place->directory;
    *state = place;
    return 0;
}

static int
tear_down(void **state)
{
    struct place *place = *state;

    smp_zones_release(&place->system);
    smp_zones_release(&place->own);
    smp_err_release(&place->err);
    unlink(place->file);
    rmdir(place->directory);
    free(place);
    return 0;
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

static const struct smp_zone *
get(struct place *place, struct smp_zones *zones, const char *name)
{
    const struct smp_zone *zone = smp_zones_get(zones, name, &place->err);

    if (!zone)
        fail_msg("%s", smp_buf_text(&place->err.text));
    return zone;
}

static const struct smp_zone *
get_system(struct place *place, const char *name)
{
    return get(place, &place->system, name);
}

/* RFC 9636 section 3: one type, whose offset the footer makes moot */
static const char no_times[] = "TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                               "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                               "\0\0\0\1\0\0\0\4\0\0\0\0\0\0XXX";

/* The zone Test, which has no recorded changes. */
static const struct smp_zone *
get_own(struct place *place, const char *footer)
{
    FILE *file = fopen(place->file, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(no_times, 1, sizeof no_times, file),
                     sizeof no_times);
    assert_int_equal(fwrite(no_times, 1, sizeof no_times, file),
                     sizeof no_times);
    assert_true(fprintf(file, "\n%s\n", footer) > 0);
    assert_int_equal(fclose(file), 0);
    smp_zones_release(&place->own);
    return get(place, &place->own, "Test");
}

static int64_t
new_year(int year)
{
    return smp_day_of(year, 1, 1) * day;
}

static char *
text_of(const struct smp_zone *zone, int64_t from, int64_t until)
{
    icalcomponent *vtimezone = smp_vtimezone(zone, from, until);
    char *text = icalcomponent_as_ical_string_r(vtimezone);

    assert_non_null(text);
    icalcomponent_free(vtimezone);
    return text;
}

static icaltimezone *
read_back(const struct smp_zone *zone, int64_t from, int64_t until)
{
    char *text = text_of(zone, from, until);
    icalcomponent *vtimezone = icalparser_parse_string(text);
    icaltimezone *back = icaltimezone_new();

    assert_non_null(vtimezone);
    assert_int_equal(icalcomponent_count_errors(vtimezone), 0);
    assert_true(icaltimezone_set_component(back, vtimezone));
    assert_string_equal(icaltimezone_get_tzid(back), smp_zone_name(zone));
    icalmemory_free_buffer(text);
    return back;
}

/* What is compared: a zone and how libical reads its VTIMEZONE. */
struct pair {
    const struct smp_zone *zone;
    icaltimezone *back;
    int64_t from, until;
};

static struct icaltimetype
fields(int64_t seconds)
{
    return icaltime_from_timet_with_zone((time_t)seconds, 0, NULL);
}

static void
compare(const struct pair *pair, int64_t instant, int offset)
{
    int32_t right = smp_zone_offset(pair->zone, instant);

    if (offset != right)
        fail_msg("%s at %" PRId64 ": %d, not %" PRId32,
                 smp_zone_name(pair->zone), instant, offset, right);
}

static void
check_instant(const struct pair *pair, int64_t instant)
{
    struct icaltimetype time = fields(instant);
    int daylight;

    if (instant >= pair->from && instant <= pair->until)
        compare(pair, instant,
                icaltimezone_get_utc_offset_of_utc_time(pair->back, &time,
                                                        &daylight));
}

static void
check_local(const struct pair *pair, int64_t instant)
{
    struct icaltimetype time = fields(smp_zone_to_local(pair->zone, instant));
    int daylight;

    if (instant >= pair->from && instant <= pair->until)
        compare(pair, instant,
                icaltimezone_get_utc_offset(pair->back, &time, &daylight));
}

/* libical takes the second of two passes, so locals keep their distance. */
static int
check_changes(const struct pair *pair)
{
    int64_t when = pair->from - 1;
    int count = 0;

    while (smp_zone_next_change(pair->zone, when + 1, pair->until, &when)) {
        check_instant(pair, when - 1);
        check_instant(pair, when);
        check_instant(pair, when + 3600);
        check_local(pair, when - 2 * day);
        check_local(pair, when + 2 * day);
        count++;
    }
    return count;
}

static int
check(const struct smp_zone *zone, int64_t from, int64_t until)
{
    struct pair pair = {zone, read_back(zone, from, until), from, until};
    int changes;

    check_instant(&pair, from);
    check_instant(&pair, until);
    for (int64_t instant = from; instant < until; instant += 61 * day)
        check_instant(&pair, instant);
    changes = check_changes(&pair);
    icaltimezone_free(pair.back, 1);
    return changes;
}

static size_t
check_zone(struct place *place, const char *name)
{
    check(get_system(place, name), new_year(2026), new_year(2030));
    return 1;
}

static size_t check_directory(struct place *place, DIR *directory,
                              const char *prefix);

/* Names are directories, zones or, in lower case, something else. */
static size_t
check_entry(struct place *place, const char *name)
{
    struct smp_buf path = {0};
    DIR *directory;
    size_t count;

    smp_buf_printf(&path, "%s/%s", smp_zone_directory, name);
    directory = opendir(smp_buf_text(&path));
    count = directory ? check_directory(place, directory, name)
                      : check_zone(place, name);
    smp_buf_release(&path);
    return count;
}

static size_t
check_directory(struct place *place, DIR *directory, const char *prefix)
{
    const struct dirent *entry;
    size_t count = 0;

    while ((entry = readdir(directory))) {
        struct smp_buf name = {0};

        smp_buf_printf(&name, "%s%s%s", prefix, *prefix ? "/" : "",
                       entry->d_name);
        if (isupper((unsigned char)*entry->d_name))
            count += check_entry(place, smp_buf_text(&name));
        smp_buf_release(&name);
    }
    closedir(directory);
    return count;
}

static void
every_zone_reads_back(void **state)
{
    DIR *directory = opendir(smp_zone_directory);

    assert_non_null(directory);
    assert_true(check_directory(*state, directory, "") > 300);
}

static void
the_past_reads_back(void **state)
{
    static const struct {
        const char *zone;
        int first, last, changes;
    } past[] = {
        {"America/Sao_Paulo", 2010, 2013, 6},
        {"Europe/Moscow", 2010, 2013, 3},
        {"Africa/Casablanca", 2012, 2015, 12},
        {"Pacific/Apia", 2010, 2013, 6},
        {"Asia/Pyongyang", 2015, 2019, 2},
        {"Africa/Cairo", 2010, 2012, 4},
        {"America/Toronto", 1974, 1976, 4},
        {"Europe/Berlin", 1940, 1951, 20},
        {"Africa/Monrovia", 1970, 1974, 1},
        {"Europe/Dublin", 1968, 1973, 4},
        {"Asia/Kolkata", 1941, 1947, 4},
        {"Europe/London", 1910, 1920, 8},
    };

    for (size_t i = 0; i < COUNT(past); i++)
        assert_int_equal(check(get_system(*state, past[i].zone),
                               new_year(past[i].first), new_year(past[i].last)),
                         past[i].changes);
}

static void
assert_text(const struct smp_zone *zone, int first, int last,
            const char *expected)
{
    char *text = text_of(zone, new_year(first), new_year(last));

    assert_string_equal(text, expected);
    icalmemory_free_buffer(text);
}

#define BEGIN(zone) "BEGIN:VTIMEZONE\r\nTZID:" zone "\r\n"
#define PART(kind, from, to, name, start, more)                                \
    "BEGIN:" kind "\r\nTZOFFSETFROM:" from "\r\nTZOFFSETTO:" to                \
    "\r\nTZNAME:" name "\r\nDTSTART:" start "\r\n" more "END:" kind "\r\n"
#define YEARLY(days) "RRULE:FREQ=YEARLY;" days "\r\n"
#define END "END:VTIMEZONE\r\n"

static void
writes_rules(void **state)
{
    assert_text(get_system(*state, "Europe/Berlin"), 2026, 2030,
                BEGIN("Europe/Berlin") PART("DAYLIGHT", "+0100", "+0200",
                                            "CEST", "19700329T020000",
                                            YEARLY("BYDAY=-1SU;BYMONTH=3"))
                    PART("STANDARD", "+0200", "+0100", "CET", "19701025T030000",
                         YEARLY("BYDAY=-1SU;BYMONTH=10")) END);
    assert_text(get_system(*state, "America/Toronto"), 2026, 2030,
                BEGIN("America/Toronto") PART("DAYLIGHT", "-0500", "-0400",
                                              "EDT", "19700308T020000",
                                              YEARLY("BYDAY=2SU;BYMONTH=3"))
                    PART("STANDARD", "-0400", "-0500", "EST", "19701101T020000",
                         YEARLY("BYDAY=1SU;BYMONTH=11")) END);
    assert_text(get_system(*state, "Asia/Kolkata"), 2026, 2030,
                BEGIN("Asia/Kolkata") PART("STANDARD", "+0530", "+0530", "IST",
                                           "19700101T000000", "") END);
}

/* The rules of Dublin, Nuuk and Cairo */
static void
writes_rules_that_are_less_plain(void **state)
{
    assert_text(get_own(*state, "IST-1GMT0,M10.5.0,M3.5.0/1"), 2026, 2030,
                BEGIN("Test") PART("DAYLIGHT", "+0000", "+0100", "IST",
                                   "19700329T010000",
                                   YEARLY("BYDAY=-1SU;BYMONTH=3"))
                    PART("STANDARD", "+0100", "+0000", "GMT", "19701025T020000",
                         YEARLY("BYDAY=-1SU;BYMONTH=10")) END);
    assert_text(get_own(*state, "<-02>2<-01>,M3.5.0/-1,M10.5.0/0"), 2026, 2030,
                BEGIN("Test")
                    PART("DAYLIGHT", "-0200", "-0100", "-01", "19700328T230000",
                         YEARLY("BYDAY=SA;BYMONTHDAY=24,25,26,27,28,29,30;"
                                "BYMONTH=3"))
                        PART("STANDARD", "-0100", "-0200", "-02",
                             "19701025T000000", YEARLY("BYDAY=-1SU;BYMONTH=10"))
                            END);
    assert_text(
        get_own(*state, "EET-2EEST,M4.5.5/0,M10.5.4/24"), 2026, 2030,
        BEGIN("Test") PART("DAYLIGHT", "+0200", "+0300", "EEST",
                           "19700424T000000", YEARLY("BYDAY=-1FR;BYMONTH=4"))
            PART("STANDARD", "+0300", "+0200", "EET", "19701030T000000",
                 YEARLY("BYDAY=FR;BYMONTHDAY=26,27,28,29,30,31;"
                        "BYMONTH=10"))
                PART("STANDARD", "+0300", "+0200", "EET", "19741101T000000",
                     YEARLY("BYDAY=FR;BYMONTHDAY=1;BYMONTH=11")) END);
}

static void
writes_rules_for_days_of_the_year(void **state)
{
    assert_text(get_own(*state, "AAA3BBB,J91/-50,279/27"), 2026, 2030,
                BEGIN("Test")
                    PART("DAYLIGHT", "-0300", "-0200", "BBB", "19700329T220000",
                         YEARLY("BYMONTHDAY=29;BYMONTH=3"))
                        PART("STANDARD", "-0200", "-0300", "AAA",
                             "19701008T030000", YEARLY("BYYEARDAY=281")) END);
}

static void
writes_changes_where_no_rule_holds(void **state)
{
    assert_text(
        get_system(*state, "Europe/Moscow"), 2010, 2012,
        BEGIN("Europe/Moscow") PART("STANDARD", "+0300", "+0300", "MSK",
                                    "19700101T000000", "")
            PART("DAYLIGHT", "+0300", "+0400", "+04", "20100328T020000", "")
                PART("STANDARD", "+0400", "+0300", "MSK", "20101031T030000", "")
                    PART("DAYLIGHT", "+0300", "+0400", "+04", "20110327T020000",
                         "") END);
    assert_text(get_system(*state, "Africa/Monrovia"), 1960, 1974,
                BEGIN("Africa/Monrovia") PART("STANDARD", "-004430", "-004430",
                                              "-004430", "19591231T231530", "")
                    PART("DAYLIGHT", "-004430", "+0000", "GMT",
                         "19720107T000000", "") END);
}

static void
no_daylight_saving_lasts_a_day(void **state)
{
    assert_text(
        get_system(*state, "Pacific/Apia"), 2011, 2012,
        BEGIN("Pacific/Apia") PART("STANDARD", "-1000", "-1000", "-10",
                                   "19700101T000000", "")
            PART("STANDARD", "-1000", "-1100", "-11", "20110402T040000", "")
                PART("DAYLIGHT", "-1100", "-1000", "-10", "20110924T030000", "")
                    PART("STANDARD", "-1000", "+1400", "+14", "20111230T000000",
                         "") END);
}

static int
observances(const struct smp_zone *zone, int64_t from, int64_t until)
{
    icalcomponent *vtimezone = smp_vtimezone(zone, from, until);
    int count = icalcomponent_count_components(vtimezone, ICAL_ANY_COMPONENT);

    icalcomponent_free(vtimezone);
    return count;
}

/*
 * A rule has 2 observances, 3 or 4 where a change crosses the border of a
 * month. Each change of the ten years has one where there is no rule.
 */
static const struct {
    const char *footer;
    int observances;
} footers[] = {
    {"<-04>4<-03>,M9.1.6/24,M4.1.6/24", 2},
    {"IST-2IDT,M3.4.4/26,M10.5.0", 2},
    {"EET-2EEST,M3.4.4/50,M10.4.4/50", 2},
    {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", 2},
    {"EET-2EEST,M4.5.5/0,M10.5.4/24", 3},
    {"AAA-11BBB,M12.5.6/100,M5.5.1/167", 4},
    {"AAA3BBB,M1.1.3/-30,M7.1.3/-30", 4},
    {"AAA3BBB,M4.1.1/-167,M9.5.6/167", 3},
    {"AAA3BBB,M2.5.0,M10.5.0", 2},
    {"AAA3BBB,M2.4.0/-1,M10.4.0/25", 2},
    {"AAA3BBB,M2.4.0/24,M10.4.0", 21},
    {"AAA3BBB,M2.5.0/24,M10.5.0", 21},
    {"AAA3BBB,M2.5.0/-1,M10.5.0", 21},
    {"AAA3BBB,M3.1.0/-1,M10.1.0", 21},
    {"AAA3BBB,J60/2,J300/2", 2},
    {"AAA3BBB,J60/-2,J300/2", 21},
    {"AAA3BBB,J58/26,J304/24", 2},
    {"AAA3BBB,J91/-50,J304/50", 2},
    {"AAA3BBB,J59/26,J300/2", 21},
    {"AAA-3BBB,J1/-5,J200/-50", 2},
    {"AAA3BBB,J365/30,J100/24", 2},
    {"AAA3BBB,58/2,305/26", 2},
    {"AAA3BBB,0/2,59/-5", 2},
    {"AAA3BBB,80/2,364/3", 2},
    {"AAA3BBB,80/2,365/3", 21},
    {"AAA3BBB,80/2,364/26", 21},
    {"<-00>0:25:21<+01>-1:02:03,M3.3.2/1:02:03,M11.2.4/30:59:59", 2},
    {"EST5EDT,0/0,J365/25", 1},
    {"AAA3BBB3,M3.1.0,M10.1.0", 1},
};

static void
every_footer_reads_back(void **state)
{
    for (size_t i = 0; i < COUNT(footers); i++) {
        const struct smp_zone *zone = get_own(*state, footers[i].footer);
        int64_t from = new_year(2026) + 3 * day;
        int64_t until = new_year(2036) + 3 * day;

        if (observances(zone, from, until) != footers[i].observances)
            fail_msg("%s: %d", footers[i].footer,
                     observances(zone, from, until));
        check(zone, from, until);
        check(zone, new_year(1968), new_year(1978));
    }
}

static void
names_daylight_saving_time_all_year(void **state)
{
    assert_text(get_own(*state, "EST5EDT,0/0,J365/25"), 2026, 2030,
                BEGIN("Test") PART("STANDARD", "-0400", "-0400", "EDT",
                                   "19700101T000000", "") END);
}

static void
a_rule_holds_for_a_span_without_changes(void **state)
{
    const struct smp_zone *zone = get_system(*state, "Europe/Berlin");
    int64_t may = smp_day_of(2026, 5, 1) * day;

    assert_int_equal(observances(zone, may, may + 30 * day), 2);
    assert_int_equal(observances(zone, may, may), 2);
}

/* Spans that are as the rule of today has them, but for an hour or a month */
static void
a_rule_must_hold_all_the_time(void **state)
{
    const struct smp_zone *lisbon = get_system(*state, "Europe/Lisbon");
    const struct smp_zone *toronto = get_system(*state, "America/Toronto");

    assert_int_equal(observances(lisbon, new_year(1993), new_year(1993) + day),
                     1);
    check(lisbon, new_year(1993), new_year(1993) + day);
    check(toronto, new_year(2006), new_year(2006) + 150 * day);
}

/* Both ends belong to the span; what precedes it has no observance. */
static void
changes_at_the_ends_belong_to_the_span(void **state)
{
    const struct smp_zone *zone = get_system(*state, "Europe/Moscow");
    int64_t first, second;

    assert_true(smp_zone_next_change(zone, new_year(2010), INT64_MAX, &first));
    assert_true(smp_zone_next_change(zone, first + 1, INT64_MAX, &second));
    assert_int_equal(observances(zone, first, second), 2);
    assert_int_equal(observances(zone, first - 1, second), 3);
    assert_int_equal(observances(zone, first, second - 1), 1);
    check(zone, first, second);
    check(zone, first - 1, second - 1);
}

static const struct CMUnitTest tests[] = {
    TEST(every_zone_reads_back),
    TEST(the_past_reads_back),
    TEST(writes_rules),
    TEST(writes_rules_that_are_less_plain),
    TEST(writes_rules_for_days_of_the_year),
    TEST(writes_changes_where_no_rule_holds),
    TEST(no_daylight_saving_lasts_a_day),
    TEST(every_footer_reads_back),
    TEST(names_daylight_saving_time_all_year),
    TEST(a_rule_holds_for_a_span_without_changes),
    TEST(a_rule_must_hold_all_the_time),
    TEST(changes_at_the_ends_belong_to_the_span),
};

int
main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("vtimezone", tests, NULL, NULL);
}
