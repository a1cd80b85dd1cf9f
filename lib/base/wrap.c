#include "base/wrap.h"

#include <string.h>

#include "base/utf8.h"

/* Where the word at `at` ends. */
static const char *
word_end(const char *at)
{
    while (*at && *at != ' ')
        at++;
    return at;
}

/* Text that is clean; where it is ASCII, an octet is a column. */
static void
wrap(struct smp_buf *out, size_t column, size_t indent, size_t width,
     const char *text, bool ascii)
{
    bool fresh = true; /* nothing but the indent on this line */
    const char *end;

    for (;; text = end) {
        size_t columns;

        while (*text == ' ')
            text++;
        if (!*text)
            break;
        end = word_end(text);
        columns = (size_t)(end - text);
        if (!ascii)
            columns = smp_utf8_columns(text, columns);
        if (!fresh && column + 1 + columns > width) {
            smp_buf_putc(out, '\n');
            smp_buf_spaces(out, indent);
            column = indent;
        } else if (!fresh) {
            smp_buf_putc(out, ' ');
            column++;
        }
        smp_buf_add(out, text, (size_t)(end - text));
        column += columns;
        fresh = false;
    }
    smp_buf_putc(out, '\n');
}

void
smp_wrap(struct smp_buf *out, const char *first, size_t indent, size_t width,
         const char *text)
{
    size_t n = strlen(text), column = smp_utf8_columns(first, strlen(first));
    struct smp_buf clean = {0};

    smp_buf_puts(out, first);
    if (smp_utf8_is_clean(text, n)) {
        wrap(out, column, indent, width, text, true);
        return;
    }
    smp_utf8_clean(&clean, text, n);
    wrap(out, column, indent, width, smp_buf_text(&clean), false);
    smp_buf_release(&clean);
}
