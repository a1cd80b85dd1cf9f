#ifndef SMP_MESSAGE_INTERNAL_H
#define SMP_MESSAGE_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol/protocol.h"

struct smp_messenger;
struct smp_plan;
struct smp_day_care;
struct smp_item;

/* What the .c files of this room share. */

/* outbox.c */

/*
 * Whom or what messages are about: 32 hexadecimal digits of a hash of the
 * client's id, or of a session's UID. No name of a file tells anything else.
 */
enum { SMP_MESSAGE_KEY = 32 };

struct smp_message_key {
    char text[SMP_MESSAGE_KEY + 1];
};

struct smp_message_key smp_message_key(const char *kind, const char *id);

/* A directory of an outbox. */
enum smp_outbox_place { SMP_NEW, SMP_DROPPED, SMP_SENT, SMP_PLACES };

/* The last message about a key: KEY-NUMBER-YYYYMMDD.EXTENSION. */
struct smp_message_file {
    struct smp_message_key key;
    int number; /* from 1 */
    int32_t day;
    char extension[5]; /* eml, json, or told: no text is left of it */
    enum smp_outbox_place place;
};

struct smp_outbox {
    const char *path; /* the caller's */
    bool dry;
    int directory, lock, told; /* descriptors; -1: none */
    int places[SMP_PLACES];
    struct smp_message_file *files; /* the last of each key, by hash */
    size_t count, size;
    struct smp_outbox_pending *pending;
    size_t pending_count, pending_room;
    int number; /* of the temporary file made last */
};

bool smp_outbox_open(struct smp_outbox *outbox, const char *path, bool wait,
                     bool dry, struct smp_err *err);

/* The last message about a key, or NULL. */
const struct smp_message_file *
smp_outbox_last(const struct smp_outbox *outbox,
                const struct smp_message_key *key);

/* The name of the next message about a key, on a day, without its extension. */
enum { SMP_MESSAGE_NAME = SMP_MESSAGE_KEY + 1 + SMP_DIGITS + 1 + 8 + 1 };

void smp_outbox_name(const struct smp_outbox *outbox,
                     const struct smp_message_key *key, int32_t day,
                     char name[SMP_MESSAGE_NAME]);

/* Appends what a message told. */
bool smp_outbox_read(const struct smp_outbox *outbox,
                     const struct smp_message_file *file, struct smp_buf *out,
                     struct smp_err *err);

/*
 * Adds a message to the next commit; extension "told": what is noted without a
 * message. A message before it that is still in new/ is dropped.
 */
bool smp_outbox_add(struct smp_outbox *outbox,
                    const struct smp_message_key *key, int32_t day,
                    const char *extension, const struct smp_buf *message,
                    const struct smp_buf *told, struct smp_err *err);

/* Drops a message that is in new/, at once. */
bool smp_outbox_drop(struct smp_outbox *outbox,
                     const struct smp_message_file *file, struct smp_err *err);

bool smp_outbox_commit(struct smp_outbox *outbox, struct smp_err *err);

size_t smp_outbox_strip(struct smp_outbox *outbox, int32_t before,
                        struct smp_err *err);

/* Removes the files of a key, and those whose record is of it (is_of). */
size_t smp_outbox_forget(struct smp_outbox *outbox,
                         const struct smp_message_key *key,
                         bool (*is_of)(const struct smp_buf *record,
                                       const struct smp_message_key *key),
                         struct smp_err *err);

/* Finds the last message about a key by a day that was not dropped. */
bool smp_outbox_find(const struct smp_outbox *outbox,
                     const struct smp_message_key *key, int32_t day,
                     struct smp_message_file *file, struct smp_err *err);

void smp_outbox_close(struct smp_outbox *outbox);

/* told.c */

/*
 * What a message tells: lines of text, sorted, each once.
 *
 *   session 1 2026-12-01T10:00:00
 *   rule post 1 avoid sauna,swim 2026-12-01 - 2026-12-08 2026-12-12 certain
 *
 * A rule has its phase, session, verb, activities, start, latest start,
 * earliest end, end, and how it stands: certain, perhaps (it may have ended),
 * unbegun (it may not have begun), or visit (it asks for another session, which
 * ends it). Before them, in a file, come members of the message itself.
 */
struct smp_told {
    int32_t day;
    bool is_message; /* not only noted */
    bool stop;       /* a message so far said how to stop */
    char **lines;
    size_t count, room;
    struct smp_buf text; /* of a file that was parsed */
};

/* Fills it from the care of a day. Start with a zeroed struct. */
void smp_told_fill(struct smp_told *told, const struct smp_day_care *care);

/* Appends the line of an item in force, without its state. */
void smp_told_rule(struct smp_buf *out, const struct smp_item *item);

bool smp_told_parse(struct smp_told *told, const char *text, size_t n,
                    struct smp_err *err);
void smp_told_format(struct smp_buf *out, const struct smp_told *told,
                     int64_t now, const char *way, bool correction);
/* Appends it as a JSON object, with its newline. */
void smp_told_json(struct smp_buf *out, const struct smp_told *told);

void smp_told_release(struct smp_told *told);

/* A line of a rule in its parts. */
enum {
    SMP_TOLD_PHASE,
    SMP_TOLD_SESSION,
    SMP_TOLD_VERB,
    SMP_TOLD_WHAT,
    SMP_TOLD_START,
    SMP_TOLD_START_LATEST,
    SMP_TOLD_END_EARLIEST,
    SMP_TOLD_END,
    SMP_TOLD_STATE,
    SMP_TOLD_PARTS
};

struct smp_told_rule {
    const char *line;
    const char *at[SMP_TOLD_PARTS];
    size_t n[SMP_TOLD_PARTS];
    size_t key; /* octets of the line up to its activities */
    enum smp_verb verb;
    int session;
    bool pre;
};

/* False if the line is no rule. */
bool smp_told_split(const char *line, struct smp_told_rule *rule);

bool smp_told_has(const struct smp_told *told, const char *line);

/* The line of a rule with the first `key` octets of another one, or NULL. */
const char *smp_told_like(const struct smp_told *told, const char *line,
                          size_t key);

/* Returns true if the first end is before the second; "-" is never. */
bool smp_told_ends_before(const char *a, size_t n, const char *b, size_t m);

/* message.c */

struct smp_outbox *smp_messenger_outbox(struct smp_messenger *messenger);

/* Fails if the plan's consent has a word that is no way. */
bool smp_message_check_consent(const struct smp_plan *plan,
                               struct smp_err *err);

/* mail.c */

struct smp_mail {
    const char *name;          /* for its Message-ID */
    const char *from, *studio; /* address; the studio's name, or NULL */
    const char *to;
    const char *subject;
    int64_t date;
    const char *text; /* lines; those that begin with "- " are a list */
    const char *lang;
    const char *calendar, *method; /* instead of HTML: iTIP, or NULL */
};

void smp_mail_format(struct smp_buf *out, const struct smp_mail *mail);

#endif
