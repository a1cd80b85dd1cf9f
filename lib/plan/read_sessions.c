#include "plan/reading.h"

#include "json/json.h"

enum { DURATION_MAX = 24 * 3600 };

/* The members of a session, in the order in which they are written. */
enum member {
    NUMBER,
    START,
    DURATION,
    STATUS,
    FINAL,
    UID,
    SEQUENCE,
    CREATED,
    HEALED,
    POSSIBLE,
    TOO_LATE,
    REF,
    SAID,
    SET,
    GONE,
    ANSWER,
    ANSWERED,
    MEMBERS
};

static const char *const names[MEMBERS + 1] = {
    "number",   "start",   "duration", "status",   "final",   "uid",
    "sequence", "created", "healed",   "possible", "tooLate",
    "ref",      "said",    "set",      "gone",
    "answer",   "answered",
};

static void
read_healed(struct reading *r, const struct smp_place *healed,
            struct smp_session *session)
{
    if (!healed->value || cJSON_IsNull(healed->value))
        return;
    if (cJSON_IsFalse(healed->value))
        session->healing = SMP_NOT_HEALED;
    else if (!cJSON_IsString(healed->value))
        smp_reading_reject(r, healed, "a date or false is wanted");
    else if (smp_reading_day_at(r, healed, &session->healed))
        session->healing = SMP_HEALED;
    if (session->healing == SMP_HEALED && session->start.kind != SMP_NEVER &&
        session->healed < smp_session_day(session))
        smp_reading_reject(r, healed, "before the session");
}

static void
read_duration(struct reading *r, const struct smp_place *duration,
              struct smp_session *session)
{
    const char *text = NULL;

    smp_json_string_at(r->json, duration, &text);
    if (text && (!smp_duration_parse(text, &session->duration) ||
                 !session->duration || session->duration > DURATION_MAX))
        smp_json_wrong(r->json, duration,
                       "not a duration of at most 24 hours: \"%.40s\"", text);
}

static void
read_possible_days(struct reading *r, const struct smp_place *possible,
                   struct smp_session *session)
{
    const char *text = NULL;
    struct smp_days days;

    if (!smp_json_string_at(r->json, possible, &text) || !text)
        return;
    session->has_window = smp_reading_days(r, text, &days);
    session->first = days.first;
    session->last = days.last;
    if (!session->has_window)
        smp_reading_reject(r, possible, "two dates are wanted, FIRST/LAST");
}

/* {"start": "2027-01-05T10:00:00", "status": "booked"}, both as the booking
 * system had them; neither if it had no such session. */
static void
read_set(struct reading *r, const struct smp_place *set,
         struct smp_session *session)
{
    struct smp_place start = smp_place_member(set, "start");
    struct smp_place status = smp_place_member(set, "status");

    if (!set->value || !smp_json_is_object(r->json, set))
        return;
    session->has_set = true;
    smp_reading_when_at(r, &start, &session->set_start);
    session->set_status =
        smp_reading_name_at(r, &status, smp_status_names, -1);
}

static void
read_session_object(struct reading *r, const struct smp_place *place,
                    struct smp_session *session)
{
    struct smp_place at[MEMBERS];

    smp_reading_check_names(r, place, names);
    smp_place_members(place, names, MEMBERS, at);
    if (!at[START].value)
        smp_reading_reject(r, &at[START], "missing");
    smp_reading_when_at(r, &at[START], &session->start);
    smp_json_int_at(r->json, &at[NUMBER], 1, SMP_NUMBER_MAX, &session->number);
    read_duration(r, &at[DURATION], session);
    session->status = (enum smp_status)smp_reading_name_at(
        r, &at[STATUS], smp_status_names, SMP_BOOKED);
    smp_json_bool_at(r->json, &at[FINAL], &session->final);
    smp_json_string_at(r->json, &at[UID], &session->uid);
    smp_json_int_at(r->json, &at[SEQUENCE], 0, INT32_MAX, &session->sequence);
    session->has_created =
        smp_reading_instant_at(r, &at[CREATED], &session->created);
    smp_json_strings_at(r->json, &at[TOO_LATE], &session->late);
    smp_json_string_at(r->json, &at[REF], &session->ref);
    smp_json_string_at(r->json, &at[SAID], &session->said);
    read_set(r, &at[SET], session);
    session->answer = (enum smp_reply_kind)smp_reading_name_at(
        r, &at[ANSWER], smp_answer_names, SMP_ANSWER_NONE);
    session->has_answered =
        smp_reading_instant_at(r, &at[ANSWERED], &session->answered);
    session->has_gone = smp_reading_instant_at(r, &at[GONE], &session->gone);
    read_healed(r, &at[HEALED], session);
    read_possible_days(r, &at[POSSIBLE], session);
}

/* A date in place of an object: {"start": "2026-12-01"} is meant. */
static void
read_bare_session(struct reading *r, const struct smp_place *place,
                  struct smp_session *session)
{
    struct smp_err err = {0};

    if (!smp_when_parse(place->value->valuestring, &session->start, &err))
        smp_reading_reject(r, place, smp_buf_text(&err.text));
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
    if (number > SMP_NUMBER_MAX)
        smp_reading_reject(r, place, "its number would be more than 99");
    session->source = place->index + 1;
    if (cJSON_IsString(place->value))
        read_bare_session(r, place, session);
    else if (smp_json_is_object(r->json, place))
        read_session_object(r, place, session);
}

static void
check_numbers(struct reading *r, const struct smp_place *sessions)
{
    const struct smp_plan *plan = r->plan;
    size_t i;

    for (i = 1; i < plan->session_count; i++)
        if (plan->sessions[i].number == plan->sessions[i - 1].number)
            smp_json_wrong(r->json, sessions, "number %d is given twice",
                           plan->sessions[i].number);
}

static void
check_session_uids(struct reading *r, const struct smp_place *sessions)
{
    const struct smp_plan *plan = r->plan;
    const char **uids = smp_arena_alloc(
        r->json->arena, (plan->session_count + 1) * sizeof *uids);
    size_t i, count = 0;

    for (i = 0; i < plan->session_count; i++)
        if (plan->sessions[i].uid)
            uids[count++] = plan->sessions[i].uid;
    smp_reading_check_uids(r, sessions, uids, count);
}

void
smp_reading_sessions(struct reading *r, const struct smp_place *root)
{
    struct smp_place sessions = smp_place_member(root, "sessions");
    const cJSON *element;
    size_t index = 0;
    int number = 0;

    if (!sessions.value)
        smp_reading_reject(r, &sessions, "missing");
    if (!smp_json_is_array(r->json, &sessions))
        return;
    if (cJSON_GetArraySize(sessions.value) > SMP_NUMBER_MAX) {
        smp_reading_reject(r, &sessions, "more than 99");
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
