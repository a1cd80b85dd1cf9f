#include "protocol/protocol.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

/* A search by a folded name, and the nearest miss. */
struct search {
    char *wanted;
    size_t distance;
    const char *nearest;
};

static bool
is_called(struct search *search, const char *name)
{
    char *folded = smp_utf8_fold(name);
    size_t distance =
        smp_utf8_distance(search->wanted, folded, search->distance);
    bool same = strcmp(search->wanted, folded) == 0;

    free(folded);
    if (distance < search->distance) {
        search->distance = distance;
        search->nearest = name;
    }
    return same;
}

static const struct smp_activity *
find(const struct smp_protocol *protocol, struct search *search)
{
    size_t i, j;

    for (i = 0; i < protocol->activity_count; i++)
        if (is_called(search, protocol->activities[i].id))
            return &protocol->activities[i];
    for (i = 0; i < protocol->activity_count; i++) {
        const struct smp_activity *activity = &protocol->activities[i];

        for (j = 0; j < activity->names.count; j++)
            if (is_called(search, activity->names.at[j]))
                return activity;
    }
    return NULL;
}

const struct smp_activity *
smp_protocol_find_activity(const struct smp_protocol *protocol,
                           const char *name, const char **nearest)
{
    struct search search = {.wanted = smp_utf8_fold(name)};
    const struct smp_activity *found;

    search.distance = strlen(search.wanted) / 4 + 1;
    found = find(protocol, &search);
    *nearest = search.nearest;
    free(search.wanted);
    return found;
}
