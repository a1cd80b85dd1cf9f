#include "care/in_force.h"

#include <stdlib.h>
#include <string.h>

#include "time/zone.h"
#include "protocol/protocol.h"
#include "plan/plan.h"
#include "care/care.h"
#include "care/resolve.h"

/*
 * How the items in force on a day are found. Each item gives a part: four
 * moments, as in verdict.c, between which it is perhaps or certainly in force.
 *
 *          start   start_latest      end_earliest    end
 *            |--perhaps--|----certainly----|--perhaps--|
 *
 * Its own window first: most items on most days are not in force, and nothing
 * else is looked at. An item in force then loses to its rivals, if it loses to
 * one for each of its activities: a ban to tasks and permissions that lift it,
 * a task or permission to a ban that nothing lifts. Which rules can be rivals
 * depends on the protocol alone, so that is found once for many plans. While
 * healing is open, both worlds are asked, unhealed and healed today; an item in
 * force in one of them only is perhaps in force. At last, of several sessions
 * that say the same, one says it: the most certain one, then the latest wound.
 *
 * All this changes only at a moment of the item itself, of the same rule's item
 * for another session, or of a rival, and from day to day in a usual range of
 * healing. These are the edges. Whoever wants all days of an item asks at its
 * edges only:
 *
 *     item     |=================================|
 *     rival            |=======|
 *     edges    ^       ^       ^                 ^
 *
 * A plan costs (edges) x (rivals). If that is more than WORK_MAX steps, rivals
 * are no longer asked and both sides are listed.
 */

/* What is assumed of healing while that is open, see verdict.c. */
enum world { AS_NOTED, UNHEALED, HEALED };

#define NO_ITEM SIZE_MAX

/* Steps for the rivals of one plan; after that both sides are listed. */
enum { WORK_MAX = 100000000 };

/* rivals of rules */

/* One activity that a rule names, with the rules that speak of it. */
struct smp_topic {
    struct smp_subject *subject;
    size_t *bans, *grants; /* numbers of rules; grants: tasks, permissions */
    size_t ban_count, grant_count;
};

/* None if one of a rule's activities has no rival. */
struct smp_topics {
    struct smp_topic *at;
    size_t count;
};

enum {
    COST_MAX = 2000000, /* topics times ids, of some octets each */
    PAIRS_MAX = 144     /* bans times what can lift them, of one topic */
};

static void
release_topic(struct smp_topic *topic)
{
    smp_subject_free(topic->subject);
    free(topic->bans);
    free(topic->grants);
}

static void
release_topics(struct smp_topics *topics)
{
    while (topics->count)
        release_topic(&topics->at[--topics->count]);
    free(topics->at);
    topics->at = NULL;
}

static struct smp_topic
topic_of(const struct smp_rivals *rivals, const char *activity)
{
    const struct smp_protocol *p = rivals->of;
    struct smp_topic topic = {
        .subject = smp_subject_new(rivals->graph, activity),
        .bans = smp_calloc(p->rule_count, sizeof *topic.bans),
        .grants = smp_calloc(p->rule_count, sizeof *topic.grants),
    };
    size_t r;

    for (r = 0; r < p->rule_count; r++) {
        if (smp_subject_distance(topic.subject, r) == SMP_NO_PATH)
            continue;
        if (smp_verb_forbids(p->rules[r].verb))
            topic.bans[topic.ban_count++] = r;
        if (smp_verb_lifts(p->rules[r].verb))
            topic.grants[topic.grant_count++] = r;
    }
    return topic;
}

/* Whether something stands against the rule, as far as this activity goes. */
static bool
can_be_overruled(const struct smp_rule *rule, const struct smp_topic *topic)
{
    return topic->ban_count * topic->grant_count <= PAIRS_MAX &&
           (smp_verb_forbids(rule->verb) ? topic->grant_count
                                         : topic->ban_count) > 0;
}

static void
find_topics(struct smp_rivals *rivals, size_t number)
{
    const struct smp_rule *rule = &rivals->of->rules[number];
    struct smp_topics *topics = &rivals->topics[number];
    size_t i;

    if (!rule->what.count ||
        (!smp_verb_forbids(rule->verb) && !smp_verb_lifts(rule->verb)))
        return;
    topics->at = smp_calloc(rule->what.count, sizeof *topics->at);
    for (i = 0; i < rule->what.count; i++) {
        topics->at[topics->count++] = topic_of(rivals, rule->what.at[i]);
        if (can_be_overruled(rule, &topics->at[topics->count - 1]))
            continue;
        release_topics(topics);
        return;
    }
}

