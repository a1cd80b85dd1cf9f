#include "protocol/internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/fill.h"
#include "json/json.h"
#include "protocol/words.h"

/* "2", "3..5", then `rest`; thousandths of the two ends. */
static bool
read_range(const char **at, struct smp_every *every)
{
    if (!smp_number_read(at, &every->min))
        return false;
    every->max = every->min;
    if (strncmp(*at, "..", 2) != 0)
        return true;
    *at += 2;
    return smp_number_read(at, &every->max) && every->min <= every->max;
}

static bool
read_clocks(const char *at, struct smp_every *every)
{
    every->kind = SMP_EVERY_CLOCKS;
    for (;;) {
        size_t n = strcspn(at, ",");

        if (every->count == SMP_CLOCKS_MAX ||
            !smp_clock_read(at, n, &every->at[every->count].clock,
                            &every->at[every->count].minutes))
            return false;
        every->count++;
        if (!at[n])
            return true;
        at += n + 1;
    }
}

static bool
read_frequency(const char *at, struct smp_every *every)
{
    if (!read_range(&at, every) || !every->max)
        return false;
    if (strcmp(at, "/d") == 0)
        every->kind = SMP_EVERY_PER_DAY;
    else if (strcmp(at, "/w") == 0)
        every->kind = SMP_EVERY_PER_WEEK;
    else if (smp_unit_read(&at, &every->unit) && !*at)
        every->kind = SMP_EVERY_INTERVAL;
    else
        return false;
    return true;
}

bool
smp_every_parse(const char *text, struct smp_every *every)
{
    *every = (struct smp_every){.text = text};
    if (*text == '@')
        return read_clocks(text + 1, every);
    if (strchr("0123456789+-.", *text) && *text)
        return read_frequency(text, every);
    if (strncmp(text, "on:", 3) == 0) {
        every->kind = SMP_EVERY_ON;
        every->text = text + 3;
    } else {
        every->kind = strcmp(text, "as-needed") == 0 ? SMP_EVERY_AS_NEEDED
                                                     : SMP_EVERY_WORDS;
    }
    return true;
}

static void
read_window(struct loader *loader, const struct smp_place *object,
            struct smp_rule *rule)
{
    struct smp_place place = smp_place_member(object, "during");
    struct smp_err err = {0};

    if (!smp_json_string(loader->json, object, "during", &rule->during) ||
        !rule->during)
        return;
    if (!smp_window_parse(rule->during, &loader->protocol->arena, &rule->window,
                          &err)) {
        smp_json_wrong(loader->json, &place, "%s", smp_buf_text(&err.text));
        rule->window = (struct smp_window){0};
    }
    smp_err_release(&err);
}

static void
check_milestone(struct loader *loader, const struct smp_place *object,
                const struct smp_point *point)
{
    struct smp_place place = smp_place_member(object, "during");

    if (point->anchor == SMP_AT_MILESTONE &&
        !smp_protocol_milestone(loader->protocol, point->milestone))
        smp_json_wrong(loader->json, &place,
                       "no such milestone or anchor: \"%.40s\"",
                       point->milestone);
}

static void
read_every(struct loader *loader, const struct smp_place *object,
           struct smp_rule *rule)
{
    struct smp_place place = smp_place_member(object, "every");

    smp_loader_short(loader, object, "every", &rule->every_text);
    if (rule->every_text && !smp_every_parse(rule->every_text, &rule->every))
        smp_json_wrong(loader->json, &place,
                       "not how often: \"%.40s\"; it is like 2/d, 3..4h or "
                       "@morning,20:00, or begins with a letter",
                       rule->every_text);
}

enum smp_phase
smp_phase_of_window(const struct smp_window *window)
{
    const struct smp_point *start = &window->start;

    return (start->anchor == SMP_AT_THIS && start->has_offset &&
            start->from.thousandths < 0) ||
                   window->end.anchor == SMP_AT_ITSELF
               ? SMP_PRE
               : SMP_POST;
}

static bool
is_mute(const struct smp_rule *rule)
{
    return !rule->what.count && !rule->title && !rule->text;
}

static void
remark_missing_words(struct loader *loader, const struct smp_place *place,
                     const struct smp_rule *rule)
{
    if (is_mute(rule))
        smp_loader_tell(loader, SMP_REMARK, place,
                        "no words: give it what, title or text");
    else if (!rule->what.count && !rule->title)
        smp_loader_tell(loader, SMP_REMARK, place,
                        "no title: the beginning of its text is used");
}

void
smp_loader_rule(struct loader *loader, const struct smp_place *place,
                struct smp_rule *rule)
{
    static const char *const known[] = {
        "phase", "verb",  "what", "during", "every", "if",   "unless",
        "scope", "limit", "how",  "except", "with",  "then", "met",
        "title", "text",  "why",  "ask",    "note",  NULL};
    static const char *const mets[] = {"session", NULL};
    struct smp_place verb = smp_place_member(place, "verb");

