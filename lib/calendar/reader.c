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

static int
order(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

/* Those of one UID together: itself, then its overrides; the best last. */
static int
compare(const void *a, const void *b)
{
    const struct cal_head *left = *(struct cal_head *const *)a;
    const struct cal_head *right = *(struct cal_head *const *)b;
    int by = (left->hash > right->hash) - (left->hash < right->hash);

    if (!by)
        by = (int)left->is_override - (int)right->is_override;
    if (!by)
        by = order(left->of, right->of);
    if (!by)
        by = order(left->sequence, right->sequence);
    if (!by)
        by = order(left->stamp, right->stamp);
    return by ? by : (left->line > right->line) - (left->line < right->line);
}

static bool
is_same_entry(const struct cal_head *a, const struct cal_head *b)
{
    return a->hash == b->hash && a->is_override == b->is_override &&
           a->of == b->of;
}

/* In its end, or in whether it recurs. */
static bool
differs(const struct cal_event *a, const struct cal_event *b)
{
    return a->end_kind != b->end_kind || a->end.local != b->end.local ||
           a->days != b->days || a->seconds != b->seconds ||
           !a->recurrence != !b->recurrence;
}

/*
 * Some programs give all their events one UID, and no version is later than
 * another then. If their times are not the same, all count.
 */
static bool
is_other_event(const struct cal_head *head, const struct cal_head *best)
{
    const struct cal_event *a = (const struct cal_event *)head;
    const struct cal_event *b = (const struct cal_event *)best;

    if (head->is_override || head->sequence != best->sequence ||
        head->stamp != best->stamp)
        return false;
    return !head->is_whole || !best->is_whole ||
           a->start.local != b->start.local || a->start.zone != b->start.zone ||
           differs(a, b);
}

static void
choose(struct cal_reader *reader, struct cal_head **heads, size_t n)
{
    struct cal_head *best = heads[n - 1];
    bool others = false;

    for (size_t i = 0; i + 1 < n; i++) {
        heads[i]->lost = !is_other_event(heads[i], best);
        others |= !heads[i]->lost && heads[i]->is_whole;
    }
    if (others && best->is_whole)
        smp_cal_remark(reader, best->line, ((struct cal_event *)best)->uid,
                       "other events have its UID; all of them count");
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

/* Whatever the zone in which it is written. */
static void
set_original(const struct cal_reader *reader, struct cal_head *head)
{
    const struct cal_event *event = (struct cal_event *)head;

    if (head->is_override)
        head->of = smp_cal_instant(&reader->zones, event->original, NULL);
}

void
smp_cal_merge(struct cal_reader *reader)
{
    struct cal_head **heads = reader->heads;
    size_t count = reader->head_count, used = 0;

    if (!count)
        return;
    for (size_t i = 0; i < count; i++)
        set_original(reader, heads[i]);
    qsort(heads, count, sizeof *heads, compare);
    reader->order = smp_calloc(count, sizeof *reader->order);
    for (size_t i = 0, n; i < count; i += n) {
        for (n = 1; i + n < count && is_same_entry(heads[i], heads[i + n]);)
            n++;
        choose(reader, heads + i, n);
    }
    for (size_t i = 0, n; i < count; i += n) {
        for (n = 1; i + n < count && heads[i]->hash == heads[i + n]->hash;)
            n++;
        give_overrides(reader, heads + i, n, &used);
    }
}
