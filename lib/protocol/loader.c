#include "protocol/internal.h"

#include <string.h>

#include "base/utf8.h"
#include "json/json.h"

/* Whether a file is built in, and lies below one that was given. */
static bool
is_below(const struct smp_layers *layers, const char *file)
{
    size_t i;

    for (i = 0; i < layers->given && layers->count > layers->given; i++)
        if (file == layers->layers[i].file)
            return true;
    return false;
}

/* False for a remark on what lies below the files that were given. */
static bool
report(const struct loader *loader, enum smp_severity severity,
       const struct smp_place *place, const char *what, struct smp_buf *where)
{
    struct smp_buf pointer = {0};
    struct smp_finding finding = {.severity = severity, .what = what};
    bool told;

    smp_place_pointer(&pointer, place);
    finding.pointer = smp_buf_text(&pointer);
    finding.file =
        smp_layers_locate(loader->layers, finding.pointer, &finding.line);
    told = severity == SMP_FAULT || !is_below(loader->layers, finding.file);
    if (told && loader->findings)
        loader->findings->tell(loader->findings->context, &finding);
    if (where)
        smp_buf_printf(where, "%s:%lu: %s", finding.file, finding.line,
                       *finding.pointer ? finding.pointer : "/");
    smp_buf_release(&pointer);
    return told;
}

void
smp_loader_tell(struct loader *loader, enum smp_severity severity,
                const struct smp_place *place, const char *what)
{
    struct smp_buf where = {0};

    if (!loader->findings && (severity == SMP_REMARK || loader->err->failed))
        return; /* nobody would hear of it */
    report(loader, severity, place, what, &where);
    if (severity == SMP_FAULT)
        smp_fail(loader->err, "%s: %s", smp_buf_text(&where), what);
    smp_buf_release(&where);
}

struct smp_finding_adder {
    struct loader *loader;
};

bool
smp_finding_add(struct smp_finding_adder *adder, enum smp_severity severity,
                const char *group, const char *id, const char *member,
                const char *what)
{
    struct smp_place root = {0};
    struct smp_place outer = {.up = &root, .key = group};
    struct smp_place inner = {.up = &outer, .key = id};
    struct smp_place last = {.up = &inner, .key = member};

    return report(adder->loader, severity,
                  !group    ? &root
                  : !member ? &inner
                            : &last,
                  what, NULL);
}

bool
smp_finding_is_below(const struct smp_finding_adder *adder, const char *group,
                     const char *id)
{
    struct smp_place root = {0};
    struct smp_place outer = {.up = &root, .key = group};
    struct smp_place inner = {.up = &outer, .key = id};
    struct smp_buf pointer = {0};
    unsigned long line;
    bool below;

    smp_place_pointer(&pointer, &inner);
    below = is_below(adder->loader->layers,
                     smp_layers_locate(adder->loader->layers,
                                       smp_buf_text(&pointer), &line));
    smp_buf_release(&pointer);
    return below;
}

void
smp_loader_examine(struct loader *loader)
{
    const struct smp_findings *findings = loader->findings;
    struct smp_finding_adder adder = {loader};

    if (findings && findings->examine && !loader->err->failed)
        findings->examine(findings->context, loader->protocol, &adder);
}

void
smp_loader_fault(void *context, const struct smp_place *place, const char *what)
{
    smp_loader_tell(context, SMP_FAULT, place, what);
}

static void
tell_unknown(struct loader *loader, const struct smp_place *place,
             const char *const *known)
{
    const char *nearest = smp_nearest_name(known, place->key);
    struct smp_buf what = {0};

    smp_buf_puts(&what, "unknown member");
    if (nearest)
        smp_buf_printf(&what, " (is it \"%s\"?)", nearest);
    smp_loader_tell(loader, nearest ? SMP_FAULT : SMP_REMARK, place,
                    smp_buf_text(&what));
    smp_buf_release(&what);
}

/* Remarks on members that no one reads: a misspelled one changes nothing. */
void
smp_loader_tell_unknown(struct loader *loader, const struct smp_place *object,
                        const char *const *known)
{
    const cJSON *member;

    cJSON_ArrayForEach (member, object->value) {
        struct smp_place place = smp_place_child(object, member, 0);

        if (smp_name_index(known, member->string) < 0)
            tell_unknown(loader, &place, known);
    }
}

/* Protocol texts are cleaned once, here, so that nobody has to later. */
const char *
smp_loader_clean(struct loader *loader, const char *text)
{
    struct smp_buf out = {0};
    const char *kept;

    smp_utf8_clean(&out, text, strlen(text));
    kept = smp_arena_strndup(&loader->protocol->arena, smp_buf_text(&out),
                             out.len);
    smp_buf_release(&out);
    return kept;
}

