#include "series/internal.h"

#include <stdlib.h>

#include "base/base.h"
#include "time/window.h"
#include "time/zone.h"
#include "plan/plan.h"

/*
 * The times of one day. A beginning is possible if the session then lies inside
 * one opening, clear of the intervals in which all chairs are taken (or which
 * the plan's own sessions take), on days that are not away. Everything is
 * compared as instants, so that the opening hours may be on another clock than
 * the plan, and days may have 23 or 25 hours:
 *
 *   opening      |------------------------------|
 *   taken               |-----|
 *   beginnings   |---|         |------------|       length: 4
 *
 * Of the beginnings that are left, the layers need one per tail, the nearest to
 * the client's own time. So each piece is cut where the local time jumps and
 * where the session's end passes midnight, and compared with the best one so
 * far. The cost is that of the openings and taken intervals of the day.
 */

/* When the clock shows a time, or skips it. */
static int64_t
instant_shown(const struct smp_zone *zone, int64_t local)
{
    int64_t instant = smp_zone_to_instant(zone, local), change;

    if (smp_zone_to_local(zone, instant) != local &&
        smp_zone_next_change(zone, instant - 2 * SMP_DAY_SECONDS, instant,
                             &change))
        return change;
    return instant;
}

/*
 * Adds the openings of a day on the studio's own clock that begin at *from or
 * later. *from moves behind them, so that an opening of two days is added once.
 */
static void
add_openings(const struct smp_starts *starts, int32_t day, int64_t *from,
             struct smp_intervals *list)
{
    struct smp_opening found[SMP_HOURS_MAX + 1];
    size_t i, n = smp_hours_on(starts->hours, day, found);

    for (i = 0; i < n; i++) {
        if (found[i].from < *from)
            continue;
        *from = found[i].until;
        smp_intervals_add(list,
                          instant_shown(starts->hours_zone, found[i].from),
                          instant_shown(starts->hours_zone, found[i].until));
    }
}

/* Leaves the intervals that touch [from, until). */
static void
keep_touching(struct smp_intervals *list, int64_t from, int64_t until)
{
    size_t i, kept = 0;

    for (i = 0; i < list->count; i++)
        if (list->at[i].from < until && list->at[i].until > from)
            list->at[kept++] = list->at[i];
    list->count = kept;
}

/* The openings that touch a day of the plan's zone, whole, in their order. */
static void
openings_on(const struct smp_starts *starts, int32_t day,
            struct smp_intervals *list)
{
    const struct smp_zone *zone = starts->zone;
    int64_t midnight = (int64_t)day * SMP_DAY_SECONDS, after = INT64_MIN;
    int64_t from, until;
    int32_t own, last;

    list->count = 0;
    if (zone == starts->hours_zone) {
        add_openings(starts, day, &after, list);
        return;
    }
    from = instant_shown(zone, midnight);
    until = instant_shown(zone, midnight + SMP_DAY_SECONDS);
    if (from >= until)
        return;
    last = smp_day_at(smp_zone_to_local(starts->hours_zone, until - 1));
    for (own = smp_day_at(smp_zone_to_local(starts->hours_zone, from));
         own <= last; own++)
        add_openings(starts, own, &after, list);
    keep_touching(list, from, until);
}

/* More than any change of the clock near midnight. */
enum { SLACK = 3 * 3600 };

static int
compare_days(const void *a, const void *b)
{
    const struct smp_days *first = a, *second = b;

    return (first->first > second->first) - (first->first < second->first);
}

static void
set_away(struct smp_starts *starts, const struct smp_plan *plan,
         const struct smp_series_wanted *wanted)
{
    size_t i, n = plan->away_count + wanted->away_count, last = 0;
    struct smp_days *away;

    if (!n)
        return;
    away = smp_calloc(n, sizeof *away);
    for (i = 0; i < n; i++)
        away[i] = i < plan->away_count ? plan->away[i]
                                       : wanted->away[i - plan->away_count];
    qsort(away, n, sizeof *away, compare_days);
    for (i = 1; i < n; i++) {
        if (away[i].first > away[last].last)
            away[++last] = away[i];
        else if (away[i].last > away[last].last)
            away[last].last = away[i].last;
    }
    starts->away = away;
    starts->away_count = last + 1;
}

