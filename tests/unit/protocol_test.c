#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "helpers.h"
#include "time/civil.h"
#include "time/zone.h"
#include "protocol/internal.h"
#include "protocol/protocol.h"
#include "protocol/words.h"

/* Loads texts as files, in order, over the built-in protocol. */
enum { TEXTS_MAX = 4 };

static struct smp_protocol *
load_texts(const char *const *texts, size_t count, struct smp_err *err,
           char *names[TEXTS_MAX])
{
    const char *files[TEXTS_MAX] = {NULL};
    struct smp_protocol *protocol;
    size_t i;

    for (i = 0; i < count; i++)
        files[i] = names[i] = file_of(texts[i]);
    protocol = smp_protocol_load(NULL, files, count, NULL, err);
    for (i = 0; i < count; i++)
        unlink(names[i]);
    return protocol;
}

/* The same for texts that are well: ends with NULL. */
static struct smp_protocol *
load(const char *first, ...)
{
    const char *texts[TEXTS_MAX] = {first};
    char *names[TEXTS_MAX];
    struct smp_err err = {0};
    struct smp_protocol *protocol;
    size_t count = first ? 1 : 0;
    va_list more;

    va_start(more, first);
    while (count && (texts[count] = va_arg(more, const char *)))
        count++;
    va_end(more);
    protocol = load_texts(texts, count, &err, names);
    while (count)
        free(names[--count]);
    if (!protocol)
        fail_msg("%s", smp_buf_text(&err.text));
    return protocol;
}

static bool
has_answer(const struct smp_protocol *protocol, const char *id)
{
    size_t i;

    for (i = 0; i < protocol->answer_count; i++)
        if (strcmp(protocol->answers[i].id, id) == 0)
            return true;
    return false;
}

/* the built-in protocol */

static void
test_the_built_in_protocol_has_its_answers(void **state)
{
    static const char *const ids[] = {
        "intro.what",    "intro.who", "intro.scars", "faq.sessions",
        "faq.permanent", "faq.pain",  "faq.colour"};
    struct smp_protocol *protocol = load(NULL);
    size_t i;

    (void)state;
    assert_int_equal(protocol->answer_count, COUNT(ids));
    for (i = 0; i < COUNT(ids); i++)
        if (!has_answer(protocol, ids[i]))
            fail_msg("%s", ids[i]);
    smp_protocol_free(protocol);
}

static void
test_the_built_in_protocol_has_its_rules(void **state)
{
    static const char *const ids[] = {
        "pre.wash",      "pre.moisturise", "pre.suntan",   "pre.rest",
        "pre.hat",       "pre.hairpiece",  "pre.razor",    "post.touch",
        "post.ointment", "post.avoid",     "post.bathing", "post.rub",
        "post.sunblock", "post.aha",       "post.touchup"};
    struct smp_protocol *protocol = load(NULL);
    size_t i;

    (void)state;
    assert_int_equal(protocol->rule_count, COUNT(ids));
    for (i = 0; i < COUNT(ids); i++) {
        const struct smp_rule *rule = smp_protocol_rule(protocol, ids[i]);

        if (!rule ||
            (rule->phase == SMP_PRE) != (strncmp(ids[i], "pre.", 4) == 0))
            fail_msg("%s", ids[i]);
    }
    smp_protocol_free(protocol);
}

static void
test_the_built_in_protocol_has_a_head(void **state)
{
    struct smp_protocol *protocol = load(NULL);

    (void)state;
    assert_string_equal(protocol->id, "smp");
    assert_string_equal(protocol->lang, "en");
    assert_true(*protocol->title);
    assert_int_equal(strlen(protocol->hash), 12);
    assert_int_equal(strspn(protocol->hash, "0123456789abcdef"), 12);
    assert_string_equal(protocol->milestones[0].name, "healed");
    assert_int_equal(protocol->milestones[0].range.min.thousandths, 7000);
    assert_int_equal(protocol->milestones[0].range.max.thousandths, 10000);
    smp_protocol_free(protocol);
}

static void
test_the_built_in_protocol_has_a_course(void **state)
{
    struct smp_protocol *protocol = load(NULL);
    const struct smp_course *course = &protocol->course;

    (void)state;
    assert_int_equal(course->typical, 3);
    assert_int_equal(course->max, 4);
    assert_int_equal(smp_span_seconds(course->length.max), 3 * 3600);
    assert_int_equal(course->gap_count, 1);
    assert_int_equal(course->gaps[0].after, 0);
    assert_int_equal(smp_span_seconds(course->gaps[0].min), 30 * 86400);
    assert_int_equal(smp_span_seconds(course->gaps[0].max), 45 * 86400);
    smp_protocol_free(protocol);
}

static void
test_rules_speak_of_known_activities(void **state)
{
    struct smp_protocol *protocol = load(NULL);
    size_t r, w;

    (void)state;
    for (r = 0; r < protocol->rule_count; r++) {
        const struct smp_rule *rule = &protocol->rules[r];

        assert_true(rule->what.count > 0);
        for (w = 0; w < rule->what.count; w++)
            if (!smp_protocol_activity(protocol, rule->what.at[w]))
                fail_msg("%s: %s", rule->id, rule->what.at[w]);
    }
    smp_protocol_free(protocol);
}

