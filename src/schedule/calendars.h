#ifndef SMP_SCHEDULE_CALENDARS_H
#define SMP_SCHEDULE_CALENDARS_H

#include "schedule/spool.h"
#include "tool/tool.h"

/* A remark about an event, "FILE:LINE: UID: WHAT"; a dropped one is status 3.
 */
void calendars_remark(struct smp_tool *tool, const char *file,
                      unsigned long line, const char *uid, bool dropped,
                      const char *what);

/*
 * The appointments of a calendar on a descriptor as plans, one JSON object a
 * line, into a new spool. False after a message.
 */
bool calendars_to_plans(struct smp_tool *tool, int fd, struct spool *plans);

#endif
