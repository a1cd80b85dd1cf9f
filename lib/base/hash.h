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

/*
 * For tables of words that are short or come in pieces: FNV-1a, which goes on
 * from one piece to the next, and from SMP_HASH_START. Where to look first
 * among so many slots, a power of two, and where next.
 */
#define SMP_HASH_START UINT32_C(0x811c9dc5)

static inline uint32_t
smp_hash_on(uint32_t hash, const char *piece, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        hash = (hash ^ (unsigned char)piece[i]) * UINT32_C(0x01000193);
    return hash;
}

static inline size_t
smp_hash_slot(uint32_t hash, size_t slots)
{
    return (hash ^ hash >> 15) & (slots - 1);
}

static inline size_t
smp_hash_next_slot(size_t slot, size_t slots)
{
    return (slot + 1) & (slots - 1);
}

#endif
