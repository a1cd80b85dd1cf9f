#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "import/internal.h"

/*
 * Answers to invitations (RFC 5546, METHOD:REPLY), as mail brings them: the UID
 * of the event, who answers, and what. Nothing else of them is read.
 */
enum { REPLIES_MAX = 16 << 20, LINE_MAX_OCTETS = 8192 };

struct reply {
    struct smp_buf uid, attendee;
    enum smp_reply_kind answer;
    int sequence;
    bool has_stamp, is_event;
    int64_t stamp;
};

/* The next content line, unfolded; false at the end. */
static bool
next_line(const char **at, const char *end, struct smp_buf *line)
{
    smp_buf_cut(line, 0);
    if (*at >= end)
        return false;
    for (;;) {
        const char *stop = memchr(*at, '\n', (size_t)(end - *at));
        size_t n = (size_t)((stop ? stop : end) - *at);

        while (n && (*at)[n - 1] == '\r')
            n--;
        if (line->len + n < LINE_MAX_OCTETS)
            smp_buf_add(line, *at, n);
        *at = stop ? stop + 1 : end;
        if (*at >= end || (**at != ' ' && **at != '\t'))
            return true;
        ++*at;
    }
}

/* Where the value begins: behind the first colon outside of quotes. */
static const char *
value_of(const char *line)
{
    bool quoted = false;

    for (; *line; line++) {
        if (*line == '"')
            quoted = !quoted;
        else if (*line == ':' && !quoted)
            return line + 1;
    }
    return line;
}

static bool
is_property(const char *line, const char *name)
{
    size_t n = strlen(name);

    return strncasecmp(line, name, n) == 0 && strchr(":;", line[n]) && line[n];
}

static void
read_attendee(struct reply *reply, const char *line)
{
    static const struct {
        const char *word;
        enum smp_reply_kind answer;
    } words[] = {{"accepted", SMP_ANSWER_ACCEPTED},
                 {"declined", SMP_ANSWER_DECLINED},
                 {"tentative", SMP_ANSWER_TENTATIVE}};
    const char *value = value_of(line), *parameter = line;
    size_t i;

    if (strncasecmp(value, "mailto:", 7) == 0)
        value += 7;
    smp_buf_cut(&reply->attendee, 0);
    smp_buf_puts(&reply->attendee, value);
    for (i = 0; i < reply->attendee.len; i++)
        if (value[i] >= 'A' && value[i] <= 'Z')
            reply->attendee.data[i] = (char)(value[i] - 'A' + 'a');
    while ((parameter = strchr(parameter, ';')) && parameter < value) {
        if (strncasecmp(++parameter, "partstat=", 9) != 0)
            continue;
        parameter += 9;
        parameter += *parameter == '"';
        for (i = 0; i < sizeof words / sizeof words[0]; i++)
            if (strncasecmp(parameter, words[i].word, strlen(words[i].word)) ==
                0)
                reply->answer = words[i].answer;
    }
}

static void
read_stamp(const struct smp_import *import, struct reply *reply,
           const char *value)
{
    struct imp_moment moment;
    int32_t day;

    reply->has_stamp =
        smp_imp_moment(import->formats, value, strlen(value), &moment) &&
        moment.time != IMP_NO_TIME && smp_imp_day(&moment, false, &day);
    if (reply->has_stamp)
        reply->stamp = (int64_t)day * SMP_DAY_SECONDS + moment.time;
}

static void
end_event(struct smp_import *import, struct reply *reply, unsigned long line)
{
    struct smp_gathered *gathered = import->gathered;
    struct imp_reply *added;

    import->rows++;
    if (!reply->uid.len || !reply->answer ||
        !strchr(smp_buf_text(&reply->attendee), '@')) {
        smp_imp_say(import, SMP_SAID_REJECTED, line,
                    "an answer without UID, address or PARTSTAT");
        import->rejected++;
        return;
    }
    gathered->replies = smp_grow(gathered->replies, gathered->reply_count,
                                 &gathered->reply_room, sizeof *added);
    added = &gathered->replies[gathered->reply_count++];
    *added = (struct imp_reply){
        .person = smp_imp_person(gathered, "", reply->attendee.data, "", line),
        .reply = {.uid =
                      smp_imp_keep(gathered, reply->uid.data, reply->uid.len),
                  .attendee = smp_imp_keep(gathered, reply->attendee.data,
                                           reply->attendee.len),
                  .answer = reply->answer,
                  .sequence = reply->sequence,
                  .has_stamp = reply->has_stamp,
                  .stamp = reply->stamp}};
}

static void
take_line(struct smp_import *import, struct reply *reply, const char *line,
          unsigned long number)
{
    const char *value = value_of(line);

    if (strcasecmp(line, "BEGIN:VEVENT") == 0) {
        struct smp_buf uid = reply->uid, attendee = reply->attendee;

        smp_buf_cut(&uid, 0);
        smp_buf_cut(&attendee, 0);
        *reply =
            (struct reply){.uid = uid, .attendee = attendee, .is_event = true};
    } else if (strcasecmp(line, "END:VEVENT") == 0 && reply->is_event) {
        end_event(import, reply, number);
        reply->is_event = false;
    } else if (!reply->is_event) {
        return;
    } else if (is_property(line, "UID")) {
        smp_buf_puts(&reply->uid, value);
    } else if (is_property(line, "ATTENDEE")) {
        read_attendee(reply, line);
    } else if (is_property(line, "SEQUENCE")) {
        long sequence = strtol(value, NULL, 10);

        reply->sequence =
            sequence > 0 && sequence < INT32_MAX ? (int)sequence : 0;
    } else if (is_property(line, "DTSTAMP")) {
        read_stamp(import, reply, value);
    }
}

bool
smp_imp_are_replies(const struct imp_rows *rows)
{
    const char *at = rows->text.data, *end = at + rows->text.len;
    struct smp_buf line = {0};
    bool are = false;

    while (!are && next_line(&at, end, &line))
        are = strcasecmp(smp_buf_text(&line), "METHOD:REPLY") == 0;
    smp_buf_release(&line);
    return are;
}

bool
smp_imp_read_replies(struct smp_import *import, struct imp_rows *rows,
                     struct smp_err *err)
{
    const char *at, *end;
    struct smp_buf line = {0};
    struct reply reply = {.answer = SMP_ANSWER_NONE};
    unsigned long number = 0;

    if (!smp_imp_rows_peek(rows, REPLIES_MAX, err))
        return false;
    if (rows->text.len >= REPLIES_MAX)
        return smp_fail(err, "more than 16 MiB of answers");
    at = rows->text.data;
    end = at + rows->text.len;
    while (next_line(&at, end, &line))
        take_line(import, &reply, smp_buf_text(&line), ++number);
    if (reply.is_event)
        smp_fail(err, "cut off");
    smp_buf_release(&line);
    smp_buf_release(&reply.uid);
    smp_buf_release(&reply.attendee);
    return !err->failed;
}
