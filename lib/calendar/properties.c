#include "calendar/cut.h"

#include <string.h>
#include <strings.h>

#include "base/base.h"
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
enum { TEXT_MAX = 1000, GIVEN_MAX = 4000, DIGITS_MAX = 9 };

/* For each line that is none libical looks at all others of its component. */
enum { LINES_MAX = 1000, LISTS_MAX = 5000 };

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
    const char *usual; /* a value that says nothing, alone */
    unsigned by_usual; /* as `given`, if the value is the usual one */
} properties[] = {
    {"DTSTART", CAL_IN_EVENT | CAL_IN_ZONE, DATE, CAL_HAS_DTSTART},
    {"DTEND", CAL_IN_EVENT, DATE, CAL_HAS_DTEND},
    {"UID", CAL_IN_EVENT | CAL_IN_FREEBUSY, TEXT, 0},
    {"SUMMARY", CAL_IN_EVENT, TEXT, 0},
    {"DESCRIPTION", CAL_IN_DESCRIBED, TEXT, 0},
    {"STATUS", CAL_IN_EVENT, TEXT, 0, "CONFIRMED", CAL_IS_CONFIRMED},
    {"TRANSP", CAL_IN_EVENT, TEXT, CAL_HAS_TRANSP, "OPAQUE", CAL_IS_OPAQUE},
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
    smp_ensure_memory();
    if (!cut->parser)
        cut->parser = icalparser_new();
    if (!cut->parser)
        smp_out_of_memory();
    return icalparser_add_line(cut->parser, cut->scratch.data);
}

/* Far below what libical cuts in silence (500), and cheap for it to read. */
enum { LINE_VALUES_MAX = 100 };

/* The length of a date or a time that looks like one; else 0. */
static size_t
date_length(const char *text)
{
    static const char digits[] = "0123456789";
    size_t n = strspn(text, digits);

    if (n == 8 && text[n] == 'T' && strspn(text + 9, digits) == 6)
        return (size_t)15 + (text[15] == 'Z');
    return n == 8 ? n : 0;
}

static bool
is_end(const char *text)
{
    struct icaldurationtype length = icaldurationtype_from_string(text);

    return !icaltime_is_null_time(icaltime_from_string(text)) ||
           !icaldurationtype_is_bad_duration(length);
}

/* Of a period whose end is none the start is known all the same. */
static void
mend_period(struct smp_buf *part, size_t value)
{
    const char *slash = strchr(part->data + value, '/');

    if (!slash || is_end(slash + 1))
        return;
    smp_buf_cut(part, (size_t)(slash + 1 - part->data));
    smp_buf_puts(part, "-PT1S");
}

/* The length of a date or period, which is added; else 0. */
static size_t
add_value(struct smp_buf *part, const char *text)
{
    size_t n = date_length(text), start = part->len;

    if (!n || (text[n] && !strchr(",/", text[n])))
        return 0;
    n += strcspn(text + n, ",");
    smp_buf_add(part, text, n);
    mend_period(part, start);
    return n;
}

/* Adds values that are some; returns what is left. */
static const char *
add_values(struct smp_buf *part, const char *text, size_t *count)
{
    size_t n;

    *count = 0;
    while (*count < LINE_VALUES_MAX && (n = add_value(part, text)) > 0) {
        text += n;
        ++*count;
        if (*text != ',')
            break;
        text += 1 + strspn(text + 1, " ,");
        smp_buf_putc(part, ',');
    }
    if (*count && part->data[part->len - 1] == ',')
        smp_buf_cut(part, part->len - 1);
    return text;
}

/* Periods of FREEBUSY, as they usually are: libical takes them all. */
static bool
is_usual(const char *line, size_t values)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ-";
    size_t n = strlen("FREEBUSY");

    if (strncmp(line, "FREEBUSY", n) != 0)
        return false;
    if (strncmp(line + n, ";FBTYPE=", 8) == 0)
        n += 8 + strspn(line + n + 8, letters);
    if (line[n] != ':')
        return false;
    while ((line = strchr(line, '/')) && values) {
        line++;
        values--;
    }
    return !values;
}

/*
 * A list by parts, each with the name and parameters of its line. libical drops
 * all that comes after a value that is none; so what does not look like a date
 * is given alone.
 */
