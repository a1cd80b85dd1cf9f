#include "answer/internal.h"

#include <string.h>

/* Kinds whose longest match at each word is kept: all but the names. */
enum { KINDS = SMP_CUE_NAME };

/*
 * What is left of the trust in words beside the name of an activity: in words
 * of time, and in what is left out, "instead of soap".
 */
static const double trust_in_time = 0.3, trust_in_left_out = 0.05;

/* So many other words may stand beside the names of a bare question. */
enum { BARE_WORDS = 2 };

struct match {
    uint16_t length; /* words; 0: none */
    int16_t value;
};

struct reading {
    const struct smp_query *query;
    struct smp_asking *asking;
    struct match matches[SMP_QUERY_WORDS + 1][KINDS];
    bool before, after;                 /* said of the session */
    bool named_before, named_after;     /* within a name */
    bool perhaps_before, perhaps_after; /* said beside its name */
    bool incomparable;                  /* two times in units that differ */
};

/* As cues of a kind are compared: by words, or by terms. */
static uint32_t
word_of(const struct smp_query *query, const struct smp_cue *cue, size_t at)
{
    const struct smp_query_word *word = &query->words[at];

    return cue->kind < KINDS ? word->word : word->term;
}

static bool
stands_at(const struct smp_query *query, const struct smp_cue *cue,
          const uint32_t *terms, size_t at)
{
    size_t i;

    if (at + cue->count > query->word_count ||
        query->words[at].clause != query->words[at + cue->count - 1].clause)
        return false;
    for (i = 0; i < cue->count; i++)
        if (word_of(query, cue, at + i) != terms[i])
            return false;
    return true;
}

static void
note_mention(struct smp_asking *asking, const struct smp_cue *cue, size_t at)
{
    if (asking->mention_count == SMP_MENTIONS_MAX) {
        asking->full = true;
        return;
    }
    asking->mentions[asking->mention_count++] =
        (struct smp_mention){.kind = cue->kind,
                             .number = (uint32_t)cue->value,
                             .start = at,
                             .end = at + cue->count};
}

static void
note(struct reading *r, const struct smp_cue *cue, size_t at)
{
    struct match *match;

    if (cue->kind >= KINDS) {
        note_mention(r->asking, cue, at);
        return;
    }
    match = &r->matches[at][cue->kind];
    if (cue->count > match->length)
        *match = (struct match){.length = (uint16_t)cue->count,
                                .value = (int16_t)cue->value};
}

static void
find_cues(struct reading *r, const struct smp_index *index)
{
    size_t i, at;

    for (i = 0; i < index->cue_count; i++) {
        const struct smp_cue *cue = &index->cues[i];
        const uint32_t *terms = index->cue_terms + cue->first;

        if (cue->kind == SMP_CUE_EXCEPT)
            continue;
        for (at = 0; at < r->query->word_count; at++)
            if (word_of(r->query, cue, at) == terms[0] &&
                stands_at(r->query, cue, terms, at))
                note(r, cue, at);
    }
}

static size_t
matched(const struct reading *r, size_t at, enum smp_cue_kind kind)
{
    return at < r->query->word_count ? r->matches[at][kind].length : 0;
}

/* Whether a word begins another clause than the one before it, or none. */
static bool
is_end(const struct reading *r, size_t at)
{
    const struct smp_query_word *words = r->query->words;

    return at >= r->query->word_count ||
           (at && words[at].clause != words[at - 1].clause);
}

/* Past words that say nothing, to the next one of the clause or its end. */
static size_t
skip_small(const struct reading *r, size_t at)
{
    while (!is_end(r, at) && matched(r, at, SMP_CUE_SMALL))
        at += matched(r, at, SMP_CUE_SMALL);
    return at;
}

/* The same, looking to the left of a word: the end of what is before it. */
static size_t
skip_small_left(const struct reading *r, size_t at)
{
    while (at && !is_end(r, at) &&
           r->matches[at - 1][SMP_CUE_SMALL].length == 1)
        at--;
    return at;
}

