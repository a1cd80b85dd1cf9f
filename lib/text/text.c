#include "text/text.h"

#include <string.h>

#include "base/utf8.h"
#include "base/base.h"
#include "base/fill.h"
#include "time/civil.h"
#include "protocol/words.h"
#include "protocol/protocol.h"
#include "plan/plan.h"
#include "sheet/sheet.h"

enum { VERB_COLUMNS = 5, INDENT = 4 };

static void
put_paragraph(struct smp_buf *out, const char *text)
{
    smp_wrap(out, "", 0, SMP_TEXT_WIDTH, text);
}

/*
 * Lines that were set before, to be set again: for the same protocol, use and
 * text they are the same. If they are empty, the caller sets them there; they
 * are good until the next call.
 */
static struct smp_buf *
remembered(struct smp_medium *medium, const struct smp_protocol *protocol,
           const char *use, const char *text)
{
    struct smp_buf *key = &medium->memo.key;

    smp_buf_cut(key, 0);
    smp_buf_puts(key, protocol->hash);
    smp_buf_puts(key, use);
    smp_buf_putc(key, '\0');
    smp_buf_puts(key, text);
    return smp_memo_text(&medium->memo);
}

/*
 * The text without what its verb's word says already: "no" before "No
 * swimming" leaves "Swimming".
 */
static const char *
without_lead(struct smp_buf *out, const struct smp_protocol *protocol,
             const char *verb, const char *text)
{
    const char *lead = smp_label_of(protocol, "lead.", verb);
    size_t n = lead ? strlen(lead) : 0;
    const char *word = smp_label_of(protocol, "verb.", verb);

    if (!n || !word || !*word || strncmp(text, lead, n) != 0 || !text[n])
        return text;
    smp_buf_puts(out, text + n);
    smp_utf8_capital(out, 0);
    return smp_buf_text(out);
}

static void
put_line(struct smp_buf *out, const struct smp_protocol *protocol,
         const char *verb, const char *text)
{
    const char *label = smp_label_of(protocol, "verb.", verb);
    const char *word = label ? label : verb;
    size_t columns = smp_utf8_columns(word, strlen(word));
    struct smp_buf first = {0}, rest = {0};

    smp_buf_spaces(&first, INDENT);
    smp_buf_puts(&first, word);
    smp_buf_spaces(&first, columns < VERB_COLUMNS ? VERB_COLUMNS - columns : 1);
    smp_wrap(out, smp_buf_text(&first), INDENT + VERB_COLUMNS, SMP_TEXT_WIDTH,
             without_lead(&rest, protocol, verb, text));
    smp_buf_release(&first);
    smp_buf_release(&rest);
}

/* Many clients get the same lines. */
static void
put_remembered_line(struct smp_medium *medium,
                    const struct smp_protocol *protocol, const char *verb,
                    const char *text)
{
    struct smp_buf *line = remembered(medium, protocol, verb, text);

    if (!line->len)
        put_line(line, protocol, verb, text);
    smp_buf_add(medium->out, line->data, line->len);
}

static void
put_lines(struct smp_medium *medium, const struct smp_protocol *protocol,
          const struct smp_sheet_line *line)
{
    for (; line; line = line->next)
        switch (line->kind) {
        case SMP_LINE_CARE:
            put_remembered_line(medium, protocol, smp_verb_names[line->verb],
                                line->text);
            break;
        case SMP_LINE_QUESTION:
            put_remembered_line(medium, protocol, "question", line->text);
            break;
        case SMP_LINE_LISTED:
            smp_wrap(medium->out, "  - ", 4, SMP_TEXT_WIDTH, line->text);
            break;
        case SMP_LINE_REMARK:
            smp_wrap(medium->out, "  ", 2, SMP_TEXT_WIDTH, line->text);
            break;
        }
}

static void
put_section(struct smp_medium *medium, const struct smp_protocol *protocol,
            const struct smp_sheet_section *section)
{
    const struct smp_sheet_group *group;

    put_paragraph(medium->out, section->heading);
    smp_buf_putc(medium->out, '\n');
    if (section->late) {
        put_paragraph(medium->out, section->late);
        smp_buf_putc(medium->out, '\n');
    }
    for (group = section->groups; group; group = group->next) {
        smp_wrap(medium->out, "  ", 2, SMP_TEXT_WIDTH, group->when);
        put_lines(medium, protocol, group->lines);
    }
    smp_buf_putc(medium->out, '\n');
}

