#ifndef SMP_PROTOCOL_PROTOCOL_H
#define SMP_PROTOCOL_PROTOCOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/base.h"
#include "time/window.h"

/*
 * A protocol: what a studio's care consists of, read from JSON files and ready
 * for use. See smp-protocol(5) for the file. A protocol does not change once
 * it is loaded, and it owns everything that hangs from it. Texts are UTF-8
 * without control characters.
 */
enum smp_phase { SMP_PRE, SMP_POST };

/*
 * The verbs of rules, a row each: the enumerator, the name in files, which ends
 * the keys of its labels too ("verb.do"), and what it means (smp_verbs).
 */
#define SMP_VERBS(ROW)                                                         \
    ROW(AVOID, "avoid", SMP_BAN, .goes_on = true),                             \
        ROW(WAIT, "wait", SMP_BAN, .goes_on = true, .waits = true),            \
        ROW(DO, "do", SMP_TASK, 0),                                            \
        ROW(MAY, "may", SMP_PERMISSION, .mild = true),                         \
        ROW(EXPECT, "expect", SMP_NOTICE, .mild = true),                       \
        ROW(ALERT, "alert", SMP_NOTICE, .goes_on = true, .warns = true)

#define SMP_VERB_ID(ID, ...) SMP_##ID
enum smp_verb { SMP_VERBS(SMP_VERB_ID) };

enum smp_verb_kind { SMP_BAN, SMP_TASK, SMP_PERMISSION, SMP_NOTICE };

extern const struct smp_verb_traits {
    enum smp_verb_kind kind;
    bool waits;   /* a ban in its window, a permission from its end on */
    bool mild;    /* said after all else */
    bool goes_on; /* after the next session too */
    bool warns;   /* of signs: its tags name them, they are no conditions */
} smp_verbs[];

/* Whether a rule with the verb can lift a ban. */
bool smp_verb_lifts(enum smp_verb verb);

enum smp_scope { SMP_EACH, SMP_FIRST, SMP_REPEAT, SMP_LAST };

/* The words of the files, by enum; each list ends with NULL. */
extern const char *const smp_phase_names[];
extern const char *const smp_verb_names[];
extern const char *const smp_scope_names[];

/* Index of the name in such a list, or -1. */
int smp_name_index(const char *const *names, const char *name);

/* Returns true if the verb is a ban: avoid, or wait while it lasts. */
static inline bool
smp_verb_forbids(enum smp_verb verb)
{
    return smp_verbs[verb].kind == SMP_BAN;
}

/* Returns true if the milestone is that of healing; false for NULL. */
static inline bool
smp_is_healing(const char *milestone)
{
    return milestone && strcmp(milestone, "healed") == 0;
}

/* How often: "2/d", "3..5/d", "2/w", "2d", "3..4h", "@morning,night" ... */
enum smp_every_kind {
    SMP_EVERY_NONE,
    SMP_EVERY_PER_DAY,  /* min..max times a day */
    SMP_EVERY_PER_WEEK, /* min..max times a week */
    SMP_EVERY_INTERVAL, /* each min..max of unit */
    SMP_EVERY_CLOCKS,   /* at `count` clock hours */
    SMP_EVERY_ON,       /* at an occasion: text is its name */
    SMP_EVERY_AS_NEEDED,
    SMP_EVERY_WORDS /* free words: text */
};

enum { SMP_CLOCKS_MAX = 24 };

struct smp_every {
    enum smp_every_kind kind;
    int64_t min, max; /* thousandths */
    enum smp_unit unit;
    size_t count;
    struct {
        enum smp_clock clock;
        int minutes;
    } at[SMP_CLOCKS_MAX];
    const char *text;
};

struct smp_rule {
    const char *id;
    enum smp_phase phase;
    enum smp_verb verb;
    enum smp_scope scope;
    bool met_by_session;     /* the next session ends it: "met" */
    struct smp_strings what; /* ids of activities */
    const char *during;      /* as written, NULL where absent */
    struct smp_window window;
    const char *every_text; /* as written, NULL where absent */
    struct smp_every every;
    struct smp_strings when, unless; /* tags: if, unless */
    const char *then;                /* of an alert: stop, contact, ... */
    const char *with, *how, *limit, *except;
    const char *title, *text, *why, *note; /* title and text always there */
    const char *full_title, *full_text;    /* what its fields hold filled in */
    struct smp_strings ask;
};

/* What a rule may name in place of activities: all of them. */
#define SMP_EVERYTHING "*"

struct smp_activity {
    const char *id, *title; /* title: the first name, else the id */
    struct smp_strings names, is;
};

struct smp_answer {
    const char *id, *question, *answer, *note;
    struct smp_strings ask;
};

/* A state that is reached some time after a session. */
struct smp_milestone {
    const char *name;
    bool has_range; /* without one it may come on any day from day 0 */
    struct smp_length range;
};

struct smp_gap {
    int after; /* a session's number, 0 for each */
    bool has_min, has_prefer, has_max, from_first;
    struct smp_span min, prefer, max;
    const char *if_words, *hold_if;
};

struct smp_course {
    bool has_sessions;        /* their number is stated; else it is 1 */
    int min, typical, max;    /* sessions; max counts the possible extra one */
    struct smp_length length; /* of a session; its max is the one that counts */
    struct smp_gap *gaps;
    size_t gap_count;
    const char *maintenance; /* what is foreseen afterwards, or NULL */
};

