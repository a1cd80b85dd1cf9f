#include "json/build.h"

#include <stdlib.h>
#include <string.h>

#include "json/number.h"
#include "json/scan.h"

static void *
take(struct smp_json_builder *b, size_t size)
{
    return b->arena ? smp_arena_take(b->arena, size) : smp_alloc(size);
}

/* Appended as cJSON does it: the first child's prev is the last one. */
static void
append(cJSON *open, cJSON *value)
{
    if (open->child) {
        cJSON *last = open->child->prev;

        last->next = value;
        value->prev = last;
        open->child->prev = value;
    } else {
        open->child = value;
        value->prev = value;
    }
}

void
smp_json_build_next(struct smp_json_builder *b)
{
    b->value = take(b, sizeof *b->value);
    *b->value = (cJSON){0};
    if (b->open)
        append(b->open, b->value);
    else
        b->root = b->value;
}

static char *
put_utf8(char *out, unsigned c)
{
    if (c < 0x80) {
        *out++ = (char)c;
        return out;
    }
    if (c < 0x800) {
        *out++ = (char)(0xc0 | c >> 6);
    } else if (c < 0x10000) {
        *out++ = (char)(0xe0 | c >> 12);
        *out++ = (char)(0x80 | (c >> 6 & 0x3f));
    } else {
        *out++ = (char)(0xf0 | c >> 18);
        *out++ = (char)(0x80 | (c >> 12 & 0x3f));
        *out++ = (char)(0x80 | (c >> 6 & 0x3f));
    }
    *out++ = (char)(0x80 | (c & 0x3f));
    return out;
}

/* What an escape stands for; *at is behind its backslash, then behind it. */
static char *
put_escape(char *out, const char **at)
{
    static const char letters[] = "bfnrt", meant[] = "\b\f\n\r\t";
    const char *letter = strchr(letters, **at);
    unsigned c;

    if (**at != 'u') {
        *out++ = letter ? meant[letter - letters] : **at;
        ++*at;
        return out;
    }
    c = (unsigned)smp_json_hex(*at + 1);
    *at += 5;
    if (c >= 0xd800 && c <= 0xdbff) { /* the other half: \uXXXX too */
        c = 0x10000 + ((c - 0xd800) << 10) +
            ((unsigned)smp_json_hex(*at + 2) - 0xdc00);
        *at += 6;
    }
    return put_utf8(out, c);
}

/*
 * A string without its escapes, which are never shorter than what they mean:
 * it is where it was in the text if that is our own, for the scan is past it.
 */
static char *
copy_string(struct smp_json_builder *b, size_t at, size_t n, bool escaped)
{
    const char *from = b->text + at, *end = from + n;
    char *copy = b->own ? b->own + at : smp_alloc(n + 1), *out = copy;

    if (!escaped) {
        if (!b->own)
            memcpy(copy, from, n);
        copy[n] = '\0';
        return copy;
    }
    while (from < end) {
        if (*from != '\\') {
            *out++ = *from++;
            continue;
        }
        from++;
        out = put_escape(out, &from);
    }
    *out = '\0';
    return copy;
}

static unsigned
hash_of(const char *text)
{
    unsigned hash = 0;

    while (*text)
        hash = hash * 31 + (unsigned char)*text++;
    return hash;
}

void
smp_json_build_name(struct smp_json_builder *b, size_t at, size_t n,
                    bool escaped)
{
    char *name = copy_string(b, at, n, escaped);

    smp_json_build_next(b);
    b->value->string = name;
    b->names =
        smp_grow(b->names, b->name_count, &b->name_room, sizeof *b->names);
    b->names[b->name_count++] =
        (struct smp_json_name){name, at - 1, hash_of(name)};
}

void
smp_json_build_string(struct smp_json_builder *b, size_t at, size_t n,
                      bool escaped)
{
    b->value->type = cJSON_String;
    b->value->valuestring = copy_string(b, at, n, escaped);
}

/* One that cJSON would print otherwise is kept as it is written. */
void
smp_json_build_number(struct smp_json_builder *b, size_t at, size_t n)
{
    const char *fault;

    if (smp_json_is_short(b->text + at, n)) {
        b->value->type = cJSON_Number;
        b->value->valueint = (int)strtol(b->text + at, NULL, 10);
        b->value->valuedouble = b->value->valueint;
        return;
    }
    fault = smp_json_number_fault(b->text + at, n);
    if (fault && !b->fault) {
        b->fault = fault;
        b->fault_at = at;
    }
    b->value->type = cJSON_Raw;
    b->value->valuestring = take(b, n + 1); /* the scan is not past it */
    memcpy(b->value->valuestring, b->text + at, n);
    b->value->valuestring[n] = '\0';
}

void
smp_json_build_word(struct smp_json_builder *b, int type)
{
    b->value->type = type;
}

struct smp_json_opened
smp_json_build_enter(struct smp_json_builder *b, int type)
{
    struct smp_json_opened opened = {b->open, b->name_count};

    b->value->type = type;
    b->open = b->value;
    return opened;
}

static int
compare_names(const void *a, const void *b)
{
    const struct smp_json_name *first = a, *second = b;
    int order = strcmp(first->text, second->text);

    return order ? order
                 : (first->offset > second->offset) -
                       (first->offset < second->offset);
}

/* The second of two equal names: of the first such in the alphabet. */
static void
find_twice(struct smp_json_builder *b, struct smp_json_name *names,
           size_t count)
{
    size_t i;

    qsort(names, count, sizeof *names, compare_names);
    for (i = 1; i < count && !b->twice; i++)
        if (strcmp(names[i - 1].text, names[i].text) == 0) {
            b->twice = true;
            b->twice_at = names[i].offset;
        }
}

/* Whether two of a few names may be equal. */
static bool
may_be_equal(const struct smp_json_name *names, size_t count)
{
    size_t i, j;

    for (i = 1; i < count; i++)
        for (j = 0; j < i; j++)
            if (names[i].hash == names[j].hash)
                return true;
    return false;
}

void
smp_json_build_leave(struct smp_json_builder *b, struct smp_json_opened opened)
{
    enum { FEW = 24 };
    struct smp_json_name *names = b->names + opened.first_name;
    size_t count = b->name_count - opened.first_name;

    if (!b->twice && count > 1 && (count > FEW || may_be_equal(names, count)))
        find_twice(b, names, count);
    b->name_count = opened.first_name;
    b->open = opened.around;
}
