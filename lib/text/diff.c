#include "text/protocol.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "base/base.h"
#include "json/json.h"
#include "protocol/words.h"
#include "protocol/protocol.h"

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

/* One difference; from or to is NULL if a thing is new or gone. */
static void
report(struct diff *diff, const char *id, const char *what, const char *from,
       const char *to)
{
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

/* As it is written: what its fields fill in is compared as such. */
static void
text_facet(struct smp_buf *out, const struct smp_protocol *protocol,
           const struct smp_rule *rule)
{
    (void)protocol;
    smp_buf_puts(out, rule->text);
}

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
            report(diff, before->id, facets[i].name, smp_buf_text(&from),
                   smp_buf_text(&to));
    }
    smp_buf_release(&from);
    smp_buf_release(&to);
}

static void
report_whole(struct diff *diff, const struct smp_protocol *protocol,
             const struct smp_rule *rule, bool is_new)
{
    struct smp_buf text = {0};

    smp_words_fill(&text, protocol, rule, rule->text);
    report(diff, rule->id, "rule", is_new ? NULL : smp_buf_text(&text),
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
            report_whole(diff, before, rule, false);
    }
    for (i = 0; i < after->rule_count; i++)
        if (!smp_protocol_rule(before, after->rules[i].id))
            report_whole(diff, after, &after->rules[i], true);
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
            report(diff, answer->id, "answer", answer->answer,
                   other ? other->answer : NULL);
    }
    for (i = 0; i < diff->after->answer_count; i++) {
        const struct smp_answer *answer = &diff->after->answers[i];

        if (!answer_by_id(diff->before, answer->id))
            report(diff, answer->id, "answer", NULL, answer->answer);
    }
}

/* The plan of sessions, by the fields that texts can name. */
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
            report(diff, "plan", names[i][0], smp_buf_text(&from),
                   smp_buf_text(&to));
        smp_buf_release(&from);
        smp_buf_release(&to);
    }
}

/* Where in the two texts. */
struct walk {
    struct diff *diff;
    const char *section;
    const char *id; /* of a section's entry, or of the section */
    struct smp_buf what;
    struct smp_arena arena;
};

static bool
is_in(const char *const *names, const char *name)
{
    while (*names && strcmp(*names, name) != 0)
        names++;
    return *names != NULL;
}

/* A text as it is, any other value as JSON; NULL if missing. */
static const char *
spelled(struct walk *walk, const cJSON *value)
{
    struct smp_buf text = {0};
    const char *kept;

    if (!value)
        return NULL;
    if (cJSON_IsString(value))
        return value->valuestring;
    smp_json_format(&text, value);
    kept = smp_arena_strndup(&walk->arena, smp_buf_text(&text), text.len);
    smp_buf_release(&text);
    return kept;
}

static int
compare_names(const void *a, const void *b)
{
    const cJSON *const *first = a, *const *second = b;

    return strcmp((*first)->string, (*second)->string);
}

/* The members of an object by their names, with NULL behind them. */
static const cJSON **
members_of(struct walk *walk, const cJSON *object)
{
    size_t n = (size_t)cJSON_GetArraySize(object), i = 0;
    const cJSON **members =
        smp_arena_take(&walk->arena, (n + 1) * sizeof *members);
    const cJSON *member;

    for (member = object ? object->child : NULL; member; member = member->next)
        members[i++] = member;
    members[i] = NULL;
    qsort(members, i, sizeof *members, compare_names);
    return members;
}

/* Each member of either object with the other's of its name, or NULL. */
static void
pair_members(struct walk *walk, const cJSON *before, const cJSON *after,
             void (*visit)(struct walk *walk, const char *name,
                           const cJSON *before, const cJSON *after))
{
    const cJSON **a = members_of(walk, before), **b = members_of(walk, after);

    while (*a || *b) {
        int order = !*a ? 1 : !*b ? -1 : compare_names(a, b);
        const cJSON *from = order <= 0 ? *a++ : NULL;
        const cJSON *to = order >= 0 ? *b++ : NULL;

        visit(walk, from ? from->string : to->string, from, to);
    }
}

static void compare(struct walk *walk, const cJSON *before, const cJSON *after);

/* The values of a member, or of the element of that number. */
static void
compare_at(struct walk *walk, const char *name, const cJSON *before,
           const cJSON *after)
{
    size_t n = walk->what.len;

    if (n)
        smp_buf_putc(&walk->what, '.');
    smp_buf_puts(&walk->what, name);
    compare(walk, before, after);
    smp_buf_cut(&walk->what, n);
}

static void
compare_elements(struct walk *walk, const cJSON *before, const cJSON *after)
{
    const cJSON *a = before->child, *b = after->child;
    char number[SMP_DIGITS + 1];
    int i;

    for (i = 0; a || b; i++) {
        *smp_digits(number, i) = '\0';
        compare_at(walk, number, a, b);
        a = a ? a->next : NULL;
        b = b ? b->next : NULL;
    }
}

