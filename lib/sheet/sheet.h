#ifndef SMP_SHEET_SHEET_H
#define SMP_SHEET_SHEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "care/care.h"

/*
 * A sheet: what a page says to one client, in what order and under which
 * heading, without ink. Programs fill it; a medium (lib/text) sets it. Texts
 * are whole sentences in the protocol's language, or lines of a table; lists
 * end with NULL, texts that may be missing are NULL.
 */

enum smp_line_kind {
    SMP_LINE_CARE,     /* a rule's sentence: its verb says how it is meant */
    SMP_LINE_QUESTION, /* to be answered by the client */
    SMP_LINE_LISTED,   /* one of a list, without a verb */
    SMP_LINE_REMARK
};

struct smp_sheet_line {
    struct smp_sheet_line *next;
    enum smp_line_kind kind;
    enum smp_verb verb; /* of SMP_LINE_CARE */
    const char *title;  /* its short name */
    const char *text;
};

/* Lines that hold at the same time. */
struct smp_sheet_group {
    struct smp_sheet_group *next;
    const char *when;            /* "From 18 September until the session" */
    const struct smp_item *item; /* whose bounds these are; undated: NULL */
    struct smp_sheet_line *lines;
};

/* The care of one phase of one session. */
struct smp_sheet_section {
    struct smp_sheet_section *next;
    const char *heading;
    const struct smp_session *session; /* undated: NULL */
    enum smp_phase phase;
    const char *late; /* what the session was booked too late for */
    struct smp_sheet_group *groups;
};

/* A session, or a choice for one, as a row of a table: words or "". */
struct smp_sheet_row {
    const char *number; /* of the treatment, and of the session */
    const char *date, *times, *status, *possible;
    const struct smp_session *session; /* a choice: NULL */
    const char *clock;                 /* of a page: "10:00 to about 13:00" */
};

/*
 * A run of days that a page draws and lists, both days included. Healing that
 * nobody has confirmed ends on one of the days of SMP_RUN_UNSURE.
 */
enum smp_run_kind {
    SMP_RUN_CLOSED, /* days without sessions, though the week has some */
    SMP_RUN_PRECARE,
    SMP_RUN_HEALING,
    SMP_RUN_UNSURE,
    SMP_RUN_POSSIBLE, /* days for a session that is not booked */
    SMP_RUN_SESSION
};

struct smp_run {
    struct smp_run *next;
    enum smp_run_kind kind;
    int32_t first, last;
    const struct smp_session *session; /* that it is about, or NULL */
    const char *label;                 /* a few words: "Getting ready" */
    const char *text;                  /* the same for the list of dates */
};

/* The runs around a client's sessions, in the order of time. */
struct smp_weeks {
    struct smp_run *runs;
    int32_t first, last;  /* of all runs but those that are closed */
    unsigned char closed; /* weekdays: a bit each, 1 for Sunday */
};

/*
 * The days of whole months around the sessions of a series. A day of a session
 * or one it may fall on (of its window) can be closed besides.
 */
enum smp_mark {
    SMP_MARK_NONE,
    SMP_MARK_POSSIBLE,
    SMP_MARK_OPTIONAL,
    SMP_MARK_PROPOSED,
    SMP_MARK_BOOKED
};

struct smp_picture_day {
    unsigned char mark;    /* enum smp_mark */
    unsigned char number;  /* of the treatment */
    unsigned char closure; /* 1 + enum smp_closure_kind; 0: open */
};

struct smp_picture {
    int32_t first; /* the first day of a month */
    size_t count;
    struct smp_picture_day *days; /* NULL: there is no picture */
};

/*
 * Zeroed at first, filled again and again, to be released. It points into the
 * plan and the protocol it was filled from, and into an arena of its own, which
 * is good until it is filled again.
 */
struct smp_sheet {
    bool proposed; /* by the caller: the care of proposed sessions too */
    bool page;     /* by the caller: sessions and weeks beside the care */
    bool shared;   /* by the caller: others see it; no healing that was noted */

    const struct smp_protocol *protocol; /* whose words it speaks */
    const char *client;
    const char *title;            /* of a message */
    struct smp_sheet_line *lines; /* below it */
    struct smp_sheet_section *sections;
    struct smp_sheet_row *rows, *choices;
    size_t row_count, choice_count;
    const char *choose; /* what introduces the choices */
    const char *afterwards;
    struct smp_picture picture;
    struct smp_weeks weeks; /* of a page */
    const char *caution;    /* whom to ask */
    const char *studio;     /* who and where it is, or NULL */

    struct smp_arena arena;
    struct smp_buf words;          /* while they are made */
    struct smp_rivals rivals;      /* of the last plan's protocol */
    struct smp_sheet_hours *hours; /* of the last protocol with weeks */
};

/* Fills a sheet; returns false if there is nothing to say to this client. */
typedef bool smp_sheet_filler(struct smp_sheet *sheet, struct smp_plan *plan,
                              const struct smp_protocol *protocol);

smp_sheet_filler smp_sheet_of_care;     /* the plan's items, by session */
smp_sheet_filler smp_sheet_of_day;      /* plan->day: a message */
smp_sheet_filler smp_sheet_of_sessions; /* a table and its picture */

/* The rules of one phase without dates: "7 days before ...". */
void smp_sheet_of_rules(struct smp_sheet *sheet,
                        const struct smp_protocol *protocol,
                        enum smp_phase phase);

void smp_sheet_release(struct smp_sheet *sheet);

/* Where sheets are set, one after the other; zeroed at first but for `out`. */
struct smp_medium {
    struct smp_buf *out;
    size_t sheets;        /* that were set */
    bool ascii, color;    /* what a terminal can show */
    bool words;           /* no pictures, but what they say in words */
    struct smp_memo memo; /* of pieces that were set before */
};

void smp_medium_release(struct smp_medium *medium);

/* How a medium sets sheets; what comes after them, or NULL. */
struct smp_setter {
    bool page; /* it sets what only a page has */
    void (*put)(struct smp_medium *medium, const struct smp_sheet *sheet);
    void (*end)(struct smp_medium *medium);
};

#endif
