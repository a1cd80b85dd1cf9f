#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "json/internal.h"

/* strings */

/*
 * Quotes, backslashes and controls need escapes. JSON allows the controls DEL
 * and C1 as they are, but a terminal obeys them. A C1 control is 0xc2 and an
 * octet from 0x80 to 0x9f.
 */
static bool
is_special(const unsigned char *at)
{
    return *at < 0x20 || *at == '"' || *at == '\\' || *at == 0x7f ||
           (*at == 0xc2 && at[1] >= 0x80 && at[1] <= 0x9f);
}

/* Plus one, DEL is not ASCII. */
static inline uint64_t
not_plain(uint64_t eight)
{
    return smp_json_special(eight) |
           smp_swar_above_ascii(eight | (eight + SMP_SWAR_ONES));
}

/*
 * Returns true if all is ASCII without escapes, as nearly always. The last
 * eight octets overlap with the eight before.
 */
static bool
is_plain(const unsigned char *text, size_t n)
{
    const unsigned char *at = text, *end = text + n;
    uint64_t found = 0;

    if (n < sizeof found) {
        while (at < end && *at < 0x80 && !is_special(at))
            at++;
        return at == end;
    }
    for (; (size_t)(end - at) > sizeof found; at += sizeof found)
        found |= not_plain(smp_swar_load(at));
    return !(found | not_plain(smp_swar_load(end - sizeof found)));
}

/* The next octet that is special, or the end. */
static const unsigned char *
skip_plain(const unsigned char *at, const unsigned char *end)
{
    for (; (size_t)(end - at) >= sizeof(uint64_t); at += sizeof(uint64_t)) {
        uint64_t eight = smp_swar_load(at);

        if (smp_json_special(eight) | smp_swar_equal(eight, 0x7f) |
            smp_swar_equal(eight, 0xc2))
            break;
    }
    while (*at && !is_special(at))
        at++;
    return at;
}