void
smp_loader_text(struct loader *loader, const struct smp_place *object,
                const char *key, const char **out)
{
    struct smp_place place = smp_place_member(object, key);

    if (cJSON_IsString(place.value))
        *out = smp_loader_clean(loader, place.value->valuestring);
    else if (place.value)
        smp_loader_fault(loader, &place, "a string is wanted");
}

void
smp_loader_short(struct loader *loader, const struct smp_place *object,
                 const char *key, const char **out)
{
    struct smp_place place = smp_place_member(object, key);

    smp_loader_text(loader, object, key, out);
    if (cJSON_IsString(place.value) && strlen(*out) > SMP_LOADER_SHORT) {
        smp_json_wrong(loader->json, &place, "a text of more than %d octets",
                       SMP_LOADER_SHORT);
        *out = "";
    }
}

/* A set of texts as the layers make them of lists: an object's names. */
void
smp_loader_set(struct loader *loader, const struct smp_place *object,
               const char *key, struct smp_strings *out)
{
    struct smp_place place = smp_place_member(object, key);
    const cJSON *member;

    if (!place.value)
        return;
    if (!cJSON_IsObject(place.value)) {
        smp_loader_fault(loader, &place, "a list of strings is wanted");
        return;
    }
    out->at = smp_arena_alloc(&loader->protocol->arena,
                              (size_t)cJSON_GetArraySize(place.value) *
                                  sizeof *out->at);
    cJSON_ArrayForEach (member, place.value)
        out->at[out->count++] = smp_loader_clean(loader, member->string);
}

void
smp_loader_strings(struct loader *loader, const struct smp_place *object,
                   const char *key, struct smp_strings *out)
{
    size_t i;

    if (smp_json_strings(loader->json, object, key, out))
        for (i = 0; i < out->count; i++)
            out->at[i] = smp_loader_clean(loader, out->at[i]);
}

/* A word that is none of a list: which there are. */
static void
tell_names(struct loader *loader, const struct smp_place *place,
           const char *name, const char *const *names)
{
    struct smp_buf list = {0};

    for (; *names; names++)
        smp_buf_printf(&list, "%s%s", list.len ? ", " : "", *names);
    smp_json_wrong(loader->json, place, "\"%.40s\" is none of %s", name,
                   smp_buf_text(&list));
    smp_buf_release(&list);
}

/* The index of a word in its list; a word that is none of them is a fault. */
int
smp_loader_name(struct loader *loader, const struct smp_place *object,
                const char *key, const char *const *names, int absent)
{
    struct smp_place place = smp_place_member(object, key);
    const char *name = NULL;
    int index;

    if (!smp_json_string(loader->json, object, key, &name) || !name)
        return absent;
    index = smp_name_index(names, name);
    if (index < 0)
        tell_names(loader, &place, name, names);
    return index < 0 ? absent : index;
}

bool
smp_loader_span(struct loader *loader, const struct smp_place *object,
                const char *key, struct smp_span *span)
{
    struct smp_place place = smp_place_member(object, key);
    const char *text = NULL;

    if (!smp_json_string(loader->json, object, key, &text) || !text)
        return false;
    if (smp_span_parse(text, span))
        return true;
    smp_json_wrong(loader->json, &place, "not a duration: \"%.40s\"", text);
    return false;
}

bool
smp_loader_length(struct loader *loader, const struct smp_place *object,
                  const char *key, struct smp_length *length)
{
    struct smp_place place = smp_place_member(object, key);
    const char *text = NULL;

    if (!smp_json_string(loader->json, object, key, &text) || !text)
        return false;
    if (smp_length_parse(text, length))
        return true;
    smp_json_wrong(loader->json, &place,
                   "not a duration or range of two: \"%.40s\"", text);
    return false;
}

/* Room for the members of an object, and the object as a place. */
void *
smp_loader_room(struct loader *loader, const struct smp_place *root,
                const char *key, size_t size, struct smp_place *place)
{
    int limit =
        strcmp(key, "labels") == 0 ? SMP_LOADER_LABELS : SMP_LOADER_MEMBERS;

    *place = smp_place_member(root, key);
    if (!smp_json_is_object(loader->json, place))
        place->value = NULL;
    if (cJSON_GetArraySize(place->value) > limit) {
        smp_json_wrong(loader->json, place, "more than %d members", limit);
        place->value = NULL;
    }
    return smp_arena_alloc(&loader->protocol->arena,
                           (size_t)cJSON_GetArraySize(place->value) * size +
                               size);
}
