/*
 * The one grammar of JSON (RFC 8259). A single strict walk over the text builds
 * its values in an arena.
 *
 * The walk goes over a copy of the text, so that strings can stay where they
 * are: escapes are taken out in place, and a NUL replaces the closing quote.
 * Behind the copy are so many NULs that eight octets can be looked at from
 * anywhere in it. A fault that is none of the grammar (a number too large, a
 * name given twice) is noted and reported after the walk, which may find the
 * text wrong further on.
 *
 * An object or array is passed on as it came if formatting it would give the
 * same octets: if there are no blanks outside its strings, and no escapes and
 * no controls in them. Controls are looked for before the walk; `otherwise` is
 * where the last blank or escaped string ended. So a value that begins there or
 * later can be passed on.
 *
 *     {"a": "x", "b":["y","z"]}
 *          ^otherwise ^ from here: as it came
 */
#include <ctype.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "base/base.h"
#include "json/internal.h"

enum { PAD = 2 * sizeof(uint64_t) };

struct scan {
    struct smp_arena *arena;
    char *text, *end;   /* our copy */
    const char *source; /* the same as it came; NULL: nothing is passed on */
    const char *until;  /* the member of the outermost object to end before */
    const char *wrong, *wrong_at; /* what is not JSON, and where; or NULL */

    char *otherwise;
    uint32_t line;

    const char *fault; /* of the first number that cannot be kept, or NULL */
    const char *fault_at, *twice_at; /* NULL: no member is given twice */
};

/*
 * The functions below take the place of what they scan, and return the place
 * behind it, or NULL if it is not JSON. Places are passed by value because a
 * NUL stored in the text could change whatever is in memory, for all that the
 * compiler knows: it would have to load the place again each time.
 */
static char *
fail(struct scan *s, const char *at, const char *what)
{
    s->wrong = what;
    s->wrong_at = at;
    return NULL;
}

static char *
skip_blanks(struct scan *s, char *at)
{
    char *start = at;

    for (; *at == ' ' || *at == '\t' || *at == '\r' || *at == '\n'; at++)
        s->line += *at == '\n';
    if (at > start)
        s->otherwise = at;
    return at;
}

/* Nearly never there is any. */
static inline char *
skip_space(struct scan *s, char *at)
{
    return (unsigned char)*at <= ' ' ? skip_blanks(s, at) : at;
}

/* strings */

/* The next octet that is special in a string, or the NUL. */
static inline char *
skip_plain(char *at)
{
    for (;; at += sizeof(uint64_t)) {
        uint64_t special = smp_json_special(smp_swar_load(at));

        if (special)
            return at + smp_swar_before(special);
    }
}

/* The code unit of four hexadecimal digits, or -1. */
static int
hex(const char *digits)
{
    int value = 0, i;

    for (i = 0; i < 4; i++) {
        char c = digits[i];

        if (!isxdigit((unsigned char)c))
            return -1;
        value = value * 16 +
                (isdigit((unsigned char)c) ? c - '0' : (c | 32) - 'a' + 10);
    }
    return value;
}

static char *
scan_hex(struct scan *s, char *at, int *value)
{
    *value = hex(at);
    if (*value >= 0)
        return at + 4;
    while (isxdigit((unsigned char)*at))
        at++;
    return fail(s, at, "\\u wants four hexadecimal digits");
}

static char *
scan_unicode_escape(struct scan *s, char *at)
{
    static const char half[] = "half of a surrogate pair";
    int first, second;

    at = scan_hex(s, at, &first);
    if (!at)
        return NULL;
    if (first == 0)
        return fail(s, at, "a NUL character");
    if (first >= 0xdc00 && first <= 0xdfff)
        return fail(s, at, half);
    if (first < 0xd800 || first > 0xdbff)
        return at;
    if (*at != '\\')
        return fail(s, at, half);
    if (*++at != 'u')
        return fail(s, at, half);
    at = scan_hex(s, at + 1, &second);
    if (at && (second < 0xdc00 || second > 0xdfff))
        return fail(s, at, half);
    return at;
}