enum { COLUMNS = 5 };

/* The cells of one row; the widths of all rows line them up. */
static void
find_cells(const struct smp_sheet_row *row, const char **cells)
{
    cells[0] = row->number;
    cells[1] = row->date;
    cells[2] = row->times;
    cells[3] = row->status;
    cells[4] = row->possible;
}

/* Behind the last cell of a row there are no spaces. */
static void
put_row(struct smp_buf *out, const struct smp_sheet_row *row,
        const size_t *widths)
{
    const char *cells[COLUMNS];
    size_t pending = 0;
    int column;

    find_cells(row, cells);
    for (column = 0; column < COLUMNS; column++) {
        size_t n = strlen(cells[column]);

        if (n) {
            smp_buf_spaces(out, pending);
            pending = 0;
            smp_buf_add(out, cells[column], n);
        }
        pending += widths[column] - smp_utf8_columns(cells[column], n) +
                   (widths[column] ? 2 : 0);
    }
    smp_buf_putc(out, '\n');
}

static void
put_rows(struct smp_buf *out, const struct smp_sheet *sheet)
{
    size_t widths[COLUMNS] = {0}, i;
    const char *cells[COLUMNS];
    int column;

    for (i = 0; i < sheet->row_count; i++) {
        find_cells(&sheet->rows[i], cells);
        for (column = 0; column < COLUMNS; column++) {
            size_t n = smp_utf8_columns(cells[column], strlen(cells[column]));

            widths[column] = n > widths[column] ? n : widths[column];
        }
    }
    for (i = 0; i < sheet->row_count; i++)
        put_row(out, &sheet->rows[i], widths);
}

static void
put_choices(struct smp_buf *out, const struct smp_sheet *sheet)
{
    size_t i;

    if (!sheet->choose)
        return;
    smp_buf_puts(out, sheet->choose);
    smp_buf_putc(out, '\n');
    for (i = 0; i < sheet->choice_count; i++) {
        smp_buf_spaces(out, 3);
        smp_buf_puts(out, sheet->choices[i].date);
        smp_buf_spaces(out, 2);
        smp_buf_puts(out, sheet->choices[i].times);
        smp_buf_putc(out, '\n');
    }
}

/*
 * The picture: a row a month, a column a day. Of more than three years only the
 * months that have something are drawn. Session days show their number. Colours
 * are those of ECMA-48, 8.3.117.
 */
enum { GAP = 2, MONTHS_MAX = 36 };

enum look { OTHER, CLOSED, AWAY, FULL, POSSIBLE, OPTIONAL, PROPOSED, BOOKED };

static const struct {
    const char *ascii, *drawn, *color, *label;
} looks[] = {
    [OTHER] = {".", "\u00b7", "2", "timeline.other"},
    [CLOSED] = {" ", " ", NULL, "timeline.closed"},
    [POSSIBLE] = {"-", "\u2500", "36", "timeline.possible"},
    [FULL] = {"#", "\u2592", "31", "timeline.full"},
    [AWAY] = {"x", "\u00d7", "31", "timeline.away"},
    [OPTIONAL] = {NULL, NULL, "33", "timeline.session"},
    [PROPOSED] = {NULL, NULL, "1;33", "timeline.session"},
    [BOOKED] = {NULL, NULL, "1;32", "timeline.session"},
};

static enum look
look_of(const struct smp_picture_day *day)
{
    static const enum look marks[] = {[SMP_MARK_NONE] = OTHER,
                                      [SMP_MARK_POSSIBLE] = POSSIBLE,
                                      [SMP_MARK_OPTIONAL] = OPTIONAL,
                                      [SMP_MARK_PROPOSED] = PROPOSED,
                                      [SMP_MARK_BOOKED] = BOOKED};
    static const enum look closures[] = {[1 + SMP_CLOSURE_HOURS] = CLOSED,
                                         [1 + SMP_CLOSURE_FULL] = FULL,
                                         [1 + SMP_CLOSURE_AWAY] = AWAY};

    return day->closure && day->mark <= SMP_MARK_POSSIBLE
               ? closures[day->closure]
               : marks[day->mark];
}

struct drawing {
    struct smp_buf *out;
    const struct smp_protocol *protocol;
    bool ascii, color;
    size_t width; /* of the months' names and a gap */
    bool used[BOOKED + 1];
};

