#ifndef SMP_CARE_RIVALS_H
#define SMP_CARE_RIVALS_H

#include "protocol/kinds.h"

/*
 * Which rules of a protocol can overrule each other on a day: bans that tasks
 * and permissions can lift, and tasks and permissions that bans can forbid.
 * Found once for many plans. Start with a zeroed struct; protocols may come
 * and go.
 */

/* One activity that a rule names, with the rules that speak of it. */
struct smp_topic {
    struct smp_subject *subject;
    size_t *bans, *grants; /* numbers of rules; grants: tasks, permissions */
    size_t ban_count, grant_count;
};

struct smp_rivals {
    char *protocol; /* the hash of the one they were found in last */
    const struct smp_protocol *of;
    size_t rules; /* that it has */
    struct smp_kinds *kinds;
    struct smp_topics {
        struct smp_topic *at;
        size_t count;
    } * topics; /* by rule; none if one of its activities has no rival */
};

/*
 * Finds the rivals of a protocol unless they are those. So many that each day
 * would take long are left out: both sides are listed then.
 */
void smp_rivals_find(struct smp_rivals *rivals,
                     const struct smp_protocol *protocol);

void smp_rivals_release(struct smp_rivals *rivals);

#endif
