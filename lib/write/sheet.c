#include "write/write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/wrap.h"
#include "care/care.h"
#include "care/lines.h"
#include "protocol/words.h"
#include "write/text.h"

/* One sheet: the items of a session and phase, in the order of time. */
struct sheet {
    struct smp_buf *out;
    const struct smp_protocol *protocol;
    const struct smp_plan *plan;
    const struct smp_session *session;
    const struct smp_item **items;
    size_t count;
};

/* Missing ends come last. */
static int
compare_when(struct smp_when a, struct smp_when b)
{
    if (a.kind == SMP_NEVER || b.kind == SMP_NEVER)
        return (a.kind == SMP_NEVER) - (b.kind == SMP_NEVER);
    return (a.seconds > b.seconds) - (a.seconds < b.seconds);
}

/* What begins on an uncertain day comes by the last day it may. */
static struct smp_when
sorting_start(const struct smp_item *item)
{
    return item->start_latest.kind != SMP_NEVER && item->start_on
               ? item->start_latest
               : item->start;
}

static int
compare_names(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "");
}

static int
compare_bounds(const struct smp_item *a, const struct smp_item *b)
{
    int order = compare_when(sorting_start(a), sorting_start(b));

    if (!order)
        order = compare_when(a->end, b->end);
    if (!order)
        order = compare_when(a->end_earliest, b->end_earliest);
    if (!order)
        order = compare_when(a->start, b->start);
    if (!order) /* an exact beginning comes first */
        order = -compare_when(a->start_latest, b->start_latest);
    if (!order)
        order = compare_names(a->start_on, b->start_on);
    if (!order)
        order = compare_names(a->end_on, b->end_on);
    return order;
}

static int
compare_items(const void *a, const void *b)
{
    const struct smp_item *first = *(const struct smp_item *const *)a;
    const struct smp_item *second = *(const struct smp_item *const *)b;
    int order = compare_bounds(first, second);

    return order ? order : (first > second) - (first < second);
}

static void
start_words(struct smp_buf *out, const struct sheet *s,
            const struct smp_item *item)
{
    const struct smp_protocol *protocol = s->protocol;
    int32_t around = smp_session_day(s->session);
    struct smp_buf start = {0}, latest = {0};

    smp_text_when(&start, protocol, item->start, around);
    if (item->start_latest.kind == SMP_NEVER) {
        smp_buf_puts(out, smp_buf_text(&start));
    } else {
        smp_text_when(&latest, protocol, item->start_latest, around);
        smp_words(out, protocol, "when.start-between",
                  SMP_VALUES({"start", smp_buf_text(&start)},
                             {"start2", smp_buf_text(&latest)}));
    }
    smp_buf_release(&start);
    smp_buf_release(&latest);
}

/* The last day before an end. */
static int32_t
last_day(struct smp_when end)
{
    return smp_day_at(end.seconds - 1);
}

/* "usually 7 to 10 days: 8 to 11 December" of a milestone that is a bound. */
static void
until_milestone(struct sheet *s, const struct smp_item *item, const char *start)
{
    const char *label = smp_label_of(s->protocol, "milestone.", item->end_on);
    const struct smp_milestone *milestone =
        smp_protocol_milestone(s->protocol, item->end_on);
    struct smp_buf range = {0}, dates = {0};
    bool open = item->end.kind == SMP_NEVER;

    if (!open) {
        smp_words_dates(&dates, s->protocol,
                        smp_day_at(item->end_earliest.seconds),
                        last_day(item->end));
        if (milestone && milestone->has_range)
            smp_words_range(&range, s->protocol, milestone->range.min,
                            milestone->range.max);
    }
    smp_words(s->out, s->protocol,
              open        ? "when.until-milestone.open"
              : range.len ? "when.until-milestone"
                          : "when.until-milestone.dates",
              SMP_VALUES({"start", start},
                         {"milestone", label ? label : item->end_on},
                         {"range", smp_buf_text(&range)},
                         {"dates", smp_buf_text(&dates)}));
    smp_buf_release(&range);
    smp_buf_release(&dates);
}

/* Both bounds are days: "24 to 30 November", "1 December". */
static void
days_words(struct sheet *s, const struct smp_item *item)
{
    int32_t first = smp_day_at(item->start.seconds);
    int32_t last = last_day(item->end);
    struct smp_buf dates = {0};

    smp_words_dates(&dates, s->protocol, first, last);
    smp_words(s->out, s->protocol, "when.on",
              SMP_VALUES({"start", smp_buf_text(&dates)}));
    smp_buf_release(&dates);
}

