#include "plan/reading.h"

#include <string.h>

#include "json/json.h"

/* The members of an item, in the order in which they are written. */
enum member {
    UID,
    RULE,
    PHASE,
    VERB,
    WHAT,
    SESSION,
    TITLE,
    TEXT,
    START,
    START_LATEST,
    START_ON,
    END_EARLIEST,
    END,
    END_ON,
    EVERY,
    AT,
    MEMBERS
};

static const char *const names[MEMBERS] = {
    "uid",   "rule",  "phase", "verb",        "what",    "session",
    "title", "text",  "start", "startLatest", "startOn", "endEarliest",
    "end",   "endOn", "every", "at",
};

static void
read_instants(struct reading *r, const struct smp_place *at,
              struct smp_item *item)
{
    const cJSON *element;

    if (!smp_json_is_array(r->json, at))
        return;
    item->at =
        smp_arena_alloc(&r->plan->arena, (size_t)cJSON_GetArraySize(at->value) *
                                             sizeof *item->at);
    cJSON_ArrayForEach (element, at->value) {
        struct smp_place one = smp_place_child(at, element, item->at_count);
        struct smp_when when = {0};
        struct smp_err err = {0};

        if (!cJSON_IsString(element) ||
            !smp_when_parse(element->valuestring, &when, &err) ||
            when.kind != SMP_INSTANT)
            smp_reading_reject(r, &one, "an instant is wanted");
        else if (item->at_count && when.seconds <= item->at[item->at_count - 1])
            smp_reading_reject(r, &one, "not later than the one before");
        item->at[item->at_count++] = when.seconds;
        smp_err_release(&err);
    }
}

static void
require(struct reading *r, const struct smp_place *member)
{
    if (!member->value)
        smp_reading_reject(r, member, "missing");
}

static bool
is_after(struct smp_when a, struct smp_when b)
{
    return a.kind != SMP_NEVER && b.kind != SMP_NEVER && a.seconds > b.seconds;
}

/* The bounds of an item in their order, and some time between them. */
static void
check_bounds(struct reading *r, const struct smp_place members[MEMBERS],
             const struct smp_item *item)
{
    if (item->end.kind != SMP_NEVER && !is_after(item->end, item->start))
        smp_reading_reject(r, &members[END], "not after the start");
    if (is_after(item->start, item->start_latest))
        smp_reading_reject(r, &members[START_LATEST], "before the start");
    if (is_after(item->end_earliest, item->end))
        smp_reading_reject(r, &members[END_EARLIEST], "after the end");
}

static void
read_bounds(struct reading *r, const struct smp_place at[MEMBERS],
            struct smp_item *item)
{
    smp_reading_when_at(r, &at[START], &item->start);
    smp_reading_when_at(r, &at[START_LATEST], &item->start_latest);
    smp_reading_when_at(r, &at[END_EARLIEST], &item->end_earliest);
    smp_reading_when_at(r, &at[END], &item->end);
    smp_json_string_at(r->json, &at[START_ON], &item->start_on);
    smp_json_string_at(r->json, &at[END_ON], &item->end_on);
}

/* What is not said is as the rest says it. */
static void
complete_words(struct smp_item *item)
{
    if (!*item->title)
        item->title = *item->text ? item->text : item->rule;
    if (!*item->text)
        item->text = item->title;
}

static void
read_item(struct reading *r, const struct smp_place *place)
{
    struct smp_item *item = smp_plan_add_item(r->plan);
    struct smp_place at[MEMBERS];

    item->source = place->index + 1;
    item->uid = item->rule = item->title = item->text = "";
    if (!smp_json_is_object(r->json, place))
        return;
    smp_place_members(place, names, MEMBERS, at);
    require(r, &at[UID]);
    require(r, &at[PHASE]);
    require(r, &at[START]);
    require(r, &at[SESSION]);
    smp_json_string_at(r->json, &at[UID], &item->uid);
    smp_json_string_at(r->json, &at[RULE], &item->rule);
    item->phase = (enum smp_phase)smp_reading_name_at(
        r, &at[PHASE], smp_phase_names, SMP_POST);
    item->verb = (enum smp_verb)smp_reading_name_at(r, &at[VERB],
                                                    smp_verb_names, SMP_DO);
    smp_json_strings_at(r->json, &at[WHAT], &item->what);
    smp_json_int_at(r->json, &at[SESSION], 1, SMP_NUMBER_MAX, &item->session);
    smp_json_string_at(r->json, &at[TITLE], &item->title);
    smp_json_string_at(r->json, &at[TEXT], &item->text);
    complete_words(item);
    read_bounds(r, at, item);
    smp_json_string_at(r->json, &at[EVERY], &item->every);
    read_instants(r, &at[AT], item);
    check_bounds(r, at, item);
}

static void
check_item_uids(struct reading *r, const struct smp_place *items)
{
    const struct smp_plan *plan = r->plan;
    const char **uids =
        smp_arena_alloc(r->json->arena, (plan->item_count + 1) * sizeof *uids);
    size_t i;

    for (i = 0; i < plan->item_count; i++)
        uids[i] = plan->items[i].uid;
    smp_reading_check_uids(r, items, uids, plan->item_count);
}

void
smp_reading_items(struct reading *r, const struct smp_place *root)
{
    struct smp_place items = smp_place_member(root, "items");
    const cJSON *element;
    size_t index = 0;

    if (!smp_json_is_array(r->json, &items))
        return;
    if (cJSON_GetArraySize(items.value) > SMP_ITEMS_MAX) {
        smp_reading_reject(r, &items, "more than 2000");
        return;
    }
    cJSON_ArrayForEach (element, items.value) {
        struct smp_place place = smp_place_child(&items, element, index++);

        read_item(r, &place);
    }
    check_item_uids(r, &items);
}
