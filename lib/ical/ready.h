#ifndef SMP_ICAL_READY_H
#define SMP_ICAL_READY_H

#include "ical/ready_header.h"
#include "ical/slot.h"

/*
 * Templates made when the library is built (see src/install/ready.c), by the
 * same code as all others, of what a calendar of one session says in the
 * built-in protocol and its translations: so a client alone needs no libical.
 * They hold no address, so a program that wants none pays nothing for them.
 * One that says something else than an entry is not used for it.
 */
struct smp_ready {
    uint64_t hash;                          /* ascending, each once */
    uint32_t description, category, status; /* in the texts; status 0: none */
    uint32_t text, size;                    /* the model's */
    int32_t alarm;
    uint8_t start, end; /* enum smp_when_kind */
    uint8_t busy, rings, related, count;
    struct {
        uint16_t end;
        uint8_t value;
    } pieces[SMP_PIECES_MAX];
};

extern const struct smp_ready smp_ready[];
extern const size_t smp_ready_count;

/* The one of that hash, or NULL. */
const struct smp_ready *smp_ready_find(uint64_t hash);

/* Makes an empty template of it; its texts stay those of the table. */
void smp_ready_lend(struct smp_template *template,
                    const struct smp_ready *ready);

#endif
