#include "time/civil.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/base.h"

/* Days before 1970-01-01 in years that begin in March, 400 at a time. */
int32_t
smp_day_of(int year, int month, int day)
{
    int y = month <= 2 ? year - 1 : year;
    int era = (y >= 0 ? y : y - 399) / 400;
    int year_of_era = y - era * 400;
    int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

    return era * 146097 + day_of_era - 719468;
}

/*
 * In quarters of a day, as in smp_day_of from March on: a century has 146097
 * of them on average and a year of it 1461, so that the quotients are exact.
 * 14704 times 400 years make all days positive.
 */
struct smp_civil
smp_civil_of(int32_t day)
{
    const int64_t cycles = 14704;
    uint64_t quarters = (uint64_t)(cycles * 146097 + 719468 + day) * 4 + 3;
    uint64_t century = quarters / 146097;
    uint32_t of_century = (uint32_t)(quarters % 146097) | 3;
    int of_year = (int)(of_century % 1461 / 4);
    int fifths = 5 * of_year + 2; /* five months from March have 153 days */
    int shifted = fifths / 153;
    struct smp_civil civil = {
        .year = (int)((int64_t)century * 100 - cycles * 400) +
                (int)(of_century / 1461),
        .month = shifted < 10 ? shifted + 3 : shifted - 9,
        .day = fifths % 153 / 5 + 1,
    };

    civil.year += civil.month <= 2;
    return civil;
}

int
smp_weekday_of(int32_t day)
{
    return ((day + 4) % 7 + 7) % 7;
}

