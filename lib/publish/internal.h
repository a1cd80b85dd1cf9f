#ifndef SMP_PUBLISH_INTERNAL_H
#define SMP_PUBLISH_INTERNAL_H

#include <sys/types.h>

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plan/plan.h"
#include "publish/publish.h"
#include "sheet/sheet.h"

/* What the .c files of this room share. */

/* clients.c */

/* Returns true if an octet is an ASCII control character. */
bool smp_has_controls(const char *text, size_t n);

/* Returns what makes an id unfit for a list of clients, or NULL. */
const char *smp_listed_fault(const char *id, size_t n);

/*
 * The clients of one run, found by the tag of their feeds (smp_feed_tag).
 * Start with a zeroed struct.
 */
struct smp_client {
    const char *id, *name; /* of the feed */
    size_t tag;            /* length of the tag: the first octets of name */
    bool arrived;          /* has a plan in this run */
    bool rejected;         /* has a plan that could not be published */
    bool failed;           /* its feed could not be written */
    const char *file;      /* the feed of a client without a plan, or NULL */
    bool file_withdrawn;
};

struct smp_clients {
    struct smp_arena arena;
    struct smp_client **table;
    size_t count, size;
};

/* Returns the client with this tag, or NULL. */
struct smp_client *smp_clients_find(const struct smp_clients *clients,
                                    const char *tag, size_t n);

/* Adds a client whose tag is new. Texts are copied. */
struct smp_client *smp_clients_add(struct smp_clients *clients, const char *id,
                                   const char *name, size_t tag);

/* Returns true if any client has a plan in this run. */
bool smp_clients_have_arrived(const struct smp_clients *clients);

void smp_clients_release(struct smp_clients *clients);

/* name.c */

/*
 * Appends the name of a client's feed, without ".ics". It has letters, digits
 * and "._~-", does not begin with a dot or a dash, and has at most
 * SMP_FEED_NAME_MAX octets. Different ids have different names.
 */
enum { SMP_FEED_NAME_MAX = 200 };

void smp_feed_name(struct smp_buf *out, const struct smp_feed_key *key,
                   const char *id, int feed);

/* Returns true if smp_feed_name can make the name, under some key or none. */
bool smp_feed_name_is_ours(const char *name);

/* Returns true if only a key makes such a name. */
bool smp_feed_name_is_keyed(const char *name, size_t n);

/*
 * Returns false if the id behind a name is known to be unfit for a list of
 * clients (smp_listed_fault). A client who cannot be listed is not missing.
 */
bool smp_feed_name_is_listable(const char *name);

/* Returns how many octets of a name come from the id alone: TAG, or all. */
size_t smp_feed_tag(const struct smp_feed_key *key, const char *name);

/* feed.c */

/*
 * Reads feeds that smp-publish itself has written, line by line and not as
 * general iCalendar. This is safe because the PRODID of a feed carries a seal,
 * a hash of the feed's octets: only a feed with a valid seal is trusted. The
 * seal detects changes by accident, not forgery.
 *
 * After the seal, the PRODID carries the feed's source (struct smp_source), or
 * 0. Older feeds have a seal and no source, and are still accepted.
 *
 * Texts are not copied: pieces point into the text that was read.
 */

/*
 * Writes the source and then the seal into the PRODID of a feed. Returns false,
 * and changes nothing, if the PRODID is no SMP_FEED_PRODID().
 */
bool smp_feed_seal(char *text, size_t n, uint64_t source);

/* Returns the source of a feed, or 0 if it has none or is not a feed. */
uint64_t smp_feed_source(const char *text, size_t n);

enum smp_feed_state {
    SMP_FEED_WHOLE,  /* as published */
    SMP_FEED_TORN,   /* cut off, otherwise well formed */
    SMP_FEED_STUB,   /* empty, or cut off before the end of the PRODID */
    SMP_FEED_EDITED, /* changed by somebody else since it was published */
    SMP_FEED_FOREIGN /* not published by smp-publish */
};

enum smp_feed_state smp_feed_state(const char *text, size_t n);

/*
 * Returns true if the text is the beginning of a feed: complete lines as
 * smp-publish writes them, perhaps an incomplete last line, and at least one
 * component without its END.
 */
bool smp_feed_is_cut(const char *text, size_t n);

/*
 * Returns true if what only our feeds have in their PRODID is anywhere in the
 * text: it is a feed, perhaps written anew by another program.
 */
bool smp_feed_is_marked(const char *text, size_t n);

