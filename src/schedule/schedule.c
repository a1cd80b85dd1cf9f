#include "schedule/schedule.h"

#include <stdlib.h>
#include <string.h>

#include "plan/plan.h"
#include "tool/format.h"
#include "tool/protocols.h"
#include "tool/options.h"
#include "tool/tool.h"
#include "tool/message.h"

/* The plan's studio; NULL with an error. */
static struct smp_schedule *
begin(struct smp_tool *tool, struct smp_plan *plan,
      const struct smp_protocol *protocol, struct smp_err *err)
{
    struct run *run = tool->context;
    struct studio *studio;

    plan->changes.count = 0;
    studio = studios_of(&run->studios, tool, plan, protocol);
    if (studio->err.failed)
        smp_fail_as(err, &studio->err);
    return err->failed ? NULL : studio->schedule;
}

static bool
note(struct smp_tool *tool, const struct smp_plan *plan,
     const struct smp_protocol *protocol, struct smp_schedule *schedule)
{
    const struct run *run = tool->context;
    struct smp_err err = {0};

    if (!tool->failed &&
        !smp_schedule_note(schedule, plan, protocol, &run->wanted, &err))
        smp_tool_fail(tool, smp_buf_text(&err.text));
    smp_err_release(&err);
    return !tool->failed;
}

/*
 * Completes and takes chairs: all that is done to a plan. With
 * `only_whole` a series that is not whole takes nothing, and is false without
 * an error.
 */
static bool
complete(struct smp_tool *tool, struct smp_plan *plan,
         const struct smp_protocol *protocol, bool only_whole, bool *whole,
         struct smp_err *err)
{
    struct run *run = tool->context;
    struct smp_schedule *schedule = begin(tool, plan, protocol, err);
    struct smp_err full = {0};

    if (run->wanted.has_ready && plan->session_count)
        return smp_fail(err, "--ready plans the first session, and this plan "
                             "has one");

    if (!schedule ||
        (!run->scanned && (!note(tool, plan, protocol, schedule) ||
                           !studios_read_calendars(&run->studios, tool))))
        return false;
    *whole = smp_schedule_complete(schedule, plan, protocol, &run->wanted,
                                   only_whole, &full);
    if (full.failed && !tool->failed)
        smp_tool_fail(tool, smp_buf_text(&full.text));
    if (only_whole && !*whole)
        return false;
    if (plan->changes.count && plan->has_updated) {
        plan->updated = tool->now;
        plan->updated_now = true;
    }
    smp_care_warn_of_clashes(plan, protocol, &run->clashes);
    return true;
}

/* Reading all plans before the first one is completed. Errors of records are
 * reported in the final pass. */

static void
ignore_rejected(void *context, unsigned long line, struct smp_plan *plan,
                const char *what)
{
    (void)context;
    (void)line;
    (void)plan;
    (void)what;
}

static bool
note_plan(void *context, struct smp_plan *plan, struct smp_err *err)
{
    struct smp_tool *tool = context;
    const struct smp_protocol *protocol =
        smp_tool_protocol_for(tool, plan, err);
    struct smp_schedule *schedule =
        protocol ? begin(tool, plan, protocol, err) : NULL;

    if (schedule)
        note(tool, plan, protocol, schedule);
    return schedule != NULL;
}

static void
drop_sessions_without_time(struct smp_plan *plan)
{
    size_t i, kept = 0;

    for (i = 0; i < plan->session_count; i++)
        if (plan->sessions[i].start.kind != SMP_NEVER)
            plan->sessions[kept++] = plan->sessions[i];
    plan->session_count = kept;
}

/* The readable sessions of a rejected plan take their chairs all the same. */
static void
note_rejected(void *context, unsigned long line, struct smp_plan *plan,
              const char *what)
{
    struct smp_tool *tool = context;
    struct run *run = tool->context;
    const struct smp_protocol *protocol;
    const struct studio *studio;
    struct smp_err err = {0};

    (void)line;
    (void)what;
    drop_sessions_without_time(plan);
    protocol = plan->zone ? smp_tool_protocol_for(tool, plan, &err) : NULL;
    studio = protocol ? studios_of(&run->studios, tool, plan, protocol) : NULL;
    if (studio && studio->schedule)
        note(tool, plan, protocol, studio->schedule);
    smp_err_release(&err);
}

