#include "text/timeline.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "protocol/words.h"

enum { DAYS = 31, GAP = 2, MOST_MONTHS = 36 };

/* What a day shows, the stronger ones last. */
enum mark { OTHER, CLOSED, POSSIBLE, FULL, AWAY, OPTIONAL, PROPOSED, BOOKED };

/* Session days show their number. Colours are those of ECMA-48, 8.3.117. */
static const struct look {
    const char *ascii, *drawn, *color, *label;
} looks[] = {
    [OTHER] = {".", "\u00b7", "2", NULL},
    [CLOSED] = {" ", " ", NULL, "timeline.closed"},
    [POSSIBLE] = {"-", "\u2500", "36", "timeline.possible"},
    [FULL] = {"#", "\u2592", "31", "timeline.full"},
    [AWAY] = {"x", "\u00d7", "31", "timeline.away"},
    [OPTIONAL] = {NULL, NULL, "33", NULL},
    [PROPOSED] = {NULL, NULL, "1;33", NULL},
    [BOOKED] = {NULL, NULL, "1;32", NULL},
};

struct cell {
    enum mark mark;
    int number; /* of the session */
};

struct month {
    int year, month;
    bool shown;
    size_t name, name_end; /* in timeline->names */
    struct cell days[DAYS];
};

struct timeline {
    struct smp_buf *out;
    bool ascii, color;
    struct month *months;
    size_t count;
    struct smp_buf names;
    bool used[BOOKED + 1];
};

static bool
is_drawn(const struct smp_session *session)
{
    return session->status != SMP_CANCELLED && session->start.kind != SMP_NEVER;
}

static bool
has_window(const struct smp_session *session)
{
    return session->has_window &&
           (session->status == SMP_PROPOSED || session->status == SMP_OPTIONAL);
}

/* The cell of a day, NULL outside the timeline; *month becomes its month. */
static struct cell *
cell_of(const struct timeline *timeline, int32_t day, struct month **month)
{
    struct smp_civil date = smp_civil_of(day);
    struct month *first = timeline->months;
    int index = (date.year - first->year) * 12 + date.month - first->month;

    if (index < 0 || (size_t)index >= timeline->count)
        return NULL;
    *month = first + index;
    return &(*month)->days[date.day - 1];
}

static void
mark_day(struct timeline *timeline, int32_t day, enum mark mark, int number)
{
    struct month *month;
    struct cell *cell = cell_of(timeline, day, &month);

    if (!cell)
        return;
    month->shown = true;
    if (mark > cell->mark)
        *cell = (struct cell){mark, number};
}

static void
mark_session(struct timeline *timeline, const struct smp_session *session)
{
    static const enum mark marks[] = {[SMP_BOOKED] = BOOKED,
                                      [SMP_DONE] = BOOKED,
                                      [SMP_PROPOSED] = PROPOSED,
                                      [SMP_OPTIONAL] = OPTIONAL};
    int32_t day;

    if (!is_drawn(session))
        return;
    mark_day(timeline, smp_session_day(session), marks[session->status],
             session->number);
    for (day = session->first; has_window(session) && day <= session->last;
         day++)
        mark_day(timeline, day, POSSIBLE, 0);
}

static void
mark_closures(struct timeline *timeline, const struct smp_plan *plan)
{
    static const enum mark marks[] = {[SMP_CLOSURE_HOURS] = CLOSED,
                                      [SMP_CLOSURE_FULL] = FULL,
                                      [SMP_CLOSURE_AWAY] = AWAY};
    size_t i;

    for (i = 0; i < plan->closure_count; i++) {
        const struct smp_closure *closure = &plan->closures[i];
        struct month *month;
        struct cell *cell = cell_of(timeline, closure->day, &month);

        if (cell && cell->mark <= POSSIBLE)
            cell->mark = marks[closure->kind];
    }
}

/* The first and last day that sessions or their windows touch. */
static bool
find_days(const struct smp_plan *plan, int32_t *first, int32_t *last)
{
    size_t i, drawn = 0;

    for (i = 0; i < plan->session_count; i++) {
        const struct smp_session *session = &plan->sessions[i];
        int32_t day = smp_session_day(session);
        bool window = has_window(session);
        int32_t from = window && session->first < day ? session->first : day;
        int32_t to = window && session->last > day ? session->last : day;

        if (!is_drawn(session))
            continue;
        *first = drawn && *first < from ? *first : from;
        *last = drawn && *last > to ? *last : to;
        drawn++;
    }
    return drawn > 1;
}