static void
give_list(struct cal_cut *cut, const char *text)
{
    const char *at = strrchr(text, ':');
    size_t head = at ? (size_t)(at + 1 - text) : 0, count;
    struct smp_buf part = {0};

    for (at = text + head; *(at += strspn(at, " ,"));) {
        smp_buf_cut(&part, 0);
        smp_buf_add(&part, text, head);
        at = add_values(&part, at, &count);
        cut->piece.values += count ? count : 1;
        if (!count) {
            smp_buf_add(&part, at, strcspn(at, ","));
            at += strcspn(at, ",");
        }
        /* One that is none says it for all: libical is slow with many. */
        if (count || !cut->piece.has_none)
            smp_cal_give(cut, part.data);
        cut->piece.has_none |= !count;
        cut->lists_given += !count || !is_usual(part.data, count);
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

/* A number of more digits as the greatest that fits. */
static void
shorten_numbers(char *text)
{
    char *out = text;
    size_t digits = 0;

    for (; *text; text++) {
        digits = *text >= '0' && *text <= '9' ? digits + 1 : 0;
        if (digits == DIGITS_MAX + 1)
            memset(out - DIGITS_MAX, '9', DIGITS_MAX);
        if (digits <= DIGITS_MAX)
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

/* As it is written, but for the backslashes of texts. */
static void
keep_rule(struct cal_cut *cut, const char *value)
{
    struct cal_piece *piece = &cut->piece;
    struct smp_buf *rule;

    if (piece->rule_count == CAL_RULES_MAX) {
        piece->given |= CAL_TOO_LARGE | CAL_LESS_OFTEN;
        return;
    }
    rule = &piece->rules[piece->rule_count++];
    smp_buf_cut(rule, 0);
    for (; *value; value++)
        if (*value != '\\')
            smp_buf_putc(rule, *value);
}

static bool
fits(struct cal_cut *cut, const struct property *property)
{
    size_t *given = &cut->lines_given[property->treatment == DATE];
    struct smp_buf *line = &cut->lines.line;

    if (property->treatment == TEXT && line->len > TEXT_MAX)
        line->data[line->len = TEXT_MAX] = '\0';
    if ((property->treatment != DATES && line->len > GIVEN_MAX) ||
        cut->lines.too_long || line->len > CAL_COMPONENT_MAX - cut->size)
        return false;
    if (property->treatment == DATES ? cut->lists_given > LISTS_MAX
                                     : ++*given > LINES_MAX)
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

/* "20260615Z" is a day. Lists may have semicolons, as in vCalendar 1.0, or
 * commas with a backslash, as in texts. */
static void
tidy_dates(char *text)
{
    char *out = text;
    size_t digits = 0;

    for (; *text; text++) {
        if (*text == '\\' || (*text == 'Z' && digits == 8 &&
                              (!text[1] || strchr("\\,;/", text[1]))))
            continue;
        digits = *text >= '0' && *text <= '9' ? digits + 1 : 0;
        *out++ = *text == ';' ? ',' : *text;
    }
    *out = '\0';
}

/* The length of a parameter's value, which may have quotes, or lack them. */
static size_t
parameter_length(const char *text, size_t n)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "abcdefghijklmnopqrstuvwxyz-";
    bool quoted = *text == '"';

    for (size_t i = quoted; i < n; i++)
        if (quoted ? text[i] == '"'
                   : text[i] == ';' &&
                         text[i + 1 + strspn(text + i + 1, letters)] == '=')
            return i + quoted;
    return n;
}

/*
 * "TZID=(UTC-05:00) Eastern Time (US & Canada)" lacks its quotes, and other
 * writers put backslashes before commas, as in texts.
 */
static void
quote_zone(struct smp_buf *line, size_t value)
{
    static const char name[] = ";TZID=";
    struct smp_buf quoted = {0};
    const char *text = line->data;
    size_t at = 0, n;

    while (at < value && strncasecmp(text + at, name, sizeof name - 1) != 0)
        at++;
    at += sizeof name - 1;
    if (at >= value)
        return;
    n = parameter_length(text + at, value - at);
    smp_buf_add(&quoted, text, at);
    smp_buf_putc(&quoted, '"');
    for (size_t i = 0; i < n; i++)
        if (text[at + i] != '"' && text[at + i] != '\\')
            smp_buf_putc(&quoted, text[at + i]);
    smp_buf_putc(&quoted, '"');
    smp_buf_puts(&quoted, text + at + n);
    smp_buf_release(line);
    *line = quoted;
}

/* An end that is empty is one that cannot be read. */
static unsigned
given_by_nothing(const struct property *property)
{
    if (property->given & (CAL_HAS_RRULE | CAL_HAS_RDATE))
        return CAL_EMPTY_RULE;
    return property->given & (CAL_HAS_DTEND | CAL_HAS_DURATION);
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
    if (!value || !value[1]) {
        cut->piece.given |= given_by_nothing(property);
        return;
    }
    if (property->treatment == OFFSET && !is_offset(value + 1))
        return;
    cut->piece.given |= property->given;
    if (says_nothing(property, value + 1)) {
        cut->piece.given |= property->by_usual;
        return;
    }
    if (!fits(cut, property)) {
        cut->piece.given |= CAL_TOO_LARGE;
        if (property->given & (CAL_HAS_RRULE | CAL_HAS_RDATE))
            cut->piece.given |= CAL_LESS_OFTEN;
        return;
    }
    if (property->treatment == DATE || property->treatment == DATES) {
        capitals(value);
        shorten_numbers(value);
        tidy_dates(value);
        line->len = strlen(line->data);
        quote_zone(line, (size_t)(value - line->data));
    }
    if (property->treatment == DATES)
        give_list(cut, line->data);
    else if (property->treatment != KEPT)
        smp_cal_give(cut, line->data);
    else if (property->given == CAL_HAS_RRULE)
        keep_rule(cut, value + 1);
}
