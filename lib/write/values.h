#ifndef SMP_WRITE_VALUES_H
#define SMP_WRITE_VALUES_H

#include "base/buf.h"
#include "write/entries.h"

/*
 * The values of an event that vary from client to client, as libical writes
 * them; a SUMMARY that needs folding is libical's to write.
 */
enum smp_value {
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
enum smp_value smp_value_of(const char *line, bool alarm);

/* Whether the other values of the entry can be put in a line as they are. */
bool smp_values_fit(const struct smp_entry *entry, const struct smp_zone *zone);

void smp_value_put(struct smp_buf *out, enum smp_value value,
                   const struct smp_entry *entry, const struct smp_zone *zone,
                   bool local);

#endif
