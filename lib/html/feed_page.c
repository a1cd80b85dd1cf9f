#include <errno.h>
#include <qrencode.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "html/html.h"
#include "html/internal.h"
#include "protocol/words.h"
#include "protocol/protocol.h"
#include "plan/plan.h"
#include "sheet/sheet.h"

static void
put_label(struct smp_buf *out, const struct smp_protocol *protocol,
          const char *before, const char *key, const char *after)
{
    smp_buf_puts(out, before);
    smp_html_escape(out, smp_label(protocol, key));
    smp_buf_puts(out, after);
}

/* Dark modules of a row that touch are one rectangle. */
static void
put_modules(struct smp_buf *out, const QRcode *code)
{
    int x, y, n;

    for (y = 0; y < code->width; y++)
        for (x = 0; x < code->width; x += n) {
            const unsigned char *row = code->data + y * code->width;

            for (n = 0; x + n < code->width && row[x + n] & 1; n++)
                ;
            if (n)
                smp_buf_printf(out, "M%d %dh%dv1h-%dz", x, y, n, n);
            else
                n = 1;
        }
}

/* Four modules of quiet around it, ISO/IEC 18004. Without it if the address is
 * too long for any. */
static void
put_code(struct smp_buf *out, const struct smp_protocol *protocol,
         const char *address)
{
    enum { QUIET = 4 };
    QRcode *code = QRcode_encodeData(
        (int)strlen(address), (const unsigned char *)address, 0, QR_ECLEVEL_M);
    int size;

    if (!code && errno == ENOMEM)
        smp_out_of_memory();
    if (!code)
        return;
    size = code->width + 2 * QUIET;
    smp_buf_printf(out,
                   "<figure>\n<svg class=\"qr\" viewBox=\"-%d -%d %d %d\" "
                   "role=\"img\" aria-labelledby=\"qr-title\">",
                   QUIET, QUIET, size, size);
    put_label(out, protocol, "<title id=\"qr-title\">", "subscribe.code",
              "</title>");
    smp_buf_printf(out,
                   "<rect class=\"light\" x=\"-%d\" y=\"-%d\" "
                   "width=\"%d\" height=\"%d\"/><path class=\"dark\" d=\"",
                   QUIET, QUIET, size, size);
    put_modules(out, code);
    put_label(out, protocol, "\"/></svg>\n<figcaption>", "subscribe.camera",
              "</figcaption>\n</figure>\n");
    QRcode_free(code);
}

static void
put_subscribing(struct smp_buf *out, const struct smp_protocol *protocol,
                const struct smp_feed_page *page)
{
    static const char *const ways[] = {"subscribe.apple", "subscribe.google",
                                       "subscribe.outlook",
                                       "subscribe.android"};
    size_t i;

    put_label(out, protocol, "<section class=\"how\">\n<div>\n<h2>",
              "subscribe.heading", "</h2>\n");
    put_label(out, protocol, "<p class=\"lead\">", "subscribe.lead",
              "</p>\n<p><a class=\"button\" href=\"");
    smp_html_escape(out, page->webcal);
    put_label(out, protocol, "\">", "subscribe.button", "</a></p>\n");
    put_label(out, protocol, "<p class=\"lead\">", "subscribe.address",
              "</p>\n<p class=\"url\"><code>");
    smp_html_escape(out, page->feed);
    smp_buf_puts(out, "</code></p>\n<ul class=\"ways\">\n");
    for (i = 0; i < sizeof ways / sizeof ways[0]; i++)
        put_label(out, protocol, "<li>", ways[i], "</li>\n");
    put_label(out, protocol, "</ul>\n<p class=\"note\">", "subscribe.held",
              "</p>\n");
    put_label(out, protocol, "<p class=\"note\">", "subscribe.alone",
              "</p>\n</div>\n");
    put_code(out, protocol, page->page);
    smp_buf_puts(out, "</section>\n");
}

static const struct smp_sheet_row *
row_of(const struct smp_sheet *sheet, const struct smp_session *session)
{
    size_t i;

    for (i = 0; i < sheet->row_count; i++)
        if (sheet->rows[i].session == session)
            return &sheet->rows[i];
    return NULL;
}

