#ifndef SMP_ANSWER_RULINGS_H
#define SMP_ANSWER_RULINGS_H

#include "answer/asking.h"
#include "care/verdict.h"

/*
 * What the care rules say to a question, asked of the verdict engine for one
 * session on day SMP_RULINGS_DAY that others follow. The protocol is to outlive
 * it.
 */
struct smp_rulings;

struct smp_rulings *smp_rulings_new(const struct smp_protocol *protocol);
void smp_rulings_free(struct smp_rulings *rulings);

/* The plan of that session; it goes with the rulings. */
const struct smp_plan *smp_rulings_plan(const struct smp_rulings *rulings);

/* Whether a rule speaks of that side of the session; see smp-protocol(5). */
bool smp_rulings_speaks(const struct smp_rulings *rulings,
                        const struct smp_rule *rule, enum smp_side side);

/* Whether a rule speaks of an activity, or of one that it is a kind of. */
bool smp_rulings_about(struct smp_rulings *rulings, size_t rule,
                       size_t activity);

/*
 * Whether a ban forbids an activity on some day: false if a narrower permission
 * lifts it whenever it is in force.
 */
bool smp_rulings_forbids(struct smp_rulings *rulings, size_t ban,
                         size_t activity);

/*
 * What becomes of an activity at the exact time that is asked about. Of a time
 * of several days, or hours, the most cautious verdict of any of them.
 */
struct smp_ruling smp_rulings_at(const struct smp_rulings *rulings,
                                 const char *activity,
                                 const struct smp_asking *asking);

#endif
