#include "answer/internal.h"

#include <stdio.h>
#include <string.h>

#include "protocol/activity_graph.h"
#include "protocol/words.h"
#include "protocol/protocol.h"

/* The labels: phrases between commas, or lists of such between bars. */
static const struct {
    const char *label;
    enum smp_cue_kind kind;
    int first; /* the value of the first list; the next one's is one more */
} sources[] = {
    {"ask.leave", SMP_CUE_LEAVE, 0},
    {"ask.open", SMP_CUE_OPEN, 0},
    {"ask.when", SMP_CUE_WHEN, 0},
    {"ask.without", SMP_CUE_WITHOUT, 0},
    {"ask.small", SMP_CUE_SMALL, 0},
    {"ask.session", SMP_CUE_SESSION, 0},
    {"ask.before", SMP_CUE_BEFORE, 0},
    {"ask.after", SMP_CUE_AFTER, 0},
    {"ask.stop", SMP_CUE_STOP, 0},
    {"ask.upto", SMP_CUE_UPTO, 0},
    {"ask.break", SMP_CUE_BREAK, 0},
    {"ask.coming", SMP_CUE_COMING, 0},
    {"ask.gone", SMP_CUE_GONE, 0},
    {"ask.within", SMP_CUE_WITHIN, 0},
    {"ask.earlier", SMP_CUE_EARLIER, 0},
    {"ask.later", SMP_CUE_LATER, 0},
    {"ask.unhealed", SMP_CUE_UNHEALED, 0},
    {"ask.days", SMP_CUE_DAY, -1},
    {"ask.numbers", SMP_CUE_NUMBER, 1},
    {"ask.units", SMP_CUE_UNIT, SMP_MINUTES},
};

struct collection {
    struct smp_cues *cues;
    struct smp_terms *terms;
};

static void
add(struct collection *c, enum smp_cue_kind kind, int value, const char *text)
{
    struct smp_cues *cues = c->cues;
    size_t first = cues->words.count;

    smp_terms_learn(c->terms, text, &cues->words);
    if (cues->words.count == first)
        return;
    cues->at = smp_grow(cues->at, cues->count, &cues->room, sizeof *cues->at);
    cues->at[cues->count++] =
        (struct smp_cue){.kind = kind,
                         .value = value,
                         .first = (uint32_t)first,
                         .count = (uint32_t)(cues->words.count - first)};
}

static void
add_phrases(struct collection *c, enum smp_cue_kind kind, int value,
            const char *label)
{
    char phrase[128];

    while (*label) {
        size_t n = strcspn(label, ",|");

        snprintf(phrase, sizeof phrase, "%.*s", (int)n, label);
        add(c, kind, value, phrase);
        label += n;
        if (*label == '|')
            value++;
        label += *label != '\0';
    }
}

/* Whether a rule speaks of an activity, or of one that it is a kind of. */
static bool
is_free(const struct smp_protocol *protocol,
        const struct smp_activity_graph *graph, const char *activity)
{
    struct smp_subject *subject = smp_subject_new(graph, activity);
    size_t i;

    for (i = 0; i < protocol->rule_count; i++)
        if (smp_subject_distance(subject, i) != SMP_NO_PATH)
            break;
    smp_subject_free(subject);
    return i == protocol->rule_count;
}

static void
add_names(struct collection *c, const struct smp_protocol *protocol)
{
    struct smp_activity_graph *graph = smp_activity_graph_new(protocol);
    size_t i, j;

    for (i = 0; i < protocol->activity_count; i++) {
        const struct smp_activity *activity = &protocol->activities[i];
        enum smp_cue_kind kind = is_free(protocol, graph, activity->id)
                                     ? SMP_CUE_FREE
                                     : SMP_CUE_NAME;

        add(c, kind, (int)i, activity->id);
        add(c, kind, (int)i, activity->title);
        for (j = 0; j < activity->names.count; j++)
            add(c, kind, (int)i, activity->names.at[j]);
    }
    smp_activity_graph_free(graph);
}

static void
add_exceptions(struct collection *c, const struct smp_protocol *protocol)
{
    size_t i;

    for (i = 0; i < protocol->rule_count; i++)
        if (smp_verb_forbids(protocol->rules[i].verb) &&
            protocol->rules[i].except)
            add(c, SMP_CUE_EXCEPT, (int)i, protocol->rules[i].except);
}

static void
add_bans(struct collection *c, const struct smp_protocol *protocol)
{
    size_t i, j;

    for (i = 0; i < protocol->rule_count; i++) {
        const struct smp_rule *rule = &protocol->rules[i];

        for (j = 0; smp_verb_forbids(rule->verb) && j < rule->ask.count; j++)
            add(c, SMP_CUE_ALIAS, (int)i, rule->ask.at[j]);
    }
}

void
smp_cues_collect(struct smp_cues *cues, const struct smp_protocol *protocol,
                 struct smp_terms *terms)
{
    struct collection c = {.cues = cues, .terms = terms};
    size_t i;

    add_exceptions(&c, protocol);
    add_names(&c, protocol);
    add_bans(&c, protocol);
    for (i = 0; i < sizeof sources / sizeof *sources; i++)
        add_phrases(&c, sources[i].kind, sources[i].first,
                    smp_label(protocol, sources[i].label));
}
