#include "ical/entry_builder.h"

#include <string.h>

#include "base/utf8.h"
#include "protocol/words.h"
#include "care/lines.h"
#include "ical/invitation.h"

enum { SUMMARY_MAX = 70 };

void
smp_maker_init(struct smp_maker *m, struct smp_plan *plan,
               const struct smp_protocol *protocol,
               const struct smp_calendar_options *options,
               struct smp_entry_list *list)
{
    *m = (struct smp_maker){.plan = plan,
                            .protocol = protocol,
                            .options = options,
                            .key = smp_uid_key_of(plan),
                            .list = list};
    list->count = 0;
    smp_in_force_find(&m->in_force, plan, protocol, &list->rivals,
                      options->proposed);
}

void
smp_maker_name(struct smp_maker *m)
{
    const char *name =
        m->plan->name && *m->plan->name ? m->plan->name : m->plan->id;
    struct smp_buf *text = smp_maker_fresh(&m->list->text);

    smp_utf8_clean(text, name, strlen(name));
    smp_shorten(text, 0, SUMMARY_MAX / 2);
    smp_buf_puts(text, ": ");
    m->name_size = text->len;
    m->name = smp_maker_keep(m, text);
}

const char *
smp_maker_keep(struct smp_maker *m, const struct smp_buf *text)
{
    return smp_arena_strndup(&m->plan->arena, smp_buf_text(text), text->len);
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
    enum { LONGEST = 120 };
    size_t n = uid ? smp_uid_opaque(uid) : 0;

    return n && n <= LONGEST && !uid[n];
}

const char *
smp_maker_session_uid(struct smp_maker *m, const struct smp_session *session)
{
    if (m->session != session) {
        m->session = session;
        m->session_uid = smp_uid_can_be_carried(session->uid)
                             ? session->uid
                             : smp_maker_uid(m, session->number, "session", "");
    }
    return m->session_uid;
}

/* Where name and title are too long together, they are shortened as one. */
void
smp_maker_summary(struct smp_maker *m, struct smp_entry *entry)
{
    const struct smp_buf *title = &m->list->title;
    struct smp_buf *whole = smp_maker_fresh(&m->list->summary);
    size_t n;

    if (m->name)
        smp_buf_puts(whole, m->name);
    smp_utf8_clean(whole, smp_buf_text(title), title->len);
    n = whole->len;
    smp_shorten(whole, 0, SUMMARY_MAX);
    entry->name = whole->len == n ? m->name : NULL;
    entry->summary = smp_maker_keep(m, whole);
    if (entry->name)
        entry->summary += m->name_size;
}

void
smp_maker_title(struct smp_maker *m, struct smp_entry *entry,
                const struct smp_item *item)
{
    size_t n = strlen(item->title);

    if (m->name_size + n <= SUMMARY_MAX &&
        (!item->source || smp_utf8_is_clean(item->title, n))) {
        entry->name = m->name;
        entry->summary = item->title;
        return;
    }
    smp_buf_add(smp_maker_fresh(&m->list->title), item->title, n);
    smp_maker_summary(m, entry);
}

static struct smp_entry *
room_for_entry(struct smp_entry_list *list)
{
    list->entries = smp_grow(list->entries, list->count, &list->room,
                             sizeof *list->entries);
    return &list->entries[list->count++];
}

struct smp_entry *
smp_maker_copy(struct smp_maker *m, size_t other)
{
    struct smp_entry *entry = room_for_entry(m->list);

    *entry = m->list->entries[other];
    return entry;
}

struct smp_entry *
smp_maker_add(struct smp_maker *m)
{
    struct smp_entry *entry = room_for_entry(m->list);

    *entry = (struct smp_entry){
        .modified = m->plan->has_updated ? m->plan->updated : m->options->stamp,
    };
    if (m->options->method != SMP_METHOD_NONE)
        entry->organizer = (struct smp_party){smp_organizer(m->protocol),
                                              m->protocol->studio.name};
    return entry;
}

void
smp_maker_follow(struct smp_entry *entry, const struct smp_session *session)
{
    entry->sequence = session->sequence;
    entry->booked = session->has_created ? &session->created : NULL;
}

void
smp_maker_ring(const struct smp_maker *m, struct smp_entry *entry)
{
    const struct smp_calendar_options *options = m->options;

    entry->rings = options->alarm == SMP_ALARM_AT;
    entry->alarm =
        entry->start.kind == SMP_DAY ? options->alarm_minutes * 60 : 0;
}

const char *
smp_maker_category(struct smp_maker *m, enum smp_phase phase)
{
    if (!m->categories[phase])
        m->categories[phase] = smp_label(
            m->protocol, phase == SMP_PRE ? "category.pre" : "category.post");
    return m->categories[phase];
}
