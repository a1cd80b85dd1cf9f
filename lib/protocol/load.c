#include "protocol/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "time/civil.h"
#include "json/json.h"
#include "protocol/words.h"

static void
read_gap_after(struct loader *loader, const struct smp_place *place,
               struct smp_gap *gap)
{
    struct smp_place after = smp_place_member(place, "after");

    if (cJSON_IsString(after.value) &&
        strcmp(after.value->valuestring, "*") == 0)
        return;
    smp_json_int(loader->json, place, "after", 1, 99, &gap->after);
}

static void
read_gap(struct loader *loader, const struct smp_place *place,
         struct smp_gap *gap)
{
    static const char *const known[] = {
        "after", "min", "prefer", "max", "from", "if", "hold_if", "note", NULL};
    static const char *const froms[] = {"previous", "first", NULL};

    if (!smp_json_is_object(loader->json, place))
        return;
    smp_loader_tell_unknown(loader, place, known);
    read_gap_after(loader, place, gap);
    gap->has_min = smp_loader_span(loader, place, "min", &gap->min);
    gap->has_prefer = smp_loader_span(loader, place, "prefer", &gap->prefer);
    gap->has_max = smp_loader_span(loader, place, "max", &gap->max);
    gap->from_first = smp_loader_name(loader, place, "from", froms, 0) == 1;
    smp_loader_text(loader, place, "if", &gap->if_words);
    smp_loader_text(loader, place, "hold_if", &gap->hold_if);
}

