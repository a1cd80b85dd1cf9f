#ifndef SMP_TOOL_CARE_H
#define SMP_TOOL_CARE_H

#include "protocol/protocol.h"

struct smp_program;

/* The whole of smp-precare and smp-aftercare, which differ in the phase. */
int smp_care_main(const struct smp_program *program, enum smp_phase phase,
                  int argc, char **argv);

#endif
