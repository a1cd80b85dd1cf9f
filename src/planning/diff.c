#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "care/care.h"
#include "plan/plan.h"
#include "planning/planning.h"
#include "tool/files.h"
#include "tool/options.h"
#include "tool/tool.h"
#include "tool/message.h"

/*
 * What differs between old plans and new ones, or between the care of the same
 * plans by two protocols. Care is compared rule by rule: what differs is told
 * as the days on which it holds in one of both.
 */
enum { OLD_MAX = 1 << 30 };

struct entry {
    const char *id, *text;
    size_t n; /* 0: it cannot be read */
    bool seen;
};

struct comparing {
    struct smp_tool *tool;
    const struct smp_protocol *before, *after;
    struct smp_protocol *own; /* `before`, if it is another one */
    struct smp_buf text;      /* the old plans */
    struct smp_arena arena;
    struct entry *old; /* by id; NULL: none, protocols are compared */
    size_t count, room;
    struct smp_plan other;
    bool differs;
};

/* the old plans */

static int
by_id(const void *a, const void *b)
{
    const struct entry *one = a, *other = b;

    return strcmp(one->id, other->id);
}

static struct entry *
find_old(const struct comparing *c, const char *id)
{
    const struct entry wanted = {.id = id};

    return c->count ? bsearch(&wanted, c->old, c->count, sizeof wanted, by_id)
                    : NULL;
}

static void
add_old(struct comparing *c, const char *text, size_t n)
{
    if (!*c->other.id)
        return;
    c->old = smp_grow(c->old, c->count, &c->room, sizeof *c->old);
    c->old[c->count++] =
        (struct entry){smp_arena_strdup(&c->arena, c->other.id), text, n, !n};
}

static bool
read_old(struct comparing *c, const char *path)
{
    struct smp_tool *tool = c->tool;
    struct smp_err err = {0};
    const char *at, *end;
    unsigned long line = 0;

    if (!smp_read_file(path, OLD_MAX, &c->text, &err))
        return smp_tool_given(tool, &err);
    end = smp_buf_text(&c->text) + c->text.len;
    c->old = smp_calloc(1, sizeof *c->old);
    c->room = 1;
    for (at = smp_buf_text(&c->text); at < end;) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t n = (size_t)((stop ? stop : end) - at);

        line++;
        smp_plan_reset(&c->other);
        if (n && smp_plan_parse(&c->other, at, n, &tool->defaults, &err)) {
            add_old(c, at, n);
        } else if (n) {
            add_old(c, at, 0);
            smp_message(tool->program->name, "%s:%lu: %s", path, line,
                        smp_buf_text(&err.text));
            tool->dropped++;
        }
        smp_err_clear(&err);
        at += n + 1;
    }
    if (c->count)
        qsort(c->old, c->count, sizeof *c->old, by_id);
    smp_err_release(&err);
    return true;
}

/* differences, which are gathered in the new plan's `changes` */

static void
compare_session(struct smp_plan *plan, const struct smp_session *old,
                const struct smp_session *new)
{
    struct smp_buf before = {0}, after = {0};

    smp_when_print(&before, old->start);
    smp_when_print(&after, new->start);
    if (strcmp(smp_buf_text(&before), smp_buf_text(&after)) != 0)
        smp_plan_change(plan, "session %d moved from %s to %s", new->number,
                        smp_buf_text(&before), smp_buf_text(&after));
    if (old->status != new->status)
        smp_plan_change(plan, "session %d is %s, no longer %s", new->number,
                        smp_status_names[new->status],
                        smp_status_names[old->status]);
    if (old->duration != new->duration)
        smp_plan_change(plan, "session %d has another length", new->number);
    if (old->healing != new->healing ||
        (old->healing == SMP_HEALED && old->healed != new->healed))
        smp_plan_change(plan, "session %d healed otherwise", new->number);
    smp_buf_release(&before);
    smp_buf_release(&after);
}

