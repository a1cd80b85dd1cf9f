#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "helpers.h"
#include "time/civil.h"
#include "time/window.h"

/* The week as "Mo 10:00-18:00 Tu ...", longer than a day as "+N". */
static void
add_week(struct smp_buf *out, const struct smp_hours *hours)
{
    static const char *const names[] = {"Su", "Mo", "Tu", "We",
                                        "Th", "Fr", "Sa"};
    size_t i;

    for (i = 0; i < hours->count; i++) {
        int from = hours->week[i].from, until = hours->week[i].until;

        smp_buf_printf(out, "%s%s %02d:%02d-%02d:%02d", i ? " " : "",
                       names[from / 1440], from / 60 % 24, from % 60,
                       (until - from / 1440 * 1440) / 60, until % 60);
    }
}

static void
weeks(void **state)
{
    static const struct {
        const char *text, *week;
    } table[] = {
        {"Tu-Fr 10:00-18:00, Sa 10:00-14:00",
         "Tu 10:00-18:00 We 10:00-18:00 Th 10:00-18:00 Fr 10:00-18:00 "
         "Sa 10:00-14:00"},
        {"Mo,We 09:00-12:00", "Mo 09:00-12:00 We 09:00-12:00"},
        {"Mo, We 09:00-12:00", "Mo 09:00-12:00 We 09:00-12:00"},
        {"  mo ,\tWE 9:00 - 12:00 ;", "Mo 09:00-12:00 We 09:00-12:00"},
        {"Mo-Tu 09:00-12:00,13:00-17:00",
         "Mo 09:00-12:00 Mo 13:00-17:00 Tu 09:00-12:00 Tu 13:00-17:00"},
        {"Mo 09:00-12:00, 13:00-17:00", "Mo 09:00-12:00 Mo 13:00-17:00"},
        {"Mo 13:00-17:00 09:00-12:00", "Mo 09:00-12:00 Mo 13:00-17:00"},
        {"Mo-Su", "Su 00:00-168:00"},
        {"Mo-Su 00:00-24:00", "Su 00:00-168:00"},
        {"Sa-Mo 10:00-11:00", "Su 10:00-11:00 Mo 10:00-11:00 Sa 10:00-11:00"},
        {"Sa-Mo", "Sa 00:00-72:00"},
        {"Monday 10:00-11:00; TUE 10:00-11:00; thu",
         "Mo 10:00-11:00 Tu 10:00-11:00 Th 00:00-24:00"},
        {"Mo-Tu 10:00-18:00, Su closed", "Mo 10:00-18:00 Tu 10:00-18:00"},
        {"Mo-We 10:00-18:00; Tu off", "Mo 10:00-18:00 We 10:00-18:00"},
        {"Tu off; Mo-We 10:00-18:00", "Mo 10:00-18:00 We 10:00-18:00"},
        {"Su closed", ""},
        {"Fr 18:00-02:00", "Fr 18:00-26:00"},
        {"Sa 18:00-02:00", "Sa 18:00-26:00"},
        {"Fr 18:00-24:00; Sa 00:00-02:00", "Fr 18:00-26:00"},
        {"Fr 18:00-00:00; Sa 00:00-02:00", "Fr 18:00-26:00"},
        {"Sa 18:00-24:00; Su 00:00-02:00", "Sa 18:00-26:00"},
        {"Sa 18:00-04:00; Su 02:00-03:00, 05:00-06:00",
         "Su 05:00-06:00 Sa 18:00-28:00"},
        {"Fr 18:00-02:00; Sa closed", "Fr 18:00-26:00"},
        {"Mo 10:00-12:00, 12:00-14:00, 11:00-13:00", "Mo 10:00-14:00"},
        {"Mo 10:00:00-12:00:00", "Mo 10:00-12:00"},
        {"Mo-Fr 09:00-18:00; Fr 09:00-13:00",
         "Mo 09:00-18:00 Tu 09:00-18:00 We 09:00-18:00 Th 09:00-18:00 "
         "Fr 09:00-13:00"},
        {"Mo 09:00-18:00; Mo 10:00-12:00, Mo 14:00-15:00",
         "Mo 10:00-12:00 Mo 14:00-15:00"},
        {"Mo 09:00-12:00, Mo 13:00-17:00", "Mo 09:00-12:00 Mo 13:00-17:00"},
        {"Mo-Su off; Fr 09:00-12:00", "Fr 09:00-12:00"},
        {"Mo off, Mo-Tu 09:00-12:00", "Tu 09:00-12:00"},
        {"Mo 9am-5pm", "Mo 09:00-17:00"},
        {"Mo: 9:30 a.m. - 12 PM, 1 pm to 12am",
         "Mo 09:30-12:00 Mo 13:00-24:00"},
        {"Mon to Wed: 9 am to 5 pm",
         "Mo 09:00-17:00 Tu 09:00-17:00 We 09:00-17:00"},
        {"24/7", "Su 00:00-168:00"},
        {"24/7; Su off", "Mo 00:00-144:00"},
        {"Mo open; Tu 9:00-10:00", "Mo 00:00-24:00 Tu 09:00-10:00"},
        {"Mo-Fr 9:00-17:00; PH,Sa off; Dec 24 off",
         "Mo 09:00-17:00 Tu 09:00-17:00 We 09:00-17:00 Th 09:00-17:00 "
         "Fr 09:00-17:00"},
        {"Mo\xe2\x80\x93Tu 10:00\xe2\x80\x93"
         "12:00",
         "Mo 10:00-12:00 Tu 10:00-12:00"},
    };
    struct smp_buf faults = {0};
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(table); i++) {
        struct smp_err err = {0};
        struct smp_buf week = {0};
        struct smp_hours hours;

        if (smp_hours_parse(table[i].text, &hours, NULL, &err))
            add_week(&week, &hours);
        else
            smp_buf_puts(&week, smp_buf_text(&err.text));
        if (strcmp(smp_buf_text(&week), table[i].week) != 0)
            smp_buf_printf(&faults, "%s: %s\n", table[i].text,
                           smp_buf_text(&week));
        smp_err_release(&err);
        smp_buf_release(&week);
    }
    assert_none(&faults);
}

