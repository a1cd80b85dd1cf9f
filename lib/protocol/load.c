#include "protocol/protocol.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "base/utf8.h"
#include "json/json.h"
#include "protocol/layers.h"
#include "protocol/words.h"

/* What reading works on: the protocol that grows, where findings go. */
struct loader {
    struct smp_protocol *protocol;
    struct smp_json_reader reader;
    const struct smp_layers *layers;
    const struct smp_findings *findings;
    struct smp_err *err;
};

static void
tell(struct loader *loader, enum smp_severity severity, const char *pointer,
     const char *what)
{
    struct smp_finding finding = {
        .severity = severity, .pointer = pointer, .what = what};

    finding.file = smp_layers_locate(loader->layers, pointer, &finding.line);
    if (loader->findings)
        loader->findings->tell(loader->findings->context, &finding);
    if (severity == SMP_FAULT)
        smp_fail(loader->err, "%s:%lu: %s: %s", finding.file, finding.line,
                 *pointer ? pointer : "/", what);
}

static void
tell_place(struct loader *loader, enum smp_severity severity,
           const struct smp_place *place, const char *what)
{
    struct smp_buf pointer = {0};

    smp_place_pointer(&pointer, place);
    tell(loader, severity, smp_buf_text(&pointer), what);
    smp_buf_release(&pointer);
}

static void
fault_at(void *context, const struct smp_place *place, const char *what)
{
    tell_place(context, SMP_FAULT, place, what);
}

/* Remarks on members that no one reads: a misspelled one changes nothing. */
static void
remark_unknown(struct loader *loader, const struct smp_place *object,
               const char *const *known)
{
    const cJSON *member;

    if (!loader->findings)
        return;
    cJSON_ArrayForEach (member, object->value) {
        struct smp_place place = smp_place_child(object, member, 0);

        if (smp_name_index(known, member->string) < 0)
            tell_place(loader, SMP_REMARK, &place, "unknown member");
    }
}

/* Protocol texts are cleaned once, here, so that nobody has to later. */
static const char *
clean(struct loader *loader, const char *text)
{
    struct smp_buf out = {0};
    const char *kept;

    smp_utf8_clean(&out, text, strlen(text));
    kept = smp_arena_strndup(&loader->protocol->arena, smp_buf_text(&out),
                             out.len);
    smp_buf_release(&out);
    return kept;
}

static void
read_text(struct loader *loader, const struct smp_place *object,
          const char *key, const char **out)
{
    struct smp_place place = smp_place_member(object, key);

    if (cJSON_IsString(place.value))
        *out = clean(loader, place.value->valuestring);
    else if (place.value)
        fault_at(loader, &place, "a string is wanted");
}

/* A set of texts as the layers make them of lists: an object's names. */
static void
read_set(struct loader *loader, const struct smp_place *object, const char *key,
         struct smp_strings *out)
{
    struct smp_place place = smp_place_member(object, key);
    const cJSON *member;

    if (!place.value)
        return;
    if (!cJSON_IsObject(place.value)) {
        fault_at(loader, &place, "a list of strings is wanted");
        return;
    }
    out->at = smp_arena_alloc(&loader->protocol->arena,
                              (size_t)cJSON_GetArraySize(place.value) *
                                  sizeof *out->at);
    cJSON_ArrayForEach (member, place.value)
        out->at[out->count++] = clean(loader, member->string);
}

static void
read_strings(struct loader *loader, const struct smp_place *object,
             const char *key, struct smp_strings *out)
{
    size_t i;

    if (smp_json_strings(&loader->reader, object, key, out))
        for (i = 0; i < out->count; i++)
            out->at[i] = clean(loader, out->at[i]);
}

/* The index of a word in its list; a word that is none of them is a fault. */
static int
read_name(struct loader *loader, const struct smp_place *object,
          const char *key, const char *const *names, int absent)
{
    struct smp_place place = smp_place_member(object, key);
    const char *name = NULL;
    int index;

    if (!smp_json_string(&loader->reader, object, key, &name) || !name)
        return absent;
    index = smp_name_index(names, name);
    if (index < 0)
        smp_json_wrong(&loader->reader, &place, "\"%.40s\" is not known here",
                       name);
    return index < 0 ? absent : index;
}

