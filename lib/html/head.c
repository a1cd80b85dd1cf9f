#include "html/internal.h"
#include "base/base.h"
#include "protocol/words.h"
#include "protocol/protocol.h"

const char smp_html_foot[] = "</main>\n</body>\n</html>\n";

void
smp_html_head(struct smp_buf *out, const struct smp_protocol *protocol,
              const char *title, const char *generator)
{
    smp_buf_puts(out, "<!DOCTYPE html>\n<html lang=\"");
    smp_html_escape(out, protocol->lang);
    smp_buf_puts(out, "\">\n<head>\n<meta charset=\"utf-8\">\n");
    if (generator) {
        smp_buf_puts(out, "<meta name=\"generator\" content=\"");
        smp_html_escape(out, generator);
        smp_buf_puts(out, "\">\n");
    }
    smp_buf_puts(
        out,
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
        "'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action "
        "'none'\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, "
        "initial-scale=1\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n"
        "<meta name=\"referrer\" content=\"no-referrer\">\n"
        "<meta name=\"robots\" content=\"noindex\">\n"
        "<meta name=\"format-detection\" content=\"telephone=no, date=no, "
        "address=no, email=no\">\n<title>");
    smp_html_escape(out, smp_label(protocol, title));
    smp_buf_puts(out, "</title>\n<style>\n");
    smp_buf_puts(out, smp_html_css);
    smp_buf_puts(out, "</style>\n</head>\n<body>\n");
    smp_buf_puts(out, smp_html_marks);
    smp_buf_puts(out, "<main>\n");
}
