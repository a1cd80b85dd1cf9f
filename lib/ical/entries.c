#include "ical/entry_builder.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "care/lines.h"
#include "protocol/words.h"

/* What is to be done on the session's own day, before it. */
static void
describe_session(struct smp_maker *m, const struct smp_session *session,
                 struct smp_entry *entry)
{
    struct smp_stretch day = smp_stretch_of_day(&m->in_force, session);
    struct smp_buf *text = smp_maker_fresh(&m->list->text);

    smp_buf_puts(text, smp_label(m->protocol, "entry.session.text"));
    smp_stretch_lines(text, m->protocol, &day);
    entry->description = smp_maker_keep(m, text);
}

static void
session_times(struct smp_maker *m, const struct smp_session *session,
              struct smp_entry *entry)
{
    entry->start = session->start;
    if (session->start.kind == SMP_DAY)
        entry->end = smp_when_day(smp_session_day(session) + 1);
    else
        entry->end =
            smp_when_local(smp_session_end(m->plan, session, m->protocol));
}

static void
add_session(struct smp_maker *m, const struct smp_session *session)
{
    static const char *const labels[] = {
        [SMP_BOOKED] = "entry.session",
        [SMP_DONE] = "entry.session",
        [SMP_PROPOSED] = "entry.session.proposed",
        [SMP_OPTIONAL] = "entry.session.optional",
        [SMP_CANCELLED] = "entry.session.cancelled",
    };
    enum smp_status status = m->options->method == SMP_METHOD_CANCEL
                                 ? SMP_CANCELLED
                                 : session->status;
    bool certain = status == SMP_BOOKED || status == SMP_DONE;
    struct smp_entry *entry = smp_maker_add(m);
    char n[SMP_DIGITS + 1];

    *smp_digits(n, session->number) = '\0';
    smp_words(smp_maker_fresh(&m->list->title), m->protocol, labels[status],
              SMP_VALUES({"n", n}));
    entry->uid = smp_maker_session_uid(m, session);
    smp_maker_follow(entry, session);
    smp_maker_summary(m, entry);
    entry->category = smp_label(m->protocol, "category.session");
    entry->status = certain                   ? "CONFIRMED"
                    : status == SMP_CANCELLED ? "CANCELLED"
                                              : "TENTATIVE";
    entry->busy = certain;
    entry->rings = certain && m->options->alarm != SMP_ALARM_NONE;
    entry->alarm = -SMP_DAY_SECONDS;
    session_times(m, session, entry);
    if (status == SMP_CANCELLED)
        entry->description =
            smp_label(m->protocol, "entry.session.cancelled.text");
    else
        describe_session(m, session, entry);
}

static void
set_stretch_summary(struct smp_maker *m, struct smp_entry *entry,
                    const struct smp_stretch *stretch)
{
    smp_stretch_title(smp_maker_fresh(&m->list->title), m->protocol, stretch);
    smp_maker_summary(m, entry);
}

/*
 * Where all that is described is more than any calendar has room for, what
 * comes then is only named.
 */
enum { DESCRIBED_MAX = 8 << 20 };

static const char *
stretch_description(struct smp_maker *m, const struct smp_stretch *stretch)
{
    struct smp_buf *text = smp_maker_fresh(&m->list->text);

    if (m->described > DESCRIBED_MAX)
        return "...";
    smp_stretch_text(text, m->protocol, stretch);
    m->described += text->len;
    return smp_maker_keep(m, text);
}

/*
 * The day an entry ends: what goes on for ever is shown on its first day; but a
 * ban, and what has no known end, as long as it holds, at most for a year.
 */
static int32_t
last_shown(const struct smp_stretch *stretch)
{
    if (smp_stretch_is_endless(stretch) && !smp_stretch_forbids(stretch))
        return stretch->first + 1;
    return stretch->end == SMP_DAY_OPEN ? stretch->first + SMP_OPEN_DAYS
                                        : stretch->end;
}

static void
add_stretch(struct smp_maker *m, const struct smp_session *session,
            const struct smp_stretch *stretch)
{
    struct smp_entry *entry = smp_maker_add(m);

    entry->uid = smp_maker_uid(m, session->number,
                               stretch->phase == SMP_PRE ? "pre" : "post",
                               stretch->opening);
    entry->start = smp_when_day(stretch->first);
    entry->end = smp_when_day(last_shown(stretch));
    set_stretch_summary(m, entry, stretch);
    entry->description = stretch_description(m, stretch);
    entry->category = smp_maker_category(m, stretch->phase);
    entry->related = smp_maker_session_uid(m, session);
    smp_maker_follow(entry, session);
    entry->opens_care = stretch->kind == SMP_STRETCH_CARE_BEGINS;
    smp_maker_ring(m, entry);
}

