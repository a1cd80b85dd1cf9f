#include "care/stretch.h"

#include <string.h>

/* The items of one session and phase, with their days. */
struct group {
    struct smp_plan *plan;
    int32_t session_day;
    const struct smp_item **items;
    struct smp_item_days *days;
    size_t count;
};

static struct group
collect(struct smp_plan *plan, const struct smp_session *session,
        enum smp_phase phase)
{
    struct group g = {.plan = plan, .session_day = smp_session_day(session)};
    size_t i;

    g.items =
        smp_arena_take(&plan->arena, (plan->item_count + 1) * sizeof *g.items);
    g.days =
        smp_arena_take(&plan->arena, (plan->item_count + 1) * sizeof *g.days);
    for (i = 0; i < plan->item_count; i++) {
        const struct smp_item *item = &plan->items[i];

        if (item->session != session->number || item->phase != phase)
            continue;
        g.items[g.count] = item;
        g.days[g.count] = smp_item_days(plan, item);
        if (smp_item_forbids(item)) /* a ban counts from its first day */
            g.days[g.count].sure = g.days[g.count].first;
        g.count++;
    }
    return g;
}

/* Adds a day where it belongs: they are few. */
static size_t
add_day(int32_t *days, size_t n, int32_t day)
{
    size_t at = n;

    while (at && days[at - 1] > day)
        at--;
    if (day == SMP_DAY_OPEN || (at && days[at - 1] == day))
        return n;
    memmove(days + at + 1, days + at, (n - at) * sizeof *days);
    days[at] = day;
    return n + 1;
}

/* All days on which something may change, ascending, each once. */
static size_t
edges(const struct group *g, int32_t **out)
{
    int32_t *days =
        smp_arena_take(&g->plan->arena, (g->count * 4 + 3) * sizeof *days);
    size_t n = 0, i;

    for (i = 0; i < 3; i++)
        days[n++] = g->session_day - 1 + (int32_t)i;
    for (i = 0; i < g->count; i++) {
        n = add_day(days, n, g->days[i].first);
        n = add_day(days, n, g->days[i].sure);
        n = add_day(days, n, g->days[i].perhaps_ended);
        n = add_day(days, n, g->days[i].ended);
    }
    *out = days;
    return n;
}

/* The name of the edge of an item that falls on a day, or NULL. */
static const char *
edge_on(const struct smp_item_days *days, int32_t day)
{
    if (days->first == day)
        return "start";
    if (days->ended == day)
        return "end";
    if (days->perhaps_ended == day)
        return "endEarliest";
    if (days->sure == day)
        return "startLatest";
    return NULL;
}

/*
 * What opens a stretch: the edge of the first rule by id; where only the
 * session's own days make the cut, the kind of the day.
 */
static const char *
opening(const struct group *g, int32_t day)
{
    struct smp_buf text = {0};
    const char *kept, *edge;
    size_t i, best = g->count;

    for (i = 0; i < g->count; i++)
        if (edge_on(&g->days[i], day) &&
            (best == g->count ||
             strcmp(g->items[i]->rule, g->items[best]->rule) < 0))
            best = i;
    if (best < g->count) {
        edge = edge_on(&g->days[best], day);
        smp_buf_puts(&text, g->items[best]->rule);
        smp_buf_putc(&text, ' ');
        smp_buf_puts(&text, edge);
    } else {
        smp_buf_puts(&text, "day ");
        smp_buf_digits(&text, day - g->session_day);
    }
    kept = smp_arena_strdup(&g->plan->arena, smp_buf_text(&text));
    smp_buf_release(&text);
    return kept;
}

static enum smp_stretch_kind
kind_of(enum smp_phase phase, int32_t offset)
{
    if (offset > 0)
        return SMP_STRETCH_LATER;
    if (phase == SMP_POST)
        return offset ? SMP_STRETCH_LATER : SMP_STRETCH_CARE_BEGINS;
    if (offset == 0)
        return SMP_STRETCH_SESSION_DAY;
    return offset == -1 ? SMP_STRETCH_EVE : SMP_STRETCH_BEFORE;
}

static void
fill_states(const struct group *g, struct smp_stretch *stretch)
{
    int32_t day = stretch->first;
    size_t i, holding = 0, ended = 0;

    for (i = 0; i < g->count; i++) {
        holding += smp_item_in_force(&g->days[i], day);
        ended += g->days[i].ended == day;
    }
    stretch->states = smp_arena_take(&g->plan->arena,
                                     (holding + 1) * sizeof *stretch->states);
    stretch->ended =
        smp_arena_take(&g->plan->arena, (ended + 1) * sizeof *stretch->ended);
    for (i = 0; i < g->count; i++) {
        const struct smp_item_days *days = &g->days[i];

        if (smp_item_in_force(days, day))
            stretch->states[stretch->state_count++] = (struct smp_state){
                .item = g->items[i],
                .perhaps = smp_item_perhaps(days, day),
                .begins = days->first == day,
                .unbegun = day < days->sure,
                .doubted = days->perhaps_ended == day,
            };
        else if (days->ended == day)
            stretch->ended[stretch->ended_count++] = g->items[i];
    }
}

size_t
smp_stretches(struct smp_plan *plan, const struct smp_session *session,
              enum smp_phase phase, struct smp_stretch **out)
{
    struct group g = collect(plan, session, phase);
    int32_t *days;
    size_t n = edges(&g, &days), i, count = 0;
    struct smp_stretch *list =
        smp_arena_alloc(&plan->arena, (n + 1) * sizeof *list);

    for (i = 0; i < n; i++) {
        struct smp_stretch *stretch = &list[count];

        *stretch = (struct smp_stretch){
            .session = session->number,
            .phase = phase,
            .kind = kind_of(phase, days[i] - g.session_day),
            .first = days[i],
            .end = i + 1 < n ? days[i + 1] : SMP_DAY_OPEN,
        };
        fill_states(&g, stretch);
        if (!stretch->state_count && !stretch->ended_count)
            continue;
        stretch->opening = opening(&g, days[i]);
        count++;
    }
    *out = list;
    return count;
}

struct smp_stretch
smp_stretch_of_day(struct smp_plan *plan, const struct smp_session *session)
{
    struct group g = collect(plan, session, SMP_PRE);
    struct smp_stretch stretch = {
        .session = session->number,
        .phase = SMP_PRE,
        .kind = SMP_STRETCH_SESSION_DAY,
        .first = g.session_day,
        .end = g.session_day + 1,
    };

    fill_states(&g, &stretch);
    return stretch;
}

bool
smp_stretch_is_endless(const struct smp_stretch *stretch)
{
    size_t i;

    for (i = 0; i < stretch->state_count; i++)
        if (!smp_item_is_endless(stretch->states[i].item))
            return false;
    return true;
}

/*
 * A stretch tells nothing new where no care begins, no ban ends and what is
 * left goes on for ever; nor does one in which nothing is left and what ended
 * was no ban, or ended with the session.
 */
bool
smp_stretch_is_quiet(const struct smp_stretch *stretch)
{
    size_t i;

    if (stretch->phase == SMP_PRE && !stretch->state_count)
        return true;
    for (i = 0; i < stretch->state_count; i++)
        if (stretch->states[i].begins)
            return false;
    for (i = 0; i < stretch->ended_count; i++)
        if (smp_item_forbids(stretch->ended[i]))
            return false;
    return smp_stretch_is_endless(stretch);
}
