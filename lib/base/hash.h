#ifndef SMP_BASE_HASH_H
#define SMP_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

/*
 * A number for n octets, to find them again in a table of one's own: quick and
 * well spread, but no defence against who chooses the octets.
 */
uint64_t smp_hash(const void *bytes, size_t n, uint64_t seed);

#endif
