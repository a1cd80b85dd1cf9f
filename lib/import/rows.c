#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/utf8.h"
#include "import/internal.h"

/*
 * Rows of cells from octets. A quoted cell can hold line ends, so one stray
 * quote could swallow all rows up to the next one. Hence a row that does not
 * work out (a quote where none can be, another number of cells than the header
 * has, or, in what a cell holds, a line that is a row of its own) costs its
 * first line only: reading goes on with the second. What is looked at more than
 * once for that is bounded, by all that was read so far.
 */
enum {
    CHUNK = 1 << 16,
    ROW_MAX = 1 << 18,    /* octets of one row */
    AGAIN_MAX = 64 << 20, /* octets looked at again, and 16 times the input */
    CELLS_MAX = 2000,
    UNTERMINATED = 1, /* results of cell() */
    MISPLACED = 2
};

/* Where a cell is in the text: offsets, since the text may move. */
struct imp_place {
    size_t at, n;
    bool doubled; /* quotes are */
};

/* encodings */

/* Windows-1252, 0x80 to 0x9f; the rest is Latin-1. 0: no character. */
static const uint16_t windows[32] = {
    0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
    0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017d, 0,
    0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
    0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178};

static void
put_character(struct smp_buf *out, int32_t character)
{
    char *end = smp_buf_room(out, 4);

    smp_buf_end(out, smp_utf8_put(end, character));
}

static void
add_windows(struct smp_buf *out, const unsigned char *bytes, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        int32_t character = bytes[i];

        if (character >= 0x80 && character < 0xa0)
            character = windows[character - 0x80];
        put_character(out, character ? character : 0xfffd);
    }
}

/* Returns how many octets it took: no half of a pair. */
static size_t
add_utf16(struct smp_buf *out, const unsigned char *bytes, size_t n, bool big)
{
    size_t i;

    for (i = 0; i + 1 < n; i += 2) {
        int32_t unit = bytes[i + big] << 0 | bytes[i + !big] << 8;
        int32_t second;

        unit = big ? bytes[i] << 8 | bytes[i + 1] : unit;
        if (unit == 0xfeff && !out->len)
            continue;
        if (unit < 0xd800 || unit > 0xdfff) {
            put_character(out, unit);
            continue;
        }
        if (i + 3 >= n && unit < 0xdc00)
            break;
        second = i + 3 >= n ? 0
                 : big      ? bytes[i + 2] << 8 | bytes[i + 3]
                            : bytes[i + 2] | bytes[i + 3] << 8;
        if (unit < 0xdc00 && second >= 0xdc00 && second < 0xe000) {
            put_character(out, 0x10000 + ((unit - 0xd800) << 10) +
                                   (second - 0xdc00));
            i += 2;
        } else {
            put_character(out, 0xfffd);
        }
    }
    return i;
}

static bool
has_wide(const char *text, size_t n)
{
    size_t i = 0;

    while (i < n && !(text[i] & 0x80))
        i++;
    return i < n;
}

/* By the marks at its beginning, else by where its first NULs are. */
static void
guess_encoding(struct imp_rows *rows, const unsigned char *bytes, size_t n)
{
    size_t i, even = 0, odd = 0, looked = n < 1024 ? n : 1024;

    for (i = 0; i + 1 < looked; i += 2) {
        even += !bytes[i];
        odd += !bytes[i + 1];
    }
    if (n >= 2 && bytes[0] == 0xff && bytes[1] == 0xfe)
        rows->encoding = IMP_UTF16LE;
    else if (n >= 2 && bytes[0] == 0xfe && bytes[1] == 0xff)
        rows->encoding = IMP_UTF16BE;
    else if (odd > looked / 5 && even < looked / 20)
        rows->encoding = IMP_UTF16LE;
    else if (even > looked / 5 && odd < looked / 20)
        rows->encoding = IMP_UTF16BE;
}

/*
 * UTF-8 as long as it is. If the first characters beyond ASCII are none of
 * UTF-8, all are of Windows-1252; later ones only spoil their row.
 */
