#include "calendar/reader.h"

#include <stdlib.h>

#include "calendar/rule.h"
#include "time/civil.h"

enum { SLACK = 2 * SMP_DAY_SECONDS };

/* How long an event is, once all zones are known. */
struct length {
    const struct cal_zone *zone; /* its start's, or the one it borrows */
    int64_t seconds;
    int32_t days; /* moved by first, on the wall clock */
    bool has_end;
    bool to_midnight; /* its end is wrong: at least to the end of the day */
};

/* One occurrence on its way to the caller. */
struct occurrence {
    int64_t local, original; /* on the wall clock; as the rule has it */
    int64_t lasts;           /* as the length of a cal_rdate */
    int64_t until; /* instant to which it is busy at least, or INT64_MIN */
    bool recurs;
};

/*
 * The local times at which an event occurs, sorted, in the window. Those that
 * a rule has last as the event does.
 */
struct times {
    struct occurrence *at;
    size_t count, room;
    bool refused;  /* some of it could not be followed */
    int64_t until; /* then: the last local time at which it may occur */
};

static const char wrong_end[] = "it ends before it begins";

static int32_t
days_up(int64_t seconds)
{
    return (int32_t)((seconds + SMP_DAY_SECONDS - 1) / SMP_DAY_SECONDS);
}

static int64_t
given_length(const struct cal_event *event)
{
    return event->seconds + (int64_t)event->days * SMP_DAY_SECONDS;
}

/* Days last at least one; a time of the last day ends with it. */
static struct length
length_of_days(struct cal_reader *reader, struct cal_event *event)
{
    struct length length = {.zone = event->start.zone, .days = 1};
    int64_t seconds = given_length(event);

    if (event->end_kind == CAL_END_TIME) {
        int64_t end = event->end.local;

        if (!event->end.day)
            end = smp_zone_to_local(
                reader->zones.fallback,
                smp_cal_instant(&reader->zones, event->end, NULL));
        if (end < event->start.local)
            smp_cal_doubt(reader, event, wrong_end, NULL);
        else
            seconds = end - event->start.local;
    }
    length.has_end = seconds > 0;
    if (length.has_end)
        length.days = days_up(seconds);
    return length;
}

/* A zone whose midnight is somebody's: UTC has none. */
static const struct smp_zone *
zone_of_days(const struct cal_reader *reader, const struct smp_zone *zone)
{
    return zone == reader->zones.utc.zone ? reader->zones.fallback : zone;
}

static int64_t
midnight_after(const struct cal_reader *reader, const struct smp_zone *zone,
               int64_t local)
{
    const struct smp_zone *of_days = zone_of_days(reader, zone);

    if (of_days != zone)
        local = smp_zone_to_local(of_days, smp_zone_to_instant(zone, local));
    return smp_zone_to_instant(of_days, ((int64_t)smp_day_at(local) + 1) *
                                            SMP_DAY_SECONDS);
}

/* A day as the end: it ends as that begins, or with it where it begins on it.
 */
static int64_t
end_at_day(struct cal_reader *reader, struct cal_event *event, int64_t start,
           const struct smp_zone *zone)
{
    const struct smp_zone *of_days = zone_of_days(reader, zone);
    int32_t last = smp_day_at(event->end.local);

    if (smp_day_at(smp_zone_to_local(of_days, start)) == last)
        last++;
    return smp_zone_to_instant(of_days, (int64_t)last * SMP_DAY_SECONDS);
}

/* UTC is nobody's wall clock, so it is borrowed only where it must be. */
static bool
borrows(const struct cal_reader *reader, const struct cal_event *event)
{
    const struct cal_zones *zones = &reader->zones;

    if (!event->start.zone->floating || event->start.zone->zone ||
        event->end.day)
        return false;
    return event->end.zone != &zones->utc ||
           smp_cal_instant(zones, event->end, NULL) <
               smp_cal_instant(zones, event->start, NULL);
}

