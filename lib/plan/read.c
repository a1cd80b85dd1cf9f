#include <stdlib.h>
#include <string.h>

#include "json/json.h"
#include "plan/plan.h"
#include "plan/record.h"

enum { SESSIONS_MAX = 99, DURATION_MAX = 24 * 3600 };

/* What reading works on. The record is a cJSON object under its own name. */
struct reading {
    struct smp_plan *plan;
    struct smp_json_reader json;
    struct smp_err *err;
};

void
smp_record_free(struct smp_record *record)
{
    cJSON_Delete((cJSON *)record);
}

static void
reject(void *context, const struct smp_place *place, const char *what)
{
    struct reading *r = context;
    struct smp_buf path = {0};

    smp_place_path(&path, place);
    if (path.len)
        smp_fail(r->err, "%s: %s", smp_buf_text(&path), what);
    else
        smp_fail(r->err, "%s", what);
    smp_buf_release(&path);
}

/* A date or time; one with an offset is turned into the plan's local time. */
static bool
read_when(struct reading *r, const struct smp_place *up, const char *key,
          struct smp_when *when)
{
    struct smp_place place = smp_place_member(up, key);
    const char *text = NULL;
    struct smp_err err = {0};
    bool ok = smp_json_string(&r->json, up, key, &text) && text;

    if (ok && !smp_when_parse(text, when, &err)) {
        reject(r, &place, smp_buf_text(&err.text));
        ok = false;
    }
    smp_err_release(&err);
    if (ok && when->kind == SMP_INSTANT)
        *when = smp_when_local(smp_zone_to_local(r->plan->zone, when->seconds));
    return ok;
}

/* A point of time as an instant; a local one is the plan's. */
static bool
read_instant(struct reading *r, const struct smp_place *up, const char *key,
             int64_t *instant)
{
    struct smp_when when;

    if (!read_when(r, up, key, &when))
        return false;
    *instant = smp_zone_to_instant(r->plan->zone, when.seconds);
    return true;
}

static bool
read_day(struct reading *r, const struct smp_place *up, const char *key,
         int32_t *day)
{
    struct smp_when when;

    if (!read_when(r, up, key, &when))
        return false;
    *day = smp_day_at(when.seconds);
    return true;
}

static int
read_name(struct reading *r, const struct smp_place *up, const char *key,
          const char *const *names, int absent)
{
    struct smp_place place = smp_place_member(up, key);
    const char *name = NULL;
    int index;

    if (!smp_json_string(&r->json, up, key, &name) || !name)
        return absent;
    index = smp_name_index(names, name);
    if (index < 0)
        smp_json_wrong(&r->json, &place, "not known: \"%.40s\"", name);
    return index < 0 ? absent : index;
}

static void
read_healed(struct reading *r, const struct smp_place *place,
            struct smp_session *session)
{
    struct smp_place healed = smp_place_member(place, "healed");

    if (!healed.value || cJSON_IsNull(healed.value))
        return;
    if (cJSON_IsFalse(healed.value))
        session->healing = SMP_NOT_HEALED;
    else if (!cJSON_IsString(healed.value))
        reject(r, &healed, "a date or false is wanted");
    else if (read_day(r, place, "healed", &session->healed))
        session->healing = SMP_HEALED;
    if (session->healing == SMP_HEALED && session->start.kind != SMP_NEVER &&
        session->healed < smp_session_day(session))
        reject(r, &healed, "before the session");
}

static void
read_duration(struct reading *r, const struct smp_place *place,
              struct smp_session *session)
{
    struct smp_place duration = smp_place_member(place, "duration");
    const char *text = NULL;

    smp_json_string(&r->json, place, "duration", &text);
    if (text && (!smp_duration_parse(text, &session->duration) ||
                 !session->duration || session->duration > DURATION_MAX))
        smp_json_wrong(&r->json, &duration,
                       "not a duration of at most 24 hours: \"%.40s\"", text);
}

