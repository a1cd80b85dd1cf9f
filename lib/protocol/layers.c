#include "protocol/internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "json/json.h"

/* An element of a list, and where it stands there. */
struct element {
    const char *text;
    size_t at;
};

static int
compare_elements(const void *a, const void *b)
{
    const struct element *first = a, *second = b;
    int order = strcmp(first->text, second->text);

    return order ? order : (first->at > second->at) - (first->at < second->at);
}

static bool
is_of_strings(const cJSON *list)
{
    const cJSON *element;

    cJSON_ArrayForEach (element, list)
        if (!cJSON_IsString(element))
            return false;
    return true;
}

/* By place: whether the same text stands before it. */
static bool *
find_repeated(const cJSON *list)
{
    size_t count = (size_t)cJSON_GetArraySize(list), i = 0;
    struct element *elements = smp_calloc(count, sizeof *elements);
    bool *repeated = smp_calloc(count, sizeof *repeated);
    const cJSON *element;

    cJSON_ArrayForEach (element, list) {
        elements[i] = (struct element){element->valuestring, i};
        i++;
    }
    qsort(elements, count, sizeof *elements, compare_elements);
    for (i = 1; i < count; i++)
        if (strcmp(elements[i - 1].text, elements[i].text) == 0)
            repeated[elements[i].at] = true;
    free(elements);
    return repeated;
}

/* ["a", "b"] becomes {"a": true, "b": true}; what is no list stays. */
static void
list_to_set(cJSON *owner, const char *key)
{
    cJSON *list = smp_json_find(owner, key), *element, *next;
    bool *repeated;
    size_t i = 0;

    if (!cJSON_IsArray(list) || !is_of_strings(list))
        return;
    repeated = find_repeated(list);
    list->type = cJSON_Object;
    for (element = list->child; element; element = next) {
        next = element->next;
        element->string = element->valuestring;
        element->valuestring = NULL;
        element->type = cJSON_True;
        if (repeated[i++])
            smp_json_detach(list, element);
    }
    free(repeated);
    smp_json_detach(owner, list);
    smp_json_append(owner, list);
}

static void
lists_to_sets(const struct smp_merged *protocol)
{
    static const char *const owners[][2] = {
        {"faq", "ask"}, {"rules", "ask"}, {"activities", "names"}};
    size_t i;

    list_to_set(protocol->json, "never");
    for (i = 0; i < sizeof owners / sizeof owners[0]; i++) {
        cJSON *owner;

        cJSON_ArrayForEach (owner, smp_json_find(protocol->json, owners[i][0]))
            list_to_set(owner, owners[i][1]);
    }
}

/* A file's octets, members of one value, all values; octets of a text. */
enum {
    FILE_MAX = 1 << 20,
    CHILDREN_MAX = 5000,
    VALUES_MAX = 50000,
    TEXT_MAX = 100000,
    MEMBER_NAME_MAX = 1000
};

const struct smp_builtin *
smp_builtin_translation(const char *lang)
{
    size_t n = lang ? strcspn(lang, "-_") : 0, i;

    for (i = 1; n && smp_builtins[0].lang && smp_builtins[i].lang; i++)
        if (strlen(smp_builtins[i].lang) == n &&
            strncmp(smp_builtins[i].lang, lang, n) == 0)
            return &smp_builtins[i];
    return NULL;
}

const char *
smp_protocol_translation(const char *lang)
{
    const struct smp_builtin *translation = smp_builtin_translation(lang);

    if (translation)
        return translation->lang;
    return strcspn(lang, "-_") == 2 && strncmp(lang, "en", 2) == 0 ? "en"
                                                                   : NULL;
}

/* Appends the JSON text. */
static void
put_builtin(struct smp_buf *out, const struct smp_builtin *builtin)
{
    size_t i;

    for (i = 0; i < builtin->count; i++)
        smp_buf_puts(out, builtin->pieces[i]);
}

static void
add_builtin(struct smp_layers *layers, const struct smp_builtin *builtin,
            const char *name)
{
    struct smp_layer *layer = &layers->layers[layers->count++];

    layer->file = name;
    put_builtin(&layer->text, builtin);
}

