#ifndef SMP_PLAN_PLAN_H
#define SMP_PLAN_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "time/civil.h"
#include "protocol/protocol.h"

/*
 * What may be missing from a plan that was made from an export: nothing, some
 * sessions of this client, or some of anybody.
 */
enum smp_incomplete {
    SMP_COMPLETE,
    SMP_INCOMPLETE_CLIENT,
    SMP_INCOMPLETE_EXPORT
};

/*
 * A plan: one client's sessions and the care around them. It is the one record
 * that all programs parse, fill and render; smp-plan(5) describes it as JSON.
 * Everything in it is in its arena.
 */
enum smp_status {
    SMP_BOOKED,
    SMP_PROPOSED,
    SMP_OPTIONAL,
    SMP_DONE,
    SMP_CANCELLED
};

extern const char *const smp_status_names[];

enum smp_healing { SMP_HEALING_UNKNOWN, SMP_NOT_HEALED, SMP_HEALED };

/* What somebody answered to an invitation (METHOD:REPLY). */
enum smp_reply_kind {
    SMP_ANSWER_NONE,
    SMP_ANSWER_ACCEPTED,
    SMP_ANSWER_DECLINED,
    SMP_ANSWER_TENTATIVE
};

struct smp_reply {
    const char *uid, *attendee; /* of the event; a mail address */
    enum smp_reply_kind answer;
    int sequence;
    bool has_stamp;
    int64_t stamp; /* instant */
};

struct smp_session {
    int number;
    struct smp_when start; /* SMP_DAY or SMP_LOCAL, in the plan's zone */
    int64_t duration;      /* seconds; 0 if only the day is known */
    enum smp_status status;
    bool final;       /* the last of its series */
    const char *uid;  /* NULL: the number identifies the session */
    const char *ref;  /* what the booking system calls it, or NULL */
    const char *said; /* the system's own word for its status, or NULL */
    bool has_set;     /* its time or status was set by hand ... */
    struct smp_when set_start; /* ... when the system said this, */
    int set_status;            /* by enum smp_status; -1: it said nothing */
    bool has_gone;
    int64_t gone; /* instant: since when the system no longer has it */
    enum smp_reply_kind answer; /* to the invitation */
    bool has_answered;
    int64_t answered; /* instant of the answer */
    int sequence;
    bool has_created;
    int64_t created; /* instant */
    struct smp_strings
        late; /* titles of care that it was booked too late for */
    enum smp_healing healing;
    int32_t healed; /* the day, of SMP_HEALED */
    bool has_window;
    int32_t first, last; /* possible days of a proposed session */
    size_t source;       /* place in the record, from 1; 0: new */
};

/*
 * An item: one rule's care for one session. Bounds are SMP_DAY or SMP_LOCAL in
 * the plan's zone, or SMP_NEVER. `end` is exclusive, and SMP_NEVER if the
 * window is open. An imprecise bound has two ends: start and start_latest,
 * end_earliest and end.
 */
struct smp_item {
    const char *uid, *rule;
    enum smp_phase phase;
    enum smp_verb verb;
    struct smp_strings what;
    int session;
    const char *title, *text;
    struct smp_when start, start_latest, end_earliest, end;
    const char *start_on, *end_on; /* a milestone that is the bound, or NULL */
    const char *every;
    int64_t *at; /* instants, ascending */
    size_t at_count;
    size_t source; /* place in the record, from 1; 0: new */
};

struct smp_days {
    int32_t first, last;
};

/* A day without possible sessions. */
enum smp_closure_kind {
    SMP_CLOSURE_HOURS, /* the studio is closed, or not open long enough */
    SMP_CLOSURE_AWAY,
    SMP_CLOSURE_FULL
};

struct smp_closure {
    int32_t day;
    enum smp_closure_kind kind;
};

/* The message for one day (--on). */
struct smp_day_note {
    bool there;
    int32_t date;
    int64_t now; /* local time */
    const char *title, *text;
};

struct smp_plan {
    struct smp_arena arena;
    const char *id, *name, *email, *time_zone, *lang,
        *studio; /* id: never NULL */
    const char *phone, *artist;
    bool has_consent; /* some column, or somebody, says who may be written to */
    struct smp_strings consent;
    bool has_said_consent; /* what the booking system said last */
    struct smp_strings said_consent;
    enum smp_incomplete incomplete;
    struct smp_reply *replies;
    size_t reply_count;
    unsigned long line;          /* in its stream, from 1; 0: none */
    void *uid_key;               /* of the id, or NULL; see care/uid.h */
    const struct smp_zone *zone; /* of time_zone */
    bool zone_assumed;           /* the zone is that of the machine */
    struct smp_strings facts;    /* sorted, see smp_plan_sort_facts */
    struct smp_days *away;       /* holidays, both days included */
    size_t away_count;
    bool has_updated;
    int64_t updated;  /* instant */
    bool updated_now; /* set by this program */
    int feed;