static void
test_activities_are_kinds_of_known_ones(void **state)
{
    struct smp_protocol *protocol = load(NULL);
    size_t a, i;

    (void)state;
    for (a = 0; a < protocol->activity_count; a++) {
        const struct smp_activity *activity = &protocol->activities[a];

        for (i = 0; i < activity->is.count; i++)
            if (!smp_protocol_activity(protocol, activity->is.at[i]))
                fail_msg("%s: %s", activity->id, activity->is.at[i]);
    }
    smp_protocol_free(protocol);
}

static void
test_no_name_means_two_activities(void **state)
{
    struct smp_protocol *protocol = load(NULL);
    size_t a, b, i;

    (void)state;
    for (a = 0; a < protocol->activity_count; a++)
        for (b = 0; b < protocol->activity_count; b++)
            for (i = 0; i < protocol->activities[a].names.count; i++)
                if (a != b &&
                    (smp_strings_have(&protocol->activities[b].names,
                                      protocol->activities[a].names.at[i]) ||
                     strcmp(protocol->activities[a].names.at[i],
                            protocol->activities[b].id) == 0))
                    fail_msg("%s", protocol->activities[a].names.at[i]);
    smp_protocol_free(protocol);
}

/* Texts hold no number that a field holds: numbers come in by {name}. */
static void
test_texts_hold_no_numbers(void **state)
{
    struct smp_protocol *protocol = load(NULL);
    size_t i;

    (void)state;
    for (i = 0; i < protocol->rule_count; i++)
        if (strpbrk(protocol->rules[i].text, "0123456789"))
            fail_msg("%s", protocol->rules[i].text);
    for (i = 0; i < protocol->answer_count; i++)
        if (strpbrk(protocol->answers[i].answer, "0123456789"))
            fail_msg("%s", protocol->answers[i].answer);
    smp_protocol_free(protocol);
}

static void
test_texts_leave_nothing_to_fill_in(void **state)
{
    struct smp_protocol *protocol = load(NULL);
    size_t i;

    (void)state;
    for (i = 0; i < protocol->rule_count; i++) {
        struct smp_buf out = {0};

        smp_words_fill(&out, protocol, &protocol->rules[i],
                       protocol->rules[i].text);
        if (!out.len || strpbrk(out.data, "{}"))
            fail_msg("%s", smp_buf_text(&out));
        smp_buf_release(&out);
    }
    smp_protocol_free(protocol);
}

/* the effective text */

static void
test_the_effective_text_is_one_line_to_be_read_again(void **state)
{
    struct smp_protocol *protocol =
        load("{\"id\":\"ours\",\"rules\":{\"pre.rest\":null,"
             "\"post.rub\":{\"during\":\"0d/4d\"}}}",
             NULL);
    struct smp_protocol *again = load(protocol->json, NULL);

    (void)state;
    assert_null(strchr(protocol->json, '\n'));
    assert_string_equal(again->id, "ours");
    assert_int_equal(again->rule_count, protocol->rule_count);
    assert_int_equal(again->activity_count, protocol->activity_count);
    assert_int_equal(again->label_count, protocol->label_count);
    assert_string_equal(smp_protocol_rule(again, "post.rub")->during, "0d/4d");
    assert_null(smp_protocol_rule(again, "pre.rest"));
    smp_protocol_free(again);
    smp_protocol_free(protocol);
}

static void
test_the_hash_is_of_the_effective_text(void **state)
{
    struct smp_protocol *protocol = load(NULL);
    struct smp_protocol *same = load("{}", NULL);
    struct smp_protocol *other = load("{\"title\":\"ours\"}", NULL);

    (void)state;
    assert_string_equal(same->hash, protocol->hash);
    assert_string_not_equal(other->hash, protocol->hash);
    smp_protocol_free(protocol);
    smp_protocol_free(same);
    smp_protocol_free(other);
}

/* What show -j prints is the same protocol, so items name the same one. */
static void
test_the_hash_stays_when_the_text_is_read_again(void **state)
{
    struct smp_protocol *protocol = load(NULL);
    struct smp_protocol *again = load(protocol->json, NULL);
    bool same = strcmp(again->hash, protocol->hash) == 0;

    (void)state;
    smp_protocol_free(protocol);
    smp_protocol_free(again);
    assert_true(same);
}

/* overlays */

static void
test_an_overlay_adds_an_alias(void **state)
{
    struct smp_protocol *before = load(NULL);
    struct smp_protocol *after =
        load("{\"rules\":{\"post.rub\":{\"ask\":{\"does it sting\":true}}},"
             "\"activities\":{\"swim\":{\"names\":{\"splashing\":true}}}}",
             NULL);
    const struct smp_rule *rule = smp_protocol_rule(after, "post.rub");
    const struct smp_activity *swim = smp_protocol_activity(after, "swim");

    (void)state;
    assert_true(smp_strings_have(&rule->ask, "does it sting"));
    assert_true(smp_strings_have(&rule->ask, "friction"));
    assert_int_equal(rule->ask.count,
                     smp_protocol_rule(before, "post.rub")->ask.count + 1);
    assert_true(smp_strings_have(&swim->names, "splashing"));
    assert_true(smp_strings_have(&swim->names, "pool"));
    smp_protocol_free(before);
    smp_protocol_free(after);
}