/* Whether a cue of the kind ends just before a word. */
static bool
ends_at(const struct reading *r, size_t end, enum smp_cue_kind kind)
{
    size_t at;

    for (at = end; at-- > 0 && end - at <= 4;)
        if (r->matches[at][kind].length == end - at)
            return true;
    return false;
}

/* A number at a word: how many words it has. */
static size_t
number_at(const struct reading *r, size_t at, int *number)
{
    if (at >= r->query->word_count)
        return 0;
    if (r->query->words[at].is_number) {
        *number = r->query->words[at].number;
        return 1;
    }
    if (r->matches[at][SMP_CUE_NUMBER].length)
        *number = r->matches[at][SMP_CUE_NUMBER].value;
    return r->matches[at][SMP_CUE_NUMBER].length;
}

/* "5 days", "five to seven days": the words it has, 0 if it is none. */
static size_t
span_at(const struct reading *r, size_t at, struct smp_span *low,
        struct smp_span *high)
{
    int from, to;
    size_t n = number_at(r, at, &from), end = at + n, next;

    if (!n)
        return 0;
    to = from;
    next = skip_small(r, end);
    n = next - end <= 1 && !is_end(r, next) ? number_at(r, next, &to) : 0;
    if (n)
        end = next + n;
    n = is_end(r, end) ? 0 : matched(r, end, SMP_CUE_UNIT);
    if (!n)
        return 0;
    low->unit = high->unit = (enum smp_unit)r->matches[end][SMP_CUE_UNIT].value;
    low->thousandths = (int64_t)(from < to ? from : to) * 1000;
    high->thousandths = (int64_t)(from < to ? to : from) * 1000;
    return end + n - at;
}

static bool
is_cue_of_question(const struct reading *r, size_t at)
{
    return matched(r, at, SMP_CUE_LEAVE) || matched(r, at, SMP_CUE_OPEN) ||
           matched(r, at, SMP_CUE_WHEN);
}

/*
 * Whether what follows "before" or "after" is the session: it is named, or
 * nothing is, or "after" is followed by a length of time or by the beginning of
 * something else, "5 days after with a hat". "Afterwards can I swim" speaks of
 * it, "how long before I can swim" does not; "before 14 days" may be either
 * side of it.
 */
static bool
speaks_of_session(const struct reading *r, size_t at, bool before)
{
    struct smp_span low, high;
    size_t i;

    if (!is_end(r, at) && matched(r, at, SMP_CUE_BREAK) && !before)
        return true;
    for (i = 0; i < SMP_QUERY_WORDS; i++) {
        if (is_end(r, at))
            return true;
        if (matched(r, at, SMP_CUE_SESSION) || matched(r, at, SMP_CUE_LATER) ||
            matched(r, at, SMP_CUE_COMING) || matched(r, at, SMP_CUE_GONE) ||
            (!before && is_cue_of_question(r, at)))
            return true;
        if (span_at(r, at, &low, &high))
            return !before;
        if (matched(r, at, SMP_CUE_SMALL))
            at += matched(r, at, SMP_CUE_SMALL);
        else if (matched(r, at, SMP_CUE_BEFORE))
            at += matched(r, at, SMP_CUE_BEFORE);
        else if (matched(r, at, SMP_CUE_AFTER))
            at += matched(r, at, SMP_CUE_AFTER);
        else
            return false;
    }
    return false;
}

static bool
says(const struct reading *r, size_t at, enum smp_cue_kind kind)
{
    size_t n = matched(r, at, kind);

    return n && speaks_of_session(r, at + n, kind == SMP_CUE_BEFORE);
}

