#include "base/hash.h"

#include "base/eight.h"

enum { LANES = 4, BLOCK = LANES * 8 };

static const uint64_t prime[] = {
    UINT64_C(0x9e3779b185ebca87), UINT64_C(0xc2b2ae3d27d4eb4f),
    UINT64_C(0x165667b19e3779f9), UINT64_C(0x85ebca77c2b2ae63),
    UINT64_C(0x27d4eb2f165667c5)};

static inline uint64_t
turned(uint64_t word, int bits)
{
    return word << bits | word >> (64 - bits);
}

static inline uint64_t
mix(uint64_t lane, uint64_t word)
{
    return turned(lane + word * prime[1], 31) * prime[0];
}

static uint64_t
join(const uint64_t lanes[LANES])
{
    uint64_t hash = turned(lanes[0], 1) + turned(lanes[1], 7) +
                    turned(lanes[2], 12) + turned(lanes[3], 18);
    int i;

    for (i = 0; i < LANES; i++)
        hash = (hash ^ mix(0, lanes[i])) * prime[0] + prime[3];
    return hash;
}

/* All whole blocks; what is left is the caller's. */
static uint64_t
add_blocks(const unsigned char *at, const unsigned char *end, uint64_t seed)
{
    uint64_t a = seed + prime[0] + prime[1], b = seed + prime[1], c = seed,
             d = seed - prime[0];

    for (; end - at >= BLOCK; at += BLOCK) {
        a = mix(a, smp_eight(at));
        b = mix(b, smp_eight(at + 8));
        c = mix(c, smp_eight(at + 16));
        d = mix(d, smp_eight(at + 24));
    }
    return join((const uint64_t[LANES]){a, b, c, d});
}

static uint64_t
add_rest(uint64_t hash, const unsigned char *at, const unsigned char *end)
{
    for (; end - at >= 8; at += 8)
        hash = turned(hash ^ mix(0, smp_eight(at)), 27) * prime[0] + prime[3];
    if (end - at >= 4) {
        uint64_t four = at[0] | (uint64_t)at[1] << 8 | (uint64_t)at[2] << 16 |
                        (uint64_t)at[3] << 24;

        hash = turned(hash ^ four * prime[0], 23) * prime[1] + prime[2];
        at += 4;
    }
    for (; at < end; at++)
        hash = turned(hash ^ *at * prime[4], 11) * prime[0];
    return hash;
}

uint64_t
smp_hash(const void *bytes, size_t n, uint64_t seed)
{
    const unsigned char *at = bytes, *end = at + n;
    uint64_t hash = n < BLOCK ? seed + prime[4] : add_blocks(at, end, seed);

    hash = add_rest(hash + n, end - n % BLOCK, end);
    hash = (hash ^ hash >> 33) * prime[1];
    hash = (hash ^ hash >> 29) * prime[2];
    return hash ^ hash >> 32;
}
