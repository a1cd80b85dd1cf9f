#include "calendar/rule.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/base.h"
#include "calendar/zones.h"
#include "time/civil.h"

/* More than any calendar has of days, hours or minutes. */
enum { INTERVAL_MAX = 10000000 };

static bool
read_number(const char *text, int64_t *number)
{
    int64_t n = 0;

    if (!*text || text[strspn(text, "0123456789")])
        return false;
    for (; *text; text++)
        n = n > INT32_MAX ? n : n * 10 + (*text - '0');
    *number = n;
    return n > 0;
}

static bool
read_until(struct cal_rule *rule, const char *value, struct cal_zones *zones)
{
    char day[] = "YYYYMMDD";
    size_t digits = strspn(value, "0123456789");

    /* A day may be written with a Z. */
    if (digits == strlen(day) && strcmp(value + digits, "Z") == 0)
        value = memcpy(day, value, digits);
    rule->has_until =
        rule->untils++ == 0 &&
        smp_cal_time_parse(&rule->until, value, zones, zones->floating);
    return rule->has_until;
}

/* A list of numbers from `least` to `most`, or from the end if `back`. */
static bool
is_list(const char *value, int least, int most, bool back)
{
    for (; *value; value += *value == ',') {
        bool minus = back && *value == '-';
        size_t n;

        value += minus || *value == '+';
        n = strspn(value, "0123456789");
        if (!n || n > 3 || (value[n] && value[n] != ',') ||
            atoi(value) < least || atoi(value) > most)
            return false;
        value += n;
    }
    return true;
}

static bool
is_weekday(const char *name)
{
    static const char names[] = "SU MO TU WE TH FR SA ";

    for (const char *at = names; *at; at += 3)
        if (strncmp(at, name, 2) == 0)
            return true;
    return false;
}

/* MO,-1FR */
static bool
is_days(const char *value)
{
    for (; *value; value += *value == ',') {
        size_t sign = *value == '-' || *value == '+';
        size_t n = strspn(value + sign, "0123456789");

        if (n > 2 || (sign && !n) ||
            (n && (atoi(value + sign) < 1 || atoi(value + sign) > 53)))
            return false;
        value += sign + n;
        if (!is_weekday(value) || (value[2] && value[2] != ','))
            return false;
        value += 2;
    }
    return true;
}

static bool
is_word(const char *value, const char *words)
{
    size_t n = strlen(value);
    const char *at = strstr(words, value);

    return n && at && at[n] == ' ' && (at == words || at[-1] == ' ');
}

/*
 * libical skips what it does not know in a part, and then reads another rule.
 */
static bool
is_readable(const char *name, const char *value)
{
    static const struct {
        const char *name;
        int least, most;
        bool back;
    } lists[] = {
        {"BYSECOND", 0, 60, false},  {"BYMINUTE", 0, 59, false},
        {"BYHOUR", 0, 23, false},    {"BYMONTHDAY", 1, 31, true},
        {"BYYEARDAY", 1, 366, true}, {"BYWEEKNO", 1, 53, true},
        {"BYSETPOS", 1, 366, true},
    };

    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (strcmp(name, lists[i].name) == 0)
            return *value &&
                   is_list(value, lists[i].least, lists[i].most, lists[i].back);
    if (strcmp(name, "BYDAY") == 0)
        return *value && is_days(value);
    if (strcmp(name, "WKST") == 0)
        return is_weekday(value) && !value[2];
    if (strcmp(name, "FREQ") == 0)
        return is_word(value, "SECONDLY MINUTELY HOURLY DAILY WEEKLY MONTHLY "
                              "YEARLY ");
    if (strcmp(name, "SKIP") == 0)
        return is_word(value, "OMIT BACKWARD FORWARD ");
    /* Months and calendars that only libical knows: 5L, HEBREW. */
    if (strcmp(name, "BYMONTH") == 0)
        return *value && !value[strspn(value, "0123456789,L")];
    return strcmp(name, "RSCALE") == 0 && *value;
}

/* One part: COUNT, UNTIL and INTERVAL are ours, the others go to `rest`. */
static bool
read_part(struct cal_rule *rule, char *part, struct smp_buf *rest,
          struct cal_zones *zones)
{
    char *value = strchr(part, '=');
    bool ok;

    if (!value)
        return false;
    *value++ = '\0';
    if (strcmp(part, "COUNT") == 0) {
        ok = !rule->count && read_number(value, &rule->count);
        rule->once = ok && rule->count == 1;
    } else if (strcmp(part, "UNTIL") == 0) {
        ok = read_until(rule, value, zones);
    } else if (strcmp(part, "INTERVAL") == 0) {
        ok = !rule->interval && read_number(value, &rule->interval);
    } else {
        ok = is_readable(part, value);
        smp_buf_puts(rest, part);
        smp_buf_putc(rest, '=');
        smp_buf_puts(rest, value);
        smp_buf_putc(rest, ';');
    }
    value[-1] = '=';
    return ok;
}

