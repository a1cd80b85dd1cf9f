#ifndef SMP_PROTOCOL_ACTIVITY_GRAPH_H
#define SMP_PROTOCOL_ACTIVITY_GRAPH_H

#include <stdbool.h>
#include <stddef.h>

struct smp_protocol;

/*
 * The graph of `is`: an activity is a kind of those that it names there, and of
 * "*". A rule on `wet` speaks of `swim`, if that is wet; a rule on `swim` says
 * nothing about `wet`. The graph of a protocol is made once, so that to compare
 * two rules is one pass over sets of activities. The protocol must outlive it.
 */

/* How often activities and rules mention an id: more than there are ids. */
size_t smp_activity_mentions(const struct smp_protocol *protocol);

struct smp_activity_graph *
smp_activity_graph_new(const struct smp_protocol *protocol);
void smp_activity_graph_free(struct smp_activity_graph *graph);

/*
 * An activity that is asked about, with all that it is a kind of, to compare
 * what two rules name for it. The graph must outlive it.
 */

struct smp_subject *smp_subject_new(const struct smp_activity_graph *graph,
                                    const char *activity);
void smp_subject_free(struct smp_subject *subject);

/*
 * The fewest steps of `is` from the activity to one that a rule speaks of, by
 * the rule's number in the protocol; SMP_NO_PATH if it speaks of none.
 */
enum { SMP_NO_PATH = -1 };

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
bool smp_rules_meet(struct smp_activity_graph *graph, size_t narrow,
                    size_t wide);

/* Whether one asks for what the other forbids. */
bool smp_rules_contradict(struct smp_activity_graph *graph, size_t a, size_t b);

#endif