/* From the earlier beginning to the later end, if their units are the same. */
static void
widen(struct reading *r, struct smp_span low, struct smp_span high)
{
    struct smp_asking *asking = r->asking;

    if (low.unit != asking->first.unit || high.unit != asking->last.unit) {
        r->incomparable = true;
        return;
    }
    if (low.thousandths < asking->first.thousandths)
        asking->first = low;
    if (high.thousandths > asking->last.thousandths)
        asking->last = high;
}

/* A time on one side of the session; `upto`: all from the session to it. */
static void
set_exact(struct reading *r, struct smp_span low, struct smp_span high,
          bool before, bool upto)
{
    struct smp_asking *asking = r->asking;

    if (upto)
        low.thousandths = 0;
    if (before) {
        struct smp_span nearest = low;

        low.thousandths = -high.thousandths;
        high = nearest;
        high.thousandths = -nearest.thousandths;
    }
    if (low.thousandths || high.thousandths) {
        r->before = r->before || before;
        r->after = r->after || !before;
    }
    if (asking->exact) {
        widen(r, low, high);
        return;
    }
    asking->exact = true;
    asking->first = low;
    asking->last = high;
}

/* Whether a cue ends between two words, or just before either. */
static bool
ends_between(const struct reading *r, size_t left, size_t right,
             enum smp_cue_kind kind)
{
    for (; left <= right; left++)
        if (ends_at(r, left, kind))
            return true;
    return false;
}

/* "The session is in 2 days." */
static bool
is_coming(const struct reading *r, size_t at)
{
    return at && matched(r, at - 1, SMP_CUE_WITHIN) == 1 &&
           ends_between(r, skip_small_left(r, at - 1), at - 1, SMP_CUE_SESSION);
}

/* "Less than 5 days", "by day 5". */
static bool
is_upto(const struct reading *r, size_t at)
{
    size_t left = skip_small_left(r, at);

    return ends_between(r, left, at, SMP_CUE_UPTO) ||
           ends_between(r, left, at, SMP_CUE_BEFORE);
}

/* "5 days before", "after 5 days": returns how many words the length has. */
static size_t
read_span(struct reading *r, size_t at)
{
    struct smp_span low, high;
    size_t n = span_at(r, at, &low, &high), right, left;
    bool upto = is_upto(r, at);

    if (!n)
        return 0;
    right = skip_small(r, at + n);
    left = skip_small_left(r, at);
    if (!is_end(r, right) && says(r, right, SMP_CUE_BEFORE))
        set_exact(r, low, high, true, upto);
    else if (!is_end(r, right) &&
             (says(r, right, SMP_CUE_AFTER) || matched(r, right, SMP_CUE_GONE)))
        set_exact(r, low, high, false, upto);
    else if (ends_between(r, left, at, SMP_CUE_AFTER) ||
             ends_between(r, left, at, SMP_CUE_GONE))
        set_exact(r, low, high, false, upto);
    else if (is_coming(r, at))
        set_exact(r, low, high, true, upto);
    return n;
}

/* "day 5", "week two": of a week its first day. */
static void
read_numbered(struct reading *r, size_t at)
{
    size_t n = matched(r, at, SMP_CUE_UNIT);
    struct smp_span low = {.unit = SMP_DAYS}, high;
    int number, value = r->matches[at][SMP_CUE_UNIT].value;

    if (!n || is_end(r, at + n) || !number_at(r, at + n, &number) ||
        (value != SMP_DAYS && value != SMP_WEEKS) ||
        span_at(r, at + n, &low, &high))
        return;
    low.unit = SMP_DAYS;
    low.thousandths = (int64_t)number * 1000;
    high = low;
    if (value == SMP_WEEKS) {
        low.thousandths = (int64_t)(number ? number - 1 : 0) * 7000;
        high.thousandths = low.thousandths + 6000;
    }
    set_exact(r, low, high, false, is_upto(r, at));
}

