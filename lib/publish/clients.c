#include "publish/clients.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

static size_t
place_of(const char *tag, size_t n)
{
    static const unsigned char key[crypto_shorthash_KEYBYTES] = "smp-care tags";
    unsigned char hash[crypto_shorthash_BYTES];
    uint64_t place;

    crypto_shorthash(hash, (const unsigned char *)tag, n, key);
    memcpy(&place, hash, sizeof place);
    return (size_t)place;
}

/* Where a tag is, or would be: the table is never full. */
static struct smp_client **
slot(const struct smp_clients *clients, const char *tag, size_t n)
{
    size_t i = place_of(tag, n) % clients->size;

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
