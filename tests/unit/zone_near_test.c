#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "time/civil.h"
#include "time/zone.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/*
 * Times one after the other, near and far, around changes and without any:
 * what is remembered of the last one tells the same as looking anew does.
 */
static const char *const names[] = {"UTC",
                                    "Europe/Dublin",
                                    "America/Havana",
                                    "Africa/Casablanca",
                                    "Africa/Cairo",
                                    "Australia/Lord_Howe",
                                    "Asia/Gaza",
                                    "America/Nuuk",
                                    "Asia/Kathmandu",
                                    "Pacific/Apia"};

enum { STEPS = 40000 };

static uint32_t seed = 7;

static int64_t
dice(int64_t sides)
{
    seed = seed * 1664525 + 1013904223;
    return (int64_t)((uint64_t)seed * (uint64_t)sides >> 32);
}

/* Mostly some hours on, sometimes anywhere from 1900 to 2100. */
static int64_t
next_time(int64_t time)
{
    if (dice(50) == 0)
        return INT64_C(-2208988800) + dice(200) * 366 * SMP_DAY_SECONDS;
    return time + dice(3 * SMP_DAY_SECONDS) - SMP_DAY_SECONDS;
}

static void
what_is_near_is_the_same(void **state)
{
    struct smp_zones zones = {smp_zone_directory, NULL};
    struct smp_err err = {0};

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        const struct smp_zone *zone = smp_zones_get(&zones, names[i], &err);
        struct smp_zone_near instants = {0}, locals = {0};
        int64_t time = 0;

        assert_non_null(zone);
        for (int step = 0; step < STEPS; step++) {
            time = next_time(time);
            assert_int_equal(smp_zone_to_local_near(zone, time, &instants),
                             smp_zone_to_local(zone, time));
            assert_int_equal(smp_zone_to_instant_near(zone, time, &locals),
                             smp_zone_to_instant(zone, time));
        }
    }
    smp_zones_release(&zones);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(what_is_near_is_the_same),
};

int
main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("zone_near", tests, NULL, NULL);
}
