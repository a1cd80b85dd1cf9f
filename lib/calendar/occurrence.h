#ifndef SMP_CALENDAR_OCCURRENCE_H
#define SMP_CALENDAR_OCCURRENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cal_event;
struct cal_reader;

/*
 * From an event to its occurrences, for length.c, recur.c and occurrence.c.
 * Local times are those of the event's wall clock; see smp_cal_wall().
 */

/* How long an event is, once all zones are known. */
struct cal_length {
    const struct cal_zone *zone; /* its start's, or the one it borrows */
    int64_t seconds;
    int32_t days;    /* moved by first, on the wall clock */
    int64_t nominal; /* seconds on the wall clock, or 0 */
    int64_t before;  /* seconds that it may begin before its start, on the
                        wall clock: its ends may be swapped */
    bool has_end;
    bool to_midnight; /* its end is wrong: at least to the end of the day */
    const struct cal_zone *unknown; /* of its start or end, or NULL */
    int64_t early; /* seconds that its start may be earlier by that */
    const struct smp_zone *also; /* the wall of its first reading, or NULL */
};

/* One occurrence on its way to the caller. */
struct cal_occurrence {
    int64_t local, original; /* on the wall clock; as the rule has it */
    int64_t lasts;           /* as the length of a cal_rdate */
    int64_t until; /* instant to which it is busy at least, or INT64_MIN */
    bool recurs;
    const struct cal_zone *unknown; /* of a date of RDATE, or NULL */
};

/*
 * The local times at which an event occurs, sorted, in the window. Those that
 * a rule has last as the event does.
 */
struct cal_times {
    struct cal_occurrence *at;
    size_t count, room;
    bool refused;  /* some of it could not be followed */
    int64_t until; /* then: the last local time at which it may occur */
};

struct cal_length smp_cal_length_of(struct cal_reader *reader,
                                    struct cal_event *event);

/* The zone of an event's wall clock. */
const struct smp_zone *smp_cal_wall(const struct cal_reader *reader,
                                    const struct cal_event *event,
                                    const struct cal_length *length);

/* The instant at which an occurrence ends. */
int64_t smp_cal_end_of(const struct cal_reader *reader,
                       const struct smp_zone *zone,
                       const struct cal_length *length,
                       const struct cal_occurrence *occurrence);

/* The greatest smp_cal_longest() of what RANGE=THISANDFUTURE makes of an event,
 * and the way by which it is moved. */
int64_t smp_cal_longest_change(const struct cal_event *master);

/* The caller frees times->at. */
void smp_cal_recur(struct cal_reader *reader, struct cal_event *event,
                   const struct cal_length *length, struct cal_times *times);

/* Times at which an event does not occur: EXDATE, and those of overrides. */
struct cal_exclusions {
    int64_t *instants, *days;
    size_t instant_count, day_count;
};

void smp_cal_exclude(struct cal_exclusions *exclusions,
                     struct cal_reader *reader, struct cal_event *event,
                     const struct cal_length *length,
                     const struct cal_times *times);
bool smp_cal_is_excluded(const struct cal_exclusions *exclusions,
                         const struct smp_zone *zone, int64_t local);
void smp_cal_exclusions_release(struct cal_exclusions *exclusions);

#endif
