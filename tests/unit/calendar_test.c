#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>

#include "helpers.h"
#include "calendar/calendar.h"
#include "calendar/cut.h"
#include "calendar/rule.h"
#include "calendar/zones.h"
#include "time/civil.h"
#include "time/zone.h"

static void
windows_names(void **state)
{
    (void)state;
    assert_string_equal(smp_windows_zone("W. Europe Standard Time"),
                        "Europe/Berlin");
    assert_string_equal(smp_windows_zone("aus central standard time"),
                        "Australia/Darwin");
    assert_string_equal(smp_windows_zone("GMT Standard Time 1"),
                        "Europe/London");
    assert_string_equal(smp_windows_zone("Eastern Daylight Time"),
                        "America/New_York");
    assert_string_equal(smp_windows_zone("Russia Time Zone 10"),
                        "Asia/Srednekolymsk");
    assert_null(smp_windows_zone("GMT Standard Time1"));
    assert_null(smp_windows_zone("1"));
    assert_null(smp_windows_zone(""));
}

/* The lines of a text, each ended by a bar, or the error. */
static char *
lines_of(const char *text, size_t n)
{
    char *name = file_new(text, n);
    struct cal_lines lines = {.fd = open(name, O_RDONLY)};
    struct smp_err err = {0};
    struct smp_buf out = {0};
    int got;

    while ((got = smp_cal_lines_next(&lines, &err)) > 0)
        smp_buf_printf(&out, "%lu:%s|", lines.number, lines.line.data);
    if (got < 0)
        smp_buf_printf(&out, "%s", smp_buf_text(&err.text));
    smp_buf_puts(&out, "");
    close(lines.fd);
    smp_cal_lines_release(&lines);
    smp_err_release(&err);
    file_drop(name);
    return out.data;
}

