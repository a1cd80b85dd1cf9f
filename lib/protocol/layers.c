#include "protocol/layers.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "json/json.h"
#include "protocol/protocol.h"

enum { FILE_MAX = 1 << 20, CHILDREN_MAX = 5000 };

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

static void
add_builtin(struct smp_layers *layers, const struct smp_builtin *builtin,
            const char *name)
{
    struct smp_layer *layer = &layers->layers[layers->count++];

    layer->file = name;
    smp_buf_add(&layer->text, builtin->text, builtin->size);
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

static void
replace_member(cJSON *object, const char *key, cJSON *value)
{
    cJSON_DeleteItemFromObjectCaseSensitive(object, key);
    cJSON_AddItemToObject(object, key, value);
}

/* ["a", "b"] becomes {"a": true, "b": true}; what is no list stays. */
static void
list_to_set(cJSON *owner, const char *key)
{
    cJSON *list = cJSON_GetObjectItemCaseSensitive(owner, key), *set;
    const cJSON *element;

    if (!cJSON_IsArray(list))
        return;
    set = cJSON_CreateObject();
    cJSON_ArrayForEach (element, list) {
        if (!cJSON_IsString(element)) {
            cJSON_Delete(set);
            return;
        }
        if (!cJSON_GetObjectItemCaseSensitive(set, element->valuestring))
            cJSON_AddTrueToObject(set, element->valuestring);
    }
    replace_member(owner, key, set);
}

static void
lists_to_sets(cJSON *protocol)
{
    static const char *const owners[][2] = {
        {"faq", "ask"}, {"rules", "ask"}, {"activities", "names"}};
    size_t i;

    for (i = 0; i < sizeof owners / sizeof owners[0]; i++) {
        cJSON *owner;

        cJSON_ArrayForEach (
            owner, cJSON_GetObjectItemCaseSensitive(protocol, owners[i][0]))
            list_to_set(owner, owners[i][1]);
    }
}

/* What a protocol that extends nothing still has from the built-in one. */
static cJSON *
bare_minimum(cJSON *builtin)
{
    static const char *const kept[] = {"labels", "clock"};
    cJSON *bare = cJSON_CreateObject();
    size_t i;

    for (i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        cJSON *member = cJSON_GetObjectItemCaseSensitive(builtin, kept[i]);

        if (member)
            cJSON_AddItemToObject(bare, kept[i], cJSON_Duplicate(member, true));
    }
    return bare;
}

/* Whether some object or list is longer than any protocol needs. */
static bool
is_too_long(const cJSON *value)
{
    const cJSON *child;
    size_t count = 0;

    for (child = value->child; child; child = child->next)
        if (++count > CHILDREN_MAX || (child->child && is_too_long(child)))
            return true;
    return false;
}

static cJSON *
parse_layer(const struct smp_layer *layer, struct smp_err *err)
{
    cJSON *value =
        smp_json_parse(smp_buf_text(&layer->text), layer->text.len, err);

    if (value && is_too_long(value))
        smp_fail(err, "a list or object of more than %d members", CHILDREN_MAX);
    else if (value && !cJSON_IsObject(value))
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
lay_over(cJSON *below, cJSON *builtin, cJSON *patch)
{
    cJSON *extends = cJSON_GetObjectItemCaseSensitive(patch, "extends");
    bool anew = cJSON_IsNull(extends);

    if (anew) {
        cJSON_Delete(below);
        below = bare_minimum(builtin);
    }
    if (cJSON_IsNull(extends) || cJSON_IsString(extends))
        cJSON_DeleteItemFromObjectCaseSensitive(patch, "extends");
    below = smp_json_merge(below, patch);
    if (anew)
        order_as(below, patch);
    lists_to_sets(below);
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
    lists_to_sets(builtin);
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
        unsigned long here = smp_json_line(
            smp_buf_text(&layers->layers[i].text), pointer, &depth);

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

    for (i = 0; i < layers->count; i++)
        smp_buf_release(&layers->layers[i].text);
    free(layers->layers);
    *layers = (struct smp_layers){0};
}
