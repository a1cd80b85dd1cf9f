#include "base/hash.h"

#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t
smp_hash(const void *bytes, size_t n, uint64_t seed)
{
    return XXH64(bytes, n, seed);
}

uint64_t
smp_hash_joined(const void *first, size_t n, const void *second, size_t m)
{
    XXH64_state_t state;
    char both[64];

    if (n <= sizeof both && m <= sizeof both - n) {
        memcpy(both, first, n);
        memcpy(both + n, second, m);
        return XXH64(both, n + m, 0);
    }
    XXH64_reset(&state, 0);
    XXH64_update(&state, first, n);
    XXH64_update(&state, second, m);
    return XXH64_digest(&state);
}
