#ifndef SMP_JSON_SCAN_H
#define SMP_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A strict walk over a JSON text (RFC 8259), which knows what is wrong and
 * where, and in which line a value is. Where there is a builder, it is told
 * what is met; else nothing is built. The text ends with a NUL.
 */
struct smp_json_builder;

struct smp_json_scan {
    const char *text;
    size_t at;
    const char *wrong; /* NULL: nothing */
    bool escaped;      /* the last string has escapes in it */

    struct smp_json_builder *builder; /* or NULL */

    const char *wanted;  /* rest of the pointer that is looked for, or NULL */
    size_t found, depth; /* offset and depth of the deepest value on its way */
};

/* The whole text, from `at` on. */
bool smp_json_scan(struct smp_json_scan *scan);

/* The code unit of four hexadecimal digits, or -1. */
int smp_json_hex(const char *digits);

#endif
