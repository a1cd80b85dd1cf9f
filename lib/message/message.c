#include "message/message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/fill.h"
#include "plan/plan.h"
#include "protocol/protocol.h"
#include "time/civil.h"
#include "time/window.h"
#include "time/zone.h"
#include "base/utf8.h"
#include "care/care.h"
#include "ical/invitation.h"
#include "json/json.h"
#include "message/internal.h"
#include "protocol/words.h"
#include "care/in_force.h"

struct smp_messaging {
    struct smp_outbox outbox;
    struct smp_rivals rivals;
    struct smp_told told, now, then; /* last; of the day; see corrections */
    struct smp_buf text, short_text, file, record;
};

/* What is to be sent to one client. */
struct letter {
    struct smp_messenger *messenger;
    struct smp_plan *plan;
    const struct smp_protocol *protocol;
    struct smp_message_key key;
    const struct smp_message_file *last; /* message to the client, or NULL */
    const char *way, *to;
    const struct smp_told *told; /* NULL: nothing so far */
    struct smp_day_care care;
    struct smp_strings corrections, notes; /* sentences */
    size_t correction_room, note_room;
    int32_t urgent; /* the day before which the corrections must be known */
};

/* What has reached the client for certain, or NULL. */
static const struct smp_told *
arrived(const struct letter *letter)
{
    return letter->last && letter->last->place == SMP_SENT ? letter->told
                                                           : NULL;
}

/* to whom */

/* The digits of a number, behind a "+" if it has one; NULL: it is none. */
static const char *
phone_of(struct smp_plan *plan)
{
    enum { DIGITS_MIN = 5, DIGITS_MAX = 15 };
    static const char digits[] = "0123456789";
    const char *at = plan->phone;
    struct smp_buf number = {0};
    const char *kept = NULL;
    size_t plus = *at == '+', n;

    if (at[strspn(at, "+0123456789 ()-./")])
        return NULL;
    if (plus)
        smp_buf_putc(&number, '+');
    for (; *at; at++)
        if (strchr(digits, *at))
            smp_buf_putc(&number, *at);
    n = number.len - plus;
    if (n >= DIGITS_MIN && n <= DIGITS_MAX)
        kept = smp_arena_strdup(&plan->arena, number.data);
    smp_buf_release(&number);
    return kept;
}

bool
smp_message_check_consent(const struct smp_plan *plan, struct smp_err *err)
{
    size_t i;

    for (i = 0; i < plan->consent.count; i++)
        if (strcmp(plan->consent.at[i], "mail") != 0 &&
            strcmp(plan->consent.at[i], "sms") != 0)
            return smp_fail(err, "consent: a list of \"mail\" and \"sms\" is "
                                 "wanted");
    return true;
}

/*
 * The first way that the client consents to and this run can write; NULL:
 * there is none. Fails if its address cannot be used.
 */
static bool
choose_way(struct letter *letter, struct smp_err *err)
{
    struct smp_plan *plan = letter->plan;
    bool mail = smp_strings_have(&plan->consent, "mail");
    bool first = mail && strcmp(plan->consent.at[0], "mail") == 0;

    if (!smp_message_check_consent(plan, err))
        return false;
    if (letter->messenger->form == SMP_MESSAGE_MAIL ? mail : first) {
        letter->way = "mail";
        letter->to = plan->email;
        return smp_can_be_mailed(plan, letter->protocol, SMP_METHOD_REQUEST,
                                 err);
    }
    if (letter->messenger->form == SMP_MESSAGE_MAIL || !plan->consent.count)
        return true;
    letter->way = "sms";
    if (!plan->phone)
        return smp_fail(err, "phone: missing");
    letter->to = phone_of(plan);
    return letter->to || smp_fail(err, "phone: not a number that can be used");
}

/* when */

struct hour {
    bool due;       /* messages are sent now */
    bool quiet;     /* nothing but what cannot wait is */
    int32_t day;    /* that they are about */
    int32_t awaken; /* the day on which the quiet hours end */
};

static bool
is_quiet(const struct smp_protocol *protocol, int minute)
{
    int from = protocol->quiet_from, until = protocol->quiet_until;

    return from <= until ? from <= minute && minute < until
                         : minute >= from || minute < until;
}

/* A session that begins before messages are sent on its day. */
static bool
begins_early(const struct smp_plan *plan, const struct smp_protocol *protocol,
             int32_t day)
{
    int first = protocol->studio.send > protocol->quiet_until
                    ? protocol->studio.send
                    : protocol->quiet_until;
    size_t i;

    for (i = 0; i < plan->session_count; i++) {
        const struct smp_session *session = &plan->sessions[i];
        int64_t time = smp_session_start(session);

        if (session->status == SMP_BOOKED && session->start.kind == SMP_LOCAL &&
            smp_day_at(time) == day &&
            time < (int64_t)day * SMP_DAY_SECONDS + 60 * first)
            return true;
    }
    return false;
}

