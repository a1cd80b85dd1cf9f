#include "publish/publish.h"

#include <string.h>

#include "publish/publisher.h"
#include "time/civil.h"

/* How feeds without a plan are gone through. */
struct sweep {
    struct smp_publisher *publisher;
    const struct smp_protocol *protocol;
};

static bool
is_due(const struct sweep *sweep, int64_t retired)
{
    const int64_t days = SMP_RETIRED_DAYS;

    return sweep->publisher->prune == SMP_PRUNE_NOW ||
           sweep->publisher->now - retired >= days * SMP_DAY_SECONDS;
}

static void
remove_feed(struct smp_publisher *publisher, const char *name, const char *id)
{
    struct smp_waiting *waiting =
        smp_publisher_note(publisher, id, name, SMP_CHANGE_RETIRED);

    smp_store_remove(&publisher->store, name, &waiting->err);
}

/* Empties a feed, so that subscribers see its entries go, or removes it. */
static void
retire(const struct sweep *sweep, const char *name, const char *id)
{
    struct smp_publisher *publisher = sweep->publisher;
    struct smp_buf *text = &publisher->next_text;
    int64_t retired = publisher->now;
    bool empty = smp_feed_retired(&publisher->old, &retired);

    if (sweep->publisher->prune == SMP_PRUNE_NOW ||
        (empty && is_due(sweep, retired))) {
        remove_feed(publisher, name, id);
    } else if (!empty) {
        smp_buf_cut(text, 0);
        smp_write_retired(text, sweep->protocol, &publisher->options);
        smp_publisher_write(publisher, id, name, SMP_CHANGE_RETIRED, text);
    }
}

/* What was never published is none of our business. */
static void
withdraw(const struct sweep *sweep, const char *name, const char *id)
{
    struct smp_publisher *publisher = sweep->publisher;
    const struct smp_buf *text = &publisher->old_text;
    struct smp_err err = {0};
    bool there;

    if (smp_publisher_read(publisher, name, &there, &err)) {
        if (there)
            retire(sweep, name, id);
    } else if (text->len &&
               smp_feed_state(text->data, text->len) != SMP_FEED_FOREIGN) {
        smp_publisher_note(publisher, id, name, SMP_CHANGE_RETIRED)->err = err;
        return;
    }
    smp_err_release(&err);
}

static void
look_at(const struct sweep *sweep, const char *name)
{
    struct smp_publisher *publisher = sweep->publisher;
    size_t tag = smp_feed_tag(&publisher->key, name);
    struct smp_client *client =
        smp_clients_find(&publisher->clients, name, tag);

    if (!client && sweep->publisher->prune != SMP_PRUNE_NONE)
        withdraw(sweep, name, NULL);
    else if (client && !client->arrived)
        client->file = smp_arena_strdup(&publisher->clients.arena, name);
    else if (client && strcmp(client->name, name) != 0)
        withdraw(sweep, name, client->id);
}

void
smp_publish_expect(struct smp_publisher *publisher,
                   const struct smp_strings *ids)
{
    struct smp_buf name = {0};
    size_t i, tag;

    publisher->expected = ids;
    for (i = 0; i < ids->count; i++) {
        smp_buf_cut(&name, 0);
        smp_feed_name(&name, &publisher->key, ids->at[i], 0);
        tag = smp_feed_tag(&publisher->key, smp_buf_text(&name));
        if (!smp_clients_find(&publisher->clients, smp_buf_text(&name), tag))
            smp_clients_add(&publisher->clients, ids->at[i],
                            smp_buf_text(&name), tag);
    }
    smp_buf_release(&name);
}

static size_t
report_missing(struct smp_publisher *publisher, const struct smp_strings *ids)
{
    struct smp_buf name = {0};
    size_t i, count = 0;

    for (i = 0; i < ids->count; i++) {
        struct smp_client *client;

        smp_buf_cut(&name, 0);
        smp_feed_name(&name, &publisher->key, ids->at[i], 0);
        client = smp_clients_find(
            &publisher->clients, smp_buf_text(&name),
            smp_feed_tag(&publisher->key, smp_buf_text(&name)));
        if (client->arrived)
            continue;
        client->arrived = true; /* said once, if its id stands there twice */
        smp_publisher_note(publisher, client->id, client->file,
                           SMP_CHANGE_MISSING);
        count++;
    }
    smp_buf_release(&name);
    return count;
}

size_t
smp_publish_finish(struct smp_publisher *publisher,
                   const struct smp_protocol *protocol, struct smp_err *err)
{
    struct sweep sweep = {publisher, protocol};
    struct smp_strings names = {0};
    size_t i, missing = 0;

    if ((publisher->expected || publisher->key.there) &&
        smp_store_list(&publisher->store, &names, err))
        for (i = 0; i < names.count; i++)
            look_at(&sweep, names.at[i]);
    if (publisher->expected)
        missing = report_missing(publisher, publisher->expected);
    smp_publish_commit(publisher);
    smp_store_list_free(&names);
    return missing;
}
