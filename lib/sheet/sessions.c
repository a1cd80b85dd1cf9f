#include "sheet/internal.h"

#include "base/fill.h"
#include "base/base.h"
#include "protocol/words.h"
#include "plan/plan.h"
#include "series/series.h"
#include "sheet/sheet.h"

static const char *
date_cell(struct smp_sheet *sheet, const struct smp_session *session)
{
    smp_words_date(&sheet->words, sheet->protocol, "date.row",
                   smp_session_day(session));
    return smp_sheet_keep(sheet);
}

static const char *
times_cell(struct smp_sheet *sheet, const struct smp_plan *plan,
           const struct smp_session *session)
{
    struct smp_buf *words = &sheet->words;

    if (session->start.kind == SMP_DAY)
        return "";
    smp_words_time(words, session->start.seconds);
    smp_buf_putc(words, '-');
    smp_words_time(words, smp_session_end(plan, session, sheet->protocol));
    return smp_sheet_keep(sheet);
}

static const char *
clock_words(struct smp_sheet *sheet, const struct smp_plan *plan,
            const struct smp_session *session)
{
    struct smp_buf start = {0}, end = {0};

    if (session->start.kind == SMP_DAY)
        return "";
    smp_words_time(&start, session->start.seconds);
    smp_words_time(&end, smp_session_end(plan, session, sheet->protocol));
    smp_words(&sheet->words, sheet->protocol, "page.clock",
              SMP_VALUES({"time", smp_buf_text(&start)},
                         {"end", smp_buf_text(&end)}));
    smp_buf_release(&start);
    smp_buf_release(&end);
    return smp_sheet_keep(sheet);
}

struct window {
    const struct smp_protocol *protocol;
    const struct smp_session *session;
};

static void
put_first(struct smp_buf *out, const void *context)
{
    const struct window *window = context;

    smp_words_date(out, window->protocol, "date.brief", window->session->first);
}

static void
put_last(struct smp_buf *out, const void *context)
{
    const struct window *window = context;

    smp_words_date(out, window->protocol, "date.brief", window->session->last);
}

/* "possible 31 Dec - 15 Jan", the days of the month lined up. */
static const char *
possible_cell(struct smp_sheet *sheet, const struct smp_session *session)
{
    static const struct smp_lazy_value values[] = {
        {"first", put_first}, {"last", put_last}, {NULL, NULL}};
    struct window window = {sheet->protocol, session};

    if (!smp_sheet_may_move(session))
        return "";
    smp_words_made(&sheet->words, sheet->protocol, "schedule.possible", values,
                   &window);
    return smp_sheet_keep(sheet);
}

static const char *
number_cell(struct smp_sheet *sheet, const struct smp_plan *plan,
            const struct smp_session *session)
{
    smp_session_put_number(&sheet->words, plan, session, sheet->protocol);
    return smp_sheet_keep(sheet);
}

/* The sessions in the order of time. */
static const struct smp_session **
sorted_sessions(struct smp_sheet *sheet, const struct smp_plan *plan)
{
    const struct smp_session **sessions =
        smp_arena_alloc(&sheet->arena, plan->session_count * sizeof *sessions);
    size_t i, at;

    for (i = 0; i < plan->session_count; i++) {
        const struct smp_session *session = &plan->sessions[i];

        for (at = i; at && smp_session_precedes(session, sessions[at - 1]);
             at--)
            sessions[at] = sessions[at - 1];
        sessions[at] = session;
    }
    return sessions;
}

static void
add_rows(struct smp_sheet *sheet, const struct smp_plan *plan)
{
    const struct smp_session **sessions = sorted_sessions(sheet, plan);
    size_t i;

    sheet->row_count = plan->session_count;
    sheet->rows =
        smp_arena_alloc(&sheet->arena, sheet->row_count * sizeof *sheet->rows);
    for (i = 0; i < sheet->row_count; i++) {
        const struct smp_session *session = sessions[i];
        const char *status = smp_label_of(sheet->protocol, "status.",
                                          smp_status_names[session->status]);

        sheet->rows[i] = (struct smp_sheet_row){
            .number = number_cell(sheet, plan, session),
            .session = session,
            .clock = sheet->page ? clock_words(sheet, plan, session) : "",
            .date = date_cell(sheet, session),
            .times = times_cell(sheet, plan, session),
            .status = status ? status : "",
            .possible = possible_cell(sheet, session)};
    }
}

/* The session that a choice is of: the first one that may move. */
static const struct smp_session *
next_session(const struct smp_plan *plan)
{
    size_t i;

    for (i = 0; i < plan->session_count; i++)
        if (smp_series_is(plan, &plan->sessions[i], SMP_SERIES_PROPOSED))
            return &plan->sessions[i];
    return NULL;
}

