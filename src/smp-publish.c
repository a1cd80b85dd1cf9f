#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/base.h"
#include "publish/publish.h"
#include "tool/files.h"
#include "tool/format.h"
#include "tool/message.h"
#include "tool/protocols.h"
#include "tool/tool.h"
#include "tool/twice.h"

enum { WARNINGS_MAX = 64, NAMED_MAX = 8 };

/*
 * A warning that holds for many clients in the same words is given once, at the
 * end, with their number and the first of their ids.
 */
struct grouped_warning {
    char *what;
    size_t count;
    struct smp_buf ids; /* "c-1, c-2": of the first */
};

struct grouped_warnings {
    struct grouped_warning *at;
    size_t count, room;
};

/* What this program adds to the tool. */
struct job {
    struct smp_tool *tool;
    struct smp_publisher publisher;
    const char *directory;
    bool reports, failed;
    struct grouped_warnings warnings;
    struct smp_buf clients_text, pages;
    struct smp_listed clients; /* of --clients, in the text */
    struct smp_buf withdrawn_text;
    struct smp_listed withdrawn; /* of --withdraw */
    unsigned long counts[SMP_CHANGE_MISSING + 1];
    time_t shown; /* when progress last was, or the start; 0: nobody watches */
    bool counted; /* progress was shown */
};

/* warnings */

static struct grouped_warning *
warning_of(struct grouped_warnings *warnings, const char *what)
{
    struct grouped_warning *warning;
    size_t i;

    for (i = 0; i < warnings->count; i++)
        if (strcmp(warnings->at[i].what, what) == 0)
            return &warnings->at[i];
    if (warnings->count == WARNINGS_MAX)
        return NULL;
    warnings->at = smp_grow(warnings->at, warnings->count, &warnings->room,
                            sizeof *warnings->at);
    warning = &warnings->at[warnings->count++];
    *warning = (struct grouped_warning){.what = smp_strdup(what)};
    return warning;
}

/* False if there are too many other warnings already. */
static bool
add_warning(struct grouped_warnings *warnings, const char *id, const char *what)
{
    struct grouped_warning *warning = warning_of(warnings, what);

    if (!warning)
        return false;
    if (warning->count++ < NAMED_MAX)
        smp_buf_printf(&warning->ids, "%s%.*s", warning->ids.len ? ", " : "",
                       smp_message_shown(id), id);
    return true;
}

static void
put_warning(struct smp_buf *out, const struct grouped_warning *warning)
{
    smp_buf_puts(out, smp_buf_text(&warning->ids));
    if (warning->count > NAMED_MAX)
        smp_buf_printf(out, " and %zu more", warning->count - NAMED_MAX);
    smp_buf_printf(out, ": %s", warning->what);
}

static void
release_warnings(struct grouped_warnings *warnings)
{
    size_t i;

    for (i = 0; i < warnings->count; i++) {
        free(warnings->at[i].what);
        smp_buf_release(&warnings->at[i].ids);
    }
    free(warnings->at);
    *warnings = (struct grouped_warnings){0};
}

/* reports */

/* How far it is, now and then, if anybody watches: a message that follows is
 * written over the count. */