static void
errors(void **state)
{
    static const struct {
        const char *text, *error;
    } table[] = {
        {"", "no opening hours"},
        {" ;, ", "no opening hours"},
        {"Mo 10:00-18:00, Xx 9:00-10:00",
         "not a day such as Mo, Dec 24 or PH: \"Xx 9:00-10:00\""},
        {"Mo-Xx 10:00-18:00", "not a day such as Mo: \"Mo-Xx 10:00-18:00\""},
        {"Mond 10:00-18:00",
         "not a day such as Mo, Dec 24 or PH: \"Mond 10:00-18:00\""},
        {"10:00-18:00", "no day before these times: \"10:00-18:00\""},
        {"Mo; 10:00-18:00", "no day before these times: \"10:00-18:00\""},
        {"closed", "no day before this: \"closed\""},
        {"Mo 10:00", "not times such as 09:00-18:00 or 9am-6pm: \"10:00\""},
        {"Mo 10-18", "not times such as 09:00-18:00 or 9am-6pm: \"10-18\""},
        {"Mo 10:00-25:00",
         "not times such as 09:00-18:00 or 9am-6pm: \"10:00-25:00\""},
        {"Mo 10:60-12:00",
         "not times such as 09:00-18:00 or 9am-6pm: \"10:60-12:00\""},
        {"Mo 24:00-24:00",
         "not times such as 09:00-18:00 or 9am-6pm: \"24:00-24:00\""},
        {"Mo 10:00-24:01",
         "not times such as 09:00-18:00 or 9am-6pm: \"10:00-24:01\""},
        {"Mo 10:00-10:00",
         "it begins and ends at the same time: \"10:00-10:00\""},
        {"Mo 10:00-18:00h",
         "not times such as 09:00-18:00 or 9am-6pm: \"10:00-18:00h\""},
        {"Mo 100:00-18:00",
         "not times such as 09:00-18:00 or 9am-6pm: \"100:00-18:00\""},
        {"Mo-Fr 9:00-5:00", "it ends on the next day; 5 in the afternoon is "
                            "17:00 or 5pm: \"9:00-5:00\""},
        {"Mo 9-5pm", "not times such as 09:00-18:00 or 9am-6pm: \"9-5pm\""},
        {"Mo 13pm-3pm",
         "not times such as 09:00-18:00 or 9am-6pm: \"13pm-3pm\""},
        {"Mo 18:00+", "not times such as 09:00-18:00 or 9am-6pm: \"18:00+\""},
        {"Mo sunrise-sunset", "not understood: \"Mo sunrise-sunset\""},
        {"Mo-Fr 9:00-17:00; SH off",
         "not a day such as Mo, Dec 24 or PH: \"SH off\""},
        {"Mo-Fr 9:00-17:00; PH 10:00-12:00",
         "holidays (PH) can only be off: \"PH 10:00-12:00\""},
        {"PH off", "no opening hours"},
        {"Mo 9:00-12:00; Feb 30 off", "no such date: \"Feb 30 off\""},
        {"Mo 9:00-12:00; 2027 Feb 29 off", "no such date: \"2027 Feb 29 off\""},
        {"Mo 9:00-12:00; 2027-02-30 off",
         "no day before these times: \"2027-02-30 off\""},
        {"Mo 9:00-12:00; Dec 24-Mo off",
         "not a date such as Dec 24 or Dec 24-26: \"Dec 24-Mo off\""},
        {"Mo 9:00-12:00; 2026-12-26/2026-12-24 off",
         "it ends before it begins: \"2026-12-26/2026-12-24 off\""},
        {"\x1b[31m", "not a day such as Mo, Dec 24 or PH: \" [31m\""},
    };
    struct smp_buf faults = {0};
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(table); i++) {
        struct smp_err err = {0};
        struct smp_hours hours;

        if (smp_hours_parse(table[i].text, &hours, NULL, &err) ||
            strcmp(smp_buf_text(&err.text), table[i].error) != 0)
            smp_buf_printf(&faults, "%s: %s\n", table[i].text,
                           smp_buf_text(&err.text));
        smp_err_release(&err);
    }
    assert_none(&faults);
}

