#include "write/entries.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "care/lines.h"
#include "care/stretch.h"
#include "care/uid.h"
#include "protocol/words.h"
#include "write/describe.h"

enum { SUMMARY_MAX = 70, TIMED_SECONDS = 15 * 60 };

/* What the entries of one plan are made with. */
struct maker {
    struct smp_plan *plan;
    const struct smp_protocol *protocol;
    const struct smp_write_options *options;
    struct smp_uid_key key;
    bool named;
    struct smp_entry *entries;
    size_t count, room;
};

static const char *
keep(struct maker *m, struct smp_buf *text)
{
    const char *kept =
        smp_arena_strndup(&m->plan->arena, smp_buf_text(text), text->len);

    smp_buf_release(text);
    return kept;
}

static const char *
uid_of(struct maker *m, int session, const char *kind, const char *thing)
{
    char uid[SMP_UID_SIZE];

    smp_uid(uid, &m->key, m->plan, session, kind, thing);
    return smp_arena_strdup(&m->plan->arena, uid);
}

/* A session's own uid where a calendar can carry it (CALENDAR: opaque, short).
 */
static bool
can_be_carried(const char *uid)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "abcdefghijklmnopqrstuvwxyz0123456789._@-";
    enum { LONGEST = 120 };

    return uid && *uid && strlen(uid) <= LONGEST && !uid[strspn(uid, allowed)];
}

static const char *
session_uid(struct maker *m, const struct smp_session *session)
{
    return can_be_carried(session->uid)
               ? session->uid
               : uid_of(m, session->number, "session", "");
}

/* An item that came with the plan may have any uid; times add to it. */
static const char *
item_uid(struct maker *m, const struct smp_item *item)
{
    return can_be_carried(item->uid) && strlen(item->uid) < SMP_UID_SIZE
               ? item->uid
               : uid_of(m, item->session, "item", item->uid);
}

/* A summary without control characters, after the name where one is wanted. */
static const char *
summary(struct maker *m, struct smp_buf *text)
{
    struct smp_buf out = {0};

    if (m->named) {
        const char *name =
            m->plan->name && *m->plan->name ? m->plan->name : m->plan->id;

        smp_utf8_clean(&out, name, strlen(name));
        smp_shorten(&out, 0, SUMMARY_MAX / 2);
        smp_buf_puts(&out, ": ");
    }
    smp_utf8_clean(&out, smp_buf_text(text), text->len);
    smp_shorten(&out, 0, SUMMARY_MAX);
    smp_buf_release(text);
    return keep(m, &out);
}

static struct smp_entry *
add_entry(struct maker *m)
{
    struct smp_entry *entry;

    m->entries = smp_grow(m->entries, m->count, &m->room, sizeof *m->entries);
    entry = &m->entries[m->count++];
    *entry = (struct smp_entry){
        .modified = m->plan->has_updated ? m->plan->updated : m->options->stamp,
    };
    return entry;
}

static void
set_alarm(const struct maker *m, struct smp_entry *entry)
{
    const struct smp_write_options *options = m->options;

    entry->rings = options->alarm == SMP_ALARM_AT;
    entry->alarm =
        entry->start.kind == SMP_DAY ? options->alarm_minutes * 60 : 0;
}

/* What is to be done on the session's own day, before it. */
static void
describe_session(struct maker *m, const struct smp_session *session,
                 struct smp_entry *entry)
{
    struct smp_stretch *stretches;
    size_t n = smp_stretches(m->plan, session, SMP_PRE, &stretches), i;
    struct smp_buf text = {0};

    smp_buf_puts(&text, smp_label(m->protocol, "entry.session.text"));
    for (i = 0; i < n; i++)
        if (stretches[i].kind == SMP_STRETCH_SESSION_DAY)
            smp_stretch_lines(&text, m->protocol, &stretches[i]);
    entry->description = keep(m, &text);
}

