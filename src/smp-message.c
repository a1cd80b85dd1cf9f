#include <signal.h>

#include "base/base.h"
#include "base/fill.h"
#include "plan/plan.h"
#include "protocol/protocol.h"
#include "time/civil.h"
#include "time/window.h"
#include "time/zone.h"
#include "message/message.h"
#include "tool/files.h"
#include "tool/message.h"
#include "tool/tool.h"

/* What this program adds to the tool. */
struct job {
    struct smp_tool *tool;
    struct smp_messenger messenger;
    int keep; /* days */
};

enum { MOST = 20, KEEP = 90, KEEP_MAX = 36500 };

static bool
read_form(struct job *job)
{
    const char *form = smp_tool_option(job->tool, SMP_OPT_AS);

    if (form && strcmp(form, "json") == 0)
        job->messenger.form = SMP_MESSAGE_JSON;
    else if (form && strcmp(form, "mail") != 0)
        return smp_tool_usage(job->tool, "--as requires mail or json");
    return true;
}

/* What cannot be asked for together. */
static bool
check_options(struct job *job)
{
    static const enum smp_option_id alone[] = {SMP_OPT_TOLD, SMP_OPT_FORGET,
                                               SMP_OPT_BEGIN, SMP_OPT_INVITE,
                                               SMP_OPT_ADOPT};
    struct smp_tool *tool = job->tool;
    size_t i, count = 0;

    for (i = 0; i < sizeof alone / sizeof *alone; i++)
        count += smp_tool_option(tool, alone[i]) != NULL;
    if (count > 1)
        return smp_tool_usage(tool,
                              "use only one of --adopt, --begin, --forget, "
                              "--invite and --told");
    if (smp_tool_option(tool, SMP_OPT_INVITE) &&
        job->messenger.form != SMP_MESSAGE_MAIL)
        return smp_tool_usage(tool, "--invite cannot be used with --as json");
    if (smp_tool_option(tool, SMP_OPT_TOLD_ON) &&
        !smp_tool_option(tool, SMP_OPT_TOLD))
        return smp_tool_usage(tool, "--on requires --told");
    return true;
}

static bool
reads_plans(const struct job *job)
{
    return !smp_tool_option(job->tool, SMP_OPT_TOLD) &&
           !smp_tool_option(job->tool, SMP_OPT_FORGET) &&
           !smp_tool_option(job->tool, SMP_OPT_ADOPT);
}

static bool
read_options(struct job *job)
{
    struct smp_tool *tool = job->tool;
    struct smp_messenger *messenger = &job->messenger;

    messenger->most = MOST;
    job->keep = KEEP;
    messenger->discreet = smp_tool_option(tool, SMP_OPT_QUIETLY) != NULL;
    messenger->proposed = smp_tool_option(tool, SMP_OPT_CARE_PROPOSED) != NULL;
    return read_form(job) && check_options(job) &&
           smp_tool_number(tool, SMP_OPT_SHARE, 0, 100, &messenger->most) &&
           smp_tool_number(tool, SMP_OPT_KEEP, 0, KEEP_MAX, &job->keep);
}

/* An error of the outbox holds for all clients, and no plan is at fault. */
static bool
take_plan(struct smp_tool *tool, struct smp_plan *plan,
          const struct smp_protocol *protocol, struct smp_err *err)
{
    struct job *job = tool->context;

    if (smp_tool_option(tool, SMP_OPT_BEGIN))
        return smp_message_begin(&job->messenger, plan, protocol, err);
    if (smp_tool_option(tool, SMP_OPT_INVITE))
        return smp_message_invite(&job->messenger, plan, protocol, err);
    return smp_message_put(&job->messenger, plan, protocol, err);
}

static void
report(struct job *job)
{
    struct smp_tool *tool = job->tool;
    const struct smp_messenger *messenger = &job->messenger;

    smp_buf_printf(
        &tool->out,
        smp_tool_json(tool)
            ? "{\"due\":%zu,\"corrections\":%zu,\"unchanged\":%zu,"
              "\"later\":%zu,\"withoutConsent\":%zu}\n"
            : "%zu due, %zu of them with a correction; %zu unchanged, %zu to "
              "be sent later, %zu without consent\n",
        messenger->due, messenger->corrections, messenger->unchanged,
        messenger->early, messenger->without_consent);
}

static void
sum_up(struct job *job)
{
    const struct smp_messenger *messenger = &job->messenger;

    smp_buf_printf(&job->tool->summary,
                   ", %zu due, %zu unchanged, %zu to be sent later, %zu "
                   "without consent",
                   messenger->due, messenger->unchanged, messenger->early,
                   messenger->without_consent);
}

