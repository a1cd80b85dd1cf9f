#ifndef SMP_CARE_VERDICT_H
#define SMP_CARE_VERDICT_H

#include "plan/plan.h"
#include "protocol/protocol.h"

/*
 * "May I do this then?", answered by a protocol for a plan's sessions.
 *
 * Of the rules that speak of the activity, or of one that it is a kind of, and
 * that are in force then, surely or perhaps, one decides: the narrowest
 * activity; then a rule with a condition that holds; then certain bans,
 * whatever is uncertain, duties, permissions. Time is three-valued: inside an
 * imprecise bound, or before it is known whether the client has healed, the
 * answer is neither yes nor no.
 */
enum smp_verdict {
    SMP_VERDICT_YES,           /* explicitly permitted */
    SMP_VERDICT_NO,            /* forbidden */
    SMP_VERDICT_DO,            /* to be done */
    SMP_VERDICT_NOT_YET,       /* to be done, but later */
    SMP_VERDICT_NO_RULE,       /* there was or will be a rule, not now */
    SMP_VERDICT_IF_HEALED,     /* forbidden, or not begun, unless healed */
    SMP_VERDICT_IF_NOT_HEALED, /* to be done unless healed */
    SMP_VERDICT_ASK,           /* inside an imprecise bound */
    SMP_VERDICT_UNKNOWN        /* the protocol does not speak of it */
};

extern const char *const smp_verdict_names[];

/* A span of local time, [from, until). One moment: until is from + 1. */
struct smp_question {
    const char *activity; /* an id; NULL: none that is known */
    int64_t from, until;
    int session; /* of the sessions that count, this number and those after */
};

struct smp_ruling {
    enum smp_verdict verdict;
    const struct smp_rule *rule; /* that decided, or NULL */
    const struct smp_session *session;
    /* When the answer may change: the earliest and the latest; SMP_NEVER
     * where that is not known. */
    struct smp_when until, until_latest;
    bool is_past;       /* of no-rule: the rule was in force before */
    bool after_healing; /* it rests on the client having healed completely */
};

struct smp_ruling smp_rule_on(const struct smp_protocol *protocol,
                              const struct smp_plan *plan,
                              const struct smp_question *question);

#endif