void
smp_rivals_release(struct smp_rivals *rivals)
{
    size_t r;

    if (rivals->topics)
        for (r = 0; r < rivals->rules; r++)
            release_topics(&rivals->topics[r]);
    free(rivals->topics);
    smp_activity_graph_free(rivals->graph);
    free(rivals->protocol);
    *rivals = (struct smp_rivals){0};
}

/*
 * Finds the rivals of a protocol unless they are those that are there. If there
 * are so many that each day would take long, they are left out: both sides are
 * listed then.
 */
static void
find_rivals(struct smp_rivals *rivals, const struct smp_protocol *protocol)
{
    size_t r, cost = 0, ids;

    if (rivals->protocol && rivals->of == protocol &&
        strcmp(rivals->protocol, protocol->hash) == 0)
        return;
    smp_rivals_release(rivals);
    rivals->protocol = smp_strdup(protocol->hash);
    rivals->of = protocol;
    rivals->rules = protocol->rule_count;
    rivals->graph = smp_activity_graph_new(protocol);
    rivals->topics =
        smp_calloc(protocol->rule_count + 1, sizeof *rivals->topics);
    ids = smp_activity_mentions(protocol) + protocol->rule_count;
    for (r = 0; r < protocol->rule_count; r++)
        cost += protocol->rules[r].what.count * ids;
    for (r = 0; r < protocol->rule_count && cost < COST_MAX; r++)
        find_topics(rivals, r);
}

/* days of items */

/* Returns true if the latest start is not written because it never comes. */
static bool
start_may_never_come(const struct smp_session *session,
                     const struct smp_item *item)
{
    return item->start_on && item->start_latest.kind == SMP_NEVER &&
           !(session && session->healing == SMP_HEALED &&
             smp_is_healing(item->start_on));
}

/* Nothing is asked of anybody before this day; INT32_MIN if that is unknown. */
static int32_t
day_of_booking(const struct smp_plan *plan, const struct smp_session *session,
               const struct smp_item *item)
{
    return item->phase == SMP_PRE && session && session->has_created
               ? smp_day_at(smp_zone_to_local(plan->zone, session->created))
               : INT32_MIN;
}

/* The first day that begins at or after a bound. */
static int32_t
day_from(struct smp_when when)
{
    int32_t day = smp_day_at(when.seconds);

    if (when.kind == SMP_NEVER)
        return SMP_DAY_OPEN;
    return when.seconds % SMP_DAY_SECONDS ? day + 1 : day;
}

struct smp_item_days
smp_item_days(const struct smp_plan *plan, const struct smp_item *item)
{
    const struct smp_session *session = smp_plan_session(plan, item->session);
    int32_t booked = day_of_booking(plan, session, item);
    struct smp_item_days days = {
        .first = smp_day_at(item->start.seconds),
        .ended = day_from(item->end),
        .perhaps_ended = day_from(item->end_earliest),
    };

    days.sure = days.first;
    if (item->start_latest.kind != SMP_NEVER)
        days.sure = smp_day_at(item->start_latest.seconds);
    else if (start_may_never_come(session, item))
        days.sure = SMP_DAY_OPEN;
    if (days.perhaps_ended == SMP_DAY_OPEN)
        days.perhaps_ended = days.ended;
    if (days.first < booked)
        days.first = booked;
    if (days.sure < booked)
        days.sure = booked;
    return days;
}

/* parts of items */

/* A rule of the protocol, else one made of the item. */
static const struct smp_rule *
rule_of(struct smp_in_force *f, const struct smp_item *item)
{
    const struct smp_rule *rules = f->protocol->rules, *found = NULL;
    struct smp_rule *made;
    size_t r;

    /* what was added here has the rule's own id */
    for (r = 0; r < f->protocol->rule_count && !found; r++)
        if (rules[r].id == item->rule)
            found = &rules[r];
    if (!found)
        found = smp_protocol_rule(f->protocol, item->rule);
    if (found && found->phase == item->phase && found->verb == item->verb)
        return found;
    made = smp_arena_alloc(&f->plan->arena, sizeof *made);
    made->id = item->rule;
    made->phase = item->phase;
    made->verb = item->verb;
    return made;
}

