#ifndef SMP_CARE_CLASH_H
#define SMP_CARE_CLASH_H

#include "plan/plan.h"
#include "protocol/protocol.h"

/*
 * The rules of a protocol that contradict each other, found once for many
 * plans. Start with a zeroed struct; protocols may come and go.
 */
struct smp_clashes {
    char *protocol; /* the hash of the one they were found in last */
    size_t rules;   /* that it has */
    struct smp_clash {
        size_t post, pre; /* numbers of rules */
    } * at;
    size_t count, room;
};

void smp_clashes_release(struct smp_clashes *clashes);

/*
 * Warns in the plan of pre-care of a session that collides with aftercare of
 * an earlier one: one rule asks for what the other forbids, at the same time.
 * Of very many collisions the first hundred are told, then how many more.
 */
void smp_care_warn_of_clashes(struct smp_plan *plan,
                              const struct smp_protocol *protocol,
                              struct smp_clashes *clashes);

#endif