/* Appends the escape of a character; returns the character's length. */
static size_t
put_escape(struct smp_buf *out, const unsigned char *at)
{
    static const char meant[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
    const char *found = strchr(meant, *at);

    if (found) {
        smp_buf_putc(out, '\\');
        smp_buf_putc(out, letters[found - meant]);
        return 1;
    }
    smp_buf_printf(out, "\\u%04x", (unsigned)(*at == 0xc2 ? at[1] : *at));
    return *at == 0xc2 ? 2 : 1;
}

static void
put_escaped(struct smp_buf *out, const char *text)
{
    const unsigned char *at = (const unsigned char *)text, *start = at;
    const unsigned char *end = at + strlen(text);

    for (;;) {
        at = skip_plain(at, end);
        smp_buf_add(out, start, (size_t)(at - start));
        if (!*at)
            return;
        at += put_escape(out, at);
        start = at;
    }
}

void
smp_json_put_string(struct smp_buf *out, const char *text)
{
    size_t n = strlen(text);
    char *at = smp_buf_room(out, n + 2);

    *at++ = '"';
    if (is_plain((const unsigned char *)text, n)) {
        memcpy(at, text, n);
        at += n;
    } else {
        smp_buf_end(out, at);
        put_escaped(out, text);
        at = smp_buf_room(out, 1);
    }
    *at++ = '"';
    smp_buf_end(out, at);
}

/* values */

/* cJSON's memory is ours: out of memory ends the program in one place. */
cJSON *
smp_json_object(void)
{
    static bool done;
    cJSON_Hooks hooks = {smp_alloc, free};

    if (!done)
        cJSON_InitHooks(&hooks);
    done = true;
    return cJSON_CreateObject();
}

/* A number that is no int is written by cJSON. */
static void
put_number(struct smp_buf *out, const cJSON *value)
{
    char *text;

    if (value->valuedouble >= INT32_MIN && value->valuedouble <= INT32_MAX &&
        value->valuedouble == (double)(int)value->valuedouble) {
        smp_buf_digits(out, (int)value->valuedouble);
        return;
    }
    text = cJSON_PrintUnformatted(value);
    if (!text)
        smp_out_of_memory();
    smp_buf_puts(out, text);
    cJSON_free(text);
}

typedef void putter(struct smp_buf *out, const cJSON *value);

static void
put_children(struct smp_buf *out, const cJSON *value, putter *put)
{
    bool named = smp_json_is(value, cJSON_Object);
    const cJSON *child;

    smp_buf_putc(out, named ? '{' : '[');
    cJSON_ArrayForEach (child, value) {
        if (child != value->child)
            smp_buf_putc(out, ',');
        if (named) {
            smp_json_put_string(out, child->string);
            smp_buf_putc(out, ':');
        }
        put(out, child);
    }
    smp_buf_putc(out, named ? '}' : ']');
}

void
smp_json_format(struct smp_buf *out, const cJSON *value)
{
    if (smp_json_is(value, cJSON_Object) || smp_json_is(value, cJSON_Array))
        put_children(out, value, smp_json_format);
    else if (smp_json_is(value, cJSON_String))
        smp_json_put_string(out, value->valuestring);
    else if (smp_json_is(value, cJSON_Number))
        put_number(out, value);
    else if (smp_json_is(value, cJSON_Raw))
        put_escaped(out, value->valuestring);
    else
        smp_buf_puts(out, smp_json_is(value, cJSON_True)    ? "true"
                          : smp_json_is(value, cJSON_False) ? "false"
                                                            : "null");
}

void
smp_json_pass_on(struct smp_buf *out, const cJSON *value)
{
    const struct smp_json_value *parsed = (const struct smp_json_value *)value;

    if (!smp_json_is(value, cJSON_Object) && !smp_json_is(value, cJSON_Array))
        smp_json_format(out, value);
    else if (parsed->source)
        smp_buf_add(out, parsed->source, parsed->size);
    else
        put_children(out, value, smp_json_pass_on);
}

/* objects, member by member */

static void
begin_member(struct smp_buf *out, size_t start, const char *key)
{
    if (out->len > start)
        smp_buf_putc(out, ',');
    smp_json_put_string(out, key);
    smp_buf_putc(out, ':');
}

/* As begin_member(), but a key of ours needs no escapes. */
static void
begin_field(struct smp_buf *out, size_t start,
            const struct smp_json_field *field)
{
    char *at = smp_buf_room(out, sizeof field->key + 4);

    if (out->len > start)
        *at++ = ',';
    *at++ = '"';
    memcpy(at, field->key, sizeof field->key);
    at += field->length;
    *at++ = '"';
    *at++ = ':';
    smp_buf_end(out, at);
}

/* The index of the field with this key, or count. Tries `likely` first. */
static size_t
field_of(const struct smp_json_field *fields, size_t count, size_t likely,
         const char *key)
{
    size_t i;

    for (i = 0; i < count; i++) {
        size_t at = likely + i < count ? likely + i : likely + i - count;

        if (*fields[at].key == *key && strcmp(fields[at].key, key) == 0)
            return at;
    }
    return count;
}

/* Appends a field with its name; false if it is still due at the end. */
static inline bool
put_field(struct smp_buf *out, size_t start, const struct smp_json_field *field,
          const void *thing, const cJSON *old)
{
    size_t before = out->len;

    begin_field(out, start, field);
    switch (field->put(out, thing, old)) {
    case SMP_JSON_PUT:
        return true;
    case SMP_JSON_KEEP:
        if (!old)
            break;
        smp_json_pass_on(out, old);
        return true;
    case SMP_JSON_DROP:
        break;
    }
    smp_buf_cut(out, before);
    return false;
}

void
smp_json_put_fields(struct smp_buf *out, size_t start,
                    const struct smp_json_field *fields, size_t count,
                    const void *thing)
{
    size_t i;

    for (i = 0; i < count; i++)
        put_field(out, start, &fields[i], thing, NULL);
}

void
smp_json_patch(struct smp_buf *out, const cJSON *old,
               const struct smp_json_field *fields, size_t count,
               const void *thing)
{
    size_t start, i, likely = 0;
    const cJSON *member = smp_json_is(old, cJSON_Object) ? old->child : NULL;
    uint32_t settled = 0;

    smp_buf_putc(out, '{');
    start = out->len;
    for (; member; member = member->next) {
        i = field_of(fields, count, likely, member->string);
        if (i == count) {
            begin_member(out, start, member->string);
            smp_json_pass_on(out, member);
            continue;
        }
        if (put_field(out, start, &fields[i], thing, member))
            settled |= UINT32_C(1) << i;
        likely = i + 1;
    }
    for (i = 0; i < count; i++)
        if (!(settled >> i & 1))
            put_field(out, start, &fields[i], thing, NULL);
    smp_buf_putc(out, '}');
}
