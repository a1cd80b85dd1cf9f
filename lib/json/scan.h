#ifndef SMP_JSON_SCAN_H
#define SMP_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A strict walk over a JSON text (RFC 8259) that builds nothing: it knows what
 * is wrong and where, which numbers there are and in which line a value is.
 * The text ends with a NUL.
 */
struct smp_json_number {
    size_t offset, size;
};

struct smp_json_scan {
    const char *text;
    size_t at;
    const char *wrong; /* NULL: nothing */

    struct smp_json_number *numbers; /* in the order of the text */
    size_t number_count, number_room;
    size_t *members; /* offsets of the names of members, the same way */
    size_t member_count, member_room;

    const char *wanted;  /* rest of the pointer that is looked for, or NULL */
    size_t found, depth; /* offset and depth of the deepest value on its way */
};

/* The whole text, from `at` on. The caller frees both lists. */
bool smp_json_scan(struct smp_json_scan *scan);

#endif
