#include "text/diff.h"

#include <string.h>

#include "base/utf8.h"
#include "json/json.h"
#include "protocol/words.h"
#include "text/diff_values.h"
#include "text/text.h"

/* Where differences go. */
struct diff {
    struct smp_buf *out;
    const struct smp_protocol *before, *after;
    bool json;
    size_t count;
};

static bool
is_whole(const char *what)
{
    return strcmp(what, "rule") == 0 || strcmp(what, "answer") == 0;
}

/* One difference; from or to is NULL where a thing is new or gone. */
static void
tell(void *context, const char *id, const char *what, const char *from,
     const char *to)
{
    struct diff *diff = context;
    struct smp_buf line = {0};
    cJSON *object;

    diff->count++;
    if (diff->json) {
        object = smp_json_object();
        cJSON_AddStringToObject(object, "id", id);
        cJSON_AddStringToObject(object, "what", what);
        cJSON_AddItemToObject(object, "from",
                              from ? cJSON_CreateString(from)
                                   : cJSON_CreateNull());
        cJSON_AddItemToObject(object, "to",
                              to ? cJSON_CreateString(to) : cJSON_CreateNull());
        smp_json_format(diff->out, object);
        smp_buf_putc(diff->out, '\n');
        cJSON_Delete(object);
        return;
    }
    if ((!from || !to) && is_whole(what))
        smp_buf_printf(&line, "%s: %s: %s", id, from ? "gone" : "new",
                       from ? from : to);
    else if (!from || !to)
        smp_buf_printf(&line, "%s: %s: %s: %s", id, what, from ? "gone" : "new",
                       from ? from : to);
    else
        smp_buf_printf(&line, "%s: %s: %s -> %s", id, what,
                       *from ? from : "none", *to ? to : "none");
    smp_wrap(diff->out, "", 4, SMP_TEXT_WIDTH, smp_buf_text(&line));
    smp_buf_release(&line);
}

static void
window_facet(struct smp_buf *out, const struct smp_protocol *protocol,
             const struct smp_rule *rule)
{
    smp_words_window(out, protocol, &rule->window);
}

static void
verb_facet(struct smp_buf *out, const struct smp_protocol *protocol,
           const struct smp_rule *rule)
{
    (void)protocol;
    smp_buf_puts(out, smp_verb_names[rule->verb]);
}

static void
what_facet(struct smp_buf *out, const struct smp_protocol *protocol,
           const struct smp_rule *rule)
{
    smp_words_what(out, protocol, &rule->what, false);
}

static void
every_facet(struct smp_buf *out, const struct smp_protocol *protocol,
            const struct smp_rule *rule)
{
    smp_words_every(out, protocol, &rule->every);
}

static void
if_facet(struct smp_buf *out, const struct smp_protocol *protocol,
         const struct smp_rule *rule)
{
    smp_words_tags(out, protocol, &rule->when);
}

static void
unless_facet(struct smp_buf *out, const struct smp_protocol *protocol,
             const struct smp_rule *rule)
{
    smp_words_tags(out, protocol, &rule->unless);
}

static void
scope_facet(struct smp_buf *out, const struct smp_protocol *protocol,
            const struct smp_rule *rule)
{
    (void)protocol;
    smp_buf_puts(out, smp_scope_names[rule->scope]);
}

/* As it is written: what its fields fill in is told by them. */
static void
text_facet(struct smp_buf *out, const struct smp_protocol *protocol,
           const struct smp_rule *rule)
{
    (void)protocol;
    smp_buf_puts(out, rule->text);
}

/* What is told of a rule in words; the rest as it is written. */
static const char *const members[] = {
    "verb", "what", "during", "every", "if", "unless", "scope", "text", NULL};

static const struct {
    const char *name;
    void (*write)(struct smp_buf *out, const struct smp_protocol *protocol,
                  const struct smp_rule *rule);
} facets[] = {
    {"verb", verb_facet},       {"what", what_facet}, {"when", window_facet},
    {"how often", every_facet}, {"if", if_facet},     {"unless", unless_facet},
    {"scope", scope_facet},     {"text", text_facet},
};

