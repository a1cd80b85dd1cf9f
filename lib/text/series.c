#include "write/write.h"

#include <stdio.h>

#include "base/utf8.h"
#include "protocol/words.h"
#include "series/series.h"
#include "text/text.h"
#include "text/timeline.h"

enum { COLUMNS = 5 };

/* The cells of one row; the widths of all rows line them up. */
struct row {
    struct smp_buf cells[COLUMNS];
};

static void
times(struct smp_buf *out, const struct smp_plan *plan,
      const struct smp_session *session, const struct smp_protocol *protocol)
{
    if (session->start.kind == SMP_DAY)
        return;
    smp_words_time(out, session->start.seconds);
    smp_buf_putc(out, '-');
    smp_words_time(out, smp_session_end(plan, session, protocol));
}

struct window {
    const struct smp_protocol *protocol;
    const struct smp_session *session;
};

static void
put_first(struct smp_buf *out, const void *context)
{
    const struct window *window = context;

    smp_words_date(out, window->protocol, "date.brief", window->session->first);
}

static void
put_last(struct smp_buf *out, const void *context)
{
    const struct window *window = context;

    smp_words_date(out, window->protocol, "date.brief", window->session->last);
}

/* "possible 31 Dec - 15 Jan", the days of the month lined up. */
static void
possible(struct smp_buf *out, const struct smp_session *session,
         const struct smp_protocol *protocol)
{
    static const struct smp_made values[] = {
        {"first", put_first}, {"last", put_last}, {NULL, NULL}};
    struct window window = {protocol, session};

    if (session->has_window &&
        (session->status == SMP_PROPOSED || session->status == SMP_OPTIONAL))
        smp_words_made(out, protocol, "schedule.possible", values, &window);
}

static void
fill_row(struct row *row, const struct smp_plan *plan,
         const struct smp_session *session, const struct smp_protocol *protocol)
{
    const char *status =
        smp_label_of(protocol, "status.", smp_status_names[session->status]);

    smp_buf_digits(&row->cells[0], session->number);
    smp_words_date(&row->cells[1], protocol, "date.row",
                   smp_session_day(session));
    times(&row->cells[2], plan, session, protocol);
    smp_buf_puts(&row->cells[3], status ? status : "");
    possible(&row->cells[4], session, protocol);
}

static size_t
columns_of(const struct smp_buf *cell)
{
    return smp_utf8_columns(smp_buf_text(cell), cell->len);
}

/* Of each column of the table. */
static void
find_widths(size_t *widths, const struct row *rows, size_t count)
{
    size_t i;
    int column;

    for (column = 0; column < COLUMNS; column++) {
        widths[column] = 0;
        for (i = 0; i < count; i++) {
            size_t columns = columns_of(&rows[i].cells[column]);

            widths[column] =
                columns > widths[column] ? columns : widths[column];
        }
    }
}

/* Behind the last cell of a row there are no spaces. */
static void
put_row(struct smp_buf *out, const struct row *row, const size_t *widths)
{
    size_t pending = 0;
    int column;

    for (column = 0; column < COLUMNS; column++) {
        const struct smp_buf *cell = &row->cells[column];

        if (cell->len) {
            smp_buf_spaces(out, pending);
            pending = 0;
            smp_buf_add(out, cell->data, cell->len);
        }
        pending += widths[column] - (cell->len ? columns_of(cell) : 0) +
                   (widths[column] ? 2 : 0);
    }
    smp_buf_putc(out, '\n');
}

static void
put_rows(struct smp_buf *out, const struct row *rows, size_t count)
{
    size_t widths[COLUMNS], i;

    find_widths(widths, rows, count);
    for (i = 0; i < count; i++)
        put_row(out, &rows[i], widths);
}

static void
release_rows(struct row *rows, size_t count)
{
    size_t i;
    int column;

    for (i = 0; i < count; i++)
        for (column = 0; column < COLUMNS; column++)
            smp_buf_release(&rows[i].cells[column]);
}

static void
nothing(struct smp_writer *writer)
{
    (void)writer;
}

static void
afterwards(struct smp_writer *writer, const struct smp_protocol *protocol)
{
    const char *text = protocol->course.maintenance;
    struct smp_buf *lines, filled = {0}, whole = {0};

    if (!text)
        return;
    lines = smp_text_remembered(&writer->memo, protocol, "afterwards", text);
    if (!lines->len) {
        smp_words_fill(&filled, protocol, NULL, text);
        smp_words(&whole, protocol, "schedule.afterwards",
                  SMP_VALUES({"text", smp_buf_text(&filled)}));
        smp_wrap(lines, "", 0, SMP_TEXT_WIDTH, smp_buf_text(&whole));
        smp_buf_release(&filled);
        smp_buf_release(&whole);
    }
    smp_buf_add(&writer->out, lines->data, lines->len);
}

/* The session that a choice is of: the first one that may move. */
static const struct smp_session *
next_session(const struct smp_plan *plan)
{
    size_t i;

    for (i = 0; i < plan->session_count; i++)
        if (smp_series_is(plan, &plan->sessions[i], SMP_SERIES_PROPOSED))
            return &plan->sessions[i];
    return NULL;
}

static void
choices(struct smp_buf *out, const struct smp_plan *plan,
        const struct smp_protocol *protocol)
{
    const struct smp_session *next = next_session(plan);
    char n[16];
    size_t i;

    if (!plan->choice_count || !next)
        return;
    snprintf(n, sizeof n, "%d", next->number);
    smp_words(out, protocol, "schedule.choices", SMP_VALUES({"n", n}));
    smp_buf_putc(out, '\n');
    for (i = 0; i < plan->choice_count; i++) {
        struct smp_session choice = *next;

        choice.start = plan->choices[i];
        smp_buf_spaces(out, 3);
        smp_words_date(out, protocol, "date.row", smp_session_day(&choice));
        smp_buf_spaces(out, 2);
        times(out, plan, &choice, protocol);
        smp_buf_putc(out, '\n');
    }
}

static void
put(struct smp_writer *writer, struct smp_plan *plan,
    const struct smp_protocol *protocol)
{
    struct row *rows =
        smp_arena_alloc(&plan->arena, (plan->session_count + 1) * sizeof *rows);
    size_t i;

    if (writer->plans++)
        smp_buf_putc(&writer->out, '\n');
    smp_text_client(&writer->out, plan);
    for (i = 0; i < plan->session_count; i++)
        fill_row(&rows[i], plan, &plan->sessions[i], protocol);
    put_rows(&writer->out, rows, plan->session_count);
    choices(&writer->out, plan, protocol);
    afterwards(writer, protocol);
    smp_write_timeline(writer, plan, protocol);
    release_rows(rows, plan->session_count);
}

const struct smp_renderer smp_write_series = {nothing, put, nothing};
