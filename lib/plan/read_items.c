#include "plan/reading.h"

#include <string.h>

#include "json/json.h"

enum { ITEMS_MAX = 2000 };

static void
read_instants(struct reading *r, const struct smp_place *place,
              struct smp_item *item)
{
    struct smp_place at = smp_place_member(place, "at");
    const cJSON *element;

    if (!smp_json_is_array(r->json, &at))
        return;
    item->at =
        smp_arena_alloc(&r->plan->arena, (size_t)cJSON_GetArraySize(at.value) *
                                             sizeof *item->at);
    cJSON_ArrayForEach (element, at.value) {
        struct smp_place one = smp_place_child(&at, element, item->at_count);
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
require(struct reading *r, const struct smp_place *place, const char *key)
{
    struct smp_place member = smp_place_member(place, key);

    if (!member.value)
        smp_reading_reject(r, &member, "missing");
}

static bool
is_after(struct smp_when a, struct smp_when b)
{
    return a.kind != SMP_NEVER && b.kind != SMP_NEVER && a.seconds > b.seconds;
}

/* The bounds of an item in their order, and some time between them. */
static void
check_bounds(struct reading *r, const struct smp_place *place,
             const struct smp_item *item)
{
    struct smp_place end = smp_place_member(place, "end");
    struct smp_place latest = smp_place_member(place, "startLatest");
    struct smp_place earliest = smp_place_member(place, "endEarliest");

    if (item->end.kind != SMP_NEVER && !is_after(item->end, item->start))
        smp_reading_reject(r, &end, "not after the start");
    if (is_after(item->start, item->start_latest))
        smp_reading_reject(r, &latest, "before the start");
    if (is_after(item->end_earliest, item->end))
        smp_reading_reject(r, &earliest, "after the end");
}

static void
read_item(struct reading *r, const struct smp_place *place)
{
    struct smp_item *item = smp_plan_add_item(r->plan);

    item->source = place->index + 1;
    item->uid = item->rule = item->title = item->text = "";
    if (!smp_json_is_object(r->json, place))
        return;
    require(r, place, "uid");
    require(r, place, "phase");
    require(r, place, "start");
    require(r, place, "session");
    smp_json_string(r->json, place, "uid", &item->uid);
    smp_json_string(r->json, place, "rule", &item->rule);
    item->phase = (enum smp_phase)smp_reading_name(r, place, "phase",
                                                   smp_phase_names, SMP_POST);
    item->verb = (enum smp_verb)smp_reading_name(r, place, "verb",
                                                 smp_verb_names, SMP_DO);
    smp_json_strings(r->json, place, "what", &item->what);
    smp_json_int(r->json, place, "session", 1, SMP_NUMBER_MAX, &item->session);
    smp_json_string(r->json, place, "title", &item->title);
    smp_json_string(r->json, place, "text", &item->text);
    smp_reading_when(r, place, "start", &item->start);
    smp_reading_when(r, place, "startLatest", &item->start_latest);
    smp_reading_when(r, place, "endEarliest", &item->end_earliest);
    smp_reading_when(r, place, "end", &item->end);
    smp_json_string(r->json, place, "startOn", &item->start_on);
    smp_json_string(r->json, place, "endOn", &item->end_on);
    smp_json_string(r->json, place, "every", &item->every);
    read_instants(r, place, item);
    check_bounds(r, place, item);
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
    if (cJSON_GetArraySize(items.value) > ITEMS_MAX) {
        smp_reading_reject(r, &items, "more than 2000");
        return;
    }
    cJSON_ArrayForEach (element, items.value) {
        struct smp_place place = smp_place_child(&items, element, index++);

        read_item(r, &place);
    }
    check_item_uids(r, &items);
}
