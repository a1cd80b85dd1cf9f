#include "calendar/cut.h"

#include <string.h>

/* Far below what libical cuts in silence (500), and cheap for it to read. */
enum { VALUES_A_LINE = 100 };

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
    while (*count < VALUES_A_LINE && (n = add_value(part, text)) > 0) {
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

void
smp_cal_give_list(struct cal_cut *cut, const char *text)
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
