#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "helpers.h"
#include "plan/ids.h"

static enum smp_same_id
take(struct smp_ids *ids, const char *id, const char *studio,
     unsigned long line, unsigned long *first)
{
    struct smp_id_key key = smp_id_key(id, studio);
    enum smp_same_id before = smp_ids_find(ids, &key, first);

    if (before < SMP_ID_TWICE)
        assert_true(smp_ids_add(ids, &key, line));
    return before;
}

static void
test_an_id_is_found_by_what_it_is_like(void **state)
{
    static const struct {
        const char *id, *studio;
        enum smp_same_id before;
        unsigned long line; /* of the one before */
    } table[] = {
        {"a", NULL, SMP_ID_NEW, 0},
        {"b", "x", SMP_ID_NEW, 0},
        {"a", NULL, SMP_ID_TWICE, 1},
        {"A", NULL, SMP_ID_ALIKE, 1},
        {" a\t", NULL, SMP_ID_ALIKE, 1},
        {"A", NULL, SMP_ID_TWICE, 4}, /* by its own first */
        {"a", "x", SMP_ID_OTHER_STUDIO, 1},
        {"b", "y", SMP_ID_OTHER_STUDIO, 2},
        {"b", "x", SMP_ID_TWICE, 2},
        {"a b", NULL, SMP_ID_NEW, 0},
        {"\xc3\x89t\xc3\xa9", NULL, SMP_ID_NEW, 0},
        {"\xc3\xa9T\xc3\x89", NULL, SMP_ID_ALIKE, 11},
        {"e\xcc\x81t\xc3\xa9", NULL, SMP_ID_ALIKE, 11}, /* not composed */
        {"ete", NULL, SMP_ID_NEW, 0}, /* an accent is another letter */
        {" ", NULL, SMP_ID_NEW, 0},
        {"  ", NULL, SMP_ID_ALIKE, 15},
    };
    struct smp_ids ids = {0};
    struct smp_buf faults = {0};
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(table); i++) {
        unsigned long line;
        enum smp_same_id before =
            take(&ids, table[i].id, table[i].studio, i + 1, &line);

        if (before != table[i].before || line != table[i].line)
            smp_buf_printf(&faults, "%zu \"%s\": %d of line %lu\n", i + 1,
                           table[i].id, (int)before, line);
    }
    smp_ids_release(&ids);
    assert_none(&faults);
}

static void
test_many_ids_are_kept_apart(void **state)
{
    enum { MANY = 100000 };
    struct smp_ids ids = {0};
    unsigned long line, wrong = 0;
    char id[32];
    int i;

    (void)state;
    for (i = 1; i <= MANY; i++) {
        snprintf(id, sizeof id, "client-%d", i);
        wrong += take(&ids, id, NULL, (unsigned long)i, &line) != SMP_ID_NEW;
    }
    for (i = 1; i <= MANY; i++) {
        snprintf(id, sizeof id, "client-%d", i);
        wrong += take(&ids, id, NULL, 0, &line) != SMP_ID_TWICE ||
                 line != (unsigned long)i;
    }
    assert_int_equal(wrong, 0);
    smp_ids_release(&ids);
}

static void
test_it_is_told_once_of_each(void **state)
{
    struct smp_id_key a = smp_id_key("a", NULL), b = smp_id_key("b", NULL);
    struct smp_ids ids = {0};
    unsigned long line;

    (void)state;
    assert_true(smp_ids_add(&ids, &a, 7));
    assert_true(smp_ids_add(&ids, &b, 8));
    assert_true(smp_ids_first_time(&ids, &a));
    assert_false(smp_ids_first_time(&ids, &a));
    assert_true(smp_ids_first_time(&ids, &b));
    assert_int_equal(smp_ids_find(&ids, &a, &line), SMP_ID_TWICE);
    assert_int_equal(line, 7);
    smp_ids_release(&ids);
}

static void
test_there_is_an_end_to_what_is_kept(void **state)
{
    struct smp_ids ids = {0};
    struct smp_id_key key = {0};
    uint64_t i;

    (void)state;
    for (i = 0; i < SMP_IDS_MAX; i++) {
        key.folded = i << 32 | i;
        if (!smp_ids_add(&ids, &key, 1))
            break;
    }
    assert_int_equal(i, SMP_IDS_MAX);
    key.folded = i << 32 | i;
    assert_false(smp_ids_add(&ids, &key, 1));
    smp_ids_release(&ids);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_id_is_found_by_what_it_is_like),
        cmocka_unit_test(test_many_ids_are_kept_apart),
        cmocka_unit_test(test_it_is_told_once_of_each),
        cmocka_unit_test(test_there_is_an_end_to_what_is_kept),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("ids", tests, NULL, NULL);
}
