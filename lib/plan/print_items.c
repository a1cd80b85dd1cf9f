#include <stdint.h>
#include <string.h>

#include "json/json.h"
#include "plan/printing.h"

static change
put_instants(struct smp_buf *out, const struct smp_item *item)
{
    size_t i;

    if (!item->at_count)
        return SMP_JSON_DROP;
    for (i = 0; i < item->at_count; i++) {
        smp_buf_putc(out, i ? ',' : '[');
        smp_printing_instant(out, item->at[i]);
    }
    smp_buf_putc(out, ']');
    return SMP_JSON_PUT;
}

FIELD(item_uid, smp_item, smp_printing_text(out, it->uid))
FIELD(item_rule, smp_item, smp_printing_text(out, it->rule))
FIELD(item_phase, smp_item, smp_printing_text(out, smp_phase_names[it->phase]))
FIELD(item_verb, smp_item, smp_printing_text(out, smp_verb_names[it->verb]))
FIELD(item_what, smp_item, smp_printing_strings(out, &it->what))
FIELD(item_session, smp_item, smp_printing_int(out, it->session))
FIELD(item_title, smp_item, smp_printing_text(out, it->title))
FIELD(item_text, smp_item, smp_printing_text(out, it->text))
FIELD(item_start, smp_item, smp_printing_when(out, it->start))
FIELD(item_start_latest, smp_item, smp_printing_when(out, it->start_latest))
FIELD(item_start_on, smp_item, smp_printing_text(out, it->start_on))
FIELD(item_end_earliest, smp_item, smp_printing_when(out, it->end_earliest))
FIELD(item_end, smp_item, smp_printing_when(out, it->end))
FIELD(item_end_on, smp_item, smp_printing_text(out, it->end_on))
FIELD(item_every, smp_item, smp_printing_text(out, it->every))
FIELD(item_at, smp_item, put_instants(out, it))

/* Each has a uid, so that a comma comes before all that follows it. */
static const struct smp_json_field item_fields[] = {
    SMP_JSON_FIELD("uid", put_item_uid),
    SMP_JSON_FIELD("rule", put_item_rule),
    SMP_JSON_FIELD("phase", put_item_phase),
    SMP_JSON_FIELD("verb", put_item_verb),
    SMP_JSON_FIELD("what", put_item_what),
    SMP_JSON_FIELD("session", put_item_session),
    SMP_JSON_FIELD("title", put_item_title),
    SMP_JSON_FIELD("text", put_item_text),
    SMP_JSON_FIELD("start", put_item_start),
    SMP_JSON_FIELD("startLatest", put_item_start_latest),
    SMP_JSON_FIELD("startOn", put_item_start_on),
    SMP_JSON_FIELD("endEarliest", put_item_end_earliest),
    SMP_JSON_FIELD("end", put_item_end),
    SMP_JSON_FIELD("endOn", put_item_end_on),
    SMP_JSON_FIELD("every", put_item_every),
    SMP_JSON_FIELD("at", put_item_at),
};

/*
 * What the items of one rule say is the same for each session: it is written
 * for the first of them, and for the others copied from there, a few tens of
 * octets on. These are the runs of fields that say it, and those between.
 */
static const struct run {
    size_t first, count;
    bool is_said; /* of the rule, not of the session */
} runs[] = {
    {0, 1, false}, {1, 4, true}, {5, 1, false}, {6, 2, true}, {8, 8, false},
};

_Static_assert(COUNT(item_fields) == 8 + 8, "all fields are in the runs");

/* Where what an item says was written. */
struct said {
    const struct smp_item *item; /* NULL: none */
    size_t at[COUNT(runs)], end[COUNT(runs)];
};

enum { RULES = 64 }; /* one that takes the place of another is written again */

static struct said *
said_by(struct said *all, const struct smp_item *item)
{
    return &all[(uintptr_t)item->rule / sizeof(void *) % RULES];
}

/* The same texts at other places are as good as others. */
static bool
says_the_same(const struct smp_item *a, const struct smp_item *b)
{
    return a->rule == b->rule && a->phase == b->phase && a->verb == b->verb &&
           a->what.at == b->what.at && a->what.count == b->what.count &&
           a->title == b->title && a->text == b->text;
}

static void
put_again(struct smp_buf *out, size_t at, size_t end)
{
    char *to = smp_buf_room(out, end - at);

    memcpy(to, out->data + at, end - at);
    smp_buf_end(out, to + (end - at));
}

static void
put_new_item(struct smp_buf *out, const struct smp_item *item,
             struct said *said)
{
    bool again = said->item && says_the_same(said->item, item);
    size_t start, i;

    smp_buf_putc(out, '{');
    start = out->len;
    for (i = 0; i < COUNT(runs); i++) {
        if (again && runs[i].is_said) {
            put_again(out, said->at[i], said->end[i]);
            continue;
        }
        if (!again)
            said->at[i] = out->len;
        smp_json_put_fields(out, start, item_fields + runs[i].first,
                            runs[i].count, item);
        if (!again)
            said->end[i] = out->len;
    }
    smp_buf_putc(out, '}');
    said->item = item;
}

/* One that was read is passed on as it came. */
static void
put_item(struct smp_buf *out, const struct smp_item *item, const cJSON *old,
         struct said *said)
{
    if (cJSON_IsObject(old))
        smp_json_pass_on(out, old);
    else
        put_new_item(out, item, said_by(said, item));
}

change
smp_printing_items(struct smp_buf *out, const struct smp_plan *plan,
                   const cJSON *old)
{
    struct elements elements = {.array = old};
    struct said said[RULES];
    size_t i;

    if (!old && !plan->item_count && !plan->care[SMP_PRE] &&
        !plan->care[SMP_POST])
        return SMP_JSON_DROP;
    for (i = 0; i < RULES; i++)
        said[i].item = NULL;
    smp_buf_putc(out, '[');
    for (i = 0; i < plan->item_count; i++) {
        if (i)
            smp_buf_putc(out, ',');
        put_item(out, &plan->items[i],
                 smp_printing_element(&elements, plan->items[i].source), said);
    }
    smp_buf_putc(out, ']');
    return SMP_JSON_PUT;
}
