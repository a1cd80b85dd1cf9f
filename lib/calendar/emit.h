#ifndef SMP_CALENDAR_EMIT_H
#define SMP_CALENDAR_EMIT_H

#include "calendar/reader.h"

/* How long an event is, once all zones are known. */
struct cal_length {
    const struct cal_zone *zone; /* its start's, or the one it borrows */
    int64_t seconds;
    int32_t days; /* moved by first, on the wall clock */
    bool has_end;
    bool to_midnight; /* its end is wrong */
};

struct cal_length smp_cal_length_of(struct cal_reader *reader,
                                    struct cal_event *event);

/* The zone of an event's wall clock. */
const struct smp_zone *smp_cal_wall(const struct cal_reader *reader,
                                    const struct cal_event *event,
                                    const struct cal_length *length);

/* One occurrence on its way to the caller. */
struct cal_occurrence {
    int64_t local, original; /* on the wall clock; as the rule has it */
    int64_t lasts;           /* seconds that count instead, or -1 */
    int64_t until;           /* instant to which it is busy at least, or 0 */
    bool recurs;
};

/* False where no more of the event are wanted. */
bool smp_cal_hand_on(struct cal_reader *reader, const struct cal_event *event,
                     const struct cal_length *length,
                     struct cal_occurrence occurrence);

/* That something of the event is not understood. */
void smp_cal_doubt(struct cal_reader *reader, struct cal_event *event,
                   const char *what, const char *why);

/*
 * The local times at which a recurring event occurs, sorted, in the window.
 * *length of each: of an RDATE with a period, else -1.
 */
struct cal_times {
    struct cal_occurrence *at;
    size_t count, room;
    bool refused;  /* it could not be followed: at is its start alone */
    int64_t until; /* then: the instant it may last to */
};

void smp_cal_recur(struct cal_reader *reader, struct cal_event *event,
                   const struct cal_length *length, struct cal_times *times);

/* Times at which an event does not occur: EXDATE, and those of overrides. */
struct cal_without {
    int64_t *instants, *days;
    size_t instant_count, day_count;
};

void smp_cal_without(struct cal_without *without,
                     const struct cal_reader *reader,
                     const struct cal_event *event,
                     const struct cal_length *length);
bool smp_cal_is_without(const struct cal_without *without,
                        const struct smp_zone *zone, int64_t local);
void smp_cal_without_release(struct cal_without *without);

#endif
