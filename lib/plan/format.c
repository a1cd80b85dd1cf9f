/*
 * How a plan becomes a record. A record that was parsed is followed member by
 * member, so members of other programs stay where they were. Each member of
 * ours is a row in one of the tables below, in the order of new members.
 */
#include <stdint.h>
#include <string.h>

#include "json/json.h"
#include "plan/merge.h"
#include "plan/plan.h"
#include "protocol/words.h"

typedef enum smp_json_change change;

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* The function of a field: formats a value of the thing. */
#define FIELD(name, type, value)                                               \
    static change put_##name(struct smp_buf *out, const void *thing,           \
                             const cJSON *old)                                 \
    {                                                                          \
        const struct type *it = thing;                                         \
        (void)old;                                                             \
        return value;                                                          \
    }

/* Values. If there is none (NULL, SMP_NEVER, an empty list), the member goes.
 */

static change
put_text(struct smp_buf *out, const char *text)
{
    if (!text)
        return SMP_JSON_DROP;
    smp_json_put_string(out, text);
    return SMP_JSON_PUT;
}

static change
put_int(struct smp_buf *out, int number)
{
    smp_buf_digits(out, number);
    return SMP_JSON_PUT;
}

static change
put_when(struct smp_buf *out, struct smp_when when)
{
    char *at;

    if (when.kind == SMP_NEVER)
        return SMP_JSON_DROP;
    at = smp_buf_room(out, SMP_WHEN_LONGEST + 2);
    *at++ = '"';
    at = smp_when_write(at, when);
    *at++ = '"';
    smp_buf_end(out, at);
    return SMP_JSON_PUT;
}

static change
put_instant(struct smp_buf *out, int64_t instant)
{
    return put_when(out, (struct smp_when){SMP_INSTANT, instant});
}

static change
put_strings(struct smp_buf *out, const struct smp_strings *list)
{
    size_t i;

    if (!list->count)
        return SMP_JSON_DROP;
    for (i = 0; i < list->count; i++) {
        smp_buf_putc(out, i ? ',' : '[');
        smp_json_put_string(out, list->at[i]);
    }
    smp_buf_putc(out, ']');
    return SMP_JSON_PUT;
}

/* The element that a session or item was parsed from: `source` is from 1. */
struct elements {
    const cJSON *array, *at;
    size_t source;
};

static const cJSON *
element_of(struct elements *old, size_t source)
{
    if (!source || !old->array)
        return NULL;
    if (!old->at || source < old->source) {
        old->at = old->array->child;
        old->source = 1;
    }
    for (; old->at && old->source < source; old->source++)
        old->at = old->at->next;
    return old->at;
}

/* sessions */

static change
put_duration(struct smp_buf *out, const struct smp_session *session)
{
    if (!session->duration)
        return SMP_JSON_DROP;
    smp_buf_putc(out, '"');
    smp_duration_print(out, session->duration);
    smp_buf_putc(out, '"');
    return SMP_JSON_PUT;
}

static change
put_final(struct smp_buf *out, const struct smp_session *session)
{
    if (!session->final)
        return SMP_JSON_KEEP;
    smp_buf_puts(out, "true");
    return SMP_JSON_PUT;
}

static change
put_healed(struct smp_buf *out, const struct smp_session *session)
{
    if (session->healing == SMP_HEALED)
        return put_when(out, smp_when_day(session->healed));
    if (session->healing != SMP_NOT_HEALED)
        return SMP_JSON_KEEP;
    smp_buf_puts(out, "false");
    return SMP_JSON_PUT;
}

static change
put_possible(struct smp_buf *out, const struct smp_session *session)
{
    if (!session->has_window ||
        (session->status != SMP_PROPOSED && session->status != SMP_OPTIONAL))
        return SMP_JSON_DROP;
    smp_buf_putc(out, '"');
    smp_when_print(out, smp_when_day(session->first));
    smp_buf_putc(out, '/');
    smp_when_print(out, smp_when_day(session->last));
    smp_buf_putc(out, '"');
    return SMP_JSON_PUT;
}

