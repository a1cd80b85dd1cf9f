#include "protocol/words.h"

/* What the words of a date, or of two, are made of. */
struct date {
    const struct smp_protocol *protocol;
    int32_t day;
    struct smp_civil first, last;
};

/* The nth word of a label that is a list of words. */
static void
put_nth_word(struct smp_buf *out, const struct date *date, const char *key,
             int n)
{
    const char *word = smp_label(date->protocol, key), *end;

    while (*word == ' ')
        word++;
    while (n && *word)
        if (*word++ == ' ' && *word != ' ')
            n--;
    for (end = word; *end && *end != ' '; end++)
        continue;
    smp_buf_add(out, word, (size_t)(end - word));
}

static void
put_weekday(struct smp_buf *out, const void *context)
{
    const struct date *date = context;

    put_nth_word(out, date, "weekdays", smp_weekday_of(date->day));
}

static void
put_short_weekday(struct smp_buf *out, const void *context)
{
    const struct date *date = context;

    put_nth_word(out, date, "weekdays.short", smp_weekday_of(date->day));
}

static void
put_month(struct smp_buf *out, const void *context)
{
    const struct date *date = context;

    put_nth_word(out, date, "months", date->first.month - 1);
}

static void
put_short_month(struct smp_buf *out, const void *context)
{
    const struct date *date = context;

    put_nth_word(out, date, "months.short", date->first.month - 1);
}

static void
put_year(struct smp_buf *out, const void *context)
{
    const struct date *date = context;

    smp_buf_digits(out, date->first.year);
}

/* "1er" where a language says it so. */
static void
put_day_number(struct smp_buf *out, const struct date *date, int day)
{
    const char *first = smp_label(date->protocol, "date.first");

    if (day == 1 && *first)
        smp_buf_puts(out, first);
    else
        smp_buf_digits(out, day);
}

static void
put_day(struct smp_buf *out, const void *context)
{
    const struct date *date = context;

    put_day_number(out, date, date->first.day);
}

static void
put_padded_day(struct smp_buf *out, const void *context)
{
    const struct date *date = context;

    if (date->first.day < 10)
        smp_buf_putc(out, ' ');
    smp_buf_digits(out, date->first.day);
}

static void
put_last_day(struct smp_buf *out, const void *context)
{
    const struct date *date = context;

    smp_buf_digits(out, date->last.day);
}

void
smp_words_date(struct smp_buf *out, const struct smp_protocol *protocol,
               const char *key, int32_t day)
{
    static const struct smp_made values[] = {
        {"d", put_day},
        {"month", put_month},
        {"y", put_year},
        {"dd", put_padded_day},
        {"month.short", put_short_month},
        {"weekday", put_weekday},
        {"weekday.short", put_short_weekday},
        {NULL, NULL}};
    struct date date = {protocol, day, smp_civil_of(day), {0}};

    smp_words_made(out, protocol, key, values, &date);
}

/* Two days, each with its month. */
struct days {
    const struct smp_protocol *protocol;
    const char *key;
    int32_t first, last;
};

static void
put_first(struct smp_buf *out, const void *context)
{
    const struct days *days = context;

    smp_words_date(out, days->protocol, days->key, days->first);
}

static void
put_last(struct smp_buf *out, const void *context)
{
    const struct days *days = context;

    smp_words_date(out, days->protocol, days->key, days->last);
}

void
smp_words_dates(struct smp_buf *out, const struct smp_protocol *protocol,
                int32_t first, int32_t last)
{
    static const struct smp_made of_month[] = {{"d", put_day},
                                               {"d2", put_last_day},
                                               {"month", put_month},
                                               {NULL, NULL}};
    static const struct smp_made of_days[] = {
        {"a", put_first}, {"b", put_last}, {NULL, NULL}};
    struct date range = {protocol, first, smp_civil_of(first),
                         smp_civil_of(last)};
    bool one_year = range.first.year == range.last.year;
    struct days days = {protocol, one_year ? "date.day" : "date.year", first,
                        last};

    if (first == last)
        smp_words_date(out, protocol, "date.day", first);
    else if (one_year && range.first.month == range.last.month)
        smp_words_made(out, protocol, "date.range", of_month, &range);
    else
        smp_words_made(out, protocol, "date.range.long", of_days, &days);
}

void
smp_words_time(struct smp_buf *out, int64_t local)
{
    int64_t midnight = (int64_t)smp_day_at(local) * SMP_DAY_SECONDS;
    unsigned minutes = (unsigned)(local - midnight) / 60;
    char *at = smp_buf_room(out, sizeof "10:00" - 1);

    at = smp_two_digits(at, minutes / 60);
    *at++ = ':';
    smp_buf_end(out, smp_two_digits(at, minutes % 60));
}

struct moment {
    const struct smp_protocol *protocol;
    struct smp_when when;
    const char *date; /* the label of its date */
};

static void
put_when_date(struct smp_buf *out, const void *context)
{
    const struct moment *moment = context;

    smp_words_date(out, moment->protocol, moment->date,
                   smp_day_at(moment->when.seconds));
}

static void
put_when_time(struct smp_buf *out, const void *context)
{
    const struct moment *moment = context;

    smp_words_time(out, moment->when.seconds);
}

void
smp_words_when(struct smp_buf *out, const struct smp_protocol *protocol,
               struct smp_when when, int32_t around)
{
    static const struct smp_made values[] = {
        {"date", put_when_date}, {"time", put_when_time}, {NULL, NULL}};
    int32_t day = smp_day_at(when.seconds);
    bool same_year = smp_civil_of(day).year == smp_civil_of(around).year;
    struct moment moment = {protocol, when,
                            same_year ? "date.day" : "date.year"};

    if (when.kind == SMP_LOCAL)
        smp_words_made(out, protocol, "when.time", values, &moment);
    else
        put_when_date(out, &moment);
}
