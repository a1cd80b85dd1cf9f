#ifndef SMP_INSTALL_READY_H
#define SMP_INSTALL_READY_H

#include "protocol/protocol.h"

/*
 * Templates as C source: each protocol's are gathered, then all are written to
 * standard output and released.
 */
void ready_gather(const struct smp_protocol *protocol);
void ready_write(void);

#endif