/* The days of the month over their columns. */
static void
put_header(const struct drawing *drawing)
{
    struct smp_buf *out = drawing->out;
    size_t start = out->len;
    int day;

    for (day = 1; day < 31; day = day == 1 ? 5 : day + 5) {
        smp_buf_spaces(out,
                       drawing->width + (size_t)day - 1 - (out->len - start));
        smp_buf_digits(out, day);
    }
    smp_buf_putc(out, '\n');
}

static const char *
sign_of(const struct drawing *drawing, enum look look)
{
    return drawing->ascii ? looks[look].ascii : looks[look].drawn;
}

/* The days of a month; those at the end that are blank are left out. */
static void
put_days(struct drawing *drawing, const struct smp_picture_day *days,
         size_t count)
{
    enum look before = BOOKED + 1;
    size_t i;

    while (count && look_of(&days[count - 1]) == CLOSED)
        count--;
    for (i = 0; i < count; i++) {
        enum look look = look_of(&days[i]);

        if (drawing->color && look != before)
            smp_buf_printf(drawing->out, "\033[%sm",
                           looks[look].color ? looks[look].color : "0");
        if (look >= OPTIONAL)
            smp_buf_putc(drawing->out, (char)('0' + days[i].number % 10));
        else
            smp_buf_puts(drawing->out, sign_of(drawing, look));
        drawing->used[look] = true;
        before = look;
    }
    if (drawing->color)
        smp_buf_puts(drawing->out, "\033[0m");
    smp_buf_putc(drawing->out, '\n');
}

/* What every sign means, in lines as wide as text. */
static void
put_legend(const struct drawing *drawing)
{
    static const enum look order[] = {BOOKED, PROPOSED, OPTIONAL, POSSIBLE,
                                      OTHER,  AWAY,     FULL,     CLOSED};
    struct smp_buf word = {0};
    size_t i, column = 0;
    bool sessions = false;

    for (i = 0; i < sizeof order / sizeof order[0]; i++) {
        bool session = order[i] >= OPTIONAL;
        size_t n;

        if (!drawing->used[order[i]] || (session && sessions))
            continue;
        sessions = sessions || session;
        smp_buf_cut(&word, 0);
        smp_words(
            &word, drawing->protocol, looks[order[i]].label,
            SMP_VALUES({"mark", session ? "" : sign_of(drawing, order[i])}));
        n = smp_utf8_columns(word.data, word.len);
        if (column && column + 3 + n > SMP_TEXT_WIDTH) {
            smp_buf_putc(drawing->out, '\n');
            column = 0;
        }
        smp_buf_spaces(drawing->out, column ? 3 : drawing->width);
        smp_buf_add(drawing->out, word.data, word.len);
        column += n + (column ? 3 : drawing->width);
    }
    if (column)
        smp_buf_putc(drawing->out, '\n');
    smp_buf_release(&word);
}

static size_t
days_in(const struct smp_picture *picture, size_t at)
{
    struct smp_civil month = smp_civil_of(picture->first + (int32_t)at);

    return (size_t)smp_month_length(month.year, month.month);
}

static void
month_words(struct smp_buf *out, const struct drawing *drawing,
            const struct smp_picture *picture, size_t at)
{
    smp_buf_cut(out, 0);
    smp_words_date(out, drawing->protocol, "date.month",
                   picture->first + (int32_t)at);
}

static bool
has_marks(const struct smp_picture_day *days, size_t count)
{
    while (count && days[count - 1].mark == SMP_MARK_NONE)
        count--;
    return count > 0;
}

static void
put_picture(struct smp_medium *medium, const struct smp_sheet *sheet)
{
    const struct smp_picture *picture = &sheet->picture;
    struct drawing drawing = {.out = medium->out,
                              .protocol = sheet->protocol,
                              .ascii = medium->ascii,
                              .color = medium->color};
    struct smp_buf name = {0};
    size_t at, n, months = 0;

    for (at = 0; at < picture->count; at += days_in(picture, at)) {
        month_words(&name, &drawing, picture, at);
        n = smp_utf8_columns(name.data, name.len) + GAP;
        drawing.width = n > drawing.width ? n : drawing.width;
        months++;
    }
    smp_buf_putc(medium->out, '\n');
    put_header(&drawing);
    for (at = 0; at < picture->count; at += n) {
        n = days_in(picture, at);
        if (months > MONTHS_MAX && !has_marks(picture->days + at, n))
            continue;
        month_words(&name, &drawing, picture, at);
        smp_buf_add(medium->out, name.data, name.len);
        smp_buf_spaces(medium->out,
                       drawing.width - smp_utf8_columns(name.data, name.len));
        put_days(&drawing, picture->days + at, n);
    }
    put_legend(&drawing);
    smp_buf_release(&name);
}

