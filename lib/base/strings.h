#ifndef SMP_BASE_STRINGS_H
#define SMP_BASE_STRINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* A list of texts. Who owns them is said where the list is. */
struct smp_strings {
    const char **at;
    size_t count;
};

static inline bool
smp_strings_have(const struct smp_strings *list, const char *text)
{
    size_t i;

    for (i = 0; i < list->count; i++)
        if (strcmp(list->at[i], text) == 0)
            return true;
    return false;
}

#endif
