#ifndef SMP_SERIES_INTERNAL_H
#define SMP_SERIES_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plan/plan.h"
#include "series/series.h"

/*
 * What the files of this room share. Each uses only the ones before it:
 * busy, gap, starts (the times of one day), layers and search (the cheapest
 * way through many days), work (which sessions are to be placed), then series,
 * check and outlook, the functions of series.h.
 */

/* ---- busy.c ---- */

/*
 * Sets the list to the parts of [from, until) in which at least this number of
 * chairs is taken, ascending and apart.
 */
void smp_busy_taken(const struct smp_busy *busy, int64_t from, int64_t until,
                    int chairs, struct smp_intervals *taken);

/* ---- gap.c: the gaps of protocols as days ---- */

/*
 * A gap without a maximum ends SMP_GAP_DAYS after its preferred day. Days
 * further than SMP_GAP_FAR from the preferred day are never considered.
 */
enum { SMP_GAP_DAYS = 366, SMP_GAP_FAR = 3 * 366 };

/*
 * The gap that the protocol asks for between a session and the next one, in
 * whole days, counted from the previous session or from the first, both in
 * time. A gap for the number of the treatment before wins over a gap for each;
 * a gap with an `if` is ignored.
 */
struct smp_series_gap {
    bool from_first;
    int32_t first, last; /* the days the next session may fall on */
    int32_t best;        /* the one that is preferred, else `first` */
    bool has_first, has_last;
};

/* For a session, after the sessions of the plan that are before it in time. */
struct smp_series_gap smp_series_gap(const struct smp_plan *plan,
                                     const struct smp_protocol *protocol,
                                     const struct smp_session *session);

/* The rule for the session after a treatment of this number, or NULL. */
const struct smp_gap *smp_gap_rule(const struct smp_protocol *protocol,
                                   int treatment);

/*
 * The days that a rule allows after a session on the day `previous`, if the
 * first session is on the day `first`. Without a rule the next day is the
 * first one, and preferred.
 */
struct smp_series_gap smp_gap_days(const struct smp_gap *rule, int32_t first,
                                   int32_t previous);

/*
 * The first session in time that is not cancelled, and the one right before
 * another session; NULL if there is none.
 */
const struct smp_session *smp_gap_first(const struct smp_plan *plan);
const struct smp_session *smp_gap_previous(const struct smp_plan *plan,
                                           const struct smp_session *session);

/* ---- starts.c: when a session can begin on a day, whatever the gaps ---- */

struct smp_starts {
    const struct smp_zone *zone;        /* the plan's */
    const struct smp_hours *hours;      /* NULL: always open */
    const struct smp_zone *hours_zone;  /* of the hours */
    const struct smp_intervals *closed; /* NULL: none */
    const struct smp_busy *busy;        /* NULL: chairs are not counted */
    int chairs;
    struct smp_days *away; /* owned; ascending, apart */
    size_t away_count;
    int32_t time;               /* the client's own time of day, in seconds */
    bool time_only;             /* no other time will do */
    bool latest;                /* the latest step up to `time` is the best */
    int64_t step, buffer;       /* seconds; step: at least 60 */
    int64_t not_before;         /* instant */
    struct smp_intervals avoid; /* instants that are taken besides */

    struct smp_intervals taken, open; /* of the day that is looked at */
    struct {
        int64_t from, until;
        int32_t seconds;
    } offset; /* of the zone, between two changes */
};

/* The plan, the hours and the busy time stay the caller's. */
void smp_starts_init(struct smp_starts *starts, const struct smp_plan *plan,
                     const struct smp_series_wanted *wanted);
void smp_starts_release(struct smp_starts *starts);

/*
 * The best beginnings of a session on a day, in seconds after midnight: per
 * tail (the number of days that the session reaches into after its own day)
 * the time nearest to the client's own, the earlier of two; SMP_NO_START if
 * there is none. `minutes` counts all minutes at which it can begin.
 */
enum { SMP_TAILS = 3, SMP_NO_START = -1 };

struct smp_day_starts {
    int32_t at[SMP_TAILS];
    int32_t minutes;
};

struct smp_day_starts smp_starts_on(struct smp_starts *starts, int32_t day,
                                    int64_t length);

