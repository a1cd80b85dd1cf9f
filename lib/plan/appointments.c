#include "plan/appointments.h"

#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "time/civil.h"
#include "time/zone.h"
#include "calendar/calendar.h"
#include "plan/plan.h"

/* A day of 25 hours is one, too. */
static int64_t
longest(const struct smp_event *event)
{
    return (event->all_day ? 25 : 24) * (int64_t)3600;
}

struct smp_appointment {
    const char *id, *name, *email, *uid, *zone_name; /* id alone never NULL */
    int64_t start, end;                              /* instants */
    int32_t day;
    bool all_day, cancelled, has_created;
    int64_t created;
    int sequence;
    unsigned long line;
    size_t order; /* in the calendar */
};

/* A run of appointments with one id. */
struct smp_appointment_client {
    size_t first, count, order;
};

/* Where it is found; without memory nothing is, and that is no answer. */
static bool
finds(const regex_t *regex, const char *text, size_t n, regmatch_t *groups)
{
    int found = regexec(regex, text, n, groups, 0);

    if (found && found != REG_NOMATCH)
        smp_out_of_memory();
    return !found;
}

/* An event without any text is found by what finds any character. */
static bool
is_session(const struct smp_appointments *appointments,
           const struct smp_event *event)
{
    size_t i;

    for (i = 0; i < event->categories.count; i++)
        if (finds(appointments->match, event->categories.at[i], 0, NULL))
            return true;
    return finds(appointments->match, *event->summary ? event->summary : " ", 0,
                 NULL);
}

/* What names the client in the summary: the group, else all that was found,
 * without blanks around it. */
static const char *
name_in_summary(struct smp_appointments *appointments, const char *summary)
{
    regmatch_t groups[2];
    size_t from = 0, to = strlen(summary);

    if (appointments->client &&
        finds(appointments->client, summary, 2, groups)) {
        const regmatch_t *found = groups[1].rm_so < 0 ? &groups[0] : &groups[1];

        from = (size_t)found->rm_so;
        to = (size_t)found->rm_eo;
    }
    while (from < to && summary[from] == ' ')
        from++;
    while (from < to && summary[to - 1] == ' ')
        to--;
    return smp_arena_strndup(&appointments->arena, summary + from, to - from);
}

static bool
set_client(struct smp_appointments *appointments,
           struct smp_appointment *appointment, const struct smp_event *event,
           struct smp_err *err)
{
    struct smp_arena *arena = &appointments->arena;
    const char *name = event->client_name;

    if (event->client_address && *event->client_address) {
        appointment->id = appointment->email =
            smp_arena_strdup(arena, event->client_address);
        appointment->name =
            name && *name ? smp_arena_strdup(arena, name) : NULL;
        return true;
    }
    appointment->id = appointment->name =
        name && *name ? smp_arena_strdup(arena, name)
                      : name_in_summary(appointments, event->summary);
    return *appointment->id ||
           smp_fail(err, "nobody's: it has neither attendee nor summary");
}

static void
print_basic(struct smp_buf *out, int64_t instant)
{
    struct smp_civil date = smp_civil_of(smp_day_at(instant));
    int time = (int)(instant - (int64_t)smp_day_at(instant) * SMP_DAY_SECONDS);

    smp_buf_printf(out, "%04d%02d%02dT%02d%02d%02dZ", date.year, date.month,
                   date.day, time / 3600, time / 60 % 60, time % 60);
}

void
smp_appointment_uid(struct smp_buf *out, const struct smp_event *event)
{
    smp_buf_puts(out, event->uid);
    if (!*event->uid || !event->recurs)
        return;
    smp_buf_putc(out, '-');
    print_basic(out, event->recurrence);
}

static const char *
uid_of(struct smp_appointments *appointments, const struct smp_event *event)
{
    struct smp_buf uid = {0};
    const char *kept = NULL;

    smp_appointment_uid(&uid, event);
    if (uid.len)
        kept = smp_arena_strdup(&appointments->arena, smp_buf_text(&uid));
    smp_buf_release(&uid);
    return kept;
}

bool
smp_appointments_add(struct smp_appointments *appointments,
                     const struct smp_event *event, struct smp_err *err)
{
    struct smp_appointment appointment = {
        .start = event->start,
        .end = event->has_end ? event->end : event->start,
        .day = event->day,
        .all_day = event->all_day,
        .cancelled = event->cancelled,
        .has_created = event->has_created,
        .created = event->created,
        .sequence = event->sequence,
        .line = event->line,
        .order = appointments->count,
    };

    if (event->kind != SMP_EVENT || event->start < appointments->since ||
        !is_session(appointments, event))
        return true;
    if (!event->understood)
        return smp_fail(err, "not planned with, since it is not understood");
    if (appointment.end - event->start > longest(event))
        return smp_fail(err, "no session: longer than a day");
    if (!set_client(appointments, &appointment, event, err))
        return false;
    appointment.uid = uid_of(appointments, event);
    if (event->zone_name)
        appointment.zone_name =
            smp_arena_strdup(&appointments->arena, event->zone_name);
    appointments->all = smp_grow(appointments->all, appointments->count,
                                 &appointments->room, sizeof appointment);
    appointments->all[appointments->count++] = appointment;
    return true;
}

