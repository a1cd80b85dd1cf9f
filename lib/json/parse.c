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
#include "json/internal.h"

enum { PAD = 2 * sizeof(uint64_t) };

struct scan {
    struct smp_arena *arena;
    char *text, *at;    /* our copy, and how far it is read */
    char *end;          /* of the copy */
    const char *source; /* the same as it came; NULL: nothing is passed on */
    const char *until;  /* the member of the outermost object to end before */
    const char *wrong;  /* what is not JSON; NULL: nothing */

    const char *otherwise;
    uint32_t line;

    const char *fault; /* of the first number that cannot be kept, or NULL */
    const char *fault_at, *twice_at; /* NULL: no member is given twice */
};

static bool
fail(struct scan *s, const char *what)
{
    if (!s->wrong)
        s->wrong = what;
    return false;
}

static inline bool
take(struct scan *s, char c)
{
    if (*s->at != c)
        return false;
    s->at++;
    return true;
}

static void
skip_blanks(struct scan *s)
{
    const char *start = s->at;

    for (; *s->at == ' ' || *s->at == '\t' || *s->at == '\r' || *s->at == '\n';
         s->at++)
        s->line += *s->at == '\n';
    if (s->at > start)
        s->otherwise = s->at;
}

/* Nearly never there is any. */
static inline void
skip_space(struct scan *s)
{
    if ((unsigned char)*s->at <= ' ')
        skip_blanks(s);
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

static bool
scan_hex(struct scan *s, int *value)
{
    *value = hex(s->at);
    if (*value >= 0) {
        s->at += 4;
        return true;
    }
    while (isxdigit((unsigned char)*s->at))
        s->at++;
    return fail(s, "\\u wants four hexadecimal digits");
}

static bool
scan_unicode_escape(struct scan *s)
{
    int first, second;

    if (!scan_hex(s, &first))
        return false;
    if (first == 0)
        return fail(s, "a NUL character");
    if (first >= 0xdc00 && first <= 0xdfff)
        return fail(s, "half of a surrogate pair");
    if (first < 0xd800 || first > 0xdbff)
        return true;
    if (!take(s, '\\') || !take(s, 'u') || !scan_hex(s, &second) ||
        second < 0xdc00 || second > 0xdfff)
        return fail(s, "half of a surrogate pair");
    return true;
}

static bool
scan_escape(struct scan *s)
{
    char c = *s->at;

    if (!c || !strchr("\"\\/bfnrtu", c))
        return fail(s, "an escape that JSON does not have");
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
static bool
scan_special_string(struct scan *s, char *start)
{
    for (;;) {
        s->at = skip_plain(s->at);
        if (take(s, '"'))
            break;
        if (!*s->at)
            return fail(s, "the text ends inside a string");
        if (!take(s, '\\'))
            return fail(s, "a control character in a string");
        if (!scan_escape(s))
            return false;
    }
    take_escapes_out(start, s->at - 1);
    s->otherwise = s->at;
    return true;
}

/* NULL if it is wrong. */
static inline char *
scan_string(struct scan *s)
{
    char *start = s->at + 1, *end;

    if (*s->at != '"') {
        fail(s, "a string in double quotes is wanted");
        return NULL;
    }
    end = skip_plain(start);
    if (*end == '"') {
        *end = '\0';
        s->at = end + 1;
        return start;
    }
    s->at = end;
    return scan_special_string(s, start) ? start : NULL;
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
set_number(struct scan *s, cJSON *value, const char *number)
{
    size_t n = (size_t)(s->at - number);
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

static bool
scan_digits(struct scan *s)
{
    const char *start = s->at;

    while (is_digit(*s->at))
        s->at++;
    return s->at > start;
}

static bool
scan_number(struct scan *s, cJSON *value)
{
    const char *start = s->at;

    take(s, '-');
    if (!take(s, '0') && !scan_digits(s))
        return fail(s, "a value is wanted");
    if (is_digit(*s->at))
        return fail(s, "a number with a leading zero");
    if (take(s, '.') && !scan_digits(s))
        return fail(s, "a number that ends in a point");
    if (take(s, 'e') || take(s, 'E')) {
        if (!take(s, '+'))
            take(s, '-');
        if (!scan_digits(s))
            return fail(s, "a number without its exponent");
    }
    set_number(s, value, start);
    return true;
}

/* values */

static bool
scan_word(struct scan *s, const char *word, cJSON *value, int type)
{
    size_t n = strlen(word);

    if (strncmp(s->at, word, n) != 0)
        return fail(s, "a value is wanted");
    s->at += n;
    value->type = type;
    return true;
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

static bool scan_other(struct scan *s, int levels,
                       struct smp_json_value *value);

/* Most values are strings. */
static inline bool
scan_value(struct scan *s, int levels, struct smp_json_value *value)
{
    if (!levels)
        return fail(s, "nested too deep");
    if (*s->at != '"')
        return scan_other(s, levels, value);
    value->json.type = cJSON_String;
    value->json.valuestring = scan_string(s);
    return value->json.valuestring != NULL;
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
scan_name(struct scan *s, uint64_t *beginning)
{
    uint64_t eight = smp_swar_load(s->at + 1);
    char *name = scan_string(s);
    size_t n;

    if (!name)
        return NULL;
    n = (size_t)(s->at - 1 - name);
    if (s->otherwise == s->at) { /* escapes were taken out */
        eight = smp_swar_load(name);
        n = strlen(name);
    }
    *beginning =
        n < sizeof eight ? eight & ((UINT64_C(1) << 8 * n) - 1) : eight;
    return name;
}

/* *over: it is the one to end before. */
static bool
scan_member(struct scan *s, int levels, cJSON *object, struct names *names,
            bool *over)
{
    struct smp_json_value *member;
    uint64_t beginning = 0;
    char *name = scan_name(s, &beginning);

    if (!name)
        return false;
    add_name(names, object, name, beginning);
    skip_space(s);
    if (!take(s, ':'))
        return fail(s, "a colon is wanted");
    *over = s->until && levels == SMP_JSON_DEPTH_MAX - 1 &&
            strcmp(name, s->until) == 0;
    if (*over)
        return true;
    skip_space(s);
    member = append(s, object);
    member->json.string = name;
    return scan_value(s, levels, member);
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

static bool
scan_object(struct scan *s, int levels, cJSON *object)
{
    struct names names = {0};
    bool over = false;

    skip_space(s);
    if (take(s, '}'))
        return true;
    for (;;) {
        skip_space(s);
        if (!scan_member(s, levels, object, &names, &over))
            return false;
        if (over)
            break;
        skip_space(s);
        if (take(s, '}'))
            break;
        if (!take(s, ','))
            return fail(s, "a comma or } is wanted");
    }
    if (names.twice)
        find_twice(s, object);
    if (over)
        s->at = s->end;
    return true;
}

static bool
scan_array(struct scan *s, int levels, cJSON *array)
{
    skip_space(s);
    if (take(s, ']'))
        return true;
    for (;;) {
        skip_space(s);
        if (!scan_value(s, levels, append(s, array)))
            return false;
        skip_space(s);
        if (take(s, ']'))
            return true;
        if (!take(s, ','))
            return fail(s, "a comma or ] is wanted");
    }
}

static bool
scan_nested(struct scan *s, int levels, struct smp_json_value *value)
{
    char *start = s->at++;

    value->json.type = *start == '{' ? cJSON_Object : cJSON_Array;
    if (*start == '{' ? !scan_object(s, levels, &value->json)
                      : !scan_array(s, levels, &value->json))
        return false;
    if (s->source && s->otherwise <= start) {
        value->source = s->source + (start - s->text);
        value->size = (uint32_t)(s->at - start);
    }
    return true;
}

static bool
scan_other(struct scan *s, int levels, struct smp_json_value *value)
{
    switch (*s->at) {
    case '{':
    case '[':
        return scan_nested(s, levels - 1, value);
    case 't':
        return scan_word(s, "true", &value->json, cJSON_True);
    case 'f':
        return scan_word(s, "false", &value->json, cJSON_False);
    case 'n':
        return scan_word(s, "null", &value->json, cJSON_NULL);
    case '\0':
        return fail(s, "the text ends too early");
    default:
        return scan_number(s, &value->json);
    }
}

/* texts */

/* The whole text; NULL if it is not JSON, with what is wrong at `at`. */
static cJSON *
scan_text(struct scan *s, const char *text, size_t n)
{
    struct smp_json_value *value;

    s->text = s->at = smp_arena_take(s->arena, n + PAD);
    s->end = s->text + n;
    s->otherwise = s->text;
    s->line = 1;
    memcpy(s->text, text, n);
    memset(s->end, 0, PAD);
    skip_space(s);
    value = new_value(s);
    if (!scan_value(s, SMP_JSON_DEPTH_MAX, value))
        return NULL;
    skip_space(s);
    if (s->at == s->end)
        return &value->json;
    fail(s, "something follows the value");
    return NULL;
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
        return fail_at(err, text, (size_t)(scan.at - scan.text), scan.wrong);
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
