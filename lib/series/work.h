#ifndef SMP_SERIES_WORK_H
#define SMP_SERIES_WORK_H

#include "series/search.h"

/*
 * A series that is being completed: the plan without its proposals, and the
 * slots that are to be filled; for the .c files of this room alone.
 */
struct smp_work {
    struct smp_plan *plan;
    const struct smp_protocol *protocol;
    const struct smp_series_wanted *wanted;
    struct smp_plan old; /* its sessions as they were */
    struct smp_starts starts;
    struct smp_session own; /* the client's own weekday, time and length */
    struct smp_slot *slots; /* required, then optional, then spare ones */
    size_t required, count, candidates;
    int missing;    /* sessions wanted besides those given, or less than 0 */
    int last_given; /* number */
    bool had_proposals;
};

/* Takes the proposals out of the plan. To be released. */
void smp_work_begin(struct smp_work *work, struct smp_plan *plan,
                    const struct smp_protocol *protocol,
                    const struct smp_series_wanted *wanted);
void smp_work_release(struct smp_work *work);

/* The search for the slots from one on that lie between the same sessions. */
struct smp_search smp_work_search(struct smp_work *work, size_t from,
                                  size_t end);

/*
 * The same, run. What cannot be placed as long as it was proposed has the
 * client's own length, and so has what comes after it.
 */
struct smp_search smp_work_run(struct smp_work *work, size_t from, size_t end);

/* Drops slots: others after the last one may be wanted in their place. */
void smp_work_drop(struct smp_work *work, size_t from, size_t n);

/* Keeps what is proposed from now on clear of a session. */
void smp_work_avoid(struct smp_work *work, const struct smp_session *session);

/* Whether a session is proposed after another one: the first is given. */
bool smp_work_is_free(const struct smp_plan *plan,
                      const struct smp_session *session);

#endif