/* "the night before", "the next day". */
static void
read_day(struct reading *r, size_t at)
{
    size_t n = matched(r, at, SMP_CUE_DAY);
    struct smp_span day = {.unit = SMP_DAYS};
    int value = r->matches[at][SMP_CUE_DAY].value;

    if (!n || !speaks_of_session(r, at + n, value < 0))
        return;
    day.thousandths = value < 0 ? -value * 1000 : value * 1000;
    set_exact(r, day, day, value < 0, false);
}

static void
read_side(struct reading *r, size_t at)
{
    if (says(r, at, SMP_CUE_BEFORE) || matched(r, at, SMP_CUE_EARLIER))
        r->before = true;
    if (says(r, at, SMP_CUE_AFTER) || matched(r, at, SMP_CUE_LATER))
        r->after = true;
}

static bool
names_session(const struct reading *r, unsigned clause)
{
    size_t i;

    for (i = 0; i < r->query->word_count; i++)
        if (r->query->words[i].clause == clause &&
            r->matches[i][SMP_CUE_SESSION].length)
            return true;
    return false;
}

static void
read_beside_session(struct reading *r, size_t at)
{
    bool coming = matched(r, at, SMP_CUE_COMING) > 0;
    bool gone = matched(r, at, SMP_CUE_GONE) > 0;

    if (!(coming || gone) || !names_session(r, r->query->words[at].clause))
        return;
    r->perhaps_before = r->perhaps_before || coming;
    r->perhaps_after = r->perhaps_after || gone;
}

/* Whether the name of an activity begins at a word, and where it ends. */
static bool
names_end(const struct smp_asking *asking, size_t at, size_t *end)
{
    size_t i;

    for (i = 0; i < asking->mention_count; i++)
        if (asking->mentions[i].kind != SMP_CUE_ALIAS &&
            asking->mentions[i].start == at) {
            *end = asking->mentions[i].end;
            return true;
        }
    return false;
}

/*
 * Whether the only word of time ends a question that names two things: "can I
 * swim if I use vaseline before" says before swimming.
 */
static bool
is_beside_another(const struct reading *r)
{
    const struct smp_asking *asking = r->asking;
    size_t i, n = r->query->word_count, names = 0, times = 0, end = 0;

    for (i = 0; i < n; i++)
        if (i >= end && names_end(asking, i, &end))
            names++;
    for (i = 0; i < n; i++)
        times += matched(r, i, SMP_CUE_BEFORE) || matched(r, i, SMP_CUE_AFTER);
    return !asking->exact && names > 1 && times == 1 &&
           (ends_at(r, n, SMP_CUE_BEFORE) || ends_at(r, n, SMP_CUE_AFTER));
}

static void
read_time(struct reading *r)
{
    struct smp_asking *asking = r->asking;
    size_t at, span = 0;

    for (at = 0; at < r->query->word_count; at++) {
        size_t n = at < span ? 0 : read_span(r, at);

        span = n ? at + n : span;
        if (at >= span) {
            read_numbered(r, at);
            read_day(r, at);
        }
        read_side(r, at);
        read_beside_session(r, at);
        if (matched(r, at, SMP_CUE_UNHEALED))
            asking->unhealed = true;
        if (matched(r, at, SMP_CUE_STOP))
            asking->stops = true;
    }
    if (!r->before && !r->after) {
        r->before = r->perhaps_before;
        r->after = r->perhaps_after;
    }
    if (r->incomparable)
        asking->exact = false;
    if ((r->before && (r->after || r->named_after)) ||
        (r->after && r->named_before))
        asking->exact = false;
    else if ((r->before || r->after) && !is_beside_another(r))
        asking->side = r->before ? SMP_SIDE_BEFORE : SMP_SIDE_AFTER;
}

/* The longest cue at a word decides; leave, if two are as long. */
static bool
asks_openly(const struct reading *r, size_t at)
{
    size_t open = matched(r, at, SMP_CUE_OPEN);

    return open > matched(r, at, SMP_CUE_LEAVE) &&
           open > matched(r, at, SMP_CUE_WHEN);
}

