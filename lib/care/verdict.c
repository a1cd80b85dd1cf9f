#include "care/care.h"

#include <stdlib.h>
#include <string.h>

#include "plan/plan.h"
#include "care/resolve.h"

/*
 * How a verdict is found. (Numbers in brackets are rules of smp-protocol(5).)
 *
 * Each rule of each session gives one part, or two for `wait`: a ban, a task
 * or a permission with four moments. In between it is perhaps in force, or
 * certainly, so a part is a step function of time with three values:
 *
 *          start   start_latest      end_earliest    end
 *            |--perhaps--|----certainly----|--perhaps--|
 *
 * All parts of a plan under one assumption about healing make a view. In a
 * view, a question (a day or a moment) is decided by comparing its span with
 * these moments: first the bans that nothing lifts (12, 13), then tasks and
 * permissions (14), then what is to come (16), then whether any rule speaks of
 * that side of a session (17). While healing is open, two views are asked, as
 * if not healed and as if healed, and a table puts the answers together (15).
 *
 * Between two neighbouring moments of a view nothing changes. So `until` (19)
 * is found by asking anew at each such moment in turn, with the view of that
 * moment's day, until the answer is another. The view "as if healed" differs
 * from day to day, because healing happened on some day until then; its
 * moments are taken from the view of the day that is looked at. If healing
 * stays open for long, days without any other change follow the pattern of
 * the days before them, so only the first few are looked at.
 *
 * The cost of a question is (moments) x (parts). A certain ban that no rule
 * could lift is skipped to its end, which keeps long lists of bans cheap.
 */

const char *const smp_verdict_names[] = {
    "yes",           "no",  "do",      "not-yet", "no-rule", "if-healed",
    "if-not-healed", "ask", "unknown", NULL};

/* Parts looked at for one `until`; no studio's protocol comes near it. */
enum { WORK_MAX = 100000000 };

enum { PATTERN_DAYS = 3 }; /* looked at after a change, of open healing */
static const int64_t never = SMP_PART_NEVER;

/* The parts under one assumption, of the session it speaks of. */
struct view {
    struct smp_part *parts;
    size_t count, room;
    bool made;
    enum smp_healing_note note;
    size_t about;
    int32_t day;
};

struct moments {
    int64_t *at;
    size_t count, room;
};

struct parts {
    const struct smp_part **at;
    size_t count, room;
};

enum lifters { LIFTERS_UNKNOWN, LIFTERS_NONE, LIFTERS_SOME };
enum lifted { LIFTED_UNKNOWN, LIFTED_NO, LIFTED_YES };
enum { KIN_UNKNOWN = 255 };

struct smp_judge {
    const struct smp_protocol *protocol;
    struct smp_activity_graph *graph;
    char *activity; /* asked about last */
    struct smp_subject *subject;
    unsigned char *lifters; /* by rule, of that subject: enum lifters */
    unsigned char *kin;     /* by two rules, of it: enum smp_kin, KIN_UNKNOWN */
    unsigned char *lifted;  /* by rule, at a moment: enum lifted */
    bool *conditions;       /* by rule: they hold for the plan */

    struct smp_sessions sessions;
    struct view noted, unhealed, healed;
    struct parts active;        /* that could lift a ban now */
    struct parts sure, perhaps; /* bans that nothing lifts and that end last */
    bool walks;                 /* through moments: no rule is asked for */
    int64_t walk_start;
    size_t work; /* parts looked at in a walk */
    struct moments moments;
    size_t segment; /* whose moments are among them; see prepare */
};

/* What one view says. */
struct outcome {
    enum smp_verdict verdict;
    const struct smp_rule *rule;
    const struct smp_session *session;
    int64_t stuck_until; /* of no: nothing can change it before */
};

/* parts */

