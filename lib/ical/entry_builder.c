#include "ical/entry_builder.h"

#include <string.h>

#include "base/utf8.h"
#include "base/fill.h"
#include "protocol/words.h"
#include "plan/plan.h"
#include "care/in_force.h"
#include "ical/invitation.h"
#include "ical/entries.h"

enum { SUMMARY_MAX = 67 }; /* characters; a line of them needs no fold */

void
smp_builder_init(struct smp_entry_builder *b, struct smp_plan *plan,
                 const struct smp_protocol *protocol,
                 const struct smp_calendar_options *options,
                 struct smp_entry_list *list)
{
    *b = (struct smp_entry_builder){.plan = plan,
                                    .protocol = protocol,
                                    .options = options,
                                    .key = smp_uid_key_of(plan),
                                    .list = list};
    b->categories[SMP_PRE] = smp_label(protocol, "category.pre");
    b->categories[SMP_POST] = smp_label(protocol, "category.post");
    list->count = 0;
    smp_in_force_find(&b->in_force, plan, protocol, &list->rivals,
                      options->proposed);
}

void
smp_builder_use_name(struct smp_entry_builder *b)
{
    const char *name =
        b->plan->name && *b->plan->name ? b->plan->name : b->plan->id;
    struct smp_buf *text = smp_emptied(&b->list->text);

    smp_utf8_clean(text, name, strlen(name));
    smp_shorten(text, 0, SUMMARY_MAX / 2);
    smp_buf_puts(text, ": ");
    b->name_size = text->len;
    b->name = smp_builder_keep(b, text);
}

const char *
smp_builder_keep(struct smp_entry_builder *b, const struct smp_buf *text)
{
    return smp_arena_strndup(&b->plan->arena, smp_buf_text(text), text->len);
}

const char *
smp_builder_uid(struct smp_entry_builder *b, int session, const char *kind,
                const char *thing)
{
    char uid[SMP_UID_SIZE];

    smp_uid(uid, &b->key, b->plan, session, kind, thing);
    return smp_arena_strdup(&b->plan->arena, uid);
}

bool
smp_uid_can_be_carried(const char *uid)
{
    enum { UID_MAX = 120 };
    size_t n = uid ? smp_uid_opaque(uid) : 0;

    return n && n <= UID_MAX && !uid[n];
}

const char *
smp_builder_session_uid(struct smp_entry_builder *b,
                        const struct smp_session *session)
{
    if (b->session != session) {
        b->session = session;
        b->session_uid =
            smp_uid_can_be_carried(session->uid)
                ? session->uid
                : smp_builder_uid(b, session->number, "session", "");
    }
    return b->session_uid;
}

void
smp_builder_set_summary(struct smp_entry_builder *b, struct smp_entry *entry)
{
    const struct smp_buf *title = &b->list->title;
    struct smp_buf *whole = smp_emptied(&b->list->summary);
    size_t n;

    if (b->name)
        smp_buf_puts(whole, b->name);
    smp_utf8_clean(whole, smp_buf_text(title), title->len);
    n = whole->len;
    smp_shorten(whole, 0, SUMMARY_MAX);
    entry->name = whole->len == n ? b->name : NULL;
    entry->summary = smp_builder_keep(b, whole);
    if (entry->name)
        entry->summary += b->name_size;
}

void
smp_builder_set_item_summary(struct smp_entry_builder *b,
                             struct smp_entry *entry,
                             const struct smp_item *item)
{
    size_t n = strlen(item->title);

    if (b->name_size + n <= SUMMARY_MAX &&
        (!item->source || smp_utf8_is_clean(item->title, n))) {
        entry->name = b->name;
        entry->summary = item->title;
        return;
    }
    smp_buf_add(smp_emptied(&b->list->title), item->title, n);
    smp_builder_set_summary(b, entry);
}

static size_t
characters(const char *text)
{
    size_t n = 0;

    for (; *text; text++)
        n += (*text & 0xc0) != 0x80;
    return n;
}

void
smp_builder_name_session(struct smp_entry_builder *b, struct smp_entry *entry)
{
    struct smp_buf *title = smp_emptied(&b->list->title);
    struct smp_buf number = {0}, suffix = {0};
    size_t taken;

    smp_session_put_number(&number, b->plan, entry->session, b->protocol);
    smp_words(&suffix, b->protocol,
              entry->phase == SMP_PRE ? "entry.before" : "entry.after",
              SMP_VALUES({"n", smp_buf_text(&number)}));
    taken = characters(smp_buf_text(&suffix)) + 1 +
            (entry->name ? characters(entry->name) : 0);
    smp_buf_puts(title, entry->summary);
    smp_shorten(title, 0, taken < SUMMARY_MAX ? SUMMARY_MAX - taken : 1);
    smp_buf_putc(title, ' ');
    smp_buf_puts(title, smp_buf_text(&suffix));
    entry->summary = smp_builder_keep(b, title);
    smp_buf_release(&number);
    smp_buf_release(&suffix);
}

struct smp_entry
smp_builder_entry(const struct smp_entry_builder *b,
                  const struct smp_session *session)
{
    struct smp_entry entry = {
        .modified = b->plan->has_updated ? b->plan->updated : b->options->stamp,
        .sequence = session->sequence,
        .session = session,
        .booked = session->has_created ? &session->created : NULL,
    };

    if (b->options->method != SMP_METHOD_NONE)
        entry.organizer = (struct smp_party){smp_organizer(b->protocol),
                                             b->protocol->studio.name};
    return entry;
}

struct smp_entry *
smp_builder_add(struct smp_entry_builder *b, const struct smp_entry *entry)
{
    struct smp_entry_list *list = b->list;

    list->entries = smp_grow(list->entries, list->count, &list->room,
                             sizeof *list->entries);
    list->entries[list->count] = *entry;
    return &list->entries[list->count++];
}

void
smp_builder_set_alarm(const struct smp_entry_builder *b,
                      struct smp_entry *entry)
{
    const struct smp_calendar_options *options = b->options;

    entry->rings = options->alarm == SMP_ALARM_AT;
    entry->alarm =
        entry->start.kind == SMP_DAY ? options->alarm_minutes * 60 : 0;
}
