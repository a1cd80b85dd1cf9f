#include "calendar/cut.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/base.h"

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
start_text(struct cal_lines *lines, struct smp_err *err)
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
take_octets(struct cal_lines *lines, struct smp_err *err)
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

    if (!lines->started && !start_text(lines, err))
        return -1;
    smp_buf_cut(&lines->line, 0);
    lines->too_long = false;
    next = take_ends(lines, err);
    lines->number = lines->next;
    while (next >= 0) {
        if (!take_octets(lines, err))
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

enum component { OTHER, VCALENDAR, VEVENT, VFREEBUSY, VTIMEZONE, OBSERVANCE };

static const struct {
    const char *name;
    enum component component;
    enum cal_piece_kind piece;
} components[] = {
    {"VCALENDAR", VCALENDAR, CAL_CALENDAR},
    {"VEVENT", VEVENT, CAL_EVENT},
    {"VFREEBUSY", VFREEBUSY, CAL_FREEBUSY},
    {"VTIMEZONE", VTIMEZONE, CAL_TIMEZONE},
    {"STANDARD", OBSERVANCE, 0},
    {"DAYLIGHT", OBSERVANCE, 0},
};

static unsigned
where(const struct cal_cut *cut)
{
    static const unsigned places[] = {
        [VEVENT] = CAL_IN_EVENT,
        [VFREEBUSY] = CAL_IN_FREEBUSY,
        [VTIMEZONE] = CAL_IN_ZONE,
        [OBSERVANCE] = CAL_IN_ZONE,
    };
    int innermost = cut->depth ? cut->open[cut->depth - 1] : OTHER;

    if (cut->depth == cut->inside ||
        (innermost == OBSERVANCE && cut->depth == cut->inside + 1))
        return places[innermost] |
               (innermost == VEVENT && cut->described ? CAL_IN_DESCRIBED : 0U);
    return 0;
}

static int
find_component(const char *name, size_t n)
{
    for (size_t i = 0; i < sizeof components / sizeof *components; i++)
        if (smp_cal_is_name(name, n, components[i].name))
            return (int)i;
    return -1;
}

static void
start_lines(struct cal_cut *cut)
{
    cut->lists_given = cut->lines_given[0] = cut->lines_given[1] = 0;
}

static void
start_piece(struct cal_cut *cut, enum cal_piece_kind kind)
{
    struct cal_piece *piece = &cut->piece;

    piece->kind = kind;
    piece->line = cut->lines.number;
    piece->given = 0;
    piece->text = "";
    piece->rule_count = piece->values = 0;
    piece->has_none = false;
    cut->size = 0;
    start_lines(cut);
}

/* Closes the innermost component; whether that made a piece. */
static bool
close_one(struct cal_cut *cut)
{
    static const char *const ends[] = {
        [VEVENT] = "END:VEVENT",
        [VFREEBUSY] = "END:VFREEBUSY",
        [VTIMEZONE] = "END:VTIMEZONE",
        [OBSERVANCE] = "END:STANDARD",
    };
    int innermost = cut->open[--cut->depth];

    if (cut->depth + 1 == cut->inside) {
        cut->inside = 0;
        cut->piece.component = smp_cal_give(cut, ends[innermost]);
        return cut->piece.component != NULL;
    }
    if (innermost == OBSERVANCE && cut->depth == cut->inside && cut->inside)
        smp_cal_give(cut, ends[innermost]);
    return false;
}

static bool
push(struct cal_cut *cut, enum component component, struct smp_err *err)
{
    if (cut->depth == CAL_DEPTH_MAX || cut->begins == CAL_DEPTH_MAX)
        return smp_fail(err, "line %lu: components nested deeper than %d",
                        cut->lines.number, CAL_DEPTH_MAX);
    cut->open[cut->depth++] = (int)component;
    cut->begins++;
    return true;
}

/* What cannot be inside another one ends those that have no END. */
static bool
must_close(const struct cal_cut *cut, enum component component)
{
    if (component == VCALENDAR)
        return cut->depth > 0;
    return component != OTHER && component != OBSERVANCE && cut->inside;
}

static int
begin(struct cal_cut *cut, const char *name, size_t n, struct smp_err *err)
{
    int found = find_component(name, n);
    enum component component = found < 0 ? OTHER : components[found].component;

    if (must_close(cut, component)) {
        cut->missing += component == VCALENDAR;
        cut->again = true;
        cut->piece.given |= CAL_NO_END;
        return close_one(cut);
    }
    if (component == OBSERVANCE && (cut->inside != cut->depth || !cut->depth ||
                                    cut->open[cut->depth - 1] != VTIMEZONE))
        component = OTHER;
    if (!push(cut, component, err))
        return -1;
    if (smp_cal_is_name(name, n, "VAVAILABILITY") && !cut->inside) {
        start_piece(cut, CAL_AVAILABILITY);
        return 1;
    }
    if (component == VCALENDAR) {
        cut->seen = true;
        start_piece(cut, CAL_CALENDAR);
        return 1;
    }
    if (component == OBSERVANCE) {
        start_lines(cut);
        smp_cal_give(cut, smp_cal_is_name(name, n, "DAYLIGHT")
                              ? "BEGIN:DAYLIGHT"
                              : "BEGIN:STANDARD");
    } else if (component != OTHER) {
        start_piece(cut, components[found].piece);
        cut->inside = cut->depth;
        smp_cal_give(cut, component == VEVENT      ? "BEGIN:VEVENT"
                          : component == VFREEBUSY ? "BEGIN:VFREEBUSY"
                                                   : "BEGIN:VTIMEZONE");
    }
    return 0;
}

/* The one it names is closed, and what is open in it; else it says nothing. */
static int
end(struct cal_cut *cut, const char *name, size_t n)
{
    int found = find_component(name, n), at = cut->depth;
    enum component component = found < 0 ? OTHER : components[found].component;

    while (at > 0 && cut->open[at - 1] != (int)component &&
           !(component == OBSERVANCE && cut->open[at - 1] == OTHER))
        at--;
    if (!at) {
        cut->missing -= component == VCALENDAR && cut->missing;
        return 0;
    }
    cut->again = at < cut->depth;
    if (cut->again && cut->inside == cut->depth)
        cut->piece.given |= CAL_NO_END;
    return close_one(cut);
}

static int
calendar_property(struct cal_cut *cut, enum cal_piece_kind kind)
{
    struct smp_buf *line = &cut->lines.line;
    const char *value;

    smp_cal_make_utf8(cut);
    line->data[line->len = smp_cal_without_spaces(line->data, line->len)] =
        '\0';
    start_piece(cut, kind);
    value = strchr(line->data, ':');
    if (value)
        cut->piece.text = value + 1 + strspn(value + 1, " \t");
    return *cut->piece.text != '\0';
}

static int
take_line(struct cal_cut *cut, struct smp_err *err)
{
    struct smp_buf *line = &cut->lines.line;
    size_t n = strcspn(line->data, ":;");
    size_t name = smp_cal_without_spaces(line->data, n);
    const char *value = line->data + n + 1;

    if (!n)
        return 0;
    if (!line->data[n]) {
        smp_cal_take_property(cut, name, where(cut));
        return 0;
    }
    if (!smp_cal_is_name(line->data, name, "BEGIN"))
        cut->begins = 0;
    if (smp_cal_is_name(line->data, name, "BEGIN") ||
        smp_cal_is_name(line->data, name, "END")) {
        value += strspn(value, " \t");
        n = smp_cal_without_spaces(value, strlen(value));
        return name == 5 ? begin(cut, value, n, err) : end(cut, value, n);
    }
    if (cut->depth == 1 && cut->open[0] == VCALENDAR) {
        if (smp_cal_is_name(line->data, name, "METHOD"))
            return calendar_property(cut, CAL_METHOD);
        if (smp_cal_is_name(line->data, name, "X-WR-TIMEZONE") ||
            smp_cal_is_name(line->data, name, "TZ"))
            return calendar_property(cut, CAL_FLOATING);
        if (smp_cal_is_name(line->data, name, "DAYLIGHT"))
            return calendar_property(cut, CAL_SUMMER);
    }
    smp_cal_take_property(cut, name, where(cut));
    return 0;
}

static bool
is_complete(const struct cal_cut *cut, struct smp_err *err)
{
    unsigned long missing = cut->missing + (unsigned long)cut->depth;

    if (missing)
        return smp_fail(err, "the calendar is cut off: %lu END %s missing",
                        missing, missing == 1 ? "line is" : "lines are");
    return true;
}

/* A login page can come in place of a calendar. */
static bool
may_be_calendar(struct cal_cut *cut, struct smp_err *err)
{
    const char *text = cut->lines.line.data;

    cut->line = cut->lines.number;
    if (cut->text)
        return true;
    text += strspn(text, " \t");
    cut->text = *text != '\0';
    return *text != '<' || smp_fail(err, "this is a web page, no calendar");
}

int
smp_cal_cut_next(struct cal_cut *cut, struct smp_err *err)
{
    int made = 0;

    if (cut->piece.component)
        icalcomponent_free(cut->piece.component);
    cut->piece.component = NULL;
    while (!made) {
        if (!cut->again) {
            int got = smp_cal_lines_next(&cut->lines, err);

            if (got <= 0)
                return got < 0 || (cut->seen && !is_complete(cut, err)) ? -1
                                                                        : 0;
            if (!may_be_calendar(cut, err))
                return -1;
        }
        cut->again = false;
        made = take_line(cut, err);
    }
    return made;
}

void
smp_cal_cut_release(struct cal_cut *cut)
{
    if (cut->piece.component)
        icalcomponent_free(cut->piece.component);
    if (cut->parser)
        icalparser_free(cut->parser);
    for (size_t i = 0; i < CAL_RULES_MAX; i++)
        smp_buf_release(&cut->piece.rules[i]);
    smp_buf_release(&cut->scratch);
    smp_cal_lines_release(&cut->lines);
}
