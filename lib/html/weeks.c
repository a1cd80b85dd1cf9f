#include "html/internal.h"

#include <stdarg.h>
#include <string.h>

#include "base/base.h"
#include "base/fill.h"
#include "plan/plan.h"
#include "protocol/protocol.h"
#include "time/civil.h"
#include "time/window.h"
#include "time/zone.h"
#include "base/utf8.h"
#include "protocol/words.h"
#include "sheet/sheet.h"

/*
 * The picture: a row a week, a column a day, words beside the week in which
 * something begins. Units are CSS pixels.
 *
 *       M  T  W  T  F  S  S
 *  Dec  30 (1)[2  3  4  5  6   Session 1
 *        7]/8  9 10 11/12 13   only if completely healed
 *
 * What is booked is filled, what is possible is outlined. Healing is a band;
 * its uncertain days are hatched at full height with a hard edge. If there are
 * many weeks, those without anything are left out, and a line says where.
 */
enum {
    LEFT = 42, /* of the days; the month stands before them */
    CELL = 27,
    ROW = 30,
    RIGHT = LEFT + 7 * CELL,
    LABELS = RIGHT + 10,
    WIDTH = 390,
    TOP = 26,
    SHUT = 52, /* more for the word over a closed day */
    INSET = 3, /* of the band of healing */
    BASELINE = 5,
    LEADING = 14,
    LABEL_COLUMNS = 20, /* of a line of a label */
    LABEL_LINES = 2,    /* of a week */
    ALL_WEEKS = 14,     /* if there are no more, all are drawn */
    WEEKS_MAX = 300,
    ROWS_MAX = 26, /* as many as a printed page has room for */
    ROWS_BRIEF = 8 /* or it and the care before a session */
};

struct label {
    const char *text;
    size_t n;
    bool strong;
};

struct drawing {
    struct smp_buf *out;
    const struct smp_sheet *sheet;
    const char *id;
    int32_t origin; /* the first day of the first week */
    int weeks, rows, rows_max, top;
    int row_of[WEEKS_MAX]; /* -1: it is not drawn */
    int week_of[ROWS_MAX];
    struct label labels[ROWS_MAX][LABEL_LINES];
    int lines[ROWS_MAX];
    int month; /* that was named last */
};

/* Appends the pattern, each "%" of which stands for the next number. */
static void
put(struct smp_buf *out, const char *pattern, ...)
{
    va_list numbers;

    va_start(numbers, pattern);
    while (*pattern) {
        size_t n = strcspn(pattern, "%");

        smp_buf_add(out, pattern, n);
        pattern += n;
        if (*pattern == '%') {
            smp_buf_digits(out, va_arg(numbers, int));
            pattern++;
        }
    }
    va_end(numbers);
}

static int
row_on(const struct drawing *d, int32_t day)
{
    int32_t week = (day - d->origin) / 7;

    return day >= d->origin && week < d->weeks ? d->row_of[week] : -1;
}

static int
x_on(const struct drawing *d, int32_t day)
{
    return LEFT + CELL * (int)((day - d->origin) % 7);
}

static int
y_of(const struct drawing *d, int row)
{
    return d->top + ROW * row;
}

/* The part of a run that is in one drawn week. */
struct piece {
    int x, y, width;
    bool begins, ends; /* the run does */
};

static bool
find_piece(const struct drawing *d, const struct smp_run *run, int row,
           struct piece *piece)
{
    int32_t first = d->origin + 7 * d->week_of[row], last = first + 6;

    if (run->last < first || run->first > last)
        return false;
    piece->begins = run->first >= first;
    piece->ends = run->last <= last;
    first = piece->begins ? run->first : first;
    last = piece->ends ? run->last : last;
    piece->x = x_on(d, first);
    piece->y = y_of(d, row);
    piece->width = CELL * (last - first + 1);
    return true;
}

static bool
is_fixed(const struct smp_session *session)
{
    return session->status == SMP_BOOKED || session->status == SMP_DONE;
}

