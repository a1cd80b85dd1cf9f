#ifndef SMP_ICAL_ENTRY_BUILDER_H
#define SMP_ICAL_ENTRY_BUILDER_H

#include <stdbool.h>
#include <stddef.h>

#include "care/in_force.h"
#include "care/uid.h"

/* The entries of one plan while they are made. */
struct smp_entry_builder {
    struct smp_plan *plan;
    const struct smp_protocol *protocol;
    const struct smp_calendar_options *options;
    struct smp_in_force in_force; /* of the plan's items */
    struct smp_uid_key key;
    struct smp_entry_list *list;
    const char *categories[2]; /* by enum smp_phase */
    const char *name;          /* before each summary: "Jo: ", or NULL */
    size_t name_size;
    const struct smp_session *session; /* the last one asked for */
    const char *session_uid;
    size_t described; /* octets of all periods' descriptions */
};

/*
 * Empties the list, to which entries will be added, and finds what is in force
 * (smp_in_force_find). The builder needs no release.
 */
void smp_builder_init(struct smp_entry_builder *b, struct smp_plan *plan,
                      const struct smp_protocol *protocol,
                      const struct smp_calendar_options *options,
                      struct smp_entry_list *list);

/* Lets summaries begin with the client's name from now on. */
void smp_builder_use_name(struct smp_entry_builder *b);

/* Empties one of the list's buffers, to make a text in. */
static inline struct smp_buf *
smp_emptied(struct smp_buf *buf)
{
    smp_buf_cut(buf, 0);
    return buf;
}

/* Returns a copy of the text in the plan's arena. */
const char *smp_builder_keep(struct smp_entry_builder *b,
                             const struct smp_buf *text);

/* Makes a UID in the plan's arena; see smp_uid(). */
const char *smp_builder_uid(struct smp_entry_builder *b, int session,
                            const char *kind, const char *thing);

/* The session's own uid if a calendar can carry it, else one made. */
const char *smp_builder_session_uid(struct smp_entry_builder *b,
                                    const struct smp_session *session);

/* A new entry about a session: its stamp, organizer, sequence, no texts yet. */
struct smp_entry smp_builder_entry(const struct smp_entry_builder *b,
                                   const struct smp_session *session);

/* Adds a copy to the list. Returns it; it stays there until the next one. */
struct smp_entry *smp_builder_add(struct smp_entry_builder *b,
                                  const struct smp_entry *entry);

/*
 * Sets an entry's summary to list->title, without control characters, after
 * the name if one is used. If both are too long, they are shortened as one.
 */
void smp_builder_set_summary(struct smp_entry_builder *b,
                             struct smp_entry *entry);

/* As smp_builder_set_summary(), but to the title of an item. */
void smp_builder_set_item_summary(struct smp_entry_builder *b,
                                  struct smp_entry *entry,
                                  const struct smp_item *item);

/* Adds to the summary which session the entry is about, and shortens it. */
void smp_builder_name_session(struct smp_entry_builder *b,
                              struct smp_entry *entry);

/* Sets the alarm of an entry that is no session, by the options. */
void smp_builder_set_alarm(const struct smp_entry_builder *b,
                           struct smp_entry *entry);

/* Words of an entry about a period. */

/* Appends its title: what begins, else what may have ended, else what ended. */
void smp_period_title(struct smp_buf *out, const struct smp_protocol *protocol,
                      const struct smp_period *period);

/* Appends a line for each rule in force. */
void smp_period_lines(struct smp_buf *out, const struct smp_protocol *protocol,
                      const struct smp_period *period);

/* As smp_period_lines(), but asks about healing and lists what is over. */
void smp_period_text(struct smp_buf *out, const struct smp_protocol *protocol,
                     const struct smp_period *period);

/*
 * Returns true if the text of an item can be its description unchanged: it is
 * short and has no control characters. Texts of the protocol have none.
 */
bool smp_description_is_kept(const struct smp_item *item);

/* Appends a line to a description; cuts it if the description is too long. */
void smp_description_line(struct smp_buf *out, const char *first,
                          const char *text);

#endif
