#include <stdarg.h>
#include <stdlib.h>

#include "base/base.h"
#include "json/internal.h"
#include "json/json.h"

/* places */

struct smp_place
smp_place_root(const cJSON *value)
{
    return (struct smp_place){.value = value};
}

/* Most names are so short that a call takes longer. */
static bool
is_named(const cJSON *member, const char *key)
{
    const char *name = member->string;

    while (*name == *key && *key) {
        name++;
        key++;
    }
    return *name == *key;
}

cJSON *
smp_json_find(const cJSON *object, const char *name)
{
    cJSON *member = smp_json_is(object, cJSON_Object) ? object->child : NULL;

    while (member && !is_named(member, name))
        member = member->next;
    return member;
}

struct smp_place
smp_place_member(const struct smp_place *up, const char *key)
{
    return (struct smp_place){
        .up = up,
        .key = key,
        .value = smp_json_find(up->value, key),
    };
}

/* The index of a member's name, or count. Tries `likely` first. */
static size_t
name_of(const cJSON *member, const char *const *names, size_t count,
        size_t likely)
{
    size_t i;

    for (i = likely; i < count; i++)
        if (is_named(member, names[i]))
            return i;
    for (i = 0; i < likely; i++)
        if (is_named(member, names[i]))
            return i;
    return count;
}

void
smp_place_members(const struct smp_place *up, const char *const *names,
                  size_t count, struct smp_place *members)
{
    const cJSON *member =
        smp_json_is(up->value, cJSON_Object) ? up->value->child : NULL;
    size_t i, next = 0;

    for (i = 0; i < count; i++)
        members[i] = (struct smp_place){.up = up, .key = names[i]};
    for (; member; member = member->next) {
        i = name_of(member, names, count, next);
        if (i < count) {
            members[i].value = member;
            next = i + 1;
        }
    }
}

struct smp_place
smp_place_child(const struct smp_place *up, const cJSON *child, size_t index)
{
    return (struct smp_place){
        .up = up,
        .key = smp_json_is(up->value, cJSON_Object) ? child->string : NULL,
        .index = index,
        .value = child,
    };
}

void
smp_place_pointer(struct smp_buf *out, const struct smp_place *place)
{
    const char *c;

    if (!place->up)
        return;
    smp_place_pointer(out, place->up);
    smp_buf_putc(out, '/');
    if (!place->key)
        smp_buf_printf(out, "%zu", place->index);
    for (c = place->key; c && *c; c++)
        if (*c == '~' || *c == '/')
            smp_buf_puts(out, *c == '~' ? "~0" : "~1");
        else
            smp_buf_putc(out, *c);
}

void
smp_place_path(struct smp_buf *out, const struct smp_place *place)
{
    if (!place->up)
        return;
    smp_place_path(out, place->up);
    if (!place->key)
        smp_buf_printf(out, "[%zu]", place->index);
    else
        smp_buf_printf(out, "%s%s", out->len ? "." : "", place->key);
}

/* A pointer's first name, its escapes taken out; returns what follows. */
static const char *
first_name(struct smp_buf *name, const char *pointer)
{
    smp_buf_cut(name, 0);
    for (pointer++; *pointer && *pointer != '/'; pointer++)
        if (*pointer == '~' && (pointer[1] == '0' || pointer[1] == '1'))
            smp_buf_putc(name, *++pointer == '0' ? '~' : '/');
        else
            smp_buf_putc(name, *pointer);
    return pointer;
}

static const cJSON *
child_of(const cJSON *value, const char *name)
{
    const cJSON *child;
    unsigned long i;
    char *end;

    if (!smp_json_is(value, cJSON_Array) || *name < '0' || *name > '9')
        return smp_json_find(value, name);
    i = strtoul(name, &end, 10);
    child = *end ? NULL : value->child;
    while (child && i--)
        child = child->next;
    return child;
}

unsigned long
smp_json_line(const cJSON *value, const char *pointer, size_t *depth)
{
    struct smp_buf name = {0};
    const cJSON *next;

    for (*depth = 0; *pointer == '/'; ++*depth) {
        pointer = first_name(&name, pointer);
        next = child_of(value, smp_buf_text(&name));
        if (!next)
            break;
        value = next;
    }
    smp_buf_release(&name);
    return ((const struct smp_json_value *)value)->line;
}

/* typed reading */

