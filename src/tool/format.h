#ifndef SMP_TOOL_FORMAT_H
#define SMP_TOOL_FORMAT_H

#include <stdbool.h>

#include "ical/calendar.h"
#include "sheet/sheet.h"

struct smp_tool;

/*
 * How programs write plans: in the format that the command line asks for. A
 * new format is a row of SMP_FORMATS and a setter of sheets, or a function that
 * prints plans. What programs have to know of it they ask by these functions.
 */

/* Before all else that is declared here: what the program's sheets say. */
void smp_tool_choose_format(struct smp_tool *tool, smp_sheet_filler *fill);

/* Reads the options of formats; false after a message (wrong usage). */
bool smp_tool_format_options(struct smp_tool *tool);

/* What --discreet asks for. */
bool smp_tool_discretion(struct smp_tool *tool,
                         enum smp_discretion *discretion);

/* Whether sheets are set, which can have no dates and show closed days. */
bool smp_tool_sets_sheets(const struct smp_tool *tool);

/*
 * Whether it shows what items are called and when they are done. Sheets and
 * entries by periods show neither.
 */
bool smp_tool_shows_items(const struct smp_tool *tool);

/* Instead of plans: the sheet of one phase without dates. */
void smp_tool_put_rules(struct smp_tool *tool, enum smp_phase phase);

#endif
