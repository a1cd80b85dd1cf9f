#include "protocol/layers.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "json/json.h"
#include "protocol/protocol.h"
#include "protocol/sets.h"

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

void
smp_builtin_text(struct smp_buf *out, const struct smp_builtin *builtin)
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
    smp_builtin_text(&layer->text, builtin);
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
        if (!smp_read_file(files[i], FILE_MAX, &layer->text, err))
            return false;
    }
    return true;
}

/*
 * The built-in labels of a language. Those that speak of SMP have a neutral
 * form, the label of the same key with "plain." before it, which replaces them.
 */
static cJSON *
plain_labels(const cJSON *builtin, const char *lang)
{
    static const char prefix[] = "plain.";
    const struct smp_builtin *translation = smp_builtin_translation(lang);
    cJSON *labels = cJSON_Duplicate(
        cJSON_GetObjectItemCaseSensitive(builtin, "labels"), true);
    const cJSON *label;

    if (translation) {
        struct smp_err err = {0};
        struct smp_buf text = {0};
        cJSON *other;

        smp_builtin_text(&text, translation);
        other = smp_json_parse(smp_buf_text(&text), text.len, &err);
        /* Matters that studios of SMP are asked about are not these. */
        cJSON_ArrayForEach (label, labels)
            if (strncmp(label->string, "topic.", 6) == 0)
                cJSON_DeleteItemFromObjectCaseSensitive(
                    cJSON_GetObjectItemCaseSensitive(other, "labels"),
                    label->string);
        labels = smp_json_merge(
            labels, cJSON_GetObjectItemCaseSensitive(other, "labels"));
        cJSON_Delete(other);
        smp_buf_release(&text);
        smp_err_release(&err);
    }
    cJSON_ArrayForEach (label, labels)
        if (strncmp(label->string, prefix, sizeof prefix - 1) == 0)
            cJSON_ReplaceItemInObjectCaseSensitive(
                labels, label->string + sizeof prefix - 1,
                cJSON_Duplicate(label, true));
    return labels;
}

/* What a protocol that extends nothing still has from the built-in one. */
static cJSON *
bare_minimum(const cJSON *builtin, const cJSON *patch)
{
    cJSON *bare = smp_json_object();
    const char *lang =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(patch, "lang"));

    cJSON_AddItemToObject(bare, "labels", plain_labels(builtin, lang));
    cJSON_AddItemToObject(
        bare, "clock",
        cJSON_Duplicate(cJSON_GetObjectItemCaseSensitive(builtin, "clock"),
                        true));
    return bare;
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
parse_layer(const struct smp_layer *layer, struct smp_err *err)
{
    cJSON *value =
        smp_json_parse(smp_buf_text(&layer->text), layer->text.len, err);
    size_t values = VALUES_MAX;

    if (value && is_moderate(value, &values, err) && !cJSON_IsObject(value))
        smp_fail(err, "line 1: a protocol is a JSON object");
    if (value && err->failed) {
        cJSON_Delete(value);
        value = NULL;
    }
    smp_err_prefix(err, "%s", layer->file);
    return value;
}

/* Gives members the order of a patch, so that the text is the same again. */
static void
order_as(cJSON *object, const cJSON *patch)
{
    const cJSON *change;

    cJSON_ArrayForEach (change, patch) {
        cJSON *member =
            cJSON_DetachItemFromObjectCaseSensitive(object, change->string);

        if (member)
            cJSON_AddItemToObject(object, change->string, member);
    }
}

static cJSON *
lay_over(cJSON *below, const cJSON *builtin, cJSON *patch)
{
    cJSON *extends = cJSON_GetObjectItemCaseSensitive(patch, "extends");
    bool anew = cJSON_IsNull(extends);

    if (anew) {
        cJSON_Delete(below);
        below = bare_minimum(builtin, patch);
    }
    if (cJSON_IsNull(extends) || cJSON_IsString(extends))
        cJSON_DeleteItemFromObjectCaseSensitive(patch, "extends");
    below = smp_json_merge(below, patch);
    if (anew)
        order_as(below, patch);
    smp_lists_to_sets(&(struct smp_merged){below});
    return below;
}

bool
smp_layers_merge(struct smp_layers *layers, struct smp_merged *merged,
                 struct smp_err *err)
{
    cJSON *builtin = parse_layer(&layers->layers[0], err), *sum;
    size_t i;

    merged->json = NULL;
    if (!builtin)
        return false;
    smp_lists_to_sets(&(struct smp_merged){builtin});
    sum = layers->count > 1 ? cJSON_Duplicate(builtin, true) : builtin;
    for (i = 1; i < layers->count && !err->failed; i++) {
        cJSON *patch = parse_layer(&layers->layers[i], err);

        if (cJSON_IsNull(cJSON_GetObjectItemCaseSensitive(patch, "extends")))
            layers->base = i;
        if (patch)
            sum = lay_over(sum, builtin, patch);
        cJSON_Delete(patch);
    }
    if (sum != builtin)
        cJSON_Delete(builtin);
    if (err->failed)
        cJSON_Delete(sum);
    else
        merged->json = sum;
    return !err->failed;
}

unsigned long
smp_layer_line(struct smp_layer *layer, const char *pointer, size_t *depth)
{
    if (!layer->lines)
        layer->lines = smp_json_lines_new(smp_buf_text(&layer->text));
    return smp_json_lines_find(layer->lines, pointer, depth);
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
        smp_json_lines_free(layers->layers[i].lines);
        smp_buf_release(&layers->layers[i].text);
    }
    free(layers->layers);
    *layers = (struct smp_layers){0};
}
