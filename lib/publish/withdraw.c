#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "publish/internal.h"
#include "time/civil.h"

/* What the functions for feeds without a plan share. */
struct sweep {
    struct smp_publisher *publisher;
    const struct smp_protocol *protocol;
};

static bool
at_once(const struct smp_publisher *publisher)
{
    return publisher->prune == SMP_PRUNE_NOW && !publisher->doubt;
}

static bool
is_due(const struct sweep *sweep, int64_t retired)
{
    const int64_t days = SMP_RETIRED_DAYS;

    return sweep->publisher->now - retired >= days * SMP_DAY_SECONDS;
}

static void
remove_feed(struct smp_publisher *publisher, const char *name, const char *id)
{
    struct smp_waiting *waiting =
        smp_publisher_note(publisher, id, name, SMP_CHANGE_RETIRED);

    smp_store_remove(&publisher->own->store, name, smp_end_of_feed,
                     &waiting->err);
}

static void
empty_feed(const struct sweep *sweep, const char *name, const char *id)
{
    struct smp_publisher *publisher = sweep->publisher;
    struct smp_calendar_options options = publisher->options;
    struct smp_buf *text = &publisher->own->next_text;

    options.stamp = publisher->now; /* SMP_RETIRED_DAYS begin here */
    smp_buf_cut(text, 0);
    smp_write_retired(text, sweep->protocol, &options);
    smp_publisher_write(publisher, id, name, SMP_CHANGE_RETIRED, text, 0);
}

/* Empties a feed, so subscribers see its events go, or removes it. */
static void
retire(const struct sweep *sweep, const char *name, const char *id)
{
    struct smp_publisher *publisher = sweep->publisher;
    int64_t retired = publisher->now;
    bool empty = publisher->own->state == SMP_FEED_WHOLE &&
                 smp_feed_withdrawn(&publisher->own->old, &retired);
    struct smp_err err = {0};

    smp_page_remove(publisher, name, &err);
    if (err.failed) {
        smp_publisher_note(publisher, id, name, SMP_CHANGE_RETIRED)->err = err;
        return;
    }
    if (at_once(publisher) || (empty && is_due(sweep, retired)))
        remove_feed(publisher, name, id);
    else if (!empty)
        empty_feed(sweep, name, id);
    smp_publisher_commit_if_full(publisher);
}

/*
 * Returns true if a file that is no readable feed can be ours all the same.
 * Nobody else makes names like ours with a key. Under another name a directory,
 * or a file without our marks, is not ours.
 */
static bool
may_be_ours(struct smp_publisher *publisher, const char *name)
{
    return smp_feed_name_is_keyed(name, strlen(name)) ||
           smp_publisher_suspects(publisher, name);
}

/* Withdraws only feeds that are ours, as far as we know. */
static void
withdraw(const struct sweep *sweep, const char *name, const char *id)
{
    struct smp_publisher *publisher = sweep->publisher;
    struct smp_err err = {0};
    bool there;

    if (smp_publisher_read(publisher, name, &there, &err)) {
        if (there && publisher->own->state != SMP_FEED_STUB)
            retire(sweep, name, id);
    } else if (may_be_ours(publisher, name)) {
        smp_publisher_note(publisher, id, name, SMP_CHANGE_RETIRED)->err = err;
        return;
    }
    smp_err_release(&err);
}

/* Withdraws an address that was given up, even if there is no new one. */
static void
revoke(const struct sweep *sweep, const struct smp_client *client,
       const char *name)
{
    struct smp_publisher *publisher = sweep->publisher;

    if (client->failed)
        publisher->warn(publisher->context, client->id,
                        "the feed under the old number is withdrawn; the "
                        "client has no feed until the new one can be written");
    withdraw(sweep, name, client->id);
}

static bool
has_tag(const struct smp_feed_key *key, const char *id, const char *name)
{
    struct smp_buf own = {0};
    size_t tag;
    bool same;

    smp_feed_name(&own, key, id, 0);
    tag = smp_feed_tag(key, own.data);
    same = smp_feed_tag(key, name) == tag && memcmp(own.data, name, tag) == 0;
    smp_buf_release(&own);
    return same;
}

/* Whether a feed is one of a client, under any number, with a key or none. */
static bool
belongs_to(const struct smp_publisher *publisher, const char *id,
           const char *name)
{
    static const struct smp_feed_key none = {0};

    return has_tag(&publisher->key, id, name) || has_tag(&none, id, name);
}