static struct hour
hour_of(const struct smp_plan *plan, const struct smp_protocol *protocol,
        int64_t now)
{
    int64_t local = smp_zone_to_local(plan->zone, now);
    int32_t day = smp_day_at(local);
    int minute = (int)((local - (int64_t)day * SMP_DAY_SECONDS) / 60);
    int evening = smp_protocol_clock(protocol, SMP_CLOCK_NIGHT, 0);
    bool overnight = protocol->quiet_from > protocol->quiet_until;
    struct hour hour = {
        .day = day, .quiet = is_quiet(protocol, minute), .awaken = day};

    if (overnight && evening > protocol->quiet_from - 60)
        evening = protocol->quiet_from - 60;
    if (overnight && minute >= protocol->quiet_from)
        hour.awaken++;
    hour.due = !hour.quiet && minute >= protocol->studio.send;
    if (hour.due && minute >= evening && begins_early(plan, protocol, day + 1))
        hour.day++;
    return hour;
}

/* whether it is due */

/* Something holds that was not told, or has another bound. */
static bool
has_more(const struct smp_told *now, const struct smp_told *told)
{
    size_t i;

    for (i = 0; i < now->count; i++) {
        struct smp_told_rule rule;

        if ((!told || !smp_told_has(told, now->lines[i])) &&
            (!smp_told_split(now->lines[i], &rule) || rule.verb != SMP_EXPECT))
            return true;
    }
    return false;
}

/* Care before a session ends with it, and so does asking for one: no news. */
static bool
has_ended(const struct smp_told *now, const struct smp_told_rule *rule)
{
    return !rule->pre && rule->verb != SMP_EXPECT &&
           strcmp(rule->at[SMP_TOLD_STATE], "visit") != 0 &&
           !smp_told_like(now, rule->line, rule->key);
}

static int32_t
day_told(const char *line)
{
    struct smp_when when;
    struct smp_err ignored = {0};
    const char *date = strrchr(line, ' ');
    int32_t day = INT32_MIN;

    if (date && smp_when_parse(date + 1, &when, &ignored))
        day = smp_day_at(when.seconds);
    smp_err_release(&ignored);
    return day;
}

static bool
has_less(const struct smp_told *now, const struct smp_told *told)
{
    struct smp_told_rule rule;
    size_t i;

    for (i = 0; i < told->count; i++)
        if (smp_told_split(told->lines[i], &rule)
                ? has_ended(now, &rule)
                : day_told(told->lines[i]) >= now->day &&
                      !smp_told_has(now, told->lines[i]))
            return true;
    return false;
}

static bool
sessions_differ(const struct smp_told *now, const struct smp_told *told)
{
    size_t i;

    for (i = 0; i < now->count; i++)
        if (strncmp(now->lines[i], "session ", 8) == 0 &&
            (!told || !smp_told_has(told, now->lines[i])))
            return true;
    return false;
}

/* sentences */

static void
add_sentence(struct smp_strings *list, size_t *room, struct smp_plan *plan,
             struct smp_buf *text)
{
    list->at = smp_grow(list->at, list->count, room, sizeof *list->at);
    list->at[list->count++] =
        smp_arena_strdup(&plan->arena, smp_buf_text(text));
    smp_buf_release(text);
}

static void
correct(struct letter *letter, struct smp_buf *text, int32_t before)
{
    add_sentence(&letter->corrections, &letter->correction_room, letter->plan,
                 text);
    if (before < letter->urgent)
        letter->urgent = before;
}

static struct smp_strings
activities_of(const struct letter *letter, const struct smp_told_rule *rule)
{
    struct smp_arena *arena = &letter->plan->arena;
    const char *at = rule->at[SMP_TOLD_WHAT],
               *end = at + rule->n[SMP_TOLD_WHAT];
    struct smp_strings ids = {0};

    ids.at = smp_arena_alloc(arena, (size_t)(end - at + 1) * sizeof *ids.at);
    while (at < end) {
        size_t n = strcspn(at, ", ");

        ids.at[ids.count++] = smp_arena_strndup(arena, at, n);
        at += n + 1;
    }
    return ids;
}

/* The activities of a line in words. */
static void
what_words(struct smp_buf *out, const struct letter *letter,
           const struct smp_told_rule *rule)
{
    struct smp_strings ids = activities_of(letter, rule);

    smp_words_what(out, letter->protocol, &ids, false);
}

/* A permission that was told does not hold. */
static void
not_words(struct smp_buf *out, const struct letter *letter,
          const struct smp_told_rule *rule)
{
    struct smp_buf what = {0};

    what_words(&what, letter, rule);
    smp_words(out, letter->protocol, "message.note.not",
              SMP_VALUES({"what", smp_buf_text(&what)}));
    smp_buf_release(&what);
}

/* The item in force, or to come, that a line is about, or NULL. */
static const struct smp_item *
item_like(const struct letter *letter, const struct smp_told_rule *rule)
{
    const struct smp_in_force *f = &letter->care.in_force;
    struct smp_buf line = {0};
    const struct smp_item *found = NULL;
    size_t i;

    for (i = 0; i < f->count && !found; i++) {
        smp_buf_cut(&line, 0);
        smp_told_rule(&line, &f->items[i]);
        if (strncmp(line.data, rule->line, rule->key) == 0 &&
            line.data[rule->key] == ' ')
            found = &f->items[i];
    }
    smp_buf_release(&line);
    return found;
}

