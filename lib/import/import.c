#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "import/internal.h"

enum { HEADER_ROWS = 30, LOOKED_AT = 1 << 16 };

/* The kinds of input */

static bool
begins(const struct imp_rows *rows, size_t at, const char *with)
{
    size_t n = strlen(with);

    return rows->text.len - at >= n &&
           strncasecmp(rows->text.data + at, with, n) == 0;
}

/* Bare carriage returns end lines if no line feed does. */
static void
find_newline(struct imp_rows *rows)
{
    const char *text = smp_buf_text(&rows->text);

    rows->newline = memchr(text, '\r', rows->text.len) &&
                            !memchr(text, '\n', rows->text.len)
                        ? '\r'
                        : '\n';
}

/* tables */

struct header {
    struct imp_columns columns;
    size_t taken; /* columns; 0: there is none so far */
    char separator;
    size_t end, count;
    unsigned long line, next_line;
};

/* "sep=;" in the first line says what separates cells. */
static char
declared_separator(struct imp_rows *rows)
{
    const char *text = smp_buf_text(&rows->text);
    size_t n = strcspn(text, "\r\n");

    if (n < 5 || n > 6 || strncasecmp(text, "sep=", 4) != 0)
        return 0;
    return text[4];
}

static void
start_again(struct imp_rows *rows, char separator)
{
    rows->separator = separator;
    rows->end = 0;
    rows->next_line = 1;
}

/* Looks for the header in the first rows, with one separator. */
static bool
try_separator(struct smp_import *import, struct imp_rows *rows, char separator,
              struct header *best, struct smp_buf *why, struct smp_err *err)
{
    int tries, got;

    start_again(rows, separator);
    for (tries = 0; tries < HEADER_ROWS && rows->end < LOOKED_AT; tries++) {
        struct imp_columns columns;
        struct smp_buf missing = {0};
        bool found;

        got = smp_imp_rows_next(rows, err);
        if (got <= 0)
            return got == 0;
        if (rows->wrong || rows->count < 2)
            continue;
        found = smp_imp_find_columns(import->formats, rows->cells, rows->count,
                                     &columns, &missing);
        if (found && smp_imp_columns_taken(&columns) > best->taken)
            *best =
                (struct header){columns,        smp_imp_columns_taken(&columns),
                                separator,      rows->end,
                                rows->count,    rows->line,
                                rows->next_line};
        if (!found && !why->len && smp_imp_columns_taken(&columns))
            smp_buf_puts(why, smp_buf_text(&missing));
        smp_buf_release(&missing);
        if (found)
            break;
    }
    return true;
}

static bool
find_header(struct smp_import *import, struct imp_rows *rows,
            struct header *best, struct smp_err *err)
{
    static const char separators[] = ",;\t|";
    char declared = declared_separator(rows);
    struct smp_buf why = {0};
    size_t i;
    bool ok = true;

    if (declared)
        ok = try_separator(import, rows, declared, best, &why, err);
    for (i = 0; ok && !declared && separators[i]; i++)
        ok = try_separator(import, rows, separators[i], best, &why, err);
    if (ok && !best->taken) {
        smp_imp_say(import, SMP_SAID_REFUSED, 0,
                    "no header is understood: %s; --format FILE can say which "
                    "column is what",
                    why.len ? smp_buf_text(&why)
                            : "no column has a name that is known");
        ok = false;
    }
    smp_buf_release(&why);
    return ok;
}

/*
 * A column that only looks like a status ("State" can be of an address) is one
 * if the first rows have nothing but statuses there.
 */
static bool
find_status(struct smp_import *import, struct imp_rows *rows,
            struct header *header, struct smp_err *err)
{
    const size_t column = header->columns.unread_status;
    unsigned long known = 0;
    int got = 1;

    if (!column || header->columns.format)
        return true;
    start_again(rows, header->separator);
    do
        got = smp_imp_rows_next(rows, err);
    while (got > 0 && rows->line != header->line);
    while (got > 0 && rows->end < LOOKED_AT &&
           (got = smp_imp_rows_next(rows, err)) > 0) {
        if (rows->wrong || rows->count < column || !rows->cells[column - 1].n)
            continue;
        if (!smp_imp_is_status(import->formats, rows->cells[column - 1]))
            return true;
        known++;
    }
    if (known && got >= 0) {
        header->columns.at[IMP_STATUS][0] = column - 1;
        header->columns.count[IMP_STATUS] = 1;
        header->columns.guessed[IMP_STATUS] = true;
        header->columns.unread_status = 0;
    }
    return got >= 0;
}

static bool
is_row(void *context, const struct imp_cell *cells, size_t count)
{
    return smp_imp_has_time(context, cells, count);
}

struct table {
    struct smp_import *import;
    struct imp_rows *rows;
    struct smp_buf header; /* its octets, until a row was rejected */
    size_t shortest;       /* the last cell of rows that ended */
    bool stopped;
};