static void
add_stretches(struct smp_maker *m, const struct smp_session *session,
              enum smp_phase phase)
{
    struct smp_stretch *stretches;
    size_t n = smp_stretches(&m->in_force, session, phase, &stretches), i;

    for (i = 0; i < n; i++)
        if (stretches[i].kind != SMP_STRETCH_SESSION_DAY &&
            !smp_stretch_is_quiet(&stretches[i]))
            add_stretch(m, session, &stretches[i]);
}

enum { TIMED_SECONDS = 15 * 60 };

/* An item that came with the plan may have any uid; times add to it. */
static const char *
item_uid(struct smp_maker *m, const struct smp_item *item)
{
    if (!item->source) /* it is ours */
        return item->uid;
    return smp_uid_can_be_carried(item->uid) && strlen(item->uid) < SMP_UID_SIZE
               ? item->uid
               : smp_maker_uid(m, item->session, "item", item->uid);
}

/* Whether it goes on for ever; not if only its end has not been reached. */
static bool
is_endless(const struct smp_maker *m)
{
    const struct smp_rule *rule = smp_protocol_rule(m->protocol, m->item->rule);

    return rule ? rule->window.end.anchor == SMP_AT_OPEN : !m->item->end_on;
}

/* Times where both bounds are times, else the days that are touched. */
static void
item_times(const struct smp_maker *m, struct smp_entry *entry)
{
    const struct smp_item *item = m->item;
    struct smp_item_days days = m->days;

    if (item->start.kind == SMP_LOCAL && item->end.kind == SMP_LOCAL) {
        entry->start =
            smp_day_at(item->start.seconds) < days.first
                ? smp_when_local((int64_t)days.first * SMP_DAY_SECONDS)
                : item->start;
        entry->end = item->end;
        return;
    }
    if (days.ended == SMP_DAY_OPEN)
        days.ended =
            days.first +
            (is_endless(m) && !smp_item_forbids(item) ? 1 : SMP_OPEN_DAYS);
    entry->start = smp_when_day(days.first);
    entry->end = smp_when_day(days.ended);
}

/* What is asked for or permitted, from a day that is not certain. */
static bool
may_not_begin(const struct smp_maker *m)
{
    return !smp_item_forbids(m->item) && m->days.sure != m->days.first;
}

static void
set_item_summary(struct smp_maker *m, struct smp_entry *entry,
                 const struct smp_item *item, bool unbegun)
{
    if (!unbegun || !item->start_on || strcmp(item->start_on, "healed") != 0) {
        smp_maker_title(m, entry, item);
        return;
    }
    smp_words(smp_maker_fresh(&m->list->title), m->protocol,
              "entry.once-healed", SMP_VALUES({"list", item->title}));
    smp_maker_summary(m, entry);
}

/* Mostly that is the item's own text, as it is. */
static const char *
item_text(struct smp_maker *m, const struct smp_item *item, bool unbegun)
{
    struct smp_state state = {.item = item, .unbegun = unbegun};
    struct smp_buf *text = smp_maker_fresh(&m->list->text);
    struct smp_buf words = {0};

    if (item->end.kind != SMP_NEVER &&
        !smp_state_proviso(m->protocol, &state) &&
        smp_description_is_kept(item))
        return item->text;
    smp_state_words(&words, m->protocol, &state);
    smp_description_line(text, "", smp_buf_text(&words));
    smp_buf_release(&words);
    if (item->end.kind == SMP_NEVER)
        smp_description_line(text, "", smp_label(m->protocol, "entry.open"));
    return smp_maker_keep(m, text);
}

static struct smp_entry *
new_item_entry(struct smp_maker *m)
{
    const struct smp_item *item = m->item;
    bool unbegun = may_not_begin(m);
    struct smp_entry *entry = smp_maker_add(m);

    entry->uid = m->uid;
    set_item_summary(m, entry, item, unbegun);
    entry->description = item_text(m, item, unbegun);
    entry->category = smp_maker_category(m, item->phase);
    entry->related = smp_maker_session_uid(m, m->item_session);
    smp_maker_follow(entry, m->item_session);
    m->has_entry = true;
    m->item_entry = m->list->count - 1;
    return entry;
}

/* One more entry of an item says the same: its words are found once. */
static struct smp_entry *
item_entry(struct smp_maker *m)
{
    return m->has_entry ? smp_maker_copy(m, m->item_entry) : new_item_entry(m);
}

static void
add_rule(struct smp_maker *m)
{
    struct smp_entry *entry = item_entry(m);

    item_times(m, entry);
    smp_maker_ring(m, entry);
}

