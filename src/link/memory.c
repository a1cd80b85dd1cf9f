/*
 * Out of memory ends a program wherever it strikes: in libc, the loader, ICU,
 * or libical 3.0, which has no hook for its memory and goes on with a pointer
 * to nothing. So the programs, not the library, put these in the place of the
 * functions that all of them call; what is next in line does the work, be it
 * libc's or one that is preloaded.
 */
#define _GNU_SOURCE /* RTLD_NEXT */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"

/* A sanitizer has its own in this place, and ends a program by itself. */
#if defined __SANITIZE_ADDRESS__
#define SANITIZED
#elif defined __has_feature
#if __has_feature(address_sanitizer)
#define SANITIZED
#endif
#endif

#ifndef SANITIZED

static void
find_next(void *slot, const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);

    if (!found)
        smp_out_of_memory();
    memcpy(slot, &found, sizeof found);
}

void *
malloc(size_t size)
{
    static void *(*next)(size_t);
    void *memory;

    if (!next)
        find_next(&next, "malloc");
    memory = next(size ? size : 1);
    if (!memory)
        smp_out_of_memory();
    return memory;
}

void *
calloc(size_t count, size_t size)
{
    static void *(*next)(size_t, size_t);
    void *memory;

    if (!next)
        find_next(&next, "calloc");
    memory = next(count ? count : 1, size ? size : 1);
    if (!memory)
        smp_out_of_memory();
    return memory;
}

void *
realloc(void *old, size_t size)
{
    static void *(*next)(void *, size_t);
    void *memory;

    if (!next)
        find_next(&next, "realloc");
    memory = next(old, size);
    if (!memory && size) /* without a size, old is freed */
        smp_out_of_memory();
    return memory;
}

#endif