static void
test_an_overlay_takes_an_alias_away(void **state)
{
    struct smp_protocol *protocol =
        load("{\"activities\":{\"swim\":{\"names\":{\"pool\":null}}},"
             "\"faq\":{\"faq.pain\":{\"ask\":{\"ouch\":null}}}}",
             NULL);
    const struct smp_activity *swim = smp_protocol_activity(protocol, "swim");

    (void)state;
    assert_false(smp_strings_have(&swim->names, "pool"));
    assert_true(smp_strings_have(&swim->names, "pools"));
    assert_true(has_answer(protocol, "faq.pain"));
    smp_protocol_free(protocol);
}

static void
test_an_overlay_replaces_a_list(void **state)
{
    struct smp_protocol *protocol =
        load("{\"activities\":{\"swim\":{\"names\":[\"bathing\"]}},"
             "\"rules\":{\"post.rub\":{\"what\":[\"rub\",\"touch\"]}}}",
             NULL);
    const struct smp_activity *swim = smp_protocol_activity(protocol, "swim");

    (void)state;
    assert_int_equal(swim->names.count, 1);
    assert_string_equal(swim->names.at[0], "bathing");
    assert_int_equal(smp_protocol_rule(protocol, "post.rub")->what.count, 2);
    smp_protocol_free(protocol);
}

static void
test_an_overlay_removes_a_rule(void **state)
{
    struct smp_protocol *before = load(NULL);
    struct smp_protocol *after =
        load("{\"rules\":{\"pre.hat\":null,\"no.such\":null},"
             "\"faq\":{\"faq.pain\":null}}",
             NULL);

    (void)state;
    assert_null(smp_protocol_rule(after, "pre.hat"));
    assert_int_equal(after->rule_count, before->rule_count - 1);
    assert_false(has_answer(after, "faq.pain"));
    assert_int_equal(after->answer_count, before->answer_count - 1);
    smp_protocol_free(before);
    smp_protocol_free(after);
}

static void
test_an_overlay_changes_one_member(void **state)
{
    struct smp_protocol *protocol =
        load("{\"extends\":\"default\",\"rules\":{\"post.ointment\":"
             "{\"every\":\"3/d\"}},\"labels\":{\"range\":\"{a} bis {b}\"}}",
             NULL);
    const struct smp_rule *rule = smp_protocol_rule(protocol, "post.ointment");

    (void)state;
    assert_int_equal(rule->every.kind, SMP_EVERY_PER_DAY);
    assert_int_equal(rule->every.min, 3000);
    assert_string_equal(rule->during, "0d/healed");
    assert_int_equal(rule->verb, SMP_DO);
    assert_string_equal(smp_label(protocol, "range"), "{a} bis {b}");
    assert_string_equal(smp_label(protocol, "verb.do"), "do");
    smp_protocol_free(protocol);
}

static void
test_a_milestone_may_lose_its_range(void **state)
{
    struct smp_protocol *protocol =
        load("{\"milestones\":{\"healed\":null,\"scabs\":\"24h..4d\"}}", NULL);

    (void)state;
    assert_false(smp_protocol_milestone(protocol, "healed")->has_range);
    assert_true(smp_protocol_milestone(protocol, "scabs")->has_range);
    assert_null(smp_protocol_milestone(protocol, "peeling"));
    smp_protocol_free(protocol);
}

static void
test_files_are_merged_in_order(void **state)
{
    struct smp_protocol *protocol =
        load("{\"title\":\"one\",\"rules\":{\"x\":{\"verb\":\"do\"},"
             "\"pre.hat\":null}}",
             "{\"title\":\"two\",\"rules\":{\"x\":{\"title\":\"X\"},"
             "\"pre.rest\":null}}",
             "{\"lang\":\"fr\",\"rules\":{\"x\":{\"verb\":\"avoid\"}}}", NULL);
    const struct smp_rule *rule = smp_protocol_rule(protocol, "x");

    (void)state;
    assert_string_equal(protocol->title, "two");
    assert_string_equal(protocol->lang, "fr");
    assert_string_equal(rule->title, "X");
    assert_int_equal(rule->verb, SMP_AVOID);
    assert_null(smp_protocol_rule(protocol, "pre.hat"));
    assert_null(smp_protocol_rule(protocol, "pre.rest"));
    smp_protocol_free(protocol);
}

static void
test_a_rule_removed_can_be_given_anew(void **state)
{
    struct smp_protocol *protocol = load(
        "{\"rules\":{\"post.rub\":null}}",
        "{\"rules\":{\"post.rub\":{\"verb\":\"may\",\"what\":\"rub\"}}}", NULL);
    const struct smp_rule *rule = smp_protocol_rule(protocol, "post.rub");

    (void)state;
    assert_int_equal(rule->verb, SMP_MAY);
    assert_null(rule->why);
    assert_int_equal(rule->ask.count, 0);
    smp_protocol_free(protocol);
}

