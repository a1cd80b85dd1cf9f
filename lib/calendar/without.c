#include <stdlib.h>

#include "calendar/emit.h"
#include "time/civil.h"

int64_t
smp_cal_day_meant(const struct cal_reader *reader, struct cal_time time)
{
    if (time.local % SMP_DAY_SECONDS)
        time.local =
            smp_zone_to_local(reader->zones.fallback,
                              smp_cal_instant(&reader->zones, time, NULL));
    return smp_day_at(time.local);
}

static void
add(struct cal_without *without, const struct cal_reader *reader,
    const struct cal_event *event, const struct cal_length *length,
    struct cal_time time)
{
    if (event->start.day || time.day)
        without->days[without->day_count++] = smp_cal_day_meant(reader, time);
    else
        without->instants[without->instant_count++] =
            smp_cal_instant(&reader->zones, time, length->zone);
}

static int
compare(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

    return (left > right) - (left < right);
}

void
smp_cal_without(struct cal_without *without, const struct cal_reader *reader,
                const struct cal_event *event, const struct cal_length *length)
{
    const struct cal_recurrence *recurrence = event->recurrence;
    size_t dates = recurrence ? recurrence->without_count : 0;
    size_t most = dates + event->override_count;

    if (event->head.is_override || !most)
        return;
    without->instants = smp_calloc(most, sizeof *without->instants);
    without->days = smp_calloc(most, sizeof *without->days);
    for (size_t i = 0; i < dates; i++)
        add(without, reader, event, length, recurrence->without[i]);
    for (size_t i = 0; i < event->override_count; i++)
        add(without, reader, event, length, event->overrides[i]->original);
    qsort(without->instants, without->instant_count, sizeof(int64_t), compare);
    qsort(without->days, without->day_count, sizeof(int64_t), compare);
}

static bool
has(const int64_t *list, size_t n, int64_t what)
{
    return n && bsearch(&what, list, n, sizeof what, compare);
}

bool
smp_cal_is_without(const struct cal_without *without,
                   const struct smp_zone *zone, int64_t local)
{
    return has(without->days, without->day_count, smp_day_at(local)) ||
           (without->instant_count &&
            has(without->instants, without->instant_count,
                smp_zone_to_instant(zone, local)));
}

void
smp_cal_without_release(struct cal_without *without)
{
    free(without->instants);
    free(without->days);
}
