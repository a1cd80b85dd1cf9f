#ifndef SMP_ICAL_ENTRIES_H
#define SMP_ICAL_ENTRIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "care/care.h"

struct smp_calendar_cache;
struct smp_calendar_options;
struct smp_zone_near;

/* Who takes part; address NULL: nobody. */
struct smp_party {
    const char *address, *name; /* name: or NULL */
};

/* An entry of a calendar: a session, a period, a rule, or a time of a rule. */
struct smp_entry {
    const char *uid;  /* opaque, as `related`: see smp_uid_opaque */
    int64_t modified; /* instant */
    int sequence;
    struct smp_when start, end; /* both SMP_DAY or both SMP_LOCAL */
    int64_t from, until;        /* instants, see smp_event_fix_end */
    const char *name;           /* of the client, before the summary; or NULL */
    const char *summary, *description, *category;
    const char *status, *location, *related; /* or NULL */
    struct smp_party organizer, attendee;    /* of what is mailed */
    bool asks;                               /* the attendee for a reply */
    const struct smp_session *session;       /* that it is about */
    enum smp_phase phase;                    /* of one that has no status */
    bool opens_care; /* it is the first of a session's aftercare */
    bool prepares;   /* for a session that is two days off, or more */
    bool busy;
    bool rings;
    bool at_its_hour; /* a time that the rule names: it may ring in quiet hours
                       */
    int alarm;        /* seconds from the start; of one that rings */
    const int64_t *booked; /* instant: when its session was, or NULL */
};

/* Entries and their order; zeroed at first, filled again and again. */
struct smp_entry_list {
    struct smp_entry *entries;
    size_t count, room;
    struct smp_entry **order;            /* of `room` entries */
    struct smp_buf text, title, summary; /* of an entry that is being made */
    struct smp_rivals rivals;            /* of the last plan's protocol */
};

void smp_entry_list_release(struct smp_entry_list *list);

/*
 * Fills the list with the entries of a plan; list->order is sorted by start and
 * UID. Their texts are in the plan's arena or in the protocol. If `named`,
 * summaries begin with the client's name.
 */
void smp_entries(struct smp_plan *plan, const struct smp_protocol *protocol,
                 const struct smp_calendar_options *options, bool named,
                 struct smp_entry_list *list);

/*
 * Fills the entry of one session, as it is mailed. If the method is
 * SMP_METHOD_CANCEL, the session counts as cancelled.
 */
void smp_session_entry(struct smp_plan *plan,
                       const struct smp_protocol *protocol,
                       const struct smp_calendar_options *options,
                       const struct smp_session *session,
                       struct smp_entry *entry);

/*
 * Appends the entry as a VEVENT, its properties in the order of the profile:
 * UID DTSTAMP LAST-MODIFIED SEQUENCE DTSTART DTEND and the rest, as in_event[]
 * has them (event.c). The end of the entry must have been fixed. If `local`,
 * times have the TZID of the zone instead of UTC; the zone must last as long as
 * the cache.
 */
void smp_event_put(struct smp_calendar_cache *cache, struct smp_buf *out,
                   const struct smp_entry *entry, const struct smp_zone *zone,
                   bool local);

/*
 * Fixes when an entry ends, and finds its instants. In the hour that a change
 * of the clock repeats, a local end may be read as one before the start: it is
 * an instant then, and the entry keeps its length.
 * A time that a change skips becomes the later one, which readers agree on.
 */
void smp_event_fix_end(struct smp_entry *entry, const struct smp_zone *zone,
                       struct smp_zone_near *near);

/*
 * Returns when an alarm rings, in seconds from the start of its entry: as
 * wanted unless that is in the quiet hours of the protocol. An alarm in their
 * evening moves to 15 minutes before they begin. An alarm in their morning
 * moves to their end or, if the entry has started by then, to the evening
 * before. Clients count a day as 24 hours or by the calendar: the alarm is
 * outside the quiet hours in both readings.
 */
int smp_alarm_outside_quiet_hours(const struct smp_protocol *protocol,
                                  const struct smp_zone *zone,
                                  struct smp_when start, int wanted);

/* Returns the instant at which the alarm rings; of two readings, the earlier.
 */
int64_t smp_alarm_instant(const struct smp_zone *zone, struct smp_when start,
                          int offset);

#endif
