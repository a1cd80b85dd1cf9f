#include "calendar/occurrence.h"

#include <stdlib.h>

#include "calendar/rule.h"
#include "time/civil.h"
#include "time/zone.h"
#include "calendar/reader.h"

enum {
    SLACK = 2 * SMP_DAY_SECONDS,
    QUARTER = 15 * 60,
    /* Midnights of the day before and of the same day, in UTC. */
    EARLIEST_MIDNIGHT = 10 * 3600, /* 14 hours east of Greenwich */
    LATEST_MIDNIGHT = 12 * 3600    /* 12 hours west of it */
};

/*
 * The days that a time can mean for an all-day event; returns how many, 1 or 2.
 * Exchange writes a day as the midnight of its own zone: 15 July in Berlin is
 * 20260714T220000Z. If the calendar's zone or that of days has midnight then,
 * that day is meant. If not, the hour tells the day in all zones but those at
 * the ends of the earth.
 */
static int
days_meant(const struct cal_reader *reader, const struct cal_event *event,
           struct cal_time time, int64_t days[2])
{
    const struct cal_zones *zones = &reader->zones;
    const struct smp_zone *homes[] = {event->home ? event->home->zone : NULL,
                                      zones->fallback};
    int64_t written = smp_day_at(time.local), instant, rest;
    int n = 0;

    days[0] = written;
    if (time.day || time.local == written * SMP_DAY_SECONDS)
        return 1;
    instant = smp_cal_instant(zones, time, NULL);
    for (int i = 0; i < 2; i++) {
        int64_t local =
            homes[i] ? smp_zone_to_local(homes[i], instant) : INT64_C(1);

        days[0] = smp_day_at(local);
        if (local == days[0] * SMP_DAY_SECONDS)
            return 1;
    }
    if (time.zone != &zones->utc)
        days[0] = written;
    rest = instant - (int64_t)smp_day_at(instant) * SMP_DAY_SECONDS;
    if (rest % QUARTER || time.zone != &zones->utc)
        return 1;
    if (rest <= LATEST_MIDNIGHT)
        days[n++] = smp_day_at(instant);
    if (rest >= EARLIEST_MIDNIGHT)
        days[n++] = smp_day_at(instant) + 1;
    return n;
}

static void
add_time(struct cal_times *times, int64_t local, int64_t lasts)
{
    times->at =
        smp_grow(times->at, times->count, &times->room, sizeof *times->at);
    times->at[times->count++] =
        (struct cal_occurrence){local, local, lasts, INT64_MIN, true, NULL};
}

/* The last day of an all-day event: an UNTIL of 21:59:59Z ends one, too. */
static int64_t
until_day(const struct cal_reader *reader, const struct cal_event *event,
          struct cal_time until)
{
    bool ends = until.local % QUARTER == QUARTER - 1;
    int64_t days[2];
    int n;

    until.local += ends;
    n = days_meant(reader, event, until, days);
    if (n > 1 && days[1] > days[0])
        days[0] = days[1];
    return (days[0] + !ends) * SMP_DAY_SECONDS - 1;
}

/* The last local time that UNTIL allows, in the zone of the event. */
static int64_t
until_local(const struct cal_reader *reader, const struct cal_event *event,
            const struct smp_zone *zone, const struct cal_rule *rule)
{
    struct cal_time until = rule->until;
    int64_t instant, local;

    if (!rule->has_until)
        return INT64_MAX;
    if (until.day)
        return until.local + SMP_DAY_SECONDS - 1;
    if (event->start.day)
        return until_day(reader, event, until);
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
       const struct cal_rule *rule, int64_t until, struct cal_times *times,
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
add_found(struct cal_times *times, struct cal_found *found)
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
         struct cal_times *times)
{
    struct cal_rule rule;
    struct cal_found found = {0};
    const char *wrong = smp_cal_rule_read(&rule, text, &reader->zones);
    int64_t until = until_local(reader, event, zone, &rule);

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

/* Seconds that a date of RDATE lasts, or a special length. */
static int64_t
lasts_of(struct cal_reader *reader, struct cal_event *event,
         const struct cal_rdate *date)
{
    int64_t seconds;

    if (event->start.day)
        return CAL_AS_EVENT;
    if (date->length != CAL_TO_END)
        return date->length;
    seconds = smp_cal_instant(&reader->zones, date->end, NULL) -
              smp_cal_instant(&reader->zones, date->time, NULL);
    if (seconds >= 0)
        return seconds;
    smp_cal_doubt(reader, event,
                  "a period of RDATE counts to the end of the day", NULL);
    return CAL_TO_MIDNIGHT;
}

static void
add_date(struct cal_reader *reader, struct cal_event *event,
         const struct cal_length *length, const struct cal_rdate *date,
         struct cal_times *times)
{
    const struct smp_zone *zone = smp_cal_wall(reader, event, length);
    int64_t lasts = lasts_of(reader, event, date), days[2];
    int64_t local = date->time.local;

