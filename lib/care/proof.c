#include "care/proof.h"

#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "time/window.h"
#include "time/civil.h"
#include "protocol/protocol.h"
#include "protocol/activity_graph.h"
#include "plan/plan.h"
#include "care/cases.h"
#include "care/care.h"
#include "care/resolve.h"

struct prover {
    const struct smp_protocol *protocol;
    struct smp_activity_graph *graph;
    struct smp_judge *judge;
    unsigned long work; /* what is left */
    bool cut;           /* not all cases were tried */
};

static void
prover_init(struct prover *prover, const struct smp_protocol *protocol)
{
    *prover = (struct prover){.protocol = protocol,
                              .graph = smp_activity_graph_new(protocol),
                              .judge = smp_judge_new(protocol),
                              .work = SMP_PROOF_WORK};
}

static void
prover_release(struct prover *prover)
{
    smp_activity_graph_free(prover->graph);
    smp_judge_free(prover->judge);
}

enum { COMPARED_PER_UNIT = 50 };

/* Rules that matter to an activity that is asked about. */
struct inquiry {
    struct prover *prover;
    const char *activity;
    struct smp_cases cases;
    int64_t *times;
    size_t time_count, time_room;
};

static void
add_rule(struct inquiry *inquiry, const struct smp_rule *rule)
{
    inquiry->cases.rules[inquiry->cases.rule_count++] = rule;
}

static bool
decides(const struct smp_rule *rule)
{
    return smp_verbs[rule->verb].kind != SMP_NOTICE;
}

static bool
grants(const struct smp_rule *rule)
{
    return decides(rule) && !smp_verb_forbids(rule->verb);
}

/* All rules that speak of the activity, with room for one more. */
static void
begin(struct inquiry *inquiry, struct prover *prover, const char *activity)
{
    const struct smp_protocol *protocol = prover->protocol;
    struct smp_subject *subject = smp_subject_new(prover->graph, activity);
    size_t i;

    *inquiry = (struct inquiry){.prover = prover, .activity = activity};
    inquiry->cases = (struct smp_cases){
        .protocol = protocol,
        .rules =
            smp_calloc(protocol->rule_count + 1, sizeof *inquiry->cases.rules),
        .work = &prover->work,
    };
    for (i = 0; i < protocol->rule_count; i++)
        if (smp_subject_distance(subject, i) != SMP_NO_PATH &&
            decides(&protocol->rules[i]))
            add_rule(inquiry, &protocol->rules[i]);
    smp_subject_free(subject);
}

static void
end(struct inquiry *inquiry)
{
    free(inquiry->cases.rules);
    free(inquiry->times);
}

/* Before a case is asked about. */
static void
take_case(struct inquiry *inquiry, const struct smp_plan *plan,
          const struct smp_sessions *sessions)
{
    smp_judge_set(inquiry->prover->judge, plan, inquiry->activity);
    inquiry->time_count = smp_cases_times(&inquiry->cases, sessions,
                                          &inquiry->times, &inquiry->time_room);
}

/* Each part of a case may have to be compared with each. */
static bool
ask(struct inquiry *inquiry, int64_t time, struct smp_ruling *ruling)
{
    struct smp_question question =
        smp_question_of_moment(inquiry->activity, time);
    size_t parts = inquiry->cases.rule_count * SMP_CASES_SESSIONS_MAX;

    if (!smp_cases_work(&inquiry->cases,
                        parts + parts * parts / COMPARED_PER_UNIT))
        return false;
    *ruling = smp_judge_verdict(inquiry->prover->judge, &question);
    return true;
}

/* "2026-12-05 in {...}": the day alone if that has the same verdict. */
static void
show(struct smp_buf *out, struct inquiry *inquiry, const struct smp_plan *plan,
     int64_t time, enum smp_verdict verdict)
{
    struct smp_question day =
        smp_question_of_day(inquiry->activity, smp_day_at(time));
    bool whole =
        smp_judge_verdict(inquiry->prover->judge, &day).verdict == verdict;

    smp_when_print(out, whole ? smp_when_day(smp_day_at(time))
                              : smp_when_local(time));
    smp_buf_puts(out, " in ");
    smp_plan_format(out, plan);
    smp_buf_cut(out, out->len - 1);
}

/* Local times of an extent, [from, until). */
struct interval {
    int64_t from, until;
};

