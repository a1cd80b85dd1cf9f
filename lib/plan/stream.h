#ifndef SMP_PLAN_STREAM_H
#define SMP_PLAN_STREAM_H

#include <stdbool.h>

#include "base/err.h"
#include "plan/plan.h"

/*
 * The one loop over records. It reads lines from a descriptor, parses and
 * counts plans, calls a function for each, and keeps the rejected lines. Blank
 * lines are skipped.
 */
struct smp_stream {
    int fd;
    int rejects; /* descriptor for rejected lines, byte for byte; -1: none */
    struct smp_plan_defaults defaults;

    /* A line before it is parsed; true: the record is done with. Can be NULL.
     */
    bool (*line)(void *context, const char *line, size_t n);
    /* A plan. False with an error rejects its record; false without one ends
     * the stream. */
    bool (*plan)(void *context, struct smp_plan *plan, struct smp_err *err);
    /* A rejected record: what could be parsed; its id is "" if not known. */
    void (*rejected)(void *context, unsigned long line, struct smp_plan *plan,
                     const char *what);
    /* Called before the loop waits for input; false ends it. Can be NULL. */
    bool (*idle)(void *context);
    void *context;

    unsigned long read, rejected_count; /* records so far */
    unsigned long line_number;          /* of the record */
    long long offset;  /* of the record, from where reading began */
    size_t length;     /* its octets */
    bool is_calendar;  /* the input begins as a calendar does */
    bool unterminated; /* the last line had no newline */
};

/*
 * Runs until the input ends. Fails if the input cannot be read or is no stream
 * of plans, if a rejected line cannot be kept, or if a record failed because of
 * the system (smp_err, `system`), which rejects no record. The plans before
 * have been passed on.
 */
bool smp_stream_run(struct smp_stream *stream, struct smp_err *err);

#endif