static void
compare_sessions(struct smp_plan *plan, const struct smp_plan *old)
{
    struct smp_buf text = {0};
    size_t i;

    for (i = 0; i < plan->session_count; i++) {
        const struct smp_session *new = &plan->sessions[i];
        const struct smp_session *was = smp_plan_session(old, new->number);

        smp_buf_cut(&text, 0);
        smp_when_print(&text, new->start);
        if (was)
            compare_session(plan, was, new);
        else
            smp_plan_change(plan, "session %d added, %s, %s", new->number,
                            smp_status_names[new->status], smp_buf_text(&text));
    }
    for (i = 0; i < old->session_count; i++)
        if (!smp_plan_session(plan, old->sessions[i].number))
            smp_plan_change(plan, "session %d removed",
                            old->sessions[i].number);
    smp_buf_release(&text);
}

static const struct smp_item *
same_item(const struct smp_plan *plan, const struct smp_item *item)
{
    size_t i;

    for (i = 0; i < plan->item_count; i++)
        if (plan->items[i].session == item->session &&
            plan->items[i].phase == item->phase &&
            strcmp(plan->items[i].rule, item->rule) == 0)
            return &plan->items[i];
    return NULL;
}

static bool
same_when(struct smp_when a, struct smp_when b)
{
    return a.kind == b.kind && a.seconds == b.seconds;
}

static bool
is_same(const struct smp_item *a, const struct smp_item *b)
{
    return same_when(a->start, b->start) && same_when(a->end, b->end) &&
           same_when(a->start_latest, b->start_latest) &&
           same_when(a->end_earliest, b->end_earliest) && a->verb == b->verb &&
           strcmp(a->title, b->title) == 0 && strcmp(a->text, b->text) == 0;
}

static void
put_days(struct smp_buf *out, const struct smp_item *item)
{
    smp_when_print(out, smp_when_day(smp_day_at(item->start.seconds)));
    if (item->end.kind == SMP_NEVER) {
        smp_buf_puts(out, " on");
        return;
    }
    smp_buf_puts(out, " to ");
    smp_when_print(out, smp_when_day(smp_day_at(item->end.seconds - 1)));
}

static void
compare_care(struct smp_plan *plan, const struct smp_plan *old)
{
    struct smp_buf before = {0}, after = {0};
    size_t i;

    for (i = 0; i < plan->item_count; i++) {
        const struct smp_item *new = &plan->items[i];
        const struct smp_item *was = same_item(old, new);

        if (was && is_same(was, new))
            continue;
        smp_buf_cut(&before, 0);
        smp_buf_cut(&after, 0);
        if (was)
            put_days(&before, was);
        put_days(&after, new);
        if (!was)
            smp_plan_change(plan, "session %d: %s is new, from %s",
                            new->session, new->rule, smp_buf_text(&after));
        else if (strcmp(smp_buf_text(&before), smp_buf_text(&after)) == 0)
            smp_plan_change(plan, "session %d: %s differs, from %s",
                            new->session, new->rule, smp_buf_text(&after));
        else
            smp_plan_change(plan,
                            "session %d: %s is from %s, no longer from %s",
                            new->session, new->rule, smp_buf_text(&after),
                            smp_buf_text(&before));
    }
    for (i = 0; i < old->item_count; i++)
        if (!same_item(plan, &old->items[i])) {
            smp_buf_cut(&before, 0);
            put_days(&before, &old->items[i]);
            smp_plan_change(plan, "session %d: %s is gone, from %s",
                            old->items[i].session, old->items[i].rule,
                            smp_buf_text(&before));
        }
    smp_buf_release(&before);
    smp_buf_release(&after);
}

static void
add_care(struct smp_plan *plan, const struct smp_protocol *protocol)
{
    plan->item_count = 0;
    smp_care_add_words(plan, protocol, SMP_PRE, true);
    smp_care_add_words(plan, protocol, SMP_POST, true);
}

