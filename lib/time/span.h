#ifndef SMP_TIME_SPAN_H
#define SMP_TIME_SPAN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "time/zone.h"

/*
 * A length of time as a protocol writes it: 24h, 7d, 1.5h, -2w, 1mo. min and
 * h are elapsed time; d, w, mo and y move by calendar days.
 */
enum smp_unit {
    SMP_MINUTES,
    SMP_HOURS,
    SMP_DAYS,
    SMP_WEEKS,
    SMP_MONTHS,
    SMP_YEARS
};

struct smp_span {
    int64_t thousandths; /* of the unit; with its sign */
    enum smp_unit unit;
};

/* The whole text as a span; false where it is none. */
bool smp_span_parse(const char *text, struct smp_span *span);

/*
 * The pieces of a span at *at, which moves behind what was read: a number with
 * up to three decimals (0 to 99999, no sign), and a unit.
 */
bool smp_number_read(const char **at, int64_t *thousandths);
bool smp_unit_read(const char **at, enum smp_unit *unit);

/* The unit as it is written: "min", "h", "d" ... */
const char *smp_unit_name(enum smp_unit unit);

/* Whether it moves by whole calendar days (or weeks, months, years). */
bool smp_span_is_days(struct smp_span span);

/* Whether it is elapsed time: of minutes or hours. */
bool smp_span_is_elapsed(struct smp_span span);

/* Elapsed seconds; a day counts as 24 hours, a month as 30 days. */
int64_t smp_span_seconds(struct smp_span span);

/* The day moved by a span of calendar days; a part of a day is cut off. */
int32_t smp_day_add(int32_t day, struct smp_span span);

/*
 * A local time moved: by calendar (same time of day), or by elapsed time
 * across a change of the clock too.
 */
int64_t smp_local_add(const struct smp_zone *zone, int64_t local,
                      struct smp_span span);

/*
 * A length that may be a range: 3h, 3h..5h, 3..5h. Both ends are positive;
 * min and max are equal where one was given.
 */
struct smp_length {
    struct smp_span min, max;
};

bool smp_length_parse(const char *text, struct smp_length *length);

/* An ISO 8601 duration of days and times, PT3H or P1DT30M, in seconds. */
bool smp_duration_parse(const char *text, int64_t *seconds);
void smp_duration_print(struct smp_buf *out, int64_t seconds);

#endif
