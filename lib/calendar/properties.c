#include "calendar/cut.h"

#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/utf8.h"

bool
smp_cal_is_name(const char *text, size_t n, const char *name)
{
    return strncasecmp(text, name, n) == 0 && !name[n];
}

size_t
smp_cal_without_spaces(const char *text, size_t n)
{
    while (n && (text[n - 1] == ' ' || text[n - 1] == '\t'))
        n--;
    return n;
}

/* Of lines; of a number, of which libical takes the last 32 bits. */
enum { LONGEST_TEXT = 1000, LONGEST = 4000, MOST_DIGITS = 9 };

/* For each line that is none libical looks at all others of its component. */
enum { MOST_LINES = 1000, MOST_LISTS = 5000 };

enum treatment {
    AS_IT_IS,
    TEXT,   /* may be cut */
    OFFSET, /* of a clock from UTC */
    DATE,   /* one date */
    DATES,  /* a list, which may be given in parts */
    KEPT    /* not for libical */
};

static const struct property {
    const char *name;
    unsigned where;
    enum treatment treatment;
    unsigned given;
    const char *usual; /* a value that says nothing */
} properties[] = {
    {"DTSTART", CAL_IN_EVENT | CAL_IN_ZONE, DATE, CAL_HAS_DTSTART},
    {"DTEND", CAL_IN_EVENT, DATE, CAL_HAS_DTEND},
    {"DTSTAMP", CAL_IN_EVENT, DATE, 0},
    {"UID", CAL_IN_EVENT | CAL_IN_FREEBUSY, TEXT, 0},
    {"SUMMARY", CAL_IN_EVENT, TEXT, 0},
    {"STATUS", CAL_IN_EVENT, TEXT, 0, "CONFIRMED"},
    {"TRANSP", CAL_IN_EVENT, TEXT, CAL_HAS_TRANSP, "OPAQUE"},
    {"SEQUENCE", CAL_IN_EVENT, TEXT, 0, "0"},
    {"CREATED", CAL_IN_EVENT, DATE, 0},
    {"LAST-MODIFIED", CAL_IN_EVENT, DATE, 0},
    {"CATEGORIES", CAL_IN_EVENT, TEXT, 0},
    {"ATTENDEE", CAL_IN_EVENT, AS_IT_IS, 0},
    {"ORGANIZER", CAL_IN_EVENT, AS_IT_IS, 0},
    {"DURATION", CAL_IN_EVENT, DATE, CAL_HAS_DURATION},
    {"RRULE", CAL_IN_EVENT, KEPT, CAL_HAS_RRULE},
    {"RRULE", CAL_IN_ZONE, AS_IT_IS, CAL_HAS_RRULE},
    {"EXRULE", CAL_IN_EVENT, KEPT, CAL_HAS_EXRULE},
    {"RDATE", CAL_IN_EVENT | CAL_IN_ZONE, DATES, CAL_HAS_RDATE},
    {"EXDATE", CAL_IN_EVENT, DATES, CAL_HAS_EXDATE},
    {"RECURRENCE-ID", CAL_IN_EVENT, DATE, CAL_HAS_RECURRENCE_ID},
    {"X-MICROSOFT-CDO-BUSYSTATUS", CAL_IN_EVENT, TEXT, 0},
    {"FREEBUSY", CAL_IN_FREEBUSY, DATES, 0},
    {"TZID", CAL_IN_ZONE, TEXT, 0},
    {"TZOFFSETFROM", CAL_IN_ZONE, OFFSET, 0},
    {"TZOFFSETTO", CAL_IN_ZONE, OFFSET, 0},
};

static const struct property *
find_property(const char *name, size_t n, unsigned where)
{
    char first = (char)(*name & ~0x20);

    for (size_t i = 0; i < sizeof properties / sizeof *properties; i++)
        if (properties[i].name[0] == first && properties[i].where & where &&
            smp_cal_is_name(name, n, properties[i].name))
            return &properties[i];
    return NULL;
}

