#ifndef SMP_CALENDAR_READ_H
#define SMP_CALENDAR_READ_H

#include "calendar/cut.h"
#include "calendar/reader.h"

/*
 * Takes a VEVENT or VFREEBUSY: keeps what of it may matter, or drops it with a
 * remark.
 */
void smp_cal_read_event(struct cal_reader *reader,
                        const struct cal_piece *piece);
void smp_cal_read_freebusy(struct cal_reader *reader,
                           const struct cal_piece *piece);

/*
 * Whether a stretch of local time may touch the window in some zone, or has to
 * be told of because its years are none.
 */
bool smp_cal_may_touch(const struct cal_reader *reader, int64_t start,
                       int64_t end);

/* Adds an event to those that are kept. */
void smp_cal_append(struct cal_reader *reader, struct cal_event *event);

/* Its client: the first ATTENDEE who is not the ORGANIZER, and no thing. */
void smp_cal_keep_people(struct cal_reader *reader, struct cal_event *event,
                         icalcomponent *component);

#endif
