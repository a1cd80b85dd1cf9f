#ifndef SMP_ICAL_PRODID_H
#define SMP_ICAL_PRODID_H

/*
 * The PRODID of every calendar of ours. Nothing is ever removed here: a feed
 * that an old version published must stay known as ours.
 */

/* Calendars that programs print, and those of --discreet. */
#define SMP_PRODID "-//smp-care//smp-care " SMP_VERSION "//EN"
#define SMP_PRODID_DISCREET "-//calendar//entries//EN"

/* Feeds, by enum smp_discretion; hashes follow, see SMP_FEED_PRODID(). */
#define SMP_FEED_OPEN "-//smp-care//smp-publish "
#define SMP_FEED_DISCREET "-//calendar//feed "
#define SMP_FEED_SECRET "-//calendar//entries "

/*
 * The whole PRODID of a feed: its seal, a blank and the hash of its source, as
 * zeros to be written over. Before feeds had a source, it was the seal alone.
 */
#define SMP_FEED_HASH "0000000000000000"
#define SMP_FEED_HASHES SMP_FEED_HASH " " SMP_FEED_HASH
#define SMP_FEED_PRODID(start) start SMP_FEED_HASHES "//EN"
#define SMP_FEED_PRODID_OLD(start) start SMP_FEED_HASH "//EN"

#endif
