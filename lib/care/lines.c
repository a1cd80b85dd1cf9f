#include "care/in_force.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "base/fill.h"
#include "protocol/words.h"
#include "plan/plan.h"

static bool
ends_with_healing(const struct smp_item *item)
{
    return smp_is_healing(item->end_on);
}

/* Begun or not, it waits for the client to say that all has healed. */
static bool
waits_for_healing(const struct smp_state *state)
{
    return smp_is_healing(state->item->start_on) &&
           (state->perhaps || state->item->start_latest.kind != SMP_NEVER);
}

const char *
smp_state_proviso(const struct smp_protocol *protocol,
                  const struct smp_state *state)
{
    if (waits_for_healing(state))
        return smp_label(protocol, "state.once-healed");
    if (!state->perhaps)
        return NULL;
    if (state->unbegun)
        return smp_label(protocol, smp_verb_forbids(state->item->verb)
                                       ? "state.already"
                                       : "state.perhaps");
    if (smp_verbs[state->item->verb].kind == SMP_PERMISSION)
        return smp_label(protocol, ends_with_healing(state->item)
                                       ? "state.until-healed"
                                       : "state.no-longer");
    return ends_with_healing(state->item) ? NULL
                                          : smp_label(protocol, "state.still");
}

void
smp_state_words(struct smp_buf *out, const struct smp_protocol *protocol,
                const struct smp_state *state)
{
    const char *proviso = smp_state_proviso(protocol, state);

    if (proviso) {
        smp_buf_puts(out, proviso);
        smp_buf_putc(out, ' ');
    }
    smp_buf_puts(out, state->item->text);
}

static void
list_words(struct smp_buf *out, const struct smp_protocol *protocol,
           const char **titles, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++) {
        if (i)
            smp_buf_puts(out, smp_label(protocol, "titles.between"));
        smp_buf_puts(out, titles[i]);
    }
}

enum { TITLES_MAX = 64 };

/* Lower comes first in titles: tasks, bans, then what is permitted or normal.
 */
static int
rank(const struct smp_item *item)
{
    enum { TASKS, BANS, MILD };

    if (smp_verbs[item->verb].mild)
        return MILD;
    return smp_verbs[item->verb].kind == SMP_TASK ? TASKS : BANS;
}

enum { RANKS = 3 };

static bool
is_told(const struct smp_state *state)
{
    return state->begins && !state->unbegun &&
           !smp_verbs[state->item->verb].warns;
}

/* The first ban in force, if something mild begins and no ban does. */
static const struct smp_item *
standing_ban(const struct smp_state *states, size_t count)
{
    const struct smp_item *ban = NULL;
    bool mild = false;
    size_t i;

    for (i = 0; i < count; i++) {
        bool forbids = smp_verb_forbids(states[i].item->verb);

        if (is_told(&states[i]) && forbids)
            return NULL;
        if (is_told(&states[i]) && smp_verbs[states[i].item->verb].mild)
            mild = true;
        if (!ban && forbids)
            ban = states[i].item;
    }
    return mild ? ban : NULL;
}

bool
smp_title_needs_ban(const struct smp_state *states, size_t count)
{
    return standing_ban(states, count) != NULL;
}

size_t
smp_titles_begun(struct smp_buf *out, const struct smp_protocol *protocol,
                 const struct smp_state *states, size_t count)
{
    const char *titles[TITLES_MAX];
    const struct smp_item *ban = standing_ban(states, count);
    size_t n = 0, i;
    int r;

    for (r = 0; r < RANKS; r++)
        for (i = 0; i < count && n < TITLES_MAX; i++)
            if (rank(states[i].item) == r &&
                (is_told(&states[i]) || states[i].item == ban))
                titles[n++] = states[i].item->title;
    list_words(out, protocol, titles, n);
    return n;
}

