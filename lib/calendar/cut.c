#include "calendar/cut.h"

#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/utf8.h"

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

enum { IN_EVENT = 1, IN_FREEBUSY = 2, IN_ZONE = 4 };

/* Far below what libical cuts in silence (500), and cheap for it to read. */
enum { VALUES_A_LINE = 100, LONGEST_TEXT = 1000, LONGEST = 4000 };

enum treatment {
    AS_IT_IS,
    TEXT,  /* may be cut */
    DATE,  /* one date */
    DATES, /* a list, which may be given in parts */
    KEPT   /* not for libical */
};

static const struct property {
    const char *name;
    unsigned where;
    enum treatment treatment;
    unsigned given;
} properties[] = {
    {"DTSTART", IN_EVENT | IN_ZONE, DATE, CAL_HAS_DTSTART},
    {"DTEND", IN_EVENT, DATE, CAL_HAS_DTEND},
    {"DTSTAMP", IN_EVENT, DATE, 0},
    {"UID", IN_EVENT | IN_FREEBUSY, TEXT, 0},
    {"SUMMARY", IN_EVENT, TEXT, 0},
    {"STATUS", IN_EVENT, TEXT, 0},
    {"TRANSP", IN_EVENT, TEXT, 0},
    {"SEQUENCE", IN_EVENT, TEXT, 0},
    {"CREATED", IN_EVENT, DATE, 0},
    {"LAST-MODIFIED", IN_EVENT, DATE, 0},
    {"CATEGORIES", IN_EVENT, TEXT, 0},
    {"ATTENDEE", IN_EVENT, AS_IT_IS, 0},
    {"ORGANIZER", IN_EVENT, AS_IT_IS, 0},
    {"DURATION", IN_EVENT, DATE, CAL_HAS_DURATION},
    {"RRULE", IN_EVENT, KEPT, CAL_HAS_RRULE},
    {"RRULE", IN_ZONE, AS_IT_IS, CAL_HAS_RRULE},
    {"EXRULE", IN_EVENT, KEPT, CAL_HAS_EXRULE},
    {"RDATE", IN_EVENT | IN_ZONE, DATES, CAL_HAS_RDATE},
    {"EXDATE", IN_EVENT, DATES, CAL_HAS_EXDATE},
    {"RECURRENCE-ID", IN_EVENT, DATE, CAL_HAS_RECURRENCE_ID},
    {"X-MICROSOFT-CDO-BUSYSTATUS", IN_EVENT, TEXT, 0},
    {"FREEBUSY", IN_FREEBUSY, DATES, 0},
    {"TZID", IN_ZONE, TEXT, 0},
    {"TZOFFSETFROM", IN_ZONE, TEXT, 0},
    {"TZOFFSETTO", IN_ZONE, TEXT, 0},
};

static bool
is_name(const char *text, size_t n, const char *name)
{
    return strncasecmp(text, name, n) == 0 && !name[n];
}

static size_t
without_spaces(const char *text, size_t n)
{
    while (n && (text[n - 1] == ' ' || text[n - 1] == '\t'))
        n--;
    return n;
}

static const struct property *
find_property(const char *name, size_t n, unsigned where)
{
    for (size_t i = 0; i < sizeof properties / sizeof *properties; i++)
        if (properties[i].where & where && is_name(name, n, properties[i].name))
            return &properties[i];
    return NULL;
}

/* icalparser_add_line writes to no line, but takes it as if it did. */
static icalcomponent *
give(struct cal_cut *cut, const char *text)
{
    smp_buf_cut(&cut->scratch, 0);
    smp_buf_puts(&cut->scratch, text);
    if (!cut->parser)
        cut->parser = icalparser_new();
    if (!cut->parser)
        smp_out_of_memory();
    return icalparser_add_line(cut->parser, cut->scratch.data);
}

/* A list by parts, each with the name and parameters of its line. */
static void
give_list(struct cal_cut *cut, const char *text)
{
    const char *at = strrchr(text, ':');
    size_t head = at ? (size_t)(at + 1 - text) : 0;
    struct smp_buf part = {0};

    for (at = text + head; *at;) {
        int values = 0;
        const char *end = at;

        while (*end && (*end != ',' || ++values < VALUES_A_LINE))
            end++;
        smp_buf_cut(&part, 0);
        smp_buf_add(&part, text, head);
        smp_buf_add(&part, at, (size_t)(end - at));
        give(cut, part.data);
        cut->piece.values += (size_t)values + 1;
        at = end + (*end == ',');
    }
    smp_buf_release(&part);
}

static void
capitals(char *text)
{
    for (; *text; text++)
        if (*text >= 'a' && *text <= 'z')
            *text = (char)(*text - 'a' + 'A');
}

static void
make_utf8(struct cal_cut *cut)
{
    struct smp_buf *line = &cut->lines.line;
    struct smp_buf clean = {0};

    if (smp_utf8_valid(line->data, line->len) == line->len)
        return;
    cut->not_utf8 = true;
    smp_utf8_clean(&clean, line->data, line->len);
    smp_buf_release(line);
    *line = clean;
}