static bool
ends_with_session(const struct sheet *s, const struct smp_item *item)
{
    return item->phase == SMP_PRE && item->end.kind != SMP_NEVER &&
           item->end.seconds == smp_session_start(s->session);
}

static void
until_words(struct sheet *s, const struct smp_item *item, const char *start)
{
    int32_t around = smp_session_day(s->session);
    struct smp_buf end = {0}, earliest = {0};
    const char *key = "when.until";

    if (item->end.kind == SMP_NEVER)
        key = "when.from";
    else
        smp_text_when(&end, s->protocol, item->end, around);
    if (item->end_earliest.kind != SMP_NEVER) {
        key = item->end.kind == SMP_NEVER ? "when.until-open"
                                          : "when.until-between";
        smp_text_when(&earliest, s->protocol, item->end_earliest, around);
    }
    if (ends_with_session(s, item))
        key = "when.until-session";
    smp_words(s->out, s->protocol, key,
              SMP_VALUES({"start", start}, {"end", smp_buf_text(&end)},
                         {"earliest", smp_buf_text(&earliest)}));
    smp_buf_release(&end);
    smp_buf_release(&earliest);
}

static bool
is_unsettled(const struct smp_item *item)
{
    return item->end_on && item->end_earliest.kind != SMP_NEVER;
}

/* It begins with a milestone that nobody has confirmed. */
static bool
begins_with_milestone(const struct sheet *s, const struct smp_item *item)
{
    struct smp_item_days days = smp_item_days(s->plan, item);

    return item->start_on && days.sure != days.first;
}

static void
once_words(struct sheet *s, const struct smp_item *item)
{
    const char *label = smp_label_of(s->protocol, "once.", item->start_on);
    const char *named = smp_label_of(s->protocol, "milestone.", item->start_on);
    struct smp_buf once = {0}, end = {0};

    if (label)
        smp_buf_puts(&once, label);
    else
        smp_words(&once, s->protocol, "when.once",
                  SMP_VALUES({"milestone", named ? named : item->start_on}));
    if (item->end.kind != SMP_NEVER)
        smp_text_when(&end, s->protocol, item->end,
                      smp_session_day(s->session));
    if (end.len)
        smp_words(s->out, s->protocol, "when.once-until",
                  SMP_VALUES({"once", smp_buf_text(&once)},
                             {"end", smp_buf_text(&end)}));
    else
        smp_buf_puts(s->out, smp_buf_text(&once));
    smp_buf_release(&once);
    smp_buf_release(&end);
}

static void
bounds_words(struct sheet *s, const struct smp_item *item)
{
    struct smp_buf start = {0};

    start_words(&start, s, item);
    if (begins_with_milestone(s, item))
        once_words(s, item);
    else if (is_unsettled(item))
        until_milestone(s, item, smp_buf_text(&start));
    else if (item->start.kind == SMP_DAY && item->end.kind == SMP_DAY &&
             item->start_latest.kind == SMP_NEVER &&
             item->end_earliest.kind == SMP_NEVER)
        days_words(s, item);
    else
        until_words(s, item, smp_buf_text(&start));
    smp_buf_release(&start);
}

static void
group_heading(struct sheet *s, const struct smp_item *item)
{
    struct smp_buf text = {0}, *out = s->out;

    s->out = &text;
    bounds_words(s, item);
    s->out = out;
    smp_text_capital(&text, 0);
    smp_wrap(out, "  ", 2, SMP_TEXT_WIDTH, smp_buf_text(&text));
    smp_buf_release(&text);
}

/* The question whether all has healed, on the days it may have. */
static void
healed_question(struct sheet *s, const struct smp_item *item)
{
    struct smp_buf dates = {0};

    smp_words_dates(&dates, s->protocol, smp_day_at(item->end_earliest.seconds),
                    last_day(item->end));
    smp_text_capital(&dates, 0);
    smp_wrap(s->out, "  ", 2, SMP_TEXT_WIDTH, smp_buf_text(&dates));
    smp_text_line(s->out, s->protocol, "question",
                  smp_label(s->protocol, "healed.question"));
    smp_buf_release(&dates);
}

