#ifndef SMP_PLAN_PRINTING_H
#define SMP_PLAN_PRINTING_H

#include "plan/plan.h"

/*
 * How a plan becomes a record; for the .c files of this room alone, which
 * include json/json.h before this.
 */
typedef enum smp_json_change change;

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* A function for a field: its value of the thing that is written. */
#define FIELD(name, type, value)                                               \
    static change put_##name(struct smp_buf *out, const void *thing,           \
                             const cJSON *old)                                 \
    {                                                                          \
        const struct type *it = thing;                                         \
        (void)old;                                                             \
        return value;                                                          \
    }

/* Values; without one (NULL, SMP_NEVER, an empty list) the member goes. */
change smp_printing_text(struct smp_buf *out, const char *text);
change smp_printing_int(struct smp_buf *out, int number);
change smp_printing_when(struct smp_buf *out, struct smp_when when);
change smp_printing_instant(struct smp_buf *out, int64_t instant);
change smp_printing_strings(struct smp_buf *out,
                            const struct smp_strings *list);

/* The element that a session or item was read from: `source` counts from 1. */
struct elements {
    const cJSON *array, *at;
    size_t source;
};

const cJSON *smp_printing_element(struct elements *old, size_t source);

/* The value of "items", where `old` was, or NULL. */
change smp_printing_items(struct smp_buf *out, const struct smp_plan *plan,
                          const cJSON *old);

#endif
