#include "ical/template.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "ical/form.h"
#include "ical/ready.h"
#include "ical/slot.h"

enum { DESCRIPTION_MAX = 4096 };

static bool
same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* The zone that an entry's lines name, or NULL. */
static const struct smp_zone *
zone_named(const struct smp_entry *entry, const struct smp_zone *zone,
           bool local)
{
    return local && entry->start.kind != SMP_DAY ? zone : NULL;
}

/* Whether all that does not vary is the same. */
static bool
is_for(const struct smp_template *t, const struct smp_entry *entry,
       const struct smp_zone *zone, bool local)
{
    const struct smp_entry *of = &t->of;

    return of->busy == entry->busy && of->rings == entry->rings &&
           of->alarm == entry->alarm && of->start.kind == entry->start.kind &&
           of->end.kind == entry->end.kind && t->local == local &&
           t->zone == zone_named(entry, zone, local) &&
           !of->related == !entry->related &&
           same_text(of->status, entry->status) &&
           same_text(of->category, entry->category) &&
           same_text(of->description, entry->description);
}

static uint64_t
hash_of(const struct smp_entry *entry, const struct smp_zone *zone, bool local)
{
    unsigned flags = (unsigned)entry->start.kind << 4 |
                     (unsigned)entry->busy << 3 | (unsigned)entry->rings << 2 |
                     (unsigned)(entry->related != NULL) << 1 |
                     (entry->status != NULL);
    uint64_t hash = flags ^ (uint64_t)(unsigned)entry->alarm << 8;

    hash ^= (uintptr_t)zone_named(entry, zone, local) + local;
    hash = smp_hash(entry->category, strlen(entry->category), hash);
    return smp_hash(entry->description, strlen(entry->description), hash);
}

static void
clear(struct smp_template *t)
{
    if (!t->lent) {
        smp_buf_release(&t->text);
        free((char *)t->of.description);
        free((char *)t->of.category);
        free((char *)t->of.status);
    }
    *t = (struct smp_template){0};
}

static bool
is_bound(enum smp_varying value)
{
    return value == SMP_VALUE_START || value == SMP_VALUE_END;
}

/* Cuts the model where the values are that vary; false: they are too many. */
static bool
cut(struct smp_template *t)
{
    const char *at = smp_buf_text(&t->text), *line, *end;
    bool alarm = false;

    t->count = 0;
    for (line = at; (end = strstr(line, "\r\n")); line = end + 2) {
        enum smp_varying value = smp_value_of(line, alarm);
        const char *colon = memchr(line, ':', (size_t)(end - line));

        alarm = alarm || strncmp(line, "BEGIN:VALARM", 12) == 0;
        if (value == SMP_VALUE_NONE || !colon)
            continue;
        if (t->count + 1 == SMP_PIECES_MAX)
            return false;
        t->pieces[t->count++] =
            (struct smp_cut){(size_t)(colon + 1 - at), value};
    }
    return t->count && t->pieces[0].value == SMP_VALUE_UID;
}

/* The model without its values, but for the bounds. */
static void
shorten(struct smp_template *t)
{
    struct smp_buf text = {0};
    size_t from = 0, i;

    for (i = 0; i < t->count; i++) {
        size_t end = t->pieces[i].end;

        smp_buf_add(&text, t->text.data + from, end - from);
        t->pieces[i].end = text.len;
        from = is_bound(t->pieces[i].value)
                   ? end
                   : end + strcspn(t->text.data + end, "\r");
    }
    smp_buf_add(&text, t->text.data + from, t->text.len - from);
    smp_buf_release(&t->text);
    t->text = text;
}

/* Whether a form of it writes an event as libical does. */
static bool
is_proved(struct smp_template *t, struct smp_forms *forms,
          const struct smp_entry *entry, const struct smp_zone *zone,
          const char *event, size_t n)
{
    struct smp_form form = {0};
    struct smp_buf proof = {0};
    bool ok;

    smp_form_fill(forms, &form, t, entry, zone);
    smp_form_put(forms, &form, &proof, entry, strlen(entry->uid));
    ok = proof.len == n && memcmp(proof.data, event, n) == 0;
    smp_form_release(&form);
    smp_buf_release(&proof);
    return ok;
}

/* Made from an entry, whose event is appended as libical writes it. */
static void
make(struct smp_template *t, struct smp_forms *forms, struct smp_buf *out,
     const struct smp_entry *entry, const struct smp_zone *zone, bool local,
     smp_event_writer *plain)
{
    struct smp_entry model = *entry;
    size_t before = out->len;

    clear(t);
    t->made = ++forms->made;
    t->of = *entry;
    t->of.description = smp_strdup(entry->description);
    t->of.category = smp_strdup(entry->category);
    t->of.status = entry->status ? smp_strdup(entry->status) : NULL;
    t->zone = zone_named(entry, zone, local);
    t->local = local;
    model.uid = model.summary = "x";
    model.name = NULL;
    if (model.related)
        model.related = "x";
    plain(&t->text, &model, zone, local);
    plain(out, entry, zone, local);
    if (!cut(t))
        return;
    shorten(t);
    t->usable =
        is_proved(t, forms, entry, zone, out->data + before, out->len - before);
}

