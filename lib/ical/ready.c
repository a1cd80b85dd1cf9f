#include "ical/ready.h"

#include <stdlib.h>

static int
compare_hash(const void *key, const void *ready)
{
    uint64_t hash = *(const uint64_t *)key;
    uint64_t other = ((const struct smp_ready *)ready)->hash;

    return (hash > other) - (hash < other);
}

const struct smp_ready *
smp_ready_find(uint64_t hash)
{
    return bsearch(&hash, smp_ready, smp_ready_count, sizeof *smp_ready,
                   compare_hash);
}

void
smp_ready_lend(struct smp_template *template, const struct smp_ready *ready)
{
    const char *texts = smp_ready_texts;
    size_t i;

    *template = (struct smp_template){
        .of = {.description = texts + ready->description,
               .category = texts + ready->category,
               .status = ready->status ? texts + ready->status : NULL,
               .related = ready->related ? "" : NULL,
               .start.kind = (enum smp_when_kind)ready->start,
               .end.kind = (enum smp_when_kind)ready->end,
               .busy = ready->busy,
               .rings = ready->rings,
               .alarm = ready->alarm},
        .text = {.data = (char *)(texts + ready->text), .len = ready->size},
        .usable = true,
        .lent = true,
        .count = ready->count,
    };
    for (i = 0; i < ready->count; i++)
        template->pieces[i] = (struct smp_cut){
            ready->pieces[i].end, (enum smp_varying)ready->pieces[i].value};
}