static bool
read_span(struct loader *loader, const struct smp_place *object,
          const char *key, struct smp_span *span)
{
    struct smp_place place = smp_place_member(object, key);
    const char *text = NULL;

    if (!smp_json_string(&loader->reader, object, key, &text) || !text)
        return false;
    if (smp_span_parse(text, span))
        return true;
    smp_json_wrong(&loader->reader, &place, "not a duration: \"%.40s\"", text);
    return false;
}

static bool
read_length(struct loader *loader, const struct smp_place *object,
            const char *key, struct smp_length *length)
{
    struct smp_place place = smp_place_member(object, key);
    const char *text = NULL;

    if (!smp_json_string(&loader->reader, object, key, &text) || !text)
        return false;
    if (smp_length_parse(text, length))
        return true;
    smp_json_wrong(&loader->reader, &place,
                   "not a duration or range of two: \"%.40s\"", text);
    return false;
}

static void
read_window(struct loader *loader, const struct smp_place *object,
            struct smp_rule *rule)
{
    struct smp_place place = smp_place_member(object, "during");
    struct smp_err err = {0};

    if (!smp_json_string(&loader->reader, object, "during", &rule->during) ||
        !rule->during)
        return;
    if (!smp_window_parse(rule->during, &loader->protocol->arena, &rule->window,
                          &err))
        smp_json_wrong(&loader->reader, &place, "%s", smp_buf_text(&err.text));
    smp_err_release(&err);
}

static void
check_milestone(struct loader *loader, const struct smp_place *object,
                const struct smp_point *point)
{
    struct smp_place place = smp_place_member(object, "during");

    if (point->anchor == SMP_AT_MILESTONE &&
        !smp_protocol_milestone(loader->protocol, point->milestone))
        smp_json_wrong(&loader->reader, &place,
                       "no such milestone or anchor: \"%.40s\"",
                       point->milestone);
}

static void
read_every(struct loader *loader, const struct smp_place *object,
           struct smp_rule *rule)
{
    struct smp_place place = smp_place_member(object, "every");

    read_text(loader, object, "every", &rule->every_text);
    if (rule->every_text && !smp_every_parse(rule->every_text, &rule->every))
        smp_json_wrong(&loader->reader, &place,
                       "not a list of clock hours: \"%.40s\"",
                       rule->every_text);
}

/* Without a word for it: pre-care where the window begins before or ends at
 * the session. */
static enum smp_phase
phase_of_window(const struct smp_rule *rule)
{
    const struct smp_point *start = &rule->window.start;

    return rule->during &&
                   ((start->anchor == SMP_AT_THIS && start->has_offset &&
                     start->from.thousandths < 0) ||
                    rule->window.end.anchor == SMP_AT_ITSELF)
               ? SMP_PRE
               : SMP_POST;
}

static void
read_rule(struct loader *loader, const struct smp_place *place,
          struct smp_rule *rule)
{
    static const char *const known[] = {
        "phase",  "verb",  "what",  "during", "every",  "if",
        "unless", "scope", "limit", "how",    "except", "then",
        "title",  "text",  "why",   "ask",    "note",   NULL};
    struct smp_place verb = smp_place_member(place, "verb");

    rule->id = clean(loader, place->key);
    if (!smp_json_is_object(&loader->reader, place))
        return;
    remark_unknown(loader, place, known);
    read_window(loader, place, rule);
    rule->phase = (enum smp_phase)read_name(
        loader, place, "phase", smp_phase_names, (int)phase_of_window(rule));
    rule->verb = (enum smp_verb)read_name(loader, place, "verb", smp_verb_names,
                                          SMP_AVOID);
    if (!verb.value)
        fault_at(loader, place, "a rule needs a verb");
    rule->scope = (enum smp_scope)read_name(loader, place, "scope",
                                            smp_scope_names, SMP_EACH);
    read_every(loader, place, rule);
    read_strings(loader, place, "what", &rule->what);
    read_strings(loader, place, "if", &rule->when);
    read_strings(loader, place, "unless", &rule->unless);
    read_set(loader, place, "ask", &rule->ask);
    read_text(loader, place, "then", &rule->then);
    read_text(loader, place, "how", &rule->how);
    read_text(loader, place, "limit", &rule->limit);
    read_text(loader, place, "except", &rule->except);
    read_text(loader, place, "title", &rule->title);
    read_text(loader, place, "text", &rule->text);
    read_text(loader, place, "why", &rule->why);
    read_text(loader, place, "note", &rule->note);
    check_milestone(loader, place, &rule->window.start);
    check_milestone(loader, place, &rule->window.end);
}

