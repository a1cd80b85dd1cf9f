#ifndef SMP_BASE_MEM_H
#define SMP_BASE_MEM_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Memory. None of these returns NULL: out of memory ends the program here,
 * with one line on standard error and status 4. It is the one place where the
 * library ends a program.
 */

void *smp_alloc(size_t size);
void *smp_calloc(size_t count, size_t size);
void *smp_realloc(void *old, size_t size);
char *smp_strdup(const char *text);

/* Ends the program: "out of memory", status 4. */
void smp_out_of_memory(void) __attribute__((noreturn));

/*
 * Ensures that the next call of a library finds memory: allocates more than
 * such a call needs and frees it again, so that it stays at hand. libical 3.0
 * has no hook for its memory, and crashes without any. (In the programs it
 * cannot: see src/link/memory.c.)
 */
void smp_ensure_memory(void);

/*
 * An arena gives memory that is released all at once: what a record or a
 * protocol consists of. Start with a zeroed struct; after a release it can be
 * used again. A reset keeps the blocks, up to a limit, so that a stream of
 * records settles down.
 */
struct smp_arena {
    struct smp_arena_block *blocks, *spare;
    unsigned char *next; /* what is free in the first block */
    size_t left;
};

enum { SMP_ALIGNMENT = 16 };

/* Returns zeroed memory. smp_arena_take() calls smp_arena_take_more(). */
void *smp_arena_alloc(struct smp_arena *arena, size_t size);
void *smp_arena_take_more(struct smp_arena *arena, size_t size);

/* Returns memory that is not zeroed. */
static inline void *
smp_arena_take(struct smp_arena *arena, size_t size)
{
    size_t needed =
        (size + !size + SMP_ALIGNMENT - 1) & ~(size_t)(SMP_ALIGNMENT - 1);
    void *memory = arena->next;

    if (needed < size || needed > arena->left)
        return smp_arena_take_more(arena, size);
    arena->next += needed;
    arena->left -= needed;
    return memory;
}

char *smp_arena_strdup(struct smp_arena *arena, const char *text);
char *smp_arena_strndup(struct smp_arena *arena, const char *text, size_t n);
void smp_arena_reset(struct smp_arena *arena);
void smp_arena_release(struct smp_arena *arena);

/*
 * Makes room for one more element: the array has `count` used elements of
 * `size` bytes each, and room for *room, which doubles if they are all used.
 * Returns the array, which the caller frees.
 */
void *smp_grow(void *array, size_t count, size_t *room, size_t size);

/*
 * The index of the first of `count` elements of `size` bytes that is not before
 * the key, or `count`; the elements that are come first.
 */
static inline size_t
smp_first_from(const void *array, size_t count, size_t size, const void *key,
               bool (*is_before)(const void *element, const void *key))
{
    size_t low = 0;

    while (low < count) {
        size_t middle = low + (count - low) / 2;

        if (is_before((const char *)array + middle * size, key))
            low = middle + 1;
        else
            count = middle;
    }
    return low;
}

#endif
