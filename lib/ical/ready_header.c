#include "ical/ready_header.h"

#include <string.h>

const char *
smp_ready_header(const struct smp_buf *of, size_t *n)
{
    size_t i;

    for (i = 0; i < smp_ready_header_count; i++) {
        const struct smp_ready_header *header = &smp_ready_headers[i];

        *n = header->size;
        if (header->of_size == of->len &&
            memcmp(smp_ready_texts + header->of, of->data, of->len) == 0)
            return smp_ready_texts + header->text;
    }
    return NULL;
}