static void
too_many(void **state)
{
    struct smp_buf text = {0};
    struct smp_err err = {0};
    struct smp_hours hours;
    int i;

    (void)state;
    for (i = 0; i < 19; i++)
        smp_buf_printf(&text, "Mo-Su %02d:00-%02d:30,", i, i);
    assert_false(smp_hours_parse(smp_buf_text(&text), &hours, NULL, &err));
    assert_string_equal(smp_buf_text(&err.text),
                        "more than 128 openings a week");
    smp_err_release(&err);
    smp_buf_release(&text);
}

/* What touches a day, in hours from its midnight. */
static void
days(void **state)
{
    static const struct {
        const char *text;
        int weekday;
        const char *openings;
    } table[] = {
        {"Mo-Fr 10:00-18:00", 1, "10..18"},
        {"Mo-Fr 10:00-18:00", 0, ""},
        {"Fr 18:00-02:00", 5, "18..26"},
        {"Fr 18:00-02:00", 6, "-6..2"},
        {"Sa 18:00-02:00", 0, "-6..2"},
        {"Sa 18:00-02:00", 6, "18..26"},
        {"Sa 18:00-00:00", 0, ""},
        {"Mo 09:00-12:00,13:00-17:00; Su 20:00-03:00", 1, "-4..3 9..12 13..17"},
        {"Fr-Mo", 0, "-48..48"},
        {"Mo-Su", 3, "-24..192"},
        {"Mo-Sa; Su 06:00-24:00", 0, "6..168"},
        {"Mo-Sa; Su 06:00-24:00, 00:00-03:00", 0, "-162..3 6..171"},
    };
    const int32_t sunday = smp_day_of(2026, 11, 29);
    struct smp_buf faults = {0};
    size_t i, j;

    (void)state;
    for (i = 0; i < COUNT(table); i++) {
        struct smp_opening openings[SMP_HOURS_MAX + 1];
        int32_t day = sunday + table[i].weekday;
        int64_t midnight = (int64_t)day * SMP_DAY_SECONDS;
        struct smp_err err = {0};
        struct smp_buf text = {0};
        struct smp_hours hours;
        size_t n;

        assert_true(smp_hours_parse(table[i].text, &hours, NULL, &err));
        n = smp_hours_on(&hours, day, openings);
        for (j = 0; j < n; j++)
            smp_buf_printf(&text, "%s%d..%d", j ? " " : "",
                           (int)((openings[j].from - midnight) / 3600),
                           (int)((openings[j].until - midnight) / 3600));
        if (strcmp(smp_buf_text(&text), table[i].openings) != 0)
            smp_buf_printf(&faults, "%s, %d: %s\n", table[i].text,
                           table[i].weekday, smp_buf_text(&text));
        smp_buf_release(&text);
    }
    assert_none(&faults);
}

/* Rules with dates: what touches 24 December 2026, a Thursday, and the days
 * around it, in hours from its midnight. */
