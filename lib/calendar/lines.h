#ifndef SMP_CALENDAR_LINES_H
#define SMP_CALENDAR_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

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
    unsigned long number; /* of the line handed over, where it begins */
    bool too_long;        /* the line is cut at CAL_LINE_MAX */
    struct smp_buf line;
};

/*
 * The next line, in lines->line until the next call: 1, or 0 at the end, or
 * -1 with an error. A NUL, as in UTF-16, is an error.
 */
int smp_cal_lines_next(struct cal_lines *lines, struct smp_err *err);

void smp_cal_lines_release(struct cal_lines *lines);

#endif
