#include "plan/merge.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/utf8.h"
#include "care/uid.h"
#include "plan/plan.h"
#include "planning/planning.h"
#include "time/zone.h"
#include "schedule/schedule.h"
#include "tool/files.h"
#include "tool/options.h"
#include "tool/tool.h"
#include "tool/message.h"

/*
 * Three looks: the new plans, all of them; then the old ones, to know who is
 * who and how many appointments would go; then the old ones again, which are
 * written as they are merged. What speaks against cancelling anything is known
 * before the first is written.
 */
enum { MOST_DEFAULT = 10 };

/* One plan, as far as it says whose it is. */
struct client {
    char *id, *email, *name; /* folded, but for the id; NULL: none */
    char *text;              /* of a new one: its line */
    size_t n;
    unsigned long line;
    size_t partner; /* of an old one: the new one + 1; of a new one: 1 */
    size_t rivals;  /* of a new one: old ones it could be, too */
    bool broken;    /* its line cannot be read */
    bool made;      /* the id comes from a hash */
    bool twice;     /* an earlier one has this id */
};

enum key { BY_ID, BY_EMAIL, BY_NAME, KEYS };

struct client_list {
    struct client *at;
    size_t count, room;
    struct client **sorted[KEYS]; /* once all are there */
};

/* Somebody's answer to an invitation. */
struct answer {
    struct smp_reply reply;
    bool used;
};

/* A session to come, as orders of exports know it. */
struct coming {
    int64_t start;
    size_t place; /* in the old plans */
    char *ref;
    bool vanished; /* and was there last time */
};

struct merging {
    struct smp_tool *tool;
    struct smp_merge merge;
    struct client_list new, old;
    struct answer *answers;
    size_t answer_count, answer_room;
    struct smp_arena arena; /* of answers */
    struct output output;
    struct spool input;
    const char *path; /* of the old plans, NULL: there are none */
    size_t next;      /* the old plan that is read */
    bool writes, rekeys, cancels, decline_cancels;
    int most;
    struct smp_plan other; /* the new plan that an old one meets */
    const char *line;      /* of the old plan that is read */
    size_t length;
    bool added, changed, any;
    bool unterminated; /* the last line written had no newline */
    struct coming *coming;
    size_t coming_count, coming_room;
    bool waits;        /* what vanishes now is cancelled next time */
    const char *doubt; /* why nothing is cancelled, NULL: no reason */
    struct smp_buf doubt_text;
};

/* clients */

static char *
folded(const char *text)
{
    char *key = text ? smp_utf8_casefold(text) : NULL;

    if (key && !*key) {
        free(key);
        key = NULL;
    }
    return key;
}

static struct client *
add_client(struct client_list *list, const struct smp_plan *plan)
{
    struct client *client;

    list->at = smp_grow(list->at, list->count, &list->room, sizeof *list->at);
    client = &list->at[list->count++];
    *client = (struct client){.id = smp_strdup(plan->id),
                              .email = folded(plan->email),
                              .name = folded(plan->name),
                              .line = plan->line,
                              .made = smp_plan_id_is_made(plan->id)};
    return client;
}

static void
free_clients(struct client_list *list)
{
    size_t i;

    for (i = 0; i < list->count; i++) {
        free(list->at[i].id);
        free(list->at[i].email);
        free(list->at[i].name);
        free(list->at[i].text);
    }
    for (i = 0; i < KEYS; i++)
        free(list->sorted[i]);
    free(list->at);
}

static const char *
key_of(const struct client *client, enum key key)
{
    const char *text = key == BY_ID      ? client->id
                       : key == BY_EMAIL ? client->email
                                         : client->name;

    return text ? text : "";
}

static int
compare(const void *a, const void *b, enum key key)
{
    const struct client *one = *(const struct client *const *)a;
    const struct client *other = *(const struct client *const *)b;
    int order = strcmp(key_of(one, key), key_of(other, key));

    return order ? order : (one > other) - (one < other);
}

static int
by_id(const void *a, const void *b)
{
    return compare(a, b, BY_ID);
}

static int
by_email(const void *a, const void *b)
{
    return compare(a, b, BY_EMAIL);
}