static size_t
add_utf8(struct imp_rows *rows, const char *bytes, size_t n, bool last)
{
    size_t valid = smp_utf8_valid(bytes, n);
    size_t rest = n - valid;

    if (rest && !last && rest < 4 && !smp_utf8_valid(bytes + valid, rest)) {
        unsigned char first = (unsigned char)bytes[valid];
        size_t wanted = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;

        if (first >= 0xc2 && rest < wanted) {
            smp_buf_add(&rows->text, bytes, valid);
            return valid;
        }
    }
    if (rest && !rows->dirty && !has_wide(bytes, valid) &&
        !has_wide(smp_buf_text(&rows->text), rows->text.len)) {
        rows->encoding = IMP_WINDOWS;
        add_windows(&rows->text, (const unsigned char *)bytes, n);
        return n;
    }
    rows->dirty = rows->dirty || rest;
    smp_buf_add(&rows->text, bytes, n);
    return n;
}

static bool
fill(struct imp_rows *rows, struct smp_err *err)
{
    char bytes[CHUNK + sizeof rows->odd];
    size_t n = rows->odd_count, used;
    ssize_t got;

    memcpy(bytes, rows->odd, n);
    got = smp_read_opened(rows->fd, bytes + n, CHUNK, err);
    if (got < 0)
        return false;
    rows->at_end = !got;
    n += (size_t)got;
    rows->taken += got;
    if (!rows->started) {
        guess_encoding(rows, (const unsigned char *)bytes, n);
        if (n >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
            memmove(bytes, bytes + 3, n -= 3);
    }
    rows->started = true;
    if (rows->encoding == IMP_UTF8) {
        used = add_utf8(rows, bytes, n, rows->at_end);
    } else if (rows->encoding == IMP_WINDOWS) {
        add_windows(&rows->text, (const unsigned char *)bytes, n);
        used = n;
    } else {
        used = add_utf16(&rows->text, (const unsigned char *)bytes, n,
                         rows->encoding == IMP_UTF16BE);
    }
    rows->odd_count = n - used < sizeof rows->odd ? n - used : 0;
    memcpy(rows->odd, bytes + n - rows->odd_count, rows->odd_count);
    return true;
}

bool
smp_imp_rows_peek(struct imp_rows *rows, size_t n, struct smp_err *err)
{
    while (!rows->at_end && rows->text.len - rows->begin < n)
        if (!fill(rows, err))
            return false;
    return true;
}

/* cells */

static struct imp_place *
add_cell(struct imp_rows *rows, size_t at, size_t n)
{
    if (rows->count == rows->room) {
        rows->room = rows->room ? 2 * rows->room : 32;
        rows->places =
            smp_realloc(rows->places, rows->room * sizeof *rows->places);
        rows->cells =
            smp_realloc(rows->cells, rows->room * sizeof *rows->cells);
    }
    rows->places[rows->count] = (struct imp_place){at, n, false};
    return &rows->places[rows->count++];
}

/* Whether there is an octet at a place, which may have to be read first. */
static bool
reach(struct imp_rows *rows, size_t at, struct smp_err *err)
{
    while (at >= rows->text.len && !rows->at_end)
        if (!fill(rows, err))
            return false;
    return at < rows->text.len;
}

/* Behind the closing quote at *at: blanks, then the end of the cell. */
static bool
closes(struct imp_rows *rows, size_t *at, struct smp_err *err)
{
    while (reach(rows, *at, err) &&
           (rows->text.data[*at] == ' ' ||
            (rows->text.data[*at] == '\r' && rows->newline != '\r')))
        ++*at;
    return *at >= rows->text.len || rows->text.data[*at] == rows->separator ||
           rows->text.data[*at] == rows->newline;
}

static int
quoted_cell(struct imp_rows *rows, size_t *at, struct smp_err *err)
{
    struct imp_place *cell = add_cell(rows, ++*at, 0);
    size_t start = *at;

    for (;;) {
        const char *quote;

        if (!reach(rows, *at, err) || *at - rows->begin > ROW_MAX)
            return UNTERMINATED;
        quote = memchr(rows->text.data + *at, '"', rows->text.len - *at);
        if (!quote) {
            *at = rows->text.len;
            continue;
        }
        *at = (size_t)(quote - rows->text.data) + 1;
        if (!reach(rows, *at, err) || rows->text.data[*at] != '"')
            break;
        cell->doubled = true;
        ++*at;
    }
    cell->n = *at - 1 - start;
    return closes(rows, at, err) ? 0 : MISPLACED;
}

static int
plain_cell(struct imp_rows *rows, size_t *at, struct smp_err *err)
{
    size_t start = *at;
    int wrong = 0;

    for (;;) {
        const char *text = rows->text.data;
        size_t end = rows->text.len;

        while (*at < end && text[*at] != rows->separator &&
               text[*at] != rows->newline) {
            if (text[*at] == '"' && rows->separator != '\t')
                wrong = MISPLACED;
            ++*at;
        }
        if (*at < end || *at - rows->begin > ROW_MAX || !reach(rows, *at, err))
            break;
    }
    add_cell(rows, start, *at - start);
    return wrong;
}

static int
cell(struct imp_rows *rows, size_t *at, struct smp_err *err)
{
    size_t start = *at;

    while (reach(rows, *at, err) && rows->text.data[*at] == ' ')
        ++*at;
    if (*at < rows->text.len && rows->text.data[*at] == '"')
        return quoted_cell(rows, at, err);
    *at = start;
    return plain_cell(rows, at, err);
}

/* The cells of the row at `begin`; sets `end` to what follows it. */
static int
parse(struct imp_rows *rows, struct smp_err *err)
{
    size_t at = rows->begin;
    int wrong = 0;

    rows->count = 0;
    rows->unterminated = false;
    for (;;) {
        wrong = cell(rows, &at, err);
        if (wrong || rows->count > CELLS_MAX || !reach(rows, at, err) ||
            rows->text.data[at] == rows->newline || at - rows->begin > ROW_MAX)
            break;
        at++; /* the separator */
    }
    if (rows->count > CELLS_MAX || at - rows->begin > ROW_MAX)
        wrong = UNTERMINATED;
    rows->unterminated = at >= rows->text.len;
    rows->last_is_open =
        rows->unterminated && (at == 0 || rows->text.data[at - 1] != '"');
    rows->end = at + !rows->unterminated;
    return wrong;
}

/* Points at the cells, which stay where they are until more is read. */
static void
point(struct imp_rows *rows)
{
    size_t i, j, needed = 0;

    smp_buf_cut(&rows->plain, 0);
    for (i = 0; i < rows->count; i++)
        needed += rows->places[i].doubled ? rows->places[i].n : 0;
    if (needed)
        smp_buf_reserve(&rows->plain, needed + 1);
    for (i = 0; i < rows->count; i++) {
        const struct imp_place *place = &rows->places[i];
        const char *text = rows->text.data + place->at;

        if (place->doubled) {
            size_t from = rows->plain.len;

            for (j = 0; j < place->n; j++) {
                smp_buf_putc(&rows->plain, text[j]);
                j += text[j] == '"';
            }
            rows->cells[i] =
                smp_imp_trim(rows->plain.data + from, rows->plain.len - from);
        } else {
            rows->cells[i] = smp_imp_trim(text, place->n);
        }
    }
}

/* Splits one line by the separator, as if quotes meant nothing. */
static size_t
split(struct imp_rows *rows, const char *line, size_t n)
{
    const char *end = line + n;

    rows->count = 0;
    for (;;) {
        const char *stop = memchr(line, rows->separator, (size_t)(end - line));
        struct imp_cell found;

        found = smp_imp_trim(line, (size_t)((stop ? stop : end) - line));
        if (found.n && *found.at == '"')
            found.at++, found.n--;
        if (found.n && found.at[found.n - 1] == '"')
            found.n--;
        add_cell(rows, 0, 0);
        rows->cells[rows->count - 1] = found;
        if (!stop || rows->count > CELLS_MAX)
            return rows->count;
        line = stop + 1;
    }
}

static unsigned long
count_lines(const struct imp_rows *rows, size_t from, size_t to)
{
    unsigned long lines = 0;
    const char *at = rows->text.data + from, *end = rows->text.data + to;

    while (at < end && (at = memchr(at, rows->newline, (size_t)(end - at)))) {
        lines++;
        at++;
    }
    return lines;
}

/* Whether a line after the first, as it stands, is a row. */
static bool
holds_row(struct imp_rows *rows)
{
    const char *at = rows->text.data + rows->begin;
    const char *end = rows->text.data + rows->end;
    const char *stop = memchr(at, rows->newline, (size_t)(end - at));

    while (stop && rows->is_row && ++stop < end) {
        at = stop;
        stop = memchr(at, rows->newline, (size_t)(end - at));
        if (split(rows, at, (size_t)((stop ? stop : end) - at)) ==
                rows->expected &&
            rows->is_row(rows->context, rows->cells, rows->count))
            return true;
    }
    return false;
}

/* Takes the first line alone of what did not work out. */
static bool
take_line(struct imp_rows *rows, struct smp_err *err)
{
    size_t tried = rows->end - rows->begin, at = rows->begin;

    while (reach(rows, at, err) && rows->text.data[at] != rows->newline)
        if (++at - rows->begin > SMP_LINE_MAX)
            return smp_fail(err, "line %lu: longer than 1 MiB", rows->line);
    rows->unterminated = at >= rows->text.len;
    rows->end = at + !rows->unterminated;
    rows->count = 0;
    if (tried > rows->end - rows->begin)
        rows->again += tried - (rows->end - rows->begin);
    return rows->again <= AGAIN_MAX + 16 * (size_t)rows->taken ||
           smp_fail(err, "line %lu: too many stray quotes: is this CSV?",
                    rows->line);
}

static bool
is_text(const struct imp_rows *rows)
{
    const char *row = rows->text.data + rows->begin;
    size_t n = rows->end - rows->begin;

    return !rows->dirty || smp_utf8_valid(row, n) == n;
}

static const char *
judge(struct imp_rows *rows, int wrong)
{
    size_t n = rows->end - rows->begin;

    if (wrong == MISPLACED)
        return "a stray quote";
    if (wrong)
        return "a quote that is never closed, or a row of more than 256 KiB";
    if (!is_text(rows))
        return "not text: neither UTF-8 nor, like the rest, Windows-1252";
    if (memchr(rows->text.data + rows->begin, '\0', n))
        return "not text: it has a NUL";
    return NULL;
}

int
smp_imp_rows_next(struct imp_rows *rows, struct smp_err *err)
{
    unsigned long lines;
    int wrong;

    rows->begin = rows->end;
    if (rows->begin > CHUNK && rows->begin > rows->text.len / 2) {
        memmove(rows->text.data, rows->text.data + rows->begin,
                rows->text.len - rows->begin);
        smp_buf_cut(&rows->text, rows->text.len - rows->begin);
        rows->begin = rows->end = 0;
    }
    rows->line = rows->next_line;
    if (!reach(rows, rows->begin, err))
        return err->failed ? -1 : 0;
    wrong = parse(rows, err);
    if (err->failed)
        return -1;
    rows->wrong = judge(rows, wrong);
    lines = count_lines(rows, rows->begin, rows->end - !rows->unterminated);
    if (!rows->wrong && lines && rows->expected) {
        size_t count = rows->count;

        if (count != rows->expected)
            rows->wrong = "a stray quote, or another number of cells than "
                          "the header has";
        else if (holds_row(rows))
            rows->wrong = "a stray quote: a cell holds rows";
        else
            wrong = parse(rows, err);
    }
    if (rows->wrong && !take_line(rows, err))
        return -1;
    if (!rows->wrong)
        point(rows);
    rows->next_line += 1 + (rows->wrong ? 0 : lines);
    return 1;
}

void
smp_imp_rows_release(struct imp_rows *rows)
{
    free(rows->cells);
    free(rows->places);
    smp_buf_release(&rows->text);
    smp_buf_release(&rows->plain);
}
