#ifndef SMP_ICAL_SLOT_H
#define SMP_ICAL_SLOT_H

#include "ical/values.h"

/*
 * What a template consists of; for template.c, ready.c and the program that
 * makes the ready ones.
 */
enum { SMP_SLOTS = 512, SMP_PIECES_MAX = 16 };

struct smp_template {
    struct smp_entry of; /* with texts of its own: those it depends on */
    const struct smp_zone *zone;
    bool local, usable;
    bool lent; /* all its texts are constants */
    struct smp_buf text;
    struct smp_cut pieces[SMP_PIECES_MAX];
    size_t count;
    unsigned long made; /* a number of its own, new when it is made anew */
};

/* What comes once is not worth a template: of that, only the hash is kept. */
struct smp_slot {
    uint64_t hash;
    struct smp_template *template; /* or NULL */
};

#endif
