#include "care/in_force.h"

#include <stdlib.h>
#include <string.h>

#include "plan/plan.h"

/* The items of one session and phase, and how each stands on two days. */
struct group {
    struct smp_in_force *f;
    int32_t session_day;
    size_t *items; /* by number in the plan */
    size_t count;
    struct smp_state *states, *before; /* item NULL: not in force */
};

static struct group
collect(struct smp_in_force *f, const struct smp_session *session,
        enum smp_phase phase)
{
    struct smp_plan *plan = f->plan;
    struct group g = {.f = f, .session_day = smp_session_day(session)};
    size_t i;

    g.items = smp_arena_take(&plan->arena, (f->count + 1) * sizeof *g.items);
    for (i = 0; i < f->count; i++)
        if (f->items[i].session == session->number &&
            f->items[i].phase == phase)
            g.items[g.count++] = i;
    g.states = smp_arena_take(&plan->arena, (g.count + 1) * sizeof *g.states);
    g.before = smp_arena_take(&plan->arena, (g.count + 1) * sizeof *g.before);
    return g;
}

/* Days on which something may change. */
static struct smp_edges
possible_edges(const struct group *g)
{
    struct smp_edges edges = {0};
    size_t i;

    for (i = 0; i < 3; i++)
        smp_edges_add(&edges, g->session_day - 1 + (int32_t)i);
    for (i = 0; i < g->count; i++)
        smp_in_force_edges(g->f, g->items[i], &edges);
    smp_edges_sort(&edges);
    return edges;
}

/*
 * How all stand on a day; what stood before moves to `before`. Nothing changes
 * between two possible edges, so that is how all stood the day before.
 */
static void
stand(struct group *g, int32_t day)
{
    struct smp_state *spare = g->before;
    size_t i;

    g->before = g->states;
    g->states = spare;
    for (i = 0; i < g->count; i++) {
        struct smp_state *state = &g->states[i], *before = &g->before[i];

        if (!smp_in_force_now(g->f, g->items[i], day, state)) {
            state->item = NULL;
            continue;
        }
        if (state->unbegun && smp_verb_forbids(state->item->verb))
            state->perhaps = state->unbegun = false;
        smp_state_follow(state, before->item ? before : NULL);
    }
}

/* What changed of an item since the day before, or NULL. */
static const char *
edge_of(const struct smp_state *before, const struct smp_state *now)
{
    if (!before->item || !now->item)
        return now->item ? "start" : before->item ? "end" : NULL;
    if (before->perhaps == now->perhaps && before->unbegun == now->unbegun)
        return NULL;
    return now->perhaps ? "endEarliest" : "startLatest";
}

static bool
has_changed(const struct group *g)
{
    size_t i;

    for (i = 0; i < g->count; i++)
        if (edge_of(&g->before[i], &g->states[i]))
            return true;
    return false;
}

/* The edge of an item's own window that falls on a day, or NULL. */
static const char *
own_edge(const struct group *g, const struct smp_item *item, int32_t day)
{
    struct smp_item_days days = smp_item_days(g->f->plan, item);

    if (days.first == day)
        return "start";
    if (days.ended == day)
        return "end";
    if (days.perhaps_ended == day)
        return "endEarliest";
    return days.sure == day && !smp_verb_forbids(item->verb) ? "startLatest"
                                                             : NULL;
}

/* The first rule by id that has such an edge, and which; else NULL. */
static const struct smp_item *
first_with_edge(const struct group *g, int32_t day, bool own, const char **edge)
{
    const struct smp_item *best = NULL;
    size_t i;

    for (i = 0; i < g->count; i++) {
        const struct smp_item *item = &g->f->items[g->items[i]];
        const char *its = own ? own_edge(g, item, day)
                              : edge_of(&g->before[i], &g->states[i]);

        if (!its || (best && strcmp(item->rule, best->rule) >= 0))
            continue;
        best = item;
        *edge = its;
    }
    return best;
}

/*
 * What opens a period, for its identity, which is to stay the same: the edge
 * of the first rule by id, if its own window has one on that day; on the
 * session's own days the kind of the day; else what changed.
 */
