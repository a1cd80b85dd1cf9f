#include "ical/entry_builder.h"

#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/fill.h"
#include "time/zone.h"
#include "care/in_force.h"
#include "protocol/words.h"
#include "plan/plan.h"
#include "ical/calendar.h"
#include "ical/entries.h"

enum { OPEN_DAYS = 366 }; /* how long care without an end is shown */

/* Lists the care on the session's own day, before it. */
static void
describe_session(struct smp_entry_builder *b, const struct smp_session *session,
                 struct smp_entry *entry)
{
    struct smp_period day = smp_period_of_day(&b->in_force, session);
    struct smp_buf *text = smp_emptied(&b->list->text);
    struct smp_buf reach = {0};

    smp_buf_puts(text, smp_label(b->protocol, "entry.session.text"));
    smp_period_lines(text, b->protocol, &day);
    if (smp_words_reach(&reach, b->protocol))
        smp_description_line(text, "", smp_buf_text(&reach));
    smp_buf_release(&reach);
    entry->description = smp_builder_keep(b, text);
}

static const char *
location_of(struct smp_entry_builder *b)
{
    struct smp_buf *text = smp_emptied(&b->list->text);

    return smp_words_place(text, b->protocol) ? smp_builder_keep(b, text)
                                              : NULL;
}

static void
session_times(struct smp_entry_builder *b, const struct smp_session *session,
              struct smp_entry *entry)
{
    entry->start = session->start;
    if (session->start.kind == SMP_DAY)
        entry->end = smp_when_day(smp_session_day(session) + 1);
    else
        entry->end =
            smp_when_local(smp_session_end(b->plan, session, b->protocol));
}

static void
add_session(struct smp_entry_builder *b, const struct smp_session *session)
{
    static const char *const labels[] = {
        [SMP_BOOKED] = "entry.session",
        [SMP_DONE] = "entry.session",
        [SMP_PROPOSED] = "entry.session.proposed",
        [SMP_OPTIONAL] = "entry.session.optional",
        [SMP_CANCELLED] = "entry.session.cancelled",
    };
    enum smp_status status = b->options->method == SMP_METHOD_CANCEL
                                 ? SMP_CANCELLED
                                 : session->status;
    bool certain = status == SMP_BOOKED || status == SMP_DONE;
    struct smp_entry entry = smp_builder_entry(b, session);
    struct smp_buf number = {0};

    smp_session_put_number(&number, b->plan, session, b->protocol);
    smp_words(smp_emptied(&b->list->title), b->protocol, labels[status],
              SMP_VALUES({"n", smp_buf_text(&number)}));
    smp_buf_release(&number);
    entry.uid = smp_builder_session_uid(b, session);
    smp_builder_set_summary(b, &entry);
    entry.category = smp_label(b->protocol, "category.session");
    entry.status = certain                   ? "CONFIRMED"
                   : status == SMP_CANCELLED ? "CANCELLED"
                                             : "TENTATIVE";
    entry.location = location_of(b);
    entry.busy = certain;
    entry.rings = certain && b->options->alarm != SMP_ALARM_NONE;
    entry.alarm = -SMP_DAY_SECONDS;
    session_times(b, session, &entry);
    if (status == SMP_CANCELLED)
        entry.description =
            smp_label(b->protocol, "entry.session.cancelled.text");
    else
        describe_session(b, session, &entry);
    smp_builder_add(b, &entry);
}

/*
 * Descriptions end after 8 MB, more than any client accepts; later entries only
 * have a title.
 */
enum { DESCRIBED_MAX = 8 << 20 };

static const char *
period_description(struct smp_entry_builder *b, const struct smp_period *period)
{
    struct smp_buf *text = smp_emptied(&b->list->text);

    if (b->described > DESCRIBED_MAX)
        return "...";
    smp_period_text(text, b->protocol, period);
    b->described += text->len;
    return smp_builder_keep(b, text);
}

/*
 * The day an entry ends. Care for ever is shown on its first day alone, unless
 * it is a ban. A ban for ever and care with an unknown end are shown for a
 * year.
 */
