#ifndef SMP_CARE_CARE_H
#define SMP_CARE_CARE_H

#include "plan/plan.h"
#include "protocol/protocol.h"

/*
 * Which rules of a protocol can overrule each other, found once for many plans.
 * Start with a zeroed struct and pass it on with each plan; protocols may come
 * and go. Release it at the end.
 */
struct smp_rivals {
    char *protocol; /* the hash of the one they were found in last */
    const struct smp_protocol *of;
    size_t rules; /* that it has */
    struct smp_kinds *kinds;
    struct smp_topics *topics; /* by rule */
};

void smp_rivals_release(struct smp_rivals *rivals);

/*
 * Adds the items of one phase for every session that counts, in place of the
 * items that the same phase of the same protocol may have added before, and
 * notes it in plan->care. Other items stay. Care that was over when its session
 * was booked is not added, but named in session->late. A plan beyond the limits
 * of smp_plan_check_limits() gets no more items.
 *
 * The care of sessions that are not proposed is found as if no session were
 * proposed, unless `proposed` is set.
 */
void smp_care_add(struct smp_plan *plan, const struct smp_protocol *protocol,
                  enum smp_phase phase, bool proposed);

/*
 * As smp_care_add(), but faster, for plans whose items are neither printed nor
 * made into entries: items have no clock times, and the UID "".
 */
void smp_care_add_words(struct smp_plan *plan,
                        const struct smp_protocol *protocol,
                        enum smp_phase phase, bool proposed);

/*
 * Removes all items that are in force on no day from `first` to `last`, and
 * sets plan->partial. Items that stay keep their bounds.
 */
void smp_care_select(struct smp_plan *plan, const struct smp_protocol *protocol,
                     struct smp_rivals *rivals, bool proposed, int32_t first,
                     int32_t last);

/*
 * Fills plan->day with the title and text for a day, from the items in force on
 * that day; with `proposed`, from the items of proposed sessions too. `now` is
 * a local time.
 */
void smp_care_note_day(struct smp_plan *plan,
                       const struct smp_protocol *protocol,
                       struct smp_rivals *rivals, bool proposed, int32_t day,
                       int64_t now);

/*
 * The rules of a protocol that contradict each other, found once for many
 * plans. Start with a zeroed struct; protocols may come and go.
 */
struct smp_clash {
    size_t post, pre; /* numbers of rules */
};

struct smp_clashes {
    char *protocol; /* the hash of the one they were found in last */
    size_t rules;   /* that it has */
    struct smp_clash *at;
    size_t count, room;
};

void smp_clashes_release(struct smp_clashes *clashes);

/*
 * Adds a warning to the plan for each rule of pre-care that collides with
 * aftercare of the session before: at the same time, one rule asks for what the
 * other forbids. After a hundred warnings, one more counts the rest.
 */
void smp_care_warn_of_clashes(struct smp_plan *plan,
                              const struct smp_protocol *protocol,
                              struct smp_clashes *clashes);

#endif
