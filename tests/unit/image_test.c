#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "answer/index.h"
#include "helpers.h"
#include "protocol/image.h"
#include "protocol/layers.h"
#include "protocol/protocol.h"
#include "protocol/shape.h"

static void
ignore(void *context, const struct smp_finding *finding)
{
    (void)context;
    (void)finding;
}

/* Who listens for findings gets what the ordinary loader makes. */
static struct smp_protocol *
load(const char *lang, bool ordinary)
{
    struct smp_findings findings = {ignore, NULL};
    struct smp_err err = {0};
    struct smp_protocol *protocol =
        smp_protocol_load(lang, NULL, 0, ordinary ? &findings : NULL, &err);

    assert_non_null(protocol);
    assert_int_equal(protocol->arena.blocks != NULL, ordinary);
    return protocol;
}

static void
assert_same(const unsigned char *a, const unsigned char *b,
            const struct smp_shape *shape)
{
    size_t i, j;

    for (i = 0; i < shape->count; i++) {
        const struct smp_shape_member *member = &shape->members[i];
        const void *at_a, *at_b;
        size_t count;

        if (member->kind != SMP_SHAPE_TEXT && member->kind != SMP_SHAPE_LIST) {
            assert_memory_equal(a + member->at, b + member->at, member->size);
            continue;
        }
        memcpy(&at_a, a + member->at, sizeof at_a);
        memcpy(&at_b, b + member->at, sizeof at_b);
        memcpy(&count, b + member->count_at, sizeof count);
        assert_int_equal(at_a != NULL, at_b != NULL);
        if (!at_a)
            continue;
        if (member->kind == SMP_SHAPE_TEXT) {
            assert_string_equal(at_a, at_b);
            continue;
        }
        assert_memory_equal(a + member->count_at, &count, sizeof count);
        for (j = 0; j < count; j++)
            assert_same((const unsigned char *)at_a + j * member->of->size,
                        (const unsigned char *)at_b + j * member->of->size,
                        member->of);
    }
}

static void
images_are_what_the_loader_makes(void **state)
{
    static const char *const languages[] = {NULL, "fr", "es-MX", "en", "de"};

    (void)state;
    for (size_t i = 0; i < COUNT(languages); i++) {
        struct smp_protocol *ready = load(languages[i], false);
        struct smp_protocol *read = load(languages[i], true);

        assert_same((void *)ready, (void *)read, &smp_protocol_shape);
        smp_protocol_free(ready);
        smp_protocol_free(read);
    }
}

static void
indices_are_what_is_made_of_protocols(void **state)
{
    const struct smp_builtin *builtin;

    (void)state;
    for (builtin = smp_builtins; builtin->lang; builtin++) {
        struct smp_protocol *protocol = load(builtin->lang, false);
        struct smp_index *ready = smp_index_new(protocol);
        struct smp_index *made = smp_index_make(protocol);

        assert_true(ready->is_image);
        assert_false(made->is_image);
        assert_same((void *)ready, (void *)made, &smp_index_shape);
        smp_index_free(ready);
        smp_index_free(made);
        smp_protocol_free(protocol);
    }
}

static void
no_other_language_has_an_image(void **state)
{
    (void)state;
    assert_null(smp_image_find(smp_images, "xx"));
}

/* Where the first member is that no member of a shape covers, or the size. */
static size_t
first_gap(const struct smp_shape *shape)
{
    bool *covered = smp_calloc(shape->size, sizeof *covered);
    size_t i, at, gap = 0;

    for (i = 0; i < shape->count; i++)
        for (at = 0; at < shape->members[i].size; at++)
            covered[shape->members[i].at + at] = true;
    for (at = 0; at < shape->size && gap < sizeof(int64_t); at++)
        gap = covered[at] ? 0 : gap + 1; /* shorter ones are padding */
    free(covered);
    return gap < sizeof(int64_t) ? at : at - gap;
}

static void
check_shape(const struct smp_shape *shape)
{
    size_t i;

    if (shape != &smp_protocol_shape)
        assert_int_equal(first_gap(shape), shape->size);
    for (i = 0; i < shape->count; i++)
        if (shape->members[i].of)
            check_shape(shape->members[i].of);
}

/* The arena is the loader's own: nothing hangs from that of an image. */
static void
shapes_leave_nothing_out(void **state)
{
    struct smp_shape rest = smp_protocol_shape;
    struct smp_shape_member members[64] = {
        {.at = offsetof(struct smp_protocol, arena),
         .size = sizeof(struct smp_arena)}};

    (void)state;
    check_shape(&smp_protocol_shape);
    assert_true(rest.count < COUNT(members));
    memcpy(members + 1, rest.members, rest.count * sizeof *members);
    rest.members = members;
    rest.count++;
    assert_int_equal(first_gap(&rest), rest.size);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(images_are_what_the_loader_makes),
    cmocka_unit_test(indices_are_what_is_made_of_protocols),
    cmocka_unit_test(no_other_language_has_an_image),
    cmocka_unit_test(shapes_leave_nothing_out),
};

int
main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("image", tests, NULL, NULL);
}