static void
withdraw_now(struct smp_publisher *publisher, const char *name, const char *id)
{
    struct smp_err err = {0};
    bool there;

    if (smp_publisher_read(publisher, name, &there, &err)) {
        if (there)
            remove_feed(publisher, name, id);
    } else {
        smp_publisher_note(publisher, id, name, SMP_CHANGE_RETIRED)->err = err;
        return;
    }
    smp_err_release(&err);
}

bool
smp_publish_withdraw(struct smp_publisher *publisher,
                     const struct smp_strings *ids, struct smp_err *err)
{
    struct smp_strings names = {0};
    size_t i, j;

    publisher->own->withdrawn = ids;
    if (!smp_store_list(&publisher->own->store, &names, err))
        return false;
    for (i = 0; i < names.count; i++)
        for (j = 0; j < ids->count; j++)
            if (belongs_to(publisher, ids->at[j], names.at[i])) {
                withdraw_now(publisher, names.at[i], ids->at[j]);
                break;
            }
    smp_publisher_commit(publisher);
    smp_store_list_free(&names);
    return true;
}

/* Remembers the feed of a client without a plan: one in use, if there are two.
 */
static void
note_feed(struct smp_publisher *publisher, struct smp_client *client,
          const char *name)
{
    struct smp_err err = {0};
    int64_t instant;
    bool there, read = smp_publisher_read(publisher, name, &there, &err);
    bool edited = !read && publisher->own->old_text.len &&
                  publisher->own->state == SMP_FEED_EDITED;

    if (((read && there && publisher->own->state != SMP_FEED_STUB) || edited) &&
        (!client->file || client->file_withdrawn)) {
        client->file = smp_arena_strdup(&publisher->own->clients.arena, name);
        client->file_withdrawn =
            publisher->own->state == SMP_FEED_WHOLE &&
            smp_feed_withdrawn(&publisher->own->old, &instant);
    }
    if (!read && !edited && smp_publisher_suspects(publisher, name))
        smp_publisher_note(publisher, client->id, name, SMP_CHANGE_MISSING)
            ->err = err;
    else
        smp_err_release(&err);
}

static struct smp_client *
client_of(struct smp_publisher *publisher, const char *name)
{
    return smp_clients_find(&publisher->own->clients, name,
                            smp_feed_tag(&publisher->key, name));
}

static void
withdraw_unlisted(const struct sweep *sweep, const char *name)
{
    if (smp_feed_name_is_listable(name))
        withdraw(sweep, name, NULL);
    else if (smp_publisher_is_in_use(sweep->publisher, name))
        sweep->publisher->warn(sweep->publisher->context, name,
                               "not withdrawn: the id cannot be in --clients");
}

static void
look_at(const struct sweep *sweep, const char *name)
{
    struct smp_publisher *publisher = sweep->publisher;
    struct smp_client *client = client_of(publisher, name);

    if (!client && publisher->prune != SMP_PRUNE_NONE && !publisher->doubt)
        withdraw_unlisted(sweep, name);
    else if (client && !client->arrived)
        note_feed(publisher, client, name);
    else if (client && strcmp(client->name, name) != 0)
        revoke(sweep, client, name);
}

/* If nobody in the list has a feed or a plan, it is a list of other people. */
static void
doubt_list(struct smp_publisher *publisher, const struct smp_strings *names)
{
    size_t i;

    if (smp_clients_have_arrived(&publisher->own->clients))
        return;
    for (i = 0; i < names->count; i++)
        if (client_of(publisher, names->at[i]))
            return;
    if (names->count && !publisher->doubt)
        publisher->doubt = "no client in --clients has a feed or a plan";
}

void
smp_publish_expect(struct smp_publisher *publisher,
                   const struct smp_strings *ids)
{
    struct smp_buf name = {0};
    size_t i, tag;

    publisher->own->expected = ids;
    for (i = 0; i < ids->count; i++) {
        smp_buf_cut(&name, 0);
        smp_feed_name(&name, &publisher->key, ids->at[i], 0);
        tag = smp_feed_tag(&publisher->key, smp_buf_text(&name));
        if (!smp_clients_find(&publisher->own->clients, smp_buf_text(&name),
                              tag))
            smp_clients_add(&publisher->own->clients, ids->at[i],
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
            &publisher->own->clients, smp_buf_text(&name),
            smp_feed_tag(&publisher->key, smp_buf_text(&name)));
        if (client->arrived)
            continue;
        client->arrived = true; /* reported once, even if listed twice */
        smp_publisher_note(publisher, client->id, client->file,
                           SMP_CHANGE_MISSING)
            ->client = client;
        count++;
    }
    smp_buf_release(&name);
    return count;
}

