#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "feeds/job.h"
#include "tool/format.h"
#include "tool/files.h"
#include "tool/protocols.h"
#include "tool/twice.h"

enum { KEY_FILE_MAX = 64 << 10, CLIENTS_MAX = 64 << 20 };

/* What a signal handler has to know. */
static const struct smp_store *interrupted;

static void
end_by_signal(int number)
{
    smp_store_abandon(interrupted);
    signal(number, SIG_DFL);
    raise(number);
}

/* A signal that is ignored stays so, as under nohup(1). */
static void
catch_signals(const struct smp_store *store)
{
    static const int signals[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGXCPU};
    struct sigaction action = {.sa_handler = end_by_signal}, before;
    size_t i;

    interrupted = store;
    sigfillset(&action.sa_mask);
    for (i = 0; i < sizeof signals / sizeof *signals; i++)
        if (sigaction(signals[i], NULL, &before) == 0 &&
            before.sa_handler != SIG_IGN)
            sigaction(signals[i], &action, NULL);
    signal(SIGXFSZ, SIG_IGN); /* a feed too large for a limit is said */
}

/* As ssh(1) does: the group counts if the file is the user's own. */
static bool
warn_of_readers(struct job *job)
{
    const char *file = smp_tool_option(job->tool, SMP_OPT_KEY);
    struct smp_err err = {0};
    struct stat status = {0};

    if (file && stat(file, &status) < 0)
        smp_fail_errno(&err, "--key %s", file);
    if (S_ISREG(status.st_mode) &&
        status.st_mode & (status.st_uid == geteuid() ? 077 : 07))
        smp_message(job->tool->program->name,
                    "--key %s: others can read or change it (mode %04o): "
                    "chmod 600 it",
                    file, (unsigned)(status.st_mode & 07777));
    return smp_tool_given(job->tool, &err);
}

static bool
publish_one(struct smp_tool *tool, struct smp_plan *plan,
            const struct smp_protocol *protocol, struct smp_err *err)
{
    struct job *job = tool->context;

    job_show_progress(job);
    return smp_publish(&job->publisher, plan, protocol, err);
}

static bool
publish_line(struct smp_tool *tool, const char *line, size_t n)
{
    struct job *job = tool->context;
    const struct smp_plan *guess = &job->publisher.source.guess;

    if (!smp_publish_line(&job->publisher, line, n))
        return false;
    smp_tool_note_line(tool, guess->id, guess->studio);
    job_show_progress(job);
    return true;
}

static const struct smp_protocol *
protocol_for(void *context, const struct smp_plan *plan)
{
    struct job *job = context;

    return smp_tool_protocol_tacit(job->tool, plan);
}

static bool
read_key(struct job *job)
{
    const char *file = smp_tool_option(job->tool, SMP_OPT_KEY);
    struct smp_buf text = {0};
    struct smp_err err = {0};

    if (file && !smp_read_file(file, KEY_FILE_MAX, &text, &err))
        smp_err_prefix(&err, "--key");
    else if (file && !smp_feed_key_set(&job->publisher.key, smp_buf_text(&text),
                                       text.len, &err))
        smp_err_prefix(&err, "--key %s", file);
    smp_buf_release(&text);
    return smp_tool_given(job->tool, &err);
}

static bool
read_clients(struct job *job)
{
    const char *file = smp_tool_option(job->tool, SMP_OPT_CLIENTS);
    struct smp_buf *text = &job->clients_text;
    struct smp_err err = {0};

    if (file && smp_read_file(file, CLIENTS_MAX, text, &err)) {
        if (text->len)
            smp_listed_read(&job->clients, text->data, text->len, &err);
        if (!job->clients.ids.count)
            smp_fail(&err, "no ids in the list");
        smp_err_prefix(&err, "--clients %s", file);
    }
    return smp_tool_given(job->tool, &err);
}

static bool
read_prune(struct job *job)
{
    const char *prune = smp_tool_option(job->tool, SMP_OPT_PRUNE);

    if (!prune)
        return true;
    job->publisher.prune = *prune ? SMP_PRUNE_NOW : SMP_PRUNE_LATER;
    if (*prune && strcmp(prune, "now") != 0)
        return smp_tool_usage(job->tool, "--prune takes no value except now");
    if (!smp_tool_option(job->tool, SMP_OPT_CLIENTS))
        return smp_tool_usage(job->tool, "--prune requires --clients FILE");
    return true;
}

static bool
read_only(struct job *job)
{
    const char *only = smp_tool_option(job->tool, SMP_OPT_ONLY);

    job->publisher.pre_only = only && strcmp(only, "pre") == 0;
    job->publisher.post_only = only && strcmp(only, "post") == 0;
    return !only || job->publisher.pre_only || job->publisher.post_only ||
           smp_tool_usage(job->tool, "--only requires pre or post");
}

static bool
read_operands(struct job *job)
{
    struct smp_given *given = &job->tool->given;

    if (given->operand_count != 1)
        return smp_tool_usage(job->tool, "give one DIR for the feeds");
    if (isatty(STDIN_FILENO))
        return smp_tool_usage(job->tool, "give plans on standard input");
    job->directory = job->tool->output = given->operands[0];
    given->operand_count = 0; /* what is left would be sessions */
    return true;
}

