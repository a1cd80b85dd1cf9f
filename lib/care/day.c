#include "care/care.h"

#include <stdio.h>
#include <string.h>

#include "care/lines.h"
#include "protocol/words.h"

enum { TITLE_MAX = 60 };

/* Whether a later session says the same rule again on the day. */
static bool
is_said_later(const struct smp_plan *plan, size_t index, int32_t day)
{
    const struct smp_item *item = &plan->items[index];
    size_t i;

    for (i = 0; i < plan->item_count; i++) {
        const struct smp_item *other = &plan->items[i];
        struct smp_item_days days = smp_item_days(plan, other);

        if (other->session > item->session &&
            strcmp(other->rule, item->rule) == 0 &&
            smp_item_in_force(&days, day) && !smp_item_perhaps(&days, day))
            return true;
    }
    return false;
}

/* Whether something ends that day with healing that nobody has confirmed. */
static bool
ends_unconfirmed(const struct smp_plan *plan, int32_t day)
{
    size_t i;

    for (i = 0; i < plan->item_count; i++)
        if (smp_ends_unconfirmed(&plan->items[i]) &&
            smp_item_days(plan, &plan->items[i]).ended == day)
            return true;
    return false;
}

/* The items in force on the day: what is new first. Returns how many. */
static size_t
states_of_day(struct smp_plan *plan, int32_t day, struct smp_state **out)
{
    struct smp_state *states =
        smp_arena_alloc(&plan->arena, (plan->item_count + 1) * sizeof *states);
    size_t count = 0, i;
    int fresh;

    for (fresh = 1; fresh >= 0; fresh--)
        for (i = 0; i < plan->item_count; i++) {
            const struct smp_item *item = &plan->items[i];
            struct smp_item_days days = smp_item_days(plan, item);
            bool perhaps = smp_item_perhaps(&days, day);
            struct smp_state state = {.item = item,
                                      .perhaps = perhaps,
                                      .begins = days.first == day && !perhaps};

            if (state.begins == (fresh == 1) && smp_item_in_force(&days, day) &&
                !is_said_later(plan, i, day) && smp_state_is_said(&state))
                states[count++] = state;
        }
    *out = states;
    return count;
}

/* The session the day is about: one being prepared, else the last one. */
static const struct smp_session *
session_of_day(const struct smp_plan *plan, const struct smp_state *states,
               size_t count)
{
    int number = 0;
    size_t i;

    for (i = 0; i < count; i++)
        if (states[i].item->phase == SMP_PRE)
            return smp_plan_session(plan, states[i].item->session);
    for (i = 0; i < count; i++)
        if (states[i].item->session > number)
            number = states[i].item->session;
    return smp_plan_session(plan, number);
}

static void
day_words(struct smp_buf *out, const struct smp_protocol *protocol,
          const struct smp_session *session, int32_t day)
{
    int32_t offset = day - smp_session_day(session);
    const char *key = offset < 0   ? "day.before"
                      : offset > 0 ? "day.after"
                                   : "day.session";
    struct smp_buf form = {0};
    char n[16], number[16];

    snprintf(n, sizeof n, "%d", offset < 0 ? -offset : offset);
    snprintf(number, sizeof number, "%d", session->number);
    smp_words_number(&form, protocol, key,
                     (int64_t)1000 * (offset < 0 ? -offset : offset), n);
    smp_fill(out, smp_buf_text(&form), SMP_VALUES({"session", number}));
    smp_buf_release(&form);
}

static bool
may_be_healed_of(const struct smp_state *states, size_t count, int session)
{
    size_t i;

    for (i = 0; i < count; i++)
        if (states[i].item->session == session &&
            smp_may_be_healed(&states[i], 1))
            return true;
    return false;
}

static void
change_words(struct smp_buf *out, const struct smp_plan *plan,
             const struct smp_protocol *protocol,
             const struct smp_state *states, size_t count,
             const struct smp_session *session, int32_t day)
{
    const char *key = "day.same";

    if (smp_titles_begun(out, protocol, states, count))
        return;
    if (may_be_healed_of(states, count, session->number))
        key = "entry.healed?";
    else if (ends_unconfirmed(plan, day))
        key = "entry.once-healed.plain";
    smp_buf_puts(out, smp_label(protocol, key));
}

static const char *
title_of_day(struct smp_plan *plan, const struct smp_protocol *protocol,
             const struct smp_state *states, size_t count, int32_t day)
{
    const struct smp_session *session = session_of_day(plan, states, count);
    struct smp_buf which = {0}, what = {0}, title = {0};
    const char *kept;

    if (!session)
        return "";
    day_words(&which, protocol, session, day);
    change_words(&what, plan, protocol, states, count, session, day);
    smp_words(&title, protocol, "day.title",
              SMP_VALUES({"day", smp_buf_text(&which)},
                         {"what", smp_buf_text(&what)}));
    smp_shorten(&title, 0, TITLE_MAX);
    kept = smp_arena_strdup(&plan->arena, smp_buf_text(&title));
    smp_buf_release(&which);
    smp_buf_release(&what);
    smp_buf_release(&title);
    return kept;
}

static const char *
text_of_day(struct smp_plan *plan, const struct smp_protocol *protocol,
            const struct smp_state *states, size_t count, int32_t day)
{
    struct smp_buf text = {0};
    const char *kept;
    size_t i;

    for (i = 0; i < count; i++) {
        if (i)
            smp_buf_putc(&text, '\n');
        smp_state_words(&text, protocol, &states[i]);
    }
    if (smp_may_be_healed(states, count))
        smp_buf_printf(&text, "\n%s", smp_label(protocol, "healed.question"));
    if (ends_unconfirmed(plan, day))
        smp_buf_printf(&text, "\n%s", smp_label(protocol, "healed.if-not"));
    kept = smp_arena_strdup(&plan->arena, smp_buf_text(&text));
    smp_buf_release(&text);
    return kept;
}

void
smp_care_note_day(struct smp_plan *plan, const struct smp_protocol *protocol,
                  int32_t day, int64_t now)
{
    struct smp_state *states;
    size_t count = states_of_day(plan, day, &states);

    plan->day = (struct smp_day_note){
        .there = true,
        .date = day,
        .now = now,
        .title = title_of_day(plan, protocol, states, count, day),
        .text = text_of_day(plan, protocol, states, count, day),
    };
}
