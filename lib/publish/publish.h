#ifndef SMP_PUBLISH_PUBLISH_H
#define SMP_PUBLISH_PUBLISH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ical/calendar.h"

/*
 * Feeds on disk: one calendar per client, brought in step with plans. A feed
 * whose content has not changed is not touched. The feeds themselves are the
 * only state.
 */

/*
 * The key of a directory of feeds makes their names unguessable: "TAG-SECRET",
 * hashes under the key (BLAKE2b) in hexadecimal digits. TAG comes from the id
 * alone, so a file can be recognised as the client's. SECRET, 128 bits, comes
 * from the id and the number of the feed, so another number is another address.
 * Without a key the name is the id made safe, and never looks like a name made
 * with a key.
 */
struct smp_feed_key {
    bool there;
    unsigned char bytes[32];
};

/* Makes the key from the contents of a file, without line ends at its end. */
bool smp_feed_key_set(struct smp_feed_key *key, const void *bytes, size_t n,
                      struct smp_err *err);

/*
 * The list of clients: ids, one per line. It is checked closely, because a
 * client who is missing from it loses a feed. Start with a zeroed struct.
 */
struct smp_listed {
    struct smp_strings ids; /* pieces of the text; the array is ours */
    size_t room;
    bool whole; /* its last line ends with a newline */
};

/*
 * Cuts a text into its ids. Writes NULs into the text, into the octet behind it
 * too; the text must outlive the list. A byte order mark, carriage returns,
 * blanks around an id and blank lines do not count. Fails with "line N: WHAT"
 * if an id is unfit.
 */
bool smp_listed_read(struct smp_listed *list, char *text, size_t n,
                     struct smp_err *err);
void smp_listed_release(struct smp_listed *list);

/* How a feed has changed, by rising weight. */
enum smp_change {
    SMP_CHANGE_NONE,
    SMP_CHANGE_TEXT,      /* only words */
    SMP_CHANGE_NEW,       /* the feed, or some events */
    SMP_CHANGE_MOVED,     /* the time, place or status of an event */
    SMP_CHANGE_CANCELLED, /* events are gone */
    SMP_CHANGE_RETIRED,   /* withdrawn: emptied, or removed */
    SMP_CHANGE_MISSING    /* in the list of clients, but no plan came */
};

extern const char *const smp_change_names[];

/* The outcome for one feed. Texts live during the call. */
struct smp_report {
    const char *id;   /* NULL if it is not known */
    const char *file; /* its name in the directory, or NULL if there is none */
    enum smp_change change;
    bool rejected;       /* missing because its plan was rejected */
    const char *failure; /* why the change could not be made, or NULL */
};

enum smp_prune { SMP_PRUNE_NONE, SMP_PRUNE_LATER, SMP_PRUNE_NOW };

/* Appends a report as a line of text, or of JSON, with its newline. */
void smp_report_text(struct smp_buf *out, const struct smp_report *report);
void smp_report_json(struct smp_buf *out, const struct smp_report *report);

/* Brings feeds in step with plans. Start with a zeroed struct. */
struct smp_publisher {
    /* Set by the caller before it is opened. */
    struct smp_feed_key key;
    struct smp_calendar_options options; /* all but its product */
    int64_t now;
    bool proposed;            /* include sessions not agreed on */
    bool pre_only, post_only; /* include the care of this phase only */
    enum smp_prune prune;
    /* The address of the directory, http or https, without "/" at its end: a
     * page is kept beside each feed. NULL: no pages. */
    const char *pages;
    void (*report)(void *context, const struct smp_report *report);
    /* A warning. Many clients can have the same; an id of NULL: the run. */
    void (*warn)(void *context, const char *id, const char *what);
    void *context;

    /* For smp_publish_line: the defaults of plans, and the protocol to render a
     * plan with, or NULL if that would warn. */
    const struct smp_plan_defaults *defaults;
    const struct smp_protocol *(*protocol_for)(void *context,
                                               const struct smp_plan *plan);

    const char *doubt; /* why the list cannot be trusted, or NULL */

    /* Kept by the publisher. */
    size_t feeds, keyed; /* .ics found at open; those named with a key */
    size_t pages_found;  /* .html beside one of these */
    size_t client_count; /* known so far */
    const struct smp_plan *head; /* of the line that came last */
    struct smp_publishing *own;
};

/*
 * Opens a directory of feeds, creates it if it is missing, and locks it against
 * other publishers; a locked directory is waited for (`wait`) or is an error.
 * Removes what an interrupted run has left. `dry`: creates, locks, removes and
 * writes nothing; a missing directory counts as empty.
 */
bool smp_publisher_open(struct smp_publisher *publisher, const char *path,
                        bool wait, bool dry, struct smp_err *err);

/*
 * Before the first plan: sets the ids of all clients, which must outlive the
 * publisher. With `prune`, only these clients are published.
 */
void smp_publish_expect(struct smp_publisher *publisher,
                        const struct smp_strings *ids);

/*
 * Before the first plan: removes all feeds of these ids at once, whatever comes
 * later, and reports them. Plans of these ids are not published. The ids must
 * outlive the publisher.
 */
bool smp_publish_withdraw(struct smp_publisher *publisher,
                          const struct smp_strings *ids, struct smp_err *err);

/*
 * Before a plan is parsed, optional: takes the line that holds it. Returns true
 * if publishing the plan would not change its feed, as the source in the feed
 * shows; the feed is then reported as unchanged, and the line is done with.
 */
bool smp_publish_line(struct smp_publisher *publisher, const char *line,
                      size_t n);

/*
 * Publishes a plan, at once or together with later ones; its report follows.
 * Fails if the plan cannot be published.
 */
bool smp_publish(struct smp_publisher *publisher, struct smp_plan *plan,
                 const struct smp_protocol *protocol, struct smp_err *err);

/*
 * After the last plan. Writes and reports what still waits, then
 *
 *   - withdraws feeds whose address was revoked by a new number,
 *   - reports clients without a plan as missing, and returns how many,
 *   - with `prune`, withdraws the feeds of everybody who is not in the list:
 *     first they are emptied, SMP_RETIRED_DAYS later, or at once, removed,
 *   - without `prune` but with a key, warns of feeds whose names this key has
 *     not made.
 *
 * To guard against an incomplete list, `prune` withdraws nothing if there is a
 * doubt: the caller's, or one of these, left in publisher->doubt: a plan came
 * for a client who is not in the list; nobody in the list has a feed or a plan.
 */
enum { SMP_RETIRED_DAYS = 30 };

size_t smp_publish_finish(struct smp_publisher *publisher,
                          const struct smp_protocol *protocol,
                          struct smp_err *err);

/*
 * Removes temporary files. Safe in a signal handler that ends the program: what
 * is not committed is lost, and each feed is whole.
 */
void smp_publisher_abandon(const struct smp_publisher *publisher);

/*
 * Unlocks the directory and frees everything. Fails if the directory could not
 * be synced, or a file of an interrupted run could not be removed. Does nothing
 * if the publisher was never opened.
 */
bool smp_publisher_close(struct smp_publisher *publisher, struct smp_err *err);

#endif
