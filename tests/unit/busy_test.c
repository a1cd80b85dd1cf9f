#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "helpers.h"
#include "series/internal.h"
#include "time/civil.h"

static void
expect_taken(const struct smp_busy *busy, int64_t from, int64_t until,
             int chairs, const char *expected)
{
    struct smp_intervals taken = {0};
    struct smp_buf text = {0};
    size_t i;

    smp_busy_taken(busy, from, until, chairs, &taken);
    for (i = 0; i < taken.count; i++)
        smp_buf_printf(&text, "%s%d..%d", i ? " " : "", (int)taken.at[i].from,
                       (int)taken.at[i].until);
    assert_string_equal(smp_buf_text(&text), expected);
    smp_buf_release(&text);
    smp_intervals_release(&taken);
}

static void
chairs(void **state)
{
    struct smp_busy *busy = smp_busy_new();

    (void)state;
    expect_taken(busy, 0, 100, 1, "");
    assert_int_equal(smp_busy_most(busy, 0, 100), 0);
    assert_true(smp_busy_add(busy, 10, 30));
    assert_true(smp_busy_add(busy, 20, 40));
    assert_true(smp_busy_add(busy, 40, 50)); /* touches */
    assert_true(smp_busy_add(busy, 60, 60)); /* takes nothing */
    assert_true(smp_busy_add(busy, 70, 65));
    expect_taken(busy, 0, 100, 1, "10..50");
    expect_taken(busy, 0, 100, 2, "20..30");
    expect_taken(busy, 0, 100, 3, "");
    expect_taken(busy, 15, 25, 1, "15..25");
    expect_taken(busy, 30, 35, 2, "");
    expect_taken(busy, 50, 60, 1, "");
    assert_int_equal(smp_busy_most(busy, 0, 100), 2);
    assert_int_equal(smp_busy_most(busy, 30, 100), 1);
    assert_int_equal(smp_busy_most(busy, 50, 100), 0);
    smp_busy_free(busy);
    smp_busy_free(NULL);
}

static void
years(void **state)
{
    int64_t first = (int64_t)smp_day_of(1899, 12, 29) * SMP_DAY_SECONDS;
    int64_t end = (int64_t)smp_day_of(2101, 1, 4) * SMP_DAY_SECONDS;
    struct smp_busy *busy = smp_busy_new();
    struct smp_intervals taken = {0};

    (void)state;
    assert_true(smp_busy_add(busy, INT64_MIN, INT64_MAX));
    assert_true(smp_busy_add(busy, INT64_MAX - 5, INT64_MAX));
    assert_true(smp_busy_add(busy, INT64_MIN, INT64_MIN + 5));
    smp_busy_taken(busy, INT64_MIN, INT64_MAX, 1, &taken);
    assert_int_equal(taken.count, 1);
    assert_true(taken.at[0].from == first && taken.at[0].until == end);
    smp_intervals_release(&taken);
    smp_busy_free(busy);
}

static void
removed(void **state)
{
    struct smp_busy *busy = smp_busy_new();
    int i;

    (void)state;
    assert_true(smp_busy_add(busy, 10, 30));
    assert_true(smp_busy_add(busy, 20, 40));
    smp_busy_remove(busy, 10, 30);
    expect_taken(busy, 0, 100, 1, "20..40");
    smp_busy_remove(busy, 60, 60); /* had taken nothing */
    assert_true(smp_busy_add(busy, INT64_MIN, INT64_MAX));
    smp_busy_remove(busy, INT64_MIN, INT64_MAX);
    expect_taken(busy, 0, 100, 1, "20..40");
    for (i = 0; i < SMP_BUSY_MAX + 100; i++) { /* they do not count */
        assert_true(smp_busy_add(busy, i, i + 50));
        smp_busy_remove(busy, i, i + 50);
    }
    expect_taken(busy, 0, 100, 1, "20..40");
    smp_busy_remove(busy, 20, 40);
    assert_int_equal(smp_busy_most(busy, INT64_MIN, INT64_MAX), 0);
    smp_busy_free(busy);
}

/* They end far from where they begin. */
static void
removed_long(void **state)
{
    enum { MANY = 1000, FAR = 1000000 };
    struct smp_busy *busy = smp_busy_new();
    int i;

    (void)state;
    for (i = 0; i < MANY; i++)
        assert_true(smp_busy_add(busy, i, FAR + i));
    for (i = 0; i < MANY; i++) {
        assert_int_equal(smp_busy_most(busy, -1, 2 * FAR), MANY - i);
        assert_int_equal(smp_busy_most(busy, -1, i + 1), 1);
        assert_int_equal(smp_busy_most(busy, FAR + i + 9, 2 * FAR),
                         MANY - i > 10 ? MANY - i - 10 : 0);
        smp_busy_remove(busy, i, FAR + i);
    }
    expect_taken(busy, -1, 2 * FAR, 1, "");
    smp_busy_free(busy);
}

static int
count_at(const struct smp_interval *all, size_t n, int64_t at)
{
    int count = 0;
    size_t i;

    for (i = 0; i < n; i++)
        count += all[i].from <= at && at < all[i].until;
    return count;
}

/* Against counting second by second, while intervals come and go. */
static void
against_counting(void **state)
{
    enum { MANY = 700, SPAN = 2000 };
    static struct smp_interval all[MANY];
    struct smp_busy *busy = smp_busy_new();
    struct smp_intervals taken = {0};
    uint32_t random = 1;
    size_t n, i;

    (void)state;
    for (n = 0; n < MANY;) {
        int64_t from, at;
        int chair = 1 + (int)(n % 5), most = 0;

        random = random * 1664525 + 1013904223;
        all[n].from = random >> 8 & 2047;
        all[n].until = all[n].from + (random >> 20 & (n % 3 ? 63 : 1023));
        assert_true(smp_busy_add(busy, all[n].from, all[n].until));
        n++;
        if (n % 23)
            continue;
        i = (random >> 5) % n;
        smp_busy_remove(busy, all[i].from, all[i].until);
        all[i] = (struct smp_interval){0, 0};
        from = random >> 12 & 1023;
        smp_busy_taken(busy, from, SPAN, chair, &taken);
        for (at = from, i = 0; at < SPAN; at++) {
            bool is_taken = count_at(all, n, at) >= chair, said;

            while (i < taken.count && taken.at[i].until <= at)
                i++;
            said = i < taken.count && taken.at[i].from <= at;
            assert_int_equal(is_taken, said);
            most = count_at(all, n, at) > most ? count_at(all, n, at) : most;
        }
        assert_int_equal(smp_busy_most(busy, from, SPAN), most);
    }
    for (i = 0; i < MANY; i++) { /* in another order than they came */
        struct smp_interval *one = &all[i * 37 % MANY];

        smp_busy_remove(busy, one->from, one->until);
        *one = (struct smp_interval){0, 0};
        if (i % 41)
            continue;
        for (n = 0; n < SPAN; n += 7)
            assert_int_equal(smp_busy_most(busy, (int64_t)n, (int64_t)n + 1),
                             count_at(all, MANY, (int64_t)n));
    }
    assert_int_equal(smp_busy_most(busy, INT64_MIN, INT64_MAX), 0);
    smp_intervals_release(&taken);
    smp_busy_free(busy);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chairs),           cmocka_unit_test(years),
        cmocka_unit_test(removed),          cmocka_unit_test(removed_long),
        cmocka_unit_test(against_counting),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("taken chairs", tests, NULL, NULL);
}
