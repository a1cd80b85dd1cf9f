#include "publish/guess.h"

#include <string.h>

/* What is left of the line. */
struct rest {
    const char *at, *end;
};

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static void
skip_blanks(struct rest *rest)
{
    while (rest->at < rest->end && is_blank(*rest->at))
        rest->at++;
}

static bool
take(struct rest *rest, char c)
{
    skip_blanks(rest);
    if (rest->at == rest->end || *rest->at != c)
        return false;
    rest->at++;
    return true;
}

/* A string, its quotes passed over; *plain: no octet of it is escaped. */
static bool
take_string(struct rest *rest, struct rest *text, bool *plain)
{
    const char *at;

    *plain = true;
    if (!take(rest, '"'))
        return false;
    text->at = rest->at;
    for (at = rest->at; at < rest->end && *at != '"'; at++)
        if (*at == '\\') {
            *plain = false;
            at += at + 1 < rest->end;
        }
    if (at >= rest->end)
        return false;
    text->end = at;
    rest->at = at + 1;
    return true;
}

static bool
take_number(struct rest *rest, int *number)
{
    enum { DIGITS_MAX = 9 };
    const char *start;

    skip_blanks(rest);
    *number = 0;
    for (start = rest->at; rest->at < rest->end && *rest->at >= '0' &&
                           *rest->at <= '9' && rest->at - start < DIGITS_MAX;
         rest->at++)
        *number = *number * 10 + (*rest->at - '0');
    return rest->at > start;
}

/* Passes over a value, whatever is nested in it. */
static bool
skip_value(struct rest *rest)
{
    struct rest text;
    size_t depth = 0;
    bool plain;

    while (rest->at < rest->end) {
        char c = *rest->at;

        if (c == '"') {
            if (!take_string(rest, &text, &plain))
                return false;
            continue;
        }
        if (!depth && (c == ',' || c == '}'))
            return true;
        if (c == '[' || c == '{')
            depth++;
        else if (depth && (c == ']' || c == '}'))
            depth--;
        rest->at++;
    }
    return false;
}

static bool
is_named(const struct rest *name, const char *what)
{
    size_t n = strlen(what);

    return (size_t)(name->end - name->at) == n &&
           memcmp(name->at, what, n) == 0;
}

/* Where a member's text goes; NULL: it is none of those looked for. */
static const char **
place_of(struct smp_plan *guess, const struct rest *name)
{
    const struct {
        const char *name, **place;
    } places[] = {{"id", &guess->id},
                  {"timeZone", &guess->time_zone},
                  {"lang", &guess->lang},
                  {"studio", &guess->studio}};
    size_t i;

    for (i = 0; i < sizeof places / sizeof *places; i++)
        if (is_named(name, places[i].name))
            return places[i].place;
    return NULL;
}

/* A member; *over: it is the last one to be looked at. */
static bool
take_member(struct rest *rest, struct smp_plan *guess, bool *over)
{
    struct rest name, text;
    const char **place;
    bool plain;

    if (!take_string(rest, &name, &plain) || !take(rest, ':'))
        return false;
    place = place_of(guess, &name);
    if (place) {
        if (!take_string(rest, &text, &plain) || !plain)
            return false;
        *place = smp_arena_strndup(&guess->arena, text.at,
                                   (size_t)(text.end - text.at));
    } else if (is_named(&name, "feed")) {
        if (!take_number(rest, &guess->feed))
            return false;
    } else if (is_named(&name, "items")) {
        return *over = true;
    } else if (!skip_value(rest)) {
        return false;
    }
    *over = !take(rest, ',');
    return true;
}

bool
smp_guess(struct smp_plan *guess, const char *line, size_t n)
{
    struct rest rest = {line, line + n};
    bool over = false;

    smp_plan_reset(guess);
    guess->id = "";
    if (!take(&rest, '{'))
        return false;
    while (!over)
        if (!take_member(&rest, guess, &over))
            return false;
    return *guess->id;
}
