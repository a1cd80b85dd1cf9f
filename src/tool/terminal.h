#ifndef SMP_TOOL_TERMINAL_H
#define SMP_TOOL_TERMINAL_H

#include "sheet/sheet.h"

/*
 * How text may be drawn: in ASCII where the locale is not UTF-8, in colour
 * where standard output is a terminal that has any and NO_COLOR is not set.
 */
void smp_tool_see_terminal(struct smp_medium *medium);

#endif
