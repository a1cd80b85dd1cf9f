#include "sheet/internal.h"
#include "care/care.h"
#include "sheet/sheet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fill.h"
#include "care/in_force.h"
#include "protocol/words.h"
#include "time/window.h"

/* The studio's hours, as far as they can be read. */
struct smp_sheet_hours {
    char protocol[16]; /* the hash of the one they are of */
    bool known;
    struct smp_hours hours;
};

/* What cannot be read is a remark of smp-protocol: no day is closed by it. */
static void
read_hours(struct smp_sheet_hours *hours, const struct smp_studio *studio)
{
    struct smp_err err = {0};
    size_t i;

    hours->known =
        studio->opening_hours &&
        smp_hours_parse(studio->opening_hours, &hours->hours, NULL, &err);
    hours->hours.unknown = !hours->known;
    for (i = 0; i < studio->closed.count; i++)
        if (smp_hours_close(&hours->hours, studio->closed.at[i], &err))
            hours->known = true;
    smp_err_release(&err);
}

static const struct smp_sheet_hours *
hours_of(struct smp_sheet *sheet)
{
    struct smp_sheet_hours *hours = sheet->hours;

    if (hours && strcmp(hours->protocol, sheet->protocol->hash) == 0)
        return hours;
    free(hours);
    hours = sheet->hours = smp_calloc(1, sizeof *hours);
    snprintf(hours->protocol, sizeof hours->protocol, "%s",
             sheet->protocol->hash);
    read_hours(hours, &sheet->protocol->studio);
    return hours;
}

/* Of those that begin together sessions come first. */
static bool
comes_before(const struct smp_run *a, const struct smp_run *b)
{
    if (a->first != b->first)
        return a->first < b->first;
    if (a->kind == SMP_RUN_SESSION || b->kind == SMP_RUN_SESSION)
        return a->kind == SMP_RUN_SESSION && b->kind != SMP_RUN_SESSION;
    return a->kind < b->kind;
}

static struct smp_run *
add_run(struct smp_sheet *sheet, enum smp_run_kind kind, int32_t first,
        int32_t last, const struct smp_session *session)
{
    struct smp_run *run = smp_arena_alloc(&sheet->arena, sizeof *run);
    struct smp_run **at = &sheet->weeks.runs;

    run->kind = kind;
    run->first = first;
    run->last = last;
    run->session = session;
    while (*at && !comes_before(run, *at))
        at = &(*at)->next;
    run->next = *at;
    *at = run;
    return run;
}

static const char *
words_of(struct smp_sheet *sheet, const struct smp_plan *plan, const char *key,
         const struct smp_session *session)
{
    struct smp_buf number = {0};

    smp_session_put_number(&number, plan, session, sheet->protocol);
    smp_words(&sheet->words, sheet->protocol, key,
              SMP_VALUES({"n", smp_buf_text(&number)}));
    smp_buf_release(&number);
    return smp_sheet_keep(sheet);
}

static void
add_session(struct smp_sheet *sheet, const struct smp_plan *plan,
            const struct smp_session *session)
{
    int32_t day = smp_session_day(session);
    struct smp_run *run = add_run(sheet, SMP_RUN_SESSION, day, day, session);
    const char *status = smp_label_of(sheet->protocol, "status.",
                                      smp_status_names[session->status]);

    run->label = words_of(sheet, plan, "page.session", session);
    smp_words(
        &sheet->words, sheet->protocol, "page.status",
        SMP_VALUES({"session", run->label}, {"status", status ? status : ""}));
    run->text = smp_sheet_keep(sheet);
    if (!smp_sheet_may_move(session) || session->first > session->last)
        return;
    run = add_run(sheet, SMP_RUN_POSSIBLE, session->first, session->last,
                  session);
    run->label = smp_label(sheet->protocol, "weeks.possible");
    run->text = words_of(sheet, plan, "weeks.possible.text", session);
}

/* A rule that asks for the next session, whose days are not known yet. */
static bool
asks_for_session(const struct smp_sheet *sheet, const struct smp_plan *plan,
                 const struct smp_item *item)
{
    const struct smp_rule *rule =
        smp_protocol_rule(sheet->protocol, item->rule);
    size_t i;

    if (!rule || !rule->met_by_session || item->phase != SMP_POST)
        return false;
    for (i = 0; i < plan->session_count; i++)
        if (plan->sessions[i].number > item->session &&
            smp_sheet_draws(&plan->sessions[i]))
            return false;
    return true;
}

/* What the care of one session draws. */
struct care_days {
    int32_t ready;                /* the first day of pre-care */
    int32_t perhaps_ended, ended; /* of healing */
};

static void
look_at_item(struct smp_sheet *sheet, const struct smp_plan *plan,
             const struct smp_item *item, struct care_days *care)
{
    struct smp_item_days days = smp_item_days(plan, item);
    struct smp_run *run;

    if (item->phase == SMP_PRE && days.first < care->ready)
        care->ready = days.first;
    if (item->phase == SMP_POST && smp_is_healing(item->end_on) &&
        days.ended != SMP_DAY_OPEN && days.ended >= care->ended) {
        care->ended = days.ended;
        if (days.perhaps_ended > care->perhaps_ended)
            care->perhaps_ended = days.perhaps_ended;
    }
    if (asks_for_session(sheet, plan, item) && days.ended != SMP_DAY_OPEN &&
        days.ended > days.first) {
        run = add_run(sheet, SMP_RUN_POSSIBLE, days.first, days.ended - 1,
                      smp_plan_session(plan, item->session));
        run->label = run->text = item->title;
    }
}