static int
compare(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int
by_client_and_time(const void *a, const void *b)
{
    const struct smp_appointment *one = a, *other = b;
    int order = strcmp(one->id, other->id);

    if (!order)
        order = compare(one->start, other->start);
    return order ? order : compare((int64_t)one->order, (int64_t)other->order);
}

static int
by_order(const void *a, const void *b)
{
    const struct smp_appointment_client *one = a, *other = b;

    return compare((int64_t)one->order, (int64_t)other->order);
}

size_t
smp_appointments_clients(struct smp_appointments *appointments)
{
    const struct smp_appointment *all = appointments->all;
    struct smp_appointment_client *client = NULL;
    size_t i;

    if (!appointments->count)
        return 0;
    qsort(appointments->all, appointments->count, sizeof *all,
          by_client_and_time);
    appointments->clients =
        smp_calloc(appointments->count, sizeof *appointments->clients);
    for (i = 0; i < appointments->count; i++) {
        if (!client || strcmp(all[i].id, all[client->first].id) != 0) {
            client = &appointments->clients[appointments->client_count++];
            *client = (struct smp_appointment_client){i, 0, all[i].order};
        }
        client->count++;
        if (all[i].order < client->order)
            client->order = all[i].order;
    }
    qsort(appointments->clients, appointments->client_count, sizeof *client,
          by_order);
    return appointments->client_count;
}

unsigned long
smp_appointments_line(const struct smp_appointments *appointments,
                      size_t client)
{
    return appointments->all[appointments->clients[client].first].line;
}

/* The name and the zone are those that the client's first events say. */
static void
set_head(struct smp_plan *plan, const struct smp_appointment *all, size_t count)
{
    size_t i;

    plan->id = all[0].id;
    for (i = 0; i < count; i++) {
        if (!plan->name)
            plan->name = all[i].name;
        if (!plan->email)
            plan->email = all[i].email;
        if (!plan->time_zone)
            plan->time_zone = all[i].zone_name;
    }
}

/* Events that share a UID, as some calendars have them, are told from each
 * other by their times. */
static const char *
uid_in(struct smp_plan *plan, const struct smp_appointment *appointment,
       int number)
{
    struct smp_buf uid = {0};
    const char *unique = appointment->uid;
    size_t i;

    for (i = 0; unique && i < plan->session_count; i++)
        if (plan->sessions[i].uid &&
            strcmp(plan->sessions[i].uid, unique) == 0) {
            smp_buf_printf(&uid, "%s-", appointment->uid);
            print_basic(&uid, appointment->start);
            smp_buf_printf(&uid, "-%d", number);
            unique = smp_arena_strdup(&plan->arena, smp_buf_text(&uid));
            break;
        }
    smp_buf_release(&uid);
    return unique;
}

static void
add_session(struct smp_plan *plan, const struct smp_appointment *appointment,
            int number)
{
    const char *uid = uid_in(plan, appointment, number);
    struct smp_session *session = smp_plan_add_session(plan);

    *session = (struct smp_session){
        .number = number,
        .start = appointment->all_day ? smp_when_day(appointment->day)
                                      : smp_when_local(smp_zone_to_local(
                                            plan->zone, appointment->start)),
        .duration =
            appointment->all_day ? 0 : appointment->end - appointment->start,
        .status = appointment->cancelled ? SMP_CANCELLED : SMP_BOOKED,
        .uid = uid,
        .sequence = appointment->sequence,
        .has_created = appointment->has_created,
        .created = appointment->created,
    };
}

bool
smp_appointments_plan(const struct smp_appointments *appointments,
                      size_t client, const struct smp_plan_defaults *defaults,
                      struct smp_plan *plan, struct smp_err *err)
{
    const struct smp_appointment_client *who = &appointments->clients[client];
    const struct smp_appointment *all = &appointments->all[who->first];
    size_t i;

    set_head(plan, all, who->count);
    if (who->count > SMP_NUMBER_MAX)
        return smp_fail(err, "more than %d sessions", SMP_NUMBER_MAX);
    if (!smp_plan_set_zone(plan, defaults, err))
        return false;
    for (i = 0; i < who->count; i++)
        add_session(plan, &all[i], (int)i + 1);
    return true;
}

void
smp_appointments_release(struct smp_appointments *appointments)
{
    smp_arena_release(&appointments->arena);
    free(appointments->all);
    free(appointments->clients);
}