/* The same time of the same day keeps its identity: day and place in it. */
static void
set_timed_uid(struct smp_maker *m, struct smp_entry *entry, size_t n,
              int32_t day, int place)
{
    enum { LONGEST = 2 * (SMP_DIGITS + 1) };
    char *uid = smp_arena_take(&m->plan->arena, n + LONGEST + 1);
    char *at = uid + n;

    memcpy(uid, m->uid, n);
    *at++ = '-';
    at = smp_digits(at, day);
    *at++ = '-';
    *smp_digits(at, place) = '\0';
    entry->uid = uid;
}

static void
add_timed(struct smp_maker *m)
{
    const struct smp_item *item = m->item;
    int32_t origin = smp_session_day(m->item_session), day_before = -1;
    struct smp_zone_near near = {0};
    size_t n = strlen(m->uid), i;
    int place = 0;

    for (i = 0; i < item->at_count; i++) {
        int64_t local =
            smp_zone_to_local_near(m->plan->zone, item->at[i], &near);
        int32_t day = smp_day_at(local);
        struct smp_entry *entry;

        if (day < m->days.sure && !smp_item_forbids(item))
            continue;
        entry = item_entry(m);
        place = i && day == day_before ? place + 1 : 0;
        day_before = day;
        set_timed_uid(m, entry, n, day - origin, place);
        entry->start = smp_when_local(local);
        entry->end = smp_when_local(smp_zone_to_local_near(
            m->plan->zone, item->at[i] + TIMED_SECONDS, &near));
        entry->at_its_hour = item->every && *item->every == '@';
        smp_maker_ring(m, entry);
    }
}

static void
add_item(struct smp_maker *m, const struct smp_item *item)
{
    m->item_session = smp_plan_session(m->plan, item->session);
    if (!m->item_session)
        return;
    m->item = item;
    m->uid = item_uid(m, item);
    m->days = smp_item_days(m->plan, item);
    m->has_entry = false;
    if (m->options->by_rule)
        add_rule(m);
    if (m->options->timed)
        add_timed(m);
}

static void
add_care(struct smp_maker *m)
{
    size_t i;

    for (i = 0; !m->options->by_rule && i < m->plan->session_count; i++) {
        add_stretches(m, &m->plan->sessions[i], SMP_PRE);
        add_stretches(m, &m->plan->sessions[i], SMP_POST);
    }
    if (!m->options->by_rule && !m->options->timed)
        return;
    smp_in_force_settle(&m->in_force);
    for (i = 0; i < m->in_force.count; i++)
        add_item(m, &m->in_force.items[i]);
}

/* Drops what lies outside the days that were kept. */
static void
drop_outside(struct smp_maker *m)
{
    size_t i, kept = 0;

    for (i = 0; i < m->list->count; i++)
        if (smp_day_at(m->list->entries[i].start.seconds) <=
                m->plan->kept_until &&
            smp_day_at(m->list->entries[i].end.seconds - 1) >=
                m->plan->kept_from)
            m->list->entries[kept++] = m->list->entries[i];
    m->list->count = kept;
}

/* Nothing rings in the quiet hours, or before its session was booked. */
static void
calm(struct smp_maker *m)
{
    const struct smp_zone *zone = m->plan->zone;
    size_t i;

    for (i = 0; i < m->list->count; i++) {
        struct smp_entry *entry = &m->list->entries[i];

        if (entry->rings && !entry->at_its_hour)
            entry->alarm =
                smp_calm_alarm(m->protocol, zone, entry->start, entry->alarm);
        if (entry->rings && entry->booked)
            entry->rings = smp_alarm_instant(zone, entry->start,
                                             entry->alarm) >= *entry->booked;
    }
}

/* By start and UID, then as they were added. */
static int
compare(const void *a, const void *b)
{
    const struct smp_entry *one = *(struct smp_entry *const *)a;
    const struct smp_entry *other = *(struct smp_entry *const *)b;
    int order;

    if (one->start.seconds != other->start.seconds)
        return one->start.seconds < other->start.seconds ? -1 : 1;
    order = strcmp(one->uid, other->uid);
    return order ? order : (one > other) - (one < other);
}

/* The entries stay where they are. */
static void
sort(struct smp_entry_list *list)
{
    size_t i;

    list->order = smp_realloc(list->order, list->count * sizeof *list->order);
    for (i = 0; i < list->count; i++)
        list->order[i] = &list->entries[i];
    qsort(list->order, list->count, sizeof *list->order, compare);
}