FIELD(session_number, smp_session, put_int(out, it->number))
FIELD(session_start, smp_session, put_when(out, it->start))
FIELD(session_duration, smp_session, put_duration(out, it))
FIELD(session_status, smp_session, put_text(out, smp_status_names[it->status]))
FIELD(session_final, smp_session, put_final(out, it))
FIELD(session_uid, smp_session, put_text(out, it->uid))
FIELD(session_sequence, smp_session,
      it->sequence ? put_int(out, it->sequence) : SMP_JSON_KEEP)
FIELD(session_created, smp_session,
      it->has_created && !old ? put_instant(out, it->created) : SMP_JSON_KEEP)
FIELD(session_healed, smp_session, put_healed(out, it))
FIELD(session_possible, smp_session, put_possible(out, it))
FIELD(session_ref, smp_session, put_text(out, it->ref))
FIELD(session_said, smp_session, put_text(out, it->said))
FIELD(session_gone, smp_session,
      it->has_gone ? put_instant(out, it->gone) : SMP_JSON_DROP)
FIELD(session_answer, smp_session,
      put_text(out, it->answer ? smp_answer_names[it->answer] : NULL))
FIELD(session_answered, smp_session,
      it->has_answered ? put_instant(out, it->answered) : SMP_JSON_DROP)
FIELD(set_start, smp_session, put_when(out, it->set_start))
FIELD(set_status, smp_session,
      put_text(out,
               it->set_status < 0 ? NULL : smp_status_names[it->set_status]))

static change
put_session_set(struct smp_buf *out, const void *thing, const cJSON *old)
{
    static const struct smp_json_field fields[] = {
        SMP_JSON_FIELD("start", put_set_start),
        SMP_JSON_FIELD("status", put_set_status)};
    const struct smp_session *session = thing;

    if (!session->has_set)
        return SMP_JSON_DROP;
    smp_json_patch(out, old, fields, COUNT(fields), session);
    return SMP_JSON_PUT;
}

FIELD(session_late, smp_session, put_strings(out, &it->late))

static const struct smp_json_field session_fields[] = {
    SMP_JSON_FIELD("number", put_session_number),
    SMP_JSON_FIELD("start", put_session_start),
    SMP_JSON_FIELD("duration", put_session_duration),
    SMP_JSON_FIELD("status", put_session_status),
    SMP_JSON_FIELD("final", put_session_final),
    SMP_JSON_FIELD("uid", put_session_uid),
    SMP_JSON_FIELD("sequence", put_session_sequence),
    SMP_JSON_FIELD("created", put_session_created),
    SMP_JSON_FIELD("healed", put_session_healed),
    SMP_JSON_FIELD("possible", put_session_possible),
    SMP_JSON_FIELD("tooLate", put_session_late),
    SMP_JSON_FIELD("ref", put_session_ref),
    SMP_JSON_FIELD("said", put_session_said),
    SMP_JSON_FIELD("set", put_session_set),
    SMP_JSON_FIELD("gone", put_session_gone),
    SMP_JSON_FIELD("answer", put_session_answer),
    SMP_JSON_FIELD("answered", put_session_answered),
};

/* items */

static change
put_instants(struct smp_buf *out, const struct smp_item *item)
{
    size_t i;

    if (!item->at_count)
        return SMP_JSON_DROP;
    for (i = 0; i < item->at_count; i++) {
        smp_buf_putc(out, i ? ',' : '[');
        put_instant(out, item->at[i]);
    }
    smp_buf_putc(out, ']');
    return SMP_JSON_PUT;
}