/* extends null */

#define BARE "{\"format\":\"smp-protocol/1\",\"extends\":null,\"id\":\"b\""

static void
test_extends_null_starts_from_nothing(void **state)
{
    struct smp_protocol *protocol = load(BARE "}", NULL);

    (void)state;
    assert_string_equal(protocol->id, "b");
    assert_int_equal(protocol->rule_count, 0);
    assert_int_equal(protocol->activity_count, 0);
    assert_int_equal(protocol->answer_count, 0);
    assert_int_equal(protocol->milestone_count, 1);
    assert_string_equal(protocol->milestones[0].name, "healed");
    assert_false(protocol->milestones[0].has_range);
    smp_protocol_free(protocol);
}

static void
test_extends_null_keeps_labels_and_clock_hours(void **state)
{
    struct smp_protocol *before = load(NULL);
    struct smp_protocol *after = load(
        BARE ",\"clock\":{\"noon\":\"12:30\"},\"labels\":{\"range\":\"-\"}}",
        NULL);

    (void)state;
    assert_string_equal(smp_label(before, "entry.session"), "SMP session {n}");
    assert_string_equal(smp_label(after, "entry.session"), "Session {n}");
    assert_string_equal(smp_label(after, "caution"),
                        smp_label(before, "caution"));
    assert_string_equal(smp_label(after, "range"), "-");
    assert_int_equal(after->clocks[SMP_CLOCK_NOON], 750);
    assert_int_equal(after->clocks[SMP_CLOCK_MORNING],
                     before->clocks[SMP_CLOCK_MORNING]);
    assert_int_equal(smp_protocol_clock(after, SMP_CLOCK_NOON, 5), 750);
    assert_int_equal(smp_protocol_clock(after, SMP_CLOCK_EXACT, 5), 5);
    smp_protocol_free(before);
    smp_protocol_free(after);
}

static void
test_extends_null_has_neutral_labels_of_its_language(void **state)
{
    static const char *const languages[] = {"en", "fr", "es-MX"};
    size_t i, j;

    (void)state;
    for (i = 0; i < COUNT(languages); i++) {
        char text[128];
        struct smp_protocol *p, *built_in;

        snprintf(text, sizeof text, BARE ",\"lang\":\"%s\"}", languages[i]);
        p = load(text, NULL);
        built_in = smp_protocol_load(languages[i], NULL, 0, NULL, NULL);
        assert_string_equal(smp_label(p, "months"),
                            smp_label(built_in, "months"));
        for (j = 0; j < p->label_count; j++) {
            const char *label = p->labels[j].text;

            if (strncmp(p->labels[j].key, "ask.", 4) == 0) /* is not said */
                continue;
            assert_false(label &&
                         (strstr(label, "SMP") || strstr(label, "scalp") ||
                          strstr(label, "cuir chevelu") ||
                          strstr(label, "cuero cabelludo")));
        }
        smp_protocol_free(p);
        smp_protocol_free(built_in);
    }
}

static void
test_extends_null_forgets_the_files_before(void **state)
{
    struct smp_protocol *protocol =
        load("{\"rules\":{\"x\":{\"verb\":\"do\"}}}", BARE "}",
             "{\"rules\":{\"y\":{\"verb\":\"do\"}}}", NULL);

    (void)state;
    assert_null(smp_protocol_rule(protocol, "x"));
    assert_non_null(smp_protocol_rule(protocol, "y"));
    assert_null(smp_protocol_rule(protocol, "post.rub"));
    smp_protocol_free(protocol);
}

/* defaults */

static void
test_words_default_to_verb_and_activities(void **state)
{
    struct smp_protocol *protocol =
        load(BARE ",\"activities\":{\"swim\":{\"names\":[\"swimming\"]}},"
                  "\"rules\":{\"r\":{\"verb\":\"avoid\","
                  "\"what\":[\"swim\",\"sauna\"]}}}",
             NULL);
    const struct smp_rule *rule = smp_protocol_rule(protocol, "r");

    (void)state;
    assert_non_null(strstr(rule->title, "swimming"));
    assert_non_null(strstr(rule->title, "sauna"));
    assert_non_null(strstr(rule->text, "swimming"));
    smp_protocol_free(protocol);
}