static char *
scan_escape(struct scan *s, char *at)
{
    if (!*at || !strchr("\"\\/bfnrtu", *at))
        return fail(s, at, "an escape that JSON does not have");
    return *at == 'u' ? scan_unicode_escape(s, at + 1) : at + 1;
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
    c = (unsigned)hex(*at + 1);
    *at += 5;
    if (c >= 0xd800 && c <= 0xdbff) { /* the other half: \uXXXX too */
        c = 0x10000 + ((c - 0xd800) << 10) + ((unsigned)hex(*at + 2) - 0xdc00);
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

/* The rest of a string from `at`, before which nothing was special. */
static char *
scan_special_string(struct scan *s, char *at, char *start)
{
    for (;;) {
        at = skip_plain(at);
        if (*at == '"')
            break;
        if (!*at)
            return fail(s, at, "the text ends inside a string");
        if (*at != '\\')
            return fail(s, at, "a control character in a string");
        at = scan_escape(s, at + 1);
        if (!at)
            return NULL;
    }
    take_escapes_out(start, at);
    return s->otherwise = at + 1;
}

/* The string is what follows `at`. */
static inline char *
scan_string(struct scan *s, char *at)
{
    char *end;

    if (*at != '"')
        return fail(s, at, "a string in double quotes is wanted");
    end = skip_plain(at + 1);
    if (*end != '"')
        return scan_special_string(s, end, at + 1);
    *end = '\0';
    return end + 1;
}

/* numbers */

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool
is_integer(const char *number, size_t n)
{
    size_t i;

    for (i = number[0] == '-'; i < n; i++)
        if (!is_digit(number[i]))
            return false;
    return true;
}

/* Whether cJSON would print the number as it stands: one that fits an int. */
static bool
is_int(const char *number, size_t n, int *value)
{
    enum { DIGITS_MAX = 10 };
    bool negative = number[0] == '-';
    int64_t sum = 0;
    size_t i;

    if (n > DIGITS_MAX + 1 || !is_integer(number, n) ||
        (negative && number[1] == '0'))
        return false;
    for (i = negative; i < n; i++)
        sum = sum * 10 + (number[i] - '0');
    if (negative)
        sum = -sum;
    *value = (int)sum;
    return sum >= INT_MIN && sum <= INT_MAX;
}

/* Why a double does not hold it (an integer: not exactly); NULL: it does. */
static const char *
fault_of_number(const char *number, size_t n)
{
    enum { EXACT_DIGITS_MAX = 15, LENGTH_MAX = 310 };
    char copy[LENGTH_MAX + 1];
    double value;

    if (n > LENGTH_MAX && is_integer(number, n))
        return "a number out of range";
    value = strtod(number, NULL);
    if (!isfinite(value))
        return "a number out of range";
    if (n <= EXACT_DIGITS_MAX || !is_integer(number, n))
        return NULL;
    snprintf(copy, sizeof copy, "%.0f", value);
    return strlen(copy) == n && memcmp(copy, number, n) == 0
               ? NULL
               : "an integer too large to keep exactly";
}

/* One that cJSON would print otherwise is kept as it is written. */
static void
set_number(struct scan *s, cJSON *value, const char *number, size_t n)
{
    const char *fault;

    if (is_int(number, n, &value->valueint)) {
        value->type = cJSON_Number;
        value->valuedouble = value->valueint;
        return;
    }
    fault = fault_of_number(number, n);
    if (fault && !s->fault) {
        s->fault = fault;
        s->fault_at = number;
    }
    value->type = cJSON_Raw;
    value->valuestring = smp_arena_strndup(s->arena, number, n);
}

static char *
skip_digits(char *at)
{
    while (is_digit(*at))
        at++;
    return at;
}

static char *
scan_number(struct scan *s, char *at, cJSON *value)
{
    char *start = at;

    at += *at == '-';
    if (!is_digit(*at))
        return fail(s, at, "a value is wanted");
    if (*at++ != '0')
        at = skip_digits(at);
    else if (is_digit(*at))
        return fail(s, at, "a number with a leading zero");
    if (*at == '.' && !is_digit(*++at))
        return fail(s, at, "a number that ends in a point");
    at = skip_digits(at);
    if (*at == 'e' || *at == 'E') {
        at++;
        at += *at == '+' || *at == '-';
        if (!is_digit(*at))
            return fail(s, at, "a number without its exponent");
        at = skip_digits(at);
    }
    set_number(s, value, start, (size_t)(at - start));
    return at;
}

/* values */

static char *
scan_word(struct scan *s, char *at, const char *word, cJSON *value, int type)
{
    size_t n = strlen(word);

    if (strncmp(at, word, n) != 0)
        return fail(s, at, "a value is wanted");
    value->type = type;
    return at + n;
}

static inline struct smp_json_value *
new_value(struct scan *s)
{
    struct smp_json_value *value = smp_arena_take(s->arena, sizeof *value);

    *value = (struct smp_json_value){.line = s->line};
    return value;
}

/* Linked as cJSON does it: the first child's prev is the last one. */
static inline struct smp_json_value *
append(struct scan *s, cJSON *to)
{
    struct smp_json_value *value = new_value(s);
    cJSON *child = &value->json;

    if (to->child) {
        child->prev = to->child->prev;
        child->prev->next = child;
    } else {
        to->child = child;
    }
    to->child->prev = child;
    return value;
}

static char *scan_other(struct scan *s, char *at, int levels,
                        struct smp_json_value *value);

/* Most values are strings. */
static inline char *
scan_value(struct scan *s, char *at, int levels, struct smp_json_value *value)
{
    if (!levels)
        return fail(s, at, "nested too deep");
    if (*at != '"')
        return scan_other(s, at, levels, value);
    value->json.type = cJSON_String;
    value->json.valuestring = at + 1;
    return scan_string(s, at);
}

/* The names of an object's members so far, to see whether one comes again. */
struct names {
    uint64_t some; /* a bit for each: another one may have the same */
    size_t count;
    bool twice; /* or too many to look at them one by one */
};

static void
add_name(struct names *names, const cJSON *object, const char *name,
         uint64_t beginning)
{
    enum { FEW_MAX = 24 };
    const cJSON *other = object->child;
    /* 2^64 / phi spreads what differs over the six highest bits */
    uint64_t bit = UINT64_C(1)
                   << (beginning * UINT64_C(0x9e3779b97f4a7c15) >> 58);

    names->twice |= ++names->count > FEW_MAX;
    if (names->some & bit && !names->twice)
        for (; other; other = other->next)
            if (*other->string == *name && strcmp(other->string, name) == 0)
                names->twice = true;
    names->some |= bit;
}

/*
 * A member's name; *beginning: its first eight octets, NULs behind its end.
 * They are loaded before the NUL is stored behind the name: a load of what was
 * just stored in part waits until the store is done.
 */
static inline char *
scan_name(struct scan *s, char *at, uint64_t *beginning)
{
    uint64_t eight = smp_swar_load(at + 1);
    char *behind = scan_string(s, at);
    size_t n;

    if (!behind)
        return NULL;
    n = (size_t)(behind - at) - 2;
    if (s->otherwise == behind) { /* escapes were taken out */
        eight = smp_swar_load(at + 1);
        n = strlen(at + 1);
    }
    *beginning =
        n < sizeof eight ? eight & ((UINT64_C(1) << 8 * n) - 1) : eight;
    return behind;
}

/* *over: it is the one to end before. */
static inline char *
scan_member(struct scan *s, char *at, int levels, cJSON *object,
            struct names *names, bool *over)
{
    char *name = at + 1;
    struct smp_json_value *member;
    uint64_t beginning;

    at = scan_name(s, at, &beginning);
    if (!at)
        return NULL;
    add_name(names, object, name, beginning);
    at = skip_space(s, at);
    if (*at != ':')
        return fail(s, at, "a colon is wanted");
    *over = s->until && levels == SMP_JSON_DEPTH_MAX - 1 &&
            strcmp(name, s->until) == 0;
    if (*over)
        return s->end;
    at = skip_space(s, at + 1);
    member = append(s, object);
    member->json.string = name;
    return scan_value(s, at, levels, member);
}

/* Names lie in the order of the text they were read from. */
static int
compare_names(const void *a, const void *b)
{
    const char *first = *(const char *const *)a;
    const char *second = *(const char *const *)b;
    int order = strcmp(first, second);

    return order ? order : (first > second) - (first < second);
}

/* Notes the second of two members of one name, by the alphabet the first. */
static void
find_twice(struct scan *s, const cJSON *object)
{
    size_t count = (size_t)cJSON_GetArraySize(object), i = 0;
    const char **names = smp_calloc(count, sizeof *names);
    const cJSON *member;

    cJSON_ArrayForEach (member, object)
        names[i++] = member->string;
    qsort(names, count, sizeof *names, compare_names);
    for (i = 1; i < count && !s->twice_at; i++)
        if (strcmp(names[i - 1], names[i]) == 0)
            s->twice_at = names[i] - 1; /* its quote */
    free(names);
}

static char *
scan_object(struct scan *s, char *at, int levels, cJSON *object)
{
    struct names names = {0};
    bool over = false;

    at = skip_space(s, at);
    if (*at == '}')
        return at + 1;
    for (;;) {
        at = scan_member(s, skip_space(s, at), levels, object, &names, &over);
        if (!at)
            return NULL;
        if (over)
            break;
        at = skip_space(s, at);
        if (*at == '}')
            break;
        if (*at++ != ',')
            return fail(s, at - 1, "a comma or } is wanted");
    }
    if (names.twice)
        find_twice(s, object);
    return over ? at : at + 1;
}

static char *
scan_array(struct scan *s, char *at, int levels, cJSON *array)
{
    at = skip_space(s, at);
    if (*at == ']')
        return at + 1;
    for (;;) {
        at = skip_space(s, at);
        at = scan_value(s, at, levels, append(s, array));
        if (!at)
            return NULL;
        at = skip_space(s, at);
        if (*at == ']')
            return at + 1;
        if (*at++ != ',')
            return fail(s, at - 1, "a comma or ] is wanted");
    }
}

static char *
scan_nested(struct scan *s, char *start, int levels,
            struct smp_json_value *value)
{
    bool object = *start == '{';
    char *at;

    value->json.type = object ? cJSON_Object : cJSON_Array;
    at = object ? scan_object(s, start + 1, levels, &value->json)
                : scan_array(s, start + 1, levels, &value->json);
    if (at && s->source && s->otherwise <= start) {
        value->source = s->source + (start - s->text);
        value->size = (uint32_t)(at - start);
    }
    return at;
}

static char *
scan_other(struct scan *s, char *at, int levels, struct smp_json_value *value)
{
    switch (*at) {
    case '{':
    case '[':
        return scan_nested(s, at, levels - 1, value);
    case 't':
        return scan_word(s, at, "true", &value->json, cJSON_True);
    case 'f':
        return scan_word(s, at, "false", &value->json, cJSON_False);
    case 'n':
        return scan_word(s, at, "null", &value->json, cJSON_NULL);
    case '\0':
        return fail(s, at, "the text ends too early");
    default:
        return scan_number(s, at, &value->json);
    }
}

/* texts */

/* The whole text; NULL if it is not JSON. */
static cJSON *
scan_text(struct scan *s, const char *text, size_t n)
{
    struct smp_json_value *value;
    char *at;

    s->text = smp_arena_take(s->arena, n + PAD);
    s->end = s->text + n;
    s->otherwise = s->text;
    s->line = 1;
    memcpy(s->text, text, n);
    memset(s->end, 0, PAD);
    at = skip_space(s, s->text);
    value = new_value(s);
    at = scan_value(s, at, SMP_JSON_DEPTH_MAX, value);
    if (at)
        at = skip_space(s, at);
    if (at && at < s->end)
        at = fail(s, at, "something follows the value");
    return at ? &value->json : NULL;
}

static cJSON *
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
    smp_fail(err, "line %lu, column %lu: %s", line, column, what);
    return NULL;
}

/* Whether there are none of the controls that JSON allows: DEL and C1. */
static bool
has_no_controls(const char *text, size_t n)
{
    const char *end = text + n, *at = text;

    if (memchr(text, 0x7f, n))
        return false;
    while ((at = memchr(at, 0xc2, (size_t)(end - at))))
        if (at++, at < end && (unsigned char)*at < 0xa0)
            return false;
    return true;
}

cJSON *
smp_json_parse(struct smp_arena *arena, const char *text, size_t n,
               struct smp_err *err)
{
    struct scan scan = {.arena = arena};
    size_t valid = smp_utf8_valid(text, n);
    const char *nul;
    cJSON *value = NULL;

    if (valid == n) {
        if (n <= UINT32_MAX && has_no_controls(text, n))
            scan.source = smp_arena_strndup(arena, text, n);
        value = scan_text(&scan, text, n);
    }
    if (!value && (nul = memchr(text, '\0', valid)))
        return fail_at(err, text, (size_t)(nul - text), "a NUL character");
    if (valid >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        return fail_at(err, text, 0, "a byte order mark");
    if (valid < n)
        return fail_at(err, text, valid, "not UTF-8");
    if (!value)
        return fail_at(err, text, (size_t)(scan.wrong_at - scan.text),
                       scan.wrong);
    if (scan.fault)
        return fail_at(err, text, (size_t)(scan.fault_at - scan.text),
                       scan.fault);
    if (scan.twice_at)
        return fail_at(err, text, (size_t)(scan.twice_at - scan.text),
                       "a member is given twice");
    return value;
}

const cJSON *
smp_json_parse_until(struct smp_arena *arena, const char *text, size_t n,
                     const char *name)
{
    struct scan scan = {.arena = arena, .until = name};
    const cJSON *value = scan_text(&scan, text, n);

    return scan.fault || scan.twice_at ? NULL : value;
}