static bool
is_in_force(const struct letter *letter, const struct smp_item *item,
            bool certainly)
{
    size_t i;

    for (i = 0; i < letter->care.count; i++)
        if (letter->care.states[i].item == item)
            return !certainly || !letter->care.states[i].perhaps;
    return false;
}

/* corrections */

/*
 * What was told is wrong if the plan and the protocol of today would have told
 * something else on that day: care that began since then, or ended, is news and
 * corrects nothing.
 */

static bool
names_activity(const struct smp_told_rule *rule, const char *activity)
{
    const char *at = rule->at[SMP_TOLD_WHAT],
               *end = at + rule->n[SMP_TOLD_WHAT];
    size_t n = strlen(activity);

    while (at < end) {
        size_t m = strcspn(at, ", ");

        if (m == n && memcmp(at, activity, n) == 0)
            return true;
        at += m + 1;
    }
    return false;
}

/* Of the bans on an activity that were told, the one that ends last. */
static bool
ban_told(const struct letter *letter, const char *activity,
         struct smp_told_rule *last)
{
    const struct smp_told *told = letter->told;
    struct smp_told_rule rule;
    bool found = false;
    size_t i;

    for (i = 0; i < told->count; i++) {
        if (!smp_told_split(told->lines[i], &rule) ||
            !smp_verb_forbids(rule.verb) || !names_activity(&rule, activity) ||
            (found && smp_told_ends_before(
                          rule.at[SMP_TOLD_END], rule.n[SMP_TOLD_END],
                          last->at[SMP_TOLD_END], last->n[SMP_TOLD_END])))
            continue;
        *last = rule;
        found = true;
    }
    return found;
}

/* The day from which an activity was told to be free; the past: always. */
static int32_t
free_day(const struct letter *letter, const char *activity,
         const struct smp_told_rule *ban)
{
    struct smp_told_rule told;
    struct smp_when when;
    struct smp_err ignored = {0};
    char date[32];
    bool read;

    if (!ban_told(letter, activity, &told))
        return INT32_MIN;
    if (!smp_told_ends_before(told.at[SMP_TOLD_END], told.n[SMP_TOLD_END],
                              ban->at[SMP_TOLD_END], ban->n[SMP_TOLD_END]))
        return INT32_MAX;
    snprintf(date, sizeof date, "%.*s", (int)told.n[SMP_TOLD_END],
             told.at[SMP_TOLD_END]);
    read = smp_when_parse(date, &when, &ignored);
    smp_err_release(&ignored);
    return read ? smp_day_at(when.seconds) : INT32_MIN;
}

static void
ban_words(struct smp_buf *out, const struct letter *letter,
          const struct smp_item *item)
{
    struct smp_buf until = {0};

    if (item->end.kind == SMP_NEVER) {
        smp_words(out, letter->protocol, "message.note.open",
                  SMP_VALUES({"title", item->title}));
        return;
    }
    smp_words_when(&until, letter->protocol, item->end, letter->care.day);
    smp_words(
        out, letter->protocol, "message.note.until",
        SMP_VALUES({"title", item->title}, {"until", smp_buf_text(&until)}));
    smp_buf_release(&until);
}

/* A ban that held on that day, and for longer than was told. */
static void
correct_ban(struct letter *letter, const struct smp_item *item,
            const struct smp_told_rule *ban)
{
    struct smp_buf text = {0};
    int32_t before = INT32_MAX;
    size_t i;

    for (i = 0; i < item->what.count; i++) {
        int32_t day = free_day(letter, item->what.at[i], ban);

        if (day < before)
            before = day;
    }
    if (!item->what.count && !smp_told_like(letter->told, ban->line, ban->key))
        before = INT32_MIN;
    if (before == INT32_MAX)
        return;
    ban_words(&text, letter, item);
    correct(letter, &text, before);
}

static void
correct_bans(struct letter *letter, const struct smp_day_care *then)
{
    struct smp_buf line = {0};
    struct smp_told_rule ban;
    size_t i;

    for (i = 0; i < then->count; i++) {
        const struct smp_item *item = then->states[i].item;
        const struct smp_item *now;

        if (!smp_verb_forbids(item->verb))
            continue;
        smp_buf_cut(&line, 0);
        smp_told_rule(&line, item);
        smp_buf_puts(&line, " certain");
        if (smp_told_split(line.data, &ban) &&
            (now = item_like(letter, &ban)) && is_in_force(letter, now, false))
            correct_ban(letter, item, &ban);
    }
    smp_buf_release(&line);
}

/* A permission that was told, and neither held then nor holds now. */
static void
correct_permissions(struct letter *letter, const struct smp_told *then)
{
    const struct smp_told *told = letter->told;
    struct smp_told_rule rule, other;
    size_t i;

    for (i = 0; i < told->count; i++) {
        const struct smp_item *item;
        const char *held;
        struct smp_buf text = {0};

        if (!smp_told_split(told->lines[i], &rule) ||
            smp_verbs[rule.verb].kind != SMP_PERMISSION ||
            strcmp(rule.at[SMP_TOLD_STATE], "certain") != 0)
            continue;
        held = smp_told_like(then, rule.line, rule.key);
        if (held && smp_told_split(held, &other) &&
            strcmp(other.at[SMP_TOLD_STATE], "certain") == 0)
            continue;
        item = item_like(letter, &rule);
        if (item && is_in_force(letter, item, true))
            continue;
        not_words(&text, letter, &rule);
        correct(letter, &text, INT32_MIN);
    }
}