bool
smp_layers_read(struct smp_layers *layers, const char *lang,
                const char *const *files, size_t count, struct smp_err *err)
{
    const struct smp_builtin *translation = smp_builtin_translation(lang);
    size_t i;

    layers->layers = smp_calloc(count + 2, sizeof *layers->layers);
    add_builtin(layers, &smp_builtins[0], "built-in protocol");
    if (translation)
        add_builtin(layers, translation, "built-in translation");
    layers->given = layers->count;
    for (i = 0; i < count; i++) {
        struct smp_layer *layer = &layers->layers[layers->count++];

        layer->file = files[i];
        if (*files[i] == '{') {
            layer->file = "inline overlay";
            smp_buf_puts(&layer->text, files[i]);
        } else if (!smp_read_file(files[i], FILE_MAX, &layer->text, err)) {
            return false;
        }
    }
    return true;
}

static bool
is_short(const char *text, size_t most, const char *what, struct smp_err *err)
{
    return !text || strnlen(text, most + 1) <= most ||
           smp_fail(err, "a %s of more than %zu octets", what, most);
}

/*
 * Whether all in it is within what any protocol needs: what is compared with
 * all else, or told for each, is to be few. *values: what may still come.
 */
static bool
is_moderate(const cJSON *value, size_t *values, struct smp_err *err)
{
    const cJSON *child;
    size_t count = 0;

    for (child = value->child; child; child = child->next) {
        if (++count > CHILDREN_MAX)
            return smp_fail(err, "a list or object of more than %d members",
                            CHILDREN_MAX);
        if (!(*values)--)
            return smp_fail(err, "more than %d values", VALUES_MAX);
        if (!is_short(child->string, MEMBER_NAME_MAX, "name", err) ||
            !is_short(child->valuestring, TEXT_MAX, "text", err) ||
            !is_moderate(child, values, err))
            return false;
    }
    return true;
}

static cJSON *
parse_layer(struct smp_layers *layers, size_t i, struct smp_err *err)
{
    const struct smp_layer *layer = &layers->layers[i];
    cJSON *value = smp_json_parse(&layers->arena, smp_buf_text(&layer->text),
                                  layer->text.len, err);
    size_t values = VALUES_MAX;

    if (value && is_moderate(value, &values, err) && !cJSON_IsObject(value))
        smp_fail(err, "line 1: a protocol is a JSON object");
    smp_err_prefix(err, "%s", layer->file);
    return err->failed ? NULL : value;
}

/*
 * The built-in labels of a language. Those that speak of SMP have a neutral
 * form, the label of the same key with "plain." before it, which replaces them.
 */
static cJSON *
plain_labels(struct smp_layers *layers, cJSON *labels, const char *lang)
{
    static const char prefix[] = "plain.";
    const struct smp_builtin *translation = smp_builtin_translation(lang);
    const cJSON *label;
    cJSON *old;

    if (translation) {
        struct smp_buf text = {0};
        struct smp_err err = {0};
        cJSON *other;

        put_builtin(&text, translation);
        other = smp_json_find(
            smp_json_parse(&layers->arena, smp_buf_text(&text), text.len, &err),
            "labels");
        /* Matters that studios of SMP are asked about are not these. */
        cJSON_ArrayForEach (label, labels)
            if (strncmp(label->string, "topic.", 6) == 0 &&
                (old = smp_json_find(other, label->string)))
                smp_json_detach(other, old);
        labels = smp_json_merge(labels, other);
        smp_buf_release(&text);
        smp_err_release(&err);
    }
    cJSON_ArrayForEach (label, labels)
        if (strncmp(label->string, prefix, sizeof prefix - 1) == 0 &&
            (old = smp_json_find(labels, label->string + sizeof prefix - 1)))
            old->valuestring = label->valuestring; /* both are texts */
    return labels;
}