static const struct {
    const char *rule, *title, *text;
} words_of_rules[] = {
    {"\"verb\":\"do\",\"what\":\"balm\",\"every\":\"2/d\",\"how\":\"thin\","
     "\"with\":\"a swab\",\"limit\":\"a pea\",\"except\":\"on the ears\"",
     "balm",
     "To do: balm with a swab (thin), twice a day, at most a pea, except on "
     "the ears."},
    {"\"verb\":\"avoid\",\"what\":\"balm\",\"except\":\"x\",\"with\":\"y\","
     "\"text\":\"No balm with {with}, but for {except}.\"",
     "No balm", "No balm with y, but for x."},
    {"\"verb\":\"may\",\"what\":\"*\"", "You may: everything",
     "You may now: everything."},
    {"\"verb\":\"alert\",\"what\":\"heat\"", "Watch for: heat",
     "Get in touch: heat."},
    {"\"verb\":\"alert\",\"text\":\"The skin is hot.\",\"then\":\"stop\"",
     "The skin is hot", "Stop: The skin is hot."},
    {"\"verb\":\"alert\",\"text\":\"It hurts.\",\"then\":\"Lie down\"",
     "It hurts", "Lie down: It hurts."},
    {"\"verb\":\"do\",\"text\":\"Keep the head above the water of any bath: "
     "always.\"",
     "Keep the head above the water of any...",
     "Keep the head above the water of any bath: always."},
    {"\"verb\":\"avoid\"", "Ask your studio",
     "Ask your studio what this means for you."},
};

static void
test_a_rule_has_words_but_never_its_id(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(words_of_rules); i++) {
        struct smp_buf text = {0};
        struct smp_protocol *protocol;
        const struct smp_rule *rule;

        smp_buf_printf(&text, BARE ",\"rules\":{\"the.id\":{%s}}}",
                       words_of_rules[i].rule);
        protocol = load(smp_buf_text(&text), NULL);
        rule = smp_protocol_rule(protocol, "the.id");
        assert_string_equal(rule->full_title, words_of_rules[i].title);
        assert_string_equal(rule->full_text, words_of_rules[i].text);
        smp_protocol_free(protocol);
        smp_buf_release(&text);
    }
}

static void
test_windows_default_by_phase(void **state)
{
    struct smp_protocol *protocol = load(
        BARE ",\"rules\":{\"a\":{\"phase\":\"pre\",\"verb\":\"do\"},"
             "\"b\":{\"phase\":\"post\",\"verb\":\"do\"},"
             "\"c\":{\"phase\":\"pre\",\"verb\":\"do\",\"during\":\"-48h/0\"},"
             "\"d\":{\"phase\":\"pre\",\"verb\":\"do\",\"during\":\"-2w/0\"},"
             "\"e\":{\"phase\":\"post\",\"verb\":\"do\","
             "\"during\":\"-3w/0\"}}}",
        NULL);
    const struct smp_window *pre = &smp_protocol_rule(protocol, "a")->window;
    const struct smp_window *post = &smp_protocol_rule(protocol, "b")->window;

    (void)state;
    assert_int_equal(smp_span_seconds(pre->start.from), -14 * 86400);
    assert_int_equal(pre->end.anchor, SMP_AT_ITSELF);
    assert_int_equal(post->start.anchor, SMP_AT_THIS);
    assert_int_equal(post->start.from.thousandths, 0);
    assert_string_equal(post->end.milestone, "healed");
    smp_protocol_free(protocol);
}

static void
test_members_of_a_rule_are_read(void **state)
{
    struct smp_protocol *protocol =
        load(BARE ",\"rules\":{\"r\":{\"phase\":\"post\",\"verb\":\"alert\","
                  "\"scope\":\"repeat\",\"if\":\"skin:oily\","
                  "\"unless\":[\"ok:doctor\",\"state:scabs\"],"
                  "\"then\":\"contact\",\"how\":\"h\",\"limit\":\"l\","
                  "\"except\":\"e\",\"why\":\"w\",\"note\":\"n\","
                  "\"every\":\"@morning,night\"}}}",
             NULL);
    const struct smp_rule *rule = smp_protocol_rule(protocol, "r");

    (void)state;
    assert_int_equal(rule->verb, SMP_ALERT);
    assert_int_equal(rule->scope, SMP_REPEAT);
    assert_true(smp_strings_have(&rule->when, "skin:oily"));
    assert_int_equal(rule->unless.count, 2);
    assert_string_equal(rule->then, "contact");
    assert_string_equal(rule->how, "h");
    assert_string_equal(rule->limit, "l");
    assert_string_equal(rule->except, "e");
    assert_string_equal(rule->why, "w");
    assert_string_equal(rule->note, "n");
    assert_int_equal(rule->every.count, 2);
    smp_protocol_free(protocol);
}

static void
test_the_plan_and_the_studio_are_read(void **state)
{
    struct smp_protocol *protocol = load(
        BARE ",\"plan\":{\"sessions\":{\"min\":2,\"typical\":3,\"max\":5},"
             "\"length\":\"3h..5h\",\"gaps\":[{\"after\":2,\"min\":\"4w\","
             "\"prefer\":\"5w\",\"from\":\"first\",\"if\":\"in any words\"}],"
             "\"extra\":{\"of\":[\"any form\"]},"
             "\"maintenance\":{\"x\":[1],\"text\":\"t\"}},"
             "\"studio\":{\"name\":\"Maple\",\"timeZone\":\"Asia/Tokyo\","
             "\"openingHours\":\"Tu-Sa 10:00-18:00\",\"chairs\":2,"
             "\"contact\":\"+1 555\"}}",
        NULL);
    const struct smp_course *course = &protocol->course;

    (void)state;
    assert_int_equal(course->min, 2);
    assert_int_equal(course->max, 5);
    assert_int_equal(smp_span_seconds(course->length.max), 5 * 3600);
    assert_int_equal(course->gaps[0].after, 2);
    assert_true(course->gaps[0].from_first && course->gaps[0].has_prefer);
    assert_false(course->gaps[0].has_max);
    assert_string_equal(course->gaps[0].if_words, "in any words");
    assert_string_equal(course->maintenance, "t");
    assert_int_equal(protocol->studio.chairs, 2);
    assert_string_equal(protocol->studio.time_zone, "Asia/Tokyo");
    smp_protocol_free(protocol);
}

