#include "json/scan.h"

#include <string.h>

#include "json/number.h"

static bool scan_other(struct smp_json_scan *s, int levels, cJSON *value);

bool
smp_json_scan_wrong(struct smp_json_scan *s, const char *what)
{
    if (!s->wrong)
        s->wrong = what;
    return false;
}

static void
skip_blanks(struct smp_json_scan *s)
{
    size_t n = strspn(s->at, " \t\r\n");

    s->at += n;
    if (n)
        s->otherwise = s->at;
}

/* Nearly never there is any. */
static inline void
skip_space(struct smp_json_scan *s)
{
    if ((unsigned char)*s->at <= ' ')
        skip_blanks(s);
}

/* NULL where it is wrong. */
static inline char *
scan_string(struct smp_json_scan *s)
{
    char *start = s->at + 1, *end;

    if (*s->at != '"') {
        smp_json_scan_wrong(s, "a string in double quotes is wanted");
        return NULL;
    }
    end = smp_json_skip_plain(start);
    if (*end == '"') {
        *end = '\0';
        s->at = end + 1;
        return start;
    }
    s->at = end;
    return smp_json_scan_string(s, start) ? start : NULL;
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool
scan_digits(struct smp_json_scan *s)
{
    const char *start = s->at;

    while (is_digit(*s->at))
        s->at++;
    return s->at > start;
}

/* One that cJSON would print otherwise is kept as it is written. */
static void
set_number(struct smp_json_scan *s, cJSON *value, const char *number)
{
    size_t n = (size_t)(s->at - number);
    const char *fault;

    if (smp_json_is_short(number, n, &value->valueint)) {
        value->type = cJSON_Number;
        value->valuedouble = value->valueint;
        return;
    }
    fault = smp_json_number_fault(number, n);
    if (fault && !s->fault) {
        s->fault = fault;
        s->fault_at = number;
    }
    value->type = cJSON_Raw;
    value->valuestring = smp_arena_strndup(s->arena, number, n);
}

static bool
scan_number(struct smp_json_scan *s, cJSON *value)
{
    const char *start = s->at;

    smp_json_take(s, '-');
    if (!smp_json_take(s, '0') && !scan_digits(s))
        return smp_json_scan_wrong(s, "a value is wanted");
    if (is_digit(*s->at))
        return smp_json_scan_wrong(s, "a number with a leading zero");
    if (smp_json_take(s, '.') && !scan_digits(s))
        return smp_json_scan_wrong(s, "a number that ends in a point");
    if (smp_json_take(s, 'e') || smp_json_take(s, 'E')) {
        if (!smp_json_take(s, '+'))
            smp_json_take(s, '-');
        if (!scan_digits(s))
            return smp_json_scan_wrong(s, "a number without its exponent");
    }
    set_number(s, value, start);
    return true;
}

static bool
scan_word(struct smp_json_scan *s, const char *word, cJSON *value, int type)
{
    size_t n = strlen(word);

    if (strncmp(s->at, word, n) != 0)
        return smp_json_scan_wrong(s, "a value is wanted");
    s->at += n;
    value->type = type;
    return true;
}

static cJSON *
new_value(struct smp_json_scan *s)
{
    enum { MANY = 32 };

    if (!s->spare_count) {
        s->spare = smp_arena_alloc(s->arena, MANY * sizeof *s->spare);
        s->spare_count = MANY;
    }
    s->spare_count--;
    return s->spare++;
}

/* Linked as cJSON does it: the first child's prev is the last one. */
static inline cJSON *
append(struct smp_json_scan *s, cJSON *to)
{
    cJSON *child = new_value(s);

    if (to->child) {
        child->prev = to->child->prev;
        child->prev->next = child;
    } else {
        to->child = child;
    }
    to->child->prev = child;
    return child;
}

/* Most values are strings. */
static inline bool
scan_value(struct smp_json_scan *s, int levels, cJSON *value)
{
    if (!levels)
        return smp_json_scan_wrong(s, "nested too deep");
    if (*s->at != '"')
        return scan_other(s, levels, value);
    value->type = cJSON_String;
    value->valuestring = scan_string(s);
    return value->valuestring != NULL;
}

/* The names of an object's members so far, to see whether one comes again. */
struct names {
    uint64_t some; /* a bit for each: another one may have the same */
    size_t count;
    bool twice; /* or too many to look at them one by one */
};

static void
add_name(struct names *names, const cJSON *object, const char *name)
{
    enum { FEW = 24 };
    uint64_t eight = smp_eight(name), nul = smp_eight_equal(eight, '\0'), bit;
    const cJSON *other = object->child;

    eight &= ((nul & -nul) >> 7) - 1; /* the octets before the NUL */
    /* 2^64 / phi spreads what differs over the six highest bits */
    bit = UINT64_C(1) << (eight * UINT64_C(0x9e3779b97f4a7c15) >> 58);
    names->twice |= ++names->count > FEW;
    if (names->some & bit && !names->twice)
        for (; other; other = other->next)
            if (*other->string == *name && strcmp(other->string, name) == 0)
                names->twice = true;
    names->some |= bit;
}

static bool
scan_member(struct smp_json_scan *s, int levels, cJSON *object,
            struct names *names)
{
    char *name = scan_string(s);
    cJSON *member;

    if (!name)
        return false;
    add_name(names, object, name);
    skip_space(s);
    if (!smp_json_take(s, ':'))
        return smp_json_scan_wrong(s, "a colon is wanted");
    skip_space(s);
    member = append(s, object);
    member->string = name;
    return scan_value(s, levels, member);
}

static bool
scan_object(struct smp_json_scan *s, int levels, cJSON *object)
{
    struct names names = {0};

    skip_space(s);
    if (smp_json_take(s, '}'))
        return true;
    for (;;) {
        skip_space(s);
        if (!scan_member(s, levels, object, &names))
            return false;
        skip_space(s);
        if (smp_json_take(s, '}'))
            break;
        if (!smp_json_take(s, ','))
            return smp_json_scan_wrong(s, "a comma or } is wanted");
    }
    if (names.twice)
        smp_json_find_twice(s, object);
    return true;
}

static bool
scan_array(struct smp_json_scan *s, int levels, cJSON *array)
{
    skip_space(s);
    if (smp_json_take(s, ']'))
        return true;
    for (;;) {
        skip_space(s);
        if (!scan_value(s, levels, append(s, array)))
            return false;
        skip_space(s);
        if (smp_json_take(s, ']'))
            return true;
        if (!smp_json_take(s, ','))
            return smp_json_scan_wrong(s, "a comma or ] is wanted");
    }
}

static bool
scan_nested(struct smp_json_scan *s, int levels, cJSON *value)
{
    char *start = s->at++;

    value->type = *start == '{' ? cJSON_Object : cJSON_Array;
    if (*start == '{' ? !scan_object(s, levels, value)
                      : !scan_array(s, levels, value))
        return false;
    if (s->source && s->otherwise <= start) {
        value->type |= SMP_JSON_AS_IT_CAME;
        value->valuestring = (char *)s->source + (start - s->text);
        value->valueint = (int)(s->at - start);
    }
    return true;
}

static bool
scan_other(struct smp_json_scan *s, int levels, cJSON *value)
{
    switch (*s->at) {
    case '{':
    case '[':
        return scan_nested(s, levels - 1, value);
    case 't':
        return scan_word(s, "true", value, cJSON_True);
    case 'f':
        return scan_word(s, "false", value, cJSON_False);
    case 'n':
        return scan_word(s, "null", value, cJSON_NULL);
    case '\0':
        return smp_json_scan_wrong(s, "the text ends too early");
    default:
        return scan_number(s, value);
    }
}

cJSON *
smp_json_scan(struct smp_json_scan *s)
{
    cJSON *value = new_value(s);

    s->at = s->text;
    s->otherwise = s->text;
    skip_space(s);
    if (!scan_value(s, SMP_JSON_DEPTH, value))
        return NULL;
    skip_space(s);
    if (!*s->at)
        return value;
    smp_json_scan_wrong(s, "something follows the value");
    return NULL;
}
