#include "studio/studio.h"

#include <stdlib.h>
#include <string.h>

#include "time/window.h"
#include "time/civil.h"
#include "time/zone.h"
#include "calendar/calendar.h"
#include "protocol/protocol.h"
#include "plan/plan.h"
#include "series/series.h"

enum { EVENT_DAY_MAX = 25 * 3600 };

/* A fixed session of a plan: its uid, or what its booking system calls it, ""
 * without one, and when it is. */
struct known {
    const char *uid;
    struct smp_interval time;
    bool day; /* only the day is known */
};

/* A chair that an old proposal keeps. */
struct reserved {
    unsigned long plan; /* its line */
    struct smp_interval time;
};

struct smp_schedule {
    struct smp_schedule_settings settings;
    const struct smp_zone *zone;   /* of the protocol's studio, or NULL */
    const struct smp_zone *shared; /* of all noted plans; NULL: none, or none
                                      that they share */
    bool shared_assumed;           /* it is the machine's */
    bool noted;                    /* a plan */
    bool has_hours;
    struct smp_hours hours;
    struct smp_intervals closed; /* ascending, apart */
    int64_t step, buffer;        /* seconds */
    bool has_notice;
    int64_t earliest; /* instant */
    int chairs;
    struct smp_busy *busy; /* NULL: chairs are not counted */
    bool has_proposals;

    struct known *known;
    size_t known_count, known_room;
    bool sorted; /* the known sessions, for the calendars */
    struct smp_arena arena;
    bool looks; /* some plan looks at the days from `first` to `last` */
    int32_t first, last;

    struct change {
        struct smp_interval time;
        bool taken; /* else given back */
    } * changes;    /* by smp_schedule_complete(), to be undone */
    size_t change_count, change_room;

    struct reserved *reserved; /* by line */
    size_t reserved_count, reserved_room;
};

static void
set_zone(struct smp_schedule *schedule, const struct smp_protocol *protocol,
         struct smp_err *err)
{
    const char *name = protocol->studio.time_zone;

    if (!name || schedule->settings.ignores_zone)
        return;
    schedule->zone = smp_zones_get(schedule->settings.zones, name, err);
    smp_err_prefix(err, "studio.timeZone");
}

static void
set_hours(struct smp_schedule *schedule, const struct smp_protocol *protocol,
          struct smp_buf *remark, struct smp_err *err)
{
    const char *text = protocol->studio.opening_hours;

    if (schedule->settings.hours) {
        schedule->hours = *schedule->settings.hours;
    } else if (!text) {
        smp_hours_parse("24/7", &schedule->hours, NULL, err);
        schedule->hours.unknown = true;
    } else if (!smp_hours_parse(text, &schedule->hours, remark, err) ||
               (schedule->hours.holidays && !schedule->settings.has_closed &&
                !smp_fail(err, "\"PH off\" requires a calendar of closed days "
                               "(--closed)"))) {
        smp_err_prefix(err, "studio.openingHours");
    }
}

static void
set_closed(struct smp_schedule *schedule, const struct smp_protocol *protocol,
           struct smp_err *err)
{
    const struct smp_strings *closed = &protocol->studio.closed;
    size_t i;

    for (i = 0; i < closed->count && !err->failed; i++)
        if (!smp_hours_close(&schedule->hours, closed->at[i], err))
            smp_err_prefix(err, "studio.closed");
    schedule->has_hours = !schedule->hours.unknown || closed->count;
}

static void
set_pauses(struct smp_schedule *schedule, const struct smp_studio *studio)
{
    enum { STEP = 15 * 60 };
    const struct smp_zone *zone =
        schedule->zone ? schedule->zone : schedule->settings.zone;
    int64_t now = schedule->settings.now;

    schedule->step = smp_span_seconds(studio->step);
    if (!schedule->step)
        schedule->step = STEP;
    schedule->buffer = smp_span_seconds(studio->buffer);
    schedule->has_notice = studio->notice.thousandths != 0;
    if (schedule->has_notice)
        schedule->earliest = smp_zone_to_instant(
            zone,
            smp_local_add(zone, smp_zone_to_local(zone, now), studio->notice));
}

