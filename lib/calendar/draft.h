#ifndef SMP_CALENDAR_DRAFT_H
#define SMP_CALENDAR_DRAFT_H

#include "calendar/read.h"

enum { CAL_CATEGORIES = 50 };

/* A component on its way: what it refers to is libical's and the piece's. */
struct cal_draft {
    struct cal_reader *reader;
    const struct cal_piece *piece;
    struct cal_event event;
    bool has_start, has_modified;
    int64_t modified;
    const char *categories[CAL_CATEGORIES];
    struct cal_rdate *dates;
    struct cal_time *without;
    size_t date_count, date_room, without_count, without_room;
    bool bad_date, bad_period, bad_without, bad_range, bad_status;
    bool transparent, shown_free, shown_busy; /* by TRANSP; by BUSYSTATUS */
};

/* Tells what of it was not understood. */
void smp_cal_check(struct cal_draft *draft);

/* Keeps what may matter of one that has a start. */
void smp_cal_keep_draft(struct cal_draft *draft);

#endif
