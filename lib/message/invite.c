#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"
#include "base/file.h"
#include "base/fill.h"
#include "care/uid.h"
#include "ical/calendar.h"
#include "ical/entries.h"
#include "ical/invitation.h"
#include "ical/prodid.h"
#include "message/internal.h"
#include "message/message.h"
#include "plan/plan.h"
#include "protocol/protocol.h"
#include "protocol/words.h"
#include "time/zone.h"

/*
 * What the last mail about a session said, one line each. Addresses and places
 * are hashes; "?" is a place that nobody noted.
 */
enum fact {
    FACT_CLIENT,
    FACT_METHOD,
    FACT_TO,
    FACT_START,
    FACT_END,
    FACT_STATUS,
    FACT_PLACE,
    FACT_SEQUENCE,
    FACTS
};

static const char *const fact_names[FACTS] = {
    "client", "method", "to", "start", "end", "status", "place", "sequence"};

static const char header[] = "smp-invited 1\n", footer[] = "end\n";

enum { FACT_SIZE = 48 };

struct facts {
    char at[FACTS][FACT_SIZE];
};

static void
set_fact(struct facts *facts, enum fact fact, const char *value)
{
    snprintf(facts->at[fact], FACT_SIZE, "%s", value);
}

static void
set_hash(struct facts *facts, enum fact fact, const char *value)
{
    set_fact(facts, fact, smp_message_key(fact_names[fact], value).text);
}

static void
set_bound(struct facts *facts, enum fact fact, struct smp_when when,
          int64_t instant)
{
    struct smp_buf text = {0};

    smp_when_print(&text, when.kind == SMP_DAY
                              ? when
                              : (struct smp_when){SMP_INSTANT, instant});
    set_fact(facts, fact, text.data);
    smp_buf_release(&text);
}

static bool
parse(struct facts *facts, const struct smp_buf *text, struct smp_err *err)
{
    const char *at = smp_buf_text(text);
    int i;

    if (strncmp(at, header, sizeof header - 1) != 0)
        return smp_fail(err, "not what an invitation said");
    at += sizeof header - 1;
    for (i = 0; i < FACTS; i++) {
        size_t n = strlen(fact_names[i]), m = strcspn(at, "\n");

        if (strncmp(at, fact_names[i], n) != 0 || at[n] != ' ' ||
            m - n - 1 >= FACT_SIZE || !at[m])
            return smp_fail(err, "not what an invitation said");
        memcpy(facts->at[i], at + n + 1, m - n - 1);
        facts->at[i][m - n - 1] = '\0';
        at += m + 1;
    }
    return strcmp(at, footer) == 0 ||
           smp_fail(err, "not what an invitation said");
}

static void
format(struct smp_buf *out, const struct facts *facts)
{
    int i;

    smp_buf_puts(out, header);
    for (i = 0; i < FACTS; i++)
        smp_buf_printf(out, "%s %s\n", fact_names[i], facts->at[i]);
    smp_buf_puts(out, footer);
}

/* Time, place or status; a place that was not noted has not changed. */
static bool
is_other_event(const struct facts *now, const struct facts *last)
{
    static const enum fact of_event[] = {FACT_METHOD, FACT_START, FACT_END,
                                         FACT_STATUS};
    size_t i;

    for (i = 0; i < sizeof of_event / sizeof *of_event; i++)
        if (strcmp(now->at[of_event[i]], last->at[of_event[i]]) != 0)
            return true;
    return strcmp(last->at[FACT_PLACE], "?") != 0 &&
           strcmp(now->at[FACT_PLACE], last->at[FACT_PLACE]) != 0;
}

/* the mail */

struct invitation {
    struct smp_messenger *messenger;
    struct smp_plan *plan;
    const struct smp_protocol *protocol;
    struct smp_session *session;
    struct smp_calendar_writer calendar;
    struct smp_entry entry;
    struct facts now;
};