static int32_t
last_shown(const struct smp_period *period)
{
    if (smp_period_is_endless(period) && !smp_period_forbids(period))
        return period->first + 1;
    return period->end == SMP_DAY_OPEN ? period->first + OPEN_DAYS
                                       : period->end;
}

static void
add_period(struct smp_entry_builder *b, const struct smp_session *session,
           const struct smp_period *period)
{
    struct smp_entry entry = smp_builder_entry(b, session);

    entry.uid = smp_builder_uid(b, session->number,
                                period->phase == SMP_PRE ? "pre" : "post",
                                period->opening);
    entry.start = smp_when_day(period->first);
    entry.end = smp_when_day(last_shown(period));
    smp_period_title(smp_emptied(&b->list->title), b->protocol, period);
    smp_builder_set_summary(b, &entry);
    entry.description = period_description(b, period);
    entry.category = b->categories[period->phase];
    entry.related = smp_builder_session_uid(b, session);
    entry.phase = period->phase;
    entry.opens_care = period->kind == SMP_PERIOD_CARE_BEGINS;
    entry.prepares = period->kind == SMP_PERIOD_BEFORE;
    smp_builder_set_alarm(b, &entry);
    smp_builder_add(b, &entry);
}

static void
add_periods(struct smp_entry_builder *b, const struct smp_session *session,
            enum smp_phase phase)
{
    struct smp_period *periods;
    size_t n = smp_periods(&b->in_force, session, phase, &periods), i;

    for (i = 0; i < n; i++)
        if (periods[i].kind != SMP_PERIOD_SESSION_DAY &&
            !smp_period_is_quiet(&periods[i]))
            add_period(b, session, &periods[i]);
}

/* The plan may give an item any uid, and timed_uid() adds to it. */
static const char *
item_uid(struct smp_entry_builder *b, const struct smp_item *item)
{
    if (!item->source) /* it is ours */
        return item->uid;
    return smp_uid_can_be_carried(item->uid) && strlen(item->uid) < SMP_UID_SIZE
               ? item->uid
               : smp_builder_uid(b, item->session, "item", item->uid);
}

/* Returns false if the item ends, but has not reached its end yet. */
static bool
is_endless(const struct smp_entry_builder *b, const struct smp_item *item)
{
    const struct smp_rule *rule = smp_protocol_rule(b->protocol, item->rule);

    return rule ? rule->window.end.anchor == SMP_AT_OPEN : !item->end_on;
}

/* Returns true for a task or permission whose first day is uncertain. */
static bool
may_not_begin(const struct smp_item *item, const struct smp_item_days *days)
{
    return !smp_verb_forbids(item->verb) && days->sure != days->first;
}

static void
set_item_summary(struct smp_entry_builder *b, struct smp_entry *entry,
                 const struct smp_item *item, bool unbegun)
{
    if (!unbegun || !smp_is_healing(item->start_on)) {
        smp_builder_set_item_summary(b, entry, item);
        return;
    }
    smp_words(smp_emptied(&b->list->title), b->protocol, "entry.once-healed",
              SMP_VALUES({"list", item->title}));
    smp_builder_set_summary(b, entry);
}

/* Most items are described by their own text, unchanged. */
static const char *
item_text(struct smp_entry_builder *b, const struct smp_item *item,
          bool unbegun)
{
    struct smp_state state = {.item = item, .unbegun = unbegun};
    struct smp_buf *text = smp_emptied(&b->list->text);
    struct smp_buf words = {0};

    if (item->end.kind != SMP_NEVER &&
        !smp_state_proviso(b->protocol, &state) &&
        smp_description_is_kept(item))
        return item->text;
    smp_state_words(&words, b->protocol, &state);
    smp_description_line(text, "", smp_buf_text(&words));
    smp_buf_release(&words);
    if (item->end.kind == SMP_NEVER)
        smp_description_line(text, "", smp_label(b->protocol, "entry.open"));
    return smp_builder_keep(b, text);
}

/* The entry that all entries of an item copy; it lacks only the times. */
static struct smp_entry
item_entry(struct smp_entry_builder *b, const struct smp_item *item,
           const struct smp_session *session, const struct smp_item_days *days)
{
    struct smp_entry entry = smp_builder_entry(b, session);
    bool unbegun = may_not_begin(item, days);

    entry.uid = item_uid(b, item);
    set_item_summary(b, &entry, item, unbegun);
    entry.description = item_text(b, item, unbegun);
    entry.phase = item->phase;
    entry.category = b->categories[item->phase];
    entry.related = smp_builder_session_uid(b, session);
    return entry;
}

