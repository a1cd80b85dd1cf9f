#include <ctype.h>
#include <string.h>

#include "base/utf8.h"
#include "json/number.h"
#include "json/scan.h"

static bool
scan_hex(struct smp_json_scan *s, int *value)
{
    *value = smp_json_hex(s->at);
    if (*value >= 0) {
        s->at += 4;
        return true;
    }
    while (isxdigit((unsigned char)*s->at))
        s->at++;
    return smp_json_scan_wrong(s, "\\u wants four hexadecimal digits");
}

static bool
scan_unicode_escape(struct smp_json_scan *s)
{
    int first, second;

    if (!scan_hex(s, &first))
        return false;
    if (first == 0)
        return smp_json_scan_wrong(s, "a NUL character");
    if (first >= 0xdc00 && first <= 0xdfff)
        return smp_json_scan_wrong(s, "half of a surrogate pair");
    if (first < 0xd800 || first > 0xdbff)
        return true;
    if (!smp_json_take(s, '\\') || !smp_json_take(s, 'u') ||
        !scan_hex(s, &second) || second < 0xdc00 || second > 0xdfff)
        return smp_json_scan_wrong(s, "half of a surrogate pair");
    return true;
}

static bool
scan_escape(struct smp_json_scan *s)
{
    char c = *s->at;

    if (!c || !strchr("\"\\/bfnrtu", c))
        return smp_json_scan_wrong(s, "an escape that JSON does not have");
    s->at++;
    return c == 'u' ? scan_unicode_escape(s) : true;
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
    return smp_utf8_put(out, (int32_t)c);
}

/* Escapes are never shorter than what they mean: it fits where they are. */
static void
take_escapes_out(char *text, const char *end)
{
    const char *from = text;
    char *out = text;

    while (from < end) {
        if (*from != '\\') {
            *out++ = *from++;
            continue;
        }
        from++;
        out = put_escape(out, &from);
    }
    *out = '\0';
}

bool
smp_json_scan_string(struct smp_json_scan *s, char *start)
{
    for (;;) {
        s->at = smp_json_skip_plain(s->at);
        if (smp_json_take(s, '"'))
            break;
        if (!*s->at)
            return smp_json_scan_wrong(s, "the text ends inside a string");
        if (!smp_json_take(s, '\\'))
            return smp_json_scan_wrong(s, "a control character in a string");
        if (!scan_escape(s))
            return false;
    }
    take_escapes_out(start, s->at - 1);
    s->otherwise = s->at;
    return true;
}
