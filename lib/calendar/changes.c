#include <stdlib.h>

#include "calendar/emit.h"
#include "time/civil.h"

int64_t
smp_cal_longest_change(const struct cal_event *master)
{
    int64_t longest = 0;

    for (size_t i = 0; i < master->override_count; i++) {
        const struct cal_event *override = master->overrides[i];
        int64_t moved = override->start.local - override->original.local;
        int64_t length =
            smp_cal_longest(override) + (moved < 0 ? -moved : moved);

        if (override->onwards && length > longest)
            longest = length;
    }
    return longest;
}

/* A time on the wall clock of days, or of a zone that it borrows. */
static int64_t
on_wall(const struct cal_reader *reader, struct cal_time time, bool day,
        const struct cal_zone *zone)
{
    const struct cal_zones *zones = &reader->zones;
    const struct smp_zone *wall =
        day ? zones->fallback : smp_cal_zone(zones, zone, NULL);
    int64_t local = time.local;

    if (!time.day)
        local = smp_zone_to_local(wall, smp_cal_instant(zones, time, zone));
    return day ? (int64_t)smp_day_at(local) * SMP_DAY_SECONDS : local;
}

/*
 * Where days become times, or times days, the clock is that of the override;
 * else it is the master's, so that the change is the same all the year.
 */
static struct cal_change
change_of(struct cal_reader *reader, struct cal_event *override,
          const struct cal_event *master, const struct cal_length *length)
{
    bool day = override->start.day;
    struct cal_change change = {.by = override,
                                .length = smp_cal_length_of(reader, override)};

    if (day == master->start.day)
        change.length.zone = length->zone;
    change.from =
        on_wall(reader, override->original, master->start.day, length->zone);
    if (master->start.day && !day)
        change.moved = override->start.local - change.from;
    else
        change.moved =
            on_wall(reader, override->start, day, change.length.zone) -
            on_wall(reader, override->original, day, length->zone);
    return change;
}

static int
compare(const void *a, const void *b)
{
    const struct cal_change *left = a, *right = b;

    return (left->from > right->from) - (left->from < right->from);
}

void
smp_cal_changes(struct cal_changes *changes, struct cal_reader *reader,
                const struct cal_event *master, const struct cal_length *length)
{
    size_t room = 0;

    for (size_t i = 0; i < master->override_count; i++) {
        struct cal_event *override = master->overrides[i];

        if (!override->onwards)
            continue;
        changes->at =
            smp_grow(changes->at, changes->count, &room, sizeof *changes->at);
        changes->at[changes->count++] =
            change_of(reader, override, master, length);
        smp_cal_remark(reader, override->head.line, override->uid,
                       "RANGE=THISANDFUTURE: what comes later changes alike");
    }
    if (changes->count)
        qsort(changes->at, changes->count, sizeof *changes->at, compare);
}

const struct cal_change *
smp_cal_change_at(struct cal_changes *changes, int64_t local)
{
    while (changes->next < changes->count &&
           changes->at[changes->next].from <= local)
        changes->next++;
    return changes->next ? &changes->at[changes->next - 1] : NULL;
}

bool
smp_cal_hand_on_changed(struct cal_reader *reader,
                        const struct cal_event *master,
                        const struct cal_length *length,
                        const struct cal_change *change,
                        struct cal_occurrence occurrence)
{
    struct cal_event like = *change->by;

    const struct smp_zone *from = smp_cal_wall(reader, master, length);
    const struct smp_zone *to = smp_cal_wall(reader, &like, &change->length);

    like.head.is_override = false;
    if (from != to)
        occurrence.original = smp_zone_to_local(
            to, smp_zone_to_instant(from, occurrence.original));
    if (like.start.day && !master->start.day)
        occurrence.local =
            (int64_t)smp_day_at(occurrence.original) * SMP_DAY_SECONDS;
    occurrence.local += change->moved;
    return smp_cal_hand_on(reader, &like, &change->length, occurrence);
}

void
smp_cal_changes_release(struct cal_changes *changes)
{
    free(changes->at);
}
