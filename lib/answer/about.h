#ifndef SMP_ANSWER_ABOUT_H
#define SMP_ANSWER_ABOUT_H

#include "protocol/protocol.h"

/*
 * Which rules are about which activities: about those they name, and about
 * those that have no rule of their own but are, within SMP_ABOUT_STEPS steps of
 * `is`, something that a rule names, by way of others that have none. All are
 * looked up once. The protocol is to outlive it.
 */
enum { SMP_ABOUT_STEPS = 8 };

struct smp_about;

struct smp_about *smp_about_new(const struct smp_protocol *protocol);
void smp_about_free(struct smp_about *about);

/* Whether a rule is about an activity, by their numbers. */
bool smp_about_is(const struct smp_about *about, size_t rule, size_t activity);

/* Whether any rule is. */
bool smp_about_any(const struct smp_about *about, size_t activity);

#endif
