#include "write/maker.h"

#include <string.h>

#include "base/utf8.h"
#include "protocol/words.h"
#include "care/lines.h"
#include "write/invitation.h"

enum { SUMMARY_MAX = 70 };

const char *
smp_maker_keep(struct smp_maker *m, struct smp_buf *text)
{
    const char *kept =
        smp_arena_strndup(&m->plan->arena, smp_buf_text(text), text->len);

    smp_buf_release(text);
    return kept;
}

const char *
smp_maker_uid(struct smp_maker *m, int session, const char *kind,
              const char *thing)
{
    char uid[SMP_UID_SIZE];

    smp_uid(uid, &m->key, m->plan, session, kind, thing);
    return smp_arena_strdup(&m->plan->arena, uid);
}

/* A session's own uid where a calendar can carry it (CALENDAR: opaque, short).
 */
bool
smp_uid_can_be_carried(const char *uid)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "abcdefghijklmnopqrstuvwxyz0123456789._@-";
    enum { LONGEST = 120 };

    return uid && *uid && strlen(uid) <= LONGEST && !uid[strspn(uid, allowed)];
}

const char *
smp_maker_session_uid(struct smp_maker *m, const struct smp_session *session)
{
    return smp_uid_can_be_carried(session->uid)
               ? session->uid
               : smp_maker_uid(m, session->number, "session", "");
}

/* A summary without control characters, after the name where one is wanted. */
const char *
smp_maker_summary(struct smp_maker *m, struct smp_buf *text)
{
    struct smp_buf out = {0};

    if (m->named) {
        const char *name =
            m->plan->name && *m->plan->name ? m->plan->name : m->plan->id;

        smp_utf8_clean(&out, name, strlen(name));
        smp_shorten(&out, 0, SUMMARY_MAX / 2);
        smp_buf_puts(&out, ": ");
    }
    smp_utf8_clean(&out, smp_buf_text(text), text->len);
    smp_shorten(&out, 0, SUMMARY_MAX);
    smp_buf_release(text);
    return smp_maker_keep(m, &out);
}

struct smp_entry *
smp_maker_add(struct smp_maker *m)
{
    struct smp_entry *entry;

    m->entries = smp_grow(m->entries, m->count, &m->room, sizeof *m->entries);
    entry = &m->entries[m->count++];
    *entry = (struct smp_entry){
        .modified = m->plan->has_updated ? m->plan->updated : m->options->stamp,
    };
    if (m->options->method != SMP_METHOD_NONE)
        entry->organizer = (struct smp_party){smp_organizer(m->protocol),
                                              m->protocol->studio.name};
    return entry;
}

void
smp_maker_ring(const struct smp_maker *m, struct smp_entry *entry)
{
    const struct smp_write_options *options = m->options;

    entry->rings = options->alarm == SMP_ALARM_AT;
    entry->alarm =
        entry->start.kind == SMP_DAY ? options->alarm_minutes * 60 : 0;
}

const char *
smp_maker_category(const struct smp_maker *m, enum smp_phase phase)
{
    return smp_label(m->protocol,
                     phase == SMP_PRE ? "category.pre" : "category.post");
}