size_t
smp_titles_of_bans(struct smp_buf *out, const struct smp_protocol *protocol,
                   const struct smp_state *states, size_t count)
{
    const char *titles[TITLES_MAX];
    size_t i, n = 0;

    for (i = 0; i < count && n < TITLES_MAX; i++)
        if (smp_verb_forbids(states[i].item->verb))
            titles[n++] = states[i].item->title;
    list_words(out, protocol, titles, n);
    return n;
}

size_t
smp_titles_ended(struct smp_buf *out, const struct smp_protocol *protocol,
                 const struct smp_item *const *items, size_t count)
{
    const char *titles[TITLES_MAX];
    size_t i, n = 0;

    for (i = 0; i < count && n < TITLES_MAX; i++)
        if ((smp_verb_forbids(items[i]->verb) ||
             smp_verbs[items[i]->verb].kind == SMP_TASK) &&
            !smp_ends_unconfirmed(items[i]))
            titles[n++] = items[i]->title;
    list_words(out, protocol, titles, n);
    return n;
}

/* A ban or duty that ends with healing, on a day that nobody has confirmed. */
bool
smp_ends_unconfirmed(const struct smp_item *item)
{
    return smp_is_healing(item->end_on) && item->end_earliest.kind != SMP_NEVER;
}

void
smp_unconfirmed_words(struct smp_buf *out, const struct smp_protocol *protocol,
                      const struct smp_item *const *items, size_t count)
{
    const char *titles[TITLES_MAX];
    struct smp_buf list = {0};
    size_t i, n = 0;

    for (i = 0; i < count && n < TITLES_MAX; i++)
        if (smp_ends_unconfirmed(items[i]))
            titles[n++] = items[i]->title;
    list_words(&list, protocol, titles, n);
    smp_words(out, protocol, "healed.if-not",
              SMP_VALUES({"list", smp_buf_text(&list)}));
    smp_buf_release(&list);
}

bool
smp_may_be_healed(const struct smp_state *states, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++)
        if (states[i].perhaps && smp_is_healing(states[i].item->end_on))
            return true;
    return false;
}

void
smp_shorten(struct smp_buf *text, size_t from, size_t characters)
{
    static const char dots[] = "...";
    size_t at = from, last_space = 0, count = 0;

    if (text->len - from <= characters) /* of no less than an octet each */
        return;
    while (at < text->len) {
        int32_t c;
        size_t size = smp_utf8_next(text->data + at, text->len - at, &c);

        if (count == characters)
            break;
        if (c == ' ' && count + sizeof dots - 1 <= characters)
            last_space = at;
        count++;
        at += size ? size : 1;
    }
    if (at == text->len)
        return;
    smp_buf_cut(text, last_space ? last_space : at);
    while (text->len > from && strchr(" ,:;.", text->data[text->len - 1]))
        smp_buf_cut(text, text->len - 1);
    smp_buf_puts(text, dots);
}

void
smp_late_words(struct smp_buf *out, const struct smp_protocol *protocol,
               const struct smp_session *session)
{
    struct smp_buf list = {0};
    size_t i;

    if (!session->late.count)
        return;
    for (i = 0; i < session->late.count; i++) {
        if (i)
            smp_buf_puts(&list, smp_label(protocol, "titles.between"));
        smp_buf_puts(&list, session->late.at[i]);
    }
    smp_words(out, protocol, "too-late",
              SMP_VALUES({"list", smp_buf_text(&list)}));
    smp_buf_release(&list);
}

/* the message of a day */

enum { TITLE_MAX = 60, DAYS_OF_DOUBT = 7 };

/* Lower is said first: before the session, then what is new, then bans and
 * duties, then what is permitted or normal. */
static int
order_of(const struct smp_state *state, bool both_phases)
{
    bool mild = smp_verbs[state->item->verb].mild;

    return (both_phases && state->item->phase == SMP_POST ? 4 : 0) +
           (mild ? 2 : 0) + (state->begins ? 0 : 1);
}