static void
add_care(struct smp_sheet *sheet, const struct smp_plan *plan,
         const struct smp_in_force *in_force, const struct smp_session *session)
{
    int32_t day = smp_session_day(session);
    struct care_days care = {day, INT32_MIN, INT32_MIN};
    struct smp_run *run;
    size_t i;

    for (i = 0; i < in_force->count; i++)
        if (in_force->items[i].session == session->number)
            look_at_item(sheet, plan, &in_force->items[i], &care);
    if (care.ready < day) {
        run = add_run(sheet, SMP_RUN_PRECARE, care.ready, day - 1, session);
        run->label = smp_label(sheet->protocol, "weeks.precare");
        run->text = words_of(sheet, plan, "weeks.precare.text", session);
    }
    if (sheet->shared && session->healing != SMP_HEALING_UNKNOWN)
        return;
    if (care.perhaps_ended > day) {
        run = add_run(sheet, SMP_RUN_HEALING, day, care.perhaps_ended - 1,
                      session);
        run->label = run->text = smp_label(sheet->protocol, "weeks.healing");
    }
    if (care.ended > care.perhaps_ended && care.perhaps_ended >= day) {
        run = add_run(sheet, SMP_RUN_UNSURE, care.perhaps_ended, care.ended - 1,
                      session);
        run->label = smp_label(sheet->protocol, "weeks.unsure");
        run->text = smp_label(sheet->protocol, "weeks.unsure.text");
    }
}

/* The kind of closure a day has, or -1; of two, the one that is not hours. */
static int
closure_on(const struct smp_plan *plan, const struct smp_sheet_hours *hours,
           int32_t day)
{
    struct smp_opening openings[SMP_HOURS_MAX + 1];
    int found = -1;
    size_t i;

    for (i = 0; i < plan->closure_count; i++)
        if (plan->closures[i].day == day && (int)plan->closures[i].kind > found)
            found = (int)plan->closures[i].kind;
    for (i = 0; found < 0 && i < plan->away_count; i++)
        if (day >= plan->away[i].first && day <= plan->away[i].last)
            found = SMP_CLOSURE_AWAY;
    if (found < 0 && hours->known &&
        !smp_hours_on(&hours->hours, day, openings))
        found = SMP_CLOSURE_HOURS;
    return found;
}

/* Weekdays on which the studio is never open in these weeks. */
static unsigned char
closed_weekdays(const struct smp_plan *plan,
                const struct smp_sheet_hours *hours, int32_t first,
                int32_t last)
{
    unsigned closed = 0x7f;
    int32_t day;

    if (last - first < 6 || !hours->known)
        return 0;
    for (day = first; day <= last && closed; day++)
        if (closure_on(plan, hours, day) < 0)
            closed &= ~(1u << smp_weekday_of(day));
    return (unsigned char)closed;
}

static void
add_closures(struct smp_sheet *sheet, const struct smp_plan *plan,
             const struct smp_sheet_hours *hours)
{
    static const char *const keys[] = {[SMP_CLOSURE_HOURS] = "weeks.closed",
                                       [SMP_CLOSURE_AWAY] = "weeks.away",
                                       [SMP_CLOSURE_FULL] = "weeks.full"};
    struct smp_weeks *weeks = &sheet->weeks;
    struct smp_run *run = NULL;
    int32_t day;
    int before = -1;

    for (day = weeks->first; day <= weeks->last; day++) {
        int kind = closure_on(plan, hours, day);

        if (kind == SMP_CLOSURE_HOURS &&
            (weeks->closed & 1u << smp_weekday_of(day)))
            kind = before; /* it does not end a holiday */
        if (kind >= 0 && kind == before)
            run->last = day;
        else if (kind >= 0) {
            run = add_run(sheet, SMP_RUN_CLOSED, day, day, NULL);
            run->label = run->text = smp_label(sheet->protocol, keys[kind]);
        }
        before = kind;
    }
}

/* Five years of days are looked at: plans can go on for two centuries. */
enum { WEEKS_DAYS_MAX = 5 * 366 };

void
smp_sheet_add_weeks(struct smp_sheet *sheet, const struct smp_plan *plan,
                    const struct smp_in_force *in_force)
{
    struct smp_weeks *weeks = &sheet->weeks;
    const struct smp_sheet_hours *hours = hours_of(sheet);
    const struct smp_run *run;
    size_t i;

    for (i = 0; i < plan->session_count; i++) {
        const struct smp_session *session = &plan->sessions[i];

        if (!smp_sheet_draws(session))
            continue;
        add_session(sheet, plan, session);
        if (in_force)
            add_care(sheet, plan, in_force, session);
    }
    if (!weeks->runs)
        return;
    weeks->first = weeks->last = weeks->runs->first;
    for (run = weeks->runs; run; run = run->next)
        if (run->last > weeks->last)
            weeks->last = run->last;
    if (weeks->last - weeks->first > WEEKS_DAYS_MAX)
        weeks->last = weeks->first + WEEKS_DAYS_MAX;
    weeks->closed = closed_weekdays(plan, hours, weeks->first, weeks->last);
    add_closures(sheet, plan, hours);
}
