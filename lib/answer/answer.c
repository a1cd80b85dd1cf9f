#include "answer/internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "protocol/words.h"
#include "protocol/protocol.h"
#include "care/care.h"
#include "answer/answer.h"

static const struct smp_found *
entry_by_id(const struct smp_index *index, const char *id)
{
    size_t i;

    for (i = 0; i < index->count; i++)
        if (strcmp(index->entries[i].id, id) == 0)
            return &index->entries[i];
    return NULL;
}

/* The topic that ranks first of those not yet taken, or `topics`. */
static size_t
first_topic(const struct smp_index *index, const struct smp_topic_score *scores)
{
    size_t i, best = index->topics;

    for (i = 0; i < index->topics; i++)
        if (scores[i].rank > 0 &&
            (best == index->topics || scores[i].rank > scores[best].rank))
            best = i;
    return best;
}

/* A question while it is answered. */
struct answering {
    struct smp_index *index;
    struct smp_query query;
    struct smp_asking asking;
    struct smp_topic_score *scores;
    struct smp_found *found;
    size_t count, max;
};

static size_t
topic_of(const struct answering *a, const struct smp_rule *rule)
{
    const struct smp_protocol *protocol = a->index->protocol;

    return protocol->answer_count + (size_t)(rule - protocol->rules);
}

static bool
has(const struct answering *a, const char *id)
{
    size_t i;

    for (i = 0; i < a->count; i++)
        if (strcmp(a->found[i].id, id) == 0)
            return true;
    return false;
}

static struct smp_found *
add(struct answering *a, size_t topic)
{
    struct smp_found *found;

    if (a->count == a->max || has(a, a->index->entries[topic].id))
        return NULL;
    found = &a->found[a->count++];
    *found = a->index->entries[topic];
    found->score = a->scores[topic].score;
    found->asks_when = a->asking.when && found->rule;
    return found;
}

static void
add_ruled(struct answering *a, const char *activity,
          const struct smp_ruling *ruling)
{
    struct smp_found *found = add(a, topic_of(a, ruling->rule));

    if (!found)
        return;
    found->asks_when = false;
    found->activity = activity;
    found->first = a->asking.first;
    found->last = a->asking.last;
    found->ruling = *ruling;
    found->plan = smp_rulings_plan(a->index->rulings);
}

static bool
permits(enum smp_verdict verdict)
{
    return verdict == SMP_VERDICT_YES || verdict == SMP_VERDICT_DO ||
           verdict == SMP_VERDICT_IF_NOT_HEALED;
}

static bool
is_named_on_side(const struct answering *a, const struct smp_mention *mention)
{
    const struct smp_protocol *protocol = a->index->protocol;
    size_t i;

    for (i = 0; i < protocol->rule_count; i++)
        if ((mention->kind == SMP_CUE_ALIAS
                 ? mention->number == i
                 : smp_rulings_about(a->index->rulings, i, mention->number)) &&
            smp_rulings_speaks(a->index->rulings, &protocol->rules[i],
                               a->asking.side))
            return true;
    return false;
}

/* Whether the question names things, and no rule speaks of them on its side. */
static bool
is_of_other_side(const struct answering *a)
{
    bool any = false;
    size_t i;

    for (i = 0; i < a->asking.mention_count; i++) {
        const struct smp_mention *mention = &a->asking.mentions[i];

        if (mention->kind == SMP_CUE_FREE)
            continue;
        if (is_named_on_side(a, mention))
            return false;
        any = any || mention->kind == SMP_CUE_NAME;
    }
    return any;
}

/*
 * Rules that say nothing of the side of the session that is asked about are no
 * answer. NULL if the question names no side; the caller frees it.
 */
static bool *
topics_of_other_side(const struct answering *a)
{
    const struct smp_protocol *protocol = a->index->protocol;
    bool *left_out;
    size_t i;

    if (a->asking.side == SMP_SIDE_ANY)
        return NULL;
    left_out = smp_calloc(a->index->topics, sizeof *left_out);
    for (i = 0; i < protocol->rule_count; i++)
        left_out[protocol->answer_count + i] = !smp_rulings_speaks(
            a->index->rulings, &protocol->rules[i], a->asking.side);
    return left_out;
}

/* Only what fits very well answers a question all of the other side. */
static void
drop_other_side(struct answering *a)
{
    size_t i;

    if (a->asking.side == SMP_SIDE_ANY || !is_of_other_side(a))
        return;
    for (i = 0; i < a->index->topics; i++)
        if (a->scores[i].score < SMP_SCORE_SURE)
            a->scores[i].rank = 0;
}

