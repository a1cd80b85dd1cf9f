#ifndef SMP_PUBLISH_INTERNAL_H
#define SMP_PUBLISH_INTERNAL_H

#include <signal.h>
#include <sys/types.h>

#include "ical/prodid.h"
#include "publish/publish.h"

/* What the .c files of this room share: clients, names, feeds, sources, the
 * directory, the publisher. */

/* clients.c */

/* What is wrong with an id for a list of clients; NULL: nothing. */
const char *smp_listed_fault(const char *id, size_t n);

/*
 * The clients of one run, found by the tag of their feeds (smp_feed_tag).
 * Start with a zeroed struct.
 */
struct smp_client {
    const char *id, *name; /* of the feed */
    size_t tag;            /* octets of the name that are the tag */
    bool arrived;          /* with a plan */
    bool rejected;         /* a plan came that could not be published */
    bool failed;           /* its feed could not be written */
    const char *file;      /* of one without a plan: its feed, or NULL */
    bool file_retired;     /* which has been withdrawn */
};

struct smp_clients {
    struct smp_arena arena;
    struct smp_client **table;
    size_t count, size;
};

/* The client whose tag these octets are, or NULL. */
struct smp_client *smp_clients_find(const struct smp_clients *clients,
                                    const char *tag, size_t n);

/* Adds one that is not there yet; texts are copied. */
struct smp_client *smp_clients_add(struct smp_clients *clients, const char *id,
                                   const char *name, size_t tag);

/* Whether a plan has come for any of them. */
bool smp_clients_have_arrived(const struct smp_clients *clients);

void smp_clients_release(struct smp_clients *clients);

/* name.c */

/*
 * Appends the name, without ".ics": of letters, digits and "._~-", not
 * beginning with a dot or dash, of at most SMP_FEED_NAME_MAX octets. Ids that
 * differ have names that do.
 */
enum { SMP_FEED_NAME_MAX = 200 };

void smp_feed_name(struct smp_buf *out, const struct smp_feed_key *key,
                   const char *id, int feed);

/* Whether it may be such a name, under whatever key. */
bool smp_feed_name_is_ours(const char *name);

/* Whether these octets are a name that is made with a key alone. */
bool smp_feed_name_is_keyed(const char *name, size_t n);

/*
 * Whether the id it was made from, if that can be told, can stand in a list of
 * clients (smp_listed_read). What cannot be listed is not missing from one.
 */
bool smp_feed_name_is_listable(const char *name);

/* How much of such a name comes from the id alone: TAG, or all of it. */
size_t smp_feed_tag(const struct smp_feed_key *key, const char *name);

/* feed.c */

/*
 * Feeds as our own calendar writer makes them, looked at line by line. They
 * are not read as iCalendar: a feed carries a seal, a hash of its octets in
 * its PRODID, and only one that is as it was published is looked at. Beside it
 * stands the feed's source (struct smp_source), 0 where it has none. Feeds from
 * before there were sources have a seal alone, and are ours as well.
 */

/*
 * Notes its source in a feed whose PRODID is a SMP_FEED_PRODID(), and seals it;
 * false where it is no such text.
 */
bool smp_feed_seal(char *text, size_t n, uint64_t source);

/* The source of a feed; 0 where it has none, or is no feed. */
uint64_t smp_feed_source(const char *text, size_t n);

enum smp_feed_state {
    SMP_FEED_WHOLE, /* as it was published */
    SMP_FEED_TORN,  /* cut off: nothing else can be wrong with it */
    SMP_FEED_STUB,  /* so little of one, or nothing, that it may be anybody's */
    SMP_FEED_EDITED, /* changed since by somebody else */
    SMP_FEED_FOREIGN /* does not begin as one of ours */
};

enum smp_feed_state smp_feed_state(const char *text, size_t n);

/*
 * Whether it reads as a calendar up to an end that comes too soon: lines as we
 * write them, the last perhaps cut, of components that are not all ended.
 */
bool smp_feed_is_cut(const char *text, size_t n);

/*
 * Whether it has what our feeds have in their PRODID, in whatever place: a
 * feed, perhaps one that another program has written anew.
 */
bool smp_feed_is_marked(const char *text, size_t n);

/* Whether two feeds are of one kind: open, discreet or secret. */
bool smp_feed_same_kind(const char *text, size_t n, const char *other,
                        size_t m);

/* A part of a feed's text. */
struct smp_piece {
    const char *at;
    size_t n;
};

bool smp_piece_equal(struct smp_piece a, struct smp_piece b);

/* An event; pieces are values without the name of their line, or lines. */
struct smp_feed_event {
    struct smp_piece whole;    /* all its lines */
    struct smp_piece uid;      /* value, folded as it is */
    struct smp_piece stamp;    /* value of DTSTAMP: 20261201T090000Z */
    struct smp_piece modified; /* value of LAST-MODIFIED */
    struct smp_piece sequence; /* value of SEQUENCE */
    struct smp_piece content;  /* all lines after SEQUENCE */
    struct smp_piece start, end, status, location; /* lines; n 0: none */
    bool session;                                  /* it has a status */
};