static void
read_activity(struct loader *loader, const struct smp_place *place,
              struct smp_activity *activity)
{
    static const char *const known[] = {"title", "names", "is", "note", NULL};

    activity->id = activity->title = clean(loader, place->key);
    if (!smp_json_is_object(&loader->reader, place))
        return;
    remark_unknown(loader, place, known);
    read_set(loader, place, "names", &activity->names);
    read_strings(loader, place, "is", &activity->is);
    if (activity->names.count)
        activity->title = activity->names.at[0];
    read_text(loader, place, "title", &activity->title);
}

static void
read_answer(struct loader *loader, const struct smp_place *place,
            struct smp_answer *answer)
{
    static const char *const known[] = {"question", "answer", "ask", "note",
                                        NULL};

    *answer = (struct smp_answer){
        .id = clean(loader, place->key), .question = "", .answer = ""};
    if (!smp_json_is_object(&loader->reader, place))
        return;
    remark_unknown(loader, place, known);
    read_text(loader, place, "question", &answer->question);
    read_text(loader, place, "answer", &answer->answer);
    read_text(loader, place, "note", &answer->note);
    read_set(loader, place, "ask", &answer->ask);
}

/* Room for the members of an object, and the object as a place. */
static void *
room_for(struct loader *loader, const struct smp_place *root, const char *key,
         size_t size, struct smp_place *place)
{
    *place = smp_place_member(root, key);
    if (!smp_json_is_object(&loader->reader, place))
        place->value = NULL;
    return smp_arena_alloc(&loader->protocol->arena,
                           (size_t)cJSON_GetArraySize(place->value) * size +
                               size);
}

static void
read_milestones(struct loader *loader, const struct smp_place *root)
{
    struct smp_protocol *p = loader->protocol;
    struct smp_place place;
    const cJSON *member;

    p->milestones =
        room_for(loader, root, "milestones", sizeof *p->milestones, &place);
    p->milestones[p->milestone_count++].name = "healed";
    cJSON_ArrayForEach (member, place.value) {
        bool healed = strcmp(member->string, "healed") == 0;
        struct smp_milestone *milestone =
            &p->milestones[healed ? 0 : p->milestone_count];

        p->milestone_count += !healed;
        milestone->name = clean(loader, member->string);
        milestone->has_range =
            read_length(loader, &place, member->string, &milestone->range);
    }
}

static void
read_clocks(struct loader *loader, const struct smp_place *root)
{
    struct smp_place clock = smp_place_member(root, "clock");
    int i;

    if (!smp_json_is_object(&loader->reader, &clock))
        return;
    remark_unknown(loader, &clock, smp_clock_names + 1);
    for (i = 1; i <= SMP_CLOCKS; i++) {
        struct smp_place hour = smp_place_member(&clock, smp_clock_names[i]);
        const char *text = NULL;

        smp_json_string(&loader->reader, &clock, smp_clock_names[i], &text);
        if (text && !smp_clock_parse(text, &loader->protocol->clocks[i]))
            smp_json_wrong(&loader->reader, &hour, "not HH:MM: \"%.20s\"",
                           text);
    }
}

static void
read_gap_after(struct loader *loader, const struct smp_place *place,
               struct smp_gap *gap)
{
    struct smp_place after = smp_place_member(place, "after");

    if (cJSON_IsString(after.value) &&
        strcmp(after.value->valuestring, "*") == 0)
        return;
    smp_json_int(&loader->reader, place, "after", 1, 99, &gap->after);
}

