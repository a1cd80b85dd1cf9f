#define _GNU_SOURCE /* MAP_ANONYMOUS */
#include "link/forward.h"

#include <dlfcn.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void
say(const char *text)
{
    ssize_t ignored = write(STDERR_FILENO, text, strlen(text));

    (void)ignored;
}

void
smp_forward_end(const char *why)
{
    say("smp-care: ");
    say(why);
    say("\n");
    _exit(4);
}

/*
 * Where memory is short a library may fail to load for any reason that it
 * gives, so more than these take is taken and given back before: what is short
 * is told as everywhere.
 */
static void
secure_memory(void)
{
    const size_t more_than_enough = 2 << 20;
    void *room = mmap(NULL, more_than_enough, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (room == MAP_FAILED)
        smp_forward_end("out of memory");
    munmap(room, more_than_enough);
}

static void
end_without_library(void)
{
    const char *why = dlerror();

    say("smp-care: cannot use a library: ");
    say(why ? why : "no reason is given");
    say("\n");
    _exit(4);
}

void
smp_forward_find(void *slot, const char *library, const char *name)
{
    void *handle, *found;

    secure_memory();
    handle = dlopen(library, RTLD_NOW);
    found = handle ? dlsym(handle, name) : NULL;
    if (!found)
        end_without_library();
    memcpy(slot, &found, sizeof found);
}