static void
keep(struct table *table, const char *bytes, size_t n)
{
    struct smp_import *import = table->import;

    if (!import->keep || table->stopped)
        return;
    if (table->header.len)
        table->stopped = !import->keep(import->context, table->header.data,
                                       table->header.len);
    smp_buf_cut(&table->header, 0);
    if (!table->stopped)
        table->stopped = !import->keep(import->context, bytes, n);
    if (!table->stopped && n && bytes[n - 1] != table->rows->newline)
        table->stopped =
            !import->keep(import->context, &table->rows->newline, 1);
}

/*
 * The last row of a file that was cut off can look whole: a year of two
 * digits, half of a number. So its last cell must not be shorter than those
 * above it; in any case some rows may be missing.
 */
static bool
is_cut(const struct table *table)
{
    const struct imp_rows *rows = table->rows;
    size_t last = rows->count ? rows->cells[rows->count - 1].n : 0;

    return rows->unterminated && rows->last_is_open && table->shortest &&
           table->shortest != SIZE_MAX && last < table->shortest;
}

static void
take_row(struct table *table)
{
    struct smp_import *import = table->import;
    struct imp_rows *rows = table->rows;
    const char *bytes = rows->text.data + rows->begin;
    size_t n = rows->end - rows->begin;
    size_t last = rows->count ? rows->cells[rows->count - 1].n : 0;
    const char *wrong = rows->wrong;

    if (!wrong && is_cut(table))
        wrong = "the input is cut off here, it seems";
    if (wrong) {
        import->rows++;
        import->rejected++;
        import->gathered->unread = true;
        smp_imp_say(import, SMP_SAID_REJECTED, rows->line, "%s", wrong);
    }
    if (wrong ||
        !smp_imp_take_row(import, rows->cells, rows->count, rows->line))
        keep(table, bytes, n);
    if (rows->unterminated)
        import->gathered->unread = true;
    else if (!wrong && last < table->shortest &&
             rows->count == import->gathered->column_count)
        table->shortest = last;
}

static bool
read_table(struct smp_import *import, struct imp_rows *rows,
           struct smp_err *err)
{
    struct table table = {.import = import, .rows = rows, .shortest = SIZE_MAX};
    struct header header = {.taken = 0};
    int got = 1;

    find_newline(rows);
    if (!find_header(import, rows, &header, err))
        return false;
    if (!header.columns.count[IMP_STATUS] &&
        !find_status(import, rows, &header, err))
        return false;
    start_again(rows, header.separator);
    rows->again = 0;
    do
        got = smp_imp_rows_next(rows, err);
    while (got > 0 && rows->line != header.line);
    if (got <= 0)
        return false;
    smp_imp_begin_table(import, &header.columns, rows->cells, rows->count);
    import->gathered->loose_quotes = rows->separator == '\t';
    if (import->refused)
        return false;
    smp_buf_add(&table.header, rows->text.data + rows->begin,
                rows->end - rows->begin);
    rows->expected = rows->count;
    rows->is_row = is_row;
    rows->context = import;
    while (!table.stopped && (got = smp_imp_rows_next(rows, err)) > 0)
        take_row(&table);
    smp_imp_end_table(import);
    smp_buf_release(&table.header);
    return got == 0;
}

bool
smp_import_read(struct smp_import *import, int fd, struct smp_err *err)
{
    struct imp_rows rows = {.fd = fd, .next_line = 1, .newline = '\n'};
    off_t start = lseek(fd, 0, SEEK_CUR);
    size_t at = 0;
    bool ok = smp_imp_rows_peek(&rows, LOOKED_AT, err);

    if (!import->gathered)
        import->gathered = smp_calloc(1, sizeof *import->gathered);
    while (ok && at < rows.text.len && strchr(" \t\r\n", rows.text.data[at]))
        at++;
    if (!ok)
        ;
    else if (at == rows.text.len) {
        ok = smp_fail(err, "empty: not even a header");
    } else if (begins(&rows, at, "BEGIN:VCALENDAR") &&
               smp_imp_are_replies(&rows)) {
        ok = smp_imp_read_replies(import, &rows, err);
    } else if (begins(&rows, at, "BEGIN:VCALENDAR")) {
        ok = start >= 0 && lseek(fd, start, SEEK_SET) == start
                 ? smp_imp_read_calendar(import, fd, err)
                 : smp_fail_errno(err, "cannot read again");
    } else if (rows.text.data[at] == '<') {
        ok = smp_fail(err, "a web page, not an export: is a login needed?");
    } else if (begins(&rows, at, "PK\003\004")) {
        ok = smp_fail(err, "a workbook or an archive: export it as CSV");
    } else if (strchr("{[", rows.text.data[at])) {
        ok = smp_imp_read_json(import, &rows, err);
    } else {
        ok = read_table(import, &rows, err);
        ok = ok || import->refused;
    }
    if (ok && rows.encoding == IMP_WINDOWS)
        smp_imp_say(import, SMP_SAID_DETAIL, 0,
                    "not UTF-8: read as Windows-1252");
    smp_imp_rows_release(&rows);
    return ok && !err->failed;
}
