#include "calendar/draft.h"

#include <string.h>

#include "calendar/emit.h"
#include "time/civil.h"

enum { SLACK = 2 * SMP_DAY_SECONDS };

static uint64_t
hash_of(const char *text)
{
    uint64_t hash = 14695981039346656037U; /* FNV-1a */

    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 1099511628211U;
    return hash;
}

static void
keep_texts(struct cal_draft *draft, struct cal_event *kept)
{
    struct cal_reader *reader = draft->reader;

    kept->uid = smp_cal_keep_text(reader, kept->uid);
    kept->summary = smp_cal_keep_text(reader, kept->summary);
    if (kept->categories.count)
        kept->categories.at = smp_cal_keep(
            reader, kept->categories.count * sizeof *kept->categories.at);
    for (size_t i = 0; i < kept->categories.count; i++)
        kept->categories.at[i] =
            smp_cal_keep_text(reader, draft->categories[i]);
}

static void *
keep_array(struct cal_reader *reader, const void *array, size_t bytes)
{
    void *kept = smp_cal_keep(reader, bytes ? bytes : 1);

    if (bytes)
        memcpy(kept, array, bytes);
    return kept;
}

static bool
recurs(const struct cal_draft *draft)
{
    return draft->piece->given & (CAL_HAS_RRULE | CAL_LESS_OFTEN) ||
           draft->date_count || draft->without_count;
}

static struct cal_recurrence *
keep_recurrence(struct cal_draft *draft)
{
    const struct cal_piece *piece = draft->piece;
    struct cal_reader *reader = draft->reader;
    struct cal_recurrence *kept = smp_cal_keep(reader, sizeof *kept);

    kept->date_count = draft->date_count;
    kept->dates = keep_array(reader, draft->dates,
                             draft->date_count * sizeof *kept->dates);
    kept->without_count = draft->without_count;
    kept->without = keep_array(reader, draft->without,
                               draft->without_count * sizeof *kept->without);
    kept->rule_count = piece->rule_count;
    kept->rules = smp_cal_keep(reader, sizeof *kept->rules * (CAL_RULES + 1));
    for (size_t i = 0; i < piece->rule_count; i++)
        kept->rules[i] =
            smp_cal_keep_text(reader, smp_buf_text(&piece->rules[i]));
    /* What was left out cannot be followed. */
    if (piece->given & CAL_LESS_OFTEN)
        kept->rules[kept->rule_count++] = "";
    return kept;
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

static void
add_head(struct cal_reader *reader, struct cal_head *head)
{
    reader->heads = smp_grow(reader->heads, reader->head_count,
                             &reader->head_room, sizeof *reader->heads);
    reader->heads[reader->head_count++] = head;
    reader->kept += sizeof *reader->heads;
}

void
smp_cal_keep_draft(struct cal_draft *draft)
{
    struct cal_reader *reader = draft->reader;
    struct cal_event *event = &draft->event;
    bool named = *event->uid;
    bool whole = event->head.is_override || recurs(draft) ||
                 smp_cal_may_touch(reader, event->start.local,
                                   event->start.local + smp_cal_longest(event));
    void *kept;

    if (!whole && !named)
        return;
    event->head.is_whole = whole;
    event->head.hash = hash_of(event->uid);
    event->alone = true;
    kept =
        keep_array(reader, event, whole ? sizeof *event : sizeof event->head);
    if (named)
        add_head(reader, kept);
    if (!whole)
        return;
    event = kept;
    keep_texts(draft, event);
    smp_cal_keep_people(reader, event, draft->piece->component);
    /* Who is left out may be one that comes. */
    if (draft->piece->given & CAL_TOO_LARGE)
        event->declined = false;
    if (recurs(draft))
        event->recurrence = keep_recurrence(draft);
    smp_cal_append(reader, event);
}