static void
read_gaps(struct loader *loader, const struct smp_place *plan)
{
    struct smp_course *course = &loader->protocol->course;
    struct smp_place gaps = smp_place_member(plan, "gaps");
    const cJSON *element;

    if (!smp_json_is_array(loader->json, &gaps))
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

static void
read_session_length(struct loader *loader, const struct smp_place *plan)
{
    struct smp_place place = smp_place_member(plan, "length");
    struct smp_length length;

    if (!smp_loader_length(loader, plan, "length", &length))
        return;
    if (!smp_span_is_elapsed(length.max) || smp_span_seconds(length.min) <= 0 ||
        smp_span_seconds(length.max) > SMP_DAY_SECONDS)
        smp_json_wrong(loader->json, &place,
                       "a session is minutes or hours long, at most 24h");
    else
        loader->protocol->course.length = length;
}

/* A count of sessions: given as an object with min, typical and max. */
static void
read_sessions(struct loader *loader, const struct smp_place *plan)
{
    static const char *const known[] = {"min", "typical", "max", "note", NULL};
    struct smp_course *course = &loader->protocol->course;
    struct smp_place sessions = smp_place_member(plan, "sessions");

    if (!smp_json_is_object(loader->json, &sessions))
        return;
    course->has_sessions = true;
    smp_loader_tell_unknown(loader, &sessions, known);
    smp_json_int(loader->json, &sessions, "typical", 1, 99, &course->typical);
    course->min = course->max = course->typical;
    smp_json_int(loader->json, &sessions, "min", 1, 99, &course->min);
    smp_json_int(loader->json, &sessions, "max", 1, 99, &course->max);
    if (course->max < course->typical) {
        smp_loader_tell(loader, SMP_REMARK, &sessions,
                        "max is less than typical, which is taken for it");
        course->max = course->typical;
    }
}

static void
load_course(struct loader *loader, const struct smp_place *root)
{
    static const char *const known[] = {
        "sessions", "length", "gaps", "maintenance", "extra", "note", NULL};
    struct smp_course *course = &loader->protocol->course;
    struct smp_place plan = smp_place_member(root, "plan");
    struct smp_place maintenance = smp_place_member(&plan, "maintenance");

    course->min = course->typical = course->max = 1;
    course->length.min = course->length.max =
        (struct smp_span){3000, SMP_HOURS};
    if (!smp_json_is_object(loader->json, &plan))
        return;
    smp_loader_tell_unknown(loader, &plan, known);
    read_sessions(loader, &plan);
    read_session_length(loader, &plan);
    read_gaps(loader, &plan);
    if (smp_json_is_object(loader->json, &maintenance))
        smp_loader_text(loader, &maintenance, "text", &course->maintenance);
}

/* A string, or a list of strings whose hours add up. */
static void
read_hours(struct loader *loader, const struct smp_place *studio)
{
    struct smp_strings hours = {0};
    struct smp_buf all = {0};
    size_t i;

    smp_loader_strings(loader, studio, "openingHours", &hours);
    for (i = 0; i < hours.count; i++)
        smp_buf_printf(&all, "%s%s", i ? ", " : "", hours.at[i]);
    if (hours.count)
        loader->protocol->studio.opening_hours =
            smp_arena_strdup(&loader->protocol->arena, smp_buf_text(&all));
    smp_buf_release(&all);
}

/* A length of time up to a maximum, in minutes or hours unless `days`. */
static void
read_pause(struct loader *loader, const struct smp_place *studio,
           const char *key, int64_t max, bool days, struct smp_span *span)
{
    struct smp_place place = smp_place_member(studio, key);
    struct smp_span read = {0};

    if (!smp_loader_span(loader, studio, key, &read))
        return;
    if ((!days && !smp_span_is_elapsed(read)) || smp_span_seconds(read) < 0 ||
        smp_span_seconds(read) % 60 || smp_span_seconds(read) > max)
        smp_json_wrong(loader->json, &place,
                       days ? "whole minutes, hours or days are wanted, at "
                              "most a year"
                            : "whole minutes or hours are wanted, at most 24h");
    else
        *span = read;
}

/* A page has it as a link, so nothing else can be one. */
static void
read_url(struct loader *loader, const struct smp_place *studio)
{
    struct smp_place place = smp_place_member(studio, "url");
    const char *url = NULL;
    size_t scheme;

    smp_loader_short(loader, studio, "url", &url);
    if (!url || !*url)
        return;
    scheme = strncmp(url, "https://", 8) == 0  ? 8
             : strncmp(url, "http://", 7) == 0 ? 7
                                               : 0;
    if (!scheme || !url[scheme] || url[strcspn(url, " \"'<>\\^`{|}")])
        smp_json_wrong(loader->json, &place,
                       "an address such as https://example.org/ is wanted, "
                       "without blanks or quotes");
    else
        loader->protocol->studio.url = url;
}

/* What clients sign on a page: true, or the sentence. */
static void
read_sign(struct loader *loader, const struct smp_place *studio)
{
    struct smp_place place = smp_place_member(studio, "sign");

    if (cJSON_IsTrue(place.value))
        loader->protocol->studio.sign = "";
    else if (cJSON_IsString(place.value))
        smp_loader_short(loader, studio, "sign",
                         &loader->protocol->studio.sign);
    else if (place.value && !cJSON_IsFalse(place.value))
        smp_json_wrong(loader->json, &place,
                       "true, false or a sentence is wanted");
}

/* From when on messages are sent. */
static void
read_send(struct loader *loader, const struct smp_place *studio)
{
    struct smp_place place = smp_place_member(studio, "send");
    const char *text = NULL;

    smp_json_string(loader->json, studio, "send", &text);
    if (text && !smp_clock_parse(text, &loader->protocol->studio.send))
        smp_json_wrong(loader->json, &place,
                       "a time of day such as 08:00 is wanted");
}

static void
drop_empty(const char **text)
{
    if (*text && !**text)
        *text = NULL;
}

static void
load_studio(struct loader *loader, const struct smp_place *root)
{
    static const char *const known[] = {
        "name",   "address", "phone", "url",    "timeZone", "openingHours",
        "closed", "chairs",  "step",  "buffer", "notice",   "contact",
        "email",  "sign",    "send",  "note",   "replies",  NULL};
    struct smp_studio *studio = &loader->protocol->studio;
    struct smp_place place = smp_place_member(root, "studio");

    studio->send = 8 * 60;
    if (!smp_json_is_object(loader->json, &place))
        return;
    smp_loader_tell_unknown(loader, &place, known);
    read_send(loader, &place);
    smp_loader_short(loader, &place, "name", &studio->name);
    smp_loader_short(loader, &place, "address", &studio->address);
    smp_loader_short(loader, &place, "phone", &studio->phone);
    read_url(loader, &place);
    smp_loader_short(loader, &place, "timeZone", &studio->time_zone);
    read_hours(loader, &place);
    smp_loader_strings(loader, &place, "closed", &studio->closed);
    smp_loader_short(loader, &place, "contact", &studio->contact);
    smp_loader_short(loader, &place, "email", &studio->email);
    read_sign(loader, &place);
    smp_json_bool(loader->json, &place, "replies", &studio->replies);
    drop_empty(&studio->contact);
    drop_empty(&studio->address);
    drop_empty(&studio->phone);
    smp_json_int(loader->json, &place, "chairs", 1, 999, &studio->chairs);
    read_pause(loader, &place, "step", SMP_DAY_SECONDS, false, &studio->step);
    read_pause(loader, &place, "buffer", SMP_DAY_SECONDS, false,
               &studio->buffer);
    read_pause(loader, &place, "notice", 366 * (int64_t)SMP_DAY_SECONDS, true,
               &studio->notice);
}

static void
read_activity(struct loader *loader, const struct smp_place *place,
              struct smp_activity *activity)
{
    static const char *const known[] = {"title", "names", "is", "note", NULL};

    activity->id = activity->title = smp_loader_clean(loader, place->key);
    if (!smp_json_is_object(loader->json, place))
        return;
    smp_loader_tell_unknown(loader, place, known);
    smp_loader_set(loader, place, "names", &activity->names);
    smp_loader_strings(loader, place, "is", &activity->is);
    if (activity->names.count)
        activity->title = activity->names.at[0];
    smp_loader_short(loader, place, "title", &activity->title);
}

static void
read_answer(struct loader *loader, const struct smp_place *place,
            struct smp_answer *answer)
{
    static const char *const known[] = {"question", "answer", "ask", "note",
                                        NULL};

    *answer = (struct smp_answer){.id = smp_loader_clean(loader, place->key),
                                  .question = "",
                                  .answer = ""};
    if (!smp_json_is_object(loader->json, place))
        return;
    smp_loader_tell_unknown(loader, place, known);
    smp_loader_text(loader, place, "question", &answer->question);
    smp_loader_text(loader, place, "answer", &answer->answer);
    smp_loader_text(loader, place, "note", &answer->note);
    smp_loader_set(loader, place, "ask", &answer->ask);
}

static void
read_milestones(struct loader *loader, const struct smp_place *root)
{
    struct smp_protocol *p = loader->protocol;
    struct smp_place place;
    const cJSON *member;

    p->milestones = smp_loader_room(loader, root, "milestones",
                                    sizeof *p->milestones, &place);
    p->milestones[p->milestone_count++].name = "healed";
    cJSON_ArrayForEach (member, place.value) {
        bool healed = smp_is_healing(member->string);
        struct smp_milestone *milestone =
            &p->milestones[healed ? 0 : p->milestone_count];

        p->milestone_count += !healed;
        milestone->name = smp_loader_clean(loader, member->string);
        milestone->has_range = smp_loader_length(loader, &place, member->string,
                                                 &milestone->range);
    }
}

/* "21:00-08:00", past midnight or not; "none". */
static bool
parse_quiet(const char *text, int *from, int *until)
{
    char first[6] = "";

    *from = *until = 0;
    if (strcmp(text, "none") == 0)
        return true;
    if (strcspn(text, "-") != sizeof first - 1 || !text[sizeof first - 1])
        return false;
    memcpy(first, text, sizeof first - 1);
    return smp_clock_parse(first, from) &&
           smp_clock_parse(text + sizeof first, until);
}

static void
read_quiet(struct loader *loader, const struct smp_place *clock)
{
    struct smp_place quiet = smp_place_member(clock, "quiet");
    struct smp_protocol *p = loader->protocol;
    const char *text = NULL;

    smp_json_string(loader->json, clock, "quiet", &text);
    if (text && !parse_quiet(text, &p->quiet_from, &p->quiet_until))
        smp_json_wrong(loader->json, &quiet,
                       "not HH:MM-HH:MM or none: \"%.20s\"", text);
}

static void
read_clocks(struct loader *loader, const struct smp_place *root)
{
    static const char *const known[] = {"morning", "noon",  "night",
                                        "bed",     "quiet", NULL};
    struct smp_place clock = smp_place_member(root, "clock");
    int i;

    parse_quiet("21:00-08:00", &loader->protocol->quiet_from,
                &loader->protocol->quiet_until);
    if (!smp_json_is_object(loader->json, &clock))
        return;
    smp_loader_tell_unknown(loader, &clock, known);
    read_quiet(loader, &clock);
    for (i = 1; i <= SMP_CLOCKS; i++) {
        struct smp_place hour = smp_place_member(&clock, smp_clock_names[i]);
        const char *text = NULL;

        smp_json_string(loader->json, &clock, smp_clock_names[i], &text);
        if (text && !smp_clock_parse(text, &loader->protocol->clocks[i]))
            smp_json_wrong(loader->json, &hour, "not HH:MM: \"%.20s\"", text);
    }
}

static const char *
label_text(struct loader *loader, const struct smp_place *place)
{
    const char *text = smp_loader_clean(loader, place->value->valuestring);

    if (strlen(text) <= SMP_LOADER_SHORT)
        return text;
    smp_json_wrong(loader->json, place, "a label of more than %d octets",
                   SMP_LOADER_SHORT);
    return "";
}

static void
read_label(struct loader *loader, const struct smp_place *place,
           struct smp_label *label)
{
    const cJSON *form;

    label->key = smp_arena_strdup(&loader->protocol->arena, place->key);
    if (cJSON_IsString(place->value)) {
        label->text = label_text(loader, place);
        return;
    }
    if (!cJSON_IsObject(place->value)) {
        smp_loader_fault(loader, place,
                         "a text or an object of forms is wanted");
        return;
    }
    if (!smp_label_has_number(label->key)) {
        smp_loader_fault(loader, place,
                         "a text is wanted: this label has no number that "
                         "forms could go by");
        return;
    }
    label->forms = smp_arena_alloc(&loader->protocol->arena,
                                   (size_t)cJSON_GetArraySize(place->value) *
                                       sizeof *label->forms);
    cJSON_ArrayForEach (form, place->value) {
        struct smp_label_form *next = &label->forms[label->form_count];
        struct smp_place inner = smp_place_child(place, form, 0);

        if (!cJSON_IsString(form)) {
            smp_loader_fault(loader, &inner, "a string is wanted");
            continue;
        }
        next->when = smp_arena_strdup(&loader->protocol->arena, form->string);
        next->text = label_text(loader, &inner);
        label->form_count++;
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
        (array) = smp_loader_room(loader, root, name, sizeof *(array), &all);  \
        cJSON_ArrayForEach (one, all.value) {                                  \
            struct smp_place member = smp_place_child(&all, one, 0);           \
            read(loader, &member, &(array)[(count)++]);                        \
        }                                                                      \
    } while (0)

static void
read_head(struct loader *loader, const struct smp_place *root)
{
    static const char *const known[] = {
        "format", "id",    "lang",       "title", "extends", "milestones",
        "clock",  "plan",  "activities", "faq",   "rules",   "labels",
        "studio", "never", "note",       NULL};
    struct smp_protocol *p = loader->protocol;
    struct smp_place format_place = smp_place_member(root, "format");
    const char *format = "", *extends = NULL; /* the layers have read it */

    smp_loader_tell_unknown(loader, root, known);
    smp_loader_text(loader, root, "format", &format);
    smp_loader_text(loader, root, "extends", &extends);
    if (strcmp(format, "smp-protocol/1") != 0)
        smp_loader_fault(loader, &format_place,
                         "the format is not smp-protocol/1");
    p->id = "";
    p->lang = "en";
    smp_loader_text(loader, root, "id", &p->id);
    if (!*p->id)
        smp_loader_tell(loader, SMP_REMARK, root, "it has no id");
    smp_loader_text(loader, root, "lang", &p->lang);
    p->title = p->id;
    smp_loader_text(loader, root, "title", &p->title);
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
    smp_labels_index(p);
    READ_ALL(loader, root, "activities", p->activities, p->activity_count,
             read_activity);
    READ_ALL(loader, root, "faq", p->answers, p->answer_count, read_answer);
    READ_ALL(loader, root, "rules", p->rules, p->rule_count, smp_loader_rule);
    load_course(loader, root);
    load_studio(loader, root);
    smp_loader_set(loader, root, "never", &p->never);
    smp_loader_complete_rules(p);
}

static void
set_hash(struct smp_protocol *protocol, const struct smp_buf *text)
{
    unsigned char digest[crypto_generichash_BYTES_MIN];
    char *hex = smp_arena_alloc(&protocol->arena, 13);
    int i;

    crypto_generichash(digest, sizeof digest,
                       (const unsigned char *)smp_buf_text(text), text->len,
                       NULL, 0);
    for (i = 0; i < 6; i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    protocol->hash = hex;
}

/* Sentences say nothing to clients: the hash of their care is without them. */
static void
set_effective_text(struct smp_protocol *protocol, cJSON *json)
{
    cJSON *never = smp_json_find(json, "never");
    cJSON extends = {.type = cJSON_NULL, .string = (char[]){"extends"}};
    struct smp_buf text = {0};

    if (never)
        smp_json_detach(json, never);
    smp_json_append(json, &extends);
    smp_json_format(&text, json);
    set_hash(protocol, &text);
    if (never) {
        smp_json_append(json, never);
        smp_buf_cut(&text, 0);
        smp_json_format(&text, json);
    }
    protocol->json = smp_arena_strdup(&protocol->arena, smp_buf_text(&text));
    smp_buf_release(&text);
}

static struct smp_protocol *
load_merged(const struct smp_layers *layers, cJSON *json,
            const struct smp_findings *findings, struct smp_err *err)
{
    struct smp_protocol *protocol = smp_calloc(1, sizeof *protocol);
    struct loader loader = {.protocol = protocol,
                            .layers = layers,
                            .findings = findings,
                            .err = err};
    struct smp_json_reader reader = {&protocol->arena, smp_loader_fault,
                                     &loader};
    struct smp_place root = smp_place_root(json);

    loader.json = &reader;
    read_protocol(&loader, &root);
    if (findings)
        smp_loader_check(&loader);
    smp_loader_imply_activities(protocol);
    smp_loader_examine(&loader);
    set_effective_text(protocol, json);
    if (!err->failed)
        return protocol;
    smp_protocol_free(protocol);
    return NULL;
}

static struct smp_protocol *
read_files(const char *lang, const char *const *files, size_t count,
           const struct smp_findings *findings, struct smp_err *err)
{
    struct smp_layers layers = {0};
    struct smp_merged merged = {0};
    struct smp_protocol *protocol = NULL;

    if (smp_layers_read(&layers, lang, files, count, err) &&
        smp_layers_merge(&layers, &merged, err))
        protocol = load_merged(&layers, merged.json, findings, err);
    smp_layers_release(&layers);
    return protocol;
}

/* The table of what would be loaded; NULL while the tables are made. */
static const struct smp_table *
find_table(const char *lang)
{
    const struct smp_builtin *translation = smp_builtin_translation(lang);
    const char *name = translation ? translation->lang : smp_builtins[0].lang;
    const struct smp_table *table = smp_tables;

    while (table->lang && strcmp(table->lang, name) != 0)
        table++;
    return table->lang ? table : NULL;
}

struct smp_protocol *
smp_protocol_load(const char *lang, const char *const *files, size_t count,
                  const struct smp_findings *findings, struct smp_err *err)
{
    const struct smp_table *table = count || findings ? NULL : find_table(lang);

    return table ? smp_table_read(table)
                 : read_files(lang, files, count, findings, err);
}

void
smp_protocol_print(struct smp_buf *out, const struct smp_protocol *protocol)
{
    struct smp_protocol *read;
    struct smp_err err = {0};

    if (protocol->json) {
        smp_buf_puts(out, protocol->json);
        return;
    }
    read = read_files(protocol->lang, NULL, 0, NULL, &err);
    if (read)
        smp_buf_puts(out, read->json);
    smp_protocol_free(read);
    smp_err_release(&err);
}

void
smp_protocol_free(struct smp_protocol *protocol)
{
    if (!protocol)
        return;
    smp_arena_release(&protocol->arena);
    free(protocol);
}