/* What a protocol that extends nothing still has from the built-in one. */
static cJSON *
bare_minimum(struct smp_layers *layers, const cJSON *patch, struct smp_err *err)
{
    cJSON *bare = parse_layer(layers, 0, err);
    cJSON *labels = smp_json_find(bare, "labels");
    cJSON *clock = smp_json_find(bare, "clock");
    const char *lang = cJSON_GetStringValue(smp_json_find(patch, "lang"));

    bare->child = NULL;
    smp_json_append(bare, plain_labels(layers, labels, lang));
    smp_json_append(bare, clock);
    return bare;
}

/* The names of an object's members, in their order. */
static struct smp_strings
names_of(struct smp_layers *layers, const cJSON *object)
{
    struct smp_strings names = {0};
    const cJSON *member;

    names.at = smp_arena_alloc(
        &layers->arena, (size_t)cJSON_GetArraySize(object) * sizeof *names.at);
    cJSON_ArrayForEach (member, object)
        names.at[names.count++] = member->string;
    return names;
}

/* Gives members the order of a patch, so that the text is the same again. */
static void
order_as(cJSON *object, const struct smp_strings *names)
{
    size_t i;

    for (i = 0; i < names->count; i++) {
        cJSON *member = smp_json_find(object, names->at[i]);

        if (member) {
            smp_json_detach(object, member);
            smp_json_append(object, member);
        }
    }
}

static cJSON *
lay_over(struct smp_layers *layers, cJSON *below, cJSON *patch,
         struct smp_err *err)
{
    cJSON *extends = smp_json_find(patch, "extends");
    struct smp_strings names = names_of(layers, patch);
    bool anew = cJSON_IsNull(extends);

    if (anew)
        below = bare_minimum(layers, patch, err);
    if (anew || cJSON_IsString(extends))
        smp_json_detach(patch, extends);
    below = smp_json_merge(below, patch);
    if (anew)
        order_as(below, &names);
    lists_to_sets(&(struct smp_merged){below});
    return below;
}

bool
smp_layers_merge(struct smp_layers *layers, struct smp_merged *merged,
                 struct smp_err *err)
{
    cJSON *sum = parse_layer(layers, 0, err);
    size_t i;

    if (sum)
        lists_to_sets(&(struct smp_merged){sum});
    for (i = 1; i < layers->count && !err->failed; i++) {
        cJSON *patch = parse_layer(layers, i, err);

        if (cJSON_IsNull(smp_json_find(patch, "extends")))
            layers->base = i;
        if (patch)
            sum = lay_over(layers, sum, patch, err);
    }
    merged->json = sum;
    return !err->failed;
}

unsigned long
smp_layer_line(struct smp_layer *layer, const char *pointer, size_t *depth)
{
    struct smp_err err = {0};

    if (!layer->parsed) /* merging has used up the first one */
        layer->parsed = smp_json_parse(
            &layer->arena, smp_buf_text(&layer->text), layer->text.len, &err);
    smp_err_release(&err);
    return smp_json_line(layer->parsed, pointer, depth);
}

const char *
smp_layers_locate(const struct smp_layers *layers, const char *pointer,
                  unsigned long *line)
{
    bool kept = strncmp(pointer, "/labels", 7) == 0 ||
                strncmp(pointer, "/clock", 6) == 0; /* see bare_minimum */
    size_t i, first = kept ? 0 : layers->base, best = 0;
    const char *file = layers->layers[first].file;

    *line = 1;
    for (i = first; i < layers->count; i++) {
        size_t depth;
        unsigned long here =
            smp_layer_line(&layers->layers[i], pointer, &depth);

        if (i == first || depth >= best) {
            best = depth;
            *line = here;
            file = layers->layers[i].file;
        }
    }
    return file;
}

void
smp_layers_release(struct smp_layers *layers)
{
    size_t i;

    for (i = 0; i < layers->count; i++) {
        smp_buf_release(&layers->layers[i].text);
        smp_arena_release(&layers->layers[i].arena);
    }
    smp_arena_release(&layers->arena);
    free(layers->layers);
    *layers = (struct smp_layers){0};
}
