#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "publish/listed.h"
#include "publish/publish.h"
#include "tool/care.h"
#include "tool/protocols.h"

enum { KEY_FILE_MAX = 64 << 10, CLIENTS_MAX = 64 << 20 };

/* What this program adds to the tool. */
struct job {
    struct smp_tool *tool;
    struct smp_publisher publisher;
    const char *directory;
    bool reports, shows, failed; /* shows: progress */
    struct smp_buf clients_text;
    struct smp_listed clients; /* of --clients, in the text */
    unsigned long counts[SMP_CHANGE_MISSING + 1];
    time_t shown; /* when progress was last shown */
};

static void
show_progress(struct job *job)
{
    enum { SECONDS = 1, SELDOM = 16 };
    struct smp_buf line = {0};
    time_t now;

    if (!job->shows || job->publisher.clients.count % SELDOM)
        return;
    now = time(NULL);
    if (!job->shown)
        job->shown = now;
    if (now - job->shown < SECONDS)
        return;
    job->shown = now;
    smp_buf_printf(&line, "\r%zu feeds", job->publisher.clients.count);
    smp_write_all(STDERR_FILENO, line.data, line.len);
    smp_buf_release(&line);
}

static void
complain(const struct job *job, const char *id, const char *what)
{
    smp_message(job->tool->program->name, "%.*s%s%s",
                id ? smp_message_shown(id) : 0, id ? id : "", id ? ": " : "",
                what);
}

static void
tell(void *context, const struct smp_report *report)
{
    struct job *job = context;
    struct smp_tool *tool = job->tool;

    if (report->failure) {
        job->failed = true;
        complain(job, report->id, report->failure);
        return;
    }
    if (report->change == SMP_CHANGE_MISSING)
        complain(job, report->id, "missing: in --clients, but without a plan");
    job->counts[report->change]++;
    if (!job->reports)
        return;
    if (tool->given.format == SMP_OPT_JSON)
        smp_report_json(&tool->writer.out, report);
    else
        smp_report_text(&tool->writer.out, report);
}

static void
warn(void *context, const char *id, const char *what)
{
    complain(context, id, what);
}

static bool
publish_one(struct smp_tool *tool, struct smp_plan *plan,
            const struct smp_protocol *protocol, struct smp_err *err)
{
    struct job *job = tool->context;

    show_progress(job);
    return smp_publish(&job->publisher, plan, protocol, err);
}

static bool
publish_line(struct smp_tool *tool, const char *line, size_t n)
{
    struct job *job = tool->context;

    if (!smp_publish_line(&job->publisher, line, n))
        return false;
    show_progress(job);
    return true;
}

static const struct smp_protocol *
protocol_for(void *context, const struct smp_plan *plan)
{
    struct job *job = context;

    return smp_tool_protocol_tacit(job->tool, plan);
}

static bool
usage_err(struct smp_tool *tool, struct smp_err *err)
{
    bool failed = err->failed;

    if (failed)
        smp_tool_usage(tool, "%s", smp_buf_text(&err->text));
    smp_err_release(err);
    return !failed;
}

static bool
read_key(struct job *job)
{
    const char *file = smp_tool_option(job->tool, SMP_OPT_KEY);
    struct smp_buf text = {0};
    struct smp_err err = {0};

    if (file && smp_read_file(file, KEY_FILE_MAX, &text, &err) &&
        !smp_feed_key_set(&job->publisher.key, smp_buf_text(&text), text.len,
                          &err))
        smp_err_prefix(&err, "--key %s", file);
    smp_buf_release(&text);
    return usage_err(job->tool, &err);
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
            smp_fail(&err, "no ids are in it");
        smp_err_prefix(&err, "--clients %s", file);
    }
    return usage_err(job->tool, &err);
}