void
smp_entry_list_release(struct smp_entry_list *list)
{
    free(list->entries);
    free(list->order);
    smp_buf_release(&list->text);
    smp_buf_release(&list->title);
    smp_buf_release(&list->summary);
    smp_rivals_release(&list->rivals);
    *list = (struct smp_entry_list){0};
}

/* The first entry, and the first of each aftercare, say whom to ask. */
static void
add_cautions(struct smp_maker *m)
{
    size_t i;

    for (i = 0; i < m->list->count; i++) {
        struct smp_entry *entry = m->list->order[i];
        struct smp_buf *text = smp_maker_fresh(&m->list->text);

        if (i && !entry->opens_care)
            continue;
        smp_buf_puts(text, entry->description);
        smp_buf_puts(text, "\n\n");
        smp_words_caution(text, m->protocol);
        entry->description = smp_maker_keep(m, text);
    }
}

/* The first entry about the session, by time. */
static struct smp_entry *
first_about(struct smp_maker *m, const struct smp_session *session)
{
    const char *uid = smp_maker_session_uid(m, session);
    size_t i;

    for (i = 0; i < m->list->count; i++) {
        struct smp_entry *entry = m->list->order[i];

        if (strcmp(entry->uid, uid) == 0 ||
            (entry->related && strcmp(entry->related, uid) == 0))
            return entry;
    }
    return NULL;
}

/* What a session was booked too late for is said in the first of them. */
static void
add_late(struct smp_maker *m, const struct smp_session *session)
{
    struct smp_entry *entry = first_about(m, session);
    struct smp_buf *text = smp_maker_fresh(&m->list->text);
    struct smp_buf words = {0};

    if (entry && session->late.count) {
        smp_late_words(&words, m->protocol, session);
        smp_buf_puts(text, entry->description);
        smp_description_line(text, "", smp_buf_text(&words));
        entry->description = smp_maker_keep(m, text);
    }
    smp_buf_release(&words);
}

/* What the entry is stands in its description alone, or nowhere. */
static void
be_discreet(struct smp_maker *m, struct smp_entry *entry)
{
    const char *key = entry->status ? "discreet.session" : "discreet.reminder";
    struct smp_buf *text = smp_maker_fresh(&m->list->text);
    struct smp_buf *title = smp_maker_fresh(&m->list->title);

    if (m->options->discretion == SMP_DISCREET) {
        smp_buf_puts(text, entry->summary);
        smp_buf_putc(text, '\n');
        smp_buf_puts(text, entry->description);
    }
    smp_buf_puts(title, smp_label(m->protocol, key));
    smp_maker_summary(m, entry);
    entry->description = smp_maker_keep(m, text);
    entry->category = smp_label(m->protocol, "discreet.category");
}

/* Only the titles that tell nothing say whose they are. */
static void
be_all_discreet(struct smp_maker *m, bool named)
{
    size_t i;

    if (named)
        smp_maker_name(m);
    for (i = 0; i < m->list->count; i++)
        be_discreet(m, &m->list->entries[i]);
}

void
smp_entries(struct smp_plan *plan, const struct smp_protocol *protocol,
            const struct smp_calendar_options *options, bool named,
            struct smp_entry_list *list)
{
    struct smp_maker m;
    size_t i;

    smp_maker_init(&m, plan, protocol, options, list);
    if (named && options->discretion == SMP_OPEN)
        smp_maker_name(&m);
    for (i = 0; i < plan->session_count; i++)
        if (plan->sessions[i].status != SMP_CANCELLED)
            add_session(&m, &plan->sessions[i]);
    add_care(&m);
    if (plan->kept)
        drop_outside(&m);
    calm(&m);
    sort(list);
    for (i = 0; list->count && i < plan->session_count; i++)
        if (plan->sessions[i].late.count)
            add_late(&m, &plan->sessions[i]);
    add_cautions(&m);
    if (options->discretion != SMP_OPEN)
        be_all_discreet(&m, named);
}

void
smp_session_entry(struct smp_plan *plan, const struct smp_protocol *protocol,
                  const struct smp_calendar_options *options,
                  const struct smp_session *session, struct smp_entry *entry)
{
    struct smp_entry_list list = {0};
    struct smp_maker m;

    smp_maker_init(&m, plan, protocol, options, &list);
    add_session(&m, session);
    calm(&m);
    if (options->discretion != SMP_OPEN)
        be_discreet(&m, list.entries);
    *entry = *list.entries;
    entry->attendee = (struct smp_party){plan->email, plan->name};
    if (options->method == SMP_METHOD_CANCEL &&
        (!plan->record || !entry->sequence))
        entry->sequence++; /* a message later than the invitation */
    smp_entry_list_release(&list);
}
