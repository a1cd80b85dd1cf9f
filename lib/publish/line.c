#include "publish/publish.h"

#include "publish/guess.h"
#include "publish/publisher.h"

/* All that feeds depend on and that no plan, protocol or zone says. */
static void
set_key(struct smp_publisher *publisher)
{
    const struct smp_calendar_options *options = &publisher->options;
    struct smp_buf text = {0};

    smp_buf_printf(&text, "%d %d %d %d", (int)options->discretion,
                   publisher->proposed, publisher->pre_only,
                   publisher->post_only);
    smp_source_set_key(&publisher->source, &publisher->key,
                       smp_buf_text(&text));
    smp_buf_release(&text);
}

/* The zone and the protocol of the plan that the line seems to hold. */
static bool
guess(struct smp_publisher *publisher, const char *line, size_t n)
{
    struct smp_source *source = &publisher->source;
    struct smp_plan *plan = &source->guess;
    struct smp_err err = {0};
    bool ok = publisher->defaults && smp_guess(plan, line, n) &&
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
    const struct smp_buf *text = &publisher->old_text;
    struct smp_err err = {0};
    bool ok = smp_publisher_read_text(publisher, name, &err) &&
              publisher->there &&
              smp_source_holds(&publisher->source,
                               smp_feed_source(text->data, text->len),
                               publisher->now) &&
              smp_feed_state(text->data, text->len) == SMP_FEED_WHOLE;

    smp_err_release(&err);
    return ok;
}

/* Reports it as unchanged; false where it is no client, or came before. */
static bool
note(struct smp_publisher *publisher, const char *id, const char *name)
{
    struct smp_err err = {0};
    struct smp_client *client = smp_publisher_take(publisher, id, name, &err);

    smp_err_release(&err);
    if (!client)
        return false;
    smp_publisher_note(publisher, id, name, SMP_CHANGE_NONE)->client = client;
    smp_publisher_settle(publisher);
    return true;
}

bool
smp_publish_line(struct smp_publisher *publisher, const char *line, size_t n)
{
    struct smp_source *source = &publisher->source;
    const struct smp_plan *plan = &source->guess;
    struct smp_buf name = {0};
    bool ok;

    source->value = 0;
    if (!guess(publisher, line, n))
        return false;
    if (!source->keyed)
        set_key(publisher);
    smp_source_set(source, line, n);
    smp_feed_name(&name, &publisher->key, plan->id, plan->feed);
    ok = is_as_published(publisher, smp_buf_text(&name)) &&
         note(publisher, plan->id, smp_buf_text(&name));
    smp_buf_release(&name);
    return ok;
}