/* Reads a clause and returns its end. True at *asks: it has some cue. */
static size_t
read_clause(struct reading *r, size_t at, bool *asks)
{
    struct smp_asking *asking = r->asking;
    unsigned clause = r->query->words[at].clause;
    bool begins = true, open = false;

    for (; at < r->query->word_count && r->query->words[at].clause == clause;
         at++) {
        open = open || (begins && asks_openly(r, at));
        if (open || matched(r, at, SMP_CUE_LEAVE) ||
            matched(r, at, SMP_CUE_WHEN))
            *asks = true;
        if (!open &&
            (matched(r, at, SMP_CUE_LEAVE) || matched(r, at, SMP_CUE_WHEN)))
            asking->leave = true;
        if (!open && matched(r, at, SMP_CUE_WHEN))
            asking->when = true;
        begins = begins && matched(r, at, SMP_CUE_SMALL);
    }
    return at;
}

/* Whether a word names an activity of which rules speak. */
static bool
is_mentioned(const struct smp_asking *asking, size_t at, bool without)
{
    size_t i;

    for (i = 0; i < asking->mention_count; i++)
        if (asking->mentions[i].kind == SMP_CUE_NAME &&
            asking->mentions[i].without == without &&
            asking->mentions[i].start <= at && at < asking->mentions[i].end)
            return true;
    return false;
}

/* Whether little is said beyond names and time: "sauna, a week after". */
static bool
is_bare(const struct reading *r)
{
    size_t at = 0, others = 0, kind, n;

    while (at < r->query->word_count) {
        for (n = kind = 0; kind < KINDS; kind++)
            if (matched(r, at, (enum smp_cue_kind)kind) > n)
                n = matched(r, at, (enum smp_cue_kind)kind);
        others += !n && !r->query->words[at].is_number &&
                  !is_mentioned(r->asking, at, false);
        at += n ? n : 1;
    }
    return others <= BARE_WORDS;
}

/* What, why and how only at the beginning of a clause make it open. */
static void
read_leave(struct reading *r)
{
    bool asks = false;
    size_t at = 0;

    while (at < r->query->word_count)
        at = read_clause(r, at, &asks);
    r->asking->bare = !asks && is_bare(r);
    r->asking->leave = r->asking->leave || r->asking->bare;
}

static bool
covers(const struct smp_mention *wide, const struct smp_mention *narrow)
{
    size_t wide_words = wide->end - wide->start;
    size_t narrow_words = narrow->end - narrow->start;

    return wide->start <= narrow->start && narrow->end <= wide->end &&
           (wide_words > narrow_words ||
            (narrow->kind == SMP_CUE_ALIAS && wide_words == narrow_words));
}

/* "sun" is not named by "sun cream", which is a name of its own. */
static void
drop_covered(struct smp_asking *asking)
{
    size_t i, j, kept = 0;
    bool covered[SMP_MENTIONS_MAX] = {false};

    for (i = 0; i < asking->mention_count; i++)
        for (j = 0; j < asking->mention_count && !covered[i]; j++)
            covered[i] = i != j && asking->mentions[j].kind != SMP_CUE_ALIAS &&
                         covers(&asking->mentions[j], &asking->mentions[i]);
    for (i = 0; i < asking->mention_count; i++)
        if (!covered[i])
            asking->mentions[kept++] = asking->mentions[i];
    asking->mention_count = kept;
}

static bool
is_of_time(const struct reading *r, size_t at)
{
    size_t kind, start;

    for (kind = SMP_CUE_SESSION; kind < KINDS; kind++)
        for (start = at + 1; start-- > 0 && at - start < 4;)
            if (r->matches[start][kind].length > at - start)
                return true;
    return false;
}

static bool
is_left_out(const struct reading *r, size_t at)
{
    return r->matches[at][SMP_CUE_WITHOUT].length ||
           is_mentioned(r->asking, at, true);
}

