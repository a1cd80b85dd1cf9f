#ifndef SMP_WRITE_SLOT_H
#define SMP_WRITE_SLOT_H

#include "write/values.h"

/*
 * What a template consists of; for template.c, ready.c and the program that
 * makes the ready ones.
 */
enum { SMP_SLOTS = 512, SMP_PIECES_MAX = 16 };

/*
 * A piece of the model, and the value that comes after it. A bound stays in the
 * model, to be written over.
 */
struct smp_cut {
    size_t end; /* in the model's text */
    enum smp_varying value;
};

struct smp_template {
    struct smp_entry of; /* with texts of its own: those it depends on */
    const struct smp_zone *zone;
    bool local, usable;
    bool lent; /* all its texts are constants */
    struct smp_buf text;
    struct smp_cut pieces[SMP_PIECES_MAX];
    size_t count;
};

/* What comes once is not worth a template: then only its hash is kept. */
struct smp_slot {
    uint64_t hash;
    struct smp_template *template; /* or NULL */
};

#endif
