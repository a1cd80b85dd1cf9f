#include "calendar/reader.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "time/civil.h"

enum { SLACK = 2 * SMP_DAY_SECONDS };

const char *
smp_cal_clean(struct cal_reader *reader, const char *text)
{
    smp_buf_cut(&reader->text, 0);
    smp_utf8_clean(&reader->text, text, strlen(text));
    return smp_buf_text(&reader->text);
}

void
smp_cal_remark(struct cal_reader *reader, unsigned long line, const char *uid,
               const char *format, ...)
{
    struct smp_calendar *calendar = reader->calendar;
    struct smp_buf what = {0};
    va_list args;

    if (reader->remarks++ >= SMP_REMARKS_MAX)
        return;
    va_start(args, format);
    smp_buf_vprintf(&what, format, args);
    va_end(args);
    calendar->remark(calendar->context, line, smp_cal_clean(reader, uid), false,
                     smp_buf_text(&what));
    smp_buf_release(&what);
}

void
smp_cal_drop(struct cal_reader *reader, unsigned long line, const char *uid,
             const char *what)
{
    struct smp_calendar *calendar = reader->calendar;

    calendar->dropped++;
    calendar->remark(calendar->context, line, smp_cal_clean(reader, uid), true,
                     what);
}

void *
smp_cal_keep(struct cal_reader *reader, size_t size)
{
    reader->kept += size + sizeof(void *);
    return smp_arena_alloc(&reader->arena, size);
}

/* As an output may show it: most texts are so already. */
char *
smp_cal_keep_text(struct cal_reader *reader, const char *text)
{
    text = smp_cal_clean(reader, text);
    reader->kept += reader->text.len + sizeof(void *);
    return smp_arena_strdup(&reader->arena, text);
}

bool
smp_cal_is_from_beginning(const struct smp_calendar *calendar)
{
    return smp_day_at(calendar->from) <= smp_day_of(SMP_YEAR_MIN, 1, 1);
}

bool
smp_cal_is_to_end(const struct smp_calendar *calendar)
{
    return smp_day_at(calendar->until) >= smp_day_of(SMP_YEAR_MAX, 12, 31);
}

bool
smp_cal_may_touch(const struct cal_reader *reader, int64_t start, int64_t end)
{
    const struct smp_calendar *calendar = reader->calendar;

    return (start - SLACK < calendar->until || smp_cal_is_to_end(calendar)) &&
           (end + SLACK > calendar->from ||
            smp_cal_is_from_beginning(calendar));
}

void
smp_cal_append(struct cal_reader *reader, struct cal_event *event)
{
    event->next = NULL;
    *reader->last = event;
    reader->last = &event->next;
}

void
smp_cal_doubt(struct cal_reader *reader, struct cal_event *event,
              const char *what, const char *why)
{
    event->understood = false;
    smp_cal_remark(reader, event->head.line, event->uid, "%s%s%s", what,
                   why ? ": " : "", why ? why : "");
}

void
smp_cal_doubt_zone(struct cal_reader *reader, struct cal_event *event)
{
    event->understood = false;
    if (!reader->told_readings)
        smp_cal_remark(reader, event->head.line, event->uid,
                       "a time with both TZID and Z: both readings count");
    reader->told_readings = true;
}

/*
 * Which events count
 *
 * An entry is a UID, or the override of one of its occurrences, in one
 * VCALENDAR. If several events claim to be one entry,
 *
 *   - a later revision replaces the others: SEQUENCE decides, then
 *     LAST-MODIFIED. DTSTAMP does not, for many programs write the time of the
 *     export there, and some give all their events one UID;
 *   - of those that are left, events at the same times are one;
 *   - all others count, because nothing says which of them is meant.
 *
 * Between the VCALENDARs of a stream only events at the same times are one.
 *
 * Sorting brings entries together, and within them equal times, so that a
 * million events of one UID cost no more than a million of their own.
 */