    struct smp_session *sessions; /* by number */
    size_t session_count, session_room;
    struct smp_item *items;
    size_t item_count, item_room;

    bool continues; /* sessions on unknown days follow, unless one is final */

    const char *care[2]; /* by enum smp_phase: "ID@HASH"; NULL: not added */
    bool partial;
    int32_t kept_from, kept_until; /* days, if kept: made partial here */
    bool kept;
    struct smp_strings changes, warnings;
    struct smp_strings_room {
        const char **at; /* the list that has this room */
        size_t room;
    } change_room, warning_room;
    struct smp_when *choices; /* times for the next session, best first */
    size_t choice_count;
    struct smp_closure *closures; /* if they were looked for */
    size_t closure_count;
    struct smp_day_note day;

    /* The JSON object as parsed, with members that no program knows, or NULL.
     * Only this room looks inside. */
    const struct smp_record *record;
};

/* Makes a plan empty, and keeps its memory. */
void smp_plan_reset(struct smp_plan *plan);
void smp_plan_release(struct smp_plan *plan);

/* Adds a zeroed session or item at the end. */
struct smp_session *smp_plan_add_session(struct smp_plan *plan);
struct smp_item *smp_plan_add_item(struct smp_plan *plan);

/*
 * Returns true if the plan has at most SMP_CARE_MAX items, all its care in it,
 * and these have at most SMP_TIMES_MAX clock times; otherwise the error says
 * so. A record with more than SMP_ITEMS_MAX items is rejected when parsed.
 */
enum { SMP_ITEMS_MAX = 2000, SMP_CARE_MAX = 5000, SMP_TIMES_MAX = 50000 };

bool smp_plan_check_limits(const struct smp_plan *plan, struct smp_err *err);

/*
 * Returns true if clients may rely on the plan: its zone is known, and not only
 * assumed, and no care was left out of it.
 */
bool smp_plan_check_whole(const struct smp_plan *plan, struct smp_err *err);

