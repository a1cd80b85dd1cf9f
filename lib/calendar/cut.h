#ifndef SMP_CALENDAR_CUT_H
#define SMP_CALENDAR_CUT_H

#include <libical/ical.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"

/*
 * Content lines (RFC 5545 section 3.1), unfolded as octets. A line ends with
 * any run of CR and LF; blank lines and a byte order mark are passed over.
 * Start with {.fd = fd}.
 */
enum { CAL_LINE_MAX = 1 << 20 };

struct cal_lines {
    int fd;
    char *buffer;
    size_t begin, end;
    bool started, at_end;
    unsigned long next;   /* number of the line that would be read next */
    unsigned long number; /* of the first line of what is handed over */
    bool too_long;        /* the line is cut at CAL_LINE_MAX */
    struct smp_buf line;
};

/*
 * The next line, in lines->line until the next call: 1, or 0 at the end, or
 * -1 with an error. A NUL, as in UTF-16, is an error.
 */
int smp_cal_lines_next(struct cal_lines *lines, struct smp_err *err);

void smp_cal_lines_release(struct cal_lines *lines);

/*
 * Cuts a stream of calendars into pieces. Each component goes to libical
 * alone, and of it only the properties that matter here, of bounded length.
 */
enum cal_piece_kind {
    CAL_CALENDAR, /* BEGIN:VCALENDAR */
    CAL_METHOD,   /* text */
    CAL_FLOATING, /* X-WR-TIMEZONE, or TZ of vCalendar 1.0: text */
    CAL_EVENT,
    CAL_FREEBUSY,
    CAL_TIMEZONE,
    CAL_AVAILABILITY, /* BEGIN:VAVAILABILITY */
    CAL_SUMMER        /* DAYLIGHT of vCalendar 1.0: text */
};

/* What a component has lines of that are not empty. */
enum cal_given {
    CAL_HAS_DTSTART = 1 << 0,
    CAL_HAS_DTEND = 1 << 1,
    CAL_HAS_DURATION = 1 << 2,
    CAL_HAS_RRULE = 1 << 3,
    CAL_HAS_EXRULE = 1 << 4,
    CAL_HAS_RDATE = 1 << 5,
    CAL_HAS_EXDATE = 1 << 6,
    CAL_HAS_RECURRENCE_ID = 1 << 7,
    CAL_TOO_LARGE = 1 << 8, /* lines were left out */
    CAL_NO_END = 1 << 9,    /* the component has no END */
    CAL_HAS_TRANSP = 1 << 10,
    CAL_LESS_OFTEN = 1 << 11, /* an RRULE or RDATE was left out */
    CAL_EMPTY_RULE = 1 << 12, /* an RRULE or RDATE says nothing */
    CAL_IS_CONFIRMED = 1 << 13,
    CAL_IS_OPAQUE = 1 << 14
};

enum { CAL_DEPTH_MAX = 8, CAL_COMPONENT_MAX = 1 << 20, CAL_RULES_MAX = 8 };

struct cal_piece {
    enum cal_piece_kind kind;
    unsigned long line; /* of its BEGIN */
    unsigned given;
    const char *text;
    icalcomponent *component;
    /* RRULE as it is written; libical would drop what it does not know. */
    struct smp_buf rules[CAL_RULES_MAX];
    size_t rule_count, values; /* of rules; of RDATE, EXDATE and FREEBUSY */
    bool has_none;             /* one of the values is none */
};

struct cal_cut {
    struct cal_lines lines;
    struct cal_piece piece; /* until the next call */
    icalparser *parser;
    int open[CAL_DEPTH_MAX]; /* components, from the outermost */
    int depth, inside;       /* inside: depth of what becomes a piece, or 0 */
    size_t size;             /* octets given to libical of the piece */
    /* To its innermost component: other lines, those of a date; lists. */
    size_t lines_given[2], lists_given;
    unsigned long line;    /* number of the last one */
    unsigned long missing; /* END lines */
    int begins;            /* BEGIN lines one after the other */
    bool again;            /* the line is looked at once more */
    bool text;             /* a line that is not blank */
    bool seen;             /* a VCALENDAR */
    bool not_utf8;         /* some line was not */
    bool described;        /* set by the caller: descriptions matter */
    struct smp_buf scratch;
};

/* Start with {.lines = {.fd = fd}}. 1, or 0 at the end, or -1 with an error. */
int smp_cal_cut_next(struct cal_cut *cut, struct smp_err *err);

void smp_cal_cut_release(struct cal_cut *cut);

/* The parts of it; for the .c files of this room alone. */
enum cal_where {
    CAL_IN_EVENT = 1,
    CAL_IN_FREEBUSY = 2,
    CAL_IN_ZONE = 4,
    CAL_IN_DESCRIBED = 8 /* an event whose description matters */
};

/* Gives libical the property on the line, as far as it matters there. */
void smp_cal_take_property(struct cal_cut *cut, size_t name, unsigned where);

/* Gives libical a line; returns the component if that was its end. */
icalcomponent *smp_cal_give(struct cal_cut *cut, const char *text);

/* Makes the line UTF-8 if it is not. */
void smp_cal_make_utf8(struct cal_cut *cut);

/* The n octets as that name, in any case; without spaces at their end. */
bool smp_cal_is_name(const char *text, size_t n, const char *name);
size_t smp_cal_without_spaces(const char *text, size_t n);

#endif