static void
put_changes(struct comparing *c, const struct smp_plan *plan)
{
    struct smp_buf *out = &c->tool->out;
    size_t i;

    c->differs = c->differs || plan->changes.count;
    if (!plan->changes.count)
        return;
    for (i = 0; i < plan->changes.count; i++)
        smp_buf_printf(out, "%s: %s\n", plan->id, plan->changes.at[i]);
    if (out->len > 1 << 16)
        smp_tool_flush(c->tool);
}

static bool
compare_plan(void *context, struct smp_plan *plan, struct smp_err *err)
{
    struct comparing *c = context;
    struct entry *old = find_old(c, plan->id);
    struct smp_err ignored = {0};
    struct smp_buf text = {0};

    (void)err;
    if (old && !old->n)
        return true;
    plan->changes = (struct smp_strings){0};
    smp_plan_reset(&c->other);
    if (!c->old) {
        smp_plan_format(&text, plan);
        smp_plan_parse(&c->other, text.data, text.len - 1, &c->tool->defaults,
                       &ignored);
    } else if (old) {
        smp_plan_parse(&c->other, old->text, old->n, &c->tool->defaults,
                       &ignored);
    }
    if (c->old && !old) {
        smp_plan_change(plan, "new");
    } else {
        if (old)
            old->seen = true;
        c->other.changes = (struct smp_strings){0};
        compare_sessions(plan, &c->other);
        add_care(plan, c->after);
        add_care(&c->other, c->before);
        compare_care(plan, &c->other);
    }
    put_changes(c, plan);
    smp_err_release(&ignored);
    smp_buf_release(&text);
    return !c->tool->output_failed;
}

static void
reject(void *context, unsigned long line, struct smp_plan *plan,
       const char *what)
{
    const struct comparing *c = context;
    struct entry *old = find_old(c, plan->id);

    if (old)
        old->seen = true;
    smp_tool_report_rejected(c->tool, line, plan, what);
}

static void
tell_gone(struct comparing *c)
{
    size_t i;

    for (i = 0; i < c->count; i++) {
        if (c->old[i].seen)
            continue;
        smp_plan_reset(&c->other);
        c->other.id = c->old[i].id;
        smp_plan_change(&c->other, "gone");
        put_changes(c, &c->other);
    }
}

/* Without old plans: by the protocol that holds without the files of -p. */
static bool
load_protocols(struct comparing *c)
{
    const struct smp_tool *tool = c->tool;
    const struct smp_given *given = &tool->given;
    size_t own =
        given->protocol_count - smp_tool_options(tool, SMP_OPT_PROTOCOL)->count;
    struct smp_err err = {0};

    c->before = c->after = tool->protocol;
    if (c->old)
        return true;
    if (own == given->protocol_count)
        return smp_tool_usage(c->tool, "diff requires the file of the old "
                                       "plans, or -p with the new protocol");
    c->own = smp_protocol_load(smp_tool_option(tool, SMP_OPT_LANG),
                               given->protocols, own, NULL, &err);
    c->before = c->own;
    return smp_tool_given(c->tool, &err);
}

void
plan_diff(struct smp_tool *tool)
{
    struct comparing c = {.tool = tool};
    struct smp_stream stream = {.fd = tool->input,
                                .defaults = tool->defaults,
                                .plan = compare_plan,
                                .rejected = reject,
                                .context = &c};

    if (tool->given.operand_count > 1)
        smp_tool_usage(tool, "diff takes one operand, the old plans");
    else if ((!tool->given.operand_count ||
              read_old(&c, tool->given.operands[0])) &&
             load_protocols(&c) && smp_tool_open_rejects(tool)) {
        stream.rejects = tool->rejects;
        if (smp_tool_stream(tool, &stream) && c.old)
            tell_gone(&c);
        tool->records = stream.read;
        tool->rejected = stream.rejected_count;
        tool->said_no = c.differs;
    }
    smp_protocol_free(c.own);
    smp_plan_release(&c.other);
    smp_arena_release(&c.arena);
    smp_buf_release(&c.text);
    free(c.old);
}