static bool
names_forbidden(const struct answering *a, const struct smp_mention *mention,
                size_t ban)
{
    return mention->kind == SMP_CUE_ALIAS
               ? mention->number == ban
               : smp_rulings_forbids(a->index->rulings, ban, mention->number);
}

/* Bans on what the question names, at some time of the side it names. */
static void
add_named_bans(struct answering *a, const struct smp_mention *mention)
{
    const struct smp_protocol *protocol = a->index->protocol;
    size_t i;

    for (i = 0; i < protocol->rule_count; i++) {
        const struct smp_rule *rule = &protocol->rules[i];

        if (names_forbidden(a, mention, i) &&
            smp_rulings_speaks(a->index->rulings, rule, a->asking.side) &&
            !smp_asking_excepts(&a->asking, a->index, &a->query, mention, i))
            add(a, topic_of(a, rule));
    }
}

/* The activity that a mention is of; of a ban's alias the ban's first one. */
static const char *
activity_of(const struct answering *a, const struct smp_mention *mention)
{
    const struct smp_protocol *protocol = a->index->protocol;
    const struct smp_strings *what;

    if (mention->kind != SMP_CUE_ALIAS)
        return protocol->activities[mention->number].id;
    what = &protocol->rules[mention->number].what;
    return what->count ? what->at[0] : NULL;
}

/* What holds of it at the time that the question names, bans or the rest. */
static void
add_named_ruling(struct answering *a, const struct smp_mention *mention,
                 bool bans)
{
    const char *activity = activity_of(a, mention);
    struct smp_ruling ruling;

    if (!activity)
        return;
    ruling = smp_rulings_at(a->index->rulings, activity, &a->asking);
    if (!ruling.rule || smp_ruling_forbids(&ruling) != bans ||
        (bans &&
         smp_asking_excepts(&a->asking, a->index, &a->query, mention,
                            (size_t)(ruling.rule - a->index->protocol->rules))))
        return;
    if (a->asking.stops && permits(ruling.verdict))
        add(a, topic_of(a, ruling.rule));
    else
        add_ruled(a, activity, &ruling);
}

/* An alias may be a word of many meanings: its ban must fit well enough. */
static bool
is_meant(const struct answering *a, const struct smp_mention *mention)
{
    return mention->kind != SMP_CUE_ALIAS ||
           a->scores[a->index->protocol->answer_count + mention->number]
                   .score >= SMP_SCORE_ENOUGH;
}

static void
add_named(struct answering *a, bool bans)
{
    size_t i;

    for (i = 0; i < a->asking.mention_count; i++) {
        const struct smp_mention *mention = &a->asking.mentions[i];

        if (mention->without || !is_meant(a, mention))
            continue;
        if (a->asking.exact)
            add_named_ruling(a, mention, bans);
        else if (bans)
            add_named_bans(a, mention);
    }
}

/* What holds at the time named; what is forbidden counts for the rest. */
static void
take_ruling(const struct answering *a, const char *activity, const char **taken,
            struct smp_ruling *found)
{
    struct smp_ruling ruling =
        smp_rulings_at(a->index->rulings, activity, &a->asking);

    if (!ruling.rule ||
        (*taken && (smp_ruling_forbids(found) || !smp_ruling_forbids(&ruling))))
        return;
    *taken = activity;
    *found = ruling;
}

/* Whether the question names an activity that a rule is about. */
static bool
take_named(const struct answering *a, size_t rule, const char **taken,
           struct smp_ruling *found)
{
    bool named = false;
    size_t i;

    for (i = 0; i < a->asking.mention_count; i++) {
        const struct smp_mention *mention = &a->asking.mentions[i];

        if (mention->kind != SMP_CUE_NAME || mention->without ||
            !smp_rulings_about(a->index->rulings, rule, mention->number))
            continue;
        named = true;
        take_ruling(a, a->index->protocol->activities[mention->number].id,
                    taken, found);
    }
    return named;
}

/*
 * What holds of a rule's matter at the time named: of what the question names,
 * or else of all that the rule speaks of. "Yes" is said only of what is named:
 * who asks for a shower is not to read "Yes, do: Vaseline before bathing".
 */
