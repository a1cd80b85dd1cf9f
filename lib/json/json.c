#include "json/json.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "json/scan.h"

static bool
fail_at(struct smp_err *err, const char *text, size_t at, const char *what)
{
    unsigned long line = 1, column = 1;
    size_t i;

    for (i = 0; i < at; i++) {
        column++;
        if (text[i] == '\n') {
            line++;
            column = 1;
        }
    }
    return smp_fail(err, "line %lu, column %lu: %s", line, column, what);
}

/* Whether cJSON would print the number as it stands: a short integer. */
static bool
is_short_integer(const char *number, size_t n)
{
    size_t i;

    for (i = number[0] == '-'; i < n; i++)
        if (number[i] < '0' || number[i] > '9')
            return false;
    return n <= 9 && strncmp(number, "-0", 2) != 0;
}

static const char *
number_fault(const char *number, size_t n)
{
    char copy[32];
    double value = strtod(number, NULL);
    bool integer = strcspn(number, ".eE") >= n;

    if (!isfinite(value))
        return "a number out of range";
    if (!integer || fabs(value) <= 9007199254740992.0)
        return NULL;
    snprintf(copy, sizeof copy, "%.0f", value);
    return n < sizeof copy && strlen(copy) == n && memcmp(copy, number, n) == 0
               ? NULL
               : "an integer too large to keep exactly";
}

static bool
check_numbers(const struct smp_json_scan *scan, struct smp_err *err)
{
    size_t i;

    for (i = 0; i < scan->number_count; i++) {
        const struct smp_json_number *number = &scan->numbers[i];
        const char *text = scan->text + number->offset, *fault;

        if (is_short_integer(text, number->size))
            continue;
        fault = number_fault(text, number->size);
        if (fault)
            return fail_at(err, scan->text, number->offset, fault);
    }
    return true;
}

static void
keep_as_written(cJSON *value, const char *text, size_t n)
{
    char *copy;

    if (is_short_integer(text, n))
        return;
    copy = cJSON_malloc(n + 1);
    if (!copy)
        smp_out_of_memory();
    memcpy(copy, text, n);
    copy[n] = '\0';
    value->type = cJSON_Raw;
    value->valuestring = copy;
}

/* Gives the numbers of a value their own text, in the order of the text. */
static const struct smp_json_number *
keep_numbers(cJSON *value, const char *text,
             const struct smp_json_number *number)
{
    cJSON *child;

    if (cJSON_IsNumber(value)) {
        keep_as_written(value, text + number->offset, number->size);
        return number + 1;
    }
    for (child = value->child; child; child = child->next)
        number = keep_numbers(child, text, number);
    return number;
}

static int
compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool
has_duplicate_member(const cJSON *object)
{
    size_t count = (size_t)cJSON_GetArraySize(object), n = 0, i;
    const char **names = smp_calloc(count, sizeof *names);
    const cJSON *member;
    bool found = false;

    cJSON_ArrayForEach (member, object)
        names[n++] = member->string;
    qsort(names, n, sizeof *names, compare_names);
    for (i = 1; i < n && !found; i++)
        found = strcmp(names[i - 1], names[i]) == 0;
    free(names);
    return found;
}

static bool
has_duplicates(const cJSON *value)
{
    const cJSON *child;

    if (cJSON_IsObject(value) && has_duplicate_member(value))
        return true;
    cJSON_ArrayForEach (child, value)
        if (child->child && has_duplicates(child))
            return true;
    return false;
}

static cJSON *
build(struct smp_json_scan *scan, size_t n, struct smp_err *err)
{
    cJSON *value = cJSON_ParseWithLengthOpts(scan->text, n + 1, NULL, 1);

    if (!value) {
        smp_fail(err, "not understood");
        return NULL;
    }
    if (has_duplicates(value)) {
        smp_fail(err, "a member is given twice");
        cJSON_Delete(value);
        return NULL;
    }
    keep_numbers(value, scan->text, scan->numbers);
    return value;
}

cJSON *
smp_json_parse(const char *text, size_t n, struct smp_err *err)
{
    struct smp_json_scan scan = {.text = text};
    size_t valid = smp_utf8_valid(text, n);
    cJSON *value = NULL;

    if (strlen(text) < valid)
        fail_at(err, text, strlen(text), "a NUL character");
    else if (valid < n)
        fail_at(err, text, valid, "not UTF-8");
    else if (!smp_json_scan(&scan))
        fail_at(err, text, scan.at, scan.wrong);
    else if (check_numbers(&scan, err))
        value = build(&scan, n, err);
    free(scan.numbers);
    return value;
}

/* DEL and C1 controls, which JSON allows but a terminal obeys, as \u00XX. */
static void
add_escaped(struct smp_buf *out, const char *text)
{
    const unsigned char *at = (const unsigned char *)text;

    while (*at) {
        size_t plain = strcspn((const char *)at, "\x7f\xc2");

        smp_buf_add(out, at, plain);
        at += plain;
        if (*at == 0x7f) {
            smp_buf_puts(out, "\\u007f");
            at++;
        } else if (*at == 0xc2 && at[1] >= 0x80 && at[1] <= 0x9f) {
            smp_buf_printf(out, "\\u%04x", (unsigned)at[1]);
            at += 2;
        } else if (*at) {
            smp_buf_putc(out, (char)*at++);
        }
    }
}

