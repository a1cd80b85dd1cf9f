#ifndef SMP_ANSWER_INTERNAL_H
#define SMP_ANSWER_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "time/window.h"

struct smp_protocol;
struct smp_rule;

/*
 * How a question finds its answer; for the .c files of this room and its
 * tests. From words to terms (terms.c) and cues (cues.c), from a protocol to
 * an index of them (index.c), from a question to a query (query.c), what it
 * asks (asking.c), how well each topic fits (rank.c), and what the care rules
 * say to that (rulings.c).
 */

/* A word that may be in no set. */
struct smp_word {
    const char *text;
    uint32_t length; /* octets */
};

/*
 * Words, each once, numbered from 0 in the order in which they came. Start
 * with a zeroed struct. Words before number `matter` are of what the protocol
 * speaks of, those from it on only of how people ask; 0: all are of the former.
 */
struct smp_known_word {
    uint32_t at;     /* where its text begins, which ends with a NUL */
    uint32_t length; /* octets */
    uint32_t uses;   /* how often it was added */
};

struct smp_wordset {
    const char *texts;
    const struct smp_known_word *words;
    const uint32_t *slots; /* a word's number + 1; 0: free */
    size_t count, slot_count, matter;
    struct smp_growing_words *growing; /* once a word was added */
};

#define SMP_NO_WORD UINT32_MAX

/* A word that may be in no set; the text is kept, not copied. */
struct smp_word smp_word_of(const char *text, size_t n);

static inline struct smp_word
smp_wordset_word(const struct smp_wordset *set, uint32_t number)
{
    const struct smp_known_word *word = &set->words[number];

    return (struct smp_word){set->texts + word->at, word->length};
}

/* The word's number, new or not; a new one's text is copied. */
uint32_t smp_wordset_add(struct smp_wordset *set, const struct smp_word *word);
void smp_wordset_release(struct smp_wordset *set);

/* The word's number; SMP_NO_WORD if missing. */
uint32_t smp_wordset_find(const struct smp_wordset *set,
                          const struct smp_word *word);

/*
 * The words of a text: runs of letters, marks and digits, folded as
 * smp_utf8_fold does. A word that begins with a digit is passed over unless
 * `numbers` is set: numbers say how much or when, not what. `clause` is the
 * number of the clause in which the last word stood, from 0. A text that is
 * not UTF-8 has no words.
 */
struct smp_tokens {
    struct smp_buf folded;
    size_t at;
    unsigned clause;
    bool numbers;
};

/* Begins with a text; the struct may have been used before. */
void smp_tokens_begin(struct smp_tokens *tokens, const char *text);

/* The next word; its text lasts until the next beginning. False at the end. */
bool smp_tokens_next(struct smp_tokens *tokens, struct smp_word *word);

void smp_tokens_release(struct smp_tokens *tokens);

/*
 * Words as terms: those that have a stem in common, by Snowball's stemmer of
 * the protocol's language, are one term. Two words that are known written as
 * one ("hair piece") count as that one.
 */
struct smp_terms {
    struct smp_arena arena;
    struct smp_wordset words, stems;
    struct smp_stemmer *stemmer; /* of the language */
    const uint32_t *term_of;     /* by word, once they are stemmed */
    struct smp_tokens tokens;
};

/* Numbers in a growing list, which is the owner's to free. */
struct smp_numbers {
    uint32_t *at;
    size_t count, room;
};

/*
 * The language is a tag such as "en" or "fr-CA", or NULL. A language without a
 * stemmer has none: words are their own stems.
 */
void smp_terms_init(struct smp_terms *terms, const char *lang);

/* Sets the language of terms that have their words and stems already. */
void smp_terms_set_language(struct smp_terms *terms, const char *lang);
void smp_terms_release(struct smp_terms *terms);

/* Adds the first SMP_TEXT_WORDS words of a text; appends their numbers. */
enum { SMP_TEXT_WORDS = 256 };

void smp_terms_learn(struct smp_terms *terms, const char *text,
                     struct smp_numbers *words);

/* Gives all words their terms, once all are learnt. */
void smp_terms_stem(struct smp_terms *terms);
size_t smp_terms_count(const struct smp_terms *terms);

