#include "write/template.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "write/values.h"

enum { SLOTS = 512, DESCRIPTION_MAX = 4096, PIECES_MAX = 16 };

/* A piece of the model, and the value that comes after it. */
struct piece {
    size_t end; /* in the model's text */
    enum smp_value value;
};

struct smp_template {
    uint64_t hash;
    struct smp_entry of; /* with texts of its own: those it depends on */
    const struct smp_zone *zone;
    bool local, usable;
    struct smp_buf text;
    struct piece pieces[PIECES_MAX];
    size_t count;
};

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
    smp_buf_release(&t->text);
    free((char *)t->of.description);
    free((char *)t->of.category);
    free((char *)t->of.status);
    *t = (struct smp_template){0};
}

/* Cuts the model where the values are that vary. */
static void
cut(struct smp_template *t)
{
    const char *at = smp_buf_text(&t->text), *line, *end;
    bool alarm = false;

    t->count = 0;
    t->usable = true;
    for (line = at; (end = strstr(line, "\r\n")); line = end + 2) {
        enum smp_value value = smp_value_of(line, alarm);
        const char *colon = memchr(line, ':', (size_t)(end - line));

        alarm = alarm || strncmp(line, "BEGIN:VALARM", 12) == 0;
        if (value == SMP_VALUE_NONE || !colon)
            continue;
        if (t->count + 1 == PIECES_MAX)
            t->usable = false;
        else
            t->pieces[t->count++] =
                (struct piece){(size_t)(colon + 1 - at), value};
    }
}

static void
render(const struct smp_template *t, struct smp_buf *out,
       const struct smp_entry *entry, const struct smp_zone *zone)
{
    size_t from = 0, i;

    for (i = 0; i < t->count; i++) {
        smp_buf_add(out, t->text.data + from, t->pieces[i].end - from);
        smp_value_put(out, t->pieces[i].value, entry, zone, t->local);
        from = t->pieces[i].end + 1; /* the model's values have one octet */
    }
    smp_buf_add(out, t->text.data + from, t->text.len - from);
}

/* The text with one octet for each value: what stands in for it. */
static void
shorten(struct smp_template *t)
{
    struct smp_buf text = {0};
    size_t from = 0, i;

    for (i = 0; i < t->count; i++) {
        size_t end = t->pieces[i].end;

        smp_buf_add(&text, t->text.data + from, end - from);
        t->pieces[i].end = text.len;
        smp_buf_putc(&text, '?');
        from = end + strcspn(t->text.data + end, "\r");
    }
    smp_buf_add(&text, t->text.data + from, t->text.len - from);
    smp_buf_release(&t->text);
    t->text = text;
}

/* Made from an entry, whose event is appended as libical writes it. */
static void
make(struct smp_template *t, struct smp_buf *out, const struct smp_entry *entry,
     const struct smp_zone *zone, bool local, smp_event_writer *plain)
{
    struct smp_entry model = *entry;
    struct smp_buf proof = {0};
    size_t before = out->len;

    clear(t);
    t->of = *entry;
    t->of.description = smp_strdup(entry->description);
    t->of.category = smp_strdup(entry->category);
    t->of.status = entry->status ? smp_strdup(entry->status) : NULL;
    t->zone = zone_named(entry, zone, local);
    t->local = local;
    model.uid = model.summary = "x";
    if (model.related)
        model.related = "x";
    plain(&t->text, &model, zone, local);
    cut(t);
    if (t->usable)
        shorten(t);
    plain(out, entry, zone, local);
    render(t, &proof, entry, zone);
    t->usable = t->usable && proof.len == out->len - before &&
                memcmp(proof.data, out->data + before, proof.len) == 0;
    smp_buf_release(&proof);
}

void
smp_template_put(struct smp_templates *templates, struct smp_buf *out,
                 const struct smp_entry *entry, const struct smp_zone *zone,
                 bool local, smp_event_writer *plain)
{
    struct smp_template *t;
    uint64_t hash;

    if (entry->organizer.address || entry->attendee.address ||
        !smp_values_fit(entry, zone) ||
        strlen(entry->description) > DESCRIPTION_MAX) {
        plain(out, entry, zone, local);
        return;
    }
    if (!templates->slots)
        templates->slots = smp_calloc(SLOTS, sizeof *templates->slots);
    hash = hash_of(entry, zone, local);
    t = &templates->slots[hash % SLOTS];
    if (t->hash != hash) { /* what comes once is not worth a template */
        t->hash = hash;
        plain(out, entry, zone, local);
    } else if (!t->text.len || !is_for(t, entry, zone, local)) {
        make(t, out, entry, zone, local, plain);
        t->hash = hash;
    } else if (t->usable) {
        render(t, out, entry, zone);
    } else {
        plain(out, entry, zone, local);
    }
}

void
smp_templates_release(struct smp_templates *templates)
{
    size_t i;

    for (i = 0; templates->slots && i < SLOTS; i++)
        clear(&templates->slots[i]);
    free(templates->slots);
    templates->slots = NULL;
}
