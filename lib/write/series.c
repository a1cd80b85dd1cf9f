#include "write/write.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "base/wrap.h"
#include "protocol/words.h"
#include "series/series.h"
#include "write/text.h"
#include "write/timeline.h"

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

/* "possible 31 Dec - 15 Jan", the days of the month lined up. */
static void
possible(struct smp_buf *out, const struct smp_session *session,
         const struct smp_protocol *protocol)
{
    struct smp_buf first = {0}, last = {0};

    if (!session->has_window ||
        (session->status != SMP_PROPOSED && session->status != SMP_OPTIONAL))
        return;
    smp_words_date(&first, protocol, "date.brief", session->first);
    smp_words_date(&last, protocol, "date.brief", session->last);
    smp_words(out, protocol, "schedule.possible",
              SMP_VALUES({"first", smp_buf_text(&first)},
                         {"last", smp_buf_text(&last)}));
    smp_buf_release(&first);
    smp_buf_release(&last);
}

static void
fill_row(struct row *row, const struct smp_plan *plan,
         const struct smp_session *session, const struct smp_protocol *protocol)
{
    const char *status =
        smp_label_of(protocol, "status.", smp_status_names[session->status]);

    smp_buf_printf(&row->cells[0], "%d", session->number);
    smp_words_date(&row->cells[1], protocol, "date.row",
                   smp_session_day(session));
    times(&row->cells[2], plan, session, protocol);
    smp_buf_puts(&row->cells[3], status ? status : "");
    possible(&row->cells[4], session, protocol);
}

static size_t
width_of(const struct row *rows, size_t count, int column)
{
    size_t i, width = 0;

    for (i = 0; i < count; i++) {
        const struct smp_buf *cell = &rows[i].cells[column];
        size_t columns = smp_utf8_columns(smp_buf_text(cell), cell->len);

        width = columns > width ? columns : width;
    }
    return width;
}

static void
put_rows(struct smp_buf *out, const struct row *rows, size_t count)
{
    size_t i;
    int column;

    for (i = 0; i < count; i++) {
        size_t pending = 0;

        for (column = 0; column < COLUMNS; column++) {
            const struct smp_buf *cell = &rows[i].cells[column];
            size_t width = width_of(rows, count, column);
            size_t used = smp_utf8_columns(smp_buf_text(cell), cell->len);

            if (cell->len) {
                smp_buf_spaces(out, pending);
                pending = 0;
                smp_buf_puts(out, smp_buf_text(cell));
            }
            pending += width - used + (width ? 2 : 0);
            if (!cell->len)
                pending += used;
        }
        smp_buf_putc(out, '\n');
    }
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
afterwards(struct smp_buf *out, const struct smp_protocol *protocol)
{
    struct smp_buf text = {0}, maintenance = {0};

    if (!protocol->course.maintenance)
        return;
    smp_words_fill(&maintenance, protocol, NULL, protocol->course.maintenance);
    smp_words(&text, protocol, "schedule.afterwards",
              SMP_VALUES({"text", smp_buf_text(&maintenance)}));
    smp_buf_release(&maintenance);
    smp_wrap(out, "", 0, SMP_TEXT_WIDTH, smp_buf_text(&text));
    smp_buf_release(&text);
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
    afterwards(&writer->out, protocol);
    smp_write_timeline(writer, plan, protocol);
    release_rows(rows, plan->session_count);
}

const struct smp_renderer smp_write_series = {nothing, put, nothing};