/* Texts and addresses do not stay for ever. */
static void
strip(struct job *job, struct smp_err *err)
{
    const struct smp_tool *tool = job->tool;
    int32_t today = smp_day_at(smp_zone_to_local(tool->zone, tool->now));

    smp_messenger_strip(&job->messenger, today - job->keep, err);
}

static void
finish(struct job *job, struct smp_err *err)
{
    struct smp_tool *tool = job->tool;
    struct smp_messenger *messenger = &job->messenger;

    if (tool->input_failed || tool->failed || tool->usage)
        return;
    if (smp_tool_option(tool, SMP_OPT_BEGIN) ||
        smp_tool_option(tool, SMP_OPT_ADOPT))
        messenger->most = SMP_MESSAGES_ALL;
    if (smp_tool_option(tool, SMP_OPT_DRY_RUN) ||
        smp_tool_option(tool, SMP_OPT_REPORT) ||
        smp_tool_option(tool, SMP_OPT_JSON))
        report(job);
    if (!smp_messenger_commit(messenger, err) && !err->failed) {
        smp_message(tool->program->name,
                    "nothing is written: %zu of %zu clients would get a "
                    "message, more than --most %d percent",
                    messenger->due, messenger->clients, messenger->most);
        tool->answer = SMP_EXIT_REJECTED;
    }
    sum_up(job);
    strip(job, err);
}

static void
forget(struct job *job, struct smp_err *err)
{
    const char *id = smp_tool_option(job->tool, SMP_OPT_FORGET);

    if (!smp_messenger_forget(&job->messenger, id, err) && !err->failed)
        job->tool->said_no = true;
}

static void
show_told(struct job *job, struct smp_err *err)
{
    struct smp_tool *tool = job->tool;
    const char *on = smp_tool_option(tool, SMP_OPT_TOLD_ON);
    int32_t day = smp_day_at(smp_zone_to_local(tool->zone, tool->now));

    if (on && !smp_tool_day(tool, tool->zone, on, &day, err)) {
        smp_err_prefix(err, "--on");
        smp_tool_given(tool, err);
    } else if (!smp_messenger_told(&job->messenger,
                                   smp_tool_option(tool, SMP_OPT_TOLD), day,
                                   smp_tool_json(tool), &tool->out, err) &&
               !err->failed) {
        tool->said_no = true;
    }
}

static void
work(struct job *job, struct smp_err *err)
{
    if (smp_tool_option(job->tool, SMP_OPT_FORGET)) {
        forget(job, err);
    } else if (smp_tool_option(job->tool, SMP_OPT_ADOPT)) {
        if (smp_messenger_adopt(&job->messenger,
                                smp_tool_option(job->tool, SMP_OPT_ADOPT), err))
            finish(job, err);
    } else if (smp_tool_option(job->tool, SMP_OPT_TOLD)) {
        show_told(job, err);
    } else {
        smp_tool_run(job->tool);
        finish(job, err);
    }
}

static void
run(struct job *job)
{
    struct smp_tool *tool = job->tool;
    bool dry = smp_tool_option(tool, SMP_OPT_DRY_RUN) ||
               smp_tool_option(tool, SMP_OPT_TOLD);
    struct smp_err err = {0};

    if (!smp_tool_take_directory(tool, "give one OUTBOX for the messages",
                                 reads_plans(job)) ||
        !read_options(job) || !smp_tool_load(tool))
        return;
    job->messenger.now = tool->now;
    job->messenger.stamp = tool->stamp;
    if (!smp_tool_check_streams(tool) ||
        (reads_plans(job) && !smp_tool_open_rejects(tool)))
        return;
    if (smp_messenger_open(&job->messenger, job->tool->output,
                           smp_tool_option(tool, SMP_OPT_WAIT) != NULL, dry,
                           &err))
        work(job, &err);
    if (err.failed)
        smp_tool_fail(tool, smp_buf_text(&err.text));
    smp_err_release(&err);
}

int
main(int argc, char **argv)
{
    struct smp_tool tool;
    struct job job = {.tool = &tool};

    if (!smp_tool_begin(&tool, &smp_program_message, argc, argv))
        return smp_tool_end(&tool);
    signal(SIGXFSZ, SIG_IGN); /* a file too large for a limit is said */
    tool.context = &job;
    tool.work = take_plan;
    tool.unique = true;
    run(&job);
    smp_messenger_close(&job.messenger);
    return smp_tool_end(&tool);
}
