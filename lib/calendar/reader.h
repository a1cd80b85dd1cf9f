#ifndef SMP_CALENDAR_READER_H
#define SMP_CALENDAR_READER_H

#include "base/mem.h"
#include "calendar/calendar.h"
#include "calendar/zones.h"

/*
 * What is kept of a component until the whole stream is read: it all where it
 * may touch the window, else a head that an older version of it loses to.
 */
struct cal_head {
    uint64_t hash; /* of the UID */
    int64_t stamp; /* LAST-MODIFIED, else DTSTAMP; 0 */
    int64_t of;    /* instant of its RECURRENCE-ID */
    unsigned long line;
    int sequence;
    bool is_override; /* has a RECURRENCE-ID */
    bool is_whole;    /* begins a cal_event */
    bool lost;        /* another version counts */
};

enum cal_end {
    CAL_END_NONE,
    CAL_END_TIME,   /* DTEND */
    CAL_END_LENGTH, /* DURATION */
    CAL_END_WRONG
};

enum { CAL_AS_EVENT = -1, CAL_TO_MIDNIGHT = -2 };

struct cal_rdate {
    struct cal_time time;
    int64_t length; /* seconds, of a PERIOD; else one of these */
};

struct cal_recurrence {
    const char **rules;
    size_t rule_count;
    struct cal_rdate *dates; /* RDATE */
    size_t date_count;
    struct cal_time *without; /* EXDATE */
    size_t without_count;
};

struct cal_event {
    struct cal_head head;
    struct cal_event *next; /* in the order of the stream */
    enum smp_event_kind kind;
    const char *uid, *summary;
    const char *client_name, *client_address; /* or NULL */
    struct smp_strings categories;
    struct cal_time start, end;
    struct cal_time original;    /* RECURRENCE-ID */
    const struct cal_zone *home; /* of the floating times of its calendar */
    int64_t created, seconds;    /* seconds and days: DURATION, or 0 */
    int32_t days;
    enum cal_end end_kind;
    bool many_clients, declined, cancelled, has_created, free, understood;
    bool onwards;                      /* RANGE=THISANDFUTURE */
    bool alone;                        /* an override without its main event */
    struct cal_recurrence *recurrence; /* or NULL */
    struct cal_event **overrides;      /* of its UID, in order of `of` */
    size_t override_count;
};

/* The whole of one reading. */
struct cal_reader {
    struct smp_calendar *calendar;
    struct cal_zones zones;
    struct smp_arena arena;
    size_t kept; /* octets in the arena, about */
    struct cal_event *first, **last;
    struct cal_head **heads;
    size_t head_count, head_room;
    struct cal_event **order; /* the overrides by UID */
    bool cancel;              /* the calendar's METHOD */
    long steps;               /* of libical's iterators, those left */
    long occurrences;         /* of rules, those left */
    unsigned long remarks;
    bool told_text; /* that it is not UTF-8 */
    struct smp_buf text;
};

/* Whether the window begins, or ends, where the years do. */
bool smp_cal_is_from_beginning(const struct smp_calendar *calendar);
bool smp_cal_is_to_end(const struct smp_calendar *calendar);

/* Tells what is wrong with an event, or drops it. */
void smp_cal_remark(struct cal_reader *reader, unsigned long line,
                    const char *uid, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void smp_cal_drop(struct cal_reader *reader, unsigned long line,
                  const char *uid, const char *what);

/* Memory of the reader, counted. */
void *smp_cal_keep(struct cal_reader *reader, size_t size);
char *smp_cal_keep_text(struct cal_reader *reader, const char *text);

/* Decides which versions count, and gives masters their overrides. */
void smp_cal_merge(struct cal_reader *reader);

/* Hands on the occurrences of an event. */
void smp_cal_emit(struct cal_reader *reader, struct cal_event *event);

#endif
