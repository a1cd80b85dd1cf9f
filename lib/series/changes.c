#include "series/changes.h"

static bool
same_when(struct smp_when a, struct smp_when b)
{
    return a.kind == b.kind && a.seconds == b.seconds;
}

/* Names another length, where one was known. */
static bool
name_length(struct smp_plan *plan, const struct smp_session *session,
            const struct smp_session *was)
{
    struct smp_buf from = {0}, to = {0};

    if (!was->duration || session->duration == was->duration)
        return false;
    smp_duration_print(&from, was->duration);
    smp_duration_print(&to, session->duration);
    smp_plan_change(plan, "session %d lasts %s, no longer %s", session->number,
                    smp_buf_text(&to), smp_buf_text(&from));
    smp_buf_release(&from);
    smp_buf_release(&to);
    return true;
}

/* Names what is different about a session; whether anything is. */
static bool
name_change(struct smp_plan *plan, const struct smp_session *session,
            const struct smp_session *was)
{
    struct smp_buf from = {0}, to = {0};
    bool moved = !same_when(session->start, was->start);
    bool other = session->status != was->status, lasts;

    smp_when_print(&from, was->start);
    smp_when_print(&to, session->start);
    if (moved)
        smp_plan_change(plan, "session %d moved from %s to %s", session->number,
                        smp_buf_text(&from), smp_buf_text(&to));
    lasts = name_length(plan, session, was);
    if (other)
        smp_plan_change(plan, "session %d is %s, no longer %s", session->number,
                        smp_status_names[session->status],
                        smp_status_names[was->status]);
    smp_buf_release(&from);
    smp_buf_release(&to);
    return moved || lasts || other;
}

void
smp_changes_name(struct smp_plan *plan, const struct smp_plan *old)
{
    int number;

    for (number = 1; number <= SMP_NUMBER_MAX; number++) {
        const struct smp_session *was = smp_plan_session(old, number);
        struct smp_session *session = smp_plan_find_session(plan, number);

        if (was && !session)
            smp_plan_change(plan, "session %d dropped", number);
        else if (session && !was)
            smp_plan_change(plan, "session %d added", number);
        else if (session && name_change(plan, session, was) &&
                 session->sequence < INT32_MAX)
            session->sequence++;
    }
}