static int64_t
time_of(struct smp_when when)
{
    return when.kind == SMP_NEVER ? INT64_MAX : when.seconds;
}

static struct interval
perhaps(const struct smp_extent *extent)
{
    return (struct interval){time_of(extent->start.low),
                             time_of(extent->end.high)};
}

static struct interval
certain(const struct smp_extent *extent)
{
    return (struct interval){time_of(extent->start.high),
                             time_of(extent->end.low)};
}

/* Aftercare that is no ban: from the session's end until the next session. */
static void
cut_aftercare(const struct smp_sessions *sessions, size_t i,
              const struct smp_rule *rule, struct interval *interval)
{
    int64_t end = smp_sessions_end(sessions, i);
    int64_t next = smp_sessions_next_start(sessions, i);

    if (rule->phase != SMP_POST || smp_verb_forbids(rule->verb))
        return;
    if (interval->from < end &&
        smp_day_at(interval->from) == smp_session_day(sessions->at[i]))
        interval->from = end;
    if (interval->until > next)
        interval->until = next;
}

/* Sentences */

struct sentence {
    struct inquiry inquiry;
    const struct smp_rule *ban;
    struct smp_buf *shown;
    enum smp_proof proof;
};

static bool
is_safe(enum smp_verdict verdict)
{
    return verdict == SMP_VERDICT_NO || verdict == SMP_VERDICT_NOT_YET ||
           verdict == SMP_VERDICT_IF_HEALED || verdict == SMP_VERDICT_ASK;
}

static bool
is_kept_at(struct sentence *sentence, const struct smp_plan *plan, int64_t time)
{
    struct inquiry *inquiry = &sentence->inquiry;
    struct smp_ruling ruling;

    if (!ask(inquiry, time, &ruling) || is_safe(ruling.verdict))
        return true; /* without work no more cases are visited */
    sentence->proof = SMP_PROOF_REFUTED;
    smp_buf_printf(sentence->shown, "%s is %s on ", inquiry->activity,
                   smp_verdict_names[ruling.verdict]);
    show(sentence->shown, inquiry, plan, time, ruling.verdict);
    return false;
}

static bool
visit_sentence(void *context, const struct smp_plan *plan,
               const struct smp_sessions *sessions)
{
    struct sentence *sentence = context;
    struct inquiry *inquiry = &sentence->inquiry;
    size_t i, j;

    if (!smp_conditions_hold(sentence->ban, plan))
        return true;
    take_case(inquiry, plan, sessions);
    for (i = 0; i < sessions->count; i++) {
        struct smp_extent extent = smp_resolve(sessions, i, sentence->ban);
        struct interval never = perhaps(&extent);

        for (j = 0; extent.applies && j < inquiry->time_count; j++)
            if (inquiry->times[j] >= never.from &&
                inquiry->times[j] < never.until &&
                !is_kept_at(sentence, plan, inquiry->times[j]))
                return false;
    }
    return true;
}

/* Activities of which no rule speaks are passed over, or refute it. */
static enum smp_proof
prove_one(struct prover *prover, const char *activity,
          const struct smp_rule *ban, bool pass_over, struct smp_buf *shown)
{
    struct sentence sentence = {.ban = ban, .shown = shown};
    bool all = true;

    begin(&sentence.inquiry, prover, activity);
    if (sentence.inquiry.cases.rule_count || !pass_over) {
        add_rule(&sentence.inquiry, ban);
        sentence.inquiry.cases.visit = visit_sentence;
        sentence.inquiry.cases.context = &sentence;
        all = smp_cases_visit(&sentence.inquiry.cases);
    }
    end(&sentence.inquiry);
    if (sentence.proof != SMP_PROOF_HOLDS || all)
        return sentence.proof;
    smp_buf_puts(shown, "there are too many cases");
    return SMP_PROOF_OPEN;
}

static enum smp_proof
prove(struct prover *prover, const struct smp_never *never, bool pass_over,
      struct smp_buf *shown)
{
    enum smp_proof proof = SMP_PROOF_HOLDS;
    size_t i;

    for (i = 0; i < never->ban.what.count && proof == SMP_PROOF_HOLDS; i++)
        proof = prove_one(prover, never->ban.what.at[i], &never->ban, pass_over,
                          shown);
    return proof;
}