static bool
reserve_plan(void *context, struct smp_plan *plan, struct smp_err *err)
{
    struct smp_tool *tool = context;
    const struct run *run = tool->context;
    const struct smp_protocol *protocol =
        smp_tool_protocol_for(tool, plan, err);
    struct smp_schedule *schedule =
        protocol ? begin(tool, plan, protocol, err) : NULL;

    if (schedule)
        smp_schedule_reserve(schedule, plan, protocol, &run->wanted);
    return schedule != NULL;
}

/* One pass over the input. */
static bool
scan(struct smp_tool *tool, struct spool *input,
     bool (*plan)(void *context, struct smp_plan *plan, struct smp_err *err),
     void (*rejected)(void *context, unsigned long line, struct smp_plan *plan,
                      const char *what))
{
    struct smp_stream stream = {.fd = input->fd,
                                .rejects = -1,
                                .defaults = tool->defaults,
                                .plan = plan,
                                .rejected = rejected,
                                .context = tool};
    struct smp_err err = {0};

    if (smp_tool_stream(tool, &stream) && !spool_rewind(input, &err))
        smp_tool_fail(tool, smp_buf_text(&err.text));
    smp_err_release(&err);
    return !tool->failed && !tool->usage;
}

/* --fair: plans are completed in another order than they come in. */

/* A record of the input: where it is, and where the completed plan waits. */
struct record {
    unsigned long line;
    long long offset, waits;
    size_t length, waiting; /* octets; 0: it could not be completed */
    bool whole;
};

struct served {
    struct smp_tool *tool;
    const struct spool *input;
    struct smp_stream *stream; /* while records are gathered */
    struct record *records;    /* in the order of the input */
    struct smp_turn *turns;
    size_t count, room, turn_room, next;
    struct spool plans;
    struct smp_buf line;
    struct smp_plan plan;
    struct smp_err err;
};

static bool
add_record(void *context, struct smp_plan *plan, struct smp_err *err)
{
    struct served *served = context;
    struct smp_tool *tool = served->tool;
    const struct run *run = tool->context;
    const struct smp_protocol *protocol =
        smp_tool_protocol_for(tool, plan, err);
    struct smp_schedule *schedule =
        protocol ? begin(tool, plan, protocol, err) : NULL;

    if (!schedule)
        return false;
    served->turns = smp_grow(served->turns, served->count, &served->turn_room,
                             sizeof *served->turns);
    served->turns[served->count] = (struct smp_turn){
        served->count,
        smp_schedule_slack(schedule, plan, protocol, &run->wanted), false};
    served->records = smp_grow(served->records, served->count, &served->room,
                               sizeof *served->records);
    served->records[served->count++] = (struct record){
        .line = plan->line,
        .offset = served->stream->offset,
        .length = served->stream->length,
    };
    return true;
}

/* Reads a record or a waiting plan into an empty plan. */
static bool
read_plan(struct served *served, const struct spool *from, long long at,
          size_t n, unsigned long line, struct smp_plan *plan,
          struct smp_err *err)
{
    smp_plan_reset(plan);
    plan->id = "";
    plan->line = line;
    smp_buf_cut(&served->line, 0);
    smp_buf_reserve(&served->line, n + 1);
    if (!spool_read(from, at, served->line.data, n, err))
        return false;
    served->line.data[n] = '\0';
    return smp_plan_parse(plan, served->line.data, n, &served->tool->defaults,
                          err);
}

/* A plan that cannot be completed is rejected in the final pass. */
static enum smp_served
serve(void *context, size_t plan, bool only_whole)
{
    struct served *served = context;
    struct record *record = &served->records[plan];
    struct smp_tool *tool = served->tool;
    const struct smp_protocol *protocol;
    struct smp_err why = {0};
    struct smp_buf line = {0};

    if (!read_plan(served, served->input, record->offset, record->length,
                   record->line, &served->plan, &served->err))
        return SMP_STOP_SERVING;
    protocol = smp_tool_protocol_for(tool, &served->plan, &why);
    if (protocol && complete(tool, &served->plan, protocol, only_whole,
                             &record->whole, &why)) {
        smp_plan_format(&line, &served->plan);
        record->waiting = line.len - 1;
        spool_add(&served->plans, line.data, line.len, &record->waits,
                  &served->err);
    }
    if (why.system)
        smp_fail_as(&served->err, &why);
    smp_buf_release(&line);
    smp_err_release(&why);
    if (served->err.failed)
        return SMP_STOP_SERVING;
    if (!record->waiting)
        return SMP_NOT_SERVED;
    return record->whole ? SMP_SERVED_WHOLE : SMP_SERVED;
}

