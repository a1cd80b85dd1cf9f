#ifndef SMP_TOOL_ZONE_H
#define SMP_TOOL_ZONE_H

struct smp_buf;
struct smp_err;

/*
 * Returns the directory of the system's time zones: TZDIR, else
 * smp_zone_directory.
 */
const char *smp_system_zones(void);

/*
 * The name of this machine's time zone: TZ, else what /etc/localtime links to,
 * else what /etc/timezone says, else UTC. The text is kept in `name`. NULL with
 * an error if the system could not read what is there.
 */
const char *smp_system_zone(struct smp_buf *name, struct smp_err *err);

#endif