static void
keep_rule(struct cal_cut *cut, const char *line)
{
    const char *value = strchr(line, ':');
    struct cal_piece *piece = &cut->piece;

    if (piece->rule_count == CAL_RULES) {
        piece->given |= CAL_TOO_LARGE;
        return;
    }
    smp_buf_cut(&piece->rules[piece->rule_count], 0);
    smp_buf_puts(&piece->rules[piece->rule_count++], value ? value + 1 : "");
}

static bool
fits(struct cal_cut *cut, const struct property *property)
{
    struct smp_buf *line = &cut->lines.line;

    if (property->treatment == TEXT && line->len > LONGEST_TEXT)
        line->data[line->len = LONGEST_TEXT] = '\0';
    if ((property->treatment != DATES && line->len > LONGEST) ||
        cut->lines.too_long || line->len > CAL_COMPONENT_MAX - cut->size)
        return false;
    cut->size += line->len;
    return true;
}

static void
take_property(struct cal_cut *cut, const struct property *property)
{
    struct smp_buf *line = &cut->lines.line;
    char *value;

    make_utf8(cut);
    line->len = without_spaces(line->data, line->len);
    line->data[line->len] = '\0';
    if (line->data[line->len - 1] == ':')
        return;
    if (!fits(cut, property)) {
        cut->piece.given |= CAL_TOO_LARGE | property->given;
        return;
    }
    cut->piece.given |= property->given;
    value = strrchr(line->data, ':');
    if (value && (property->treatment == DATE || property->treatment == DATES))
        capitals(value);
    if (property->treatment == DATES)
        give_list(cut, line->data);
    else if (property->treatment != KEPT)
        give(cut, line->data);
    else if (property->given == CAL_HAS_RRULE)
        keep_rule(cut, line->data);
}

static unsigned
where(const struct cal_cut *cut)
{
    static const unsigned places[] = {
        [VEVENT] = IN_EVENT,
        [VFREEBUSY] = IN_FREEBUSY,
        [VTIMEZONE] = IN_ZONE,
        [OBSERVANCE] = IN_ZONE,
    };
    int innermost = cut->depth ? cut->open[cut->depth - 1] : OTHER;

    if (cut->depth == cut->inside ||
        (innermost == OBSERVANCE && cut->depth == cut->inside + 1))
        return places[innermost];
    return 0;
}

static int
find_component(const char *name, size_t n)
{
    for (size_t i = 0; i < sizeof components / sizeof *components; i++)
        if (is_name(name, n, components[i].name))
            return (int)i;
    return -1;
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
    cut->size = 0;
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
        cut->piece.component = give(cut, ends[innermost]);
        return cut->piece.component != NULL;
    }
    if (innermost == OBSERVANCE && cut->depth == cut->inside && cut->inside)
        give(cut, ends[innermost]);
    return false;
}

static bool
push(struct cal_cut *cut, enum component component, struct smp_err *err)
{
    if (cut->depth == CAL_DEPTH)
        return smp_fail(err, "line %lu: components nested deeper than %d",
                        cut->lines.number, CAL_DEPTH);
    cut->open[cut->depth++] = (int)component;
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
    if (component == VCALENDAR) {
        cut->seen = true;
        start_piece(cut, CAL_CALENDAR);
        return 1;
    }
    if (component == OBSERVANCE) {
        give(cut, is_name(name, n, "DAYLIGHT") ? "BEGIN:DAYLIGHT"
                                               : "BEGIN:STANDARD");
    } else if (component != OTHER) {
        start_piece(cut, components[found].piece);
        cut->inside = cut->depth;
        give(cut, component == VEVENT      ? "BEGIN:VEVENT"
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

    make_utf8(cut);
    line->data[line->len = without_spaces(line->data, line->len)] = '\0';
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
    size_t name = without_spaces(line->data, n);
    const char *value = line->data + n + 1;
    const struct property *property;

    if (!line->data[n] || !n)
        return 0;
    if (is_name(line->data, name, "BEGIN") ||
        is_name(line->data, name, "END")) {
        value += strspn(value, " \t");
        n = without_spaces(value, strlen(value));
        return name == 5 ? begin(cut, value, n, err) : end(cut, value, n);
    }
    if (cut->depth == 1 && cut->open[0] == VCALENDAR) {
        if (is_name(line->data, name, "METHOD"))
            return calendar_property(cut, CAL_METHOD);
        if (is_name(line->data, name, "X-WR-TIMEZONE"))
            return calendar_property(cut, CAL_FLOATING);
    }
    property = find_property(line->data, name, where(cut));
    if (property)
        take_property(cut, property);
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
    for (size_t i = 0; i < CAL_RULES; i++)
        smp_buf_release(&cut->piece.rules[i]);
    smp_buf_release(&cut->scratch);
    smp_cal_lines_release(&cut->lines);
}