static void
put_rect(struct smp_buf *out, const char *class, int x, int y, int width,
         int height)
{
    smp_buf_puts(out, "<rect class=\"");
    smp_buf_puts(out, class);
    put(out, "\" x=\"%\" y=\"%\" width=\"%\" height=\"%\"/>\n", x, y, width,
        height);
}

/* It goes on where it is open. */
static void
put_outline(struct smp_buf *out, const struct piece *p)
{
    int left = p->x + (p->begins ? 2 : 0), top = p->y + 3;
    int right = p->x + p->width - (p->ends ? 2 : 0), foot = p->y + ROW - 3;

    if (p->begins)
        put(out, "<path class=\"win\" d=\"M% %H%V%H%", right, top, left, foot,
            right);
    else
        put(out, "<path class=\"win\" d=\"M% %H%M% %H%", left, top, right, left,
            foot, right);
    if (p->ends)
        put(out, "M% %V%", right, top, foot);
    smp_buf_puts(out, "\"/>\n");
}

static void
put_unsure(const struct drawing *d, const struct piece *p)
{
    int top = p->y + INSET, height = ROW - 2 * INSET;

    put_rect(d->out, "unsure", p->x, top, p->width, height);
    smp_buf_puts(d->out, "<rect fill=\"url(#");
    smp_buf_puts(d->out, d->id);
    put(d->out, "-hatch)\" x=\"%\" y=\"%\" width=\"%\" height=\"%\"/>\n", p->x,
        top, p->width, height);
    put(d->out, "<path class=\"edge\" d=\"M% %H%M% %H%", p->x, top,
        p->x + p->width, p->x, top + height, p->x + p->width);
    if (p->begins)
        put(d->out, "M% %V%", p->x, top, top + height);
    if (p->ends)
        put(d->out, "M% %V%", p->x + p->width, top, top + height);
    smp_buf_puts(d->out, "\"/>\n");
}

static void
put_session(struct smp_buf *out, const struct piece *p,
            const struct smp_session *session)
{
    smp_buf_puts(out, "<circle class=\"");
    smp_buf_puts(out, smp_status_names[session->status]);
    put(out, "\" cx=\"%.5\" cy=\"%\" r=\"%\"/>\n", p->x + CELL / 2,
        p->y + ROW / 2, is_fixed(session) ? 13 : 12);
}

static void
put_piece(const struct drawing *d, const struct smp_run *run,
          const struct piece *p)
{
    int half = run->kind == SMP_RUN_HEALING && p->begins ? CELL / 2 : 0;

    switch (run->kind) {
    case SMP_RUN_CLOSED:
        put_rect(d->out, "away", p->x, p->y + 1, p->width, ROW - 2);
        break;
    case SMP_RUN_PRECARE:
        put_rect(d->out, "pre", p->x + 2, p->y + ROW - 4, p->width - 2, 3);
        break;
    case SMP_RUN_HEALING:
        put_rect(d->out, "heal", p->x + half, p->y + INSET, p->width - half,
                 ROW - 2 * INSET);
        break;
    case SMP_RUN_UNSURE:
        put_unsure(d, p);
        break;
    case SMP_RUN_POSSIBLE:
        put_outline(d->out, p);
        break;
    case SMP_RUN_SESSION:
        put_session(d->out, p, run->session);
        break;
    }
}

/* Kinds over kinds: sessions on top. */
static void
put_runs(const struct drawing *d)
{
    const struct smp_run *run;
    struct piece piece;
    int kind, row;

    for (kind = 0; kind <= SMP_RUN_SESSION; kind++)
        for (run = d->sheet->weeks.runs; run; run = run->next)
            for (row = 0; (int)run->kind == kind && row < d->rows; row++)
                if (find_piece(d, run, row, &piece))
                    put_piece(d, run, &piece);
}

/* Between two months a line that climbs where the new one begins. */
static void
put_month_line(const struct drawing *d, int32_t day, int row)
{
    int x = x_on(d, day), y = y_of(d, row);

    put(d->out, "<path class=\"step\" d=\"M% %", LEFT, x > LEFT ? y + ROW : y);
    if (x > LEFT)
        put(d->out, "H%V%", x, y);
    put(d->out, "H%\"/>\n", RIGHT);
}

