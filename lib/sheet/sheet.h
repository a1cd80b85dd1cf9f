#ifndef SMP_SHEET_SHEET_H
#define SMP_SHEET_SHEET_H

#include "base/base.h"
#include "care/care.h"
#include "plan/plan.h"

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
    const char *caution; /* whom to ask */
    const char *studio;  /* who and where it is, or NULL */

    struct smp_arena arena;
    struct smp_buf words;     /* while they are made */
    struct smp_rivals rivals; /* of the last plan's protocol */
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
    struct smp_memo memo; /* of pieces that were set before */
};

void smp_medium_release(struct smp_medium *medium);

/* How a medium sets sheets; what comes before and after them, or NULL. */
struct smp_setter {
    void (*begin)(struct smp_medium *medium);
    void (*put)(struct smp_medium *medium, const struct smp_sheet *sheet);
    void (*end)(struct smp_medium *medium);
};

#endif