/* Without a number of chairs there is one, as soon as there are hours. */
static void
set_chairs(struct smp_schedule *schedule, const struct smp_protocol *protocol)
{
    schedule->chairs = schedule->settings.chairs ? schedule->settings.chairs
                                                 : protocol->studio.chairs;
    if (schedule->chairs || !schedule->hours.unknown ||
        schedule->settings.counts_chairs)
        schedule->busy = smp_busy_new();
    if (!schedule->chairs)
        schedule->chairs = 1;
}

struct smp_schedule *
smp_schedule_new(const struct smp_protocol *protocol,
                 const struct smp_schedule_settings *settings,
                 struct smp_buf *remark, struct smp_err *err)
{
    struct smp_schedule *schedule = smp_calloc(1, sizeof *schedule);

    schedule->settings = *settings;
    set_zone(schedule, protocol, err);
    if (!err->failed)
        set_hours(schedule, protocol, remark, err);
    set_closed(schedule, protocol, err);
    if (!err->failed)
        set_pauses(schedule, &protocol->studio);
    set_chairs(schedule, protocol);
    if (!err->failed)
        return schedule;
    smp_schedule_free(schedule);
    return NULL;
}

void
smp_schedule_free(struct smp_schedule *schedule)
{
    if (!schedule)
        return;
    smp_busy_free(schedule->busy);
    smp_intervals_release(&schedule->closed);
    free(schedule->known);
    free(schedule->reserved);
    free(schedule->changes);
    smp_arena_release(&schedule->arena);
    free(schedule);
}

/* What the caller wants of a series, in this studio. */
static struct smp_series_wanted
here(const struct smp_schedule *schedule,
     const struct smp_series_wanted *wanted)
{
    struct smp_series_wanted all = *wanted;

    all.hours = schedule->has_hours ? &schedule->hours : NULL;
    all.hours_zone = schedule->zone;
    all.step = schedule->step;
    all.buffer = schedule->buffer;
    all.has_earliest = schedule->has_notice;
    all.earliest = schedule->earliest;
    all.closed = schedule->closed.count ? &schedule->closed : NULL;
    all.busy = schedule->busy;
    all.chairs = schedule->chairs;
    return all;
}

/* What is taken is never forgotten: without room to note it, nothing more is.
 */
static bool
take_chairs(struct smp_schedule *schedule, const struct smp_plan *plan,
            const struct smp_protocol *protocol,
            const struct smp_series_wanted *wanted, enum smp_series_which which,
            struct smp_err *err)
{
    return !schedule->busy ||
           smp_series_take(plan, protocol, wanted, which, schedule->busy) ||
           smp_fail(err, "more times are taken than can be noted");
}

static void
know_session(struct smp_schedule *schedule, const struct smp_plan *plan,
             const struct smp_session *session,
             const struct smp_protocol *protocol)
{
    const char *names[2] = {session->uid ? session->uid : "", session->ref};
    int64_t end = smp_session_end(plan, session, protocol);
    size_t i;

    for (i = 0; i < 2 && names[i]; i++) {
        schedule->known =
            smp_grow(schedule->known, schedule->known_count,
                     &schedule->known_room, sizeof *schedule->known);
        schedule->known[schedule->known_count++] = (struct known){
            .uid = smp_arena_strdup(&schedule->arena, names[i]),
            .time = {smp_zone_to_instant(plan->zone,
                                         smp_session_start(session)),
                     smp_zone_to_instant(plan->zone, end)},
            .day = session->start.kind == SMP_DAY,
        };
    }
}

/* Widens the days to whole months, with those of the plan's sessions. */
static void
widen_to_months(const struct smp_plan *plan, int32_t *first, int32_t *last)
{
    size_t i;

    for (i = 0; i < plan->session_count; i++) {
        int32_t day = smp_session_day(&plan->sessions[i]);

        *first = day < *first ? day : *first;
        *last = day > *last ? day : *last;
    }
    *first -= smp_civil_of(*first).day;
    *last += 31;
}

