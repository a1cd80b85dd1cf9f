#include "protocol/words.h"

#include <string.h>

#include "base/hash.h"
#include "protocol/loader.h"

_Static_assert(SMP_LOADER_LABELS < UINT16_MAX,
               "labels have numbers of 16 bits");

/*
 * Labels are found by a hash of their keys, which says where among the slots to
 * begin to look. A slot holds the number of a label, counted from 1, or 0; less
 * than half are taken. The slots are a part of the protocol, so that those of a
 * built-in one are in its table.
 */
void
smp_labels_settle(struct smp_protocol *p)
{
    size_t i, count = 2;
    uint16_t *slots;

    while (count <= 2 * p->label_count)
        count *= 2;
    slots = smp_arena_alloc(&p->arena, count * sizeof *slots);
    p->label_slots = slots;
    p->label_slot_count = count;
    for (i = 0; i < p->label_count; i++) {
        const char *key = p->labels[i].key;
        uint32_t hash = smp_hash_on(SMP_HASH_START, key, strlen(key));
        size_t slot = smp_hash_slot(hash, count);

        while (slots[slot])
            slot = smp_hash_next_slot(slot, count);
        slots[slot] = (uint16_t)(i + 1);
    }
}

const struct smp_label *
smp_label_find(const struct smp_protocol *protocol, const char *group,
               const char *name)
{
    size_t n = strlen(group), count = protocol->label_slot_count, slot;
    uint32_t hash = smp_hash_on(SMP_HASH_START, group, n);

    if (!count)
        return NULL;
    hash = smp_hash_on(hash, name, strlen(name));
    for (slot = smp_hash_slot(hash, count); protocol->label_slots[slot];
         slot = smp_hash_next_slot(slot, count)) {
        const struct smp_label *label =
            &protocol->labels[protocol->label_slots[slot] - 1];

        if (strncmp(label->key, group, n) == 0 &&
            strcmp(label->key + n, name) == 0)
            return label;
    }
    return NULL;
}

bool
smp_label_has_number(const char *key)
{
    static const char *const numbered[] = {
        "unit.", "every.day", "every.week", "day.before", "day.after", NULL};
    size_t i;

    for (i = 0; numbered[i]; i++) {
        size_t n = strlen(numbered[i]);

        if (strncmp(key, numbered[i], n) == 0 &&
            (!key[n] || numbered[i][n - 1] == '.'))
            return true;
    }
    return false;
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