/* Keeps the first part that cannot be read in rule->why. */
static bool
read_parts(struct cal_rule *rule, char *text, struct smp_buf *rest,
           struct cal_zones *zones)
{
    char *saved, *part = strtok_r(text, ";", &saved);

    for (; part; part = strtok_r(NULL, ";", &saved))
        if (!read_part(rule, part, rest, zones) && !rule->why.len)
            smp_buf_printf(&rule->why, "\"%.60s\" is not understood", part);
    if (!rule->interval)
        rule->interval = 1;
    if (rule->interval > INTERVAL_MAX)
        rule->interval = INTERVAL_MAX;
    return !rule->why.len;
}

static bool
within(const short *list, size_t size, int greatest)
{
    for (size_t i = 0; i < size && list[i] != ICAL_RECURRENCE_ARRAY_MAX; i++)
        if (list[i] > greatest)
            return false;
    return true;
}

static bool
has_filter(const struct icalrecurrencetype *by)
{
    return smp_cal_by(by->by_second) || smp_cal_by(by->by_minute) ||
           smp_cal_by(by->by_hour) || smp_cal_by(by->by_day) ||
           smp_cal_by(by->by_month_day) || smp_cal_by(by->by_year_day) ||
           smp_cal_by(by->by_week_no) || smp_cal_by(by->by_month) ||
           smp_cal_by(by->by_set_pos);
}

/* Of a sorted list: whether some are counted from the end, and some not. */
static bool
is_of_both_ends(const short *list)
{
    size_t n = 0;

    while (list[n] < 0)
        n++;
    return n && smp_cal_by(list + n);
}

/* What RFC 5545 forbids, and what libical spins on. */
static const char *
check_shape(const struct icalrecurrencetype *by)
{
    bool years = smp_cal_by(by->by_year_day) || smp_cal_by(by->by_week_no);

    if (by->freq == ICAL_SECONDLY_RECURRENCE)
        return "it recurs every second";
    if (by->freq <= ICAL_HOURLY_RECURRENCE && has_filter(by))
        return "hours or minutes that are chosen";
    if ((by->freq != ICAL_YEARLY_RECURRENCE && years) ||
        (by->freq == ICAL_WEEKLY_RECURRENCE && smp_cal_by(by->by_month_day)))
        return "parts that do not belong together";
    if (!within(by->by_hour, ICAL_BY_HOUR_SIZE, 23) ||
        !within(by->by_minute, ICAL_BY_MINUTE_SIZE, 59) ||
        !within(by->by_second, ICAL_BY_SECOND_SIZE, 59) ||
        (!by->rscale && !within(by->by_month, ICAL_BY_MONTH_SIZE, 12)))
        return "a number out of range";
    if (smp_cal_by(by->by_set_pos) &&
        (is_of_both_ends(by->by_month_day) || is_of_both_ends(by->by_year_day)))
        return "BYSETPOS of days that may be the same";
    if (by->skip != ICAL_SKIP_OMIT && !by->rscale)
        return "SKIP without RSCALE";
    if (by->rscale && (by->freq < ICAL_MONTHLY_RECURRENCE || has_filter(by)))
        return "days that are chosen in another calendar";
    return NULL;
}

/* libical takes the month of DTSTART, RFC 5545 means every month. */
static void
name_months(struct icalrecurrencetype *by)
{
    if (by->freq != ICAL_YEARLY_RECURRENCE || by->rscale ||
        !smp_cal_by(by->by_month_day) || smp_cal_by(by->by_month) ||
        smp_cal_by(by->by_year_day) || smp_cal_by(by->by_week_no))
        return;
    for (short i = 0; i < 12; i++)
        by->by_month[i] = (short)(i + 1);
    by->by_month[12] = ICAL_RECURRENCE_ARRAY_MAX;
}

static int
compare(const void *a, const void *b)
{
    return *(const short *)a - *(const short *)b;
}

/* In order, each once: libical counts them as they are written, but for days.
 */
static void
sort(short *list, size_t size)
{
    size_t n = smp_cal_by_count(list, size), kept = 0;

    qsort(list, n, sizeof *list, compare);
    for (size_t i = 0; i < n; i++)
        if (!kept || list[kept - 1] != list[i])
            list[kept++] = list[i];
    if (kept < n)
        list[kept] = ICAL_RECURRENCE_ARRAY_MAX;
}