void
smp_starts_init(struct smp_starts *starts, const struct smp_plan *plan,
                const struct smp_series_wanted *wanted)
{
    *starts = (struct smp_starts){
        .zone = plan->zone,
        .hours = wanted->hours,
        .hours_zone = wanted->hours_zone ? wanted->hours_zone : plan->zone,
        .closed = wanted->closed,
        .step = wanted->step > 60 ? wanted->step : 60,
        .buffer = wanted->buffer,
        .busy = wanted->busy,
        .chairs = wanted->chairs > 0 ? wanted->chairs : 1,
        .not_before = INT64_MIN,
    };
    set_away(starts, plan, wanted);
}

void
smp_starts_release(struct smp_starts *starts)
{
    free(starts->away);
    smp_intervals_release(&starts->avoid);
    smp_intervals_release(&starts->taken);
    smp_intervals_release(&starts->open);
}

static bool
ends_before(const void *days, const void *day)
{
    return ((const struct smp_days *)days)->last < *(const int32_t *)day;
}

bool
smp_starts_is_away(const struct smp_starts *starts, int32_t first, int32_t last)
{
    size_t next = smp_first_from(starts->away, starts->away_count,
                                 sizeof *starts->away, &first, ends_before);

    return next < starts->away_count && starts->away[next].first <= last;
}

/* The zone's offset at an instant, and the instant until which it holds. */
static int32_t
offset_at(struct smp_starts *starts, int64_t instant, int64_t *until)
{
    enum { LONG = 400 * SMP_DAY_SECONDS };

    if (instant < starts->offset.from || instant >= starts->offset.until) {
        starts->offset.from = instant;
        starts->offset.seconds = smp_zone_offset(starts->zone, instant);
        if (!smp_zone_next_change(starts->zone, instant + 1, instant + LONG,
                                  &starts->offset.until))
            starts->offset.until = instant + LONG;
    }
    *until = starts->offset.until;
    return starts->offset.seconds;
}

/* What is found of a day. */
struct finding {
    struct smp_starts *starts;
    int32_t day;
    int64_t midnight; /* local */
    int64_t length;
    struct smp_day_starts *best;
    bool from_midnight; /* starts are counted from local midnight */
    int64_t origin;     /* else from this instant */
};

static int64_t
minute_at_or_after(int64_t local)
{
    return (local + 59) / 60 * 60;
}

/* The last multiple of the step after an origin that is not after a time. */
static int64_t
step_until(const struct finding *f, int64_t origin, int64_t time)
{
    int64_t step = f->starts->step, since = time - origin;

    return time - (since % step + step) % step;
}

/* Local times of one offset, both included, with the days they reach on. */
static void
consider(const struct finding *f, int64_t first, int64_t last, int32_t tail,
         int32_t offset)
{
    int64_t origin = f->from_midnight ? 0 : f->origin + offset - f->midnight;
    int32_t own = f->starts->time, *best, at;

    if (first < f->midnight)
        first = f->midnight;
    if (last >= f->midnight + SMP_DAY_SECONDS)
        last = f->midnight + SMP_DAY_SECONDS - 1;
    first -= f->midnight;
    last -= f->midnight;
    if (first > last || tail >= SMP_TAILS ||
        smp_starts_is_away(f->starts, f->day, f->day + tail))
        return;
    if (minute_at_or_after(first) <= last)
        f->best->minutes +=
            (int32_t)(last / 60 - minute_at_or_after(first) / 60 + 1);
    best = &f->best->at[tail];
    if (f->starts->latest) {
        at = (int32_t)step_until(f, origin, last < own ? last : own);
        if (at >= first && at > *best)
            *best = at;
        return;
    }
    if (first <= own && own <= last)
        at = own;
    else if (f->starts->time_only)
        return;
    else
        at = (int32_t)step_until(
            f, origin, own < first ? first + f->starts->step - 1 : last);
    if (at < first || at > last)
        return;
    /* They come in their order: of two that are as near the earlier stays. */
    if (*best == SMP_NO_START || abs(at - own) < abs(*best - own))
        *best = at;
}

/* Instants of one offset, both included, by the day on which it ends. */
static void
consider_by_end(const struct finding *f, int64_t first, int64_t last,
                int32_t offset)
{
    while (first <= last) {
        int64_t end = first + f->length - 1, until, midnight;
        int32_t after = offset_at(f->starts, end, &until);
        int32_t day = smp_day_at(end + after);
        int32_t tail = day > f->day ? day - f->day : 0;

        midnight = ((int64_t)day + 1) * SMP_DAY_SECONDS - after;
        if (midnight < until)
            until = midnight;
        until -= f->length - 1;
        if (until > last + 1)
            until = last + 1;
        consider(f, first + offset, until - 1 + offset, tail, offset);
        first = until;
    }
}

