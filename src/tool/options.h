#ifndef SMP_TOOL_OPTIONS_H
#define SMP_TOOL_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"

/*
 * Options: one pool for the whole suite, so that an option means the same
 * everywhere, and for each program the list of those it takes. The pool
 * drives parsing, --help and shell completion.
 */

/*
 * The formats of plans, a row each: the id, letter, name and help of the
 * option, and what it makes of plans (format.c): SHEETS set by that setter,
 * RECORDS printed by that function, or one CALENDAR.
 */
#define SMP_FORMATS(ROW)                                                       \
    ROW(TEXT, 't', "text", "write text for people", SHEETS(smp_text)),         \
        ROW(JSON, 'j', "json", "write JSON, one object a line",                \
            RECORDS(smp_plan_format)),                                         \
        ROW(ICAL, 'i', "ical", "write one iCalendar object", CALENDAR),        \
        ROW(HTML, 0, "html", "write one HTML page, for screens and paper",     \
            SHEETS(smp_html))

enum smp_option_id {
    SMP_OPT_END, /* ends a program's list */
#define SMP_FORMAT_ID(ID, ...) SMP_OPT_##ID
    SMP_FORMATS(SMP_FORMAT_ID),
    SMP_OPT_PROTOCOL,
    SMP_OPT_TIME_ZONE,
    SMP_OPT_NOW,
    SMP_OPT_REJECTS,
    SMP_OPT_LANG,
    SMP_OPT_VERBOSE,
    SMP_OPT_HELP,
    SMP_OPT_VERSION,
    SMP_OPT_ID,
    SMP_OPT_NAME,
    SMP_OPT_EMAIL,
    SMP_OPT_SESSION,
    SMP_OPT_HEALED,
    SMP_OPT_ON,
    SMP_OPT_FROM,
    SMP_OPT_UNTIL,
    SMP_OPT_SHEET,
    SMP_OPT_BY,
    SMP_OPT_TIMED,
    SMP_OPT_ALARM,
    SMP_OPT_LOCAL,
    SMP_OPT_COUNT,
    SMP_OPT_LENGTH,
    SMP_OPT_LIMIT,
    SMP_OPT_BATCH,
    SMP_OPT_WHEN,
    SMP_OPT_DAY,
    SMP_OPT_HOURS,
    SMP_OPT_STATE,
    SMP_OPT_FACT,
    SMP_OPT_WHICH,
    SMP_OPT_FINAL,
    SMP_OPT_NEXT,
    SMP_OPT_STUDIOS,
    SMP_OPT_OPEN,
    SMP_OPT_EARLIEST,
    SMP_OPT_BUSY,
    SMP_OPT_CLOSED,
    SMP_OPT_CLOSED_MATCH,
    SMP_OPT_AWAY,
    SMP_OPT_CHAIRS,
    SMP_OPT_CHOICES,
    SMP_OPT_PICTURE,
    SMP_OPT_FAIR,
    SMP_OPT_READY,
    SMP_OPT_MATCH,
    SMP_OPT_CLIENT,
    SMP_OPT_SINCE,
    SMP_OPT_LAYOUT,
    SMP_OPT_DATES,
    SMP_OPT_STATUS,
    SMP_OPT_STUDIO,
    SMP_OPT_ID_KEY,
    SMP_OPT_OUTPUT,
    SMP_OPT_GONE,
    SMP_OPT_GONE_FROM,
    SMP_OPT_GONE_UNTIL,
    SMP_OPT_MOST,
    SMP_OPT_DECLINED,
    SMP_OPT_REKEY,
    SMP_OPT_DISCREET,
    SMP_OPT_METHOD,
    SMP_OPT_REPORT,
    SMP_OPT_DRY_RUN,
    SMP_OPT_KEY,
    SMP_OPT_WAIT,
    SMP_OPT_PROPOSED,
    SMP_OPT_CARE_PROPOSED,
    SMP_OPT_ONLY,
    SMP_OPT_PRUNE,
    SMP_OPT_PAGES,
    SMP_OPT_CLIENTS,
    SMP_OPT_WITHDRAW,
    SMP_OPT_NEVER,
    SMP_OPT_AS,
    SMP_OPT_SHARE,
    SMP_OPT_BEGIN,
    SMP_OPT_INVITE,
    SMP_OPT_ADOPT,
    SMP_OPT_TOLD,
    SMP_OPT_TOLD_ON,
    SMP_OPT_KEEP,
    SMP_OPT_FORGET,
    SMP_OPT_QUIETLY,
    SMP_OPTIONS
};

/* What completes an argument: nothing known, a file, a time zone, a language of
 * the built-in protocol, or one of the words. */
struct smp_option {
    enum smp_option_id id;
    char letter; /* 0: none */
    const char *name;
    const char *argument; /* NULL: takes none; "[=now]": may be left out */
    const char *words;    /* "change rule"; or FILE, ZONE, LANG */
    const char *help;
};

extern const struct smp_option smp_options[SMP_OPTIONS];

struct smp_program {
    const char *name;
    const char *job;      /* one line, what it is for */
    const char *operands; /* "[SESSION...]" */
    const char *commands; /* words that the first operand may be, or NULL */
    const enum smp_option_id *options;
};

extern const struct smp_program smp_program_faq, smp_program_schedule,
    smp_program_precare, smp_program_aftercare, smp_program_may,
    smp_program_protocol, smp_program_publish, smp_program_import,
    smp_program_plan, smp_program_message;

/* An option that a program had once, and what does the same now. */
struct smp_moved {
    const char *program, *option, *successor;
};

/* A program of NULL at the end. */
extern const struct smp_moved smp_moved[];

/* All programs, NULL at the end. */
extern const struct smp_program *const smp_programs[];

/* What was given; of an option that means one thing the last one wins. */
struct smp_given {
    const char *value[SMP_OPTIONS];      /* "" for one without argument */
    struct smp_strings all[SMP_OPTIONS]; /* each time it was given */
    enum smp_option_id format;           /* a row of SMP_FORMATS */
    char *environment; /* what the first protocols' names are cut from */
    const char **protocols;
    size_t protocol_count;
    char **operands;
    size_t operand_count;
};

/* Reads the command line; false after a message on standard error. */
bool smp_options_parse(const struct smp_program *program, int argc, char **argv,
                       struct smp_given *given);

/* Whether its argument may be left out: then it follows a "=". */
bool smp_option_is_optional(const struct smp_option *option);

void smp_given_release(struct smp_given *given);

/* The text of --help. */
struct smp_buf;
void smp_options_help(const struct smp_program *program, struct smp_buf *out);

#endif
