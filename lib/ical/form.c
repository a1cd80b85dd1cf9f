#include "ical/form.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"

struct smp_form *
smp_form_place(struct smp_forms *forms, const struct smp_entry *entry)
{
    uint64_t kind = (uint64_t)entry->start.kind, hash;
    size_t n = strlen(entry->summary), i = 0;

    if (!entry->name || strlen(entry->name) + n <= SMP_SUMMARY_MAX) {
        hash = smp_hash(entry->summary, n,
                        kind << 32 | strlen(entry->description));
        i = 1 + (size_t)(hash >> 32) % (SMP_FORMS - 1);
    }
    if (!forms->of[i])
        forms->of[i] = smp_calloc(1, sizeof *forms->of[i]);
    return forms->of[i];
}

bool
smp_form_says(const struct smp_forms *forms, const struct smp_form *form,
              const struct smp_entry *entry, const struct smp_zone *zone,
              bool local)
{
    const struct smp_entry *of = &form->of;

    return form->client == forms->client && form->zone == zone &&
           form->local == local && of->name == entry->name &&
           of->summary == entry->summary &&
           of->description == entry->description &&
           of->category == entry->category && of->status == entry->status &&
           of->related == entry->related && of->modified == entry->modified &&
           of->sequence == entry->sequence && of->busy == entry->busy &&
           of->rings == entry->rings && of->alarm == entry->alarm &&
           of->start.kind == entry->start.kind &&
           of->end.kind == entry->end.kind;
}

/* The name, escaped, which a client's entries share; NULL: it cannot be. */
static const struct smp_buf *
escaped_name(struct smp_forms *forms, const char *name)
{
    static const struct smp_buf none = {0};

    if (!name)
        return &none;
    if (forms->name_client != forms->client || forms->name_of != name) {
        forms->name_client = forms->client;
        forms->name_of = name;
        smp_buf_cut(&forms->name, 0);
        forms->name_fits = smp_text_put(&forms->name, name);
    }
    return forms->name_fits ? &forms->name : NULL;
}

static bool
fits_a_line(struct smp_forms *forms, const char *name, size_t title)
{
    const struct smp_buf *escaped = escaped_name(forms, name);

    return escaped && escaped->len + title <= SMP_SUMMARY_MAX;
}

static void
use(const struct smp_forms *forms, struct smp_form *form,
    const struct smp_entry *entry, const struct smp_zone *zone)
{
    form->client = forms->client;
    form->of = *entry;
    form->zone = zone;
    form->related = entry->related ? strlen(entry->related) : 0;
}

bool
smp_form_take(struct smp_forms *forms, struct smp_form *form,
              const struct smp_entry *entry, const struct smp_zone *zone)
{
    if (form->of.modified != entry->modified ||
        form->of.sequence != entry->sequence ||
        (form->folded ? form->of.name || entry->name
                      : !fits_a_line(forms, entry->name, form->title_size)) ||
        strcmp(smp_buf_text(&form->title), entry->summary) != 0)
        return false;
    use(forms, form, entry, zone);
    return true;
}

static void
open_for(struct smp_form *form, enum smp_varying value)
{
    form->open[form->open_count++] = (struct smp_cut){form->text.len, value};
}

/* A summary: the title of all, after a name that is put in, or both folded. */
static void
put_summary(struct smp_form *form, enum smp_varying value,
            const struct smp_entry *entry)
{
    if (form->folded) {
        smp_summary_put(&form->text, value, entry);
        return;
    }
    open_for(form, SMP_VALUE_SUMMARY);
    smp_text_put(&form->text, smp_buf_text(&form->title));
}

static void
fill_value(struct smp_form *form, struct smp_dates *dates,
           enum smp_varying value, const struct smp_entry *entry)
{
    switch (value) {
    case SMP_VALUE_UID:
    case SMP_VALUE_RELATED:
        open_for(form, value);
        break;
    case SMP_VALUE_START:
        form->start = form->text.len - form->open[0].end;
        break;
    case SMP_VALUE_END:
        form->end = form->text.len - form->open[0].end;
        break;
    case SMP_VALUE_SUMMARY:
    case SMP_VALUE_ALARM:
        put_summary(form, value, entry);
        break;
    case SMP_VALUE_STAMP:
        smp_stamp_put(&form->text, dates, entry->modified);
        break;
    case SMP_VALUE_SEQUENCE:
        smp_buf_digits(&form->text, entry->sequence);
        break;
    case SMP_VALUE_NONE:
        break;
    }
}

static void
keep_title(struct smp_forms *forms, struct smp_form *form,
           const struct smp_entry *entry)
{
    struct smp_buf escaped = {0};
    bool fits = smp_text_put(&escaped, entry->summary);

    form->folded =
        !fits || !escaped.len || !fits_a_line(forms, entry->name, escaped.len);
    form->title_size = escaped.len;
    smp_buf_cut(&form->title, 0);
    smp_buf_puts(&form->title, entry->summary);
    smp_buf_release(&escaped);
}

void
smp_form_fill(struct smp_forms *forms, struct smp_form *form,
              const struct smp_template *from, const struct smp_entry *entry,
              const struct smp_zone *zone)
{
    size_t done = 0, i;

    form->from = from;
    form->made = from->made;
    form->local = from->local;
    form->open_count = 0;
    smp_buf_cut(&form->text, 0);
    keep_title(forms, form, entry);
    use(forms, form, entry, zone);
    for (i = 0; i < from->count; i++) {
        const struct smp_cut *piece = &from->pieces[i];

        smp_buf_add(&form->text, from->text.data + done, piece->end - done);
        fill_value(form, &forms->dates, piece->value, entry);
        done = piece->end;
    }
    smp_buf_add(&form->text, from->text.data + done, from->text.len - done);
}

static char *
put(char *at, const char *bytes, size_t n)
{
    memcpy(at, bytes, n);
    return at + n;
}

void
smp_form_put(struct smp_forms *forms, const struct smp_form *form,
             struct smp_buf *out, const struct smp_entry *entry, size_t n)
{
    const struct smp_buf *name = escaped_name(forms, entry->name);
    const char *from = form->text.data;
    size_t name_size = form->folded ? 0 : name->len;
    size_t done = 0, i, most = 2 * name_size + form->related + n;
    char *at = smp_buf_room(out, form->text.len + most), *bounds = at;

    for (i = 0; i < form->open_count; i++) {
        const struct smp_cut *open = &form->open[i];

        at = put(at, from + done, open->end - done);
        done = open->end;
        if (open->value == SMP_VALUE_UID)
            bounds = at = put(at, entry->uid, n);
        else if (open->value == SMP_VALUE_RELATED)
            at = put(at, entry->related, form->related);
        else if (name_size)
            at = put(at, name->data, name_size);
    }
    at = put(at, from + done, form->text.len - done);
    smp_bound_write(bounds + form->start, &forms->dates, entry->start,
                    entry->from, form->local);
    smp_bound_write(bounds + form->end, &forms->dates, entry->end, entry->until,
                    form->local);
    smp_buf_end(out, at);
}

void
smp_form_release(struct smp_form *form)
{
    smp_buf_release(&form->title);
    smp_buf_release(&form->text);
}

void
smp_forms_release(struct smp_forms *forms)
{
    size_t i;

    for (i = 0; forms && i < SMP_FORMS; i++)
        if (forms->of[i]) {
            smp_form_release(forms->of[i]);
            free(forms->of[i]);
        }
    if (forms)
        smp_buf_release(&forms->name);
    free(forms);
}