static int
by_name(const void *a, const void *b)
{
    return compare(a, b, BY_NAME);
}

static void
sort_clients(struct client_list *list)
{
    int (*const orders[KEYS])(const void *, const void *) = {by_id, by_email,
                                                             by_name};
    size_t i, key;

    for (key = 0; key < KEYS; key++) {
        list->sorted[key] =
            smp_calloc(list->count + 1, sizeof(struct client *));
        for (i = 0; i < list->count; i++)
            list->sorted[key][i] = &list->at[i];
        if (list->count)
            qsort(list->sorted[key], list->count, sizeof(struct client *),
                  orders[key]);
    }
    for (i = 1; i < list->count; i++)
        list->sorted[BY_ID][i]->twice =
            strcmp(list->sorted[BY_ID][i]->id,
                   list->sorted[BY_ID][i - 1]->id) == 0;
}

/* The clients of that key: the first, and how many there are. */
static struct client **
find_clients(const struct client_list *list, enum key key, const char *text,
             size_t *count)
{
    size_t low = 0, high = list->count, end;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (strcmp(key_of(list->sorted[key][middle], key), text) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (end = low; end < list->count && *text &&
                    strcmp(key_of(list->sorted[key][end], key), text) == 0;
         end++)
        ;
    *count = end - low;
    return &list->sorted[key][low];
}

static struct client *
find_id(const struct client_list *list, const char *id)
{
    size_t count;
    struct client **found = find_clients(list, BY_ID, id, &count);

    return count ? *found : NULL;
}

static void say(const struct merging *m, const char *id, const char *format,
                ...) __attribute__((format(printf, 3, 4)));

static void
say(const struct merging *m, const char *id, const char *format, ...)
{
    struct smp_buf text = {0};
    va_list args;

    va_start(args, format);
    smp_buf_vprintf(&text, format, args);
    va_end(args);
    smp_message(m->tool->program->name, "%.*s%s%s",
                id ? smp_message_shown(id) : 0, id ? id : "", id ? ": " : "",
                smp_buf_text(&text));
    smp_buf_release(&text);
}

/* the new plans */

static bool
take_new(void *context, struct smp_plan *plan, struct smp_err *err)
{
    struct merging *m = context;
    struct smp_buf text = {0};
    struct client *client;
    size_t i;

    (void)err;
    for (i = 0; i < plan->reply_count; i++) {
        struct smp_reply reply = plan->replies[i];

        reply.uid = smp_arena_strdup(&m->arena, reply.uid);
        reply.attendee = smp_arena_strdup(&m->arena, reply.attendee);
        m->answers = smp_grow(m->answers, m->answer_count, &m->answer_room,
                              sizeof *m->answers);
        m->answers[m->answer_count++] = (struct answer){reply, false};
    }
    if (plan->reply_count && !plan->session_count)
        return true;
    if (plan->incomplete == SMP_INCOMPLETE_EXPORT && !m->doubt)
        m->doubt = "some rows of the export could not be read, or it may be "
                   "cut off";
    client = add_client(&m->new, plan);
    smp_plan_format(&text, plan);
    client->text = text.data;
    client->n = text.len - 1;
    return true;
}

static void
reject_new(void *context, unsigned long line, struct smp_plan *plan,
           const char *what)
{
    struct merging *m = context;

    smp_tool_report_rejected(m->tool, line, plan, what);
    if (*plan->id)
        add_client(&m->new, plan)->broken = true;
    else if (!m->doubt)
        m->doubt = "some of the input could not be read";
}

static bool
read_new(struct merging *m)
{
    struct smp_tool *tool = m->tool;
    struct smp_stream stream = {.fd = STDIN_FILENO,
                                .rejects = tool->rejects,
                                .defaults = tool->defaults,
                                .plan = take_new,
                                .rejected = reject_new,
                                .context = m};
    size_t i;

    if (!smp_tool_stream(tool, &stream))
        return false;
    tool->records = stream.read;
    tool->rejected = stream.rejected_count;
    if (!stream.read)
        m->doubt = "the input was empty";
    else if (stream.unterminated)
        m->doubt = "the input ended without a newline";
    sort_clients(&m->new);
    for (i = 0; i < m->new.count; i++)
        if (m->new.at[i].twice) {
            say(m, m->new.at[i].id,
                "a second new plan with this id, in line %lu: rejected",
                m->new.at[i].line);
            tool->dropped++;
        }
    if (!stream.read || stream.unterminated) {
        say(m, NULL, "%s: what has vanished is not looked for", m->doubt);
        tool->dropped++;
    }
    return true;
}

/* the old plans */

static bool
run_old(struct merging *m,
        bool (*plan)(void *, struct smp_plan *, struct smp_err *),
        void (*rejected)(void *, unsigned long, struct smp_plan *,
                         const char *),
        bool (*line)(void *, const char *, size_t))
{
    struct smp_stream stream = {.fd = m->input.fd,
                                .rejects = m->writes ? m->output.fd : -1,
                                .defaults = m->tool->defaults,
                                .line = line,
                                .plan = plan,
                                .rejected = rejected,
                                .context = m};
    struct smp_err err = {0};
    bool ok;

    m->next = 0;
    if (!m->path)
        return true;
    ok = spool_rewind(&m->input, &err) && smp_stream_run(&stream, &err);
    smp_err_prefix(&err, "%s", m->path);
    if (err.failed)
        smp_tool_fail(m->tool, smp_buf_text(&err.text));
    smp_err_release(&err);
    m->unterminated = stream.unterminated;
    return ok;
}

static bool
take_old(void *context, struct smp_plan *plan, struct smp_err *err)
{
    struct merging *m = context;

    (void)err;
    add_client(&m->old, plan);
    return true;
}

static void
reject_old(void *context, unsigned long line, struct smp_plan *plan,
           const char *what)
{
    struct merging *m = context;

    smp_message(m->tool->program->name, "%s:%lu: %.*s%s%s; passed on as it is",
                m->path, line, smp_message_shown(plan->id), plan->id,
                *plan->id ? ": " : "", what);
    m->tool->dropped++;
    add_client(&m->old, plan)->broken = true;
}

/* who is who */

static void
join(struct merging *m, struct client *old, struct client *new)
{
    old->partner = (size_t)(new - m->new.at) + 1;
    new->partner = 1;
}

/*
 * Whether a new client without an old plan of its id can be that of an old one:
 * its name or address is the old id, as 0.1 made it; or both ids come from
 * hashes, and address and name do not speak against it.
 */
static bool
is_made_from(const struct client *old, const struct client *new)
{
    char *id = folded(old->id);
    bool is = id && ((new->email &&strcmp(id, new->email) == 0) ||
                     (new->name &&strcmp(id, new->name) == 0));

    free(id);
    return is;
}

static bool
equal(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

static bool
is_alike(const struct client *old, const struct client *new)
{
    if (is_made_from(old, new))
        return true;
    if (!old->made || !new->made)
        return false;
    if (old->email && new->email && !equal(old->email, new->email))
        return false;
    return equal(old->name, new->name) ||
           (equal(old->email, new->email) && (!old->name || !new->name));
}

/* The one new client that the old one can be; NULL if there are none, or
 * several, which are then told. */
static struct client *
find_alike(struct merging *m, struct client *old)
{
    struct client *found = NULL;
    char *id = folded(old->id);
    const char *keys[4] = {old->email, old->name, id, id};
    const enum key by[4] = {BY_EMAIL, BY_NAME, BY_EMAIL, BY_NAME};
    size_t i, j, count;

    for (i = 0; i < 4; i++) {
        struct client **at =
            find_clients(&m->new, by[i], keys[i] ? keys[i] : "", &count);

        for (j = 0; j < count; j++) {
            if (at[j] == found || at[j]->partner || at[j]->broken ||
                at[j]->twice || !is_alike(old, at[j]))
                continue;
            if (found) {
                found->rivals = at[j]->rivals = 1;
                free(id);
                return NULL;
            }
            found = at[j];
        }
    }
    free(id);
    return found;
}

static void
find_partners(struct merging *m)
{
    struct client **chosen =
        smp_calloc(m->old.count + 1, sizeof(struct client *));
    size_t i;

    sort_clients(&m->old);
    for (i = 0; i < m->old.count; i++) {
        struct client *old = &m->old.at[i];
        struct client *new = find_id(&m->new, old->id);

        if (new && !old->twice)
            join(m, old, new);
    }
    for (i = 0; i < m->old.count; i++)
        if (!m->old.at[i].partner && !m->old.at[i].twice &&
            !m->old.at[i].broken)
            chosen[i] = find_alike(m, &m->old.at[i]);
    for (i = 0; i < m->old.count; i++)
        if (chosen[i])
            chosen[i]->rivals += chosen[i]->partner++ > 0;
    for (i = 0; i < m->old.count; i++)
        if (chosen[i] && !chosen[i]->rivals)
            join(m, &m->old.at[i], chosen[i]);
    for (i = 0; i < m->new.count; i++)
        if (m->new.at[i].rivals) {
            say(m, m->new.at[i].id,
                "this client's name or address is that of several plans: "
                "rejected");
            m->tool->dropped++;
        }
    free(chosen);
}

/* Whether the old plan's client may be one that is left out of the new ones. */
static bool
is_uncertain(const struct merging *m, const struct client *old)
{
    size_t i, count;
    struct client **at;
    const char *keys[2] = {old->email, old->name};

    if (old->twice)
        return true;
    for (i = 0; i < 2; i++) {
        at = find_clients(&m->new, i ? BY_NAME : BY_EMAIL,
                          keys[i] ? keys[i] : "", &count);
        for (; count--; at++)
            if ((*at)->rivals || (*at)->broken)
                return true;
    }
    return false;
}

/* answers to invitations */

/* The UID of the session's event: its own where a calendar carries it. */
static void
find_uid(char uid[130], struct smp_plan *plan,
         const struct smp_session *session)
{
    enum { CARRIED = 120 };
    size_t n = session->uid ? smp_uid_opaque(session->uid) : 0;
    struct smp_uid_key key;

    if (n && n <= CARRIED && !session->uid[n]) {
        memcpy(uid, session->uid, n + 1);
        return;
    }
    key = smp_uid_key_of(plan);
    smp_uid(uid, &key, plan, session->number, "session", "");
}

static void
begin_changes(struct smp_plan *plan, bool *changed)
{
    if (!*changed)
        plan->changes = (struct smp_strings){0};
    *changed = true;
}

static void
apply_answer(const struct merging *m, struct smp_plan *plan,
             struct smp_session *session, const struct smp_reply *reply,
             bool *changed)
{
    if ((session->has_answered && reply->has_stamp &&
         reply->stamp <= session->answered) ||
        (session->answer == reply->answer && !reply->has_stamp))
        return;
    begin_changes(plan, changed);
    session->has_answered = reply->has_stamp;
    session->answered = reply->stamp;
    session->answer = reply->answer;
    if (reply->sequence < session->sequence) {
        smp_plan_change(plan,
                        "session %d: the client's answer (%s) is to an "
                        "earlier invitation",
                        session->number, smp_answer_names[reply->answer]);
    } else if (reply->answer == SMP_ANSWER_DECLINED && m->decline_cancels &&
               session->status == SMP_BOOKED) {
        session->has_set = true;
        session->set_start = session->start;
        session->set_status = (int)session->status;
        session->status = SMP_CANCELLED;
        session->sequence += session->sequence < INT32_MAX;
        plan->updated = m->merge.now;
        plan->has_updated = plan->updated_now = true;
        smp_plan_change(plan, "session %d cancelled: the client declined",
                        session->number);
    } else {
        smp_plan_change(plan, "session %d: the client %s", session->number,
                        smp_answer_names[reply->answer]);
    }
}

static bool
apply_answers(struct merging *m, struct smp_plan *plan, bool changed)
{
    char *email = m->answer_count ? folded(plan->email) : NULL;
    char uid[130];
    size_t i, j;

    for (i = 0; email && i < m->answer_count; i++) {
        struct answer *answer = &m->answers[i];
        char *attendee = folded(answer->reply.attendee);

        for (j = 0; equal(attendee, email) && j < plan->session_count; j++) {
            find_uid(uid, plan, &plan->sessions[j]);
            if (strcmp(uid, answer->reply.uid) != 0)
                continue;
            answer->used = true;
            apply_answer(m, plan, &plan->sessions[j], &answer->reply, &changed);
        }
        free(attendee);
    }
    free(email);
    return changed;
}

static void
tell_answers(struct merging *m)
{
    size_t i;

    for (i = 0; i < m->answer_count; i++)
        if (!m->answers[i].used) {
            say(m, NULL,
                "an answer is to no session of a plan with its sender's "
                "address: %.80s",
                m->answers[i].reply.uid);
            m->tool->said_no = true;
        }
}

/* merging */

static bool
note_line(void *context, const char *line, size_t n)
{
    struct merging *m = context;

    m->line = line;
    m->length = n;
    return false;
}

void
tell_changes(struct smp_tool *tool, const struct smp_plan *plan, bool always)
{
    size_t i;

    if (!always && !smp_tool_option(tool, SMP_OPT_VERBOSE))
        return;
    for (i = 0; i < plan->changes.count; i++)
        smp_message(tool->program->name, "%.*s: %s",
                    smp_message_shown(plan->id), plan->id, plan->changes.at[i]);
}

static bool
read_partner(struct merging *m, const struct client *old)
{
    struct smp_err ignored = {0};
    const struct client *new = &m->new.at[old->partner - 1];
    bool ok;

    smp_plan_reset(&m->other);
    ok = !new->broken &&smp_plan_parse(&m->other, new->text, new->n,
                                       &m->tool->defaults, &ignored);
    smp_err_release(&ignored);
    return ok;
}

/* One old plan meets its new one; false if it stays as it is. */
static bool
merge_plan(struct merging *m, struct smp_plan *plan, const struct client *old)
{
    bool has_new = old->partner && read_partner(m, old);
    bool known = has_new || (!old->partner && !is_uncertain(m, old));
    bool looks = m->merge.looks;
    struct smp_err err = {0};
    bool changed;

    m->merge.looks = looks && known;
    changed = smp_plan_merge(&m->merge, plan, has_new ? &m->other : NULL, &err);
    m->merge.looks = looks;
    if (err.failed && m->writes) {
        say(m, plan->id, "%s: this plan stays as it is",
            smp_buf_text(&err.text));
        m->tool->dropped++;
    }
    if (err.failed)
        changed = false;
    else if (m->writes)
        changed = apply_answers(m, plan, changed);
    if (!err.failed && has_new && m->rekeys &&
        strcmp(plan->id, m->other.id) != 0) {
        begin_changes(plan, &changed);
        smp_plan_change(plan, "id changed");
        plan->id = m->other.id;
    }
    smp_err_release(&err);
    return changed;
}

static bool
write_old(void *context, struct smp_plan *plan, struct smp_err *err)
{
    struct merging *m = context;
    const struct client *old = &m->old.at[m->next++];
    unsigned long noticed = m->merge.noticed;

    (void)err;
    m->any = true;
    if (!merge_plan(m, plan, old))
        return output_line(&m->output, m->tool, m->line, m->length);
    m->changed = true;
    tell_changes(m->tool, plan, m->merge.noticed > noticed);
    return output_plan(&m->output, m->tool, plan);
}

/* The loop writes what is rejected, after what came before it; nothing came
 * before it if plans are only counted. */
static void
pass_on(void *context, unsigned long line, struct smp_plan *plan,
        const char *what)
{
    struct merging *m = context;

    (void)line;
    (void)plan;
    (void)what;
    m->next++;
    output_write(&m->output, m->tool);
}

/*
 * An export that was cut off after a whole row shows nothing of it. But what
 * it lacks is then the end of some order: by time, by the system's ids, or as
 * clients came. If all that has vanished is such an end, nobody can tell; it is
 * cancelled once the next export does not have it either.
 */
static int
compare_numbers(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int
by_start(const void *a, const void *b)
{
    const struct coming *one = a, *other = b;
    int order = compare_numbers(one->start, other->start);

    return order ? order : one->vanished - other->vanished;
}

static int
by_place(const void *a, const void *b)
{
    const struct coming *one = a, *other = b;

    return compare_numbers((int64_t)one->place, (int64_t)other->place);
}

/* Shorter numbers are smaller ones. */
static int
by_ref(const void *a, const void *b)
{
    const struct coming *one = a, *other = b;
    int order =
        compare_numbers((int64_t)strlen(one->ref), (int64_t)strlen(other->ref));

    return order ? order : strcmp(one->ref, other->ref);
}

static bool
is_end(struct merging *m, int (*order)(const void *, const void *))
{
    size_t i, vanished = 0;

    if (!m->coming_count)
        return false;
    qsort(m->coming, m->coming_count, sizeof *m->coming, order);
    while (vanished < m->coming_count &&
           m->coming[m->coming_count - 1 - vanished].vanished)
        vanished++;
    for (i = 0; i + vanished < m->coming_count; i++)
        if (m->coming[i].vanished)
            return false;
    return vanished > 0;
}

static bool
may_be_cut(struct merging *m)
{
    return is_end(m, by_start) || is_end(m, by_place) || is_end(m, by_ref);
}

static void
note_coming(struct merging *m, const struct smp_plan *plan, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++) {
        const struct smp_session *session = &plan->sessions[i];
        int64_t start = smp_zone_to_instant(plan->zone, session->start.seconds);

        if (session->status != SMP_BOOKED || start < m->merge.now)
            continue;
        m->coming = smp_grow(m->coming, m->coming_count, &m->coming_room,
                             sizeof *m->coming);
        m->coming[m->coming_count] =
            (struct coming){start, m->coming_count,
                            smp_strdup(session->ref ? session->ref : ""),
                            session->has_gone && session->gone == m->merge.now};
        m->coming_count++;
    }
}

static bool
count_old(void *context, struct smp_plan *plan, struct smp_err *err)
{
    struct merging *m = context;
    size_t count = plan->session_count;

    (void)err;
    merge_plan(m, plan, &m->old.at[m->next++]);
    note_coming(m, plan, count);
    return true;
}

/* Clients who are new, without what only a merge has to know. */
static void
write_new(struct merging *m)
{
    size_t i;

    for (i = 0; i < m->new.count && !m->tool->failed; i++) {
        const struct client *new = &m->new.at[i];
        struct smp_err err = {0};

        if (new->partner || new->rivals || new->broken || new->twice)
            continue;
        smp_plan_reset(&m->other);
        smp_plan_parse(&m->other, new->text, new->n, &m->tool->defaults, &err);
        smp_err_release(&err);
        if (!m->other.session_count)
            continue;
        m->other.incomplete = SMP_COMPLETE;
        m->other.has_said_consent = m->other.has_consent;
        m->other.said_consent = m->other.consent;
        apply_answers(m, &m->other, false);
        if (m->unterminated)
            output_line(&m->output, m->tool, "", 0);
        m->unterminated = false;
        if (smp_tool_option(m->tool, SMP_OPT_VERBOSE))
            say(m, m->other.id, "a new client");
        output_plan(&m->output, m->tool, &m->other);
        m->added = true;
    }
}

/* Whether more would be cancelled than --most says; then nothing is. */
static bool
count_gone(struct merging *m)
{
    struct smp_merge kept = m->merge;
    bool ok;

    if (!m->cancels || m->doubt || (!m->new.count && m->answer_count))
        return true;
    m->merge.looks = true;
    ok = run_old(m, count_old, pass_on, NULL);
    if (ok && m->merge.gone * 100 > m->merge.coming * (unsigned long)m->most) {
        smp_buf_printf(&m->doubt_text,
                       "%lu of %lu appointments to come would go, more than "
                       "%d percent (--most)",
                       m->merge.gone, m->merge.coming, m->most);
        m->doubt = smp_buf_text(&m->doubt_text);
    }
    m->waits = ok && !m->doubt && may_be_cut(m);
    m->merge = kept;
    return ok;
}

static void
judge(struct merging *m)
{
    /* Answers alone say nothing of appointments. */
    m->merge.looks = !m->doubt && (m->new.count || !m->answer_count);
    m->merge.cancels = m->cancels && !m->doubt;
    m->merge.waits = m->waits;
    if (m->waits) {
        say(m, NULL,
            "what has vanished is the end of the export, which may be cut "
            "off: it is cancelled once the next one lacks it, too");
        m->tool->dropped++;
    }
    if (!m->cancels || !m->doubt || !m->tool->records ||
        (m->tool->stream && m->tool->stream->unterminated))
        return;
    say(m, NULL, "no appointment is cancelled: %s", m->doubt);
    m->tool->dropped++;
}

static void
merge_all(struct merging *m)
{
    if (!run_old(m, take_old, reject_old, NULL))
        return;
    find_partners(m);
    if (!count_gone(m))
        return;
    judge(m);
    m->writes = true;
    if (run_old(m, write_old, pass_on, note_line) && !m->tool->failed)
        write_new(m);
    tell_answers(m);
}

/* options */

static bool
read_day(struct smp_tool *tool, enum smp_option_id id, int32_t absent,
         int32_t *day)
{
    const char *text = smp_tool_option(tool, id);
    struct smp_err err = {0};

    *day = absent;
    if (text && !smp_tool_day(tool, tool->zone, text, day, &err))
        smp_tool_usage(tool, "--%s: %s", smp_options[id].name,
                       smp_buf_text(&err.text));
    smp_err_release(&err);
    return !tool->usage;
}

/* One of two words; the first by default. */
static bool
read_word(struct smp_tool *tool, enum smp_option_id id, const char *one,
          const char *other, bool *is_other)
{
    const char *text = smp_tool_option(tool, id);

    *is_other = text && strcmp(text, other) == 0;
    return !text || *is_other || strcmp(text, one) == 0 ||
           smp_tool_usage(tool, "--%s requires %s or %s", smp_options[id].name,
                          one, other);
}

static bool
read_options(struct merging *m)
{
    struct smp_tool *tool = m->tool;
    bool noted;

    m->most = MOST_DEFAULT;
    m->merge.now = tool->now;
    m->rekeys = smp_tool_option(tool, SMP_OPT_REKEY) != NULL;
    if (tool->given.operand_count > 1)
        return smp_tool_usage(tool, "merge takes one operand, the old plans");
    m->path = tool->given.operand_count ? tool->given.operands[0] : NULL;
    if (!read_word(tool, SMP_OPT_GONE, "keep", "cancelled", &m->cancels) ||
        !read_word(tool, SMP_OPT_DECLINED, "cancelled", "noted", &noted))
        return false;
    m->decline_cancels = !noted;
    return smp_tool_number(tool, SMP_OPT_MOST, 0, 100, &m->most) &&
           read_day(tool, SMP_OPT_GONE_FROM, INT32_MIN, &m->merge.from) &&
           read_day(tool, SMP_OPT_GONE_UNTIL, INT32_MAX, &m->merge.until);
}

/* The file that is replaced need not be there yet. */
static bool
open_old(struct merging *m)
{
    struct smp_err err = {0};

    if (m->path && output_is(&m->output, m->path) &&
        access(m->path, F_OK) < 0 && errno == ENOENT)
        m->path = NULL;
    if (m->path && !spool_open(&m->input, m->path, &err))
        return smp_tool_given(m->tool, &err);
    return true;
}

static void
finish(struct merging *m)
{
    bool same = m->path && output_is(&m->output, m->path);
    bool keep = !m->tool->failed && !m->tool->usage &&
                (m->changed || m->added || !same);

    output_close(&m->output, m->tool, keep);
}

void
plan_merge(struct smp_tool *tool)
{
    struct merging m = {.tool = tool, .input = {.fd = -1}};
    struct smp_err err = {0};

    if (!read_options(&m) || !smp_tool_open_rejects(tool))
        return;
    if (!output_open(&m.output, smp_tool_option(tool, SMP_OPT_OUTPUT), &err))
        smp_tool_given(tool, &err);
    else if (open_old(&m) && read_new(&m))
        merge_all(&m);
    smp_err_release(&err);
    finish(&m);
    spool_release(&m.input);
    free_clients(&m.new);
    free_clients(&m.old);
    free(m.answers);
    while (m.coming_count)
        free(m.coming[--m.coming_count].ref);
    free(m.coming);
    smp_arena_release(&m.arena);
    smp_plan_release(&m.other);
    smp_buf_release(&m.doubt_text);
}