/* If both bounds are times, the entry has them; else it has whole days. */
static void
add_rule(struct smp_entry_builder *b, const struct smp_item *item,
         struct smp_item_days days, const struct smp_entry *said)
{
    struct smp_entry *entry = smp_builder_add(b, said);

    if (item->start.kind == SMP_LOCAL && item->end.kind == SMP_LOCAL) {
        entry->start =
            smp_day_at(item->start.seconds) < days.first
                ? smp_when_local((int64_t)days.first * SMP_DAY_SECONDS)
                : item->start;
        entry->end = item->end;
    } else {
        if (days.ended == SMP_DAY_OPEN)
            days.ended = days.first +
                         (is_endless(b, item) && !smp_verb_forbids(item->verb)
                              ? 1
                              : OPEN_DAYS);
        entry->start = smp_when_day(days.first);
        entry->end = smp_when_day(days.ended);
    }
    smp_builder_set_alarm(b, entry);
}

/* A day counted from the session, and a number within it, keep their uid. */
static const char *
timed_uid(struct smp_entry_builder *b, const char *item, int32_t day, int place)
{
    enum { MORE_MAX = 2 * (SMP_DIGITS + 1) };
    size_t n = strlen(item);
    char *uid = smp_arena_take(&b->plan->arena, n + MORE_MAX + 1);
    char *at = uid + n;

    memcpy(uid, item, n);
    *at++ = '-';
    at = smp_digits(at, day);
    *at++ = '-';
    *smp_digits(at, place) = '\0';
    return uid;
}

static void
add_timed(struct smp_entry_builder *b, const struct smp_item *item,
          const struct smp_session *session, const struct smp_item_days *days,
          const struct smp_entry *said)
{
    enum { TIMED_SECONDS = 15 * 60 };
    int32_t origin = smp_session_day(session), day_before = -1;
    const struct smp_zone *zone = b->plan->zone;
    struct smp_zone_near near = {0};
    int place = 0;
    size_t i;

    for (i = 0; i < item->at_count; i++) {
        int64_t local = smp_zone_to_local_near(zone, item->at[i], &near);
        int32_t day = smp_day_at(local);
        struct smp_entry *entry;

        if (day < days->sure && !smp_verb_forbids(item->verb))
            continue;
        entry = smp_builder_add(b, said);
        place = i && day == day_before ? place + 1 : 0;
        day_before = day;
        entry->uid = timed_uid(b, said->uid, day - origin, place);
        entry->start = smp_when_local(local);
        entry->end = smp_when_local(
            smp_zone_to_local_near(zone, item->at[i] + TIMED_SECONDS, &near));
        entry->at_its_hour = item->every && *item->every == '@';
        smp_builder_set_alarm(b, entry);
    }
}

/* Adds nothing if the plan lacks the item's session. */
static void
add_item(struct smp_entry_builder *b, const struct smp_item *item)
{
    const struct smp_session *session =
        smp_plan_session(b->plan, item->session);
    struct smp_item_days days;
    struct smp_entry said;

    if (!session || (!b->options->by_rule && !item->at_count))
        return;
    days = smp_item_days(b->plan, item);
    said = item_entry(b, item, session, &days);
    if (b->options->by_rule)
        add_rule(b, item, days, &said);
    if (b->options->timed)
        add_timed(b, item, session, &days, &said);
}

static void
add_care(struct smp_entry_builder *b)
{
    size_t i;

    for (i = 0; !b->options->by_rule && i < b->plan->session_count; i++) {
        add_periods(b, &b->plan->sessions[i], SMP_PRE);
        add_periods(b, &b->plan->sessions[i], SMP_POST);
    }
    if (!b->options->by_rule && !b->options->timed)
        return;
    smp_in_force_settle(&b->in_force);
    for (i = 0; i < b->in_force.count; i++)
        add_item(b, &b->in_force.items[i]);
}

