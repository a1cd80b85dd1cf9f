#include "publish/publish.h"

#include <string.h>

#include "publish/publisher.h"

/* A few feeds that wait are open: closed, one more file may be opened. */
static bool
read_text(struct smp_publisher *publisher, const char *name, bool *there,
          struct smp_err *err)
{
    struct smp_store *store = &publisher->store;
    struct smp_buf *text = &publisher->old_text;

    smp_buf_cut(text, 0);
    if (smp_store_read(store, name, text, there, err))
        return true;
    if (!store->count || *there)
        return false;
    smp_err_release(err);
    smp_publish_commit(publisher);
    return smp_store_read(store, name, text, there, err);
}

bool
smp_publisher_read_text(struct smp_publisher *publisher, const char *name,
                        struct smp_err *err)
{
    if (publisher->held && strcmp(name, smp_buf_text(&publisher->name)) == 0)
        return true;
    publisher->held = false;
    if (!read_text(publisher, name, &publisher->there, err)) {
        smp_buf_cut(&publisher->old_text, 0);
        return false;
    }
    smp_buf_cut(&publisher->name, 0);
    smp_buf_puts(&publisher->name, name);
    return publisher->held = true;
}

bool
smp_publisher_read(struct smp_publisher *publisher, const char *name,
                   bool *there, struct smp_err *err)
{
    struct smp_buf *text = &publisher->old_text;
    bool whole;

    publisher->state = SMP_FEED_WHOLE;
    whole = smp_publisher_read_text(publisher, name, err);
    *there = publisher->there;
    if (!whole || !*there)
        return whole;
    publisher->state = smp_feed_state(smp_buf_text(text), text->len);
    whole = smp_feed_read(&publisher->old, smp_buf_text(text), text->len);
    if (publisher->state == SMP_FEED_TORN || publisher->state == SMP_FEED_STUB)
        return true;
    return (publisher->state == SMP_FEED_WHOLE && whole) ||
           smp_fail(err,
                    "%s/%s.ics: changed since it was published, and left as it "
                    "is; move it away to publish it again",
                    publisher->store.path, name);
}

bool
smp_publisher_suspects(struct smp_publisher *publisher, const char *name)
{
    struct smp_buf *text = &publisher->old_text;

    if (!text->len && !smp_store_peek(&publisher->store, name, text))
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
    return there && publisher->state != SMP_FEED_STUB &&
           !(publisher->state == SMP_FEED_WHOLE &&
             smp_feed_retired(&publisher->old, &instant));
}
