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
        (struct cal_occurrence){local, local, lasts, INT64_MIN, true};
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
            local = smp_cal_day_meant(reader, date.time) * SMP_DAY_SECONDS;
        else
            local = smp_zone_to_local(
                zone, smp_cal_instant(&reader->zones, date.time, length->zone));
        add_time(times, local, event->start.day ? CAL_AS_EVENT : date.length);
    }
}

static int
compare(const void *a, const void *b)
{
    const struct cal_occurrence *left = a, *right = b;

    return (left->local > right->local) - (left->local < right->local);
}

/* Seconds, about, of one that lasts so. */
static int64_t
about(const struct cal_length *length, int64_t lasts)
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
    qsort(times->at, times->count, sizeof *times->at, compare);
    for (size_t i = 0; i < times->count; i++) {
        const struct cal_occurrence *one = &times->at[i];

        if (!kept || times->at[kept - 1].local != one->local)
            times->at[kept++] = *one;
        else if (about(length, one->lasts) >
                 about(length, times->at[kept - 1].lasts))
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

    longest = (longest > changed ? longest : changed) + SLACK;
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
    add_dates(reader, event, length, zone, times);
    sort_times(times, length);
    if (!recurrence->rule_count && !recurrence->date_count && times->count)
        times->at[0].recurs = false;
}