static void
add_choices(struct smp_sheet *sheet, const struct smp_plan *plan)
{
    const struct smp_session *next = next_session(plan);
    const char *number;
    size_t i;

    if (!plan->choice_count || !next)
        return;
    number = number_cell(sheet, plan, next);
    smp_words(&sheet->words, sheet->protocol, "schedule.choices",
              SMP_VALUES({"n", number}));
    sheet->choose = smp_sheet_keep(sheet);
    sheet->choice_count = plan->choice_count;
    sheet->choices = smp_arena_alloc(&sheet->arena, sheet->choice_count *
                                                        sizeof *sheet->choices);
    for (i = 0; i < sheet->choice_count; i++) {
        struct smp_session choice = *next;

        choice.start = plan->choices[i];
        sheet->choices[i] =
            (struct smp_sheet_row){.number = number,
                                   .date = date_cell(sheet, &choice),
                                   .times = times_cell(sheet, plan, &choice),
                                   .status = "",
                                   .possible = ""};
    }
}

static void
add_afterwards(struct smp_sheet *sheet)
{
    const char *text = sheet->protocol->course.maintenance;
    struct smp_buf filled = {0};

    if (!text)
        return;
    smp_words_fill(&filled, sheet->protocol, NULL, text);
    smp_words(&sheet->words, sheet->protocol, "schedule.afterwards",
              SMP_VALUES({"text", smp_buf_text(&filled)}));
    sheet->afterwards = smp_sheet_keep(sheet);
    smp_buf_release(&filled);
}

/* The first and last day that sessions or their windows touch. */
static bool
find_days(const struct smp_plan *plan, int32_t *first, int32_t *last)
{
    size_t i, drawn = 0;

    for (i = 0; i < plan->session_count; i++) {
        const struct smp_session *session = &plan->sessions[i];
        int32_t day = smp_session_day(session);
        bool window = smp_sheet_may_move(session);
        int32_t from = window && session->first < day ? session->first : day;
        int32_t to = window && session->last > day ? session->last : day;

        if (!smp_sheet_draws(session))
            continue;
        *first = drawn && *first < from ? *first : from;
        *last = drawn && *last > to ? *last : to;
        drawn++;
    }
    return drawn > 1;
}

/* NULL outside the picture. */
static struct smp_picture_day *
day_of(const struct smp_picture *picture, int32_t day)
{
    return day >= picture->first &&
                   (size_t)(day - picture->first) < picture->count
               ? &picture->days[day - picture->first]
               : NULL;
}

/* The stronger mark wins. */
static void
mark_day(struct smp_picture *picture, int32_t day, enum smp_mark mark,
         int number)
{
    struct smp_picture_day *at = day_of(picture, day);

    if (!at || mark <= at->mark)
        return;
    at->mark = (unsigned char)mark;
    at->number = (unsigned char)number;
}

static void
mark_session(struct smp_picture *picture, const struct smp_plan *plan,
             const struct smp_session *session)
{
    static const enum smp_mark marks[] = {[SMP_BOOKED] = SMP_MARK_BOOKED,
                                          [SMP_DONE] = SMP_MARK_BOOKED,
                                          [SMP_PROPOSED] = SMP_MARK_PROPOSED,
                                          [SMP_OPTIONAL] = SMP_MARK_OPTIONAL};
    int32_t day;

    if (!smp_sheet_draws(session))
        return;
    mark_day(picture, smp_session_day(session), marks[session->status],
             smp_plan_treatment(plan, session));
    for (day = session->first;
         smp_sheet_may_move(session) && day <= session->last; day++)
        mark_day(picture, day, SMP_MARK_POSSIBLE, 0);
}

/* A holiday or a full day shows even if the studio is closed. */
static void
mark_closures(struct smp_picture *picture, const struct smp_plan *plan)
{
    size_t i;

    for (i = 0; i < plan->closure_count; i++) {
        struct smp_picture_day *at = day_of(picture, plan->closures[i].day);

        if (at && at->closure <= 1 + SMP_CLOSURE_HOURS)
            at->closure = (unsigned char)(1 + plan->closures[i].kind);
    }
}

/* The whole months from the first to the last day; none for one session. */
static void
draw(struct smp_sheet *sheet, const struct smp_plan *plan)
{
    struct smp_picture *picture = &sheet->picture;
    struct smp_civil from, to;
    int32_t first = 0, last = 0;
    size_t i;

    if (!find_days(plan, &first, &last))
        return;
    from = smp_civil_of(first);
    to = smp_civil_of(last);
    picture->first = smp_day_of(from.year, from.month, 1);
    picture->count =
        (size_t)(smp_day_of(to.year, to.month, 1) +
                 smp_month_length(to.year, to.month) - picture->first);
    picture->days =
        smp_arena_alloc(&sheet->arena, picture->count * sizeof *picture->days);
    for (i = 0; i < plan->session_count; i++)
        mark_session(picture, plan, &plan->sessions[i]);
    mark_closures(picture, plan);
}

void
smp_sheet_add_sessions(struct smp_sheet *sheet, const struct smp_plan *plan)
{
    add_rows(sheet, plan);
    add_choices(sheet, plan);
    add_afterwards(sheet);
}

bool
smp_sheet_of_sessions(struct smp_sheet *sheet, struct smp_plan *plan,
                      const struct smp_protocol *protocol)
{
    smp_sheet_begin(sheet, plan, protocol);
    smp_sheet_add_sessions(sheet, plan);
    if (sheet->page)
        smp_sheet_add_weeks(sheet, plan, NULL);
    else
        draw(sheet, plan);
    return true;
}
