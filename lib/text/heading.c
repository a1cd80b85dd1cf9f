#include "text/heading.h"

#include "care/in_force.h"
#include "care/lines.h"
#include "protocol/words.h"
#include "text/text.h"

/* Nothing where there is none. */
static void
put_when(struct smp_buf *out, const struct smp_heading *h, struct smp_when when)
{
    if (when.kind != SMP_NEVER)
        smp_text_when(out, h->protocol, when, smp_session_day(h->session));
}

static void
put_exact_start(struct smp_buf *out, const void *context)
{
    const struct smp_heading *h = context;

    put_when(out, h, h->item->start);
}

static void
put_latest_start(struct smp_buf *out, const void *context)
{
    const struct smp_heading *h = context;

    put_when(out, h, h->item->start_latest);
}

static void
put_start(struct smp_buf *out, const void *context)
{
    static const struct smp_made values[] = {
        {"start", put_exact_start}, {"start2", put_latest_start}, {NULL, NULL}};
    const struct smp_heading *h = context;

    if (h->item->start_latest.kind == SMP_NEVER)
        put_exact_start(out, h);
    else
        smp_words_made(out, h->protocol, "when.start-between", values, h);
}

static void
put_end(struct smp_buf *out, const void *context)
{
    const struct smp_heading *h = context;

    put_when(out, h, h->item->end);
}

static void
put_earliest_end(struct smp_buf *out, const void *context)
{
    const struct smp_heading *h = context;

    put_when(out, h, h->item->end_earliest);
}

static void
put_days(struct smp_buf *out, const void *context)
{
    const struct smp_heading *h = context;

    smp_words_dates(out, h->protocol, smp_day_at(h->item->start.seconds),
                    smp_text_last_day(h->item->end));
}

static void
put_days_of_end(struct smp_buf *out, const void *context)
{
    const struct smp_heading *h = context;

    if (h->item->end.kind != SMP_NEVER)
        smp_words_dates(out, h->protocol,
                        smp_day_at(h->item->end_earliest.seconds),
                        smp_text_last_day(h->item->end));
}

static void
put_milestone(struct smp_buf *out, const struct smp_heading *h,
              const char *milestone)
{
    const char *label = smp_label_of(h->protocol, "milestone.", milestone);

    smp_buf_puts(out, label ? label : milestone);
}

static void
put_milestone_of_start(struct smp_buf *out, const void *context)
{
    const struct smp_heading *h = context;

    put_milestone(out, h, h->item->start_on);
}

static void
put_milestone_of_end(struct smp_buf *out, const void *context)
{
    const struct smp_heading *h = context;

    put_milestone(out, h, h->item->end_on);
}

static void
put_range(struct smp_buf *out, const void *context)
{
    const struct smp_heading *h = context;
    const struct smp_milestone *milestone =
        smp_protocol_milestone(h->protocol, h->item->end_on);

    smp_words_range(out, h->protocol, milestone->range.min,
                    milestone->range.max);
}

/* "usually 7 to 10 days: 8 to 11 December" of a milestone that is a bound. */
static void
until_milestone(struct smp_buf *out, const struct smp_heading *h)
{
    static const struct smp_made values[] = {
        {"start", put_start},
        {"milestone", put_milestone_of_end},
        {"range", put_range},
        {"dates", put_days_of_end},
        {NULL, NULL}};
    const struct smp_milestone *milestone =
        smp_protocol_milestone(h->protocol, h->item->end_on);
    const char *key = milestone && milestone->has_range
                          ? "when.until-milestone"
                          : "when.until-milestone.dates";

    if (h->item->end.kind == SMP_NEVER)
        key = "when.until-milestone.open";
    smp_words_made(out, h->protocol, key, values, h);
}

/* Both bounds are days: "24 to 30 November", "1 December". */
static void
days_words(struct smp_buf *out, const struct smp_heading *h)
{
    static const struct smp_made values[] = {{"start", put_days}, {NULL, NULL}};

    smp_words_made(out, h->protocol, "when.on", values, h);
}

static bool
ends_with_session(const struct smp_heading *h)
{
    return h->item->phase == SMP_PRE && h->item->end.kind != SMP_NEVER &&
           h->item->end.seconds == smp_session_start(h->session);
}

static void
until_words(struct smp_buf *out, const struct smp_heading *h)
{
    static const struct smp_made values[] = {{"start", put_start},
                                             {"end", put_end},
                                             {"earliest", put_earliest_end},
                                             {NULL, NULL}};
    bool open = h->item->end.kind == SMP_NEVER;
    const char *key = open ? "when.from" : "when.until";

    if (h->item->end_earliest.kind != SMP_NEVER)
        key = open ? "when.until-open" : "when.until-between";
    if (ends_with_session(h))
        key = "when.until-session";
    smp_words_made(out, h->protocol, key, values, h);
}

/* It begins with a milestone that nobody has confirmed. */
static bool
begins_with_milestone(const struct smp_heading *h)
{
    struct smp_item_days days;

    if (!h->item->start_on)
        return false;
    days = smp_item_days(h->plan, h->item);
    return days.sure != days.first;
}

static void
put_once(struct smp_buf *out, const void *context)
{
    static const struct smp_made values[] = {
        {"milestone", put_milestone_of_start}, {NULL, NULL}};
    const struct smp_heading *h = context;
    const char *label = smp_label_of(h->protocol, "once.", h->item->start_on);

    if (label)
        smp_buf_puts(out, label);
    else
        smp_words_made(out, h->protocol, "when.once", values, h);
}

static void
once_words(struct smp_buf *out, const struct smp_heading *h)
{
    static const struct smp_made values[] = {
        {"once", put_once}, {"end", put_end}, {NULL, NULL}};

    if (h->item->end.kind == SMP_NEVER)
        put_once(out, h);
    else
        smp_words_made(out, h->protocol, "when.once-until", values, h);
}

void
smp_heading_words(struct smp_buf *out, const struct smp_heading *h)
{
    const struct smp_item *item = h->item;

    if (begins_with_milestone(h))
        once_words(out, h);
    else if (item->end_on && item->end_earliest.kind != SMP_NEVER)
        until_milestone(out, h);
    else if (item->start.kind == SMP_DAY && item->end.kind == SMP_DAY &&
             item->start_latest.kind == SMP_NEVER &&
             item->end_earliest.kind == SMP_NEVER)
        days_words(out, h);
    else
        until_words(out, h);
}