static void
content_lines(void **state)
{
    static const struct {
        const char *text, *lines;
    } rows[] = {
        {"a\r\nb\r\n", "1:a|2:b|"},
        {"a\nb", "1:a|2:b|"},
        {"a\rb\r", "1:a|2:b|"},
        {"a\r\r\nb\r\r\n", "1:a|2:b|"},
        {"\n\na\n\n\nb\n", "3:a|6:b|"},
        {"a\r\n b\r\n\tc\r\nd", "1:abc|4:d|"},
        {"a\n\n b\nc", "1:ab|4:c|"},
        {"\xef\xbb\xbf"
         "a\n",
         "1:a|"},
        {"", ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char *found = lines_of(rows[i].text, strlen(rows[i].text));

        assert_string_equal(found, rows[i].lines);
        free(found);
    }
}

static void
no_text(void **state)
{
    static const struct {
        const char *text, *error;
        size_t n;
    } rows[] = {
        {"\xff\xfe"
         "B",
         "UTF-16", 3},
        {"\0B\0E", "UTF-16", 4},
        {"ab\nc\0d", "line 2: an octet of zero", 6},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char *found = lines_of(rows[i].text, rows[i].n);

        assert_non_null(strstr(found, rows[i].error));
        free(found);
    }
}

/* A fold, and the two octets of an end, on each side of the buffer's end. */
static void
lines_across_buffers(void **state)
{
    (void)state;
    for (size_t at = 65530; at < 65540; at++) {
        struct smp_buf text = {0};
        char *found;

        while (text.len < at)
            smp_buf_putc(&text, 'x');
        smp_buf_puts(&text, "\r\n y\r\nz");
        found = lines_of(text.data, text.len);
        assert_int_equal(strlen(found), 2 + at + 1 + 1 + 4);
        assert_string_equal(found + 2 + at, "y|3:z|");
        free(found);
        smp_buf_release(&text);
    }
}

/* IANA names, or the least offset in seconds, and how much more it may be. */
static void
zone_names(void **state)
{
    static const struct {
        const char *tzid, *name;
        int32_t offset, early;
    } rows[] = {
        {"Europe/Berlin", "Europe/Berlin"},
        {"W. Europe Standard Time", "Europe/Berlin"},
        {"India Standard Time", "Asia/Kolkata"},
        {"Mountain Standard Time (Mexico)", "America/Mazatlan"},
        {"Central Asia Standard Time", "Asia/Bishkek"},
        {"US/Eastern", "US/Eastern"},
        {"/citadel.org/20070227_1/Asia/Calcutta", "Asia/Calcutta"},
        {"/freeassociation.sourceforge.net/Europe/Berlin", "Europe/Berlin"},
        {"/citadel.org/20070227_1/America/Argentina/Ushuaia",
         "America/Argentina/Ushuaia"},
        {"posix/Europe/Vaduz", "Europe/Vaduz"},
        {"america/new_york", "America/New_York"},
        {"tzone://Microsoft/Utc", "UTC"},
        {"utc", "Etc/UTC"},
        {"EST", "EST"},
        {"Etc/GMT+5", "Etc/GMT+5"},
        {"/kept.example/Etc/GMT+5", "Etc/GMT+5"},
        {" Europe/Berlin", "Europe/Berlin"},
        {"Eastern Standard Time 12", "America/New_York"},
        {"(UTC-05:00) Eastern Time (US & Canada)", "America/New_York"},
        {"(GMT-05:00) Eastern Time (US and Canada)", "America/New_York"},
        {"(GMT-08.00) Pacific Time (US & Canada); Tijuana",
         "America/Los_Angeles"},
        {"(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna",
         "Europe/Berlin"},
        {"(utc+01:00) sarajevo, skopje, warsaw, zagreb", "Europe/Warsaw"},
        {"(GMT) Greenwich Mean Time : Dublin, Edinburgh, Lisbon, London",
         "Europe/London"},
        {"(UTC) Coordinated Universal Time", "Etc/UTC"},
        {"(UTC-06:00) Guadalajara, Mexico City, Monterrey - New",
         "America/Mexico_City"},
        {"(UTC-07:00) La Paz, Mazatlan", "America/Mazatlan"},
        {"(UTC-04:00) La Paz", "America/La_Paz"},
        {"(UTC+02:00) Minsk", "Europe/Chisinau"},
        {"(UTC+03:00) Minsk", "Europe/Minsk"},
        {"Central Time (US & Canada)", "America/Chicago"},
        {"GMT+05:30", NULL, 19800, 0},
        {"UTC-3", NULL, -10800, 0},
        {"GMT +1", NULL, 3600, 0},
        {"+0100", NULL, 3600, 0},
        {"(UTC-08:00)", NULL, -28800, 0},
        {"(UTC-08:00) Coordinated Universal Time-08", NULL, -28800, 0},
        {"(UTC+01:00) Amsterdam Studio", NULL, 3600, 3600},
        {"Studio time (GMT-5)", NULL, -18000, 3600},
        {"(UTC-11:00) Midway Island, Samoa", NULL, -39600, 3600},
        {"../../../etc/passwd", NULL, -43200, 93600},
        {"localtime", NULL, -43200, 93600},
        {"Custom", NULL, -43200, 93600},
        {"Amsterdam", NULL, -43200, 93600},
        {"UTC+15", NULL, -43200, 93600},
        {"GMT+", NULL, -43200, 93600},
        {"", NULL, -43200, 93600},
    };
    struct smp_zones set = {smp_zone_directory, NULL};
    struct smp_err err = {0};
    struct cal_zones zones;

    (void)state;
    smp_cal_zones_start(&zones, &set, smp_zones_get(&set, "UTC", &err));
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_ptr_equal(smp_cal_zones_find(&zones, rows[i].tzid),
                         smp_cal_zones_find(&zones, rows[i].tzid));
    smp_cal_zones_end(&zones);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct cal_zone *zone = smp_cal_zones_find(&zones, rows[i].tzid);

        if (!rows[i].name && !zone->name &&
            smp_zone_offset(zone->zone, 0) == rows[i].offset &&
            zone->early == rows[i].early &&
            zone->is_unknown == (rows[i].early > 0))
            continue;
        if (!rows[i].name || !zone->name ||
            strcmp(zone->name, rows[i].name) != 0)
            fail_msg("\"%s\" is %s, %d and %d", rows[i].tzid,
                     zone->name ? zone->name : "-",
                     (int)smp_zone_offset(zone->zone, 0), (int)zone->early);
    }
    smp_cal_zones_release(&zones);
    smp_zones_release(&set);
}

static unsigned
pick(unsigned *seed, unsigned n)
{
    *seed = *seed * 1103515245U + 12345U;
    return *seed / 65536U % n;
}

