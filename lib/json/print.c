#include "json/json.h"

#include <stdint.h>
#include <string.h>

#include "base/eight.h"
#include "json/scan.h"

/*
 * What cannot stand in a string as it is: quotes, backslashes and controls,
 * DEL and C1 among them, which JSON allows but a terminal obeys. A C1 control
 * is 0xc2 and an octet from 0x80 to 0x9f.
 */
static bool
is_special(const unsigned char *at)
{
    return *at < 0x20 || *at == '"' || *at == '\\' || *at == 0x7f ||
           (*at == 0xc2 && at[1] >= 0x80 && at[1] <= 0x9f);
}

/* One more, and DEL is not ASCII. */
static inline uint64_t
not_plain(uint64_t eight)
{
    return smp_json_special(eight) |
           smp_eight_above_ascii(eight | (eight + SMP_EIGHT_ONES));
}

/*
 * Whether all is ASCII that can stand as it is, as nearly always. The last
 * octets are looked at together with some before them.
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
        found |= not_plain(smp_eight(at));
    return !(found | not_plain(smp_eight(end - sizeof found)));
}

/* Up to the next octet that is special, past others that are not ASCII. */
static const unsigned char *
skip_plain(const unsigned char *at, const unsigned char *end)
{
    for (; (size_t)(end - at) >= sizeof(uint64_t); at += sizeof(uint64_t)) {
        uint64_t eight = smp_eight(at);

        if (smp_json_special(eight) | smp_eight_equal(eight, 0x7f) |
            smp_eight_equal(eight, 0xc2))
            break;
    }
    while (*at && !is_special(at))
        at++;
    return at;
}

/* Appends the escape of what is there; how many octets that was. */
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

/* What no int holds is written as cJSON does it. */
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

static void
put_children(struct smp_buf *out, const cJSON *value, bool named)
{
    const cJSON *child;

    cJSON_ArrayForEach (child, value) {
        if (child != value->child)
            smp_buf_putc(out, ',');
        if (named) {
            smp_json_put_string(out, child->string);
            smp_buf_putc(out, ':');
        }
        smp_json_print(out, child);
    }
}

void
smp_json_print(struct smp_buf *out, const cJSON *value)
{
    if (value->type & SMP_JSON_AS_IT_CAME) {
        smp_buf_add(out, value->valuestring, (size_t)value->valueint);
    } else if (cJSON_IsObject(value) || cJSON_IsArray(value)) {
        smp_buf_putc(out, cJSON_IsObject(value) ? '{' : '[');
        put_children(out, value, cJSON_IsObject(value));
        smp_buf_putc(out, cJSON_IsObject(value) ? '}' : ']');
    } else if (cJSON_IsString(value)) {
        smp_json_put_string(out, value->valuestring);
    } else if (cJSON_IsNumber(value)) {
        put_number(out, value);
    } else if (cJSON_IsRaw(value)) {
        put_escaped(out, value->valuestring);
    } else {
        smp_buf_puts(out, cJSON_IsTrue(value)    ? "true"
                          : cJSON_IsFalse(value) ? "false"
                                                 : "null");
    }
}