static void
compare_rule(struct diff *diff, const struct smp_rule *before,
             const struct smp_rule *after)
{
    struct smp_buf from = {0}, to = {0};
    size_t i;

    for (i = 0; i < sizeof facets / sizeof facets[0]; i++) {
        smp_buf_cut(&from, 0);
        smp_buf_cut(&to, 0);
        facets[i].write(&from, diff->before, before);
        facets[i].write(&to, diff->after, after);
        if (strcmp(smp_buf_text(&from), smp_buf_text(&to)) != 0)
            tell(diff, before->id, facets[i].name, smp_buf_text(&from),
                 smp_buf_text(&to));
    }
    smp_buf_release(&from);
    smp_buf_release(&to);
}

static void
tell_whole(struct diff *diff, const struct smp_protocol *protocol,
           const struct smp_rule *rule, bool is_new)
{
    struct smp_buf text = {0};

    smp_words_fill(&text, protocol, rule, rule->text);
    tell(diff, rule->id, "rule", is_new ? NULL : smp_buf_text(&text),
         is_new ? smp_buf_text(&text) : NULL);
    smp_buf_release(&text);
}

static void
compare_rules(struct diff *diff)
{
    const struct smp_protocol *before = diff->before, *after = diff->after;
    size_t i;

    for (i = 0; i < before->rule_count; i++) {
        const struct smp_rule *rule = &before->rules[i];
        const struct smp_rule *other = smp_protocol_rule(after, rule->id);

        if (other)
            compare_rule(diff, rule, other);
        else
            tell_whole(diff, before, rule, false);
    }
    for (i = 0; i < after->rule_count; i++)
        if (!smp_protocol_rule(before, after->rules[i].id))
            tell_whole(diff, after, &after->rules[i], true);
}

static const struct smp_answer *
answer_by_id(const struct smp_protocol *protocol, const char *id)
{
    size_t i;

    for (i = 0; i < protocol->answer_count; i++)
        if (strcmp(protocol->answers[i].id, id) == 0)
            return &protocol->answers[i];
    return NULL;
}

static void
compare_answers(struct diff *diff)
{
    size_t i;

    for (i = 0; i < diff->before->answer_count; i++) {
        const struct smp_answer *answer = &diff->before->answers[i];
        const struct smp_answer *other = answer_by_id(diff->after, answer->id);

        if (!other || strcmp(answer->answer, other->answer) != 0)
            tell(diff, answer->id, "answer", answer->answer,
                 other ? other->answer : NULL);
    }
    for (i = 0; i < diff->after->answer_count; i++) {
        const struct smp_answer *answer = &diff->after->answers[i];

        if (!answer_by_id(diff->before, answer->id))
            tell(diff, answer->id, "answer", NULL, answer->answer);
    }
}

/* What the plan of sessions says, by what its texts may be filled with. */
static void
compare_course(struct diff *diff)
{
    static const char *const names[][2] = {
        {"sessions", "{sessions}"}, {"sessions at most", "{max}"},
        {"gap", "{gap}"},           {"length", "{length}"},
        {"healed", "{healed}"},
    };
    size_t i;

    for (i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct smp_buf from = {0}, to = {0};

        smp_words_fill(&from, diff->before, NULL, names[i][1]);
        smp_words_fill(&to, diff->after, NULL, names[i][1]);
        if (strcmp(smp_buf_text(&from), smp_buf_text(&to)) != 0)
            tell(diff, "plan", names[i][0], smp_buf_text(&from),
                 smp_buf_text(&to));
        smp_buf_release(&from);
        smp_buf_release(&to);
    }
}

size_t
smp_write_diff(struct smp_buf *out, const struct smp_protocol *before,
               const struct smp_protocol *after, bool json)
{
    struct diff diff = {
        .out = out, .before = before, .after = after, .json = json};

    compare_course(&diff);
    compare_rules(&diff);
    compare_answers(&diff);
    smp_diff_values(before, after, members, tell, &diff);
    return diff.count;
}
