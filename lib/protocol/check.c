#include "protocol/internal.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/fill.h"
#include "base/utf8.h"
#include "json/json.h"
#include "protocol/activity_graph.h"
#include "time/civil.h"
#include "time/window.h"
#include "time/zone.h"
#include "protocol/words.h"

/*
 * What is worth a second look in a protocol that can be read. Only findings in
 * the files that were given are told, not those in the built-in protocol below
 * them.
 */

static void
tell(struct loader *loader, enum smp_severity severity, const char *group,
     const char *id, const char *member, const char *format, ...)
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
        tell(loader, SMP_REMARK, group, id, member,
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
        if (smp_verb_forbids(p->rules[i].verb) &&
            (smp_rules_meet(loader->graph, (size_t)(may - p->rules), i) ||
             smp_rules_meet(loader->graph, i, (size_t)(may - p->rules))))
            return true;
    return false;
}

/* Roughly when a point is reached, in seconds from the session. */
static bool
roughly(const struct smp_protocol *protocol, const struct smp_point *point,
        bool latest, int64_t *seconds)
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
           smp_is_healing(point->milestone);
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
        roughly(p, &rule->window.start, false, &start) &&
        roughly(p, &rule->window.end, true, &end) &&
        end + SMP_DAY_SECONDS <= start - llabs(start) / 10)
        tell(loader, SMP_FAULT, "rules", rule->id, "during",
             "the window ends before it begins: \"%.60s\"", rule->during);
}