static void
read_gap(struct loader *loader, const struct smp_place *place,
         struct smp_gap *gap)
{
    static const char *const known[] = {
        "after", "min", "prefer", "max", "from", "if", "hold_if", "note", NULL};
    static const char *const froms[] = {"previous", "first", NULL};

    if (!smp_json_is_object(&loader->reader, place))
        return;
    remark_unknown(loader, place, known);
    read_gap_after(loader, place, gap);
    gap->has_min = read_span(loader, place, "min", &gap->min);
    gap->has_prefer = read_span(loader, place, "prefer", &gap->prefer);
    gap->has_max = read_span(loader, place, "max", &gap->max);
    gap->from_first = read_name(loader, place, "from", froms, 0) == 1;
    read_text(loader, place, "if", &gap->if_words);
    read_text(loader, place, "hold_if", &gap->hold_if);
}

static void
read_gaps(struct loader *loader, const struct smp_place *plan)
{
    struct smp_course *course = &loader->protocol->course;
    struct smp_place gaps = smp_place_member(plan, "gaps");
    const cJSON *element;

    if (!smp_json_is_array(&loader->reader, &gaps))
        return;
    course->gaps = smp_arena_alloc(&loader->protocol->arena,
                                   (size_t)cJSON_GetArraySize(gaps.value) *
                                       sizeof *course->gaps);
    cJSON_ArrayForEach (element, gaps.value) {
        struct smp_place place =
            smp_place_child(&gaps, element, course->gap_count);

        read_gap(loader, &place, &course->gaps[course->gap_count++]);
    }
}

/* A count of sessions: given as an object with min, typical and max. */
static void
read_sessions(struct loader *loader, const struct smp_place *plan)
{
    static const char *const known[] = {"min", "typical", "max", "note", NULL};
    struct smp_course *course = &loader->protocol->course;
    struct smp_place sessions = smp_place_member(plan, "sessions");

    if (!smp_json_is_object(&loader->reader, &sessions))
        return;
    remark_unknown(loader, &sessions, known);
    smp_json_int(&loader->reader, &sessions, "typical", 1, 99,
                 &course->typical);
    course->min = course->max = course->typical;
    smp_json_int(&loader->reader, &sessions, "min", 1, 99, &course->min);
    smp_json_int(&loader->reader, &sessions, "max", 1, 99, &course->max);
}

static void
read_course(struct loader *loader, const struct smp_place *root)
{
    static const char *const known[] = {
        "sessions", "length", "gaps", "maintenance", "extra", "note", NULL};
    struct smp_course *course = &loader->protocol->course;
    struct smp_place plan = smp_place_member(root, "plan");
    struct smp_place maintenance = smp_place_member(&plan, "maintenance");

    course->min = course->typical = course->max = 1;
    course->length.min = course->length.max =
        (struct smp_span){3000, SMP_HOURS};
    if (!smp_json_is_object(&loader->reader, &plan))
        return;
    remark_unknown(loader, &plan, known);
    read_sessions(loader, &plan);
    read_length(loader, &plan, "length", &course->length);
    read_gaps(loader, &plan);
    if (smp_json_is_object(&loader->reader, &maintenance))
        read_text(loader, &maintenance, "text", &course->maintenance);
}

static void
read_studio(struct loader *loader, const struct smp_place *root)
{
    static const char *const known[] = {
        "name", "timeZone", "openingHours", "chairs", "contact", "note", NULL};
    struct smp_studio *studio = &loader->protocol->studio;
    struct smp_place place = smp_place_member(root, "studio");

    studio->chairs = 1;
    if (!smp_json_is_object(&loader->reader, &place))
        return;
    remark_unknown(loader, &place, known);
    read_text(loader, &place, "name", &studio->name);
    read_text(loader, &place, "timeZone", &studio->time_zone);
    read_text(loader, &place, "openingHours", &studio->opening_hours);
    read_text(loader, &place, "contact", &studio->contact);
    smp_json_int(&loader->reader, &place, "chairs", 1, 999, &studio->chairs);
}

static void
read_label(struct loader *loader, const struct smp_place *place,
           struct smp_label *label)
{
    const cJSON *form;