/* The members of a rule that are compared in words, as facets. */
static const char *const members[] = {
    "verb", "what", "during", "every", "if", "unless", "scope", "text", NULL};

/* Whether the path so far is one that was compared in words. */
static bool
is_in_words(const struct walk *walk)
{
    static const char *const of_plan[] = {"length", "sessions.typical",
                                          "sessions.max", NULL};
    const char *what = smp_buf_text(&walk->what);

    if (strcmp(walk->section, "rules") == 0)
        return is_in(members, what);
    if (strcmp(walk->section, "plan") == 0)
        return is_in(of_plan, what);
    if (strcmp(walk->section, "milestones") == 0)
        return smp_is_healing(walk->id);
    return strcmp(walk->section, "faq") == 0 && strcmp(what, "answer") == 0;
}

/* Names that are asked for or known: {"NAME": true, ...}. */
static bool
is_set(const cJSON *value)
{
    const cJSON *member = cJSON_IsObject(value) ? value->child : NULL;

    while (member && cJSON_IsTrue(member))
        member = member->next;
    return cJSON_IsObject(value) && !member;
}

static void
report_value(struct walk *walk, const char *from, const char *to)
{
    report(walk->diff, walk->id,
           walk->what.len ? smp_buf_text(&walk->what) : walk->section, from,
           to);
}

/* Of sets, the names that only one of them has. */
static void
compare_sets(struct walk *walk, const cJSON *before, const cJSON *after)
{
    const cJSON **a = members_of(walk, before), **b = members_of(walk, after);
    struct smp_buf from = {0}, to = {0};

    while (*a || *b) {
        int order = !*a ? 1 : !*b ? -1 : compare_names(a, b);
        struct smp_buf *only = order < 0 ? &from : &to;

        if (order && only->len)
            smp_buf_puts(only, ", ");
        if (order)
            smp_buf_puts(only, order < 0 ? (*a)->string : (*b)->string);
        a += order <= 0;
        b += order >= 0;
    }
    if (from.len || to.len)
        report_value(walk, smp_buf_text(&from), smp_buf_text(&to));
    smp_buf_release(&from);
    smp_buf_release(&to);
}

static void
compare(struct walk *walk, const cJSON *before, const cJSON *after)
{
    const char *from, *to;

    if (is_in_words(walk))
        return;
    if (is_set(before) && is_set(after)) {
        compare_sets(walk, before, after);
        return;
    }
    if (cJSON_IsObject(before) && cJSON_IsObject(after)) {
        pair_members(walk, before, after, compare_at);
        return;
    }
    if (cJSON_IsArray(before) && cJSON_IsArray(after)) {
        compare_elements(walk, before, after);
        return;
    }
    from = spelled(walk, before);
    to = spelled(walk, after);
    if (!from || !to || strcmp(from, to) != 0)
        report_value(walk, from, to);
}

/* Whole rules and answers are reported as such. */
static void
compare_entry(struct walk *walk, const char *name, const cJSON *before,
              const cJSON *after)
{
    bool whole = strcmp(walk->section, "rules") == 0 ||
                 strcmp(walk->section, "faq") == 0;

    walk->id = name;
    if ((before && after) || !whole)
        compare(walk, before, after);
}

static void
compare_section(struct walk *walk, const char *name, const cJSON *before,
                const cJSON *after)
{
    static const char *const of_entries[] = {
        "rules", "faq", "activities", "labels", "milestones", NULL};

    bool object = cJSON_IsObject(before) || cJSON_IsObject(after);

    walk->section = name;
    walk->id = object ? name : "protocol";
    if (is_in(of_entries, name))
        pair_members(walk, before, after, compare_entry);
    else if (object)
        pair_members(walk, before, after, compare_at);
    else
        compare(walk, before, after);
}

/*
 * The effective texts as they are written, member by member, but for what is
 * compared in words: some members of rules, whole rules, answers, the length of
 * a session and the time of healing.
 */
static void
compare_values(struct diff *diff)
{
    struct walk walk = {.diff = diff};
    struct smp_buf from = {0}, to = {0};
    struct smp_err err = {0};
    const cJSON *a, *b;

    smp_protocol_print(&from, diff->before);
    smp_protocol_print(&to, diff->after);
    a = smp_json_parse(&walk.arena, smp_buf_text(&from), from.len, &err);
    b = smp_json_parse(&walk.arena, smp_buf_text(&to), to.len, &err);
    pair_members(&walk, a, b, compare_section);
    smp_buf_release(&from);
    smp_buf_release(&to);
    smp_buf_release(&walk.what);
    smp_err_release(&err);
    smp_arena_release(&walk.arena);
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
    compare_values(&diff);
    return diff.count;
}
