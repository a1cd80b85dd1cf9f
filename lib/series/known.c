#include "series/known.h"

#include <stdlib.h>
#include <string.h>

/* What was found out about days, for one length of session. */
struct smp_known_starts {
    int64_t length;
    struct known_day {
        bool known;
        struct smp_day_starts starts;
    } * days;
    size_t room;
};

static struct smp_known_starts *
known_of_length(struct smp_search *search, int64_t length)
{
    size_t i;

    for (i = 0; i < search->known_count; i++)
        if (search->known[i].length == length)
            return &search->known[i];
    search->known = smp_realloc(search->known, (search->known_count + 1) *
                                                   sizeof *search->known);
    search->known[search->known_count] =
        (struct smp_known_starts){.length = length};
    return &search->known[search->known_count++];
}

static void
make_room(struct smp_known_starts *known, size_t index)
{
    size_t room = index + index / 2 + 32;

    if (index < known->room)
        return;
    known->days = smp_realloc(known->days, room * sizeof *known->days);
    memset(known->days + known->room, 0,
           (room - known->room) * sizeof *known->days);
    known->room = room;
}

struct smp_day_starts
smp_known_starts_on(struct smp_search *search, int32_t day, int64_t length)
{
    struct smp_known_starts *known = known_of_length(search, length);
    size_t index = (size_t)(day - search->previous_day);

    make_room(known, index);
    if (!known->days[index].known) {
        known->days[index].known = true;
        known->days[index].starts = smp_starts_on(search->starts, day, length);
    }
    return known->days[index].starts;
}

void
smp_known_release(struct smp_search *search)
{
    size_t i;

    for (i = 0; i < search->known_count; i++)
        free(search->known[i].days);
    free(search->known);
}