static void
subject_words(struct smp_buf *out, const struct invitation *invitation)
{
    struct smp_buf date = {0};

    smp_words_when(&date, invitation->protocol, invitation->session->start,
                   INT32_MIN / 2);
    smp_words(out, invitation->protocol,
              invitation->calendar.options.method == SMP_METHOD_CANCEL
                  ? "message.invite.cancelled"
                  : "message.invite",
              SMP_VALUES({"date", smp_buf_text(&date)}));
    smp_buf_release(&date);
}

static void
put_text(struct smp_buf *out, const struct invitation *invitation,
         const char *subject)
{
    const struct smp_entry *entry = &invitation->entry;
    const char *studio = invitation->protocol->studio.name;

    smp_buf_printf(out, "%s\n", subject);
    if (studio)
        smp_buf_printf(out, "%s\n", studio);
    if (entry->location && (!studio || strcmp(entry->location, studio) != 0))
        smp_buf_printf(out, "%s\n", entry->location);
    if (*entry->description)
        smp_buf_printf(out, "%s\n", entry->description);
}

static bool
write_mail(struct invitation *invitation, const struct smp_message_key *key,
           int32_t day, struct smp_err *err)
{
    struct smp_messenger *messenger = invitation->messenger;
    struct smp_outbox *outbox = smp_messenger_outbox(messenger);
    struct smp_buf ical = {0}, subject = {0}, text = {0}, file = {0},
                   record = {0};
    char name[SMP_MESSAGE_NAME];
    struct smp_mail mail = {.name = name,
                            .from = smp_organizer(invitation->protocol),
                            .studio = invitation->protocol->studio.name,
                            .to = invitation->plan->email,
                            .date = messenger->stamp,
                            .lang = invitation->protocol->lang,
                            .method = invitation->now.at[FACT_METHOD]};
    bool ok;

    invitation->calendar.out = &ical;
    smp_invitation_put(&invitation->calendar, invitation->plan,
                       invitation->protocol, invitation->session);
    subject_words(&subject, invitation);
    put_text(&text, invitation, smp_buf_text(&subject));
    smp_outbox_name(outbox, key, day, name);
    mail.subject = smp_buf_text(&subject);
    mail.text = smp_buf_text(&text);
    mail.calendar = smp_buf_text(&ical);
    smp_mail_format(&file, &mail);
    format(&record, &invitation->now);
    ok = smp_outbox_add(outbox, key, day, "eml", &file, &record, err);
    messenger->due += ok;
    smp_buf_release(&ical);
    smp_buf_release(&subject);
    smp_buf_release(&text);
    smp_buf_release(&file);
    smp_buf_release(&record);
    return ok;
}

/* sessions */

static void
find_facts(struct invitation *invitation)
{
    struct smp_entry *entry = &invitation->entry;
    struct smp_zone_near near = {0};
    struct facts *now = &invitation->now;

    smp_session_entry(invitation->plan, invitation->protocol,
                      &invitation->calendar.options, invitation->session,
                      entry);
    smp_event_fix_end(entry, invitation->plan->zone, &near);
    if (entry->start.kind == SMP_LOCAL)
        entry->from =
            smp_zone_to_instant(invitation->plan->zone, entry->start.seconds);
    set_fact(now, FACT_CLIENT,
             smp_message_key("client", invitation->plan->id).text);
    set_fact(now, FACT_METHOD,
             invitation->calendar.options.method == SMP_METHOD_CANCEL
                 ? "CANCEL"
                 : "REQUEST");
    set_hash(now, FACT_TO, invitation->plan->email);
    set_bound(now, FACT_START, entry->start, entry->from);
    set_bound(now, FACT_END, entry->end, entry->until);
    set_fact(now, FACT_STATUS, entry->status);
    if (entry->location)
        set_hash(now, FACT_PLACE, entry->location);
    else
        set_fact(now, FACT_PLACE, "-");
}

