#include "base/fill.h"

#include <ctype.h>
#include <string.h>

const char *
smp_fill_next(const char **at, size_t *n)
{
    const char *c;

    for (c = strchr(*at, '{'); c; c = strchr(c + 1, '{')) {
        size_t size = 0;

        while (isalnum((unsigned char)c[1 + size]) || c[1 + size] == '.' ||
               c[1 + size] == '-')
            size++;
        if (!size || c[1 + size] != '}')
            continue;
        *at = c + size + 2;
        *n = size;
        return c + 1;
    }
    return NULL;
}

static const struct smp_value *
value_named(const struct smp_value *values, size_t count, const char *name,
            size_t n)
{
    size_t i;

    for (i = 0; i < count; i++)
        if (strlen(values[i].name) == n &&
            strncmp(values[i].name, name, n) == 0)
            return &values[i];
    return NULL;
}

void
smp_fill(struct smp_buf *out, const char *template,
         const struct smp_value *values, size_t count)
{
    const char *at = template, *name;
    size_t n;

    while ((name = smp_fill_next(&at, &n))) {
        const struct smp_value *value = value_named(values, count, name, n);

        smp_buf_add(out, template, (size_t)(name - 1 - template));
        if (value)
            smp_buf_add(out, value->text,
                        value->n ? value->n : strlen(value->text));
        else
            smp_buf_add(out, name - 1, n + 2);
        template = at;
    }
    smp_buf_puts(out, template);
}
