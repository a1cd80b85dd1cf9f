#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/utf8.h"
#include "protocol/protocol.h"
#include "plan/plan.h"
#include "ical/prodid.h"
#include "publish/internal.h"

/* The most feeds of one commit, two files each, and the most reports. */
enum { BATCH_MAX = 1024, WAITING_MAX = 8192 };

struct smp_waiting *
smp_publisher_note(struct smp_publisher *publisher, const char *id,
                   const char *name, enum smp_change change)
{
    struct smp_buf file = {0};
    struct smp_waiting *waiting;

    publisher->own->waiting = smp_grow(
        publisher->own->waiting, publisher->own->waiting_count,
        &publisher->own->waiting_room, sizeof *publisher->own->waiting);
    waiting = &publisher->own->waiting[publisher->own->waiting_count++];
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
        err = &publisher->own->store.pending[waiting->ticket - 1].err;
    if (waiting->page_ticket && !err->failed)
        err = &publisher->own->store.pending[waiting->page_ticket - 1].err;
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
smp_publisher_commit(struct smp_publisher *publisher)
{
    size_t i;

    if (publisher->own->store.count)
        smp_store_commit(&publisher->own->store);
    for (i = 0; i < publisher->own->waiting_count; i++)
        report(publisher, &publisher->own->waiting[i]);
    publisher->own->waiting_count = 0;
    publisher->own->held = false;
    smp_store_clear(&publisher->own->store);
}

void
smp_publisher_commit_if_full(struct smp_publisher *publisher)
{
    if (publisher->own->store.count >= BATCH_MAX ||
        publisher->own->waiting_count >= WAITING_MAX)
        smp_publisher_commit(publisher);
}

/* A full disk can have room again after a commit: new feeds replace old ones.
 */
void
smp_publisher_write(struct smp_publisher *publisher, const char *id,
                    const char *name, enum smp_change change,
                    struct smp_buf *text, uint64_t source)
{
    struct smp_store *store = &publisher->own->store;

    smp_feed_seal(text->data, text->len, source);
    if (!smp_store_write(store, name, smp_end_of_feed, text->data, text->len) &&
        store->count > 1) {
        smp_store_forget(store);
        smp_publisher_commit(publisher);
        smp_store_write(store, name, smp_end_of_feed, text->data, text->len);
    }
    smp_publisher_note(publisher, id, name, change)->ticket = store->count;
}

/* feeds on disk */

/* If no file can be opened, a commit closes the waiting feeds that are open. */
static bool
read_text(struct smp_publisher *publisher, const char *name, bool *there,
          struct smp_err *err)
{
    struct smp_store *store = &publisher->own->store;
    struct smp_buf *text = &publisher->own->old_text;

    smp_buf_cut(text, 0);
    if (smp_store_read(store, name, smp_end_of_feed, text, there, err))
        return true;
    if (!store->count || *there)
        return false;
    smp_err_release(err);
    smp_publisher_commit(publisher);
    return smp_store_read(store, name, smp_end_of_feed, text, there, err);
}

/*
 * Reads a feed into old_text, unless that holds it already; own->there says if
 * it exists.
 */
static bool
read_old_text(struct smp_publisher *publisher, const char *name,
              struct smp_err *err)
{
    if (publisher->own->held &&
        strcmp(name, smp_buf_text(&publisher->own->name)) == 0)
        return true;
    publisher->own->held = false;
    if (!read_text(publisher, name, &publisher->own->there, err)) {
        smp_buf_cut(&publisher->own->old_text, 0);
        return false;
    }
    smp_buf_cut(&publisher->own->name, 0);
    smp_buf_puts(&publisher->own->name, name);
    return publisher->own->held = true;
}

bool
smp_publisher_read(struct smp_publisher *publisher, const char *name,
                   bool *there, struct smp_err *err)
{
    struct smp_buf *text = &publisher->own->old_text;
    bool whole;

    publisher->own->state = SMP_FEED_WHOLE;
    whole = read_old_text(publisher, name, err);
    *there = publisher->own->there;
    if (!whole || !*there)
        return whole;
    publisher->own->state = smp_feed_state(smp_buf_text(text), text->len);
    whole = smp_feed_parse(&publisher->own->old, smp_buf_text(text), text->len);
    if (publisher->own->state == SMP_FEED_TORN ||
        publisher->own->state == SMP_FEED_STUB)
        return true;
    return (publisher->own->state == SMP_FEED_WHOLE && whole) ||
           smp_fail(err,
                    "%s/%s.ics: changed since it was published, and left as it "
                    "is; move it away to publish it again",
                    publisher->own->store.path, name);
}

bool
smp_publisher_suspects(struct smp_publisher *publisher, const char *name)
{
    enum { PEEK_MAX = 64 << 10 };
    struct smp_buf *text = &publisher->own->old_text;

    if (!text->len && !smp_store_peek(&publisher->own->store, name,
                                      smp_end_of_feed, PEEK_MAX, text))
        return true;
    return smp_feed_is_marked(smp_buf_text(text), text->len);
}

bool
smp_publisher_is_in_use(struct smp_publisher *publisher, const char *name)
{
    struct smp_err err = {0};
    int64_t instant;
    bool there, ok = smp_publisher_read(publisher, name, &there, &err);

    smp_err_release(&err);
    if (!ok)
        return smp_publisher_suspects(publisher, name);
    return there && publisher->own->state != SMP_FEED_STUB &&
           !(publisher->own->state == SMP_FEED_WHOLE &&
             smp_feed_withdrawn(&publisher->own->old, &instant));
}

/* warnings */

static void
warn_of_feed(struct smp_publisher *publisher, const char *id, bool torn)
{
    if (publisher->own->next_text.len > SMP_CALENDAR_READABLE_MAX)
        publisher->warn(publisher->context, id,
                        "the feed is larger than 900 kB; Google Calendar and "
                        "other programs do not read it");
    if (torn)
        publisher->warn(publisher->context, id,
                        "the feed was incomplete and is replaced");
}

static int
shown(const char *protocol)
{
    enum { SHOWN_MAX = 64 };

    return (int)smp_utf8_valid(protocol, strnlen(protocol, SHOWN_MAX));
}

/* The warning is due in each run, so the feed gets no source. */
static void
warn_of_protocols(struct smp_publisher *publisher, const struct smp_plan *plan)
{
    const char *pre = plan->care[SMP_PRE], *post = plan->care[SMP_POST];
    struct smp_buf text = {0};

    if (!pre || !post || strcmp(pre, post) == 0)
        return;
    smp_buf_printf(&text,
                   "care before and after the session comes from different "
                   "protocols, %.*s and %.*s",
                   shown(pre), pre, shown(post), post);
    publisher->warn(publisher->context, plan->id, smp_buf_text(&text));
    publisher->own->source.value = 0;
    smp_buf_release(&text);
}

static void
warn_of_times(struct smp_publisher *publisher, const struct smp_plan *plan)
{
    struct smp_buf text = {0};

    if (smp_plan_same_time(&text, plan)) {
        publisher->warn(publisher->context, plan->id, smp_buf_text(&text));
        publisher->own->source.value = 0;
    }
    smp_buf_release(&text);
}

static void
warn_of_number(struct smp_publisher *publisher, const struct smp_plan *plan)
{
    if (!plan->feed || publisher->key.there)
        return;
    publisher->warn(publisher->context, plan->id,
                    "the number in feed changes no name without --key");
    publisher->own->source.value = 0;
}

/* plans */

/* Renders the plan into fresh; false if two events would share a UID. */
static bool
render(struct smp_publisher *publisher, struct smp_plan *plan,
       const struct smp_protocol *protocol, struct smp_err *err)
{
    struct smp_buf *fresh = &publisher->own->fresh_text;
    struct smp_piece uid;

    smp_buf_cut(fresh, 0);
    smp_write_feed(fresh, plan, protocol, &publisher->options,
                   &publisher->own->cache);
    smp_feed_parse(&publisher->own->fresh, fresh->data, fresh->len);
    uid = smp_feed_double(&publisher->own->fresh);
    return !uid.n ||
           smp_fail(err, "uid: two entries would have the same uid, %.*s",
                    (int)uid.n, uid.at);
}

/* Compares the feed on disk with the plan, and writes the next one. */
static void
renew(struct smp_publisher *publisher, const struct smp_plan *plan,
      const char *name, bool there)
{
    struct smp_buf *next = &publisher->own->next_text;
    bool torn = there && publisher->own->state != SMP_FEED_WHOLE;
    struct smp_merge how = {.zone = plan->zone,
                            .now = publisher->now,
                            .stamp = publisher->options.stamp,
                            .torn = torn};
    enum smp_change change;
    bool kept;

    smp_buf_cut(next, 0);
    change = smp_feed_merge(next, there ? &publisher->own->old : NULL,
                            &publisher->own->fresh, &how, &kept);
    if (change == SMP_CHANGE_NONE && torn)
        change = SMP_CHANGE_TEXT;
    if (change == SMP_CHANGE_NONE) {
        smp_publisher_note(publisher, plan->id, name, change);
        return;
    }
    warn_of_feed(publisher, plan->id, torn);
    if (next->len <= SMP_FEED_MAX)
        smp_publisher_write(
            publisher, plan->id, name, change, next,
            smp_source_noted(&publisher->own->source, kept, publisher->now));
    else
        smp_fail(&smp_publisher_note(publisher, plan->id, name, change)->err,
                 "%s/%s.ics: not written: larger than 16 MiB",
                 publisher->own->store.path, name);
}

/* Keeps the sessions and the care that the options ask for. */
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

/* A plan without its care must not empty the calendar on a phone. */
static bool
is_whole(const struct smp_publisher *publisher, const struct smp_plan *plan,
         struct smp_err *err)
{
    if (!smp_plan_check_whole(plan, err))
        return false;
    if (!plan->care[SMP_PRE] && !publisher->post_only)
        return smp_fail(
            err, "care.pre: missing (run smp-precare, or use --only post)");
    if (!plan->care[SMP_POST] && !publisher->pre_only)
        return smp_fail(
            err, "care.post: missing (run smp-aftercare, or use --only pre)");
    return true;
}

/*
 * Notes that a client has a plan. Fails if it already has one, because the
 * second plan would undo the first. Returns NULL without an error if --prune
 * knows no such client.
 */
static struct smp_client *
take_client(struct smp_publisher *publisher, const char *id, const char *name,
            struct smp_err *err)
{
    struct smp_clients *clients = &publisher->own->clients;
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
    publisher->client_count = clients->count;
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
    struct smp_waiting *waiting;
    bool there;

    smp_source_verify(&publisher->own->source, plan, protocol);
    warn_of_protocols(publisher, plan);
    warn_of_number(publisher, plan);
    select_wanted(publisher, plan);
    warn_of_times(publisher, plan);
    if (!render(publisher, plan, protocol, err))
        return false;
    if (smp_publisher_read(publisher, client->name, &there, &unread))
        renew(publisher, plan, client->name, there);
    else
        smp_publisher_note(publisher, plan->id, client->name, SMP_CHANGE_TEXT)
            ->err = unread;
    waiting = &publisher->own->waiting[publisher->own->waiting_count - 1];
    waiting->client = client;
    smp_page_renew(publisher, plan, protocol, waiting, client->name);
    smp_publisher_commit_if_full(publisher);
    return true;
}

/* If the list lacks a client who has a plan, it can lack others too. */
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
        &publisher->own->clients, name, smp_feed_tag(&publisher->key, name));

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

    if (publisher->own->withdrawn &&
        smp_strings_have(publisher->own->withdrawn, plan->id)) {
        publisher->warn(publisher->context, plan->id,
                        "in --withdraw: not published");
        return true;
    }
    smp_feed_name(&name, &publisher->key, plan->id, plan->feed);
    if (is_whole(publisher, plan, err))
        client = take_client(publisher, plan->id, smp_buf_text(&name), err);
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

