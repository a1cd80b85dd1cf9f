#ifndef SMP_HTML_HTML_H
#define SMP_HTML_HTML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct smp_buf;
struct smp_sheet;

/*
 * Sheets as one HTML page for screens and paper, an article for each client. It
 * needs no script and fetches nothing. If no sheet is set, nothing is written.
 */
extern const struct smp_setter smp_html;

/*
 * The page beside a client's feed: the dates, the weeks and how to subscribe.
 * It has nothing of the client but these: no name, no id, no healing that was
 * noted. `discreet`: appointments alone, without words about care.
 */
struct smp_feed_page {
    const char *feed, *webcal, *page; /* addresses */
    bool discreet;
    uint64_t source; /* what it was made of, or 0; written into it */
};

/* Appends the page. The sheet was filled by smp_sheet_of_care(), `shared`. */
void smp_html_feed_page(struct smp_buf *out, const struct smp_sheet *sheet,
                        const struct smp_feed_page *page);

/*
 * Returns where the SMP_PAGE_SOURCE digits of the source of such a page are, of
 * which n octets are known, or NULL: it is none.
 */
enum { SMP_PAGE_SOURCE = 16, SMP_PAGE_HEAD_MAX = 512 };

const char *smp_html_feed_source(const char *text, size_t n);

#endif
