#include <string.h>

#include "json/json.h"
#include "plan/plan.h"

/*
 * Writing changes the record that was read, member by member, so that what is
 * not ours stays where it was; a plan without a record gets a new one.
 */

static void
put(cJSON *object, const char *key, cJSON *value)
{
    if (cJSON_GetObjectItemCaseSensitive(object, key))
        cJSON_ReplaceItemInObjectCaseSensitive(object, key, value);
    else
        cJSON_AddItemToObject(object, key, value);
}

/* A member that is not there is left out; one that was there is removed. */
static void
put_string(cJSON *object, const char *key, const char *text)
{
    if (text)
        put(object, key, cJSON_CreateString(text));
    else
        cJSON_DeleteItemFromObjectCaseSensitive(object, key);
}

static void
put_number(cJSON *object, const char *key, int number)
{
    put(object, key, cJSON_CreateNumber(number));
}

static void
put_when(cJSON *object, const char *key, struct smp_when when)
{
    struct smp_buf text = {0};

    if (when.kind != SMP_NEVER)
        smp_when_print(&text, when);
    put_string(object, key, text.data);
    smp_buf_release(&text);
}

static void
put_strings(cJSON *object, const char *key, const struct smp_strings *list)
{
    if (list->count)
        put(object, key, cJSON_CreateStringArray(list->at, (int)list->count));
    else
        cJSON_DeleteItemFromObjectCaseSensitive(object, key);
}

static void
put_duration(cJSON *object, int64_t seconds)
{
    struct smp_buf text = {0};

    if (seconds)
        smp_duration_print(&text, seconds);
    put_string(object, "duration", text.data);
    smp_buf_release(&text);
}

static void
put_healed(cJSON *object, const struct smp_session *session)
{
    if (session->healing == SMP_HEALED)
        put_when(object, "healed", smp_when_day(session->healed));
    else if (session->healing == SMP_NOT_HEALED)
        put(object, "healed", cJSON_CreateFalse());
}

static void
put_possible(cJSON *object, const struct smp_session *session)
{
    struct smp_buf text = {0};

    if (session->has_window &&
        (session->status == SMP_PROPOSED || session->status == SMP_OPTIONAL)) {
        smp_when_print(&text, smp_when_day(session->first));
        smp_buf_putc(&text, '/');
        smp_when_print(&text, smp_when_day(session->last));
    }
    put_string(object, "possible", text.data);
    smp_buf_release(&text);
}

/* The object an element was read from, copied, or a new one. */
static cJSON *
object_for(const cJSON *old, size_t source)
{
    const cJSON *object =
        source ? cJSON_GetArrayItem(old, (int)source - 1) : NULL;

    return cJSON_IsObject(object) ? cJSON_Duplicate(object, true)
                                  : cJSON_CreateObject();
}

static cJSON *
session_json(const cJSON *old, const struct smp_session *session)
{
    cJSON *object = object_for(old, session->source);

    put_number(object, "number", session->number);
    put_when(object, "start", session->start);
    put_duration(object, session->duration);
    put_string(object, "status", smp_status_names[session->status]);
    put_string(object, "uid", session->uid);
    if (session->sequence)
        put_number(object, "sequence", session->sequence);
    if (session->has_created &&
        !cJSON_GetObjectItemCaseSensitive(object, "created"))
        put_when(object, "created",
                 (struct smp_when){SMP_INSTANT, session->created});
    put_healed(object, session);
    put_possible(object, session);
    put_strings(object, "tooLate", &session->late);
    return object;
}

static void
add_when(cJSON *array, struct smp_when when)
{
    struct smp_buf text = {0};

    smp_when_print(&text, when);
    cJSON_AddItemToArray(array, cJSON_CreateString(smp_buf_text(&text)));
    smp_buf_release(&text);
}

static void
put_instants(cJSON *object, const struct smp_item *item)
{
    cJSON *array;
    size_t i;

    if (!item->at_count)
        return;
    array = cJSON_CreateArray();
    for (i = 0; i < item->at_count; i++)
        add_when(array, (struct smp_when){SMP_INSTANT, item->at[i]});
    put(object, "at", array);
}