static void
add_at_time(struct answering *a, const struct smp_rule *rule)
{
    const char *taken = NULL;
    struct smp_ruling found = {0};
    bool named = take_named(a, (size_t)(rule - a->index->protocol->rules),
                            &taken, &found);
    size_t i;

    for (i = 0; !named && i < rule->what.count; i++)
        take_ruling(a, rule->what.at[i], &taken, &found);
    named = named && !a->asking.stops;
    if (taken && (named || !permits(found.verdict)))
        add_ruled(a, taken, &found);
    else if (taken && found.rule == rule)
        add(a, topic_of(a, rule));
}

/* In their order; one that is no entry, or fits too little, ends the list. */
static void
add_fitting(struct answering *a)
{
    const struct smp_index *index = a->index;

    while (a->count < a->max) {
        size_t topic = first_topic(index, a->scores);

        if (topic >= index->count || a->scores[topic].score < SMP_SCORE_ENOUGH)
            break;
        a->scores[topic].rank = 0;
        if (!a->asking.exact || !index->entries[topic].rule)
            add(a, topic);
        else
            add_at_time(a, index->entries[topic].rule);
    }
}

/* The best first means that no score is greater than one before it. */
static void
order_scores(struct answering *a)
{
    size_t i;

    for (i = a->count; i-- > 1;)
        if (a->found[i].score > a->found[i - 1].score)
            a->found[i - 1].score = a->found[i].score;
}

/*
 * Whether something fits well enough, if only an activity that no rule speaks
 * of, and the question is not of another matter altogether.
 */
static bool
is_in_scope(const struct answering *a)
{
    size_t i;

    if (first_topic(a->index, a->scores) >= a->index->others)
        return false;
    for (i = 0; i < a->index->others; i++)
        if (a->scores[i].score >= SMP_SCORE_ENOUGH)
            return true;
    return false;
}

/* Whether the protocol lists the question word for word. */
static bool
is_listed(const struct answering *a)
{
    size_t i;

    for (i = 0; i < a->index->topics; i++)
        if (a->scores[i].exact > 0)
            return true;
    return false;
}

/* "Hat, sun" names two things; a "sun hat" is another one. */
static bool
names_several(const struct answering *a)
{
    const struct smp_mention *mentions = a->asking.mentions;
    size_t i;

    for (i = 1; i < a->asking.mention_count; i++)
        if (mentions[i].kind == SMP_CUE_NAME &&
            mentions[0].kind == SMP_CUE_NAME &&
            mentions[i].number != mentions[0].number &&
            (mentions[i].start >= mentions[0].end ||
             mentions[i].end <= mentions[0].start))
            return true;
    return false;
}

/* Whether all that it names of what a ban forbids is the ban's exception. */
static bool
is_excepted(const struct answering *a, const struct smp_found *found)
{
    size_t ban, i;
    bool any = false;

    if (!found->rule)
        return false;
    ban = (size_t)(found->rule - a->index->protocol->rules);
    for (i = 0; i < a->asking.mention_count; i++) {
        const struct smp_mention *mention = &a->asking.mentions[i];

        if (!names_forbidden(a, mention, ban))
            continue;
        if (!smp_asking_excepts(&a->asking, a->index, &a->query, mention, ban))
            return false;
        any = true;
    }
    return any;
}

/* A ban whose own exception the question names comes after what it lets. */
static void
put_exception_first(struct answering *a)
{
    struct smp_found first;
    size_t i = 1;

    if (a->count < 2 || !is_excepted(a, &a->found[0]))
        return;
    while (i < a->count &&
           (!a->found[i].rule || smp_verb_forbids(a->found[i].rule->verb)))
        i++;
    if (i == a->count)
        return;
    first = a->found[i];
    memmove(a->found + 1, a->found, i * sizeof *a->found);
    a->found[0] = first;
}

static void
answer(struct answering *a)
{
    bool leave = a->asking.leave &&
                 !(a->asking.bare && !names_several(a) && is_listed(a));

    if (!a->index->rulings && (a->asking.side != SMP_SIDE_ANY ||
                               a->asking.exact || a->asking.mention_count))
        a->index->rulings = smp_rulings_new(a->index->protocol);
    if (leave && is_in_scope(a))
        add_named(a, true);
    drop_other_side(a);
    add_fitting(a);
    if (a->count) {
        add_named(a, true);
        add_named(a, false);
    }
    if (leave)
        put_exception_first(a);
    order_scores(a);
}