static void
normalise(struct cal_rule *rule)
{
    struct icalrecurrencetype *by = &rule->by;

    sort(by->by_second, ICAL_BY_SECOND_SIZE);
    sort(by->by_minute, ICAL_BY_MINUTE_SIZE);
    sort(by->by_hour, ICAL_BY_HOUR_SIZE);
    sort(by->by_month_day, ICAL_BY_MONTHDAY_SIZE);
    sort(by->by_year_day, ICAL_BY_YEARDAY_SIZE);
    sort(by->by_week_no, ICAL_BY_WEEKNO_SIZE);
    sort(by->by_month, ICAL_BY_MONTH_SIZE);
    sort(by->by_set_pos, ICAL_BY_SETPOS_SIZE);

    if (by->rscale && strcasecmp(by->rscale, "GREGORIAN") == 0 &&
        by->skip == ICAL_SKIP_OMIT) {
        free(by->rscale);
        by->rscale = NULL;
    }
    by->interval =
        (short)(rule->interval < INT16_MAX ? rule->interval : INT16_MAX);
    name_months(by);
}

/* libical has other weeks; so the days of those are chosen from all. */
static const char *
make_daily(struct cal_rule *rule)
{
    struct icalrecurrencetype *by = &rule->by;

    if (rule->interval > 1 || smp_cal_by(by->by_set_pos) ||
        smp_cal_by(by->by_year_day))
        return "weeks of some years";
    by->freq = ICAL_DAILY_RECURRENCE;
    return NULL;
}

static char
capital(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* In capitals, without spaces. */
static void
tidy(struct smp_buf *out, const char *text)
{
    for (; *text; text++)
        if (*text != ' ' && *text != '\t')
            smp_buf_putc(out, capital(*text));
}

const char *
smp_cal_rule_read(struct cal_rule *rule, const char *text,
                  struct cal_zones *zones)
{
    struct smp_buf tidied = {0}, rest = {0};
    const char *wrong = NULL;

    memset(rule, 0, sizeof *rule);
    if (!smp_cal_rule_translate(&tidied, text))
        tidy(&tidied, text);
    smp_buf_putc(&tidied, ';');
    if (*text && !strchr(tidied.data, '='))
        smp_buf_printf(&rule->why, "\"%.60s\" is not understood", text);
    if (!read_parts(rule, tidied.data, &rest, zones))
        wrong = smp_buf_text(&rule->why);
    smp_ensure_memory();
    rule->by = icalrecurrencetype_from_string(smp_buf_text(&rest));
    if (!wrong && rule->by.freq == ICAL_NO_RECURRENCE)
        wrong = "it is no rule";
    if (!wrong)
        normalise(rule);
    if (!wrong)
        wrong = check_shape(&rule->by);
    if (!wrong && smp_cal_by(rule->by.by_week_no))
        wrong = make_daily(rule);
    smp_buf_release(&tidied);
    smp_buf_release(&rest);
    return wrong;
}

void
smp_cal_rule_release(struct cal_rule *rule)
{
    free(rule->by.rscale);
    rule->by.rscale = NULL;
    smp_buf_release(&rule->why);
}

static bool
allows_month_day(const struct icalrecurrencetype *by, struct smp_civil civil)
{
    int back = civil.day - smp_month_length(civil.year, civil.month) - 1;

    return smp_cal_by_has(by->by_month_day, ICAL_BY_MONTHDAY_SIZE, civil.day) ||
           smp_cal_by_has(by->by_month_day, ICAL_BY_MONTHDAY_SIZE, back);
}

bool
smp_cal_rule_has_weekday(const struct icalrecurrencetype *by, int weekday)
{
    size_t n = smp_cal_by_count(by->by_day, ICAL_BY_DAY_SIZE);

    for (size_t i = 0; i < n; i++)
        if ((int)icalrecurrencetype_day_day_of_week(by->by_day[i]) ==
            weekday + 1)
            return true;
    return false;
}

/* A week is of the year that has its fourth day (RFC 5545 section 3.3.10). */
static bool
allows_week(const struct icalrecurrencetype *by, int32_t day)
{
    int first = (int)by->week_start - 1;
    int32_t fourth = day - (smp_weekday_of(day) - first + 7) % 7 + 3;
    int year = smp_civil_of(fourth).year;
    int before = (fourth - smp_day_of(year, 1, 1)) / 7;
    int from = (smp_day_of(year + 1, 1, 1) - 1 - fourth) / 7;

    return smp_cal_by_has(by->by_week_no, ICAL_BY_WEEKNO_SIZE, before + 1) ||
           smp_cal_by_has(by->by_week_no, ICAL_BY_WEEKNO_SIZE, -from - 1);
}

bool
smp_cal_rule_allows_day(const struct icalrecurrencetype *by, int32_t day)
{
    struct smp_civil civil = smp_civil_of(day);

    if (smp_cal_by(by->by_month) &&
        !smp_cal_by_has(by->by_month, ICAL_BY_MONTH_SIZE, civil.month))
        return false;
    if (smp_cal_by(by->by_month_day) && !allows_month_day(by, civil))
        return false;
    if (smp_cal_by(by->by_week_no) && !allows_week(by, day))
        return false;
    return !smp_cal_by(by->by_day) ||
           smp_cal_rule_has_weekday(by, smp_weekday_of(day));
}