static bool
read_prune(struct job *job)
{
    const char *prune = smp_tool_option(job->tool, SMP_OPT_PRUNE);

    if (!prune)
        return true;
    job->publisher.prune = *prune ? SMP_PRUNE_NOW : SMP_PRUNE_LATER;
    if (*prune && strcmp(prune, "now") != 0)
        return smp_tool_usage(job->tool, "--prune: now is all it takes");
    if (!smp_tool_option(job->tool, SMP_OPT_CLIENTS))
        return smp_tool_usage(job->tool, "--prune: --clients says who stays");
    return true;
}

static bool
read_only(struct job *job)
{
    const char *only = smp_tool_option(job->tool, SMP_OPT_ONLY);

    job->publisher.pre_only = only && strcmp(only, "pre") == 0;
    job->publisher.post_only = only && strcmp(only, "post") == 0;
    return !only || job->publisher.pre_only || job->publisher.post_only ||
           smp_tool_usage(job->tool, "--only: pre or post is wanted");
}

static bool
read_operands(struct job *job)
{
    struct smp_given *given = &job->tool->given;

    if (given->operand_count != 1)
        return smp_tool_usage(job->tool, "one DIR for the feeds is wanted");
    if (isatty(STDIN_FILENO))
        return smp_tool_usage(job->tool, "plans on standard input are wanted");
    job->directory = given->operands[0];
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

    publisher->options = tool->writer.options;
    publisher->options.product = products[tool->writer.options.discretion];
    publisher->now = tool->now;
    publisher->proposed = smp_tool_option(tool, SMP_OPT_PROPOSED) != NULL;
    publisher->report = tell;
    publisher->warn = warn;
    publisher->defaults = &tool->defaults;
    publisher->protocol_for = protocol_for;
    publisher->context = job;
    job->shows = isatty(STDERR_FILENO);
    job->reports = smp_tool_option(tool, SMP_OPT_DRY_RUN) ||
                   smp_tool_option(tool, SMP_OPT_TEXT) ||
                   smp_tool_option(tool, SMP_OPT_JSON);
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
                       "%s: its feeds have names made with a key: --key is "
                       "wanted, for without it names can be guessed",
                       job->directory);
    smp_err_release(&err);
    return !tool->failed && !tool->usage;
}

/* Why nothing can be told from who is not in input and list; NULL: it can. */
static const char *
doubt_of(const struct job *job)
{
    const struct smp_tool *tool = job->tool;

    if (!job->clients.whole)
        return "the list of --clients does not end with a newline";
    if (tool->input_failed)
        return "the input could not be read";
    if (!tool->records)
        return "the input was empty";
    if (tool->unterminated)
        return "the input ended without a newline";
    return tool->rejected ? "some of the input was rejected" : NULL;
}

static void
finish(struct job *job)
{
    struct smp_tool *tool = job->tool;
    struct smp_publisher *publisher = &job->publisher;
    const char *doubt = doubt_of(job);
    struct smp_err err = {0};

    if (doubt)
        publisher->doubt = doubt;
    if (smp_publish_finish(publisher, tool->protocol, &err))
        tool->answer = SMP_EXIT_REJECTED;
    if (publisher->prune != SMP_PRUNE_NONE && publisher->doubt) {
        smp_message(tool->program->name, "no feed is withdrawn: %s",
                    publisher->doubt);
        tool->answer = SMP_EXIT_REJECTED;
    }
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
        !smp_tool_discretion(tool))
        return;
    set_up(job);
    if (!open_store(job))
        return;
    if (job->clients.ids.count)
        smp_publish_expect(&job->publisher, &job->clients.ids);
    smp_tool_run(tool);
    if (job->shown)
        smp_write_all(STDERR_FILENO, "\n", 1);
    finish(job);
}

static void
sum_up(struct job *job)
{
    int change;

    for (change = 0; change <= SMP_CHANGE_MISSING; change++)
        smp_buf_printf(&job->tool->summary, ", %lu %s", job->counts[change],
                       smp_change_names[change]);
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
    run(&job);
    sum_up(&job);
    smp_publisher_release(&job.publisher);
    smp_buf_release(&job.clients_text);
    smp_listed_release(&job.clients);
    return smp_tool_end(&tool);
}
