#include <string.h>

#include "publish/feed.h"

/* RFC 5545, 3.1: at most that many octets a line, its end not counted. */
enum { LINE_MAX_OCTETS = 75, DEPTH_MAX = 4, NAME_MAX_OCTETS = 32 };

/* The components that are begun and not ended. */
struct nesting {
    struct smp_piece names[DEPTH_MAX];
    size_t depth;
    bool over; /* the outermost has ended */
};

static bool
has_controls(const char *line, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
            return true;
    return false;
}

/* Octets of "NAME" before ":" or ";"; 0: it is no content line. */
static size_t
name_length(const char *line, size_t n)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ-";
    size_t i = 0;

    while (i < n && i < NAME_MAX_OCTETS && strchr(letters, line[i]))
        i++;
    return i < n && (line[i] == ':' || line[i] == ';') ? i : 0;
}

static bool
is_named(const char *line, size_t n, const char *name)
{
    return n == strlen(name) && memcmp(line, name, n) == 0;
}

static bool
follow(struct nesting *nesting, const char *line, size_t n)
{
    size_t name = name_length(line, n);
    struct smp_piece value = {line + name + 1, n - name - 1};

    if (!name || nesting->over)
        return false;
    if (is_named(line, name, "BEGIN")) {
        if (nesting->depth == DEPTH_MAX)
            return false;
        nesting->names[nesting->depth++] = value;
    } else if (is_named(line, name, "END")) {
        if (!nesting->depth ||
            !smp_piece_equal(nesting->names[--nesting->depth], value))
            return false;
        nesting->over = !nesting->depth;
    }
    return nesting->depth || nesting->over;
}

bool
smp_feed_is_cut(const char *text, size_t n)
{
    struct nesting nesting = {.depth = 0};
    const char *end = text + n, *newline;

    while ((newline = memchr(text, '\n', (size_t)(end - text)))) {
        size_t length = (size_t)(newline - text);

        if (!length-- || text[length] != '\r' || length > LINE_MAX_OCTETS ||
            has_controls(text, length) ||
            (*text != ' ' && !follow(&nesting, text, length)))
            return false;
        text = newline + 1;
    }
    n = (size_t)(end - text);
    n -= n && text[n - 1] == '\r';
    return !nesting.over && n <= LINE_MAX_OCTETS && !has_controls(text, n);
}