static void
mark_terms(const struct reading *r, struct smp_query *query)
{
    bool any = false;
    size_t i, at;

    for (at = 0; at < query->word_count; at++)
        any = any || is_mentioned(r->asking, at, false) ||
              is_mentioned(r->asking, at, true);
    for (i = 0; any && i < query->count; i++)
        for (at = 0; at < query->word_count; at++) {
            if (query->words[at].term != query->terms[i].term)
                continue;
            if (is_left_out(r, at))
                query->terms[i].trust *= trust_in_left_out;
            else if (is_of_time(r, at))
                query->terms[i].trust *= trust_in_time;
            else if (is_mentioned(r->asking, at, false))
                query->terms[i].named = true;
        }
}

/*
 * "Vaseline before bathing" is a name; its "before" says no time. That of
 * "shampoo before" only keeps an "after" elsewhere from being all that is said.
 */
static void
drop_time_in_names(struct reading *r)
{
    size_t i, at, kind;

    for (i = 0; i < r->asking->mention_count; i++) {
        const struct smp_mention *mention = &r->asking->mentions[i];

        for (at = mention->start;
             mention->kind != SMP_CUE_ALIAS && at < mention->end; at++) {
            r->named_before = r->named_before || says(r, at, SMP_CUE_BEFORE);
            r->named_after = r->named_after || says(r, at, SMP_CUE_AFTER);
            for (kind = SMP_CUE_SESSION; kind <= SMP_CUE_DAY; kind++)
                r->matches[at][kind].length = 0;
        }
    }
}

void
smp_asking_read(struct smp_asking *asking, const struct smp_index *index,
                struct smp_query *query)
{
    struct reading r = {.query = query, .asking = asking};
    size_t i;

    *asking = (struct smp_asking){.side = SMP_SIDE_ANY};
    find_cues(&r, index);
    drop_covered(asking);
    drop_time_in_names(&r);
    for (i = 0; i < query->word_count; i++)
        query->words[i].small = matched(&r, i, SMP_CUE_SMALL) == 1;
    read_time(&r);
    read_leave(&r);
    for (i = 0; i < asking->mention_count; i++) {
        size_t start = skip_small_left(&r, asking->mentions[i].start);

        asking->mentions[i].without =
            !asking->when &&
            ends_between(&r, start, asking->mentions[i].start, SMP_CUE_WITHOUT);
    }
    mark_terms(&r, query);
}

/* How many of the telling words of a mention a cue has. */
static size_t
shares(const struct smp_index *index, const struct smp_cue *cue,
       const struct smp_query *query, const struct smp_mention *mention,
       size_t *telling)
{
    const uint32_t *terms = index->cue_terms + cue->first;
    size_t i, j, shared = 0;

    *telling = 0;
    for (i = mention->start; i < mention->end; i++) {
        if (query->words[i].small)
            continue;
        ++*telling;
        for (j = 0; j < cue->count; j++)
            if (terms[j] == query->words[i].term)
                break;
        shared += j < cue->count;
    }
    return shared;
}

static bool
is_another(const struct smp_mention *other, const struct smp_mention *mention)
{
    return other->kind == SMP_CUE_NAME &&
           (other->start >= mention->end || other->end <= mention->start) &&
           (mention->kind != SMP_CUE_NAME || other->number != mention->number);
}

bool
smp_asking_excepts(const struct smp_asking *asking,
                   const struct smp_index *index, const struct smp_query *query,
                   const struct smp_mention *mention, size_t ban)
{
    size_t i, j, telling;

    for (i = 0; i < index->cue_count; i++) {
        const struct smp_cue *cue = &index->cues[i];

        if (cue->kind != SMP_CUE_EXCEPT)
            break;
        if ((size_t)cue->value != ban ||
            shares(index, cue, query, mention, &telling) < telling)
            continue;
        for (j = 0; j < asking->mention_count; j++)
            if (is_another(&asking->mentions[j], mention) &&
                shares(index, cue, query, &asking->mentions[j], &telling))
                return true;
    }
    return false;
}
