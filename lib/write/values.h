#ifndef SMP_WRITE_VALUES_H
#define SMP_WRITE_VALUES_H

#include "base/buf.h"
#include "write/entries.h"

/*
 * The values of an event that vary from client to client, as libical writes
 * them; a SUMMARY that needs folding is libical's to write.
 */
enum smp_varying {
    SMP_VALUE_NONE,
    SMP_VALUE_UID,
    SMP_VALUE_STAMP,
    SMP_VALUE_SEQUENCE,
    SMP_VALUE_START,
    SMP_VALUE_END,
    SMP_VALUE_SUMMARY,
    SMP_VALUE_ALARM, /* the summary again, as what an alarm says */
    SMP_VALUE_RELATED
};

/* The value in a content line of an event, or of its alarm. */
enum smp_varying smp_value_of(const char *line, bool alarm);

/* Whether the other values of the entry can be put in a line as they are. */
bool smp_values_fit(const struct smp_entry *entry, const struct smp_zone *zone);

/* The longest UID that is neither folded nor, if it is opaque, escaped. */
bool smp_uid_fits(const struct smp_entry *entry, size_t n);

/* Dates as they are written, for calendars repeat them; zeroed at first. */
enum { SMP_DATES = 512 };

struct smp_dates {
    struct {
        uint32_t tag;
        char text[8];
    } of[SMP_DATES];
};

/* Appends a value that is neither a UID nor a bound. */
void smp_value_put(struct smp_buf *out, struct smp_dates *dates,
                   enum smp_varying value, const struct smp_entry *entry);

/*
 * Writes the start or end of an entry, and the instant that it is, without a
 * NUL; always as many octets for a kind of time.
 */
void smp_bound_write(char *at, struct smp_dates *dates, struct smp_when when,
                     int64_t instant, bool local);

#endif
