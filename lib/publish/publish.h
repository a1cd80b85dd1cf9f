#ifndef SMP_PUBLISH_PUBLISH_H
#define SMP_PUBLISH_PUBLISH_H

#include "base/buf.h"
#include "ical/calendar.h"
#include "plan/plan.h"
#include "protocol/protocol.h"

/*
 * Feeds on disk: one calendar a client, brought in step with plans. A feed
 * whose content has not changed is not touched; the only state is the feeds
 * themselves.
 */

/*
 * What a client's feed is called. With a key nobody can guess it: the name is
 * made of hashes under the key (BLAKE2b), "TAG-SECRET" in hexadecimal digits.
 * TAG comes from the id alone, so that a file can be told to be a client's;
 * SECRET, 128 bits, from the id and the number of the feed, so that another
 * number is another address. Without a key the name is the id made safe, and
 * never looks like one made with a key.
 */
struct smp_feed_key {
    bool there;
    unsigned char bytes[32];
};

/* The key made of the contents of a file, a line's end not counted. */
bool smp_feed_key_set(struct smp_feed_key *key, const void *bytes, size_t n,
                      struct smp_err *err);

/*
 * The list that says who is a client: ids, one a line. It is looked at closely,
 * for whoever is not in it loses a feed. Start with a zeroed struct.
 */
struct smp_listed {
    struct smp_strings ids; /* in the text that was read; the list is ours */
    size_t room;
    bool whole; /* its last line is ended */
};

/*
 * Cuts a text into its ids. It is written to, the octet after it too, and must
 * outlive the list. A byte order mark, carriage returns, blanks around an id
 * and blank lines do not count. False with an error, "line N: WHAT", where an
 * id cannot be one.
 */
bool smp_listed_read(struct smp_listed *list, char *text, size_t n,
                     struct smp_err *err);
void smp_listed_release(struct smp_listed *list);

/* What became of a feed, in the order of weight. */
enum smp_change {
    SMP_CHANGE_NONE,
    SMP_CHANGE_TEXT,      /* words alone */
    SMP_CHANGE_NEW,       /* the feed, or entries in it, are new */
    SMP_CHANGE_MOVED,     /* an entry has another time, place or status */
    SMP_CHANGE_CANCELLED, /* entries are gone */
    SMP_CHANGE_RETIRED,   /* emptied, or removed */
    SMP_CHANGE_MISSING    /* wanted, but no plan came */
};

extern const char *const smp_change_names[];

/* What became of one feed; texts live during the call. */
struct smp_report {
    const char *id;   /* NULL where it is not known */
    const char *file; /* its name in the directory, or NULL: there is none */
    enum smp_change change;
    bool rejected;       /* missing, as its plan has been rejected */
    const char *failure; /* why that could not be done, or NULL */
};

enum smp_prune { SMP_PRUNE_NONE, SMP_PRUNE_LATER, SMP_PRUNE_NOW };

/* A report as a line for people, or of JSON, with its newline. */
void smp_report_text(struct smp_buf *out, const struct smp_report *report);
void smp_report_json(struct smp_buf *out, const struct smp_report *report);

/* Brings feeds in step with plans. Start with a zeroed struct. */
struct smp_publisher {
    /* Set by the caller before it is opened. */
    struct smp_feed_key key;
    struct smp_calendar_options options; /* all but its product */
    int64_t now;
    bool proposed;            /* sessions not agreed on are shown too */
    bool pre_only, post_only; /* this phase alone is wanted */
    enum smp_prune prune;
    void (*report)(void *context, const struct smp_report *report);
    /* A warning, perhaps in the same words for many clients; an id of NULL: for
     * the run. */
    void (*warn)(void *context, const char *id, const char *what);
    void *context;

    /* For smp_publish_line: what plans are parsed with, and the protocol that a
     * plan would be rendered with; NULL if more is to be said of it. */
    const struct smp_plan_defaults *defaults;
    const struct smp_protocol *(*protocol_for)(void *context,
                                               const struct smp_plan *plan);

    const char *doubt; /* why the list is not to be trusted, or NULL */

    /* Kept by the publisher. */
    size_t feeds, keyed; /* .ics there when it was opened; named with a key */
    size_t client_count; /* that are known so far */
    const struct smp_plan *head; /* of the line that came last */
    struct smp_publishing *own;
};

/*
 * Opens the directory of feeds, made if it is missing, and locks it against
 * other publishers; if it is locked, waits or fails. What an interrupted run
 * has left is removed. `dry`: nothing is made, locked, removed or written; a
 * directory that is missing is as if it were empty.
 */
bool smp_publisher_open(struct smp_publisher *publisher, const char *path,
                        bool wait, bool dry, struct smp_err *err);

/*
 * Before the first plan: the ids of all the clients that there are, which must
 * outlive the publisher. With `prune`, only theirs are published.
 */
void smp_publish_expect(struct smp_publisher *publisher,
                        const struct smp_strings *ids);

/*
 * What comes before a plan is read, if wanted: the line that holds it. True
 * where its feed is, by its source, what publishing the plan would make of it:
 * it is reported as unchanged, and that is all.
 */
bool smp_publish_line(struct smp_publisher *publisher, const char *line,
                      size_t n);

/*
 * Publishes one plan, or notes that it is to be: reports come at the commit.
 * False with an error where the plan is none to be published.
 */
bool smp_publish(struct smp_publisher *publisher, struct smp_plan *plan,
                 const struct smp_protocol *protocol, struct smp_err *err);

/*
 * After the last plan: withdraws feeds whose address has been revoked by
 * another number, reports clients without a plan as missing (returns how many)
 * and, with `prune`, withdraws the feeds of all who are none: emptied first,
 * removed SMP_RETIRED_DAYS later, or at once.
 *
 * For the list's sake nothing is withdrawn where there is a doubt: the
 * caller's, or one found here, which is then in publisher->doubt. It is one if
 * a plan came for somebody who is not in the list, and if nobody in it has a
 * feed or a plan while others have.
 *
 * Without `prune`, but with a key, it warns of feeds that stand there under
 * names which this key has not made.
 */
enum { SMP_RETIRED_DAYS = 30 };

size_t smp_publish_finish(struct smp_publisher *publisher,
                          const struct smp_protocol *protocol,
                          struct smp_err *err);

/*
 * Removes the temporary files, in a signal handler that ends the program: what
 * waits for a commit is lost, and each feed is whole.
 */
void smp_publisher_abandon(const struct smp_publisher *publisher);

/*
 * Unlocks the directory and frees all. An error if the directory could not be
 * put on the disk, or if a file of an interrupted run could not be removed. One
 * that was never opened can be closed.
 */
bool smp_publisher_close(struct smp_publisher *publisher, struct smp_err *err);

#endif