static void
insert(struct smp_day_care *note, struct smp_state state, bool both_phases)
{
    size_t i = note->count++;

    for (; i && order_of(&note->states[i - 1], both_phases) >
                    order_of(&state, both_phases);
         i--)
        note->states[i] = note->states[i - 1];
    note->states[i] = state;
}

/* On a session's day, what is to be done before it and after it. */
static bool
has_both_phases(const struct smp_state *states, size_t count)
{
    bool seen[2] = {false, false};
    size_t i;

    for (i = 0; i < count; i++)
        seen[states[i].item->phase] = true;
    return seen[SMP_PRE] && seen[SMP_POST];
}

static void
find_states(struct smp_day_care *note)
{
    struct smp_plan *plan = note->plan;
    size_t i;

    note->states = smp_arena_take(&plan->arena, (note->in_force.count + 1) *
                                                    sizeof *note->states);
    for (i = 0; i < note->in_force.count; i++)
        if (smp_in_force_on(&note->in_force, i, note->day,
                            &note->states[note->count]))
            note->count++;
    note->both = has_both_phases(note->states, note->count);
}

/* The session the day is about: one being prepared, else the last in time. */
static void
find_session(struct smp_day_care *note)
{
    size_t i;

    for (i = 0; i < note->count; i++) {
        const struct smp_item *item = note->states[i].item;
        const struct smp_session *session =
            smp_plan_session(note->plan, item->session);

        if (!note->session || item->phase == SMP_PRE ||
            smp_session_precedes(note->session, session))
            note->session = session;
        if (item->phase == SMP_PRE)
            return;
    }
}

/* For some days after the usual time of healing, the question goes on. */
static void
find_doubt(struct smp_day_care *note)
{
    size_t i;

    note->doubtful =
        smp_arena_alloc(&note->plan->arena,
                        (note->in_force.count + 1) * sizeof *note->doubtful);
    for (i = 0; i < note->in_force.count; i++) {
        const struct smp_item *item = &note->in_force.items[i];
        int32_t day = note->day;

        if (!smp_ends_unconfirmed(item) || item->end.kind == SMP_NEVER)
            continue;
        while (day > note->day - DAYS_OF_DOUBT &&
               !smp_in_force_ended(&note->in_force, i, day))
            day--;
        if (day > note->day - DAYS_OF_DOUBT)
            note->doubtful[note->doubt_count++] = item;
    }
}

void
smp_day_care_sort(struct smp_day_care *note)
{
    const struct smp_state *found = note->states;
    size_t i, count = note->count;

    note->states =
        smp_arena_take(&note->plan->arena, (count + 1) * sizeof *note->states);
    note->count = 0;
    for (i = 0; i < count; i++)
        insert(note, found[i], note->both);
    find_session(note);
    find_doubt(note);
}

/* Nothing begins, ends or is in doubt, and what holds holds for ever. */
static bool
is_quiet(const struct smp_day_care *note)
{
    size_t i;

    for (i = 0; i < note->count; i++)
        if (note->states[i].begins || note->states[i].perhaps ||
            !note->states[i].endless)
            return false;
    return !note->doubt_count;
}

void
smp_day_care_when(struct smp_buf *out, const struct smp_day_care *note)
{
    int32_t offset = note->day - smp_session_day(note->session);
    int32_t days = offset < 0 ? -offset : offset;
    const char *key = offset < 0   ? "day.before"
                      : offset > 0 ? "day.after"
                                   : "day.session";
    struct smp_buf form = {0};
    struct smp_buf number = {0};
    char n[16];

    snprintf(n, sizeof n, "%d", days);
    smp_session_put_number(&number, note->plan, note->session, note->protocol);
    smp_words_number(&form, note->protocol, key, (int64_t)1000 * days, n);
    smp_fill(out, smp_buf_text(&form),
             SMP_VALUES({"session", smp_buf_text(&number)}));
    smp_buf_release(&number);
    smp_buf_release(&form);
}

