#include "sheet/internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "base/fill.h"
#include "base/base.h"
#include "care/in_force.h"
#include "protocol/words.h"
#include "plan/plan.h"
#include "sheet/sheet.h"

static void
add_caution(struct smp_sheet *sheet)
{
    smp_words_caution(&sheet->words, sheet->protocol);
    sheet->caution = smp_sheet_keep(sheet);
    if (smp_words_studio(&sheet->words, sheet->protocol))
        sheet->studio = smp_sheet_keep(sheet);
}

/* Where the next part of each list goes. */
struct builder {
    struct smp_sheet *sheet;
    struct smp_sheet_section **section;
    struct smp_sheet_group **group;
    struct smp_sheet_line **line;
};

static struct smp_sheet_section *
add_section(struct builder *b, const struct smp_session *session,
            enum smp_phase phase, const char *heading)
{
    struct smp_sheet_section *section =
        smp_arena_alloc(&b->sheet->arena, sizeof *section);

    section->heading = heading;
    section->session = session;
    section->phase = phase;
    *b->section = section;
    b->section = &section->next;
    b->group = &section->groups;
    return section;
}

/* The words made last say when its lines hold. */
static void
add_group(struct builder *b, const struct smp_item *item)
{
    struct smp_sheet_group *group =
        smp_arena_alloc(&b->sheet->arena, sizeof *group);

    smp_utf8_capital(&b->sheet->words, 0);
    group->when = smp_sheet_keep(b->sheet);
    group->item = item;
    *b->group = group;
    b->group = &group->next;
    b->line = &group->lines;
}

static struct smp_sheet_line *
add_line(struct builder *b, enum smp_line_kind kind, const char *text)
{
    struct smp_sheet_line *line =
        smp_arena_alloc(&b->sheet->arena, sizeof *line);

    line->kind = kind;
    line->text = text;
    *b->line = line;
    b->line = &line->next;
    return line;
}

static void
add_care(struct builder *b, enum smp_verb verb, const char *title,
         const char *text)
{
    struct smp_sheet_line *line = add_line(b, SMP_LINE_CARE, text);

    line->verb = verb;
    line->title = title;
}

/* A message: its lines, those of its list without their dashes. */
bool
smp_sheet_of_day(struct smp_sheet *sheet, struct smp_plan *plan,
                 const struct smp_protocol *protocol)
{
    struct builder b = {.sheet = sheet, .line = &sheet->lines};
    const char *at = plan->day.text;

    smp_sheet_begin(sheet, plan, protocol);
    sheet->title = plan->day.title;
    while (*at) {
        size_t n = strcspn(at, "\n");
        size_t dash = strncmp(at, "- ", 2) == 0 ? 2 : 0;

        add_line(&b, dash ? SMP_LINE_LISTED : SMP_LINE_REMARK,
                 smp_arena_strndup(&sheet->arena, at + dash, n - dash));
        at += n + (at[n] == '\n');
    }
    return sheet->lines != NULL;
}

/* A rule with its window in words. */
struct worded_rule {
    const struct smp_rule *rule;
    struct smp_buf window;
};

static bool
same_words(const struct worded_rule *a, const struct worded_rule *b)
{
    return strcmp(smp_buf_text(&a->window), smp_buf_text(&b->window)) == 0;
}

/* Puts the text into the label's words about the tags, if there are any. */
static void
add_condition(struct smp_buf *text, const struct smp_protocol *protocol,
              const char *key, const struct smp_strings *tags)
{
    struct smp_buf list = {0}, whole = {0};

    if (!tags->count)
        return;
    smp_words_tags(&list, protocol, tags);
    smp_words(&whole, protocol, key,
              SMP_VALUES({"tags", smp_buf_text(&list)},
                         {"text", smp_buf_text(text)}));
    smp_buf_release(text);
    smp_buf_release(&list);
    *text = whole;
}

/* "First session only: ..." of a rule that is not for each. */
static void
add_scope(struct smp_buf *text, const struct smp_protocol *protocol,
          enum smp_scope scope)
{
    const char *label =
        smp_label_of(protocol, "scope.", smp_scope_names[scope]);
    struct smp_buf whole = {0};

