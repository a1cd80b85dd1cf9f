#ifndef SMP_TIME_CIVIL_H
#define SMP_TIME_CIVIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct smp_buf;
struct smp_err;

/*
 * The proleptic Gregorian calendar, as pure values.
 *
 * A day is a number: days since 1970-01-01. A local time is seconds since
 * 1970-01-01T00:00:00 on somebody's wall clock; an instant is seconds since
 * 1970-01-01T00:00:00Z.
 */
enum { SMP_YEAR_MIN = 1900, SMP_YEAR_MAX = 2100, SMP_DAY_SECONDS = 86400 };

struct smp_civil {
    int year, month, day; /* month 1-12, day 1-31 */
};

int32_t smp_day_of(int year, int month, int day);
struct smp_civil smp_civil_of(int32_t day);
int smp_weekday_of(int32_t day); /* 0 is Sunday */
int smp_month_length(int year, int month);

/* The day moved by months; the last of the month if it has no such day. */
int32_t smp_day_add_months(int32_t day, int64_t months);

/* Whether a day is of the years that plans know. */
bool smp_day_in_years(int32_t day);

/* The day of a local time or, without a zone, of an instant in UTC. */
static inline int32_t
smp_day_at(int64_t seconds)
{
    int64_t day = seconds / SMP_DAY_SECONDS;

    return (int32_t)(day - (day * SMP_DAY_SECONDS > seconds));
}

/*
 * A point in time as people give it. SMP_DAY and SMP_LOCAL await a zone.
 * seconds: the start of the day, the local time, or the instant.
 */
enum smp_when_kind { SMP_NEVER, SMP_DAY, SMP_LOCAL, SMP_INSTANT };

struct smp_when {
    enum smp_when_kind kind;
    int64_t seconds;
};

static inline struct smp_when
smp_when_day(int32_t day)
{
    struct smp_when when = {SMP_DAY, (int64_t)day * SMP_DAY_SECONDS};

    return when;
}

static inline struct smp_when
smp_when_local(int64_t seconds)
{
    struct smp_when when = {SMP_LOCAL, seconds};

    return when;
}

/*
 * Reads ISO 8601: 2026-12-01, 2026-12-01T10:00, with seconds, a fraction (cut
 * off) and an offset or Z. A space may stand for the T. Refuses dates that do
 * not exist and years outside 1900-2100; the error quotes the text.
 */
bool smp_when_parse(const char *text, struct smp_when *when,
                    struct smp_err *err);

/* Writes 2026-12-01, 2026-12-01T10:00:00 or 2026-12-01T10:00:00Z. */
void smp_when_print(struct smp_buf *out, struct smp_when when);

/* The same without a NUL; returns its end, SMP_WHEN_LONGEST away at most. */
enum { SMP_WHEN_LONGEST = sizeof "-5877641-06-23T00:00:00Z" - 1 };

char *smp_when_write(char *at, struct smp_when when);

/*
 * The number of a weekday by its English name, or the first three letters of
 * it or, with `shortest` 2, the first two, in any case; else -1.
 */
int smp_weekday_named(const char *text, size_t n, size_t shortest);

/* Reads HH:MM, 00:00 to 24:00, as minutes after midnight. */
bool smp_clock_parse(const char *text, int *minutes);

#endif