static int64_t
lesser(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t
day_start(const struct smp_judge *j, size_t session)
{
    return (int64_t)smp_session_day(j->sessions.at[session]) * SMP_DAY_SECONDS;
}

static void
add_to(struct parts *parts, const struct smp_part *part)
{
    parts->at =
        smp_grow(parts->at, parts->count, &parts->room, sizeof *parts->at);
    parts->at[parts->count++] = part;
}

static void
add_part(struct view *view, const struct smp_part *part)
{
    view->parts =
        smp_grow(view->parts, view->count, &view->room, sizeof *view->parts);
    view->parts[view->count++] = *part;
}

static void
add_rule(const struct smp_judge *j, struct view *view, size_t session,
         size_t number)
{
    struct smp_part part;

    if (!smp_part_of_rule(&part, &j->sessions, session, number))
        return;
    part.distance = smp_subject_distance(j->subject, number);
    add_part(view, &part);
    if (smp_verbs[part.rule->verb].waits) {
        part = smp_part_waited(&j->sessions, part);
        add_part(view, &part);
    }
}

/* Whether a rule speaks of the subject. */
static bool
concerns(const struct smp_judge *j, size_t rule)
{
    return smp_verbs[j->protocol->rules[rule].verb].kind != SMP_NOTICE &&
           smp_subject_distance(j->subject, rule) != SMP_NO_PATH;
}

static void
fill_view(const struct smp_judge *j, struct view *view)
{
    size_t i, r;

    view->count = 0;
    for (r = 0; r < j->protocol->rule_count; r++)
        for (i = 0; i < j->sessions.count; i++)
            if (j->conditions[r] && concerns(j, r))
                add_rule(j, view, i, r);
}

/* The view under an assumption about healing after one session. */
static const struct view *
view_of(struct smp_judge *j, struct view *view, enum smp_healing_note note,
        size_t about, int32_t day)
{
    struct smp_sessions *s = &j->sessions;

    if (view->made && view->note == note &&
        (note == SMP_NOTE_OF_PLAN ||
         (view->about == about &&
          (note == SMP_NOTE_NOT_HEALED || view->day == day))))
        return view;
    if (note != SMP_NOTE_OF_PLAN) {
        enum smp_healing_note before = s->notes[about];

        s->notes[about] = note;
        s->healed_by[about] = day;
        smp_sessions_heal(s);
        fill_view(j, view);
        s->notes[about] = before;
        smp_sessions_heal(s);
    } else {
        fill_view(j, view);
    }
    view->made = true;
    view->note = note;
    view->about = about;
    view->day = day;
    return view;
}

static const struct view *
noted_view(struct smp_judge *j)
{
    return view_of(j, &j->noted, SMP_NOTE_OF_PLAN, 0, 0);
}

/* lifting (12) */

/* Of two rules that speak of the subject, found once. */
static enum smp_kin
kin_of(struct smp_judge *j, size_t lifter, size_t ban)
{
    unsigned char *kin = &j->kin[lifter * j->protocol->rule_count + ban];

    if (*kin == KIN_UNKNOWN)
        *kin = (unsigned char)smp_subject_compare(j->subject, lifter, ban);
    return (enum smp_kin) * kin;
}

/* Whether any rule could lift a ban of this one. */
static bool
has_lifters(struct smp_judge *j, size_t ban)
{
    const struct smp_rule *rules = j->protocol->rules;
    size_t r;

    if (j->lifters[ban] == LIFTERS_UNKNOWN) {
        j->lifters[ban] = LIFTERS_NONE;
        for (r = 0; r < j->protocol->rule_count; r++)
            if (smp_verb_lifts(rules[r].verb) && concerns(j, r) &&
                kin_of(j, r, ban) != SMP_KIN_NONE)
                j->lifters[ban] = LIFTERS_SOME;
    }
    return j->lifters[ban] == LIFTERS_SOME;
}

/* Finds the parts that could lift a ban at the time asked. */
static void
find_active(struct smp_judge *j, const struct view *view,
            const struct smp_question *q)
{
    size_t i;

    j->active.count = 0;
    memset(j->lifted, LIFTED_UNKNOWN, j->protocol->rule_count);
    for (i = 0; i < view->count; i++)
        if (smp_part_may_lift(&view->parts[i], q))
            add_to(&j->active, &view->parts[i]);
}

/* At a moment, what lifts a ban lifts all bans of its rule. */
static bool
is_rule_lifted(struct smp_judge *j, const struct smp_rule *rule, size_t ban)
{
    size_t i;

    if (j->lifted[ban] == LIFTED_UNKNOWN) {
        j->lifted[ban] = LIFTED_NO;
        for (i = 0; i < j->active.count && j->lifted[ban] == LIFTED_NO; i++)
            if (smp_rule_fits(j->active.at[i]->rule, rule,
                              kin_of(j, j->active.at[i]->number, ban)))
                j->lifted[ban] = LIFTED_YES;
    }
    return j->lifted[ban] == LIFTED_YES;
}

static bool
is_lifted(struct smp_judge *j, const struct smp_part *ban,
          const struct smp_question *q)
{
    bool moment = q->until == q->from + 1;
    size_t i;

    if (!j->active.count || !has_lifters(j, ban->number))
        return false;
    if (moment && is_rule_lifted(j, ban->rule, ban->number))
        return true;
    if (moment && q->from >= smp_sessions_start(&j->sessions, ban->session))
        return false;
    for (i = 0; i < j->active.count; i++) {
        const struct smp_part *lifter = j->active.at[i];

        if (smp_part_lifts(lifter, ban, &j->sessions,
                           kin_of(j, lifter->number, ban->number), q))
            return true;
    }
    return false;
}

/* decisions in one view */

static struct outcome
outcome_of(const struct smp_judge *j, enum smp_verdict verdict,
           const struct smp_part *part)
{
    return (struct outcome){
        .verdict = verdict,
        .rule = part->rule,
        .session = j->sessions.at[part->session],
    };
}

/* A ban that nothing lifts goes among those that end last. */
static void
note_ban(struct parts *bans, const struct smp_part *part)
{
    if (bans->count && part->end < bans->at[0]->end)
        return;
    if (bans->count && part->end > bans->at[0]->end)
        bans->count = 0;
    add_to(bans, part);
}

static bool
is_narrowest(struct smp_judge *j, const struct parts *bans, size_t ban)
{
    size_t i;

    for (i = 0; i < bans->count; i++)
        if (smp_subject_compare(j->subject, bans->at[i]->number,
                                bans->at[ban]->number) == SMP_KIN_NARROWER)
            return false;
    return true;
}

/* Of bans that end alike: the narrowest activity, the first by id. */
static const struct smp_part *
choose_ban(struct smp_judge *j, const struct parts *bans)
{
    const struct smp_part *best = NULL;
    size_t i;

    if (j->walks)
        return bans->at[0];
    for (i = 0; i < bans->count; i++)
        if ((!best || strcmp(bans->at[i]->rule->id, best->rule->id) < 0) &&
            is_narrowest(j, bans, i))
            best = bans->at[i];
    return best ? best : bans->at[0];
}

static bool
find_ban(struct smp_judge *j, const struct view *view,
         const struct smp_question *q, struct outcome *outcome)
{
    int64_t stuck = q->from;
    size_t i;

    find_active(j, view, q);
    j->sure.count = j->perhaps.count = 0;
    j->work += view->count;
    for (i = 0; i < view->count; i++) {
        const struct smp_part *part = &view->parts[i];
        enum smp_force force = part->kind == SMP_BAN
                                   ? smp_part_force(part, &j->sessions, q)
                                   : SMP_FORCE_NO;

        if (force == SMP_FORCE_SURE && part->end_earliest > stuck &&
            !has_lifters(j, part->number))
            stuck = part->end_earliest;
        if (force != SMP_FORCE_NO && !is_lifted(j, part, q))
            note_ban(force == SMP_FORCE_SURE ? &j->sure : &j->perhaps, part);
    }
    if (j->sure.count)
        *outcome = outcome_of(j, SMP_VERDICT_NO, choose_ban(j, &j->sure));
    else if (j->perhaps.count)
        *outcome = outcome_of(j, SMP_VERDICT_ASK, choose_ban(j, &j->perhaps));
    outcome->stuck_until = stuck;
    return j->sure.count || j->perhaps.count;
}

/* Of two tasks or permissions that are equally certain (14). */
static bool
decides_rather(const struct smp_part *a, const struct smp_part *b)
{
    if (!b)
        return true;
    if (a->distance != b->distance)
        return a->distance < b->distance;
    if (smp_rule_is_conditional(a->rule) != smp_rule_is_conditional(b->rule))
        return smp_rule_is_conditional(a->rule);
    if (a->kind != b->kind)
        return a->kind == SMP_TASK;
    return strcmp(a->rule->id, b->rule->id) < 0;
}

static bool
find_leave(struct smp_judge *j, const struct view *view,
           const struct smp_question *q, struct outcome *outcome)
{
    const struct smp_part *sure = NULL, *perhaps = NULL;
    size_t i;

    for (i = 0; i < view->count; i++) {
        const struct smp_part *part = &view->parts[i];
        enum smp_force force = part->kind == SMP_BAN
                                   ? SMP_FORCE_NO
                                   : smp_part_force(part, &j->sessions, q);
        const struct smp_part **best =
            force == SMP_FORCE_SURE ? &sure : &perhaps;

        if (force != SMP_FORCE_NO && decides_rather(part, *best))
            *best = part;
    }
    if (sure)
        *outcome = outcome_of(
            j, sure->kind == SMP_TASK ? SMP_VERDICT_DO : SMP_VERDICT_YES, sure);
    else if (perhaps)
        *outcome = outcome_of(j, SMP_VERDICT_ASK, perhaps);
    return sure || perhaps;
}

/* A task or permission that is still to come (16). */
static bool
is_coming(const struct smp_judge *j, const struct smp_part *part,
          const struct smp_question *q)
{
    int64_t since = part->rule->phase == SMP_PRE
                        ? day_start(j, part->session)
                        : smp_sessions_start(&j->sessions, part->session);

    return part->kind != SMP_BAN && !part->waited && part->start > q->from &&
           q->until > since && q->until <= part->holds_until;
}

static bool
find_coming(const struct smp_judge *j, const struct view *view,
            const struct smp_question *q, struct outcome *outcome)
{
    const struct smp_part *best = NULL;
    size_t i;

    for (i = 0; i < view->count; i++) {
        const struct smp_part *part = &view->parts[i];

        if (is_coming(j, part, q) &&
            (!best || part->start < best->start ||
             (part->start == best->start && decides_rather(part, best))))
            best = part;
    }
    if (best)
        *outcome = outcome_of(j, SMP_VERDICT_NOT_YET, best);
    return best != NULL;
}

/* sides (17) */

/* Between two sessions, the side before begins with healing. */
static bool
is_before(const struct smp_judge *j, size_t session,
          const struct smp_question *q)
{
    if (q->from >= smp_sessions_start(&j->sessions, session))
        return false;
    return !session ||
           smp_part_time(j->sessions.healed[session - 1].high) <= q->from;
}

static bool
speaks(const struct smp_judge *j, const struct smp_rule *rule, size_t session,
       const struct smp_question *q)
{
    bool before = is_before(j, session, q);
    bool after = q->until > day_start(j, session);
    struct smp_extent extent;

    if (!before && !after)
        return false;
    if (rule->phase == SMP_PRE ? before : after)
        return true;
    extent = smp_resolve(&j->sessions, session, rule);
    return rule->phase == SMP_PRE
               ? smp_part_time(extent.end.high) >
                     smp_sessions_start(&j->sessions, session)
               : smp_part_time(extent.start.low) < day_start(j, session);
}

static bool
any_speaks(const struct smp_judge *j, const struct smp_question *q)
{
    size_t i, r;

    for (r = 0; r < j->protocol->rule_count; r++)
        if (concerns(j, r))
            for (i = 0; i < j->sessions.count; i++)
                if (speaks(j, &j->protocol->rules[r], i, q))
                    return true;
    return false;
}

/* The verdict of one view; no-rule stands for unknown too. */
static struct outcome
decide(struct smp_judge *j, const struct view *view,
       const struct smp_question *q)
{
    struct outcome outcome = {.verdict = SMP_VERDICT_NO_RULE};

    if (!find_ban(j, view, q, &outcome) && !find_leave(j, view, q, &outcome))
        find_coming(j, view, q, &outcome);
    return outcome;
}

/* decisions while healing is open (15) */

static size_t
last_by(const struct smp_judge *j, int64_t time)
{
    return smp_sessions_last_by(&j->sessions, smp_day_at(time));
}

/* Whether a time asked touches the range of a session that is open. */
static bool
is_open(const struct smp_judge *j, size_t session, const struct smp_question *q)
{
    struct smp_bound range;

    if (session == j->sessions.count ||
        !smp_sessions_is_open(&j->sessions, session))
        return false;
    range = smp_sessions_range(&j->sessions, session);
    return smp_part_time(range.low) < q->until &&
           smp_part_time(range.high) > q->from;
}

static bool
is_one_of(enum smp_verdict verdict, enum smp_verdict a, enum smp_verdict b,
          enum smp_verdict c)
{
    return verdict == a || verdict == b || verdict == c;
}

static enum smp_verdict
combine(enum smp_verdict unhealed, enum smp_verdict healed)
{
    if (unhealed == healed)
        return healed;
    if (is_one_of(unhealed, SMP_VERDICT_NO, SMP_VERDICT_NOT_YET,
                  SMP_VERDICT_NO_RULE) &&
        is_one_of(healed, SMP_VERDICT_YES, SMP_VERDICT_DO, SMP_VERDICT_DO))
        return SMP_VERDICT_IF_HEALED;
    if (is_one_of(unhealed, SMP_VERDICT_NO, SMP_VERDICT_NOT_YET,
                  SMP_VERDICT_NO) &&
        healed == SMP_VERDICT_NO_RULE)
        return SMP_VERDICT_IF_HEALED;
    if (unhealed == SMP_VERDICT_DO && healed != SMP_VERDICT_ASK)
        return SMP_VERDICT_IF_NOT_HEALED;
    if (unhealed == SMP_VERDICT_YES && healed == SMP_VERDICT_DO)
        return SMP_VERDICT_YES;
    return SMP_VERDICT_ASK;
}

static struct outcome
decide_open(struct smp_judge *j, size_t session, const struct smp_question *q)
{
    struct outcome unhealed =
        decide(j, view_of(j, &j->unhealed, SMP_NOTE_NOT_HEALED, session, 0), q);
    struct outcome healed = decide(
        j,
        view_of(j, &j->healed, SMP_NOTE_HEALED, session, smp_day_at(q->from)),
        q);
    struct outcome both = unhealed.rule ? unhealed : healed;

    both.verdict = combine(unhealed.verdict, healed.verdict);
    both.stuck_until = lesser(unhealed.stuck_until, healed.stuck_until);
    return both;
}

static struct outcome
decide_at(struct smp_judge *j, const struct smp_question *q)
{
    size_t session = last_by(j, q->from);

    return is_open(j, session, q) ? decide_open(j, session, q)
                                  : decide(j, noted_view(j), q);
}

/* until (19) */

static int
compare_moments(const void *a, const void *b)
{
    int64_t mine = *(const int64_t *)a, other = *(const int64_t *)b;

    return (mine > other) - (mine < other);
}

static void
add_moment(struct moments *m, int64_t at)
{
    if (at == never)
        return;
    m->at = smp_grow(m->at, m->count, &m->room, sizeof *m->at);
    m->at[m->count++] = at;
}

static void
add_moments(struct moments *m, const struct view *view)
{
    size_t i;

    for (i = 0; i < view->count; i++) {
        const struct smp_part *part = &view->parts[i];

        add_moment(m, part->start);
        add_moment(m, part->start_latest);
        add_moment(m, part->end_earliest);
        add_moment(m, part->end);
        add_moment(m, part->holds_until);
    }
}

static void
sort_moments(struct moments *m)
{
    size_t i, kept = 0;

    if (m->count)
        qsort(m->at, m->count, sizeof *m->at, compare_moments);
    for (i = 0; i < m->count; i++)
        if (!kept || m->at[kept - 1] != m->at[i])
            m->at[kept++] = m->at[i];
    m->count = kept;
}

static void
start_moments(struct smp_judge *j)
{
    size_t i;

    j->moments.count = 0;
    j->segment = SIZE_MAX;
    add_moments(&j->moments, noted_view(j));
    for (i = 0; i < j->sessions.count; i++) {
        struct smp_bound range = smp_sessions_range(&j->sessions, i);

        add_moment(&j->moments, day_start(j, i));
        add_moment(&j->moments, smp_sessions_start(&j->sessions, i));
        add_moment(&j->moments, smp_sessions_end(&j->sessions, i));
        add_moment(&j->moments, smp_part_time(range.low));
        add_moment(&j->moments, smp_part_time(range.high));
    }
    sort_moments(&j->moments);
}

/* Adds what changes as if not healed, once the walk is after that session. */
static void
prepare(struct smp_judge *j, int64_t time)
{
    size_t session = last_by(j, time);

    if (session == j->segment)
        return;
    j->segment = session;
    if (session == j->sessions.count ||
        !smp_sessions_is_open(&j->sessions, session))
        return;
    add_moments(&j->moments,
                view_of(j, &j->unhealed, SMP_NOTE_NOT_HEALED, session, 0));
    sort_moments(&j->moments);
}

/* The index of the first moment after a time, or their count. */
static size_t
first_after(const struct moments *m, int64_t time)
{
    size_t low = 0, high = m->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (m->at[middle] <= time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct smp_question
at_moment(int64_t time)
{
    return (struct smp_question){.from = time, .until = time + 1};
}

/*
 * While healing is open: the next change of this day, else the next day. Some
 * days after the last change, or after the day asked about, nothing comes that
 * they have not shown.
 */
static int64_t
next_while_open(struct smp_judge *j, size_t session, int64_t time, size_t after)
{
    int32_t day = smp_day_at(time);
    int64_t tomorrow = ((int64_t)day + 1) * SMP_DAY_SECONDS, next = tomorrow;
    const struct view *view =
        view_of(j, &j->healed, SMP_NOTE_HEALED, session, day);
    int64_t change = j->walk_start;
    size_t i;

    for (i = 0; i < view->count; i++) {
        const struct smp_part *part = &view->parts[i];
        const int64_t at[] = {part->start, part->start_latest,
                              part->end_earliest, part->end};
        size_t k;

        for (k = 0; k < sizeof at / sizeof *at; k++)
            if (at[k] > time && at[k] < next)
                next = at[k];
    }
    if (after && j->moments.at[after - 1] > change)
        change = j->moments.at[after - 1];
    return next == tomorrow && day - smp_day_at(change) >= PATTERN_DAYS ? never
                                                                        : next;
}

/* The next moment at which a verdict may change, or `never`. */
static int64_t
next_moment(struct smp_judge *j, int64_t time)
{
    struct smp_question q = at_moment(time);
    size_t session = last_by(j, time), after;
    int64_t next;

    prepare(j, time);
    after = first_after(&j->moments, time);
    next = after < j->moments.count ? j->moments.at[after] : never;
    if (is_open(j, session, &q))
        next = lesser(next, next_while_open(j, session, time, after));
    return next;
}

/* no and not-yet are one for `until`. */
static bool
is_same(enum smp_verdict a, enum smp_verdict b)
{
    return a == b || (a == SMP_VERDICT_NO && b == SMP_VERDICT_NOT_YET) ||
           (a == SMP_VERDICT_NOT_YET && b == SMP_VERDICT_NO);
}

/*
 * A ban that nothing can lift is stuck: nothing changes until it ends, or until
 * another view counts, at a session's day or an end of a range.
 */
static int64_t
skip(const struct smp_judge *j, int64_t time, int64_t stuck)
{
    size_t i;

    for (i = 0; i < j->sessions.count; i++) {
        struct smp_bound range = smp_sessions_range(&j->sessions, i);
        const int64_t at[] = {day_start(j, i), smp_part_time(range.low),
                              smp_part_time(range.high)};
        size_t k;

        for (k = 0; k < sizeof at / sizeof *at; k++)
            if (at[k] > time && at[k] < stuck)
                stuck = at[k];
    }
    return stuck;
}

/*
 * Where to begin to look for another verdict: after the last moment asked about
 * with such a verdict; if there is none, at the end of the time asked.
 */
static int64_t
first_to_look_at(struct smp_judge *j, enum smp_verdict verdict,
                 const struct smp_question *q)
{
    int64_t time, last = never;

    for (time = q->from; time < q->until; time = next_moment(j, time)) {
        struct smp_question moment = at_moment(time);

        if (is_same(verdict, decide_at(j, &moment).verdict))
            last = time;
    }
    return last == never ? q->until : next_moment(j, last);
}

static void
find_until(struct smp_judge *j, const struct smp_question *q,
           struct smp_ruling *ruling)
{
    int64_t time;

    j->walks = true;
    j->walk_start = q->from;
    j->work = 0;
    start_moments(j);
    for (time = first_to_look_at(j, ruling->verdict, q);
         time != never && j->work < WORK_MAX; time = next_moment(j, time)) {
        struct smp_question moment = at_moment(time);
        struct outcome outcome = decide_at(j, &moment);

        if (!is_same(ruling->verdict, outcome.verdict)) {
            ruling->until = time % SMP_DAY_SECONDS
                                ? smp_when_local(time)
                                : smp_when_day(smp_day_at(time));
            ruling->until_is_settled =
                is_one_of(outcome.verdict, SMP_VERDICT_YES, SMP_VERDICT_DO,
                          SMP_VERDICT_NO_RULE);
            return;
        }
        if (outcome.stuck_until > time + 1)
            time = skip(j, time, outcome.stuck_until) - 1;
        if (time == never - 1)
            return;
    }
}

/* answers */

/* Of a verdict that stands for itself: whether it would be another if nobody
 * had healed of whom nothing is noted. */
static bool
rests_on_healing(struct smp_judge *j, const struct smp_question *q,
                 enum smp_verdict verdict)
{
    struct smp_sessions *s = &j->sessions;
    enum smp_healing_note before[SMP_NUMBER_MAX];
    bool any = false;
    struct outcome outcome;
    size_t i;

    if (is_one_of(verdict, SMP_VERDICT_ASK, SMP_VERDICT_IF_HEALED,
                  SMP_VERDICT_IF_NOT_HEALED))
        return false;
    for (i = 0; i < s->count; i++) {
        before[i] = s->notes[i];
        if (smp_sessions_is_open(s, i) &&
            smp_part_time(smp_sessions_range(s, i).low) < q->until)
            s->notes[i] = SMP_NOTE_NOT_HEALED;
        any = any || s->notes[i] != before[i];
    }
    if (!any)
        return false;
    smp_sessions_heal(s);
    fill_view(j, &j->unhealed);
    outcome = decide(j, &j->unhealed, q);
    for (i = 0; i < s->count; i++)
        s->notes[i] = before[i];
    smp_sessions_heal(s);
    j->unhealed.made = false;
    return outcome.verdict != verdict;
}

/* Of no-rule: the narrowest rule, of these the last that is over. */
static void
find_past(struct smp_judge *j, const struct smp_question *q,
          struct smp_ruling *ruling)
{
    const struct view *view = noted_view(j);
    const struct smp_part *best = NULL;
    size_t i;

    for (i = 0; i < view->count; i++) {
        const struct smp_part *part = &view->parts[i];

        if (part->waited)
            continue;
        if (!best || part->distance < best->distance ||
            (part->distance == best->distance && part->end <= q->from &&
             (best->end > q->from || best->end <= part->end)))
            best = part;
    }
    if (!best)
        return;
    ruling->rule = best->rule;
    ruling->session = j->sessions.at[best->session];
    ruling->is_past = best->end <= q->from;
}

static void
forget_views(struct smp_judge *j)
{
    j->noted.made = j->unhealed.made = j->healed.made = false;
}

static void
set_subject(struct smp_judge *j, const char *activity)
{
    if (j->activity && strcmp(j->activity, activity) == 0)
        return;
    free(j->activity);
    smp_subject_free(j->subject);
    j->activity = smp_strdup(activity);
    j->subject = smp_subject_new(j->graph, activity);
    memset(j->lifters, LIFTERS_UNKNOWN, j->protocol->rule_count);
    memset(j->kin, KIN_UNKNOWN,
           j->protocol->rule_count * j->protocol->rule_count);
}

static void
set_plan(struct smp_judge *j, const struct smp_plan *plan, bool booked_only)
{
    size_t r;

    smp_sessions_find(&j->sessions, j->protocol, plan, !booked_only);
    for (r = 0; r < j->protocol->rule_count; r++)
        j->conditions[r] = smp_verbs[j->protocol->rules[r].verb].warns ||
                           smp_conditions_hold(&j->protocol->rules[r], plan);
    forget_views(j);
}

static void
note_healing(struct smp_judge *j, const struct smp_question *q)
{
    size_t session = last_by(j, q->from);

    if (q->healed == SMP_NOTE_OF_PLAN || session == j->sessions.count)
        return;
    j->sessions.notes[session] = q->healed;
    j->sessions.healed_by[session] = smp_day_at(q->from);
    smp_sessions_heal(&j->sessions);
}

struct smp_ruling
smp_judge_ask(struct smp_judge *j, const struct smp_plan *plan,
              const struct smp_question *question)
{
    struct smp_ruling ruling = {.verdict = SMP_VERDICT_UNKNOWN};
    struct outcome outcome;

    j->walks = false;
    if (!question->activity)
        return ruling;
    set_subject(j, question->activity);
    set_plan(j, plan, question->booked_only);
    note_healing(j, question);
    outcome = decide_at(j, question);
    ruling.verdict = outcome.verdict;
    ruling.rule = outcome.rule;
    ruling.session = outcome.session;
    if (ruling.verdict != SMP_VERDICT_NO_RULE)
        find_until(j, question, &ruling);
    else if (any_speaks(j, question))
        find_past(j, question, &ruling);
    else
        ruling.verdict = SMP_VERDICT_UNKNOWN;
    if (ruling.verdict != SMP_VERDICT_UNKNOWN)
        ruling.if_healed = rests_on_healing(j, question, ruling.verdict);
    return ruling;
}

void
smp_judge_set(struct smp_judge *j, const struct smp_plan *plan,
              const char *activity)
{
    set_subject(j, activity);
    set_plan(j, plan, false);
}

struct smp_ruling
smp_judge_verdict(struct smp_judge *j, const struct smp_question *question)
{
    struct outcome outcome;

    j->walks = false;
    outcome = decide_at(j, question);
    if (outcome.verdict == SMP_VERDICT_NO_RULE && !any_speaks(j, question))
        outcome.verdict = SMP_VERDICT_UNKNOWN;
    return (struct smp_ruling){.verdict = outcome.verdict,
                               .rule = outcome.rule,
                               .session = outcome.session};
}

struct smp_judge *
smp_judge_new(const struct smp_protocol *protocol)
{
    struct smp_judge *j = smp_calloc(1, sizeof *j);

    j->protocol = protocol;
    j->graph = smp_activity_graph_new(protocol);
    j->lifters = smp_calloc(protocol->rule_count + 1, sizeof *j->lifters);
    j->lifted = smp_calloc(protocol->rule_count + 1, sizeof *j->lifted);
    j->kin = smp_calloc(protocol->rule_count * protocol->rule_count + 1,
                        sizeof *j->kin);
    j->conditions = smp_calloc(protocol->rule_count + 1, sizeof *j->conditions);
    return j;
}

void
smp_judge_free(struct smp_judge *j)
{
    if (!j)
        return;
    free(j->activity);
    smp_subject_free(j->subject);
    smp_activity_graph_free(j->graph);
    free(j->lifters);
    free(j->lifted);
    free(j->kin);
    free(j->active.at);
    free(j->conditions);
    free(j->noted.parts);
    free(j->unhealed.parts);
    free(j->healed.parts);
    free(j->sure.at);
    free(j->perhaps.at);
    free(j->moments.at);
    free(j);
}

struct smp_question
smp_question_of_day(const char *activity, int32_t day)
{
    return (struct smp_question){
        .activity = activity,
        .from = (int64_t)day * SMP_DAY_SECONDS,
        .until = ((int64_t)day + 1) * SMP_DAY_SECONDS,
        .is_day = true,
    };
}

struct smp_question
smp_question_of_moment(const char *activity, int64_t local)
{
    return (struct smp_question){
        .activity = activity, .from = local, .until = local + 1};
}