    label->key = smp_arena_strdup(&loader->protocol->arena, place->key);
    if (cJSON_IsString(place->value)) {
        label->text = clean(loader, place->value->valuestring);
        return;
    }
    if (!cJSON_IsObject(place->value)) {
        fault_at(loader, place, "a text or an object of forms is wanted");
        return;
    }
    label->forms = smp_arena_alloc(&loader->protocol->arena,
                                   (size_t)cJSON_GetArraySize(place->value) *
                                       sizeof *label->forms);
    cJSON_ArrayForEach (form, place->value) {
        struct smp_form *next = &label->forms[label->form_count];

        next->when = smp_arena_strdup(&loader->protocol->arena, form->string);
        read_text(loader, place, form->string, &next->text);
        label->form_count += next->text != NULL;
    }
}

static int
compare_labels(const void *a, const void *b)
{
    return strcmp(((const struct smp_label *)a)->key,
                  ((const struct smp_label *)b)->key);
}

/* Each member of an object read by its own function. */
#define READ_ALL(loader, root, name, array, count, read)                       \
    do {                                                                       \
        struct smp_place all;                                                  \
        const cJSON *one;                                                      \
        (array) = room_for(loader, root, name, sizeof *(array), &all);         \
        cJSON_ArrayForEach (one, all.value) {                                  \
            struct smp_place member = smp_place_child(&all, one, 0);           \
            read(loader, &member, &(array)[(count)++]);                        \
        }                                                                      \
    } while (0)

/* The earliest beginning of all pre-care, counted from the session. */
static void
find_pre_care_start(struct smp_protocol *protocol)
{
    int64_t earliest = 0;
    size_t i;

    for (i = 0; i < protocol->rule_count; i++) {
        const struct smp_rule *rule = &protocol->rules[i];
        const struct smp_point *start = &rule->window.start;

        if (rule->phase == SMP_PRE && rule->during &&
            start->anchor == SMP_AT_THIS && start->has_offset &&
            smp_span_seconds(start->from) < earliest) {
            earliest = smp_span_seconds(start->from);
            protocol->pre_care_start = start;
        }
    }
}

static struct smp_window
default_window(const struct smp_protocol *protocol, enum smp_phase phase)
{
    struct smp_window window = {
        .start = {.anchor = SMP_AT_THIS,
                  .has_offset = true,
                  .from = {0, SMP_DAYS},
                  .to = {0, SMP_DAYS}},
        .end = {.anchor = SMP_AT_MILESTONE, .milestone = "healed"},
    };

    if (phase == SMP_PRE) {
        if (protocol->pre_care_start)
            window.start = *protocol->pre_care_start;
        window.end = (struct smp_point){.anchor = SMP_AT_ITSELF};
    }
    return window;
}

/* "No swimming" of a rule that says what, but not in words. */
static const char *
default_title(struct smp_protocol *protocol, const struct smp_rule *rule)
{
    const char *label =
        smp_label_of(protocol, "title.", smp_verb_names[rule->verb]);
    struct smp_buf what = {0}, title = {0};
    const char *kept = rule->id;

    smp_words_what(&what, protocol, &rule->what);
    smp_fill(&title, label ? label : "{what}",
             SMP_VALUES({"what", smp_buf_text(&what)}));
    if (what.len)
        kept = smp_arena_strdup(&protocol->arena, smp_buf_text(&title));
    smp_buf_release(&what);
    smp_buf_release(&title);
    return kept;
}

static const char *
default_text(struct smp_protocol *protocol, const struct smp_rule *rule)
{
    const char *then =
        smp_label_of(protocol, "then.", rule->then ? rule->then : "contact");
    const char *label =
        smp_label_of(protocol, "text.", smp_verb_names[rule->verb]);
    struct smp_buf what = {0}, text = {0};
    const char *kept;

    smp_words_what(&what, protocol, &rule->what);
    smp_fill(&text, label ? label : "{what}",
             SMP_VALUES({"what", what.len ? smp_buf_text(&what) : rule->title},
                        {"then", then ? then : ""}));
    if (rule->how)
        smp_buf_printf(&text, " (%s)", rule->how);
    kept = smp_arena_strdup(&protocol->arena, smp_buf_text(&text));
    smp_buf_release(&what);
    smp_buf_release(&text);
    return kept;
}

