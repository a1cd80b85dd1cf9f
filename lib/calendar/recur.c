#include <stdlib.h>

#include "calendar/emit.h"
#include "calendar/rule.h"
#include "time/civil.h"

enum { SLACK = 2 * SMP_DAY_SECONDS };

static void
add_time(struct cal_times *times, int64_t local, int64_t lasts)
{
    times->at =
        smp_grow(times->at, times->count, &times->room, sizeof *times->at);
    times->at[times->count++] =
        (struct cal_occurrence){local, local, lasts, 0, true};
}

/* The last local time that UNTIL allows, in the zone of the event. */
static int64_t
until_local(const struct cal_reader *reader, const struct smp_zone *zone,
            const struct cal_rule *rule)
{
    struct cal_time until = rule->until;

    if (!rule->has_until)
        return INT64_MAX;
    if (until.day)
        return until.local + SMP_DAY_SECONDS - 1;
    if (until.zone->floating)
        return until.local;
    return smp_zone_to_local(zone,
                             smp_cal_instant(&reader->zones, until, NULL));
}

/* One that cannot be followed: busy from its start as long as it may go on. */
static void
refuse(struct cal_reader *reader, struct cal_event *event,
       const struct cal_rule *rule, const struct smp_zone *zone,
       struct cal_times *times, const char *why)
{
    int64_t until = until_local(reader, zone, rule);
    int64_t end = reader->calendar->until;

    smp_cal_doubt(reader, event, "its rule is not followed", why);
    if (rule->once)
        return;
    if (until < INT64_MAX && smp_zone_to_instant(zone, until) < end)
        end = smp_zone_to_instant(zone, until);
    times->refused = true;
    if (end > times->until)
        times->until = end;
}

static void
add_found(struct cal_times *times, struct cal_found *found)
{
    for (size_t i = 0; i < found->count; i++)
        add_time(times, found->at[i], -1);
    free(found->at);
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
    int64_t until = until_local(reader, zone, &rule);

    if (until < span.high)
        span.high = until;
    if (!wrong && reader->occurrences < 0)
        wrong = "too many occurrences before it";
    if (!wrong)
        wrong = smp_cal_rule_expand(&rule, span, &found, &reader->steps);
    if (wrong && until >= span.start)
        refuse(reader, event, &rule, zone, times, wrong);
    reader->occurrences -= (long)found.count;
    add_found(times, &found);
    smp_cal_rule_release(&rule);
    return until >= span.start;
}

static void
add_dates(const struct cal_reader *reader, const struct cal_event *event,
          const struct cal_length *length, const struct smp_zone *zone,
          struct cal_times *times)
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
            local = (int64_t)smp_day_at(local) * SMP_DAY_SECONDS;
        else
            local = smp_zone_to_local(
                zone, smp_cal_instant(&reader->zones, date.time, length->zone));
        add_time(times, local, event->start.day ? -1 : date.length);
    }
}

static int
compare(const void *a, const void *b)
{
    const struct cal_occurrence *left = a, *right = b;
    int by = (left->local > right->local) - (left->local < right->local);

    return by ? by
              : (left->lasts < right->lasts) - (left->lasts > right->lasts);
}

static void
sort_times(struct cal_times *times)
{
    size_t kept = 0;

    if (!times->count)
        return;
    qsort(times->at, times->count, sizeof *times->at, compare);
    for (size_t i = 0; i < times->count; i++)
        if (!kept || times->at[kept - 1].local != times->at[i].local)
            times->at[kept++] = times->at[i];
    times->count = kept;
}

/* Local times of which something may touch the window. */
static struct cal_span
span_of(const struct cal_reader *reader, const struct cal_event *event,
        const struct cal_length *length, const struct smp_zone *zone)
{
    int64_t longest =
        length->seconds + ((int64_t)length->days + 1) * SMP_DAY_SECONDS + SLACK;

    for (size_t i = 0; i < event->override_count; i++) {
        const struct cal_event *override = event->overrides[i];
        int64_t moved = override->start.local - override->original.local;

        if (override->onwards)
            longest += moved < 0 ? -moved : moved;
    }
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
    if (times->refused)
        times->count = 0;
    if (begins || times->refused)
        add_time(times, event->start.local, -1);
    if (!times->refused)
        add_dates(reader, event, length, zone, times);
    sort_times(times);
    if (!recurrence->rule_count && !recurrence->date_count && times->count)
        times->at[0].recurs = false;
}
