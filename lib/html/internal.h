#ifndef SMP_HTML_INTERNAL_H
#define SMP_HTML_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

struct smp_buf;
struct smp_protocol;
struct smp_sheet;

/*
 * Appends a text as content or as a quoted value of an attribute. Nothing in it
 * is markup. Controls and direction overrides become spaces. A blank before
 * French punctuation does not break, an apostrophe between letters is curled.
 */
void smp_html_escape(struct smp_buf *out, const char *text);

/*
 * Appends what comes before the main part of a file: what a browser may do with
 * it, the label `title`, the style and the marks. `generator` can be NULL.
 */
void smp_html_head(struct smp_buf *out, const struct smp_protocol *protocol,
                   const char *title, const char *generator);
extern const char smp_html_foot[]; /* what comes after it */

/* Appends <time datetime="2026-12-01">, the day as the label words it. */
void smp_html_day(struct smp_buf *out, const struct smp_protocol *protocol,
                  const char *key, int32_t day);

/*
 * Appends the weeks of a sheet as an inline picture, with a title, a
 * description and the same dates as a list. `id` begins all ids in it. If it is
 * brief, half a printed page has room for it: later weeks are in the list
 * alone.
 */
void smp_html_weeks(struct smp_buf *out, const struct smp_sheet *sheet,
                    const char *id, bool brief);

/* page.css and marks.svg, made a part of the program. */
extern const char smp_html_css[], smp_html_marks[];

#endif
