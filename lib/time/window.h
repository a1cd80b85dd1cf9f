#ifndef SMP_TIME_WINDOW_H
#define SMP_TIME_WINDOW_H

#include <stdbool.h>

#include "base/err.h"
#include "base/mem.h"
#include "time/span.h"

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
    struct smp_span from, to; /* equal where the offset is precise */
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

#endif