void
smp_json_wrong(const struct smp_json_reader *reader,
               const struct smp_place *place, const char *format, ...)
{
    struct smp_buf what = {0};
    va_list args;

    va_start(args, format);
    smp_buf_vprintf(&what, format, args);
    va_end(args);
    reader->wrong(reader->context, place, smp_buf_text(&what));
    smp_buf_release(&what);
}

static const char *
keep(const struct smp_json_reader *reader, const cJSON *string)
{
    return reader->lasting
               ? string->valuestring
               : smp_arena_strdup(reader->arena, string->valuestring);
}

bool
smp_json_string_at(const struct smp_json_reader *reader,
                   const struct smp_place *place, const char **out)
{
    if (!place->value)
        return true;
    if (!smp_json_is(place->value, cJSON_String)) {
        smp_json_wrong(reader, place, "a string is wanted");
        return false;
    }
    *out = keep(reader, place->value);
    return true;
}

bool
smp_json_string(const struct smp_json_reader *reader,
                const struct smp_place *up, const char *key, const char **out)
{
    struct smp_place place = smp_place_member(up, key);

    return smp_json_string_at(reader, &place, out);
}

bool
smp_json_int_at(const struct smp_json_reader *reader,
                const struct smp_place *place, int min, int max, int *out)
{
    if (!place->value)
        return true;
    if (!smp_json_is(place->value, cJSON_Number) &&
        !smp_json_is(place->value, cJSON_Raw))
        smp_json_wrong(reader, place, "a number is wanted");
    else if (!smp_json_is(place->value, cJSON_Number) ||
             place->value->valueint < min || place->value->valueint > max)
        smp_json_wrong(reader, place, "not a whole number from %d to %d", min,
                       max);
    else {
        *out = place->value->valueint;
        return true;
    }
    return false;
}

bool
smp_json_int(const struct smp_json_reader *reader, const struct smp_place *up,
             const char *key, int min, int max, int *out)
{
    struct smp_place place = smp_place_member(up, key);

    return smp_json_int_at(reader, &place, min, max, out);
}

bool
smp_json_bool_at(const struct smp_json_reader *reader,
                 const struct smp_place *place, bool *out)
{
    if (!place->value)
        return true;
    if (!smp_json_is(place->value, cJSON_True) &&
        !smp_json_is(place->value, cJSON_False)) {
        smp_json_wrong(reader, place, "true or false is wanted");
        return false;
    }
    *out = smp_json_is(place->value, cJSON_True);
    return true;
}

bool
smp_json_bool(const struct smp_json_reader *reader, const struct smp_place *up,
              const char *key, bool *out)
{
    struct smp_place place = smp_place_member(up, key);

    return smp_json_bool_at(reader, &place, out);
}

bool
smp_json_strings_at(const struct smp_json_reader *reader,
                    const struct smp_place *place, struct smp_strings *out)
{
    const cJSON *child;
    size_t room;

    if (!place->value)
        return true;
    if (smp_json_is(place->value, cJSON_String)) {
        out->at = smp_arena_alloc(reader->arena, sizeof *out->at);
        out->at[0] = keep(reader, place->value);
        out->count = 1;
        return true;
    }
    if (!smp_json_is_array(reader, place))
        return false;
    room = (size_t)cJSON_GetArraySize(place->value);
    out->at = smp_arena_alloc(reader->arena, room * sizeof *out->at);
    out->count = 0;
    cJSON_ArrayForEach (child, place->value) {
        struct smp_place element = smp_place_child(place, child, out->count);

        if (!smp_json_is(child, cJSON_String)) {
            smp_json_wrong(reader, &element, "a string is wanted");
            return false;
        }
        out->at[out->count++] = keep(reader, child);
    }
    return true;
}

bool
smp_json_strings(const struct smp_json_reader *reader,
                 const struct smp_place *up, const char *key,
                 struct smp_strings *out)
{
    struct smp_place place = smp_place_member(up, key);

    return smp_json_strings_at(reader, &place, out);
}

bool
smp_json_is_object(const struct smp_json_reader *reader,
                   const struct smp_place *place)
{
    if (!place->value || smp_json_is(place->value, cJSON_Object))
        return place->value != NULL;
    smp_json_wrong(reader, place, "an object is wanted");
    return false;
}

bool
smp_json_is_array(const struct smp_json_reader *reader,
                  const struct smp_place *place)
{
    if (!place->value || smp_json_is(place->value, cJSON_Array))
        return place->value != NULL;
    smp_json_wrong(reader, place, "an array is wanted");
    return false;
}
