#include "link/forward.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <string.h>
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

/* The loader has words of its own for want of memory. */
static bool
lacks_memory(const char *why)
{
    return why && (strstr(why, "allocate memory") ||
                   strstr(why, "map segment") || strstr(why, "out of memory"));
}

void
smp_forward_find(void *slot, const char *library, const char *name)
{
    void *handle = dlopen(library, RTLD_NOW);
    void *found = handle ? dlsym(handle, name) : NULL;

    if (!found && lacks_memory(dlerror()))
        smp_forward_end("out of memory");
    if (!found) {
        say("smp-care: cannot use the library ");
        say(library);
        say("\n");
        _exit(4);
    }
    memcpy(slot, &found, sizeof found);
}
