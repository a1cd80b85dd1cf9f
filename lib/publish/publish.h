#ifndef SMP_PUBLISH_PUBLISH_H
#define SMP_PUBLISH_PUBLISH_H

#include "plan/plan.h"
#include "protocol/protocol.h"
#include "publish/clients.h"
#include "publish/feed.h"
#include "publish/merge.h"
#include "publish/name.h"
#include "publish/source.h"
#include "publish/store.h"
#include "ical/calendar.h"

/*
 * Feeds on disk: one calendar a client, brought in step with plans. A feed
 * whose content has not changed is not touched; the only state is the feeds
 * themselves.
 */

/* What became of one feed; texts live during the call. */
struct smp_report {
    const char *id;   /* NULL where it is not known */
    const char *file; /* its name in the directory, or NULL: there is none */
    enum smp_change change;
    bool rejected;       /* missing, as its plan has been rejected */
    const char *failure; /* why that could not be done, or NULL */
};

enum smp_prune { SMP_PRUNE_NONE, SMP_PRUNE_LATER, SMP_PRUNE_NOW };

struct smp_waiting; /* a report that waits for the commit */

struct smp_publisher {
    struct smp_store store; /* opened by the caller */
    struct smp_feed_key key;
    struct smp_calendar_options options;
    int64_t now;
    bool proposed;            /* sessions not agreed on are shown too */
    bool pre_only, post_only; /* this phase alone is wanted */
    enum smp_prune prune;
    void (*report)(void *context, const struct smp_report *report);
    /* The same is said in the same words, of many clients perhaps; an id of
     * NULL: of the run. */
    void (*warn)(void *context, const char *id, const char *what);
    void *context;

    /* For smp_publish_line: what plans are read with, and the protocol that a
     * plan would be rendered with; NULL where more is to be said of it. */
    const struct smp_plan_defaults *defaults;
    const struct smp_protocol *(*protocol_for)(void *context,
                                               const struct smp_plan *plan);

    const char *doubt; /* why the list is not to be trusted, or NULL */

    const struct smp_strings *expected; /* ids, or NULL */
    struct smp_clients clients;
    struct smp_waiting *waiting;
    size_t waiting_count, waiting_room;
    enum smp_feed_state state; /* of the feed read last: whole, torn, a stub */
    struct smp_templates templates;
    struct smp_buf old_text, fresh_text, next_text;
    struct smp_feed old, fresh;
    struct smp_source source; /* of the line that has come last */
    struct smp_buf name;      /* of the feed that was read last */
    bool held, there;         /* old_text is what stands there; it exists */
};

/*
 * Before the first plan: the ids of all the clients that there are, which must
 * outlive the publisher. With `prune`, only theirs are published.
 */
void smp_publish_expect(struct smp_publisher *publisher,
                        const struct smp_strings *ids);

/*
 * What comes before a plan is read, if wanted: the line that holds it. True
 * where its feed is, by its source, what publishing the plan would make of it:
 * it is reported as unchanged, and that is all. See source.h.
 */
bool smp_publish_line(struct smp_publisher *publisher, const char *line,
                      size_t n);

/*
 * Publishes one plan, or notes that it is to be: reports come at the commit.
 * False with an error where the plan is none to be published.
 */
bool smp_publish(struct smp_publisher *publisher, struct smp_plan *plan,
                 const struct smp_protocol *protocol, struct smp_err *err);

/* Puts what is noted in its place and reports it. */
void smp_publish_commit(struct smp_publisher *publisher);

/*
 * After the last plan: withdraws feeds whose address has been revoked by
 * another number, reports clients without a plan as missing (returns how many)
 * and, with `prune`, withdraws the feeds of all who are none: emptied first,
 * removed SMP_RETIRED_DAYS later, or at once.
 *
 * For the list's sake nothing is withdrawn where there is a doubt: the
 * caller's, or one found here, which is then in publisher->doubt. It is one if
 * a plan came for somebody who is not in the list, and if nobody in it has a
 * feed or a plan while others have.
 *
 * Without `prune`, but with a key, it warns of feeds that stand there under
 * names which this key has not made.
 */
enum { SMP_RETIRED_DAYS = 30 };

size_t smp_publish_finish(struct smp_publisher *publisher,
                          const struct smp_protocol *protocol,
                          struct smp_err *err);

/* Frees all but the store. */
void smp_publisher_release(struct smp_publisher *publisher);

/* A report as a line for people, or of JSON, with its newline. */
void smp_report_text(struct smp_buf *out, const struct smp_report *report);
void smp_report_json(struct smp_buf *out, const struct smp_report *report);

#endif
