#include "protocol/check.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/fill.h"
#include "base/utf8.h"
#include "json/json.h"
#include "protocol/kinds.h"
#include "protocol/words.h"
#include "time/civil.h"
#include "time/hours.h"
#include "time/zone.h"

void
smp_check_tell(struct loader *loader, enum smp_severity severity,
               const char *group, const char *id, const char *member,
               const char *format, ...)
{
    struct smp_place root = {0};
    struct smp_place outer = {.up = &root, .key = group};
    struct smp_place inner = {.up = &outer, .key = id};
    struct smp_place last = {.up = &inner, .key = member};
    struct smp_buf what = {0};
    va_list args;

    va_start(args, format);
    smp_buf_vprintf(&what, format, args);
    va_end(args);
    smp_loader_tell(loader, severity, member ? &last : &inner,
                    smp_buf_text(&what));
    smp_buf_release(&what);
}

/* What else may have been meant; of very many, only the first are looked for.
 */
static const char *
suggestion(struct loader *loader, const char *id)
{
    enum { MOST = 30 };
    const char *nearest = NULL;

    if (loader->suggestions++ < MOST)
        smp_protocol_find_activity(loader->protocol, id, &nearest);
    return nearest;
}

static void
check_activities(struct loader *loader, const char *group, const char *id,
                 const char *member, const struct smp_strings *ids)
{
    const struct smp_protocol *p = loader->protocol;
    size_t i;

    for (i = 0; i < ids->count; i++) {
        const char *nearest;

        if (smp_protocol_activity(p, ids->at[i]) ||
            strcmp(ids->at[i], SMP_EVERYTHING) == 0)
            continue;
        nearest = suggestion(loader, ids->at[i]);
        smp_check_tell(loader, SMP_REMARK, group, id, member,
                       "no such activity: \"%.60s\"%s%.60s%s", ids->at[i],
                       nearest ? " (is it \"" : "", nearest ? nearest : "",
                       nearest ? "\"?)" : "");
    }
}

static bool
was_forbidden(const struct loader *loader, const struct smp_rule *may)
{
    const struct smp_protocol *p = loader->protocol;
    size_t i;

    for (i = 0; i < p->rule_count; i++)
        if (smp_rule_forbids(&p->rules[i]) &&
            (smp_kinds_meet(loader->kinds, (size_t)(may - p->rules), i) ||
             smp_kinds_meet(loader->kinds, i, (size_t)(may - p->rules))))
            return true;
    return false;
}

/* Roughly when a point is reached, in seconds from the session. */
bool
smp_check_roughly(const struct smp_protocol *protocol,
                  const struct smp_point *point, bool latest, int64_t *seconds)
{
    struct smp_span offset = latest ? point->to : point->from;
    const struct smp_milestone *milestone;

    *seconds = point->has_offset ? smp_span_seconds(offset) : 0;
    if (point->anchor == SMP_AT_ITSELF || point->anchor == SMP_AT_THIS)
        return true;
    if (point->anchor != SMP_AT_MILESTONE)
        return false;
    milestone = smp_protocol_milestone(protocol, point->milestone);
    if (!milestone || !milestone->has_range)
        return false;
    *seconds += latest
                    ? smp_span_seconds(milestone->range.max) + SMP_DAY_SECONDS
                    : smp_span_seconds(milestone->range.min);
    return true;
}

static bool
is_healing(const struct smp_point *point)
{
    return point->anchor == SMP_AT_MILESTONE &&
           strcmp(point->milestone, "healed") == 0;
}

/*
 * A window that ends before it begins, however long its days and months are;
 * who has not healed may do so at any time. Closer cases are found by
 * care/proof.h, in a protocol without fault.
 */
static void
check_window(struct loader *loader, const struct smp_rule *rule)
{
    const struct smp_protocol *p = loader->protocol;
    int64_t start, end;

    if (!is_healing(&rule->window.end) &&
        smp_check_roughly(p, &rule->window.start, false, &start) &&
        smp_check_roughly(p, &rule->window.end, true, &end) &&
        end + SMP_DAY_SECONDS <= start - llabs(start) / 10)
        smp_check_tell(loader, SMP_FAULT, "rules", rule->id, "during",
                       "the window ends before it begins: \"%.60s\"",
                       rule->during);
}

/* Where the number of sessions is not said, any session may be the last. */
static void
check_last(struct loader *loader, const struct smp_rule *rule)
{
    bool counts = rule->window.start.anchor == SMP_AT_LAST ||
                  rule->window.end.anchor == SMP_AT_LAST;

    if (!loader->protocol->course.has_sessions &&
        (counts || rule->scope == SMP_LAST))
        smp_check_tell(loader, SMP_REMARK, "rules", rule->id,
                       counts ? "during" : "scope",
                       "without plan.sessions any session may be the last");
}

/* A placeholder that is none, or that this text has no value for. */
static void
check_text(struct loader *loader, const char *group, const char *id,
           const char *member, const struct smp_rule *rule, const char *text)
{
    enum { MOST = 1000 };
    const char *at = text, *name;
    size_t n, count = 0;

    while (text && count++ < MOST && (name = smp_fill_next(&at, &n))) {
        struct smp_buf one = {0}, filled = {0};

        smp_buf_add(&one, name - 1, n + 2);
        smp_words_fill(&filled, loader->protocol, rule, smp_buf_text(&one));
        if (!filled.len || !smp_words_can_fill(name, n))
            smp_check_tell(loader, SMP_REMARK, group, id, member,
                           "nothing fills in {%.*s}", (int)n, name);
        smp_buf_release(&one);
        smp_buf_release(&filled);
    }
}

