#ifndef SMP_ICAL_CALENDAR_H
#define SMP_ICAL_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"

struct smp_plan;
struct smp_protocol;
struct smp_zone;

/*
 * What is kept from one event and one calendar for the next one (event.c).
 * Start with a zeroed struct, and release it.
 */
struct smp_calendar_cache {
    struct smp_text_line **lines; /* of descriptions */
    struct smp_entry_list *entries;
};

void smp_calendar_cache_release(struct smp_calendar_cache *cache);

/* What entries of a calendar show to somebody who looks over a shoulder. */
enum smp_discretion {
    SMP_OPEN,
    SMP_DISCREET, /* titles tell nothing, descriptions all */
    SMP_SECRET    /* there are no descriptions either */
};

/* What a calendar is for: to be read, or to be mailed (iTIP, RFC 5546). */
enum smp_method {
    SMP_METHOD_NONE,
    SMP_METHOD_PUBLISH,
    SMP_METHOD_REQUEST,
    SMP_METHOD_CANCEL
};

enum smp_alarm { SMP_ALARM_SESSIONS, SMP_ALARM_NONE, SMP_ALARM_AT };

struct smp_calendar_options {
    int64_t stamp; /* the instant stamps are made from */
    bool by_rule;  /* an entry per rule, not per period */
    bool timed;    /* entries at clock times too */
    bool local;    /* TZID and VTIMEZONE, not UTC */
    bool proposed; /* the care of proposed sessions too */
    enum smp_discretion discretion;
    enum smp_method method;
    enum smp_alarm alarm;
    int alarm_minutes;           /* of SMP_ALARM_AT: after midnight */
    const char *product;         /* PRODID, see prodid.h */
    const struct smp_zone *zone; /* of a calendar without entries */
};

/* A calendar that is being written; zeroed at first, to be released. */
struct smp_calendar_writer {
    struct smp_buf *out;
    struct smp_calendar_options options;
    const struct smp_protocol *protocol; /* of the header */
    size_t plans; /* written so far; of invitations: sessions */
    bool alone;   /* no second plan will come */

    /* Its first client, with and without the name, until it is known whether a
     * second one comes; the zones that have been written. */
    struct smp_buf held, held_named;
    struct smp_buf zones;
    struct smp_calendar_cache cache;
};

/* Octets; Google Calendar reads about 1 MB. */
enum { SMP_CALENDAR_READABLE_MAX = 900000 };

/*
 * One calendar of many plans (RFC 5545). They append to calendar->out, which
 * the caller may empty between plans, and never fail.
 */
void smp_calendar_begin(struct smp_calendar_writer *calendar);
void smp_calendar_put(struct smp_calendar_writer *calendar,
                      struct smp_plan *plan,
                      const struct smp_protocol *protocol);
void smp_calendar_end(struct smp_calendar_writer *calendar);
void smp_calendar_release(struct smp_calendar_writer *calendar);

/* Instead of these, to be mailed: one calendar per session of the plan. */
void smp_invitations_put(struct smp_calendar_writer *calendar,
                         struct smp_plan *plan,
                         const struct smp_protocol *protocol);

/*
 * One client's calendar, whole, as it is published: what smp_calendar_put
 * writes for one plan alone, always with UTC.
 */
void smp_write_feed(struct smp_buf *out, struct smp_plan *plan,
                    const struct smp_protocol *protocol,
                    const struct smp_calendar_options *options,
                    struct smp_calendar_cache *cache);

/* An empty one, its VTIMEZONE of options->zone last modified at the stamp. */
void smp_write_retired(struct smp_buf *out, const struct smp_protocol *protocol,
                       const struct smp_calendar_options *options);

/*
 * Whether an event can have the uid of a session: one of letters, digits and
 * @ . - _, at most 120, as some clients name files after it. An event whose
 * session has another one gets a UID of its own.
 */
bool smp_uid_can_be_carried(const char *uid);

#endif
