#ifndef SMP_BASE_FILL_H
#define SMP_BASE_FILL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/*
 * Templates: "{name}" in a text stands for a value. What no value is given for
 * stays as it is written.
 */
struct smp_value {
    const char *name;
    const char *text;
};

/* A list of values and its length, as the two last arguments of smp_fill. */
#define SMP_VALUES(...)                                                        \
    (const struct smp_value[]){__VA_ARGS__},                                   \
        sizeof((const struct smp_value[]){__VA_ARGS__}) /                      \
            sizeof(struct smp_value)

void smp_fill(struct smp_buf *out, const char *template,
              const struct smp_value *values, size_t count);

/*
 * The same with values that are made when they are wanted: appends the one of
 * that name, of n octets; false where there is none.
 */
typedef bool smp_value_maker(struct smp_buf *out, const char *name, size_t n,
                             const void *context);

void smp_fill_with(struct smp_buf *out, const char *template,
                   smp_value_maker *make, const void *context);

/* The first name in braces at or after *at, or NULL; *at moves behind it. */
const char *smp_fill_next(const char **at, size_t *n);

#endif
