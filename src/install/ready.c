#include "install/ready.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "care/care.h"
#include "protocol/words.h"
#include "tool/product.h"
#include "ical/event.h"
#include "ical/ready.h"
#include "ical/template.h"

/*
 * What one client's calendar says, each entry written twice, so that a template
 * is made of it: with care before, after or both, by stretches, or by rules and
 * at clock times. What depends on the day, or on a plan of several sessions,
 * may be missing: it is made when it is needed.
 */
const struct smp_ready smp_ready[] = {{.hash = 0}}; /* not made yet */
const size_t smp_ready_count = 0;
const struct smp_ready_header smp_ready_headers[] = {{.of = 0}};
const size_t smp_ready_header_count = 0;
const char smp_ready_texts[] = "";

static struct {
    struct smp_ready *at;
    size_t count, room;
    struct smp_ready_header *headers;
    size_t header_count, header_room;
    struct smp_buf texts;
} all;

static uint32_t
add_text(const char *text, size_t n)
{
    size_t at = all.texts.len;

    smp_buf_add(&all.texts, text, n);
    smp_buf_putc(&all.texts, '\0');
    return (uint32_t)at;
}

static bool
is_known(uint64_t hash)
{
    size_t i;

    for (i = 0; i < all.count; i++)
        if (all.at[i].hash == hash)
            return true;
    return false;
}

static void
add(const struct smp_slot *slot)
{
    const struct smp_template *t = slot->template;
    const struct smp_entry *of = &t->of;
    struct smp_ready *ready;
    size_t i;

    all.at = smp_grow(all.at, all.count, &all.room, sizeof *all.at);
    ready = &all.at[all.count++];
    *ready = (struct smp_ready){
        .hash = slot->hash,
        .description = add_text(of->description, strlen(of->description)),
        .category = add_text(of->category, strlen(of->category)),
        .status = of->status ? add_text(of->status, strlen(of->status)) : 0,
        .text = add_text(t->text.data, t->text.len),
        .size = (uint32_t)t->text.len,
        .alarm = of->alarm,
        .start = (uint8_t)of->start.kind,
        .end = (uint8_t)of->end.kind,
        .busy = of->busy,
        .rings = of->rings,
        .related = of->related != NULL,
        .count = (uint8_t)t->count,
    };
    for (i = 0; i < t->count; i++) {
        ready->pieces[i].end = (uint16_t)t->pieces[i].end;
        ready->pieces[i].value = (uint8_t)t->pieces[i].value;
    }
}

static void
add_all(const struct smp_templates *templates)
{
    size_t i;

    for (i = 0; i < SMP_SLOTS; i++) {
        const struct smp_slot *slot = &templates->slots[i];

        if (slot->template && slot->template->usable &&
            slot->template->text.len < UINT16_MAX && !is_known(slot->hash))
            add(slot);
    }
}

/* One for itself, so that it is in no other one's place. */
static void
gather_entry(const struct smp_entry *entry, const struct smp_zone *zone)
{
    struct smp_templates templates = {0};
    struct smp_buf out = {0};

    smp_template_put(&templates, &out, entry, zone, false, smp_event_put);
    smp_template_put(&templates, &out, entry, zone, false, smp_event_put);
    add_all(&templates);
    smp_templates_release(&templates);
    smp_buf_release(&out);
}

/* With whom to ask, too: what comes first of a day says it, which UIDs tell. */
static void
gather_entries(struct smp_plan *plan, const struct smp_protocol *protocol,
               const struct smp_calendar_options *options)
{
    struct smp_entry_list list = {0};
    struct smp_buf text = {0};
    struct smp_zone_near near = {0};
    size_t i;

    smp_entries(plan, protocol, options, false, &list);
    for (i = 0; i < list.count; i++) {
        struct smp_entry *entry = list.order[i].entry;

        smp_event_settle(entry, plan->zone, &near);
        gather_entry(entry, plan->zone);
        smp_buf_cut(&text, 0);
        smp_buf_puts(&text, entry->description);
        smp_buf_puts(&text, "\n\n");
        smp_words_caution(&text, protocol);
        entry->description = smp_buf_text(&text);
        if (i && !entry->opens_care)
            gather_entry(entry, plan->zone);
    }
    smp_buf_release(&text);
    smp_entry_list_release(&list);
}