/* Returns true if both texts are feeds of the same kind (see SMP_FEED_OPEN). */
bool smp_feed_same_kind(const char *text, size_t n, const char *other,
                        size_t m);

/* A part of a feed's text: n octets at `at`. */
struct smp_piece {
    const char *at;
    size_t n;
};

bool smp_piece_equal(struct smp_piece a, struct smp_piece b);

/* As smp_piece_equal(), but folds do not count: versions fold differently. */
bool smp_piece_same_value(struct smp_piece a, struct smp_piece b);

/* The parts of an event. A value excludes the line's name and line end. */
struct smp_feed_event {
    struct smp_piece whole;    /* all lines, BEGIN and END included */
    struct smp_piece uid;      /* value, still folded */
    struct smp_piece stamp;    /* value of DTSTAMP: 20261201T090000Z */
    struct smp_piece modified; /* value of LAST-MODIFIED */
    struct smp_piece sequence; /* value of SEQUENCE */
    struct smp_piece content;  /* all lines after SEQUENCE */
    struct smp_piece start, end, status, location; /* lines; n is 0 if absent */
    bool session;                                  /* has a STATUS */
};

struct smp_feed {
    struct smp_piece head; /* everything before the first event */
    struct smp_piece tail; /* everything after the last event */
    struct smp_feed_event *events;
    size_t count, room;
};

/*
 * Splits a text into the parts of a feed; the text must outlive the feed.
 * Returns false if the text is incomplete, with the events found so far. Start
 * with a zeroed struct; the struct can be reused for the next text.
 */
bool smp_feed_parse(struct smp_feed *feed, const char *text, size_t n);
void smp_feed_release(struct smp_feed *feed);

/* Returns a UID that two events share; n is 0 if there is none. */
struct smp_piece smp_feed_double(const struct smp_feed *feed);

/*
 * Parse a value. Return false if the value is not one that smp-publish writes:
 * a time such as 20261201T090000Z up to the year 2100, as seconds since 1970;
 * a SEQUENCE of up to INT32_MAX.
 */
bool smp_feed_instant(struct smp_piece text, int64_t *instant);
bool smp_feed_sequence(struct smp_piece text, int32_t *sequence);

/*
 * Finds the end of an event, in seconds since 1970. All-day events end at
 * midnight in the zone. Returns false if DTEND cannot be parsed.
 */
bool smp_feed_end(const struct smp_feed_event *event,
                  const struct smp_zone *zone, int64_t *instant);

/*
 * Returns true if the feed was emptied to withdraw it, and when, in seconds
 * since 1970: the LAST-MODIFIED of its VTIMEZONE.
 */
bool smp_feed_withdrawn(const struct smp_feed *feed, int64_t *instant);

/* merge.c */

struct smp_merge {
    const struct smp_zone *zone; /* of the plan: all-day events end in it */
    int64_t now;                 /* events that have ended by now are frozen */
    int64_t stamp;               /* of changes without a date in the plan */
    bool torn;                   /* the old feed was cut off */
};

/*
 * Appends the next state of a feed, made of the state on disk (`old`, or NULL)
 * and a fresh rendering of the plan. The text is not sealed. Each event of the
 * fresh rendering goes one of these ways:
 *
 *   - The old event with its UID has the same content: it keeps its octets.
 *   - The old event has ended, and has the same times and status: it keeps its
 *     octets too, whatever else the plan says now. This requires that the kind
 *     of the feed is the same and the old feed is not torn.
 *   - Otherwise it gets a later DTSTAMP and LAST-MODIFIED: the stamp of the
 *     fresh rendering if that is later, else how->stamp, else a second more. If
 *     its times, status or place have changed, its SEQUENCE rises, unless the
 *     old event had no place.
 *
 * Old events without a fresh one are left out. Returns the weightiest change.
 * *kept is true if an old event was kept that differs from the plan.
 */
enum smp_change smp_feed_merge(struct smp_buf *out, const struct smp_feed *old,
                               const struct smp_feed *fresh,
                               const struct smp_merge *how, bool *kept);

/* source.c */

/*
 * The shortcut for unchanged feeds. A feed carries its source: a keyed hash of
 * the line with its plan and of everything else the feed depends on, except the
 * time. If a line has the same source as the feed on disk, and that feed is as
 * published, parsing and rendering the plan would give the same events, and is
 * skipped.
 *
 * A feed has no source (0) if publishing it again would warn again, or if the
 * head of its line differs from the plan. A feed that kept old events different
 * from the plan has a source that holds from the next day on: what was kept
 * depends on the time, but what has ended never begins again. Without a source
 * a feed takes longer, nothing else.
 *
 * Start with a zeroed struct.
 */
