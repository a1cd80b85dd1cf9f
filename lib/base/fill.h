#ifndef SMP_BASE_FILL_H
#define SMP_BASE_FILL_H

#include <stddef.h>

struct smp_buf;

/*
 * Patterns: "{name}" in a text stands for a value. A name without a value stays
 * as it is written. So does the rest of the pattern after SMP_FILL_VALUES_MAX
 * values or SMP_FILL_OCTETS_MAX octets: patterns within patterns do not grow
 * without bound.
 */
enum { SMP_FILL_VALUES_MAX = 32, SMP_FILL_OCTETS_MAX = 8192 };

struct smp_value {
    const char *name;
    const char *text;
};

/* A list of values and its length, as the two last arguments of smp_fill. */
#define SMP_VALUES(...)                                                        \
    (const struct smp_value[]){__VA_ARGS__},                                   \
        sizeof((const struct smp_value[]){__VA_ARGS__}) /                      \
            sizeof(struct smp_value)

void smp_fill(struct smp_buf *out, const char *pattern,
              const struct smp_value *values, size_t count);

/* As smp_fill(), but a value is made when its name is found. */
struct smp_lazy_value {
    const char *name; /* NULL ends a list */
    void (*make)(struct smp_buf *out, const void *context);
};

void smp_fill_lazy(struct smp_buf *out, const char *pattern,
                   const struct smp_lazy_value *values, const void *context);

/*
 * Returns the first name in braces at or after *at, of n octets, or NULL. *at
 * moves behind the brace.
 */
const char *smp_fill_next(const char **at, size_t *n);

#endif