/* Drops entries outside the days that the plan was cut to. */
static void
drop_outside(struct smp_entry_builder *b)
{
    size_t i, kept = 0;

    for (i = 0; i < b->list->count; i++)
        if (smp_day_at(b->list->entries[i].start.seconds) <=
                b->plan->kept_until &&
            smp_day_at(b->list->entries[i].end.seconds - 1) >=
                b->plan->kept_from)
            b->list->entries[kept++] = b->list->entries[i];
    b->list->count = kept;
}

/* An alarm from before its session was booked is left out. */
static void
keep_quiet_hours(struct smp_entry_builder *b)
{
    const struct smp_zone *zone = b->plan->zone;
    size_t i;

    for (i = 0; i < b->list->count; i++) {
        struct smp_entry *entry = &b->list->entries[i];

        if (entry->rings && !entry->at_its_hour)
            entry->alarm = smp_alarm_outside_quiet_hours(
                b->protocol, zone, entry->start, entry->alarm);
        if (entry->rings && entry->booked)
            entry->rings = smp_alarm_instant(zone, entry->start,
                                             entry->alarm) >= *entry->booked;
    }
}

/* Entries with the same start and UID stay as they were added. */
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

/* Sorts pointers, because entries are large. */
static void
sort(struct smp_entry_list *list)
{
    size_t i;

    list->order = smp_realloc(list->order, list->count * sizeof *list->order);
    for (i = 0; i < list->count; i++)
        list->order[i] = &list->entries[i];
    qsort(list->order, list->count, sizeof *list->order, compare);
}

static int32_t
last_day(const struct smp_entry *entry)
{
    return smp_day_at(entry->end.seconds - 1);
}

/* The last day of all entries so far, and of those about other sessions. */
struct reach {
    const struct smp_session *session;
    int32_t last, others;
};

static bool
meets_earlier(struct reach *reach, const struct smp_entry *entry)
{
    bool same = reach->session == entry->session;
    int32_t first = smp_day_at(entry->start.seconds), last = last_day(entry);
    bool meets = first <= (same ? reach->others : reach->last);

    if (!same && last >= reach->last) {
        reach->others = reach->last;
        reach->session = entry->session;
        reach->last = last;
    } else if (!same) {
        reach->others = last > reach->others ? last : reach->others;
    } else if (last > reach->last) {
        reach->last = last;
    }
    return meets;
}

/* The first days of the next entries, from the end: of all, of others. */
static bool
meets_later(struct reach *next, const struct smp_entry *entry)
{
    int32_t first = smp_day_at(entry->start.seconds);
    bool meets;

    if (next->session != entry->session) {
        next->others = next->last;
        next->session = entry->session;
    }
    meets = next->others <= last_day(entry);
    next->last = first;
    return meets;
}

/*
 * An entry says which session it is about if there are days on which one about
 * another session is shown, or if its session is still to come. Entries are
 * sorted by their start: of the earlier ones, the last day counts, of the later
 * ones, the first day.
 */