enum smp_proof
smp_proof_never(const struct smp_protocol *protocol,
                const struct smp_never *never, struct smp_buf *shown)
{
    struct prover prover;
    enum smp_proof proof;

    prover_init(&prover, protocol);
    proof = prove(&prover, never, false, shown);
    prover_release(&prover);
    return proof;
}

/*
 * A sentence of the files that were given must hold. One of a file below may
 * be about what they have changed on purpose: that is remarked on, unless they
 * have left it out.
 */
static void
tell_sentence(struct smp_finding_adder *adder, const char *text, bool below,
              const char *said, const char *shown)
{
    struct smp_buf what = {0};

    if (below)
        smp_buf_printf(&what, "\"%.200s\", ", text);
    smp_buf_printf(&what, "%s%s", said, shown);
    if (below)
        smp_buf_puts(&what, "; null in \"never\" would say that it is meant");
    smp_finding_add(adder, below ? SMP_REMARK : SMP_FAULT,
                    below ? NULL : "never", text, NULL, smp_buf_text(&what));
    smp_buf_release(&what);
}

static void
examine_sentence(struct prover *prover, struct smp_finding_adder *adder,
                 const char *text)
{
    static const char *const said[] = {
        [SMP_PROOF_REFUTED] = "it does not hold: ",
        [SMP_PROOF_OPEN] = "not proved: ",
    };
    bool below = smp_finding_is_below(adder, "never", text);
    struct smp_arena arena = {0};
    struct smp_never never;
    struct smp_buf shown = {0};
    struct smp_err err = {0};

    if (smp_never_parse(prover->protocol, text, &arena, &never, &err)) {
        enum smp_proof proof = prove(prover, &never, below, &shown);

        if (proof != SMP_PROOF_HOLDS)
            tell_sentence(adder, text, below, said[proof],
                          smp_buf_text(&shown));
    } else if (!below) {
        tell_sentence(adder, text, below, "", smp_buf_text(&err.text));
    }
    smp_buf_release(&shown);
    smp_err_release(&err);
    smp_arena_release(&arena);
}

/* Windows */

/* What is seen of one rule's window in all series. */
struct window {
    const struct smp_rule *rule;
    bool applied; /* to a session */
    bool lasts;   /* it ends after it begins */
    bool in_force, ends;
};

static bool
visit_window(void *context, const struct smp_plan *plan,
             const struct smp_sessions *sessions)
{
    struct window *window = context;
    size_t i;

    if (!smp_conditions_hold(window->rule, plan))
        return true;
    for (i = 0; i < sessions->count; i++) {
        struct smp_extent extent = smp_resolve(sessions, i, window->rule);
        struct interval interval = perhaps(&extent);

        if (!extent.applies)
            continue;
        window->applied = true;
        window->ends = window->ends || interval.until != INT64_MAX;
        window->lasts = window->lasts || interval.from < interval.until;
        cut_aftercare(sessions, i, window->rule, &interval);
        window->in_force = window->in_force || interval.from < interval.until;
    }
    return !window->in_force || !window->ends;
}

static void
tell_never_in_force(const struct smp_protocol *protocol,
                    struct smp_finding_adder *adder,
                    const struct window *window)
{
    const struct smp_course *course = &protocol->course;
    struct smp_buf what = {0};

    if (window->applied && !window->lasts)
        smp_buf_puts(&what, "the window ends before it begins");
    else if (course->has_sessions)
        smp_buf_printf(&what, "never in force in a series of %d to %d sessions",
                       course->min, course->max);
    else
        smp_buf_puts(&what, "never in force");
    smp_finding_add(adder, SMP_FAULT, "rules", window->rule->id,
                    window->rule->during ? "during" : NULL,
                    smp_buf_text(&what));
    smp_buf_release(&what);
}

static void
examine_window(struct prover *prover, struct smp_finding_adder *adder,
               const struct smp_rule *rule)
{
    const struct smp_rule *rules[] = {rule};
    bool open = rule->window.end.anchor == SMP_AT_OPEN;
    struct window window = {.rule = rule, .ends = open};
    struct smp_cases cases = {.protocol = prover->protocol,
                              .rules = rules,
                              .rule_count = 1,
                              .work = &prover->work,
                              .visit = visit_window,
                              .context = &window};

    if (!smp_cases_visit(&cases))
        prover->cut = true;
    else if (!window.in_force)
        tell_never_in_force(prover->protocol, adder, &window);
    else if (!window.ends && smp_verb_forbids(rule->verb) &&
             !smp_verbs[rule->verb].waits)
        smp_finding_add(adder, SMP_REMARK, "rules", rule->id, "during",
                        "the ban never ends; a window without an end would "
                        "say so");
    else if ((open || !window.ends) && smp_verbs[rule->verb].waits)
        smp_finding_add(adder, SMP_REMARK, "rules", rule->id, "during",
                        "the wait never ends; \"avoid\" would say so");
}