/* "2026-12-20/2027-01-03", both days included. */
static bool
parse_days(struct reading *r, const char *text, struct smp_days *days)
{
    const char *slash = strchr(text, '/');
    char *start = smp_arena_strndup(&r->plan->arena, text,
                                    slash ? (size_t)(slash - text) : 0);
    struct smp_when first = {0}, last = {0};
    struct smp_err err = {0};
    bool ok = slash && smp_when_parse(start, &first, &err) &&
              smp_when_parse(slash + 1, &last, &err) && first.kind == SMP_DAY &&
              last.kind == SMP_DAY && first.seconds <= last.seconds;

    smp_err_release(&err);
    *days =
        (struct smp_days){smp_day_at(first.seconds), smp_day_at(last.seconds)};
    return ok;
}

static void
read_possible_days(struct reading *r, const struct smp_place *place,
                   struct smp_session *session)
{
    struct smp_place possible = smp_place_member(place, "possible");
    const char *text = NULL;
    struct smp_days days;

    if (!smp_json_string(&r->json, place, "possible", &text) || !text)
        return;
    session->has_window = parse_days(r, text, &days);
    session->first = days.first;
    session->last = days.last;
    if (!session->has_window)
        reject(r, &possible, "two dates are wanted, FIRST/LAST");
}

static void
read_away(struct reading *r, const struct smp_place *root)
{
    struct smp_place away = smp_place_member(root, "away");
    struct smp_plan *plan = r->plan;
    struct smp_strings list = {0};
    size_t i;

    if (!smp_json_strings(&r->json, root, "away", &list))
        return;
    plan->away =
        smp_arena_alloc(&plan->arena, (list.count + 1) * sizeof *plan->away);
    for (i = 0; i < list.count; i++)
        if (!parse_days(r, list.at[i], &plan->away[plan->away_count++]))
            reject(r, &away, "two dates are wanted, FIRST/LAST");
}

static void
read_session_object(struct reading *r, const struct smp_place *place,
                    struct smp_session *session)
{
    struct smp_place start = smp_place_member(place, "start");

    if (!start.value)
        reject(r, &start, "missing");
    read_when(r, place, "start", &session->start);
    smp_json_int(&r->json, place, "number", 1, SESSIONS_MAX, &session->number);
    read_duration(r, place, session);
    session->status = (enum smp_status)read_name(r, place, "status",
                                                 smp_status_names, SMP_BOOKED);
    smp_json_string(&r->json, place, "uid", &session->uid);
    smp_json_int(&r->json, place, "sequence", 0, INT32_MAX, &session->sequence);
    session->has_created = read_instant(r, place, "created", &session->created);
    read_healed(r, place, session);
    read_possible_days(r, place, session);
}

/* A date in place of an object: {"start": "2026-12-01"} is meant. */
static void
read_bare_session(struct reading *r, const struct smp_place *place,
                  struct smp_session *session)
{
    struct smp_err err = {0};

    if (!smp_when_parse(place->value->valuestring, &session->start, &err))
        reject(r, place, smp_buf_text(&err.text));
    else if (session->start.kind == SMP_INSTANT)
        session->start = smp_when_local(
            smp_zone_to_local(r->plan->zone, session->start.seconds));
    smp_err_release(&err);
}

static void
read_session(struct reading *r, const struct smp_place *place, int number)
{
    struct smp_session *session = smp_plan_add_session(r->plan);

    session->number = number;
    session->source = place->index + 1;
    if (cJSON_IsString(place->value))
        read_bare_session(r, place, session);
    else if (smp_json_is_object(&r->json, place))
        read_session_object(r, place, session);
}

static void
check_numbers(struct reading *r, const struct smp_place *sessions)
{
    const struct smp_plan *plan = r->plan;
    size_t i;

    for (i = 1; i < plan->session_count; i++)
        if (plan->sessions[i].number == plan->sessions[i - 1].number)
            smp_json_wrong(&r->json, sessions, "number %d is given twice",
                           plan->sessions[i].number);
}

