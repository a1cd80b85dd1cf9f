#include "publish/publish.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "publish/publisher.h"

/* More than that some calendars do not read (Google's limit is 1 MB). */
enum { LARGE = 900000 };

void
smp_publisher_warn_of_feed(struct smp_publisher *publisher, const char *id,
                           bool torn)
{
    if (publisher->next_text.len > LARGE)
        publisher->warn(publisher->context, id,
                        "the feed is larger than 900 kB; some calendar "
                        "programs do not read it");
    if (torn)
        publisher->warn(publisher->context, id,
                        "the feed was incomplete and is replaced");
}

static int
shown(const char *protocol)
{
    enum { SHOWN = 64 };

    return (int)smp_utf8_valid(protocol, strnlen(protocol, SHOWN));
}

/* It is said each time, so there is no short way. */
void
smp_publisher_warn_of_protocols(struct smp_publisher *publisher,
                                const struct smp_plan *plan)
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
    publisher->source.value = 0;
    smp_buf_release(&text);
}

void
smp_publisher_warn_of_times(struct smp_publisher *publisher,
                            const struct smp_plan *plan)
{
    struct smp_buf text = {0};

    if (smp_plan_same_time(&text, plan)) {
        publisher->warn(publisher->context, plan->id, smp_buf_text(&text));
        publisher->source.value = 0;
    }
    smp_buf_release(&text);
}

void
smp_publisher_warn_of_number(struct smp_publisher *publisher,
                             const struct smp_plan *plan)
{
    if (!plan->feed || publisher->key.there)
        return;
    publisher->warn(publisher->context, plan->id,
                    "the number in feed changes no name without --key");
    publisher->source.value = 0;
}

static int
compare_names(const void *a, const void *b)
{
    return strcmp(a, *(const char *const *)b);
}

/* Where the list has the feed that a client would have without a key. */
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

/* In the order of the names. */
static void
warn_of_plain(struct smp_publisher *publisher, const struct smp_strings *names)
{
    const struct smp_clients *clients = &publisher->clients;
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
 * Whether all feeds named with a key that were there are of nobody in this run.
 * If so, no more than have been added are known: most runs end at the first.
 */
static bool
are_strangers(const struct smp_publisher *publisher,
              const struct smp_strings *names)
{
    size_t before = publisher->store.keyed, known = 0, strangers = 0, i;

    for (i = 0; i < names->count && known + before <= names->count; i++) {
        const char *name = names->at[i];

        if (!smp_feed_name_is_keyed(name, strlen(name)))
            continue;
        if (smp_clients_find(&publisher->clients, name,
                             smp_feed_tag(&publisher->key, name)))
            known++;
        else
            strangers++;
    }
    return strangers == before;
}

void
smp_publisher_warn_of_names(struct smp_publisher *publisher,
                            const struct smp_strings *names)
{
    const struct smp_store *store = &publisher->store;

    if (!smp_clients_have_arrived(&publisher->clients))
        return;
    if (store->feeds > store->keyed)
        warn_of_plain(publisher, names);
    if (store->keyed && are_strangers(publisher, names))
        publisher->warn(
            publisher->context, NULL,
            "no existing feed belongs to a client in this run; if the key has "
            "changed, the old feeds stay until --prune withdraws them");
}
