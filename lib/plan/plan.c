#include "plan/plan.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "plan/merge.h"
#include "time/zone.h"

const char *const smp_status_names[] = {"booked", "proposed",  "optional",
                                        "done",   "cancelled", NULL};

const char *const smp_answer_names[] = {"", "accepted", "declined", "tentative",
                                        NULL};

void
smp_plan_reset(struct smp_plan *plan)
{
    struct smp_plan empty = {
        .arena = plan->arena,
        .sessions = plan->sessions,
        .session_room = plan->session_room,
        .items = plan->items,
        .item_room = plan->item_room,
    };

    smp_arena_reset(&empty.arena);
    *plan = empty;
}

void
smp_plan_release(struct smp_plan *plan)
{
    smp_arena_release(&plan->arena);
    free(plan->sessions);
    free(plan->items);
    *plan = (struct smp_plan){0};
}

struct smp_session *
smp_plan_add_session(struct smp_plan *plan)
{
    struct smp_session *session;

    plan->sessions = smp_grow(plan->sessions, plan->session_count,
                              &plan->session_room, sizeof *plan->sessions);
    session = &plan->sessions[plan->session_count++];
    *session = (struct smp_session){0};
    return session;
}

struct smp_item *
smp_plan_add_item(struct smp_plan *plan)
{
    struct smp_item *item;

    plan->items = smp_grow(plan->items, plan->item_count, &plan->item_room,
                           sizeof *plan->items);
    item = &plan->items[plan->item_count++];
    *item = (struct smp_item){0};
    return item;
}

bool
smp_plan_check_whole(const struct smp_plan *plan, struct smp_err *err)
{
    if (plan->zone_assumed)
        return smp_fail(
            err,
            "timeZone: %s was only assumed from the machine: give -z to the "
            "first program, or use a protocol whose studio names a zone",
            plan->time_zone);
    return !plan->partial ||
           smp_fail(err, "partial: the plan has only part of the care");
}

bool
smp_plan_check_limits(const struct smp_plan *plan, struct smp_err *err)
{
    size_t i, times = 0;

    if (plan->item_count > SMP_CARE_MAX)
        return smp_fail(err, "items: more than %d", SMP_CARE_MAX);
    for (i = 0; i < plan->item_count; i++)
        times += plan->items[i].at_count;
    return times <= SMP_TIMES_MAX ||
           smp_fail(err, "items: more than %d times", SMP_TIMES_MAX);
}

/*
 * A list that came from elsewhere is copied before it grows, because others can
 * hold the old one.
 */
static void
make_room(struct smp_plan *plan, struct smp_strings *list,
          struct smp_strings_room *room)
{
    const char **longer;

    if (list->count && room->at == list->at && list->count < room->room)
        return;
    room->room = 2 * list->count + 1;
    longer = smp_arena_take(&plan->arena, room->room * sizeof *longer);
    if (list->count)
        memcpy(longer, list->at, list->count * sizeof *longer);
    room->at = list->at = longer;
}

static void
add_text(struct smp_plan *plan, struct smp_strings *list,
         struct smp_strings_room *room, const char *format, va_list args)
{
    struct smp_buf text = {0};

    smp_buf_vprintf(&text, format, args);
    make_room(plan, list, room);
    list->at[list->count++] =
        smp_arena_strdup(&plan->arena, smp_buf_text(&text));
    smp_buf_release(&text);
}

void
smp_plan_warn(struct smp_plan *plan, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    add_text(plan, &plan->warnings, &plan->warning_room, format, args);
    va_end(args);
}

void
smp_plan_change(struct smp_plan *plan, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    add_text(plan, &plan->changes, &plan->change_room, format, args);
    va_end(args);
}

static int
compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void
smp_plan_sort_facts(struct smp_plan *plan)
{
    if (plan->facts.count > 1)
        qsort(plan->facts.at, plan->facts.count, sizeof *plan->facts.at,
              compare_texts);
}

static int
compare_numbers(const void *a, const void *b)
{
    const struct smp_session *first = a, *second = b;

    return (first->number > second->number) - (first->number < second->number);
}

/* Most are in order already. */
void
smp_plan_sort_sessions(struct smp_plan *plan)
{
    const struct smp_session *sessions = plan->sessions;
    size_t i = 1;

    while (i < plan->session_count &&
           compare_numbers(&sessions[i - 1], &sessions[i]) <= 0)
        i++;
    if (i < plan->session_count)
        qsort(plan->sessions, plan->session_count, sizeof *plan->sessions,
              compare_numbers);
}

const struct smp_session *
smp_plan_session(const struct smp_plan *plan, int number)
{
    size_t i;

    for (i = 0; i < plan->session_count; i++)
        if (plan->sessions[i].number == number)
            return &plan->sessions[i];
    return NULL;
}

struct smp_session *
smp_plan_find_session(struct smp_plan *plan, int number)
{
    const struct smp_session *found = smp_plan_session(plan, number);

    return found ? &plan->sessions[found - plan->sessions] : NULL;
}

int64_t
smp_session_start(const struct smp_session *session)
{
    return session->start.seconds +
           (session->start.kind == SMP_DAY ? SMP_SESSION_HOUR * 3600 : 0);
}

int64_t
smp_session_end(const struct smp_plan *plan, const struct smp_session *session,
                const struct smp_protocol *protocol)
{
    int64_t start = smp_zone_to_instant(plan->zone, smp_session_start(session));
    int64_t duration = session->duration
                           ? session->duration
                           : smp_span_seconds(protocol->course.length.max);

    return smp_zone_to_local(plan->zone, start + duration);
}

int32_t
smp_session_day(const struct smp_session *session)
{
    return smp_day_at(session->start.seconds);
}

bool
smp_session_counts(const struct smp_session *session)
{
    return session->status != SMP_CANCELLED && session->status != SMP_OPTIONAL;
}

bool
smp_plan_same_time(struct smp_buf *out, const struct smp_plan *plan)
{
    size_t i, j;

    for (i = 1; i < plan->session_count; i++)
        for (j = 0; j < i; j++) {
            const struct smp_session *one = &plan->sessions[j],
                                     *other = &plan->sessions[i];

            if (one->start.kind != other->start.kind ||
                one->start.seconds != other->start.seconds ||
                !smp_session_counts(one) || !smp_session_counts(other))
                continue;
            smp_buf_printf(out, "sessions %d and %d begin at the same time",
                           one->number, other->number);
            return true;
        }
    return false;
}

static const char *
default_zone(const struct smp_plan *plan,
             const struct smp_plan_defaults *defaults, struct smp_err *err)
{
    if (!plan->studio || !defaults->zone_of_studio)
        return defaults->time_zone;
    return defaults->zone_of_studio(defaults->context, plan->studio, err);
}

bool
smp_plan_set_zone(struct smp_plan *plan,
                  const struct smp_plan_defaults *defaults, struct smp_err *err)
{
    const char *name = plan->time_zone;

    if (!name) {
        name = default_zone(plan, defaults, err);
        plan->zone_assumed = name == defaults->time_zone && defaults->assumed;
    }
    if (!name)
        return false;
    plan->time_zone = smp_arena_strdup(&plan->arena, name);
    plan->zone = smp_zones_get(defaults->zones, plan->time_zone, err);
    return plan->zone != NULL;
}