static const char *
opening(const struct group *g, int32_t day)
{
    int32_t offset = day - g->session_day;
    const char *kept, *edge = NULL;
    const struct smp_item *item = first_with_edge(g, day, true, &edge);
    struct smp_buf text = {0};

    if (item) {
        smp_buf_puts(&text, item->rule);
        smp_buf_putc(&text, ' ');
        smp_buf_puts(&text, edge);
    } else {
        if (offset < -1 || offset > 1)
            item = first_with_edge(g, day, false, &edge);
        if (item)
            smp_buf_printf(&text, "%s %s ", item->rule, edge);
        else
            smp_buf_puts(&text, "day ");
        smp_buf_digits(&text, offset);
    }
    kept = smp_arena_strdup(&g->f->plan->arena, smp_buf_text(&text));
    smp_buf_release(&text);
    return kept;
}

static enum smp_period_kind
kind_of(enum smp_phase phase, int32_t offset)
{
    if (offset > 0)
        return SMP_PERIOD_LATER;
    if (phase == SMP_POST)
        return offset ? SMP_PERIOD_LATER : SMP_PERIOD_CARE_BEGINS;
    if (offset == 0)
        return SMP_PERIOD_SESSION_DAY;
    return offset == -1 ? SMP_PERIOD_EVE : SMP_PERIOD_BEFORE;
}

static void
fill_states(struct group *g, struct smp_period *period)
{
    struct smp_arena *arena = &g->f->plan->arena;
    size_t i;

    period->states =
        smp_arena_take(arena, (g->count + 1) * sizeof *period->states);
    period->ended =
        smp_arena_take(arena, (g->count + 1) * sizeof *period->ended);
    for (i = 0; i < g->count; i++)
        if (g->states[i].item)
            period->states[period->state_count++] = g->states[i];
        else if (smp_in_force_ended(g->f, g->items[i], period->first))
            period->ended[period->ended_count++] = &g->f->items[g->items[i]];
}

size_t
smp_periods(struct smp_in_force *f, const struct smp_session *session,
            enum smp_phase phase, struct smp_period **out)
{
    struct group g = collect(f, session, phase);
    struct smp_edges edges = possible_edges(&g);
    size_t i, count = 0;
    struct smp_period *list =
        smp_arena_alloc(&f->plan->arena, edges.count * sizeof *list);
    struct smp_period *open = NULL;

    memset(g.states, 0, g.count * sizeof *g.states);
    for (i = 0; i < edges.count; i++) {
        int32_t day = edges.at[i], offset = day - g.session_day;
        struct smp_period *period = &list[count];

        stand(&g, day);
        if (!has_changed(&g) && (offset < -1 || offset > 1))
            continue;
        if (open)
            open->end = day;
        open = NULL;
        *period = (struct smp_period){
            .session = session->number,
            .phase = phase,
            .kind = kind_of(phase, offset),
            .first = day,
            .end = SMP_DAY_OPEN,
        };
        fill_states(&g, period);
        if (!period->state_count && !period->ended_count)
            continue;
        period->opening = opening(&g, day);
        open = period;
        count++;
    }
    free(edges.at);
    *out = list;
    return count;
}

struct smp_period
smp_period_of_day(struct smp_in_force *f, const struct smp_session *session)
{
    struct group g = collect(f, session, SMP_PRE);
    struct smp_period period = {
        .session = session->number,
        .phase = SMP_PRE,
        .kind = SMP_PERIOD_SESSION_DAY,
        .first = g.session_day,
        .end = g.session_day + 1,
    };

    memset(g.states, 0, g.count * sizeof *g.states);
    stand(&g, g.session_day);
    fill_states(&g, &period);
    return period;
}

bool
smp_period_is_endless(const struct smp_period *period)
{
    size_t i;

    for (i = 0; i < period->state_count; i++)
        if (!period->states[i].endless)
            return false;
    return true;
}

bool
smp_period_forbids(const struct smp_period *period)
{
    size_t i;

    for (i = 0; i < period->state_count; i++)
        if (smp_verb_forbids(period->states[i].item->verb))
            return true;
    return false;
}

/*
 * A period tells nothing new where no care begins, no ban holds or ends and
 * what is left goes on for ever; nor does one in which nothing is left and what
 * ended was no ban, or ended with the session.
 */
bool
smp_period_is_quiet(const struct smp_period *period)
{
    size_t i;

    if (period->phase == SMP_PRE && !period->state_count)
        return true;
    for (i = 0; i < period->state_count; i++)
        if (period->states[i].begins ||
            smp_verb_forbids(period->states[i].item->verb))
            return false;
    for (i = 0; i < period->ended_count; i++)
        if (smp_verb_forbids(period->ended[i]->verb))
            return false;
    return smp_period_is_endless(period);
}