static void
put_columns(const struct drawing *d)
{
    const struct smp_protocol *protocol = d->sheet->protocol;
    struct smp_buf letter = {0};
    int32_t day;

    for (day = d->origin; day < d->origin + 7; day++) {
        int x = x_on(d, day) + CELL / 2;

        smp_buf_cut(&letter, 0);
        smp_words_date(&letter, protocol, "date.letter", day);
        put(d->out, "<text class=\"wd\" x=\"%.5\" y=\"%\">", x, d->top - 9);
        smp_html_escape(d->out, smp_buf_text(&letter));
        smp_buf_puts(d->out, "</text>\n");
        if (!(d->sheet->weeks.closed & 1u << smp_weekday_of(day)))
            continue;
        put(d->out,
            "<text class=\"shut\" transform=\"translate(% %) rotate(-90)\">",
            x + BASELINE, d->top - 26);
        smp_html_escape(d->out, smp_label(protocol, "weeks.closed"));
        smp_buf_puts(d->out, "</text>\n");
    }
    smp_buf_release(&letter);
}

/* How the number of a day is set: by its session, or as closed. */
static const char *
class_on(const struct drawing *d, int32_t day)
{
    bool closed = d->sheet->weeks.closed & 1u << smp_weekday_of(day);
    const char *class = NULL;
    const struct smp_run *run;

    for (run = d->sheet->weeks.runs; run && run->first <= day; run = run->next)
        if (run->last >= day && run->kind == SMP_RUN_CLOSED)
            closed = true;
        else if (run->last >= day && run->kind == SMP_RUN_SESSION)
            class = is_fixed(run->session) ? "on" : "in";
    return class ? class : closed ? "off" : NULL;
}

static void
put_month(const struct drawing *d, int32_t day, int y)
{
    struct smp_buf month = {0};

    smp_words_date(&month, d->sheet->protocol, "date.month.short", day);
    put(d->out, "<text class=\"mo\" y=\"%\">", y);
    smp_html_escape(d->out, smp_buf_text(&month));
    smp_buf_puts(d->out, "</text>\n");
    smp_buf_release(&month);
}

static void
put_week(struct drawing *d, int row)
{
    int32_t first = d->origin + 7 * d->week_of[row], day;
    int y = y_of(d, row) + ROW / 2 + BASELINE, number;
    struct smp_civil civil = smp_civil_of(first),
                     last = smp_civil_of(first + 6);

    if (last.month != d->month) /* at least that of its last day */
        put_month(d, first + 6, y);
    d->month = last.month;
    if (row && d->week_of[row] > d->week_of[row - 1] + 1)
        put(d->out, "<path class=\"cut\" d=\"M% %H%\"/>\n", LEFT, y_of(d, row),
            RIGHT);
    for (day = first, number = civil.day; day <= first + 6; day++, number++) {
        const char *class = class_on(d, day);

        if (number > smp_month_length(civil.year, civil.month))
            number = 1;
        if (number == 1)
            put_month_line(d, day, row);
        smp_buf_puts(d->out, "<text");
        if (class) {
            smp_buf_puts(d->out, " class=\"");
            smp_buf_puts(d->out, class);
            smp_buf_putc(d->out, '"');
        }
        put(d->out, " x=\"%.5\" y=\"%\">%</text>\n", x_on(d, day) + CELL / 2, y,
            number);
    }
}

/* Cuts a label into lines at blanks; those that do not fit are one too long. */
static int
cut_label(const char *text, struct label *lines)
{
    int count = 0;

    while (*text && count < LABEL_LINES) {
        size_t n = strlen(text), end;

        if (count < LABEL_LINES - 1)
            while (smp_utf8_columns(text, n) > LABEL_COLUMNS) {
                for (end = n; end && text[end - 1] != ' '; end--)
                    ;
                if (!end)
                    break;
                n = end - 1;
            }
        lines[count++] = (struct label){text, n, false};
        text += n;
        text += *text == ' ';
    }
    return count;
}

