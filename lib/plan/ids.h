#ifndef SMP_PLAN_IDS_H
#define SMP_PLAN_IDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Finds ids that come twice in a stream, by hashes: 20 octets per id. Two plans
 * with one id would have the same events in calendars, because the UIDs of
 * events are made from the id (see care/uid.h). Start with a zeroed struct.
 */
struct smp_ids {
    struct smp_id_slot *slots;
    size_t count, size;
};

/* The most ids that are kept, in 20 MB. */
enum { SMP_IDS_MAX = 700000 };

/* The hashes of an id. */
struct smp_id_key {
    uint64_t folded; /* of the id without case and outer blanks */
    uint32_t exact;  /* of the id as it is; 0 if folding keeps it */
    uint32_t studio; /* 0: none */
};

enum smp_same_id {
    SMP_ID_NEW,
    SMP_ID_ALIKE,       /* one that differs only in case or outer blanks */
    SMP_ID_TWICE,       /* the very same */
    SMP_ID_OTHER_STUDIO /* the very same, in a plan of another studio */
};

/* `studio` is NULL if the plan names none. */
struct smp_id_key smp_id_key(const char *id, const char *studio);

/*
 * Tells whether the id has come before, and in which line: that of the first
 * plan with the very same id, else of one with an id like it.
 */
enum smp_same_id smp_ids_find(const struct smp_ids *ids,
                              const struct smp_id_key *key,
                              unsigned long *line);

/* Adds an id that has not come before; false if there is no room for it. */
bool smp_ids_add(struct smp_ids *ids, const struct smp_id_key *key,
                 unsigned long line);

/* Returns true the first time it is called for an id, which must be there. */
bool smp_ids_first_time(struct smp_ids *ids, const struct smp_id_key *key);

void smp_ids_release(struct smp_ids *ids);

#endif
