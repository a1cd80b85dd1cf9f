#ifndef SMP_ICAL_ENTRY_BUILDER_H
#define SMP_ICAL_ENTRY_BUILDER_H

#include "care/care.h"
#include "care/in_force.h"
#include "care/stretch.h"
#include "care/uid.h"
#include "ical/entries.h"

/* How entries are made; for the .c files of this room alone. */
struct smp_maker {
    struct smp_plan *plan;
    const struct smp_protocol *protocol;
    const struct smp_calendar_options *options;
    struct smp_in_force in_force; /* of the plan's items */
    struct smp_uid_key key;
    struct smp_entry_list *list;
    const char *name; /* before each summary: "Jo Field: ", or NULL */
    size_t name_size;

    /* What was asked for last, and is asked for again and again. */
    const struct smp_session *session;
    const char *session_uid;
    const struct smp_item *item;
    const struct smp_session *item_session;
    const char *uid;           /* of that item */
    struct smp_item_days days; /* the same */
    bool has_entry;            /* that says what it says: item_entry */
    size_t item_entry;         /* of the list */
    size_t described;          /* octets of all stretches' descriptions */
    const char *categories[2];
};

/*
 * The entries are added to those of the list. What the plan's items are is
 * found first, see smp_in_force_find.
 */
void smp_maker_init(struct smp_maker *m, struct smp_plan *plan,
                    const struct smp_protocol *protocol,
                    const struct smp_calendar_options *options,
                    struct smp_entry_list *list);

/* Summaries begin with the client's name. */
void smp_maker_name(struct smp_maker *m);

/* How long care without an end is shown. */
enum { SMP_OPEN_DAYS = 366 };

/* Emptied, to make a text in: one of the list's buffers. */
static inline struct smp_buf *
smp_maker_fresh(struct smp_buf *buf)
{
    smp_buf_cut(buf, 0);
    return buf;
}

/* A copy of the text in the plan's arena. */
const char *smp_maker_keep(struct smp_maker *m, const struct smp_buf *text);

const char *smp_maker_uid(struct smp_maker *m, int session, const char *kind,
                          const char *thing);

/* The session's own uid where a calendar can carry it, else one made. */
const char *smp_maker_session_uid(struct smp_maker *m,
                                  const struct smp_session *session);

/*
 * Gives an entry its summary, the list's title without control characters,
 * after the name where one is wanted.
 */
void smp_maker_summary(struct smp_maker *m, struct smp_entry *entry);

/* The same of an item's title. */
void smp_maker_title(struct smp_maker *m, struct smp_entry *entry,
                     const struct smp_item *item);

const char *smp_maker_category(struct smp_maker *m, enum smp_phase phase);

/* Room for one more entry, stamped; it lives until the next one is added. */
struct smp_entry *smp_maker_add(struct smp_maker *m);

/* The same, but of one that says what another one does. */
struct smp_entry *smp_maker_copy(struct smp_maker *m, size_t other);

/* What an entry has from the session it is about, or is. */
void smp_maker_follow(struct smp_entry *entry,
                      const struct smp_session *session);

/* The alarm of an entry that is no session, by the options. */
void smp_maker_ring(const struct smp_maker *m, struct smp_entry *entry);

/* The words of a calendar entry about a stretch of days. */

/* Its title: what begins, else what may have ended, else what has. */
void smp_stretch_title(struct smp_buf *out, const struct smp_protocol *protocol,
                       const struct smp_stretch *stretch);

/* All that holds, a line each. */
void smp_stretch_lines(struct smp_buf *out, const struct smp_protocol *protocol,
                       const struct smp_stretch *stretch);

/* The same, with the question of healing and what is over. */
void smp_stretch_text(struct smp_buf *out, const struct smp_protocol *protocol,
                      const struct smp_stretch *stretch);

/*
 * Whether the text of an item alone makes a description as it is: what comes
 * from the protocol has been cleaned.
 */
bool smp_description_is_kept(const struct smp_item *item);

/* One more line of a description, unless it would grow too long. */
void smp_description_line(struct smp_buf *out, const char *first,
                          const char *text);

/*
 * When an alarm of something that starts then may ring, in seconds from its
 * start: as wanted, unless that is in the quiet hours of the protocol. What
 * would ring in their evening rings a little before they begin, what would in
 * their morning when they end or, if that is no longer before the start, in
 * the evening too. Readers count a day as 24 hours or by the calendar; it is
 * not in the quiet hours either way.
 */
int smp_calm_alarm(const struct smp_protocol *protocol,
                   const struct smp_zone *zone, struct smp_when start,
                   int wanted);

/* The instant at which it rings: the earlier of the two readings. */
int64_t smp_alarm_instant(const struct smp_zone *zone, struct smp_when start,
                          int offset);

#endif