/* Joins words in place that are one; returns how many are left. */
size_t smp_terms_join_all(const struct smp_terms *terms, uint32_t *words,
                          size_t count);

/*
 * Turns words into terms in place, if `once` each of them once; returns how
 * many are left.
 */
size_t smp_terms_of(const struct smp_terms *terms, uint32_t *words,
                    size_t count, bool once);

/* The term of the stem of a word, known or not; SMP_NO_WORD: a new stem. */
uint32_t smp_terms_find(const struct smp_terms *terms,
                        const struct smp_word *word);

/* The word that two are when written as one, or SMP_NO_WORD. */
uint32_t smp_terms_join(const struct smp_terms *terms,
                        const struct smp_word *first,
                        const struct smp_word *second);

/*
 * Cues are runs of words that a question is searched for, to learn what it asks
 * and of what time it speaks: names and aliases by the stems of their words,
 * others by the words themselves (in Spanish, "hace" is ago and "hacer" is to
 * do). They come from the labels "ask..." of the protocol's language, from the
 * names of activities and from the aliases of bans.
 */
enum smp_cue_kind {
    SMP_CUE_LEAVE,    /* it asks leave: "can i" */
    SMP_CUE_OPEN,     /* it asks what, why or how */
    SMP_CUE_WHEN,     /* it asks for a time: "how soon" */
    SMP_CUE_WITHOUT,  /* what follows is left out: "instead of" */
    SMP_CUE_SMALL,    /* a word that says nothing of the matter: "the" */
    SMP_CUE_STOP,     /* what is named is to be left off: "skip" the ointment */
    SMP_CUE_UPTO,     /* before a time: all until then: "less than" 2 days */
    SMP_CUE_UNHEALED, /* not healed at the time: "still scabbing" */
    SMP_CUE_SESSION,  /* the session: "appointment" */
    SMP_CUE_BEFORE,
    SMP_CUE_AFTER,
    SMP_CUE_BREAK,   /* after SMP_CUE_AFTER: it begins something else: "with" */
    SMP_CUE_COMING,  /* beside the session: it is still to come */
    SMP_CUE_GONE,    /* beside the session: it is over */
    SMP_CUE_WITHIN,  /* after the session and before a length: "in" 2 days */
    SMP_CUE_EARLIER, /* always before the session: "beforehand" */
    SMP_CUE_LATER,   /* always after it: "while it heals" */
    SMP_CUE_DAY,     /* a certain day; value: its number */
    SMP_CUE_NUMBER,  /* value: the number */
    SMP_CUE_UNIT,    /* value: an enum smp_unit */
    SMP_CUE_NAME,    /* value: the number of an activity */
    SMP_CUE_FREE,    /* as SMP_CUE_NAME, but no rule speaks of it */
    SMP_CUE_ALIAS,   /* value: the number of a ban */
    SMP_CUE_EXCEPT   /* all words of a ban's exception; value: its number */
};

struct smp_cue {
    uint32_t first, count; /* of its terms; before SMP_CUE_NAME, words */
    uint32_t kind;
    int32_t value;
};

struct smp_cues {
    struct smp_cue *at;
    size_t count, room;
    struct smp_numbers words; /* of all, one after the other */
};

/*
 * Collects the cues of a protocol, exceptions first. The caller frees both
 * lists.
 */
void smp_cues_collect(struct smp_cues *cues,
                      const struct smp_protocol *protocol,
                      struct smp_terms *terms);

/*
 * What an index consists of. Topics are the entries, and after them the
 * activities that no rule speaks of: a question may be about those too, and
 * then it has no answer. Each topic has phrases (question, title, aliases,
 * names of its activities) and a body, the text of its answer.
 */
struct smp_phrase {
    uint32_t first, count; /* of its terms among those of the index */
    uint32_t topic;
    float weight; /* the sum of those of its terms */
    bool body;
};

/* How strongly a term speaks for a topic, 0 to 1. */
struct smp_share {
    uint32_t topic;
    float share;
};

/*
 * A term's weight is 1 where it speaks for one topic alone, and near 0 where
 * it speaks for all alike. Its shares are shares[first] to before
 * shares[next term's first]; so are the phrases that have it.
 */
struct smp_weighed_term {
    float weight;
    uint32_t first_share, first_phrase;
};