/* One that was made with the library, or NULL. */
static struct smp_template *
take_ready(struct smp_slot *slot, struct smp_forms *forms)
{
    const struct smp_ready *ready = smp_ready_find(slot->hash);

    if (!ready)
        return NULL;
    if (slot->template)
        clear(slot->template);
    else
        slot->template = smp_calloc(1, sizeof *slot->template);
    smp_ready_lend(slot->template, ready);
    slot->template->made = ++forms->made;
    return slot->template;
}

/* The template of an entry, NULL: its event has been appended without. */
static const struct smp_template *
template_of(struct smp_templates *templates, struct smp_buf *out,
            const struct smp_entry *entry, const struct smp_zone *zone,
            bool local, smp_event_writer *plain)
{
    uint64_t hash = hash_of(entry, zone, local);
    struct smp_slot *slot = &templates->slots[hash % SMP_SLOTS];
    struct smp_template *t = slot->template;

    if (slot->hash != hash) {
        slot->hash = hash;
        t = take_ready(slot, templates->forms);
        if (t && is_for(t, entry, zone, local))
            return t;
        plain(out, entry, zone, local);
    } else if (!t || !is_for(t, entry, zone, local)) {
        if (!t)
            t = slot->template = smp_calloc(1, sizeof *t);
        make(t, templates->forms, out, entry, zone, local, plain);
    } else if (t->usable) {
        return t;
    } else {
        plain(out, entry, zone, local);
    }
    return NULL;
}

static bool
fits(const struct smp_entry *entry, const struct smp_zone *zone)
{
    return !entry->organizer.address && !entry->attendee.address &&
           smp_values_fit(entry, zone) &&
           strlen(entry->description) <= DESCRIPTION_MAX;
}

/* Whether its template is still the one that it was made of, and fits. */
static bool
is_of(const struct smp_form *form, const struct smp_entry *entry,
      const struct smp_zone *zone, bool local)
{
    const struct smp_template *t = form->from;

    return t && t->usable && t->made == form->made &&
           is_for(t, entry, zone, local);
}

/*
 * The form of an entry, NULL: its event has been appended without. What a
 * template needs is looked at here, but for the UID.
 */
static struct smp_form *
form_of(struct smp_templates *templates, struct smp_buf *out,
        const struct smp_entry *entry, const struct smp_zone *zone, bool local,
        smp_event_writer *plain)
{
    struct smp_forms *forms = templates->forms;
    struct smp_form *form = smp_form_place(forms, entry);
    const struct smp_template *t = form->from;
    bool its;

    if (smp_form_says(forms, form, entry, zone, local))
        return form;
    if (!fits(entry, zone)) {
        plain(out, entry, zone, local);
        return NULL;
    }
    its = is_of(form, entry, zone, local);
    if (!its)
        t = template_of(templates, out, entry, zone, local, plain);
    if (!t)
        return NULL;
    if (!its || !smp_form_take(forms, form, entry, zone))
        smp_form_fill(forms, form, t, entry, zone);
    return form;
}

/* Entries of one item mostly follow each other. */
void
smp_template_put(struct smp_templates *templates, struct smp_buf *out,
                 const struct smp_entry *entry, const struct smp_zone *zone,
                 bool local, smp_event_writer *plain)
{
    struct smp_forms *forms;
    struct smp_form *form;
    size_t n = strlen(entry->uid);

    if (!templates->slots)
        smp_templates_next(templates);
    forms = templates->forms;
    form = forms->last;
    if (!smp_uid_fits(entry, n)) {
        plain(out, entry, zone, local);
        return;
    }
    if (!form || !smp_form_says(forms, form, entry, zone, local))
        form = form_of(templates, out, entry, zone, local, plain);
    if (form)
        smp_form_put(forms, form, out, entry, n);
    forms->last = form;
}

void
smp_templates_next(struct smp_templates *templates)
{
    if (!templates->slots) {
        templates->slots = smp_calloc(SMP_SLOTS, sizeof *templates->slots);
        templates->forms = smp_calloc(1, sizeof *templates->forms);
        templates->entries = smp_calloc(1, sizeof *templates->entries);
    }
    templates->forms->client++;
}

void
smp_templates_release(struct smp_templates *templates)
{
    size_t i;

    for (i = 0; templates->slots && i < SMP_SLOTS; i++)
        if (templates->slots[i].template) {
            clear(templates->slots[i].template);
            free(templates->slots[i].template);
        }
    free(templates->slots);
    smp_buf_release(&templates->header_of);
    smp_buf_release(&templates->header);
    smp_forms_release(templates->forms);
    if (templates->entries)
        smp_entry_list_release(templates->entries);
    free(templates->entries);
    *templates = (struct smp_templates){0};
}