/* Bans beside tasks and permissions */

struct ban {
    const struct smp_rule *rule;
    struct interval interval;
};

struct meeting {
    struct inquiry inquiry;
    const struct smp_rule *rule; /* a task or a permission */
    struct smp_finding_adder *adder;
    const struct smp_rule **told; /* the bans that were told of it */
    size_t told_count;
    struct ban *bans; /* of the case */
    size_t ban_count;
};

static bool
was_told(const struct meeting *meeting, const struct smp_rule *ban)
{
    size_t i;

    for (i = 0; i < meeting->told_count; i++)
        if (meeting->told[i] == ban)
            return true;
    return false;
}

/*
 * Tells it of the task or permission, or of the ban if the other lies below
 * the files that were given.
 */
static void
tell_meeting(struct meeting *meeting, const struct smp_rule *ban,
             const struct smp_plan *plan, int64_t time,
             enum smp_verdict verdict)
{
    bool forbidden = verdict == SMP_VERDICT_NO;
    struct smp_buf when = {0}, what = {0};

    meeting->told[meeting->told_count++] = ban;
    show(&when, &meeting->inquiry, plan, time, verdict);
    smp_buf_printf(&what, "%s %.60s while %.60s forbids it%s: on %s",
                   forbidden ? "asks for" : "permits",
                   meeting->inquiry.activity, ban->id,
                   forbidden ? "" : "; a note would say that it is meant",
                   smp_buf_text(&when));
    if (!smp_finding_add(meeting->adder, SMP_REMARK, "rules", meeting->rule->id,
                         NULL, smp_buf_text(&what))) {
        smp_buf_cut(&what, 0);
        smp_buf_printf(&what, "forbids %.60s while %.60s %s it: on %s",
                       meeting->inquiry.activity, meeting->rule->id,
                       forbidden ? "asks for" : "permits", smp_buf_text(&when));
        smp_finding_add(meeting->adder, SMP_REMARK, "rules", ban->id, NULL,
                        smp_buf_text(&what));
    }
    smp_buf_release(&when);
    smp_buf_release(&what);
}

/* When bans are certainly in force, aftercare after its session begins. */
static void
find_bans(struct meeting *meeting, const struct smp_plan *plan,
          const struct smp_sessions *sessions)
{
    const struct smp_cases *cases = &meeting->inquiry.cases;
    size_t i, j;

    meeting->ban_count = 0;
    for (i = 0; i < sessions->count; i++)
        for (j = 0; j < cases->rule_count; j++) {
            struct ban *ban = &meeting->bans[meeting->ban_count];
            const struct smp_rule *rule = cases->rules[j];
            struct smp_extent extent;
            int64_t start = smp_sessions_start(sessions, i);

            if (!smp_verb_forbids(rule->verb) ||
                !smp_conditions_hold(rule, plan))
                continue;
            extent = smp_resolve(sessions, i, rule);
            *ban = (struct ban){rule, certain(&extent)};
            if (rule->phase == SMP_POST && ban->interval.from < start)
                ban->interval.from = start;
            meeting->ban_count += extent.applies;
        }
}

/* The first ban that is in force and was not told of; NULL: there is none. */
static const struct smp_rule *
ban_at(const struct meeting *meeting, int64_t time)
{
    size_t i;

    for (i = 0; i < meeting->ban_count; i++) {
        const struct ban *ban = &meeting->bans[i];

        if (ban->interval.from <= time && time < ban->interval.until &&
            !was_told(meeting, ban->rule))
            return ban->rule;
    }
    return NULL;
}

/* Somebody has said that the permission is meant. */
static bool
is_declared(const struct smp_rule *rule, const struct smp_rule *ban)
{
    return rule->note || ban->except || rule->when.count || rule->unless.count;
}