struct smp_feed {
    struct smp_piece head; /* what stands before the first event */
    struct smp_piece tail; /* and after the last one */
    struct smp_feed_event *events;
    size_t count, room;
};

/*
 * Finds the parts of a text, which must outlive them; false where it is not
 * whole, with the events before. The feed may be used again for the next text.
 */
bool smp_feed_read(struct smp_feed *feed, const char *text, size_t n);

/* A UID that two of the events have; n 0: none. */
struct smp_piece smp_feed_double(const struct smp_feed *feed);
void smp_feed_release(struct smp_feed *feed);

/* The instant of 20261201T090000Z; false where it is not one up to 2100. */
bool smp_feed_instant(struct smp_piece text, int64_t *instant);

/* The value of a SEQUENCE; false where it is not one that we write. */
bool smp_feed_sequence(struct smp_piece text, int32_t *sequence);

/* The instant at which an event ends; days end in the zone. */
bool smp_feed_end(const struct smp_feed_event *event,
                  const struct smp_zone *zone, int64_t *instant);

/*
 * When an emptied feed was withdrawn: the LAST-MODIFIED of its VTIMEZONE.
 * False where it has not been.
 */
bool smp_feed_retired(const struct smp_feed *feed, int64_t *instant);

/* merge.c */

/*
 * The next state of a feed from the one that stands and a fresh rendering of
 * the plan: what has not changed keeps its octets, stamps and all.
 */
struct smp_merge {
    const struct smp_zone *zone; /* of the plan: where days end */
    int64_t now;                 /* what has ended by then is frozen */
    int64_t stamp;               /* of changes that the plan does not date */
    bool torn;                   /* the old feed was cut off */
};

/*
 * Appends the next state, not sealed. The fresh rendering carries the stamp of
 * the plan, which counts where it is later than the one of the old event.
 *
 * An event of the same UID with the same content stays as it is. So does one
 * that has ended and keeps its times, place and status, whatever it says now,
 * as long as the feed remains as open or discreet as it was and is not torn.
 * Otherwise it gets a later DTSTAMP and LAST-MODIFIED, and a higher SEQUENCE
 * where its time, place or status changes. What is not in the fresh rendering
 * is left out. `old` may be NULL. Returns what has changed most. *kept: some
 * entry says what the plan does not say any more.
 */
enum smp_change smp_feed_merge(struct smp_buf *out, const struct smp_feed *old,
                               const struct smp_feed *fresh,
                               const struct smp_merge *how, bool *kept);

/* source.c */

/*
 * The short way to find that nothing has changed. A feed carries its source: a
 * keyed hash of the line that its plan was read from and of all else that it
 * was made with, but for the time. Where a line comes that has the source of
 * the feed that its client seems to have, and that feed is as it was published,
 * reading the plan and writing the feed anew could but end in the same entries,
 * and is left out.
 *
 * So a feed has no source where publishing it again would warn again, nor where
 * the guess that it was found by was wrong. Where it keeps words of the past
 * that the plan does not say any more, its source holds from the next day on:
 * that they are kept depends on the time, but what has ended never begins
 * again. Without a source, or with one cleared, a feed costs more time, and
 * that is all.
 *
 * Start with a zeroed struct.
 */
struct smp_source {
    bool keyed;
    unsigned char key[16];
    struct smp_plan guess;               /* what the line seems to say */
    const struct smp_protocol *protocol; /* that it would be rendered with */
    uint64_t value;                      /* of the line, noted; 0: none */
};

/*
 * The key of a run: from that of its feeds, from what its options say, as a
 * text, and from the version: another one may write feeds otherwise. Without
 * the feeds' key nobody can try what a line may have been.
 */
void smp_source_set_key(struct smp_source *source,
                        const struct smp_feed_key *key, const char *options);

/*
 * The value for a line of which guess and protocol are known, the guess with
 * its zone.
 */
void smp_source_set(struct smp_source *source, const char *line, size_t n);

/* Has no value any more unless the plan is the one that was guessed. */
void smp_source_verify(struct smp_source *source, const struct smp_plan *plan,
                       const struct smp_protocol *protocol);

/*
 * What is noted in a feed: 48 bits of hash, then 16 of the day, counted from
 * 1970, from which on it holds, 0 for ever; or nothing, 0. `kept`: it says of
 * what has ended by now what the plan does not.
 */
uint64_t smp_source_noted(const struct smp_source *source, bool kept,
                          int64_t now);

/* Whether a feed in which that is noted has the line's source, and it holds. */
bool smp_source_holds(const struct smp_source *source, uint64_t noted,
                      int64_t now);

void smp_source_release(struct smp_source *source);

/* store.c */

