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

static void
windows_names(void **state)
{
    (void)state;
    assert_string_equal(smp_windows_zone("W. Europe Standard Time"),
                        "Europe/Berlin");
    assert_string_equal(smp_windows_zone("aus central standard time"),
                        "Australia/Darwin");
    assert_null(smp_windows_zone("GMT Standard Time 1"));
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

static void
zone_names(void **state)
{
    static const char *const rows[][2] = {
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
        {"../../../etc/passwd", NULL},
        {"localtime", NULL},
        {"Custom", NULL},
        {"GMT+05:30", NULL},
    };
    struct smp_zones set = {smp_zone_directory, NULL};
    struct smp_err err = {0};
    struct cal_zones zones;

    (void)state;
    smp_cal_zones_start(&zones, &set, smp_zones_get(&set, "UTC", &err));
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct cal_zone *zone = smp_cal_zones_find(&zones, rows[i][0], 1);

        assert_ptr_equal(zone, smp_cal_zones_find(&zones, rows[i][0], 2));
        if (rows[i][1])
            assert_string_equal(zone->name, rows[i][1]);
        else
            assert_null(zone->zone);
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
        "D1 #10",
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
        cmocka_unit_test(events_until_enough),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