static void
note_zone(struct smp_schedule *schedule, const struct smp_plan *plan)
{
    if (!schedule->noted)
        schedule->shared = plan->zone;
    else if (schedule->shared != plan->zone)
        schedule->shared = NULL;
    schedule->shared_assumed |= plan->zone_assumed;
    schedule->noted = true;
}

/* Notes the days that the plan looks at, for the calendars. */
static void
note_days(struct smp_schedule *schedule, const struct smp_plan *plan,
          const struct smp_protocol *protocol,
          const struct smp_series_wanted *all)
{
    int32_t first, last;

    if ((!schedule->busy && !schedule->settings.has_closed) ||
        !smp_series_reach(plan, protocol, all, &first, &last))
        return;
    if (schedule->settings.whole_months)
        widen_to_months(plan, &first, &last);
    if (!schedule->looks || first < schedule->first)
        schedule->first = first;
    if (!schedule->looks || last > schedule->last)
        schedule->last = last;
    schedule->looks = true;
}

bool
smp_schedule_note(struct smp_schedule *schedule, const struct smp_plan *plan,
                  const struct smp_protocol *protocol,
                  const struct smp_series_wanted *wanted, struct smp_err *err)
{
    struct smp_series_wanted all = here(schedule, wanted);
    size_t i;

    note_zone(schedule, plan);
    if (!take_chairs(schedule, plan, protocol, &all, SMP_SERIES_FIXED, err))
        return false;
    for (i = 0; schedule->busy && i < plan->session_count; i++) {
        schedule->has_proposals |= plan->sessions[i].status == SMP_PROPOSED;
        if (smp_series_is(plan, &plan->sessions[i], SMP_SERIES_FIXED))
            know_session(schedule, plan, &plan->sessions[i], protocol);
    }
    schedule->sorted = false;
    note_days(schedule, plan, protocol, &all);
    return true;
}

bool
smp_schedule_has_proposals(const struct smp_schedule *schedule)
{
    return schedule->has_proposals;
}

/* Busy calendars. */

static int
compare_known(const void *a, const void *b)
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

static const struct known *
session_of(const struct smp_schedule *schedule, const struct smp_event *event)
{
    struct known wanted = {0};
    struct smp_buf uid = {0};
    const struct known *found = NULL;

    smp_event_identity(&uid, event);
    wanted.uid = smp_buf_text(&uid);
    if (uid.len && schedule->known_count)
        found = bsearch(&wanted, schedule->known, schedule->known_count,
                        sizeof wanted, compare_uids);
    smp_buf_release(&uid);
    return found;
}

static bool
is_at(const struct known *session, const struct smp_event *event)
{
    if (session->day)
        return event->start <= session->time.from &&
               event->end > session->time.from &&
               event->end - event->start <= EVENT_DAY_MAX;
    return session->time.from == event->start &&
           session->time.until == event->end;
}

/* A session without uid at the event's very time is the event, if it frees
 * nobody else's chair. */
static bool
is_somebodys(const struct smp_schedule *schedule, const struct smp_event *event)
{
    struct known wanted = {.uid = "", .time = {event->start, event->end}};

    return (schedule->chairs == 1 || schedule->settings.single) &&
           schedule->known_count &&
           bsearch(&wanted, schedule->known, schedule->known_count,
                   sizeof wanted, compare_known);
}

/* A calendar that is being read. */
struct reading {
    struct smp_schedule *schedule;
    void (*remark)(void *context, unsigned long line, const char *uid,
                   bool dropped, const char *what);
    void *context;
    struct smp_err *err;
};

static void
pass_remark(void *context, unsigned long line, const char *uid, bool dropped,
            const char *what)
{
    struct reading *reading = context;

    reading->remark(reading->context, line, uid, dropped, what);
}

/* Returns true if the event is a fixed session of a plan, which has its chair;
 * if the calendar disagrees with the plan, a remark says so. */