static void
when_words(struct smp_buf *out, const struct letter *letter,
           struct smp_when when)
{
    smp_words_when(out, letter->protocol, when, letter->care.day);
}

static void
correct_session(struct letter *letter, const char *line)
{
    const char *date = strrchr(line, ' ');
    const struct smp_session *session =
        smp_plan_session(letter->plan, atoi(line + 8));
    bool agreed = session && (session->status == SMP_BOOKED ||
                              session->status == SMP_DONE);
    struct smp_buf told_words = {0}, now_words = {0}, text = {0};
    struct smp_err ignored = {0};
    struct smp_when told;
    int32_t before;

    if (!date || !smp_when_parse(date + 1, &told, &ignored)) {
        smp_err_release(&ignored);
        return;
    }
    before = smp_day_at(told.seconds);
    if (agreed && session->start.seconds == told.seconds &&
        session->start.kind == told.kind)
        return;
    if (!session && before < letter->care.day)
        return; /* it has left the plan, and is over */
    when_words(&told_words, letter, told);
    if (agreed) {
        when_words(&now_words, letter, session->start);
        if (smp_session_day(session) < before)
            before = smp_session_day(session);
    }
    smp_words(&text, letter->protocol,
              agreed ? "message.note.moved" : "message.note.cancelled",
              SMP_VALUES({"told", smp_buf_text(&told_words)},
                         {"now", smp_buf_text(&now_words)}));
    smp_buf_release(&told_words);
    smp_buf_release(&now_words);
    correct(letter, &text, before);
}

static void
find_corrections(struct letter *letter)
{
    struct smp_messaging *own = letter->messenger->own;
    const struct smp_told *told = letter->told;
    struct smp_day_care then;
    size_t i;

    letter->urgent = INT32_MAX;
    if (!told)
        return;
    for (i = 0; i < told->count; i++)
        if (strncmp(told->lines[i], "session ", 8) == 0)
            correct_session(letter, told->lines[i]);
    smp_day_care_find(&then, letter->plan, letter->protocol, &own->rivals,
                      letter->messenger->proposed, told->day);
    smp_told_fill(&own->then, &then);
    correct_bans(letter, &then);
    correct_permissions(letter, &own->then);
}

/* what has ended */

/* Whether an activity is as it was told, by another rule. */
static bool
still_holds(struct smp_judge *judge, const struct letter *letter,
            const char *activity, enum smp_verb_kind kind)
{
    struct smp_question question =
        smp_question_of_day(activity, letter->care.day);
    struct smp_ruling ruling;

    question.booked_only = !letter->messenger->proposed;
    ruling = smp_judge_ask(judge, letter->plan, &question);
    if (kind == SMP_BAN)
        return ruling.verdict != SMP_VERDICT_YES &&
               ruling.verdict != SMP_VERDICT_DO &&
               ruling.verdict != SMP_VERDICT_NO_RULE &&
               ruling.verdict != SMP_VERDICT_UNKNOWN;
    if (kind == SMP_PERMISSION)
        return ruling.verdict == SMP_VERDICT_YES ||
               ruling.verdict == SMP_VERDICT_DO;
    return ruling.verdict == SMP_VERDICT_DO ||
           ruling.verdict == SMP_VERDICT_IF_NOT_HEALED;
}

static struct smp_item *
item_told(struct letter *letter, const struct smp_told_rule *rule)
{
    struct smp_arena *arena = &letter->plan->arena;
    struct smp_item *item = smp_arena_alloc(arena, sizeof *item);
    const struct smp_item *known = item_like(letter, rule);
    struct smp_buf what = {0}, title = {0};
    const char *form =
        smp_label_of(letter->protocol, "title.", smp_verb_names[rule->verb]);

    if (known) {
        *item = *known;
        return item;
    }
    item->verb = rule->verb;
    item->phase = SMP_POST;
    item->what = activities_of(letter, rule);
    what_words(&what, letter, rule);
    smp_fill(&title, form ? form : "{what}",
             SMP_VALUES({"what", smp_buf_text(&what)}));
    item->title = item->text = smp_arena_strdup(arena, smp_buf_text(&title));
    smp_buf_release(&what);
    smp_buf_release(&title);
    return item;
}

static void
note_ended(struct letter *letter, struct smp_judge *judge,
           const struct smp_told_rule *rule)
{
    struct smp_item *item = item_told(letter, rule);
    enum smp_verb_kind kind = smp_verbs[rule->verb].kind;
    struct smp_buf text = {0};
    size_t i;

    for (i = 0; i < item->what.count; i++)
        if (still_holds(judge, letter, item->what.at[i], kind))
            return;
    if (kind != SMP_PERMISSION) {
        letter->care.ended[letter->care.ended_count++] = item;
        return;
    }
    not_words(&text, letter, rule);
    for (i = 0; i < letter->corrections.count; i++)
        if (strcmp(letter->corrections.at[i], smp_buf_text(&text)) == 0)
            break;
    if (i == letter->corrections.count)
        add_sentence(&letter->notes, &letter->note_room, letter->plan, &text);
    smp_buf_release(&text);
}

