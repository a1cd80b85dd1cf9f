/*
 * How a record becomes a plan. The error is the first fault, with the path of
 * its place: "sessions[0].start: WHAT".
 */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "time/zone.h"
#include "json/json.h"
#include "plan/merge.h"
#include "plan/plan.h"

struct parser {
    struct smp_plan *plan;
    const struct smp_json_reader *json;
    struct smp_err *err;
};

static void
reject(void *context, const struct smp_place *place, const char *what)
{
    struct parser *p = context;
    struct smp_buf path = {0};

    smp_place_path(&path, place);
    if (path.len)
        smp_fail(p->err, "%s: %s", smp_buf_text(&path), what);
    else
        smp_fail(p->err, "%s", what);
    smp_buf_release(&path);
}

static bool
parse_text(struct parser *p, const struct smp_place *place, const char *text,
           struct smp_when *when)
{
    struct smp_err err = {0};

    if (smp_when_parse(text, when, &err))
        return true;
    reject(p, place, smp_buf_text(&err.text));
    smp_err_release(&err);
    return false;
}

/* A date or time; with an offset it becomes the plan's local time. */
static bool
parse_when(struct parser *p, const struct smp_place *place,
           struct smp_when *when)
{
    const char *text = NULL;

    if (!smp_json_string_at(p->json, place, &text) || !text ||
        !parse_text(p, place, text, when))
        return false;
    if (when->kind != SMP_INSTANT)
        return true;
    *when = smp_when_local(smp_zone_to_local(p->plan->zone, when->seconds));
    if (strcmp(place->key, "start") == 0 &&
        !smp_day_in_years(smp_day_at(when->seconds))) {
        reject(p, place, "outside the years 1900 to 2100");
        return false;
    }
    return true;
}

/* An instant, or a local time of the plan as an instant. */
static bool
parse_instant(struct parser *p, const struct smp_place *place, int64_t *instant)
{
    struct smp_when when;

    if (!parse_when(p, place, &when))
        return false;
    *instant = smp_zone_to_instant(p->plan->zone, when.seconds);
    return true;
}

static bool
parse_day(struct parser *p, const struct smp_place *place, int32_t *day)
{
    struct smp_when when;

    if (!parse_when(p, place, &when))
        return false;
    *day = smp_day_at(when.seconds);
    return true;
}

static int
parse_name(struct parser *p, const struct smp_place *place,
           const char *const *names, int absent)
{
    const char *name = NULL;
    int index;

    if (!smp_json_string_at(p->json, place, &name) || !name)
        return absent;
    index = smp_name_index(names, name);
    if (index < 0)
        smp_json_wrong(p->json, place, "not known: \"%.40s\"", name);
    return index < 0 ? absent : index;
}

