#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "time/zone.h"
#include "answer/answer.h"
#include "care/care.h"
#include "tool/tool.h"
#include "text/verdict.h"
#include "tool/message.h"

/* So many activities may be named at once. */
enum { ACTIVITIES_MAX = 32 };

/* What is asked of every plan. */
struct asking {
    const char *name;
    bool undated, healed_yes, healed_no;
    struct smp_judge *judge;
    struct smp_index *index;
    const struct smp_protocol *indexed;
    const struct smp_protocol *protocol; /* that it judges by */
};

static enum smp_exit
status_of(enum smp_verdict verdict)
{
    static const enum smp_exit status[] = {
        [SMP_VERDICT_YES] = SMP_EXIT_OK,
        [SMP_VERDICT_DO] = SMP_EXIT_OK,
        [SMP_VERDICT_NO_RULE] = SMP_EXIT_OK,
        [SMP_VERDICT_NO] = SMP_EXIT_NO,
        [SMP_VERDICT_NOT_YET] = SMP_EXIT_NO,
        [SMP_VERDICT_IF_HEALED] = SMP_EXIT_DEPENDS,
        [SMP_VERDICT_IF_NOT_HEALED] = SMP_EXIT_DEPENDS,
        [SMP_VERDICT_ASK] = SMP_EXIT_DEPENDS,
        [SMP_VERDICT_UNKNOWN] = SMP_EXIT_UNKNOWN,
    };

    return status[verdict];
}

/* The most cautious answer of several is the status: 1, then 6, 5, 0. */
static void
add_status(struct smp_tool *tool, enum smp_verdict verdict)
{
    enum smp_exit status = status_of(verdict);

    if (status == SMP_EXIT_NO)
        tool->said_no = true;
    else if (status > tool->answer)
        tool->answer = status;
}

static bool
is_more_cautious(enum smp_verdict one, enum smp_verdict other)
{
    enum smp_exit mine = status_of(one), its = status_of(other);

    return its != SMP_EXIT_NO && (mine == SMP_EXIT_NO || mine > its);
}

/* The last session that counts by a day; NULL without one. */
static struct smp_session *
session_by(struct smp_plan *plan, int32_t day)
{
    struct smp_session *found = NULL;
    size_t i;

    for (i = 0; i < plan->session_count; i++) {
        struct smp_session *session = &plan->sessions[i];

        if (smp_session_counts(session) && smp_session_day(session) <= day &&
            (!found || smp_session_start(session) >= smp_session_start(found)))
            found = session;
    }
    return found;
}

/* --healed: yes and no are the question's, a date is noted in the plan. */
static bool
set_healed(struct smp_tool *tool, struct smp_plan *plan,
           struct smp_question *question)
{
    const struct asking *asking = tool->context;
    const char *text = smp_tool_option(tool, SMP_OPT_STATE);
    struct smp_err err = {0};
    struct smp_session *session;
    int32_t day;
    bool ok = true;

    if (asking->healed_yes || asking->healed_no)
        question->healed =
            asking->healed_no ? SMP_NOTE_NOT_HEALED : SMP_NOTE_HEALED;
    else if (text && !smp_tool_day(tool, plan->zone, text, &day, &err))
        ok = smp_tool_usage(tool, "--healed: %s", smp_buf_text(&err.text));
    smp_err_release(&err);
    if (!ok || !text || question->healed != SMP_NOTE_OF_PLAN)
        return ok;
    session = session_by(plan, smp_day_at(question->from));
    if (session && day < smp_session_day(session))
        return smp_tool_usage(tool, "--healed: before the session: %s", text);
    if (session) {
        session->healing = SMP_HEALED;
        session->healed = day;
    }
    return true;
}

/* Protocols of studios come and go; that of the run stays. */
static struct smp_judge *
judge_of(struct smp_tool *tool, const struct smp_protocol *protocol)
{
    struct asking *asking = tool->context;

    if (asking->protocol != protocol || protocol != tool->protocol) {
        smp_judge_free(asking->judge);
        asking->judge = smp_judge_new(protocol);
        asking->protocol = protocol;
    }
    return asking->judge;
}

/* The index of answers, made when words are no name. */
static struct smp_index *
index_of(struct smp_tool *tool, const struct smp_protocol *protocol)
{
    struct asking *asking = tool->context;

    if (!asking->index || asking->indexed != protocol ||
        protocol != tool->protocol) {
        smp_index_free(asking->index);
        asking->index = smp_index_new(protocol);
        asking->indexed = protocol;
    }
    return asking->index;
}

/* By an id or a name, then it is one; else as smp-faq takes words. */
static size_t
find_activities(struct smp_tool *tool, const struct smp_protocol *protocol,
                const struct smp_activity **found, const char **nearest)
{
    const struct asking *asking = tool->context;

    found[0] = smp_protocol_find_activity(protocol, asking->name, nearest);
    return found[0] ? 1
                    : smp_index_activities(index_of(tool, protocol),
                                           asking->name, found, ACTIVITIES_MAX);
}

