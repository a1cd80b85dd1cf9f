#ifndef TESTS_PLAN_READ_H
#define TESTS_PLAN_READ_H

#include <string.h>

#include "plan/plan.h"

/*
 * Reads a plan that has to be right; it lasts until the next one. To be
 * included after cmocka.h.
 */
static inline void
plan_read(struct smp_plan *plan, const char *json, struct smp_zones *zones,
          const char *zone)
{
    struct smp_plan_defaults defaults = {zones, zone};
    struct smp_err err = {0};

    smp_plan_reset(plan);
    if (!smp_plan_parse(plan, json, strlen(json), &defaults, &err))
        fail_msg("%s: %s", json, smp_buf_text(&err.text));
}

#endif
