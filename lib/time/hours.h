#ifndef SMP_TIME_HOURS_H
#define SMP_TIME_HOURS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/*
 * Opening hours, as schema.org and OpenStreetMap write them; smp-protocol(5)
 * describes the text:
 *
 *   hours = rule {(";" | "," | " ") rule}
 *   rule  = days [":"] ["open" | "off" | "closed" | times]
 *   days  = "24/7" | day {("," | " ") day}
 *   day   = weekday ["-" weekday] | date ["-" date] | "PH"
 *   date  = month [number] | YYYY month [number] | YYYY-MM-DD
 *   times = time "-" time {"," time "-" time}
 *   time  = HH:MM | H ["am" | "pm"] | HH:MM ("am" | "pm")
 *
 * After ";" a rule replaces earlier rules on its days, otherwise it adds to
 * them. A day that is off stays off, unless a later rule after ";" names fewer
 * days; a date is fewer than a weekday. A session can begin in an opening that
 * began on the day before, even if the day itself is off.
 */
enum { SMP_HOURS_MAX = 128, SMP_RULES_MAX = 64 };

/* Minutes after the midnight that begins a day; `until` may be later. */
struct smp_minutes {
    int from, until;
};

enum smp_dates {
    SMP_DATES_NONE,   /* a rule for weekdays alone */
    SMP_DATES_YEARLY, /* first and last: 100 * month + day */
    SMP_DATES_ONCE    /* first and last: days since 1970 */
};

struct smp_hours_rule {
    unsigned char days; /* a bit a weekday, 1 for Sunday */
    bool replaces;      /* earlier rules on its days */
    bool off;
    bool closes; /* the whole day, whatever opening reaches into it */
    int section; /* how many ";" are before it */
    enum smp_dates dates;
    int32_t first, last;
    size_t at, count; /* in smp_hours.times */
};

struct smp_hours {
    bool unknown; /* set by a caller: only the days that are closed are known */
    bool holidays; /* "PH off": public holidays are closed */
    bool dated;    /* some rule has dates */
    size_t rule_count, time_count;
    struct smp_hours_rule rules[SMP_RULES_MAX];
    struct smp_minutes times[SMP_HOURS_MAX];

    /* Openings of a week without dates, ascending and apart, around its end
     * too: minutes after Sunday 0:00. None: never open. */
    size_t count;
    struct smp_minutes week[SMP_HOURS_MAX];
};

/*
 * The error names the piece that is not understood, and what would be. The
 * remark, unless NULL, is set if a rule leaves a day open for a shorter time
 * than an earlier one which it replaces; else it stays empty.
 */
bool smp_hours_parse(const char *text, struct smp_hours *hours,
                     struct smp_buf *remark, struct smp_err *err);

/* Closes dates: "2026-12-24", "2026-12-24/2026-12-26", "Dec 24-26". */
bool smp_hours_close(struct smp_hours *hours, const char *text,
                     struct smp_err *err);

/* An opening as local times; `until` is exclusive. */
struct smp_opening {
    int64_t from, until;
};

/*
 * The openings that touch a day, ascending and apart, and how many there are.
 * They can begin before the day and end after it; a long one may be cut at
 * SMP_HOURS_AHEAD days after the day, and one day before it.
 */
enum { SMP_HOURS_AHEAD = 8 };

size_t smp_hours_on(const struct smp_hours *hours, int32_t day,
                    struct smp_opening openings[SMP_HOURS_MAX + 1]);

#endif