/* Whether one of some layers has a member of the rule. */
static bool
layers_have(const struct loader *loader, size_t first, size_t end,
            const struct smp_rule *rule, const char *member)
{
    enum { DEPTH = 3 };
    struct smp_buf pointer = {0};
    bool found = false;
    size_t i, depth;

    smp_buf_printf(&pointer, "/rules/%s/%s", rule->id, member);
    for (i = first; i < end && !found; i++) {
        smp_layer_line(&loader->layers->layers[i], smp_buf_text(&pointer),
                       &depth);
        found = depth == DEPTH;
    }
    smp_buf_release(&pointer);
    return found;
}

/* A built-in text over a window or a verb that is not its own any more. */
static void
check_words_follow(struct loader *loader, const struct smp_rule *rule)
{
    static const char *const members[] = {"verb", "during", "what"};
    size_t given = loader->layers->given, count = loader->layers->count, i;

    if (loader->layers->base >= given ||
        rule->window.start.anchor == SMP_AT_OPEN ||
        !layers_have(loader, 0, given, rule, "text") ||
        layers_have(loader, given, count, rule, "text"))
        return;
    for (i = 0; i < sizeof members / sizeof members[0]; i++)
        if (layers_have(loader, given, count, rule, members[i]))
            smp_check_tell(loader, SMP_REMARK, "rules", rule->id, members[i],
                           "changed without the text: does it still say so?");
}

static void
check_zone(struct loader *loader)
{
    const char *name = loader->protocol->studio.time_zone;
    struct smp_zones zones = {.directory = loader->findings->zone_directory};
    struct smp_err err = {0};

    if (name && zones.directory)
        smp_zones_get(&zones, name, &err);
    if (err.system)
        smp_fail_as(loader->err, &err);
    else if (err.failed)
        smp_check_tell(loader, SMP_REMARK, "studio", "timeZone", NULL, "%s",
                       smp_buf_text(&err.text));
    smp_err_release(&err);
    smp_zones_release(&zones);
}

static void
check_hours(struct loader *loader)
{
    const char *text = loader->protocol->studio.opening_hours;
    const struct smp_strings *closed = &loader->protocol->studio.closed;
    struct smp_hours hours;
    struct smp_buf remark = {0};
    struct smp_err err = {0};
    size_t i;

    if (text && !smp_hours_parse(text, &hours, &remark, &err))
        smp_check_tell(loader, SMP_REMARK, "studio", "openingHours", NULL, "%s",
                       smp_buf_text(&err.text));
    if (remark.len)
        smp_check_tell(loader, SMP_REMARK, "studio", "openingHours", NULL, "%s",
                       smp_buf_text(&remark));
    smp_buf_release(&remark);
    smp_err_clear(&err);
    smp_hours_init_unknown(&hours);
    for (i = 0; i < closed->count && !err.failed; i++)
        if (!smp_hours_close(&hours, closed->at[i], &err))
            smp_check_tell(loader, SMP_REMARK, "studio", "closed", NULL, "%s",
                           smp_buf_text(&err.text));
    smp_err_release(&err);
}

static void
check_rule(struct loader *loader, const struct smp_rule *rule)
{
    check_activities(loader, "rules", rule->id, "what", &rule->what);
    if (rule->during)
        check_window(loader, rule);
    check_last(loader, rule);
    if (rule->verb == SMP_MAY && !rule->note && !was_forbidden(loader, rule))
        smp_check_tell(
            loader, SMP_REMARK, "rules", rule->id, "verb",
            "permits what no rule forbids; a note would say that it is "
            "meant");
    check_words_follow(loader, rule);
    check_text(loader, "rules", rule->id, "title", rule, rule->title);
    check_text(loader, "rules", rule->id, "text", rule, rule->text);
    check_text(loader, "rules", rule->id, "why", rule, rule->why);
}

static void
check_answer(struct loader *loader, const struct smp_answer *answer)
{
    if (!*answer->question && !answer->ask.count)
        smp_check_tell(
            loader, SMP_REMARK, "faq", answer->id, NULL,
            "no question reaches it: it has neither question nor ask");
    if (!*answer->answer)
        smp_check_tell(loader, SMP_REMARK, "faq", answer->id, NULL,
                       "it has no answer");
    check_text(loader, "faq", answer->id, "answer", NULL, answer->answer);
}

void
smp_loader_check(struct loader *loader)
{
    const struct smp_protocol *p = loader->protocol;
    size_t i;

    loader->kinds = smp_kinds_new(p);
    for (i = 0; i < p->rule_count; i++)
        check_rule(loader, &p->rules[i]);
    for (i = 0; i < p->answer_count; i++)
        check_answer(loader, &p->answers[i]);
    for (i = 0; i < p->activity_count; i++)
        check_activities(loader, "activities", p->activities[i].id, "is",
                         &p->activities[i].is);
    for (i = 0; i < p->course.gap_count; i++)
        smp_check_gap(loader, &p->course.gaps[i], i);
    check_zone(loader);
    check_hours(loader);
    smp_check_translation(loader);
    smp_check_aliases(loader);
    if (loader->err->failed) /* else care/proof.h finds them, with a plan */
        smp_check_collisions(loader);
    smp_kinds_free(loader->kinds);
}
