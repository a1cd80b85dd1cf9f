#ifndef SMP_TOOL_ZONE_H
#define SMP_TOOL_ZONE_H

#include "base/buf.h"

/*
 * The name of this machine's time zone: TZ, else what /etc/localtime links to,
 * else what /etc/timezone says, else UTC. The text is kept in `name`.
 */
const char *smp_system_zone(struct smp_buf *name);

#endif
