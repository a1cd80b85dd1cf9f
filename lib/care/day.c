#include "care/care.h"

#include <stdio.h>
#include <string.h>

#include "care/lines.h"
#include "care/resolve.h"
#include "protocol/words.h"

enum { TITLE_MAX = 60, DAYS_OF_DOUBT = 7 };

/* What is to be said to one client on one day. */
struct note {
    struct smp_plan *plan;
    const struct smp_protocol *protocol;
    int32_t day;
    struct smp_state *states; /* in force on the day, in the order of saying */
    size_t count;
    const struct smp_session *session; /* that the day is about */
    bool both;     /* it speaks of the time before a session and after one */
    bool doubtful; /* the usual time of healing is over, unconfirmed */
};

/*
 * A session that is only proposed may not take place: nobody is told. Nor is
 * anybody of one that the plan does not have.
 */
static bool
is_told(const struct note *note, const struct smp_item *item)
{
    const struct smp_session *session =
        smp_plan_session(note->plan, item->session);

    return session && session->status != SMP_PROPOSED;
}

/* Whether a later session says the same rule again on the day. */
static bool
is_said_later(const struct note *note, const struct smp_item *item)
{
    const struct smp_plan *plan = note->plan;
    size_t i;

    for (i = 0; i < plan->item_count; i++) {
        const struct smp_item *other = &plan->items[i];
        struct smp_item_days days;

        if (other->session <= item->session || !*item->rule ||
            strcmp(other->rule, item->rule) != 0 || other->verb != item->verb ||
            strcmp(other->text, item->text) != 0 || !is_told(note, other))
            continue;
        days = smp_item_days(plan, other);
        if (smp_item_in_force(&days, note->day) &&
            !smp_item_perhaps(&days, note->day))
            return true;
    }
    return false;
}

/*
 * What is asked for, permitted or normal after one session gives way to the
 * next, which makes a new wound and begins the same rule anew; a ban stays.
 */
static bool
gives_way(const struct note *note, const struct smp_item *item)
{
    const struct smp_session *next = NULL;
    size_t i;

    for (i = 0; i < note->plan->session_count; i++)
        if (note->plan->sessions[i].number > item->session && !next &&
            smp_session_counts(&note->plan->sessions[i]))
            next = &note->plan->sessions[i];

    if (!next || next->status == SMP_PROPOSED || item->phase == SMP_PRE ||
        smp_item_forbids(item) || note->day < smp_session_day(next))
        return false;
    for (i = 0; i < note->plan->item_count; i++)
        if (note->plan->items[i].session == next->number &&
            strcmp(note->plan->items[i].rule, item->rule) == 0)
            return true;
    return false;
}

/* Lower is said first: before the session, then what is new, then bans and
 * duties, then what is permitted or normal. */
static int
order_of(const struct smp_state *state, bool both_phases)
{
    bool mild = state->item->verb == SMP_MAY || state->item->verb == SMP_EXPECT;

    return (both_phases && state->item->phase == SMP_POST ? 4 : 0) +
           (mild ? 2 : 0) + (state->begins ? 0 : 1);
}

static void
insert(struct note *note, struct smp_state state, bool both_phases)
{
    size_t i = note->count++;

    for (; i && order_of(&note->states[i - 1], both_phases) >
                    order_of(&state, both_phases);
         i--)
        note->states[i] = note->states[i - 1];
    note->states[i] = state;
}

static bool
is_in_force(const struct note *note, const struct smp_item *item,
            struct smp_state *state)
{
    struct smp_item_days days = smp_item_days(note->plan, item);
    bool perhaps = smp_item_perhaps(&days, note->day);

    *state = (struct smp_state){.item = item,
                                .perhaps = perhaps,
                                .unbegun = note->day < days.sure,
                                .begins = days.first == note->day && !perhaps};
    return smp_item_in_force(&days, note->day) && is_told(note, item) &&
           !is_said_later(note, item) && !gives_way(note, item) &&
           smp_state_is_said(state);
}

/* On a session's day, what is to be done before it and after it. */
static bool
has_both_phases(const struct note *note)
{
    bool seen[2] = {false, false};
    struct smp_state state;
    size_t i;

    for (i = 0; i < note->plan->item_count; i++)
        if (is_in_force(note, &note->plan->items[i], &state))
            seen[note->plan->items[i].phase] = true;
    return seen[SMP_PRE] && seen[SMP_POST];
}

static void
find_states(struct note *note)
{
    struct smp_plan *plan = note->plan;
    struct smp_state state;
    size_t i;

    note->both = has_both_phases(note);
    note->states = smp_arena_alloc(&plan->arena, (plan->item_count + 1) *
                                                     sizeof *note->states);
    for (i = 0; i < plan->item_count; i++)
        if (is_in_force(note, &plan->items[i], &state))
            insert(note, state, note->both);
}