struct smp_studio {
    const char *name, *address, *phone, *url, *time_zone, *opening_hours,
        *contact, *email; /* or NULL; url: http or https, without blanks */
    const char *sign; /* what clients sign; "": the label's words, or NULL */
    struct smp_strings closed; /* dates, as smp_hours_close() reads them */
    int chairs;                /* 0: not said */
    int send;     /* minutes after midnight: messages are due from then */
    bool replies; /* invitations ask for a reply */
    /* Between two starts, before the next client, from now: 0 if not said. */
    struct smp_span step, buffer, notice;
};

struct smp_label;

/* Each member here, and in what hangs from it, is known to table.c too. */
struct smp_protocol {
    struct smp_arena arena;
    const char *id, *lang, *title;
    const char *hash; /* of the effective text but `never`, 12 hex digits */
    const char *json; /* NULL if built in: see smp_protocol_print() */

    struct smp_rule *rules;
    struct smp_activity *activities;
    struct smp_answer *answers;
    struct smp_milestone *milestones; /* "healed" is always there, first */
    size_t rule_count, activity_count, answer_count, milestone_count;

    int clocks[SMP_CLOCKS + 1];  /* minutes, by enum smp_clock */
    int quiet_from, quiet_until; /* minutes: when nothing rings */
    struct smp_course course;
    struct smp_studio studio;
    struct smp_strings never; /* sentences, as written: see struct smp_never */

    struct smp_label *labels;    /* see words.h */
    const uint16_t *label_slots; /* where to look for one; see words.c */
    size_t label_count, label_slot_count;
};

/*
 * A fault or a remark about protocol files. file and line are where the value
 * is, or where it should be; both live as long as the loading. Not to be
 * quoted: text is whole, "POINTER: WHAT".
 */
enum smp_severity { SMP_FAULT, SMP_REMARK };

struct smp_finding_adder;

struct smp_finding {
    enum smp_severity severity;
    const char *file;
    unsigned long line;
    const char *pointer, *what;
};

struct smp_findings {
    void (*tell)(void *context, const struct smp_finding *finding);
    void *context;
    const char *zone_directory; /* of TZif files; NULL: no zone is looked up */
    /*
     * Looks at a protocol without fault before smp_protocol_load() returns,
     * and adds to the findings by smp_finding_add(); or NULL.
     */
    void (*examine)(void *context, const struct smp_protocol *protocol,
                    struct smp_finding_adder *adder);
};

/*
 * Tells a finding about GROUP/ID, or about its member if that is not NULL; all
 * NULL is the whole protocol. False for a remark on a file below those given:
 * it is not told.
 */
bool smp_finding_add(struct smp_finding_adder *adder,
                     enum smp_severity severity, const char *group,
                     const char *id, const char *member, const char *what);

/* Whether GROUP/ID comes from a file below those that were given. */
bool smp_finding_is_below(const struct smp_finding_adder *adder,
                          const char *group, const char *id);

/*
 * The files in their order (a name that begins with "{" is the text of one),
 * over the built-in protocol (in a language that it
 * is translated into; NULL or any other: in English) or, where one says
 * "extends": null, over nothing. Without files: the built-in one. Every fault
 * is told; NULL where there was one, or where a file cannot be read (then err
 * says so). `findings` may be NULL: then the first fault is the error.
 */
struct smp_protocol *smp_protocol_load(const char *lang,
                                       const char *const *files, size_t count,
                                       const struct smp_findings *findings,
                                       struct smp_err *err);
/*
 * The language of the built-in protocol or of a translation of it that a tag
 * such as fr-CA asks for, "fr"; NULL where there is none.
 */
const char *smp_protocol_translation(const char *lang);

/* Whether a protocol is in the language that a tag asks for. */
bool smp_protocol_is_in(const struct smp_protocol *protocol, const char *lang);

void smp_protocol_free(struct smp_protocol *protocol);

/* Appends the effective text: JSON, one line, fit to be read again. */
void smp_protocol_print(struct smp_buf *out,
                        const struct smp_protocol *protocol);

const struct smp_rule *smp_protocol_rule(const struct smp_protocol *protocol,
                                         const char *id);
const struct smp_activity *
smp_protocol_activity(const struct smp_protocol *protocol, const char *id);
/*
 * The activity by its id or one of its names, in any case; NULL where none is
 * called so. *nearest: then the name most like it, or NULL.
 */
const struct smp_activity *
smp_protocol_find_activity(const struct smp_protocol *protocol,
                           const char *name, const char **nearest);
const struct smp_milestone *
smp_protocol_milestone(const struct smp_protocol *protocol, const char *name);

/* Minutes after midnight of a clock hour. */
int smp_protocol_clock(const struct smp_protocol *protocol,
                       enum smp_clock clock, int exact);

/*
 * A sentence about what a protocol never permits:
 *
 *   sentence   = activity {"," activity} time {condition}
 *   time       = "before" milestone       from the session's end on
 *              | "for" span "after"       from the session's end on
 *              | "after"                  from the session's end on, for ever
 *              | "within" span "before"   until the session's start
 *              | "on" "day" number        that day, from the session's end on
 *              | "during" window          as in rules
 *   condition  = "if" tag | "unless" tag | "scope" scope
 *
 * Activities are ids or names. A span is one of windows, such as 24h or 3d.
 */
struct smp_never {
    const char *text; /* the sentence */
    /*
     * Bans what the sentence says never happens: `what`, `window`, `phase`,
     * `scope`, `when` and `unless` as in a rule; the other members are not set.
     */
    struct smp_rule ban;
};

/* What the sentence says lives in the arena; the error says what is wrong. */
bool smp_never_parse(const struct smp_protocol *protocol, const char *text,
                     struct smp_arena *arena, struct smp_never *never,
                     struct smp_err *err);

#endif