/* Where the number of sessions is not said, any session may be the last. */
static void
check_last(struct loader *loader, const struct smp_rule *rule)
{
    bool counts = rule->window.start.anchor == SMP_AT_LAST ||
                  rule->window.end.anchor == SMP_AT_LAST;

    if (!loader->protocol->course.has_sessions &&
        (counts || rule->scope == SMP_LAST))
        tell(loader, SMP_REMARK, "rules", rule->id, counts ? "during" : "scope",
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
            tell(loader, SMP_REMARK, group, id, member,
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
            tell(loader, SMP_REMARK, "rules", rule->id, members[i],
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
        tell(loader, SMP_REMARK, "studio", "timeZone", NULL, "%s",
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
        tell(loader, SMP_REMARK, "studio", "openingHours", NULL, "%s",
             smp_buf_text(&err.text));
    if (remark.len)
        tell(loader, SMP_REMARK, "studio", "openingHours", NULL, "%s",
             smp_buf_text(&remark));
    smp_buf_release(&remark);
    smp_err_clear(&err);
    smp_hours_parse("24/7", &hours, NULL, &err);
    for (i = 0; i < closed->count && !err.failed; i++)
        if (!smp_hours_close(&hours, closed->at[i], &err))
            tell(loader, SMP_REMARK, "studio", "closed", NULL, "%s",
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
    if (smp_verbs[rule->verb].kind == SMP_PERMISSION && !rule->note &&
        !was_forbidden(loader, rule))
        tell(loader, SMP_REMARK, "rules", rule->id, "verb",
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
        tell(loader, SMP_REMARK, "faq", answer->id, NULL,
             "no question reaches it: it has neither question nor ask");
    if (!*answer->answer)
        tell(loader, SMP_REMARK, "faq", answer->id, NULL, "it has no answer");
    check_text(loader, "faq", answer->id, "answer", NULL, answer->answer);
}

/* An alias, folded, and who claims it. */
struct claim {
    char *alias;
    const char *group, *id;
};

struct claims {
    struct claim *at;
    size_t count, room;
};

static void
add_claims(struct claims *claims, const char *group, const char *id,
           const struct smp_strings *aliases)
{
    size_t i;

    for (i = 0; i < aliases->count; i++) {
        claims->at = smp_grow(claims->at, claims->count, &claims->room,
                              sizeof *claims->at);
        claims->at[claims->count++] =
            (struct claim){smp_utf8_fold(aliases->at[i]), group, id};
    }
}

static int
compare_claims(const void *a, const void *b)
{
    const struct claim *first = a, *second = b;
    int order = strcmp(first->alias, second->alias);

    return order ? order : strcmp(first->id, second->id);
}

static void
tell_double_claims(struct loader *loader, struct claims *claims,
                   const char *member)
{
    size_t i;

    if (claims->count)
        qsort(claims->at, claims->count, sizeof *claims->at, compare_claims);
    for (i = 1; i < claims->count; i++)
        if (strcmp(claims->at[i - 1].alias, claims->at[i].alias) == 0 &&
            strcmp(claims->at[i - 1].id, claims->at[i].id) != 0)
            tell(loader, SMP_REMARK, claims->at[i].group, claims->at[i].id,
                 member, "\"%.60s\" is claimed by %.60s too",
                 claims->at[i].alias, claims->at[i - 1].id);
    for (i = 0; i < claims->count; i++)
        free(claims->at[i].alias);
    free(claims->at);
}

static void
check_aliases(struct loader *loader)
{
    const struct smp_protocol *p = loader->protocol;
    struct claims asked = {0}, names = {0};
    size_t i;

    for (i = 0; i < p->answer_count; i++)
        add_claims(&asked, "faq", p->answers[i].id, &p->answers[i].ask);
    for (i = 0; i < p->rule_count; i++)
        add_claims(&asked, "rules", p->rules[i].id, &p->rules[i].ask);
    for (i = 0; i < p->activity_count; i++)
        add_claims(&names, "activities", p->activities[i].id,
                   &p->activities[i].names);
    tell_double_claims(loader, &asked, "ask");
    tell_double_claims(loader, &names, "names");
}

static void
check_gap(struct loader *loader, const struct smp_gap *gap, size_t index)
{
    struct smp_place root = {0};
    struct smp_place plan = {.up = &root, .key = "plan"};
    struct smp_place gaps = {.up = &plan, .key = "gaps"};
    struct smp_place place = {.up = &gaps, .index = index};
    int64_t min = gap->has_min ? smp_span_seconds(gap->min) : 0;
    int64_t max = gap->has_max ? smp_span_seconds(gap->max) : INT64_MAX;
    int64_t prefer = gap->has_prefer ? smp_span_seconds(gap->prefer) : min;

    if (min > max)
        smp_loader_tell(loader, SMP_REMARK, &place,
                        "min is longer than max: no day fits");
    else if (prefer < min || prefer > max)
        smp_loader_tell(loader, SMP_REMARK, &place,
                        "prefer lies outside min and max");
}

/* The shortest gap that the protocol allows between two sessions. */
static bool
shortest_gap(const struct smp_protocol *protocol, int64_t *seconds)
{
    bool any = false;
    size_t i;

    for (i = 0; i < protocol->course.gap_count; i++) {
        const struct smp_gap *gap = &protocol->course.gaps[i];
        int64_t length = gap->has_min      ? smp_span_seconds(gap->min)
                         : gap->has_prefer ? smp_span_seconds(gap->prefer)
                                           : 0;

        if (gap->from_first || (!gap->has_min && !gap->has_prefer))
            continue;
        if (!any || length < *seconds)
            *seconds = length;
        any = true;
    }
    return any;
}

/* Pre-care of the next session while aftercare of the last one still holds. */
static void
check_collision(struct loader *loader, size_t before, size_t after, int64_t gap)
{
    const struct smp_protocol *p = loader->protocol;
    const struct smp_rule *pre = &p->rules[before], *post = &p->rules[after];
    int64_t begins, ends = INT64_MAX;

    if (!smp_rules_contradict(loader->graph, before, after) ||
        !roughly(p, &pre->window.start, false, &begins) ||
        (post->window.end.anchor != SMP_AT_OPEN &&
         !roughly(p, &post->window.end, true, &ends)))
        return;
    if (gap + begins < ends)
        tell(loader, SMP_REMARK, "rules", pre->id, NULL,
             "before a session after the shortest gap, %d days, it collides "
             "with %.60s of the session before",
             (int)(gap / SMP_DAY_SECONDS), post->id);
}

static void
check_collisions(struct loader *loader)
{
    const struct smp_protocol *p = loader->protocol;
    int64_t gap = 0;
    size_t i, j;

    if (!shortest_gap(p, &gap))
        return;
    for (i = 0; i < p->rule_count; i++)
        for (j = 0; j < p->rule_count; j++)
            if (p->rules[i].phase == SMP_PRE && p->rules[j].phase == SMP_POST)
                check_collision(loader, i, j, gap);
}

/* Whether a layer above the English one has what a pointer names. */
static bool
is_translated(const struct loader *loader, const char *pointer)
{
    size_t wanted = 0, depth, i;
    const char *at;

    for (at = pointer; *at; at++)
        wanted += *at == '/';
    for (i = 1; i < loader->layers->count; i++) {
        smp_layer_line(&loader->layers->layers[i], pointer, &depth);
        if (depth == wanted)
            return true;
    }
    return false;
}

static void
want_translated(struct loader *loader, const char *group, const char *id,
                const char *member)
{
    struct smp_place root = {0};
    struct smp_buf pointer = {0}, what = {0};

    smp_buf_printf(&pointer, "/%s/%s%s%s", group, id, member ? "/" : "",
                   member ? member : "");
    if (!is_translated(loader, smp_buf_text(&pointer))) {
        smp_buf_printf(&what, "not translated: %s", smp_buf_text(&pointer));
        smp_loader_tell(loader, SMP_REMARK, &root, smp_buf_text(&what));
    }
    smp_buf_release(&pointer);
    smp_buf_release(&what);
}

/* What a translation of the built-in protocol lacks. */
static void
check_translation(struct loader *loader)
{
    const struct smp_protocol *p = loader->protocol;
    size_t i;

    if (smp_protocol_is_in(p, "en") || loader->layers->base > 0)
        return;
    for (i = 0; i < p->label_count; i++)
        want_translated(loader, "labels", p->labels[i].key, NULL);
    for (i = 0; i < p->activity_count; i++)
        want_translated(loader, "activities", p->activities[i].id, "title");
    for (i = 0; i < p->answer_count; i++) {
        want_translated(loader, "faq", p->answers[i].id, "question");
        want_translated(loader, "faq", p->answers[i].id, "answer");
    }
    for (i = 0; i < p->rule_count; i++) {
        want_translated(loader, "rules", p->rules[i].id, "title");
        want_translated(loader, "rules", p->rules[i].id, "text");
    }
}

void
smp_loader_check(struct loader *loader)
{
    const struct smp_protocol *p = loader->protocol;
    size_t i;

    loader->graph = smp_activity_graph_new(p);
    for (i = 0; i < p->rule_count; i++)
        check_rule(loader, &p->rules[i]);
    for (i = 0; i < p->answer_count; i++)
        check_answer(loader, &p->answers[i]);
    for (i = 0; i < p->activity_count; i++)
        check_activities(loader, "activities", p->activities[i].id, "is",
                         &p->activities[i].is);
    for (i = 0; i < p->course.gap_count; i++)
        check_gap(loader, &p->course.gaps[i], i);
    check_zone(loader);
    check_hours(loader);
    check_translation(loader);
    check_aliases(loader);
    if (loader->err->failed) /* else care/proof.h finds them, with a plan */
        check_collisions(loader);
    smp_activity_graph_free(loader->graph);
}
