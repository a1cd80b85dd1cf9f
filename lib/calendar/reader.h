#ifndef SMP_CALENDAR_READER_H
#define SMP_CALENDAR_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "calendar/calendar.h"
#include "calendar/zones.h"

/*
 * The state of reading one calendar stream, for the .c files of this directory
 * alone. A stream is read in three steps:
 *
 *   1. event.c reads each component and keeps it until the end of the stream,
 *      because a newer version of an event can follow anywhere.
 *   2. smp_cal_merge() drops superseded versions and gives each event its
 *      overrides.
 *   3. smp_cal_emit() expands each event and passes its occurrences to the
 *      caller.
 *
 * An event outside the window of the caller is kept as a cal_head only: it
 * produces nothing, but can supersede an older version inside the window.
 *
 * Local times are seconds on a wall clock, instants are seconds since
 * 1970-01-01T00:00:00Z. All pointers are into the reader's arena.
 */
struct cal_head {
    uint64_t hash;    /* of the UID */
    int64_t modified; /* instant of LAST-MODIFIED, or 0 */
    /* Instants of a whole one, set by smp_cal_merge(). */
    int64_t start, until, of; /* of: its RECURRENCE-ID */
    unsigned long line;       /* of BEGIN, from 1 */
    unsigned long calendar;   /* its VCALENDAR, from 1 */
    int sequence;
    bool is_override; /* has a RECURRENCE-ID */
    bool is_whole;    /* is the first member of a cal_event */
    bool lost;        /* superseded by another version */
};

/* How an event gives its end. */
enum cal_end {
    CAL_END_NONE,
    CAL_END_TIME,   /* DTEND */
    CAL_END_LENGTH, /* DURATION */
    CAL_END_WRONG   /* given, but not usable */
};

/* Special lengths of a cal_rdate: as long as the event; to the end of the day;
 * until its end. */
enum { CAL_AS_EVENT = -1, CAL_TO_MIDNIGHT = -2, CAL_TO_END = -3 };

struct cal_rdate {
    struct cal_time time;
    int64_t length;      /* seconds of a PERIOD, or a special length */
    struct cal_time end; /* if that is CAL_TO_END */
};

/* Everything that makes an event recur. */
struct cal_recurrence {
    const char **rules; /* RRULE as written; "" if a rule was left out */
    size_t rule_count;
    struct cal_rdate *dates; /* RDATE */
    size_t date_count;
    struct cal_time *without; /* EXDATE */
    size_t without_count;
};

struct cal_event {
    struct cal_head head;
    struct cal_event *next; /* in stream order */
    enum smp_event_kind kind;
    const char *uid, *summary;                /* "" if missing */
    const char *client_name, *client_address; /* NULL if missing */
    struct smp_strings categories;
    struct cal_time start, end;
    struct cal_time original;    /* RECURRENCE-ID */
    const struct cal_zone *home; /* zone of floating times in its calendar */
    int64_t created;             /* instant, if has_created */
    int64_t seconds;             /* DURATION is days and seconds, or 0 */
    int32_t days;
    enum cal_end end_kind;
    bool many_clients, declined, cancelled, has_created, free, understood;
    bool public_holiday;
    bool onwards;                      /* RANGE=THISANDFUTURE */
    bool alone;                        /* override without its main event */
    struct cal_recurrence *recurrence; /* NULL if the event occurs once */
    struct cal_event **overrides;      /* of the same UID, ordered by head.of */
    size_t override_count;
};

struct cal_reader {
    struct smp_calendar *calendar; /* the caller's */
    struct cal_zones zones;
    struct smp_arena arena;
    size_t kept; /* approximate octets in the arena: see SMP_CALENDAR_MAX */
    struct cal_event *first, **last; /* all whole events in stream order */
    struct cal_head **heads;         /* all events with a UID */
    size_t head_count, head_room;
    struct cal_event **order;  /* all overrides, grouped by UID */
    unsigned long calendars;   /* VCALENDARs begun */
    bool cancel;               /* METHOD:CANCEL in the current one */
    long steps;                /* libical iterator steps left */
    long occurrences;          /* occurrences of rules left */
    unsigned long remarks;     /* made so far, printed or not */
    unsigned long passed_over; /* VAVAILABILITY components */
    unsigned long passed_line; /* of the first one */
    bool told_text;            /* the remark about UTF-8 has been made */
    bool told_readings;        /* and that about times with two readings */
    struct smp_buf text;       /* scratch */
};

/* Returns true if the window begins, or ends, with the years 1900 to 2100. */
bool smp_cal_is_from_beginning(const struct smp_calendar *calendar);
bool smp_cal_is_to_end(const struct smp_calendar *calendar);

/*
 * Reports a problem with an event that still counts. After SMP_REMARKS_MAX
 * reports, only counts them. uid is "" if there is none.
 */
void smp_cal_remark(struct cal_reader *reader, unsigned long line,
                    const char *uid, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/*
 * Reports what cannot count at all, or not as it is meant, and counts it as
 * dropped.
 */
void smp_cal_drop(struct cal_reader *reader, unsigned long line,
                  const char *uid, const char *what);

/* Reports a problem with an event, and that it is not understood. */
void smp_cal_doubt(struct cal_reader *reader, struct cal_event *event,
                   const char *what, const char *why);

/* As smp_cal_doubt(), of a time with both TZID and Z. That is reported once. */
void smp_cal_doubt_zone(struct cal_reader *reader, struct cal_event *event);

/* The text as an output may show it, until the next call. */
const char *smp_cal_clean(struct cal_reader *reader, const char *text);

/* Allocate from the arena and add to reader->kept. The text is copied as clean
 * UTF-8. */
void *smp_cal_keep(struct cal_reader *reader, size_t size);
char *smp_cal_keep_text(struct cal_reader *reader, const char *text);

/* Adds an event to those that are kept. */
void smp_cal_append(struct cal_reader *reader, struct cal_event *event);

/*
 * Returns true if a stretch of local time can touch the window in some zone,
 * or has to be reported because it is outside all years.
 */
bool smp_cal_may_touch(const struct cal_reader *reader, int64_t start,
                       int64_t end);

/*
 * Reads a VEVENT or VFREEBUSY: keeps what of it can matter, or drops it with a
 * remark.
 */
struct cal_piece;

void smp_cal_read_event(struct cal_reader *reader,
                        const struct cal_piece *piece);
void smp_cal_read_freebusy(struct cal_reader *reader,
                           const struct cal_piece *piece);

/* Seconds that an event lasts at most, within a day or so. */
int64_t smp_cal_longest(const struct cal_event *event);

/* Seconds, about, from an end to the start after it, if they may be swapped. */
int64_t smp_cal_swapped(const struct cal_event *event);

/*
 * Marks superseded versions as lost, and gives each event the overrides of its
 * UID. Call it once, after the whole stream has been read.
 */
void smp_cal_merge(struct cal_reader *reader);

/*
 * Passes the occurrences of an event inside the window to the caller, in order
 * of time. Call it after smp_cal_merge(), and not for a lost event.
 */
void smp_cal_emit(struct cal_reader *reader, struct cal_event *event);

#endif