    if (!label)
        return;
    smp_fill(&whole, label, SMP_VALUES({"text", smp_buf_text(text)}));
    smp_buf_release(text);
    *text = whole;
}

static const char *
rule_text(struct smp_sheet *sheet, const struct smp_rule *rule)
{
    const struct smp_protocol *protocol = sheet->protocol;
    struct smp_buf *text = &sheet->words;

    smp_words_fill(text, protocol, rule, rule->text);
    if (!smp_verbs[rule->verb].warns) {
        add_condition(text, protocol, "sheet.unless", &rule->unless);
        add_condition(text, protocol, "sheet.if", &rule->when);
    }
    add_scope(text, protocol, rule->scope);
    return smp_sheet_keep(sheet);
}

/* A window's heading and all rules of the phase that share it. */
static void
add_rules(struct builder *b, const struct worded_rule *rules, size_t count)
{
    size_t i;

    smp_buf_add(&b->sheet->words, rules->window.data, rules->window.len);
    add_group(b, NULL);
    for (i = 0; i < count; i++)
        if (same_words(&rules[0], &rules[i]))
            add_care(b, rules[i].rule->verb, rules[i].rule->full_title,
                     rule_text(b->sheet, rules[i].rule));
}

static bool
is_repeated(const struct worded_rule *rules, size_t index)
{
    size_t i;

    for (i = 0; i < index; i++)
        if (same_words(&rules[i], &rules[index]))
            return true;
    return false;
}

/* Roughly when a rule begins, in seconds from a session of its own. */
static int64_t
beginning(const struct smp_protocol *protocol, const struct smp_rule *rule)
{
    const struct smp_point *start = &rule->window.start;
    const struct smp_milestone *milestone;
    int64_t offset = start->has_offset ? smp_span_seconds(start->from) : 0;

    if (start->anchor != SMP_AT_MILESTONE)
        return offset;
    milestone = smp_protocol_milestone(protocol, start->milestone);
    return milestone && milestone->has_range
               ? offset + smp_span_seconds(milestone->range.max)
               : offset;
}

/* The rules of one phase in the order of time. Returns how many. */
static size_t
in_time_order(const struct smp_protocol *protocol, enum smp_phase phase,
              struct worded_rule *rules)
{
    size_t count = 0, i, at;

    for (i = 0; i < protocol->rule_count; i++) {
        const struct smp_rule *rule = &protocol->rules[i];

        if (rule->phase != phase)
            continue;
        for (at = count++; at && beginning(protocol, rules[at - 1].rule) >
                                     beginning(protocol, rule);
             at--)
            rules[at] = rules[at - 1];
        rules[at] = (struct worded_rule){.rule = rule};
        smp_words_window(&rules[at].window, protocol, &rule->window);
    }
    return count;
}

void
smp_sheet_of_rules(struct smp_sheet *sheet, const struct smp_protocol *protocol,
                   enum smp_phase phase)
{
    struct worded_rule *rules = smp_calloc(protocol->rule_count, sizeof *rules);
    size_t count = in_time_order(protocol, phase, rules), i;
    struct builder b = {.sheet = sheet, .section = &sheet->sections};

    smp_sheet_begin(sheet, NULL, protocol);
    add_section(&b, NULL, phase,
                smp_label(protocol, phase == SMP_PRE ? "sheet.pre.undated"
                                                     : "sheet.post.undated"));
    for (i = 0; i < count; i++)
        if (!is_repeated(rules, i))
            add_rules(&b, rules + i, count - i);
    for (i = 0; i < count; i++)
        smp_buf_release(&rules[i].window);
    add_caution(sheet);
    free(rules);
}

/*
 * The care of a plan, one section per session and phase. The items in force are
 * sorted by their bounds, so that items with the same bounds are neighbours and
 * share a group, whose heading says when they hold:
 *
 *     From 1 December until completely healed (8 to 11 December)
 *         no ...   do ...
 *     8 to 11 December
 *         Completely healed? ...
 *     Once healed
 *         do ...
 *
 * If some items end with healing and nobody has confirmed it, the section asks
 * the client: before the first group that begins on such a day or later, else
 * at its end.
 */