static void
add_header(const struct smp_buf *of, const struct smp_buf *header)
{
    struct smp_ready_header *ready;
    size_t i;

    for (i = 0; i < all.header_count; i++)
        if (all.headers[i].of_size == of->len &&
            memcmp(all.texts.data + all.headers[i].of, of->data, of->len) == 0)
            return;
    all.headers = smp_grow(all.headers, all.header_count, &all.header_room,
                           sizeof *all.headers);
    ready = &all.headers[all.header_count++];
    ready->of = add_text(of->data, of->len);
    ready->of_size = (uint32_t)of->len;
    ready->text = add_text(header->data, header->len);
    ready->size = (uint32_t)header->len;
}

/* What is in force around a session, in a zone that needs no file. */
static void
gather(const struct smp_protocol *protocol, const struct smp_zone *zone,
       struct smp_when start, bool by_rule, unsigned phases)
{
    struct smp_calendar_options options = {.by_rule = by_rule,
                                           .timed = by_rule,
                                           .product = SMP_PRODUCT,
                                           .zone = zone};
    struct smp_templates templates = {0};
    struct smp_plan plan = {0};
    struct smp_buf out = {0};
    struct smp_session *session = smp_plan_add_session(&plan);

    plan.id = "";
    plan.zone = zone;
    session->number = 1;
    session->start = start;
    if (phases & 1)
        smp_care_add(&plan, protocol, SMP_PRE, false);
    if (phases & 2)
        smp_care_add(&plan, protocol, SMP_POST, false);
    gather_entries(&plan, protocol, &options);
    smp_write_feed(&out, &plan, protocol, &options, &templates);
    add_header(&templates.header_of, &templates.header);
    smp_templates_release(&templates);
    smp_buf_release(&out);
    smp_plan_release(&plan);
}

void
ready_gather(const struct smp_protocol *protocol)
{
    const int32_t day = smp_day_of(2026, 12, 1);
    const int64_t ten = (int64_t)day * SMP_DAY_SECONDS + 10 * 3600;
    struct smp_zones zones = {"", NULL};
    const struct smp_zone *zone = smp_zones_add(&zones, "GMT0", 0, NULL, 0);
    unsigned phases;

    for (phases = 1; phases <= 3; phases++) {
        gather(protocol, zone, smp_when_local(ten), false, phases);
        gather(protocol, zone, smp_when_local(ten), true, phases);
        gather(protocol, zone, smp_when_day(day), false, phases);
        gather(protocol, zone, smp_when_day(day), true, phases);
    }
    smp_zones_release(&zones);
}

static int
compare_hashes(const void *a, const void *b)
{
    const struct smp_ready *one = a, *other = b;

    return (one->hash > other->hash) - (one->hash < other->hash);
}

static void
write_one(const struct smp_ready *r)
{
    size_t i;

    printf("{UINT64_C(%#llx), %u, %u, %u, %u, %u, %d, %u, %u, %u, %u, %u, "
           "%u,\n{",
           (unsigned long long)r->hash, (unsigned)r->description,
           (unsigned)r->category, (unsigned)r->status, (unsigned)r->text,
           (unsigned)r->size, (int)r->alarm, r->start, r->end, r->busy,
           r->rings, r->related, r->count);
    for (i = 0; i < SMP_PIECES_MAX; i++)
        printf("{%u, %u},", r->pieces[i].end, r->pieces[i].value);
    puts("}},");
}

static void
write_texts(void)
{
    size_t i;

    puts("const char smp_ready_texts[] = {");
    for (i = 0; i < all.texts.len; i++)
        printf("(char)%u,%s", (unsigned char)all.texts.data[i],
               i % 16 == 15 ? "\n" : "");
    puts("0};");
}

void
ready_write(void)
{
    size_t i;

    qsort(all.at, all.count, sizeof *all.at, compare_hashes);
    puts("#include \"ical/ready.h\"");
    write_texts();
    puts("const struct smp_ready smp_ready[] = {");
    for (i = 0; i < all.count; i++)
        write_one(&all.at[i]);
    printf("{0}};\nconst size_t smp_ready_count = %zu;\n", all.count);
    puts("const struct smp_ready_header smp_ready_headers[] = {");
    for (i = 0; i < all.header_count; i++)
        printf("{%u, %u, %u, %u},\n", (unsigned)all.headers[i].of,
               (unsigned)all.headers[i].of_size, (unsigned)all.headers[i].text,
               (unsigned)all.headers[i].size);
    printf("{0}};\nconst size_t smp_ready_header_count = %zu;\n",
           all.header_count);
    free(all.at);
    free(all.headers);
    smp_buf_release(&all.texts);
}