static void
put_run(struct smp_buf *out, const struct smp_sheet *sheet,
        const struct smp_run *run, bool discreet)
{
    const struct smp_sheet_row *row =
        run->kind == SMP_RUN_SESSION ? row_of(sheet, run->session) : NULL;

    smp_buf_puts(out, "<li>\n<p class=\"w\">");
    smp_html_day(out, sheet->protocol, row ? "date.row" : "date.year",
                 run->first);
    if (run->last != run->first) {
        smp_buf_puts(out, " \u2013 ");
        smp_html_day(out, sheet->protocol, "date.year", run->last);
    }
    if (row && *row->clock) {
        smp_buf_puts(out, " <span class=\"sub\">");
        smp_html_escape(out, row->clock);
        smp_buf_puts(out, "</span>");
    }
    smp_buf_puts(out, row ? "</p>\n<p><b>" : "</p>\n<p>");
    smp_html_escape(out, discreet
                             ? smp_label(sheet->protocol, "discreet.session")
                             : run->text);
    smp_buf_puts(out, row ? "</b></p>\n</li>\n" : "</p>\n</li>\n");
}

/* What comes next, by dates: it does not change while the plan does not. */
static void
put_dates(struct smp_buf *out, const struct smp_sheet *sheet, bool discreet)
{
    const struct smp_run *run;
    bool any = false;

    for (run = sheet->weeks.runs; run; run = run->next) {
        if (run->kind == SMP_RUN_CLOSED ||
            (discreet && run->kind != SMP_RUN_SESSION))
            continue;
        if (!any)
            put_label(out, sheet->protocol, "<h2>", "page.next",
                      "</h2>\n<ol class=\"list\">\n");
        any = true;
        put_run(out, sheet, run, discreet);
    }
    smp_buf_puts(out, any ? "</ol>\n" : "");
}

static const char generator[] = "smp-publish ";

void
smp_html_feed_page(struct smp_buf *out, const struct smp_sheet *sheet,
                   const struct smp_feed_page *page)
{
    const struct smp_protocol *protocol = sheet->protocol;
    struct smp_buf mark = {0};

    smp_buf_printf(&mark, "%s%08lx%08lx", generator,
                   (unsigned long)(page->source >> 32),
                   (unsigned long)(page->source & UINT32_MAX));
    smp_html_head(out, protocol, "discreet.calendar.name", smp_buf_text(&mark));
    smp_buf_release(&mark);
    put_label(out, protocol, "<div class=\"feed\">\n<h1>",
              page->discreet ? "discreet.calendar.name" : "calendar.name",
              "</h1>\n");
    if (!page->discreet && protocol->studio.name) {
        smp_buf_puts(out, "<p class=\"studio\">");
        smp_html_escape(out, protocol->studio.name);
        smp_buf_puts(out, "</p>\n");
    }
    smp_buf_puts(out, page->discreet ? "<div>\n<div>\n"
                                     : "<div class=\"hero\">\n<div>\n");
    put_dates(out, sheet, page->discreet);
    smp_buf_puts(out, "</div>\n");
    if (!page->discreet)
        smp_html_weeks(out, sheet, "weeks", false);
    smp_buf_puts(out, "</div>\n");
    put_subscribing(out, protocol, page);
    smp_buf_puts(out, "</div>\n");
    smp_buf_puts(out, smp_html_foot);
}

const char *
smp_html_feed_source(const char *text, size_t n)
{
    static const char before[] = "<meta name=\"generator\" content=\"";
    const size_t length = sizeof before - 1 + sizeof generator - 1;
    const char *end = text + (n < SMP_PAGE_HEAD_MAX ? n : SMP_PAGE_HEAD_MAX);
    const char *at = text;

    while ((at = n ? memchr(at, '<', (size_t)(end - at)) : NULL)) {
        if ((size_t)(end - at) >= length + SMP_PAGE_SOURCE &&
            memcmp(at, before, sizeof before - 1) == 0 &&
            memcmp(at + sizeof before - 1, generator, sizeof generator - 1) ==
                0)
            return at + length;
        at++;
    }
    return NULL;
}
