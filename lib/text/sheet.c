#include "write/write.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "care/in_force.h"
#include "care/lines.h"
#include "protocol/words.h"
#include "text/heading.h"
#include "text/text.h"

/* One sheet: the items of a session and phase, in the order of time. */
struct sheet {
    struct smp_buf *out;
    const struct smp_protocol *protocol;
    const struct smp_plan *plan;
    const struct smp_session *session;
    const struct smp_in_force *in_force;
    const struct smp_item **items; /* of one session and phase */
    size_t count;
    struct smp_memo *memo;
    struct smp_buf words; /* of a heading, before they are wrapped */
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

static bool
is_unsettled(const struct smp_item *item)
{
    return item->end_on && item->end_earliest.kind != SMP_NEVER;
}

static void
group_heading(struct sheet *s, const struct smp_item *item)
{
    struct smp_heading heading = {s->protocol, s->plan, s->session, item};

    smp_buf_cut(&s->words, 0);
    smp_heading_words(&s->words, &heading);
    smp_text_capital(&s->words, 0);
    smp_wrap(s->out, "  ", 2, SMP_TEXT_WIDTH, smp_buf_text(&s->words));
}

/* What is said to one client is said to others. */
static void
put_line(struct sheet *s, const char *verb, const char *text)
{
    struct smp_buf *line =
        smp_text_remembered(s->memo, s->protocol, verb, text);

    if (!line->len)
        smp_text_line(line, s->protocol, verb, text);
    smp_buf_add(s->out, line->data, line->len);
}

/* The question whether all has healed, on the days it may have. */
static void
healed_question(struct sheet *s, const struct smp_item *item)
{
    smp_buf_cut(&s->words, 0);
    smp_words_dates(&s->words, s->protocol,
                    smp_day_at(item->end_earliest.seconds),
                    smp_text_last_day(item->end));
    smp_text_capital(&s->words, 0);
    smp_wrap(s->out, "  ", 2, SMP_TEXT_WIDTH, smp_buf_text(&s->words));
    put_line(s, "question", smp_label(s->protocol, "healed.question"));
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
        put_line(s, smp_verb_names[item->verb], item->text);
    }
    if (healing)
        healed_question(s, healing);
}

static void
put_date(struct smp_buf *out, const void *context)
{
    const struct sheet *s = context;

    smp_words_date(out, s->protocol, "date.full", smp_session_day(s->session));
}

static void
put_start(struct smp_buf *out, const void *context)
{
    const struct sheet *s = context;

    smp_words_time(out, smp_session_start(s->session));
}

static void
put_end(struct smp_buf *out, const void *context)
{
    const struct sheet *s = context;

    smp_words_time(out, smp_session_end(s->plan, s->session, s->protocol));
}

static void
put_times(struct smp_buf *out, const void *context)
{
    static const struct smp_made values[] = {{"date", put_date},
                                             {"time", put_start},
                                             {"end", put_end},
                                             {NULL, NULL}};
    const struct sheet *s = context;
    bool day = s->session->start.kind == SMP_DAY;

    smp_words_made(out, s->protocol, day ? "sheet.day" : "sheet.times", values,
                   s);
}

static void
put_number(struct smp_buf *out, const void *context)
{
    const struct sheet *s = context;

    smp_buf_digits(out, s->session->number);
}

static void
sheet_heading(struct sheet *s, enum smp_phase phase)
{
    static const struct smp_made values[] = {
        {"n", put_number}, {"date", put_times}, {NULL, NULL}};

    smp_buf_cut(&s->words, 0);
    smp_words_made(&s->words, s->protocol,
                   phase == SMP_PRE ? "sheet.pre" : "sheet.post", values, s);
    if (s->session->status == SMP_PROPOSED)
        smp_words(
            &s->words, s->protocol, "sheet.proposed",
            SMP_VALUES({"status", smp_label(s->protocol, "status.proposed")}));
    smp_wrap(s->out, "", 0, SMP_TEXT_WIDTH, smp_buf_text(&s->words));
    smp_buf_putc(s->out, '\n');
}

static void
put_late(struct sheet *s)
{
    smp_buf_cut(&s->words, 0);
    smp_late_words(&s->words, s->protocol, s->session);
    smp_wrap(s->out, "", 0, SMP_TEXT_WIDTH, smp_buf_text(&s->words));
    smp_buf_putc(s->out, '\n');
}

static void
put_phase(struct sheet *s, enum smp_phase phase)
{
    bool late = phase == SMP_PRE && s->session->late.count;
    size_t i;

    s->count = 0;
    for (i = 0; i < s->in_force->count; i++)
        if (s->in_force->items[i].session == s->session->number &&
            s->in_force->items[i].phase == phase)
            s->items[s->count++] = &s->in_force->items[i];
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
put_caution(struct sheet *s)
{
    struct smp_buf *text =
        smp_text_remembered(s->memo, s->protocol, "caution", "");

    if (!text->len)
        smp_text_caution(text, s->protocol);
    smp_buf_add(s->out, text->data, text->len);
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
    struct smp_in_force in_force;
    struct sheet s = {.out = &writer->out,
                      .protocol = protocol,
                      .plan = plan,
                      .in_force = &in_force,
                      .memo = &writer->memo};
    size_t i;

    smp_in_force_find(&in_force, plan, protocol, &writer->rivals,
                      writer->calendar.options.proposed);
    smp_in_force_settle(&in_force);
    if (writer->plans++)
        smp_buf_putc(s.out, '\n');
    s.items = smp_arena_alloc(&plan->arena,
                              (in_force.count + 1) * sizeof(struct smp_item *));
    smp_text_client(s.out, plan);
    for (i = 0; i < plan->session_count; i++) {
        s.session = &plan->sessions[i];
        put_phase(&s, SMP_PRE);
        put_phase(&s, SMP_POST);
    }
    put_caution(&s);
    smp_buf_release(&s.words);
}

const struct smp_renderer smp_write_sheet = {nothing, put, nothing};
