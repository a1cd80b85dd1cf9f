#include <string.h>

#include "json/json.h"
#include "plan/plan.h"
#include "plan/reading.h"

static const char *const names[] = {
    "id",      "name",    "email",    "timeZone", "timeZoneAssumed",
    "lang",    "studio",  "facts",    "away",     "choices",
    "updated", "feed",    "sessions", "items",    "care",
    "partial", "changes", "warnings", NULL,
};

static void
read_away(struct reading *r, const struct smp_place *root)
{
    struct smp_place away = smp_place_member(root, "away");
    struct smp_plan *plan = r->plan;
    struct smp_strings list = {0};
    size_t i;

    if (!smp_json_strings(r->json, root, "away", &list))
        return;
    plan->away =
        smp_arena_alloc(&plan->arena, (list.count + 1) * sizeof *plan->away);
    for (i = 0; i < list.count; i++)
        if (!smp_reading_days(r, list.at[i], &plan->away[plan->away_count++]))
            smp_reading_reject(r, &away, "two dates are wanted, FIRST/LAST");
}

static void
read_choices(struct reading *r, const struct smp_place *root)
{
    struct smp_place choices = smp_place_member(root, "choices");
    struct smp_plan *plan = r->plan;
    struct smp_strings list = {0};
    struct smp_err err = {0};
    size_t i;

    if (!smp_json_strings(r->json, root, "choices", &list))
        return;
    plan->choices =
        smp_arena_alloc(&plan->arena, (list.count + 1) * sizeof *plan->choices);
    for (i = 0; i < list.count; i++)
        if (!smp_when_parse(list.at[i], &plan->choices[plan->choice_count++],
                            &err))
            smp_reading_reject(r, &choices, smp_buf_text(&err.text));
    smp_err_release(&err);
}

static void
read_care(struct reading *r, const struct smp_place *root)
{
    struct smp_place care = smp_place_member(root, "care");
    int phase;

    if (!smp_json_is_object(r->json, &care))
        return;
    for (phase = SMP_PRE; phase <= SMP_POST; phase++)
        smp_json_string(r->json, &care, smp_phase_names[phase],
                        &r->plan->care[phase]);
}

static void
read_id(struct reading *r, const struct smp_place *root)
{
    struct smp_place id = smp_place_member(root, "id");

    r->plan->id = "";
    if (!smp_json_string(r->json, root, "id", &r->plan->id))
        return;
    if (!*r->plan->id)
        smp_reading_reject(r, &id, id.value ? "empty" : "missing");
}

static void
read_zone(struct reading *r, const struct smp_place *root,
          const struct smp_plan_defaults *defaults)
{
    struct smp_place zone = smp_place_member(root, "timeZone");
    struct smp_err err = {0};

    smp_json_string(r->json, root, "studio", &r->plan->studio);
    smp_json_string(r->json, root, "timeZone", &r->plan->time_zone);
    smp_json_bool(r->json, root, "timeZoneAssumed", &r->plan->zone_assumed);
    if (!r->err->failed && !smp_plan_set_zone(r->plan, defaults, &err)) {
        if (zone.value)
            smp_err_prefix(&err, "timeZone");
        smp_fail_as(r->err, &err);
    }
    smp_err_release(&err);
}

static void
read_members(struct reading *r, const struct smp_place *root,
             const struct smp_plan_defaults *defaults)
{
    struct smp_place updated = smp_place_member(root, "updated");
    struct smp_plan *plan = r->plan;

    read_zone(r, root, defaults);
    if (r->err->failed) /* times mean nothing without a zone */
        return;
    smp_json_string(r->json, root, "name", &plan->name);
    smp_json_string(r->json, root, "email", &plan->email);
    smp_json_string(r->json, root, "lang", &plan->lang);
    smp_json_strings(r->json, root, "facts", &plan->facts);
    smp_plan_sort_facts(plan);
    read_away(r, root);
    read_choices(r, root);
    plan->has_updated = smp_reading_instant_at(r, &updated, &plan->updated);
    smp_json_int(r->json, root, "feed", 0, INT32_MAX, &plan->feed);
    smp_reading_sessions(r, root);
    smp_reading_items(r, root);
    read_care(r, root);
    smp_json_bool(r->json, root, "partial", &plan->partial);
    smp_json_strings(r->json, root, "changes", &plan->changes);
    smp_json_strings(r->json, root, "warnings", &plan->warnings);
}

/* A record is one line, so that the column says where. */
static const cJSON *
parse_line(struct smp_arena *arena, const char *text, size_t n,
           struct smp_err *err)
{
    static const char first_line[] = "line 1, ";
    struct smp_err syntax = {0};
    const cJSON *json = smp_json_parse(arena, text, n, &syntax);
    const char *what = smp_buf_text(&syntax.text);

    if (!json && strncmp(what, first_line, sizeof first_line - 1) == 0)
        what += sizeof first_line - 1;
    if (!json)
        smp_fail(err, "%s", what);
    smp_err_release(&syntax);
    return json;
}

bool
smp_plan_read(struct smp_plan *plan, const char *text, size_t n,
              const struct smp_plan_defaults *defaults, struct smp_err *err)
{
    struct reading r = {.plan = plan, .err = err};
    struct smp_json_reader reader = {&plan->arena, smp_reading_reject, &r,
                                     true};
    const cJSON *json = parse_line(&plan->arena, text, n, err);
    struct smp_place root = smp_place_root(json);

    r.json = &reader;
    plan->id = "";
    if (!json)
        return false;
    plan->record = (const struct smp_record *)json;
    if (smp_json_is_object(r.json, &root)) {
        read_id(&r, &root);
        smp_reading_check_names(&r, &root, names);
        read_members(&r, &root, defaults);
    }
    return !err->failed;
}
