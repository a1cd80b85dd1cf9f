#include "json/scan.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/eight.h"
#include "json/build.h"
#include "json/number.h"

static bool scan_value(struct smp_json_scan *s, int levels);

static bool
wrong(struct smp_json_scan *s, const char *what)
{
    if (!s->wrong)
        s->wrong = what;
    return false;
}

static void
skip_space(struct smp_json_scan *s)
{
    const char *at = s->text + s->at;

    while (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n')
        at++;
    s->at = (size_t)(at - s->text);
}

static bool
take(struct smp_json_scan *s, char c)
{
    if (s->text[s->at] != c)
        return false;
    s->at++;
    return true;
}

static bool
scan_hex(struct smp_json_scan *s, int *value)
{
    *value = smp_json_hex(s->text + s->at);
    if (*value >= 0) {
        s->at += 4;
        return true;
    }
    while (isxdigit((unsigned char)s->text[s->at]))
        s->at++;
    return wrong(s, "\\u wants four hexadecimal digits");
}

static bool
scan_unicode_escape(struct smp_json_scan *s)
{
    int first, second;

    if (!scan_hex(s, &first))
        return false;
    if (first == 0)
        return wrong(s, "a NUL character");
    if (first >= 0xdc00 && first <= 0xdfff)
        return wrong(s, "half of a surrogate pair");
    if (first < 0xd800 || first > 0xdbff)
        return true;
    if (!take(s, '\\') || !take(s, 'u') || !scan_hex(s, &second) ||
        second < 0xdc00 || second > 0xdfff)
        return wrong(s, "half of a surrogate pair");
    return true;
}

static bool
scan_escape(struct smp_json_scan *s)
{
    char c = s->text[s->at];

    if (!c || !strchr("\"\\/bfnrtu", c))
        return wrong(s, "an escape that JSON does not have");
    s->at++;
    return c == 'u' ? scan_unicode_escape(s) : true;
}

/* The octets of a string up to the first one that ends it or is special. */
static void
skip_plain(struct smp_json_scan *s)
{
    const unsigned char *text = (const unsigned char *)s->text;
    size_t at = s->at;

    for (; s->size - at >= sizeof(uint64_t); at += sizeof(uint64_t)) {
        uint64_t eight = smp_eight(text + at);

        uint64_t special = smp_eight_below(eight, 0x20) |
                           smp_eight_equal(eight, '"') |
                           smp_eight_equal(eight, '\\');

        if (special) {
            s->at = at + smp_eight_before(special);
            return;
        }
    }
    while (text[at] >= 0x20 && text[at] != '"' && text[at] != '\\')
        at++;
    s->at = at;
}

static bool
scan_string(struct smp_json_scan *s)
{
    s->escaped = false;
    if (!take(s, '"'))
        return wrong(s, "a string in double quotes is wanted");
    for (;;) {
        skip_plain(s);
        if (take(s, '"'))
            return true;
        if (!s->text[s->at])
            return wrong(s, "the text ends inside a string");
        if (!take(s, '\\'))
            return wrong(s, "a control character in a string");
        s->escaped = true;
        if (!scan_escape(s))
            return false;
    }
}

static bool
scan_string_value(struct smp_json_scan *s)
{
    size_t start = s->at + 1;

    if (!scan_string(s))
        return false;
    if (s->builder)
        smp_json_build_string(s->builder, start, s->at - 1 - start, s->escaped);
    return true;
}

static size_t
scan_digits(struct smp_json_scan *s)
{
    size_t start = s->at;

    while (isdigit((unsigned char)s->text[s->at]))
        s->at++;
    return s->at - start;
}

static bool
scan_number(struct smp_json_scan *s)
{
    size_t start = s->at;

    take(s, '-');
    if (!take(s, '0') && !scan_digits(s))
        return wrong(s, "a value is wanted");
    if (isdigit((unsigned char)s->text[s->at]))
        return wrong(s, "a number with a leading zero");
    if (take(s, '.') && !scan_digits(s))
        return wrong(s, "a number that ends in a point");
    if (take(s, 'e') || take(s, 'E')) {
        if (!take(s, '+'))
            take(s, '-');
        if (!scan_digits(s))
            return wrong(s, "a number without its exponent");
    }
    if (s->builder)
        smp_json_build_number(s->builder, start, s->at - start);
    return true;
}

static bool
scan_word(struct smp_json_scan *s, const char *word, int type)
{
    size_t n = strlen(word);

    if (strncmp(s->text + s->at, word, n) != 0)
        return wrong(s, "a value is wanted");
    s->at += n;
    if (s->builder)
        smp_json_build_word(s->builder, type);
    return true;
}

/*
 * Whether a member's name, raw between its quotes, is the next one of the
 * wanted pointer; then *rest is what follows it there. A name written with
 * escapes is not recognised: its line is that of the value around it.
 */
static bool
is_next_wanted(const struct smp_json_scan *s, const char *name, size_t n,
               const char **rest)
{
    const char *want = s->wanted;
    size_t i;

    if (!want || *want != '/')
        return false;
    want++;
    for (i = 0; i < n; i++, want++) {
        char c = *want;

        if (c == '~' && (want[1] == '0' || want[1] == '1'))
            c = *++want == '0' ? '~' : '/';
        if (c != name[i])
            return false;
    }
    *rest = want;
    return !*want || *want == '/';
}

/* One value inside another; `rest` says whether it lies on the wanted way. */
static bool
scan_inner(struct smp_json_scan *s, int levels, bool wanted, const char *rest)
{
    const char *outer = s->wanted;
    bool ok;

    s->wanted = wanted ? rest : NULL;
    skip_space(s);
    if (wanted) {
        s->found = s->at;
        s->depth++;
    }
    ok = scan_value(s, levels);
    s->wanted = wanted ? NULL : outer;
    return ok;
}

static bool
scan_member(struct smp_json_scan *s, int levels)
{
    size_t start = s->at + 1;
    const char *rest = NULL;
    bool wanted;

    if (!scan_string(s))
        return false;
    if (s->builder)
        smp_json_build_name(s->builder, start, s->at - 1 - start, s->escaped);
    wanted = is_next_wanted(s, s->text + start, s->at - 1 - start, &rest);
    skip_space(s);
    if (!take(s, ':'))
        return wrong(s, "a colon is wanted");
    return scan_inner(s, levels, wanted, rest);
}

static bool
scan_object(struct smp_json_scan *s, int levels)
{
    s->at++;
    skip_space(s);
    if (take(s, '}'))
        return true;
    for (;;) {
        skip_space(s);
        if (!scan_member(s, levels))
            return false;
        skip_space(s);
        if (take(s, '}'))
            return true;
        if (!take(s, ','))
            return wrong(s, "a comma or } is wanted");
    }
}

static bool
scan_array(struct smp_json_scan *s, int levels)
{
    size_t index;

    s->at++;
    skip_space(s);
    if (take(s, ']'))
        return true;
    for (index = 0;; index++) {
        const char *rest = NULL;
        char *end = NULL;
        bool wanted = s->wanted && s->wanted[0] == '/' &&
                      isdigit((unsigned char)s->wanted[1]) &&
                      strtoul(s->wanted + 1, &end, 10) == index &&
                      (!*end || *end == '/');

        rest = end;
        if (s->builder)
            smp_json_build_next(s->builder);
        if (!scan_inner(s, levels, wanted, rest))
            return false;
        skip_space(s);
        if (take(s, ']'))
            return true;
        if (!take(s, ','))
            return wrong(s, "a comma or ] is wanted");
    }
}

/* An object or array, which the builder has to know the ends of. */
static bool
scan_nested(struct smp_json_scan *s, int levels, int type)
{
    bool (*scan)(struct smp_json_scan *, int) =
        type == cJSON_Object ? scan_object : scan_array;
    struct smp_json_opened opened;

    if (!s->builder)
        return scan(s, levels);
    opened = smp_json_build_enter(s->builder, type);
    if (!scan(s, levels))
        return false;
    smp_json_build_leave(s->builder, opened);
    return true;
}

static bool
scan_value(struct smp_json_scan *s, int levels)
{
    if (!levels)
        return wrong(s, "nested too deep");
    switch (s->text[s->at]) {
    case '{':
        return scan_nested(s, levels - 1, cJSON_Object);
    case '[':
        return scan_nested(s, levels - 1, cJSON_Array);
    case '"':
        return scan_string_value(s);
    case 't':
        return scan_word(s, "true", cJSON_True);
    case 'f':
        return scan_word(s, "false", cJSON_False);
    case 'n':
        return scan_word(s, "null", cJSON_NULL);
    case '\0':
        return wrong(s, "the text ends too early");
    default:
        return scan_number(s);
    }
}

bool
smp_json_scan(struct smp_json_scan *scan)
{
    scan->size = strlen(scan->text);
    skip_space(scan);
    if (scan->builder)
        smp_json_build_next(scan->builder);
    if (!scan_value(scan, SMP_JSON_DEPTH))
        return false;
    skip_space(scan);
    return scan->text[scan->at] ? wrong(scan, "something follows the value")
                                : true;
}