static bool
is_of_protocol(const struct smp_in_force *f, const struct smp_rule *rule)
{
    return rule >= f->protocol->rules &&
           rule < f->protocol->rules + f->protocol->rule_count;
}

static struct smp_part
part_of(struct smp_in_force *f, const struct smp_item *item)
{
    struct smp_part part = {
        .session = smp_sessions_index(&f->sessions, item->session)};
    const struct smp_session *session;
    int64_t booked;

    if (part.session == f->sessions.count)
        return part;
    session = f->sessions.at[part.session];
    booked = (int64_t)day_of_booking(f->plan, session, item) * SMP_DAY_SECONDS;
    part.rule = rule_of(f, item);
    part.kind = smp_verbs[item->verb].kind;
    part.start = smp_part_time(item->start);
    part.start_latest = item->start_latest.kind != SMP_NEVER ||
                                start_may_never_come(session, item)
                            ? smp_part_time(item->start_latest)
                            : part.start;
    part.end = smp_part_time(item->end);
    part.end_earliest = item->end_earliest.kind == SMP_NEVER
                            ? part.end
                            : smp_part_time(item->end_earliest);
    if (part.start < booked)
        part.start = booked;
    if (part.start_latest < booked)
        part.start_latest = booked;
    smp_part_settle(&part, &f->sessions);
    return part;
}

/* Rules that the protocol lacks get numbers after its own. */
static size_t
number_of(struct smp_in_force *f, size_t i)
{
    const struct smp_rule *rule = f->parts[i].rule;
    size_t k;

    if (is_of_protocol(f, rule))
        return (size_t)(rule - f->protocol->rules);
    for (k = f->protocol->rule_count; k < f->numbers; k++)
        if (strcmp(f->parts[f->first[k]].rule->id, rule->id) == 0)
            return k;
    f->first[f->numbers] = NO_ITEM;
    return f->numbers++;
}

/*
 * An item that the next session ends, before its own window does, ends with the
 * day before; if it begins on that day, when the session starts. Returns false
 * if nothing is left of it.
 */
static bool
end_with_next(const struct smp_in_force *f, struct smp_item *item,
              const struct smp_part *part)
{
    struct smp_when end = smp_when_day(smp_day_at(part->holds_until));

    if (part->holds_until == SMP_PART_NEVER || part->end <= part->holds_until)
        return true;
    if (end.seconds <= part->start)
        end = smp_when_local(part->holds_until);
    if (end.seconds <= part->start)
        return false;
    if (part->end_earliest >= end.seconds) {
        item->end_earliest.kind = SMP_NEVER;
        item->end_on = NULL;
    }
    item->end = end;
    while (item->at_count &&
           smp_zone_to_local(f->plan->zone, item->at[item->at_count - 1]) >=
               end.seconds)
        item->at_count--;
    return true;
}

/*
 * An item that was made before the next session was known, or by a program that
 * did not know rule 9: healing ends with the next wound.
 */
static void
end_with_healing(struct smp_in_force *f, struct smp_item *item)
{
    size_t session = smp_sessions_index(&f->sessions, item->session);
    struct smp_extent extent;

    if (!smp_is_healing(item->end_on) || session == f->sessions.count ||
        smp_part_time(item->end) <=
            smp_sessions_next_start(&f->sessions, session) ||
        !is_of_protocol(f, rule_of(f, item)))
        return;
    extent = smp_resolve(&f->sessions, session, rule_of(f, item));
    item->end = extent.end.high;
}

static void
keep_item(struct smp_in_force *f, size_t place)
{
    struct smp_item item = f->plan->items[place];
    struct smp_part part;
    size_t i = f->count;

    end_with_healing(f, &item);
    part = part_of(f, &item);
    if (!part.rule || !end_with_next(f, &item, &part))
        return;
    f->items[i] = item;
    f->places[i] = place;
    f->count++;
    f->parts[i] = part;
    f->parts[i].number = number_of(f, i);
    f->next[i] = f->first[f->parts[i].number];
    f->first[f->parts[i].number] = i;
    f->chained[f->parts[i].number]++;
}

void
smp_in_force_find(struct smp_in_force *f, struct smp_plan *plan,
                  const struct smp_protocol *protocol,
                  struct smp_rivals *rivals, bool proposed)
{
    size_t i, rules = protocol->rule_count;

