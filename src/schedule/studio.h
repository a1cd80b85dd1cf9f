#ifndef SMP_SCHEDULE_STUDIO_H
#define SMP_SCHEDULE_STUDIO_H

#include "schedule/spool.h"
#include "series/series.h"
#include "tool/tool.h"

/* A session that is booked: its uid, "" without one, and when it is. */
struct known {
    const char *uid;
    struct smp_interval time;
    bool day; /* a day alone is known */
};

/*
 * What the plans of one studio share: its hours, its chairs, and when those are
 * taken. Plans that name no studio, or all plans without --studios, share one
 * called "".
 */
struct studio {
    char *name;
    const char *time_zone; /* NULL: the default one */
    struct smp_err err;    /* why its plans are rejected */
    bool has_hours;
    struct smp_hours hours;
    int chairs;
    struct smp_busy *busy; /* NULL: chairs are not counted */
    struct known *known;   /* sorted once calendars are read */
    size_t known_count, known_room;
    bool looks; /* some plan looks at the days from `first` to `last` */
    int32_t first, last;
};

/* What the command line says of all studios. */
struct studios {
    struct studio *at; /* by name */
    size_t count, room;
    bool has_hours; /* --open */
    struct smp_hours hours;
    int chairs;         /* --chairs; 0: not given */
    struct spool *busy; /* --busy, each read once a studio; some of no file */
    size_t busy_count;
    struct smp_arena arena;
};

/* Reads --open and --chairs, and whether --studios is a directory. */
bool studios_read(struct smp_tool *tool, struct studios *studios);

/* Whether plans share anything, so that all are to be known before one is
 * planned. */
bool studios_are_shared(const struct smp_tool *tool);

/* The plan's studio, made when it is first seen. Good until the next call. */
struct studio *studios_of(struct studios *studios, struct smp_tool *tool,
                          const struct smp_plan *plan,
                          const struct smp_protocol *protocol);

/*
 * A booked session that a plan speaks of: a calendar's event of its uid and
 * time is the same appointment and takes no second chair. So is, of a session
 * without uid, an event of the very same time where that can free nobody
 * else's: with one chair, or one plan.
 */
void studios_know(struct studios *studios, struct studio *studio,
                  const struct smp_plan *plan,
                  const struct smp_session *session,
                  const struct smp_protocol *protocol);

/*
 * Takes chairs for the events of calendars: --busy for every studio, and the
 * studio's own, NAME.ics beside NAME.json. False, after messages, where one of
 * --busy cannot be read; a studio whose own cannot is left with its error.
 */
bool studios_read_calendars(struct studios *studios, struct smp_tool *tool);

/* Whether --busy has that very file: its events take one chair, not two. */
bool studios_have_file(const struct studios *studios, int fd);

void studios_release(struct studios *studios);

#endif
