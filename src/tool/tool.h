#ifndef SMP_TOOL_TOOL_H
#define SMP_TOOL_TOOL_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "time/zone.h"
#include "plan/ids.h"
#include "plan/plan.h"
#include "tool/options.h"

/*
 * What all programs do alike: the command line, the protocol, the zone, the
 * clock, the stream of plans, the output and the exit status. Only here and in
 * the mains are the environment, the clock and standard streams touched.
 */
enum smp_exit {
    SMP_EXIT_OK = 0,
    SMP_EXIT_NO = 1,
    SMP_EXIT_USAGE = 2,
    SMP_EXIT_REJECTED = 3,
    SMP_EXIT_FAILURE = 4,
    SMP_EXIT_DEPENDS = 5,
    SMP_EXIT_UNKNOWN = 6
};

struct smp_variant; /* of the protocol, see protocols.h */
struct smp_writer;  /* of plans, see format.c */
struct smp_tool;

/* A format of plans: a row of SMP_FORMATS. */
struct smp_format {
    void (*begin)(struct smp_tool *tool);
    /* False with an error: the plan cannot be written. */
    bool (*put)(struct smp_tool *tool, struct smp_plan *plan,
                const struct smp_protocol *protocol, struct smp_err *err);
    void (*end)(struct smp_tool *tool);
    void (*release)(struct smp_tool *tool);

    /* One of these. */
    const struct smp_setter *setter; /* of sheets */
    void (*print)(struct smp_buf *out, const struct smp_plan *plan);
    bool is_calendar;
};

struct smp_tool {
    const struct smp_program *program;
    struct smp_given given;
    struct smp_protocol *protocol;
    struct smp_variant *variants;
    size_t variant_count;
    unsigned long variant_uses;
    bool reported_untranslated;
    struct smp_zones zones;
    struct smp_plan_defaults defaults;
    const struct smp_zone *zone; /* the defaults' */
    int64_t now, stamp;          /* stamp: what stamps are made from */
    struct smp_buf out;          /* what is written to standard output next */
    size_t flushed;              /* octets that were written before */
    const struct smp_format *format; /* of plans; NULL: they are not written */
    struct smp_writer *writer;

    /* What this program does with a plan before it is written, if it is. */
    bool (*work)(struct smp_tool *tool, struct smp_plan *plan,
                 const struct smp_protocol *protocol, struct smp_err *err);
    /* Or with the line that it comes in: true if that was all. */
    bool (*line)(struct smp_tool *tool, const char *line, size_t n);
    void *context; /* the program's own */

    struct smp_buf system_zone; /* its name, if it was asked for */
    int input;                  /* descriptor that plans are read from */
    const char *output; /* directory that files are written to, or NULL */
    bool usage, failed, output_failed, said_no;
    bool goes_on;          /* with its work if its output cannot be written */
    bool input_failed;     /* not all of it could be read */
    unsigned long dropped; /* events of calendars that were rejected */
    enum smp_exit answer;  /* the status if nothing else decides it */
    unsigned long records, rejected;
    struct smp_buf last_id; /* of the last plan that was written */
    bool unterminated;      /* the last record had no newline */
    bool widened;           /* the pipe that is written to */
    struct smp_buf summary; /* what else --verbose says, ", ..." */

    /* See twice.h: the ids and the sessions' own uids that came. */
    bool unique;       /* an id that comes twice rejects its plan */
    bool one_calendar; /* all plans are in one, and so are their uids */
    bool cancels;      /* it withdraws sessions */
    struct smp_ids ids, uids;
    unsigned long twice; /* warnings */
    bool reported_full;
    const struct smp_stream *stream; /* while it runs */
    int rejects;                     /* descriptor for rejected lines, or -1 */
};

/*
 * Reads the command line and answers --help and --version. Returns false if the
 * program is to end, with the status of smp_tool_end.
 */
bool smp_tool_begin(struct smp_tool *tool, const struct smp_program *program,
                    int argc, char **argv);

/* Loads what plans need: protocol, zone, clock. False: as above. */
bool smp_tool_load(struct smp_tool *tool);
bool smp_tool_load_protocol(struct smp_tool *tool);

/* Wrong usage: a message, and status 2 at the end. */
bool smp_tool_usage(struct smp_tool *tool, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A failure: a message, and status 4 at the end. */
bool smp_tool_fail(struct smp_tool *tool, const char *what);

/*
 * An error in what the command line names: a failure if the system could not
 * read it, else wrong usage. The error is released; false if there is one.
 */
bool smp_tool_given(struct smp_tool *tool, struct smp_err *err);

const char *smp_tool_option(const struct smp_tool *tool, enum smp_option_id id);
const struct smp_strings *smp_tool_options(const struct smp_tool *tool,
                                           enum smp_option_id id);

/* Of programs that do not write plans: whether it is JSON, not text. */
bool smp_tool_json(const struct smp_tool *tool);

/* The option as a whole number; absent: *number stays as it is. */
bool smp_tool_number(struct smp_tool *tool, enum smp_option_id id, int min,
                     int max, int *number);

/* Compiles the REGEX of an option; false without one, or after a message. */
bool smp_tool_regex(struct smp_tool *tool, enum smp_option_id id,
                    regex_t *regex);

/* A DAY as the client's zone has it: today is that of the plan's zone. */
bool smp_tool_day(const struct smp_tool *tool, const struct smp_zone *zone,
                  const char *text, int32_t *day, struct smp_err *err);

/* The plan of the operands, or those on standard input, worked on and written.
 */
void smp_tool_run(struct smp_tool *tool);

/*
 * Runs a stream of plans on standard input, or of what was kept of it; false
 * after a message if it could not be read.
 */

bool smp_tool_stream(struct smp_tool *tool, struct smp_stream *stream);

/* Writes out what has gathered in tool->out; false if it could not. */
bool smp_tool_flush(struct smp_tool *tool);

/* Ends everything: the exit status. */
int smp_tool_end(struct smp_tool *tool);

#endif
