#include "text/diff_values.h"

#include <stdlib.h>
#include <string.h>

#include "json/json.h"

/* Where in the two texts, and what is compared elsewhere. */
struct walk {
    const char *const *told;
    smp_diff_told *tell;
    void *context;
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

/* A text as it is, any other value as JSON; NULL where there is none. */
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

/* What is behind the name of a member, or of an element's number. */
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

/* Whether the path so far is one that has been told in words. */
static bool
is_told(const struct walk *walk)
{
    static const char *const of_plan[] = {"length", "sessions.typical",
                                          "sessions.max", NULL};
    const char *what = smp_buf_text(&walk->what);

    if (strcmp(walk->section, "rules") == 0)
        return is_in(walk->told, what);
    if (strcmp(walk->section, "plan") == 0)
        return is_in(of_plan, what);
    if (strcmp(walk->section, "milestones") == 0)
        return strcmp(walk->id, "healed") == 0;
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
tell(struct walk *walk, const char *from, const char *to)
{
    walk->tell(walk->context, walk->id,
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
        tell(walk, smp_buf_text(&from), smp_buf_text(&to));
    smp_buf_release(&from);
    smp_buf_release(&to);
}

static void
compare(struct walk *walk, const cJSON *before, const cJSON *after)
{
    const char *from, *to;

    if (is_told(walk))
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
        tell(walk, from, to);
}

/* Whole rules and answers are told as such. */
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

void
smp_diff_values(const struct smp_protocol *before,
                const struct smp_protocol *after, const char *const *told,
                smp_diff_told *tell_one, void *context)
{
    struct walk walk = {.told = told, .tell = tell_one, .context = context};
    struct smp_buf from = {0}, to = {0};
    struct smp_err err = {0};
    const cJSON *a, *b;

    smp_protocol_print(&from, before);
    smp_protocol_print(&to, after);
    a = smp_json_parse(&walk.arena, smp_buf_text(&from), from.len, &err);
    b = smp_json_parse(&walk.arena, smp_buf_text(&to), to.len, &err);
    pair_members(&walk, a, b, compare_section);
    smp_buf_release(&from);
    smp_buf_release(&to);
    smp_buf_release(&walk.what);
    smp_err_release(&err);
    smp_arena_release(&walk.arena);
}
