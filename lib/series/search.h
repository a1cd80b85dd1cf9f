#ifndef SMP_SERIES_SEARCH_H
#define SMP_SERIES_SEARCH_H

#include "series/gap.h"
#include "series/starts.h"

/*
 * The cheapest way to place a run of sessions between two that are fixed, or
 * after one; for the .c files of this room alone. It goes by layers: the times
 * at which each session of the run can be, then, from the last to the first,
 * what each costs with all that follow.
 */

/* A session that is to be placed. */
struct smp_slot {
    int number;
    int64_t length;
    const struct smp_session *was; /* where the plan had it, or NULL */
    const struct smp_gap *rule;    /* for it, after the one before it */
    int32_t day, time;             /* found: time in seconds */
    bool own_length;               /* the client's, whatever it had */
    bool kept;                     /* found: it is where it was */
};

/* What was in the way of a slot, over the days that those before it allow. */
struct smp_hindrance {
    int32_t first, last; /* first > last: no day fits the gap */
    int days[SMP_OBSTACLES];
};

struct smp_cheapest;
struct smp_nodes;

struct smp_search {
    struct smp_starts *starts;
    int weekday; /* the client's own */
    int32_t first_day, previous_day;
    int previous_tail; /* the days that it reaches into */
    bool has_next;     /* a session is given after the run, on next_day */
    int32_t next_day;
    const struct smp_gap *next_rule;
    struct smp_slot *slots;
    size_t count, placed;
    bool next_binds; /* found: they let the next one keep its gap */
    struct smp_hindrance hindrance; /* of the slot after those placed */

    int32_t radius;               /* how far to look from preferred days; 0: as
                                     far as SMP_GAP_FAR */
    struct smp_nodes *layers;     /* its own, as are the others */
    struct smp_cheapest *follows; /* of the layer after the one linked */
    struct smp_known_starts *known;
    size_t known_count;
};

/*
 * Places as many of the slots as can be, from the first on; `placed` says how
 * many. The session that is given next keeps its gap to the last of them; where
 * none can be placed then, and it breaks its gap even to the session before the
 * run, they are placed as if it were not there. To be released.
 */
void smp_search_run(struct smp_search *search);

/*
 * Looks at all days again for the slots placed, with what `was` says of them
 * now. What was found stays.
 */
void smp_search_renew(struct smp_search *search);

/*
 * The next best time for the first slot, with which as many can be placed,
 * after the one that was found before; false where there is none. Of
 * starts->avoid only what was added at that time is new.
 */
bool smp_search_again(struct smp_search *search, int32_t *day, int32_t *time);

/* Says in words what was in the way. */
void smp_hindrance_print(struct smp_buf *out,
                         const struct smp_hindrance *hindrance);

void smp_search_release(struct smp_search *search);

#endif
