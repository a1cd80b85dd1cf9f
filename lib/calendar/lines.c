#include "calendar/lines.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"

enum { BUFFER = 65536 };

static bool
fill(struct cal_lines *lines, struct smp_err *err)
{
    ssize_t got = smp_read_some(lines->fd, lines->buffer, BUFFER);

    if (got < 0)
        return smp_fail_errno(err, "cannot read");
    lines->begin = 0;
    lines->end = (size_t)got;
    lines->at_end = !got;
    return true;
}

/* The next octet, which stays; -1 at the end, -2 with an error. */
static int
peek(struct cal_lines *lines, struct smp_err *err)
{
    if (lines->begin == lines->end && !lines->at_end && !fill(lines, err))
        return -2;
    if (lines->at_end)
        return -1;
    return (unsigned char)lines->buffer[lines->begin];
}

/* Octets that are no part of the text; false with an error. */
static bool
start(struct cal_lines *lines, struct smp_err *err)
{
    static const char mark[] = "\xef\xbb\xbf";
    const char *bytes;
    size_t have;

    lines->buffer = smp_alloc(BUFFER);
    lines->next = 1;
    lines->started = true;
    if (!fill(lines, err))
        return false;
    bytes = lines->buffer;
    have = lines->end;
    if (have >= 3 && memcmp(bytes, mark, 3) == 0)
        lines->begin = 3;
    if (have >= 2 &&
        (memcmp(bytes, "\xff\xfe", 2) == 0 ||
         memcmp(bytes, "\xfe\xff", 2) == 0 || !bytes[0] || !bytes[1]))
        return smp_fail(err, "the text is UTF-16; UTF-8 is wanted");
    return true;
}

static void
keep(struct cal_lines *lines, const char *text, size_t n)
{
    size_t room = CAL_LINE_MAX - lines->line.len;

    if (n > room) {
        lines->too_long = true;
        n = room;
    }
    smp_buf_add(&lines->line, text, n);
}

/* Up to the end of a line, which stays. */
static bool
take_text(struct cal_lines *lines, struct smp_err *err)
{
    int next;

    while ((next = peek(lines, err)) >= 0 && next != '\n' && next != '\r') {
        const char *text = lines->buffer + lines->begin, *at = text;
        const char *end = lines->buffer + lines->end;

        while (at < end && ((unsigned char)*at > '\r' ||
                            (*at && *at != '\n' && *at != '\r')))
            at++;
        keep(lines, text, (size_t)(at - text));
        lines->begin += (size_t)(at - text);
        if (at < end && !*at)
            return smp_fail(err,
                            "line %lu: an octet of zero; this is no "
                            "text in UTF-8",
                            lines->next);
    }
    return next != -2;
}

/* All of CR and LF there is, blank lines too; CR CR LF is the end of one. */
static int
take_ends(struct cal_lines *lines, struct smp_err *err)
{
    unsigned long returns = 0;
    int next;

    while ((next = peek(lines, err)) == '\r' || next == '\n') {
        lines->begin++;
        if (next == '\r') {
            returns++;
        } else {
            lines->next++;
            returns = 0;
        }
    }
    lines->next += returns;
    return next;
}

int
smp_cal_lines_next(struct cal_lines *lines, struct smp_err *err)
{
    int next;

    if (!lines->started && !start(lines, err))
        return -1;
    smp_buf_cut(&lines->line, 0);
    lines->too_long = false;
    next = take_ends(lines, err);
    lines->number = lines->next;
    while (next >= 0) {
        if (!take_text(lines, err))
            return -1;
        next = take_ends(lines, err);
        if (next != ' ' && next != '\t')
            break;
        lines->begin++;
    }
    if (next == -2)
        return -1;
    return next >= 0 || lines->line.len ? 1 : 0;
}

void
smp_cal_lines_release(struct cal_lines *lines)
{
    free(lines->buffer);
    smp_buf_release(&lines->line);
    *lines = (struct cal_lines){.fd = -1};
}