/* False if the work is used up. */
static bool
look_at(struct meeting *meeting, const struct smp_plan *plan, int64_t time)
{
    const struct smp_rule *ban = ban_at(meeting, time);
    struct smp_ruling ruling;
    bool forbidden;

    if (!ban)
        return true;
    if (!ask(&meeting->inquiry, time, &ruling))
        return false;
    forbidden = ruling.verdict == SMP_VERDICT_NO;
    if (forbidden && smp_verbs[meeting->rule->verb].kind == SMP_TASK &&
        !was_told(meeting, ruling.rule))
        tell_meeting(meeting, ruling.rule, plan, time, ruling.verdict);
    if (!forbidden && ruling.rule == meeting->rule &&
        !is_declared(meeting->rule, ban) && ruling.verdict != SMP_VERDICT_ASK)
        tell_meeting(meeting, ban, plan, time, ruling.verdict);
    return true;
}

static bool
visit_meeting(void *context, const struct smp_plan *plan,
              const struct smp_sessions *sessions)
{
    struct meeting *meeting = context;
    struct inquiry *inquiry = &meeting->inquiry;
    size_t i, j;

    if (!smp_conditions_hold(meeting->rule, plan))
        return true;
    take_case(inquiry, plan, sessions);
    find_bans(meeting, plan, sessions);
    for (i = 0; i < sessions->count; i++) {
        struct smp_extent extent = smp_resolve(sessions, i, meeting->rule);
        struct interval interval = certain(&extent);

        if (!extent.applies)
            continue;
        cut_aftercare(sessions, i, meeting->rule, &interval);
        for (j = 0; j < inquiry->time_count; j++)
            if (inquiry->times[j] >= interval.from &&
                inquiry->times[j] < interval.until &&
                !look_at(meeting, plan, inquiry->times[j]))
                return true; /* no more cases are visited either */
    }
    return true;
}

static bool
has_ban(const struct smp_cases *cases)
{
    size_t i;

    for (i = 0; i < cases->rule_count; i++)
        if (smp_verb_forbids(cases->rules[i]->verb))
            return true;
    return false;
}

static bool
is_repeated(const struct smp_strings *list, size_t i)
{
    size_t j;

    for (j = 0; j < i; j++)
        if (strcmp(list->at[j], list->at[i]) == 0)
            return true;
    return false;
}

/* A task or permission and the bans of the activities that it names. */
static void
examine_meetings(struct prover *prover, struct smp_finding_adder *adder,
                 const struct smp_rule *rule)
{
    struct meeting meeting = {.rule = rule, .adder = adder};
    size_t rule_count = prover->protocol->rule_count, i;

    meeting.told = smp_calloc(rule_count, sizeof *meeting.told);
    meeting.bans =
        smp_calloc(rule_count * SMP_CASES_SESSIONS_MAX, sizeof *meeting.bans);
    for (i = 0; i < rule->what.count; i++) {
        if (is_repeated(&rule->what, i))
            continue;
        begin(&meeting.inquiry, prover, rule->what.at[i]);
        meeting.inquiry.cases.visit = visit_meeting;
        meeting.inquiry.cases.context = &meeting;
        meeting.inquiry.cases.stated_gaps = true;
        if (has_ban(&meeting.inquiry.cases) &&
            !smp_cases_visit(&meeting.inquiry.cases))
            prover->cut = true;
        end(&meeting.inquiry);
    }
    free(meeting.told);
    free(meeting.bans);
}

static bool
has_bans(const struct smp_protocol *protocol)
{
    size_t i;

    for (i = 0; i < protocol->rule_count; i++)
        if (smp_verb_forbids(protocol->rules[i].verb))
            return true;
    return false;
}

void
smp_proof_examine(const struct smp_protocol *protocol,
                  struct smp_finding_adder *adder)
{
    struct prover prover;
    bool bans = has_bans(protocol);
    size_t i;

    prover_init(&prover, protocol);
    for (i = 0; i < protocol->rule_count; i++)
        examine_window(&prover, adder, &protocol->rules[i]);
    for (i = 0; i < protocol->never.count; i++)
        examine_sentence(&prover, adder, protocol->never.at[i]);
    for (i = 0; bans && i < protocol->rule_count; i++)
        if (grants(&protocol->rules[i]))
            examine_meetings(&prover, adder, &protocol->rules[i]);
    if (prover.cut)
        smp_finding_add(adder, SMP_REMARK, NULL, NULL, NULL,
                        "not proved: there are too many cases");
    prover_release(&prover);
}
