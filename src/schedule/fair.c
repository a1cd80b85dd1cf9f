#include "schedule/fair.h"

#include <stdlib.h>

#include "plan/stream.h"
#include "tool/protocols.h"

/* A record of the input: where it is, how much room it has, and where the
 * completed plan waits. */
struct turn {
    unsigned long line;
    long long offset, waits;
    size_t length, waiting; /* octets; 0: it could not be completed */
    int64_t slack;
};

struct served {
    struct smp_tool *tool;
    struct smp_stream *stream; /* while turns are gathered */
    struct turn *turns;
    size_t count, room, next;
    struct spool plans;
    struct smp_buf line;
};

static bool
add_turn(void *context, struct smp_plan *plan, struct smp_err *err)
{
    struct served *served = context;
    struct smp_tool *tool = served->tool;
    const struct smp_protocol *protocol =
        smp_tool_protocol_for(tool, plan, err);
    struct schedule *schedule;
    struct studio *studio;
    struct smp_series_wanted wanted;

    if (!protocol || !schedule_begin(tool, plan, protocol, &studio, err))
        return false;
    schedule = tool->context;
    wanted = schedule_wanted(tool, studio, plan);
    reserve_give_back(&schedule->reserve, plan->line, studio->busy);
    served->turns = smp_grow(served->turns, served->count, &served->room,
                             sizeof *served->turns);
    served->turns[served->count] = (struct turn){
        .line = plan->line,
        .offset = served->stream->offset,
        .length = served->stream->length,
        .slack = smp_series_slack(plan, protocol, &wanted),
    };
    reserve_take_again(&schedule->reserve, plan->line, studio->busy);
    served->count++;
    return true;
}

static int
by_slack(const void *a, const void *b)
{
    const struct turn *one = a, *other = b;

    if (one->slack != other->slack)
        return one->slack < other->slack ? -1 : 1;
    return one->line < other->line ? -1 : one->line > other->line;
}

static int
by_line(const void *a, const void *b)
{
    const struct turn *one = a, *other = b;

    return one->line < other->line ? -1 : one->line > other->line;
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

/* A plan that cannot be completed is rejected when its turn comes. */
static bool
serve(struct served *served, const struct spool *input, struct turn *turn,
      bool only_whole, struct smp_plan *plan, struct smp_err *err)
{
    struct smp_tool *tool = served->tool;
    const struct smp_protocol *protocol;
    struct smp_err why = {0};
    struct smp_buf line = {0};

    if (!read_plan(served, input, turn->offset, turn->length, turn->line, plan,
                   err))
        return false;
    protocol = smp_tool_protocol_for(tool, plan, &why);
    if (protocol && schedule_complete(tool, plan, protocol, only_whole, &why)) {
        smp_plan_format(&line, plan);
        turn->waiting = line.len - 1;
        spool_add(&served->plans, line.data, line.len, &turn->waits, err);
    }
    if (why.system)
        smp_fail_as(err, &why);
    smp_buf_release(&line);
    smp_err_release(&why);
    return !err->failed;
}

static bool
gather(struct served *served, struct spool *input)
{
    struct smp_tool *tool = served->tool;
    struct smp_stream stream = {.fd = input->fd,
                                .rejects = -1,
                                .defaults = tool->defaults,
                                .plan = add_turn,
                                .rejected = schedule_pass_over,
                                .context = served};
    bool ok;

    served->stream = &stream;
    ok = smp_tool_stream(tool, &stream);
    served->stream = NULL;
    return ok;
}

static void
serve_those_who_wait(struct served *served, const struct spool *input,
                     bool only_whole, struct smp_err *err)
{
    struct smp_plan plan = {0};
    size_t i;

    for (i = 0; i < served->count && !err->failed; i++)
        if (!served->turns[i].waiting)
            serve(served, input, &served->turns[i], only_whole, &plan, err);
    smp_plan_release(&plan);
}

struct served *
fair_serve(struct smp_tool *tool, struct spool *input, struct smp_err *err)
{
    struct served *served = smp_calloc(1, sizeof *served);

    served->tool = tool;
    if (!gather(served, input))
        return served;
    if (served->count)
        qsort(served->turns, served->count, sizeof *served->turns, by_slack);
    if (spool_new(&served->plans, err)) {
        serve_those_who_wait(served, input, true, err);
        serve_those_who_wait(served, input, false, err);
    }
    if (served->count)
        qsort(served->turns, served->count, sizeof *served->turns, by_line);
    return served;
}

bool
fair_take(struct served *served, struct smp_tool *tool, struct smp_plan *plan,
          const struct smp_protocol *protocol, struct smp_err *err)
{
    const struct turn *turn;
    struct studio *studio;

    if (!schedule_begin(tool, plan, protocol, &studio, err))
        return false;
    while (served->next < served->count &&
           served->turns[served->next].line < plan->line)
        served->next++;
    turn = &served->turns[served->next];
    if (served->next >= served->count || turn->line != plan->line ||
        !turn->waiting)
        return spool_changed(err);
    return read_plan(served, &served->plans, turn->waits, turn->waiting,
                     plan->line, plan, err);
}

void
fair_release(struct served *served)
{
    if (!served)
        return;
    spool_release(&served->plans);
    smp_buf_release(&served->line);
    free(served->turns);
    free(served);
}