static void
find_ended(struct letter *letter)
{
    const struct smp_told *told = letter->told;
    const struct smp_told *now = &letter->messenger->own->now;
    struct smp_told_rule rule;
    struct smp_judge *judge = NULL;
    size_t i;

    if (!told)
        return;
    letter->care.ended = smp_arena_alloc(
        &letter->plan->arena, (told->count + 1) * sizeof *letter->care.ended);
    for (i = 0; i < told->count; i++) {
        if (!smp_told_split(told->lines[i], &rule) || !has_ended(now, &rule) ||
            smp_verbs[rule.verb].kind == SMP_NOTICE)
            continue;
        if (!judge)
            judge = smp_judge_new(letter->protocol);
        note_ended(letter, judge, &rule);
    }
    if (judge)
        smp_judge_free(judge);
}

/* What is new to the client, who may have missed some mornings. */
static void
mark_new(struct letter *letter)
{
    const struct smp_told *told = arrived(letter);
    struct smp_buf line = {0};
    struct smp_told_rule rule;
    size_t i;

    for (i = 0; i < letter->care.count; i++) {
        struct smp_state *state = &letter->care.states[i];

        smp_buf_cut(&line, 0);
        smp_told_rule(&line, state->item);
        smp_buf_puts(&line, " certain");
        state->begins = !told || !smp_told_split(line.data, &rule) ||
                        !smp_told_like(told, line.data, rule.key);
    }
    smp_buf_release(&line);
}

/* the words */

static void
put_line(struct smp_buf *out, const char *text)
{
    smp_utf8_clean(out, text, strlen(text));
    smp_buf_putc(out, '\n');
}

static const char *
title_of(struct letter *letter)
{
    const struct smp_protocol *protocol = letter->protocol;
    const char *title;

    if (letter->messenger->discreet)
        return smp_label(protocol, "discreet.reminder");
    if (letter->corrections.count)
        return smp_label(protocol, "message.title.note");
    title = letter->care.session ? smp_day_care_title(&letter->care) : "";
    return *title ? title : smp_label(protocol, "message.title.sessions");
}

static void
correction_words(struct smp_buf *out, const struct letter *letter, size_t i)
{
    smp_words(out, letter->protocol, "message.note",
              SMP_VALUES({"text", letter->corrections.at[i]}));
}

static void
session_words(struct smp_buf *out, const struct letter *letter,
              const struct smp_session *session)
{
    struct smp_buf number = {0}, date = {0};

    smp_session_put_number(&number, letter->plan, session, letter->protocol);
    when_words(&date, letter, session->start);
    smp_words(out, letter->protocol, "message.session",
              SMP_VALUES({"n", smp_buf_text(&number)},
                         {"date", smp_buf_text(&date)}));
    smp_buf_release(&number);
    smp_buf_release(&date);
}

static bool
is_to_come(const struct letter *letter, const struct smp_session *session)
{
    return session->status == SMP_BOOKED &&
           smp_session_day(session) >= letter->care.day;
}

static void
put_sessions(struct smp_buf *out, const struct letter *letter)
{
    const struct smp_plan *plan = letter->plan;
    struct smp_buf line = {0};
    size_t i;

    for (i = 0; i < plan->session_count; i++) {
        if (!is_to_come(letter, &plan->sessions[i]))
            continue;
        smp_buf_cut(&line, 0);
        session_words(&line, letter, &plan->sessions[i]);
        smp_buf_puts(out, "- ");
        put_line(out, line.data);
    }
    smp_buf_release(&line);
}

static void
stop_words(struct smp_buf *out, const struct letter *letter)
{
    struct smp_buf contact = {0};

    if (letter->protocol->studio.contact)
        smp_words(&contact, letter->protocol, "caution.contact",
                  SMP_VALUES({"contact", letter->protocol->studio.contact}));
    smp_words(out, letter->protocol, "message.stop",
              SMP_VALUES({"contact", smp_buf_text(&contact)}));
    smp_buf_release(&contact);
}

static bool
tells_sessions(const struct letter *letter)
{
    return sessions_differ(&letter->messenger->own->now, arrived(letter));
}

static bool
tells_stop(const struct letter *letter)
{
    const struct smp_told *told = arrived(letter);

    return !told || !told->stop;
}

static void
put_text(struct smp_buf *out, struct letter *letter, const char *title)
{
    const char *text =
        letter->care.session ? smp_day_care_text(&letter->care) : "";
    struct smp_buf line = {0};
    size_t i;

    if (letter->messenger->discreet)
        put_line(out, title);
    for (i = 0; i < letter->corrections.count; i++) {
        smp_buf_cut(&line, 0);
        correction_words(&line, letter, i);
        put_line(out, line.data);
    }
    if (!letter->messenger->discreet && !letter->corrections.count)
        put_line(out, title);
    if (tells_sessions(letter))
        put_sessions(out, letter);
    for (i = 0; i < letter->notes.count; i++)
        put_line(out, letter->notes.at[i]);
    smp_buf_cut(&line, 0);
    if (!*text) {
        smp_words_caution(&line, letter->protocol);
        text = smp_buf_text(&line);
    }
    while (*text) {
        size_t n = strcspn(text, "\n");

        smp_utf8_clean(out, text, n);
        smp_buf_putc(out, '\n');
        text += n + (text[n] == '\n');
    }
    if (tells_stop(letter)) {
        smp_buf_cut(&line, 0);
        stop_words(&line, letter);
        put_line(out, line.data);
    }
    smp_buf_release(&line);
}

