#include "publish/publish.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "publish/publisher.h"

/* More than that some calendars do not read (Google's limit is 1 MB). */
enum { LARGE = 900000 };

/* So many feeds wait for one commit, of which the directory holds two each. */
enum { BATCH = 1024, WAITING_MAX = 8192 };

struct smp_waiting *
smp_publisher_note(struct smp_publisher *publisher, const char *id,
                   const char *name, enum smp_change change)
{
    struct smp_buf file = {0};
    struct smp_waiting *waiting;

    publisher->waiting =
        smp_grow(publisher->waiting, publisher->waiting_count,
                 &publisher->waiting_room, sizeof *publisher->waiting);
    waiting = &publisher->waiting[publisher->waiting_count++];
    if (name)
        smp_buf_printf(&file, "%s.ics", name);
    *waiting = (struct smp_waiting){
        .id = id ? smp_strdup(id) : NULL, .file = file.data, .change = change};
    return waiting;
}

static void
report(struct smp_publisher *publisher, struct smp_waiting *waiting)
{
    const struct smp_err *err = &waiting->err;

    if (waiting->ticket && !err->failed)
        err = &publisher->store.pending[waiting->ticket - 1].err;
    publisher->report(
        publisher->context,
        &(struct smp_report){.id = waiting->id,
                             .file = waiting->file,
                             .change = waiting->change,
                             .failure = err->failed ? smp_buf_text(&err->text)
                                                    : NULL});
    free(waiting->id);
    free(waiting->file);
    smp_err_release(&waiting->err);
}

void
smp_publish_commit(struct smp_publisher *publisher)
{
    size_t i;

    if (publisher->store.count)
        smp_store_commit(&publisher->store);
    for (i = 0; i < publisher->waiting_count; i++)
        report(publisher, &publisher->waiting[i]);
    publisher->waiting_count = 0;
    smp_store_clear(&publisher->store);
}

bool
smp_publisher_read(struct smp_publisher *publisher, const char *name,
                   bool *there, struct smp_err *err)
{
    struct smp_buf *text = &publisher->old_text;
    enum smp_feed_state state;
    bool whole;

    publisher->torn = false;
    smp_buf_cut(text, 0);
    if (!smp_store_read(&publisher->store, name, text, there, err))
        return false;
    if (!*there)
        return true;
    state = smp_feed_state(smp_buf_text(text), text->len);
    whole = smp_feed_read(&publisher->old, smp_buf_text(text), text->len);
    publisher->torn = state == SMP_FEED_TORN;
    if (!publisher->torn && !(state == SMP_FEED_WHOLE && whole))
        return smp_fail(err,
                        "%s/%s.ics: changed by hand or by another program "
                        "since it was published; it is left as it is: move it "
                        "away to have it published anew",
                        publisher->store.path, name);
    return true;
}

/*
 * A full disk may have room again once what waits has replaced what was there.
 */
void
smp_publisher_write(struct smp_publisher *publisher, const char *id,
                    const char *name, enum smp_change change,
                    struct smp_buf *text)
{
    struct smp_store *store = &publisher->store;

    smp_feed_seal(text->data, text->len);
    if (!smp_store_write(store, name, text->data, text->len) &&
        store->count > 1) {
        smp_store_forget(store);
        smp_publish_commit(publisher);
        smp_store_write(store, name, text->data, text->len);
    }
    smp_publisher_note(publisher, id, name, change)->ticket = store->count;
}

/* Compares what stands with the plan, and writes what is to stand. */
static void
renew(struct smp_publisher *publisher, struct smp_plan *plan,
      const struct smp_protocol *protocol, const char *name, bool there)
{
    struct smp_buf *fresh = &publisher->fresh_text;
    struct smp_buf *next = &publisher->next_text;
    struct smp_merge how = {.zone = plan->zone,
                            .now = publisher->now,
                            .stamp = publisher->options.stamp};
    enum smp_change change;

    smp_buf_cut(fresh, 0);
    smp_buf_cut(next, 0);
    smp_write_feed(fresh, plan, protocol, &publisher->options,
                   &publisher->templates);
    smp_feed_read(&publisher->fresh, fresh->data, fresh->len);
    change = smp_feed_merge(next, there ? &publisher->old : NULL,
                            &publisher->fresh, &how);
    if (change != SMP_CHANGE_NONE && next->len > LARGE)
        publisher->warn(publisher->context, plan->id,
                        "the feed is larger than 900 kB, which some "
                        "calendars do not read");
    if (publisher->torn)
        publisher->warn(publisher->context, plan->id,
                        "the feed was not whole: it is written anew");
    if (change == SMP_CHANGE_NONE && !publisher->torn)
        smp_publisher_note(publisher, plan->id, name, change);
    else
        smp_publisher_write(publisher, plan->id, name, change, next);
}