    rule->id = smp_loader_clean(loader, place->key);
    if (!smp_json_is_object(loader->json, place))
        return;
    smp_loader_tell_unknown(loader, place, known);
    read_window(loader, place, rule);
    rule->phase = (enum smp_phase)smp_loader_name(
        loader, place, "phase", smp_phase_names,
        (int)smp_phase_of_window(&rule->window));
    rule->verb = (enum smp_verb)smp_loader_name(loader, place, "verb",
                                                smp_verb_names, SMP_AVOID);
    if (!verb.value)
        smp_loader_fault(loader, place, "a rule needs a verb");
    rule->scope = (enum smp_scope)smp_loader_name(loader, place, "scope",
                                                  smp_scope_names, SMP_EACH);
    rule->met_by_session = smp_loader_name(loader, place, "met", mets, -1) == 0;
    read_every(loader, place, rule);
    smp_loader_strings(loader, place, "what", &rule->what);
    smp_loader_strings(loader, place, "if", &rule->when);
    smp_loader_strings(loader, place, "unless", &rule->unless);
    smp_loader_set(loader, place, "ask", &rule->ask);
    smp_loader_text(loader, place, "then", &rule->then);
    smp_loader_short(loader, place, "with", &rule->with);
    smp_loader_short(loader, place, "how", &rule->how);
    smp_loader_short(loader, place, "limit", &rule->limit);
    smp_loader_short(loader, place, "except", &rule->except);
    smp_loader_short(loader, place, "title", &rule->title);
    smp_loader_text(loader, place, "text", &rule->text);
    smp_loader_text(loader, place, "why", &rule->why);
    smp_loader_text(loader, place, "note", &rule->note);
    check_milestone(loader, place, &rule->window.start);
    check_milestone(loader, place, &rule->window.end);
    remark_missing_words(loader, place, rule);
}

/* The earliest beginning of all pre-care, counted from the session. */
static const struct smp_point *
find_pre_care_start(const struct smp_protocol *protocol)
{
    const struct smp_point *found = NULL;
    int64_t earliest = 0;
    size_t i;

    for (i = 0; i < protocol->rule_count; i++) {
        const struct smp_rule *rule = &protocol->rules[i];
        const struct smp_point *start = &rule->window.start;

        if (rule->phase == SMP_PRE && rule->during &&
            start->anchor == SMP_AT_THIS && start->has_offset &&
            smp_span_seconds(start->from) < earliest) {
            earliest = smp_span_seconds(start->from);
            found = start;
        }
    }
    return found;
}

static struct smp_window
default_window(const struct smp_point *pre_care_start, enum smp_phase phase)
{
    struct smp_window window = {
        .start = {.anchor = SMP_AT_THIS,
                  .has_offset = true,
                  .from = {0, SMP_DAYS},
                  .to = {0, SMP_DAYS}},
        .end = {.anchor = SMP_AT_MILESTONE, .milestone = "healed"},
    };

    if (phase == SMP_PRE) {
        if (pre_care_start)
            window.start = *pre_care_start;
        window.end = (struct smp_point){.anchor = SMP_AT_ITSELF};
    }
    return window;
}

/* The beginning of a text, for a title. */
static void
put_beginning(struct smp_buf *out, const char *text)
{
    enum { MOST = 40 };
    size_t whole = strcspn(text, ".:;"), n = whole > MOST ? MOST : whole;

    while (n < whole && n && text[n] != ' ')
        n--;
    smp_buf_add(out, text, n ? n : whole);
    if (n && n < whole)
        smp_buf_puts(out, "...");
}

/* "No swimming" of a rule that says what, but not in words. */
static const char *
default_title(struct smp_protocol *protocol, const struct smp_rule *rule)
{
    const char *label =
        smp_label_of(protocol, "title.", smp_verb_names[rule->verb]);
    struct smp_buf what = {0}, title = {0};
    const char *kept;

    smp_words_what(&what, protocol, &rule->what, smp_verb_forbids(rule->verb));
    if (!what.len && rule->text)
        put_beginning(&title, rule->text);
    else
        smp_fill(&title, label ? label : "{what}",
                 SMP_VALUES({"what", smp_buf_text(&what)}));
    kept = smp_arena_strdup(&protocol->arena, smp_buf_text(&title));
    smp_buf_release(&what);
    smp_buf_release(&title);
    return kept;
}

/* "what.limit" of "ointment" and "a pea": "ointment, at most a pea". */
static void
add_detail(struct smp_buf *what, const struct smp_protocol *protocol,
           const char *name, const char *value)
{
    const char *label = smp_label_of(protocol, "what.", name);
    struct smp_buf more = {0};

    if (!value || !*value)
        return;
    smp_fill(&more, label ? label : "{what} ({value})",
             SMP_VALUES({"what", smp_buf_text(what)}, {"value", value}));
    smp_buf_cut(what, 0);
    smp_buf_add(what, more.data, more.len);
    smp_buf_release(&more);
}

