#ifndef SMP_WRITE_ENTRIES_H
#define SMP_WRITE_ENTRIES_H

#include "plan/plan.h"
#include "protocol/protocol.h"
#include "write/write.h"

/* Who takes part; address NULL: nobody. */
struct smp_party {
    const char *address, *name; /* name: or NULL */
};

/*
 * What a client's calendar consists of, before it is iCalendar: sessions, one
 * entry a stretch of days (or a rule), entries at clock times.
 */
struct smp_entry {
    const char *uid;
    bool opaque; /* the UID is known to be of letters, digits and . _ @ - */
    int64_t modified; /* instant */
    int sequence;
    struct smp_when start, end; /* both SMP_DAY or both SMP_LOCAL */
    const char *summary, *description, *category;
    const char *status, *related;         /* or NULL */
    struct smp_party organizer, attendee; /* of what is mailed */
    bool opens_care; /* with it, a session's aftercare begins */
    bool busy;
    bool rings;
    bool at_its_hour; /* which the rule names: then it rings at any hour */
    int alarm;        /* seconds from the start; of one that rings */
};

/*
 * The entries of a plan sorted by start and UID; the array is the caller's to
 * free, their texts are in the plan's arena. With `named`,
 * their summaries begin with the client's name. Returns how many.
 */
size_t smp_entries(struct smp_plan *plan, const struct smp_protocol *protocol,
                   const struct smp_write_options *options, bool named,
                   struct smp_entry **out);

/*
 * The entry of one session alone, as it is mailed: of SMP_METHOD_CANCEL,
 * whatever its status, as a cancelled one.
 */
void smp_session_entry(struct smp_plan *plan,
                       const struct smp_protocol *protocol,
                       const struct smp_write_options *options,
                       const struct smp_session *session,
                       struct smp_entry *entry);

#endif
