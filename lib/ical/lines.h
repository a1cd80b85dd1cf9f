#ifndef SMP_ICAL_LINES_H
#define SMP_ICAL_LINES_H

#include "base/buf.h"

/* Content lines (RFC 5545, section 3.1), as libical 3.0 writes them. */

/*
 * Writes a value of type TEXT (section 3.3.11), escaped, without a NUL; returns
 * its end, twice the text's length away at most. Octets that a calendar cannot
 * hold (carriage return, backspace, form feed) are left out.
 */
char *smp_line_text(char *at, const char *text, size_t n);

/*
 * Folds the content line that lacks only its CRLF, unless it has fewer than
 * SMP_LINE_MAX octets with that. Returns its end, which has moved by half the
 * line's length at most. Nothing else folds.
 */
enum { SMP_LINE_MAX = 75 };

char *smp_line_fold_long(char *line, char *end);

static inline char *
smp_line_fold(char *line, char *end)
{
    return end - line + 2 < SMP_LINE_MAX ? end : smp_line_fold_long(line, end);
}

/* Appends a content line of n octets, folded and ended. */
void smp_line_put(struct smp_buf *out, const char *line, size_t n);

#endif