FIELD(item_uid, smp_item, put_text(out, it->uid))
FIELD(item_rule, smp_item, put_text(out, it->rule))
FIELD(item_phase, smp_item, put_text(out, smp_phase_names[it->phase]))
FIELD(item_verb, smp_item, put_text(out, smp_verb_names[it->verb]))
FIELD(item_what, smp_item, put_strings(out, &it->what))
FIELD(item_session, smp_item, put_int(out, it->session))
FIELD(item_title, smp_item, put_text(out, it->title))
FIELD(item_text, smp_item, put_text(out, it->text))
FIELD(item_start, smp_item, put_when(out, it->start))
FIELD(item_start_latest, smp_item, put_when(out, it->start_latest))
FIELD(item_start_on, smp_item, put_text(out, it->start_on))
FIELD(item_end_earliest, smp_item, put_when(out, it->end_earliest))
FIELD(item_end, smp_item, put_when(out, it->end))
FIELD(item_end_on, smp_item, put_text(out, it->end_on))
FIELD(item_every, smp_item, put_text(out, it->every))
FIELD(item_at, smp_item, put_instants(out, it))

/* Each item has a uid, so each later field begins with a comma. */
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
 * Items of one rule say the same for each session. Their text is formatted for
 * the first of them, and copied from there for the others. These are the runs
 * of fields with such text, and the runs between.
 */
static const struct run {
    size_t first, count;
    bool is_said; /* of the rule, not of the session */
} runs[] = {
    {0, 1, false}, {1, 4, true}, {5, 1, false}, {6, 2, true}, {8, 8, false},
};

_Static_assert(COUNT(item_fields) == 8 + 8, "all fields are in the runs");

/* Where the text of an item is in the output. */
struct said {
    const struct smp_item *item; /* NULL: none */
    size_t at[COUNT(runs)], end[COUNT(runs)];
};

enum { SAID_MAX = 64 }; /* rules that share a place are formatted again */

static struct said *
said_by(struct said *all, const struct smp_item *item)
{
    return &all[(uintptr_t)item->rule / sizeof(void *) % SAID_MAX];
}

/* By address: equal texts at other addresses are merely formatted again. */
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

/* An item that was parsed is passed on as it came. */
static void
put_item(struct smp_buf *out, const struct smp_item *item, const cJSON *old,
         struct said *said)
{
    if (smp_json_is(old, cJSON_Object))
        smp_json_pass_on(out, old);
    else
        put_new_item(out, item, said_by(said, item));
}

static change
put_items(struct smp_buf *out, const struct smp_plan *plan, const cJSON *old)
{
    struct elements elements = {.array = old};
    struct said said[SAID_MAX];
    size_t i;

    if (!old && !plan->item_count && !plan->care[SMP_PRE] &&
        !plan->care[SMP_POST])
        return SMP_JSON_DROP;
    for (i = 0; i < SAID_MAX; i++)
        said[i].item = NULL;
    smp_buf_putc(out, '[');
    for (i = 0; i < plan->item_count; i++) {
        if (i)
            smp_buf_putc(out, ',');
        put_item(out, &plan->items[i],
                 element_of(&elements, plan->items[i].source), said);
    }
    smp_buf_putc(out, ']');
    return SMP_JSON_PUT;
}

/* the plan */

static change
put_sessions(struct smp_buf *out, const void *thing, const cJSON *old)
{
    const struct smp_plan *plan = thing;
    struct elements elements = {.array = old};
    size_t i;

    smp_buf_putc(out, '[');
    for (i = 0; i < plan->session_count; i++) {
        const struct smp_session *session = &plan->sessions[i];

        if (i)
            smp_buf_putc(out, ',');
        smp_json_patch(out, element_of(&elements, session->source),
                       session_fields, COUNT(session_fields), session);
    }
    smp_buf_putc(out, ']');
    return SMP_JSON_PUT;
}

FIELD(care_pre, smp_plan, put_text(out, it->care[SMP_PRE]))
FIELD(care_post, smp_plan, put_text(out, it->care[SMP_POST]))

