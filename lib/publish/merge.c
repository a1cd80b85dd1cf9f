#include <string.h>

#include "base/base.h"
#include "publish/internal.h"
#include "time/civil.h"

struct merging {
    const struct smp_feed *old;
    const struct smp_merge *how;
    struct smp_buf *out;
    bool freezes;         /* what has ended */
    size_t next;          /* the old event that likely comes next */
    size_t met, sessions; /* old events, and sessions, that go on */
    bool kept;            /* words that are not those of the plan */
    enum smp_change change;
};

static void
note(struct merging *m, enum smp_change change)
{
    if (change > m->change)
        m->change = change;
}

static void
add_piece(struct smp_buf *out, struct smp_piece piece)
{
    smp_buf_add(out, piece.at, piece.n);
}

/* Returns true if the stamps and the sequence of an old event are well formed.
 */
static bool
is_sound(const struct smp_feed_event *event)
{
    int64_t instant;
    int32_t sequence;

    return smp_feed_instant(event->stamp, &instant) &&
           smp_feed_instant(event->modified, &instant) &&
           smp_feed_sequence(event->sequence, &sequence);
}

/* The old event with the same UID, or NULL. Most keep their order. */
static const struct smp_feed_event *
find(struct merging *m, const struct smp_feed_event *event)
{
    size_t i, at = m->next;

    for (i = 0; m->old && i < m->old->count; i++, at++) {
        at = at < m->old->count ? at : 0;
        if (smp_piece_same_value(m->old->events[at].uid, event->uid)) {
            m->next = at + 1;
            m->met++;
            m->sessions += m->old->events[at].session;
            return &m->old->events[at];
        }
    }
    return NULL;
}

static bool
keeps_time(const struct smp_feed_event *old, const struct smp_feed_event *event)
{
    return smp_piece_equal(old->start, event->start) &&
           smp_piece_equal(old->end, event->end) &&
           smp_piece_equal(old->status, event->status);
}

/* A place that only was not written before is no other place. */
static bool
keeps_place(const struct smp_feed_event *old,
            const struct smp_feed_event *event)
{
    return !old->location.n ||
           smp_piece_same_value(old->location, event->location);
}

static bool
is_frozen(const struct merging *m, const struct smp_feed_event *event)
{
    int64_t end;

    return m->freezes && smp_feed_end(event, m->how->zone, &end) &&
           end <= m->how->now;
}

static void
add_instant(struct smp_buf *out, int64_t instant)
{
    int32_t day = smp_day_at(instant);
    struct smp_civil date = smp_civil_of(day);
    int time = (int)(instant - (int64_t)day * SMP_DAY_SECONDS);

    smp_buf_printf(out, "%04d%02d%02dT%02d%02d%02dZ", date.year, date.month,
                   date.day, time / 3600, time / 60 % 60, time % 60);
}

/*
 * Some readers accept only a later LAST-MODIFIED than they have: the plan's own
 * stamp if it is later, else that of this run, else a second more.
 */
static int64_t
next_stamp(const struct merging *m, const struct smp_feed_event *old,
           const struct smp_feed_event *event)
{
    int64_t before = 0, stamp = 0;

    smp_feed_instant(old->modified, &before);
    smp_feed_instant(event->modified, &stamp);
    if (stamp <= before)
        stamp = m->how->stamp;
    return stamp <= before ? before + 1 : stamp;
}

static int32_t
next_sequence(const struct smp_feed_event *old,
              const struct smp_feed_event *event, bool moved)
{
    int32_t given = 0, before = 0;

    smp_feed_sequence(event->sequence, &given);
    smp_feed_sequence(old->sequence, &before);
    if (moved && before < INT32_MAX)
        before++;
    return given > before ? given : before;
}

static void
add_changed(struct merging *m, const struct smp_feed_event *old,
            const struct smp_feed_event *event, bool moved)
{
    struct smp_buf stamp = {0};
    const char *at = event->whole.at;

    add_instant(&stamp, next_stamp(m, old, event));
    smp_buf_add(m->out, at, (size_t)(event->stamp.at - at));
    smp_buf_puts(m->out, smp_buf_text(&stamp));
    at = event->stamp.at + event->stamp.n;
    smp_buf_add(m->out, at, (size_t)(event->modified.at - at));
    smp_buf_puts(m->out, smp_buf_text(&stamp));
    at = event->modified.at + event->modified.n;
    smp_buf_add(m->out, at, (size_t)(event->sequence.at - at));
    smp_buf_printf(m->out, "%d\r\n", (int)next_sequence(old, event, moved));
    add_piece(m->out, event->content);
    smp_buf_release(&stamp);
}

static void
add_event(struct merging *m, const struct smp_feed_event *event)
{
    const struct smp_feed_event *old = find(m, event);
    bool later = old && !keeps_time(old, event);
    bool moved = later || (old && !keeps_place(old, event));
    bool same = old && smp_piece_equal(old->content, event->content);

    if (same && !m->how->torn) {
        add_piece(m->out, old->whole);
    } else if (!old || !is_sound(old)) {
        add_piece(m->out, event->whole);
        note(m, SMP_CHANGE_NEW);
    } else if (same || (!later && is_frozen(m, old))) {
        add_piece(m->out, old->whole);
        m->kept = m->kept || !same;
    } else {
        add_changed(m, old, event, moved);
        note(m, moved ? SMP_CHANGE_MOVED : SMP_CHANGE_TEXT);
    }
}

/* If a session is gone, it is cancelled; if only care is gone, days moved. */
static void
note_gone(struct merging *m)
{
    size_t i, sessions = 0;

    for (i = 0; i < m->old->count; i++)
        sessions += m->old->events[i].session;
    if (m->met < m->old->count)
        note(m,
             m->sessions < sessions ? SMP_CHANGE_CANCELLED : SMP_CHANGE_MOVED);
}

/* The head without its seal and without the zone of an empty feed. */
static struct smp_piece
lasting(struct smp_piece head)
{
    static const char zone[] = "\nBEGIN:VTIMEZONE";
    static const char seal[] = "//EN\r\n";
    size_t i;

    for (i = 0; i + sizeof seal <= head.n; i++)
        if (memcmp(head.at + i, seal, sizeof seal - 1) == 0) {
            head.at += i;
            head.n -= i;
            break;
        }
    for (i = 0; i + sizeof zone <= head.n; i++)
        if (memcmp(head.at + i, zone, sizeof zone - 1) == 0)
            head.n = i;
    return head;
}

enum smp_change
smp_feed_merge(struct smp_buf *out, const struct smp_feed *old,
               const struct smp_feed *fresh, const struct smp_merge *how,
               bool *kept)
{
    struct merging m = {.old = old, .how = how, .out = out};
    int64_t retired;
    size_t i;

    m.freezes = old && !how->torn &&
                smp_feed_same_kind(old->head.at, old->head.n, fresh->head.at,
                                   fresh->head.n);
    add_piece(out, fresh->head);
    for (i = 0; i < fresh->count; i++)
        add_event(&m, &fresh->events[i]);
    add_piece(out, fresh->tail);
    *kept = m.kept;
    if (!old || smp_feed_withdrawn(old, &retired))
        return SMP_CHANGE_NEW;
    if (!smp_piece_equal(lasting(old->head), lasting(fresh->head)))
        note(&m, SMP_CHANGE_TEXT);
    note_gone(&m);
    return m.change;
}
