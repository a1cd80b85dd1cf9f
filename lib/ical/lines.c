#include "ical/lines.h"

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

/*
 * How many octets of a line, its CRLF counted, come before the next fold: as
 * many as fit up to a semicolon, colon or blank, else up to a character.
 */
static size_t
part(const char *line, size_t left)
{
    size_t n;

    if (left < SMP_LINE_MAX)
        return left;
    for (n = SMP_LINE_MAX - 1; n > 1; n--)
        if (line[n - 1] == ';' || line[n - 1] == ':' || line[n - 1] == ' ')
            return n;
    for (n = SMP_LINE_MAX - 1; n; n--)
        if ((line[n] & 0xc0) != 0x80)
            return line[n] == '\n' ? n + 1 : n;
    return SMP_LINE_MAX - 1;
}

char *
smp_line_fold_long(char *line, char *end)
{
    struct smp_buf whole = {0};
    size_t at, n;

    smp_buf_add(&whole, line, (size_t)(end - line));
    smp_buf_puts(&whole, "\r\n");
    for (at = 0, end = line; at < whole.len; at += n) {
        n = part(whole.data + at, whole.len - at);
        if (at)
            end = stpcpy(end, "\r\n ");
        memcpy(end, whole.data + at, n);
        end += n;
    }
    smp_buf_release(&whole);
    return end - 2;
}

void
smp_line_put(struct smp_buf *out, const char *line, size_t n)
{
    char *at = smp_buf_room(out, n + n / 2 + 2);

    memcpy(at, line, n);
    smp_buf_end(out, smp_line_fold(at, at + n));
    smp_buf_puts(out, "\r\n");
}