/* Whether a mail is due; then the session's SEQUENCE is the mail's. */
static bool
is_due(struct invitation *invitation, const struct facts *last)
{
    struct smp_session *session = invitation->session;
    int before = last ? atoi(last->at[FACT_SEQUENCE]) : -1;
    bool other = last && is_other_event(&invitation->now, last);
    bool due =
        !last ? session->status == SMP_BOOKED
              : other || session->sequence > before ||
                    strcmp(invitation->now.at[FACT_TO], last->at[FACT_TO]) != 0;

    if (last && strcmp(last->at[FACT_METHOD], "CANCEL") == 0 &&
        session->status == SMP_CANCELLED)
        due = false;
    if (session->sequence < before)
        session->sequence = before;
    if (other && session->sequence == before && before < INT32_MAX)
        session->sequence++;
    if (session->status == SMP_CANCELLED && session->sequence < 1)
        session->sequence = 1;
    snprintf(invitation->now.at[FACT_SEQUENCE], FACT_SIZE, "%d",
             session->sequence);
    return due;
}

static bool
invite(struct invitation *invitation, int32_t today, struct smp_err *err)
{
    struct smp_messenger *messenger = invitation->messenger;
    struct smp_outbox *outbox = smp_messenger_outbox(messenger);
    const struct smp_message_file *file;
    struct smp_message_key key;
    struct smp_buf text = {0};
    struct facts last;
    bool known = false;

    invitation->calendar.options.method =
        invitation->session->status == SMP_BOOKED ? SMP_METHOD_REQUEST
                                                  : SMP_METHOD_CANCEL;
    find_facts(invitation);
    key = smp_message_key("session", invitation->entry.uid);
    file = smp_outbox_last(outbox, &key);
    if (file) {
        known = smp_outbox_read(outbox, file, &text, err) &&
                parse(&last, &text, err);
        smp_buf_release(&text);
        if (!known)
            return false;
    }
    if (!is_due(invitation, known ? &last : NULL)) {
        messenger->unchanged++;
        return true;
    }
    return write_mail(invitation, &key, today, err);
}

bool
smp_message_invite(struct smp_messenger *messenger, struct smp_plan *plan,
                   const struct smp_protocol *protocol, struct smp_err *err)
{
    struct invitation invitation = {
        .messenger = messenger, .plan = plan, .protocol = protocol};
    int32_t today;
    bool ok = true;
    size_t i;

    if (!smp_message_check_consent(plan, err) ||
        !smp_plan_check_whole(plan, err))
        return false;
    messenger->clients++;
    if (!smp_strings_have(&plan->consent, "mail")) {
        messenger->without_consent++;
        return true;
    }
    if (!smp_can_be_mailed(plan, protocol, SMP_METHOD_REQUEST, err))
        return false;
    today = smp_day_at(smp_zone_to_local(plan->zone, messenger->now));
    invitation.calendar.options.stamp = messenger->stamp;
    invitation.calendar.options.zone = plan->zone;
    invitation.calendar.options.discretion =
        messenger->discreet ? SMP_DISCREET : SMP_OPEN;
    invitation.calendar.options.product =
        messenger->discreet ? SMP_PRODID_DISCREET : SMP_PRODID;
    invitation.calendar.protocol = protocol;
    for (i = 0; i < plan->session_count && ok; i++) {
        invitation.session = &plan->sessions[i];
        if ((plan->sessions[i].status == SMP_BOOKED ||
             plan->sessions[i].status == SMP_CANCELLED) &&
            smp_session_day(&plan->sessions[i]) >= today)
            ok = invite(&invitation, today, err);
    }
    smp_calendar_release(&invitation.calendar);
    return ok;
}

/* ledgers of mail-sessions */

/* 20261201T150000Z, or 20261201, as this room writes it. */
static bool
read_bound(struct facts *facts, enum fact fact, const char *text)
{
    size_t n = strlen(text);
    char iso[FACT_SIZE];
    struct smp_when when;
    struct smp_err ignored = {0};
    bool ok;

    if (n == 8)
        snprintf(iso, sizeof iso, "%.4s-%.2s-%.2s", text, text + 4, text + 6);
    else if (n == 16)
        snprintf(iso, sizeof iso, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", text,
                 text + 4, text + 6, text + 9, text + 11, text + 13);
    else
        return false;
    ok = smp_when_parse(iso, &when, &ignored);
    smp_err_release(&ignored);
    set_fact(facts, fact, iso);
    return ok;
}