static void
add_details(struct smp_buf *what, const struct smp_protocol *protocol,
            const struct smp_rule *rule)
{
    struct smp_buf every = {0};

    smp_words_every(&every, protocol, &rule->every);
    add_detail(what, protocol, "with", rule->with);
    add_detail(what, protocol, "how", rule->how);
    add_detail(what, protocol, "every", smp_buf_text(&every));
    add_detail(what, protocol, "limit", rule->limit);
    add_detail(what, protocol, "except", rule->except);
    smp_buf_release(&every);
}

/* What to do upon an alert: a word of the format, or words of the studio. */
static const char *
then_words(const struct smp_protocol *protocol, const struct smp_rule *rule)
{
    const char *then = rule->then ? rule->then : "contact";
    const char *label = smp_label_of(protocol, "then.", then);

    return label ? label : then;
}

static const char *
default_text(struct smp_protocol *protocol, const struct smp_rule *rule)
{
    const char *label =
        smp_label_of(protocol, "text.", smp_verb_names[rule->verb]);
    struct smp_buf what = {0}, text = {0};
    const char *kept;

    smp_words_what(&what, protocol, &rule->what, smp_verb_forbids(rule->verb));
    if (!what.len)
        smp_buf_puts(&what, rule->title);
    add_details(&what, protocol, rule);
    smp_fill(&text, label ? label : "{what}",
             SMP_VALUES({"what", smp_buf_text(&what)},
                        {"then", then_words(protocol, rule)}));
    kept = smp_arena_strdup(&protocol->arena, smp_buf_text(&text));
    smp_buf_release(&what);
    smp_buf_release(&text);
    return kept;
}

/* An alert in words of its own says what to do, too. */
static const char *
own_text(struct smp_protocol *protocol, const struct smp_rule *rule)
{
    struct smp_buf text = {0};
    const char *kept = rule->text;

    if (smp_verbs[rule->verb].warns) {
        smp_words(&text, protocol, "text.alert.own",
                  SMP_VALUES({"then", then_words(protocol, rule)},
                             {"text", rule->text}));
        kept = smp_arena_strdup(&protocol->arena, smp_buf_text(&text));
    }
    smp_buf_release(&text);
    return kept;
}

static const char *
filled(struct smp_protocol *protocol, const struct smp_rule *rule,
       const char *text)
{
    struct smp_buf out = {0};
    const char *kept;

    smp_words_fill(&out, protocol, rule, text);
    kept = smp_arena_strndup(&protocol->arena, smp_buf_text(&out), out.len);
    smp_buf_release(&out);
    return kept;
}

void
smp_loader_complete_rules(struct smp_protocol *protocol)
{
    const struct smp_point *pre_care_start = find_pre_care_start(protocol);
    size_t i;

    for (i = 0; i < protocol->rule_count; i++) {
        struct smp_rule *rule = &protocol->rules[i];

        if (!rule->during)
            rule->window = default_window(pre_care_start, rule->phase);
        if (is_mute(rule)) {
            rule->title = smp_label(protocol, "title.none");
            rule->text = smp_label(protocol, "text.none");
        }
        if (!rule->title)
            rule->title = default_title(protocol, rule);
        rule->text = rule->text ? own_text(protocol, rule)
                                : default_text(protocol, rule);
        rule->full_title = filled(protocol, rule, rule->title);
        rule->full_text = filled(protocol, rule, rule->text);
    }
}

static int
compare_ids(const void *a, const void *b)
{
    const char *const *first = a, *const *second = b;

    return strcmp(*first, *second);
}

/* The ids of all that rules speak of, sorted; the caller frees them. */
static const char **
ids_of_rules(const struct smp_protocol *protocol, size_t *count)
{
    const char **ids = NULL;
    size_t room = 0, i, j;

    *count = 0;
    for (i = 0; i < protocol->rule_count; i++)
        for (j = 0; j < protocol->rules[i].what.count; j++) {
            ids = smp_grow(ids, *count, &room, sizeof *ids);
            ids[(*count)++] = protocol->rules[i].what.at[j];
        }
    if (*count)
        qsort(ids, *count, sizeof *ids, compare_ids);
    return ids;
}

void
smp_loader_imply_activities(struct smp_protocol *protocol)
{
    size_t declared = protocol->activity_count, all = declared, n, i;
    const char **ids = ids_of_rules(protocol, &n);
    struct smp_activity *activities =
        smp_arena_alloc(&protocol->arena, (all + n) * sizeof *activities);

    if (declared)
        memcpy(activities, protocol->activities, declared * sizeof *activities);
    for (i = 0; i < n; i++)
        if ((!i || strcmp(ids[i - 1], ids[i]) != 0) &&
            strcmp(ids[i], SMP_EVERYTHING) != 0 &&
            !smp_protocol_activity(protocol, ids[i]))
            activities[all++] =
                (struct smp_activity){.id = ids[i], .title = ids[i]};
    protocol->activities = activities;
    protocol->activity_count = all;
    free(ids);
}
