#ifndef SMP_WRITE_WRITE_H
#define SMP_WRITE_WRITE_H

#include "base/buf.h"
#include "base/memo.h"
#include "care/care.h"
#include "ical/calendar.h"
#include "plan/plan.h"
#include "protocol/protocol.h"

struct smp_writer {
    struct smp_buf out;
    const struct smp_renderer *renderer;
    size_t plans;
    bool ascii;               /* text: drawn with ASCII alone */
    bool color;               /* text: coloured for a terminal */
    struct smp_memo memo;     /* of text: lines that were written already */
    struct smp_rivals rivals; /* of the last plan's protocol */
    struct smp_calendar_writer calendar;
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

void smp_writer_release(struct smp_writer *writer);

/* The undated sheet of one phase: "7 days before ...". */
void smp_write_undated(struct smp_buf *out, const struct smp_protocol *protocol,
                       enum smp_phase phase);

#endif