struct checklist {
    struct builder b;
    const struct smp_protocol *protocol;
    const struct smp_plan *plan;
    const struct smp_session *session;
    const struct smp_in_force *in_force;
    const struct smp_item **items; /* of one session and phase */
    size_t count;
    const struct smp_item *item; /* that a heading is made for */
};

/* The last day before an end. */
static int32_t
last_day(struct smp_when end)
{
    return smp_day_at(end.seconds - 1);
}

/* Nothing if there is none. */
static void
put_when(struct smp_buf *out, const struct checklist *h, struct smp_when when)
{
    if (when.kind != SMP_NEVER)
        smp_words_when(out, h->protocol, when, smp_session_day(h->session));
}

static void
put_exact_start(struct smp_buf *out, const void *context)
{
    const struct checklist *h = context;

    put_when(out, h, h->item->start);
}

static void
put_latest_start(struct smp_buf *out, const void *context)
{
    const struct checklist *h = context;

    put_when(out, h, h->item->start_latest);
}

static void
put_start(struct smp_buf *out, const void *context)
{
    static const struct smp_lazy_value values[] = {
        {"start", put_exact_start}, {"start2", put_latest_start}, {NULL, NULL}};
    const struct checklist *h = context;

    if (h->item->start_latest.kind == SMP_NEVER)
        put_exact_start(out, h);
    else
        smp_words_made(out, h->protocol, "when.start-between", values, h);
}

static void
put_end(struct smp_buf *out, const void *context)
{
    const struct checklist *h = context;

    put_when(out, h, h->item->end);
}

static void
put_earliest_end(struct smp_buf *out, const void *context)
{
    const struct checklist *h = context;

    put_when(out, h, h->item->end_earliest);
}

static void
put_days(struct smp_buf *out, const void *context)
{
    const struct checklist *h = context;

    smp_words_dates(out, h->protocol, smp_day_at(h->item->start.seconds),
                    last_day(h->item->end));
}

static void
put_days_of_end(struct smp_buf *out, const void *context)
{
    const struct checklist *h = context;

    if (h->item->end.kind != SMP_NEVER)
        smp_words_dates(out, h->protocol,
                        smp_day_at(h->item->end_earliest.seconds),
                        last_day(h->item->end));
}

static void
put_milestone(struct smp_buf *out, const struct checklist *h,
              const char *milestone)
{
    const char *label = smp_label_of(h->protocol, "milestone.", milestone);

    smp_buf_puts(out, label ? label : milestone);
}

static void
put_milestone_of_start(struct smp_buf *out, const void *context)
{
    const struct checklist *h = context;

    put_milestone(out, h, h->item->start_on);
}

static void
put_milestone_of_end(struct smp_buf *out, const void *context)
{
    const struct checklist *h = context;

    put_milestone(out, h, h->item->end_on);
}

static void
put_range(struct smp_buf *out, const void *context)
{
    const struct checklist *h = context;
    const struct smp_milestone *milestone =
        smp_protocol_milestone(h->protocol, h->item->end_on);

    smp_words_range(out, h->protocol, milestone->range.min,
                    milestone->range.max);
}

/* "usually 7 to 10 days: 8 to 11 December" of a milestone that is a bound. */
static void
until_milestone(struct smp_buf *out, const struct checklist *h)
{
    static const struct smp_lazy_value values[] = {
        {"start", put_start},
        {"milestone", put_milestone_of_end},
        {"range", put_range},
        {"dates", put_days_of_end},
        {NULL, NULL}};
    const struct smp_milestone *milestone =
        smp_protocol_milestone(h->protocol, h->item->end_on);
    const char *key = milestone && milestone->has_range
                          ? "when.until-milestone"
                          : "when.until-milestone.dates";

    if (h->item->end.kind == SMP_NEVER)
        key = "when.until-milestone.open";
    smp_words_made(out, h->protocol, key, values, h);
}