/* Keeps the sessions that are agreed on, and the care that is wanted. */
static void
select_wanted(const struct smp_publisher *publisher, struct smp_plan *plan)
{
    size_t i, kept = 0;

    for (i = 0; i < plan->session_count; i++)
        if (publisher->proposed || (plan->sessions[i].status != SMP_PROPOSED &&
                                    plan->sessions[i].status != SMP_OPTIONAL))
            plan->sessions[kept++] = plan->sessions[i];
    plan->session_count = kept;
    for (kept = 0, i = 0; i < plan->item_count; i++)
        if (smp_plan_session(plan, plan->items[i].session) &&
            !(publisher->pre_only && plan->items[i].phase != SMP_PRE) &&
            !(publisher->post_only && plan->items[i].phase != SMP_POST))
            plan->items[kept++] = plan->items[i];
    plan->item_count = kept;
}

/* What is no whole plan must not empty a phone. */
static bool
is_whole(const struct smp_publisher *publisher, const struct smp_plan *plan,
         struct smp_err *err)
{
    if (plan->zone_assumed)
        return smp_fail(err, "timeZone: it is only that of the machine (-z "
                             "or the protocol's studio names one)");
    if (plan->partial)
        return smp_fail(err, "partial: only a part of the care is in it");
    if (!plan->care[SMP_PRE] && !publisher->post_only)
        return smp_fail(err, "care.pre: missing (smp-precare adds it; --only "
                             "post leaves it out)");
    if (!plan->care[SMP_POST] && !publisher->pre_only)
        return smp_fail(err, "care.post: missing (smp-aftercare adds it; "
                             "--only pre leaves it out)");
    return true;
}

static void
warn_of_protocols(struct smp_publisher *publisher, const struct smp_plan *plan)
{
    const char *pre = plan->care[SMP_PRE], *post = plan->care[SMP_POST];

    if (pre && post && strcmp(pre, post) != 0)
        publisher->warn(publisher->context, plan->id,
                        "care before and after comes from different protocols");
}

/*
 * Each client once: a second plan would undo what the first one says. *wanted:
 * whether it is a client at all.
 */
static bool
take_client(struct smp_publisher *publisher, const struct smp_plan *plan,
            const char *name, bool *wanted, struct smp_err *err)
{
    struct smp_clients *clients = &publisher->clients;
    size_t tag = smp_feed_tag(&publisher->key, name);
    struct smp_client *client = smp_clients_find(clients, name, tag);

    *wanted = client || publisher->prune == SMP_PRUNE_NONE;
    if (!*wanted)
        return true;
    if (client && client->arrived)
        return smp_fail(err, "id: a plan of this client has come before");
    if (!client)
        client = smp_clients_add(clients, plan->id, name, tag);
    client->name = smp_arena_strdup(&clients->arena, name);
    client->arrived = true;
    return true;
}

static void
publish(struct smp_publisher *publisher, struct smp_plan *plan,
        const struct smp_protocol *protocol, const char *name)
{
    struct smp_err err = {0};
    bool there;

    if (smp_publisher_read(publisher, name, &there, &err))
        renew(publisher, plan, protocol, name, there);
    else
        smp_publisher_note(publisher, plan->id, name, SMP_CHANGE_TEXT)->err =
            err;
    if (publisher->store.count >= BATCH ||
        publisher->waiting_count >= WAITING_MAX)
        smp_publish_commit(publisher);
}

bool
smp_publish(struct smp_publisher *publisher, struct smp_plan *plan,
            const struct smp_protocol *protocol, struct smp_err *err)
{
    struct smp_buf name = {0};
    bool ok, wanted;

    smp_feed_name(&name, &publisher->key, plan->id, plan->feed);
    ok = is_whole(publisher, plan, err) &&
         take_client(publisher, plan, smp_buf_text(&name), &wanted, err);
    if (ok && !wanted) {
        publisher->warn(publisher->context, plan->id,
                        "not published, as it is no id of --clients");
    } else if (ok) {
        warn_of_protocols(publisher, plan);
        select_wanted(publisher, plan);
        publish(publisher, plan, protocol, smp_buf_text(&name));
    }
    smp_buf_release(&name);
    return ok;
}

void
smp_publisher_release(struct smp_publisher *publisher)
{
    smp_clients_release(&publisher->clients);
    smp_templates_release(&publisher->templates);
    free(publisher->waiting);
    smp_buf_release(&publisher->old_text);
    smp_buf_release(&publisher->fresh_text);
    smp_buf_release(&publisher->next_text);
    smp_feed_release(&publisher->old);
    smp_feed_release(&publisher->fresh);
}