/* the short text */

struct sentences {
    struct letter *letter;
    struct smp_sms_sentence *at;
    size_t count, room;
};

/* Takes the text. */
static void
say(struct sentences *list, struct smp_buf *text, bool counted)
{
    struct smp_buf clean = {0};

    list->at = smp_grow(list->at, list->count, &list->room, sizeof *list->at);
    smp_utf8_clean(&clean, smp_buf_text(text), text->len);
    list->at[list->count++] = (struct smp_sms_sentence){
        smp_arena_strdup(&list->letter->plan->arena, smp_buf_text(&clean)),
        counted};
    smp_buf_release(&clean);
    smp_buf_release(text);
}

/* A ban counts as certain; anything else is told with what makes it doubtful.
 */
static void
say_states(struct sentences *list, enum smp_verb_kind kind)
{
    const struct smp_day_care *care = &list->letter->care;
    size_t i;

    for (i = 0; i < care->count; i++) {
        const struct smp_state *state = &care->states[i];
        enum smp_verb verb = state->item->verb;
        const char *proviso =
            kind == SMP_BAN ? NULL : smp_state_proviso(care->protocol, state);
        struct smp_buf text = {0};

        if (smp_verbs[verb].kind != kind ||
            (kind == SMP_NOTICE && !smp_verbs[verb].warns))
            continue;
        smp_buf_printf(&text, "%s%s%s", proviso ? proviso : "",
                       proviso ? " " : "", state->item->title);
        say(list, &text, kind == SMP_BAN || kind == SMP_NOTICE);
    }
}

static const char *
address_of(const struct smp_protocol *protocol)
{
    const struct smp_studio *studio = &protocol->studio;

    return studio->url       ? studio->url
           : studio->contact ? studio->contact
                             : studio->email;
}

static void
say_all(struct sentences *list)
{
    struct letter *letter = list->letter;
    const struct smp_plan *plan = letter->plan;
    size_t i;

    for (i = 0; i < letter->corrections.count; i++) {
        struct smp_buf text = {0};

        correction_words(&text, letter, i);
        say(list, &text, true);
    }
    for (i = 0; i < letter->notes.count; i++) {
        struct smp_buf text = {0};

        smp_buf_puts(&text, letter->notes.at[i]);
        say(list, &text, true);
    }
    say_states(list, SMP_NOTICE);
    say_states(list, SMP_BAN);
    if (letter->care.doubt_count) {
        struct smp_buf text = {0};

        smp_unconfirmed_words(&text, letter->protocol, letter->care.doubtful,
                              letter->care.doubt_count);
        say(list, &text, true);
    }
    for (i = 0; i < plan->session_count && tells_sessions(letter); i++) {
        struct smp_buf text = {0};

        if (!is_to_come(letter, &plan->sessions[i]))
            continue;
        session_words(&text, letter, &plan->sessions[i]);
        say(list, &text, true);
    }
    say_states(list, SMP_TASK);
    if (smp_may_be_healed(letter->care.states, letter->care.count)) {
        struct smp_buf text = {0};

        smp_buf_puts(&text, smp_label(letter->protocol, "healed.question"));
        say(list, &text, false);
    }
    say_states(list, SMP_PERMISSION);
}

static void
put_short(struct smp_buf *out, struct letter *letter)
{
    const struct smp_protocol *protocol = letter->protocol;
    struct sentences list = {.letter = letter};
    struct smp_buf lead = {0};

    if (letter->messenger->discreet)
        smp_buf_printf(&lead, "%s\n", smp_label(protocol, "discreet.reminder"));
    else if (letter->care.session && letter->care.count)
        smp_day_care_when(&lead, &letter->care);
    say_all(&list);
    smp_sms_compose(
        out, protocol, lead.len ? lead.data : NULL, list.at, list.count,
        tells_stop(letter) ? smp_label(protocol, "short.stop") : NULL,
        address_of(protocol));
    smp_buf_release(&lead);
    free(list.at);
}

/* files */

static void
put_mail(struct smp_buf *out, const struct letter *letter, const char *title)
{
    struct smp_messenger *messenger = letter->messenger;
    char name[SMP_MESSAGE_NAME];
    struct smp_mail mail = {.name = name,
                            .from = smp_organizer(letter->protocol),
                            .studio = letter->protocol->studio.name,
                            .to = letter->to,
                            .subject = title,
                            .date = messenger->stamp,
                            .text = smp_buf_text(&messenger->own->text),
                            .lang = letter->protocol->lang};

    smp_outbox_name(&messenger->own->outbox, &letter->key, letter->care.day,
                    name);
    smp_mail_format(out, &mail);
}

