#include "base/fill.h"

#include <string.h>

static bool
is_of_name(char c)
{
    char small = (char)(c | 0x20);

    return (small >= 'a' && small <= 'z') || (c >= '0' && c <= '9') ||
           c == '.' || c == '-';
}

const char *
smp_fill_next(const char **at, size_t *n)
{
    const char *c;

    for (c = strchr(*at, '{'); c; c = strchr(c + 1, '{')) {
        size_t size = 0;

        while (is_of_name(c[1 + size]))
            size++;
        if (!size || c[1 + size] != '}')
            continue;
        *at = c + size + 2;
        *n = size;
        return c + 1;
    }
    return NULL;
}

void
smp_fill_with(struct smp_buf *out, const char *template, smp_value_maker *make,
              const void *context)
{
    const char *at = template, *name;
    size_t n;

    while ((name = smp_fill_next(&at, &n))) {
        smp_buf_add(out, template, (size_t)(name - 1 - template));
        if (!make(out, name, n, context))
            smp_buf_add(out, name - 1, n + 2);
        template = at;
    }
    smp_buf_puts(out, template);
}

struct values {
    const struct smp_value *values;
    size_t count;
};

static bool
put_given(struct smp_buf *out, const char *name, size_t n, const void *context)
{
    const struct values *given = context;
    size_t i;

    for (i = 0; i < given->count; i++) {
        const struct smp_value *value = &given->values[i];

        if (strncmp(value->name, name, n) != 0 || value->name[n])
            continue;
        smp_buf_puts(out, value->text);
        return true;
    }
    return false;
}

void
smp_fill(struct smp_buf *out, const char *template,
         const struct smp_value *values, size_t count)
{
    smp_fill_with(out, template, put_given, &(struct values){values, count});
}
