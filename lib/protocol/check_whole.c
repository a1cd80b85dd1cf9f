#include "protocol/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "json/json.h"
#include "protocol/kinds.h"
#include "protocol/words.h"

/* What is seen only where all of a protocol is looked at. */

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
            smp_check_tell(loader, SMP_REMARK, claims->at[i].group,
                           claims->at[i].id, member,
                           "\"%.60s\" is claimed by %.60s too",
                           claims->at[i].alias, claims->at[i - 1].id);
    for (i = 0; i < claims->count; i++)
        free(claims->at[i].alias);
    free(claims->at);
}

void
smp_check_aliases(struct loader *loader)
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

void
smp_check_gap(struct loader *loader, const struct smp_gap *gap, size_t index)
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

    if (!smp_kinds_contradict(loader->kinds, before, after) ||
        !smp_check_roughly(p, &pre->window.start, false, &begins) ||
        (post->window.end.anchor != SMP_AT_OPEN &&
         !smp_check_roughly(p, &post->window.end, true, &ends)))
        return;
    if (gap + begins < ends)
        smp_check_tell(
            loader, SMP_REMARK, "rules", pre->id, NULL,
            "before a session after the shortest gap, %d days, it collides "
            "with %.60s of the session before",
            (int)(gap / SMP_DAY_SECONDS), post->id);
}

void
smp_check_collisions(struct loader *loader)
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
void
smp_check_translation(struct loader *loader)
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