static int64_t
latest(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/*
 * A time without a zone borrows that of the other end. An end that comes too
 * early is that of the day, and a DURATION besides it is not forgotten.
 */
static void
length_to_end(struct cal_reader *reader, struct cal_event *event,
              struct length *length)
{
    const struct cal_zones *zones = &reader->zones;
    int64_t start, end;

    if (borrows(reader, event))
        length->zone = event->end.zone;
    start = smp_cal_instant(zones, event->start, length->zone);
    end = event->end.day ? end_at_day(reader, event, start,
                                      smp_cal_zone(zones, length->zone, NULL))
                         : smp_cal_instant(zones, event->end, length->zone);
    if (event->end.zone->floating && length->zone == &zones->utc)
        end = latest(end, smp_cal_instant(zones, event->end, NULL));
    length->seconds = end - start;
    if (length->seconds >= 0)
        return;
    smp_cal_doubt(reader, event, wrong_end, NULL);
    length->to_midnight = true;
    length->days = event->days;
    length->seconds = event->seconds;
}

static struct length
length_of(struct cal_reader *reader, struct cal_event *event)
{
    struct length length = {.zone = event->start.zone};

    if (event->start.day)
        return length_of_days(reader, event);
    if (event->end_kind == CAL_END_TIME) {
        length_to_end(reader, event, &length);
    } else {
        length.days = event->days;
        length.seconds = event->seconds;
        length.to_midnight = event->end_kind == CAL_END_WRONG;
    }
    length.has_end = !length.to_midnight && (length.days || length.seconds);
    return length;
}

static const struct smp_zone *
wall_of(const struct cal_reader *reader, const struct cal_event *event,
        const struct length *length)
{
    if (event->start.day)
        return reader->zones.fallback;
    return smp_cal_zone(&reader->zones, length->zone, NULL);
}

static int64_t
end_of(const struct cal_reader *reader, const struct smp_zone *zone,
       const struct length *length, const struct occurrence *occurrence)
{
    int64_t local = occurrence->local, end, midnight = INT64_MIN;

    if (occurrence->lasts >= 0)
        return smp_zone_to_instant(zone, local) + occurrence->lasts;
    end = smp_zone_to_instant(zone,
                              local + (int64_t)length->days * SMP_DAY_SECONDS) +
          length->seconds;
    if (length->to_midnight || occurrence->lasts == CAL_TO_MIDNIGHT)
        midnight = midnight_after(reader, zone, local);
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

static bool
hand_on(struct cal_reader *reader, const struct cal_event *event,
        const struct length *length, struct occurrence occurrence)
{
    const struct smp_zone *zone = wall_of(reader, event, length);
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
 * RANGE=THISANDFUTURE: overrides that change all that come after them, in the
 * order of time. Zeroed, it has none.
 */
struct change {
    struct cal_event *by;
    int64_t from;  /* on the wall clock of the master */
    int64_t moved; /* from its wall clock to that of the change */
    struct length length;
};

struct changes {
    struct change *at;
    size_t count, next;
};

static int64_t
longest_change(const struct cal_event *master)
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
static struct change
change_of(struct cal_reader *reader, struct cal_event *override,
          const struct cal_event *master, const struct length *length)
{
    bool day = override->start.day;
    struct change change = {.by = override,
                            .length = length_of(reader, override)};

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
             const struct cal_event *master, const struct length *length)
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
                const struct length *length, const struct change *change,
                struct occurrence occurrence)
{
    struct cal_event like = *change->by;

    const struct smp_zone *from = wall_of(reader, master, length);
    const struct smp_zone *to = wall_of(reader, &like, &change->length);

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

/* Times at which an event does not occur: EXDATE, and those of overrides. */
struct exclusions {
    int64_t *instants, *days;
    size_t instant_count, day_count;
};

static int64_t
day_meant(const struct cal_reader *reader, struct cal_time time)
{
    if (time.local % SMP_DAY_SECONDS)
        time.local =
            smp_zone_to_local(reader->zones.fallback,
                              smp_cal_instant(&reader->zones, time, NULL));
    return smp_day_at(time.local);
}

static void
add_exclusion(struct exclusions *without, const struct cal_reader *reader,
              const struct cal_event *event, const struct length *length,
              struct cal_time time)
{
    if (event->start.day || time.day)
        without->days[without->day_count++] = day_meant(reader, time);
    else
        without->instants[without->instant_count++] =
            smp_cal_instant(&reader->zones, time, length->zone);
}

static int
compare_times(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

    return (left > right) - (left < right);
}

static void
find_exclusions(struct exclusions *without, const struct cal_reader *reader,
                const struct cal_event *event, const struct length *length)
{
    const struct cal_recurrence *recurrence = event->recurrence;
    size_t dates = recurrence ? recurrence->without_count : 0;
    size_t most = dates + event->override_count;

    if (event->head.is_override || !most)
        return;
    without->instants = smp_calloc(most, sizeof *without->instants);
    without->days = smp_calloc(most, sizeof *without->days);
    for (size_t i = 0; i < dates; i++)
        add_exclusion(without, reader, event, length, recurrence->without[i]);
    for (size_t i = 0; i < event->override_count; i++)
        add_exclusion(without, reader, event, length,
                      event->overrides[i]->original);
    qsort(without->instants, without->instant_count, sizeof(int64_t),
          compare_times);
    qsort(without->days, without->day_count, sizeof(int64_t), compare_times);
}

static bool
lists(const int64_t *list, size_t n, int64_t what)
{
    return n && bsearch(&what, list, n, sizeof what, compare_times);
}

static bool
is_excluded(const struct exclusions *without, const struct smp_zone *zone,
            int64_t local)
{
    return lists(without->days, without->day_count, smp_day_at(local)) ||
           (without->instant_count &&
            lists(without->instants, without->instant_count,
                  smp_zone_to_instant(zone, local)));
}

static void
exclusions_release(struct exclusions *without)
{
    free(without->instants);
    free(without->days);
}

static void
add_time(struct times *times, int64_t local, int64_t lasts)
{
    times->at =
        smp_grow(times->at, times->count, &times->room, sizeof *times->at);
    times->at[times->count++] =
        (struct occurrence){local, local, lasts, INT64_MIN, true};
}

/* The last local time that UNTIL allows, in the zone of the event. */
static int64_t
until_local(const struct cal_reader *reader, const struct smp_zone *zone,
            const struct cal_rule *rule)
{
    struct cal_time until = rule->until;
    int64_t instant, local;

    if (!rule->has_until)
        return INT64_MAX;
    if (until.day)
        return until.local + SMP_DAY_SECONDS - 1;
    if (until.zone->floating)
        return until.local;
    instant = smp_cal_instant(&reader->zones, until, NULL);
    local = smp_zone_to_local(zone, instant);
    /* The second time that the clock shows it comes after all of the first. */
    return local + instant - smp_zone_to_instant(zone, local);
}

/* One that cannot be followed: busy from its start as long as it may go on. */
static void
refuse(struct cal_reader *reader, struct cal_event *event,
       const struct cal_rule *rule, int64_t until, struct times *times,
       const char *why)
{
    smp_cal_doubt(reader, event, "its rule is not followed", why);
    if (rule->once)
        return;
    if (!times->refused || until > times->until)
        times->until = until;
    times->refused = true;
}

static void
add_found(struct times *times, struct cal_found *found)
{
    for (size_t i = 0; i < found->count; i++)
        add_time(times, found->at[i], CAL_AS_EVENT);
    free(found->at);
}

/* COUNT and UNTIL exclude each other, and either may be meant. */
static const char *
expand_both(struct cal_reader *reader, struct cal_event *event,
            struct cal_rule rule, struct cal_span span, int64_t until,
            struct cal_found *found)
{
    const char *wrong = smp_cal_rule_expand(&rule, span, found, &reader->steps);

    smp_cal_doubt(reader, event, "COUNT and UNTIL: the later one counts", NULL);
    rule.count = 0;
    span.high = until < span.high ? until : span.high;
    return wrong ? wrong
                 : smp_cal_rule_expand(&rule, span, found, &reader->steps);
}

/* Returns whether the rule leaves DTSTART an occurrence. */
static bool
add_rule(struct cal_reader *reader, struct cal_event *event,
         const struct smp_zone *zone, struct cal_span span, const char *text,
         struct times *times)
{
    struct cal_rule rule;
    struct cal_found found = {0};
    const char *wrong = smp_cal_rule_read(&rule, text, &reader->zones);
    int64_t until = until_local(reader, zone, &rule);

    if (wrong && rule.count)
        until = INT64_MAX;
    if (until < span.high && !rule.count)
        span.high = until;
    if (!wrong && reader->occurrences < 0)
        wrong = "too many occurrences before it";
    if (!wrong && rule.count && rule.has_until)
        wrong = expand_both(reader, event, rule, span, until, &found);
    else if (!wrong)
        wrong = smp_cal_rule_expand(&rule, span, &found, &reader->steps);
    if (wrong && until >= span.start)
        refuse(reader, event, &rule, until, times, wrong);
    reader->occurrences -= (long)found.count;
    add_found(times, &found);
    smp_cal_rule_release(&rule);
    return rule.count || until >= span.start;
}

static void
add_dates(const struct cal_reader *reader, const struct cal_event *event,
          const struct length *length, const struct smp_zone *zone,
          struct times *times)
{
    const struct cal_recurrence *recurrence = event->recurrence;
    int32_t day = smp_day_at(event->start.local);
    int64_t clock = event->start.local - (int64_t)day * SMP_DAY_SECONDS;

    for (size_t i = 0; i < recurrence->date_count; i++) {
        struct cal_rdate date = recurrence->dates[i];
        int64_t local = date.time.local;

        if (date.time.day)
            local += clock;
        else if (event->start.day)
            local = day_meant(reader, date.time) * SMP_DAY_SECONDS;
        else
            local = smp_zone_to_local(
                zone, smp_cal_instant(&reader->zones, date.time, length->zone));
        add_time(times, local, event->start.day ? CAL_AS_EVENT : date.length);
    }
}

static int
compare_occurrences(const void *a, const void *b)
{
    const struct occurrence *left = a, *right = b;

    return (left->local > right->local) - (left->local < right->local);
}

/* Seconds, about, of one that lasts so. */
static int64_t
lasts_about(const struct length *length, int64_t lasts)
{
    int64_t seconds = length->seconds + (int64_t)length->days * SMP_DAY_SECONDS;

    if (lasts >= 0)
        return lasts;
    if (lasts == CAL_TO_MIDNIGHT || length->to_midnight)
        return seconds > SMP_DAY_SECONDS ? seconds : SMP_DAY_SECONDS;
    return seconds;
}

/* Of those at one time the longest is left. */
static void
sort_times(struct times *times, const struct length *length)
{
    size_t kept = 0;

    if (!times->count)
        return;
    qsort(times->at, times->count, sizeof *times->at, compare_occurrences);
    for (size_t i = 0; i < times->count; i++) {
        const struct occurrence *one = &times->at[i];

        if (!kept || times->at[kept - 1].local != one->local)
            times->at[kept++] = *one;
        else if (lasts_about(length, one->lasts) >
                 lasts_about(length, times->at[kept - 1].lasts))
            times->at[kept - 1] = *one;
    }
    times->count = kept;
}

/* Local times of which something may touch the window. */
static struct cal_span
span_of(const struct cal_reader *reader, const struct cal_event *event,
        const struct length *length, const struct smp_zone *zone)
{
    int64_t longest =
        length->seconds + ((int64_t)length->days + 1) * SMP_DAY_SECONDS;
    int64_t changed = longest_change(event);

    longest = (longest > changed ? longest : changed) + SLACK;
    return (struct cal_span){
        .start = event->start.local,
        .low = smp_zone_to_local(zone, reader->calendar->from) - longest,
        .high = smp_zone_to_local(zone, reader->calendar->until) + longest,
        .day = event->start.day,
    };
}

static void
find_times(struct cal_reader *reader, struct cal_event *event,
           const struct length *length, struct times *times)
{
    const struct cal_recurrence *recurrence = event->recurrence;
    const struct smp_zone *zone = wall_of(reader, event, length);
    struct cal_span span = span_of(reader, event, length, zone);
    bool begins = !recurrence->rule_count;

    for (size_t i = 0; i < recurrence->rule_count; i++)
        begins |=
            add_rule(reader, event, zone, span, recurrence->rules[i], times);
    if (begins)
        add_time(times, event->start.local, CAL_AS_EVENT);
    add_dates(reader, event, length, zone, times);
    sort_times(times, length);
    if (!recurrence->rule_count && !recurrence->date_count && times->count)
        times->at[0].recurs = false;
}

/*
 * Where a rule that cannot be followed may still be busy: from the start of the
 * event to the end of its last occurrence, as some override may have it.
 */
static bool
hand_on_refused(struct cal_reader *reader, const struct cal_event *event,
                const struct length *length, const struct times *times)
{
    const struct smp_zone *zone = wall_of(reader, event, length);
    struct occurrence all = {event->start.local, event->start.local,
                             CAL_AS_EVENT, reader->calendar->until, true};
    struct occurrence last = {.local = times->until, .lasts = CAL_AS_EVENT};
    int64_t changed = longest_change(event), end;

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
    return hand_on(reader, event, length, all);
}

/* Whether an occurrence lies in what is busy anyhow. */
static bool
is_covered(const struct times *times, const struct cal_event *event,
           const struct occurrence *occurrence)
{
    return times->refused && occurrence->lasts == CAL_AS_EVENT &&
           occurrence->local >= event->start.local &&
           occurrence->local <= times->until;
}

static void
emit_all(struct cal_reader *reader, struct cal_event *event,
         const struct length *length, const struct times *times)
{
    const struct smp_zone *zone = wall_of(reader, event, length);
    struct exclusions without = {0};
    struct changes changes = {0};
    bool more =
        !times->refused || hand_on_refused(reader, event, length, times);

    find_exclusions(&without, reader, event, length);
    find_changes(&changes, reader, event, length);
    for (size_t i = 0; i < times->count && more; i++) {
        struct occurrence occurrence = times->at[i];
        const struct change *change = change_at(&changes, occurrence.local);

        if (is_covered(times, event, &occurrence) ||
            is_excluded(&without, zone, occurrence.local))
            continue;
        more = change
                   ? hand_on_changed(reader, event, length, change, occurrence)
                   : hand_on(reader, event, length, occurrence);
    }
    exclusions_release(&without);
    changes_release(&changes);
}

/*
 * An override may have dates of its own, and one that changes what comes later
 * may be without the event that tells when that is.
 */
static void
times_of_override(struct cal_reader *reader, struct cal_event *event,
                  struct times *times)
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
    struct length length = length_of(reader, event);
    struct occurrence once = {event->start.local, event->start.local,
                              CAL_AS_EVENT, INT64_MIN, false};
    struct times times = {0};

    if (event->head.is_override)
        times_of_override(reader, event, &times);
    if (event->recurrence)
        find_times(reader, event, &length, &times);
    else
        times = (struct times){&once, 1, 0, times.refused, times.until};
    emit_all(reader, event, &length, &times);
    if (event->recurrence)
        free(times.at);
}
