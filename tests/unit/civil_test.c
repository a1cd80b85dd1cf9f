#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "helpers.h"
#include "time/civil.h"
#include "time/window.h"
#include "time/zone.h"

/* days */

static const struct {
    int year, month, day;
    int32_t number;
    int weekday;
} days[] = {
    {1900, 1, 1, -25567, 1},  {1900, 2, 28, -25509, 3},
    {1900, 3, 1, -25508, 4},  {1969, 12, 31, -1, 3},
    {1970, 1, 1, 0, 4},       {1999, 12, 31, 10956, 5},
    {2000, 2, 29, 11016, 2},  {2000, 3, 1, 11017, 3},
    {2026, 12, 1, 20788, 2},  {2028, 2, 29, 21243, 2},
    {2100, 2, 28, 47540, 0},  {2100, 3, 1, 47541, 1},
    {2100, 12, 31, 47846, 5},
};

static void
test_days_have_known_numbers(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(days); i++) {
        struct smp_civil civil = smp_civil_of(days[i].number);

        assert_int_equal(smp_day_of(days[i].year, days[i].month, days[i].day),
                         days[i].number);
        assert_int_equal(civil.year, days[i].year);
        assert_int_equal(civil.month, days[i].month);
        assert_int_equal(civil.day, days[i].day);
        assert_int_equal(smp_weekday_of(days[i].number), days[i].weekday);
    }
}

static void
test_every_day_follows_the_one_before(void **state)
{
    int32_t number = -25567;
    int year, month, day;

    (void)state;
    for (year = SMP_YEAR_MIN; year <= SMP_YEAR_MAX; year++)
        for (month = 1; month <= 12; month++)
            for (day = 1; day <= smp_month_length(year, month); day++) {
                struct smp_civil civil = smp_civil_of(number);

                if (smp_day_of(year, month, day) != number ||
                    civil.year != year || civil.month != month ||
                    civil.day != day)
                    fail_msg("%d-%d-%d", year, month, day);
                number++;
            }
    assert_int_equal(number, 47847);
}

static void
test_months_have_their_lengths(void **state)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30,
                                  31, 31, 30, 31, 30, 31};
    int month;

    (void)state;
    for (month = 1; month <= 12; month++)
        assert_int_equal(smp_month_length(2026, month), lengths[month - 1]);
    assert_int_equal(smp_month_length(1900, 2), 28);
    assert_int_equal(smp_month_length(2000, 2), 29);
    assert_int_equal(smp_month_length(2028, 2), 29);
    assert_int_equal(smp_month_length(2100, 2), 28);
}

/* A date as a day's number. */
static int32_t
day(const char *text)
{
    struct smp_when when;
    struct smp_err err = {0};

    if (!smp_when_parse(text, &when, &err))
        fail_msg("%s", smp_buf_text(&err.text));
    assert_int_equal(when.kind, SMP_DAY);
    return smp_day_at(when.seconds);
}

static void
test_months_are_added(void **state)
{
    static const struct {
        const char *from;
        int months;
        const char *to;
    } table[] = {
        {"2026-12-01", 1, "2027-01-01"},  {"2026-12-01", 0, "2026-12-01"},
        {"2027-01-31", 1, "2027-02-28"},  {"2028-01-31", 1, "2028-02-29"},
        {"2027-03-31", -1, "2027-02-28"}, {"2027-01-31", 3, "2027-04-30"},
        {"2027-01-15", -1, "2026-12-15"}, {"2027-01-15", -13, "2025-12-15"},
        {"2028-02-29", 12, "2029-02-28"}, {"2028-02-29", 48, "2032-02-29"},
        {"2096-02-29", 48, "2100-02-28"}, {"1900-03-31", -2, "1900-01-31"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(table); i++)
        assert_int_equal(
            smp_day_add_months(day(table[i].from), table[i].months),
            day(table[i].to));
}

/* The calendar comes round every 400 years, of 146097 days. */
static void
test_months_are_added_far_back(void **state)
{
    int32_t first = day("2026-01-31");

    (void)state;
    assert_int_equal(smp_day_add_months(first, -2400 * 12), first - 6 * 146097);
    assert_int_equal(smp_day_add_months(first, -2400 * 12 - 1),
                     first - 31 - 6 * 146097);
    assert_int_equal(smp_day_add_months(first, 2400 * 12), first + 6 * 146097);
}

static void
test_days_far_away_have_dates(void **state)
{
    static const struct {
        int32_t day;
        const char *printed;
    } table[] = {
        {INT32_MIN, "-5877641-06-23"}, {INT32_MAX, "5881580-07-11"},
        {-719529, "-001-12-31"},       {-719528, "0000-01-01"},
        {-719468, "0000-03-01"},       {2932896, "9999-12-31"},
        {2932897, "10000-01-01"},      {-1084783, "-1001-12-19"},
    };
    struct smp_buf out = {0};
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(table); i++) {
        smp_buf_cut(&out, 0);
        smp_when_print(&out, smp_when_day(table[i].day));
        assert_string_equal(out.data, table[i].printed);
    }
    smp_buf_release(&out);
}

