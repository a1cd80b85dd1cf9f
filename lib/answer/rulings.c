#include "answer/internal.h"

#include <stdlib.h>

#include "time/zone.h"
#include "care/resolve.h"
#include "protocol/activity_graph.h"
#include "plan/plan.h"
#include "answer/answer.h"

struct smp_rulings {
    const struct smp_protocol *protocol;
    struct smp_zones zones;
    struct smp_plan plan;
    struct smp_activity_graph *graph;
    struct smp_subject **subjects; /* by activity, of those asked about */
    struct smp_judge *judge;
    struct smp_sessions sessions;
};

struct smp_rulings *
smp_rulings_new(const struct smp_protocol *protocol)
{
    struct smp_rulings *rulings = smp_calloc(1, sizeof *rulings);
    struct smp_session *session;

    rulings->protocol = protocol;
    rulings->plan.id = "";
    rulings->plan.zone = smp_zones_add(&rulings->zones, "a day", 0, NULL, 0);
    rulings->plan.continues = true;
    session = smp_plan_add_session(&rulings->plan);
    session->number = 1;
    session->start = smp_when_day(SMP_RULINGS_DAY);
    rulings->graph = smp_activity_graph_new(protocol);
    rulings->subjects =
        smp_calloc(protocol->activity_count, sizeof *rulings->subjects);
    rulings->judge = smp_judge_new(protocol);
    smp_sessions_find(&rulings->sessions, protocol, &rulings->plan, true);
    return rulings;
}

void
smp_rulings_free(struct smp_rulings *rulings)
{
    size_t i;

    if (!rulings)
        return;
    for (i = 0; i < rulings->protocol->activity_count; i++)
        if (rulings->subjects[i])
            smp_subject_free(rulings->subjects[i]);
    free(rulings->subjects);
    smp_judge_free(rulings->judge);
    smp_activity_graph_free(rulings->graph);
    smp_plan_release(&rulings->plan);
    smp_zones_release(&rulings->zones);
    free(rulings);
}

const struct smp_plan *
smp_rulings_plan(const struct smp_rulings *rulings)
{
    return &rulings->plan;
}

static struct smp_extent
extent_of(const struct smp_rulings *rulings, const struct smp_rule *rule)
{
    return smp_resolve(&rulings->sessions, 0, rule);
}

bool
smp_rulings_speaks(const struct smp_rulings *rulings,
                   const struct smp_rule *rule, enum smp_side side)
{
    struct smp_extent extent;
    int64_t start = smp_session_start(&rulings->plan.sessions[0]);
    int64_t day = (int64_t)SMP_RULINGS_DAY * SMP_DAY_SECONDS;

    if (side == SMP_SIDE_ANY ||
        (side == SMP_SIDE_BEFORE) == (rule->phase == SMP_PRE))
        return true;
    extent = extent_of(rulings, rule);
    if (rule->phase == SMP_PRE)
        return !smp_verbs[rule->verb].waits &&
               (extent.end.high.kind == SMP_NEVER ||
                extent.end.high.seconds > start);
    return extent.start.low.kind != SMP_NEVER && extent.start.low.seconds < day;
}

bool
smp_rulings_about(struct smp_rulings *rulings, size_t rule, size_t activity)
{
    struct smp_subject **subject = &rulings->subjects[activity];

    if (!*subject)
        *subject = smp_subject_new(rulings->graph,
                                   rulings->protocol->activities[activity].id);
    return smp_subject_distance(*subject, rule) != SMP_NO_PATH;
}

static struct smp_ruling
ask(const struct smp_rulings *rulings, struct smp_question question)
{
    return smp_judge_ask(rulings->judge, &rulings->plan, &question);
}

static bool
is_forbidden(const struct smp_rulings *rulings, const char *activity,
             int64_t moment)
{
    struct smp_ruling ruling =
        ask(rulings, smp_question_of_day(activity, smp_day_at(moment)));

    return smp_ruling_forbids(&ruling);
}

