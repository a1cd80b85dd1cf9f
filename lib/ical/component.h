#ifndef SMP_ICAL_COMPONENT_H
#define SMP_ICAL_COMPONENT_H

#include <libical/ical.h>

#include <stddef.h>
#include <stdint.h>

struct smp_buf;
struct smp_zone;

/*
 * The zone as a new VTIMEZONE component (RFC 5545 section 3.6.5), which the
 * caller frees. Its TZID is the name of the zone. It is right for every
 * instant `from` to `until`, seconds since 1970-01-01T00:00:00Z.
 *
 * Where the rule of the zone holds all that time there is one DAYLIGHT and one
 * STANDARD with a yearly rule, and one more for a change that can fall in
 * either of two months. Otherwise there is an observance for the offset at
 * `from` and one for each change of it. DAYLIGHT are those that put the clock
 * forward by up to three hours, whatever a zone calls its standard time.
 */
icalcomponent *smp_vtimezone(const struct smp_zone *zone, int64_t from,
                             int64_t until);

/*
 * Appends it, with its LAST-MODIFIED unless `modified` is NULL: an instant.
 */
void smp_vtimezone_put(struct smp_buf *out, const struct smp_zone *zone,
                       int64_t from, int64_t until, const int64_t *modified);

/*
 * The first day, from `day` on, of a yearly rule as a VTIMEZONE has it: by
 * month and week, by month and its days, or by the day of the year (RFC 5545,
 * section 3.3.10). libical's own iterator computes with ICU, and to load that
 * takes longer than to write a calendar.
 */
int32_t smp_first_rule_day(const struct icalrecurrencetype *rule, int32_t day);

/* Content lines (RFC 5545, section 3.1). */

/*
 * Writes a value of type TEXT (section 3.3.11), escaped, without a NUL; returns
 * its end, twice the text's length away at most. Octets that a calendar cannot
 * hold (carriage return, backspace, form feed) are left out.
 */
char *smp_line_text(char *at, const char *text, size_t n);

/*
 * Folds a content line, from `line` to `end`, that lacks only its CRLF, into
 * lines of at most SMP_ICAL_LINE_MAX octets without their CRLF. Returns the new
 * end, at most half the line's length further. No line is folded anywhere else.
 *
 * No fold comes inside a character or an escape, because some readers decode
 * lines before they unfold them, and none beside a blank, because some trim
 * lines. Only a line that has blanks at every
 * other octet is folded beside one.
 */
enum { SMP_ICAL_LINE_MAX = 75 };

char *smp_line_fold_long(char *line, char *end);

static inline char *
smp_line_fold(char *line, char *end)
{
    return end - line <= SMP_ICAL_LINE_MAX ? end
                                           : smp_line_fold_long(line, end);
}

/* Appends a content line of n octets, folded and ended. */
void smp_line_put(struct smp_buf *out, const char *line, size_t n);

#endif
