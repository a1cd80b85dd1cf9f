#include "calendar/occurrence.h"

#include <stdlib.h>

#include "base/base.h"
#include "time/civil.h"
#include "time/zone.h"
#include "calendar/calendar.h"
#include "calendar/reader.h"
#include "calendar/zones.h"

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
        .public_holiday = event->public_holiday,
        .busy = !event->free && !event->cancelled,
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

/* Reports a time whose zone is not known, once a zone. */
static void
report_zone(struct cal_reader *reader, const struct cal_event *event,
            const struct cal_zone *unknown, struct smp_event *out)
{
    struct smp_buf what = {0};

    out->understood = false;
    if (unknown->as && unknown->as->is_unknown)
        unknown = unknown->as;
    if (unknown->reported || !touches(reader->calendar, out))
        return;
    ((struct cal_zone *)unknown)->reported = true;
    if (*unknown->tzid)
        smp_buf_printf(&what, "unknown time zone \"%.60s\": ",
                       smp_cal_clean(reader, unknown->tzid));
    else
        smp_buf_printf(&what, "more than %d unknown time zones: ", CAL_OWN_MAX);
    smp_buf_puts(&what, "busy at every time that it can mean");
    smp_cal_drop(reader, event->head.line, "", smp_buf_text(&what));
    smp_buf_release(&what);
}

static bool
hand_on(struct cal_reader *reader, const struct cal_event *event,
        const struct cal_length *length, struct cal_occurrence occurrence)
{
    const struct smp_zone *zone = smp_cal_wall(reader, event, length);
    struct smp_event out = describe(event);

    const struct cal_zone *unknown =
        occurrence.unknown ? occurrence.unknown : length->unknown;

    out.start =
        smp_zone_to_instant(zone, occurrence.local - length->before) -
        (occurrence.unknown ? occurrence.unknown->early : length->early);
    out.end = smp_cal_end_of(reader, zone, length, &occurrence);
    if (length->also &&
        smp_zone_to_instant(length->also, occurrence.local) == out.start &&
        smp_cal_end_of(reader, length->also, length, &occurrence) == out.end)
        return true;
    /* What takes no time takes none at any time. */
    if (unknown && smp_zone_to_instant(zone, occurrence.local) == out.end)
        out.start = out.end;
    if (unknown)
        report_zone(reader, event, unknown, &out);
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
    if (!out.recurs)
        out.recurrence = out.start;
    if (!out.zone_name && event->home)
        out.zone_name = event->home->name;
    if (out.all_day)
        out.day = smp_day_at(occurrence.local);
    if (!touches(reader->calendar, &out)) {
        if (occurrence.local == event->start.local)
            tell_years(reader, event, &out);
        return true;
    }
    reader->calendar->has_days |= out.all_day;
    reader->calendar->has_floating |=
        !out.all_day && length->zone->floating && !length->zone->zone;
    return reader->calendar->event(reader->calendar->context, &out);
}

/*
 * RANGE=THISANDFUTURE: overrides that change all that come after them, in the
 * order of time. Zeroed, it has none.
 */
struct change {
    struct cal_event *by;
    int64_t from;  /* on the wall clock of the master */
    int64_t moved; /* from its wall clock to that of the change */
    struct cal_length length;
};