/* Of several activities the most cautious answer counts. */
static void
answer(struct smp_tool *tool, struct smp_plan *plan,
       const struct smp_protocol *protocol, struct smp_question *question,
       struct smp_when on)
{
    const struct asking *asking = tool->context;
    const struct smp_activity *activities[ACTIVITIES_MAX];
    struct smp_answered answered = {
        .asked = asking->name,
        .plan = plan,
        .undated = asking->undated,
        .on = on,
    };
    size_t i,
        count = find_activities(tool, protocol, activities, &answered.nearest);

    if (asking->undated)
        answered.origin = smp_session_day(plan->sessions);
    for (i = 0; i < count || i == 0; i++) {
        struct smp_ruling ruling;

        question->activity = count ? activities[i]->id : NULL;
        ruling = smp_judge_ask(judge_of(tool, protocol), plan, question);
        if (i && !is_more_cautious(ruling.verdict, answered.ruling.verdict))
            continue;
        answered.ruling = ruling;
        answered.activity = question->activity;
    }
    add_status(tool, answered.ruling.verdict);
    smp_write_verdict(&tool->out, protocol, &answered, smp_tool_json(tool));
}

/* The day or moment asked about, in the plan's zone; without --on, now. */
static bool
time_asked(struct smp_tool *tool, const struct smp_plan *plan,
           struct smp_when *on)
{
    const char *text = smp_tool_option(tool, SMP_OPT_WHEN);
    struct smp_err err = {0};
    int32_t day;
    bool ok = true;

    if (!text) {
        *on = smp_when_local(smp_zone_to_local(plan->zone, tool->now));
        return true;
    }
    if (smp_tool_day(tool, plan->zone, text, &day, &err)) {
        *on = smp_when_day(day);
    } else {
        smp_err_clear(&err);
        ok = smp_when_parse(text, on, &err) ||
             smp_tool_usage(tool, "--on: %s", smp_buf_text(&err.text));
    }
    if (ok && on->kind == SMP_INSTANT)
        *on = smp_when_local(smp_zone_to_local(plan->zone, on->seconds));
    smp_err_release(&err);
    return ok;
}

static struct smp_question
question_about(struct smp_when on)
{
    return on.kind == SMP_DAY
               ? smp_question_of_day(NULL, smp_day_at(on.seconds))
               : smp_question_of_moment(NULL, on.seconds);
}

static void
add_facts(struct smp_tool *tool, struct smp_plan *plan)
{
    const struct smp_strings *more = smp_tool_options(tool, SMP_OPT_FACT);
    const char **facts = smp_arena_alloc(
        &plan->arena, (plan->facts.count + more->count + 1) * sizeof *facts);

    if (plan->facts.count)
        memcpy(facts, plan->facts.at, plan->facts.count * sizeof *facts);
    if (more->count)
        memcpy(facts + plan->facts.count, more->at,
               more->count * sizeof *facts);
    plan->facts.at = facts;
    plan->facts.count += more->count;
    smp_plan_sort_facts(plan);
}

static bool
answer_plan(struct smp_tool *tool, struct smp_plan *plan,
            const struct smp_protocol *protocol, struct smp_err *err)
{
    struct smp_question question;
    struct smp_when on;

    (void)err;
    if (!time_asked(tool, plan, &on))
        return false;
    question = question_about(on);
    if (!set_healed(tool, plan, &question))
        return false;
    add_facts(tool, plan);
    answer(tool, plan, protocol, &question, on);
    return true;
}

static bool
read_hours(struct smp_tool *tool, double *hours)
{
    const char *text = smp_tool_option(tool, SMP_OPT_HOURS);
    char *end;

    errno = 0;
    *hours = strtod(text, &end);
    if (errno || end == text || *end || !(*hours >= -99999 && *hours <= 99999))
        return smp_tool_usage(tool, "--hours: a number of hours is wanted");
    return true;
}

static void
add_undated_session(struct smp_plan *plan, int number, int32_t day)
{
    struct smp_session *session = smp_plan_add_session(plan);

    session->number = number;
    session->start = smp_when_day(day);
}