static bool
asks_for_healing(const struct smp_item *item)
{
    return is_unsettled(item) && strcmp(item->end_on, "healed") == 0 &&
           item->end.kind != SMP_NEVER;
}

static void
put_groups(struct sheet *s)
{
    const struct smp_item *healing = NULL;
    size_t i;

    for (i = 0; i < s->count; i++) {
        const struct smp_item *item = s->items[i];
        bool new_group = !i || compare_bounds(s->items[i - 1], item) != 0;

        if (new_group && healing &&
            compare_when(sorting_start(item), healing->end_earliest) >= 0) {
            healed_question(s, healing);
            healing = NULL;
        }
        if (new_group)
            group_heading(s, item);
        if (asks_for_healing(item))
            healing = item;
        smp_text_line(s->out, s->protocol, smp_verb_names[item->verb],
                      item->text);
    }
    if (healing)
        healed_question(s, healing);
}

static void
session_time(struct sheet *s, struct smp_buf *out)
{
    int64_t end = smp_session_end(s->plan, s->session, s->protocol);
    struct smp_buf date = {0}, from = {0}, to = {0};

    smp_words_date(&date, s->protocol, "date.full",
                   smp_session_day(s->session));
    smp_words_time(&from, smp_session_start(s->session));
    smp_words_time(&to, end);
    smp_words(out, s->protocol,
              s->session->start.kind == SMP_DAY ? "sheet.day" : "sheet.times",
              SMP_VALUES({"date", smp_buf_text(&date)},
                         {"time", smp_buf_text(&from)},
                         {"end", smp_buf_text(&to)}));
    smp_buf_release(&date);
    smp_buf_release(&from);
    smp_buf_release(&to);
}

static void
sheet_heading(struct sheet *s, enum smp_phase phase)
{
    struct smp_buf date = {0}, text = {0};
    char n[16];

    snprintf(n, sizeof n, "%d", s->session->number);
    session_time(s, &date);
    smp_words(&text, s->protocol, phase == SMP_PRE ? "sheet.pre" : "sheet.post",
              SMP_VALUES({"n", n}, {"date", smp_buf_text(&date)}));
    if (s->session->status == SMP_PROPOSED)
        smp_words(
            &text, s->protocol, "sheet.proposed",
            SMP_VALUES({"status", smp_label(s->protocol, "status.proposed")}));
    smp_wrap(s->out, "", 0, SMP_TEXT_WIDTH, smp_buf_text(&text));
    smp_buf_putc(s->out, '\n');
    smp_buf_release(&date);
    smp_buf_release(&text);
}

static void
put_late(struct sheet *s)
{
    struct smp_buf text = {0};

    smp_late_words(&text, s->protocol, s->session);
    smp_wrap(s->out, "", 0, SMP_TEXT_WIDTH, smp_buf_text(&text));
    smp_buf_putc(s->out, '\n');
    smp_buf_release(&text);
}

static void
put_phase(struct sheet *s, enum smp_phase phase)
{
    bool late = phase == SMP_PRE && s->session->late.count;
    size_t i;

    s->count = 0;
    for (i = 0; i < s->plan->item_count; i++)
        if (s->plan->items[i].session == s->session->number &&
            s->plan->items[i].phase == phase)
            s->items[s->count++] = &s->plan->items[i];
    if (!s->count && !late)
        return;
    if (s->count)
        qsort(s->items, s->count, sizeof(const struct smp_item *),
              compare_items);
    sheet_heading(s, phase);
    if (late)
        put_late(s);
    put_groups(s);
    smp_buf_putc(s->out, '\n');
}

static void
nothing(struct smp_writer *writer)
{
    (void)writer;
}

static void
put(struct smp_writer *writer, struct smp_plan *plan,
    const struct smp_protocol *protocol)
{
    struct sheet s = {.out = &writer->out, .protocol = protocol, .plan = plan};
    size_t i;

    if (writer->plans++)
        smp_buf_putc(s.out, '\n');
    s.items = smp_arena_alloc(&plan->arena, (plan->item_count + 1) *
                                                sizeof(struct smp_item *));
    smp_text_client(s.out, plan);
    for (i = 0; i < plan->session_count; i++) {
        s.session = &plan->sessions[i];
        put_phase(&s, SMP_PRE);
        put_phase(&s, SMP_POST);
    }
    smp_text_caution(s.out, protocol);
}

const struct smp_renderer smp_write_sheet = {nothing, put, nothing};
