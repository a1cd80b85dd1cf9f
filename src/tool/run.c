#define _GNU_SOURCE /* F_SETPIPE_SZ */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/utf8.h"
#include "time/zone.h"
#include "plan/plan.h"
#include "tool/files.h"
#include "tool/protocols.h"
#include "tool/tool.h"
#include "tool/twice.h"
#include "tool/message.h"

enum { FLUSH_SIZE = 1 << 16 };

/* A session as it is given on the command line: a date, a time, a DAY. */
static bool
read_operand(struct smp_tool *tool, const char *text, struct smp_when *when)
{
    struct smp_err err = {0};
    int32_t day;
    bool ok = smp_when_parse(text, when, &err);

    smp_err_clear(&err);
    if (!ok && smp_tool_day(tool, tool->zone, text, &day, &err)) {
        *when = smp_when_day(day);
        ok = true;
    }
    if (!ok)
        smp_tool_usage(tool,
                       "%s; a SESSION must be a date such as 2026-12-01T10:00 "
                       "(plans are read from standard input)",
                       smp_buf_text(&err.text));
    if (ok && when->kind == SMP_INSTANT)
        *when = smp_when_local(smp_zone_to_local(tool->zone, when->seconds));
    smp_err_release(&err);
    return ok;
}

static void
name_client(struct smp_tool *tool, struct smp_plan *plan, struct smp_when first)
{
    const char *id = smp_tool_option(tool, SMP_OPT_ID);
    const char *name = smp_tool_option(tool, SMP_OPT_NAME);
    struct smp_buf made = {0};

    smp_when_print(&made, first);
    plan->id = smp_arena_strdup(&plan->arena, id ? id : smp_buf_text(&made));
    plan->name = name;
    plan->email = smp_tool_option(tool, SMP_OPT_EMAIL);
    smp_buf_release(&made);
}

static bool
is_text(const char *text)
{
    return !text || smp_utf8_valid(text, strlen(text)) == strlen(text);
}

/* Puts the operands into a plan. */
static bool
plan_operands(struct smp_tool *tool, struct smp_plan *plan)
{
    const char *id = smp_tool_option(tool, SMP_OPT_ID);
    struct smp_err err = {0};
    int number = 1;
    size_t i;

    if (!smp_tool_number(tool, SMP_OPT_SESSION, 1, SMP_NUMBER_MAX, &number) ||
        !smp_tool_number(tool, SMP_OPT_WHICH, 1, SMP_NUMBER_MAX, &number))
        return false;
    if (id && !*id)
        return smp_tool_usage(tool, "--id is empty");
    if (!is_text(id) || !is_text(smp_tool_option(tool, SMP_OPT_NAME)) ||
        !is_text(smp_tool_option(tool, SMP_OPT_EMAIL)))
        return smp_tool_usage(tool,
                              "--id, --name and --email require UTF-8 text");
    if (tool->given.operand_count > SMP_NUMBER_MAX - (size_t)number + 1)
        return smp_tool_usage(tool, "more than %d sessions", SMP_NUMBER_MAX);
    for (i = 0; i < tool->given.operand_count; i++) {
        struct smp_when when;
        struct smp_session *session;

        if (!read_operand(tool, tool->given.operands[i], &when))
            return false;
        session = smp_plan_add_session(plan);
        session->number = number + (int)i;
        session->start = when;
    }
    plan->sessions[plan->session_count - 1].final =
        smp_tool_option(tool, SMP_OPT_FINAL) != NULL;
    plan->continues = true;
    name_client(tool, plan, plan->sessions[0].start);
    smp_plan_set_zone(plan, &tool->defaults, &err);
    return smp_tool_given(tool, &err);
}

/*
 * Lets a pipe hold more, if the system can: two programs then take turns less
 * often. Linux gives so much to anybody (pipe(7)).
 */
