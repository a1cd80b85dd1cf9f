#ifndef SMP_CARE_PROOF_H
#define SMP_CARE_PROOF_H

struct smp_buf;
struct smp_finding_adder;
struct smp_never;
struct smp_protocol;

/*
 * What can be proved of a protocol by asking for the verdicts of all cases
 * (see cases.h).
 */
enum smp_proof {
    SMP_PROOF_HOLDS,
    SMP_PROOF_REFUTED,
    SMP_PROOF_OPEN /* too many cases */
};

/*
 * How much work is done for one sentence, and for an examination: units are
 * rules looked at for a session, of a case or of a question.
 */
enum { SMP_PROOF_WORK = 50000000 };

/*
 * Proves that what the sentence says is never permitted: at every such time
 * of every client the verdict is no, not-yet, if-healed or ask. If it is
 * refuted, *shown says when, by an activity, a verdict, a time and a plan. If
 * it is open, it says why.
 */
enum smp_proof smp_proof_never(const struct smp_protocol *protocol,
                               const struct smp_never *never,
                               struct smp_buf *shown);

/*
 * Adds what is found of a whole protocol: windows that are never in force,
 * sentences of `never` that do not hold (faults), bans that never end, what is
 * asked for and forbidden at once, bans that a permission lifts, and whether
 * the work was not enough for all (remarks).
 */
void smp_proof_examine(const struct smp_protocol *protocol,
                       struct smp_finding_adder *adder);

#endif
