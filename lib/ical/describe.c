#include "ical/entry_builder.h"

#include <string.h>

#include "base/utf8.h"
#include "base/fill.h"
#include "care/in_force.h"
#include "protocol/words.h"
#include "plan/plan.h"

/*
 * Octets, except LINE_MAX_CHARACTERS. Of a very long text only LOOKED_AT octets
 * are read; a description ends with "..." after DESCRIPTION_END.
 */
enum {
    DESCRIPTION_MAX = 1400,
    LINE_MAX_CHARACTERS = 300,
    LOOKED_AT = 8 * DESCRIPTION_MAX,
    DESCRIPTION_END = 16 << 10
};

bool
smp_description_is_kept(const struct smp_item *item)
{
    size_t n = strlen(item->text);

    return n <= DESCRIPTION_MAX &&
           (!item->source || smp_utf8_is_clean(item->text, n));
}

void
smp_description_line(struct smp_buf *out, const char *first, const char *text)
{
    size_t start, n = strnlen(text, LOOKED_AT);

    if (n == LOOKED_AT)
        n = smp_utf8_valid(text, n);
    if (out->len)
        smp_buf_putc(out, '\n');
    smp_buf_puts(out, first);
    start = out->len;
    smp_utf8_clean(out, text, n);
    if (out->len > DESCRIPTION_MAX)
        smp_shorten(out, start, LINE_MAX_CHARACTERS);
}

/* If the list grows too long for an entry, bans are listed by title alone. */
void
smp_period_lines(struct smp_buf *out, const struct smp_protocol *protocol,
                 const struct smp_period *period)
{
    struct smp_buf text = {0};
    size_t i;

    for (i = 0; i < period->state_count; i++) {
        const struct smp_state *state = &period->states[i];

        if (out->len > DESCRIPTION_END) {
            smp_description_line(out, "", "...");
            break;
        }
        smp_buf_cut(&text, 0);
        smp_state_words(&text, protocol, state);
        smp_description_line(out, "- ",
                             out->len + text.len > DESCRIPTION_MAX &&
                                     smp_verb_forbids(state->item->verb)
                                 ? state->item->title
                                 : smp_buf_text(&text));
    }
    smp_buf_release(&text);
}

static bool
follows_healing(const struct smp_period *period)
{
    size_t i;

    for (i = 0; i < period->ended_count; i++)
        if (smp_ends_unconfirmed(period->ended[i]))
            return true;
    return false;
}

static bool
waits_for_healing(const struct smp_period *period)
{
    size_t i;

    for (i = 0; i < period->state_count; i++)
        if (smp_is_healing(period->states[i].item->end_on))
            return true;
    return false;
}

static bool
begins_with_healing(const struct smp_state *state)
{
    return !state->perhaps && smp_is_healing(state->item->start_on);
}

/* Lists what certainly holds from this period on, begun or awaited. */
static void
titles_after_healing(struct smp_buf *out, const struct smp_protocol *protocol,
                     const struct smp_period *period)
{
    enum { LOOKED_AT_MAX = 200 };
    struct smp_state states[LOOKED_AT_MAX];
    size_t i;

    for (i = 0; i < period->state_count && i < LOOKED_AT_MAX; i++) {
        states[i] = period->states[i];
        states[i].begins = begins_with_healing(&states[i]);
    }
    smp_titles_begun(out, protocol, states, i);
}

/* Returns true if no ban has ended, and all bans in force last for ever. */
static bool
goes_on(const struct smp_period *period)
{
    size_t i;

    for (i = 0; i < period->ended_count; i++)
        if (smp_verb_forbids(period->ended[i]->verb))
            return false;
    for (i = 0; i < period->state_count; i++)
        if (smp_verb_forbids(period->states[i].item->verb) &&
            !period->states[i].endless)
            return false;
    return period->kind == SMP_PERIOD_LATER;
}

/* Returns true if the client may have healed by its first day. */
static bool
is_doubted(const struct smp_period *period)
{
    size_t i;

    for (i = 0; i < period->state_count; i++)
        if (period->states[i].doubted &&
            smp_may_be_healed(&period->states[i], 1))
            return true;
    return false;
}

/* Returns the key of the period's title, and fills the list it has. */
static const char *
title_key(const struct smp_protocol *protocol, const struct smp_period *s,
          struct smp_buf *list)
{
    static const char *const by_kind[] = {
        [SMP_PERIOD_BEFORE] = "entry.getting-ready",
        [SMP_PERIOD_EVE] = "entry.tomorrow",
        [SMP_PERIOD_CARE_BEGINS] = "entry.today",
    };

    if (is_doubted(s))
        return "entry.healed?";
    if (follows_healing(s)) {
        titles_after_healing(list, protocol, s);
        return "entry.once-healed";
    }
    if (smp_titles_begun(list, protocol, s->states, s->state_count)) {
        if (s->kind != SMP_PERIOD_LATER)
            return by_kind[s->kind];
        return smp_title_needs_ban(s->states, s->state_count) ? "entry.still"
                                                              : "entry.begins";
    }
    if (s->kind == SMP_PERIOD_EVE || s->kind == SMP_PERIOD_CARE_BEGINS)
        return by_kind[s->kind];
    if (goes_on(s) &&
        smp_titles_of_bans(list, protocol, s->states, s->state_count))
        return "entry.still";
    if (smp_titles_ended(list, protocol, s->ended, s->ended_count))
        return "entry.ends";
    return waits_for_healing(s) ? "entry.healing" : "entry.same";
}

void
smp_period_title(struct smp_buf *out, const struct smp_protocol *protocol,
                 const struct smp_period *period)
{
    struct smp_buf list = {0};
    const char *key = title_key(protocol, period, &list);
    const char *plain = list.len ? NULL : smp_label_of(protocol, key, ".plain");

    smp_fill(out, plain ? plain : smp_label(protocol, key),
             SMP_VALUES({"list", smp_buf_text(&list)}));
    smp_buf_release(&list);
}

static void
add_ended(struct smp_buf *out, const struct smp_protocol *protocol,
          const struct smp_period *period)
{
    struct smp_buf titles = {0}, line = {0};

    if (smp_titles_ended(&titles, protocol, period->ended,
                         period->ended_count)) {
        smp_words(&line, protocol, "entry.ends",
                  SMP_VALUES({"list", smp_buf_text(&titles)}));
        smp_description_line(out, "", smp_buf_text(&line));
    }
    smp_buf_release(&titles);
    smp_buf_release(&line);
}

static void
add_unconfirmed(struct smp_buf *out, const struct smp_protocol *protocol,
                const struct smp_period *period)
{
    struct smp_buf line = {0};

    smp_unconfirmed_words(&line, protocol, period->ended, period->ended_count);
    smp_description_line(out, "", smp_buf_text(&line));
    smp_buf_release(&line);
}

void
smp_period_text(struct smp_buf *out, const struct smp_protocol *protocol,
                const struct smp_period *period)
{
    smp_period_lines(out, protocol, period);
    if (smp_may_be_healed(period->states, period->state_count))
        smp_description_line(out, "", smp_label(protocol, "healed.question"));
    if (follows_healing(period))
        add_unconfirmed(out, protocol, period);
    add_ended(out, protocol, period);
}
