#ifndef SMP_FEEDS_JOB_H
#define SMP_FEEDS_JOB_H

#include <time.h>

#include "feeds/crowd.h"
#include "publish/listed.h"
#include "publish/publish.h"
#include "tool/tool.h"

/* What this program adds to the tool. */
struct job {
    struct smp_tool *tool;
    struct smp_publisher publisher;
    const char *directory;
    bool reports, failed;
    struct crowds crowds; /* of whom the same is to be said */
    struct smp_buf clients_text;
    struct smp_listed clients; /* of --clients, in the text */
    unsigned long counts[SMP_CHANGE_MISSING + 1];
    time_t shown; /* when progress last was, or the start; 0: nobody watches */
    bool counted; /* progress was shown */
};

/* What the publisher calls, its context being the job. */
void job_report(void *context, const struct smp_report *report);
void job_warn(void *context, const char *id, const char *what);

/* How far it is, now and then, if anybody watches. */
void job_show_progress(struct job *job);

/* Why nothing can be told from who is not in input and list; NULL: it can. */
const char *job_doubt(const struct job *job);

/*
 * What is said at the end: what holds for all before what holds for some. Then
 * the numbers for --verbose.
 */
void job_tell_rest(struct job *job);
void job_sum_up(struct job *job);

#endif
