#include "calendar/draft.h"

static void
doubt(struct cal_draft *draft, const char *what)
{
    struct cal_event *event = &draft->event;

    event->understood = false;
    smp_cal_remark(draft->reader, event->head.line, event->uid, "%s", what);
}

/* Where TRANSP and BUSYSTATUS say different things, it is busy. */
static bool
is_free(struct cal_draft *draft)
{
    const struct cal_event *event = &draft->event;
    bool opaque = draft->piece->given & CAL_HAS_TRANSP && !draft->transparent;

    if (!draft->transparent && !draft->shown_free)
        return false;
    if (!opaque && !draft->shown_busy)
        return true;
    smp_cal_remark(draft->reader, event->head.line, event->uid,
                   "it is both busy and free: it counts as busy");
    return false;
}

/* What was given and did not arrive was not understood. */
void
smp_cal_check(struct cal_draft *draft)
{
    struct cal_event *event = &draft->event;
    unsigned given = draft->piece->given;

    if (given & (CAL_HAS_DTEND | CAL_HAS_DURATION) &&
        event->end_kind == CAL_END_NONE)
        event->end_kind = CAL_END_WRONG;
    if (event->end_kind == CAL_END_WRONG)
        doubt(draft, event->days || event->seconds
                         ? "its end is none: its DURATION counts"
                         : "its end is none: it counts to the end of the day");
    if (draft->bad_period)
        doubt(draft, "a period of RDATE counts to the end of the day");
    if (draft->bad_range)
        doubt(draft, "its RANGE is not followed");
    if (draft->bad_date || (given & CAL_HAS_RDATE && !draft->date_count))
        doubt(draft, "a date of RDATE does not exist");
    else if (draft->bad_without ||
             (given & CAL_HAS_EXDATE && !draft->without_count))
        doubt(draft, "a date of EXDATE does not exist");
    else if (draft->date_count + draft->without_count < draft->piece->values)
        doubt(draft, "a date of RDATE or EXDATE is none");
    if (given & CAL_HAS_RECURRENCE_ID && !event->head.is_override)
        doubt(draft, "RECURRENCE-ID is no date: it stands for itself");
    if (given & CAL_HAS_EXRULE)
        doubt(draft, "EXRULE is not followed");
    if (given & CAL_TOO_LARGE)
        doubt(draft, "it is too large: some of its lines were left out");
    event->free = is_free(draft);
    if (draft->bad_status)
        smp_cal_remark(draft->reader, event->head.line, event->uid,
                       "its STATUS is not known: it counts as confirmed");
    if (given & CAL_NO_END)
        doubt(draft, "it has no END");
}
