#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "plan/appointments.h"
#include "schedule/calendars.h"
#include "schedule/studio.h"

enum { LONGEST_DAY = 25 * 3600 };

/* What is known while a calendar is read. */
struct reading {
    struct smp_tool *tool;
    const char *file;
    const struct studio *studio;
    struct smp_err *err;
};

static void
remark(void *context, unsigned long line, const char *uid, bool dropped,
       const char *what)
{
    struct reading *reading = context;

    calendars_remark(reading->tool, reading->file, line, uid, dropped, what);
}

static int
compare(const void *a, const void *b)
{
    const struct known *one = a, *other = b;
    int order = strcmp(one->uid, other->uid);

    if (order)
        return order;
    if (one->time.from != other->time.from)
        return one->time.from < other->time.from ? -1 : 1;
    return one->time.until < other->time.until
               ? -1
               : one->time.until > other->time.until;
}

static int
compare_uids(const void *a, const void *b)
{
    const struct known *one = a, *other = b;

    return strcmp(one->uid, other->uid);
}

static bool
is_at(const struct known *session, const struct smp_event *event)
{
    if (session->day)
        return event->start <= session->time.from &&
               event->end > session->time.from &&
               event->end - event->start <= LONGEST_DAY;
    return session->time.from == event->start &&
           session->time.until == event->end;
}

static const struct known *
session_of(const struct studio *studio, const struct smp_event *event)
{
    struct known wanted = {0};
    struct smp_buf uid = {0};
    const struct known *found = NULL;

    smp_appointment_uid(&uid, event);
    wanted.uid = smp_buf_text(&uid);
    if (uid.len && studio->known_count)
        found = bsearch(&wanted, studio->known, studio->known_count,
                        sizeof wanted, compare_uids);
    smp_buf_release(&uid);
    return found;
}

/* A session without uid is at that very time: it is the same one where there
 * can be no other. */
static bool
is_somebodys(const struct reading *reading, const struct smp_event *event)
{
    const struct studio *studio = reading->studio;
    struct known wanted = {.uid = "", .time = {event->start, event->end}};

    return (studio->chairs == 1 || reading->tool->given.operand_count) &&
           studio->known_count &&
           bsearch(&wanted, studio->known, studio->known_count, sizeof wanted,
                   compare);
}

/* Whether the event is a session that plans speak of, and takes no second
 * chair; where the calendar disagrees with the plan it is told. */
static bool
is_known(struct reading *reading, const struct smp_event *event)
{
    const struct known *session = session_of(reading->studio, event);

    if (!session)
        return event->busy && is_somebodys(reading, event);
    if (event->cancelled || event->declined)
        remark(reading, event->line, event->uid, false,
               "cancelled here, and booked in a plan");
    else if (!is_at(session, event))
        remark(reading, event->line, event->uid, false,
               "a plan has this session at another time; both count");
    return is_at(session, event);
}

static bool
take(void *context, const struct smp_event *event)
{
    struct reading *reading = context;

    if (!is_known(reading, event) && event->busy &&
        !smp_busy_add(reading->studio->busy, event->start, event->end))
        smp_fail(reading->err, "more than %d times are taken", SMP_BUSY_MAX);
    return !reading->err->failed;
}

/* The instants around the days that the studio's plans look at. */
static void
set_horizon(struct smp_calendar *calendar, const struct studio *studio)
{
    const int64_t begin = smp_day_of(SMP_YEAR_MIN, 1, 1);
    const int64_t end = smp_day_of(SMP_YEAR_MAX, 12, 31) + 2;
    int64_t first = studio->first - 1, last = studio->last + 2;

    calendar->from = (first > begin ? first : begin) * SMP_DAY_SECONDS;
    calendar->until = (last < end ? last : end) * SMP_DAY_SECONDS;
}

/* The zone that events without one are in: the studio's. */
static const struct smp_zone *
zone_of(struct smp_tool *tool, const struct studio *studio)
{
    const struct smp_zone *zone = NULL;
    struct smp_err err = {0};

    if (studio->time_zone)
        zone = smp_zones_get(&tool->zones, studio->time_zone, &err);
    smp_err_release(&err);
    return zone ? zone : tool->zone;
}

static bool
read_calendar(struct studio *studio, struct smp_tool *tool, const char *file,
              int fd, struct smp_err *err)
{
    struct reading reading = {tool, file, studio, err};
    struct smp_calendar calendar = {.fd = fd,
                                    .zones = &tool->zones,
                                    .zone = zone_of(tool, studio),
                                    .event = take,
                                    .remark = remark,
                                    .context = &reading};

    set_horizon(&calendar, studio);
    smp_calendar_read(&calendar, err);
    smp_err_prefix(err, "%s", file);
    return !err->failed;
}

/* The calendar that lies beside the studio's file, if there is one. */
static void
read_own(const struct studios *studios, struct studio *studio,
         struct smp_tool *tool)
{
    struct smp_buf file = {0};
    struct stat status;
    int fd;

    if (!*studio->name)
        return;
    smp_buf_printf(&file, "%s/%s.ics", smp_tool_option(tool, SMP_OPT_STUDIOS),
                   studio->name);
    if (lstat(smp_buf_text(&file), &status) == 0) {
        fd = smp_open(smp_buf_text(&file), &studio->err);
        if (fd >= 0 && !studios_have_file(studios, fd))
            read_calendar(studio, tool, smp_buf_text(&file), fd, &studio->err);
        if (fd >= 0)
            close(fd);
    } else if (errno != ENOENT) {
        smp_fail_errno(&studio->err, "%s", smp_buf_text(&file));
    }
    smp_buf_release(&file);
}

static bool
read_busy(struct studios *studios, struct studio *studio, struct smp_tool *tool)
{
    const struct smp_strings *files = smp_tool_options(tool, SMP_OPT_BUSY);
    struct smp_err err = {0};
    size_t i;

    for (i = 0; i < files->count && !err.failed; i++) {
        struct spool *spool = &studios->busy[i];

        if (spool->fd >= 0 &&
            (!spool_rewind(spool, &err) ||
             !read_calendar(studio, tool, files->at[i], spool->fd, &err)))
            smp_tool_fail(tool, smp_buf_text(&err.text));
    }
    smp_err_release(&err);
    return !tool->failed;
}

bool
studios_read_calendars(struct studios *studios, struct smp_tool *tool)
{
    size_t i;

    for (i = 0; i < studios->count; i++) {
        struct studio *studio = &studios->at[i];

        if (!studio->looks || !studio->busy || studio->err.failed)
            continue;
        if (studio->known_count)
            qsort(studio->known, studio->known_count, sizeof *studio->known,
                  compare);
        if (!read_busy(studios, studio, tool))
            return false;
        read_own(studios, studio, tool);
        if (studio->err.system)
            return smp_tool_fail(tool, smp_buf_text(&studio->err.text));
    }
    return true;
}
