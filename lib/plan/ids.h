#ifndef SMP_PLAN_IDS_H
#define SMP_PLAN_IDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The ids of a stream, so that one that comes twice is found: by hashes, in 20
 * octets an id. All entries in calendars get their identity from the client's
 * id (see care/uid.h), so two plans of one id have the same entries. Start with
 * a zeroed struct.
 */
struct smp_ids {
    struct smp_id_slot *slots;
    size_t count, size;
};

/* More ids than these are not kept: 20 MB. */
enum { SMP_IDS_MAX = 700000 };

/* What an id is found by. */
struct smp_id_key {
    uint64_t folded; /* without case and outer blanks */
    uint32_t exact;  /* of the id as it is; 0 if that is the same */
    uint32_t studio; /* 0: none */
};

enum smp_same_id {
    SMP_ID_NEW,
    SMP_ID_ALIKE,        /* one that differs only in case or outer blanks */
    SMP_ID_TWICE,        /* the very same */
    SMP_ID_OTHER_STUDIO, /* the very same, of a plan that names another studio
                          */
};

/* studio: NULL if the plan names none. */
struct smp_id_key smp_id_key(const char *id, const char *studio);

/*
 * Whether the id has come before, and in which line: that of the first plan
 * with the very same id, else of one with an id like it.
 */
enum smp_same_id smp_ids_find(const struct smp_ids *ids,
                              const struct smp_id_key *key,
                              unsigned long *line);

/* Notes an id that has not come before; false if there is no room for it. */
bool smp_ids_add(struct smp_ids *ids, const struct smp_id_key *key,
                 unsigned long line);

/* Whether it is the first time that this is asked of the id, which is there. */
bool smp_ids_first_time(struct smp_ids *ids, const struct smp_id_key *key);

void smp_ids_release(struct smp_ids *ids);

#endif
