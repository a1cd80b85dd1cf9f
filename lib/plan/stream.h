#ifndef SMP_PLAN_STREAM_H
#define SMP_PLAN_STREAM_H

#include <stdbool.h>

#include "base/err.h"
#include "plan/plan.h"

/*
 * The one loop over records: reads plans from a descriptor, line by line,
 * counts them, hands the good ones on and keeps the rejected ones. Blank lines
 * are passed over.
 */
struct smp_stream {
    int fd;
    int rejects; /* descriptor for rejected lines, byte for byte; -1: none */
    struct smp_plan_defaults defaults;

    /* A line before it is read; true: the record is done with. NULL: all are
     * read. */
    bool (*line)(void *context, const char *line, size_t n);
    /* One plan; false with an error rejects its record, false without one ends
     * the stream. */
    bool (*plan)(void *context, struct smp_plan *plan, struct smp_err *err);
    /* One rejected record: what could be read of it, its id "" where it is not
     * known. */
    void (*rejected)(void *context, unsigned long line, struct smp_plan *plan,
                     const char *what);
    /* Before the loop waits for input; false ends it. NULL: nothing. */
    bool (*idle)(void *context);
    void *context;

    unsigned long read, rejected_count; /* records, as they went */
    unsigned long line_number;          /* of the record */
    long long offset;  /* of the record, from where reading began */
    size_t length;     /* its octets */
    bool is_calendar;  /* the input begins as a calendar does */
    bool unterminated; /* the last line had no newline */
};

/*
 * Until the input ends. False with an error if it cannot be read, is no stream
 * of plans at all, if a rejected line cannot be kept, or if a record failed by
 * the fault of the system (smp_err, `system`), which rejects no record; what
 * went before has been handed on.
 */
bool smp_stream_run(struct smp_stream *stream, struct smp_err *err);

#endif
