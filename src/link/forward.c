#define _GNU_SOURCE /* MAP_ANONYMOUS, program_invocation_short_name */
#include "link/forward.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/base.h"

void
smp_forward_end(const char *why)
{
    dprintf(STDERR_FILENO, "%s: cannot use a library: %s\n",
            program_invocation_short_name, why);
    _exit(4);
}

/*
 * If memory is short, the loader may give any reason for a failure. So memory
 * for more than any of these libraries is taken and given back before, and a
 * lack of it is reported as everywhere else.
 */
static void
ensure_memory(void)
{
    const size_t more_than_enough = 2 << 20;
    void *room = mmap(NULL, more_than_enough, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (room == MAP_FAILED)
        smp_out_of_memory();
    munmap(room, more_than_enough);
}

void
smp_forward_find(void *slot, const char *library, const char *name)
{
    void *handle, *found;

    ensure_memory();
    handle = dlopen(library, RTLD_NOW);
    found = handle ? dlsym(handle, name) : NULL;
    if (!found) {
        const char *why = dlerror();

        smp_forward_end(why ? why : name);
    }
    memcpy(slot, &found, sizeof found);
}