static void
make_months(struct timeline *timeline, int32_t first, int32_t last)
{
    struct smp_civil from = smp_civil_of(first), to = smp_civil_of(last);
    size_t i;

    timeline->count =
        (size_t)((to.year - from.year) * 12 + to.month - from.month + 1);
    timeline->months = smp_calloc(timeline->count, sizeof *timeline->months);
    for (i = 0; i < timeline->count; i++) {
        int month = from.month - 1 + (int)i;

        timeline->months[i].year = from.year + month / 12;
        timeline->months[i].month = month % 12 + 1;
    }
}

static void
put_cell(struct timeline *timeline, const struct cell *cell, enum mark before)
{
    const struct look *look = &looks[cell->mark];

    if (timeline->color && cell->mark != before)
        smp_buf_printf(timeline->out, "\033[%sm",
                       look->color ? look->color : "0");
    if (cell->mark >= OPTIONAL)
        smp_buf_putc(timeline->out, (char)('0' + cell->number % 10));
    else
        smp_buf_puts(timeline->out,
                     timeline->ascii ? look->ascii : look->drawn);
    timeline->used[cell->mark] = true;
}

/* The number of days to draw: what is blank at the end is left out. */
static int
days_of(const struct month *month)
{
    int days = smp_month_length(month->year, month->month);

    while (days && month->days[days - 1].mark == CLOSED)
        days--;
    return days;
}

static void
put_month(struct timeline *timeline, const struct month *month, size_t width)
{
    const char *name = smp_buf_text(&timeline->names) + month->name;
    size_t n = month->name_end - month->name;
    enum mark before = BOOKED + 1;
    int days = days_of(month), i;

    smp_buf_add(timeline->out, name, n);
    smp_buf_spaces(timeline->out, width - smp_utf8_columns(name, n));
    for (i = 0; i < days; i++) {
        put_cell(timeline, &month->days[i], before);
        before = month->days[i].mark;
    }
    if (timeline->color)
        smp_buf_puts(timeline->out, "\033[0m");
    smp_buf_putc(timeline->out, '\n');
}

/* The days of the month over their columns. */
static void
put_header(struct smp_buf *out, size_t width)
{
    size_t start = out->len;
    int day;

    for (day = 1; day < DAYS; day = day == 1 ? 5 : day + 5) {
        smp_buf_spaces(out, width + (size_t)day - 1 - (out->len - start));
        smp_buf_digits(out, day);
    }
    smp_buf_putc(out, '\n');
}

static void
put_legend(const struct timeline *timeline, const struct smp_protocol *protocol,
           size_t width)
{
    static const enum mark order[] = {POSSIBLE, AWAY, FULL, CLOSED};
    bool any = false;
    size_t i;

    for (i = 0; i < sizeof order / sizeof order[0]; i++) {
        const struct look *look = &looks[order[i]];

        if (!timeline->used[order[i]])
            continue;
        smp_buf_spaces(timeline->out, any ? 3 : width);
        smp_words(
            timeline->out, protocol, look->label,
            SMP_VALUES({"mark", timeline->ascii ? look->ascii : look->drawn}));
        any = true;
    }
    if (any)
        smp_buf_putc(timeline->out, '\n');
}

/* Names the months; returns the columns that names and a gap take. */
static size_t
name_months(struct timeline *timeline, const struct smp_protocol *protocol)
{
    struct smp_buf *names = &timeline->names;
    size_t i, width = 0;

    for (i = 0; i < timeline->count; i++) {
        struct month *month = &timeline->months[i];
        size_t columns;

        month->name = names->len;
        smp_words_date(names, protocol, "date.month",
                       smp_day_of(month->year, month->month, 1));
        month->name_end = names->len;
        columns = smp_utf8_columns(smp_buf_text(names) + month->name,
                                   month->name_end - month->name);
        width = columns > width ? columns : width;
    }
    return width + GAP;
}

void
smp_write_timeline(struct smp_writer *writer, const struct smp_plan *plan,
                   const struct smp_protocol *protocol)
{
    struct timeline timeline = {
        .out = &writer->out, .ascii = writer->ascii, .color = writer->color};
    int32_t first = 0, last = 0;
    size_t i, width;

    if (!find_days(plan, &first, &last))
        return;
    make_months(&timeline, first, last);
    for (i = 0; i < plan->session_count; i++)
        mark_session(&timeline, &plan->sessions[i]);
    mark_closures(&timeline, plan);
    width = name_months(&timeline, protocol);
    smp_buf_putc(&writer->out, '\n');
    put_header(&writer->out, width);
    for (i = 0; i < timeline.count; i++)
        if (timeline.months[i].shown || timeline.count <= MOST_MONTHS)
            put_month(&timeline, &timeline.months[i], width);
    put_legend(&timeline, protocol, width);
    smp_buf_release(&timeline.names);
    free(timeline.months);
}
