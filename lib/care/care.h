#ifndef SMP_CARE_CARE_H
#define SMP_CARE_CARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "time/civil.h"
#include "protocol/protocol.h"

struct smp_plan;

/*
 * Which rules of a protocol can overrule each other, found once for many plans.
 * Start with a zeroed struct and pass it on with each plan; protocols may come
 * and go. Release it at the end.
 */
struct smp_rivals {
    char *protocol; /* the hash of the one they were found in last */
    const struct smp_protocol *of;
    size_t rules; /* that it has */
    struct smp_activity_graph *graph;
    struct smp_topics *topics; /* by rule */
};

void smp_rivals_release(struct smp_rivals *rivals);

/*
 * Adds the items of one phase for every session that counts, in place of the
 * items that the same phase of the same protocol may have added before, and
 * notes it in plan->care. Other items stay. Care that was over when its session
 * was booked is not added, but named in session->late. A plan beyond the limits
 * of smp_plan_check_limits() gets no more items.
 *
 * The care of sessions that are not proposed is found as if no session were
 * proposed, unless `proposed` is set.
 */
void smp_care_add(struct smp_plan *plan, const struct smp_protocol *protocol,
                  enum smp_phase phase, bool proposed);

/*
 * As smp_care_add(), but faster, for plans whose items are neither printed nor
 * made into entries: items have no clock times, and the UID "".
 */
void smp_care_add_words(struct smp_plan *plan,
                        const struct smp_protocol *protocol,
                        enum smp_phase phase, bool proposed);

/*
 * Removes all items that are in force on no day from `first` to `last`, and
 * sets plan->partial. Items that stay keep their bounds.
 */
void smp_care_select(struct smp_plan *plan, const struct smp_protocol *protocol,
                     struct smp_rivals *rivals, bool proposed, int32_t first,
                     int32_t last);

/*
 * Fills plan->day with the title and text for a day, from the items in force on
 * that day; with `proposed`, from the items of proposed sessions too. `now` is
 * a local time.
 */
void smp_care_note_day(struct smp_plan *plan,
                       const struct smp_protocol *protocol,
                       struct smp_rivals *rivals, bool proposed, int32_t day,
                       int64_t now);

/*
 * The rules of a protocol that contradict each other, found once for many
 * plans. Start with a zeroed struct; protocols may come and go.
 */
struct smp_clash {
    size_t post, pre; /* numbers of rules */
};

struct smp_clashes {
    char *protocol; /* the hash of the one they were found in last */
    size_t rules;   /* that it has */
    struct smp_clash *at;
    size_t count, room;
};

void smp_clashes_release(struct smp_clashes *clashes);

/*
 * Adds a warning to the plan for each rule of pre-care that collides with
 * aftercare of the session before: at the same time, one rule asks for what the
 * other forbids. After a hundred warnings, one more counts the rest.
 */
void smp_care_warn_of_clashes(struct smp_plan *plan,
                              const struct smp_protocol *protocol,
                              struct smp_clashes *clashes);

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

struct smp_judge *smp_judge_new(const struct smp_protocol *protocol);
void smp_judge_free(struct smp_judge *judge);

/* The plan must have its zone; its facts, sessions and `continues` count. */
struct smp_ruling smp_judge_ask(struct smp_judge *judge,
                                const struct smp_plan *plan,
                                const struct smp_question *question);

/* Fills a question about a day, or about a moment. */
struct smp_question smp_question_of_day(const char *activity, int32_t day);
struct smp_question smp_question_of_moment(const char *activity, int64_t local);

#endif