struct smp_source {
    bool keyed;
    unsigned char key[16];
    struct smp_plan head;                /* of the line */
    const struct smp_protocol *protocol; /* to render the plan with */
    uint64_t value;                      /* of the line; 0: none */
};

/*
 * Sets the key of a run from the key of its feeds, its options (as a text) and
 * the version, because another version can write other feeds. Without the key
 * of the feeds nobody can test what a line was.
 */
void smp_source_set_key(struct smp_source *source,
                        const struct smp_feed_key *key, const char *options);

/* Sets the value for a line. Its head, with zone, and its protocol are set. */
void smp_source_set(struct smp_source *source, const char *line, size_t n);

/* Clears the value if the plan or its protocol differ from the head's. */
void smp_source_verify(struct smp_source *source, const struct smp_plan *plan,
                       const struct smp_protocol *protocol);

/*
 * Returns the source to write into a feed: 48 bits of hash, then the day from
 * which it holds in 16 bits, counted from 1970 (0: always). Returns 0 for none.
 * `kept`: see smp_feed_merge.
 */
uint64_t smp_source_noted(const struct smp_source *source, bool kept,
                          int64_t now);

/* Returns true if the source of a feed is that of the line, and holds now. */
bool smp_source_holds(const struct smp_source *source, uint64_t noted,
                      int64_t now);

void smp_source_release(struct smp_source *source);

/* store.c */

/*
 * A directory of feeds, NAME.ics each, with pages beside them, NAME.html: a
 * file is called by its name and its end. New files are first written to
 * temporary files. A commit syncs these to the disk, all together, and only
 * then renames them. Readers find each feed whole, old or new, at any moment,
 * and so does a run that was interrupted.
 *
 * Other files in the directory are ".smp-publish.lock" and, during a run,
 * ".smp-publish.N.tmp". Only the owner can read a temporary file until it is
 * renamed.
 */
struct smp_stored {
    char *name;         /* of the feed, without .ics */
    const char *end;    /* smp_end_of_feed or smp_end_of_page */
    int number;         /* of the temporary file */
    unsigned int mode;  /* permissions after the commit */
    int fd;             /* if still open, or -1 */
    struct smp_err err; /* why it could not be stored */
};

struct smp_store {
    const char *path;    /* the caller's */
    bool dry;            /* nothing is written */
    int directory, lock; /* descriptors; directory is -1 if dry and missing */
    size_t feeds, keyed; /* .ics found at open; those named with a key */
    size_t pages;        /* .html beside one of these */
    bool found;          /* the file read last exists, with: */
    unsigned int mode;
    uid_t owner;
    gid_t group;
    int64_t modified; /* seconds since 1970 */
    bool mode_known;
    unsigned int new_mode; /* permissions of new files, if mode_known */
    struct smp_err left;   /* a temporary file that could not be removed */
    volatile sig_atomic_t number, settled; /* temporary files: last, done */
    struct smp_stored *pending;            /* for the next commit */
    size_t count, room;
    bool changed; /* the directory itself must be synced */
};

/*
 * Opens the directory, creates it if it is missing, and locks it against other
 * runs; a locked directory is waited for (`wait`) or is an error. Removes the
 * temporary files of an interrupted run, and counts the feeds. `dry`: creates,
 * locks and removes nothing; a missing directory counts as empty.
 */
bool smp_store_open(struct smp_store *store, const char *path, bool wait,
                    bool dry, struct smp_err *err);

/* Lists the names of all feeds, sorted, to be freed by smp_store_list_free. */
bool smp_store_list(struct smp_store *store, struct smp_strings *names,
                    struct smp_err *err);
void smp_store_list_free(struct smp_strings *names);

/* The most octets of a feed. Larger files are neither written nor read. */
enum { SMP_FEED_MAX = 16 << 20 };

/*
 * Appends the octets of a feed. *there is false if it does not exist. Fails if
 * it cannot be read, or must not be replaced: a directory, a symbolic link.
 */
bool smp_store_read(struct smp_store *store, const char *name, const char *end,
                    struct smp_buf *out, bool *there, struct smp_err *err);

extern const char smp_end_of_feed[], smp_end_of_page[]; /* ".ics", ".html" */

/*
 * Reads the first octets, at most `most`, of the file under a name into an
 * empty buffer, through symbolic links too. Reads nothing if there is no
 * file. Returns false if that cannot be told.
 */
bool smp_store_peek(struct smp_store *store, const char *name, const char *end,
                    size_t most, struct smp_buf *out);