size_t
smp_index_ask(struct smp_index *index, const char *question,
              struct smp_found *found, size_t max)
{
    const struct smp_found *by_id = entry_by_id(index, question);
    enum { FEW = 8 }; /* what comes first does not depend on how many fit */
    struct smp_found few[FEW] = {{0}};
    struct answering a = {.index = index,
                          .found = max < FEW ? few : found,
                          .max = max < FEW ? FEW : max};
    bool *left_out;

    if (by_id && max) {
        found[0] = *by_id;
        found[0].score = 1;
        return 1;
    }
    smp_query_read(&a.query, &index->terms, question);
    smp_asking_read(&a.asking, index, &a.query);
    if (a.query.cut || a.asking.full)
        return 0;
    if (!index->rulings && (a.asking.side != SMP_SIDE_ANY || a.asking.exact ||
                            a.asking.mention_count))
        index->rulings = smp_rulings_new(index->protocol);
    a.scores = smp_calloc(index->topics, sizeof *a.scores);
    left_out = topics_of_other_side(&a);
    smp_rank(index, &a.query, left_out, a.scores);
    answer(&a);
    free(left_out);
    free(a.scores);
    if (a.count > max)
        a.count = max;
    if (a.found == few && a.count)
        memcpy(found, few, a.count * sizeof *few);
    return a.count;
}

/* The first activity named that a rule speaks of, or that none does. */
static const struct smp_activity *
named_activity(const struct smp_index *index, const struct smp_asking *asking,
               const struct smp_rule *rule)
{
    const struct smp_protocol *protocol = index->protocol;
    size_t i;

    for (i = 0; i < asking->mention_count; i++) {
        const struct smp_mention *mention = &asking->mentions[i];
        size_t number = mention->number;

        if (mention->without || mention->kind == SMP_CUE_ALIAS)
            continue;
        if (!rule ||
            smp_rulings_about(index->rulings, (size_t)(rule - protocol->rules),
                              number))
            return &protocol->activities[number];
    }
    return NULL;
}

/* Every word is known as it is written. */
static bool
is_understood(const struct smp_query *query)
{
    size_t i;

    for (i = 0; i < query->count; i++)
        if (query->terms[i].trust < 1)
            return false;
    return query->complete;
}

static size_t
add_activity(const struct smp_activity **found, size_t count, size_t max,
             const struct smp_activity *activity)
{
    size_t i;

    for (i = 0; i < count && i < max; i++)
        if (found[i] == activity)
            return count;
    if (count < max)
        found[count] = activity;
    return count + 1;
}

size_t
smp_index_activities(struct smp_index *index, const char *words,
                     const struct smp_activity **activities, size_t max)
{
    const struct smp_activity *named;
    const struct smp_rule *rule = NULL;
    struct smp_asking asking;
    struct smp_query query;
    struct smp_found found;
    size_t i, count;

    smp_query_read(&query, &index->terms, words);
    if (query.cut || !is_understood(&query))
        return 0;
    if (smp_index_ask(index, words, &found, 1))
        rule = found.rule;
    smp_asking_read(&asking, index, &query);
    named = named_activity(index, &asking, index->rulings ? rule : NULL);
    if (!named && rule && rule->what.count && found.score >= SMP_SCORE_SURE)
        named = smp_protocol_activity(index->protocol, rule->what.at[0]);
    if (!named || asking.full || asking.stops)
        return 0;
    count = add_activity(activities, 0, max, named);
    for (i = 0; i < asking.mention_count; i++)
        if (asking.mentions[i].kind == SMP_CUE_NAME &&
            !asking.mentions[i].without)
            count = add_activity(
                activities, count, max,
                &index->protocol->activities[asking.mentions[i].number]);
    return count <= max ? count : 0;
}

size_t
smp_index_all(const struct smp_index *index, struct smp_found *found,
              size_t max)
{
    size_t i, n = index->count < max ? index->count : max;

    for (i = 0; i < n; i++) {
        found[i] = index->entries[i];
        found[i].score = 1.0;
    }
    return n;
}

size_t
smp_index_size(const struct smp_index *index)
{
    return index->count;
}

void
smp_found_text(struct smp_buf *out, const struct smp_protocol *protocol,
               const struct smp_found *found)
{
    if (found->answer) {
        smp_words_fill(out, protocol, NULL, found->answer->answer);
        return;
    }
    smp_words_fill(out, protocol, found->rule, found->rule->text);
    if (found->rule->why) {
        smp_buf_putc(out, ' ');
        smp_words_fill(out, protocol, found->rule, found->rule->why);
    }
}
