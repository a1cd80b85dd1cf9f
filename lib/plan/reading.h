#ifndef SMP_PLAN_READING_H
#define SMP_PLAN_READING_H

#include "plan/plan.h"

/* How a record becomes a plan; for the .c files of this room alone. */
struct smp_place;
struct smp_json_reader;

struct reading {
    struct smp_plan *plan;
    const struct smp_json_reader *json;
    struct smp_err *err;
};

/* Notes what is wrong, with the path of the place. */
void smp_reading_reject(void *context, const struct smp_place *place,
                        const char *what);

/*
 * Members that have been found, or not; false where they are missing or wrong.
 * A time with an offset is turned into the plan's local time; an instant may be
 * given as a local time.
 */
bool smp_reading_when_at(struct reading *r, const struct smp_place *place,
                         struct smp_when *when);
bool smp_reading_instant_at(struct reading *r, const struct smp_place *place,
                            int64_t *instant);
bool smp_reading_day_at(struct reading *r, const struct smp_place *place,
                        int32_t *day);
int smp_reading_name_at(struct reading *r, const struct smp_place *place,
                        const char *const *names, int absent);

/* "2026-12-20/2027-01-03", both days included. */
bool smp_reading_days(struct reading *r, const char *text,
                      struct smp_days *days);

/* One uid is one thing: neither two items nor two sessions may share one. */
void smp_reading_check_uids(struct reading *r, const struct smp_place *place,
                            const char **uids, size_t count);

/*
 * Rejects each member whose name differs from a known one that is missing only
 * in case, blanks, - and _; known ends with NULL.
 */
void smp_reading_check_names(struct reading *r, const struct smp_place *object,
                             const char *const *known);

void smp_reading_sessions(struct reading *r, const struct smp_place *root);
void smp_reading_items(struct reading *r, const struct smp_place *root);

#endif
