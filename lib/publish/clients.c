#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/base.h"
#include "base/utf8.h"
#include "publish/internal.h"

/* The slot of a tag, or a free one: the table is never full. */
static struct smp_client **
slot(const struct smp_clients *clients, const char *tag, size_t n)
{
    size_t i = (size_t)smp_hash(tag, n, 0) % clients->size;

    while (clients->table[i] && !(clients->table[i]->tag == n &&
                                  memcmp(clients->table[i]->name, tag, n) == 0))
        i = (i + 1) % clients->size;
    return &clients->table[i];
}

struct smp_client *
smp_clients_find(const struct smp_clients *clients, const char *tag, size_t n)
{
    return clients->size ? *slot(clients, tag, n) : NULL;
}

static void
grow(struct smp_clients *clients)
{
    enum { FIRST_SIZE = 64 };
    struct smp_client **old = clients->table;
    size_t i, size = clients->size;

    clients->size = size ? size * 2 : FIRST_SIZE;
    clients->table = smp_calloc(clients->size, sizeof(struct smp_client *));
    for (i = 0; i < size; i++)
        if (old[i])
            *slot(clients, old[i]->name, old[i]->tag) = old[i];
    free(old);
}

struct smp_client *
smp_clients_add(struct smp_clients *clients, const char *id, const char *name,
                size_t tag)
{
    struct smp_client *client =
        smp_arena_alloc(&clients->arena, sizeof *client);

    if (clients->count >= clients->size / 2)
        grow(clients);
    *client = (struct smp_client){
        .id = smp_arena_strdup(&clients->arena, id),
        .name = smp_arena_strdup(&clients->arena, name),
        .tag = tag,
    };
    clients->count++;
    *slot(clients, name, tag) = client;
    return client;
}

bool
smp_clients_have_arrived(const struct smp_clients *clients)
{
    size_t i;

    for (i = 0; i < clients->size; i++)
        if (clients->table[i] && clients->table[i]->arrived)
            return true;
    return false;
}

void
smp_clients_release(struct smp_clients *clients)
{
    smp_arena_release(&clients->arena);
    free(clients->table);
    *clients = (struct smp_clients){0};
}

/* the list of clients */

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

bool
smp_has_controls(const char *text, size_t n)
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
    if (smp_has_controls(id, n))
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
