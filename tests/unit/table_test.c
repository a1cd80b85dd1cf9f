#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "answer/internal.h"
#include "helpers.h"
#include "protocol/internal.h"
#include "protocol/words.h"
#include "protocol/protocol.h"
#include "answer/answer.h"

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
    assert_int_equal(protocol->json != NULL, ordinary);
    return protocol;
}

/* Writes all members down. */
struct notes {
    struct smp_walk walk;
    struct smp_buf out;
};

static int32_t
note_number(struct smp_walk *walk, int32_t number)
{
    smp_buf_printf(&((struct notes *)walk)->out, "%d\n", (int)number);
    return number;
}

static void
note_texts(struct smp_walk *walk, const char **texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        smp_buf_printf(&((struct notes *)walk)->out, "%s\n",
                       texts[i] ? texts[i] : "NULL");
}

static void *
note_list(struct smp_walk *walk, void *list, size_t *count, size_t size)
{
    smp_buf_printf(&((struct notes *)walk)->out, "%zu of %zu\n", *count, size);
    return list;
}

static void
protocols_are_what_the_loader_makes(void **state)
{
    static const char *const languages[] = {NULL, "fr", "es-MX", "en", "de"};

    (void)state;
    for (size_t i = 0; i < COUNT(languages); i++) {
        struct smp_protocol *ready = load(languages[i], false);
        struct smp_protocol *read = load(languages[i], true);
        struct notes a = {{note_number, note_texts, note_list}, {0}};
        struct notes b = a;

        smp_protocol_walk(&a.walk, ready);
        smp_protocol_walk(&b.walk, read);
        assert_true(a.out.len > 10000);
        assert_string_equal(smp_buf_text(&a.out), smp_buf_text(&b.out));
        assert_int_equal(ready->label_slot_count, read->label_slot_count);
        assert_memory_equal(ready->label_slots, read->label_slots,
                            ready->label_slot_count *
                                sizeof *ready->label_slots);
        smp_buf_cut(&a.out, 0);
        smp_protocol_print(&a.out, ready);
        assert_string_equal(smp_buf_text(&a.out), read->json);
        smp_buf_release(&a.out);
        smp_buf_release(&b.out);
        smp_protocol_free(ready);
        smp_protocol_free(read);
    }
}

static void
assert_kept(struct smp_protocol *protocol, void *list, size_t size)
{
    struct notes notes = {{note_number, note_texts, note_list}, {0}};
    void *before = memcpy(smp_alloc(size), list, size);

    smp_protocol_walk(&notes.walk, protocol);
    assert_memory_equal(list, before, size);
    smp_buf_release(&notes.out);
    free(before);
}

/* Else a walk, which returns each number as it is, would change it. */
static void
no_number_is_too_wide(void **state)
{
    struct smp_protocol *p = load(NULL, true);

    (void)state;
    assert_kept(p, p->rules, p->rule_count * sizeof *p->rules);
    assert_kept(p, p->milestones, p->milestone_count * sizeof *p->milestones);
    assert_kept(p, &p->course, sizeof p->course);
    assert_kept(p, p->course.gaps,
                p->course.gap_count * sizeof *p->course.gaps);
    smp_protocol_free(p);
}

/*
 * Fills all members, each list with one element. No pointer ends with a zero,
 * which would seem to be a part of a gap.
 */
enum { FILLED = SMP_CLOCKS_MAX };

static int32_t
fill_number(struct smp_walk *walk, int32_t ignored)
{
    (void)walk;
    (void)ignored;
    return FILLED;
}

static void
fill_texts(struct smp_walk *walk, const char **texts, size_t count)
{
    static const _Alignas(16) char filling[] = "-text";

    (void)walk;
    for (size_t i = 0; i < count; i++)
        texts[i] = filling + 1;
}

static struct smp_arena filled;

static void *
fill_list(struct smp_walk *walk, void *ignored, size_t *count, size_t size)
{
    (void)walk;
    (void)ignored;
    *count = 1;
    return (char *)smp_arena_alloc(&filled, size + 8) + 8;
}

/* What is shorter is padding. */
static void
assert_no_gap(const void *thing, size_t size)
{
    const unsigned char *octets = thing;
    size_t at, gap = 0;

    for (at = 0; at < size; at++) {
        gap = octets[at] ? 0 : gap + 1;
        assert_true(gap < 8);
    }
}