static void
test_seconds_belong_to_days(void **state)
{
    (void)state;
    assert_int_equal(smp_day_at(0), 0);
    assert_int_equal(smp_day_at(86399), 0);
    assert_int_equal(smp_day_at(86400), 1);
    assert_int_equal(smp_day_at(-1), -1);
    assert_int_equal(smp_day_at(-86400), -1);
    assert_int_equal(smp_day_at(-86401), -2);
    assert_int_equal(smp_when_day(-3).seconds, -3 * 86400);
    assert_int_equal(smp_when_day(-3).kind, SMP_DAY);
    assert_int_equal(smp_when_local(7).kind, SMP_LOCAL);
}

/* ISO 8601 */

static void
test_dates_and_times_are_read(void **state)
{
    static const struct {
        const char *text, *printed;
    } table[] = {
        {"2026-12-01", "2026-12-01"},
        {"1900-01-01", "1900-01-01"},
        {"2100-12-31", "2100-12-31"},
        {"2000-02-29", "2000-02-29"},
        {"2026-12-01T10:00", "2026-12-01T10:00:00"},
        {"2026-12-01 10:00", "2026-12-01T10:00:00"},
        {"2026-12-01T00:00", "2026-12-01T00:00:00"},
        {"2026-12-01T23:59:59", "2026-12-01T23:59:59"},
        {"1900-01-01T00:00:01", "1900-01-01T00:00:01"},
        {"2026-12-01T10:00:30.999", "2026-12-01T10:00:30"},
        {"2026-12-01T10:00Z", "2026-12-01T10:00:00Z"},
        {"2026-12-01T10:00:30Z", "2026-12-01T10:00:30Z"},
        {"2026-12-01T10:00:30.5Z", "2026-12-01T10:00:30Z"},
        {"2026-12-01T10:00+05:30", "2026-12-01T04:30:00Z"},
        {"2026-12-01T10:00+0530", "2026-12-01T04:30:00Z"},
        {"2026-12-01T20:00-05:00", "2026-12-02T01:00:00Z"},
        {"2027-01-01T00:00+00:01", "2026-12-31T23:59:00Z"},
        {"2026-12-01T10:00:00-00:00", "2026-12-01T10:00:00Z"},
        {"1969-12-31T23:59:59Z", "1969-12-31T23:59:59Z"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(table); i++) {
        struct smp_when when;
        struct smp_err err = {0};
        struct smp_buf out = {0};

        if (!smp_when_parse(table[i].text, &when, &err))
            fail_msg("%s", smp_buf_text(&err.text));
        smp_when_print(&out, when);
        assert_string_equal(out.data, table[i].printed);
        smp_buf_release(&out);
    }
}

static void
test_bad_dates_and_times_are_quoted(void **state)
{
    static const char *const table[] = {
        "",
        "2026",
        "2026-12",
        "2026-12-1",
        "2026-1-01",
        "26-12-01",
        "02026-12-01",
        "2026-13-01",
        "2026-00-01",
        "2026-12-00",
        "2026-12-32",
        "2026-11-31",
        "2026-02-29",
        "1900-02-29",
        "2100-02-29",
        "1899-12-31",
        "2101-01-01",
        "0000-01-01",
        "9999-12-31",
        "20261201",
        "2026/12/01",
        "01-12-2026",
        " 2026-12-01",
        "2026-12-01 ",
        "-2026-12-01",
        "2026-12-01x",
        "2026-12-01T",
        "2026-12-01T10",
        "2026-12-01T1000",
        "2026-12-01T9:00",
        "2026-12-01T10:0",
        "2026-12-01T24:01",
        "2026-12-01T25:00",
        "2026-12-01T10:60",
        "2026-12-01T10:00:61",
        "2026-12-01T10:00:",
        "2026-12-01T10:00:0",
        "2026-12-01T10:00.",
        "2026-12-01T10:00:00.",
        "2026-12-01T-1:00",
        "2026-12-01T10:00ZZ",
        "2026-12-01T10:00 Z",
        "2026-12-01T10:00+",
        "2026-12-01T10:00+5",
        "2026-12-01T10:00+24:00",
        "2026-12-01T10:00+05:60",
        "2026-12-01T10:00+05:30x",
        "2026-12-01Z",
        "2026-12-01T10:00[Europe/Berlin]",
        "today",
        "\xd9\xa2\xd9\xa0\xd9\xa2\xd9\xa6-12-01",
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(table); i++) {
        struct smp_when when;
        struct smp_err err = {0};
        struct smp_buf quoted = {0};

        smp_buf_printf(&quoted, "\"%s\"", table[i]);
        if (smp_when_parse(table[i], &when, &err))
            fail_msg("accepted: %s", table[i]);
        if (!strstr(smp_buf_text(&err.text), quoted.data))
            fail_msg("not quoted: %s", table[i]);
        smp_buf_release(&quoted);
        smp_err_release(&err);
    }
}

static void
test_a_long_text_is_quoted_in_part(void **state)
{
    struct smp_when when;
    struct smp_err err = {0};
    char text[2001];

    (void)state;
    memset(text, '9', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_false(smp_when_parse(text, &when, &err));
    assert_true(err.text.len < 100);
    smp_err_release(&err);
}

/* days as people name them */

static void
test_days_are_read_by_name(void **state)
{
    static const struct {
        const char *text, *day;
    } table[] = {
        /* today is Tuesday, 1 December 2026 */
        {"2027-01-05", "2027-01-05"}, {"today", "2026-12-01"},
        {"tomorrow", "2026-12-02"},   {"yesterday", "2026-11-30"},
        {"tue", "2026-12-01"},        {"tuesday", "2026-12-01"},
        {"wed", "2026-12-02"},        {"thu", "2026-12-03"},
        {"friday", "2026-12-04"},     {"sat", "2026-12-05"},
        {"sunday", "2026-12-06"},     {"mon", "2026-12-07"},
        {"monday", "2026-12-07"},     {"+3d", "2026-12-04"},
        {"+0d", "2026-12-01"},        {"-1d", "2026-11-30"},
        {"+2w", "2026-12-15"},        {"-1w", "2026-11-24"},
        {"+1mo", "2027-01-01"},       {"-1y", "2025-12-01"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(table); i++) {
        struct smp_err err = {0};
        int32_t got;

        if (!smp_day_parse(table[i].text, day("2026-12-01"), &got, &err))
            fail_msg("%s", smp_buf_text(&err.text));
        if (got != day(table[i].day))
            fail_msg("%s", table[i].text);
    }
}

static void
expect_no_day(const char *const *texts, size_t count)
{
    struct smp_buf faults = {0};
    size_t i;

    for (i = 0; i < count; i++) {
        struct smp_err err = {0};
        int32_t got;

        if (smp_day_parse(texts[i], day("2026-12-01"), &got, &err))
            smp_buf_printf(&faults, "accepted: %s\n", texts[i]);
        smp_err_release(&err);
    }
    assert_none(&faults);
}

static void
test_what_names_no_day_is_refused(void **state)
{
    static const char *const table[] = {
        "",       "now",  "tu",   "tues",        "mond",    "someday",
        "3d",     "+3",   "+3h",  "+30min",      "+1.5d",   "+d",
        "++3d",   "+3d ", "sun.", "2026-13-01",  "today ",  "2026-12-01T10:00",
        "+3days", "- 1d", "next", "2026-12-01Z", "1.12.26", "tomorrow!",
    };

    (void)state;
    expect_no_day(table, COUNT(table));
}

static void
test_a_relative_day_stays_within_the_years(void **state)
{
    static const char *const table[] = {"+99999d", "-99999d", "+99999y",
                                        "-99999mo"};

    (void)state;
    expect_no_day(table, COUNT(table));
}

static void
test_clock_hours_are_read(void **state)
{
    static const struct {
        const char *text;
        int minutes; /* -1: none */
    } table[] = {
        {"00:00", 0},  {"08:00", 480}, {"23:59", 1439},  {"24:00", 1440},
        {"24:01", -1}, {"25:00", -1},  {"12:60", -1},    {"8:00", -1},
        {"08:0", -1},  {"0800", -1},   {"08:00:00", -1}, {"", -1},
        {"08-00", -1}, {"-1:00", -1},  {"99:99", -1},    {"08:00 ", -1},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(table); i++) {
        int minutes = -1;
        bool ok = smp_clock_parse(table[i].text, &minutes);

        if (ok != (table[i].minutes >= 0) ||
            (ok && minutes != table[i].minutes))
            fail_msg("%s", table[i].text);
    }
}

/* spans */

static void
test_spans_are_read(void **state)
{
    static const struct {
        const char *text;
        int64_t thousandths;
        enum smp_unit unit;
        int64_t seconds;
    } table[] = {
        {"24h", 24000, SMP_HOURS, 86400},
        {"7d", 7000, SMP_DAYS, 7 * 86400},
        {"+7d", 7000, SMP_DAYS, 7 * 86400},
        {"-2w", -2000, SMP_WEEKS, -14 * 86400},
        {"1.5h", 1500, SMP_HOURS, 5400},
        {"-1.5h", -1500, SMP_HOURS, -5400},
        {"0.167h", 167, SMP_HOURS, 601},
        {"0.25h", 250, SMP_HOURS, 900},
        {"10min", 10000, SMP_MINUTES, 600},
        {"1mo", 1000, SMP_MONTHS, 30 * 86400},
        {"1y", 1000, SMP_YEARS, 365 * 86400},
        {"0d", 0, SMP_DAYS, 0},
        {"007d", 7000, SMP_DAYS, 7 * 86400},
        {"99999d", 99999000, SMP_DAYS, INT64_C(99999) * 86400},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(table); i++) {
        struct smp_span span;

        if (!smp_span_parse(table[i].text, &span))
            fail_msg("refused: %s", table[i].text);
        assert_int_equal(span.thousandths, table[i].thousandths);
        assert_int_equal(span.unit, table[i].unit);
        assert_int_equal(smp_span_seconds(span), table[i].seconds);
    }
}

static void
test_what_is_no_span_is_refused(void **state)
{
    static const char *const table[] = {
        "",    "d",     "7",       "7 d",     " 7d",  "7d ",  "7D",
        "7m",  "7s",    "1.d",     ".5h",     "1,5h", "+-7d", "--7d",
        "7dd", "7d12h", "100000d", "7d..10d", "1e3d", "P7D",  "99999999999d",
        "+",   "7 min", "7month",  "0x7d",
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(table); i++) {
        struct smp_span span;

        if (smp_span_parse(table[i], &span))
            fail_msg("accepted: %s", table[i]);
    }
}

static void
test_spans_are_of_days_or_of_elapsed_time(void **state)
{
    static const struct {
        const char *text;
        bool days, elapsed;
    } table[] = {
        {"7d", true, false},    {"2w", true, false},  {"1mo", true, false},
        {"1y", true, false},    {"24h", false, true}, {"0min", false, true},
        {"1.5d", false, false}, {"-3d", true, false},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(table); i++) {
        struct smp_span span;

        assert_true(smp_span_parse(table[i].text, &span));
        assert_int_equal(smp_span_is_days(span), table[i].days);
        assert_int_equal(smp_span_is_elapsed(span), table[i].elapsed);
    }
}

static void
test_units_have_names(void **state)
{
    static const char *const names[] = {"min", "h", "d", "w", "mo", "y"};
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(names); i++) {
        const char *at = names[i];
        enum smp_unit unit;

        assert_true(smp_unit_read(&at, &unit));
        assert_int_equal(unit, i);
        assert_string_equal(at, "");
        assert_string_equal(smp_unit_name(unit), names[i]);
    }
}

static void
test_lengths_may_be_ranges(void **state)
{
    static const struct {
        const char *text;
        int64_t min, max; /* seconds; -1: refused */
    } table[] = {
        {"3h", 10800, 10800},
        {"3h..5h", 10800, 18000},
        {"3..5h", 10800, 18000},
        {"7d..10d", 604800, 864000},
        {"24h..4d", 86400, 345600},
        {"1.5h..90min", 5400, 5400},
        {"30min", 1800, 1800},
        {"7..10d", 604800, 864000},
        {"", -1, -1},
        {"3", -1, -1},
        {"3..5", -1, -1},
        {"3h..5", -1, -1},
        {"5h..3h", -1, -1},
        {"5..3h", -1, -1},
        {"-3h", -1, -1},
        {"3h..-5h", -1, -1},
        {"3h.5h", -1, -1},
        {"3h...5h", -1, -1},
        {"3h..5h..7h", -1, -1},
        {"..5h", -1, -1},
        {"3h..", -1, -1},
        {"3h 5h", -1, -1},
        {"4d..24h", -1, -1},
        {"3 h", -1, -1},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(table); i++) {
        struct smp_length length;
        bool ok = smp_length_parse(table[i].text, &length);

        if (ok != (table[i].min >= 0) ||
            (ok && (smp_span_seconds(length.min) != table[i].min ||
                    smp_span_seconds(length.max) != table[i].max)))
            fail_msg("%s", table[i].text);
    }
}

static void
test_days_move_by_the_calendar(void **state)
{
    static const struct {
        const char *from, *span, *to;
    } table[] = {
        {"2026-12-01", "30d", "2026-12-31"},
        {"2026-12-01", "-7d", "2026-11-24"},
        {"2026-12-01", "2w", "2026-12-15"},
        {"2027-01-31", "1mo", "2027-02-28"},
        {"2028-02-29", "-1y", "2027-02-28"},
        {"2026-12-01", "0d", "2026-12-01"},
        {"2026-12-01", "1.5d", "2026-12-02"},
        {"2026-12-01", "1.5w", "2026-12-11"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(table); i++) {
        struct smp_span span;

        assert_true(smp_span_parse(table[i].span, &span));
        assert_int_equal(smp_day_add(day(table[i].from), span),
                         day(table[i].to));
    }
}

static void
test_local_times_move_across_changes_of_the_clock(void **state)
{
    static const struct {
        const char *zone, *from, *span, *to;
    } table[] = {
        {"America/Toronto", "2027-03-13T10:00", "24h", "2027-03-14T11:00"},
        {"America/Toronto", "2027-03-13T10:00", "1d", "2027-03-14T10:00"},
        {"America/Toronto", "2027-03-14T10:00", "-24h", "2027-03-13T09:00"},
        {"America/Toronto", "2027-03-14T01:30", "30min", "2027-03-14T03:00"},
        {"America/Toronto", "2026-10-31T13:00", "24h", "2026-11-01T12:00"},
        {"Europe/Berlin", "2027-03-28T10:00", "-24h", "2027-03-27T09:00"},
        {"Europe/Berlin", "2026-10-24T13:00", "24h", "2026-10-25T12:00"},
        {"Europe/Berlin", "2026-10-24T13:00", "1w", "2026-10-31T13:00"},
        {"Europe/Berlin", "2027-01-31T13:00", "1mo", "2027-02-28T13:00"},
        {"Asia/Tokyo", "2027-03-13T23:30", "0.75h", "2027-03-14T00:15"},
    };
    struct smp_zones zones = {smp_zone_directory, NULL};
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(table); i++) {
        struct smp_err err = {0};
        const struct smp_zone *zone =
            smp_zones_get(&zones, table[i].zone, &err);
        struct smp_when from, to;
        struct smp_span span;

        assert_non_null(zone);
        assert_true(smp_when_parse(table[i].from, &from, &err));
        assert_true(smp_when_parse(table[i].to, &to, &err));
        assert_true(smp_span_parse(table[i].span, &span));
        if (smp_local_add(zone, from.seconds, span) != to.seconds)
            fail_msg("%s %s", table[i].from, table[i].span);
    }
    smp_zones_release(&zones);
}

/* durations */

static void
test_durations_are_read(void **state)
{
    static const struct {
        const char *text;
        int64_t seconds;
        const char *printed;
    } table[] = {
        {"PT3H", 10800, "PT3H"},
        {"PT90M", 5400, "PT1H30M"},
        {"PT2H30M", 9000, "PT2H30M"},
        {"PT45S", 45, "PT45S"},
        {"PT1H1S", 3601, "PT1H1S"},
        {"P1D", 86400, "PT24H"},
        {"P1DT30M", 88200, "PT24H30M"},
        {"P1W", 604800, "PT168H"},
        {"PT0S", 0, "PT0S"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(table); i++) {
        struct smp_buf out = {0};
        int64_t seconds = -1;

        assert_true(smp_duration_parse(table[i].text, &seconds));
        assert_int_equal(seconds, table[i].seconds);
        smp_duration_print(&out, seconds);
        assert_string_equal(out.data, table[i].printed);
        smp_buf_release(&out);
    }
}

static void
test_what_is_no_duration_is_refused(void **state)
{
    static const char *const table[] = {
        "",        "P",      "PT",
        "P1DT",    "3H",     "PT3",
        "PTH",     "pt3h",   "PT3h",
        "PT3H ",   " PT3H",  "-PT3H",
        "PT-3H",   "P3H",    "PT1D",
        "PT30M3H", "PT3H3H", "P1Y",
        "P1M",     "PT3H30", "P1DT3HT3M",
        "PTT3H",   "P1D1W",  "3h",
        "PT3HX",   "PT3.H",  "PT99999999999H",
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(table); i++) {
        int64_t seconds;

        if (smp_duration_parse(table[i], &seconds))
            fail_msg("accepted: %s", table[i]);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_days_have_known_numbers),
        cmocka_unit_test(test_every_day_follows_the_one_before),
        cmocka_unit_test(test_months_have_their_lengths),
        cmocka_unit_test(test_months_are_added),
        cmocka_unit_test(test_months_are_added_far_back),
        cmocka_unit_test(test_days_far_away_have_dates),
        cmocka_unit_test(test_seconds_belong_to_days),
        cmocka_unit_test(test_dates_and_times_are_read),
        cmocka_unit_test(test_bad_dates_and_times_are_quoted),
        cmocka_unit_test(test_a_long_text_is_quoted_in_part),
        cmocka_unit_test(test_days_are_read_by_name),
        cmocka_unit_test(test_what_names_no_day_is_refused),
        cmocka_unit_test(test_a_relative_day_stays_within_the_years),
        cmocka_unit_test(test_clock_hours_are_read),
        cmocka_unit_test(test_spans_are_read),
        cmocka_unit_test(test_what_is_no_span_is_refused),
        cmocka_unit_test(test_spans_are_of_days_or_of_elapsed_time),
        cmocka_unit_test(test_units_have_names),
        cmocka_unit_test(test_lengths_may_be_ranges),
        cmocka_unit_test(test_days_move_by_the_calendar),
        cmocka_unit_test(test_local_times_move_across_changes_of_the_clock),
        cmocka_unit_test(test_durations_are_read),
        cmocka_unit_test(test_what_is_no_duration_is_refused),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("civil", tests, NULL, NULL);
}
