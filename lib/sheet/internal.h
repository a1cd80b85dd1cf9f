#ifndef SMP_SHEET_INTERNAL_H
#define SMP_SHEET_INTERNAL_H

#include <stdbool.h>

struct smp_plan;
struct smp_protocol;
struct smp_session;
struct smp_sheet;

/*
 * Empties the sheet; makes sheet->words, which becomes empty, a text of the
 * sheet.
 */
void smp_sheet_begin(struct smp_sheet *sheet, const struct smp_plan *plan,
                     const struct smp_protocol *protocol);
const char *smp_sheet_keep(struct smp_sheet *sheet);

/* Whether it is drawn, and whether it may fall on other days of its window. */
bool smp_sheet_draws(const struct smp_session *session);
bool smp_sheet_may_move(const struct smp_session *session);

/* Adds the plan's sessions as rows, and what comes after them. */
void smp_sheet_add_sessions(struct smp_sheet *sheet,
                            const struct smp_plan *plan);

/* Adds the weeks; the care of the items in force, if it is not NULL. */
struct smp_in_force;
void smp_sheet_add_weeks(struct smp_sheet *sheet, const struct smp_plan *plan,
                         const struct smp_in_force *in_force);

#endif