static void
put_member(struct smp_buf *out, const char *name, const char *text)
{
    smp_buf_printf(out, "%c\"%s\":", out->len ? ',' : '{', name);
    smp_json_put_string(out, text);
}

static void
put_json(struct smp_buf *out, const struct letter *letter, const char *title)
{
    const struct smp_messaging *own = letter->messenger->own;
    struct smp_buf day = {0};

    smp_when_print(&day, smp_when_day(letter->care.day));
    put_member(out, "id", letter->plan->id);
    put_member(out, "way", letter->way);
    put_member(out, "to", letter->to);
    put_member(out, "day", day.data);
    put_member(out, "title", title);
    put_member(out, "text", smp_buf_text(&own->text));
    put_member(out, "short", smp_buf_text(&own->short_text));
    smp_buf_printf(out, ",\"correction\":%s}\n",
                   letter->corrections.count ? "true" : "false");
    smp_buf_release(&day);
}

static void
empty(struct smp_messaging *own)
{
    smp_buf_cut(&own->text, 0);
    smp_buf_cut(&own->short_text, 0);
    smp_buf_cut(&own->file, 0);
    smp_buf_cut(&own->record, 0);
}

/* A day without care is about the session before it, else the one after it. */
static const struct smp_session *
session_near(const struct letter *letter)
{
    const struct smp_plan *plan = letter->plan;
    const struct smp_session *before = NULL, *after = NULL;
    size_t i;

    for (i = 0; i < plan->session_count; i++) {
        const struct smp_session *session = &plan->sessions[i];

        if (!smp_session_counts(session) || session->status == SMP_PROPOSED)
            continue;
        if (smp_session_day(session) <= letter->care.day &&
            (!before || smp_session_precedes(before, session)))
            before = session;
        if (smp_session_day(session) > letter->care.day &&
            (!after || smp_session_precedes(session, after)))
            after = session;
    }
    return before ? before : after;
}

static bool
write_letter(struct letter *letter, struct smp_err *err)
{
    struct smp_messenger *messenger = letter->messenger;
    struct smp_messaging *own = messenger->own;
    bool mail = messenger->form == SMP_MESSAGE_MAIL;
    const char *title;

    empty(own);
    mark_new(letter);
    find_ended(letter);
    smp_day_care_sort(&letter->care);
    if (!letter->care.session && (letter->care.ended_count || letter->told))
        letter->care.session = session_near(letter);
    title = title_of(letter);
    put_text(&own->text, letter, title);
    if (mail) {
        put_mail(&own->file, letter, title);
    } else {
        put_short(&own->short_text, letter);
        if (!own->short_text.len && strcmp(letter->way, "sms") == 0)
            return smp_fail(err, "the message does not fit in a short text");
        put_json(&own->file, letter, title);
    }
    own->now.stop = true;
    smp_told_format(&own->record, &own->now, messenger->now, letter->way,
                    letter->corrections.count > 0);
    if (!smp_outbox_add(&own->outbox, &letter->key, letter->care.day,
                        mail ? "eml" : "json", &own->file, &own->record, err))
        return false;
    messenger->due++;
    messenger->corrections += letter->corrections.count > 0;
    return true;
}

/* the run */

bool
smp_messenger_open(struct smp_messenger *messenger, const char *path, bool wait,
                   bool dry, struct smp_err *err)
{
    messenger->own = smp_calloc(1, sizeof *messenger->own);
    return smp_outbox_open(&messenger->own->outbox, path, wait, dry, err);
}

/* The state of a plan may be told only if the plan has all of it. */
static bool
is_whole(const struct smp_plan *plan, struct smp_err *err)
{
    if (!smp_plan_check_whole(plan, err))
        return false;
    if (!plan->care[SMP_PRE])
        return smp_fail(err, "care.pre: missing (run smp-precare)");
    return plan->care[SMP_POST] ||
           smp_fail(err, "care.post: missing (run smp-aftercare)");
}

/* Reads what was told last; *told stays NULL if that is nothing. */
static bool
read_told(struct smp_messaging *own, const struct smp_message_file *last,
          const struct smp_told **told, struct smp_err *err)
{
    struct smp_buf *text = &own->record;
    bool ok;

    if (!last)
        return true;
    smp_buf_cut(text, 0);
    ok = smp_outbox_read(&own->outbox, last, text, err);
    if (ok && !smp_told_parse(&own->told, smp_buf_text(text), text->len, err)) {
        smp_err_prefix(err, "%s/told/%s-%d-...", own->outbox.path,
                       last->key.text, last->number);
        ok = false;
    }
    *told = &own->told;
    return ok;
}

static void
find_care(struct letter *letter, int32_t day)
{
    struct smp_messaging *own = letter->messenger->own;

    if (letter->told && letter->told->day > day)
        day = letter->told->day;
    smp_day_care_find(&letter->care, letter->plan, letter->protocol,
                      &own->rivals, letter->messenger->proposed, day);
    smp_told_fill(&own->now, &letter->care);
}

