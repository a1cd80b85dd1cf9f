#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "html/html.h"
#include "publish/internal.h"

/* The source of the line, and of where pages are; 0: it has none. */
static uint64_t
source_of(const struct smp_publisher *publisher)
{
    uint64_t value = publisher->own->source.value;

    return value ? smp_hash(publisher->pages, strlen(publisher->pages), value)
                 : 0;
}

static uint64_t
source_in(const struct smp_buf *text)
{
    const char *at = smp_html_feed_source(smp_buf_text(text), text->len);
    char digits[SMP_PAGE_SOURCE + 1] = "";

    if (at)
        memcpy(digits, at, SMP_PAGE_SOURCE);
    return strtoull(digits, NULL, 16);
}

static bool
is_ours(const struct smp_buf *text)
{
    return smp_html_feed_source(smp_buf_text(text), text->len) != NULL;
}

static void
put_address(struct smp_buf *out, const char *scheme, const char *pages,
            const char *name, const char *end)
{
    smp_buf_puts(out, scheme ? scheme : pages);
    smp_buf_puts(out, scheme ? strchr(pages, ':') : "");
    smp_buf_putc(out, '/');
    smp_buf_puts(out, name);
    smp_buf_puts(out, end);
}

static void
render(struct smp_publisher *publisher, struct smp_plan *plan,
       const struct smp_protocol *protocol, const char *name)
{
    struct smp_sheet *sheet = &publisher->own->sheet;
    struct smp_buf feed = {0}, webcal = {0}, page = {0};

    put_address(&feed, NULL, publisher->pages, name, smp_end_of_feed);
    put_address(&webcal, "webcal", publisher->pages, name, smp_end_of_feed);
    put_address(&page, NULL, publisher->pages, name, smp_end_of_page);
    sheet->page = sheet->shared = true;
    sheet->proposed = publisher->proposed;
    smp_sheet_of_care(sheet, plan, protocol);
    smp_buf_cut(&publisher->own->next_page, 0);
    smp_html_feed_page(
        &publisher->own->next_page, sheet,
        &(struct smp_feed_page){.feed = smp_buf_text(&feed),
                                .webcal = smp_buf_text(&webcal),
                                .page = smp_buf_text(&page),
                                .discreet =
                                    publisher->options.discretion != SMP_OPEN,
                                .source = source_of(publisher)});
    smp_buf_release(&feed);
    smp_buf_release(&webcal);
    smp_buf_release(&page);
}

/* But for their sources. */
static bool
are_same(const struct smp_buf *a, const struct smp_buf *b)
{
    const char *one = smp_html_feed_source(a->data, a->len);
    const char *other = smp_html_feed_source(b->data, b->len);
    size_t before = (size_t)(one - a->data), after = before + SMP_PAGE_SOURCE;

    return a->len == b->len && other - b->data == one - a->data &&
           memcmp(a->data, b->data, before) == 0 &&
           memcmp(a->data + after, b->data + after, a->len - after) == 0;
}

void
smp_page_renew(struct smp_publisher *publisher, struct smp_plan *plan,
               const struct smp_protocol *protocol, struct smp_waiting *waiting,
               const char *name)
{
    struct smp_store *store = &publisher->own->store;
    struct smp_buf *old = &publisher->own->old_page;
    struct smp_buf *next = &publisher->own->next_page;
    bool there;

    if (!publisher->pages || waiting->err.failed)
        return;
    smp_buf_cut(old, 0);
    if (!smp_store_read(store, name, smp_end_of_page, old, &there,
                        &waiting->err))
        return;
    if (there && !is_ours(old)) {
        smp_fail(&waiting->err,
                 "%s/%s%s: not a page of smp-publish, and left as it is; move "
                 "it away to publish the page",
                 store->path, name, smp_end_of_page);
        return;
    }
    render(publisher, plan, protocol, name);
    if (there && are_same(old, next))
        return;
    smp_store_write(store, name, smp_end_of_page, next->data, next->len);
    waiting->page_ticket = store->count;
    if (waiting->change == SMP_CHANGE_NONE)
        waiting->change = SMP_CHANGE_TEXT;
}

/* Its first octets are in old_page then. */
static bool
peek(struct smp_publisher *publisher, const char *name)
{
    struct smp_buf *text = &publisher->own->old_page;

    smp_buf_cut(text, 0);
    return smp_store_peek(&publisher->own->store, name, smp_end_of_page,
                          SMP_PAGE_HEAD_MAX, text);
}

bool
smp_page_is_current(struct smp_publisher *publisher, const char *name)
{
    return !publisher->pages ||
           (peek(publisher, name) &&
            source_in(&publisher->own->old_page) == source_of(publisher));
}

void
smp_page_remove(struct smp_publisher *publisher, const char *name,
                struct smp_err *err)
{
    if (peek(publisher, name) && is_ours(&publisher->own->old_page))
        smp_store_remove(&publisher->own->store, name, smp_end_of_page, err);
}