/* The days on which the window begins and ends, and one between, count. */
bool
smp_rulings_forbids(struct smp_rulings *rulings, size_t ban, size_t activity)
{
    const struct smp_protocol *protocol = rulings->protocol;
    const char *id = protocol->activities[activity].id;
    struct smp_extent extent;
    struct smp_when start, end;
    size_t i;

    if (!smp_verb_forbids(protocol->rules[ban].verb) ||
        !smp_rulings_about(rulings, ban, activity))
        return false;
    for (i = 0; i < protocol->rule_count; i++)
        if (smp_verb_lifts(protocol->rules[i].verb) &&
            !smp_verbs[protocol->rules[i].verb].waits &&
            smp_rulings_about(rulings, i, activity))
            break;
    if (i == protocol->rule_count)
        return true;
    extent = extent_of(rulings, &protocol->rules[ban]);
    start = extent.start.low;
    end = extent.end.low;
    if (!extent.applies || start.kind == SMP_NEVER || end.kind == SMP_NEVER ||
        end.seconds <= start.seconds)
        return true;
    return is_forbidden(rulings, id, start.seconds) ||
           is_forbidden(rulings, id, end.seconds - 1) ||
           is_forbidden(rulings, id, start.seconds / 2 + end.seconds / 2);
}

/* So many days or moments of a longer time are asked about. */
enum { LOOKS_MAX = 200, HOUR_SECONDS = 3600 };

/* A time asked about: days of the plan, or moments in seconds. */
static int64_t
time_of(const struct smp_rulings *rulings, struct smp_span span, bool after)
{
    int64_t moment;

    if (smp_span_is_days(span))
        return smp_day_add(SMP_RULINGS_DAY, span);
    moment = after ? smp_sessions_end(&rulings->sessions, 0)
                   : smp_sessions_start(&rulings->sessions, 0);
    return moment + smp_span_seconds(span);
}

/* How safe it is to say of a time what holds for a part of it. */
static int
caution(const struct smp_ruling *ruling)
{
    if (!ruling->rule)
        return 1;
    switch (ruling->verdict) {
    case SMP_VERDICT_NO:
        return 5;
    case SMP_VERDICT_NOT_YET:
        return 3;
    case SMP_VERDICT_YES:
    case SMP_VERDICT_DO:
        return 0;
    case SMP_VERDICT_NO_RULE:
        return 2;
    default:
        return smp_ruling_forbids(ruling) ? 4 : 3;
    }
}

/* All of a time counts: a ban in a part of it decides. */
struct smp_ruling
smp_rulings_at(const struct smp_rulings *rulings, const char *activity,
               const struct smp_asking *asking)
{
    bool days = smp_span_is_days(asking->first);
    bool after = asking->side != SMP_SIDE_BEFORE;
    int64_t first = time_of(rulings, asking->first, after);
    int64_t last = time_of(rulings, asking->last, after);
    int64_t units = days ? last - first : (last - first) / HOUR_SECONDS;
    int64_t steps = units < LOOKS_MAX ? units : LOOKS_MAX, i;
    struct smp_ruling found = {0};

    for (i = 0; i <= steps; i++) {
        int64_t at = steps ? first + (last - first) * i / steps : first;
        struct smp_question question =
            days ? smp_question_of_day(activity, (int32_t)at)
                 : smp_question_of_moment(activity, at);
        struct smp_ruling ruling;

        if (asking->unhealed)
            question.healed = SMP_NOTE_NOT_HEALED;
        ruling = ask(rulings, question);
        if (!i || caution(&ruling) > caution(&found))
            found = ruling;
    }
    return found;
}

bool
smp_ruling_forbids(const struct smp_ruling *ruling)
{
    switch (ruling->verdict) {
    case SMP_VERDICT_NO:
        return true;
    case SMP_VERDICT_IF_HEALED:
    case SMP_VERDICT_ASK:
        return ruling->rule && smp_verb_forbids(ruling->rule->verb);
    default:
        return false;
    }
}
