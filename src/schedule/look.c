#include "plan/stream.h"
#include "schedule/fair.h"
#include "schedule/schedule.h"
#include "tool/protocols.h"

static bool
note_plan(void *context, struct smp_plan *plan, struct smp_err *err)
{
    struct smp_tool *tool = context;
    const struct smp_protocol *protocol =
        smp_tool_protocol_for(tool, plan, err);
    struct studio *studio;

    if (!protocol || !schedule_begin(tool, plan, protocol, &studio, err))
        return false;
    schedule_note(tool, plan, protocol, studio);
    return true;
}

void
schedule_pass_over(void *context, unsigned long line, struct smp_plan *plan,
                   const char *what)
{
    (void)context;
    (void)line;
    (void)plan;
    (void)what;
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

/* What could be read of a plan that is rejected is taken all the same. */
static void
note_rejected(void *context, unsigned long line, struct smp_plan *plan,
              const char *what)
{
    struct smp_tool *tool = context;
    struct schedule *schedule = tool->context;
    const struct smp_protocol *protocol;
    struct smp_err err = {0};

    (void)line;
    (void)what;
    drop_sessions_without_time(plan);
    protocol = plan->zone ? smp_tool_protocol_for(tool, plan, &err) : NULL;
    if (protocol)
        schedule_note(tool, plan, protocol,
                      studios_of(&schedule->studios, tool, plan, protocol));
    smp_err_release(&err);
}

static bool
reserve_plan(void *context, struct smp_plan *plan, struct smp_err *err)
{
    struct smp_tool *tool = context;
    struct schedule *schedule = tool->context;
    const struct smp_protocol *protocol =
        smp_tool_protocol_for(tool, plan, err);
    struct smp_series_wanted wanted;
    struct studio *studio;

    if (!protocol || !schedule_begin(tool, plan, protocol, &studio, err))
        return false;
    wanted = schedule_wanted(tool, studio, plan);
    if (studio->busy)
        reserve_take(&schedule->reserve, plan->line, plan, protocol, &wanted,
                     studio->busy);
    return true;
}

/* One pass over the input; what is wrong with a record is told in the last. */
static bool
look(struct smp_tool *tool, struct spool *input,
     bool (*at)(void *context, struct smp_plan *plan, struct smp_err *err),
     void (*rejected)(void *context, unsigned long line, struct smp_plan *plan,
                      const char *what))
{
    struct smp_stream stream = {.fd = input->fd,
                                .rejects = -1,
                                .defaults = tool->defaults,
                                .plan = at,
                                .rejected = rejected,
                                .context = tool};
    struct smp_err err = {0};

    if (smp_tool_stream(tool, &stream) && !spool_rewind(input, &err))
        smp_tool_fail(tool, smp_buf_text(&err.text));
    smp_err_release(&err);
    return !tool->failed && !tool->usage;
}

bool
schedule_look(struct schedule *schedule, struct smp_tool *tool,
              struct spool *input)
{
    struct smp_err err = {0};

    if (!look(tool, input, note_plan, note_rejected) ||
        !studios_read_calendars(&schedule->studios, tool) ||
        (schedule->reserves &&
         !look(tool, input, reserve_plan, schedule_pass_over)))
        return false;
    schedule->looked = true;
    if (smp_tool_option(tool, SMP_OPT_FAIR))
        schedule->served = fair_serve(tool, input, &err);
    if (!err.failed)
        spool_rewind(input, &err);
    if (err.failed)
        smp_tool_fail(tool, smp_buf_text(&err.text));
    smp_err_release(&err);
    return !tool->failed && !tool->usage;
}
