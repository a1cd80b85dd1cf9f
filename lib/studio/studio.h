#ifndef SMP_STUDIO_STUDIO_H
#define SMP_STUDIO_STUDIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct smp_buf;
struct smp_err;
struct smp_plan;
struct smp_protocol;
struct smp_series_wanted;

/*
 * A studio's schedule: when it is open, how many chairs it has, and when these
 * are taken. The plans of its clients are completed in what is left:
 *
 *   smp_schedule_new            hours and chairs, from the studio's protocol
 *   smp_schedule_note           each plan: its fixed sessions take chairs
 *   smp_schedule_add_calendar   each calendar of busy time
 *   smp_schedule_add_closed     each calendar of closed days
 *   smp_schedule_reserve        each plan: its old proposals keep chairs
 *   smp_schedule_complete       each plan: its series, which takes chairs
 *
 * in this order, each step for all plans before the next one, so that no plan
 * is completed before all that is booked is known. `wanted` is what the caller
 * wants of a series besides (see series.h): its hours, hours_zone, closed,
 * step, buffer, earliest, busy and chairs are ignored. All plans are told apart
 * by plan->line, and reserved in ascending order of it.
 */

struct smp_schedule_settings {
    const struct smp_hours *hours; /* NULL: those of the protocol, if any */
    int chairs;                    /* 0: those of the protocol, else 1 */
    int64_t now;                   /* instant: studio.notice counts from it */
    bool has_closed;               /* a calendar of closed days will be added */
    bool counts_chairs;          /* even if nothing else says hours or chairs */
    struct smp_zones *zones;     /* where the protocol's zone is looked up */
    bool ignores_zone;           /* studio.timeZone is not asked */
    const struct smp_zone *zone; /* of the plans that name none */
    bool zone_assumed;           /* nobody has named it: it is the machine's */
    bool restarts;               /* smp_schedule_restart() will be called */
    bool single;       /* there is one plan: an event at the very time of its
                          session can be nobody else's */
    bool whole_months; /* busy time is wanted for whole months, as
                          smp_schedule_find_closures() shows them */
};

/*
 * The schedule of the protocol's studio; the settings are copied, and what they
 * point to must outlive it. The remark, unless NULL, is set if the opening
 * hours may not mean what they seem to. NULL with an error: the zone, hours or
 * closed days are wrong, or holidays are off and has_closed is not set.
 */
struct smp_schedule *
smp_schedule_new(const struct smp_protocol *protocol,
                 const struct smp_schedule_settings *settings,
                 struct smp_buf *remark, struct smp_err *err);
void smp_schedule_free(struct smp_schedule *schedule);

/*
 * Takes chairs for the plan's fixed sessions, and notes the days on which its
 * proposals may be. Returns false with an error if more than SMP_BUSY_MAX times
 * are taken.
 */
bool smp_schedule_note(struct smp_schedule *schedule,
                       const struct smp_plan *plan,
                       const struct smp_protocol *protocol,
                       const struct smp_series_wanted *wanted,
                       struct smp_err *err);

/* Returns true if events of calendars matter: some plan has days to look at. */
bool smp_schedule_needs_calendars(const struct smp_schedule *schedule);

/*
 * Takes chairs for the busy events of a calendar. The event of a session that a
 * noted plan knows, by its UID and time, takes no second chair. All-day events
 * and floating times are in the zone of the opening hours: the settings' if
 * they ignore the studio's, else the studio's, else that of all noted plans,
 * else the settings'. Remarks are those of smp_calendar_read(), differences
 * between plan and calendar, and, with line 0, the zone if nobody has named it.
 * False with an error; what was read before it stays.
 */
bool smp_schedule_add_calendar(struct smp_schedule *schedule, int fd,
                               void (*remark)(void *context, unsigned long line,
                                              const char *uid, bool dropped,
                                              const char *what),
                               void *context, struct smp_err *err);

/*
 * As smp_schedule_add_calendar(), but the events close the studio while they
 * last, even if they are marked free; cancelled ones do not. With `matches`,
 * only events whose summary or category it is true for; else, if some are
 * public holidays (see struct smp_event), only these. A remark with line 0 says
 * so if no event is left.
 */
bool smp_schedule_add_closed(struct smp_schedule *schedule, int fd,
                             bool (*matches)(void *context, const char *text),
                             void (*remark)(void *context, unsigned long line,
                                            const char *uid, bool dropped,
                                            const char *what),
                             void *context, struct smp_err *err);

/*
 * Keeps a chair for each old proposal of the plan, if it has one, until the
 * plan is completed: nobody else gets a time that this client was told. Not
 * needed unless some noted plan has proposals.
 */
void smp_schedule_reserve(struct smp_schedule *schedule,
                          const struct smp_plan *plan,
                          const struct smp_protocol *protocol,
                          const struct smp_series_wanted *wanted);
bool smp_schedule_has_proposals(const struct smp_schedule *schedule);

/*
 * How much room the plan's series has now, in minutes at which its sessions can
 * begin. See smp_series_slack().
 */
int64_t smp_schedule_slack(struct smp_schedule *schedule,
                           const struct smp_plan *plan,
                           const struct smp_protocol *protocol,
                           const struct smp_series_wanted *wanted);

/*
 * Completes the plan's series, and takes chairs for its proposals. What
 * plan->changes named before stays, in front. Returns true if the series is
 * whole. One that is not takes nothing with `only_whole`, and the plan is of no
 * more use. The error is that of smp_schedule_note().
 */
bool smp_schedule_complete(struct smp_schedule *schedule, struct smp_plan *plan,
                           const struct smp_protocol *protocol,
                           const struct smp_series_wanted *wanted,
                           bool only_whole, struct smp_err *err);

/*
 * Gives back the chairs of all plans completed so far, and takes those of their
 * old proposals again: as before the first plan was completed.
 */
void smp_schedule_restart(struct smp_schedule *schedule);

/* Sets plan->closures, the days without room; see smp_series_closures(). */
void smp_schedule_find_closures(const struct smp_schedule *schedule,
                                struct smp_plan *plan,
                                const struct smp_protocol *protocol,
                                const struct smp_series_wanted *wanted);

/* A client who is to be served, and how much room there is for their series. */
struct smp_turn {
    size_t plan;   /* the caller's number, in the order of the input */
    int64_t slack; /* of smp_schedule_slack() */
    bool served;
};

enum smp_served {
    SMP_NOT_SERVED,
    SMP_SERVED, /* the series is not whole */
    SMP_SERVED_WHOLE,
    SMP_STOP_SERVING /* something failed */
};

/*
 * Serves the clients with the fewest options first, and those who get no whole
 * series after all others; but in the order of the input if this makes more
 * series whole. `serve` completes a plan, with `only_whole` only if its series
 * is whole. `restart` undoes all that has been served. The turns are sorted.
 */
void smp_fair_serve(struct smp_turn *turns, size_t count,
                    enum smp_served (*serve)(void *context, size_t plan,
                                             bool only_whole),
                    void (*restart)(void *context), void *context);

#endif
