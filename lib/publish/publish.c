#include "publish/publish.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "publish/publisher.h"

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
    if (name) {
        smp_buf_puts(&file, name);
        smp_buf_puts(&file, ".ics");
    }
    *waiting = (struct smp_waiting){
        .id = id ? smp_strdup(id) : NULL, .file = file.data, .change = change};
    return waiting;
}

static void
report(struct smp_publisher *publisher, struct smp_waiting *waiting)
{
    struct smp_err *err = &waiting->err;

    if (waiting->ticket && !err->failed)
        err = &publisher->store.pending[waiting->ticket - 1].err;
    if (waiting->change == SMP_CHANGE_RETIRED)
        smp_err_prefix(err, "not withdrawn");
    publisher->report(
        publisher->context,
        &(struct smp_report){
            .id = waiting->id,
            .file = waiting->file,
            .change = waiting->change,
            .rejected = waiting->client && waiting->client->rejected,
            .failure = err->failed ? smp_buf_text(&err->text) : NULL});
    if (waiting->client && err->failed)
        waiting->client->failed = true;
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
    publisher->held = false;
    smp_store_clear(&publisher->store);
}

void
smp_publisher_settle(struct smp_publisher *publisher)
{
    if (publisher->store.count >= BATCH ||
        publisher->waiting_count >= WAITING_MAX)
        smp_publish_commit(publisher);
}

/*
 * A full disk may have room again once what waits has replaced what was there.
 */
void
smp_publisher_write(struct smp_publisher *publisher, const char *id,
                    const char *name, enum smp_change change,
                    struct smp_buf *text, uint64_t source)
{
    struct smp_store *store = &publisher->store;

    smp_feed_seal(text->data, text->len, source);
    if (!smp_store_write(store, name, text->data, text->len) &&
        store->count > 1) {
        smp_store_forget(store);
        smp_publish_commit(publisher);
        smp_store_write(store, name, text->data, text->len);
    }
    smp_publisher_note(publisher, id, name, change)->ticket = store->count;
}

/* Writes the plan into fresh; false where that is no calendar. */
static bool
render(struct smp_publisher *publisher, struct smp_plan *plan,
       const struct smp_protocol *protocol, struct smp_err *err)
{
    struct smp_buf *fresh = &publisher->fresh_text;
    struct smp_piece uid;

    smp_buf_cut(fresh, 0);
    smp_write_feed(fresh, plan, protocol, &publisher->options,
                   &publisher->templates);
    smp_feed_read(&publisher->fresh, fresh->data, fresh->len);
    uid = smp_feed_double(&publisher->fresh);
    return !uid.n ||
           smp_fail(err, "uid: two entries would have the same uid, %.*s",
                    (int)uid.n, uid.at);
}

/* Compares what stands with the plan, and writes what is to stand. */
static void
renew(struct smp_publisher *publisher, const struct smp_plan *plan,
      const char *name, bool there)
{
    struct smp_buf *next = &publisher->next_text;
    bool torn = there && publisher->state != SMP_FEED_WHOLE;
    struct smp_merge how = {.zone = plan->zone,
                            .now = publisher->now,
                            .stamp = publisher->options.stamp,
                            .torn = torn};
    enum smp_change change;
    bool kept;

    smp_buf_cut(next, 0);
    change = smp_feed_merge(next, there ? &publisher->old : NULL,
                            &publisher->fresh, &how, &kept);
    if (change == SMP_CHANGE_NONE && torn)
        change = SMP_CHANGE_TEXT;
    if (change == SMP_CHANGE_NONE) {
        smp_publisher_note(publisher, plan->id, name, change);
        return;
    }
    smp_publisher_warn_of_feed(publisher, plan->id, torn);
    if (next->len <= SMP_FEED_MAX)
        smp_publisher_write(
            publisher, plan->id, name, change, next,
            smp_source_noted(&publisher->source, kept, publisher->now));
    else
        smp_fail(&smp_publisher_note(publisher, plan->id, name, change)->err,
                 "%s/%s.ics: not written: larger than 16 MiB",
                 publisher->store.path, name);
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
        return smp_fail(
            err,
            "timeZone: %s was only assumed from the machine: give -z to the "
            "first program, or use a protocol whose studio names a zone",
            plan->time_zone);
    if (plan->partial)
        return smp_fail(err, "partial: the plan has only part of the care");
    if (!plan->care[SMP_PRE] && !publisher->post_only)
        return smp_fail(
            err, "care.pre: missing (run smp-precare, or use --only post)");
    if (!plan->care[SMP_POST] && !publisher->pre_only)
        return smp_fail(
            err, "care.post: missing (run smp-aftercare, or use --only pre)");
    return true;
}

struct smp_client *
smp_publisher_take(struct smp_publisher *publisher, const char *id,
                   const char *name, struct smp_err *err)
{
    struct smp_clients *clients = &publisher->clients;
    size_t tag = smp_feed_tag(&publisher->key, name);
    struct smp_client *client = smp_clients_find(clients, name, tag);

    if (!client && publisher->prune != SMP_PRUNE_NONE)
        return NULL;
    if (client && client->arrived) {
        smp_fail(err, "id: duplicate plan for this client");
        return NULL;
    }
    if (!client)
        client = smp_clients_add(clients, id, name, tag);
    client->name = smp_arena_strdup(&clients->arena, name);
    client->arrived = true;
    return client;
}

static bool
publish(struct smp_publisher *publisher, struct smp_plan *plan,
        const struct smp_protocol *protocol, struct smp_client *client,
        struct smp_err *err)
{
    struct smp_err unread = {0};
    bool there;

    smp_source_verify(&publisher->source, plan, protocol);
    smp_publisher_warn_of_protocols(publisher, plan);
    smp_publisher_warn_of_number(publisher, plan);
    select_wanted(publisher, plan);
    smp_publisher_warn_of_times(publisher, plan);
    if (!render(publisher, plan, protocol, err))
        return false;
    if (smp_publisher_read(publisher, client->name, &there, &unread))
        renew(publisher, plan, client->name, there);
    else
        smp_publisher_note(publisher, plan->id, client->name, SMP_CHANGE_TEXT)
            ->err = unread;
    publisher->waiting[publisher->waiting_count - 1].client = client;
    smp_publisher_settle(publisher);
    return true;
}

/* A list that does not know a client who has a plan may lack others. */
static void
doubt_list(struct smp_publisher *publisher, const struct smp_plan *plan)
{
    publisher->warn(publisher->context, plan->id,
                    "not published: the client is not in --clients");
    publisher->doubt = "a plan arrived for a client not in --clients";
}

static void
note_rejected(struct smp_publisher *publisher, const char *name)
{
    struct smp_client *client = smp_clients_find(
        &publisher->clients, name, smp_feed_tag(&publisher->key, name));

    if (client)
        client->rejected = true;
}

bool
smp_publish(struct smp_publisher *publisher, struct smp_plan *plan,
            const struct smp_protocol *protocol, struct smp_err *err)
{
    struct smp_buf name = {0};
    struct smp_client *client = NULL;
    bool ok;

    smp_feed_name(&name, &publisher->key, plan->id, plan->feed);
    if (is_whole(publisher, plan, err))
        client =
            smp_publisher_take(publisher, plan->id, smp_buf_text(&name), err);
    else
        note_rejected(publisher, smp_buf_text(&name));
    ok = !err->failed;
    if (ok && !client)
        doubt_list(publisher, plan);
    else if (ok)
        ok = publish(publisher, plan, protocol, client, err);
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
    smp_source_release(&publisher->source);
    smp_buf_release(&publisher->name);
}