static bool
is_sequence(const char *text)
{
    size_t n = strspn(text, "0123456789");

    return n && n < 10 && !text[n];
}

/* A note: METHOD, ATTENDEE, DTSTART, DTEND, STATUS, SEQUENCE, one a line. */
static bool
read_note(struct facts *facts, char *text)
{
    static const char mailto[] = "mailto:";
    enum { LINES = 6 };
    char *lines[LINES], *rest = text;
    int i;

    for (i = 0; i < LINES; i++) {
        char *end = strchr(rest, '\n');

        if (!end)
            return false;
        *end = '\0';
        lines[i] = rest;
        rest = end + 1;
    }
    if ((strcmp(lines[0], "REQUEST") != 0 && strcmp(lines[0], "CANCEL") != 0) ||
        strncmp(lines[1], mailto, sizeof mailto - 1) != 0 ||
        strlen(lines[4]) >= FACT_SIZE || !is_sequence(lines[5]))
        return false;
    set_fact(facts, FACT_CLIENT, "-");
    set_fact(facts, FACT_METHOD, lines[0]);
    set_hash(facts, FACT_TO, lines[1] + sizeof mailto - 1);
    set_fact(facts, FACT_STATUS, lines[4]);
    set_fact(facts, FACT_PLACE, "?");
    set_fact(facts, FACT_SEQUENCE, lines[5]);
    return read_bound(facts, FACT_START, lines[2]) &&
           read_bound(facts, FACT_END, lines[3]);
}

struct adoption {
    struct smp_messenger *messenger;
    const char *path;
    struct smp_err *err;
};

static void
adopt_note(void *context, const char *name)
{
    enum { NOTE_MAX = 4096 };
    static const char end[] = ".sent";
    const struct adoption *adoption = context;
    struct smp_messenger *messenger = adoption->messenger;
    struct smp_outbox *outbox = smp_messenger_outbox(messenger);
    size_t n = strlen(name);
    struct smp_buf path = {0}, text = {0}, record = {0};
    struct smp_message_key key;
    struct facts facts;

    if (*name == '.' || n < sizeof end ||
        strcmp(name + n - (sizeof end - 1), end) != 0)
        return;
    smp_buf_printf(&path, "%s/%s", adoption->path, name);
    if (smp_read_file(path.data, NOTE_MAX, &text, adoption->err)) {
        if (!text.len || !read_note(&facts, text.data)) {
            smp_fail(adoption->err, "%s: not a note of mail-sessions",
                     path.data);
        } else {
            smp_buf_cut(&path, path.len - (sizeof end - 1));
            key = smp_message_key("session",
                                  path.data + strlen(adoption->path) + 1);
            format(&record, &facts);
            if (smp_outbox_last(outbox, &key))
                messenger->unchanged++;
            else if (smp_outbox_add(outbox, &key, smp_day_at(messenger->now),
                                    "told", NULL, &record, adoption->err))
                messenger->due++;
        }
    }
    smp_buf_release(&path);
    smp_buf_release(&text);
    smp_buf_release(&record);
}

bool
smp_messenger_adopt(struct smp_messenger *messenger, const char *path,
                    struct smp_err *err)
{
    struct adoption adoption = {messenger, path, err};
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return smp_fail_errno(err, "%s", path);
    smp_each_file(fd, path, adopt_note, &adoption, err);
    close(fd);
    return !err->failed;
}

/* forgetting */

void
smp_invitation_uid(const char *id, int number, char uid[])
{
    struct smp_uid_key key = smp_uid_key(id);
    struct smp_plan none = {.id = id};

    smp_uid(uid, &key, &none, number, "session", "");
}

bool
smp_invitation_is_of(const struct smp_buf *text,
                     const struct smp_message_key *client)
{
    struct facts facts;
    struct smp_err ignored = {0};
    bool is = parse(&facts, text, &ignored) &&
              strcmp(facts.at[FACT_CLIENT], client->text) == 0;

    smp_err_release(&ignored);
    return is;
}