/* Adds a text to the plan's warnings, or to its changes. */
void smp_plan_warn(struct smp_plan *plan, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void smp_plan_change(struct smp_plan *plan, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Sorts the facts, for binary search. */
void smp_plan_sort_facts(struct smp_plan *plan);

/* Sorts the sessions by number. */
void smp_plan_sort_sessions(struct smp_plan *plan);

/* Return the session with this number, or NULL. */
const struct smp_session *smp_plan_session(const struct smp_plan *plan,
                                           int number);
struct smp_session *smp_plan_find_session(struct smp_plan *plan, int number);

/*
 * Start and end of a session, as local times. If only its day is known, it
 * begins at 10:00; if it has no duration, the protocol's longest is used.
 */
enum { SMP_SESSION_HOUR = 10, SMP_NUMBER_MAX = 99 };

int64_t smp_session_start(const struct smp_session *session);
int64_t smp_session_end(const struct smp_plan *plan,
                        const struct smp_session *session,
                        const struct smp_protocol *protocol);
int32_t smp_session_day(const struct smp_session *session);

/*
 * Sessions are in the order of time, whatever their numbers: by start, and of
 * two that start together by number.
 */
bool smp_session_precedes(const struct smp_session *a,
                          const struct smp_session *b);

/*
 * A treatment is a session that is done, booked or proposed; gaps count
 * treatments, because a cancelled session is none. Treatments before the plan:
 * the numbers below the lowest that counts which no session of the plan has.
 * The treatment number of a session is 0 if it is cancelled; an optional
 * session counts only for others that are optional.
 */
int smp_plan_treatment(const struct smp_plan *plan,
                       const struct smp_session *session);

/*
 * Appends the number that clients read: that of the treatment, "2", with the
 * session's own number if it differs, "2 (no. 3)".
 */
void smp_session_put_number(struct smp_buf *out, const struct smp_plan *plan,
                            const struct smp_session *session,
                            const struct smp_protocol *protocol);

/* Returns true if the session is neither cancelled nor optional. */
bool smp_session_counts(const struct smp_session *session);

/*
 * Finds two sessions that count and begin at the same time, because no client
 * can come to both, and appends a sentence about them. Returns false if there
 * are none.
 */
bool smp_plan_same_time(struct smp_buf *out, const struct smp_plan *plan);

/* The zone of plans without timeZone. */
struct smp_plan_defaults {
    struct smp_zones *zones;
    const char *time_zone;
    /* Returns the zone of a studio, or NULL with an error. Can be NULL. */
    const char *(*zone_of_studio)(void *context, const char *studio,
                                  struct smp_err *err);
    void *context;
    bool assumed; /* time_zone comes from the machine's settings */
};

/* Sets the plan's zone from its time_zone, else from the defaults. */
bool smp_plan_set_zone(struct smp_plan *plan,
                       const struct smp_plan_defaults *defaults,
                       struct smp_err *err);

/*
 * Parses one record into an empty plan. The error is "WHERE: WHAT"; the plan's
 * id is set even then, if it was readable.
 */
bool smp_plan_parse(struct smp_plan *plan, const char *text, size_t n,
                    const struct smp_plan_defaults *defaults,
                    struct smp_err *err);

/*
 * Parses the members that tell whose plan it is: id, timeZone, lang, studio and
 * feed, as far as they come before the items, which are most of a record and
 * are not looked at. Returns false if one of these is wrong, or what comes
 * before the items is not JSON: only smp_plan_parse() says why.
 */
bool smp_plan_parse_head(struct smp_plan *plan, const char *text, size_t n);

/* Appends the plan as one line of JSON with its newline. */
void smp_plan_format(struct smp_buf *out, const struct smp_plan *plan);

/* A change to one session of a plan. */
enum smp_edit_kind {
    SMP_EDIT_TIME,   /* booked for a time, or moved to it */
    SMP_EDIT_STATUS, /* booked, done or cancelled */
    SMP_EDIT_FINAL,  /* it finishes the series */
    SMP_EDIT_HEALED,
    SMP_EDIT_NOT_HEALED
};

struct smp_edit {
    int number; /* of the session */
    enum smp_edit_kind kind;
    struct smp_when when;   /* SMP_EDIT_TIME */
    enum smp_status status; /* SMP_EDIT_STATUS */
    const char *day;        /* SMP_EDIT_HEALED: a DAY, as it was written */
};

/*
 * Reads a time, "booked", "done", "cancelled", "final", "healed=DAY" or
 * "healed=no" into everything but the number. The text must outlive the edit.
 * `today` only tells whether a DAY such as "+3d" exists. False with an error.
 */
bool smp_edit_parse(const char *text, int32_t today, struct smp_edit *edit,
                    struct smp_err *err);

/*
 * Changes the session, which a time can add, and names the change in
 * plan->changes. If its time or status changes, it notes what the booking
 * system had said, so that a merge keeps the change. Sessions that depend on it
 * move when the series is completed. `now` is an instant: a DAY such as "today"
 * is that of the plan's zone, and a session booked by this change was booked
 * then. False with an error, and the plan is as it was.
 */
bool smp_plan_edit(struct smp_plan *plan, const struct smp_edit *edit,
                   int64_t now, struct smp_err *err);

/*
 * The one loop over records. It reads lines from a descriptor, parses and
 * counts plans, calls a function for each, and keeps the rejected lines. Blank
 * lines are skipped.
 */
struct smp_stream {
    int fd;
    int rejects; /* descriptor for rejected lines, byte for byte; -1: none */
    struct smp_plan_defaults defaults;

    /* A line before it is parsed; true: the record is done with. Can be NULL.
     */
    bool (*line)(void *context, const char *line, size_t n);
    /* A plan. False with an error rejects its record; false without one ends
     * the stream. */
    bool (*plan)(void *context, struct smp_plan *plan, struct smp_err *err);
    /* A rejected record: what could be parsed; its id is "" if not known. */
    void (*rejected)(void *context, unsigned long line, struct smp_plan *plan,
                     const char *what);
    /* Called before the loop waits for input; false ends it. Can be NULL. */
    bool (*idle)(void *context);
    void *context;

    unsigned long read, rejected_count; /* records so far */
    unsigned long line_number;          /* of the record */
    long long offset;  /* of the record, from where reading began */
    size_t length;     /* its octets */
    bool unterminated; /* the last line had no newline */
};

/*
 * Runs until the input ends. Fails if the input cannot be read or is no stream
 * of plans, if a rejected line cannot be kept, or if a record failed because of
 * the system (smp_err, `system`), which rejects no record. The plans before
 * have been passed on.
 */
bool smp_stream_run(struct smp_stream *stream, struct smp_err *err);

#endif
