#ifndef SMP_ANSWER_CUES_H
#define SMP_ANSWER_CUES_H

#include "answer/terms.h"
#include "protocol/protocol.h"

/*
 * Cues are runs of words that a question is searched for, to learn what it asks
 * and of what time it speaks: names and aliases by the stems of their words,
 * others by the words themselves (in Spanish, "hace" is ago and "hacer" is to
 * do). They come from the labels
 * "ask..." of the protocol's language, from the names of activities and from
 * the aliases of bans.
 */
enum smp_cue_kind {
    SMP_CUE_LEAVE,    /* it asks leave: "can i" */
    SMP_CUE_OPEN,     /* it asks what, why or how */
    SMP_CUE_WHEN,     /* it asks for a time: "how soon" */
    SMP_CUE_WITHOUT,  /* what follows is left out: "instead of" */
    SMP_CUE_SMALL,    /* a word that says nothing of the matter: "the" */
    SMP_CUE_STOP,     /* what is named is to be left off: "skip" the ointment */
    SMP_CUE_UPTO,     /* before a time: all until then: "less than" 2 days */
    SMP_CUE_UNHEALED, /* not healed at the time: "still scabbing" */
    SMP_CUE_SESSION,  /* the session: "appointment" */
    SMP_CUE_BEFORE,
    SMP_CUE_AFTER,
    SMP_CUE_BREAK,   /* after SMP_CUE_AFTER: it begins something else: "with" */
    SMP_CUE_COMING,  /* beside the session: it is still to come */
    SMP_CUE_GONE,    /* beside the session: it is over */
    SMP_CUE_WITHIN,  /* after the session and before a length: "in" 2 days */
    SMP_CUE_EARLIER, /* always before the session: "beforehand" */
    SMP_CUE_LATER,   /* always after it: "while it heals" */
    SMP_CUE_DAY,     /* a certain day; value: its number */
    SMP_CUE_NUMBER,  /* value: the number */
    SMP_CUE_UNIT,    /* value: an enum smp_unit */
    SMP_CUE_NAME,    /* value: the number of an activity */
    SMP_CUE_FREE,    /* as SMP_CUE_NAME, but no rule speaks of it */
    SMP_CUE_ALIAS,   /* value: the number of a ban */
    SMP_CUE_EXCEPT   /* all words of a ban's exception; value: its number */
};

struct smp_cue {
    uint32_t *terms; /* of kinds before SMP_CUE_NAME: words */
    size_t count;
    uint32_t kind;
    int32_t value;
};

struct smp_cues {
    struct smp_cue *at;
    size_t count, room;
};

/*
 * Collects the cues of a protocol, exceptions first; their words are appended
 * to `words`, one cue after the other. The caller frees at.
 */
void smp_cues_collect(struct smp_cues *cues,
                      const struct smp_protocol *protocol,
                      struct smp_terms *terms, struct smp_numbers *words);

#endif