static void
no_member_is_forgotten(void **state)
{
    struct smp_walk walk = {fill_number, fill_texts, fill_list};
    struct smp_protocol protocol = {.json = NULL};
    size_t first = offsetof(struct smp_protocol, id);

    (void)state;
    smp_protocol_walk(&walk, &protocol);
    protocol.json = "{}";
    protocol.label_slots = &(uint16_t){1};
    protocol.label_slot_count = 1;
    assert_true(offsetof(struct smp_protocol, arena) == 0 &&
                first <= sizeof protocol.arena + 8);
    assert_no_gap((char *)&protocol + first, sizeof protocol - first);
    assert_no_gap(protocol.rules, sizeof *protocol.rules);
    assert_no_gap(protocol.activities, sizeof *protocol.activities);
    assert_no_gap(protocol.answers, sizeof *protocol.answers);
    assert_no_gap(protocol.milestones, sizeof *protocol.milestones);
    assert_no_gap(protocol.labels, sizeof *protocol.labels);
    assert_no_gap(protocol.labels->forms, sizeof *protocol.labels->forms);
    assert_no_gap(protocol.course.gaps, sizeof *protocol.course.gaps);
    smp_arena_release(&filled);
}

static void
assert_same_words(const struct smp_wordset *a, const struct smp_wordset *b)
{
    assert_int_equal(a->count, b->count);
    assert_int_equal(a->matter, b->matter);
    assert_int_equal(a->slot_count, b->slot_count);
    assert_memory_equal(a->slots, b->slots, a->slot_count * sizeof *a->slots);
    for (uint32_t i = 0; i < a->count; i++) {
        struct smp_word one = smp_wordset_word(a, i);
        struct smp_word other = smp_wordset_word(b, i);

        assert_string_equal(one.text, other.text);
        assert_int_equal(one.length, other.length);
        assert_int_equal(a->words[i].uses, b->words[i].uses);
    }
}

#define ASSERT_SAME(a, b, count)                                               \
    do {                                                                       \
        assert_ptr_not_equal(a, b);                                            \
        assert_memory_equal(a, b, (count) * sizeof *(a));                      \
    } while (0)

static void
indices_are_what_is_made_of_protocols(void **state)
{
    const struct smp_builtin *builtin;

    (void)state;
    for (builtin = smp_builtins; builtin->lang; builtin++) {
        struct smp_protocol *protocol = load(builtin->lang, false);
        struct smp_index *a = smp_index_new(protocol);
        struct smp_index *b = smp_index_make(protocol);
        size_t i, terms = a->terms.stems.count;

        assert_same_words(&a->terms.words, &b->terms.words);
        assert_same_words(&a->terms.stems, &b->terms.stems);
        ASSERT_SAME(a->terms.term_of, b->terms.term_of, a->terms.words.count);
        assert_int_equal(a->count, b->count);
        assert_int_equal(a->topics, b->topics);
        assert_int_equal(a->others, b->others);
        assert_int_equal(a->phrase_count, b->phrase_count);
        for (i = 0; i < a->phrase_count; i++) {
            assert_int_equal(a->phrases[i].first, b->phrases[i].first);
            assert_int_equal(a->phrases[i].count, b->phrases[i].count);
            assert_int_equal(a->phrases[i].topic, b->phrases[i].topic);
            assert_int_equal(a->phrases[i].body, b->phrases[i].body);
            assert_true(a->phrases[i].weight == b->phrases[i].weight);
            ASSERT_SAME(a->phrase_terms + a->phrases[i].first,
                        b->phrase_terms + b->phrases[i].first,
                        a->phrases[i].count);
        }
        assert_int_equal(a->cue_count, b->cue_count);
        ASSERT_SAME(a->cues, b->cues, a->cue_count);
        for (i = 0; i < a->cue_count; i++)
            ASSERT_SAME(a->cue_terms + a->cues[i].first,
                        b->cue_terms + b->cues[i].first, a->cues[i].count);
        assert_int_equal(a->share_count, b->share_count);
        assert_int_equal(a->holder_count, b->holder_count);
        ASSERT_SAME(a->weighed, b->weighed, terms + 1);
        ASSERT_SAME(a->shares, b->shares, a->share_count);
        ASSERT_SAME(a->holders, b->holders, a->holder_count);
        ASSERT_SAME(a->phrases_of, b->phrases_of, a->topics);
        smp_index_free(a);
        smp_index_free(b);
        smp_protocol_free(protocol);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(protocols_are_what_the_loader_makes),
    cmocka_unit_test(no_number_is_too_wide),
    cmocka_unit_test(no_member_is_forgotten),
    cmocka_unit_test(indices_are_what_is_made_of_protocols),
};

int
main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
