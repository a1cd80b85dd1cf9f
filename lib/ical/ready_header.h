#ifndef SMP_ICAL_READY_HEADER_H
#define SMP_ICAL_READY_HEADER_H

#include <stdint.h>

#include "base/buf.h"

/*
 * How calendars begin in the built-in protocol and its translations, made when
 * the library is built, as the templates of ready.h.
 */
struct smp_ready_header {
    uint32_t of, of_size, text, size;
};

extern const struct smp_ready_header smp_ready_headers[];
extern const size_t smp_ready_header_count;

/* The header of *n octets that depends on these, or NULL. */
const char *smp_ready_header(const struct smp_buf *of, size_t *n);

/* The texts of these and of the templates, each ended by a NUL. */
extern const char smp_ready_texts[];

#endif
