#ifndef SMP_PROTOCOL_KINDS_H
#define SMP_PROTOCOL_KINDS_H

#include "protocol/protocol.h"

/*
 * Activities are kinds of others through `is`: a rule on `wet` speaks of
 * `swim`, one on `swim` says nothing about `wet`.
 */
enum { SMP_NO_KIND = -1 };

/* Steps of `is` from an activity to one that it is a kind of, else -1. */
int smp_kind_distance(const struct smp_protocol *protocol, const char *kind,
                      const char *activity);

/* The fewest steps from an activity to one that the rule speaks of, or -1. */
int smp_rule_distance(const struct smp_protocol *protocol, const char *activity,
                      const struct smp_rule *rule);

/* Whether a rule bans: avoid or wait. */
bool smp_rule_forbids(const struct smp_rule *rule);

/* Whether something the narrow rule speaks of is spoken of by the wide one. */
bool smp_rules_meet(const struct smp_protocol *protocol,
                    const struct smp_rule *narrow, const struct smp_rule *wide);

/* Whether one asks for what the other forbids. */
bool smp_rules_contradict(const struct smp_protocol *protocol,
                          const struct smp_rule *a, const struct smp_rule *b);

#endif
