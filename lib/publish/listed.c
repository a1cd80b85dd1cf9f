#include "publish/listed.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static bool
has_controls(const char *text, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
            return true;
    return false;
}

const char *
smp_listed_fault(const char *id, size_t n)
{
    if (smp_utf8_valid(id, n) != n)
        return "not UTF-8";
    if (has_controls(id, n))
        return "control character in an id";
    if (n && (id[0] == '"' || id[n - 1] == '"'))
        return "quotes around an id; write ids without quotes, one per line";
    if (n && (is_blank(id[0]) || is_blank(id[n - 1])))
        return "blanks around an id";
    return NULL;
}

static bool
take_id(struct smp_listed *list, char *id, size_t n, unsigned long line,
        struct smp_err *err)
{
    struct smp_strings *ids = &list->ids;
    const char *fault;

    for (; n && is_blank(*id); n--)
        id++;
    while (n && is_blank(id[n - 1]))
        n--;
    fault = smp_listed_fault(id, n);
    if (fault)
        return smp_fail(err, "line %lu: %s", line, fault);
    if (!n)
        return true;
    id[n] = '\0';
    ids->at = smp_grow(ids->at, ids->count, &list->room, sizeof *ids->at);
    ids->at[ids->count++] = id;
    return true;
}

bool
smp_listed_read(struct smp_listed *list, char *text, size_t n,
                struct smp_err *err)
{
    static const char mark[] = "\xef\xbb\xbf";
    char *end = text + n;
    unsigned long line;

    list->whole = n && end[-1] == '\n';
    if (n >= sizeof mark - 1 && memcmp(text, mark, sizeof mark - 1) == 0)
        text += sizeof mark - 1;
    for (line = 1; text < end; line++) {
        char *newline = memchr(text, '\n', (size_t)(end - text));
        char *stop = newline ? newline : end;

        if (!take_id(list, text, (size_t)(stop - text), line, err))
            return false;
        text = stop + 1;
    }
    return true;
}

void
smp_listed_release(struct smp_listed *list)
{
    free(list->ids.at);
    *list = (struct smp_listed){0};
}
