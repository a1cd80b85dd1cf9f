#include "ical/component.h"

#include <stdlib.h>
#include <string.h>

#include "base/base.h"

char *
smp_line_text(char *at, const char *text, size_t n)
{
    enum { LEFT_OUT = 1 };
    static const char escapes[256] = {
        ['\n'] = 'n',      [','] = ',',       [';'] = ';',      ['\\'] = '\\',
        ['\r'] = LEFT_OUT, ['\b'] = LEFT_OUT, ['\f'] = LEFT_OUT};
    const char *const end = text + n;

    for (; text < end; text++) {
        char escape = escapes[(unsigned char)*text];

        if (!escape) {
            *at++ = *text;
        } else if (escape != LEFT_OUT) {
            *at++ = '\\';
            *at++ = escape;
        }
    }
    return at;
}

/* Returns true if the octet before line + n begins an escape (RFC 5545). */
static bool
is_in_escape(const char *line, size_t n)
{
    size_t first = n;

    while (first && line[first - 1] == '\\')
        first--;
    return (n - first) % 2;
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/*
 * Returns how many of the line's octets come before the next fold: as many as
 * fit, but no fold comes inside a character or an escape, or beside a blank,
 * because readers that trim lines lose the blank. If every place is beside a
 * blank, the last one is taken.
 */
static size_t
part(const char *line, size_t left, size_t fit)
{
    size_t n, beside = 0;

    if (left <= fit)
        return left;
    for (n = fit; n; n--) {
        if ((line[n] & 0xc0) == 0x80 || is_in_escape(line, n))
            continue;
        if (!is_blank(line[n - 1]) && !is_blank(line[n]))
            return n;
        if (!beside)
            beside = n;
    }
    return beside ? beside : fit;
}

char *
smp_line_fold_long(char *line, char *end)
{
    struct smp_buf whole = {0};
    size_t at, n, fit = SMP_ICAL_LINE_MAX;

    smp_buf_add(&whole, line, (size_t)(end - line));
    for (at = 0, end = line; at < whole.len; at += n) {
        n = part(whole.data + at, whole.len - at, fit);
        if (at)
            end = stpcpy(end, "\r\n ");
        memcpy(end, whole.data + at, n);
        end += n;
        fit = SMP_ICAL_LINE_MAX - 1;
    }
    smp_buf_release(&whole);
    return end;
}

void
smp_line_put(struct smp_buf *out, const char *line, size_t n)
{
    char *at = smp_buf_room(out, n + n / 2 + 2);

    memcpy(at, line, n);
    smp_buf_end(out, smp_line_fold(at, at + n));
    smp_buf_puts(out, "\r\n");
}
