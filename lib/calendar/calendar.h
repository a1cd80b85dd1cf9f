#ifndef SMP_CALENDAR_CALENDAR_H
#define SMP_CALENDAR_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"

/*
 * Calendars of others (RFC 5545), as the occurrences of their events. What is
 * wrong with them is told, and what cannot be understood counts as busy.
 */
enum smp_event_kind { SMP_EVENT, SMP_FREEBUSY };

/*
 * One occurrence. Texts are clean UTF-8 of one line, live during the call
 * alone, and are never NULL unless it says so. Instants are seconds since
 * 1970-01-01T00:00:00Z.
 */
struct smp_event {
    unsigned long line; /* of its BEGIN, from 1 */
    enum smp_event_kind kind;
    const char *uid;     /* "" where it has none */
    const char *summary; /* "" */
    struct smp_strings categories;
    /*
     * Of the first ATTENDEE that is neither the ORGANIZER nor a room or
     * resource: CN, and the address in lower case without mailto:, or NULL.
     */
    const char *client_name, *client_address;
    bool many_clients;   /* more than one such attendee */
    bool declined;       /* that attendee declined */
    bool public_holiday; /* its DESCRIPTION begins so; if `holidays` is set */
    bool cancelled;      /* by STATUS, or by the METHOD of its calendar */
    bool busy;           /* counts as busy time, as long as it is */
    bool understood;     /* false: something was not, and a remark told it */
    bool recurs;         /* one of several occurrences */
    int sequence;
    bool has_created;
    int64_t created; /* of the years 1990 to 2100 */
    bool all_day;
    bool has_end;          /* false: none was given, or it is no end */
    const char *zone_name; /* IANA name of the zone of its start; of one in UTC,
                              or in a zone without such a name, that of its
                              calendar (X-WR-TIMEZONE); else NULL */
    int64_t recurrence;    /* when the rule has it; else as start */
    /*
     * Half-open. All-day ones run from midnight to midnight in the default
     * zone. A timed one without an end has start == end and is no busy time;
     * one whose end is wrong ends with its day, or after its DURATION where
     * that is later. None ends after 2101-01-02T00:00:00Z. One with a rule that
     * cannot be followed is handed on as one busy stretch besides what else is
     * known of it: from its start to the end of its last occurrence by UNTIL,
     * else to that of the window.
     */
    int64_t start, end;
    int32_t day; /* of all-day ones: the first day */
};

/*
 * Appends what identifies an occurrence: its UID, of one of several with the
 * time at which its rule has it (UID-20261201T150000Z); nothing without a UID.
 */
struct smp_buf;
void smp_event_identity(struct smp_buf *out, const struct smp_event *event);

struct smp_calendar {
    int fd;
    struct smp_zones *zones;
    const struct smp_zone *zone; /* of all-day events, and of floating times
                                    of a calendar without X-WR-TIMEZONE */
    /*
     * Only occurrences that touch [from, until) are handed on. Both are of the
     * years 1900 to 2100 in some time zone: from 1899-12-31T00:00:00Z to
     * 2101-01-02T00:00:00Z.
     */
    int64_t from, until;
    bool holidays; /* tell public holidays: DESCRIPTION is read */

    /*
     * One occurrence, events in the order of the file, those of an event in
     * the order of time; all after the input has been read. False: no more
     * of this event are wanted.
     */
    bool (*event)(void *context, const struct smp_event *event);
    /*
     * What was not understood. uid is "" where there is none. dropped: the
     * event could not be handed on, for it has no usable date, or for it is
     * outside the years 1900 to 2100 in `zone` and the window ends where they
     * do; else it was, as busy where in doubt. At most SMP_REMARKS_MAX of those
     * not dropped are told; then the last one, with the last line and no uid,
     * tells how many were not. An event that recurs since before 1900 is not
     * dropped: some of it may be in the window.
     */
    void (*remark)(void *context, unsigned long line, const char *uid,
                   bool dropped, const char *what);
    void *context;

    unsigned long events, dropped; /* components, as they went */
    bool has_days, has_floating;   /* such were handed on: they lie in `zone` */
};

enum {
    SMP_REMARKS_MAX = 1000,
    /* Of what is kept of events until all is read; more is an error. */
    SMP_CALENDAR_MAX = 256 * 1024 * 1024
};

/*
 * Reads to the end. False with an error where the input cannot be read, holds
 * no calendar, is cut off or not text, or too much of it lies between `from`
 * and `until`; what was good before that has been handed on.
 */
bool smp_calendar_read(struct smp_calendar *calendar, struct smp_err *err);

/*
 * The IANA name for a time zone as Windows names it ("W. Europe Standard
 * Time"), in any case of letters; NULL where it is none of those.
 */
const char *smp_windows_zone(const char *name);

#endif
