#include "feeds/job.h"

#include <unistd.h>

#include "base/file.h"

/* A message that follows is written over the count. */
void
job_show_progress(struct job *job)
{
    enum { SECONDS = 1, SELDOM = 16 };
    struct smp_buf line = {0};
    time_t now;

    if (!job->shown || job->publisher.clients.count % SELDOM)
        return;
    now = time(NULL);
    if (now - job->shown < SECONDS)
        return;
    job->shown = now;
    job->counted = true;
    smp_buf_printf(&line, "%zu feeds\r", job->publisher.clients.count);
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

/* Is said at the end, where it may hold for many. */
void
job_warn(void *context, const char *id, const char *what)
{
    struct job *job = context;

    if (!id || smp_tool_option(job->tool, SMP_OPT_VERBOSE) ||
        !crowds_add(&job->crowds, id, what))
        complain(job, id, what);
}

/* One whose plan was rejected has been named; where none came all are. */
static void
warn_of_missing(struct job *job, const struct smp_report *report)
{
    const struct smp_tool *tool = job->tool;

    if (tool->records && !report->rejected)
        job_warn(job, report->id, "missing: in --clients, but has no plan");
}

void
job_report(void *context, const struct smp_report *report)
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

const char *
job_doubt(const struct job *job)
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
tell_crowds(const struct job *job)
{
    size_t i;

    for (i = 0; i < job->crowds.count; i++) {
        struct smp_buf text = {0};

        crowd_text(&text, &job->crowds.at[i]);
        complain(job, NULL, smp_buf_text(&text));
        smp_buf_release(&text);
    }
}

void
job_tell_rest(struct job *job)
{
    struct smp_tool *tool = job->tool;
    const struct smp_publisher *publisher = &job->publisher;

    if (publisher->prune != SMP_PRUNE_NONE && publisher->doubt) {
        smp_message(tool->program->name, "no feed is withdrawn: %s",
                    publisher->doubt);
        tool->answer = SMP_EXIT_REJECTED;
    } else if (!tool->records && !tool->input_failed &&
               (publisher->store.feeds || publisher->expected)) {
        complain(job, NULL, "nothing is published: the input was empty");
    }
    tell_crowds(job);
}

void
job_sum_up(struct job *job)
{
    int change;

    for (change = 0; change <= SMP_CHANGE_MISSING; change++)
        smp_buf_printf(&job->tool->summary, ", %lu %s", job->counts[change],
                       smp_change_names[change]);
}