struct changes {
    struct change *at;
    size_t count, next;
};

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
static struct change
change_of(struct cal_reader *reader, struct cal_event *override,
          const struct cal_event *master, const struct cal_length *length)
{
    bool day = override->start.day;
    struct change change = {.by = override,
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
compare_changes(const void *a, const void *b)
{
    const struct change *left = a, *right = b;

    return (left->from > right->from) - (left->from < right->from);
}

static void
find_changes(struct changes *changes, struct cal_reader *reader,
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
        qsort(changes->at, changes->count, sizeof *changes->at,
              compare_changes);
}

static const struct change *
change_at(struct changes *changes, int64_t local)
{
    while (changes->next < changes->count &&
           changes->at[changes->next].from <= local)
        changes->next++;
    return changes->next ? &changes->at[changes->next - 1] : NULL;
}

static bool
hand_on_changed(struct cal_reader *reader, const struct cal_event *master,
                const struct cal_length *length, const struct change *change,
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
    return hand_on(reader, &like, &change->length, occurrence);
}

static void
changes_release(struct changes *changes)
{
    free(changes->at);
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
        end = smp_cal_end_of(reader, zone, length, &last);
        changed =
            changed ? smp_zone_to_instant(zone, times->until) + changed : 0;
        end = end > changed ? end : changed;
        all.until = end < all.until ? end : all.until;
    }
    return hand_on(reader, event, length, all);
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
    struct cal_exclusions without = {0};
    struct changes changes = {0};
    bool more =
        !times->refused || hand_on_refused(reader, event, length, times);

    smp_cal_exclude(&without, reader, event, length, times);
    find_changes(&changes, reader, event, length);
    for (size_t i = 0; i < times->count && more; i++) {
        struct cal_occurrence occurrence = times->at[i];
        const struct change *change = change_at(&changes, occurrence.local);

        if (is_covered(times, event, &occurrence) ||
            smp_cal_is_excluded(&without, zone, occurrence.local))
            continue;
        more = change
                   ? hand_on_changed(reader, event, length, change, occurrence)
                   : hand_on(reader, event, length, occurrence);
    }
    smp_cal_exclusions_release(&without);
    changes_release(&changes);
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

static void
emit(struct cal_reader *reader, struct cal_event *event,
     const struct cal_event *first)
{
    struct cal_length length = smp_cal_length_of(reader, event);
    struct cal_occurrence once = {.local = event->start.local,
                                  .original = event->start.local,
                                  .lasts = CAL_AS_EVENT,
                                  .until = INT64_MIN};
    struct cal_times times = {0};

    if (first && first->start.or)
        length.also = smp_cal_zone(&reader->zones, first->start.zone, NULL);
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

/*
 * Two readings
 *
 * "DTSTART;TZID=Europe/Berlin:20260615T100000Z" is ten in UTC, says the Z, or
 * ten in Berlin, says the TZID; writers mean either. Such an event is emitted
 * twice, the second time as a copy whose times are those of the TZID.
 */
static bool
has_two_readings(const struct cal_event *event)
{
    return event->start.or ||
           (event->end_kind == CAL_END_TIME && event->end.or);
}

static void
read_by_zone(struct cal_time *time)
{
    if (time->or)
        time->zone = time->or ;
    time->or = NULL;
}

static struct cal_event
second_reading(struct cal_reader *reader, const struct cal_event *event)
{
    struct cal_event other = *event;
    const struct cal_recurrence *own = event->recurrence;

    read_by_zone(&other.start);
    read_by_zone(&other.end);
    read_by_zone(&other.original);
    if (own) {
        other.recurrence = smp_cal_keep(reader, sizeof *own);
        *other.recurrence = *own;
        other.recurrence->dates =
            smp_cal_keep(reader, (own->date_count + 1) * sizeof *own->dates);
    }
    for (size_t i = 0; own && i < own->date_count; i++) {
        other.recurrence->dates[i] = own->dates[i];
        read_by_zone(&other.recurrence->dates[i].time);
        read_by_zone(&other.recurrence->dates[i].end);
    }
    return other;
}

/* Whether the readings say the same, as in London in winter. */
static bool
is_same(const struct cal_reader *reader, const struct cal_event *a,
        const struct cal_event *b)
{
    const struct cal_zones *zones = &reader->zones;

    return !a->recurrence &&
           smp_cal_instant(zones, a->start, NULL) ==
               smp_cal_instant(zones, b->start, NULL) &&
           (a->end_kind != CAL_END_TIME ||
            smp_cal_instant(zones, a->end, a->start.zone) ==
                smp_cal_instant(zones, b->end, b->start.zone));
}

static bool
ends_after_start(const struct cal_reader *reader, const struct cal_event *event)
{
    return event->end_kind != CAL_END_TIME ||
           smp_cal_instant(&reader->zones, event->end, event->start.zone) >=
               smp_cal_instant(&reader->zones, event->start, NULL);
}

void
smp_cal_emit(struct cal_reader *reader, struct cal_event *event)
{
    struct cal_event other;
    bool first, second;

    if (!has_two_readings(event)) {
        emit(reader, event, NULL);
        return;
    }
    other = second_reading(reader, event);
    first = ends_after_start(reader, event);
    second = ends_after_start(reader, &other);
    if (is_same(reader, event, &other)) {
        emit(reader, event, NULL);
        return;
    }
    smp_cal_doubt_zone(reader, event);
    other.understood = false;
    if (first || !second)
        emit(reader, event, NULL);
    if (second || !first)
        emit(reader, &other, event);
}