/* A session that is missing from an export has not been cancelled. */
static bool
check_complete(const struct letter *letter, struct smp_err *err)
{
    const struct smp_told *told = letter->told;
    struct smp_told_rule rule;
    size_t i;

    if (!told || !letter->plan->incomplete)
        return true;
    for (i = 0; i < told->count; i++) {
        int number = smp_told_split(told->lines[i], &rule)
                         ? rule.session
                         : atoi(told->lines[i] + strlen("session "));

        if (!smp_plan_session(letter->plan, number))
            return smp_fail(err,
                            "incomplete: session %d is missing, which the "
                            "client was told",
                            number);
    }
    return true;
}

static bool
is_due(const struct letter *letter)
{
    const struct smp_told *now = &letter->messenger->own->now;
    bool dropped = letter->last && letter->last->place == SMP_DROPPED;

    return has_more(now, dropped ? NULL : letter->told) ||
           (letter->told && has_less(now, letter->told));
}

static struct letter
letter_to(struct smp_messenger *messenger, struct smp_plan *plan,
          const struct smp_protocol *protocol)
{
    struct letter letter = {.messenger = messenger,
                            .plan = plan,
                            .protocol = protocol,
                            .key = smp_message_key("client", plan->id)};

    letter.last = smp_outbox_last(&messenger->own->outbox, &letter.key);
    return letter;
}

bool
smp_message_put(struct smp_messenger *messenger, struct smp_plan *plan,
                const struct smp_protocol *protocol, struct smp_err *err)
{
    struct smp_messaging *own = messenger->own;
    struct letter letter = letter_to(messenger, plan, protocol);
    struct hour hour;
    bool ok = true;

    if (!is_whole(plan, err) || !choose_way(&letter, err))
        return false;
    messenger->clients++;
    if (!letter.way) {
        messenger->without_consent++;
        return !letter.last || letter.last->place != SMP_NEW ||
               smp_outbox_drop(&own->outbox, letter.last, err);
    }
    if (!read_told(own, letter.last, &letter.told, err) ||
        !check_complete(&letter, err))
        return false;
    hour = hour_of(plan, protocol, messenger->now);
    find_care(&letter, hour.day);
    if (!is_due(&letter)) {
        messenger->unchanged++;
        return true;
    }
    find_corrections(&letter);
    if (hour.due || (letter.corrections.count &&
                     (!hour.quiet || letter.urgent <= hour.awaken)))
        ok = write_letter(&letter, err);
    else
        messenger->early++;
    free(letter.corrections.at);
    free(letter.notes.at);
    return ok;
}

bool
smp_message_begin(struct smp_messenger *messenger, struct smp_plan *plan,
                  const struct smp_protocol *protocol, struct smp_err *err)
{
    struct smp_messaging *own = messenger->own;
    struct letter letter = letter_to(messenger, plan, protocol);

    if (!is_whole(plan, err) || !read_told(own, letter.last, &letter.told, err))
        return false;
    messenger->clients++;
    find_care(&letter,
              smp_day_at(smp_zone_to_local(plan->zone, messenger->now)));
    if (letter.told && !is_due(&letter)) {
        messenger->unchanged++;
        return true;
    }
    empty(own);
    own->now.stop = letter.told && letter.told->stop;
    smp_told_format(&own->record, &own->now, messenger->now, "-", false);
    messenger->due++;
    return smp_outbox_add(&own->outbox, &letter.key, letter.care.day, "told",
                          NULL, &own->record, err);
}

bool
smp_messenger_commit(struct smp_messenger *messenger, struct smp_err *err)
{
    size_t most = messenger->clients * (size_t)messenger->most / 100;

    if (messenger->most != SMP_MESSAGES_ALL &&
        messenger->due > SMP_MESSAGES_FEW && messenger->due > most)
        return false;
    return smp_outbox_commit(&messenger->own->outbox, err);
}

size_t
smp_messenger_strip(struct smp_messenger *messenger, int32_t before,
                    struct smp_err *err)
{
    return smp_outbox_strip(&messenger->own->outbox, before, err);
}

struct smp_outbox *
smp_messenger_outbox(struct smp_messenger *messenger)
{
    return &messenger->own->outbox;
}

bool
smp_messenger_told(struct smp_messenger *messenger, const char *id, int32_t day,
                   bool json, struct smp_buf *out, struct smp_err *err)
{
    struct smp_messaging *own = messenger->own;
    struct smp_message_key key = smp_message_key("client", id);
    struct smp_message_file file;
    const struct smp_told *told = NULL;

    if (!smp_outbox_find(&own->outbox, &key, day, &file, err) ||
        !read_told(own, &file, &told, err))
        return false;
    if (json)
        smp_told_json(out, told);
    else
        smp_buf_add(out, own->record.data, own->record.len);
    return true;
}

void
smp_messenger_close(struct smp_messenger *messenger)
{
    struct smp_messaging *own = messenger->own;

    if (!own)
        return;
    smp_outbox_close(&own->outbox);
    smp_rivals_release(&own->rivals);
    smp_told_release(&own->told);
    smp_told_release(&own->now);
    smp_told_release(&own->then);
    smp_buf_release(&own->text);
    smp_buf_release(&own->short_text);
    smp_buf_release(&own->file);
    smp_buf_release(&own->record);
    free(own);
    messenger->own = NULL;
}
