#ifndef SMP_BASE_HASH_H
#define SMP_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

/*
 * A number for n octets, the same on every machine: XXH64 of the xxHash
 * library. It is quick and well spread: no two texts that differ by chance have
 * the same one. It is no defence against who chooses the octets.
 */
uint64_t smp_hash(const void *bytes, size_t n, uint64_t seed);

/* As smp_hash() with seed 0, but of two pieces as if they were one. */
uint64_t smp_hash_joined(const void *first, size_t n, const void *second,
                         size_t m);

#endif
