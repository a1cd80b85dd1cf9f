#ifndef SMP_TOOL_LANGUAGE_H
#define SMP_TOOL_LANGUAGE_H

#include "tool/tool.h"

/*
 * The protocol in the language of a plan, loaded when it is first wanted; the
 * program's own where the plan names none, or one that there is no translation
 * for, which is said once.
 */
const struct smp_protocol *smp_tool_protocol_for(struct smp_tool *tool,
                                                 const struct smp_plan *plan);

void smp_tool_free_protocols(struct smp_tool *tool);

#endif
