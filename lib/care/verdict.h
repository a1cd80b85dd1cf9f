#ifndef SMP_CARE_VERDICT_H
#define SMP_CARE_VERDICT_H

#include "plan/plan.h"
#include "protocol/protocol.h"

/*
 * "May I do this then?", answered by a protocol for a plan's sessions, as
 * "How verdicts are decided" in smp-protocol(5) says. verdict.c explains how
 * it is found.
 */
enum smp_verdict {
    SMP_VERDICT_YES,           /* explicitly permitted */
    SMP_VERDICT_NO,            /* forbidden */
    SMP_VERDICT_DO,            /* to be done */
    SMP_VERDICT_NOT_YET,       /* to be done or permitted, but later */
    SMP_VERDICT_NO_RULE,       /* a rule speaks of it, but not of then */
    SMP_VERDICT_IF_HEALED,     /* forbidden, or not begun, unless healed */
    SMP_VERDICT_IF_NOT_HEALED, /* to be done unless healed */
    SMP_VERDICT_ASK,           /* inside an imprecise bound */
    SMP_VERDICT_UNKNOWN        /* no rule speaks of it on that side */
};

extern const char *const smp_verdict_names[];

/* What is taken to be known of healing after a session. */
enum smp_healing_note {
    SMP_NOTE_OF_PLAN,    /* what the plan says */
    SMP_NOTE_NOT_HEALED, /* --healed no */
    SMP_NOTE_HEALED      /* --healed yes: by a day */
};

/* A day, or a moment: then `until` is `from` + 1. Times are local. */
struct smp_question {
    const char *activity; /* an id; NULL: none that is known */
    int64_t from, until;
    bool is_day;
    enum smp_healing_note healed; /* --healed, of the last session by then */
    bool booked_only;             /* as if no session were proposed */
};

struct smp_ruling {
    enum smp_verdict verdict;
    const struct smp_rule *rule;       /* that decided, or NULL */
    const struct smp_session *session; /* that it was applied to, or NULL */
    /* The first moment, after the last one asked about with this verdict (of
     * no and not-yet: with either), that has another; SMP_NEVER: none, or the
     * verdict is no-rule or unknown. */
    struct smp_when until;
    bool until_is_settled; /* then it is yes, do or no-rule */
    bool is_past;          /* of no-rule: the rule was in force before */
    bool if_healed; /* it rests on healing that nobody has recorded (JSON:
                       provided) */
};

/*
 * A judge answers many questions by one protocol, which is to outlive it.
 * The rulings point into protocol and plan. It may not be shared by threads.
 */
struct smp_judge;

struct smp_judge *smp_judge_new(const struct smp_protocol *protocol);
void smp_judge_free(struct smp_judge *judge);

/* The plan must have its zone; its facts, sessions and `continues` count. */
struct smp_ruling smp_judge_ask(struct smp_judge *judge,
                                const struct smp_plan *plan,
                                const struct smp_question *question);

/*
 * For many questions about one plan, of which only the verdict and what
 * decided it count: smp_judge_set() says what they are about, then
 * smp_judge_verdict() fills in `verdict`, `rule` and `session` alone. The plan
 * must not change in between. `activity`, `healed` and `booked_only` of the
 * question are not looked at.
 */
void smp_judge_set(struct smp_judge *judge, const struct smp_plan *plan,
                   const char *activity);
struct smp_ruling smp_judge_verdict(struct smp_judge *judge,
                                    const struct smp_question *question);

/* As smp_judge_ask, once. */
struct smp_ruling smp_rule_on(const struct smp_protocol *protocol,
                              const struct smp_plan *plan,
                              const struct smp_question *question);

/* Fills a question about a day, or about a moment. */
struct smp_question smp_question_of_day(const char *activity, int32_t day);
struct smp_question smp_question_of_moment(const char *activity, int64_t local);

#endif
