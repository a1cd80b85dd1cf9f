#ifndef SMP_ANSWER_ASKING_H
#define SMP_ANSWER_ASKING_H

#include "answer/index.h"
#include "answer/query.h"

/*
 * What a question asks, besides its matter: whether it asks leave, of what time
 * it speaks, and which activities and bans it names word for word.
 *
 * A question asks leave in words that say so, "can I swim", unless its clause
 * begins with what, why or how; and if it is a bare one: "swimming?". It speaks
 * of a side of the session ("afterwards"), and if `exact` of a time on that
 * side, from `first` to `last` counted from the session ("5 to 7 days later";
 * negative before it). Up to a time means from the session to it ("less than a
 * week after"); two times mean all from one to the other, and are not exact if
 * their units differ. Words of both sides, or of another event ("before
 * bathing"), say nothing.
 */
enum smp_side { SMP_SIDE_ANY, SMP_SIDE_BEFORE, SMP_SIDE_AFTER };

struct smp_mention {
    uint32_t kind;   /* SMP_CUE_NAME, SMP_CUE_FREE or SMP_CUE_ALIAS */
    uint32_t number; /* of the activity, or of the ban */
    size_t start, end;
    bool without; /* "without soap" */
};

enum { SMP_MENTIONS_MAX = 256 };

struct smp_asking {
    bool leave, when; /* when: it asks for a time */
    bool bare;        /* it asks leave, but not in words */
    enum smp_side side;
    bool exact;
    struct smp_span first, last;
    bool stops;    /* it asks to leave something off; yes would mislead */
    bool unhealed; /* it says that the client has not healed */
    struct smp_mention mentions[SMP_MENTIONS_MAX];
    size_t mention_count;
    bool full; /* it names more than there is room for */
};

/*
 * Reads what a query asks, and marks in the query the words that say nothing
 * of the matter, and the terms that name an activity of which rules speak. If
 * it names one, words of time lose most of their trust: they say
 * when, and no more what.
 */
void smp_asking_read(struct smp_asking *asking, const struct smp_index *index,
                     struct smp_query *query);

/*
 * Whether a mention of what a ban forbids falls under the ban's own exception:
 * that names it, and something else that the question names.
 */
bool smp_asking_excepts(const struct smp_asking *asking,
                        const struct smp_index *index,
                        const struct smp_query *query,
                        const struct smp_mention *mention, size_t ban);

#endif
