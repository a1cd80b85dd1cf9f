#include "answer/wordset.h"

#include <string.h>

#include "base/hash.h"

static void
take_slot(struct smp_wordset *set, uint32_t number)
{
    const struct smp_word *word = &set->words[number];
    uint32_t hash = smp_hash_on(SMP_HASH_START, word->text, word->length);
    size_t slot = smp_hash_slot(hash, set->slot_count);

    while (set->slots[slot])
        slot = smp_hash_next_slot(slot, set->slot_count);
    set->slots[slot] = number + 1;
}

/* At most half of the slots are taken. */
static void
grow(struct smp_wordset *set, struct smp_arena *arena)
{
    size_t room = set->room ? set->room * 2 : 1024;
    struct smp_word *words = smp_arena_alloc(arena, room * sizeof *words);
    uint32_t i;

    if (set->count)
        memcpy(words, set->words, set->count * sizeof *words);
    set->words = words;
    set->room = room;
    set->slot_count = room * 2;
    set->slots = smp_arena_alloc(arena, set->slot_count * sizeof *set->slots);
    for (i = 0; i < set->count; i++)
        take_slot(set, i);
}

struct smp_word
smp_word_of(const char *text, size_t n)
{
    return (struct smp_word){.text = text, .length = (uint32_t)n};
}

uint32_t
smp_wordset_find(const struct smp_wordset *set, const struct smp_word *word)
{
    static const struct smp_word nothing = {.text = ""};

    return smp_wordset_find_joined(set, word, &nothing);
}

uint32_t
smp_wordset_find_joined(const struct smp_wordset *set,
                        const struct smp_word *first,
                        const struct smp_word *second)
{
    uint32_t hash =
        smp_hash_on(smp_hash_on(SMP_HASH_START, first->text, first->length),
                    second->text, second->length);
    uint32_t length = first->length + second->length;
    size_t slot;

    if (!set->slot_count)
        return SMP_NO_WORD;
    for (slot = smp_hash_slot(hash, set->slot_count); set->slots[slot];
         slot = smp_hash_next_slot(slot, set->slot_count)) {
        const struct smp_word *word = &set->words[set->slots[slot] - 1];

        if (word->length == length &&
            memcmp(word->text, first->text, first->length) == 0 &&
            memcmp(word->text + first->length, second->text, second->length) ==
                0)
            return set->slots[slot] - 1;
    }
    return SMP_NO_WORD;
}

uint32_t
smp_wordset_add(struct smp_wordset *set, struct smp_arena *arena,
                const struct smp_word *word)
{
    uint32_t number = smp_wordset_find(set, word);

    if (number == SMP_NO_WORD) {
        if (set->count == set->room)
            grow(set, arena);
        number = (uint32_t)set->count++;
        set->words[number] = *word;
        set->words[number].text =
            smp_arena_strndup(arena, word->text, word->length);
        set->words[number].uses = 0;
        take_slot(set, number);
    }
    set->words[number].uses++;
    return number;
}