static void
test_how_often_is_read(void **state)
{
    static const struct {
        const char *text;
        enum smp_every_kind kind;
        int64_t min, max;
    } table[] = {
        {"2/d", SMP_EVERY_PER_DAY, 2000, 2000},
        {"3..5/d", SMP_EVERY_PER_DAY, 3000, 5000},
        {"2/w", SMP_EVERY_PER_WEEK, 2000, 2000},
        {"2d", SMP_EVERY_INTERVAL, 2000, 2000},
        {"3..4h", SMP_EVERY_INTERVAL, 3000, 4000},
        {"@morning,night", SMP_EVERY_CLOCKS, 0, 0},
        {"@08:00,noon,22:30", SMP_EVERY_CLOCKS, 0, 0},
        {"on:before-bathing", SMP_EVERY_ON, 0, 0},
        {"as-needed", SMP_EVERY_AS_NEEDED, 0, 0},
        {"whenever it feels dry", SMP_EVERY_WORDS, 0, 0},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(table); i++) {
        struct smp_every every;

        assert_true(smp_every_parse(table[i].text, &every));
        if (every.kind != table[i].kind ||
            (table[i].min >= 0 &&
             (every.min != table[i].min || every.max != table[i].max)))
            fail_msg("%s", table[i].text);
    }
}

static void
test_what_begins_like_a_number_or_clocks_is_one(void **state)
{
    static const char *const table[] = {
        "@",      "@evening",       "@morning,", "@,noon",       "@8:00",
        "@25:00", "@morning night", "3x/day",    "2 or 3 times", "5..3/d",
        "0/d",    "-1/d",           "3/day",     "2/ d",         "3"};
    struct smp_every every;
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(table); i++)
        if (smp_every_parse(table[i], &every))
            fail_msg("%s", table[i]);
}

/* faults */

static const struct {
    const char *text;
    unsigned long line;
    const char *pointer;
} faulty[] = {
    {"{\n\"title\": 5}", 2, "/title"},
    {"{\n\n\"extends\": 5}", 3, "/extends"},
    {"{\n\"format\": \"smp-protocol/2\"}", 2, "/format"},
    {"{\n\"rules\": []}", 2, "/rules"},
    {"{\"rules\": {\n\"x\": 5}}", 2, "/rules/x"},
    {"{\"rules\": {\"post.rub\":\n{\"verb\":\n5}}}", 3, "/rules/post.rub/verb"},
    {"{\"rules\": {\n\"post.rub\": {\"during\": \"7 days\"}}}", 2,
     "/rules/post.rub/during"},
    {"{\"rules\": {\n\"post.rub\": {\"during\": 7}}}", 2,
     "/rules/post.rub/during"},
    {"{\"rules\": {\n\"post.rub\": {\"what\": [\"a\",\n 5]}}}", 3,
     "/rules/post.rub/what/1"},
    {"{\"rules\": {\n\"post.rub\": {\"ask\": 5}}}", 2, "/rules/post.rub/ask"},
    {"{\"rules\": {\n\"post.rub\": {\"text\": {}}}}", 2,
     "/rules/post.rub/text"},
    {"{\"rules\": {\n\"a/b~c\": {\"verb\": 5}}}", 2, "/rules/a~1b~0c/verb"},
    {"{\"rules\": {\n\"post.ointmnt\": {\"during\": \"0d/4d\"}}}", 2,
     "/rules/post.ointmnt"},
    {"{\"milestones\": {\n\"healed\": \"soon\"}}", 2, "/milestones/healed"},
    {"{\"milestones\": {\n\"healed\": 7}}", 2, "/milestones/healed"},
    {"{\"clock\": {\n\"noon\": \"25:00\"}}", 2, "/clock/noon"},
    {"{\"plan\": {\n\"length\": \"3 hours\"}}", 2, "/plan/length"},
    {"{\"plan\": {\n\"sessions\": {\n\"max\": \"4\"}}}", 3,
     "/plan/sessions/max"},
    {"{\"plan\": {\"gaps\": [{},\n{\"min\":\n\"x\"}]}}", 3, "/plan/gaps/1/min"},
    {"{\"activities\": {\n\"swim\": {\"names\": [\n5]}}}", 2,
     "/activities/swim/names"},
    {"{\"faq\": {\"faq.pain\": {\n\"answer\": []}}}", 2,
     "/faq/faq.pain/answer"},
    {"{\"labels\": {\n\"caution\": 5}}", 2, "/labels/caution"},
    {"{\"labels\": {\n\"caution\": {\"one\": \"a\"}}}", 2, "/labels/caution"},
    {"{\"labels\": {\"unit.d\": {\"one\": \"a\"},\n\"day.title\": {}}}", 2,
     "/labels/day.title"},
    {"{\"rules\": {\"post.rub\":\n{\"every\": \"3x/day\"}}}", 2,
     "/rules/post.rub/every"},
    {"{\"studio\": {\n\"chairs\": \"two\"}}", 2, "/studio/chairs"},
};

