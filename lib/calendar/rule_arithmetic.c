#include "calendar/rule.h"

#include <stdlib.h>

#include "base/base.h"
#include "time/civil.h"

bool
smp_cal_found_add(struct cal_found *found, int64_t local)
{
    if (found->count == CAL_FOUND_MAX)
        return false;
    found->at =
        smp_grow(found->at, found->count, &found->room, sizeof *found->at);
    found->at[found->count++] = local;
    return true;
}

/*
 * Rules that count days, weeks, hours or minutes, as arithmetic. Each period of
 * such a rule (a week, with INTERVAL=2 two of them) has the same times, like
 * the teeth of a comb:
 *
 *   WEEKLY;BYDAY=TU,TH   base    Tu  Th . . . . . Tu  Th . . . .
 *                         |       offsets         |<- step ->|
 *
 * Occurrence i is a division away, so a rule that began in 1970 costs no more
 * than one that began today, and COUNT is a subtraction. BYMONTH, BYMONTHDAY,
 * BYWEEKNO and the BYDAY of daily rules take single days out (`filtered`):
 * then COUNT makes it necessary to look at every day from the start.
 *
 * libical is not asked, because it gets the weeks of WEEKLY;INTERVAL=2;BYDAY
 * wrong, and steps through every day since DTSTART.
 */

/* So many times of day are no appointments. */
enum { TIMES_MAX = 1440 };

/* Occurrence i is at base + i / n * step + offsets[i % n]. */
struct comb {
    int64_t base, step;
    int64_t *offsets;
    size_t n;
    bool filtered;
};

bool
smp_cal_rule_is_arithmetic(const struct cal_rule *rule)
{
    return rule->by.freq <= ICAL_WEEKLY_RECURRENCE;
}

/* The values of a list, or the one that DTSTART has. */
static size_t
values(const short *list, size_t size, int usual, int *out)
{
    size_t n = smp_cal_by_count(list, size);

    for (size_t i = 0; i < n; i++)
        out[i] = list[i];
    if (!n)
        out[n++] = usual;
    return n;
}

static int
compare(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

    return (left > right) - (left < right);
}

/* Sorted, each once. */
static size_t
unique(int64_t *list, size_t n)
{
    size_t kept = 0;

    qsort(list, n, sizeof *list, compare);
    for (size_t i = 0; i < n; i++)
        if (!kept || list[kept - 1] != list[i])
            list[kept++] = list[i];
    return kept;
}

/* The days of a week that a rule has, as seconds after the first. */
static size_t
week_days(const struct icalrecurrencetype *by, int first, int weekday,
          int64_t *out)
{
    size_t n = 0;

    for (int i = 0; i < 7; i++) {
        int day = (first + i) % 7;

        if (smp_cal_by(by->by_day) ? smp_cal_rule_has_weekday(by, day)
                                   : day == weekday)
            out[n++] = (int64_t)i * SMP_DAY_SECONDS;
    }
    return n;
}

/* Seconds after midnight at which it recurs; 0 if there are too many. */
static size_t
times_of_day(const struct icalrecurrencetype *by, struct cal_span span,
             int64_t **out)
{
    int rest =
        (int)(span.start - (int64_t)smp_day_at(span.start) * SMP_DAY_SECONDS);
    int h[ICAL_BY_HOUR_SIZE], m[ICAL_BY_MINUTE_SIZE], s[ICAL_BY_SECOND_SIZE];
    size_t hours = values(by->by_hour, ICAL_BY_HOUR_SIZE, rest / 3600, h);
    size_t minutes =
        values(by->by_minute, ICAL_BY_MINUTE_SIZE, rest / 60 % 60, m);
    size_t seconds = values(by->by_second, ICAL_BY_SECOND_SIZE, rest % 60, s);
    size_t n = span.day ? 1 : hours * minutes * seconds;

    if (n > TIMES_MAX)
        return 0;
    *out = smp_calloc(n, sizeof **out);
    for (size_t i = 0; i < n && !span.day; i++)
        (*out)[i] = h[i / seconds / minutes] * 3600 +
                    m[i / seconds % minutes] * 60 + s[i % seconds];
    return n;
}