/*
 * The first instant at or after one whose local time names it: local times
 * that occur twice name the first.
 */
static int64_t
first_that_is_named(const struct smp_zone *zone, int64_t instant,
                    int32_t offset)
{
    int64_t named = smp_zone_to_instant(zone, instant + offset), change;

    if (named == instant ||
        !smp_zone_next_change(zone, named + 1, instant, &change))
        return instant;
    return change + smp_zone_offset(zone, change - 1) - offset;
}

/* Instants at which it may begin, both included. */
static void
consider_instants(const struct finding *f, int64_t first, int64_t last)
{
    while (first <= last) {
        int64_t until, named;
        int32_t offset = offset_at(f->starts, first, &until);

        named = first_that_is_named(f->starts->zone, first, offset);
        if (until > last + 1)
            until = last + 1;
        consider_by_end(f, named, until - 1, offset);
        first = until;
    }
}

/* An opening, as instants, but for what is taken. */
static void
consider_opening(const struct finding *f, int64_t from, int64_t until)
{
    const struct smp_intervals *taken = &f->starts->taken;
    size_t i;

    for (i = 0; i < taken->count && from < until; i++) {
        if (taken->at[i].until <= from)
            continue;
        if (taken->at[i].from >= until)
            break;
        consider_instants(f, from, taken->at[i].from - f->length);
        from = taken->at[i].until;
    }
    consider_instants(f, from, until - f->length);
}

static bool
ends_by(const void *interval, const void *instant)
{
    return ((const struct smp_interval *)interval)->until <=
           *(const int64_t *)instant;
}

/* Adds the times of [from, until) at which the studio is closed. */
static void
add_closed(const struct smp_starts *starts, int64_t from, int64_t until,
           struct smp_intervals *list)
{
    const struct smp_intervals *closed = starts->closed;
    size_t i;

    if (!closed)
        return;
    i = smp_first_from(closed->at, closed->count, sizeof *closed->at, &from,
                       ends_by);
    for (; i < closed->count && closed->at[i].from < until; i++)
        smp_intervals_add(list, closed->at[i].from, closed->at[i].until);
}

static void
set_taken(struct smp_starts *starts, int64_t from, int64_t until)
{
    size_t i, full;

    starts->taken.count = 0;
    if (starts->busy)
        smp_busy_taken(starts->busy, from, until + starts->buffer,
                       starts->chairs, &starts->taken);
    full = starts->taken.count;
    for (i = 0; i < full; i++) /* the buffer is to be over by then */
        starts->taken.at[i].from -= starts->buffer;
    add_closed(starts, from, until, &starts->taken);
    for (i = 0; i < starts->avoid.count; i++) {
        const struct smp_interval *avoid = &starts->avoid.at[i];

        if (avoid->from < until && from < avoid->until)
            smp_intervals_add(&starts->taken, avoid->from, avoid->until);
    }
    if (starts->taken.count > full)
        smp_intervals_sort(&starts->taken);
}

static void
consider_day(struct finding *f, int64_t from, int64_t until)
{
    struct smp_intervals *open = &f->starts->open;
    size_t i;

    f->from_midnight = true;
    if (!f->starts->hours) {
        consider_opening(f, from, until);
        return;
    }
    openings_on(f->starts, f->day, open);
    for (i = 0; i < open->count; i++) {
        f->origin = open->at[i].from;
        f->from_midnight =
            open->at[i].until - open->at[i].from >= SMP_DAY_SECONDS;
        consider_opening(f, open->at[i].from > from ? open->at[i].from : from,
                         open->at[i].until < until ? open->at[i].until : until);
    }
}

struct smp_day_starts
smp_starts_on(struct smp_starts *starts, int32_t day, int64_t length)
{
    struct smp_day_starts best = {{SMP_NO_START, SMP_NO_START, SMP_NO_START},
                                  0};
    struct finding f = {
        .starts = starts,
        .day = day,
        .midnight = (int64_t)day * SMP_DAY_SECONDS,
        .length = length,
        .best = &best,
    };
    int64_t from = smp_zone_to_instant(starts->zone, f.midnight) - SLACK;
    int64_t until =
        smp_zone_to_instant(starts->zone, f.midnight + SMP_DAY_SECONDS) +
        length + SLACK;

    if (from < starts->not_before)
        from = starts->not_before;
    if (from >= until || smp_starts_is_away(starts, day, day))
        return best;
    set_taken(starts, from, until);
    consider_day(&f, from, until);
    return best;
}

