#ifndef SMP_TIME_WINDOW_H
#define SMP_TIME_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct smp_arena;
struct smp_buf;
struct smp_err;
struct smp_zone;

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

/* The whole text as a span; false if it is none. */
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
 * min and max are equal if only one was given.
 */
struct smp_length {
    struct smp_span min, max;
};

bool smp_length_parse(const char *text, struct smp_length *length);

/* An ISO 8601 duration of days and times, PT3H or P1DT30M, in seconds. */
bool smp_duration_parse(const char *text, int64_t *seconds);
void smp_duration_print(struct smp_buf *out, int64_t seconds);

/*
 * Reads a day: a date, today, tomorrow, yesterday, a weekday's English name
 * or its first three letters (the next such day, today included) or +3d, -1w.
 */
bool smp_day_parse(const char *text, int32_t today, int32_t *day,
                   struct smp_err *err);

/*
 * The window grammar of protocols:
 *
 *   window = point "/" [point]                an empty end is open
 *   point  = "0" | [anchor] offset ["@" clock]
 *   anchor = "" (this session) | "first" | "last" | "next" | a milestone
 *   offset = "" | [+|-] number unit
 *          | [+|-] number [unit] ".." [+|-] number unit
 *   unit   = min | h | d | w | mo | y         number may have a fraction
 *   clock  = HH:MM | morning | noon | night | bed
 *
 * It says when, as written; what days that means for a session is resolved
 * elsewhere (care/resolve.h).
 */
enum smp_anchor {
    SMP_AT_OPEN,      /* no bound */
    SMP_AT_ITSELF,    /* "0": the session */
    SMP_AT_THIS,      /* counted from this session */
    SMP_AT_FIRST,     /* from the first of the series */
    SMP_AT_LAST,      /* from the last */
    SMP_AT_NEXT,      /* from the one after this */
    SMP_AT_MILESTONE, /* from a milestone, by name */
};

enum smp_clock {
    SMP_CLOCK_NONE,
    SMP_CLOCK_MORNING,
    SMP_CLOCK_NOON,
    SMP_CLOCK_NIGHT,
    SMP_CLOCK_BED,
    SMP_CLOCK_EXACT
};

enum { SMP_CLOCKS = SMP_CLOCK_BED }; /* the named ones are 1 to SMP_CLOCKS */

/* The names of the named clock hours, by enum smp_clock. */
extern const char *const smp_clock_names[SMP_CLOCKS + 1];

struct smp_point {
    enum smp_anchor anchor;
    const char *milestone; /* its name, in the arena */
    bool has_offset;
    struct smp_span from, to; /* equal if the offset is precise */
    enum smp_clock clock;
    int minutes; /* after midnight, of SMP_CLOCK_EXACT */
};

struct smp_window {
    struct smp_point start, end;
};

/* Names live in the arena. The error says what is wrong and where. */
bool smp_window_parse(const char *text, struct smp_arena *arena,
                      struct smp_window *window, struct smp_err *err);

/* A named clock hour, or HH:MM as SMP_CLOCK_EXACT with *minutes. */
bool smp_clock_read(const char *text, size_t n, enum smp_clock *clock,
                    int *minutes);

/* Whether the offset is a range of two different ends. */
bool smp_point_is_imprecise(const struct smp_point *point);

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