static bool
may_be_healed(const struct smp_day_care *note)
{
    size_t i;

    for (i = 0; i < note->count; i++)
        if (note->states[i].item->session == note->session->number &&
            smp_may_be_healed(&note->states[i], 1))
            return true;
    return note->doubt_count > 0;
}

/* False if nothing ended that is worth a word. */
static bool
ended_words(struct smp_buf *out, const struct smp_day_care *note)
{
    struct smp_buf list = {0};
    bool ended = smp_titles_ended(&list, note->protocol, note->ended,
                                  note->ended_count) > 0;

    if (ended)
        smp_words(out, note->protocol, "entry.ended",
                  SMP_VALUES({"list", smp_buf_text(&list)}));
    smp_buf_release(&list);
    return ended;
}

static void
change_words(struct smp_buf *out, const struct smp_day_care *note)
{
    if (!smp_titles_begun(out, note->protocol, note->states, note->count) &&
        (may_be_healed(note) || !ended_words(out, note)))
        smp_buf_puts(out, smp_label(note->protocol, may_be_healed(note)
                                                        ? "entry.healed?"
                                                        : "day.same"));
}

static const char *
keep(struct smp_day_care *note, struct smp_buf *text)
{
    const char *kept = smp_arena_strdup(&note->plan->arena, smp_buf_text(text));

    smp_buf_release(text);
    return kept;
}

const char *
smp_day_care_title(struct smp_day_care *note)
{
    struct smp_buf which = {0}, what = {0}, title = {0};

    if (!note->session)
        return "";
    smp_day_care_when(&which, note);
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
add_heading(struct smp_buf *text, const struct smp_day_care *note, size_t i)
{
    enum smp_phase phase = note->states[i].item->phase;

    if (note->both && (!i || note->states[i - 1].item->phase != phase))
        smp_buf_printf(text, "%s\n",
                       smp_label(note->protocol, phase == SMP_PRE
                                                     ? "day.heading.pre"
                                                     : "day.heading.post"));
}

/* Whom to ask, and where the studio is. */
static void
add_studio(struct smp_buf *text, const struct smp_protocol *protocol)
{
    struct smp_buf studio = {0};

    smp_words_caution(text, protocol);
    if (smp_words_studio(&studio, protocol))
        smp_buf_printf(text, "\n%s", smp_buf_text(&studio));
    smp_buf_release(&studio);
}

const char *
smp_day_care_text(struct smp_day_care *note)
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
    if (note->doubt_count) {
        smp_unconfirmed_words(&text, note->protocol, note->doubtful,
                              note->doubt_count);
        smp_buf_putc(&text, '\n');
    }
    if (ended_words(&text, note))
        smp_buf_putc(&text, '\n');
    if (text.len)
        add_studio(&text, note->protocol);
    return keep(note, &text);
}

void
smp_day_care_find(struct smp_day_care *care, struct smp_plan *plan,
                  const struct smp_protocol *protocol,
                  struct smp_rivals *rivals, bool proposed, int32_t day)
{
    *care =
        (struct smp_day_care){.plan = plan, .protocol = protocol, .day = day};
    smp_in_force_find(&care->in_force, plan, protocol, rivals, proposed);
    find_states(care);
}

void
smp_care_note_day(struct smp_plan *plan, const struct smp_protocol *protocol,
                  struct smp_rivals *rivals, bool proposed, int32_t day,
                  int64_t now)
{
    struct smp_day_care care;

    smp_day_care_find(&care, plan, protocol, rivals, proposed, day);
    smp_day_care_sort(&care);
    plan->day = (struct smp_day_note){
        .there = true, .date = day, .now = now, .title = "", .text = ""};
    if (!is_quiet(&care)) {
        plan->day.title = smp_day_care_title(&care);
        plan->day.text = smp_day_care_text(&care);
    }
}