static change
put_care(struct smp_buf *out, const void *thing, const cJSON *old)
{
    static const struct smp_json_field fields[] = {
        SMP_JSON_FIELD("pre", put_care_pre),
        SMP_JSON_FIELD("post", put_care_post)};
    const struct smp_plan *plan = thing;

    if (!plan->care[SMP_PRE] && !plan->care[SMP_POST])
        return SMP_JSON_KEEP;
    smp_json_patch(out, old, fields, COUNT(fields), plan);
    return SMP_JSON_PUT;
}

/* false stays as it was. */
static change
put_true(struct smp_buf *out, bool is)
{
    if (!is)
        return SMP_JSON_KEEP;
    smp_buf_puts(out, "true");
    return SMP_JSON_PUT;
}

static change
put_choices(struct smp_buf *out, const struct smp_plan *plan)
{
    size_t i;

    if (!plan->choice_count)
        return SMP_JSON_DROP;
    for (i = 0; i < plan->choice_count; i++) {
        smp_buf_putc(out, i ? ',' : '[');
        put_when(out, plan->choices[i]);
    }
    smp_buf_putc(out, ']');
    return SMP_JSON_PUT;
}

static change
put_now(struct smp_buf *out, int64_t now)
{
    smp_buf_putc(out, '"');
    smp_words_time(out, now);
    smp_buf_putc(out, '"');
    return SMP_JSON_PUT;
}

FIELD(day_date, smp_day_note, put_when(out, smp_when_day(it->date)))
FIELD(day_now, smp_day_note, put_now(out, it->now))
FIELD(day_title, smp_day_note, put_text(out, it->title))
FIELD(day_text, smp_day_note, put_text(out, it->text))

/* A day's message is never passed on from another program. */
static change
put_day(struct smp_buf *out, const void *thing, const cJSON *old)
{
    static const struct smp_json_field fields[] = {
        SMP_JSON_FIELD("date", put_day_date),
        SMP_JSON_FIELD("now", put_day_now),
        SMP_JSON_FIELD("title", put_day_title),
        SMP_JSON_FIELD("text", put_day_text)};
    const struct smp_plan *plan = thing;

    if (old || !plan->day.there)
        return SMP_JSON_DROP;
    smp_json_patch(out, NULL, fields, COUNT(fields), &plan->day);
    return SMP_JSON_PUT;
}

/* A list that is empty says something: nobody may be written to. */
static change
put_list(struct smp_buf *out, bool there, const struct smp_strings *list)
{
    if (!there || list->count)
        return there ? put_strings(out, list) : SMP_JSON_DROP;
    smp_buf_puts(out, "[]");
    return SMP_JSON_PUT;
}

static change
put_incomplete(struct smp_buf *out, const void *thing, const cJSON *old)
{
    static const char *const names[] = {NULL, "client", "export"};
    const struct smp_plan *plan = thing;

    (void)old;
    return put_text(out, names[plan->incomplete]);
}

FIELD(answer_uid, smp_reply, put_text(out, it->uid))
FIELD(answer_attendee, smp_reply, put_text(out, it->attendee))
FIELD(answer_answer, smp_reply, put_text(out, smp_answer_names[it->answer]))
FIELD(answer_sequence, smp_reply,
      it->sequence ? put_int(out, it->sequence) : SMP_JSON_KEEP)
FIELD(answer_stamp, smp_reply,
      it->has_stamp ? put_instant(out, it->stamp) : SMP_JSON_DROP)

static change
put_answers(struct smp_buf *out, const void *thing, const cJSON *old)
{
    static const struct smp_json_field fields[] = {
        SMP_JSON_FIELD("uid", put_answer_uid),
        SMP_JSON_FIELD("attendee", put_answer_attendee),
        SMP_JSON_FIELD("answer", put_answer_answer),
        SMP_JSON_FIELD("sequence", put_answer_sequence),
        SMP_JSON_FIELD("stamp", put_answer_stamp)};
    const struct smp_plan *plan = thing;
    size_t i;

    if (!plan->reply_count || old)
        return SMP_JSON_KEEP;
    for (i = 0; i < plan->reply_count; i++) {
        smp_buf_putc(out, i ? ',' : '[');
        smp_json_patch(out, NULL, fields, COUNT(fields), &plan->replies[i]);
    }
    smp_buf_putc(out, ']');
    return SMP_JSON_PUT;
}