    find_rivals(rivals, protocol);
    f->plan = plan;
    f->protocol = protocol;
    f->rivals = rivals;
    smp_sessions_find(&f->sessions, protocol, plan, proposed);
    f->items =
        smp_arena_take(&plan->arena, (plan->item_count + 1) * sizeof *f->items);
    f->places = smp_arena_take(&plan->arena,
                               (plan->item_count + 1) * sizeof *f->places);
    f->parts =
        smp_arena_take(&plan->arena, (plan->item_count + 1) * sizeof *f->parts);
    f->next =
        smp_arena_take(&plan->arena, (plan->item_count + 1) * sizeof *f->next);
    f->first = smp_arena_take(&plan->arena, (rules + plan->item_count + 1) *
                                                sizeof *f->first);
    f->chained = smp_arena_alloc(&plan->arena, (rules + plan->item_count + 1) *
                                                   sizeof *f->chained);
    for (f->numbers = 0; f->numbers < rules; f->numbers++)
        f->first[f->numbers] = NO_ITEM;
    f->work = 0;
    f->count = 0;
    for (i = 0; i < plan->item_count; i++)
        keep_item(f, i);
}

static const struct smp_topics *
rivals_of(const struct smp_in_force *f, size_t i)
{
    static const struct smp_topics none = {NULL, 0};

    return f->parts[i].number < f->rivals->rules && f->work < WORK_MAX
               ? &f->rivals->topics[f->parts[i].number]
               : &none;
}

/* worlds */

/* The session whose healing is open on a day, or their count. */
static size_t
open_session(const struct smp_in_force *f, const struct smp_question *q)
{
    size_t i = smp_sessions_last_by(&f->sessions, smp_day_at(q->from));
    struct smp_bound range;

    if (i == f->sessions.count || !smp_sessions_is_open(&f->sessions, i))
        return f->sessions.count;
    range = smp_sessions_range(&f->sessions, i);
    return smp_part_time(range.low) < q->until &&
                   smp_part_time(range.high) > q->from
               ? i
               : f->sessions.count;
}

/* A bound by healing that is not exact, in a world. */
static void
move_bound(int64_t *low, int64_t *high, enum world world, int64_t healed_by)
{
    if (*low == *high)
        return;
    if (world == UNHEALED)
        *low = *high = SMP_PART_NEVER;
    else if (*high > healed_by)
        *high = *low > healed_by ? *low : healed_by;
}

static struct smp_part
part_in(const struct smp_in_force *f, size_t i, enum world world,
        const struct smp_question *q)
{
    const struct smp_item *item = &f->items[i];
    struct smp_part part = f->parts[i];
    int64_t low;

    if (world == AS_NOTED)
        return part;
    low = smp_sessions_range(&f->sessions, part.session).low.seconds;
    if (smp_is_healing(item->start_on))
        move_bound(&part.start, &part.start_latest, world,
                   q->from + (part.start - low));
    if (smp_is_healing(item->end_on))
        move_bound(&part.end_earliest, &part.end, world,
                   q->from + (part.end_earliest - low));
    return part;
}

/* what overrules an item */

static bool
is_lifted(struct smp_in_force *f, const struct smp_topic *topic,
          const struct smp_part *ban, enum world world,
          const struct smp_question *q)
{
    size_t k, i;

    for (k = 0; k < topic->grant_count; k++)
        for (i = f->first[topic->grants[k]]; i != NO_ITEM; i = f->next[i]) {
            struct smp_part lifter = part_in(f, i, world, q);

            f->work++;
            if (smp_verbs[lifter.rule->verb].waits)
                lifter = smp_part_waited(&f->sessions, lifter);
            if (smp_part_may_lift(&lifter, q) &&
                smp_part_lifts(&lifter, ban, &f->sessions,
                               smp_subject_compare(topic->subject,
                                                   lifter.number, ban->number),
                               q))
                return true;
        }
    return false;
}

static bool
is_forbidden(struct smp_in_force *f, const struct smp_topic *topic,
             enum world world, const struct smp_question *q)
{
    size_t k, i;

    for (k = 0; k < topic->ban_count; k++)
        for (i = f->first[topic->bans[k]]; i != NO_ITEM; i = f->next[i]) {
            struct smp_part ban = part_in(f, i, world, q);

            if (smp_part_force(&ban, &f->sessions, q) != SMP_FORCE_NO &&
                !is_lifted(f, topic, &ban, world, q))
                return true;
        }
    return false;
}

