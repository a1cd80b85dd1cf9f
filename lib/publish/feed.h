#ifndef SMP_PUBLISH_FEED_H
#define SMP_PUBLISH_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "time/zone.h"

/*
 * Feeds as our own calendar writer makes them, looked at line by line. They
 * are not read as iCalendar: a feed carries a seal, a hash of its octets in
 * its PRODID, and only one that is as it was published is looked at. Beside it
 * stands the feed's source (see source.h), 0 where it has none. Feeds from
 * before there were sources have a seal alone, and are ours as well.
 */
#define SMP_FEED_HASH "0000000000000000"
#define SMP_FEED_HASHES SMP_FEED_HASH " " SMP_FEED_HASH
#define SMP_FEED_PRODUCT "-//smp-care//smp-publish " SMP_FEED_HASHES "//EN"

/* Of feeds whose titles tell nothing, and of those in which nothing does. */
#define SMP_FEED_DISCREET "-//calendar//feed " SMP_FEED_HASHES "//EN"
#define SMP_FEED_SECRET "-//calendar//entries " SMP_FEED_HASHES "//EN"

/*
 * Notes its source in a feed written with one of these, and seals it; false
 * where it is no such text.
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

#endif