static void
name_sessions(struct smp_entry_builder *b)
{
    struct reach earlier = {NULL, INT32_MIN, INT32_MIN};
    struct reach later = {NULL, INT32_MAX, INT32_MAX};
    bool *named = smp_arena_alloc(&b->plan->arena, b->list->count + 1);
    size_t i;

    for (i = 0; i < b->list->count; i++)
        if (!b->list->order[i]->status)
            named[i] = meets_earlier(&earlier, b->list->order[i]);
    while (i--) {
        struct smp_entry *entry = b->list->order[i];

        if (!entry->status &&
            (meets_later(&later, entry) || named[i] || entry->prepares))
            smp_builder_name_session(b, entry);
    }
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

/* The first entry and the first of each aftercare end with the contact line. */
static void
add_cautions(struct smp_entry_builder *b)
{
    size_t i;

    for (i = 0; i < b->list->count; i++) {
        struct smp_entry *entry = b->list->order[i];
        struct smp_buf *text = smp_emptied(&b->list->text);

        if (i && !entry->opens_care)
            continue;
        smp_buf_puts(text, entry->description);
        smp_buf_puts(text, "\n\n");
        smp_words_caution(text, b->protocol);
        entry->description = smp_builder_keep(b, text);
    }
}

/* The earliest entry about the session, or NULL. */
static struct smp_entry *
first_about(struct smp_entry_builder *b, const struct smp_session *session)
{
    const char *uid = smp_builder_session_uid(b, session);
    size_t i;

    for (i = 0; i < b->list->count; i++) {
        struct smp_entry *entry = b->list->order[i];

        if (strcmp(entry->uid, uid) == 0 ||
            (entry->related && strcmp(entry->related, uid) == 0))
            return entry;
    }
    return NULL;
}

/* The earliest entry lists the care that was overdue at booking. */
static void
add_late(struct smp_entry_builder *b, const struct smp_session *session)
{
    struct smp_entry *entry = first_about(b, session);
    struct smp_buf *text = smp_emptied(&b->list->text);
    struct smp_buf words = {0};

    if (entry && session->late.count) {
        smp_late_words(&words, b->protocol, session);
        smp_buf_puts(text, entry->description);
        smp_description_line(text, "", smp_buf_text(&words));
        entry->description = smp_builder_keep(b, text);
    }
    smp_buf_release(&words);
}

/* The description alone says what the entry is; if SMP_SECRET, nothing does. */
static void
make_discreet(struct smp_entry_builder *b, struct smp_entry *entry)
{
    const char *key = entry->status ? "discreet.session" : "discreet.reminder";
    struct smp_buf *text = smp_emptied(&b->list->text);
    struct smp_buf *title = smp_emptied(&b->list->title);

    if (b->options->discretion == SMP_SECRET)
        entry->location = NULL;
    else {
        smp_buf_puts(text, entry->summary);
        smp_buf_putc(text, '\n');
        smp_buf_puts(text, entry->description);
    }
    smp_buf_puts(title, smp_label(b->protocol, key));
    smp_builder_set_summary(b, entry);
    entry->description = smp_builder_keep(b, text);
    entry->category = smp_label(b->protocol, "discreet.category");
}

/* Names come last, so that no description repeats one. */
static void
make_all_discreet(struct smp_entry_builder *b, bool named)
{
    size_t i;

    if (named)
        smp_builder_use_name(b);
    for (i = 0; i < b->list->count; i++)
        make_discreet(b, &b->list->entries[i]);
}

void
smp_entries(struct smp_plan *plan, const struct smp_protocol *protocol,
            const struct smp_calendar_options *options, bool named,
            struct smp_entry_list *list)
{
    struct smp_entry_builder b;
    size_t i;

    smp_builder_init(&b, plan, protocol, options, list);
    if (named && options->discretion == SMP_OPEN)
        smp_builder_use_name(&b);
    for (i = 0; i < plan->session_count; i++)
        if (plan->sessions[i].status != SMP_CANCELLED)
            add_session(&b, &plan->sessions[i]);
    add_care(&b);
    if (plan->kept)
        drop_outside(&b);
    keep_quiet_hours(&b);
    sort(list);
    name_sessions(&b);
    for (i = 0; list->count && i < plan->session_count; i++)
        if (plan->sessions[i].late.count)
            add_late(&b, &plan->sessions[i]);
    add_cautions(&b);
    if (options->discretion != SMP_OPEN)
        make_all_discreet(&b, named);
}

void
smp_session_entry(struct smp_plan *plan, const struct smp_protocol *protocol,
                  const struct smp_calendar_options *options,
                  const struct smp_session *session, struct smp_entry *entry)
{
    struct smp_entry_list list = {0};
    struct smp_entry_builder b;

    smp_builder_init(&b, plan, protocol, options, &list);
    add_session(&b, session);
    keep_quiet_hours(&b);
    if (options->discretion != SMP_OPEN)
        make_discreet(&b, list.entries);
    *entry = *list.entries;
    entry->attendee = (struct smp_party){plan->email, plan->name};
    entry->asks =
        options->method == SMP_METHOD_REQUEST && protocol->studio.replies;
    if (options->method == SMP_METHOD_CANCEL &&
        (!plan->record || !entry->sequence))
        entry->sequence++; /* a message later than the invitation */
    smp_entry_list_release(&list);
}