static void
complete_rules(struct smp_protocol *protocol)
{
    size_t i;

    find_pre_care_start(protocol);
    for (i = 0; i < protocol->rule_count; i++) {
        struct smp_rule *rule = &protocol->rules[i];

        if (!rule->during)
            rule->window = default_window(protocol, rule->phase);
        if (!rule->title)
            rule->title = default_title(protocol, rule);
        if (!rule->text)
            rule->text = default_text(protocol, rule);
    }
}

static void
read_head(struct loader *loader, const struct smp_place *root)
{
    static const char *const known[] = {
        "format",     "id",     "lang",   "title",      "extends",
        "milestones", "clock",  "plan",   "activities", "faq",
        "rules",      "labels", "studio", "note",       NULL};
    struct smp_protocol *p = loader->protocol;
    struct smp_place format_place = smp_place_member(root, "format");
    const char *format = "";

    remark_unknown(loader, root, known);
    read_text(loader, root, "format", &format);
    if (strcmp(format, "smp-protocol/1") != 0)
        fault_at(loader, &format_place, "the format is not smp-protocol/1");
    p->id = "";
    p->lang = "en";
    read_text(loader, root, "id", &p->id);
    read_text(loader, root, "lang", &p->lang);
    p->title = p->id;
    read_text(loader, root, "title", &p->title);
}

static void
read_protocol(struct loader *loader, const struct smp_place *root)
{
    struct smp_protocol *p = loader->protocol;

    read_head(loader, root);
    read_milestones(loader, root);
    read_clocks(loader, root);
    READ_ALL(loader, root, "labels", p->labels, p->label_count, read_label);
    qsort(p->labels, p->label_count, sizeof *p->labels, compare_labels);
    READ_ALL(loader, root, "activities", p->activities, p->activity_count,
             read_activity);
    READ_ALL(loader, root, "faq", p->answers, p->answer_count, read_answer);
    READ_ALL(loader, root, "rules", p->rules, p->rule_count, read_rule);
    read_course(loader, root);
    read_studio(loader, root);
    complete_rules(p);
}

static void
set_hash(struct smp_protocol *protocol)
{
    unsigned char digest[crypto_generichash_BYTES_MIN];
    char *hex = smp_arena_alloc(&protocol->arena, 13);
    int i;

    crypto_generichash(digest, sizeof digest,
                       (const unsigned char *)protocol->json,
                       strlen(protocol->json), NULL, 0);
    for (i = 0; i < 6; i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    protocol->hash = hex;
}

static void
set_effective_text(struct smp_protocol *protocol, cJSON *json)
{
    struct smp_buf text = {0};

    cJSON_AddNullToObject(json, "extends");
    smp_json_print(&text, json);
    protocol->json = text.data;
    set_hash(protocol);
}

static struct smp_protocol *
load_merged(const struct smp_layers *layers, cJSON *json,
            const struct smp_findings *findings, struct smp_err *err)
{
    struct smp_protocol *protocol = smp_calloc(1, sizeof *protocol);
    struct loader loader = {.protocol = protocol,
                            .reader = {&protocol->arena, fault_at, &loader},
                            .layers = layers,
                            .findings = findings,
                            .err = err};
    struct smp_place root = smp_place_root(json);

    read_protocol(&loader, &root);
    set_effective_text(protocol, json);
    if (!err->failed)
        return protocol;
    smp_protocol_free(protocol);
    return NULL;
}

struct smp_protocol *
smp_protocol_load(const char *const *files, size_t count,
                  const struct smp_findings *findings, struct smp_err *err)
{
    struct smp_layers layers = {0};
    struct smp_merged merged = {0};
    struct smp_protocol *protocol = NULL;

    if (smp_layers_read(&layers, files, count, err) &&
        smp_layers_merge(&layers, &merged, err))
        protocol = load_merged(&layers, merged.json, findings, err);
    cJSON_Delete(merged.json);
    smp_layers_release(&layers);
    return protocol;
}

void
smp_protocol_free(struct smp_protocol *protocol)
{
    if (!protocol)
        return;
    smp_arena_release(&protocol->arena);
    free(protocol->json);
    free(protocol);
}
