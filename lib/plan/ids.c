#include "plan/ids.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/base.h"
#include "base/utf8.h"

/* `folded` is cut in two, so a slot has five words, not six. */
struct smp_id_slot {
    uint32_t folded[2], exact, studio;
    uint32_t line; /* 2 * line, from 1; 0: free. Bit 0: asked about */
};

enum { FIRST_SIZE = 256 };

static uint32_t
hash(const char *text, uint64_t seed)
{
    return (uint32_t)smp_hash(text, strlen(text), seed);
}

/* The length of an id that folding keeps, as it keeps most; else 0. */
static size_t
folded_already(const char *id)
{
    const char *at = id;

    while (*at > ' ' && *at < 0x7f && !(*at >= 'A' && *at <= 'Z'))
        at++;
    return *at ? 0 : (size_t)(at - id);
}

struct smp_id_key
smp_id_key(const char *id, const char *studio)
{
    static const char blanks[] = " \t\r\n\v\f";
    struct smp_id_key key = {.studio = studio ? hash(studio, 2) : 0};
    size_t n = folded_already(id);
    char *folded, *at;

    if (n) {
        key.folded = smp_hash(id, n, 0);
        return key;
    }
    folded = smp_utf8_casefold(id);
    at = folded + strspn(folded, blanks);
    n = strlen(at);
    while (n && strchr(blanks, at[n - 1]))
        n--;
    key.folded = smp_hash(at, n, 0);
    if (strcmp(folded, id) != 0 || at[n] || at > folded)
        key.exact = hash(id, 1) | 1;
    free(folded);
    return key;
}

static bool
is_folded(const struct smp_id_slot *slot, const struct smp_id_key *key)
{
    return slot->folded[0] == (uint32_t)key->folded &&
           slot->folded[1] == (uint32_t)(key->folded >> 32);
}

/* The slot of an id, or a free one: the table is never full. *alike is the slot
 * of an id like it, or NULL. */
static struct smp_id_slot *
look_up(const struct smp_ids *ids, const struct smp_id_key *key,
        struct smp_id_slot **alike)
{
    size_t i = (size_t)key->folded & (ids->size - 1);

    *alike = NULL;
    while (ids->slots[i].line) {
        struct smp_id_slot *slot = &ids->slots[i];

        if (is_folded(slot, key) && slot->exact == key->exact)
            return slot;
        if (is_folded(slot, key) && !*alike)
            *alike = slot;
        i = (i + 1) & (ids->size - 1);
    }
    return &ids->slots[i];
}

enum smp_same_id
smp_ids_find(const struct smp_ids *ids, const struct smp_id_key *key,
             unsigned long *line)
{
    struct smp_id_slot *alike = NULL,
                       *slot = ids->size ? look_up(ids, key, &alike) : NULL;
    const struct smp_id_slot *found = slot && slot->line ? slot : alike;

    *line = found ? found->line / 2 : 0;
    if (!found)
        return SMP_ID_NEW;
    if (found == alike)
        return SMP_ID_ALIKE;
    return found->studio == key->studio ? SMP_ID_TWICE : SMP_ID_OTHER_STUDIO;
}

static void
grow(struct smp_ids *ids)
{
    struct smp_ids old = *ids;
    size_t i;

    ids->size = old.size ? old.size * 2 : FIRST_SIZE;
    ids->slots = smp_calloc(ids->size, sizeof *ids->slots);
    for (i = 0; i < old.size; i++) {
        const struct smp_id_slot *slot = &old.slots[i];
        struct smp_id_key key = {.folded = slot->folded[0] |
                                           (uint64_t)slot->folded[1] << 32,
                                 .exact = slot->exact};
        struct smp_id_slot *alike;

        if (slot->line)
            *look_up(ids, &key, &alike) = *slot;
    }
    free(old.slots);
}

bool
smp_ids_add(struct smp_ids *ids, const struct smp_id_key *key,
            unsigned long line)
{
    struct smp_id_slot *alike;

    if (ids->count >= SMP_IDS_MAX || line > UINT32_MAX / 2)
        return false;
    if (ids->count >= ids->size / 4 * 3)
        grow(ids);
    ids->count++;
    *look_up(ids, key, &alike) = (struct smp_id_slot){
        .folded = {(uint32_t)key->folded, (uint32_t)(key->folded >> 32)},
        .exact = key->exact,
        .studio = key->studio,
        .line = (uint32_t)line * 2};
    return true;
}

bool
smp_ids_first_time(struct smp_ids *ids, const struct smp_id_key *key)
{
    struct smp_id_slot *alike, *slot = look_up(ids, key, &alike);
    bool first = !(slot->line & 1);

    slot->line |= 1;
    return first;
}

void
smp_ids_release(struct smp_ids *ids)
{
    free(ids->slots);
    *ids = (struct smp_ids){0};
}
