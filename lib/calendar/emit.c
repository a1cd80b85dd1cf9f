#include "calendar/emit.h"

#include <stdlib.h>

#include "time/civil.h"

void
smp_cal_doubt(struct cal_reader *reader, struct cal_event *event,
              const char *what, const char *why)
{
    event->understood = false;
    smp_cal_remark(reader, event->head.line, event->uid, "%s%s%s", what,
                   why ? ": " : "", why ? why : "");
}

/* The end of the day, which UTC has none of. */
static int64_t
midnight_after(const struct cal_reader *reader, const struct smp_zone *zone,
               int64_t local)
{
    if (zone == reader->zones.utc.zone) {
        zone = reader->zones.fallback;
        local = smp_zone_to_local(zone, local);
    }
    return smp_zone_to_instant(zone, ((int64_t)smp_day_at(local) + 1) *
                                         SMP_DAY_SECONDS);
}

static int64_t
end_of(const struct cal_reader *reader, const struct smp_zone *zone,
       const struct cal_length *length, const struct cal_occurrence *occurrence)
{
    int64_t local = occurrence->local;

    if (occurrence->lasts >= 0)
        return smp_zone_to_instant(zone, local) + occurrence->lasts;
    if (length->to_midnight)
        return midnight_after(reader, zone, local);
    return smp_zone_to_instant(zone, local + (int64_t)length->days *
                                                 SMP_DAY_SECONDS) +
           length->seconds;
}

static struct smp_event
describe(const struct cal_event *event)
{
    return (struct smp_event){
        .line = event->head.line,
        .kind = event->kind,
        .uid = event->uid,
        .summary = event->summary,
        .categories = event->categories,
        .client_name = event->client_name,
        .client_address = event->client_address,
        .many_clients = event->many_clients,
        .declined = event->declined,
        .cancelled = event->cancelled,
        .busy = !event->free && !event->cancelled &&
                !(event->declined && !event->many_clients),
        .understood = event->understood,
        .sequence = event->head.sequence,
        .has_created = event->has_created,
        .created = event->created,
        .all_day = event->start.day,
    };
}

static bool
touches(const struct smp_calendar *calendar, const struct smp_event *event)
{
    return event->start < calendar->until &&
           (event->end > calendar->from || event->start >= calendar->from);
}

/* Of that which the other rooms know. */
static int64_t
end_of_time(void)
{
    return (int64_t)smp_day_of(SMP_YEAR_MAX + 1, 1, 1) * SMP_DAY_SECONDS;
}

bool
smp_cal_hand_on(struct cal_reader *reader, const struct cal_event *event,
                const struct cal_length *length,
                struct cal_occurrence occurrence)
{
    const struct smp_zone *zone = smp_cal_wall(reader, event, length);
    struct smp_event out = describe(event);

    out.start = smp_zone_to_instant(zone, occurrence.local);
    out.end = end_of(reader, zone, length, &occurrence);
    if (occurrence.until > out.end)
        out.end = occurrence.until;
    if (out.end > end_of_time() && out.start < end_of_time())
        out.end = end_of_time();
    out.recurrence = smp_zone_to_instant(zone, occurrence.original);
    if (event->head.is_override)
        out.recurrence =
            smp_cal_instant(&reader->zones, event->original, length->zone);
    out.recurs = occurrence.recurs || event->head.is_override;
    out.has_end = length->has_end || occurrence.lasts > 0;
    out.zone_name = length->zone->name;
    if (!out.zone_name && event->home)
        out.zone_name = event->home->name;
    if (out.all_day)
        out.day = smp_day_at(occurrence.local);
    if (!touches(reader->calendar, &out))
        return true;
    return reader->calendar->event(reader->calendar->context, &out);
}

/* RANGE=THISANDFUTURE: overrides that change all that come after them. */
struct changes {
    struct cal_event **at;
    size_t count, next;
    struct cal_event *current;
    struct cal_length length;
};

static void
find_changes(struct cal_reader *reader, const struct cal_event *event,
             struct changes *changes)
{
    changes->at = smp_calloc(event->override_count + 1, sizeof *changes->at);
    for (size_t i = 0; i < event->override_count; i++) {
        struct cal_event *override = event->overrides[i];

        if (!override->onwards || override->start.day != event->start.day)
            continue;
        changes->at[changes->count++] = override;
        smp_cal_remark(reader, override->head.line, override->uid,
                       "RANGE=THISANDFUTURE: what comes later changes alike");
    }
}

static bool
hand_on_changed(struct cal_reader *reader, struct changes *changes,
                struct cal_occurrence occurrence)
{
    struct cal_event like = *changes->current;

    like.head.is_override = false;
    occurrence.local += like.start.local - changes->current->original.local;
    return smp_cal_hand_on(reader, &like, &changes->length, occurrence);
}

static void
advance(struct cal_reader *reader, struct changes *changes, int64_t local)
{
    while (changes->next < changes->count &&
           changes->at[changes->next]->original.local <= local) {
        changes->current = changes->at[changes->next++];
        changes->length = smp_cal_length_of(reader, changes->current);
    }
}

static void
emit_all(struct cal_reader *reader, struct cal_event *event,
         const struct cal_length *length, const struct cal_times *times)
{
    const struct smp_zone *zone = smp_cal_wall(reader, event, length);
    struct cal_without without = {0};
    struct changes changes = {0};
    bool more = true;

    smp_cal_without(&without, reader, event, length);
    find_changes(reader, event, &changes);
    for (size_t i = 0; i < times->count && more; i++) {
        struct cal_occurrence occurrence = times->at[i];

        if (times->refused)
            occurrence.until = times->until;
        else if (smp_cal_is_without(&without, zone, occurrence.local))
            continue;
        advance(reader, &changes, occurrence.local);
        more = changes.current && !times->refused
                   ? hand_on_changed(reader, &changes, occurrence)
                   : smp_cal_hand_on(reader, event, length, occurrence);
    }
    smp_cal_without_release(&without);
    free(changes.at);
}

void
smp_cal_emit(struct cal_reader *reader, struct cal_event *event)
{
    struct cal_length length = smp_cal_length_of(reader, event);
    struct cal_times times = {0};

    if (event->recurrence && !event->head.is_override) {
        smp_cal_recur(reader, event, &length, &times);
        emit_all(reader, event, &length, &times);
        free(times.at);
    } else {
        struct cal_occurrence once = {event->start.local, event->start.local,
                                      -1, 0, false};

        times = (struct cal_times){.at = &once, .count = 1};
        emit_all(reader, event, &length, &times);
    }
}