/* lines */

/* Everything feeds depend on, except plan, protocol and zone. */
static void
set_key(struct smp_publisher *publisher)
{
    const struct smp_calendar_options *options = &publisher->options;
    struct smp_buf text = {0};

    smp_buf_printf(&text, "%d %d %d %d", (int)options->discretion,
                   publisher->proposed, publisher->pre_only,
                   publisher->post_only);
    smp_source_set_key(&publisher->own->source, &publisher->key,
                       smp_buf_text(&text));
    smp_buf_release(&text);
}

/* The head of the line, its zone and its protocol. */
static bool
parse_head(struct smp_publisher *publisher, const char *line, size_t n)
{
    struct smp_source *source = &publisher->own->source;
    struct smp_plan *plan = &source->head;
    struct smp_err err = {0};
    bool ok;

    smp_plan_reset(plan);
    ok = publisher->defaults && smp_plan_parse_head(plan, line, n) &&
         smp_plan_set_zone(plan, publisher->defaults, &err) &&
         !plan->zone_assumed;
    if (ok)
        source->protocol = publisher->protocol_for(publisher->context, plan);
    smp_err_release(&err);
    return ok && source->protocol;
}

static bool
is_as_published(struct smp_publisher *publisher, const char *name)
{
    const struct smp_buf *text = &publisher->own->old_text;
    struct smp_err err = {0};
    bool ok = read_old_text(publisher, name, &err) && publisher->own->there &&
              smp_source_holds(&publisher->own->source,
                               smp_feed_source(text->data, text->len),
                               publisher->now) &&
              smp_feed_state(text->data, text->len) == SMP_FEED_WHOLE;

    smp_err_release(&err);
    return ok;
}

