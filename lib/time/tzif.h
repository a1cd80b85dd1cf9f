#ifndef SMP_TIME_TZIF_H
#define SMP_TIME_TZIF_H

#include <stddef.h>

#include "base/buf.h"
#include "time/zone.h"

/* A zone as it is kept; for the .c files of this room alone. */
struct smp_zone {
    struct smp_zone *next;
    char *name;
    uint64_t hash;    /* of its file, or 0 */
    size_t count;     /* of transitions */
    int64_t *times;   /* their instants, ascending */
    int64_t *walls;   /* the first local time that belongs to each */
    int32_t *offsets; /* count + 1: before the first, then after each */
    struct smp_zone_rule rule;
};

/* A sum that stops at the ends of time. */
static inline int64_t
smp_time_plus(int64_t a, int64_t b)
{
    if (b > 0 && a > INT64_MAX - b)
        return INT64_MAX;
    if (b < 0 && a < INT64_MIN - b)
        return INT64_MIN;
    return a + b;
}

static inline int32_t
smp_offset_greater(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

/*
 * Adds a change later than those there are; the arrays have room for it, and
 * offsets[count] is what held before it.
 */
void smp_zone_add_change(struct smp_zone *zone, int64_t time, int32_t after);

/*
 * Reads a TZif file (RFC 9636) into a zeroed zone, all but its name and link.
 * Whatever the file holds, nothing is read beyond its end.
 */
bool smp_tzif_read(struct smp_zone *zone, const struct smp_buf *file,
                   struct smp_err *err);

#endif
