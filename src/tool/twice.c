#include "tool/twice.h"

#include <string.h>

#include "base/hash.h"
#include "plan/plan.h"
#include "ical/calendar.h"
#include "tool/tool.h"
#include "tool/message.h"

/* So many ids are named; the others are counted. */
enum { NAMED = 8 };

static void
describe(struct smp_buf *out, const struct smp_twice *twice)
{
    static const char *const ways[] = {
        [SMP_ID_ALIKE] = "the id in line %lu differs only in case or blanks",
        [SMP_ID_TWICE] = "a plan with the same id came before, in line %lu",
        [SMP_ID_OTHER_STUDIO] = "a plan of another studio with the same id "
                                "came before, in line %lu",
    };

    smp_buf_printf(out, ways[twice->before], twice->line);
}

static struct smp_id_key
key_of_uid(const char *uid)
{
    size_t n = strlen(uid);

    return (struct smp_id_key){.folded = smp_hash(uid, n, 0),
                               .exact = (uint32_t)smp_hash(uid, n, 1)};
}

/* Sessions whose own uid is that of their event. */
static bool
has_own_uid(const struct smp_tool *tool, const struct smp_session *session)
{
    return session->uid && smp_uid_can_be_carried(session->uid) &&
           tool->cancels == (session->status == SMP_CANCELLED);
}

static bool
check_uids(struct smp_tool *tool, const struct smp_plan *plan,
           struct smp_err *err)
{
    unsigned long line;
    size_t i;

    for (i = 0; i < plan->session_count; i++) {
        const struct smp_session *session = &plan->sessions[i];
        struct smp_id_key key;

        if (!has_own_uid(tool, session))
            continue;
        key = key_of_uid(session->uid);
        if (smp_ids_find(&tool->uids, &key, &line) != SMP_ID_NEW)
            return smp_fail(err,
                            "sessions: the uid of session %d came before, in "
                            "line %lu",
                            session->number, line);
    }
    return true;
}

bool
smp_tool_check_twice(struct smp_tool *tool, const struct smp_plan *plan,
                     struct smp_twice *twice, struct smp_err *err)
{
    struct smp_buf what = {0};

    if (!plan->line)
        return true;
    twice->key = smp_id_key(plan->id, plan->studio);
    twice->before = smp_ids_find(&tool->ids, &twice->key, &twice->line);
    if (tool->unique && twice->before >= SMP_ID_TWICE) {
        describe(&what, twice);
        smp_fail(err, "id: %s", smp_buf_text(&what));
        smp_buf_release(&what);
    }
    return !err->failed && (!tool->one_calendar || check_uids(tool, plan, err));
}

static void
warn(struct smp_tool *tool, const char *id, unsigned long line,
     const struct smp_twice *twice)
{
    struct smp_buf what = {0};

    if (tool->twice++ >= NAMED)
        return;
    describe(&what, twice);
    smp_message(tool->program->name, "<stdin>:%lu: %.*s: %s", line,
                smp_message_shown(id), id, smp_buf_text(&what));
    smp_buf_release(&what);
}

static void
add(struct smp_tool *tool, struct smp_ids *ids, const struct smp_id_key *key,
    unsigned long line)
{
    if (smp_ids_add(ids, key, line) || tool->reported_full)
        return;
    smp_message(tool->program->name,
                "<stdin>:%lu: more than %d plans: ids that come twice are not "
                "found from here on",
                line, SMP_IDS_MAX);
    tool->reported_full = true;
}

static void
note(struct smp_tool *tool, const char *id, unsigned long line,
     const struct smp_twice *twice)
{
    if (twice->before < SMP_ID_TWICE)
        add(tool, &tool->ids, &twice->key, line);
    if (twice->before == SMP_ID_ALIKE ||
        (twice->before >= SMP_ID_TWICE &&
         smp_ids_first_time(&tool->ids, &twice->key)))
        warn(tool, id, line, twice);
}

/* smp-schedule warns of it with more words, also for a later program. */
static void
warn_of_times(struct smp_tool *tool, const struct smp_plan *plan)
{
    struct smp_buf what = {0};

    if (!plan->warnings.count && smp_plan_same_time(&what, plan))
        smp_message(tool->program->name, "%.*s: %s",
                    smp_message_shown(plan->id), plan->id, smp_buf_text(&what));
    smp_buf_release(&what);
}

void
smp_tool_note_twice(struct smp_tool *tool, const struct smp_plan *plan,
                    const struct smp_twice *twice)
{
    size_t i;

    if (tool->one_calendar)
        warn_of_times(tool, plan);
    if (!plan->line)
        return;
    note(tool, plan->id, plan->line, twice);
    for (i = 0; tool->one_calendar && i < plan->session_count; i++)
        if (has_own_uid(tool, &plan->sessions[i])) {
            struct smp_id_key key = key_of_uid(plan->sessions[i].uid);

            add(tool, &tool->uids, &key, plan->line);
        }
}

void
smp_tool_note_line(struct smp_tool *tool, const char *id, const char *studio)
{
    struct smp_twice twice = {.key = smp_id_key(id, studio)};

    twice.before = smp_ids_find(&tool->ids, &twice.key, &twice.line);
    note(tool, id, tool->stream->line_number, &twice);
}

void
smp_tool_end_twice(struct smp_tool *tool)
{
    if (tool->twice > NAMED)
        smp_message(tool->program->name,
                    "%lu more plans have an id that came "
                    "before",
                    tool->twice - NAMED);
}