/* icalparser_add_line writes to no line, but takes it as if it did. */
icalcomponent *
smp_cal_give(struct cal_cut *cut, const char *text)
{
    smp_buf_cut(&cut->scratch, 0);
    smp_buf_puts(&cut->scratch, text);
    smp_secure_memory();
    if (!cut->parser)
        cut->parser = icalparser_new();
    if (!cut->parser)
        smp_out_of_memory();
    return icalparser_add_line(cut->parser, cut->scratch.data);
}

static void
capitals(char *text)
{
    for (; *text; text++)
        if (*text >= 'a' && *text <= 'z')
            *text = (char)(*text - 'a' + 'A');
}

/* A number of more digits as the greatest that fits. */
static void
shorten_numbers(char *text)
{
    char *out = text;
    size_t digits = 0;

    for (; *text; text++) {
        digits = *text >= '0' && *text <= '9' ? digits + 1 : 0;
        if (digits == MOST_DIGITS + 1)
            memset(out - MOST_DIGITS, '9', MOST_DIGITS);
        if (digits <= MOST_DIGITS)
            *out++ = *text;
    }
    *out = '\0';
}

void
smp_cal_make_utf8(struct cal_cut *cut)
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
        piece->given |= CAL_TOO_LARGE | CAL_LESS_OFTEN;
        return;
    }
    smp_buf_cut(&piece->rules[piece->rule_count], 0);
    smp_buf_puts(&piece->rules[piece->rule_count++], value ? value + 1 : "");
}

static bool
fits(struct cal_cut *cut, const struct property *property)
{
    size_t *given = &cut->lines_given[property->treatment == DATE];
    struct smp_buf *line = &cut->lines.line;

    if (property->treatment == TEXT && line->len > LONGEST_TEXT)
        line->data[line->len = LONGEST_TEXT] = '\0';
    if ((property->treatment != DATES && line->len > LONGEST) ||
        cut->lines.too_long || line->len > CAL_COMPONENT_MAX - cut->size)
        return false;
    if (property->treatment == DATES ? cut->lists_given > MOST_LISTS
                                     : ++*given > MOST_LINES)
        return false;
    cut->size += line->len;
    return true;
}

static bool
says_nothing(const struct property *property, const char *value)
{
    return property->usual && strcasecmp(value, property->usual) == 0;
}

/* libical would read "+02:00" as two minutes, and words as none. */
static bool
is_offset(const char *value)
{
    bool sign = *value == '+' || *value == '-';
    size_t digits = strspn(value + sign, "0123456789");

    return !value[sign + digits] && (digits == 4 || (sign && digits == 6));
}

/* The colon before the value: texts may hold more, and so may TZID. */
static char *
value_of(char *line, enum treatment treatment)
{
    bool date = treatment == DATE || treatment == DATES;

    return date ? strrchr(line, ':') : strchr(line, ':');
}

void
smp_cal_take_property(struct cal_cut *cut, size_t name, unsigned where)
{
    const struct property *property =
        find_property(cut->lines.line.data, name, where);
    struct smp_buf *line = &cut->lines.line;
    char *value;

    if (!property)
        return;
    smp_cal_make_utf8(cut);
    line->len = smp_cal_without_spaces(line->data, line->len);
    line->data[line->len] = '\0';
    value = value_of(line->data, property->treatment);
    if (!value || !value[1] ||
        (property->treatment == OFFSET && !is_offset(value + 1)))
        return;
    cut->piece.given |= property->given;
    if (says_nothing(property, value + 1))
        return;
    if (!fits(cut, property)) {
        cut->piece.given |= CAL_TOO_LARGE;
        if (property->given & (CAL_HAS_RRULE | CAL_HAS_RDATE))
            cut->piece.given |= CAL_LESS_OFTEN;
        return;
    }
    if (property->treatment == DATE || property->treatment == DATES) {
        capitals(value);
        shorten_numbers(value);
    }
    if (property->treatment == DATES)
        smp_cal_give_list(cut, line->data);
    else if (property->treatment != KEPT)
        smp_cal_give(cut, line->data);
    else if (property->given == CAL_HAS_RRULE)
        keep_rule(cut, line->data);
}
