#include "calendar/calendar.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "calendar/cut.h"
#include "calendar/reader.h"
#include "calendar/setup.h"
#include "time/civil.h"
#include "time/zone.h"

/*
 * What one calendar may ask for: steps of libical's iterators, of a few
 * microseconds each, and occurrences of rules.
 */
enum { STEPS_MAX = 400000, OCCURRENCES_MAX = 2000000 };

/* What is said once all has been handed on. */
static void
tell_untold(struct cal_reader *reader, unsigned long line)
{
    struct smp_calendar *calendar = reader->calendar;
    struct smp_buf what = {0};
    unsigned long untold;

    if (reader->remarks <= SMP_REMARKS_MAX)
        return;
    untold = reader->remarks - SMP_REMARKS_MAX;
    smp_buf_printf(&what, "%lu more of these %s not told", untold,
                   untold == 1 ? "was" : "were");
    calendar->remark(calendar->context, line, "", false, smp_buf_text(&what));
    smp_buf_release(&what);
}

static int
last_year(const struct smp_calendar *calendar)
{
    return smp_civil_of(smp_day_at(calendar->until)).year;
}

static void
take_timezone(struct cal_reader *reader, const struct cal_piece *piece)
{
    const char *wrong =
        smp_cal_vtimezone(&reader->zones, piece->component,
                          last_year(reader->calendar) + 2, &reader->steps);

    if (wrong)
        smp_cal_remark(reader, piece->line, "",
                       "VTIMEZONE is not understood: %s", wrong);
}

static void
take(struct cal_reader *reader, const struct cal_piece *piece)
{
    switch (piece->kind) {
    case CAL_CALENDAR:
        smp_cal_zones_end(&reader->zones);
        smp_cal_zones_begin(&reader->zones);
        reader->calendars++;
        reader->cancel = false;
        break;
    case CAL_METHOD:
        reader->cancel = strcasecmp(piece->text, "CANCEL") == 0;
        break;
    case CAL_FLOATING:
        smp_cal_zones_float(&reader->zones, piece->text);
        break;
    case CAL_SUMMER:
        reader->zones.floating->summer =
            strncasecmp(piece->text, "TRUE", 4) == 0;
        break;
    case CAL_AVAILABILITY:
        if (!reader->passed_over++)
            reader->passed_line = piece->line;
        break;
    case CAL_TIMEZONE:
        take_timezone(reader, piece);
        break;
    case CAL_EVENT:
        reader->calendar->events++;
        smp_cal_read_event(reader, piece);
        break;
    case CAL_FREEBUSY:
        reader->calendar->events++;
        smp_cal_read_freebusy(reader, piece);
        break;
    }
}

static bool
read_all(struct cal_reader *reader, struct cal_cut *cut, struct smp_err *err)
{
    int got = 0;

    while (reader->kept + reader->zones.kept <= SMP_CALENDAR_MAX &&
           (got = smp_cal_cut_next(cut, err)) > 0) {
        if (cut->not_utf8 && !reader->told_text)
            smp_cal_remark(reader, cut->piece.line, "",
                           "not all of the text is UTF-8");
        reader->told_text = cut->not_utf8;
        take(reader, &cut->piece);
    }
    smp_cal_zones_end(&reader->zones);
    if (reader->passed_over)
        smp_cal_remark(reader, reader->passed_line, "",
                       "VAVAILABILITY is not read: %lu component%s passed over",
                       reader->passed_over,
                       reader->passed_over == 1 ? "" : "s");
    if (got > 0)
        return smp_fail(err, "line %lu: more events than fit into %d MiB",
                        cut->piece.line, SMP_CALENDAR_MAX >> 20);
    if (!got && !cut->seen)
        return smp_fail(err, "there is no calendar in it");
    return !got;
}

static void
release(struct cal_reader *reader)
{
    smp_cal_zones_release(&reader->zones);
    smp_arena_release(&reader->arena);
    smp_buf_release(&reader->text);
    free(reader->heads);
    free(reader->order);
}

bool
smp_calendar_read(struct smp_calendar *calendar, struct smp_err *err)
{
    struct cal_reader reader = {
        .calendar = calendar,
        .steps = STEPS_MAX,
        .occurrences = OCCURRENCES_MAX,
    };
    struct cal_cut cut = {.lines = {.fd = calendar->fd},
                          .described = calendar->holidays};
    bool ok;

    calendar->events = calendar->dropped = 0;
    calendar->has_days = calendar->has_floating = false;
    reader.last = &reader.first;
    smp_ical_setup();
    smp_cal_zones_start(&reader.zones, calendar->zones, calendar->zone);
    ok = read_all(&reader, &cut, err);
    smp_cal_cut_release(&cut);
    smp_cal_merge(&reader);
    for (struct cal_event *event = reader.first; event; event = event->next)
        if (!event->head.lost)
            smp_cal_emit(&reader, event);
    tell_untold(&reader, cut.line);
    release(&reader);
    if (calendar->zones->unread.failed) /* times may be of another zone */
        smp_fail_as(err, &calendar->zones->unread);
    return ok && !err->failed;
}

void
smp_event_identity(struct smp_buf *out, const struct smp_event *event)
{
    struct smp_civil date = smp_civil_of(smp_day_at(event->recurrence));
    int time = (int)(event->recurrence -
                     (int64_t)smp_day_at(event->recurrence) * SMP_DAY_SECONDS);

    smp_buf_puts(out, event->uid);
    if (*event->uid && event->recurs)
        smp_buf_printf(out, "-%04d%02d%02dT%02d%02d%02dZ", date.year,
                       date.month, date.day, time / 3600, time / 60 % 60,
                       time % 60);
}
