#ifndef SMP_CALENDAR_EMIT_H
#define SMP_CALENDAR_EMIT_H

#include "calendar/reader.h"

/* How long an event is, once all zones are known. */
struct cal_length {
    const struct cal_zone *zone; /* its start's, or the one it borrows */
    int64_t seconds;
    int32_t days; /* moved by first, on the wall clock */
    bool has_end;
    bool to_midnight; /* its end is wrong: at least to the end of the day */
};

struct cal_length smp_cal_length_of(struct cal_reader *reader,
                                    struct cal_event *event);

/* The end of the day of a local time; a time in UTC is of the days of all-day
 * events. */
int64_t smp_cal_midnight(const struct cal_reader *reader,
                         const struct smp_zone *zone, int64_t local);

/* Seconds that it lasts at the most, within a day or so. */
int64_t smp_cal_longest(const struct cal_event *event);

/* The same of what THISANDFUTURE makes of it, with the way it is moved. */
int64_t smp_cal_longest_change(const struct cal_event *master);

/* The zone of an event's wall clock. */
const struct smp_zone *smp_cal_wall(const struct cal_reader *reader,
                                    const struct cal_event *event,
                                    const struct cal_length *length);

/* One occurrence on its way to the caller. */
struct cal_occurrence {
    int64_t local, original; /* on the wall clock; as the rule has it */
    int64_t lasts;           /* as the length of a cal_rdate */
    int64_t until; /* instant to which it is busy at least, or INT64_MIN */
    bool recurs;
};

/* False where no more of the event are wanted. */
bool smp_cal_hand_on(struct cal_reader *reader, const struct cal_event *event,
                     const struct cal_length *length,
                     struct cal_occurrence occurrence);

/*
 * RANGE=THISANDFUTURE: overrides that change all that come after them, in the
 * order of time. Zeroed, it has none.
 */
struct cal_change {
    struct cal_event *by;
    int64_t from;  /* on the wall clock of the master */
    int64_t moved; /* from its wall clock to that of the change */
    struct cal_length length;
};

struct cal_changes {
    struct cal_change *at;
    size_t count, next;
};

void smp_cal_changes(struct cal_changes *changes, struct cal_reader *reader,
                     const struct cal_event *master,
                     const struct cal_length *length);

/*
 * The change that holds for an occurrence, or NULL; asked in the order of
 * time. Such an occurrence is handed on as one of the override.
 */
const struct cal_change *smp_cal_change_at(struct cal_changes *changes,
                                           int64_t local);
bool smp_cal_hand_on_changed(struct cal_reader *reader,
                             const struct cal_event *master,
                             const struct cal_length *length,
                             const struct cal_change *change,
                             struct cal_occurrence occurrence);
void smp_cal_changes_release(struct cal_changes *changes);

/* That something of the event is not understood. */
void smp_cal_doubt(struct cal_reader *reader, struct cal_event *event,
                   const char *what, const char *why);

/*
 * The local times at which a recurring event occurs, sorted, in the window.
 * Those that a rule has last as the event does.
 */
struct cal_times {
    struct cal_occurrence *at;
    size_t count, room;
    bool refused;  /* some of it could not be followed */
    int64_t until; /* then: the last local time at which it may occur */
};

void smp_cal_recur(struct cal_reader *reader, struct cal_event *event,
                   const struct cal_length *length, struct cal_times *times);

/*
 * The day that a time means for an all-day event: as it is written, unless it
 * is no midnight; then midnight somewhere else is meant.
 */
int64_t smp_cal_day_meant(const struct cal_reader *reader,
                          struct cal_time time);

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
