#ifndef SMP_PROTOCOL_NEVER_H
#define SMP_PROTOCOL_NEVER_H

#include "protocol/protocol.h"

/*
 * A sentence about what a protocol never permits:
 *
 *   sentence   = activity {"," activity} time {condition}
 *   time       = "before" milestone       from the session's end on
 *              | "for" span "after"       from the session's end on
 *              | "after"                  from the session's end on, for ever
 *              | "within" span "before"   until the session's start
 *              | "on" "day" number        that day, from the session's end on
 *              | "during" window          as in rules
 *   condition  = "if" tag | "unless" tag | "scope" scope
 *
 * Activities are ids or names. A span is one of windows, such as 24h or 3d.
 */
struct smp_never {
    const char *text; /* the sentence */
    /*
     * Bans what the sentence says never happens: `what`, `window`, `phase`,
     * `scope`, `when` and `unless` as in a rule; the other members are not set.
     */
    struct smp_rule ban;
};

/* What the sentence says lives in the arena; the error says what is wrong. */
bool smp_never_parse(const struct smp_protocol *protocol, const char *text,
                     struct smp_arena *arena, struct smp_never *never,
                     struct smp_err *err);

#endif