static void
test_faults_name_file_line_and_pointer(void **state)
{
    struct smp_buf faults = {0};
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(faulty); i++) {
        const char *const texts[] = {faulty[i].text};
        char *names[TEXTS_MAX];
        struct smp_err err = {0};
        struct smp_buf wanted = {0};
        struct smp_protocol *protocol = load_texts(texts, 1, &err, names);

        smp_buf_printf(&wanted, "%s:%lu: %s: ", names[0], faulty[i].line,
                       faulty[i].pointer);
        if (protocol ||
            strncmp(smp_buf_text(&err.text), wanted.data, wanted.len) != 0)
            smp_buf_printf(&faults, "wanted %s, got %s\n", wanted.data,
                           smp_buf_text(&err.text));
        smp_protocol_free(protocol);
        smp_err_release(&err);
        smp_buf_release(&wanted);
        free(names[0]);
    }
    assert_none(&faults);
}

/* The error that loading texts ends with; the name of one of the files. */
static void
expect_error(const char *const *texts, size_t count, size_t which,
             const char *after_name)
{
    char *names[TEXTS_MAX];
    struct smp_err err = {0};
    struct smp_buf wanted = {0};
    struct smp_protocol *protocol = load_texts(texts, count, &err, names);

    assert_null(protocol);
    smp_buf_printf(&wanted, "%s:%s", names[which], after_name);
    if (strncmp(err.text.data, wanted.data, wanted.len) != 0)
        fail_msg("wanted %s, got %s", wanted.data, err.text.data);
    smp_buf_release(&wanted);
    smp_err_release(&err);
    while (count)
        free(names[--count]);
}

static void
test_a_fault_is_in_the_file_that_has_it(void **state)
{
    static const char *const texts[] = {
        "{\"rules\": {\n\"x\": {\"verb\": \"do\"}}}",
        "{\n\n\"rules\": {\"x\": {\"verb\": 5}}}",
        "{\"rules\": {\"x\": {\"title\": \"X\"}}}",
    };

    (void)state;
    expect_error(texts, 3, 1, "3: /rules/x/verb: ");
}

static void
test_what_is_missing_is_missed_where_it_should_be(void **state)
{
    static const char *const texts[] = {
        "{\"rules\": {\n\"x\": {\"title\": \"X\"}}}",
        "{\n\"rules\": {}}",
    };

    (void)state;
    expect_error(texts, 2, 0, "2: /rules/x: ");
}

static void
test_a_missing_format_is_missed_in_the_file_that_starts_anew(void **state)
{
    static const char *const texts[] = {"{\"extends\": null, \"id\": \"b\"}"};

    (void)state;
    expect_error(texts, 1, 0, "1: /format: ");
}

static void
test_bad_json_is_placed(void **state)
{
    static const char *const texts[] = {"{}", "{\"title\": \"x\",\n \"id\" 5}"};
    static const char *const list[] = {"[]"};
    static const char *const nothing[] = {""};

    (void)state;
    expect_error(texts, 2, 1, " line 2, column 7: ");
    expect_error(list, 1, 0, " line 1: ");
    expect_error(nothing, 1, 0, " line 1, column 1: ");
}

static void
test_a_missing_file_is_named(void **state)
{
    static const char *const files[] = {"/no/such/protocol.json"};
    struct smp_err err = {0};

    (void)state;
    assert_null(smp_protocol_load(NULL, files, 1, NULL, &err));
    assert_int_equal(strncmp(err.text.data, files[0], strlen(files[0])), 0);
    smp_err_release(&err);
}

static void
note_finding(void *context, const struct smp_finding *finding)
{
    smp_buf_printf(context, "%s %lu %s\n",
                   finding->severity == SMP_FAULT ? "fault" : "remark",
                   finding->line, finding->pointer);
}

static void
test_every_finding_is_told(void **state)
{
    char *name = file_of("{\"titel\": 5,\n\"lang\": 5,\n\"rules\": {\n"
                         "\"post.rub\": {\"verb\": \"do\", \"durng\": 1,\n"
                         "\"during\": \"x\"}}}");
    const char *const files[] = {name};
    struct smp_buf told = {0};
    struct smp_findings findings = {note_finding, &told, smp_zone_directory};
    struct smp_err err = {0};

    (void)state;
    assert_null(smp_protocol_load(NULL, files, 1, &findings, &err));
    assert_string_equal(told.data, "fault 1 /titel\n"
                                   "fault 2 /lang\n"
                                   "fault 4 /rules/post.rub/durng\n"
                                   "fault 5 /rules/post.rub/during\n");
    smp_buf_release(&told);
    smp_err_release(&err);
    file_drop(name);
}