static int
order(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int
order_dates(const struct cal_time *a, const struct cal_time *b)
{
    int by = order(a->local, b->local);

    if (!by)
        by = order((int64_t)(intptr_t)a->zone, (int64_t)(intptr_t)b->zone);
    return by ? by : (int)a->day - (int)b->day;
}

static int
order_recurrences(const struct cal_recurrence *a,
                  const struct cal_recurrence *b)
{
    int by = (a != NULL) - (b != NULL);

    if (by || !a)
        return by;
    by = order((int64_t)a->rule_count, (int64_t)b->rule_count);
    if (!by)
        by = order((int64_t)a->date_count, (int64_t)b->date_count);
    if (!by)
        by = order((int64_t)a->without_count, (int64_t)b->without_count);
    for (size_t i = 0; !by && i < a->rule_count; i++)
        by = strcmp(a->rules[i], b->rules[i]);
    for (size_t i = 0; !by && i < a->date_count; i++)
        by = order_dates(&a->dates[i].time, &b->dates[i].time);
    for (size_t i = 0; !by && i < a->date_count; i++)
        by = order(a->dates[i].length, b->dates[i].length);
    for (size_t i = 0; !by && i < a->without_count; i++)
        by = order_dates(&a->without[i], &b->without[i]);
    return by;
}

/* Returns 0 if both are at the same times. */
static int
order_times(const struct cal_head *left, const struct cal_head *right)
{
    const struct cal_event *a = (const struct cal_event *)left;
    const struct cal_event *b = (const struct cal_event *)right;
    int by = order(left->start, right->start);

    if (!by)
        by = order(left->until, right->until);
    if (!by)
        by = (int)left->is_whole - (int)right->is_whole;
    if (by || !left->is_whole)
        return by;
    by = (int)a->start.day - (int)b->start.day;
    if (!by)
        by = order_recurrences(a->recurrence, b->recurrence);
    if (!by && a->recurrence)
        by = order((int64_t)(intptr_t)a->start.zone,
                   (int64_t)(intptr_t)b->start.zone);
    return by;
}

/* An entry's UID is known by its hash alone. */
static int
order_entries(const struct cal_head *left, const struct cal_head *right)
{
    int by = (left->hash > right->hash) - (left->hash < right->hash);

    if (!by)
        by = (int)left->is_override - (int)right->is_override;
    return by ? by : order(left->of, right->of);
}

static int
compare_in_calendar(const void *a, const void *b)
{
    const struct cal_head *left = *(struct cal_head *const *)a;
    const struct cal_head *right = *(struct cal_head *const *)b;
    int by = order((int64_t)left->calendar, (int64_t)right->calendar);

    if (!by)
        by = order_entries(left, right);
    if (!by)
        by = order_times(left, right);
    return by ? by : order((int64_t)left->line, (int64_t)right->line);
}

static int
compare_in_stream(const void *a, const void *b)
{
    const struct cal_head *left = *(struct cal_head *const *)a;
    const struct cal_head *right = *(struct cal_head *const *)b;
    int by = order_entries(left, right);

    if (!by)
        by = order_times(left, right);
    return by ? by : order((int64_t)left->line, (int64_t)right->line);
}

static bool
is_later(const struct cal_head *a, const struct cal_head *b)
{
    if (a->sequence != b->sequence)
        return a->sequence > b->sequence;
    return b->modified && a->modified > b->modified;
}

static bool
is_free(const struct cal_head *head)
{
    const struct cal_event *event = (const struct cal_event *)head;

    return head->is_whole && (event->cancelled || event->free);
}

/* Of two that are at the same times the later one counts, else a busy one. */
static void
lose_one(struct cal_head *a, struct cal_head *b)
{
    if (is_later(a, b) || (!is_later(b, a) && is_free(b)))
        b->lost = true;
    else
        a->lost = true;
}

/* What is said once, with the line of the first event it is said of. */
struct tally {
    unsigned long count, line;
};

static void
tally_add(struct tally *tally, const struct cal_head *head)
{
    if (!tally->count++ || head->line < tally->line)
        tally->line = head->line;
}

/* Among the events of one entry. */
static void
choose(struct cal_head **heads, size_t n, struct tally *replaced,
       struct tally *shared)
{
    struct cal_head *best = heads[0], *last = NULL;
    size_t left = 0;

    for (size_t i = 1; i < n; i++)
        if (heads[i]->sequence > best->sequence ||
            (heads[i]->sequence == best->sequence &&
             heads[i]->modified > best->modified))
            best = heads[i];
    for (size_t i = 0; i < n; i++) {
        struct cal_head *head = heads[i];

        head->lost = is_later(best, head);
        if (head->lost && head->is_whole)
            tally_add(replaced, head);
        if (head->lost)
            continue;
        if (last && !order_times(last, head))
            lose_one(last, head);
        else
            left += head->is_whole;
        last = head->lost && last ? last : head;
    }
    if (left > 1)
        tally_add(shared, best);
}

/* Overrides go to every event of their UID that counts. */
static void
give_overrides(struct cal_reader *reader, struct cal_head **heads, size_t n,
               size_t *used)
{
    struct cal_event **overrides = reader->order + *used;
    size_t count = 0;

    for (size_t i = 0; i < n; i++)
        if (heads[i]->is_override && !heads[i]->lost)
            overrides[count++] = (struct cal_event *)heads[i];
    *used += count;
    for (size_t i = 0; i < count && !heads[0]->is_override; i++)
        overrides[i]->alone = false;
    for (size_t i = 0; i < n && !heads[i]->is_override; i++) {
        struct cal_event *event = (struct cal_event *)heads[i];

        if (!heads[i]->is_whole || heads[i]->lost)
            continue;
        event->overrides = overrides;
        event->override_count = count;
    }
}

/* Instants, whatever the zones in which they are written. */
static void
set_instants(const struct cal_reader *reader, struct cal_head *head)
{
    const struct cal_event *event = (struct cal_event *)head;
    const struct cal_zones *zones = &reader->zones;

    if (!head->is_whole)
        return;
    head->start = smp_cal_instant(zones, event->start, NULL);
    head->until = event->end_kind == CAL_END_TIME
                      ? smp_cal_instant(zones, event->end, event->start.zone)
                      : head->start + (int64_t)event->days * SMP_DAY_SECONDS +
                            event->seconds;
    if (head->is_override)
        head->of = smp_cal_instant(zones, event->original, NULL);
}

static void
report(struct cal_reader *reader, const struct tally *replaced,
       const struct tally *shared)
{
    if (replaced->count)
        smp_cal_remark(reader, replaced->line, "",
                       "%lu event%s replaced by later revisions",
                       replaced->count, replaced->count == 1 ? "" : "s");
    if (shared->count)
        smp_cal_remark(reader, shared->line, "",
                       "%lu UID%s shared by different events of no known "
                       "order; all of them count",
                       shared->count, shared->count == 1 ? "" : "s");
}

static void
merge_calendars(struct cal_head **heads, size_t count)
{
    struct cal_head *last = NULL;

    qsort(heads, count, sizeof *heads, compare_in_stream);
    for (size_t i = 0; i < count; i++) {
        struct cal_head *head = heads[i];

        if (head->lost)
            continue;
        if (last && !order_entries(last, head) && !order_times(last, head))
            lose_one(last, head);
        last = head->lost && last ? last : head;
    }
}

void
smp_cal_merge(struct cal_reader *reader)
{
    struct cal_head **heads = reader->heads;
    size_t count = reader->head_count, used = 0;
    struct tally replaced = {0}, shared = {0};

    if (!count)
        return;
    for (size_t i = 0; i < count; i++)
        set_instants(reader, heads[i]);
    qsort(heads, count, sizeof *heads, compare_in_calendar);
    reader->order = smp_calloc(count, sizeof *reader->order);
    for (size_t i = 0, n; i < count; i += n) {
        for (n = 1; i + n < count &&
                    heads[i]->calendar == heads[i + n]->calendar &&
                    !order_entries(heads[i], heads[i + n]);)
            n++;
        choose(heads + i, n, &replaced, &shared);
    }
    for (size_t i = 0, n; i < count; i += n) {
        for (n = 1; i + n < count &&
                    heads[i]->calendar == heads[i + n]->calendar &&
                    heads[i]->hash == heads[i + n]->hash;)
            n++;
        give_overrides(reader, heads + i, n, &used);
    }
    report(reader, &replaced, &shared);
    if (heads[0]->calendar != heads[count - 1]->calendar)
        merge_calendars(heads, count);
}