static void
restart(void *context)
{
    struct served *served = context;
    const struct run *run = served->tool->context;
    size_t i;

    for (i = 0; i < served->count; i++)
        served->records[i].waiting = 0;
    spool_clear(&served->plans, &served->err);
    studios_restart(&run->studios);
}

static bool
serve_all(struct run *run, struct smp_tool *tool, const struct spool *input,
          struct smp_err *err)
{
    struct served *served = smp_calloc(1, sizeof *served);
    struct smp_stream stream = {.fd = input->fd,
                                .rejects = -1,
                                .defaults = tool->defaults,
                                .plan = add_record,
                                .rejected = ignore_rejected,
                                .context = served};

    *served = (struct served){.tool = tool, .input = input, .stream = &stream};
    run->served = served;
    if (smp_tool_stream(tool, &stream) && spool_new(&served->plans, err)) {
        smp_fair_serve(served->turns, served->count, serve, restart, served);
        if (served->err.failed)
            smp_fail_as(err, &served->err);
    }
    return !err->failed;
}

/* Puts the completed plan in the place of the one that came. */
static bool
take_served(struct smp_tool *tool, struct smp_plan *plan,
            const struct smp_protocol *protocol, struct smp_err *err)
{
    struct served *served = ((struct run *)tool->context)->served;
    const struct record *record;

    if (!begin(tool, plan, protocol, err))
        return false;
    while (served->next < served->count &&
           served->records[served->next].line < plan->line)
        served->next++;
    record = &served->records[served->next];
    if (served->next >= served->count || record->line != plan->line ||
        !record->waiting)
        return spool_changed(err);
    tool->said_no |= !record->whole;
    return read_plan(served, &served->plans, record->waits, record->waiting,
                     plan->line, plan, err);
}

static void
free_served(struct served *served)
{
    if (!served)
        return;
    spool_release(&served->plans);
    smp_buf_release(&served->line);
    smp_plan_release(&served->plan);
    smp_err_release(&served->err);
    free(served->records);
    free(served->turns);
    free(served);
}

bool
run_prescan(struct run *run, struct smp_tool *tool, struct spool *input)
{
    struct smp_err err = {0};

    if (!scan(tool, input, note_plan, note_rejected) ||
        !studios_read_calendars(&run->studios, tool) ||
        (studios_have_proposals(&run->studios) &&
         !scan(tool, input, reserve_plan, ignore_rejected)))
        return false;
    run->scanned = true;
    if (smp_tool_option(tool, SMP_OPT_FAIR))
        serve_all(run, tool, input, &err);
    if (!err.failed)
        spool_rewind(input, &err);
    if (err.failed)
        smp_tool_fail(tool, smp_buf_text(&err.text));
    smp_err_release(&err);
    return !tool->failed && !tool->usage;
}

static void
report_warnings(const struct smp_tool *tool, const struct smp_plan *plan)
{
    size_t i;

    for (i = 0; i < plan->warnings.count; i++)
        smp_message(tool->program->name, "%.64s: %s", plan->id,
                    plan->warnings.at[i]);
}

bool
run_plan(struct smp_tool *tool, struct smp_plan *plan,
         const struct smp_protocol *protocol, struct smp_err *err)
{
    struct run *run = tool->context;
    bool whole = true;
    bool done = run->served
                    ? take_served(tool, plan, protocol, err)
                    : complete(tool, plan, protocol, false, &whole, err);

    if (!done)
        return false;
    tool->said_no |= !whole;
    if (smp_tool_sets_sheets(tool))
        smp_schedule_find_closures(
            studios_of(&run->studios, tool, plan, protocol)->schedule, plan,
            protocol, &run->wanted);
    report_warnings(tool, plan);
    return true;
}

void
run_release(struct run *run)
{
    free_served(run->served);
    smp_clashes_release(&run->clashes);
    studios_release(&run->studios);
    free(run->away);
}
