#include "json/json.h"
#include "plan/printing.h"
#include "protocol/words.h"

/*
 * Writing follows the record that was read, member by member, so that what is
 * not ours stays where it was; a plan without a record begins with none. Each
 * member of ours is a row in one of the tables of these files, in the order
 * they have where they are new.
 */

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
        return smp_printing_when(out, smp_when_day(session->healed));
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

FIELD(session_number, smp_session, smp_printing_int(out, it->number))
FIELD(session_start, smp_session, smp_printing_when(out, it->start))
FIELD(session_duration, smp_session, put_duration(out, it))
FIELD(session_status, smp_session,
      smp_printing_text(out, smp_status_names[it->status]))
FIELD(session_final, smp_session, put_final(out, it))
FIELD(session_uid, smp_session, smp_printing_text(out, it->uid))
FIELD(session_sequence, smp_session,
      it->sequence ? smp_printing_int(out, it->sequence) : SMP_JSON_KEEP)
FIELD(session_created, smp_session,
      it->has_created && !old ? smp_printing_instant(out, it->created)
                              : SMP_JSON_KEEP)
FIELD(session_healed, smp_session, put_healed(out, it))
FIELD(session_possible, smp_session, put_possible(out, it))
FIELD(session_ref, smp_session, smp_printing_text(out, it->ref))
FIELD(session_said, smp_session, smp_printing_text(out, it->said))
FIELD(session_gone, smp_session,
      it->has_gone ? smp_printing_instant(out, it->gone) : SMP_JSON_DROP)
FIELD(session_answer, smp_session,
      smp_printing_text(out,
                        it->answer ? smp_answer_names[it->answer] : NULL))
FIELD(session_answered, smp_session,
      it->has_answered ? smp_printing_instant(out, it->answered)
                       : SMP_JSON_DROP)
FIELD(set_start, smp_session, smp_printing_when(out, it->set_start))
FIELD(set_status, smp_session,
      smp_printing_text(out, it->set_status < 0
                                 ? NULL
                                 : smp_status_names[it->set_status]))

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

FIELD(session_late, smp_session, smp_printing_strings(out, &it->late))

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
        smp_json_patch(out, smp_printing_element(&elements, session->source),
                       session_fields, COUNT(session_fields), session);
    }
    smp_buf_putc(out, ']');
    return SMP_JSON_PUT;
}

FIELD(care_pre, smp_plan, smp_printing_text(out, it->care[SMP_PRE]))
FIELD(care_post, smp_plan, smp_printing_text(out, it->care[SMP_POST]))

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

/* What is not true stays as it was. */
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
        smp_printing_when(out, plan->choices[i]);
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

FIELD(day_date, smp_day_note, smp_printing_when(out, smp_when_day(it->date)))
FIELD(day_now, smp_day_note, put_now(out, it->now))
FIELD(day_title, smp_day_note, smp_printing_text(out, it->title))
FIELD(day_text, smp_day_note, smp_printing_text(out, it->text))

/* What is said of a day is never that of another program: it is said anew. */
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
    if (there && !list->count)
        smp_buf_puts(out, "[]");
    return there && !list->count ? SMP_JSON_PUT
           : there               ? smp_printing_strings(out, list)
                                 : SMP_JSON_DROP;
}

static change
put_incomplete(struct smp_buf *out, const void *thing, const cJSON *old)
{
    const struct smp_plan *plan = thing;

    (void)old;
    return smp_printing_text(out, plan->incomplete == SMP_COMPLETE ? NULL
                                  : plan->incomplete == SMP_INCOMPLETE_CLIENT
                                      ? "client"
                                      : "export");
}

FIELD(answer_uid, smp_reply, smp_printing_text(out, it->uid))
FIELD(answer_attendee, smp_reply, smp_printing_text(out, it->attendee))
FIELD(answer_answer, smp_reply,
      smp_printing_text(out, smp_answer_names[it->answer]))
FIELD(answer_sequence, smp_reply,
      it->sequence ? smp_printing_int(out, it->sequence) : SMP_JSON_KEEP)
FIELD(answer_stamp, smp_reply,
      it->has_stamp ? smp_printing_instant(out, it->stamp) : SMP_JSON_DROP)

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

FIELD(phone, smp_plan,
      it->phone ? smp_printing_text(out, it->phone) : SMP_JSON_KEEP)
FIELD(studio, smp_plan,
      it->studio ? smp_printing_text(out, it->studio) : SMP_JSON_KEEP)
FIELD(artist, smp_plan,
      it->artist ? smp_printing_text(out, it->artist) : SMP_JSON_KEEP)
FIELD(consent, smp_plan, put_list(out, it->has_consent, &it->consent))
FIELD(said_consent, smp_plan,
      put_list(out, it->has_said_consent, &it->said_consent))
FIELD(items, smp_plan, smp_printing_items(out, it, old))
FIELD(id, smp_plan, smp_printing_text(out, it->id))
FIELD(name, smp_plan,
      it->name ? smp_printing_text(out, it->name) : SMP_JSON_KEEP)
FIELD(email, smp_plan,
      it->email ? smp_printing_text(out, it->email) : SMP_JSON_KEEP)
FIELD(time_zone, smp_plan, smp_printing_text(out, it->time_zone))
FIELD(lang, smp_plan,
      it->lang ? smp_printing_text(out, it->lang) : SMP_JSON_KEEP)
/* Those of a record stay as they were read. */
FIELD(facts, smp_plan,
      it->record ? SMP_JSON_KEEP : smp_printing_strings(out, &it->facts))
FIELD(zone_assumed, smp_plan, put_true(out, it->zone_assumed))
FIELD(partial, smp_plan, put_true(out, it->partial))
FIELD(updated, smp_plan,
      it->updated_now ? smp_printing_instant(out, it->updated) : SMP_JSON_KEEP)
FIELD(choices_of, smp_plan, put_choices(out, it))
FIELD(changes, smp_plan, smp_printing_strings(out, &it->changes))
FIELD(warnings, smp_plan, smp_printing_strings(out, &it->warnings))

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
    SMP_JSON_FIELD("items", put_items),
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
smp_plan_print(struct smp_buf *out, const struct smp_plan *plan)
{
    smp_json_patch(out, (const cJSON *)plan->record, plan_fields,
                   COUNT(plan_fields), plan);
    smp_buf_putc(out, '\n');
}
