#ifndef SMP_PUBLISH_LISTED_H
#define SMP_PUBLISH_LISTED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/*
 * The list that says who is a client: ids, one a line. It is looked at closely,
 * for whoever is not in it loses a feed. Start with a zeroed struct.
 */
struct smp_listed {
    struct smp_strings ids; /* in the text that was read; the list is ours */
    size_t room;
    bool whole; /* its last line is ended */
};

/*
 * Cuts a text into its ids. It is written to, the octet after it too, and must
 * outlive the list. A byte order mark, carriage returns, blanks around an id
 * and blank lines do not count. False with an error, "line N: WHAT", where an
 * id cannot be one.
 */
bool smp_listed_read(struct smp_listed *list, char *text, size_t n,
                     struct smp_err *err);
void smp_listed_release(struct smp_listed *list);

/* What is wrong with an id for such a list; NULL: nothing. */
const char *smp_listed_fault(const char *id, size_t n);

#endif