/* A plain rule of days or weeks, as libical has no trouble with it. */
static void
make_rule(struct smp_buf *out, unsigned *seed)
{
    static const char *const days[] = {"SU", "MO", "TU", "WE",
                                       "TH", "FR", "SA"};
    bool weekly = pick(seed, 2);
    unsigned first = pick(seed, 7), step = 1 + pick(seed, 3);

    smp_buf_cut(out, 0);
    smp_buf_printf(out, "FREQ=%s", weekly ? "WEEKLY" : "DAILY");
    if (pick(seed, 3) == 0)
        smp_buf_printf(out, ";BYMONTH=%u,%u", 1 + pick(seed, 6),
                       7 + pick(seed, 6));
    if (!weekly || pick(seed, 3) == 0) {
        smp_buf_printf(out, ";INTERVAL=%u", 1 + pick(seed, 9));
        return;
    }
    smp_buf_puts(out, ";BYDAY=");
    for (unsigned i = first; i < 7; i += step)
        smp_buf_printf(out, "%s%s", i == first ? "" : ",", days[i]);
}

static void
compare_with_libical(const char *text, int64_t start, int64_t low, int64_t high)
{
    struct cal_zones zones = {0};
    struct cal_found found = {0};
    struct cal_rule rule;
    long steps = 1000000;
    size_t n = 0;
    icalrecur_iterator *iterator;
    struct icaltimetype next;

    assert_null(smp_cal_rule_read(&rule, text, &zones));
    assert_true(smp_cal_rule_is_arithmetic(&rule));
    assert_null(smp_cal_rule_expand(
        &rule, (struct cal_span){start, low, high, false}, &found, &steps));
    iterator = icalrecur_iterator_new(rule.by, smp_cal_time_to(start, false));
    while (next = icalrecur_iterator_next(iterator),
           !icaltime_is_null_time(next)) {
        int64_t local = (int64_t)smp_day_of(next.year, next.month, next.day) *
                            SMP_DAY_SECONDS +
                        next.hour * 3600 + next.minute * 60 + next.second;

        if (local > high)
            break;
        if (local < low)
            continue;
        if (n == found.count || found.at[n] != local)
            fail_msg("%s from %lld: occurrence %zu differs", text,
                     (long long)start, n);
        n++;
    }
    assert_int_equal(n, found.count);
    icalrecur_iterator_free(iterator);
    smp_cal_rule_release(&rule);
    free(found.at);
}

static void
closed_form_is_libicals(void **state)
{
    struct smp_buf text = {0};
    unsigned seed = 42;

    (void)state;
    icalerror_set_errors_are_fatal(0);
    for (int i = 0; i < 300; i++) {
        int64_t start = (int64_t)smp_day_of(2024, 1, 1) * SMP_DAY_SECONDS +
                        (int64_t)pick(&seed, 700) * SMP_DAY_SECONDS +
                        pick(&seed, 1440) * 60;
        int64_t low = (int64_t)smp_day_of(2025, 6, 1) * SMP_DAY_SECONDS;

        make_rule(&text, &seed);
        compare_with_libical(text.data, start, low, low + 20000000);
    }
    smp_buf_release(&text);
}

static void
refused_rules(void **state)
{
    static const char *const rows[] = {
        "",
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;BYHOUR=3",
        "FREQ=HOURLY;BYDAY=MO",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=-1",
        "FREQ=DAILY;COUNT=x",
        "FREQ=DAILY;COUNT=1;COUNT=2",
        "FREQ=DAILY;UNTIL=20260230",
        "FREQ=DAILY;UNTIL=20261301T000000Z",
        "FREQ=DAILY;BYHOUR=24",
        "FREQ=WEEKLY;BYMONTHDAY=1",
        "FREQ=MONTHLY;BYWEEKNO=1",
        "FREQ=MONTHLY;SKIP=FORWARD",
        "RSCALE=CHINESE;FREQ=YEARLY;BYMONTH=5L",
        "FREQ=FORTNIGHTLY",
        "FREQ=DAILY;FREQ=DAILY",
        "FREQ=WEEKLY;BYDAY=MO,TX",
        "FREQ=WEEKLY;BYDAY=",
        "FREQ=WEEKLY;BYDAY=MO TU",
        "FREQ=MONTHLY;BYDAY=54MO",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=MONTHLY;BYMONTHDAY=0",
        "FREQ=YEARLY;BYMONTH=13",
        "FREQ=YEARLY;BYMONTH=1;X-A=2",
        "FREQ=DAILY;INTERVAL",
        "FREQ=DAILY;WKST=MONDAY",
        "D1 #10 #11",
        "D1 20261224 #2",
        "D1 MO",
        "D 1 #10",
        "M15 #4",
        "MP1 #3",
        "MP1 MO 1+ #3",
        "MP1 1+ MONDAY #3",
        "YM1 JAN #3",
        "MD1 32+- #3",
    };
    struct cal_zones zones = {0};

    (void)state;
    icalerror_set_errors_are_fatal(0);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct cal_rule rule;

        if (!smp_cal_rule_read(&rule, rows[i], &zones))
            fail_msg("\"%s\" is followed", rows[i]);
        smp_cal_rule_release(&rule);
    }
}

