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

static const char *
read_until(struct cal_rule *rule, const char *value, struct cal_zones *zones)
{
    bool again = rule->untils++ > 0;

    rule->has_until = !again && smp_cal_time_parse(&rule->until, value, zones,
                                                   zones->floating);
    if (again)
        return "UNTIL is given twice";
    return rule->has_until ? NULL : "UNTIL is no date";
}

/* One part: COUNT, UNTIL and INTERVAL are ours, the others go to `rest`. */
static const char *
read_part(struct cal_rule *rule, const char *part, size_t n,
          struct smp_buf *rest, struct cal_zones *zones)
{
    char value[64];
    size_t name = strcspn(part, "=");
    size_t length = name < n ? n - name - 1 : 0;

    memcpy(value, part + (name < n ? name + 1 : n), length < 63 ? length : 63);
    value[length < 63 ? length : 63] = '\0';
    if (strncmp(part, "COUNT=", 6) == 0) {
        bool again = rule->count != 0;

        rule->once = false;
        if (again || !read_number(value, &rule->count))
            return again ? "COUNT is given twice" : "COUNT is no number";
        rule->once = rule->count == 1;
    } else if (strncmp(part, "UNTIL=", 6) == 0) {
        return read_until(rule, value, zones);
    } else if (strncmp(part, "INTERVAL=", 9) == 0) {
        if (rule->interval || !read_number(value, &rule->interval))
            return "INTERVAL is no number";
    } else {
        smp_buf_add(rest, part, n);
        smp_buf_putc(rest, ';');
    }
    return NULL;
}

static const char *
read_parts(struct cal_rule *rule, const char *text, struct smp_buf *rest,
           struct cal_zones *zones)
{
    const char *wrong = NULL;

    while (*text) {
        size_t n = strcspn(text, ";");
        const char *problem = n ? read_part(rule, text, n, rest, zones) : NULL;

        wrong = wrong ? wrong : problem;
        text += n + (text[n] == ';');
    }
    if (!rule->interval)
        rule->interval = 1;
    if (rule->interval > INTERVAL_MAX)
        rule->interval = INTERVAL_MAX;
    return wrong;
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
    size_t n = 0, kept = 0;

    while (n < size && list[n] != ICAL_RECURRENCE_ARRAY_MAX)
        n++;
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

/* In capitals, without spaces. */
static void
tidy(struct smp_buf *out, const char *text)
{
    for (; *text; text++)
        if (*text >= 'a' && *text <= 'z')
            smp_buf_putc(out, (char)(*text - 'a' + 'A'));
        else if (*text != ' ' && *text != '\t')
            smp_buf_putc(out, *text);
}

const char *
smp_cal_rule_read(struct cal_rule *rule, const char *text,
                  struct cal_zones *zones)
{
    struct smp_buf tidied = {0}, rest = {0};
    const char *wrong;

    memset(rule, 0, sizeof *rule);
    tidy(&tidied, text);
    wrong = read_parts(rule, smp_buf_text(&tidied), &rest, zones);
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
}

static bool
allows_month_day(const struct icalrecurrencetype *by, struct smp_civil civil)
{
    int back = civil.day - smp_month_length(civil.year, civil.month) - 1;

    return smp_cal_by_has(by->by_month_day, ICAL_BY_MONTHDAY_SIZE, civil.day) ||
           smp_cal_by_has(by->by_month_day, ICAL_BY_MONTHDAY_SIZE, back);
}

static bool
allows_weekday(const struct icalrecurrencetype *by, int32_t day)
{
    int weekday = smp_weekday_of(day) + 1;

    for (size_t i = 0;
         i < ICAL_BY_DAY_SIZE && by->by_day[i] != ICAL_RECURRENCE_ARRAY_MAX;
         i++)
        if ((int)icalrecurrencetype_day_day_of_week(by->by_day[i]) == weekday)
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
    return !smp_cal_by(by->by_day) || allows_weekday(by, day);
}