/* In its week, else in the next one that has room. */
static void
place_label(struct drawing *d, int32_t day, const struct label *lines,
            int count)
{
    int row = row_on(d, day), i;

    while (row >= 0 && row < d->rows && d->lines[row] + count > LABEL_LINES)
        row++;
    if (row < 0 || row >= d->rows)
        return;
    for (i = 0; i < count; i++)
        d->labels[row][d->lines[row]++] = lines[i];
}

/* What a client must see comes first. */
static const enum smp_run_kind by_weight[] = {SMP_RUN_SESSION, SMP_RUN_UNSURE,
                                              SMP_RUN_HEALING, SMP_RUN_POSSIBLE,
                                              SMP_RUN_PRECARE, SMP_RUN_CLOSED};

static void
place_labels(struct drawing *d)
{
    const struct smp_protocol *protocol = d->sheet->protocol;
    const struct smp_run *run;
    size_t i;

    for (i = 0; i < sizeof by_weight / sizeof by_weight[0]; i++)
        for (run = d->sheet->weeks.runs; run; run = run->next) {
            struct label lines[LABEL_LINES];
            int count;

            if (run->kind != by_weight[i])
                continue;
            count = cut_label(run->label, lines);
            if (run->kind == SMP_RUN_SESSION && !is_fixed(run->session) &&
                count == 1) {
                const char *status =
                    smp_label_of(protocol, "status.",
                                 smp_status_names[run->session->status]);

                lines[0].strong = true;
                lines[count++] = (struct label){status, strlen(status), false};
            } else if (run->kind == SMP_RUN_SESSION) {
                lines[0].strong = true;
            }
            place_label(d, run->first, lines, count);
        }
}

static void
put_labels(const struct drawing *d)
{
    struct smp_buf text = {0};
    int row, i;

    for (row = 0; row < d->rows; row++)
        for (i = 0; i < d->lines[row]; i++) {
            const struct label *label = &d->labels[row][i];
            int y = y_of(d, row) + ROW / 2 + BASELINE;

            if (d->lines[row] > 1)
                y += i ? LEADING / 2 : -LEADING / 2;
            smp_buf_cut(&text, 0);
            smp_buf_add(&text, label->text, label->n);
            put(d->out,
                label->strong ? "<text class=\"lb st\" x=\"%\" y=\"%\">"
                              : "<text class=\"lb\" x=\"%\" y=\"%\">",
                LABELS, y);
            smp_html_escape(d->out, smp_buf_text(&text));
            smp_buf_puts(d->out, "</text>\n");
        }
    smp_buf_release(&text);
}

/* "24 to 30 November 2026: Getting ready for session 1." and so on. */
static void
put_description(const struct drawing *d)
{
    const struct smp_protocol *protocol = d->sheet->protocol;
    const struct smp_run *run;
    struct smp_buf words = {0};

    for (run = d->sheet->weeks.runs; run; run = run->next) {
        smp_buf_puts(&words, words.len ? " " : "");
        if (run->first == run->last)
            smp_words_date(&words, protocol, "date.year", run->first);
        else
            smp_words_dates(&words, protocol, run->first, run->last);
        smp_buf_puts(&words, ": ");
        smp_buf_puts(&words, run->text);
        smp_buf_puts(&words, words.data[words.len - 1] == '.' ? "" : ".");
    }
    smp_html_escape(d->out, smp_buf_text(&words));
    smp_buf_release(&words);
}

static void
put_id(const struct drawing *d, const char *before, const char *after)
{
    smp_buf_puts(d->out, before);
    smp_buf_puts(d->out, d->id);
    smp_buf_puts(d->out, after);
}

static void
put_picture(struct drawing *d)
{
    int row;

    put(d->out,
        "<svg class=\"weeks\" viewBox=\"0 0 % %\" role=\"img\" "
        "aria-labelledby=\"",
        WIDTH, y_of(d, d->rows) + 3);
    put_id(d, "", "-title ");
    put_id(d, "", "-text\">\n");
    put_id(d, "<title id=\"", "-title\">");
    smp_html_escape(d->out, smp_label(d->sheet->protocol, "page.weeks"));
    put_id(d, "</title>\n<desc id=\"", "-text\">");
    put_description(d);
    put_id(d, "</desc>\n<defs><pattern id=\"",
           "-hatch\" width=\"5\" height=\"5\" "
           "patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
           "<path class=\"hatch\" d=\"M0 0V5\"/></pattern></defs>\n");
    put_runs(d);
    put_columns(d);
    for (row = 0; row < d->rows; row++)
        put_week(d, row);
    put_labels(d);
    smp_buf_puts(d->out, "</svg>\n");
}

