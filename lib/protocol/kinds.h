#ifndef SMP_PROTOCOL_KINDS_H
#define SMP_PROTOCOL_KINDS_H

#include "protocol/protocol.h"

/*
 * Activities are kinds of others through `is`: a rule on `wet` speaks of
 * `swim`, one on `swim` says nothing about `wet`. All of a protocol's kinds
 * are looked up once, so that to compare any two rules is one pass over sets
 * of activities. The protocol is to outlive them.
 */
struct smp_kinds;

struct smp_kinds *smp_kinds_new(const struct smp_protocol *protocol);
void smp_kinds_free(struct smp_kinds *kinds);

/*
 * The fewest steps of `is` from an activity to one that a rule speaks of, for
 * each rule of the protocol, SMP_NO_KIND where there are none. The caller frees
 * them.
 */
enum { SMP_NO_KIND = -1 };

int *smp_kinds_distances(const struct smp_kinds *kinds, const char *activity);

/* Whether a rule bans: avoid or wait. */
bool smp_rule_forbids(const struct smp_rule *rule);

/*
 * Of two rules of the protocol, by their numbers: whether something the narrow
 * one speaks of is spoken of by the wide one.
 */
bool smp_kinds_meet(struct smp_kinds *kinds, size_t narrow, size_t wide);

/* Whether one asks for what the other forbids. */
bool smp_kinds_contradict(struct smp_kinds *kinds, size_t a, size_t b);

#endif
