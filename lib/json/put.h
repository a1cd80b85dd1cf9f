#ifndef SMP_JSON_PUT_H
#define SMP_JSON_PUT_H

#include "base/buf.h"

/*
 * For pieces so short that a call each would be most of their cost: room for n
 * octets at the end of the text, and the end that what was written there has.
 */
static inline char *
smp_json_room(struct smp_buf *out, size_t n)
{
    if (out->room <= out->len + n)
        smp_buf_reserve(out, n);
    return out->data + out->len;
}

static inline void
smp_json_end(struct smp_buf *out, char *end)
{
    *end = '\0';
    out->len = (size_t)(end - out->data);
}

static inline void
smp_json_putc(struct smp_buf *out, char c)
{
    char *at = smp_json_room(out, 1);

    *at = c;
    smp_json_end(out, at + 1);
}

#endif
