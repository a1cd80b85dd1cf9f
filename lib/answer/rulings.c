#include "answer/rulings.h"

#include <stdlib.h>

#include "care/resolve.h"
#include "care/sessions.h"
#include "protocol/kinds.h"

struct smp_rulings {
    const struct smp_protocol *protocol;
    struct smp_zones zones;
    struct smp_plan plan;
    struct smp_kinds *kinds;
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
    rulings->kinds = smp_kinds_new(protocol);
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
    smp_kinds_free(rulings->kinds);
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
        return rule->verb != SMP_WAIT && (extent.end.high.kind == SMP_NEVER ||
                                          extent.end.high.seconds > start);
    return extent.start.low.kind != SMP_NEVER && extent.start.low.seconds < day;
}

bool
smp_rulings_about(struct smp_rulings *rulings, size_t rule, size_t activity)
{
    struct smp_subject **subject = &rulings->subjects[activity];

    if (!*subject)
        *subject = smp_subject_new(rulings->kinds,
                                   rulings->protocol->activities[activity].id);
    return smp_subject_distance(*subject, rule) != SMP_NO_KIND;
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

    if (!smp_rule_forbids(&protocol->rules[ban]) ||
        !smp_rulings_about(rulings, ban, activity))
        return false;
    for (i = 0; i < protocol->rule_count; i++)
        if ((protocol->rules[i].verb == SMP_MAY ||
             protocol->rules[i].verb == SMP_DO) &&
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

/* The day, or the moment, so far from the session. */
static struct smp_question
question_of(const struct smp_rulings *rulings, const char *activity,
            struct smp_span span, bool after)
{
    int64_t moment;

    if (smp_span_is_days(span))
        return smp_question_of_day(activity,
                                   smp_day_add(SMP_RULINGS_DAY, span));
    moment = after ? smp_sessions_end(&rulings->sessions, 0)
                   : smp_sessions_start(&rulings->sessions, 0);
    return smp_question_of_moment(activity, moment + smp_span_seconds(span));
}

/* Of several days the first and the last count; a ban on either decides. */
struct smp_ruling
smp_rulings_at(const struct smp_rulings *rulings, const char *activity,
               const struct smp_asking *asking)
{
    bool after = asking->side != SMP_SIDE_BEFORE;
    struct smp_ruling first =
        ask(rulings, question_of(rulings, activity, asking->first, after));
    struct smp_ruling last =
        ask(rulings, question_of(rulings, activity, asking->last, after));

    return !smp_ruling_forbids(&first) && smp_ruling_forbids(&last) ? last
                                                                    : first;
}

bool
smp_ruling_forbids(const struct smp_ruling *ruling)
{
    switch (ruling->verdict) {
    case SMP_VERDICT_NO:
        return true;
    case SMP_VERDICT_IF_HEALED:
    case SMP_VERDICT_ASK:
        return ruling->rule && smp_rule_forbids(ruling->rule);
    default:
        return false;
    }
}