/* Both bounds are days: "24 to 30 November", "1 December". */
static void
days_words(struct smp_buf *out, const struct checklist *h)
{
    static const struct smp_lazy_value values[] = {{"start", put_days},
                                                   {NULL, NULL}};

    smp_words_made(out, h->protocol, "when.on", values, h);
}

static bool
ends_with_session(const struct checklist *h)
{
    return h->item->phase == SMP_PRE && h->item->end.kind != SMP_NEVER &&
           h->item->end.seconds == smp_session_start(h->session);
}

static void
until_words(struct smp_buf *out, const struct checklist *h)
{
    static const struct smp_lazy_value values[] = {
        {"start", put_start},
        {"end", put_end},
        {"earliest", put_earliest_end},
        {NULL, NULL}};
    bool open = h->item->end.kind == SMP_NEVER;
    const char *key = open ? "when.from" : "when.until";

    if (h->item->end_earliest.kind != SMP_NEVER)
        key = open ? "when.until-open" : "when.until-between";
    if (ends_with_session(h))
        key = "when.until-session";
    smp_words_made(out, h->protocol, key, values, h);
}

/* It begins with a milestone that nobody has confirmed. */
static bool
begins_with_milestone(const struct checklist *h)
{
    struct smp_item_days days;

    if (!h->item->start_on)
        return false;
    days = smp_item_days(h->plan, h->item);
    return days.sure != days.first;
}

static void
put_once(struct smp_buf *out, const void *context)
{
    static const struct smp_lazy_value values[] = {
        {"milestone", put_milestone_of_start}, {NULL, NULL}};
    const struct checklist *h = context;
    const char *label = smp_label_of(h->protocol, "once.", h->item->start_on);

    if (label)
        smp_buf_puts(out, label);
    else
        smp_words_made(out, h->protocol, "when.once", values, h);
}

static void
once_words(struct smp_buf *out, const struct checklist *h)
{
    static const struct smp_lazy_value values[] = {
        {"once", put_once}, {"end", put_end}, {NULL, NULL}};

    if (h->item->end.kind == SMP_NEVER)
        put_once(out, h);
    else
        smp_words_made(out, h->protocol, "when.once-until", values, h);
}

static void
heading_words(struct smp_buf *out, const struct checklist *h)
{
    const struct smp_item *item = h->item;

    if (begins_with_milestone(h))
        once_words(out, h);
    else if (item->end_on && item->end_earliest.kind != SMP_NEVER)
        until_milestone(out, h);
    else if (item->start.kind == SMP_DAY && item->end.kind == SMP_DAY &&
             item->start_latest.kind == SMP_NEVER &&
             item->end_earliest.kind == SMP_NEVER)
        days_words(out, h);
    else
        until_words(out, h);
}

/* Missing ends come last. */
static int
compare_when(struct smp_when a, struct smp_when b)
{
    if (a.kind == SMP_NEVER || b.kind == SMP_NEVER)
        return (a.kind == SMP_NEVER) - (b.kind == SMP_NEVER);
    return (a.seconds > b.seconds) - (a.seconds < b.seconds);
}

/* An item whose first day is uncertain is sorted by the last possible one. */
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

/* The question whether all has healed, on the days it may have. */
static void
add_question(struct checklist *c, const struct smp_item *item)
{
    smp_words_dates(&c->b.sheet->words, c->protocol,
                    smp_day_at(item->end_earliest.seconds),
                    last_day(item->end));
    add_group(&c->b, item);
    add_line(&c->b, SMP_LINE_QUESTION,
             smp_label(c->protocol, "healed.question"));
}

static bool
asks_for_healing(const struct smp_item *item)
{
    return smp_ends_unconfirmed(item) && item->end.kind != SMP_NEVER;
}

static void
add_groups(struct checklist *c)
{
    const struct smp_item *healing = NULL;
    size_t i;

    for (i = 0; i < c->count; i++) {
        const struct smp_item *item = c->items[i];
        bool new_group = !i || compare_bounds(c->items[i - 1], item) != 0;

        if (new_group && healing &&
            compare_when(sorting_start(item), healing->end_earliest) >= 0) {
            add_question(c, healing);
            healing = NULL;
        }
        if (new_group) {
            c->item = item;
            heading_words(&c->b.sheet->words, c);
            add_group(&c->b, item);
        }
        if (asks_for_healing(item))
            healing = item;
        add_care(&c->b, item->verb, item->title, item->text);
    }
    if (healing)
        add_question(c, healing);
}