/* The session the day is about: one being prepared, else the last one. */
static void
find_session(struct note *note)
{
    int number = 0;
    size_t i;

    for (i = 0; i < note->count; i++) {
        const struct smp_item *item = note->states[i].item;

        if (item->phase == SMP_PRE) {
            number = item->session;
            break;
        }
        if (item->session > number)
            number = item->session;
    }
    note->session = smp_plan_session(note->plan, number);
}

/* For some days after the usual time of healing, the question goes on. */
static void
find_doubt(struct note *note)
{
    size_t i;

    for (i = 0; i < note->plan->item_count; i++) {
        const struct smp_item *item = &note->plan->items[i];
        int32_t ended;

        if (!smp_ends_unconfirmed(item) || !is_told(note, item))
            continue;
        ended = smp_item_days(note->plan, item).ended;
        if (ended <= note->day && note->day < ended + DAYS_OF_DOUBT &&
            !is_said_later(note, item))
            note->doubtful = true;
    }
}

/* Nothing begins, ends or is in doubt, and what holds holds for ever. */
static bool
is_quiet(const struct note *note)
{
    size_t i;

    for (i = 0; i < note->count; i++)
        if (note->states[i].begins || note->states[i].perhaps ||
            !smp_item_is_endless(note->states[i].item))
            return false;
    return !note->doubtful;
}

static void
day_words(struct smp_buf *out, const struct note *note)
{
    int32_t offset = note->day - smp_session_day(note->session);
    int32_t days = offset < 0 ? -offset : offset;
    const char *key = offset < 0   ? "day.before"
                      : offset > 0 ? "day.after"
                                   : "day.session";
    struct smp_buf form = {0};
    char n[16], number[16];

    snprintf(n, sizeof n, "%d", days);
    snprintf(number, sizeof number, "%d", note->session->number);
    smp_words_number(&form, note->protocol, key, (int64_t)1000 * days, n);
    smp_fill(out, smp_buf_text(&form), SMP_VALUES({"session", number}));
    smp_buf_release(&form);
}

static bool
may_be_healed(const struct note *note)
{
    size_t i;

    for (i = 0; i < note->count; i++)
        if (note->states[i].item->session == note->session->number &&
            smp_may_be_healed(&note->states[i], 1))
            return true;
    return note->doubtful;
}

static void
change_words(struct smp_buf *out, const struct note *note)
{
    if (!smp_titles_begun(out, note->protocol, note->states, note->count))
        smp_buf_puts(out, smp_label(note->protocol, may_be_healed(note)
                                                        ? "entry.healed?"
                                                        : "day.same"));
}

static const char *
keep(struct note *note, struct smp_buf *text)
{
    const char *kept = smp_arena_strdup(&note->plan->arena, smp_buf_text(text));

    smp_buf_release(text);
    return kept;
}

static const char *
title_of(struct note *note)
{
    struct smp_buf which = {0}, what = {0}, title = {0};

    if (!note->session)
        return "";
    day_words(&which, note);
    change_words(&what, note);
    smp_words(&title, note->protocol, "day.title",
              SMP_VALUES({"day", smp_buf_text(&which)},
                         {"what", smp_buf_text(&what)}));
    smp_shorten(&title, 0, TITLE_MAX);
    smp_buf_release(&which);
    smp_buf_release(&what);
    return keep(note, &title);
}

/* Where the phase changes, a heading says so. */
static void
add_heading(struct smp_buf *text, const struct note *note, size_t i)
{
    enum smp_phase phase = note->states[i].item->phase;

    if (note->both && (!i || note->states[i - 1].item->phase != phase))
        smp_buf_printf(text, "%s\n",
                       smp_label(note->protocol, phase == SMP_PRE
                                                     ? "day.heading.pre"
                                                     : "day.heading.post"));
}

static const char *
text_of(struct note *note)
{
    struct smp_buf text = {0};
    size_t i;

    for (i = 0; i < note->count; i++) {
        add_heading(&text, note, i);
        smp_buf_puts(&text, "- ");
        smp_state_words(&text, note->protocol, &note->states[i]);
        smp_buf_putc(&text, '\n');
    }
    if (smp_may_be_healed(note->states, note->count))
        smp_buf_printf(&text, "%s\n",
                       smp_label(note->protocol, "healed.question"));
    if (note->doubtful)
        smp_buf_printf(&text, "%s\n",
                       smp_label(note->protocol, "healed.if-not"));
    if (text.len)
        smp_words_caution(&text, note->protocol);
    return keep(note, &text);
}

void
smp_care_note_day(struct smp_plan *plan, const struct smp_protocol *protocol,
                  int32_t day, int64_t now)
{
    struct note note = {.plan = plan, .protocol = protocol, .day = day};

    find_states(&note);
    find_session(&note);
    find_doubt(&note);
    plan->day = (struct smp_day_note){
        .there = true, .date = day, .now = now, .title = "", .text = ""};
    if (is_quiet(&note))
        return;
    plan->day.title = title_of(&note);
    plan->day.text = text_of(&note);
}
