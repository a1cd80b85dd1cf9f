#ifndef SMP_SCHEDULE_SCHEDULE_H
#define SMP_SCHEDULE_SCHEDULE_H

#include "care/care.h"
#include "schedule/edits.h"
#include "schedule/reserve.h"
#include "schedule/spool.h"
#include "schedule/studio.h"

/* What smp-schedule does with plans: edits, the studio they are in, a series.
 */
struct schedule {
    struct smp_series_wanted wanted; /* by the command line */
    struct smp_days *away;
    int32_t earliest; /* the day of --from */
    struct edits edits;
    struct studios studios;
    bool shared; /* plans share studios, and all of them are looked at first */
    bool looked; /* ... which has been done */
    struct served *served; /* --fair: the plans, already completed */
    struct reserve reserve;
    bool reserves; /* some plan has proposals */
    struct smp_clashes clashes;
};

/* Reads the options; false after a message. */
bool schedule_read(struct schedule *schedule, struct smp_tool *tool);

/* Completes a plan; what smp_tool does with each. */
bool schedule_plan(struct smp_tool *tool, struct smp_plan *plan,
                   const struct smp_protocol *protocol, struct smp_err *err);

/*
 * Looks at all plans of the input before the first is completed: chairs for
 * what is booked, then calendars, then (--fair) who is served first. False
 * after a message.
 */
bool schedule_look(struct schedule *schedule, struct smp_tool *tool,
                   struct spool *input);

void schedule_release(struct schedule *schedule);

/* What is known of a plan before it is completed: its edits, its studio. */
bool schedule_begin(struct smp_tool *tool, struct smp_plan *plan,
                    const struct smp_protocol *protocol, struct studio **studio,
                    struct smp_err *err);

/* Takes chairs for what the plan has booked, and widens the days looked at. */
void schedule_note(struct smp_tool *tool, const struct smp_plan *plan,
                   const struct smp_protocol *protocol, struct studio *studio);

/*
 * Edits, completes and takes chairs: all that is done to a plan. With
 * `only_whole` a series that is not whole takes nothing, and is false without
 * an error.
 */
bool schedule_complete(struct smp_tool *tool, struct smp_plan *plan,
                       const struct smp_protocol *protocol, bool only_whole,
                       struct smp_err *err);

/* Of a stream: what is wrong with a record is told when it is read in earnest.
 */
void schedule_pass_over(void *context, unsigned long line,
                        struct smp_plan *plan, const char *what);

/* What the search is given for a plan of a studio. */
struct smp_series_wanted schedule_wanted(struct smp_tool *tool,
                                         const struct studio *studio,
                                         const struct smp_plan *plan);

#endif