static bool
is_known(struct reading *reading, const struct smp_event *event)
{
    const struct known *session = session_of(reading->schedule, event);

    if (!session)
        return event->busy && is_somebodys(reading->schedule, event);
    if (event->cancelled)
        pass_remark(reading, event->line, event->uid, false,
                    "cancelled here, and booked in a plan");
    else if (!is_at(session, event))
        pass_remark(reading, event->line, event->uid, false,
                    "a plan has this session at another time; both count");
    return is_at(session, event);
}

static bool
take_event(void *context, const struct smp_event *event)
{
    struct reading *reading = context;

    if (!is_known(reading, event) && event->busy &&
        !smp_busy_add(reading->schedule->busy, event->start,
                      event->end + reading->schedule->buffer))
        smp_fail(reading->err, "more than %d times are taken", SMP_BUSY_MAX);
    return !reading->err->failed;
}

/* The instants around days. */
static void
set_horizon(struct smp_calendar *calendar, int64_t first, int64_t last)
{
    const int64_t begin = smp_day_of(SMP_YEAR_MIN, 1, 1);
    const int64_t end = smp_day_of(SMP_YEAR_MAX, 12, 31) + 2;

    first = first - 1 > begin ? first - 1 : begin;
    last = last + 2 < end ? last + 2 : end;
    calendar->from = first * SMP_DAY_SECONDS;
    calendar->until = (last > first ? last : first) * SMP_DAY_SECONDS;
}

bool
smp_schedule_needs_calendars(const struct smp_schedule *schedule)
{
    return schedule->looks;
}

/* The zone of the opening hours; *assumed: nobody has named it. */
static const struct smp_zone *
zone_of_hours(const struct smp_schedule *schedule, bool *assumed)
{
    const struct smp_schedule_settings *settings = &schedule->settings;

    *assumed = false;
    if (schedule->zone)
        return schedule->zone;
    *assumed = settings->zone_assumed;
    if (settings->ignores_zone || !schedule->shared)
        return settings->zone;
    *assumed = schedule->shared_assumed;
    return schedule->shared;
}

static void
report_zone(struct reading *reading, const struct smp_zone *zone)
{
    struct smp_buf what = {0};

    smp_buf_printf(&what,
                   "all-day events and times without a time zone are read in "
                   "%s, the time zone of this machine; -z names another",
                   smp_zone_name(zone));
    pass_remark(reading, 0, "", false, smp_buf_text(&what));
    smp_buf_release(&what);
}

bool
smp_schedule_add_calendar(struct smp_schedule *schedule, int fd,
                          void (*remark)(void *context, unsigned long line,
                                         const char *uid, bool dropped,
                                         const char *what),
                          void *context, struct smp_err *err)
{
    struct reading reading = {schedule, remark, context, err};
    bool assumed;
    struct smp_calendar calendar = {.fd = fd,
                                    .zones = schedule->settings.zones,
                                    .zone = zone_of_hours(schedule, &assumed),
                                    .event = take_event,
                                    .remark = pass_remark,
                                    .context = &reading};

    if (!smp_schedule_needs_calendars(schedule) || !schedule->busy)
        return true;
    if (!schedule->sorted && schedule->known_count)
        qsort(schedule->known, schedule->known_count, sizeof *schedule->known,
              compare_known);
    schedule->sorted = true;
    set_horizon(&calendar, schedule->first, schedule->last);
    smp_calendar_read(&calendar, err);
    if (assumed && (calendar.has_days || calendar.has_floating))
        report_zone(&reading, calendar.zone);
    return !err->failed;
}

/* Closed days. */

/* A calendar of closed days that is being read. */
struct closing {
    struct reading reading; /* first: remarks are passed on by it */
    bool (*matches)(void *context, const char *text);
    struct smp_intervals days, public; /* all that match; public holidays */
};

static bool
is_named(const struct closing *closing, const struct smp_event *event)
{
    void *context = closing->reading.context;
    size_t i;

    for (i = 0; i < event->categories.count; i++)
        if (closing->matches(context, event->categories.at[i]))
            return true;
    return closing->matches(context, event->summary);
}

