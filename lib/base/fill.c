#include "base/fill.h"

#include <string.h>

#include "base/base.h"

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

/* Either list is NULL. */
struct given {
    const struct smp_value *values;
    size_t count;
    const struct smp_lazy_value *made;
    const void *context;
};

static bool
is_called(const char *name, const char *called, size_t n)
{
    return strncmp(name, called, n) == 0 && !name[n];
}

/* False where there is none of that name. */
static bool
put_value(struct smp_buf *out, const struct given *given, const char *name,
          size_t n)
{
    const struct smp_lazy_value *made;
    size_t i;

    for (i = 0; i < given->count; i++)
        if (is_called(given->values[i].name, name, n)) {
            smp_buf_puts(out, given->values[i].text);
            return true;
        }
    for (made = given->made; made && made->name; made++)
        if (is_called(made->name, name, n)) {
            made->make(out, given->context);
            return true;
        }
    return false;
}

static void
fill(struct smp_buf *out, const char *pattern, const struct given *given)
{
    const char *at = pattern, *name;
    size_t n, values = 0, most = out->len + SMP_FILL_OCTETS_MAX;

    while (values++ < SMP_FILL_VALUES_MAX && out->len <= most &&
           (name = smp_fill_next(&at, &n))) {
        smp_buf_add(out, pattern, (size_t)(name - 1 - pattern));
        if (!put_value(out, given, name, n))
            smp_buf_add(out, name - 1, n + 2);
        pattern = at;
    }
    smp_buf_puts(out, pattern);
}

void
smp_fill(struct smp_buf *out, const char *pattern,
         const struct smp_value *values, size_t count)
{
    fill(out, pattern, &(struct given){.values = values, .count = count});
}

void
smp_fill_lazy(struct smp_buf *out, const char *pattern,
              const struct smp_lazy_value *values, const void *context)
{
    fill(out, pattern, &(struct given){.made = values, .context = context});
}