static int
compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* One uid is one thing: neither two items nor two sessions may share one. */
static void
check_uids(struct reading *r, const struct smp_place *place, const char **uids,
           size_t count)
{
    size_t i;

    if (count > 1)
        qsort(uids, count, sizeof *uids, compare_texts);
    for (i = 1; i < count; i++)
        if (strcmp(uids[i - 1], uids[i]) == 0) {
            reject(r, place, "a uid is given twice");
            return;
        }
}

static void
check_session_uids(struct reading *r, const struct smp_place *sessions)
{
    const struct smp_plan *plan = r->plan;
    const char **uids = smp_arena_alloc(
        r->json.arena, (plan->session_count + 1) * sizeof *uids);
    size_t i, count = 0;

    for (i = 0; i < plan->session_count; i++)
        if (plan->sessions[i].uid)
            uids[count++] = plan->sessions[i].uid;
    check_uids(r, sessions, uids, count);
}

static void
read_sessions(struct reading *r, const struct smp_place *root)
{
    struct smp_place sessions = smp_place_member(root, "sessions");
    const cJSON *element;
    size_t index = 0;
    int number = 0;

    if (!sessions.value)
        reject(r, &sessions, "missing");
    if (!smp_json_is_array(&r->json, &sessions))
        return;
    if (cJSON_GetArraySize(sessions.value) > SESSIONS_MAX) {
        reject(r, &sessions, "more than 99");
        return;
    }
    cJSON_ArrayForEach (element, sessions.value) {
        struct smp_place place = smp_place_child(&sessions, element, index++);

        read_session(r, &place, number + 1);
        number = r->plan->sessions[r->plan->session_count - 1].number;
    }
    smp_plan_sort_sessions(r->plan);
    check_numbers(r, &sessions);
    check_session_uids(r, &sessions);
}

static void
read_instants(struct reading *r, const struct smp_place *place,
              struct smp_item *item)
{
    struct smp_place at = smp_place_member(place, "at");
    const cJSON *element;

    if (!smp_json_is_array(&r->json, &at))
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
            reject(r, &one, "an instant is wanted");
        else if (item->at_count && when.seconds <= item->at[item->at_count - 1])
            reject(r, &one, "not later than the one before");
        item->at[item->at_count++] = when.seconds;
        smp_err_release(&err);
    }
}

static void
require(struct reading *r, const struct smp_place *place, const char *key)
{
    struct smp_place member = smp_place_member(place, key);

    if (!member.value)
        reject(r, &member, "missing");
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
        reject(r, &end, "not after the start");
    if (is_after(item->start, item->start_latest))
        reject(r, &latest, "before the start");
    if (is_after(item->end_earliest, item->end))
        reject(r, &earliest, "after the end");
}

static void
read_item(struct reading *r, const struct smp_place *place)
{
    struct smp_item *item = smp_plan_add_item(r->plan);

    item->source = place->index + 1;
    item->uid = item->rule = item->title = item->text = "";
    if (!smp_json_is_object(&r->json, place))
        return;
    require(r, place, "uid");
    require(r, place, "phase");
    require(r, place, "start");
    require(r, place, "session");
    smp_json_string(&r->json, place, "uid", &item->uid);
    smp_json_string(&r->json, place, "rule", &item->rule);
    item->phase =
        (enum smp_phase)read_name(r, place, "phase", smp_phase_names, SMP_POST);
    item->verb =
        (enum smp_verb)read_name(r, place, "verb", smp_verb_names, SMP_DO);
    smp_json_strings(&r->json, place, "what", &item->what);
    smp_json_int(&r->json, place, "session", 1, SESSIONS_MAX, &item->session);
    smp_json_string(&r->json, place, "title", &item->title);
    smp_json_string(&r->json, place, "text", &item->text);
    read_when(r, place, "start", &item->start);
    read_when(r, place, "startLatest", &item->start_latest);
    read_when(r, place, "endEarliest", &item->end_earliest);
    read_when(r, place, "end", &item->end);
    smp_json_string(&r->json, place, "startOn", &item->start_on);
    smp_json_string(&r->json, place, "endOn", &item->end_on);
    smp_json_string(&r->json, place, "every", &item->every);
    read_instants(r, place, item);
    check_bounds(r, place, item);
}