/* Reports a feed as unchanged; false for a client who has come, or is none. */
static bool
note(struct smp_publisher *publisher, const char *id, const char *name)
{
    struct smp_err err = {0};
    struct smp_client *client = take_client(publisher, id, name, &err);

    smp_err_release(&err);
    if (!client)
        return false;
    smp_publisher_note(publisher, id, name, SMP_CHANGE_NONE)->client = client;
    smp_publisher_commit_if_full(publisher);
    return true;
}

bool
smp_publish_line(struct smp_publisher *publisher, const char *line, size_t n)
{
    struct smp_source *source = &publisher->own->source;
    const struct smp_plan *plan = &source->head;
    struct smp_buf name = {0};
    bool ok;

    source->value = 0;
    if (!parse_head(publisher, line, n))
        return false;
    if (!source->keyed)
        set_key(publisher);
    smp_source_set(source, line, n);
    smp_feed_name(&name, &publisher->key, plan->id, plan->feed);
    ok = is_as_published(publisher, smp_buf_text(&name)) &&
         smp_page_is_current(publisher, smp_buf_text(&name)) &&
         note(publisher, plan->id, smp_buf_text(&name));
    smp_buf_release(&name);
    return ok;
}

/* the publisher */

bool
smp_publisher_open(struct smp_publisher *publisher, const char *path, bool wait,
                   bool dry, struct smp_err *err)
{
    static const char *const products[] = {
        [SMP_OPEN] = SMP_FEED_PRODID(SMP_FEED_OPEN),
        [SMP_DISCREET] = SMP_FEED_PRODID(SMP_FEED_DISCREET),
        [SMP_SECRET] = SMP_FEED_PRODID(SMP_FEED_SECRET),
    };
    struct smp_publishing *own = smp_calloc(1, sizeof *own);
    bool ok = smp_store_open(&own->store, path, wait, dry, err);

    publisher->own = own;
    publisher->head = &own->source.head;
    publisher->options.product = products[publisher->options.discretion];
    publisher->feeds = own->store.feeds;
    publisher->keyed = own->store.keyed;
    publisher->pages_found = own->store.pages;
    return ok;
}

void
smp_publisher_abandon(const struct smp_publisher *publisher)
{
    if (publisher->own)
        smp_store_abandon(&publisher->own->store);
}

bool
smp_publisher_close(struct smp_publisher *publisher, struct smp_err *err)
{
    struct smp_publishing *own = publisher->own;
    bool ok;

    if (!own)
        return true;
    ok = smp_store_close(&own->store, err);
    publisher->own = NULL;
    smp_clients_release(&own->clients);
    smp_calendar_cache_release(&own->cache);
    free(own->waiting);
    smp_buf_release(&own->old_text);
    smp_buf_release(&own->fresh_text);
    smp_buf_release(&own->next_text);
    smp_feed_release(&own->old);
    smp_feed_release(&own->fresh);
    smp_source_release(&own->source);
    smp_buf_release(&own->name);
    smp_sheet_release(&own->sheet);
    smp_buf_release(&own->old_page);
    smp_buf_release(&own->next_page);
    free(own);
    return ok;
}