static bool
take_closed(void *context, const struct smp_event *event)
{
    struct closing *closing = context;

    if (event->cancelled || event->start >= event->end ||
        (closing->matches && !is_named(closing, event)))
        return true;
    smp_intervals_add(&closing->days, event->start, event->end);
    if (event->public_holiday)
        smp_intervals_add(&closing->public, event->start, event->end);
    return true;
}

/* Adds intervals; all are ascending and apart again. */
static void
add_intervals(struct smp_intervals *all, const struct smp_intervals *more)
{
    size_t i, last = 0;

    for (i = 0; i < more->count; i++)
        smp_intervals_add(all, more->at[i].from, more->at[i].until);
    if (!all->count)
        return;
    smp_intervals_sort(all);
    for (i = 1; i < all->count; i++) {
        if (all->at[i].from > all->at[last].until)
            all->at[++last] = all->at[i];
        else if (all->at[i].until > all->at[last].until)
            all->at[last].until = all->at[i].until;
    }
    all->count = last + 1;
}

/* Looked at is a year more, in which each such calendar has a holiday. */
bool
smp_schedule_add_closed(struct smp_schedule *schedule, int fd,
                        bool (*matches)(void *context, const char *text),
                        void (*remark)(void *context, unsigned long line,
                                       const char *uid, bool dropped,
                                       const char *what),
                        void *context, struct smp_err *err)
{
    enum { YEAR = 366 };
    struct closing closing = {{schedule, remark, context, err}, matches};
    bool assumed;
    struct smp_calendar calendar = {.fd = fd,
                                    .zones = schedule->settings.zones,
                                    .zone = zone_of_hours(schedule, &assumed),
                                    .holidays = true,
                                    .event = take_closed,
                                    .remark = pass_remark,
                                    .context = &closing};

    if (!smp_schedule_needs_calendars(schedule))
        return true;
    set_horizon(&calendar, schedule->first - YEAR, schedule->last + YEAR);
    smp_calendar_read(&calendar, err);
    if (assumed && (calendar.has_days || calendar.has_floating))
        report_zone(&closing.reading, calendar.zone);
    if (!err->failed && !closing.days.count)
        remark(context, 0, "", false,
               matches ? "no event matches --closed-match: no day is closed"
                       : "no event near the days looked at: no day is closed");
    add_intervals(&schedule->closed, closing.public.count && !matches
                                         ? &closing.public
                                         : &closing.days);
    smp_intervals_release(&closing.days);
    smp_intervals_release(&closing.public);
    return !err->failed;
}

/* Old proposals. */

void
smp_schedule_reserve(struct smp_schedule *schedule, const struct smp_plan *plan,
                     const struct smp_protocol *protocol,
                     const struct smp_series_wanted *wanted)
{
    struct smp_series_wanted all = here(schedule, wanted);
    struct smp_busy *busy = schedule->busy;
    size_t i;

    for (i = 0; busy && i < plan->session_count; i++) {
        struct smp_interval time =
            smp_series_interval(plan, &plan->sessions[i], protocol, &all);

        time.until += schedule->buffer;
        if (!smp_series_is(plan, &plan->sessions[i], SMP_SERIES_PROPOSED) ||
            smp_busy_most(busy, time.from, time.until) >= schedule->chairs ||
            !smp_busy_add(busy, time.from, time.until))
            continue;
        schedule->reserved =
            smp_grow(schedule->reserved, schedule->reserved_count,
                     &schedule->reserved_room, sizeof *schedule->reserved);
        schedule->reserved[schedule->reserved_count++] =
            (struct reserved){plan->line, time};
    }
}

static void
change_chair(struct smp_schedule *schedule, struct smp_interval time,
             bool taken)
{
    if (taken)
        smp_busy_add(schedule->busy, time.from, time.until);
    else
        smp_busy_remove(schedule->busy, time.from, time.until);
}

static void
note_change(struct smp_schedule *schedule, struct smp_interval time, bool taken)
{
    if (!schedule->settings.restarts)
        return;
    schedule->changes =
        smp_grow(schedule->changes, schedule->change_count,
                 &schedule->change_room, sizeof *schedule->changes);
    schedule->changes[schedule->change_count++] = (struct change){time, taken};
}

