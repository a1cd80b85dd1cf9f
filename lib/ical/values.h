#ifndef SMP_ICAL_VALUES_H
#define SMP_ICAL_VALUES_H

#include "base/buf.h"
#include "ical/entries.h"

/* The values of an event that vary from client to client. */
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

/*
 * A piece of the model, and the value that comes after it. A bound stays in the
 * model, to be written over.
 */
struct smp_cut {
    size_t end; /* in the model's text */
    enum smp_varying value;
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

void smp_stamp_put(struct smp_buf *out, struct smp_dates *dates,
                   int64_t seconds);

/*
 * Appends a text as it stands in a summary, or nothing, and false, where that
 * is libical's to write. Texts that have no more than SMP_SUMMARY_MAX octets
 * together make one that is not folded, in a SUMMARY and in an alarm.
 */
enum { SMP_SUMMARY_MAX = 60 };

bool smp_text_put(struct smp_buf *out, const char *text);

/* Appends a summary as libical writes it: SMP_VALUE_SUMMARY or _ALARM. */
void smp_summary_put(struct smp_buf *out, enum smp_varying value,
                     const struct smp_entry *entry);

/*
 * Writes the start or end of an entry, and the instant that it is, without a
 * NUL; always as many octets for a kind of time.
 */
void smp_bound_write(char *at, struct smp_dates *dates, struct smp_when when,
                     int64_t instant, bool local);

#endif