static void
session_times(struct maker *m, const struct smp_session *session,
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
add_session(struct maker *m, const struct smp_session *session)
{
    static const char *const labels[] = {
        [SMP_BOOKED] = "entry.session",
        [SMP_DONE] = "entry.session",
        [SMP_PROPOSED] = "entry.session.proposed",
        [SMP_OPTIONAL] = "entry.session.optional",
    };
    bool certain = session->status == SMP_BOOKED || session->status == SMP_DONE;
    struct smp_entry *entry = add_entry(m);
    struct smp_buf text = {0};
    char n[16];

    snprintf(n, sizeof n, "%d", session->number);
    smp_words(&text, m->protocol, labels[session->status],
              SMP_VALUES({"n", n}));
    entry->uid = session_uid(m, session);
    entry->sequence = session->sequence;
    entry->summary = summary(m, &text);
    entry->category = smp_label(m->protocol, "category.session");
    entry->status = certain ? "CONFIRMED" : "TENTATIVE";
    entry->busy = certain;
    entry->rings = certain && m->options->alarm != SMP_ALARM_NONE;
    entry->alarm = -SMP_DAY_SECONDS;
    session_times(m, session, entry);
    describe_session(m, session, entry);
}

static const char *
category_of(const struct maker *m, enum smp_phase phase)
{
    return smp_label(m->protocol,
                     phase == SMP_PRE ? "category.pre" : "category.post");
}

static const char *
stretch_summary(struct maker *m, const struct smp_stretch *stretch)
{
    struct smp_buf text = {0};

    smp_stretch_title(&text, m->protocol, stretch);
    return summary(m, &text);
}

static const char *
stretch_description(struct maker *m, const struct smp_stretch *stretch)
{
    struct smp_buf text = {0};

    smp_stretch_text(&text, m->protocol, stretch);
    return keep(m, &text);
}

/*
 * The day an entry ends. What goes on for ever is shown on its first day. What
 * lasts until a client has healed, and that is not known, is shown for some
 * weeks: by then somebody will have looked again.
 */
enum { UNKNOWN_END_DAYS = 28 };

static int32_t
last_shown(const struct smp_stretch *stretch)
{
    if (smp_stretch_is_endless(stretch))
        return stretch->first + 1;
    return stretch->end == SMP_DAY_OPEN ? stretch->first + UNKNOWN_END_DAYS
                                        : stretch->end;
}

static void
add_stretch(struct maker *m, const struct smp_session *session,
            const struct smp_stretch *stretch)
{
    struct smp_entry *entry = add_entry(m);

    entry->uid =
        uid_of(m, session->number, stretch->phase == SMP_PRE ? "pre" : "post",
               stretch->opening);
    entry->start = smp_when_day(stretch->first);
    entry->end = smp_when_day(last_shown(stretch));
    entry->summary = stretch_summary(m, stretch);
    entry->description = stretch_description(m, stretch);
    entry->category = category_of(m, stretch->phase);
    entry->related = session_uid(m, session);
    entry->opens_care = stretch->kind == SMP_STRETCH_CARE_BEGINS;
    set_alarm(m, entry);
}

static void
add_stretches(struct maker *m, const struct smp_session *session,
              enum smp_phase phase)
{
    struct smp_stretch *stretches;
    size_t n = smp_stretches(m->plan, session, phase, &stretches), i;

    for (i = 0; i < n; i++)
        if (stretches[i].kind != SMP_STRETCH_SESSION_DAY &&
            !smp_stretch_is_quiet(&stretches[i]))
            add_stretch(m, session, &stretches[i]);
}

/* Times where both bounds are times, else the days that are touched. */
static void
item_times(struct maker *m, const struct smp_item *item,
           struct smp_entry *entry)
{
    struct smp_item_days days = smp_item_days(m->plan, item);

    if (item->start.kind == SMP_LOCAL && item->end.kind == SMP_LOCAL) {
        entry->start = item->start;
        entry->end = item->end;
        return;
    }
    if (days.ended == SMP_DAY_OPEN)
        days.ended = days.perhaps_ended == SMP_DAY_OPEN
                         ? days.first + 1
                         : days.perhaps_ended + UNKNOWN_END_DAYS;
    entry->start = smp_when_day(days.first);
    entry->end = smp_when_day(days.ended);
}

/* What is asked for or permitted, from a day that is not certain. */
static bool
may_not_begin(const struct maker *m, const struct smp_item *item)
{
    struct smp_item_days days = smp_item_days(m->plan, item);

    return !smp_item_forbids(item) && days.sure != days.first;
}

static void
item_title(const struct maker *m, struct smp_buf *out,
           const struct smp_item *item)
{
    if (may_not_begin(m, item) && item->start_on &&
        strcmp(item->start_on, "healed") == 0)
        smp_words(out, m->protocol, "entry.once-healed",
                  SMP_VALUES({"list", item->title}));
    else
        smp_buf_puts(out, item->title);
}

static struct smp_entry *
item_entry(struct maker *m, const struct smp_item *item)
{
    const struct smp_session *session =
        smp_plan_session(m->plan, item->session);
    struct smp_entry *entry = add_entry(m);
    struct smp_state state = {.item = item, .unbegun = may_not_begin(m, item)};
    struct smp_buf title = {0}, words = {0}, text = {0};

    item_title(m, &title, item);
    smp_state_words(&words, m->protocol, &state);
    smp_description_line(&text, "", smp_buf_text(&words));
    smp_buf_release(&words);
    if (item->end.kind == SMP_NEVER)
        smp_description_line(&text, "", smp_label(m->protocol, "entry.open"));
    entry->uid = item_uid(m, item);
    entry->summary = summary(m, &title);
    entry->description = keep(m, &text);
    entry->category = category_of(m, item->phase);
    if (session)
        entry->related = session_uid(m, session);
    return entry;
}

static void
add_rule(struct maker *m, const struct smp_item *item)
{
    struct smp_entry *entry = item_entry(m, item);

    item_times(m, item, entry);
    set_alarm(m, entry);
}

/* The same time of the same day keeps its identity: day and place in it. */
static const char *
timed_uid(struct maker *m, const char *item, int32_t day, int place)
{
    struct smp_buf uid = {0};

    smp_buf_puts(&uid, item);
    smp_buf_putc(&uid, '-');
    smp_buf_digits(&uid, day, 1);
    smp_buf_putc(&uid, '-');
    smp_buf_digits(&uid, place, 1);
    return keep(m, &uid);
}

/* One more entry that says the same: its words are found once an item. */
static struct smp_entry *
add_like(struct maker *m, size_t same)
{
    struct smp_entry *entry = add_entry(m);

    *entry = m->entries[same];
    return entry;
}

static void
add_timed(struct maker *m, const struct smp_item *item)
{
    const struct smp_session *session =
        smp_plan_session(m->plan, item->session);
    int32_t origin = session ? smp_session_day(session) : 0, day_before = -1;
    int32_t sure = smp_item_days(m->plan, item).sure;
    size_t first = m->count, i;
    const char *uid = item_uid(m, item);
    int place = 0;

    for (i = 0; i < item->at_count; i++) {
        int64_t local = smp_zone_to_local(m->plan->zone, item->at[i]);
        int32_t day = smp_day_at(local);
        struct smp_entry *entry;

        if (day < sure && !smp_item_forbids(item))
            continue;
        entry = m->count == first ? item_entry(m, item) : add_like(m, first);
        place = i && day == day_before ? place + 1 : 0;
        day_before = day;
        entry->uid = timed_uid(m, uid, day - origin, place);
        entry->start = smp_when_local(local);
        entry->end = smp_when_local(
            smp_zone_to_local(m->plan->zone, item->at[i] + TIMED_SECONDS));
        set_alarm(m, entry);
    }
}

static void
add_care(struct maker *m)
{
    size_t i;

    for (i = 0; !m->options->by_rule && i < m->plan->session_count; i++) {
        add_stretches(m, &m->plan->sessions[i], SMP_PRE);
        add_stretches(m, &m->plan->sessions[i], SMP_POST);
    }
    for (i = 0; i < m->plan->item_count; i++) {
        if (m->options->by_rule)
            add_rule(m, &m->plan->items[i]);
        if (m->options->timed)
            add_timed(m, &m->plan->items[i]);
    }
}

/* Drops what lies outside the days that were kept. */
static void
drop_outside(struct maker *m)
{
    size_t i, kept = 0;

    for (i = 0; i < m->count; i++)
        if (smp_day_at(m->entries[i].start.seconds) <= m->plan->kept_until &&
            smp_day_at(m->entries[i].end.seconds - 1) >= m->plan->kept_from)
            m->entries[kept++] = m->entries[i];
    m->count = kept;
}

static int
compare_entries(const void *a, const void *b)
{
    const struct smp_entry *first = a, *second = b;

    if (first->start.seconds != second->start.seconds)
        return first->start.seconds < second->start.seconds ? -1 : 1;
    return strcmp(first->uid, second->uid);
}

/* The first entry, and the first of each aftercare, say whom to ask. */
static void
add_cautions(struct maker *m)
{
    size_t i;

    for (i = 0; i < m->count; i++) {
        struct smp_entry *entry = &m->entries[i];
        struct smp_buf text = {0};

        if (i && !entry->opens_care)
            continue;
        smp_buf_printf(&text, "%s\n\n", entry->description);
        smp_words_caution(&text, m->protocol);
        entry->description = keep(m, &text);
    }
}

size_t
smp_entries(struct smp_plan *plan, const struct smp_protocol *protocol,
            const struct smp_write_options *options, bool named,
            struct smp_entry **out)
{
    struct maker m = {.plan = plan,
                      .protocol = protocol,
                      .options = options,
                      .key = smp_uid_key(plan->id),
                      .named = named};
    size_t i;

    for (i = 0; i < plan->session_count; i++)
        if (plan->sessions[i].status != SMP_CANCELLED)
            add_session(&m, &plan->sessions[i]);
    add_care(&m);
    if (plan->kept)
        drop_outside(&m);
    if (m.count) {
        qsort(m.entries, m.count, sizeof *m.entries, compare_entries);
        add_cautions(&m);
    }
    *out = m.entries;
    return m.count;
}