/* "2026-12-20/2027-01-03", both days included. */
static bool
parse_days(struct parser *p, const char *text, struct smp_days *days)
{
    const char *slash = strchr(text, '/');
    char *start = smp_arena_strndup(&p->plan->arena, text,
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

static char
letter(const char **name)
{
    char c;

    while (**name == '_' || **name == '-' || **name == ' ')
        ++*name;
    c = **name;
    if (c)
        ++*name;
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool
has_letters_of(const char *name, const char *known)
{
    char c;

    do
        if ((c = letter(&name)) != letter(&known))
            return false;
    while (c);
    return true;
}

static bool
is_among(const char *name, const char *const *known)
{
    while (*known && (**known != *name || strcmp(*known, name) != 0))
        known++;
    return *known;
}

/*
 * Rejects each member whose name differs from a known one that is missing only
 * in case, blanks, - and _: "timezone" would leave a plan without "timeZone" in
 * silence. `known` ends with NULL.
 */
static void
check_names(struct parser *p, const struct smp_place *object,
            const char *const *known)
{
    const cJSON *member;
    const char *const *name;

    cJSON_ArrayForEach (member, object->value) {
        struct smp_place place = smp_place_child(object, member, 0);

        if (is_among(member->string, known))
            continue;
        for (name = known; *name; name++)
            if (has_letters_of(member->string, *name) &&
                !smp_json_find(object->value, *name))
                smp_json_wrong(p->json, &place, "its name must be \"%s\"",
                               *name);
    }
}

/* One uid is one thing: neither two items nor two sessions may share one. */
static void
check_uids(struct parser *p, const struct smp_place *place,
           const char *const *uids, size_t count)
{
    const char **slots;
    size_t size = 8, i, at;

    while (size < 2 * count)
        size *= 2;
    slots = smp_arena_alloc(p->json->arena, size * sizeof *slots);
    for (i = 0; i < count; i++) {
        at = (size_t)smp_hash(uids[i], strlen(uids[i]), 0) & (size - 1);
        while (slots[at] && strcmp(slots[at], uids[i]) != 0)
            at = (at + 1) & (size - 1);
        if (slots[at]) {
            reject(p, place, "a uid is given twice");
            return;
        }
        slots[at] = uids[i];
    }
}

/* sessions */

enum { DURATION_MAX = 24 * 3600 };

/* The members of a session, as format.c orders them. */
enum session_member {
    SESSION_NUMBER,
    SESSION_START,
    SESSION_DURATION,
    SESSION_STATUS,
    SESSION_FINAL,
    SESSION_UID,
    SESSION_SEQUENCE,
    SESSION_CREATED,
    SESSION_HEALED,
    SESSION_POSSIBLE,
    SESSION_TOO_LATE,
    SESSION_REF,
    SESSION_SAID,
    SESSION_SET,
    SESSION_GONE,
    SESSION_ANSWER,
    SESSION_ANSWERED,
    SESSION_MEMBERS
};

static const char *const session_names[SESSION_MEMBERS + 1] = {
    "number",   "start",   "duration", "status",   "final",    "uid",
    "sequence", "created", "healed",   "possible", "tooLate",  "ref",
    "said",     "set",     "gone",     "answer",   "answered",
};

static void
parse_healed(struct parser *p, const struct smp_place *healed,
             struct smp_session *session)
{
    if (!healed->value || smp_json_is(healed->value, cJSON_NULL))
        return;
    if (smp_json_is(healed->value, cJSON_False))
        session->healing = SMP_NOT_HEALED;
    else if (!smp_json_is(healed->value, cJSON_String))
        reject(p, healed, "a date or false is wanted");
    else if (parse_day(p, healed, &session->healed))
        session->healing = SMP_HEALED;
    if (session->healing == SMP_HEALED && session->start.kind != SMP_NEVER &&
        session->healed < smp_session_day(session))
        reject(p, healed, "before the session");
}

static void
parse_duration(struct parser *p, const struct smp_place *duration,
               struct smp_session *session)
{
    const char *text = NULL;

    smp_json_string_at(p->json, duration, &text);
    if (text && (!smp_duration_parse(text, &session->duration) ||
                 !session->duration || session->duration > DURATION_MAX))
        smp_json_wrong(p->json, duration,
                       "not a duration of at most 24 hours: \"%.40s\"", text);
}

static void
parse_possible_days(struct parser *p, const struct smp_place *possible,
                    struct smp_session *session)
{
    const char *text = NULL;
    struct smp_days days;

    if (!smp_json_string_at(p->json, possible, &text) || !text)
        return;
    session->has_window = parse_days(p, text, &days);
    session->first = days.first;
    session->last = days.last;
    if (!session->has_window)
        reject(p, possible, "two dates are wanted, FIRST/LAST");
}

/* {"start": "2027-01-05T10:00:00", "status": "booked"}, both as the booking
 * system had them; neither if it had no such session. */
static void
parse_set(struct parser *p, const struct smp_place *set,
          struct smp_session *session)
{
    struct smp_place start = smp_place_member(set, "start");
    struct smp_place status = smp_place_member(set, "status");

    if (!set->value || !smp_json_is_object(p->json, set))
        return;
    session->has_set = true;
    parse_when(p, &start, &session->set_start);
    session->set_status = parse_name(p, &status, smp_status_names, -1);
}

/* What comes from a booking system. */
static void
parse_session_system(struct parser *p, const struct smp_place *at,
                     struct smp_session *session)
{
    smp_json_string_at(p->json, &at[SESSION_REF], &session->ref);
    smp_json_string_at(p->json, &at[SESSION_SAID], &session->said);
    parse_set(p, &at[SESSION_SET], session);
    session->answer = (enum smp_reply_kind)parse_name(
        p, &at[SESSION_ANSWER], smp_answer_names, SMP_ANSWER_NONE);
    session->has_answered =
        parse_instant(p, &at[SESSION_ANSWERED], &session->answered);
    session->has_gone = parse_instant(p, &at[SESSION_GONE], &session->gone);
}

static void
parse_session_object(struct parser *p, const struct smp_place *place,
                     struct smp_session *session)
{
    struct smp_place at[SESSION_MEMBERS];

    check_names(p, place, session_names);
    smp_place_members(place, session_names, SESSION_MEMBERS, at);
    if (!at[SESSION_START].value)
        reject(p, &at[SESSION_START], "missing");
    parse_when(p, &at[SESSION_START], &session->start);
    smp_json_int_at(p->json, &at[SESSION_NUMBER], 1, SMP_NUMBER_MAX,
                    &session->number);
    parse_duration(p, &at[SESSION_DURATION], session);
    session->status = (enum smp_status)parse_name(p, &at[SESSION_STATUS],
                                                  smp_status_names, SMP_BOOKED);
    smp_json_bool_at(p->json, &at[SESSION_FINAL], &session->final);
    smp_json_string_at(p->json, &at[SESSION_UID], &session->uid);
    smp_json_int_at(p->json, &at[SESSION_SEQUENCE], 0, INT32_MAX,
                    &session->sequence);
    session->has_created =
        parse_instant(p, &at[SESSION_CREATED], &session->created);
    smp_json_strings_at(p->json, &at[SESSION_TOO_LATE], &session->late);
    parse_session_system(p, at, session);
    parse_healed(p, &at[SESSION_HEALED], session);
    parse_possible_days(p, &at[SESSION_POSSIBLE], session);
}

/* A date instead of an object means {"start": "2026-12-01"}. */
static void
parse_bare_session(struct parser *p, const struct smp_place *place,
                   struct smp_session *session)
{
    struct smp_err err = {0};

    if (!smp_when_parse(place->value->valuestring, &session->start, &err))
        reject(p, place, smp_buf_text(&err.text));
    else if (session->start.kind == SMP_INSTANT)
        session->start = smp_when_local(
            smp_zone_to_local(p->plan->zone, session->start.seconds));
    smp_err_release(&err);
}

static void
parse_session(struct parser *p, const struct smp_place *place, int number)
{
    struct smp_session *session = smp_plan_add_session(p->plan);

    session->number = number;
    if (number > SMP_NUMBER_MAX)
        reject(p, place, "its number would be more than 99");
    session->source = place->index + 1;
    if (smp_json_is(place->value, cJSON_String))
        parse_bare_session(p, place, session);
    else if (smp_json_is_object(p->json, place))
        parse_session_object(p, place, session);
}

static void
check_numbers(struct parser *p, const struct smp_place *sessions)
{
    const struct smp_plan *plan = p->plan;
    size_t i;

    for (i = 1; i < plan->session_count; i++)
        if (plan->sessions[i].number == plan->sessions[i - 1].number)
            smp_json_wrong(p->json, sessions, "number %d is given twice",
                           plan->sessions[i].number);
}

static void
check_session_uids(struct parser *p, const struct smp_place *sessions)
{
    const struct smp_plan *plan = p->plan;
    const char **uids = smp_arena_alloc(
        p->json->arena, (plan->session_count + 1) * sizeof *uids);
    size_t i, count = 0;

    for (i = 0; i < plan->session_count; i++)
        if (plan->sessions[i].uid)
            uids[count++] = plan->sessions[i].uid;
    check_uids(p, sessions, uids, count);
}

static void
parse_sessions(struct parser *p, const struct smp_place *root)
{
    struct smp_place sessions = smp_place_member(root, "sessions");
    const cJSON *element;
    size_t index = 0;
    int number = 0;

    if (!sessions.value)
        reject(p, &sessions, "missing");
    if (!smp_json_is_array(p->json, &sessions))
        return;
    if (cJSON_GetArraySize(sessions.value) > SMP_NUMBER_MAX) {
        reject(p, &sessions, "more than 99");
        return;
    }
    cJSON_ArrayForEach (element, sessions.value) {
        struct smp_place place = smp_place_child(&sessions, element, index++);

        parse_session(p, &place, number + 1);
        number = p->plan->sessions[p->plan->session_count - 1].number;
    }
    smp_plan_sort_sessions(p->plan);
    check_numbers(p, &sessions);
    check_session_uids(p, &sessions);
}

/* items */

/* The members of an item, as format.c orders them. */
enum item_member {
    ITEM_UID,
    ITEM_RULE,
    ITEM_PHASE,
    ITEM_VERB,
    ITEM_WHAT,
    ITEM_SESSION,
    ITEM_TITLE,
    ITEM_TEXT,
    ITEM_START,
    ITEM_START_LATEST,
    ITEM_START_ON,
    ITEM_END_EARLIEST,
    ITEM_END,
    ITEM_END_ON,
    ITEM_EVERY,
    ITEM_AT,
    ITEM_MEMBERS
};

static const char *const item_names[ITEM_MEMBERS] = {
    "uid",   "rule",  "phase", "verb",        "what",    "session",
    "title", "text",  "start", "startLatest", "startOn", "endEarliest",
    "end",   "endOn", "every", "at",
};

static void
parse_instants(struct parser *p, const struct smp_place *at,
               struct smp_item *item)
{
    const cJSON *element;

    if (!smp_json_is_array(p->json, at))
        return;
    item->at =
        smp_arena_alloc(&p->plan->arena, (size_t)cJSON_GetArraySize(at->value) *
                                             sizeof *item->at);
    cJSON_ArrayForEach (element, at->value) {
        struct smp_place one = smp_place_child(at, element, item->at_count);
        struct smp_when when = {0};
        struct smp_err err = {0};

        if (!smp_json_is(element, cJSON_String) ||
            !smp_when_parse(element->valuestring, &when, &err) ||
            when.kind != SMP_INSTANT)
            reject(p, &one, "an instant is wanted");
        else if (item->at_count && when.seconds <= item->at[item->at_count - 1])
            reject(p, &one, "not later than the one before");
        item->at[item->at_count++] = when.seconds;
        smp_err_release(&err);
    }
}

static void
require(struct parser *p, const struct smp_place *member)
{
    if (!member->value)
        reject(p, member, "missing");
}

static bool
is_after(struct smp_when a, struct smp_when b)
{
    return a.kind != SMP_NEVER && b.kind != SMP_NEVER && a.seconds > b.seconds;
}

/* The bounds of an item must be in order, with some time between them. */
static void
check_bounds(struct parser *p, const struct smp_place members[ITEM_MEMBERS],
             const struct smp_item *item)
{
    if (item->end.kind != SMP_NEVER && !is_after(item->end, item->start))
        reject(p, &members[ITEM_END], "not after the start");
    if (is_after(item->start, item->start_latest))
        reject(p, &members[ITEM_START_LATEST], "before the start");
    if (is_after(item->end_earliest, item->end))
        reject(p, &members[ITEM_END_EARLIEST], "after the end");
}

static void
parse_bounds(struct parser *p, const struct smp_place at[ITEM_MEMBERS],
             struct smp_item *item)
{
    parse_when(p, &at[ITEM_START], &item->start);
    parse_when(p, &at[ITEM_START_LATEST], &item->start_latest);
    parse_when(p, &at[ITEM_END_EARLIEST], &item->end_earliest);
    parse_when(p, &at[ITEM_END], &item->end);
    smp_json_string_at(p->json, &at[ITEM_START_ON], &item->start_on);
    smp_json_string_at(p->json, &at[ITEM_END_ON], &item->end_on);
}

/* A missing title or text is taken from the other one, or the rule. */
static void
complete_words(struct smp_item *item)
{
    if (!*item->title)
        item->title = *item->text ? item->text : item->rule;
    if (!*item->text)
        item->text = item->title;
}

static void
parse_item(struct parser *p, const struct smp_place *place)
{
    struct smp_item *item = smp_plan_add_item(p->plan);
    struct smp_place at[ITEM_MEMBERS];

    item->source = place->index + 1;
    item->uid = item->rule = item->title = item->text = "";
    if (!smp_json_is_object(p->json, place))
        return;
    smp_place_members(place, item_names, ITEM_MEMBERS, at);
    require(p, &at[ITEM_UID]);
    require(p, &at[ITEM_PHASE]);
    require(p, &at[ITEM_START]);
    require(p, &at[ITEM_SESSION]);
    smp_json_string_at(p->json, &at[ITEM_UID], &item->uid);
    smp_json_string_at(p->json, &at[ITEM_RULE], &item->rule);
    item->phase = (enum smp_phase)parse_name(p, &at[ITEM_PHASE],
                                             smp_phase_names, SMP_POST);
    item->verb =
        (enum smp_verb)parse_name(p, &at[ITEM_VERB], smp_verb_names, SMP_DO);
    smp_json_strings_at(p->json, &at[ITEM_WHAT], &item->what);
    smp_json_int_at(p->json, &at[ITEM_SESSION], 1, SMP_NUMBER_MAX,
                    &item->session);
    smp_json_string_at(p->json, &at[ITEM_TITLE], &item->title);
    smp_json_string_at(p->json, &at[ITEM_TEXT], &item->text);
    complete_words(item);
    parse_bounds(p, at, item);
    smp_json_string_at(p->json, &at[ITEM_EVERY], &item->every);
    parse_instants(p, &at[ITEM_AT], item);
    check_bounds(p, at, item);
}

static void
check_item_uids(struct parser *p, const struct smp_place *items)
{
    const struct smp_plan *plan = p->plan;
    const char **uids =
        smp_arena_alloc(p->json->arena, (plan->item_count + 1) * sizeof *uids);
    size_t i;

    for (i = 0; i < plan->item_count; i++)
        uids[i] = plan->items[i].uid;
    check_uids(p, items, uids, plan->item_count);
}

static void
parse_items(struct parser *p, const struct smp_place *root)
{
    struct smp_place items = smp_place_member(root, "items");
    const cJSON *element;
    size_t index = 0;

    if (!smp_json_is_array(p->json, &items))
        return;
    if (cJSON_GetArraySize(items.value) > SMP_ITEMS_MAX) {
        reject(p, &items, "more than 2000");
        return;
    }
    cJSON_ArrayForEach (element, items.value) {
        struct smp_place place = smp_place_child(&items, element, index++);

        parse_item(p, &place);
    }
    check_item_uids(p, &items);
}

/* the plan */

static const char *const plan_names[] = {
    "id",      "name",        "email",      "timeZone", "timeZoneAssumed",
    "lang",    "studio",      "facts",      "away",     "choices",
    "updated", "feed",        "sessions",   "items",    "care",
    "partial", "changes",     "warnings",   "phone",    "artist",
    "consent", "saidConsent", "incomplete", "answers",  NULL,
};

static const char *const incomplete_names[] = {"", "client", "export", NULL};

static void
parse_away(struct parser *p, const struct smp_place *root)
{
    struct smp_place away = smp_place_member(root, "away");
    struct smp_plan *plan = p->plan;
    struct smp_strings list = {0};
    size_t i;

    if (!smp_json_strings(p->json, root, "away", &list))
        return;
    plan->away =
        smp_arena_alloc(&plan->arena, (list.count + 1) * sizeof *plan->away);
    for (i = 0; i < list.count; i++)
        if (!parse_days(p, list.at[i], &plan->away[plan->away_count++]))
            reject(p, &away, "two dates are wanted, FIRST/LAST");
}

static void
parse_choices(struct parser *p, const struct smp_place *root)
{
    struct smp_place choices = smp_place_member(root, "choices");
    struct smp_plan *plan = p->plan;
    struct smp_strings list = {0};
    struct smp_err err = {0};
    size_t i;

    if (!smp_json_strings(p->json, root, "choices", &list))
        return;
    plan->choices =
        smp_arena_alloc(&plan->arena, (list.count + 1) * sizeof *plan->choices);
    for (i = 0; i < list.count; i++)
        if (!smp_when_parse(list.at[i], &plan->choices[plan->choice_count++],
                            &err))
            reject(p, &choices, smp_buf_text(&err.text));
    smp_err_release(&err);
}

static void
parse_care(struct parser *p, const struct smp_place *root)
{
    struct smp_place care = smp_place_member(root, "care");
    int phase;

    if (!smp_json_is_object(p->json, &care))
        return;
    for (phase = SMP_PRE; phase <= SMP_POST; phase++)
        smp_json_string(p->json, &care, smp_phase_names[phase],
                        &p->plan->care[phase]);
}

static void
parse_id(struct parser *p, const struct smp_place *root)
{
    struct smp_place id = smp_place_member(root, "id");

    p->plan->id = "";
    if (!smp_json_string(p->json, root, "id", &p->plan->id))
        return;
    if (!*p->plan->id)
        reject(p, &id, id.value ? "empty" : "missing");
}

static void
parse_zone(struct parser *p, const struct smp_place *root,
           const struct smp_plan_defaults *defaults)
{
    struct smp_place zone = smp_place_member(root, "timeZone");
    struct smp_err err = {0};

    smp_json_string(p->json, root, "studio", &p->plan->studio);
    smp_json_string(p->json, root, "timeZone", &p->plan->time_zone);
    smp_json_bool(p->json, root, "timeZoneAssumed", &p->plan->zone_assumed);
    if (!p->err->failed && !smp_plan_set_zone(p->plan, defaults, &err)) {
        if (zone.value)
            smp_err_prefix(&err, "timeZone");
        smp_fail_as(p->err, &err);
    }
    smp_err_release(&err);
}

/* Null and an empty list are not the same: who is in none wants none. */
static bool
parse_consent(struct parser *p, const struct smp_place *root, const char *key,
              struct smp_strings *list)
{
    struct smp_place place = smp_place_member(root, key);

    return place.value && smp_json_is_array(p->json, &place) &&
           smp_json_strings_at(p->json, &place, list);
}

static void
parse_answer(struct parser *p, const struct smp_place *place,
             struct smp_reply *reply)
{
    struct smp_place answer = smp_place_member(place, "answer");
    struct smp_place stamp = smp_place_member(place, "stamp");

    smp_json_string(p->json, place, "uid", &reply->uid);
    smp_json_string(p->json, place, "attendee", &reply->attendee);
    smp_json_int(p->json, place, "sequence", 0, INT32_MAX, &reply->sequence);
    reply->answer = (enum smp_reply_kind)parse_name(
        p, &answer, smp_answer_names, SMP_ANSWER_NONE);
    reply->has_stamp = parse_instant(p, &stamp, &reply->stamp);
    if (!reply->uid || !reply->attendee || !reply->answer)
        reject(p, place, "uid, attendee and answer are required");
}

static void
parse_answers(struct parser *p, const struct smp_place *root)
{
    struct smp_place answers = smp_place_member(root, "answers");
    struct smp_plan *plan = p->plan;
    const cJSON *element;
    size_t count;

    if (!answers.value || !smp_json_is_array(p->json, &answers))
        return;
    count = (size_t)cJSON_GetArraySize(answers.value);
    plan->replies =
        smp_arena_alloc(&plan->arena, (count + 1) * sizeof *plan->replies);
    cJSON_ArrayForEach (element, answers.value) {
        struct smp_place place =
            smp_place_child(&answers, element, plan->reply_count);

        if (smp_json_is_object(p->json, &place))
            parse_answer(p, &place, &plan->replies[plan->reply_count]);
        plan->reply_count++;
    }
}

/* What comes from a booking system. */
static void
parse_system(struct parser *p, const struct smp_place *root)
{
    struct smp_place incomplete = smp_place_member(root, "incomplete");
    struct smp_plan *plan = p->plan;

    smp_json_string(p->json, root, "phone", &plan->phone);
    smp_json_string(p->json, root, "artist", &plan->artist);
    plan->has_consent = parse_consent(p, root, "consent", &plan->consent);
    plan->has_said_consent =
        parse_consent(p, root, "saidConsent", &plan->said_consent);
    plan->incomplete = (enum smp_incomplete)parse_name(
        p, &incomplete, incomplete_names, SMP_COMPLETE);
    parse_answers(p, root);
}

static void
parse_members(struct parser *p, const struct smp_place *root,
              const struct smp_plan_defaults *defaults)
{
    struct smp_place updated = smp_place_member(root, "updated");
    struct smp_plan *plan = p->plan;

    parse_zone(p, root, defaults);
    if (p->err->failed) /* times require a zone */
        return;
    smp_json_string(p->json, root, "name", &plan->name);
    smp_json_string(p->json, root, "email", &plan->email);
    smp_json_string(p->json, root, "lang", &plan->lang);
    smp_json_strings(p->json, root, "facts", &plan->facts);
    smp_plan_sort_facts(plan);
    parse_away(p, root);
    parse_choices(p, root);
    plan->has_updated = parse_instant(p, &updated, &plan->updated);
    smp_json_int(p->json, root, "feed", 0, INT32_MAX, &plan->feed);
    parse_sessions(p, root);
    parse_items(p, root);
    parse_care(p, root);
    parse_system(p, root);
    smp_json_bool(p->json, root, "partial", &plan->partial);
    smp_json_strings(p->json, root, "changes", &plan->changes);
    smp_json_strings(p->json, root, "warnings", &plan->warnings);
}

bool
smp_plan_parse_head(struct smp_plan *plan, const char *text, size_t n)
{
    struct smp_err err = {0};
    struct parser p = {.plan = plan, .err = &err};
    struct smp_json_reader reader = {&plan->arena, reject, &p, true};
    struct smp_place root =
        smp_place_root(smp_json_parse_until(&plan->arena, text, n, "items"));
    bool ok;

    p.json = &reader;
    parse_id(&p, &root);
    smp_json_string(p.json, &root, "studio", &plan->studio);
    smp_json_string(p.json, &root, "timeZone", &plan->time_zone);
    smp_json_string(p.json, &root, "lang", &plan->lang);
    smp_json_int(p.json, &root, "feed", 0, INT32_MAX, &plan->feed);
    ok = root.value && !err.failed;
    smp_err_release(&err);
    return ok;
}

/* A record is one line, so the error names the column alone. */
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
smp_plan_parse(struct smp_plan *plan, const char *text, size_t n,
               const struct smp_plan_defaults *defaults, struct smp_err *err)
{
    struct parser p = {.plan = plan, .err = err};
    struct smp_json_reader reader = {&plan->arena, reject, &p, true};
    const cJSON *json = parse_line(&plan->arena, text, n, err);
    struct smp_place root = smp_place_root(json);

    p.json = &reader;
    plan->id = "";
    if (!json)
        return false;
    plan->record = (const struct smp_record *)json;
    if (smp_json_is_object(p.json, &root)) {
        parse_id(&p, &root);
        check_names(&p, &root, plan_names);
        parse_members(&p, &root, defaults);
    }
    return !err->failed;
}