/* The files in the directory with names like ours. */
static bool
list_feeds(struct smp_publisher *publisher, struct smp_strings *names,
           struct smp_err *err)
{
    size_t i, kept = 0;

    if (!publisher->own->expected && !publisher->key.there)
        return false;
    if (!smp_store_list(&publisher->own->store, names, err))
        return false;
    for (i = 0; i < names->count; i++)
        if (smp_feed_name_is_ours(names->at[i]))
            names->at[kept++] = names->at[i];
        else
            free((char *)names->at[i]);
    names->count = kept;
    return true;
}

static int
compare_names(const void *a, const void *b)
{
    return strcmp(a, *(const char *const *)b);
}

/* The index of the feed that the client would have without a key. */
static size_t
place_of_plain(const struct smp_client *client, const struct smp_strings *names)
{
    static const struct smp_feed_key none = {0};
    struct smp_buf name = {0};
    const char *const *found;

    smp_feed_name(&name, &none, client->id, 0);
    found = bsearch(smp_buf_text(&name), names->at, names->count,
                    sizeof *names->at, compare_names);
    smp_buf_release(&name);
    return found ? (size_t)(found - names->at) : names->count;
}

/* Warns in the order of the names. */
static void
warn_of_plain(struct smp_publisher *publisher, const struct smp_strings *names)
{
    const struct smp_clients *clients = &publisher->own->clients;
    const struct smp_client **owners =
        smp_calloc(names->count + 1, sizeof *owners);
    size_t i;

    for (i = 0; i < clients->size; i++)
        if (clients->table[i] && clients->table[i]->arrived)
            owners[place_of_plain(clients->table[i], names)] =
                clients->table[i];
    for (i = 0; i < names->count; i++)
        if (owners[i] && smp_publisher_is_in_use(publisher, names->at[i]))
            publisher->warn(publisher->context, owners[i]->id,
                            "the client also has a feed with a guessable name; "
                            "--prune withdraws it");
    free(owners);
}

/*
 * Returns true if no feed with a keyed name that was there at the start belongs
 * to a client of this run. The loop ends early: if that is so, at most as many
 * names are known as were added, so most runs end at the first known one.
 */
static bool
are_strangers(const struct smp_publisher *publisher,
              const struct smp_strings *names)
{
    size_t before = publisher->own->store.keyed, known = 0, strangers = 0, i;

    for (i = 0; i < names->count && known + before <= names->count; i++) {
        const char *name = names->at[i];

        if (!smp_feed_name_is_keyed(name, strlen(name)))
            continue;
        if (smp_clients_find(&publisher->own->clients, name,
                             smp_feed_tag(&publisher->key, name)))
            known++;
        else
            strangers++;
    }
    return strangers == before;
}

static void
warn_of_names(struct smp_publisher *publisher, const struct smp_strings *names)
{
    const struct smp_store *store = &publisher->own->store;

    if (!smp_clients_have_arrived(&publisher->own->clients))
        return;
    if (store->feeds > store->keyed)
        warn_of_plain(publisher, names);
    if (store->keyed && are_strangers(publisher, names))
        publisher->warn(
            publisher->context, NULL,
            "no existing feed belongs to a client in this run; if the key has "
            "changed, the old feeds stay until --prune withdraws them");
}

size_t
smp_publish_finish(struct smp_publisher *publisher,
                   const struct smp_protocol *protocol, struct smp_err *err)
{
    struct sweep sweep = {publisher, protocol};
    struct smp_strings names = {0};
    size_t i, missing = 0;

    smp_publisher_commit(
        publisher); /* then clients without a new feed are known */
    if (list_feeds(publisher, &names, err)) {
        doubt_list(publisher, &names);
        for (i = 0; i < names.count; i++)
            look_at(&sweep, names.at[i]);
        if (publisher->key.there && publisher->prune == SMP_PRUNE_NONE)
            warn_of_names(publisher, &names);
    }
    if (publisher->own->expected)
        missing = report_missing(publisher, publisher->own->expected);
    smp_publisher_commit(publisher);
    smp_store_list_free(&names);
    return missing;
}