static void
test_the_built_in_protocol_has_no_findings(void **state)
{
    struct smp_buf told = {0};
    struct smp_findings findings = {note_finding, &told, smp_zone_directory};
    struct smp_err err = {0};
    struct smp_protocol *protocol =
        smp_protocol_load(NULL, NULL, 0, &findings, &err);

    (void)state;
    assert_non_null(protocol);
    assert_none(&told);
    smp_protocol_free(protocol);
}

static void
test_controls_in_texts_are_cleaned(void **state)
{
    struct smp_protocol *protocol =
        load("{\"title\":\"a\\u001b[31mb\",\"rules\":{\"post.rub\":"
             "{\"text\":\"one\\ntwo\\u009b\",\"title\":\"\\u202ex\"}}}",
             NULL);
    const struct smp_rule *rule = smp_protocol_rule(protocol, "post.rub");

    (void)state;
    assert_string_equal(protocol->title, "a [31mb");
    assert_string_equal(rule->text, "one two ");
    assert_string_equal(rule->title, " x");
    smp_protocol_free(protocol);
}

static void
test_blanks_before_a_list_of_words_are_none_of_them(void **state)
{
    struct smp_protocol *protocol =
        load("{\"format\": \"smp-protocol/1\", \"id\": \"maple\", \"labels\": "
             "{\"months\": \"  Jan  Feb Mar\", \"date.day\": \"{d} {month}\"}}",
             NULL);
    struct smp_buf text = {0};

    (void)state;
    smp_words_date(&text, protocol, "date.day", smp_day_of(2027, 1, 31));
    smp_buf_puts(&text, ", ");
    smp_words_date(&text, protocol, "date.day", smp_day_of(2027, 2, 1));
    smp_buf_puts(&text, ", ");
    smp_words_date(&text, protocol, "date.day", smp_day_of(2027, 4, 1));
    assert_string_equal(smp_buf_text(&text), "31 Jan, 1 Feb, 1 ");
    smp_buf_release(&text);
    smp_protocol_free(protocol);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_built_in_protocol_has_its_answers),
        cmocka_unit_test(test_the_built_in_protocol_has_its_rules),
        cmocka_unit_test(test_the_built_in_protocol_has_a_head),
        cmocka_unit_test(test_the_built_in_protocol_has_a_course),
        cmocka_unit_test(test_rules_speak_of_known_activities),
        cmocka_unit_test(test_activities_are_kinds_of_known_ones),
        cmocka_unit_test(test_no_name_means_two_activities),
        cmocka_unit_test(test_texts_hold_no_numbers),
        cmocka_unit_test(test_texts_leave_nothing_to_fill_in),
        cmocka_unit_test(test_the_effective_text_is_one_line_to_be_read_again),
        cmocka_unit_test(test_the_hash_is_of_the_effective_text),
        cmocka_unit_test(test_the_hash_stays_when_the_text_is_read_again),
        cmocka_unit_test(test_an_overlay_adds_an_alias),
        cmocka_unit_test(test_an_overlay_takes_an_alias_away),
        cmocka_unit_test(test_an_overlay_replaces_a_list),
        cmocka_unit_test(test_an_overlay_removes_a_rule),
        cmocka_unit_test(test_an_overlay_changes_one_member),
        cmocka_unit_test(test_a_milestone_may_lose_its_range),
        cmocka_unit_test(test_files_are_merged_in_order),
        cmocka_unit_test(test_a_rule_removed_can_be_given_anew),
        cmocka_unit_test(test_extends_null_starts_from_nothing),
        cmocka_unit_test(test_extends_null_keeps_labels_and_clock_hours),
        cmocka_unit_test(test_extends_null_has_neutral_labels_of_its_language),
        cmocka_unit_test(test_extends_null_forgets_the_files_before),
        cmocka_unit_test(test_words_default_to_verb_and_activities),
        cmocka_unit_test(test_a_rule_has_words_but_never_its_id),
        cmocka_unit_test(test_windows_default_by_phase),
        cmocka_unit_test(test_members_of_a_rule_are_read),
        cmocka_unit_test(test_the_plan_and_the_studio_are_read),
        cmocka_unit_test(test_how_often_is_read),
        cmocka_unit_test(test_what_begins_like_a_number_or_clocks_is_one),
        cmocka_unit_test(test_faults_name_file_line_and_pointer),
        cmocka_unit_test(test_a_fault_is_in_the_file_that_has_it),
        cmocka_unit_test(test_what_is_missing_is_missed_where_it_should_be),
        cmocka_unit_test(
            test_a_missing_format_is_missed_in_the_file_that_starts_anew),
        cmocka_unit_test(test_bad_json_is_placed),
        cmocka_unit_test(test_a_missing_file_is_named),
        cmocka_unit_test(test_every_finding_is_told),
        cmocka_unit_test(test_the_built_in_protocol_has_no_findings),
        cmocka_unit_test(test_controls_in_texts_are_cleaned),
        cmocka_unit_test(test_blanks_before_a_list_of_words_are_none_of_them),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("protocol", tests, NULL, NULL);
}