/*
 * Adds a feed to the next commit, as pending[count - 1]. It gets the
 * permissions of the feed that was read last, if that exists, its owner and
 * group if permitted, and a later time of modification (at least a second),
 * because web servers tell versions by it. Returns false if it cannot be
 * written, with the reason in its err; then it can be forgotten again.
 */
bool smp_store_write(struct smp_store *store, const char *name, const char *end,
                     const char *text, size_t n);
void smp_store_forget(struct smp_store *store);

/* Commits all pending feeds; the err of each says what failed. */
void smp_store_commit(struct smp_store *store);
void smp_store_clear(struct smp_store *store);

bool smp_store_remove(struct smp_store *store, const char *name,
                      const char *end, struct smp_err *err);

/*
 * Removes the temporary files. Safe in a signal handler that ends the program:
 * pending feeds are lost, and each feed is whole.
 */
void smp_store_abandon(const struct smp_store *store);

/*
 * Unlocks and frees. Fails if the directory could not be synced, or a temporary
 * file of an interrupted run could not be removed.
 */
bool smp_store_close(struct smp_store *store, struct smp_err *err);

/* publish.c */

/* A report that waits for the next commit. */
struct smp_waiting {
    char *id, *file;           /* or NULL */
    struct smp_client *client; /* who gets the feed, or is missing */
    enum smp_change change;
    size_t ticket; /* place in store.pending, from 1; 0: nothing is written */
    size_t page_ticket; /* the same of the page */
    struct smp_err err;
};

/* What a publisher keeps for itself. */
struct smp_publishing {
    struct smp_store store;
    const struct smp_strings *expected;  /* ids, or NULL */
    const struct smp_strings *withdrawn; /* ids, or NULL */
    struct smp_clients clients;
    struct smp_waiting *waiting;
    size_t waiting_count, waiting_room;
    struct smp_calendar_cache cache;
    struct smp_buf old_text, fresh_text, next_text;
    struct smp_feed old, fresh;
    struct smp_source source;  /* of the line that came last */
    enum smp_feed_state state; /* of the feed read last: whole, torn, a stub */
    struct smp_buf name;       /* of the feed read last */
    struct smp_sheet sheet;    /* of a page */
    struct smp_buf old_page, next_page;
    bool held, there; /* old_text is what is on disk now; it exists */
};

/* Adds a report for the next commit. id can be NULL; name is without .ics. */
struct smp_waiting *smp_publisher_note(struct smp_publisher *publisher,
                                       const char *id, const char *name,
                                       enum smp_change change);

/*
 * Reads a feed into old_text and parses it into old. *there: it exists and is
 * as published, torn or a stub (own->state); a torn one is parsed as far as it
 * goes. Fails if something else is in its place.
 */
bool smp_publisher_read(struct smp_publisher *publisher, const char *name,
                        bool *there, struct smp_err *err);

/*
 * After smp_publisher_read has failed: returns true if the file can be a feed
 * of ours, because it has our marks or cannot be read. A directory, a pipe or
 * another file is none.
 */
bool smp_publisher_suspects(struct smp_publisher *publisher, const char *name);

/* Returns true if a feed exists, or can exist, that is not withdrawn. */
bool smp_publisher_is_in_use(struct smp_publisher *publisher, const char *name);

/* Between two feeds: commits if much is waiting. */
void smp_publisher_commit_if_full(struct smp_publisher *publisher);

/*
 * Seals a text with its source (or 0) and writes it; it waits for the next
 * commit with its report.
 */
void smp_publisher_write(struct smp_publisher *publisher, const char *id,
                         const char *name, enum smp_change change,
                         struct smp_buf *text, uint64_t source);

/* Commits what is pending, then reports everything that waits. */
void smp_publisher_commit(struct smp_publisher *publisher);

/* page.c */

/*
 * Brings the page beside a feed in step with the plan, if pages are wanted. It
 * waits for the next commit with the report of its feed; so does its error. A
 * file that is no page of ours is left as it is, and is an error.
 */
void smp_page_renew(struct smp_publisher *publisher, struct smp_plan *plan,
                    const struct smp_protocol *protocol,
                    struct smp_waiting *waiting, const char *name);

/* Returns true if the page of the line is there, or none is wanted. */
bool smp_page_is_current(struct smp_publisher *publisher, const char *name);

/* Removes the page beside a feed that is withdrawn, if it is one of ours. */
void smp_page_remove(struct smp_publisher *publisher, const char *name,
                     struct smp_err *err);

#endif