static cJSON *
item_json(const cJSON *old, const struct smp_item *item)
{
    cJSON *object = object_for(old, item->source);

    if (item->source) /* passed on as it came */
        return object;
    put_string(object, "uid", item->uid);
    put_string(object, "rule", item->rule);
    put_string(object, "phase", smp_phase_names[item->phase]);
    put_string(object, "verb", smp_verb_names[item->verb]);
    put_strings(object, "what", &item->what);
    put_number(object, "session", item->session);
    put_string(object, "title", item->title);
    put_string(object, "text", item->text);
    put_when(object, "start", item->start);
    put_when(object, "startLatest", item->start_latest);
    put_string(object, "startOn", item->start_on);
    put_when(object, "endEarliest", item->end_earliest);
    put_when(object, "end", item->end);
    put_string(object, "endOn", item->end_on);
    put_string(object, "every", item->every);
    put_instants(object, item);
    return object;
}

static void
put_sessions(cJSON *root, const struct smp_plan *plan)
{
    const cJSON *old = cJSON_GetObjectItemCaseSensitive(root, "sessions");
    cJSON *array = cJSON_CreateArray();
    size_t i;

    for (i = 0; i < plan->session_count; i++)
        cJSON_AddItemToArray(array, session_json(old, &plan->sessions[i]));
    put(root, "sessions", array);
}

static void
put_items(cJSON *root, const struct smp_plan *plan)
{
    const cJSON *old = cJSON_GetObjectItemCaseSensitive(root, "items");
    cJSON *array;
    size_t i;

    if (!old && !plan->item_count && !plan->care[SMP_PRE] &&
        !plan->care[SMP_POST])
        return;
    array = cJSON_CreateArray();
    for (i = 0; i < plan->item_count; i++)
        cJSON_AddItemToArray(array, item_json(old, &plan->items[i]));
    put(root, "items", array);
}

static void
put_care(cJSON *root, const struct smp_plan *plan)
{
    cJSON *care = cJSON_GetObjectItemCaseSensitive(root, "care");
    int phase;

    if (!plan->care[SMP_PRE] && !plan->care[SMP_POST])
        return;
    if (!care)
        care = cJSON_AddObjectToObject(root, "care");
    for (phase = SMP_PRE; phase <= SMP_POST; phase++)
        put_string(care, smp_phase_names[phase], plan->care[phase]);
}

static void
put_day(cJSON *root, const struct smp_day_note *day)
{
    struct smp_buf now = {0};
    cJSON *object;
    int64_t time;

    cJSON_DeleteItemFromObjectCaseSensitive(root, "day");
    if (!day->there)
        return;
    time = day->now - (int64_t)smp_day_at(day->now) * SMP_DAY_SECONDS;
    smp_buf_printf(&now, "%02d:%02d", (int)(time / 3600),
                   (int)(time / 60 % 60));
    object = cJSON_AddObjectToObject(root, "day");
    put_when(object, "date", smp_when_day(day->date));
    put_string(object, "now", smp_buf_text(&now));
    put_string(object, "title", day->title);
    put_string(object, "text", day->text);
    smp_buf_release(&now);
}

static void
put_choices(cJSON *root, const struct smp_plan *plan)
{
    cJSON *array;
    size_t i;

    if (!plan->choice_count) {
        cJSON_DeleteItemFromObjectCaseSensitive(root, "choices");
        return;
    }
    array = cJSON_CreateArray();
    for (i = 0; i < plan->choice_count; i++)
        add_when(array, plan->choices[i]);
    put(root, "choices", array);
}

static void
update(cJSON *root, const struct smp_plan *plan)
{
    put_string(root, "id", plan->id);
    if (plan->name)
        put_string(root, "name", plan->name);
    if (plan->email)
        put_string(root, "email", plan->email);
    put_string(root, "timeZone", plan->time_zone);
    if (plan->zone_assumed)
        put(root, "timeZoneAssumed", cJSON_CreateTrue());
    put_sessions(root, plan);
    put_items(root, plan);
    put_care(root, plan);
    if (plan->partial)
        put(root, "partial", cJSON_CreateTrue());
    if (plan->updated_now)
        put_when(root, "updated",
                 (struct smp_when){SMP_INSTANT, plan->updated});
    put_choices(root, plan);
    put_strings(root, "changes", &plan->changes);
    put_strings(root, "warnings", &plan->warnings);
    put_day(root, &plan->day);
}

void
smp_plan_print(struct smp_buf *out, const struct smp_plan *plan)
{
    cJSON *root = plan->record
                      ? cJSON_Duplicate((const cJSON *)plan->record, true)
                      : cJSON_CreateObject();

    update(root, plan);
    smp_json_print(out, root);
    smp_buf_putc(out, '\n');
    cJSON_Delete(root);
}
