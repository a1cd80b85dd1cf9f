#ifndef SMP_IMPORT_IMPORT_H
#define SMP_IMPORT_IMPORT_H

#include <regex.h>

#include "plan/plan.h"

/*
 * Exports of booking systems and calendars, as plans: rows of a table (CSV and
 * its kin, JSON) or events (iCalendar) are gathered, and handed out as one plan
 * a client. Nothing is kept from run to run. Only columns that a format or the
 * usual names map are read; no other text leaves this room, in no message
 * either.
 */

/* How systems lay out their exports, and the words they use: data. */
struct smp_formats;

/* The built-in ones; `text` is lib/import/formats.json. */
extern const char smp_formats_builtin[];
extern const unsigned long smp_formats_builtin_size;

struct smp_formats *smp_formats_new(void);
void smp_formats_free(struct smp_formats *formats);

/*
 * Adds formats and words from a JSON text, over those that are there. If the
 * text is one format itself, *name is its name, else NULL. The error says where
 * the text is wrong.
 */
bool smp_formats_add(struct smp_formats *formats, const char *text, size_t n,
                     const char **name, struct smp_err *err);

/* Takes only this format from now on, which must be there. */
bool smp_formats_choose(struct smp_formats *formats, const char *name);

/* One status, "WORD=booked"; false if it is none of these. */
bool smp_formats_add_status(struct smp_formats *formats, const char *text);

/* The format of a number from 0, false after the last. */
bool smp_formats_get(const struct smp_formats *formats, size_t number,
                     const char **name, const char **source);

enum smp_import_dates { SMP_DATES_ANY, SMP_DATES_US, SMP_DATES_EU };

enum smp_import_said {
    SMP_SAID_DETAIL,   /* which column was taken, and the like */
    SMP_SAID_REMARK,   /* nothing is lost, yet somebody should know */
    SMP_SAID_REJECTED, /* a row, or an event, is left out */
    SMP_SAID_REFUSED   /* the input cannot be read without other options */
};

struct smp_import {
    struct smp_plan_defaults defaults;
    const struct smp_zone *zone; /* the defaults' */
    const struct smp_formats *formats;
    enum smp_import_dates dates;
    const regex_t *match;  /* NULL: all appointments */
    const regex_t *client; /* where in a subject the client is named; NULL */
    bool has_since;
    int64_t since;      /* instant: earlier ones are left out */
    const char *studio; /* of all plans, NULL: by a column */
    const void *key;    /* of ids that are made; key_size 0: none */
    size_t key_size;    /* at most SMP_IMPORT_KEY_MAX */

    /* Something about a line, 0 for none in particular. The text names no
     * client, and nothing that stands in a cell but dates and statuses. */
    void (*say)(void *context, enum smp_import_said kind, unsigned long line,
                const char *what);
    /* The octets of a rejected row, after those of its header; may be NULL.
     * False stops reading, without an error. */
    bool (*keep)(void *context, const char *bytes, size_t n);
    void *context;

    unsigned long rows, rejected; /* as they went */
    bool refused;
    struct smp_gathered *gathered; /* this room's own */
};

enum { SMP_IMPORT_KEY_MAX = 64, SMP_IMPORT_REPORTED_MAX = 100 };

/*
 * Reads a file of any kind, from where the descriptor is, which can be set
 * back. False with an error if it cannot be read or is no export at all; what
 * was good before that counts.
 */
bool smp_import_read(struct smp_import *import, int fd, struct smp_err *err);

/* After the last file: how many clients there are. */
size_t smp_import_clients(struct smp_import *import);

/* The plan of a client, into an empty one; false with an error, and the line of
 * its first row, if it cannot be one. */
bool smp_import_plan(struct smp_import *import, size_t client,
                     struct smp_plan *plan, unsigned long *line,
                     struct smp_err *err);

void smp_import_release(struct smp_import *import);

#endif
