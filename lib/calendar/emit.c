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

static int64_t
end_of(const struct cal_reader *reader, const struct smp_zone *zone,
       const struct cal_length *length, const struct cal_occurrence *occurrence)
{
    int64_t local = occurrence->local, end, midnight = INT64_MIN;

    if (occurrence->lasts >= 0)
        return smp_zone_to_instant(zone, local) + occurrence->lasts;
    end = smp_zone_to_instant(zone,
                              local + (int64_t)length->days * SMP_DAY_SECONDS) +
          length->seconds;
    if (length->to_midnight || occurrence->lasts == CAL_TO_MIDNIGHT)
        midnight = smp_cal_midnight(reader, zone, local);
    return end > midnight ? end : midnight;
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

/* Of that which the other rooms know, in any zone. */
static int64_t
end_of_time(void)
{
    return (int64_t)smp_day_of(SMP_YEAR_MAX + 1, 1, 2) * SMP_DAY_SECONDS;
}

static bool
is_in_years(const struct cal_reader *reader, int64_t instant)
{
    return smp_day_in_years(
        smp_day_at(smp_zone_to_local(reader->zones.fallback, instant)));
}

/*
 * Tells of one that no window could have, where this one leaves no year out.
 * What recurs may still come into it.
 */
static void
tell_years(struct cal_reader *reader, const struct cal_event *event,
           const struct smp_event *out)
{
    const struct smp_calendar *calendar = reader->calendar;
    const struct cal_recurrence *recurrence = event->recurrence;
    bool late = out->start >= calendar->until && smp_cal_is_to_end(calendar) &&
                !is_in_years(reader, out->start);
    bool early = out->end <= calendar->from &&
                 smp_cal_is_from_beginning(calendar) &&
                 !is_in_years(reader, out->end - 1);

    if (event->cancelled || (recurrence && (early || recurrence->date_count)))
        return;
    if (late || early)
        smp_cal_drop(reader, event->head.line, event->uid,
                     "outside the years 1900 to 2100");
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
    if (event->head.is_override && occurrence.local == event->start.local)
        out.recurrence =
            smp_cal_instant(&reader->zones, event->original, length->zone);
    out.recurs = occurrence.recurs || event->head.is_override;
    out.has_end = length->has_end || occurrence.lasts > 0;
    out.zone_name = length->zone->name;
    if (!out.zone_name && event->home)
        out.zone_name = event->home->name;
    if (out.all_day)
        out.day = smp_day_at(occurrence.local);
    if (!touches(reader->calendar, &out)) {
        if (occurrence.local == event->start.local)
            tell_years(reader, event, &out);
        return true;
    }
    return reader->calendar->event(reader->calendar->context, &out);
}

/*
 * Where a rule that cannot be followed may still be busy: from the start of the
 * event to the end of its last occurrence, as some override may have it.
 */
static bool
hand_on_refused(struct cal_reader *reader, const struct cal_event *event,
                const struct cal_length *length, const struct cal_times *times)
{
    const struct smp_zone *zone = smp_cal_wall(reader, event, length);
    struct cal_occurrence all = {event->start.local, event->start.local,
                                 CAL_AS_EVENT, reader->calendar->until, true};
    struct cal_occurrence last = {.local = times->until, .lasts = CAL_AS_EVENT};
    int64_t changed = smp_cal_longest_change(event), end;

    for (size_t i = 0; i < event->override_count; i++)
        if (event->overrides[i]->onwards &&
            event->overrides[i]->start.local < all.local)
            all.local = event->overrides[i]->start.local;

    if (times->until < smp_zone_to_local(zone, all.until)) {
        end = end_of(reader, zone, length, &last);
        changed =
            changed ? smp_zone_to_instant(zone, times->until) + changed : 0;
        end = end > changed ? end : changed;
        all.until = end < all.until ? end : all.until;
    }
    return smp_cal_hand_on(reader, event, length, all);
}

/* Whether an occurrence lies in what is busy anyhow. */
static bool
is_covered(const struct cal_times *times, const struct cal_event *event,
           const struct cal_occurrence *occurrence)
{
    return times->refused && occurrence->lasts == CAL_AS_EVENT &&
           occurrence->local >= event->start.local &&
           occurrence->local <= times->until;
}

static void
emit_all(struct cal_reader *reader, struct cal_event *event,
         const struct cal_length *length, const struct cal_times *times)
{
    const struct smp_zone *zone = smp_cal_wall(reader, event, length);
    struct cal_without without = {0};
    struct cal_changes changes = {0};
    bool more =
        !times->refused || hand_on_refused(reader, event, length, times);

    smp_cal_without(&without, reader, event, length);
    smp_cal_changes(&changes, reader, event, length);
    for (size_t i = 0; i < times->count && more; i++) {
        struct cal_occurrence occurrence = times->at[i];
        const struct cal_change *change =
            smp_cal_change_at(&changes, occurrence.local);

        if (is_covered(times, event, &occurrence) ||
            smp_cal_is_without(&without, zone, occurrence.local))
            continue;
        more = change ? smp_cal_hand_on_changed(reader, event, length, change,
                                                occurrence)
                      : smp_cal_hand_on(reader, event, length, occurrence);
    }
    smp_cal_without_release(&without);
    smp_cal_changes_release(&changes);
}

/*
 * An override may have dates of its own, and one that changes what comes later
 * may be without the event that tells when that is.
 */
static void
times_of_override(struct cal_reader *reader, struct cal_event *event,
                  struct cal_times *times)
{
    const struct cal_recurrence *own = event->recurrence;

    times->until = INT64_MAX;
    if (own && (own->rule_count || own->date_count)) {
        smp_cal_doubt(reader, event,
                      "an override that recurs: it counts as an event", NULL);
    } else if (event->onwards && event->alone && !event->cancelled) {
        smp_cal_doubt(reader, event,
                      "RANGE=THISANDFUTURE of an event that is not here", NULL);
        times->refused = true;
    }
}

void
smp_cal_emit(struct cal_reader *reader, struct cal_event *event)
{
    struct cal_length length = smp_cal_length_of(reader, event);
    struct cal_occurrence once = {event->start.local, event->start.local,
                                  CAL_AS_EVENT, INT64_MIN, false};
    struct cal_times times = {0};

    if (event->head.is_override)
        times_of_override(reader, event, &times);
    if (event->recurrence)
        smp_cal_recur(reader, event, &length, &times);
    else
        times = (struct cal_times){&once, 1, 0, times.refused, times.until};
    emit_all(reader, event, &length, &times);
    if (event->recurrence)
        free(times.at);
}