static void
old_rules(void **state)
{
    static const char *const rows[][2] = {
        {"D1 #10", "FREQ=DAILY;INTERVAL=1;COUNT=10"},
        {"D3 #50", "FREQ=DAILY;INTERVAL=3;COUNT=50"},
        {"d2 #0", "FREQ=DAILY;INTERVAL=2"},
        {"D1 20261224T000000Z", "FREQ=DAILY;INTERVAL=1;UNTIL=20261224T000000Z"},
        {"W1", "FREQ=WEEKLY;INTERVAL=1"},
        {"W2 TU TH 20261224",
         "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;UNTIL=20261224"},
        {"W1 TU TH #5", "FREQ=WEEKLY;INTERVAL=1;BYDAY=TU,TH;COUNT=10"},
        {"MP3 2- FR #17", "FREQ=MONTHLY;INTERVAL=3;BYDAY=-2FR;COUNT=17"},
        {"MP2 1+ SU 1- SU #5",
         "FREQ=MONTHLY;INTERVAL=2;BYDAY=1SU,-1SU;COUNT=10"},
        {"MP6 2+ MO TU #1", "FREQ=MONTHLY;INTERVAL=6;BYDAY=2MO,2TU;COUNT=2"},
        {"MP1 1+ 3+ MO #2", "FREQ=MONTHLY;INTERVAL=1;BYDAY=1MO,3MO;COUNT=4"},
        {"MD1 2 15 #5", "FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=2,15;COUNT=10"},
        {"MD1 1 LD 3- #0", "FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=1,-1,-3"},
        {"YM1 6 7 #5", "FREQ=YEARLY;INTERVAL=1;BYMONTH=6,7;COUNT=10"},
        {"YD3 1 100 200 #4",
         "FREQ=YEARLY;INTERVAL=3;BYYEARDAY=1,100,200;COUNT=12"},
    };
    struct smp_buf text = {0};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        smp_buf_cut(&text, 0);
        assert_true(smp_cal_rule_translate(&text, rows[i][0]));
        assert_string_equal(smp_buf_text(&text), rows[i][1]);
    }
    smp_buf_release(&text);
}

struct wanted {
    size_t calls, most;
};

static bool
count_event(void *context, const struct smp_event *event)
{
    struct wanted *wanted = context;

    assert_string_equal(event->uid, "a");
    return ++wanted->calls < wanted->most;
}

static void
no_remark(void *context, unsigned long line, const char *uid, bool dropped,
          const char *what)
{
    (void)context;
    (void)dropped;
    fail_msg("%lu: %s: %s", line, uid, what);
}

static void
events_until_enough(void **state)
{
    struct smp_zones zones = {smp_zone_directory, NULL};
    struct wanted wanted = {0, 3};
    struct smp_err err = {0};
    char *name = file_of("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\n"
                         "DTSTART:20260101T100000Z\nRRULE:FREQ=DAILY\n"
                         "END:VEVENT\nEND:VCALENDAR\n");
    struct smp_calendar calendar = {
        .fd = open(name, O_RDONLY),
        .zones = &zones,
        .zone = smp_zones_get(&zones, "UTC", &err),
        .from = 1767225600,
        .until = 1798761600,
        .event = count_event,
        .remark = no_remark,
        .context = &wanted,
    };

    (void)state;
    assert_true(smp_calendar_read(&calendar, &err));
    assert_int_equal(wanted.calls, 3);
    assert_int_equal(calendar.events, 1);
    close(calendar.fd);
    file_drop(name);
    smp_zones_release(&zones);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(windows_names),
        cmocka_unit_test(content_lines),
        cmocka_unit_test(no_text),
        cmocka_unit_test(lines_across_buffers),
        cmocka_unit_test(zone_names),
        cmocka_unit_test(closed_form_is_libicals),
        cmocka_unit_test(refused_rules),
        cmocka_unit_test(old_rules),
        cmocka_unit_test(events_until_enough),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
