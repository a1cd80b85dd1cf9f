#include "schedule/edits.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* A time to be moved to, a status, or when (and whether) it healed. */
enum edit_kind { EDIT_TIME, EDIT_STATUS, EDIT_HEALED, EDIT_NOT_HEALED };

struct edit {
    const char *option; /* as it was given */
    char *id;
    int number;
    enum edit_kind kind;
    struct smp_when when;   /* EDIT_TIME */
    enum smp_status status; /* EDIT_STATUS */
    const char *day;        /* EDIT_HEALED: as it was given */
    bool used;
    unsigned long line, other; /* of its plan; of a second one of that id */
    struct smp_err why;        /* it could not be made */
};

/* The last ":N=" of the option: ids may hold colons, and times do. */
static const char *
find_number(const char *option)
{
    const char *at, *found = NULL;

    for (at = strchr(option, ':'); at; at = strchr(at + 1, ':')) {
        size_t digits = strspn(at + 1, "0123456789");

        if (digits && digits < 3 && at[1 + digits] == '=' && at > option)
            found = at;
    }
    return found;
}

static bool
read_value(struct smp_tool *tool, struct edit *edit, const char *value)
{
    static const struct {
        const char *word;
        enum smp_status status;
    } words[] = {{"booked", SMP_BOOKED},
                 {"done", SMP_DONE},
                 {"cancelled", SMP_CANCELLED}};
    struct smp_err err = {0};
    size_t i;
    bool ok;

    for (i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(value, words[i].word) == 0) {
            edit->kind = EDIT_STATUS;
            edit->status = words[i].status;
            return true;
        }
    if (strcmp(value, "healed=no") == 0) {
        edit->kind = EDIT_NOT_HEALED;
        return true;
    }
    if (strncmp(value, "healed=", 7) == 0) {
        int32_t day;

        edit->kind = EDIT_HEALED;
        edit->day = value + 7;
        ok = smp_tool_day(tool, tool->zone, edit->day, &day, &err);
    } else {
        edit->kind = EDIT_TIME;
        ok = smp_when_parse(value, &edit->when, &err);
    }
    if (!ok)
        smp_tool_usage(tool,
                       "--set: %s; VALUE must be a time, booked, done, "
                       "cancelled or healed=DATE",
                       smp_buf_text(&err.text));
    smp_err_release(&err);
    return ok;
}

static bool
read_edit(struct smp_tool *tool, struct edit *edit, const char *option)
{
    const char *at = find_number(option);
    char *end;

    edit->option = option;
    if (!at)
        return smp_tool_usage(tool, "--set requires ID:N=VALUE, not \"%.80s\"",
                              option);
    edit->number = (int)strtol(at + 1, &end, 10);
    if (!edit->number)
        return smp_tool_usage(tool, "--set: sessions are numbered from 1");
    edit->id = smp_strdup(option);
    edit->id[at - option] = '\0';
    return read_value(tool, edit, end + 1);
}

