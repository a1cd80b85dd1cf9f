#ifndef SMP_CARE_CASES_H
#define SMP_CARE_CASES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct smp_plan;
struct smp_sessions;

/*
 * All cases that make a difference to some rules of a protocol, as plans. The
 * bounds of rules are finitely many, so time between two sessions falls into
 * finitely many gaps, and only one gap of each kind has to be tried. cases.c
 * explains which are, and why they are enough.
 *
 * Sessions are in UTC; the first one of a plan is on 1 December 2026.
 */
enum {
    SMP_CASES_SESSIONS_MAX = 3, /* of a plan at most */
    SMP_CASES_TAGS_MAX = 5,     /* whose every combination is tried */
    SMP_CASES_DAYS_MAX = 200,   /* bounds, or gaps, or dates of healing */
};

struct smp_cases {
    const struct smp_protocol *protocol;
    const struct smp_rule **rules; /* the caller's: those that matter */
    size_t rule_count;
    bool stated_gaps; /* only series whose every gap the protocol states */
    /* What is left: each case costs a unit a rule and session. */
    unsigned long *work;

    /*
     * Called with each plan and its sessions; both are gone after it returns.
     * False ends the search.
     */
    bool (*visit)(void *context, const struct smp_plan *plan,
                  const struct smp_sessions *sessions);
    void *context;
};

/*
 * False if not all cases can be visited: the rules have more tags or bounds
 * than are tried, or the work is used up. True if a visit ended it.
 */
bool smp_cases_visit(const struct smp_cases *cases);

/* Takes units of work; false if not enough is left, and then none is. */
bool smp_cases_work(const struct smp_cases *cases, size_t units);

/*
 * The local times at which a verdict about the rules may change in a case,
 * ascending: written to *times, which grows by smp_grow(). Returns how many.
 */
size_t smp_cases_times(const struct smp_cases *cases,
                       const struct smp_sessions *sessions, int64_t **times,
                       size_t *room);

#endif
