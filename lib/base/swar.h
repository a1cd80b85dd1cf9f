#ifndef SMP_BASE_SWAR_H
#define SMP_BASE_SWAR_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * SIMD within a register: eight octets at a time, to pass quickly over text in
 * which nothing is special. Each function returns 0 if none of the eight octets
 * is special. The first octet is the lowest; above a special octet, others may
 * be taken for special too.
 */
#define SMP_SWAR_ONES UINT64_C(0x0101010101010101)
#define SMP_SWAR_TOPS UINT64_C(0x8080808080808080)

static inline uint64_t
smp_swar_load(const void *octets)
{
    uint64_t eight;

    memcpy(&eight, octets, sizeof eight);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    eight = __builtin_bswap64(eight);
#endif
    return eight;
}

/*
 * How many octets come before the first one that is special, of one or more of
 * the results below, or'ed together: not 0.
 */
static inline size_t
smp_swar_before(uint64_t special)
{
    return (size_t)__builtin_ctzll(special) / 8;
}

static inline uint64_t
smp_swar_above_ascii(uint64_t eight)
{
    return eight & SMP_SWAR_TOPS;
}

/* Octets that are no printable ASCII: below 0x20, or 0x7f and above. */
static inline uint64_t
smp_swar_unprintable(uint64_t eight)
{
    return (eight | (eight + SMP_SWAR_ONES) | (eight - SMP_SWAR_ONES * 0x20)) &
           SMP_SWAR_TOPS;
}

/* Octets less than c, which is at most 0x80. */
static inline uint64_t
smp_swar_below(uint64_t eight, unsigned char c)
{
    return (eight - SMP_SWAR_ONES * c) & ~eight & SMP_SWAR_TOPS;
}

static inline uint64_t
smp_swar_equal(uint64_t eight, unsigned char c)
{
    return smp_swar_below(eight ^ SMP_SWAR_ONES * c, 1);
}

#endif
