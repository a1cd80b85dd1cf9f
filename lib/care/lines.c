#include "care/lines.h"

#include <string.h>

#include "base/utf8.h"
#include "care/care.h"
#include "protocol/words.h"

static bool
is_healed(const char *milestone)
{
    return milestone && strcmp(milestone, "healed") == 0;
}

static bool
ends_with_healing(const struct smp_item *item)
{
    return is_healed(item->end_on);
}

/* Begun or not, it waits for the client to say that all has healed. */
static bool
waits_for_healing(const struct smp_state *state)
{
    return is_healed(state->item->start_on) &&
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
        return smp_label(protocol, smp_item_forbids(state->item)
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

static bool
is_mild(const struct smp_item *item)
{
    return smp_verbs[item->verb].mild;
}

static bool
is_told(const struct smp_state *state)
{
    return state->begins && !state->unbegun &&
           !smp_verbs[state->item->verb].warns;
}

/* The first ban in force, if something is permitted and no ban begins. */
static const char *
standing_ban(const struct smp_state *states, size_t count)
{
    const char *ban = NULL;
    bool permitted = false;
    size_t i;

    for (i = 0; i < count; i++) {
        if (is_told(&states[i]) && smp_item_forbids(states[i].item))
            return NULL;
        if (is_told(&states[i]) &&
            smp_verbs[states[i].item->verb].kind == SMP_PERMISSION)
            permitted = true;
        if (!ban && smp_item_forbids(states[i].item))
            ban = states[i].item->title;
    }
    return permitted ? ban : NULL;
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
    const char *titles[TITLES_MAX + 1];
    const char *ban = standing_ban(states, count);
    size_t n = 0, i;
    int mild;

    if (ban)
        titles[n++] = ban;
    for (mild = 0; mild < 2; mild++)
        for (i = 0; i < count && n < TITLES_MAX; i++)
            if (is_told(&states[i]) && is_mild(states[i].item) == mild)
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
        if (smp_item_forbids(states[i].item))
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
        if ((smp_item_forbids(items[i]) ||
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
    return is_healed(item->end_on) && item->end_earliest.kind != SMP_NEVER;
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
        if (states[i].perhaps && is_healed(states[i].item->end_on))
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
