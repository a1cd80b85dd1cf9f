#ifndef SMP_SERIES_STARTS_H
#define SMP_SERIES_STARTS_H

#include "series/busy.h"
#include "series/openings.h"
#include "series/series.h"

/*
 * When a session may begin on a day, whatever the gaps say; for the .c files
 * of this room alone. What it points to is the caller's, `away` its own.
 */
struct smp_starts {
    const struct smp_zone *zone;
    struct smp_openings openings; /* without hours: always open */
    const struct smp_busy *busy;  /* NULL: not looked at */
    int chairs;
    struct smp_days *away; /* ascending, apart */
    size_t away_count;
    int32_t time;               /* the client's own time of day, in seconds */
    bool time_only;             /* no other time will do */
    int64_t not_before;         /* an instant */
    struct smp_intervals avoid; /* instants to stay clear of besides */

    struct smp_intervals taken, open; /* of the day that is looked at */
    struct {
        int64_t from, until;
        int32_t seconds;
    } offset; /* of the zone, between two changes */
};

void smp_starts_init(struct smp_starts *starts, const struct smp_plan *plan,
                     const struct smp_series_wanted *wanted);
void smp_starts_release(struct smp_starts *starts);

/*
 * Of a day the best time to begin: the nearest to the client's own, the
 * earlier of two, in seconds after midnight, SMP_NO_START where there is
 * none. By the number of days after it that the session reaches into. And how
 * many minutes there are at which it may begin.
 */
enum { SMP_TAILS = 3, SMP_NO_START = -1 };

struct smp_day_starts {
    int32_t at[SMP_TAILS];
    int32_t minutes;
};

struct smp_day_starts smp_starts_on(struct smp_starts *starts, int32_t day,
                                    int64_t length);

/*
 * Whether it may begin at any time of the day, for there is nothing that could
 * be in the way and the clock does not change: quickly, for most days of most
 * plans. False says nothing.
 */
bool smp_starts_unhindered(struct smp_starts *starts, int32_t day,
                           int64_t length);

/* Whether there is a time at all. */
bool smp_starts_any(const struct smp_day_starts *starts);

/* Whether it may begin at a time of the day; *tail: the days it reaches on. */
bool smp_starts_fit(struct smp_starts *starts, int32_t day, int32_t time,
                    int64_t length, int *tail);

/* Why it may not begin on a day. */
enum smp_obstacle {
    SMP_PAST,
    SMP_CLOSED,
    SMP_AWAY,
    SMP_TOO_SHORT,
    SMP_FULL,
    SMP_OWN, /* in starts->avoid */
    SMP_OBSTACLES
};

enum smp_obstacle smp_starts_obstacle(const struct smp_starts *starts,
                                      int32_t day, int64_t length);

bool smp_starts_is_away(const struct smp_starts *starts, int32_t first,
                        int32_t last);

#endif