static void
dates(void **state)
{
    static const struct {
        const char *text, *closed, *openings;
    } table[] = {
        {"24/7; Dec 24 off", "", "-96..0 24..144"},
        {"Mo-Fr 9:00-17:00", "", "-39..-31 -15..-7 9..17 33..41"},
        {"Mo-Fr 9:00-17:00; Dec 24 off", "", "-39..-31 -15..-7 33..41"},
        {"Dec 24 off; Mo-Fr 9:00-17:00", "", "-39..-31 -15..-7 33..41"},
        {"Mo-Fr 9:00-17:00; Dec 24-25 off", "", "-39..-31 -15..-7"},
        {"Mo-Fr 9:00-17:00; Dec 23,25 off", "", "-39..-31 9..17"},
        {"Mo-Fr 9:00-17:00; Dec 23-Jan 2 off", "", "-39..-31"},
        {"Mo-Fr 9:00-17:00; Dec off", "", ""},
        {"Mo-Fr 9:00-17:00; Nov-Jan Th off", "", "-39..-31 -15..-7 33..41"},
        {"Mo-Fr 9:00-17:00; Th,Dec 23 off", "", "-39..-31 33..41"},
        {"Mo-Fr 9:00-17:00; 2026-12-24 10:00-14:00", "",
         "-39..-31 -15..-7 10..14 33..41"},
        {"Mo-Fr 9:00-17:00; 2026 Dec 24-25 off", "", "-39..-31 -15..-7"},
        {"Mo-Fr 9:00-17:00; 2027 Dec 24-25 off", "",
         "-39..-31 -15..-7 9..17 33..41"},
        {"Mo-Fr 9:00-17:00; 2026-12-23/2026-12-24 off; Dec 24 10:00-12:00", "",
         "-39..-31 10..12 33..41"},
        {"Mo-Fr 9:00-17:00, Dec 24 18:00-20:00", "",
         "-39..-31 -15..-7 9..17 18..20 33..41"},
        {"We 20:00-04:00; Dec 24 off", "", "-4..4"},
        {"We 20:00-04:00", "2026-12-24", "-4..0"},
        {"24/7", "2026-12-24", "-96..0 24..144"},
        {"24/7", "Dec 23-25", "-96..-24"},
        {"Mo-Fr 9:00-17:00", "2026-12-24/2026-12-25", "-39..-31 -15..-7"},
        {"Fr 18:00-02:00; Dec 26 10:00-12:00", "", "42..50"},
    };
    const int32_t day = smp_day_of(2026, 12, 24);
    struct smp_buf faults = {0};
    size_t i, j;

    (void)state;
    for (i = 0; i < COUNT(table); i++) {
        struct smp_opening openings[SMP_HOURS_MAX + 1];
        struct smp_err err = {0};
        struct smp_buf text = {0};
        struct smp_hours hours;
        int64_t after = INT64_MIN;
        int d;

        if (!smp_hours_parse(table[i].text, &hours, NULL, &err) ||
            (*table[i].closed &&
             !smp_hours_close(&hours, table[i].closed, &err)))
            smp_buf_puts(&text, smp_buf_text(&err.text));
        for (d = -2; !err.failed && d <= 1; d++) {
            size_t n = smp_hours_on(&hours, day + d, openings);
            int64_t midnight = (int64_t)day * SMP_DAY_SECONDS;

            for (j = 0; j < n; j++) {
                if (openings[j].from < after)
                    continue;
                after = openings[j].until;
                smp_buf_printf(&text, "%s%d..%d", text.len ? " " : "",
                               (int)((openings[j].from - midnight) / 3600),
                               (int)((openings[j].until - midnight) / 3600));
            }
        }
        if (strcmp(smp_buf_text(&text), table[i].openings) != 0)
            smp_buf_printf(&faults, "%s, %s: %s\n", table[i].text,
                           table[i].closed, smp_buf_text(&text));
        smp_err_release(&err);
        smp_buf_release(&text);
    }
    assert_none(&faults);
}

/* A shorter day is remarked on, unless it is off or a date. */
static void
shortened(void **state)
{
    static const struct {
        const char *text, *day;
    } table[] = {
        {"Mo-Fr 09:00-18:00; Fr 09:00-13:00", "Fr"},
        {"Mo 09:00-12:00; Mo 14:00-16:00", "Mo"},
        {"Mo 09:00-12:00; Mo 14:00-17:00", NULL},
        {"Mo 09:00-12:00; Mo 14:00-16:00, Mo 17:00-18:00", NULL},
        {"Mo 09:00-12:00, Mo 14:00-16:00", NULL},
        {"Mo-Fr 09:00-18:00; Fr off", NULL},
        {"Mo-Fr 09:00-18:00; Dec 24 09:00-12:00", NULL},
    };
    struct smp_buf faults = {0};
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(table); i++) {
        struct smp_err err = {0};
        struct smp_buf remark = {0}, expected = {0};
        struct smp_hours hours;

        assert_true(smp_hours_parse(table[i].text, &hours, &remark, &err));
        if (table[i].day)
            smp_buf_printf(&expected,
                           "after \";\" later hours replace earlier ones, and "
                           "%s is open for a shorter time; \",\" would add "
                           "them",
                           table[i].day);
        if (strcmp(smp_buf_text(&remark), smp_buf_text(&expected)) != 0)
            smp_buf_printf(&faults, "%s: %s\n", table[i].text,
                           smp_buf_text(&remark));
        smp_buf_release(&remark);
        smp_buf_release(&expected);
    }
    assert_none(&faults);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weeks),    cmocka_unit_test(errors),
        cmocka_unit_test(too_many), cmocka_unit_test(days),
        cmocka_unit_test(dates),    cmocka_unit_test(shortened),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("opening hours", tests, NULL, NULL);
}