/* Whether it is overruled for each of its activities. */
static bool
is_overruled(struct smp_in_force *f, size_t item, enum world world,
             const struct smp_question *q)
{
    const struct smp_topics *topics = rivals_of(f, item);
    struct smp_part part = part_in(f, item, world, q);
    size_t i;

    for (i = 0; i < topics->count; i++)
        if (!(part.kind == SMP_BAN
                  ? is_lifted(f, &topics->at[i], &part, world, q)
                  : is_forbidden(f, &topics->at[i], world, q)))
            return false;
    return topics->count > 0;
}

static enum smp_force
force_in(struct smp_in_force *f, size_t i, enum world world,
         const struct smp_question *q)
{
    struct smp_part part = part_in(f, i, world, q);
    enum smp_force force = smp_part_force(&part, &f->sessions, q);

    return force != SMP_FORCE_NO && is_overruled(f, i, world, q) ? SMP_FORCE_NO
                                                                 : force;
}

/* days */

struct standing {
    enum smp_force force;
    bool unbegun;
};

static bool
is_unbegun(const struct smp_in_force *f, size_t i, const struct smp_question *q)
{
    struct smp_part part = f->parts[i];

    part.end_earliest = part.end = SMP_PART_NEVER;
    return smp_part_force(&part, &f->sessions, q) == SMP_FORCE_PERHAPS;
}

static struct standing
stand(struct smp_in_force *f, size_t i, const struct smp_question *q)
{
    struct standing s = {.force =
                             smp_part_force(&f->parts[i], &f->sessions, q)};
    enum smp_force unhealed, healed;

    if (s.force == SMP_FORCE_NO)
        return s;
    s.unbegun = s.force == SMP_FORCE_PERHAPS && is_unbegun(f, i, q);
    if (!rivals_of(f, i)->count)
        return s;
    if (open_session(f, q) == f->sessions.count) {
        s.force = force_in(f, i, AS_NOTED, q);
        return s;
    }
    unhealed = force_in(f, i, UNHEALED, q);
    healed = force_in(f, i, HEALED, q);
    s.unbegun = s.unbegun || unhealed == SMP_FORCE_NO;
    s.force = unhealed == healed ? healed : SMP_FORCE_PERHAPS;
    return s;
}

/* Whether other sessions may say the same: of a rule, each has one item. */
static bool
has_others(const struct smp_in_force *f, size_t i)
{
    size_t count = f->chained[f->parts[i].number];

    return count > 1 && count <= SMP_NUMBER_MAX;
}

/*
 * Whether another session says the same with more right: what is more certain,
 * then the later wound, but before sessions the one that comes first.
 */
static bool
is_said(const struct smp_in_force *f, size_t i, enum smp_force force,
        const struct smp_question *q)
{
    const struct smp_part *part = &f->parts[i];
    const struct smp_item *item = &f->items[i];
    size_t k;

    for (k = f->first[part->number]; k != NO_ITEM; k = f->next[k]) {
        const struct smp_item *other = &f->items[k];
        enum smp_force its;

        if (f->parts[k].session == part->session || other->verb != item->verb ||
            (other->text != item->text && strcmp(other->text, item->text) != 0))
            continue;
        its = smp_part_force(&f->parts[k], &f->sessions, q);
        if (its > force ||
            (its == force && (f->parts[k].session > part->session) ==
                                 (item->phase == SMP_POST)))
            return true;
    }
    return false;
}

static struct standing
stand_on(struct smp_in_force *f, size_t i, int32_t day)
{
    struct smp_question q = smp_question_of_day(NULL, day);
    struct standing s = stand(f, i, &q);

    if (s.force != SMP_FORCE_NO && has_others(f, i) &&
        is_said(f, i, s.force, &q))
        s.force = SMP_FORCE_NO;
    return s;
}

/* Not of one whose end has only not been reached: healing, the last session. */
static bool
is_endless(const struct smp_in_force *f, const struct smp_part *part)
{
    return part->end_earliest == SMP_PART_NEVER &&
           part->holds_until == SMP_PART_NEVER &&
           (!is_of_protocol(f, part->rule) ||
            part->rule->window.end.anchor == SMP_AT_OPEN);
}

bool
smp_in_force_now(struct smp_in_force *f, size_t i, int32_t day,
                 struct smp_state *state)
{
    struct standing now = stand_on(f, i, day);

