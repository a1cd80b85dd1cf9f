#ifndef SMP_PROTOCOL_KINDS_H
#define SMP_PROTOCOL_KINDS_H

#include "protocol/protocol.h"

/*
 * Activities are kinds of others through `is`: a rule on `wet` speaks of
 * `swim`, one on `swim` says nothing about `wet`. All are kinds of "*". All of
 * a protocol's kinds are looked up once, so that to compare any two rules is
 * one pass over sets of activities. The protocol is to outlive them.
 */
struct smp_kinds;

/* How often activities and rules mention an id: more than there are ids. */
size_t smp_kinds_mentions(const struct smp_protocol *protocol);

struct smp_kinds *smp_kinds_new(const struct smp_protocol *protocol);
void smp_kinds_free(struct smp_kinds *kinds);

/*
 * An activity that is asked about, with all that it is a kind of, to compare
 * what two rules name for it. The kinds are to outlive it.
 */
struct smp_subject;

struct smp_subject *smp_subject_new(const struct smp_kinds *kinds,
                                    const char *activity);
void smp_subject_free(struct smp_subject *subject);

/*
 * The fewest steps of `is` from the activity to one that a rule speaks of, by
 * the rule's number in the protocol; SMP_NO_KIND if it speaks of none.
 */
enum { SMP_NO_KIND = -1 };

int smp_subject_distance(const struct smp_subject *subject, size_t rule);

/*
 * Of two rules that speak of the subject: whether one of the activities that
 * the first names for it is narrower than each that the second names
 * (SMP_KIN_NARROWER), or the same or narrower (SMP_KIN_SAME). Narrower means a
 * kind of, and not the same.
 */
enum smp_kin { SMP_KIN_NONE, SMP_KIN_SAME, SMP_KIN_NARROWER };

enum smp_kin smp_subject_compare(struct smp_subject *subject, size_t first,
                                 size_t second);

/*
 * Of two rules of the protocol, by their numbers: whether something the narrow
 * one speaks of is spoken of by the wide one.
 */
bool smp_kinds_meet(struct smp_kinds *kinds, size_t narrow, size_t wide);

/* Whether one asks for what the other forbids. */
bool smp_kinds_contradict(struct smp_kinds *kinds, size_t a, size_t b);

#endif
