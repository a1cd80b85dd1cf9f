#ifndef SMP_ICAL_MAKER_H
#define SMP_ICAL_MAKER_H

#include "care/in_force.h"
#include "care/in_force.h"
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

/* Whether a calendar can carry it (CALENDAR: opaque, short). */
bool smp_uid_can_be_carried(const char *uid);

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

/*
 * An entry for an item, and entries for its clock times, whichever of them the
 * options want; none where the plan does not have its session
 * (item_entries.c).
 */
void smp_maker_add_item(struct smp_maker *m, const struct smp_item *item);

#endif