/*
 * A directory of feeds, NAME.ics each. What is written goes to files beside
 * them first; a commit puts these on the disk, all together, and only then in
 * their places. Whoever reads, and whoever is interrupted at any moment, finds
 * each feed whole, as it was or as it is to be.
 *
 * In the directory there are, besides feeds, ".smp-publish.lock" and while one
 * works ".smp-publish.N.tmp", which only the owner may read until it is
 * renamed.
 */
struct smp_stored {
    char *name;         /* of the feed, without .ics */
    int number;         /* of the temporary file */
    unsigned int mode;  /* permissions once it is in its place */
    int fd;             /* still open, or -1 */
    struct smp_err err; /* why it could not be stored */
};

struct smp_store {
    const char *path;    /* the caller's */
    bool dry;            /* nothing is written */
    int directory, lock; /* descriptors; directory -1: dry, and missing */
    size_t feeds, keyed; /* .ics there when it was opened; named with a key */
    bool found;          /* the feed that was read last is there */
    unsigned int mode;   /* its permissions */
    uid_t owner;
    gid_t group;
    int64_t modified; /* when it was modified */
    bool mode_known;
    unsigned int new_mode; /* permissions of new files, once known */
    struct smp_err left;   /* why a file of an interrupted run is still there */
    volatile sig_atomic_t number, settled; /* temporary files: last, done */
    struct smp_stored *pending;            /* until it is cleared */
    size_t count, room;
    bool changed; /* the directory itself is not on the disk yet */
};

/*
 * Opens the directory, made where it is missing, and locks it against others;
 * while it is locked it waits, or is an error. What an interrupted run has
 * left is removed. `dry`: neither made nor locked nor cleaned; where it is
 * missing it is as if it were empty. What is there is counted.
 */
bool smp_store_open(struct smp_store *store, const char *path, bool wait,
                    bool dry, struct smp_err *err);

/* The names of all feeds there, sorted; the caller frees them. */
bool smp_store_list(struct smp_store *store, struct smp_strings *names,
                    struct smp_err *err);
void smp_store_list_free(struct smp_strings *names);

/* A larger file is no feed: it is neither written nor read. */
enum { SMP_FEED_MAX = 16 << 20 };

/*
 * Appends what a feed holds. *there is false where there is none. An error
 * where it cannot be read, or is no file that may be replaced: a directory, a
 * symbolic link.
 */
bool smp_store_read(struct smp_store *store, const char *name,
                    struct smp_buf *out, bool *there, struct smp_err *err);

/*
 * Reads the first octets, 64 KiB at most, of what is at a feed's address into
 * an empty buffer: also through a symbolic link. Nothing where no file is.
 * False if that cannot be told.
 */
bool smp_store_peek(struct smp_store *store, const char *name,
                    struct smp_buf *out);

/*
 * Notes a feed to be stored by the next commit, as pending[count - 1], with
 * the permissions of the feed that was read last, if it is there, its owner and
 * group if that is allowed, and modified a second after it at least: web
 * servers tell versions by that. False where its err says why it cannot be;
 * that one may be forgotten again.
 */
bool smp_store_write(struct smp_store *store, const char *name,
                     const char *text, size_t n);
void smp_store_forget(struct smp_store *store);

/* Puts all that is pending in its place; each says what went wrong. */
void smp_store_commit(struct smp_store *store);
void smp_store_clear(struct smp_store *store);

bool smp_store_remove(struct smp_store *store, const char *name,
                      struct smp_err *err);

/*
 * Removes the temporary files, in a signal handler that ends the program: what
 * is pending is lost, and each feed is whole.
 */
void smp_store_abandon(const struct smp_store *store);

/*
 * Unlocks and frees. An error if the directory could not be put on the disk,
 * or if a file of an interrupted run could not be removed.
 */
bool smp_store_close(struct smp_store *store, struct smp_err *err);

/* publish.c */

struct smp_waiting {
    char *id, *file;           /* or NULL */
    struct smp_client *client; /* whose new feed it is, or who is missing */
    enum smp_change change;
    size_t ticket; /* place in store.pending from 1; 0: nothing is written */
    struct smp_err err;
};

/* What a publisher keeps for itself. */
struct smp_publishing {
    struct smp_store store;
    const struct smp_strings *expected; /* ids, or NULL */
    struct smp_clients clients;
    struct smp_waiting *waiting;
    size_t waiting_count, waiting_room;
    enum smp_feed_state state; /* of the feed read last: whole, torn, a stub */
    struct smp_templates templates;
    struct smp_buf old_text, fresh_text, next_text;
    struct smp_feed old, fresh;
    struct smp_source source; /* of the line that has come last */
    struct smp_buf name;      /* of the feed that was read last */
    bool held, there;         /* old_text is what stands there; it exists */
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

/* Puts what is noted in its place and reports it. */
void smp_publisher_commit(struct smp_publisher *publisher);

#endif
