#include "protocol/words.h"

#include <string.h>

/*
 * Labels are found by a hash of their keys (FNV-1a, which goes on from one part
 * of a key to the next): it says where among the slots to begin to look. A slot
 * holds the number of a label, counted from 1, or 0; less than half are taken.
 */
static const uint32_t hash_start = 0x811c9dc5, hash_factor = 0x01000193;

static uint32_t
hash_on(uint32_t hash, const char *text)
{
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * hash_factor;
    return hash;
}

static size_t
first_slot(const struct smp_protocol *protocol, uint32_t hash)
{
    return (hash ^ hash >> 15) & (protocol->label_slot_count - 1);
}

static size_t
next_slot(const struct smp_protocol *protocol, size_t slot)
{
    return (slot + 1) & (protocol->label_slot_count - 1);
}

void
smp_labels_settle(struct smp_protocol *p)
{
    size_t i, count = 2;

    while (count <= 2 * p->label_count)
        count *= 2;
    p->label_slots = smp_arena_alloc(&p->arena, count * sizeof *p->label_slots);
    p->label_slot_count = count;
    for (i = 0; i < p->label_count; i++) {
        size_t slot = first_slot(p, hash_on(hash_start, p->labels[i].key));

        while (p->label_slots[slot])
            slot = next_slot(p, slot);
        p->label_slots[slot] = (uint16_t)(i + 1);
    }
}

const struct smp_label *
smp_label_find(const struct smp_protocol *protocol, const char *group,
               const char *name)
{
    size_t slot, n = strlen(group);

    if (!protocol->label_slot_count)
        return NULL;
    for (slot = first_slot(protocol, hash_on(hash_on(hash_start, group), name));
         protocol->label_slots[slot]; slot = next_slot(protocol, slot)) {
        const struct smp_label *label =
            &protocol->labels[protocol->label_slots[slot] - 1];

        if (strncmp(label->key, group, n) == 0 &&
            strcmp(label->key + n, name) == 0)
            return label;
    }
    return NULL;
}

const char *
smp_label(const struct smp_protocol *protocol, const char *key)
{
    const struct smp_label *label = smp_label_find(protocol, "", key);

    return label && label->text ? label->text : "";
}

const char *
smp_label_of(const struct smp_protocol *protocol, const char *group,
             const char *name)
{
    const struct smp_label *label = smp_label_find(protocol, group, name);

    return label ? label->text : NULL;
}

void
smp_words(struct smp_buf *out, const struct smp_protocol *protocol,
          const char *key, const struct smp_value *values, size_t count)
{
    smp_fill(out, smp_label(protocol, key), values, count);
}

void
smp_words_made(struct smp_buf *out, const struct smp_protocol *protocol,
               const char *key, const struct smp_made *values,
               const void *context)
{
    smp_fill_made(out, smp_label(protocol, key), values, context);
}