FIELD(phone, smp_plan, it->phone ? put_text(out, it->phone) : SMP_JSON_KEEP)
FIELD(studio, smp_plan, it->studio ? put_text(out, it->studio) : SMP_JSON_KEEP)
FIELD(artist, smp_plan, it->artist ? put_text(out, it->artist) : SMP_JSON_KEEP)
FIELD(consent, smp_plan, put_list(out, it->has_consent, &it->consent))
FIELD(said_consent, smp_plan,
      put_list(out, it->has_said_consent, &it->said_consent))
FIELD(plan_items, smp_plan, put_items(out, it, old))
FIELD(id, smp_plan, put_text(out, it->id))
FIELD(name, smp_plan, it->name ? put_text(out, it->name) : SMP_JSON_KEEP)
FIELD(email, smp_plan, it->email ? put_text(out, it->email) : SMP_JSON_KEEP)
FIELD(time_zone, smp_plan, put_text(out, it->time_zone))
FIELD(lang, smp_plan, it->lang ? put_text(out, it->lang) : SMP_JSON_KEEP)
/* The facts of a record stay as they were. */
FIELD(facts, smp_plan,
      it->record ? SMP_JSON_KEEP : put_strings(out, &it->facts))
FIELD(zone_assumed, smp_plan,
      !it->zone_assumed && cJSON_IsTrue(old) ? SMP_JSON_DROP
                                             : put_true(out, it->zone_assumed))
FIELD(partial, smp_plan, put_true(out, it->partial))
FIELD(updated, smp_plan,
      it->updated_now ? put_instant(out, it->updated) : SMP_JSON_KEEP)
FIELD(choices_of, smp_plan, put_choices(out, it))
FIELD(changes, smp_plan, put_strings(out, &it->changes))
FIELD(warnings, smp_plan, put_strings(out, &it->warnings))

static const struct smp_json_field plan_fields[] = {
    SMP_JSON_FIELD("id", put_id),
    SMP_JSON_FIELD("name", put_name),
    SMP_JSON_FIELD("email", put_email),
    SMP_JSON_FIELD("phone", put_phone),
    SMP_JSON_FIELD("consent", put_consent),
    SMP_JSON_FIELD("saidConsent", put_said_consent),
    SMP_JSON_FIELD("studio", put_studio),
    SMP_JSON_FIELD("artist", put_artist),
    SMP_JSON_FIELD("timeZone", put_time_zone),
    SMP_JSON_FIELD("timeZoneAssumed", put_zone_assumed),
    SMP_JSON_FIELD("lang", put_lang),
    SMP_JSON_FIELD("facts", put_facts),
    SMP_JSON_FIELD("sessions", put_sessions),
    SMP_JSON_FIELD("items", put_plan_items),
    SMP_JSON_FIELD("care", put_care),
    SMP_JSON_FIELD("partial", put_partial),
    SMP_JSON_FIELD("incomplete", put_incomplete),
    SMP_JSON_FIELD("answers", put_answers),
    SMP_JSON_FIELD("updated", put_updated),
    SMP_JSON_FIELD("choices", put_choices_of),
    SMP_JSON_FIELD("changes", put_changes),
    SMP_JSON_FIELD("warnings", put_warnings),
    SMP_JSON_FIELD("day", put_day),
};

_Static_assert(COUNT(session_fields) <= SMP_JSON_FIELDS_MAX &&
                   COUNT(plan_fields) <= SMP_JSON_FIELDS_MAX,
               "fields that smp_json_patch can count");

void
smp_plan_format(struct smp_buf *out, const struct smp_plan *plan)
{
    smp_json_patch(out, (const cJSON *)plan->record, plan_fields,
                   COUNT(plan_fields), plan);
    smp_buf_putc(out, '\n');
}
