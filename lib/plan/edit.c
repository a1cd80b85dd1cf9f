#include "plan/plan.h"

#include <string.h>

#include "time/zone.h"

bool
smp_edit_parse(const char *text, int32_t today, struct smp_edit *edit,
               struct smp_err *err)
{
    static const enum smp_status statuses[] = {SMP_BOOKED, SMP_DONE,
                                               SMP_CANCELLED};
    int32_t day;
    size_t i;

    for (i = 0; i < sizeof statuses / sizeof statuses[0]; i++)
        if (strcmp(text, smp_status_names[statuses[i]]) == 0) {
            edit->kind = SMP_EDIT_STATUS;
            edit->status = statuses[i];
            return true;
        }
    if (strcmp(text, "final") == 0) {
        edit->kind = SMP_EDIT_FINAL;
        return true;
    }
    if (strcmp(text, "healed=no") == 0) {
        edit->kind = SMP_EDIT_NOT_HEALED;
        return true;
    }
    if (strncmp(text, "healed=", 7) == 0) {
        edit->kind = SMP_EDIT_HEALED;
        edit->day = text + 7;
        return smp_day_parse(edit->day, today, &day, err);
    }
    edit->kind = SMP_EDIT_TIME;
    return smp_when_parse(text, &edit->when, err);
}

static void
raise_sequence(struct smp_session *session)
{
    if (session->sequence < INT32_MAX)
        session->sequence++;
}

static bool
is_booked(const struct smp_session *session)
{
    return session->status == SMP_BOOKED || session->status == SMP_DONE;
}

/* A session that was not certain is booked now; a booked one keeps its day. */
static void
book(struct smp_session *session, int64_t now)
{
    if (is_booked(session))
        return;
    session->status = SMP_BOOKED;
    if (!session->has_created) {
        session->has_created = true;
        session->created = now;
    }
}

static void
name_move(struct smp_plan *plan, const struct smp_session *session,
          struct smp_when from)
{
    struct smp_buf before = {0}, after = {0};

    if (from.kind != SMP_NEVER)
        smp_when_print(&before, from);
    smp_when_print(&after, session->start);
    if (before.len)
        smp_plan_change(plan, "session %d moved from %s to %s", session->number,
                        smp_buf_text(&before), smp_buf_text(&after));
    else
        smp_plan_change(plan, "session %d booked for %s", session->number,
                        smp_buf_text(&after));
    smp_buf_release(&before);
    smp_buf_release(&after);
}

static struct smp_session *
add_session(struct smp_plan *plan, int number)
{
    struct smp_session *session = smp_plan_add_session(plan);

    session->number = number;
    session->status = SMP_PROPOSED;
    smp_plan_sort_sessions(plan);
    return smp_plan_find_session(plan, number);
}

static bool
set_time(struct smp_plan *plan, const struct smp_edit *edit, int64_t now,
         struct smp_session *session, struct smp_err *err)
{
    struct smp_when from = {SMP_NEVER, 0}, to = edit->when;

    if (to.kind == SMP_INSTANT)
        to = smp_when_local(smp_zone_to_local(plan->zone, to.seconds));
    if (session && session->healing == SMP_HEALED &&
        session->healed < smp_day_at(to.seconds))
        return smp_fail(err, "the session had healed before this time");
    if (session)
        from = session->start;
    else
        session = add_session(plan, edit->number);
    if (from.kind != to.kind || from.seconds != to.seconds) {
        session->start = to;
        name_move(plan, session, from);
    } else if (!is_booked(session)) {
        smp_plan_change(plan, "session %d booked", session->number);
    } else {
        return true;
    }
    book(session, now);
    if (from.kind != SMP_NEVER)
        raise_sequence(session);
    return true;
}

static bool
set_status(struct smp_plan *plan, const struct smp_edit *edit, int64_t now,
           struct smp_session *session)
{
    if (session->status == edit->status)
        return true;
    if (edit->status == SMP_BOOKED)
        book(session, now);
    session->status = edit->status;
    raise_sequence(session);
    smp_plan_change(plan, "session %d %s", session->number,
                    smp_status_names[edit->status]);
    return true;
}

static bool
set_final(struct smp_plan *plan, struct smp_session *session)
{
    if (!session->final)
        smp_plan_change(plan, "session %d finishes the series",
                        session->number);
    session->final = true;
    return true;
}

static bool
set_not_healed(struct smp_plan *plan, struct smp_session *session)
{
    if (session->healing != SMP_NOT_HEALED)
        smp_plan_change(plan, "session %d not healed", session->number);
    session->healing = SMP_NOT_HEALED;
    return true;
}

static bool
set_healed(struct smp_plan *plan, const struct smp_edit *edit, int64_t now,
           struct smp_session *session, struct smp_err *err)
{
    int32_t today = smp_day_at(smp_zone_to_local(plan->zone, now)), day;
    struct smp_buf text = {0};

    if (!smp_day_parse(edit->day, today, &day, err))
        return false;
    if (day < smp_session_day(session))
        return smp_fail(err, "this day is before the session");
    if (session->healing == SMP_HEALED && session->healed == day)
        return true;
    session->healing = SMP_HEALED;
    session->healed = day;
    smp_when_print(&text, smp_when_day(day));
    smp_plan_change(plan, "session %d healed on %s", session->number,
                    smp_buf_text(&text));
    smp_buf_release(&text);
    return true;
}

/*
 * What the system said of a session before it was changed: nothing of a
 * proposal. A change that takes the last one back leaves no trace.
 */
static void
note_set(struct smp_session *session, const struct smp_session *before)
{
    bool proposal =
        before->status == SMP_PROPOSED || before->status == SMP_OPTIONAL;

    if (before->start.kind == session->start.kind &&
        before->start.seconds == session->start.seconds &&
        before->status == session->status)
        return;
    if (!session->has_set) {
        session->set_start =
            proposal ? (struct smp_when){SMP_NEVER, 0} : before->start;
        session->set_status = proposal ? -1 : (int)before->status;
    }
    session->has_set = session->set_start.kind != session->start.kind ||
                       session->set_start.seconds != session->start.seconds ||
                       session->set_status != (int)session->status;
}

static bool
edit_session(struct smp_plan *plan, const struct smp_edit *edit, int64_t now,
             struct smp_err *err)
{
    struct smp_session *session = smp_plan_find_session(plan, edit->number);

    if (edit->kind == SMP_EDIT_TIME)
        return set_time(plan, edit, now, session, err);
    if (!session)
        return smp_fail(err, "no such session");
    if (edit->kind == SMP_EDIT_STATUS)
        return set_status(plan, edit, now, session);
    if (edit->kind == SMP_EDIT_FINAL)
        return set_final(plan, session);
    if (edit->kind == SMP_EDIT_NOT_HEALED)
        return set_not_healed(plan, session);
    return set_healed(plan, edit, now, session, err);
}

bool
smp_plan_edit(struct smp_plan *plan, const struct smp_edit *edit, int64_t now,
              struct smp_err *err)
{
    const struct smp_session *old = smp_plan_session(plan, edit->number);
    struct smp_session before = {.status = SMP_PROPOSED};

    if (old)
        before = *old;
    if (!edit_session(plan, edit, now, err))
        return false;
    note_set(smp_plan_find_session(plan, edit->number), &before);
    return true;
}