/* Midnights in any zone are within two days of those in UTC. */
bool
smp_starts_unhindered(struct smp_starts *starts, int32_t day, int64_t length)
{
    int64_t from = ((int64_t)day - 2) * SMP_DAY_SECONDS, until;

    if (starts->hours || starts->busy || starts->closed || starts->away_count ||
        starts->avoid.count || starts->not_before > from ||
        length > SMP_DAY_SECONDS)
        return false;
    offset_at(starts, from, &until);
    return until >= from + 5 * SMP_DAY_SECONDS;
}

bool
smp_starts_any(const struct smp_day_starts *starts)
{
    int tail;

    for (tail = 0; tail < SMP_TAILS; tail++)
        if (starts->at[tail] != SMP_NO_START)
            return true;
    return false;
}

bool
smp_starts_fit(struct smp_starts *starts, int32_t day, int32_t time,
               int64_t length, int *tail)
{
    int32_t own = starts->time;
    bool only = starts->time_only;
    struct smp_day_starts found;

    starts->time = time;
    starts->time_only = true;
    found = smp_starts_on(starts, day, length);
    starts->time = own;
    starts->time_only = only;
    for (*tail = 0; *tail < SMP_TAILS; ++*tail)
        if (found.at[*tail] != SMP_NO_START)
            return true;
    return false;
}

static bool
has_start(struct smp_starts *starts, int32_t day, int64_t length)
{
    struct smp_day_starts found = smp_starts_on(starts, day, length);

    return smp_starts_any(&found);
}

/* Why it may not begin on a day that has openings: what is first in the way. */
static enum smp_obstacle
obstacle_when_open(const struct smp_starts *starts, int32_t day, int64_t length)
{
    struct smp_starts bare = *starts;
    enum smp_obstacle obstacle = SMP_OWN;

    bare.taken = bare.open = bare.avoid = (struct smp_intervals){0};
    bare.busy = NULL;
    bare.not_before = INT64_MIN;
    if (!has_start(&bare, day, length))
        obstacle = SMP_TOO_SHORT;
    bare.not_before = starts->not_before;
    if (obstacle == SMP_OWN && !has_start(&bare, day, length))
        obstacle = SMP_PAST;
    bare.busy = starts->busy;
    if (obstacle == SMP_OWN && !has_start(&bare, day, length))
        obstacle = SMP_FULL;
    smp_intervals_release(&bare.taken);
    smp_intervals_release(&bare.open);
    return obstacle;
}

static bool
is_covered(const struct smp_starts *starts, struct smp_interval opening)
{
    struct smp_intervals closed = {0};
    size_t i;

    add_closed(starts, opening.from, opening.until, &closed);
    for (i = 0; i < closed.count && closed.at[i].from <= opening.from; i++)
        opening.from = closed.at[i].until;
    smp_intervals_release(&closed);
    return opening.from >= opening.until;
}

/* Returns true if no opening touches the day, or what is closed covers all. */
static bool
is_closed(const struct smp_starts *starts, int32_t day)
{
    int64_t midnight = (int64_t)day * SMP_DAY_SECONDS;
    struct smp_intervals open = {0};
    bool closed = true;
    size_t i;

    if (starts->hours)
        openings_on(starts, day, &open);
    else
        smp_intervals_add(
            &open, instant_shown(starts->zone, midnight),
            instant_shown(starts->zone, midnight + SMP_DAY_SECONDS));
    for (i = 0; i < open.count; i++)
        closed &= is_covered(starts, open.at[i]);
    smp_intervals_release(&open);
    return closed;
}

enum smp_obstacle
smp_starts_obstacle(const struct smp_starts *starts, int32_t day,
                    int64_t length)
{
    int64_t midnight = ((int64_t)day + 1) * SMP_DAY_SECONDS;

    if (smp_zone_to_instant(starts->zone, midnight) <= starts->not_before)
        return SMP_PAST;
    if (smp_starts_is_away(starts, day, day))
        return SMP_AWAY;
    if (is_closed(starts, day))
        return SMP_CLOSED;
    return obstacle_when_open(starts, day, length);
}
