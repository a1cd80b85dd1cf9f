#ifndef SMP_SCHEDULE_EDITS_H
#define SMP_SCHEDULE_EDITS_H

#include "tool/tool.h"

/* --set ID:N=VALUE: what plans are changed to in passing. */
struct edit;

struct edits {
    struct edit *at;
    size_t count;
};

/* Reads the options; false after a message. */
bool edits_read(struct smp_tool *tool, struct edits *edits);

/*
 * Changes the plan by those that name its id, each change named in its
 * `changes`. What cannot be done leaves the plan as it is, and so does a change
 * that a plan of the same id in an earlier line has got.
 */
void edits_apply(const struct edits *edits, struct smp_tool *tool,
                 struct smp_plan *plan);

/* Says which could not be made, or named no plan that came: status 1. */
void edits_tell(const struct edits *edits, struct smp_tool *tool);

void edits_release(struct edits *edits);

#endif