    if (event->start.day) {
        for (int n = days_meant(reader, event, date->time, days); n--;)
            add_time(times, days[n] * SMP_DAY_SECONDS, lasts);
        return;
    }
    if (date->time.day && lasts == CAL_AS_EVENT)
        local += event->start.local -
                 (int64_t)smp_day_at(event->start.local) * SMP_DAY_SECONDS;
    else
        local = smp_zone_to_local(
            zone, smp_cal_instant(&reader->zones, date->time, length->zone));
    add_time(times, local, lasts);
    if (date->time.zone->is_unknown)
        times->at[times->count - 1].unknown = date->time.zone;
}

/* Of dates with two readings those that the start does not decide count. */
static void
add_dates(struct cal_reader *reader, struct cal_event *event,
          const struct cal_length *length, struct cal_times *times)
{
    const struct cal_recurrence *recurrence = event->recurrence;

    for (size_t i = 0; i < recurrence->date_count; i++) {
        struct cal_rdate date = recurrence->dates[i];

        add_date(reader, event, length, &date, times);
        if (!date.time.or || event->start.or)
            continue;
        smp_cal_doubt_zone(reader, event);
        date.time.zone = date.time.or ;
        add_date(reader, event, length, &date, times);
    }
}

static int
compare_occurrences(const void *a, const void *b)
{
    const struct cal_occurrence *left = a, *right = b;

    return (left->local > right->local) - (left->local < right->local);
}

/* Seconds, about, of one that lasts so. */
static int64_t
lasts_about(const struct cal_length *length, int64_t lasts)
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
sort_times(struct cal_times *times, const struct cal_length *length)
{
    size_t kept = 0;

    if (!times->count)
        return;
    qsort(times->at, times->count, sizeof *times->at, compare_occurrences);
    for (size_t i = 0; i < times->count; i++) {
        const struct cal_occurrence *one = &times->at[i];

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
        const struct cal_length *length, const struct smp_zone *zone)
{
    int64_t longest =
        length->seconds + ((int64_t)length->days + 1) * SMP_DAY_SECONDS;
    int64_t changed = smp_cal_longest_change(event);

    longest = (longest > changed ? longest : changed) + length->before + SLACK;
    return (struct cal_span){
        .start = event->start.local,
        .low = smp_zone_to_local(zone, reader->calendar->from) - longest,
        .high = smp_zone_to_local(zone, reader->calendar->until) + longest,
        .day = event->start.day,
    };
}

void
smp_cal_recur(struct cal_reader *reader, struct cal_event *event,
              const struct cal_length *length, struct cal_times *times)
{
    const struct cal_recurrence *recurrence = event->recurrence;
    const struct smp_zone *zone = smp_cal_wall(reader, event, length);
    struct cal_span span = span_of(reader, event, length, zone);
    bool begins = !recurrence->rule_count;

    for (size_t i = 0; i < recurrence->rule_count; i++)
        begins |=
            add_rule(reader, event, zone, span, recurrence->rules[i], times);
    if (begins)
        add_time(times, event->start.local, CAL_AS_EVENT);
    add_dates(reader, event, length, times);
    sort_times(times, length);
    if (!recurrence->rule_count && !recurrence->date_count && times->count)
        times->at[0].recurs = false;
}

static int
compare_integers(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

    return (left > right) - (left < right);
}

static bool
is_before(const void *occurrence, const void *local)
{
    return ((const struct cal_occurrence *)occurrence)->local <
           *(const int64_t *)local;
}

/* How many times it occurs from one local time to another, up to 2; the first
 * is at `first`. */
static size_t
count_between(const struct cal_times *times, int64_t from, int64_t until,
              int64_t *first)
{
    size_t low = smp_first_from(times->at, times->count, sizeof *times->at,
                                &from, is_before);
    size_t n = 0;

    while (n < 2 && low + n < times->count && times->at[low + n].local <= until)
        n++;
    *first = n ? times->at[low].local : 0;
    return n;
}

static bool
occurs_at(const struct cal_times *times, const struct smp_zone *zone,
          int64_t instant)
{
    int64_t local = smp_zone_to_local(zone, instant), first;

    return count_between(times, local, local, &first) > 0;
}

/* A day of an all-day event. */
static void
exclude_day(struct cal_exclusions *exclusions, struct cal_reader *reader,
            struct cal_event *event, const struct cal_times *times,
            struct cal_time time)
{
    int64_t days[2], *out = &exclusions->days[exclusions->day_count], first;
    int n = days_meant(reader, event, time, days), found = 0;

    for (int i = 0; i < n; i++) {
        int64_t local = days[i] * SMP_DAY_SECONDS;

        if (n == 1 || count_between(times, local, local, &first)) {
            *out = days[i];
            found++;
        }
    }
    exclusions->day_count += found == 1;
    if (found > 1)
        smp_cal_doubt(reader, event, "EXDATE can mean two days: both count",
                      NULL);
}

/*
 * A day of an event with times: all that is on it or, for RECURRENCE-ID, the
 * one occurrence. If times are in UTC, the day may be one of UTC or one of
 * their writer; if that matters, nothing is left out.
 */
static void
exclude_times_of_day(struct cal_exclusions *exclusions,
                     struct cal_reader *reader, struct cal_event *event,
                     const struct cal_times *times, const struct smp_zone *zone,
                     bool single, int64_t day)
{
    const struct cal_zones *zones = &reader->zones;
    const struct smp_zone *home =
        event->home && event->home->zone ? event->home->zone : zones->fallback;
    int64_t next = day + SMP_DAY_SECONDS, from = day, until = next, first;
    size_t n, apart;

    if (zone == zones->utc.zone) {
        from = smp_zone_to_instant(home, day);
        until = smp_zone_to_instant(home, next);
    }
    apart = count_between(times, from < day ? from : day,
                          (from < day ? day : from) - 1, &first) +
            count_between(times, until < next ? until : next,
                          (until < next ? next : until) - 1, &first);
    n = count_between(times, from < day ? from : day,
                      (until > next ? until : next) - 1, &first);
    if (n == 1)
        exclusions->instants[exclusions->instant_count++] =
            smp_zone_to_instant(zone, first);
    else if (n && !single && !apart)
        exclusions->days[exclusions->day_count++] = smp_day_at(day);
    else if (n)
        smp_cal_doubt(reader, event,
                      single ? "RECURRENCE-ID can mean several times: all count"
                             : "EXDATE can mean several days: all count",
                      NULL);
}

static void
exclude_time(struct cal_exclusions *exclusions, struct cal_reader *reader,
             const struct cal_times *times, const struct smp_zone *zone,
             const struct cal_zone *lent, struct cal_time time)
{
    const struct cal_zones *zones = &reader->zones;
    int64_t instant = smp_cal_instant(zones, time, lent), other;

    if (time.or) {
        time.zone = time.or ;
        other = smp_cal_instant(zones, time, lent);
        if (occurs_at(times, zone, instant) == occurs_at(times, zone, other) &&
            instant != other)
            return;
        instant = occurs_at(times, zone, other) ? other : instant;
    }
    exclusions->instants[exclusions->instant_count++] = instant;
}

void
smp_cal_exclude(struct cal_exclusions *exclusions, struct cal_reader *reader,
                struct cal_event *event, const struct cal_length *length,
                const struct cal_times *times)
{
    const struct cal_recurrence *recurrence = event->recurrence;
    const struct smp_zone *zone = smp_cal_wall(reader, event, length);
    size_t dates = recurrence ? recurrence->without_count : 0;
    size_t most = dates + event->override_count;

    if (event->head.is_override || !most)
        return;
    exclusions->instants = smp_calloc(most, sizeof *exclusions->instants);
    exclusions->days = smp_calloc(most, sizeof *exclusions->days);
    for (size_t i = 0; i < most; i++) {
        struct cal_event *override =
            i < dates ? NULL : event->overrides[i - dates];
        struct cal_time time =
            override ? override->original : recurrence->without[i];

        if (event->start.day)
            exclude_day(exclusions, reader, event, times, time);
        else if (time.day)
            exclude_times_of_day(exclusions, reader, event, times, zone,
                                 override != NULL, time.local);
        else
            exclude_time(exclusions, reader, times, zone, length->zone, time);
    }
    qsort(exclusions->instants, exclusions->instant_count, sizeof(int64_t),
          compare_integers);
    qsort(exclusions->days, exclusions->day_count, sizeof(int64_t),
          compare_integers);
}

static bool
lists(const int64_t *list, size_t n, int64_t what)
{
    return n && bsearch(&what, list, n, sizeof what, compare_integers);
}

bool
smp_cal_is_excluded(const struct cal_exclusions *exclusions,
                    const struct smp_zone *zone, int64_t local)
{
    return lists(exclusions->days, exclusions->day_count, smp_day_at(local)) ||
           (exclusions->instant_count &&
            lists(exclusions->instants, exclusions->instant_count,
                  smp_zone_to_instant(zone, local)));
}

void
smp_cal_exclusions_release(struct cal_exclusions *exclusions)
{
    free(exclusions->instants);
    free(exclusions->days);
}
