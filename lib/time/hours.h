#ifndef SMP_TIME_HOURS_H
#define SMP_TIME_HOURS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/*
 * Opening hours of a week, as schema.org's openingHours writes them:
 *
 *   hours = group {(";" | "," | " ") group}
 *   group = days [times | "closed" | "off"]   without times: the whole day
 *   days  = day ["-" day] {"," day ["-" day]}       Mo-We,Fr; Sa-Mo wraps
 *   times = HH:MM "-" HH:MM {"," HH:MM "-" HH:MM}
 *
 * A day is an English name, its first three letters or its first two, in any
 * case. Times end at 24:00 at the latest; those that end before they begin
 * end on the next day. What groups say of one day is added up; a day that is
 * closed has no opening that begins on it, whatever else is said of it; one
 * that begins on the day before ends when its times say.
 * Openings that overlap or touch are one, across midnight too.
 */
enum { SMP_HOURS_MAX = 128, SMP_WEEK_MINUTES = 7 * 24 * 60 };

struct smp_hours {
    size_t count; /* 0: never open */
    struct {
        int from, until; /* minutes after Sunday 0:00; until may be later */
    } at[SMP_HOURS_MAX]; /* ascending, apart, around the week's end too */
};

/* The error names the piece; more than SMP_HOURS_MAX openings are one. */
bool smp_hours_parse(const char *text, struct smp_hours *hours,
                     struct smp_err *err);

/* An opening as local times; `until` is exclusive. */
struct smp_opening {
    int64_t from, until;
};

/*
 * The openings that touch a day, in their order, whole: they may begin before
 * the day and end after it. What is open without an end is given from the day
 * before to SMP_HOURS_AHEAD days after it. How many there are: one more than
 * those of a week at most, where one of almost a week touches the day twice.
 */
enum { SMP_HOURS_AHEAD = 8 };

size_t smp_hours_on(const struct smp_hours *hours, int32_t day,
                    struct smp_opening openings[SMP_HOURS_MAX + 1]);

#endif
