#include "protocol/internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

const char *const smp_phase_names[] = {"pre", "post", NULL};
const char *const smp_scope_names[] = {"each", "first", "repeat", "last", NULL};

#define NAME(ID, NAME, ...) NAME
const char *const smp_verb_names[] = {SMP_VERBS(NAME), NULL};

#define TRAITS(ID, NAME, KIND, ...)                                            \
    {                                                                          \
        KIND, __VA_ARGS__                                                      \
    }
const struct smp_verb_traits smp_verbs[] = {SMP_VERBS(TRAITS)};

bool
smp_verb_lifts(enum smp_verb verb)
{
    return smp_verbs[verb].kind == SMP_TASK ||
           smp_verbs[verb].kind == SMP_PERMISSION || smp_verbs[verb].waits;
}

int
smp_name_index(const char *const *names, const char *name)
{
    int i;

    for (i = 0; names[i]; i++)
        if (*names[i] == *name && strcmp(names[i], name) == 0)
            return i;
    return -1;
}

const char *
smp_nearest_name(const char *const *names, const char *name)
{
    enum { LONGEST = 32 }; /* that anybody means for one of the names */
    size_t n = strlen(name), most = n / 3 + 1, distance;
    const char *nearest = NULL;

    for (; *names && n <= LONGEST; names++) {
        distance = smp_utf8_distance(*names, name, most);
        if (distance < most) {
            most = distance;
            nearest = *names;
        }
    }
    return nearest;
}

const struct smp_rule *
smp_protocol_rule(const struct smp_protocol *protocol, const char *id)
{
    size_t i;

    for (i = 0; i < protocol->rule_count; i++)
        if (strcmp(protocol->rules[i].id, id) == 0)
            return &protocol->rules[i];
    return NULL;
}

const struct smp_activity *
smp_protocol_activity(const struct smp_protocol *protocol, const char *id)
{
    size_t i;

    for (i = 0; i < protocol->activity_count; i++)
        if (*protocol->activities[i].id == *id &&
            strcmp(protocol->activities[i].id, id) == 0)
            return &protocol->activities[i];
    return NULL;
}

const struct smp_milestone *
smp_protocol_milestone(const struct smp_protocol *protocol, const char *name)
{
    size_t i;

    for (i = 0; i < protocol->milestone_count; i++)
        if (strcmp(protocol->milestones[i].name, name) == 0)
            return &protocol->milestones[i];
    return NULL;
}

bool
smp_protocol_is_in(const struct smp_protocol *protocol, const char *lang)
{
    size_t n = strcspn(lang, "-_");

    return strcspn(protocol->lang, "-_") == n &&
           strncmp(protocol->lang, lang, n) == 0;
}

int
smp_protocol_clock(const struct smp_protocol *protocol, enum smp_clock clock,
                   int exact)
{
    return clock == SMP_CLOCK_EXACT ? exact : protocol->clocks[clock];
}

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
