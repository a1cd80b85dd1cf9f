#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "time/civil.h"
#include "ical/component.h"

/*
 * libical's recurrences are the authority. To read one at all shows, too, that
 * ICU is there where libical is linked without it.
 */
static void
same_as_libical(const char *text, int32_t day)
{
    struct icalrecurrencetype rule = icalrecurrencetype_from_string(text);
    struct smp_civil civil = smp_civil_of(day);
    struct icaltimetype start = icaltime_null_date();
    icalrecur_iterator *days;
    struct icaltimetype first;
    int32_t got = smp_first_rule_day(&rule, day);

    start.year = civil.year;
    start.month = civil.month;
    start.day = civil.day;
    days = icalrecur_iterator_new(rule, start);
    assert_non_null(days);
    first = icalrecur_iterator_next(days);
    icalrecur_iterator_free(days);
    assert_false(icaltime_is_null_time(first));
    if (smp_day_of(first.year, first.month, first.day) != got)
        fail_msg("%s from day %d: %d", text, (int)day, (int)got);
}

static void
weeks_of_months(void **state)
{
    static const char *const weekdays[] = {"SU", "MO", "TU", "WE",
                                           "TH", "FR", "SA"};
    static const int weeks[] = {1, 2, 3, 4, -1, 0};

    (void)state;
    for (size_t week = 0; week < sizeof weeks / sizeof *weeks; week++)
        for (int i = 0; i < 84; i++) {
            char text[64], which[8] = "";

            if (weeks[week])
                snprintf(which, sizeof which, "%d", weeks[week]);
            snprintf(text, sizeof text, "FREQ=YEARLY;BYMONTH=%d;BYDAY=%s%s",
                     i / 7 + 1, which, weekdays[i % 7]);
            same_as_libical(text, i * 5 % 11 - 3);
        }
}

static void
days_of_months(void **state)
{
    static const char *const rules[] = {
        "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=31",
        "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=10;BYMONTHDAY=23,24,25,26,27,28,29;BYDAY=SA",
        "FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1;BYDAY=MO",
        "FREQ=YEARLY;BYMONTH=9;BYMONTHDAY=2,3,4,5,6,7,8;BYDAY=SU",
    };

    (void)state;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        for (int32_t day = -7; day <= 7; day++)
            same_as_libical(rules[i], day);
}

static void
days_of_the_year(void **state)
{
    (void)state;
    for (int day = 60; day <= 365; day += 5) {
        char text[64];

        snprintf(text, sizeof text, "FREQ=YEARLY;BYYEARDAY=%d", day);
        same_as_libical(text, 0);
        same_as_libical(text, 790); /* of a leap year */
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(weeks_of_months),
    cmocka_unit_test(days_of_months),
    cmocka_unit_test(days_of_the_year),
};

int
main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("rule_day", tests, NULL, NULL);
}