/* Returns true if the studio is closed on that weekday, and open on none. */
static bool
is_closed_weekday(const struct smp_picture *picture, int weekday)
{
    bool any = false;
    size_t i;

    for (i = 0; i < picture->count; i++) {
        enum look look;

        if (smp_weekday_of(picture->first + (int32_t)i) != weekday)
            continue;
        look = look_of(&picture->days[i]);
        any = any || look == CLOSED;
        if (look != CLOSED && look != AWAY && look != FULL)
            return false;
    }
    return any;
}

static void
add_to_list(struct smp_buf *list, const struct smp_buf *word)
{
    if (list->len)
        smp_buf_puts(list, "; ");
    smp_buf_add(list, word->data, word->len);
}

static void
list_weekdays(struct smp_buf *list, const struct smp_sheet *sheet,
              const bool *closed)
{
    int32_t day;

    for (day = sheet->picture.first; day < sheet->picture.first + 7; day++)
        if (closed[smp_weekday_of(day)]) {
            struct smp_buf word = {0};

            smp_words_date(&word, sheet->protocol, "timeline.weekday", day);
            add_to_list(list, &word);
            smp_buf_release(&word);
        }
}

/* The runs of days that look alike; weekdays that are named are left out. */
static void
list_days(struct smp_buf *list, const struct smp_sheet *sheet, enum look look,
          const bool *named)
{
    const struct smp_picture *picture = &sheet->picture;
    size_t i, n;

    for (i = 0; i < picture->count; i += n ? n : 1) {
        struct smp_buf word = {0};

        for (n = 0;
             i + n < picture->count && look_of(&picture->days[i + n]) == look &&
             !named[smp_weekday_of(picture->first + (int32_t)(i + n))];
             n++)
            ;
        if (!n)
            continue;
        smp_words_dates(&word, sheet->protocol, picture->first + (int32_t)i,
                        picture->first + (int32_t)(i + n - 1));
        add_to_list(list, &word);
        smp_buf_release(&word);
    }
}

/* What the picture says and the table does not, for those who cannot see it. */
static void
put_words(struct smp_medium *medium, const struct smp_sheet *sheet)
{
    static const struct {
        enum look look;
        const char *label;
    } said[] = {{CLOSED, "timeline.closed.words"},
                {AWAY, "timeline.away.words"},
                {FULL, "timeline.full.words"}};
    size_t i;

    for (i = 0; i < sizeof said / sizeof said[0]; i++) {
        struct smp_buf list = {0}, line = {0};
        bool named[7] = {false};
        int weekday;

        for (weekday = 0; said[i].look == CLOSED && weekday < 7; weekday++)
            named[weekday] = is_closed_weekday(&sheet->picture, weekday);
        list_weekdays(&list, sheet, named);
        list_days(&list, sheet, said[i].look, named);
        if (list.len) {
            smp_words(&line, sheet->protocol, said[i].label,
                      SMP_VALUES({"list", smp_buf_text(&list)}));
            put_paragraph(medium->out, smp_buf_text(&line));
        }
        smp_buf_release(&list);
        smp_buf_release(&line);
    }
}

static void
put(struct smp_medium *medium, const struct smp_sheet *sheet)
{
    const struct smp_sheet_section *section;
    struct smp_buf *out = medium->out;

    if (medium->sheets++)
        smp_buf_putc(out, '\n');
    if (sheet->client)
        put_paragraph(out, sheet->client);
    if (sheet->title)
        put_paragraph(out, sheet->title);
    put_lines(medium, sheet->protocol, sheet->lines);
    for (section = sheet->sections; section; section = section->next)
        put_section(medium, sheet->protocol, section);
    put_rows(out, sheet);
    put_choices(out, sheet);
    if (sheet->afterwards)
        put_paragraph(out, sheet->afterwards);
    if (sheet->picture.days && medium->words)
        put_words(medium, sheet);
    else if (sheet->picture.days)
        put_picture(medium, sheet);
    if (sheet->caution)
        put_paragraph(out, sheet->caution);
    if (sheet->studio)
        put_paragraph(out, sheet->studio);
}

const struct smp_setter smp_text = {.put = put};
