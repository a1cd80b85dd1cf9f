#ifndef SMP_SCHEDULE_SCHEDULE_H
#define SMP_SCHEDULE_SCHEDULE_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "care/care.h"
#include "series/series.h"
#include "studio/studio.h"

struct smp_tool;

/*
 * What smp-schedule does beside the library (studio/studio.h): its options,
 * its messages, and reading the plans as often as it takes.
 */

/* ---- spool.c ---- */

/*
 * Bytes that can be read more than once: standard input if it is a file, else a
 * file without a name in TMPDIR. Start with {.fd = -1}.
 */
struct spool {
    int fd;
    long long start; /* where in the file they begin */
    bool borrowed;   /* the descriptor is somebody else's */
    long long size;  /* of a borrowed one, when it was taken */
    struct timespec modified;
};

/* An empty spool; all that a descriptor has; what a file holds. */
bool spool_new(struct spool *spool, struct smp_err *err);
bool spool_take(struct spool *spool, int fd, struct smp_err *err);
bool spool_open(struct spool *spool, const char *file, struct smp_err *err);

/* Returns true if the spool is that very file. */
bool spool_is(const struct spool *spool, int fd);

/* To the first byte again; the descriptor shows where it is read. */
bool spool_rewind(struct spool *spool, struct smp_err *err);

/* Appends; *at is where in the spool the bytes begin. */
bool spool_add(struct spool *spool, const void *bytes, size_t n, long long *at,
               struct smp_err *err);

/* Makes a spool of one's own empty. */
bool spool_clear(struct spool *spool, struct smp_err *err);

/* Reads all n bytes from a place, without moving. */
bool spool_read(const struct spool *spool, long long at, char *bytes, size_t n,
                struct smp_err *err);

/*
 * The error that the input has changed, which is no record's fault; and a check
 * of a borrowed file for it, by its size and time.
 */
bool spool_changed(struct smp_err *err);
bool spool_check(const struct spool *spool, struct smp_err *err);

void spool_release(struct spool *spool);

/* ---- studios.c: the studios that plans are in ---- */

/* Plans that name no studio, or all plans without --studios, share one called
 * "". */
struct studio {
    char *name;
    struct smp_schedule *schedule; /* NULL: it is wrong */
    struct smp_err err;            /* why its plans are rejected */
};

struct studios {
    struct studio *at; /* by name */
    size_t count, room;
    struct smp_schedule_settings settings; /* by the command line */
    struct smp_hours hours;                /* --open */
    struct spools {
        struct spool *at; /* each read once a studio; some of no file */
        size_t count;
    } busy, closed; /* --busy, --closed */
    bool has_closed_match;
    regex_t closed_match;
};

/* Reads --open, --chairs, --busy and --closed; false after a message. */
bool studios_read(struct smp_tool *tool, struct studios *studios);

/* Returns true if plans share anything, so that all must be known before one
 * is planned. */
bool studios_are_shared(const struct smp_tool *tool);

/* The plan's studio, made when it is first seen. Good until the next call. */
struct studio *studios_of(struct studios *studios, struct smp_tool *tool,
                          const struct smp_plan *plan,
                          const struct smp_protocol *protocol);

bool studios_have_proposals(const struct studios *studios);
void studios_restart(const struct studios *studios);

/*
 * Reads the calendars: --closed and --busy for every studio, and the studio's
 * own, NAME.ics beside NAME.json. False, after messages, if one of the options
 * cannot be read; a studio whose own cannot is left with its error.
 */
bool studios_read_calendars(struct studios *studios, struct smp_tool *tool);

void studios_release(struct studios *studios);

/* ---- schedule.c and options.c ---- */

/* One run of smp-schedule: the context of its tool. */
struct run {
    struct smp_series_wanted wanted;
    struct smp_days *away;
    struct studios studios;
    bool shared;           /* all plans are known before one is completed */
    bool scanned;          /* ... which they are */
    struct served *served; /* --fair: the plans, already completed */
    struct smp_clashes clashes;
};

/* Reads the options; false after a message. */
bool run_read(struct run *run, struct smp_tool *tool);

/*
 * Reads all plans before the first one is completed: chairs for what is booked,
 * then calendars, then old proposals, then (--fair) all series. False after a
 * message.
 */
bool run_prescan(struct run *run, struct smp_tool *tool, struct spool *input);

/* Completes a plan; what smp_tool does with each. */
bool run_plan(struct smp_tool *tool, struct smp_plan *plan,
              const struct smp_protocol *protocol, struct smp_err *err);

void run_release(struct run *run);

#endif
