#ifndef SMP_MESSAGE_MESSAGE_H
#define SMP_MESSAGE_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct smp_buf;
struct smp_err;
struct smp_plan;
struct smp_protocol;

/*
 * Messages to clients, and what clients were told. An outbox is a directory:
 *
 *   new/      messages to deliver, a file each
 *   sent/     where the deliverer moves what it has delivered
 *   dropped/  messages that were overtaken before they were delivered
 *   told/     what each of these messages tells, under the same name
 *
 * A message counts as told when its file is in one of the first three. So one
 * rename makes it due no more, and a run that was killed is made up for by the
 * next one. One that was dropped last is due anew. A message is due if the
 * state of care (the rules in force, their bounds, the times of booked
 * sessions) differs from what the last message told. Words, languages and
 * versions are no part of it.
 */

/* What a message is written as: a mail, or a line of JSON for a gateway. */
enum smp_message_form { SMP_MESSAGE_MAIL, SMP_MESSAGE_JSON };

/* Writes messages. Start with a zeroed struct. */
struct smp_messenger {
    /* Set by the caller before it is opened. */
    int64_t now;   /* instant */
    int64_t stamp; /* instant: the Date of mails */
    enum smp_message_form form;
    bool discreet; /* neither subject nor first line tell what it is about */
    bool proposed; /* the care of proposed sessions too */
    int most;      /* percent of the clients who may get a message in one run */

    /* Kept by the messenger: clients by what became of them. */
    size_t clients, due, corrections, unchanged, without_consent, early;
    struct smp_messaging *own;
};

/* So many clients may get a message whatever their share is. */
enum { SMP_MESSAGES_FEW = 20 };

/* As `most`: everybody may. */
enum { SMP_MESSAGES_ALL = -1 };

/*
 * Opens an outbox, creates it if it is missing, and locks it against other
 * messengers; a locked outbox is waited for (`wait`) or is an error. `dry`:
 * creates, locks and writes nothing.
 */
bool smp_messenger_open(struct smp_messenger *messenger, const char *path,
                        bool wait, bool dry, struct smp_err *err);

/*
 * Prepares the message of a plan with all its care, if it is due. Fails if the
 * plan or its client's address cannot be used; an error of the system
 * (`system`) is one of the outbox.
 */
bool smp_message_put(struct smp_messenger *messenger, struct smp_plan *plan,
                     const struct smp_protocol *protocol, struct smp_err *err);

/* Instead: notes the state of care as told, without a message. */
bool smp_message_begin(struct smp_messenger *messenger, struct smp_plan *plan,
                       const struct smp_protocol *protocol,
                       struct smp_err *err);

/*
 * Instead: prepares an invitation (iTIP, RFC 5546) for each session to come
 * that is booked and new, or has changed since the last mail about it, and a
 * cancellation for each that was cancelled. The SEQUENCE of a session rises
 * over that of the last mail if its time, place or status differ.
 */
bool smp_message_invite(struct smp_messenger *messenger, struct smp_plan *plan,
                        const struct smp_protocol *protocol,
                        struct smp_err *err);

/*
 * Notes what a directory of notes of mail-sessions says of the last mails, for
 * the next commit. Sessions with a newer mail stay as they are.
 */
bool smp_messenger_adopt(struct smp_messenger *messenger, const char *path,
                         struct smp_err *err);

/*
 * After the last plan: puts all that was prepared in its place. Returns false
 * without an error, and writes nothing, if more than messenger->most percent of
 * the clients, and more than SMP_MESSAGES_FEW, would get a message.
 */
bool smp_messenger_commit(struct smp_messenger *messenger, struct smp_err *err);

/*
 * Removes texts and addresses of messages that were sent or dropped before a
 * day. What they told is kept. Returns how many there were.
 */
size_t smp_messenger_strip(struct smp_messenger *messenger, int32_t before,
                           struct smp_err *err);

/* Removes all files about a client. Returns how many there were. */
size_t smp_messenger_forget(struct smp_messenger *messenger, const char *id,
                            struct smp_err *err);

/*
 * Appends what a client was told last by a day, as lines of text or as a JSON
 * object. Returns false, perhaps with an error, if that is nothing.
 */
bool smp_messenger_told(struct smp_messenger *messenger, const char *id,
                        int32_t day, bool json, struct smp_buf *out,
                        struct smp_err *err);

/* Discards what was not committed, unlocks, and frees everything. */
void smp_messenger_close(struct smp_messenger *messenger);

/*
 * How many parts a gateway sends a text in: GSM-7 (3GPP TS 23.038) has 160
 * septets in one part and 153 in each of several; if a letter is outside of it,
 * 70 and 67 units of UTF-16. 0 for "".
 */
size_t smp_sms_parts(const char *text, size_t n);

/*
 * The text as one short message of whole sentences, two parts at most.
 * lead and stop: what must be in it, or NULL. Sentences are in the order of
 * their weight: alerts, bans, tasks, permissions. Bans that do not fit are
 * counted; nothing milder follows then. `address`: where the rest is, or NULL.
 */
struct smp_sms_sentence {
    const char *text;
    bool counted; /* an alert or a ban: not left out without a word */
};

void smp_sms_compose(struct smp_buf *out, const struct smp_protocol *protocol,
                     const char *lead, const struct smp_sms_sentence *sentences,
                     size_t count, const char *stop, const char *address);

#endif
