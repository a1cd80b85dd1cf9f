#include "calendar/cut.h"

#include <string.h>

/* Far below what libical cuts in silence (500), and cheap for it to read. */
enum { VALUES_A_LINE = 100 };

/* The length of a date or a time that looks like one; else 0. */
static size_t
plain_value(const char *text)
{
    static const char digits[] = "0123456789";
    size_t n = strspn(text, digits);

    if (n == 8 && text[n] == 'T' && strspn(text + 9, digits) == 6)
        n = 15 + (text[15] == 'Z');
    else if (n != 8)
        return 0;
    return text[n] == ',' || !text[n] ? n : 0;
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

/* Adds values that go together, or one alone; returns what is left. */
static const char *
take_values(struct smp_buf *part, const char *text, size_t *count)
{
    size_t n = plain_value(text);

    *count = 0;
    while (n && ++*count <= VALUES_A_LINE) {
        smp_buf_add(part, text, n);
        text += n;
        n = *text && *count < VALUES_A_LINE ? plain_value(text + 1) : 0;
        if (n)
            smp_buf_putc(part, *text++);
    }
    if (!*count) {
        n = strcspn(text, ",");
        *count = n > 0;
        smp_buf_add(part, text, n);
        text += n;
    }
    return text + (*text == ',');
}

void
smp_cal_give_list(struct cal_cut *cut, const char *text)
{
    const char *at = strrchr(text, ':');
    size_t head = at ? (size_t)(at + 1 - text) : 0, count;
    struct smp_buf part = {0};

    for (at = text + head; *at;) {
        smp_buf_cut(&part, 0);
        smp_buf_add(&part, text, head);
        at = take_values(&part, at, &count);
        if (!count)
            continue;
        mend_period(&part, head);
        smp_cal_give(cut, part.data);
        cut->piece.values += count;
    }
    smp_buf_release(&part);
}
