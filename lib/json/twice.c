#include <stdlib.h>
#include <string.h>

#include "json/scan.h"

/* Names lie in the order of the text they were read from. */
static int
compare_names(const void *a, const void *b)
{
    const char *first = *(const char *const *)a;
    const char *second = *(const char *const *)b;
    int order = strcmp(first, second);

    return order ? order : (first > second) - (first < second);
}

void
smp_json_find_twice(struct smp_json_scan *scan, const cJSON *object)
{
    size_t count = (size_t)cJSON_GetArraySize(object), i = 0;
    const char **names = smp_calloc(count, sizeof *names);
    const cJSON *member;

    cJSON_ArrayForEach (member, object)
        names[i++] = member->string;
    qsort(names, count, sizeof *names, compare_names);
    for (i = 1; i < count && !scan->twice_at; i++)
        if (strcmp(names[i - 1], names[i]) == 0)
            scan->twice_at = names[i] - 1; /* its quote */
    free(names);
}
