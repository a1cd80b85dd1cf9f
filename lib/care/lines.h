#ifndef SMP_CARE_LINES_H
#define SMP_CARE_LINES_H

#include "care/in_force.h"

/*
 * What is said of an item in force on a day. If it is only perhaps in force, a
 * proviso says so; but what may have ended with healing goes on as before,
 * because the question of healing is asked below the list.
 */

/* The proviso that stands before its text, NULL: none. */
const char *smp_state_proviso(const struct smp_protocol *protocol,
                              const struct smp_state *state);

/* Its text, with a proviso before what may not have begun. */
void smp_state_words(struct smp_buf *out, const struct smp_protocol *protocol,
                     const struct smp_state *state);

/* Returns true if it ends with healing and nobody has said that all has healed.
 */
bool smp_ends_unconfirmed(const struct smp_item *item);

/*
 * The titles of what begins, or of what ends, as a list; how many. What is
 * permitted or normal comes last; if a permission begins and no ban does, a ban
 * in force comes first. What ends unconfirmed is not told to have ended.
 */
size_t smp_titles_begun(struct smp_buf *out,
                        const struct smp_protocol *protocol,
                        const struct smp_state *states, size_t count);
size_t smp_titles_ended(struct smp_buf *out,
                        const struct smp_protocol *protocol,
                        const struct smp_item *const *items, size_t count);

/* Returns true if such a list of what begins comes after a ban that goes on. */
bool smp_title_needs_ban(const struct smp_state *states, size_t count);

/*
 * What to carry on with if healing, which nobody has confirmed, has not come
 * in its usual time: one line. `items`: what ended with that time.
 */
void smp_unconfirmed_words(struct smp_buf *out,
                           const struct smp_protocol *protocol,
                           const struct smp_item *const *items, size_t count);

/* The titles of the bans in force, as a list; how many. */
size_t smp_titles_of_bans(struct smp_buf *out,
                          const struct smp_protocol *protocol,
                          const struct smp_state *states, size_t count);

/* Returns true if one of the states may have ended with healing. */
bool smp_may_be_healed(const struct smp_state *states, size_t count);

/* What a session was booked too late for, in words; nothing where nothing. */
void smp_late_words(struct smp_buf *out, const struct smp_protocol *protocol,
                    const struct smp_session *session);

/* Shortens a text to so many characters, at a word, "..." behind it. */
void smp_shorten(struct smp_buf *text, size_t from, size_t characters);

#endif
