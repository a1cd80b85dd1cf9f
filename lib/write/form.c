#include "write/form.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct smp_form *
smp_form_place(struct smp_forms *forms, const struct smp_entry *entry)
{
    uint64_t texts = (uint64_t)(uintptr_t)entry->description ^
                     (uint64_t)(uintptr_t)entry->summary << 1 ^
                     (uint64_t)entry->start.kind;

    size_t i = (texts * UINT64_C(0x9e3779b97f4a7c15) >> 32) % SMP_FORMS;

    if (!forms->of[i])
        forms->of[i] = smp_calloc(1, sizeof *forms->of[i]);
    return forms->of[i];
}

bool
smp_form_is_for(const struct smp_forms *forms, const struct smp_form *form,
                const struct smp_entry *entry, const struct smp_zone *zone,
                bool local)
{
    const struct smp_entry *of = &form->of;

    return form->client == forms->client && form->zone == zone &&
           form->local == local && of->summary == entry->summary &&
           of->description == entry->description &&
           of->category == entry->category && of->status == entry->status &&
           of->related == entry->related && of->modified == entry->modified &&
           of->sequence == entry->sequence && of->busy == entry->busy &&
           of->rings == entry->rings && of->alarm == entry->alarm &&
           of->start.kind == entry->start.kind &&
           of->end.kind == entry->end.kind;
}

void
smp_form_put(struct smp_forms *forms, const struct smp_form *form,
             struct smp_buf *out, const struct smp_entry *entry, size_t n)
{
    size_t rest = form->text.len - form->uid;
    char *at;

    smp_buf_reserve(out, form->text.len + n);
    at = out->data + out->len;
    memcpy(at, form->text.data, form->uid);
    at += form->uid;
    memcpy(at, entry->uid, n);
    at += n;
    memcpy(at, form->text.data + form->uid, rest + 1); /* with its NUL */
    smp_bound_write(at + form->start, &forms->dates, entry->start, entry->from,
                    form->local);
    smp_bound_write(at + form->end, &forms->dates, entry->end, entry->until,
                    form->local);
    out->len += form->text.len + n;
}

void
smp_forms_release(struct smp_forms *forms)
{
    size_t i;

    for (i = 0; forms && i < SMP_FORMS; i++)
        if (forms->of[i]) {
            smp_buf_release(&forms->of[i]->text);
            free(forms->of[i]);
        }
    free(forms);
}
