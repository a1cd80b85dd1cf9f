#ifndef SMP_ICAL_ENTRIES_H
#define SMP_ICAL_ENTRIES_H

#include "care/rivals.h"
#include "ical/calendar.h"
#include "time/zone.h"

/* Who takes part; address NULL: nobody. */
struct smp_party {
    const char *address, *name; /* name: or NULL */
};

/*
 * What a client's calendar consists of, before it is iCalendar: sessions, one
 * entry a stretch of days (or a rule), entries at clock times.
 */
struct smp_entry {
    const char *uid;
    int64_t modified; /* instant */
    int sequence;
    struct smp_when start, end; /* both SMP_DAY or both SMP_LOCAL */
    int64_t from, until;        /* instants, see smp_event_fix_end */
    const char *name; /* what the summary begins with: the client's, or NULL */
    const char *summary, *description, *category;
    const char *status, *related;         /* or NULL */
    struct smp_party organizer, attendee; /* of what is mailed */
    bool opens_care; /* with it, a session's aftercare begins */
    bool busy;
    bool rings;
    bool at_its_hour;      /* which the rule names: then it rings at any hour */
    int alarm;             /* seconds from the start; of one that rings */
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
 * The entries of a plan, list->order sorted by start and UID; their texts are
 * in the plan's arena or in the protocol. With `named`, their summaries begin
 * with the client's name.
 */
void smp_entries(struct smp_plan *plan, const struct smp_protocol *protocol,
                 const struct smp_calendar_options *options, bool named,
                 struct smp_entry_list *list);

/*
 * The entry of one session alone, as it is mailed: of SMP_METHOD_CANCEL,
 * whatever its status, as a cancelled one.
 */
void smp_session_entry(struct smp_plan *plan,
                       const struct smp_protocol *protocol,
                       const struct smp_calendar_options *options,
                       const struct smp_session *session,
                       struct smp_entry *entry);

/*
 * Appends the entry as a VEVENT, its properties in the order of the profile:
 * UID DTSTAMP LAST-MODIFIED SEQUENCE DTSTART DTEND and the rest, as
 * smp_event_component() has them (component.h). The end of the entry has been
 * fixed. `local`: times with the TZID of the zone instead of UTC; the zone
 * lasts as long as the templates.
 */
void smp_event_put(struct smp_templates *templates, struct smp_buf *out,
                   const struct smp_entry *entry, const struct smp_zone *zone,
                   bool local);

/*
 * Fixes when an entry ends, and finds its instants. In the hour that a change
 * of the clock repeats, a local end may be read as one before the start: it is
 * an instant then, and the entry keeps its length.
 */
void smp_event_fix_end(struct smp_entry *entry, const struct smp_zone *zone,
                       struct smp_zone_near *near);

#endif