/* Returns true if there is a time at all. */
bool smp_starts_any(const struct smp_day_starts *starts);

/*
 * Returns true if a session can begin at any time of the day, because nothing
 * could be in the way and the clock does not change. This is quick, and true
 * on most days of most plans; false says nothing.
 */
bool smp_starts_unhindered(struct smp_starts *starts, int32_t day,
                           int64_t length);

/* Returns true if a session can begin at a time of the day, and its tail. */
bool smp_starts_fit(struct smp_starts *starts, int32_t day, int32_t time,
                    int64_t length, int *tail);

bool smp_starts_is_away(const struct smp_starts *starts, int32_t first,
                        int32_t last);

/*
 * Why no session can begin on a day, in the order in which reasons are told. A
 * day counts under one: past, away, closed, too short, full, own.
 */
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

/* ---- search.c: the cheapest way to place a run of sessions ---- */

/* A session that is to be placed. */
struct smp_series_slot {
    int number;
    int64_t length;
    const struct smp_session *was; /* where the plan had it, or NULL */
    const struct smp_gap *rule;    /* for it, after the one before it */
    int32_t day, time;             /* found: time in seconds */
    bool before_fixed;             /* a fixed session follows it */
    bool own_length; /* the client's own length, not that of `was` */
    bool kept;       /* found: it is where it was */
};

/* What was in the way of a slot, over the days that those before it allow. */
struct smp_hindrance {
    int32_t first, last; /* first > last: no day fits the gap */
    int days[SMP_OBSTACLES];
};

/* A run of slots between two fixed sessions, or after the last one. */
struct smp_search {
    struct smp_starts *starts;
    int weekday; /* the client's own */
    int32_t first_day, previous_day;
    int previous_tail, treatment; /* of the session before the run */
    bool has_next; /* a fixed session follows the run, on next_day */
    int32_t next_day;
    int32_t last_day;  /* no slot is later */
    bool next_is_late; /* its gap has ended in any case: only `min` is kept */
    const struct smp_gap *next_rule;
    struct smp_series_slot *slots;
    size_t count, placed;
    struct smp_hindrance hindrance; /* of the slot after those placed */

    int32_t radius; /* days considered around preferred ones; 0: SMP_GAP_FAR */
    struct smp_nodes *layers;     /* owned, as the members below */
    struct smp_cheapest *follows; /* of the layer after the one linked */
    struct smp_known_starts *known;
    size_t known_count;
};

/*
 * Places as many slots as possible, from the first on, and sets `placed`. The
 * next fixed session keeps its gap to the last of them; if it is too late even
 * after the session before the run, and no slot between can mend that, only the
 * minimum of its gap. To be released.
 */
void smp_search_run(struct smp_search *search);

/*
 * Fills the layers of the placed slots again, over all days, with the present
 * `was` of the slots. Their days and times stay.
 */
void smp_search_renew(struct smp_search *search);

/*
 * Finds the next best time for the first slot after the one found before, such
 * that as many slots can be placed; false if there is none. Only what was added
 * to starts->avoid at that time may be new there.
 */
bool smp_search_again(struct smp_search *search, int32_t *day, int32_t *time);

/* Appends what was in the way, in words. */
void smp_hindrance_print(struct smp_buf *out,
                         const struct smp_hindrance *hindrance);

void smp_search_release(struct smp_search *search);

/* ---- layers.c: the times at which each session of a run can be ---- */

/*
 * A cost is four numbers in one integer, the most important in the highest
 * bits, so that costs are added and compared as integers. With at most 99
 * sessions and 201 years, no number leaves its bits.
 */
#define SMP_COST_SECOND ((int64_t)1)
#define SMP_COST_DAY ((int64_t)1 << 24)
#define SMP_COST_WEEKDAY ((int64_t)1 << (24 + 23))
#define SMP_COST_MOVE ((int64_t)1 << (24 + 23 + 7))
#define SMP_COST_NONE INT64_MAX /* there is no way */

/* A possible beginning of a session. */
struct smp_node {
    int64_t cost; /* once linked, with the cheapest way from here to the end */
    int32_t day, time;
    uint32_t next; /* in the next layer */
    uint8_t tail;
    bool kept;
};

struct smp_nodes {
    struct smp_node *nodes; /* ascending */
    size_t count, room;
    int64_t minutes; /* at which it can begin, summed over its days */
};

