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
 * Before a library that does not look whether there is memory: takes more than
 * such a call takes and gives it back, so that it stays at hand. (libical 3.0
 * has no hook for its memory, and crashes inside where there is none. It cannot
 * in the programs: see src/link/memory.c.)
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

/* Zeroed memory; memory of a block more, for smp_arena_take. */
void *smp_arena_alloc(struct smp_arena *arena, size_t size);
void *smp_arena_take_more(struct smp_arena *arena, size_t size);

/* Memory as it is. */
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
 * Makes room for one more element: *array has *count used elements of `size`
 * bytes and grows by doubling. The array is the caller's, to be freed.
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
