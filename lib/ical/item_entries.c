#include "ical/maker.h"

#include <string.h>

#include "care/lines.h"
#include "protocol/words.h"
#include "ical/describe.h"

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
            days.first + (is_endless(m) && !smp_verb_forbids(item->verb)
                              ? 1
                              : SMP_OPEN_DAYS);
    entry->start = smp_when_day(days.first);
    entry->end = smp_when_day(days.ended);
}

/* What is asked for or permitted, from a day that is not certain. */
static bool
may_not_begin(const struct smp_maker *m)
{
    return !smp_verb_forbids(m->item->verb) && m->days.sure != m->days.first;
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

        if (day < m->days.sure && !smp_verb_forbids(item->verb))
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

void
smp_maker_add_item(struct smp_maker *m, const struct smp_item *item)
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