static void
show_progress(struct job *job)
{
    enum { SECONDS = 1, SELDOM = 16 };
    struct smp_buf line = {0};
    time_t now;

    if (!job->shown || job->publisher.client_count % SELDOM)
        return;
    now = time(NULL);
    if (now - job->shown < SECONDS)
        return;
    job->shown = now;
    job->counted = true;
    smp_buf_printf(&line, "%zu feeds\r", job->publisher.client_count);
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

/* At the end, if it may hold for many. */
static void
warn(void *context, const char *id, const char *what)
{
    struct job *job = context;

    if (!id || smp_tool_option(job->tool, SMP_OPT_VERBOSE) ||
        !add_warning(&job->warnings, id, what))
        complain(job, id, what);
}

/* One whose plan was rejected has been named; if no plan came, all are missing.
 */
static void
warn_of_missing(struct job *job, const struct smp_report *report)
{
    const struct smp_tool *tool = job->tool;

    if (tool->records && !report->rejected)
        warn(job, report->id, "missing: in --clients, but has no plan");
}

static void
take_report(void *context, const struct smp_report *report)
{
    struct job *job = context;
    struct smp_tool *tool = job->tool;

    if (report->failure) {
        job->failed = true;
        complain(job, report->id, report->failure);
        return;
    }
    if (report->change == SMP_CHANGE_MISSING) {
        if (tool->input_failed) /* its plan may be in the rest */
            return;
        warn_of_missing(job, report);
    }
    job->counts[report->change]++;
    if (!job->reports)
        return;
    if (smp_tool_json(tool))
        smp_report_json(&tool->out, report);
    else
        smp_report_text(&tool->out, report);
}

/* Why a client who is not in the input may be one all the same, or NULL. */
static const char *
doubt_of(const struct job *job)
{
    const struct smp_tool *tool = job->tool;

    if (tool->input_failed)
        return "the input could not be read";
    if (!tool->records)
        return "the input was empty";
    if (!job->clients.whole)
        return "the --clients list does not end with a newline";
    if (tool->unterminated)
        return "the input ended without a newline";
    if (tool->rejected == tool->records)
        return "all of the input was rejected";
    return tool->rejected ? "some of the input was rejected" : NULL;
}

static void
tell_warnings(const struct job *job)
{
    size_t i;

    for (i = 0; i < job->warnings.count; i++) {
        struct smp_buf text = {0};

        put_warning(&text, &job->warnings.at[i]);
        complain(job, NULL, smp_buf_text(&text));
        smp_buf_release(&text);
    }
}

/* What holds for all before what holds for some. */
static void
tell_rest(struct job *job)
{
    struct smp_tool *tool = job->tool;
    const struct smp_publisher *publisher = &job->publisher;

    if (publisher->prune != SMP_PRUNE_NONE && publisher->doubt) {
        smp_message(tool->program->name, "no feed is withdrawn: %s",
                    publisher->doubt);
        tool->answer = SMP_EXIT_REJECTED;
    } else if (!tool->records && !tool->input_failed &&
               !job->withdrawn.ids.count &&
               (publisher->feeds || job->clients.ids.count)) {
        complain(job, NULL, "nothing is published: the input was empty");
    }
    tell_warnings(job);
}

static void
sum_up(struct job *job)
{
    int change;

    for (change = 0; change <= SMP_CHANGE_MISSING; change++)
        smp_buf_printf(&job->tool->summary, ", %lu %s", job->counts[change],
                       smp_change_names[change]);
}

/* the run */

enum { KEY_FILE_MAX = 64 << 10, CLIENTS_MAX = 64 << 20 };

/* What a signal handler has to know. */
static const struct smp_publisher *interrupted;

static void
end_by_signal(int number)
{
    smp_publisher_abandon(interrupted);
    signal(number, SIG_DFL);
    raise(number);
}

/* A signal that is ignored stays so, as under nohup(1). */
static void
catch_signals(const struct smp_publisher *publisher)
{
    static const int signals[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGXCPU};
    struct sigaction action = {.sa_handler = end_by_signal}, before;
    size_t i;

    interrupted = publisher;
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

    show_progress(job);
    return smp_publish(&job->publisher, plan, protocol, err);
}

static bool
publish_line(struct smp_tool *tool, const char *line, size_t n)
{
    struct job *job = tool->context;
    const struct smp_plan *head = job->publisher.head;

    if (!smp_publish_line(&job->publisher, line, n))
        return false;
    smp_tool_note_line(tool, head->id, head->studio);
    show_progress(job);
    return true;
}

static const struct smp_protocol *
protocol_for(void *context, const struct smp_plan *plan)
{
    struct job *job = context;

    return smp_tool_protocol_quiet(job->tool, plan);
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

/* A list of ids that an option names, or none. */
static bool
read_list(struct job *job, enum smp_option_id option, struct smp_buf *text,
          struct smp_listed *list)
{
    const char *file = smp_tool_option(job->tool, option);
    struct smp_err err = {0};

    if (file && smp_read_file(file, CLIENTS_MAX, text, &err)) {
        if (text->len)
            smp_listed_read(list, text->data, text->len, &err);
        if (!list->ids.count)
            smp_fail(&err, "no ids in the list");
        smp_err_prefix(&err, "--%s %s", smp_options[option].name, file);
    }
    return smp_tool_given(job->tool, &err);
}

static bool
read_lists(struct job *job)
{
    return read_list(job, SMP_OPT_CLIENTS, &job->clients_text, &job->clients) &&
           read_list(job, SMP_OPT_WITHDRAW, &job->withdrawn_text,
                     &job->withdrawn);
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

/* The address stands in links and in a QR code. */
static bool
read_pages(struct job *job)
{
    const char *url = smp_tool_option(job->tool, SMP_OPT_PAGES);
    size_t n = url ? strlen(url) : 0;

    if (!url)
        return true;
    while (n && url[n - 1] == '/')
        n--;
    smp_buf_add(&job->pages, url, n);
    url = smp_buf_text(&job->pages);
    job->publisher.pages = url;
    return ((strncmp(url, "https://", 8) == 0 && url[8]) ||
            (strncmp(url, "http://", 7) == 0 && url[7])) &&
                   !url[strspn(url,
                               "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmno"
                               "pqrstuvwxyz0123456789-._~:/[]@!$&()*+,;=%")] &&
                   n < 1000
               ? true
               : smp_tool_usage(job->tool,
                                "--pages requires the address of DIR, such as "
                                "https://calendars.example.org");
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
    struct smp_tool *tool = job->tool;
    struct smp_publisher *publisher = &job->publisher;

    publisher->options.stamp = tool->stamp;
    publisher->options.zone = tool->zone;
    publisher->now = tool->now;
    publisher->proposed = smp_tool_option(tool, SMP_OPT_PROPOSED) != NULL;
    publisher->options.proposed = publisher->proposed;
    publisher->report = take_report;
    publisher->warn = warn;
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
    static const enum smp_option_id secret[] = {SMP_OPT_KEY, SMP_OPT_CLIENTS,
                                                SMP_OPT_WITHDRAW};
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
open_directory(struct job *job)
{
    struct smp_tool *tool = job->tool;
    struct smp_publisher *publisher = &job->publisher;
    struct smp_err err = {0};

    if (!smp_publisher_open(publisher, job->directory,
                            smp_tool_option(tool, SMP_OPT_WAIT) != NULL,
                            smp_tool_option(tool, SMP_OPT_DRY_RUN) != NULL,
                            &err))
        smp_tool_fail(tool, smp_buf_text(&err.text));
    else if (publisher->keyed && !publisher->key.there)
        smp_tool_usage(tool,
                       "%s has feeds with secret names: --key is required, or "
                       "new names could be guessed",
                       job->directory);
    else if (publisher->pages_found && !publisher->pages)
        smp_tool_usage(tool,
                       "%s has pages beside its feeds: --pages is required, or "
                       "they would go out of step",
                       job->directory);
    smp_err_release(&err);
    return !tool->failed && !tool->usage;
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
    tell_rest(job);
    smp_publisher_close(publisher, &err);
    if (err.failed)
        smp_tool_fail(tool, smp_buf_text(&err.text));
    tool->failed = tool->failed || job->failed;
    smp_err_release(&err);
}

static void
run(struct job *job)
{
    struct smp_tool *tool = job->tool;
    struct smp_err err = {0};

    if (!read_operands(job) || !read_key(job) || !read_prune(job) ||
        !read_only(job) || !read_pages(job) || !read_lists(job) ||
        !smp_tool_load(tool) ||
        !smp_tool_discretion(tool, &job->publisher.options.discretion))
        return;
    set_up(job);
    catch_signals(&job->publisher);
    if (!smp_tool_check_streams(tool) || !open_directory(job) ||
        !smp_tool_open_rejects(tool) || !warn_of_readers(job))
        return;
    warn_of_places(job);
    if (job->withdrawn.ids.count &&
        !smp_publish_withdraw(&job->publisher, &job->withdrawn.ids, &err)) {
        smp_tool_fail(tool, smp_buf_text(&err.text));
        smp_err_release(&err);
        return;
    }
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
    struct job job = {.tool = &tool};
    struct smp_err ignored = {0};

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
    sum_up(&job);
    smp_publisher_close(&job.publisher, &ignored); /* if it did not finish */
    smp_err_release(&ignored);
    smp_buf_release(&job.clients_text);
    smp_buf_release(&job.pages);
    smp_listed_release(&job.clients);
    smp_buf_release(&job.withdrawn_text);
    smp_listed_release(&job.withdrawn);
    release_warnings(&job.warnings);
    return smp_tool_end(&tool);
}