    *state = (struct smp_state){
        .item = &f->items[i],
        .perhaps = now.force == SMP_FORCE_PERHAPS,
        .unbegun = now.unbegun,
        .endless = is_endless(f, &f->parts[i]),
    };
    return now.force != SMP_FORCE_NO;
}

void
smp_state_follow(struct smp_state *state, const struct smp_state *before)
{
    state->begins = !before;
    state->doubted =
        state->perhaps && !state->unbegun && before && !before->perhaps;
}

bool
smp_in_force_on(struct smp_in_force *f, size_t i, int32_t day,
                struct smp_state *state)
{
    struct smp_state before;

    if (!smp_in_force_now(f, i, day, state))
        return false;
    smp_state_follow(state,
                     smp_in_force_now(f, i, day - 1, &before) ? &before : NULL);
    return true;
}

/* Whether a ban in force speaks of something that a rule speaks of. */
static bool
is_still_forbidden(struct smp_in_force *f, size_t number,
                   const struct smp_question *q)
{
    size_t i;

    if (number >= f->protocol->rule_count)
        return false;
    for (i = 0; i < f->count; i++) {
        const struct smp_part *part = &f->parts[i];

        if (part->kind == SMP_BAN && part->number < f->protocol->rule_count &&
            smp_part_force(part, &f->sessions, q) != SMP_FORCE_NO &&
            smp_rules_meet(f->rivals->graph, number, part->number))
            return true;
    }
    return false;
}

bool
smp_in_force_ended(struct smp_in_force *f, size_t i, int32_t day)
{
    struct smp_question q = smp_question_of_day(NULL, day);

    if (f->parts[i].end > q.from ||
        stand_on(f, i, day - 1).force == SMP_FORCE_NO)
        return false;
    return !smp_verb_forbids(f->items[i].verb) ||
           !is_still_forbidden(f, f->parts[i].number, &q);
}

void
smp_edges_add(struct smp_edges *edges, int32_t day)
{
    enum { LOOKED_AT = 8 };
    size_t i = edges->count;

    while (i && edges->count - i < LOOKED_AT)
        if (edges->at[--i] == day)
            return;
    edges->at =
        smp_grow(edges->at, edges->count, &edges->room, sizeof *edges->at);
    edges->at[edges->count++] = day;
}

static int
compare_days(const void *a, const void *b)
{
    int32_t mine = *(const int32_t *)a, other = *(const int32_t *)b;

    return (mine > other) - (mine < other);
}

void
smp_edges_sort(struct smp_edges *edges)
{
    size_t i, n = 0;

    qsort(edges->at, edges->count, sizeof *edges->at, compare_days);
    for (i = 0; i < edges->count; i++)
        if (!n || edges->at[n - 1] != edges->at[i])
            edges->at[n++] = edges->at[i];
    edges->count = n;
}

static void
add_moment(struct smp_edges *edges, int64_t time)
{
    if (time == SMP_PART_NEVER)
        return;
    smp_edges_add(edges, smp_day_at(time));
    if (time % SMP_DAY_SECONDS)
        smp_edges_add(edges, smp_day_at(time) + 1);
}

static void
add_moments(struct smp_edges *edges, const struct smp_part *part)
{
    add_moment(edges, part->start);
    add_moment(edges, part->start_latest);
    add_moment(edges, part->end_earliest);
    add_moment(edges, part->end);
    add_moment(edges, part->holds_until);
}

/* Of the items of one rule that hold at some time at which the part does. */
static void
add_chain(const struct smp_in_force *f, size_t number,
          const struct smp_part *part, struct smp_edges *edges)
{
    size_t i;

    for (i = f->first[number]; i != NO_ITEM; i = f->next[i])
        if (f->parts[i].start < part->end && part->start < f->parts[i].end)
            add_moments(edges, &f->parts[i]);
}

/* Rivals stand otherwise from day to day while healing is open. */
static void
add_ranges(const struct smp_in_force *f, struct smp_edges *edges)
{
    enum { DAYS_MAX = 60 };
    size_t i;

    for (i = 0; i < f->sessions.count; i++) {
        struct smp_bound range = smp_sessions_range(&f->sessions, i);
        int32_t first = smp_day_at(range.low.seconds), day;

        for (day = first;
             day < first + DAYS_MAX &&
             ((int64_t)day - 1) * SMP_DAY_SECONDS < smp_part_time(range.high);
             day++)
            smp_edges_add(edges, day);
    }
}

