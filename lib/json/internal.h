#ifndef SMP_JSON_INTERNAL_H
#define SMP_JSON_INTERNAL_H

#include "base/swar.h"
#include "json/json.h"

/*
 * A value that smp_json_parse has made: what it is, and where it stood in the
 * text. It begins with its cJSON, so a pointer to one is a pointer to the
 * other.
 */
struct smp_json_value {
    cJSON json;
    const char *source; /* its octets; NULL: formatted, it would differ */
    uint32_t size;      /* of the source */
    uint32_t line;      /* on which it begins, from 1 */
};

/*
 * Not 0 if one of eight octets ends a string or is special in it: a quote, a
 * backslash or a control. A quote is less than '!', as controls are, once a
 * flipped bit has made it a space, and the space a quote.
 */
static inline uint64_t
smp_json_special(uint64_t eight)
{
    uint64_t flipped = eight ^ SMP_SWAR_ONES * ('"' ^ ' ');

    return smp_swar_below(flipped, '!') | smp_swar_equal(eight, '\\');
}

#endif