bool
edits_read(struct smp_tool *tool, struct edits *edits)
{
    const struct smp_strings *given = smp_tool_options(tool, SMP_OPT_SET);

    edits->at = smp_calloc(given->count + 1, sizeof *edits->at);
    while (edits->count < given->count) {
        size_t i = edits->count++;

        if (!read_edit(tool, &edits->at[i], given->at[i]))
            return false;
    }
    return true;
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

/* A session that was not certain is booked now; what was keeps its day. */
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
tell_move(struct smp_plan *plan, const struct smp_session *session,
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

static void
set_time(const struct edit *edit, struct smp_tool *tool, struct smp_plan *plan,
         struct smp_session *session, struct smp_err *err)
{
    struct smp_when from = {SMP_NEVER, 0}, to = edit->when;

    if (to.kind == SMP_INSTANT)
        to = smp_when_local(smp_zone_to_local(plan->zone, to.seconds));
    if (session && session->healing == SMP_HEALED &&
        session->healed < smp_day_at(to.seconds)) {
        smp_fail(err, "the session had healed before this time");
        return;
    }
    if (session)
        from = session->start;
    else
        session = add_session(plan, edit->number);
    if (from.kind != to.kind || from.seconds != to.seconds) {
        session->start = to;
        tell_move(plan, session, from);
    } else if (!is_booked(session)) {
        smp_plan_change(plan, "session %d booked", session->number);
    } else {
        return;
    }
    book(session, tool->now);
    if (from.kind != SMP_NEVER)
        raise_sequence(session);
}

static void
set_status(const struct edit *edit, struct smp_tool *tool,
           struct smp_plan *plan, struct smp_session *session)
{
    if (session->status == edit->status)
        return;
    if (edit->status == SMP_BOOKED)
        book(session, tool->now);
    session->status = edit->status;
    raise_sequence(session);
    smp_plan_change(plan, "session %d %s", session->number,
                    smp_status_names[edit->status]);
}

static void
set_not_healed(struct smp_plan *plan, struct smp_session *session)
{
    if (session->healing != SMP_NOT_HEALED)
        smp_plan_change(plan, "session %d not healed", session->number);
    session->healing = SMP_NOT_HEALED;
}

static void
set_healed(const struct edit *edit, struct smp_tool *tool,
           struct smp_plan *plan, struct smp_session *session,
           struct smp_err *err)
{
    struct smp_buf text = {0};
    int32_t day;

    if (!smp_tool_day(tool, plan->zone, edit->day, &day, err))
        return;
    if (day < smp_session_day(session)) {
        smp_fail(err, "this day is before the session");
        return;
    }
    if (session->healing == SMP_HEALED && session->healed == day)
        return;
    session->healing = SMP_HEALED;
    session->healed = day;
    smp_when_print(&text, smp_when_day(day));
    smp_plan_change(plan, "session %d healed on %s", session->number,
                    smp_buf_text(&text));
    smp_buf_release(&text);
}

static void
apply(struct edit *edit, struct smp_tool *tool, struct smp_plan *plan)
{
    struct smp_session *session = smp_plan_find_session(plan, edit->number);

    edit->used = true;
    edit->line = plan->line;
    if (edit->kind == EDIT_TIME)
        set_time(edit, tool, plan, session, &edit->why);
    else if (!session)
        smp_fail(&edit->why, "no such session");
    else if (edit->kind == EDIT_STATUS)
        set_status(edit, tool, plan, session);
    else if (edit->kind == EDIT_NOT_HEALED)
        set_not_healed(plan, session);
    else
        set_healed(edit, tool, plan, session, &edit->why);
}

void
edits_apply(const struct edits *edits, struct smp_tool *tool,
            struct smp_plan *plan)
{
    size_t i;

    for (i = 0; i < edits->count; i++) {
        struct edit *edit = &edits->at[i];

        if (strcmp(edit->id, plan->id) != 0)
            continue;
        if (!edit->used || edit->line == plan->line)
            apply(edit, tool, plan);
        else if (!edit->other)
            edit->other = plan->line;
    }
}

static void
tell(struct smp_tool *tool, const struct edit *edit, const char *what)
{
    smp_message(tool->program->name, "--set %.80s: %s", edit->option, what);
    tool->said_no = true;
}

void
edits_tell(const struct edits *edits, struct smp_tool *tool)
{
    size_t i;

    for (i = 0; i < edits->count; i++) {
        const struct edit *edit = &edits->at[i];
        struct smp_buf what = {0};

        if (!edit->used)
            smp_buf_puts(&what, "no plan has this id");
        else if (edit->why.failed)
            smp_buf_puts(&what, smp_buf_text(&edit->why.text));
        else if (edit->other)
            smp_buf_printf(&what,
                           "only the plan in line %lu is changed, and not the "
                           "one with the same id in line %lu",
                           edit->line, edit->other);
        if (what.len)
            tell(tool, edit, smp_buf_text(&what));
        smp_buf_release(&what);
    }
}

static void
free_edit(struct edit *edit)
{
    free(edit->id);
    smp_err_release(&edit->why);
}

void
edits_release(struct edits *edits)
{
    size_t i;

    for (i = 0; i < edits->count; i++)
        free_edit(&edits->at[i]);
    free(edits->at);
}