/* All arrays are read only: those of a built-in protocol are not copied. */
struct smp_index {
    const struct smp_protocol *protocol;
    struct smp_arena arena;
    struct smp_terms terms;
    struct smp_found *entries;
    size_t count, topics;
    size_t others; /* topics from this one on are of labels */
    const uint32_t *phrase_terms, *cue_terms;
    const struct smp_phrase *phrases;
    const struct smp_cue *cues;
    const struct smp_weighed_term *weighed; /* one more than there are terms */
    const struct smp_share *shares;
    const uint32_t *holders;  /* numbers of phrases */
    const double *phrases_of; /* by topic: how many it has */
    size_t phrase_count, cue_count, share_count, holder_count;
    struct smp_rulings *rulings; /* made when first wanted */
};

/*
 * The built-in protocols' indices, made when the library is built: all but
 * entries, language and rulings.
 */
struct smp_index_table {
    const char *hash; /* of the protocol; NULL ends the list */
    struct smp_index index;
};

extern const struct smp_index_table smp_index_tables[];

/* Makes an index, whether it is built in or not. */
struct smp_index *smp_index_make(const struct smp_protocol *protocol);

/*
 * A question read. `terms` are the known terms, each once; trust is 1, or less
 * for a word taken for a misspelt one. `unknown` is the mass of the words that
 * are not known: 1 each, less for a very short one. `words` are all words and
 * numbers in their order; a word that is not known, and a term, is
 * SMP_NO_WORD. Only the first SMP_QUERY_SIZE octets and SMP_QUERY_WORDS words
 * are read, and of a question that is not UTF-8 only the text before the fault.
 */
enum { SMP_QUERY_SIZE = 8192, SMP_QUERY_WORDS = 400 };

struct smp_query {
    struct smp_query_term {
        uint32_t term;
        double trust;
        bool named; /* in the name of an activity */
    } terms[SMP_QUERY_WORDS];
    size_t count;
    struct smp_query_word {
        uint32_t word, term;
        bool is_number;
        bool small; /* it says nothing of the matter */
        int number;
        unsigned clause;
    } words[SMP_QUERY_WORDS];
    size_t word_count;
    double unknown;
    bool complete; /* every word is known */
    bool cut;      /* there is more in the question than was read */
};

void smp_query_read(struct smp_query *query, const struct smp_terms *terms,
                    const char *text);

/*
 * The word of the set that a misspelt one most likely is: the nearest, then
 * the most used; SMP_NO_WORD where none is near. A word may have one fault for
 * every four characters, two at most, and none in its first character. Trust
 * becomes the share of its characters that are right. *looks is how many known
 * words may still be compared with misspelt ones; where there are none left, a
 * word is not looked for.
 */
uint32_t smp_typo_find(const struct smp_wordset *set,
                       const struct smp_word *word, double *trust,
                       size_t *looks);

/*
 * How well a topic answers a question, by the weight of words:
 *
 * phrase     how much of the topic's most similar phrase the question has,
 * known      how much of the question is anywhere in the topic; the names of
 *            activities count as known to all topics,
 * evidence   what the question's words say for the topic, all together,
 * other      the evidence for a matter of the labels "topic..." that the
 *            question names in full; 0 if it names none,
 * rival      the rank of the best topic without an answer, by its own rank,
 * exact      the question is a phrase of the topic, term for term: 1, or less
 *            for words misspelt a little; else 0.
 */
struct smp_topic_score {
    double phrase, known, evidence, exact, rival, other;
    double named; /* while it is found: the weight of named terms it has */
    double rank;  /* what topics are ordered by; 0: nothing in common */
    double score; /* 0 to 1; it is an answer from SMP_SCORE_ENOUGH on */
};

#define SMP_SCORE_ENOUGH 0.5
#define SMP_SCORE_SURE 0.9

/*
 * Fills a score for each topic of the index. left_out[topic] is true for a
 * topic that is no answer here; NULL leaves none out. Such a topic has rank 0,
 * and the other topics share the evidence of its words.
 */
void smp_rank(const struct smp_index *index, const struct smp_query *query,
              const bool *left_out, struct smp_topic_score *scores);