static void
widen_pipe(int fd)
{
#ifdef F_SETPIPE_SZ
    (void)fcntl(fd, F_SETPIPE_SZ, 1 << 20);
#else
    (void)fd;
#endif
}

static void
flush_much(struct smp_tool *tool)
{
    if (tool->out.len <= FLUSH_SIZE)
        return;
    if (!tool->widened)
        widen_pipe(STDOUT_FILENO);
    tool->widened = true;
    smp_tool_flush(tool);
}

static bool
take_line(void *context, const char *line, size_t n)
{
    struct smp_tool *tool = context;
    bool done = tool->line(tool, line, n);

    if (done)
        flush_much(tool);
    return done;
}

static bool
take_plan(void *context, struct smp_plan *plan, struct smp_err *err)
{
    struct smp_tool *tool = context;
    const struct smp_protocol *protocol;
    struct smp_twice twice = {.before = SMP_ID_NEW};

    if (!plan->lang)
        plan->lang = smp_tool_option(tool, SMP_OPT_LANG);
    protocol = smp_tool_protocol_for(tool, plan, err);
    if (!protocol || !smp_tool_check_twice(tool, plan, &twice, err) ||
        !tool->work(tool, plan, protocol, err) ||
        (tool->format && !tool->format->put(tool, plan, protocol, err)))
        return false;
    smp_tool_note_twice(tool, plan, &twice);
    smp_buf_cut(&tool->last_id, 0);
    smp_buf_puts(&tool->last_id, plan->id);
    flush_much(tool);
    return true;
}

void
smp_tool_report_rejected(void *context, unsigned long line,
                         struct smp_plan *plan, const char *what)
{
    struct smp_tool *tool = context;
    const char *id = plan->id;

    smp_message(tool->program->name, "<stdin>:%lu: %.*s%s%s", line,
                smp_message_shown(id), id, *id ? ": " : "", what);
}

static bool
before_waiting(void *context)
{
    struct smp_tool *tool = context;

    return smp_tool_flush(tool) || tool->goes_on;
}

bool
smp_tool_stream(struct smp_tool *tool, struct smp_stream *stream)
{
    struct smp_err err = {0};
    bool ok = smp_stream_run(stream, &err);

    smp_err_prefix(&err, "<stdin>");
    if (!ok)
        smp_tool_fail(tool, smp_buf_text(&err.text));
    smp_err_release(&err);
    return ok;
}

static void
run_stream(struct smp_tool *tool)
{
    struct smp_stream stream = {.fd = tool->input,
                                .rejects = tool->rejects,
                                .defaults = tool->defaults,
                                .line = tool->line ? take_line : NULL,
                                .plan = take_plan,
                                .rejected = smp_tool_report_rejected,
                                .idle = before_waiting,
                                .context = tool};

    tool->stream = &stream;
    tool->input_failed = !smp_tool_stream(tool, &stream);
    tool->stream = NULL;
    tool->records = stream.read;
    tool->rejected = stream.rejected_count;
    tool->unterminated = stream.unterminated;
    smp_tool_end_twice(tool);
}

static void
run_operands(struct smp_tool *tool)
{
    struct smp_plan plan = {0};
    struct smp_err err = {0};

    tool->records = 1;
    if (plan_operands(tool, &plan) && smp_tool_open_rejects(tool) &&
        !take_plan(tool, &plan, &err))
        smp_tool_given(tool, &err);
    smp_err_release(&err);
    smp_plan_release(&plan);
}

void
smp_tool_run(struct smp_tool *tool)
{
    bool alone = tool->given.operand_count > 0;

    if (!smp_tool_check_streams(tool) ||
        (!alone && !smp_tool_open_rejects(tool)))
        return;
    if (tool->format)
        tool->format->begin(tool);
    if (alone)
        run_operands(tool);
    else
        run_stream(tool);
    if (tool->usage || tool->failed) /* what is cut off is not to look whole */
        smp_buf_cut(&tool->out, 0);
    else if (tool->format)
        tool->format->end(tool);
}