int
smp_month_length(int year, int month)
{
    static const int length[] = {31, 28, 31, 30, 31, 30,
                                 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return month == 2 && leap ? 29 : length[month - 1];
}

int32_t
smp_day_add_months(int32_t day, int64_t months)
{
    struct smp_civil civil = smp_civil_of(day);
    int64_t month = (int64_t)civil.year * 12 + civil.month - 1 + months;
    int year = (int)(month / 12) - (month % 12 < 0), last;

    civil.month = (int)(month - (int64_t)year * 12) + 1;
    last = smp_month_length(year, civil.month);
    return smp_day_of(year, civil.month, civil.day < last ? civil.day : last);
}

/* Reads exactly n digits and moves *at behind them. */
static bool
digits(const char **at, int n, int *value)
{
    *value = 0;
    while (n--) {
        if (**at < '0' || **at > '9')
            return false;
        *value = *value * 10 + (*(*at)++ - '0');
    }
    return true;
}

static bool
expect(const char **at, char c)
{
    if (**at != c)
        return false;
    ++*at;
    return true;
}

static bool
read_date(const char **at, struct smp_civil *date)
{
    return digits(at, 4, &date->year) && expect(at, '-') &&
           digits(at, 2, &date->month) && expect(at, '-') &&
           digits(at, 2, &date->day) && date->month >= 1 && date->month <= 12 &&
           date->day >= 1 &&
           date->day <= smp_month_length(date->year, date->month);
}

static bool
read_time(const char **at, int *seconds)
{
    int hour, minute, second = 0;

    if (!digits(at, 2, &hour) || !expect(at, ':') || !digits(at, 2, &minute))
        return false;
    if (expect(at, ':')) {
        if (!digits(at, 2, &second))
            return false;
        if ((**at == '.' || **at == ',') && isdigit((unsigned char)(*at)[1]))
            for (++*at; isdigit((unsigned char)**at);)
                ++*at;
    }
    *seconds = hour * 3600 + minute * 60 + second;
    return hour <= 23 && minute <= 59 && second <= 59;
}

/* Reads Z, +05:30 or +0530 as seconds east. */
static bool
read_offset(const char **at, int *east)
{
    int sign = **at == '-' ? -1 : 1, hour, minute;

    *east = 0;
    if (expect(at, 'Z'))
        return true;
    if (!expect(at, '+') && !expect(at, '-'))
        return false;
    if (!digits(at, 2, &hour))
        return false;
    expect(at, ':');
    if (!digits(at, 2, &minute) || hour > 23 || minute > 59)
        return false;
    *east = sign * (hour * 3600 + minute * 60);
    return true;
}

static bool
read_when(const char *at, struct smp_when *when, int *year)
{
    struct smp_civil date;
    int time, east;

    if (!read_date(&at, &date))
        return false;
    *year = date.year;
    *when = smp_when_day(smp_day_of(date.year, date.month, date.day));
    if (!*at)
        return true;
    if (*at != 'T' && *at != ' ')
        return false;
    at++;
    if (!read_time(&at, &time))
        return false;
    *when = smp_when_local(when->seconds + time);
    if (!*at)
        return true;
    if (!read_offset(&at, &east))
        return false;
    *when = (struct smp_when){SMP_INSTANT, when->seconds - east};
    return !*at;
}

bool
smp_when_parse(const char *text, struct smp_when *when, struct smp_err *err)
{
    int year;

    if (!read_when(text, when, &year))
        return smp_fail(err, "not a date: \"%.40s\"", text);
    if (year < SMP_YEAR_MIN || year > SMP_YEAR_MAX)
        return smp_fail(err, "year outside %d-%d: \"%.40s\"", SMP_YEAR_MIN,
                        SMP_YEAR_MAX, text);
    return true;
}

static char *
write_clock(char *at, unsigned time)
{
    *at++ = 'T';
    at = smp_two_digits(at, time / 3600);
    *at++ = ':';
    at = smp_two_digits(at, time / 60 % 60);
    *at++ = ':';
    return smp_two_digits(at, time % 60);
}

/* As "%04d" does it. */
static char *
write_year(char *at, int year)
{
    unsigned size = (unsigned)(year < 0 ? -year : year);

    if (year < -999 || year > 9999)
        return smp_digits(at, year);
    at = smp_two_digits(at, size / 100);
    if (year < 0)
        at[-2] = '-';
    return smp_two_digits(at, size % 100);
}

char *
smp_when_write(char *at, struct smp_when when)
{
    int32_t day = smp_day_at(when.seconds);
    struct smp_civil date = smp_civil_of(day);

    at = write_year(at, date.year);
    *at++ = '-';
    at = smp_two_digits(at, (unsigned)date.month);
    *at++ = '-';
    at = smp_two_digits(at, (unsigned)date.day);
    if (when.kind == SMP_LOCAL || when.kind == SMP_INSTANT)
        at = write_clock(
            at, (unsigned)(when.seconds - (int64_t)day * SMP_DAY_SECONDS));
    if (when.kind == SMP_INSTANT)
        *at++ = 'Z';
    return at;
}

void
smp_when_print(struct smp_buf *out, struct smp_when when)
{
    smp_buf_end(out, smp_when_write(smp_buf_room(out, SMP_WHEN_LONGEST), when));
}

int
smp_weekday_named(const char *text, size_t n, size_t shortest)
{
    static const char *const names[] = {"sunday",    "monday",   "tuesday",
                                        "wednesday", "thursday", "friday",
                                        "saturday"};
    int i;

    for (i = 0; i < 7; i++)
        if (((n >= shortest && n <= 3) || n == strlen(names[i])) &&
            strncasecmp(text, names[i], n) == 0)
            return i;
    return -1;
}

bool
smp_day_in_years(int32_t day)
{
    return day >= smp_day_of(SMP_YEAR_MIN, 1, 1) &&
           day <= smp_day_of(SMP_YEAR_MAX, 12, 31);
}

bool
smp_clock_parse(const char *text, int *minutes)
{
    int hour, minute;

    if (!digits(&text, 2, &hour) || !expect(&text, ':') ||
        !digits(&text, 2, &minute) || *text)
        return false;
    *minutes = hour * 60 + minute;
    return minute <= 59 && *minutes <= 24 * 60;
}