/* BYSETPOS: each week or day has the same set, unless it is filtered. */
static size_t
choose(const struct icalrecurrencetype *by, int64_t *offsets, size_t n)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++)
        if (smp_cal_by_has(by->by_set_pos, ICAL_BY_SETPOS_SIZE, (int)i + 1) ||
            smp_cal_by_has(by->by_set_pos, ICAL_BY_SETPOS_SIZE,
                           (int)i - (int)n))
            offsets[kept++] = offsets[i];
    return kept;
}

static const char *
make_days(struct comb *comb, const struct cal_rule *rule, struct cal_span span)
{
    const struct icalrecurrencetype *by = &rule->by;
    int32_t day = smp_day_at(span.start);
    int64_t days[7] = {0}, *times = NULL;
    size_t count = 1, n = times_of_day(by, span, &times);
    int first = (int)by->week_start - 1;

    comb->step = rule->interval * SMP_DAY_SECONDS;
    comb->filtered = smp_cal_by(by->by_month) || smp_cal_by(by->by_month_day) ||
                     smp_cal_by(by->by_week_no);
    if (by->freq == ICAL_WEEKLY_RECURRENCE) {
        count = week_days(by, first, smp_weekday_of(day), days);
        day -= (smp_weekday_of(day) - first + 7) % 7;
        comb->step *= 7;
    } else {
        comb->filtered |= smp_cal_by(by->by_day);
    }
    comb->base = (int64_t)day * SMP_DAY_SECONDS;
    comb->offsets = smp_calloc(count * n + 1, sizeof *comb->offsets);
    for (size_t i = 0; i < count * n; i++)
        comb->offsets[i] = days[i / n] + times[i % n];
    comb->n = unique(comb->offsets, count * n);
    free(times);
    if (!comb->n)
        return "it recurs too often";
    if (!smp_cal_by(by->by_set_pos))
        return NULL;
    comb->n = choose(by, comb->offsets, comb->n);
    return comb->filtered ? "BYSETPOS of what is chosen" : NULL;
}

static void
make_hours(struct comb *comb, const struct cal_rule *rule, struct cal_span span)
{
    comb->base = span.start;
    comb->step =
        rule->interval * (rule->by.freq == ICAL_HOURLY_RECURRENCE ? 3600 : 60);
    comb->offsets = smp_calloc(1, sizeof *comb->offsets);
    comb->n = 1;
}

static int64_t
nth(const struct comb *comb, int64_t i)
{
    int64_t n = (int64_t)comb->n;

    return comb->base + i / n * comb->step + comb->offsets[i % n];
}

/* The first that is worth a look; *past: how many of those before it count. */
static int64_t
first_of(const struct comb *comb, const struct cal_rule *rule,
         struct cal_span span, int64_t *past)
{
    int64_t skipped = 0, near;

    while (skipped < (int64_t)comb->n && nth(comb, skipped) < span.start)
        skipped++;
    *past = 0;
    if (span.low <= span.start || (rule->count && comb->filtered))
        return skipped;
    near = (span.low - comb->base) / comb->step * (int64_t)comb->n;
    if (near <= skipped)
        return skipped;
    *past = near - skipped;
    return near;
}

static const char *
run(const struct comb *comb, const struct cal_rule *rule, struct cal_span span,
    struct cal_found *found, long *steps)
{
    int64_t counted, i = first_of(comb, rule, span, &counted), first = i;
    int64_t local = nth(comb, i);

    for (; local <= span.high && (!rule->count || counted < rule->count);
         local = nth(comb, ++i)) {
        if (comb->filtered &&
            !smp_cal_rule_allows_day(&rule->by, smp_day_at(local)))
            continue;
        counted++;
        if (local >= span.low && !smp_cal_found_add(found, local))
            return "it recurs too often";
    }
    *steps -= (long)((i - first) / 100);
    return NULL;
}

const char *
smp_cal_rule_arithmetic(const struct cal_rule *rule, struct cal_span span,
                        struct cal_found *found, long *steps)
{
    struct comb comb = {0};
    const char *wrong = NULL;

    if (rule->by.freq < ICAL_DAILY_RECURRENCE)
        make_hours(&comb, rule, span);
    else
        wrong = make_days(&comb, rule, span);
    if (!wrong && comb.n)
        wrong = run(&comb, rule, span, found, steps);
    free(comb.offsets);
    return wrong;
}