void
smp_json_print(struct smp_buf *out, const cJSON *value)
{
    char *text = cJSON_PrintUnformatted(value);

    if (!text)
        smp_out_of_memory();
    add_escaped(out, text);
    cJSON_free(text);
}

cJSON *
smp_json_merge(cJSON *target, const cJSON *patch)
{
    const cJSON *change;

    if (!cJSON_IsObject(patch)) {
        cJSON_Delete(target);
        return cJSON_Duplicate(patch, true);
    }
    if (!cJSON_IsObject(target)) {
        cJSON_Delete(target);
        target = cJSON_CreateObject();
    }
    cJSON_ArrayForEach (change, patch) {
        const char *key = change->string;
        cJSON *old = cJSON_GetObjectItemCaseSensitive(target, key);

        if (cJSON_IsNull(change))
            cJSON_DeleteItemFromObjectCaseSensitive(target, key);
        else if (!old)
            cJSON_AddItemToObject(target, key, smp_json_merge(NULL, change));
        else if (cJSON_IsObject(old) && cJSON_IsObject(change))
            smp_json_merge(old, change);
        else
            cJSON_ReplaceItemInObjectCaseSensitive(
                target, key, smp_json_merge(NULL, change));
    }
    return target;
}

unsigned long
smp_json_line(const char *text, const char *pointer, size_t *depth)
{
    struct smp_json_scan scan = {.text = text, .wanted = pointer};
    unsigned long line = 1;
    size_t i;

    scan.found = strspn(text, " \t\r\n");
    smp_json_scan(&scan);
    free(scan.numbers);
    for (i = 0; i < scan.found; i++)
        line += text[i] == '\n';
    *depth = scan.depth;
    return line;
}

struct smp_place
smp_place_root(const cJSON *value)
{
    return (struct smp_place){.value = value};
}

struct smp_place
smp_place_member(const struct smp_place *up, const char *key)
{
    return (struct smp_place){
        .up = up,
        .key = key,
        .value = cJSON_GetObjectItemCaseSensitive(up->value, key),
    };
}

struct smp_place
smp_place_child(const struct smp_place *up, const cJSON *child, size_t index)
{
    return (struct smp_place){
        .up = up,
        .key = cJSON_IsObject(up->value) ? child->string : NULL,
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

bool
smp_json_string(const struct smp_json_reader *reader,
                const struct smp_place *up, const char *key, const char **out)
{
    struct smp_place place = smp_place_member(up, key);

    if (!place.value)
        return true;
    if (!cJSON_IsString(place.value)) {
        smp_json_wrong(reader, &place, "a string is wanted");
        return false;
    }
    *out = smp_arena_strdup(reader->arena, place.value->valuestring);
    return true;
}

bool
smp_json_int(const struct smp_json_reader *reader, const struct smp_place *up,
             const char *key, int min, int max, int *out)
{
    struct smp_place place = smp_place_member(up, key);

    if (!place.value)
        return true;
    if (!cJSON_IsNumber(place.value) && !cJSON_IsRaw(place.value))
        smp_json_wrong(reader, &place, "a number is wanted");
    else if (!cJSON_IsNumber(place.value) || place.value->valueint < min ||
             place.value->valueint > max)
        smp_json_wrong(reader, &place, "not a whole number from %d to %d", min,
                       max);
    else {
        *out = place.value->valueint;
        return true;
    }
    return false;
}

bool
smp_json_bool(const struct smp_json_reader *reader, const struct smp_place *up,
              const char *key, bool *out)
{
    struct smp_place place = smp_place_member(up, key);

    if (!place.value)
        return true;
    if (!cJSON_IsBool(place.value)) {
        smp_json_wrong(reader, &place, "true or false is wanted");
        return false;
    }
    *out = cJSON_IsTrue(place.value);
    return true;
}

bool
smp_json_strings(const struct smp_json_reader *reader,
                 const struct smp_place *up, const char *key,
                 struct smp_strings *out)
{
    struct smp_place place = smp_place_member(up, key);
    const cJSON *child;
    size_t room;

    if (!place.value)
        return true;
    if (cJSON_IsString(place.value)) {
        out->at = smp_arena_alloc(reader->arena, sizeof *out->at);
        out->at[0] = smp_arena_strdup(reader->arena, place.value->valuestring);
        out->count = 1;
        return true;
    }
    if (!smp_json_is_array(reader, &place))
        return false;
    room = (size_t)cJSON_GetArraySize(place.value);
    out->at = smp_arena_alloc(reader->arena, room * sizeof *out->at);
    out->count = 0;
    cJSON_ArrayForEach (child, place.value) {
        struct smp_place element = smp_place_child(&place, child, out->count);

        if (!cJSON_IsString(child)) {
            smp_json_wrong(reader, &element, "a string is wanted");
            return false;
        }
        out->at[out->count++] =
            smp_arena_strdup(reader->arena, child->valuestring);
    }
    return true;
}

bool
smp_json_is_object(const struct smp_json_reader *reader,
                   const struct smp_place *place)
{
    if (!place->value || cJSON_IsObject(place->value))
        return place->value != NULL;
    smp_json_wrong(reader, place, "an object is wanted");
    return false;
}

bool
smp_json_is_array(const struct smp_json_reader *reader,
                  const struct smp_place *place)
{
    if (!place->value || cJSON_IsArray(place->value))
        return place->value != NULL;
    smp_json_wrong(reader, place, "an array is wanted");
    return false;
}