void
smp_schedule_restart(struct smp_schedule *schedule)
{
    while (schedule->change_count) {
        const struct change *change =
            &schedule->changes[--schedule->change_count];

        change_chair(schedule, change->time, !change->taken);
    }
}

static bool
is_before_line(const void *reserved, const void *line)
{
    return ((const struct reserved *)reserved)->plan <
           *(const unsigned long *)line;
}

/* Gives the chairs of a plan's old proposals back, or takes them again. */
static void
set_reserved(struct smp_schedule *schedule, const struct smp_plan *plan,
             bool taken, bool for_good)
{
    size_t i =
        smp_first_from(schedule->reserved, schedule->reserved_count,
                       sizeof *schedule->reserved, &plan->line, is_before_line);

    for (; i < schedule->reserved_count &&
           schedule->reserved[i].plan == plan->line;
         i++) {
        struct smp_interval time = schedule->reserved[i].time;

        change_chair(schedule, time, taken);
        if (for_good)
            note_change(schedule, time, taken);
    }
}

int64_t
smp_schedule_slack(struct smp_schedule *schedule, const struct smp_plan *plan,
                   const struct smp_protocol *protocol,
                   const struct smp_series_wanted *wanted)
{
    struct smp_series_wanted all = here(schedule, wanted);
    int64_t slack;

    set_reserved(schedule, plan, false, false);
    slack = smp_series_slack(plan, protocol, &all);
    set_reserved(schedule, plan, true, false);
    return slack;
}

/* Changes by the caller come before those that followed from them. */
static void
put_first(struct smp_plan *plan, const struct smp_strings *made)
{
    const struct smp_strings then = plan->changes;
    const char **both = smp_arena_alloc(
        &plan->arena, (made->count + then.count + 1) * sizeof *both);

    if (made->count)
        memcpy(both, made->at, made->count * sizeof *both);
    if (then.count)
        memcpy(both + made->count, then.at, then.count * sizeof *both);
    plan->changes = (struct smp_strings){both, made->count + then.count};
}

static void
note_changes(struct smp_schedule *schedule, const struct smp_plan *plan,
             const struct smp_protocol *protocol,
             const struct smp_series_wanted *all, enum smp_series_which which)
{
    size_t i;

    for (i = 0; schedule->busy && i < plan->session_count; i++) {
        struct smp_interval time =
            smp_series_interval(plan, &plan->sessions[i], protocol, all);

        time.until += schedule->buffer;
        if (smp_series_is(plan, &plan->sessions[i], which))
            note_change(schedule, time, true);
    }
}

bool
smp_schedule_complete(struct smp_schedule *schedule, struct smp_plan *plan,
                      const struct smp_protocol *protocol,
                      const struct smp_series_wanted *wanted, bool only_whole,
                      struct smp_err *err)
{
    struct smp_series_wanted all = here(schedule, wanted);
    struct smp_strings made = plan->changes;
    bool has_first = plan->session_count > 0, whole;

    set_reserved(schedule, plan, false, true);
    whole = smp_series_complete(plan, protocol, &all);
    if (only_whole && !whole) {
        set_reserved(schedule, plan, true, true);
        return false;
    }
    put_first(plan, &made);
    note_changes(schedule, plan, protocol, &all, SMP_SERIES_PROPOSED);
    if (!has_first)
        note_changes(schedule, plan, protocol, &all, SMP_SERIES_FIXED);
    return (has_first || take_chairs(schedule, plan, protocol, &all,
                                     SMP_SERIES_FIXED, err)) &&
           take_chairs(schedule, plan, protocol, &all, SMP_SERIES_PROPOSED,
                       err) &&
           whole;
}

void
smp_schedule_find_closures(const struct smp_schedule *schedule,
                           struct smp_plan *plan,
                           const struct smp_protocol *protocol,
                           const struct smp_series_wanted *wanted)
{
    struct smp_series_wanted all = here(schedule, wanted);

    smp_series_closures(plan, protocol, &all);
}