static void
set_up(struct job *job)
{
    static const char *const products[] = {
        [SMP_OPEN] = SMP_FEED_PRODUCT,
        [SMP_DISCREET] = SMP_FEED_DISCREET,
        [SMP_SECRET] = SMP_FEED_SECRET,
    };
    struct smp_tool *tool = job->tool;
    struct smp_publisher *publisher = &job->publisher;

    publisher->options.stamp = tool->stamp;
    publisher->options.zone = tool->zone;
    publisher->options.product = products[publisher->options.discretion];
    publisher->now = tool->now;
    publisher->proposed = smp_tool_option(tool, SMP_OPT_PROPOSED) != NULL;
    publisher->options.proposed = publisher->proposed;
    publisher->report = job_report;
    publisher->warn = job_warn;
    publisher->defaults = &tool->defaults;
    publisher->protocol_for = protocol_for;
    publisher->context = job;
    job->shown = isatty(STDERR_FILENO) ? time(NULL) : 0;
    job->reports = smp_tool_option(tool, SMP_OPT_DRY_RUN) ||
                   smp_tool_option(tool, SMP_OPT_REPORT) ||
                   smp_tool_option(tool, SMP_OPT_JSON);
}

/* A web server may serve all that is there. */
static void
warn_of_places(struct job *job)
{
    static const enum smp_option_id secret[] = {SMP_OPT_KEY, SMP_OPT_CLIENTS};
    struct smp_tool *tool = job->tool;
    size_t i;

    for (i = 0; i < sizeof secret / sizeof secret[0]; i++) {
        const char *file = smp_tool_option(tool, secret[i]);

        if (file && smp_tool_lies_in(file, job->directory))
            smp_message(tool->program->name,
                        "--%s %s lies among the feeds in %s: others may read "
                        "it there",
                        smp_options[secret[i]].name, file, job->directory);
    }
}

static bool
open_store(struct job *job)
{
    struct smp_tool *tool = job->tool;
    struct smp_publisher *publisher = &job->publisher;
    struct smp_err err = {0};

    if (!smp_store_open(&publisher->store, job->directory,
                        smp_tool_option(tool, SMP_OPT_WAIT) != NULL,
                        smp_tool_option(tool, SMP_OPT_DRY_RUN) != NULL, &err))
        smp_tool_fail(tool, smp_buf_text(&err.text));
    else if (publisher->store.keyed && !publisher->key.there)
        smp_tool_usage(tool,
                       "%s has feeds with secret names: --key is required, or "
                       "new names could be guessed",
                       job->directory);
    smp_err_release(&err);
    return !tool->failed && !tool->usage;
}

static void
finish(struct job *job)
{
    struct smp_tool *tool = job->tool;
    struct smp_publisher *publisher = &job->publisher;
    const char *doubt = job_doubt(job);
    struct smp_err err = {0};

    if (doubt)
        publisher->doubt = doubt;
    if (smp_publish_finish(publisher, tool->protocol, &err))
        tool->answer = SMP_EXIT_REJECTED;
    job_tell_rest(job);
    smp_store_close(&publisher->store, &err);
    if (err.failed)
        smp_tool_fail(tool, smp_buf_text(&err.text));
    tool->failed = tool->failed || job->failed;
    smp_err_release(&err);
}

static void
run(struct job *job)
{
    struct smp_tool *tool = job->tool;

    if (!read_operands(job) || !read_key(job) || !read_prune(job) ||
        !read_only(job) || !read_clients(job) || !smp_tool_load(tool) ||
        !smp_tool_discretion(tool, &job->publisher.options.discretion))
        return;
    set_up(job);
    catch_signals(&job->publisher.store);
    if (!smp_tool_check_streams(tool) || !open_store(job) ||
        !smp_tool_open_rejects(tool) || !warn_of_readers(job))
        return;
    warn_of_places(job);
    if (job->clients.ids.count)
        smp_publish_expect(&job->publisher, &job->clients.ids);
    smp_tool_run(tool);
    if (job->counted)
        smp_write_all(STDERR_FILENO, "\n", 1);
    finish(job);
}

int
main(int argc, char **argv)
{
    struct smp_tool tool;
    struct job job = {.tool = &tool, .publisher.store = {.lock = -1}};

    if (!smp_tool_begin(&tool, &smp_program_publish, argc, argv))
        return smp_tool_end(&tool);
    tool.goes_on = !smp_tool_option(&tool, SMP_OPT_DRY_RUN);
    if (tool.goes_on) /* feeds matter more than their report */
        signal(SIGPIPE, SIG_IGN);
    tool.context = &job;
    tool.work = publish_one;
    tool.line = publish_line;
    tool.unique = true;
    run(&job);
    job_sum_up(&job);
    smp_publisher_release(&job.publisher);
    smp_buf_release(&job.clients_text);
    smp_listed_release(&job.clients);
    crowds_release(&job.crowds);
    return smp_tool_end(&tool);
}