/* Without dates the session is on some Monday, in UTC. */
static bool
answer_undated(struct smp_tool *tool)
{
    const int32_t origin = smp_day_of(2001, 1, 1);
    struct smp_plan plan = {.id = "", .time_zone = "UTC"};
    int number = 1, day = 0, next = 0;
    double hours = 0;
    struct smp_question question;
    struct smp_err err = {0};
    struct smp_when on;

    if (!smp_tool_number(tool, SMP_OPT_WHICH, 1, 99, &number) ||
        !smp_tool_number(tool, SMP_OPT_DAY, -36500, 36500, &day) ||
        !smp_tool_number(tool, SMP_OPT_NEXT, 1, 36500, &next) ||
        (smp_tool_option(tool, SMP_OPT_HOURS) && !read_hours(tool, &hours)))
        return false;
    add_undated_session(&plan, number, origin);
    if (next)
        add_undated_session(&plan, number + 1, origin + next);
    plan.sessions[0].final = smp_tool_option(tool, SMP_OPT_FINAL) != NULL;
    plan.continues = true;
    if (!smp_plan_set_zone(&plan, &tool->defaults, &err)) {
        smp_plan_release(&plan);
        return smp_tool_given(tool, &err);
    }
    add_facts(tool, &plan);
    on = smp_tool_option(tool, SMP_OPT_HOURS)
             ? smp_when_local(
                   smp_session_start(smp_plan_session(&plan, number)) +
                   (int64_t)(hours * 3600))
             : smp_when_day(origin + day);
    question = question_about(on);
    if (set_healed(tool, &plan, &question))
        answer(tool, &plan, tool->protocol, &question, on);
    smp_err_release(&err);
    smp_plan_release(&plan);
    return true;
}

static bool
is_time(const char *text)
{
    struct smp_err err = {0};
    struct smp_when when;
    int32_t day;
    bool is = smp_day_parse(text, 0, &day, &err);

    smp_err_clear(&err);
    is = is || smp_when_parse(text, &when, &err);
    smp_err_release(&err);
    return is;
}

/* A word in place of a SESSION is mostly the second word of an ACTIVITY. */
static bool
check_quoted(struct smp_tool *tool, const struct asking *asking)
{
    const char *word =
        tool->given.operand_count ? tool->given.operands[0] : "0";
    char first = (char)(*word | 0x20);

    if (first < 'a' || first > 'z' || is_time(word))
        return true;
    return smp_tool_usage(tool, "quote an ACTIVITY of several words: \"%s %s\"",
                          asking->name, word);
}

static bool
check_usage(struct smp_tool *tool, struct asking *asking)
{
    const char *healed = smp_tool_option(tool, SMP_OPT_STATE);
    bool day = smp_tool_option(tool, SMP_OPT_DAY) != NULL;
    bool hours = smp_tool_option(tool, SMP_OPT_HOURS) != NULL;

    if (!tool->given.operand_count)
        return smp_tool_usage(tool, "name an ACTIVITY, such as swimming");
    asking->name = tool->given.operands[0];
    tool->given.operands++;
    tool->given.operand_count--;
    asking->undated = day || hours;
    if (!check_quoted(tool, asking))
        return false;
    if (day + hours + (smp_tool_option(tool, SMP_OPT_WHEN) != NULL) > 1)
        return smp_tool_usage(tool, "one of --on, --day and --hours at most");
    if (asking->undated && tool->given.operand_count)
        return smp_tool_usage(tool, "--day and --hours count from a session "
                                    "without a date: give no SESSION");
    asking->healed_yes = healed && strcmp(healed, "yes") == 0;
    asking->healed_no = healed && strcmp(healed, "no") == 0;
    if (healed && !asking->healed_yes && !asking->healed_no && asking->undated)
        return smp_tool_usage(tool, "--healed: yes or no is wanted here");
    if (healed && !asking->undated && !tool->given.operand_count)
        return smp_tool_usage(tool, "--healed speaks of a SESSION; plans on "
                                    "standard input have a healed of their "
                                    "own");
    if (smp_tool_option(tool, SMP_OPT_NEXT) && !asking->undated)
        return smp_tool_usage(tool, "--next goes with --day or --hours; else "
                                    "give the next SESSION too");
    if (!asking->undated && !tool->given.operand_count && isatty(STDIN_FILENO))
        return smp_tool_usage(tool, "give a SESSION, or --day N, or plans on "
                                    "standard input");
    return true;
}

/* Without a plan the answer is not yes. */
static void
report_no_plan(struct smp_tool *tool)
{
    smp_message(tool->program->name, "no plan on standard input");
    tool->answer = SMP_EXIT_UNKNOWN;
}

int
main(int argc, char **argv)
{
    struct asking asking = {0};
    struct smp_tool tool;

    if (!smp_tool_begin(&tool, &smp_program_may, argc, argv))
        return smp_tool_end(&tool);
    tool.context = &asking;
    tool.work = answer_plan;
    if (!check_usage(&tool, &asking) || !smp_tool_load(&tool))
        return smp_tool_end(&tool);
    if (asking.undated)
        answer_undated(&tool);
    else
        smp_tool_run(&tool);
    if (!asking.undated && !tool.records && !tool.usage && !tool.failed)
        report_no_plan(&tool);
    smp_index_free(asking.index);
    smp_judge_free(asking.judge);
    return smp_tool_end(&tool);
}
