#include <stdlib.h>
#include <string.h>

#include "json/json.h"

/* All of these walk over a text that is known to be JSON. */
static const char *
skip_space(const char *at)
{
    return at + strspn(at, " \t\r\n");
}

static const char *
skip_string(const char *at)
{
    for (at++; *at && *at != '"'; at++)
        if (*at == '\\' && at[1])
            at++;
    return *at ? at + 1 : at;
}

/* Behind a value and the blanks after it. */
static const char *
skip_value(const char *at)
{
    size_t open = 0;

    do {
        open += *at == '{' || *at == '[';
        open -= *at == '}' || *at == ']';
        if (*at == '"')
            at = skip_string(at);
        else if (strchr("{}[],:", *at))
            at += *at != '\0';
        else
            at += strcspn(at, "{}[],: \t\r\n");
        at = skip_space(at);
    } while (*at && open);
    return at;
}

/* Whether the first name of the pointer is that of n octets; then *rest is
 * what follows it. */
static bool
names(const char *pointer, const char *name, size_t n, const char **rest)
{
    const char *want = pointer + 1;
    size_t i;

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

/*
 * The value inside the object at `at` that the first name of the pointer
 * means, or NULL. A name written with escapes is not recognised: its line is
 * that of the value around it.
 */
static const char *
member(const char *at, const char *pointer, const char **rest)
{
    at = skip_space(at + 1);
    while (*at == '"') {
        const char *name = at + 1;
        bool found;

        at = skip_string(at);
        found = names(pointer, name, (size_t)(at - name) - 1, rest);
        at = skip_space(at);
        at = skip_space(at + (*at == ':'));
        if (found)
            return at;
        at = skip_value(at);
        at = skip_space(at + (*at == ','));
    }
    return NULL;
}

/* The same inside an array. */
static const char *
element(const char *at, const char *pointer, const char **rest)
{
    unsigned long index;
    char *end;

    if (pointer[1] < '0' || pointer[1] > '9')
        return NULL;
    index = strtoul(pointer + 1, &end, 10);
    *rest = end;
    at = skip_space(at + 1);
    for (; *at && *at != ']' && index; index--) {
        at = skip_value(at);
        at = skip_space(at + (*at == ','));
    }
    return !*at || *at == ']' || (*end && *end != '/') ? NULL : at;
}

unsigned long
smp_json_line(const char *text, const char *pointer, size_t *depth)
{
    const char *at = skip_space(text), *found = at, *c;
    unsigned long line = 1;

    for (*depth = 0; *pointer == '/'; ++*depth) {
        if (*at == '{')
            at = member(at, pointer, &pointer);
        else if (*at == '[')
            at = element(at, pointer, &pointer);
        else
            break;
        if (!at)
            break;
        found = at;
    }
    for (c = text; c < found; c++)
        line += *c == '\n';
    return line;
}
