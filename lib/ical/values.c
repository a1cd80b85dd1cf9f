#include "ical/values.h"

#include <string.h>

#include "base/eight.h"
#include "care/uid.h"
#include "ical/component.h"

enum { LINE_MAX_OCTETS = 72 }; /* libical folds from 75 on, CRLF counted */

enum smp_varying
smp_value_of(const char *line, bool alarm)
{
    static const struct {
        const char *name;
        bool alarm;
        enum smp_varying value;
    } names[] = {
        {"UID", false, SMP_VALUE_UID},
        {"DTSTAMP", false, SMP_VALUE_STAMP},
        {"LAST-MODIFIED", false, SMP_VALUE_STAMP},
        {"SEQUENCE", false, SMP_VALUE_SEQUENCE},
        {"DTSTART", false, SMP_VALUE_START},
        {"DTEND", false, SMP_VALUE_END},
        {"SUMMARY", false, SMP_VALUE_SUMMARY},
        {"RELATED-TO", false, SMP_VALUE_RELATED},
        {"DESCRIPTION", true, SMP_VALUE_ALARM},
    };
    size_t n = strcspn(line, ";:"), i;

    for (i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].alarm == alarm && strlen(names[i].name) == n &&
            strncmp(names[i].name, line, n) == 0)
            return names[i].value;
    return SMP_VALUE_NONE;
}

/* Neither escaped nor folded. */
static bool
is_plain(const char *text, size_t max)
{
    size_t n = smp_uid_opaque(text);

    return n && n <= max && !text[n];
}

static bool
is_escaped(char c)
{
    return c == ',' || c == ';' || c == '\\';
}

bool
smp_uid_fits(const struct smp_entry *entry, size_t n)
{
    const size_t uid_max = LINE_MAX_OCTETS - (sizeof "RELATED-TO:" - 1);

    return n <= uid_max && (entry->opaque || is_plain(entry->uid, uid_max));
}

bool
smp_values_fit(const struct smp_entry *entry, const struct smp_zone *zone)
{
    static const char longest[] = "DTSTART;TZID=:20261201T100000";
    const size_t uid_max = LINE_MAX_OCTETS - (sizeof "RELATED-TO:" - 1);

    return (!entry->related ||
            (entry->opaque ? strlen(entry->related) <= uid_max
                           : is_plain(entry->related, uid_max))) &&
           strlen(smp_zone_name(zone)) + sizeof longest <= LINE_MAX_OCTETS;
}

/* Eight octets of which none is special in a text, quoted or not. */
static bool
is_simple(uint64_t eight)
{
    return !(smp_eight_below(eight, 0x20) | smp_eight_equal(eight, ',') |
             smp_eight_equal(eight, ';') | smp_eight_equal(eight, '\\') |
             smp_eight_equal(eight, '"') | smp_eight_equal(eight, 0x7f));
}

/* How much of the text needs no second look, eight octets at a time. */
static size_t
skip_simple(const char *text, size_t n)
{
    size_t at = 0;

    while (n - at >= sizeof(uint64_t) && is_simple(smp_eight(text + at)))
        at += sizeof(uint64_t);
    return at;
}

/* Whether it is escaped by backslashes alone. */
static bool
is_text(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f || *text == '"')
            return false;
    return true;
}

bool
smp_text_put(struct smp_buf *out, const char *text)
{
    size_t size = strlen(text), n = skip_simple(text, size);

    if (!is_text(text + n))
        return false;
    for (;;) {
        while (text[n] && !is_escaped(text[n]))
            n++;
        smp_buf_add(out, text, n);
        if (!text[n])
            return true;
        smp_buf_putc(out, '\\');
        smp_buf_putc(out, text[n]);
        text += n + 1;
        n = 0;
    }
}

/* The value as it stands in an event of nothing else. */
static void
put_by_libical(struct smp_buf *out, const char *text, size_t name,
               icalproperty *(*make)(const char *))
{
    const size_t before = sizeof "BEGIN:VEVENT\r\n" - 1 + name;
    const size_t after = sizeof "\r\nEND:VEVENT\r\n" - 1;
    struct smp_buf lines = {0};
    icalcomponent *event;

    smp_ical_begin();
    event = smp_made(icalcomponent_new_vevent());
    smp_add_property(event, make(text));
    smp_add_component(&lines, event);
    smp_buf_add(out, lines.data + before, lines.len - before - after);
    smp_buf_release(&lines);
}

void
smp_summary_put(struct smp_buf *out, enum smp_varying value,
                const struct smp_entry *entry)
{
    struct smp_buf text = {0};

    smp_summary(&text, entry);
    if (value == SMP_VALUE_SUMMARY)
        put_by_libical(out, smp_buf_text(&text), sizeof "SUMMARY:" - 1,
                       icalproperty_new_summary);
    else
        put_by_libical(out, smp_buf_text(&text), sizeof "DESCRIPTION:" - 1,
                       icalproperty_new_description);
    smp_buf_release(&text);
}

static void
write_date(char *at, int32_t day)
{
    struct smp_civil date = smp_civil_of(day);

    at = smp_two_digits(at, (unsigned)date.year / 100);
    at = smp_two_digits(at, (unsigned)date.year % 100);
    at = smp_two_digits(at, (unsigned)date.month);
    smp_two_digits(at, (unsigned)date.day);
}

static inline char *
copy_date(char *at, struct smp_dates *dates, int32_t day)
{
    uint32_t tag = (uint32_t)day ^ UINT32_C(0x80000000), i = tag % SMP_DATES;

    if (dates->of[i].tag != tag) {
        dates->of[i].tag = tag;
        write_date(dates->of[i].text, day);
    }
    memcpy(at, dates->of[i].text, sizeof dates->of[i].text);
    return at + sizeof dates->of[i].text;
}

enum { TIME_SIZE = sizeof "20261201T100000Z" - 1 };

static inline void
write_time(char *at, struct smp_dates *dates, int64_t seconds, bool utc)
{
    int32_t day = smp_day_at(seconds);
    unsigned time = (unsigned)(seconds - (int64_t)day * SMP_DAY_SECONDS);
    unsigned minutes = time / 60, hours = minutes / 60;

    at = copy_date(at, dates, day);
    *at++ = 'T';
    at = smp_two_digits(at, hours);
    at = smp_two_digits(at, minutes - 60 * hours);
    at = smp_two_digits(at, time - 60 * minutes);
    if (utc)
        *at = 'Z';
}

void
smp_bound_write(char *at, struct smp_dates *dates, struct smp_when when,
                int64_t instant, bool local)
{
    if (when.kind == SMP_DAY)
        copy_date(at, dates, smp_day_at(when.seconds));
    else if (when.kind == SMP_LOCAL && local)
        write_time(at, dates, when.seconds, false);
    else
        write_time(at, dates, instant, true);
}

void
smp_stamp_put(struct smp_buf *out, struct smp_dates *dates, int64_t seconds)
{
    char *at = smp_buf_room(out, TIME_SIZE);

    write_time(at, dates, seconds, true);
    smp_buf_end(out, at + TIME_SIZE);
}