void
smp_in_force_edges(const struct smp_in_force *f, size_t i,
                   struct smp_edges *edges)
{
    const struct smp_part *part = &f->parts[i];
    const struct smp_topics *topics = rivals_of(f, i);
    size_t t, k;

    add_moments(edges, part);
    if (has_others(f, i))
        add_chain(f, part->number, part, edges);
    for (t = 0; t < topics->count; t++) {
        const struct smp_topic *topic = &topics->at[t];

        for (k = 0; k < topic->ban_count; k++)
            add_chain(f, topic->bans[k], part, edges);
        for (k = 0; k < topic->grant_count; k++)
            add_chain(f, topic->grants[k], part, edges);
    }
    if (topics->count)
        add_ranges(f, edges);
}

/* settling */

/* Whether nothing but its own window decides on which days it is in force. */
static bool
is_plain(const struct smp_in_force *f, size_t i)
{
    const struct smp_part *part = &f->parts[i];
    size_t k;

    if (part->kind == SMP_PERMISSION || rivals_of(f, i)->count ||
        smp_day_at(part->start) != smp_item_days(f->plan, &f->items[i]).first)
        return false;
    for (k = f->first[part->number]; has_others(f, i) && k != NO_ITEM;
         k = f->next[k])
        if (k != i && f->parts[k].start < part->end &&
            part->start < f->parts[k].end)
            return false;
    return true;
}

/* The clock times of the days of a run. */
static void
keep_times(const struct smp_in_force *f, struct smp_item *item, int32_t first,
           int32_t end)
{
    const int64_t *times = item->at;
    size_t i, count = item->at_count;

    item->at = smp_arena_take(&f->plan->arena, (count + 1) * sizeof *item->at);
    item->at_count = 0;
    for (i = 0; i < count; i++) {
        int32_t day = smp_day_at(smp_zone_to_local(f->plan->zone, times[i]));

        if (day >= first && day < end)
            item->at[item->at_count++] = times[i];
    }
}

/* Items that are being gathered. */
struct gathered {
    struct smp_item *at;
    size_t count, room;
};

static struct smp_item *
gather(struct gathered *items, const struct smp_item *item)
{
    items->at =
        smp_grow(items->at, items->count, &items->room, sizeof *items->at);
    items->at[items->count] = *item;
    return &items->at[items->count++];
}

/* An item for a run of days, with its own bounds where those are the run's. */
static void
gather_run(const struct smp_in_force *f, struct gathered *items,
           const struct smp_item *whole, int32_t first, int32_t end)
{
    struct smp_item_days days = smp_item_days(f->plan, whole);
    struct smp_item *item = gather(items, whole);

    if (first > days.first) {
        item->start = smp_when_day(first);
        item->start_latest.kind = SMP_NEVER;
        item->start_on = NULL;
    }
    if (end < days.ended) {
        item->end = smp_when_day(end);
        item->end_earliest.kind = SMP_NEVER;
        item->end_on = NULL;
    }
    if (item->at_count)
        keep_times(f, item, first, end);
}

static void
gather_runs(struct smp_in_force *f, struct gathered *items, size_t i)
{
    struct smp_edges edges = {0};
    int32_t first = SMP_DAY_OPEN;
    size_t k;

    smp_in_force_edges(f, i, &edges);
    smp_edges_sort(&edges);
    for (k = 0; k < edges.count; k++) {
        bool holds = stand_on(f, i, edges.at[k]).force != SMP_FORCE_NO;

        if (holds && first == SMP_DAY_OPEN) {
            first = edges.at[k];
        } else if (!holds && first != SMP_DAY_OPEN) {
            gather_run(f, items, &f->items[i], first, edges.at[k]);
            first = SMP_DAY_OPEN;
        }
    }
    if (first != SMP_DAY_OPEN)
        gather_run(f, items, &f->items[i], first, SMP_DAY_OPEN);
    free(edges.at);
}

void
smp_in_force_settle(struct smp_in_force *f)
{
    struct gathered items = {0};
    size_t i;

    for (i = 0; i < f->count; i++)
        if (is_plain(f, i))
            gather(&items, &f->items[i]);
        else
            gather_runs(f, &items, i);
    f->count = items.count;
    f->items =
        smp_arena_take(&f->plan->arena, (items.count + 1) * sizeof *f->items);
    if (items.count)
        memcpy(f->items, items.at, items.count * sizeof *f->items);
    free(items.at);
}