static void
put_list(const struct drawing *d)
{
    const struct smp_protocol *protocol = d->sheet->protocol;
    const struct smp_run *run;

    smp_buf_puts(d->out, "<details>\n<summary>");
    smp_html_escape(d->out, smp_label(protocol, "page.dates"));
    smp_buf_puts(d->out, "</summary>\n<table>\n<thead><tr><th scope=\"col\">");
    smp_html_escape(d->out, smp_label(protocol, "page.dates.days"));
    smp_buf_puts(d->out, "</th><th scope=\"col\">");
    smp_html_escape(d->out, smp_label(protocol, "page.dates.what"));
    smp_buf_puts(d->out, "</th></tr></thead>\n<tbody>\n");
    for (run = d->sheet->weeks.runs; run; run = run->next) {
        smp_buf_puts(d->out, "<tr><th scope=\"row\">");
        smp_html_day(d->out, protocol, "date.year", run->first);
        if (run->last != run->first) {
            smp_buf_puts(d->out, " \u2013 ");
            smp_html_day(d->out, protocol, "date.year", run->last);
        }
        smp_buf_puts(d->out, "</th><td>");
        smp_html_escape(d->out, run->text);
        smp_buf_puts(d->out, "</td></tr>\n");
    }
    smp_buf_puts(d->out, "</tbody>\n</table>\n</details>\n");
}

static bool
is_used(const struct smp_weeks *weeks, int32_t first)
{
    const struct smp_run *run;

    for (run = weeks->runs; run && run->first <= first + 6; run = run->next)
        if (run->last >= first && run->kind != SMP_RUN_CLOSED)
            return true;
    return false;
}

static void
choose_weeks(struct drawing *d)
{
    const struct smp_weeks *weeks = &d->sheet->weeks;
    int week;

    d->weeks = (int)(weeks->last - d->origin) / 7 + 1;
    if (d->weeks > WEEKS_MAX)
        d->weeks = WEEKS_MAX;
    for (week = 0; week < d->weeks; week++) {
        d->row_of[week] = -1;
        if (d->rows == d->rows_max ||
            (d->weeks > ALL_WEEKS && !is_used(weeks, d->origin + 7 * week)))
            continue;
        d->week_of[d->rows] = week;
        d->row_of[week] = d->rows++;
    }
}

static int
first_weekday(const struct smp_protocol *protocol)
{
    const char *name = smp_label(protocol, "weekdays.first");
    int weekday = smp_weekday_named(name, strlen(name), 2);

    return weekday < 0 ? 1 : weekday;
}

const struct smp_sheet_row *
smp_html_row(const struct smp_sheet *sheet, const struct smp_session *session)
{
    size_t i;

    for (i = 0; i < sheet->row_count; i++)
        if (sheet->rows[i].session == session)
            return &sheet->rows[i];
    return NULL;
}

void
smp_html_weeks(struct smp_buf *out, const struct smp_sheet *sheet,
               const char *id, bool brief)
{
    struct drawing d = {.out = out,
                        .sheet = sheet,
                        .id = id,
                        .rows_max = brief ? ROWS_BRIEF : ROWS_MAX};
    const struct smp_weeks *weeks = &sheet->weeks;

    if (!weeks->runs)
        return;
    d.origin =
        weeks->first -
        (smp_weekday_of(weeks->first) - first_weekday(sheet->protocol) + 7) % 7;
    d.top = TOP + (weeks->closed ? SHUT : 0);
    choose_weeks(&d);
    place_labels(&d);
    smp_buf_puts(out, "<div class=\"when\">\n");
    put_picture(&d);
    put_list(&d);
    smp_buf_puts(out, "</div>\n");
}
