#include "plan/merge.h"

#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "time/zone.h"
#include "time/civil.h"
#include "plan/plan.h"

/*
 * Which session of the new plan is which of the kept one is found in rounds:
 * by the system's own id, by uid, by time, and last as moves. Each round takes
 * sessions that none before it took. With
 *
 *     kept   1 ref a 1 Dec     2 ref b 5 Jan     3 ref - 9 Feb (proposed)
 *     new      ref a 1 Dec       ref b 7 Jan       ref c 10 Feb
 *
 * a and b are paired by ref, so that 2 moves, and c takes the number of the
 * proposal. A session without partner has vanished. It counts as moved only if
 * exactly as many new ones are left, and none of them is known to be another by
 * its ref; otherwise nobody can tell, and both stay.
 */
enum { NONE = -1, SESSIONS_MAX = SMP_NUMBER_MAX };

struct merging {
    struct smp_merge *merge;
    struct smp_plan *plan;
    const struct smp_plan *new;
    struct smp_when starts[SESSIONS_MAX]; /* of new ones, in the plan's zone */
    int pair[SESSIONS_MAX];               /* of new ones: the kept one */
    bool taken[SESSIONS_MAX];             /* of kept ones */
    bool changed, important;
    struct smp_err *err;
};

static bool
same(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

static bool
same_time(struct smp_when a, struct smp_when b)
{
    return a.kind == b.kind && a.seconds == b.seconds;
}

static bool
is_proposal(const struct smp_session *session)
{
    return session->status == SMP_PROPOSED || session->status == SMP_OPTIONAL;
}

static int64_t
instant_of(const struct smp_plan *plan, const struct smp_session *session)
{
    return smp_zone_to_instant(plan->zone, session->start.seconds);
}

static bool
is_to_come(const struct merging *m, const struct smp_session *session)
{
    return session->start.kind == SMP_DAY
               ? smp_session_day(session) >=
                     smp_day_at(smp_zone_to_local(m->plan->zone, m->merge->now))
               : instant_of(m->plan, session) >= m->merge->now;
}

/* pairs */

static void
take(struct merging *m, size_t new, size_t kept)
{
    m->pair[new] = (int)kept;
    m->taken[kept] = true;
}

/* Pairs what a function says is the same, in the order of the plan. */
static void
pair(struct merging *m, bool (*alike)(const struct merging *m, size_t new,
                                      const struct smp_session *kept))
{
    size_t i, j;

    for (i = 0; i < m->new->session_count; i++)
        for (j = 0; m->pair[i] == NONE && j < m->plan->session_count; j++)
            if (!m->taken[j] && alike(m, i, &m->plan->sessions[j]))
                take(m, i, j);
}

static bool
has_ref(const struct merging *m, size_t new, const struct smp_session *kept)
{
    return same(m->new->sessions[new].ref, kept->ref);
}

static bool
has_uid(const struct merging *m, size_t new, const struct smp_session *kept)
{
    const struct smp_session *session = &m->new->sessions[new];

    return same(session->uid, kept->uid) ||
           (!kept->ref && same(session->ref, kept->uid));
}

static bool
is_then(const struct merging *m, size_t new, const struct smp_session *kept)
{
    return same_time(m->starts[new], kept->start) ||
           (kept->has_set && same_time(m->starts[new], kept->set_start));
}

static bool
is_then_alike(const struct merging *m, size_t new,
              const struct smp_session *kept)
{
    return is_then(m, new, kept) && !is_proposal(kept) &&
           (m->new->sessions[new].status == SMP_CANCELLED) ==
               (kept->status == SMP_CANCELLED);
}

/* The kept one is to come, booked, and not known to be another. */
static bool
may_have_moved(const struct merging *m, size_t kept)
{
    const struct smp_session *session = &m->plan->sessions[kept];

    return !m->taken[kept] && session->status == SMP_BOOKED &&
           is_to_come(m, session) &&
           !(session->has_set && session->set_start.kind == SMP_NEVER);
}

static bool
is_booked_anew(const struct merging *m, size_t new)
{
    const struct smp_session session = {.start = m->starts[new]};

    return m->pair[new] == NONE &&
           m->new->sessions[new].status == SMP_BOOKED &&is_to_come(m, &session);
}

static void
pair_moves(struct merging *m)
{
    size_t gone[SESSIONS_MAX], come[SESSIONS_MAX], left = 0, made = 0, i;

    for (i = 0; i < m->plan->session_count; i++)
        if (may_have_moved(m, i))
            gone[left++] = i;
    for (i = 0; i < m->new->session_count; i++)
        if (is_booked_anew(m, i))
            come[made++] = i;
    for (i = 0; left == made && i < made; i++)
        if (!m->plan->sessions[gone[i]].ref || !m->new->sessions[come[i]].ref)
            take(m, come[i], gone[i]);
}

/* What is booked takes the number of the first proposal that is left. */
static void
pair_proposals(struct merging *m)
{
    size_t i, j;

    for (i = 0; i < m->new->session_count; i++)
        for (j = 0; m->pair[i] == NONE && j < m->plan->session_count &&
                    m->new->sessions[i].status != SMP_CANCELLED;
             j++)
            if (!m->taken[j] && is_proposal(&m->plan->sessions[j]))
                take(m, i, j);
}

static void
pair_all(struct merging *m)
{
    pair(m, has_ref);
    pair(m, has_uid);
    pair(m, is_then_alike);
    pair(m, is_then);
    if (m->new->incomplete == SMP_COMPLETE && m->merge->looks)
        pair_moves(m);
    pair_proposals(m);
}

/* changes */

static void
note(struct merging *m)
{
    if (!m->changed)
        m->plan->changes = (struct smp_strings){0};
    m->changed = true;
}

static void
raise_sequence(struct merging *m, struct smp_session *session, int at_least)
{
    m->important = true;
    if (session->sequence < INT32_MAX)
        session->sequence++;
    if (session->sequence < at_least)
        session->sequence = at_least;
}

/* A text of a session or plan; true if it is another one now. */
static void
set_text(struct merging *m, const char **at, const char *text)
{
    if (same(*at, text) || (!*at && !text))
        return;
    note(m);
    *at = text;
}

static void
set_head_text(struct merging *m, const char **at, const char *text,
              const char *what)
{
    if (!text || same(*at, text))
        return;
    set_text(m, at, text);
    smp_plan_change(m->plan, "%s changed", what);
}

static bool
same_list(const struct smp_strings *a, const struct smp_strings *b)
{
    size_t i;

    for (i = 0; i < a->count && i < b->count; i++)
        if (strcmp(a->at[i], b->at[i]) != 0)
            return false;
    return a->count == b->count;
}

/* Who was taken off all lists by hand stays off them. */
static void
set_consent(struct merging *m)
{
    struct smp_plan *plan = m->plan;
    const struct smp_plan *new = m->new;
    bool by_hand = plan->has_consent && !plan->consent.count &&
                   !(plan->has_said_consent && !plan->said_consent.count);

    if (!new->has_consent)
        return;
    if (!plan->has_said_consent ||
        !same_list(&plan->said_consent, &new->consent)) {
        note(m);
        plan->has_said_consent = true;
        plan->said_consent = new->consent;
    }
    if (!by_hand &&
        !(plan->has_consent && same_list(&plan->consent, &new->consent))) {
        note(m);
        plan->has_consent = true;
        plan->consent = new->consent;
        smp_plan_change(plan, "consent changed");
    }
}

/* zones */

static bool
is_at_a_new_one(const struct merging *m, const struct smp_session *kept)
{
    size_t i;

    for (i = 0; i < m->new->session_count; i++) {
        const struct smp_session *new = &m->new->sessions[i];

        if (new->start.kind == SMP_LOCAL &&
            kept->start.kind == SMP_LOCAL &&instant_of(m->new, new) ==
                instant_of(m->plan, kept))
            return true;
    }
    return false;
}

/* Keeps the instant, or the local time, which then is another instant. */
static void
move_to_zone(struct merging *m, struct smp_session *session, bool instants)
{
    int64_t instant = instant_of(m->plan, session);
    struct smp_when *times[] = {&session->start, &session->set_start};
    size_t i;

    for (i = 0; instants && i < sizeof times / sizeof *times; i++)
        if (times[i]->kind == SMP_LOCAL)
            times[i]->seconds = smp_zone_to_local(
                m->new->zone,
                smp_zone_to_instant(m->plan->zone, times[i]->seconds));
    if (session->status == SMP_BOOKED && session->start.kind == SMP_LOCAL &&
        instant != instant_of(m->new, session))
        raise_sequence(m, session, 0);
}

/*
 * A stated zone replaces one that was only assumed. Exports without a zone say
 * local times, so these stay; but if a new session begins at the same instant
 * as a kept one, the export says instants, and these stay.
 */
static void
replace_assumed_zone(struct merging *m)
{
    struct smp_plan *plan = m->plan;
    bool instants = false;
    size_t i;

    if (!plan->zone_assumed || m->new->zone_assumed)
        return;
    note(m);
    for (i = 0; i < plan->session_count && !instants; i++)
        instants = is_at_a_new_one(m, &plan->sessions[i]);
    for (i = 0; i < plan->session_count; i++)
        move_to_zone(m, &plan->sessions[i], instants);
    plan->zone = m->new->zone;
    plan->time_zone = m->new->time_zone;
    plan->zone_assumed = false;
    smp_plan_change(plan, "time zone %s is stated", plan->time_zone);
}

static void
set_head(struct merging *m)
{
    replace_assumed_zone(m);
    set_head_text(m, &m->plan->name, m->new->name, "name");
    set_head_text(m, &m->plan->email, m->new->email, "email");
    set_head_text(m, &m->plan->phone, m->new->phone, "phone");
    set_head_text(m, &m->plan->studio, m->new->studio, "studio");
    set_head_text(m, &m->plan->artist, m->new->artist, "artist");
    set_consent(m);
}

static void
tell_move(struct merging *m, int number, struct smp_when from,
          struct smp_when to)
{
    struct smp_buf before = {0}, after = {0};

    smp_when_print(&before, from);
    smp_when_print(&after, to);
    smp_plan_change(m->plan, "session %d moved from %s to %s", number,
                    smp_buf_text(&before), smp_buf_text(&after));
    smp_buf_release(&before);
    smp_buf_release(&after);
}

/* A time or status set by hand holds until the source has another one. */
static bool
holds_by_hand(const struct smp_session *kept, const struct smp_session *new,
              struct smp_when start)
{
    if (!kept->has_set ||
        (same_time(start, kept->start) && new->status == kept->status))
        return false;
    return same_time(kept->set_start, start) &&
           (kept->set_status < 0 || kept->set_status == (int)new->status);
}

static bool
set_session(struct merging *m, struct smp_session *kept,
            const struct smp_session *new, struct smp_when start)
{
    struct smp_when from = kept->start;
    bool moves = !same_time(start, kept->start);
    bool longer = new->duration &&new->duration != kept->duration;

    set_text(m, &kept->ref, new->ref ? new->ref : kept->ref);
    set_text(m, &kept->said, new->said);
    if (kept->has_gone) {
        note(m);
        kept->has_gone = false;
        smp_plan_change(m->plan, "session %d is in the export again",
                        kept->number);
    }
    if (holds_by_hand(kept, new, start))
        return true;
    if (moves && kept->healing == SMP_HEALED &&
        kept->healed < smp_day_at(start.seconds))
        return smp_fail(m->err,
                        "session %d had healed before the time that the "
                        "export gives",
                        kept->number);
    if (kept->has_set) {
        note(m);
        kept->has_set = false;
    }
    if (moves || longer || kept->status != new->status) {
        note(m);
        raise_sequence(m, kept, new->sequence);
    }
    if (moves && !is_proposal(kept))
        tell_move(m, kept->number, from, start);
    if (is_proposal(kept)) {
        struct smp_buf text = {0};

        smp_when_print(&text, start);
        smp_plan_change(m->plan, "session %d %s for %s", kept->number,
                        smp_status_names[new->status], smp_buf_text(&text));
        smp_buf_release(&text);
        kept->has_window = false;
        if (!kept->has_created) {
            kept->has_created = true;
            kept->created = m->merge->now;
        }
    } else if (kept->status != new->status) {
        smp_plan_change(m->plan, "session %d %s", kept->number,
                        smp_status_names[new->status]);
    }
    if (longer && !moves)
        smp_plan_change(m->plan, "session %d has another length", kept->number);
    kept->start = start;
    kept->status = new->status;
    if (new->duration)
        kept->duration = new->duration;
    if (start.kind == SMP_DAY)
        kept->duration = new->duration;
    return true;
}

static bool
add_session(struct merging *m, const struct smp_session *new,
            struct smp_when start, int number)
{
    struct smp_session *added;
    struct smp_buf text = {0};

    if (number > SMP_NUMBER_MAX)
        return smp_fail(m->err, "more than %d sessions", SMP_NUMBER_MAX);
    note(m);
    m->important = true;
    added = smp_plan_add_session(m->plan);
    *added = *new;
    added->number = number;
    added->start = start;
    added->source = 0;
    smp_when_print(&text, start);
    smp_plan_change(m->plan, "session %d added, %s, %s", number,
                    smp_status_names[new->status], smp_buf_text(&text));
    smp_buf_release(&text);
    return true;
}

/* vanished sessions */

static void
cancel(struct merging *m, struct smp_session *session)
{
    note(m);
    raise_sequence(m, session, 0);
    session->status = SMP_CANCELLED;
    smp_plan_change(m->plan, "session %d cancelled, no longer in the export",
                    session->number);
}

static void
note_gone(struct merging *m, struct smp_session *session)
{
    struct smp_merge *merge = m->merge;
    int32_t day = smp_session_day(session);
    bool within = day >= merge->from && day <= merge->until;
    bool cancels =
        merge->cancels && within && (session->has_gone || !merge->waits);

    merge->gone += within;
    merge->noticed += !session->has_gone;
    if (!session->has_gone) {
        note(m);
        session->has_gone = true;
        session->gone = merge->now;
        if (!cancels)
            smp_plan_change(m->plan,
                            "session %d is no longer in the export: kept",
                            session->number);
    }
    if (cancels)
        cancel(m, session);
}

static void
look_for_gone(struct merging *m, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++) {
        struct smp_session *session = &m->plan->sessions[i];
        int32_t day = smp_session_day(session);

        if (session->status != SMP_BOOKED || !is_to_come(m, session))
            continue;
        m->merge->coming += day >= m->merge->from && day <= m->merge->until;
        if (!m->taken[i] && m->merge->looks &&
            !(session->has_set && session->set_start.kind == SMP_NEVER))
            note_gone(m, session);
    }
}

