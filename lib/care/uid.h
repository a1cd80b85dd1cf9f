#ifndef SMP_CARE_UID_H
#define SMP_CARE_UID_H

#include <stddef.h>

struct smp_plan;

/*
 * Identities: UUIDs (RFC 9562, version 8) made of a hash, so that the same
 * client, session and rule give the same one for ever and nothing can be read
 * from it. The client's key comes from BLAKE2b, each UUID from SipHash-2-4 with
 * 128 bits under that key.
 */
enum { SMP_UID_SIZE = 37 };

struct smp_uid_key {
    unsigned char bytes[16];
};

struct smp_uid_key smp_uid_key(const char *client);

/* The same of a plan's client, made once a plan: plan->uid_key. */
struct smp_uid_key smp_uid_key_of(struct smp_plan *plan);

/*
 * How many octets a UID begins with that need no escape anywhere: letters,
 * digits and @ . - _
 */
size_t smp_uid_opaque(const char *uid);

/* A UUID for a thing, such as a rule's id, of one of the client's sessions. */
void smp_uid(char uid[SMP_UID_SIZE], const struct smp_uid_key *key,
             const struct smp_plan *plan, int session, const char *kind,
             const char *thing);

#endif
