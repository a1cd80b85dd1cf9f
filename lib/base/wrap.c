#include "base/wrap.h"

#include <string.h>

#include "base/utf8.h"

void
smp_wrap(struct smp_buf *out, const char *first, size_t indent, size_t width,
         const char *text)
{
    struct smp_buf clean = {0};
    size_t column = smp_utf8_columns(first, strlen(first));
    bool fresh = true; /* nothing but the indent on this line */
    const char *at;

    smp_utf8_clean(&clean, text, strlen(text));
    smp_buf_puts(out, first);
    for (at = smp_buf_text(&clean); *(at += strspn(at, " "));) {
        size_t n = strcspn(at, " ");
        size_t columns = smp_utf8_columns(at, n);

        if (!fresh && column + 1 + columns > width) {
            smp_buf_putc(out, '\n');
            smp_buf_spaces(out, indent);
            column = indent;
            fresh = true;
        }
        if (!fresh) {
            smp_buf_putc(out, ' ');
            column++;
        }
        smp_buf_add(out, at, n);
        column += columns;
        fresh = false;
        at += n;
    }
    smp_buf_putc(out, '\n');
    smp_buf_release(&clean);
}