static void
check_item_uids(struct reading *r, const struct smp_place *items)
{
    const struct smp_plan *plan = r->plan;
    const char **uids =
        smp_arena_alloc(r->json.arena, (plan->item_count + 1) * sizeof *uids);
    size_t i;

    for (i = 0; i < plan->item_count; i++)
        uids[i] = plan->items[i].uid;
    check_uids(r, items, uids, plan->item_count);
}

static void
read_items(struct reading *r, const struct smp_place *root)
{
    struct smp_place items = smp_place_member(root, "items");
    const cJSON *element;
    size_t index = 0;

    if (!smp_json_is_array(&r->json, &items))
        return;
    cJSON_ArrayForEach (element, items.value) {
        struct smp_place place = smp_place_child(&items, element, index++);

        read_item(r, &place);
    }
    check_item_uids(r, &items);
}

static void
read_care(struct reading *r, const struct smp_place *root)
{
    struct smp_place care = smp_place_member(root, "care");
    int phase;

    if (!smp_json_is_object(&r->json, &care))
        return;
    for (phase = SMP_PRE; phase <= SMP_POST; phase++)
        smp_json_string(&r->json, &care, smp_phase_names[phase],
                        &r->plan->care[phase]);
}

static void
read_id(struct reading *r, const struct smp_place *root)
{
    struct smp_place id = smp_place_member(root, "id");

    r->plan->id = "";
    if (!smp_json_string(&r->json, root, "id", &r->plan->id))
        return;
    if (!*r->plan->id)
        reject(r, &id, id.value ? "empty" : "missing");
}

static void
read_zone(struct reading *r, const struct smp_place *root,
          const struct smp_plan_defaults *defaults)
{
    struct smp_place zone = smp_place_member(root, "timeZone");
    struct smp_err err = {0};

    smp_json_string(&r->json, root, "timeZone", &r->plan->time_zone);
    if (!r->err->failed && !smp_plan_set_zone(r->plan, defaults, &err))
        reject(r, &zone, smp_buf_text(&err.text));
    smp_err_release(&err);
}

static void
read_members(struct reading *r, const struct smp_place *root,
             const struct smp_plan_defaults *defaults)
{
    struct smp_plan *plan = r->plan;

    read_zone(r, root, defaults);
    if (r->err->failed) /* times mean nothing without a zone */
        return;
    smp_json_string(&r->json, root, "name", &plan->name);
    smp_json_string(&r->json, root, "lang", &plan->lang);
    smp_json_string(&r->json, root, "studio", &plan->studio);
    smp_json_strings(&r->json, root, "facts", &plan->facts);
    read_away(r, root);
    plan->has_updated = read_instant(r, root, "updated", &plan->updated);
    smp_json_int(&r->json, root, "feed", 0, INT32_MAX, &plan->feed);
    read_sessions(r, root);
    read_items(r, root);
    read_care(r, root);
    smp_json_bool(&r->json, root, "partial", &plan->partial);
    smp_json_strings(&r->json, root, "changes", &plan->changes);
    smp_json_strings(&r->json, root, "warnings", &plan->warnings);
}

/* A record is one line, so that the column says where. */
static cJSON *
parse_line(const char *text, size_t n, struct smp_err *err)
{
    static const char first_line[] = "line 1, ";
    struct smp_err syntax = {0};
    cJSON *json = smp_json_parse(text, n, &syntax);
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
    struct reading r = {
        .plan = plan, .json = {&plan->arena, reject, &r}, .err = err};
    cJSON *json = parse_line(text, n, err);
    struct smp_place root = smp_place_root(json);

    plan->id = "";
    if (!json)
        return false;
    plan->record = (struct smp_record *)json;
    if (smp_json_is_object(&r.json, &root)) {
        read_id(&r, &root);
        read_members(&r, &root, defaults);
    }
    return !err->failed;
}
