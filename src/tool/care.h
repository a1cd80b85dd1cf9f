#ifndef SMP_TOOL_CARE_H
#define SMP_TOOL_CARE_H

#include "tool/tool.h"

/* The whole of smp-precare and smp-aftercare, which differ in the phase. */
int smp_care_main(const struct smp_program *program, enum smp_phase phase,
                  int argc, char **argv);

/* The renderer and calendar options that the command line asks for. */
bool smp_tool_format(struct smp_tool *tool, const struct smp_renderer *text);

/* What --discreet asks for. */
bool smp_tool_discretion(struct smp_tool *tool);

#endif