static void
put_session_date(struct smp_buf *out, const void *context)
{
    const struct checklist *c = context;

    smp_words_date(out, c->protocol, "date.full", smp_session_day(c->session));
}

static void
put_session_start(struct smp_buf *out, const void *context)
{
    const struct checklist *c = context;

    smp_words_time(out, smp_session_start(c->session));
}

static void
put_session_end(struct smp_buf *out, const void *context)
{
    const struct checklist *c = context;

    smp_words_time(out, smp_session_end(c->plan, c->session, c->protocol));
}

static void
put_times(struct smp_buf *out, const void *context)
{
    static const struct smp_lazy_value values[] = {{"date", put_session_date},
                                                   {"time", put_session_start},
                                                   {"end", put_session_end},
                                                   {NULL, NULL}};
    const struct checklist *c = context;
    bool day = c->session->start.kind == SMP_DAY;

    smp_words_made(out, c->protocol, day ? "sheet.day" : "sheet.times", values,
                   c);
}

static void
put_number(struct smp_buf *out, const void *context)
{
    const struct checklist *c = context;

    smp_session_put_number(out, c->plan, c->session, c->protocol);
}

static const char *
section_heading(struct checklist *c, enum smp_phase phase)
{
    static const struct smp_lazy_value values[] = {
        {"n", put_number}, {"date", put_times}, {NULL, NULL}};
    const struct smp_protocol *protocol = c->protocol;
    struct smp_buf *words = &c->b.sheet->words;

    smp_words_made(words, protocol,
                   phase == SMP_PRE ? "sheet.pre" : "sheet.post", values, c);
    if (c->session->status == SMP_PROPOSED)
        smp_words(
            words, protocol, "sheet.proposed",
            SMP_VALUES({"status", smp_label(protocol, "status.proposed")}));
    return smp_sheet_keep(c->b.sheet);
}

static void
add_phase(struct checklist *c, enum smp_phase phase)
{
    bool late = phase == SMP_PRE && c->session->late.count;
    struct smp_sheet_section *section;
    size_t i;

    c->count = 0;
    for (i = 0; i < c->in_force->count; i++)
        if (c->in_force->items[i].session == c->session->number &&
            c->in_force->items[i].phase == phase)
            c->items[c->count++] = &c->in_force->items[i];
    if (!c->count && !late)
        return;
    if (c->count)
        qsort(c->items, c->count, sizeof(const struct smp_item *),
              compare_items);
    section = add_section(&c->b, c->session, phase, section_heading(c, phase));
    if (late) {
        smp_late_words(&c->b.sheet->words, c->protocol, c->session);
        section->late = smp_sheet_keep(c->b.sheet);
    }
    add_groups(c);
}

bool
smp_sheet_of_care(struct smp_sheet *sheet, struct smp_plan *plan,
                  const struct smp_protocol *protocol)
{
    struct smp_in_force in_force;
    struct checklist c = {.b = {.sheet = sheet, .section = &sheet->sections},
                          .protocol = protocol,
                          .plan = plan,
                          .in_force = &in_force};
    size_t i;

    smp_sheet_begin(sheet, plan, protocol);
    smp_in_force_find(&in_force, plan, protocol, &sheet->rivals,
                      sheet->proposed);
    smp_in_force_settle(&in_force);
    c.items = smp_arena_alloc(&plan->arena,
                              (in_force.count + 1) * sizeof(struct smp_item *));
    for (i = 0; i < plan->session_count; i++) {
        c.session = &plan->sessions[i];
        add_phase(&c, SMP_PRE);
        add_phase(&c, SMP_POST);
    }
    if (sheet->page) {
        smp_sheet_add_sessions(sheet, plan);
        smp_sheet_add_weeks(sheet, plan, &in_force);
    }
    add_caution(sheet);
    return true;
}