/* Days on which a session can be, and the preferred one. */
struct smp_range {
    int32_t first, last, best;
};

/*
 * The days after a session on the day `previous` with this tail, at most
 * search->radius away from the preferred day.
 */
struct smp_range smp_range_after(const struct smp_search *search,
                                 const struct smp_gap *rule, int32_t previous,
                                 int tail);

/* The day of a range that is nearest to a day. */
int32_t smp_range_clamp(int32_t day, int32_t first, int32_t last);

/*
 * Fills the layer of slot k, of a run of `count`, with the nodes that the layer
 * before it allows. Their costs are those of the session alone.
 */
void smp_nodes_fill(struct smp_search *search, size_t k, size_t count);

/* Fills some days of the first layer again, clear of starts->avoid. */
void smp_nodes_fill_again(struct smp_search *search, int32_t first,
                          int32_t last);

/* Returns true if the next session is too late even after the one before the
 * run, by the gap between these two. */
bool smp_nodes_next_is_late(const struct smp_search *search);

/* The index of the first node of a layer on a day or after it. */
size_t smp_nodes_from(const struct smp_nodes *layer, int32_t day);

/* Sets search->hindrance for slot k, whose layer is empty. */
void smp_nodes_hindrance(struct smp_search *search, size_t k);

void smp_nodes_release(struct smp_search *search);

/* ---- work.c: a series that is being completed ---- */

/* The plan without its proposals, and the slots that are to be placed. */
struct smp_work {
    struct smp_plan *plan;
    const struct smp_protocol *protocol;
    const struct smp_series_wanted *wanted;
    struct smp_plan old; /* with its sessions as they were */
    struct smp_starts starts;
    struct smp_session own; /* the client's own weekday, time and length */
    struct smp_series_slot *slots; /* required, then optional, then spare */
    size_t required, count, candidates;
    int before;       /* treatments before the plan */
    int32_t last_day; /* of required slots */
    int missing;      /* sessions wanted besides the fixed ones; can be < 0 */
    bool had_proposals;
};

/* Takes the proposals out of the plan. To be released. */
void smp_work_begin(struct smp_work *work, struct smp_plan *plan,
                    const struct smp_protocol *protocol,
                    const struct smp_series_wanted *wanted);
void smp_work_release(struct smp_work *work);

/*
 * The search for the slots from `from` on that lie between the same fixed
 * sessions, none of them after `end`.
 */
struct smp_search smp_work_search(struct smp_work *work, size_t from,
                                  size_t end);

/*
 * As smp_work_search(), but run. A slot that cannot be placed with its old
 * length takes the client's own length, and so do the slots after it.
 */
struct smp_search smp_work_run(struct smp_work *work, size_t from, size_t end);

/* Drops n slots; others after the last one may be wanted in their place. */
void smp_work_drop(struct smp_work *work, size_t from, size_t n);

/* Sets the instant before which nothing begins. */
void smp_work_bound(struct smp_starts *starts, const struct smp_plan *plan,
                    const struct smp_series_wanted *wanted);

/*
 * Returns true for a proposal that can move. The session with the lowest number
 * cannot, unless a booked or done one is earlier: a series has to begin
 * somewhere.
 */
bool smp_work_is_free(const struct smp_plan *plan,
                      const struct smp_session *session);

/* The length, else the wanted one, else the protocol's, in seconds. */
int64_t smp_work_length(int64_t length, const struct smp_protocol *protocol,
                        const struct smp_series_wanted *wanted);

/*
 * The last day of a session after which the client has healed by a day; false
 * if the protocol does not say how long that takes.
 */
bool smp_work_last_day(const struct smp_protocol *protocol, int32_t ready,
                       int32_t *day);

/* The tail of a session: the days it reaches into after its own day. */
int smp_work_tail(const struct smp_plan *plan,
                  const struct smp_session *session,
                  const struct smp_protocol *protocol,
                  const struct smp_series_wanted *wanted);

/* ---- check.c ---- */

/* Warns of fixed sessions that break what proposals keep. */
void smp_check_fixed(struct smp_plan *plan, const struct smp_protocol *protocol,
                     const struct smp_series_wanted *wanted,
                     const struct smp_starts *starts);

#endif
