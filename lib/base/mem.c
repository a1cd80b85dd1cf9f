#include "base/base.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK_SIZE = 16384, SPARE_BLOCKS = 16 };

struct smp_arena_block {
    struct smp_arena_block *next;
    size_t size;
    _Alignas(SMP_ALIGNMENT) unsigned char bytes[];
};

void
smp_out_of_memory(void)
{
    static const char text[] = "smp-care: out of memory\n";
    ssize_t ignored = write(STDERR_FILENO, text, sizeof text - 1);

    (void)ignored;
    _exit(4);
}

void *
smp_alloc(size_t size)
{
    void *memory = malloc(size ? size : 1);

    if (!memory)
        smp_out_of_memory();
    return memory;
}

void *
smp_calloc(size_t count, size_t size)
{
    void *memory = calloc(count ? count : 1, size ? size : 1);

    if (!memory)
        smp_out_of_memory();
    return memory;
}

void *
smp_realloc(void *old, size_t size)
{
    void *memory = realloc(old, size ? size : 1);

    if (!memory)
        smp_out_of_memory();
    return memory;
}

void
smp_ensure_memory(void)
{
    /* below malloc's threshold for memory that goes back to the system */
    enum { MORE_THAN_ENOUGH = 100 << 10 };

    free(smp_alloc(MORE_THAN_ENOUGH));
}

char *
smp_strdup(const char *text)
{
    size_t size = strlen(text) + 1;

    return memcpy(smp_alloc(size), text, size);
}

void *
smp_grow(void *array, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return array;
    *room = *room ? *room * 2 : 8;
    if (*room > SIZE_MAX / size)
        smp_out_of_memory();
    return smp_realloc(array, *room * size);
}

/* A block in front of the others, an empty one of a reset where it will do. */
static void
block_add(struct smp_arena *arena, size_t size)
{
    struct smp_arena_block *block = arena->spare;

    if (size <= BLOCK_SIZE && block) {
        arena->spare = block->next;
    } else {
        size = size > BLOCK_SIZE ? size : BLOCK_SIZE;
        block = smp_alloc(sizeof *block + size);
        block->size = size;
    }
    block->next = arena->blocks;
    arena->blocks = block;
    arena->next = block->bytes;
    arena->left = block->size;
}

void *
smp_arena_take_more(struct smp_arena *arena, size_t size)
{
    if (size > SIZE_MAX / 2)
        smp_out_of_memory();
    size = (size + SMP_ALIGNMENT - 1) / SMP_ALIGNMENT * SMP_ALIGNMENT;
    block_add(arena, size);
    return smp_arena_take(arena, size);
}

void *
smp_arena_alloc(struct smp_arena *arena, size_t size)
{
    return memset(smp_arena_take(arena, size), 0, size);
}

char *
smp_arena_strndup(struct smp_arena *arena, const char *text, size_t n)
{
    char *copy = smp_arena_take(arena, n + 1);

    memcpy(copy, text, n);
    copy[n] = '\0';
    return copy;
}

char *
smp_arena_strdup(struct smp_arena *arena, const char *text)
{
    return smp_arena_strndup(arena, text, strlen(text));
}

static void
free_blocks(struct smp_arena_block *block)
{
    while (block) {
        struct smp_arena_block *next = block->next;

        free(block);
        block = next;
    }
}

void
smp_arena_reset(struct smp_arena *arena)
{
    struct smp_arena_block *block = arena->blocks, *next;
    size_t kept = 0;

    for (next = arena->spare; next; next = next->next)
        kept++;
    for (; block; block = next) {
        next = block->next;
        if (block->size > BLOCK_SIZE || kept++ >= SPARE_BLOCKS) {
            free(block);
            continue;
        }
        block->next = arena->spare;
        arena->spare = block;
    }
    arena->blocks = NULL;
    arena->left = 0;
}

void
smp_arena_release(struct smp_arena *arena)
{
    free_blocks(arena->blocks);
    free_blocks(arena->spare);
    *arena = (struct smp_arena){0};
}