/* all */

static void
find_starts(struct merging *m)
{
    size_t i;

    for (i = 0; i < m->new->session_count; i++) {
        struct smp_when start = m->new->sessions[i].start;

        if (start.kind == SMP_LOCAL && m->new->zone != m->plan->zone)
            start.seconds = smp_zone_to_local(
                m->plan->zone,
                smp_zone_to_instant(m->new->zone, start.seconds));
        m->starts[i] = start;
        m->pair[i] = NONE;
    }
}

static bool
merge_sessions(struct merging *m)
{
    const size_t count = m->plan->session_count;
    int number = count ? m->plan->sessions[count - 1].number : 0;
    bool looks = m->merge->looks;
    size_t i;

    find_starts(m);
    pair_all(m);
    m->merge->looks = looks && m->new->incomplete == SMP_COMPLETE;
    look_for_gone(m, count);
    m->merge->looks = looks;
    for (i = 0; i < m->new->session_count; i++) {
        const struct smp_session *new = &m->new->sessions[i];

        if (m->pair[i] == NONE ? !add_session(m, new, m->starts[i], ++number)
                               : !set_session(m, &m->plan->sessions[m->pair[i]],
                                              new, m->starts[i]))
            return false;
    }
    return true;
}

bool
smp_plan_merge(struct smp_merge *merge, struct smp_plan *plan,
               const struct smp_plan *new, struct smp_err *err)
{
    static const struct smp_plan nothing;
    struct merging m = {
        .merge = merge, .plan = plan, .new = new ? new : &nothing, .err = err};

    if (new)
        set_head(&m);
    if (!merge_sessions(&m))
        return false;
    if (m.important) {
        plan->updated = merge->now;
        plan->has_updated = plan->updated_now = true;
    }
    return m.changed;
}

bool
smp_plan_id_is_made(const char *id)
{
    const char *at = strstr(id, "h-");

    while (at && strstr(at + 1, "h-"))
        at = strstr(at + 1, "h-");
    return at && (at == id || at[-1] == '-') && strlen(at) == 18 &&
           strspn(at + 2, "abcdefghijklmnopqrstuvwxyz234567") == 16;
}
