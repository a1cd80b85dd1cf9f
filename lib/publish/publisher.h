#ifndef SMP_PUBLISH_PUBLISHER_H
#define SMP_PUBLISH_PUBLISHER_H

#include "publish/publish.h"

/* What the .c files of this room share about a publisher. */
struct smp_waiting {
    char *id, *file;           /* or NULL */
    struct smp_client *client; /* whose new feed it is, or who is missing */
    enum smp_change change;
    size_t ticket; /* place in store.pending from 1; 0: nothing is written */
    struct smp_err err;
};

/* Adds a report for the next commit; id may be NULL, name is without .ics. */
struct smp_waiting *smp_publisher_note(struct smp_publisher *publisher,
                                       const char *id, const char *name,
                                       enum smp_change change);

/*
 * Each client once: a second plan would undo what the first one says. NULL
 * without an error where it is no client at all.
 */
struct smp_client *smp_publisher_take(struct smp_publisher *publisher,
                                      const char *id, const char *name,
                                      struct smp_err *err);

/*
 * Reads what stands in a feed's place into old_text, if it does not hold that
 * already: publisher->there.
 */
bool smp_publisher_read_text(struct smp_publisher *publisher, const char *name,
                             struct smp_err *err);

/*
 * Reads a feed into old_text and, where it is there and as it was published,
 * into old: *there. One that is torn is read as far as it goes, see
 * publisher->state. An error where something else is in its place.
 */
bool smp_publisher_read(struct smp_publisher *publisher, const char *name,
                        bool *there, struct smp_err *err);

/*
 * Once smp_publisher_read has failed: whether what stands there may be a feed
 * of ours. It may be if it has our marks or cannot be read. It is none if it
 * is a directory, a pipe or another file.
 */
bool smp_publisher_suspects(struct smp_publisher *publisher, const char *name);

/* Whether a feed is there, or may be, that has not been withdrawn. */
bool smp_publisher_is_in_use(struct smp_publisher *publisher, const char *name);

/* Commits where much waits: between two feeds. */
void smp_publisher_settle(struct smp_publisher *publisher);

/*
 * Seals and writes a text, which waits for the commit with its report; source:
 * of the feed, or 0.
 */
void smp_publisher_write(struct smp_publisher *publisher, const char *id,
                         const char *name, enum smp_change change,
                         struct smp_buf *text, uint64_t source);

/* What is said and hinders nothing. Names: all feeds that are there, sorted. */
void smp_publisher_warn_of_feed(struct smp_publisher *publisher, const char *id,
                                bool torn);
void smp_publisher_warn_of_protocols(struct smp_publisher *publisher,
                                     const struct smp_plan *plan);

/* Says that two sessions of a plan begin at the same time. */
void smp_publisher_warn_of_times(struct smp_publisher *publisher,
                                 const struct smp_plan *plan);

/* Says that a feed number is of no use without a key. */
void smp_publisher_warn_of_number(struct smp_publisher *publisher,
                                  const struct smp_plan *plan);
void smp_publisher_warn_of_names(struct smp_publisher *publisher,
                                 const struct smp_strings *names);

#endif
