#ifndef SMP_CALENDAR_RULE_H
#define SMP_CALENDAR_RULE_H

#include <libical/ical.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "calendar/zones.h"

/*
 * Recurrence rules (RFC 5545 section 3.3.10). Days and weeks are counted in
 * closed form; months and years are libical's, guarded.
 */
struct cal_rule {
    struct icalrecurrencetype by; /* without COUNT and UNTIL */
    int64_t interval, count;      /* count: 0 for none */
    int untils;                   /* UNTIL parts */
    bool has_until;               /* one, and a date */
    struct cal_time until;        /* of a day: the whole day */
    bool once;                    /* says COUNT=1, whatever else it says */
    struct smp_buf why;           /* the part that is not understood */
};

/*
 * Returns NULL, or why it cannot be followed, until the rule is released; then
 * `once` and `until` are still read if they can be. The rule is released in
 * either case.
 */
const char *smp_cal_rule_read(struct cal_rule *rule, const char *text,
                              struct cal_zones *zones);
void smp_cal_rule_release(struct cal_rule *rule);

/*
 * Adds a rule of vCalendar 1.0 ("MP3 2- FR #17") as one of RFC 5545; returns
 * false if it is none that can be read.
 */
bool smp_cal_rule_translate(struct smp_buf *out, const char *text);

/* Occurrences that were found, as local times; `at` is the caller's to free. */
struct cal_found {
    int64_t *at;
    size_t count, room;
};

enum { CAL_FOUND_MAX = 20000 };

/* Local times: the start of a rule, and the part of it that is looked at. */
struct cal_span {
    int64_t start;
    int64_t low, high; /* both inclusive; high is before the end of the rule */
    bool day;          /* start is a day */
};

/*
 * Adds the occurrences in the span, in their order. Returns NULL, or why the
 * rule cannot be followed. *steps: of libical's iterators, those left.
 */
const char *smp_cal_rule_expand(const struct cal_rule *rule,
                                struct cal_span span, struct cal_found *found,
                                long *steps);

/* The parts of it; for the .c files of this room alone. */
bool smp_cal_rule_is_arithmetic(const struct cal_rule *rule);
const char *smp_cal_rule_arithmetic(const struct cal_rule *rule,
                                    struct cal_span span,
                                    struct cal_found *found, long *steps);
bool smp_cal_found_add(struct cal_found *found, int64_t local);

static inline bool
smp_cal_by(const short *list)
{
    return list[0] != ICAL_RECURRENCE_ARRAY_MAX;
}

/* How many values a list of libical has. */
static inline size_t
smp_cal_by_count(const short *list, size_t size)
{
    size_t n = 0;

    while (n < size && list[n] != ICAL_RECURRENCE_ARRAY_MAX)
        n++;
    return n;
}

static inline bool
smp_cal_by_has(const short *list, size_t size, int n)
{
    for (size_t i = 0; i < size && list[i] != ICAL_RECURRENCE_ARRAY_MAX; i++)
        if (list[i] == n)
            return true;
    return false;
}

/* Whether BYDAY has a weekday, 0 for Sunday, at whatever place. */
bool smp_cal_rule_has_weekday(const struct icalrecurrencetype *by, int weekday);

/* Whether BYMONTH, BYMONTHDAY and the weekdays of BYDAY let a day be one. */
bool smp_cal_rule_allows_day(const struct icalrecurrencetype *by, int32_t day);

#endif
