#ifndef SMP_WRITE_WRITE_H
#define SMP_WRITE_WRITE_H

#include "base/buf.h"
#include "base/memo.h"
#include "care/care.h"
#include "plan/plan.h"
#include "protocol/protocol.h"

/*
 * Events that are written again and again, see template.h; zeroed at first, to
 * be released.
 */
struct smp_templates {
    struct smp_slot *slots;
    struct smp_forms *forms;
    struct smp_entry_list *entries;
    struct smp_buf header_of, header; /* the last feed's, and what it says */
};

void smp_templates_release(struct smp_templates *templates);

/* What entries of a calendar show to somebody who looks over a shoulder. */
enum smp_discretion {
    SMP_OPEN,
    SMP_DISCREET, /* titles tell nothing, descriptions all */
    SMP_SECRET    /* there are no descriptions either */
};

/* What a calendar is for: to be read, or to be mailed (iTIP, RFC 5546). */
enum smp_method {
    SMP_METHOD_NONE,
    SMP_METHOD_PUBLISH,
    SMP_METHOD_REQUEST,
    SMP_METHOD_CANCEL
};

enum smp_alarm { SMP_ALARM_SESSIONS, SMP_ALARM_NONE, SMP_ALARM_AT };

struct smp_write_options {
    int64_t stamp; /* the instant stamps are made from */
    bool by_rule;  /* calendar: an entry a rule, not a stretch */
    bool timed;    /* calendar: entries at clock times too */
    bool local;    /* calendar: TZID and VTIMEZONE, not UTC */
    bool proposed; /* the care of proposed sessions too */
    enum smp_discretion discretion;
    enum smp_method method;
    enum smp_alarm alarm;
    int alarm_minutes;           /* of SMP_ALARM_AT: after midnight */
    bool ascii;                  /* text: drawn with ASCII alone */
    bool color;                  /* text: coloured for a terminal */
    const char *product;         /* PRODID */
    const struct smp_zone *zone; /* of a calendar without entries */
};

struct smp_writer {
    struct smp_buf out;
    struct smp_write_options options;
    const struct smp_protocol *protocol; /* of headers and footers */
    const struct smp_renderer *renderer;
    size_t plans;
    bool alone; /* no second plan will come */

    /* Of the calendar: its first client, with and without the name, until it
     * is known whether a second one comes; the zones that have been written. */
    struct smp_buf held, held_named;
    struct smp_buf zones;
    struct smp_templates templates; /* of its events */

    struct smp_memo memo;     /* of text: lines that were written already */
    struct smp_rivals rivals; /* of the last plan's protocol */
};

/*
 * Renderers: plans become text. All have the same three verbs; a program that
 * writes does not know which format it writes. They append to writer->out,
 * which whoever drives them empties when it likes, and never fail.
 */
struct smp_renderer {
    void (*begin)(struct smp_writer *writer);
    /* The plan with the protocol whose words it gets. */
    void (*put)(struct smp_writer *writer, struct smp_plan *plan,
                const struct smp_protocol *protocol);
    void (*end)(struct smp_writer *writer);
};

extern const struct smp_renderer smp_write_json;     /* one plan a line */
extern const struct smp_renderer smp_write_calendar; /* RFC 5545 */
extern const struct smp_renderer
    smp_write_invitations; /* a calendar a session, to be mailed */
extern const struct smp_renderer smp_write_sheet;  /* checklist of care */
extern const struct smp_renderer smp_write_day;    /* one day's care */
extern const struct smp_renderer smp_write_series; /* table of sessions */

/*
 * One client's calendar, whole, as it is published: what smp_write_calendar
 * writes for one plan alone, always with UTC.
 */
void smp_write_feed(struct smp_buf *out, struct smp_plan *plan,
                    const struct smp_protocol *protocol,
                    const struct smp_write_options *options,
                    struct smp_templates *templates);

/* An empty one, its VTIMEZONE of options->zone last modified at the stamp. */
void smp_write_retired(struct smp_buf *out, const struct smp_protocol *protocol,
                       const struct smp_write_options *options);

void smp_writer_release(struct smp_writer *writer);

/* The undated sheet of one phase: "7 days before ...". */
void smp_write_undated(struct smp_buf *out, const struct smp_protocol *protocol,
                       enum smp_phase phase);

#endif
