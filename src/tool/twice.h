#ifndef SMP_TOOL_TWICE_H
#define SMP_TOOL_TWICE_H

#include <stdbool.h>

#include "plan/ids.h"

struct smp_err;
struct smp_plan;
struct smp_tool;

/* How the id of a plan of a stream was before. */
struct smp_twice {
    struct smp_id_key key;
    enum smp_same_id before;
    unsigned long line;
};

/*
 * Looks for the id of a plan, before anything is done with it. False with an
 * error if its record is rejected: if two plans of one id, or two sessions of
 * one uid, would have the same entries in a calendar (tool->unique, and
 * tool->one_calendar).
 */
bool smp_tool_check_twice(struct smp_tool *tool, const struct smp_plan *plan,
                          struct smp_twice *twice, struct smp_err *err);

/*
 * Notes a plan that was not rejected, and warns of an id that came before; of a
 * calendar, of two sessions at the same time too.
 */
void smp_tool_note_twice(struct smp_tool *tool, const struct smp_plan *plan,
                         const struct smp_twice *twice);

/* Both, of the record that the stream is at, which was not read as a plan. */
void smp_tool_note_line(struct smp_tool *tool, const char *id,
                        const char *studio);

/* Sums up the warnings that were left out. */
void smp_tool_end_twice(struct smp_tool *tool);

#endif