/*
 * What a question asks, besides its matter: whether it asks leave, of what time
 * it speaks, and which activities and bans it names word for word.
 *
 * A question asks leave in words that say so, "can I swim", unless its clause
 * begins with what, why or how; and if it is a bare one: "swimming?". It speaks
 * of a side of the session ("afterwards"), and if `exact` of a time on that
 * side, from `first` to `last` counted from the session ("5 to 7 days later";
 * negative before it). Up to a time means from the session to it ("less than a
 * week after"); two times mean all from one to the other, and are not exact if
 * their units differ. Words of both sides, or of another event ("before
 * bathing"), say nothing.
 */
enum smp_side { SMP_SIDE_ANY, SMP_SIDE_BEFORE, SMP_SIDE_AFTER };

struct smp_mention {
    uint32_t kind;   /* SMP_CUE_NAME, SMP_CUE_FREE or SMP_CUE_ALIAS */
    uint32_t number; /* of the activity, or of the ban */
    size_t start, end;
    bool without; /* "without soap" */
};

enum { SMP_MENTIONS_MAX = 256 };

struct smp_asking {
    bool leave, when; /* when: it asks for a time */
    bool bare;        /* it asks leave, but not in words */
    enum smp_side side;
    bool exact;
    struct smp_span first, last;
    bool stops;    /* it asks to leave something off; yes would mislead */
    bool unhealed; /* it says that the client has not healed */
    struct smp_mention mentions[SMP_MENTIONS_MAX];
    size_t mention_count;
    bool full; /* it names more than there is room for */
};

/*
 * Reads what a query asks, and marks in the query the words that say nothing
 * of the matter, and the terms that name an activity of which rules speak. If
 * it names one, words of time lose most of their trust: they say when, and no
 * more what.
 */
void smp_asking_read(struct smp_asking *asking, const struct smp_index *index,
                     struct smp_query *query);

/*
 * Whether a mention of what a ban forbids falls under the ban's own exception:
 * that names it, and something else that the question names.
 */
bool smp_asking_excepts(const struct smp_asking *asking,
                        const struct smp_index *index,
                        const struct smp_query *query,
                        const struct smp_mention *mention, size_t ban);

/*
 * What the care rules say to a question, asked of the verdict engine for one
 * session on day SMP_RULINGS_DAY that others follow. The protocol is to outlive
 * it.
 */

struct smp_rulings *smp_rulings_new(const struct smp_protocol *protocol);
void smp_rulings_free(struct smp_rulings *rulings);

/* The plan of that session; it goes with the rulings. */
const struct smp_plan *smp_rulings_plan(const struct smp_rulings *rulings);

/* Whether a rule speaks of that side of the session; see smp-protocol(5). */
bool smp_rulings_speaks(const struct smp_rulings *rulings,
                        const struct smp_rule *rule, enum smp_side side);

/* Whether a rule speaks of an activity, or of one that it is a kind of. */
bool smp_rulings_about(struct smp_rulings *rulings, size_t rule,
                       size_t activity);

/*
 * Whether a ban forbids an activity on some day: false if a narrower permission
 * lifts it whenever it is in force.
 */
bool smp_rulings_forbids(struct smp_rulings *rulings, size_t ban,
                         size_t activity);

/*
 * What becomes of an activity at the exact time that is asked about. Of a time
 * of several days, or hours, the most cautious verdict of any of them.
 */
struct smp_ruling smp_rulings_at(const struct smp_rulings *rulings,
                                 const char *activity,
                                 const struct smp_asking *asking);

/*
 * Which rules an index lists under which activities: a rule under those it
 * names, and under those that have no rule of their own but are, within
 * SMP_LISTED_STEPS steps of `is`, something that the rule names, by way of
 * others that have none. The protocol must outlive it.
 */
enum { SMP_LISTED_STEPS = 8 };

struct smp_listed *smp_listed_new(const struct smp_protocol *protocol);
void smp_listed_free(struct smp_listed *listed);

/* Returns true if the rule is listed under the activity, by their numbers. */
bool smp_listed_under(const struct smp_listed *listed, size_t rule,
                      size_t activity);

/* Returns true if any rule is. */
bool smp_listed_any(const struct smp_listed *listed, size_t activity);

#endif
