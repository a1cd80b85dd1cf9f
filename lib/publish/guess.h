#ifndef SMP_PUBLISH_GUESS_H
#define SMP_PUBLISH_GUESS_H

#include "plan/plan.h"

/*
 * What a line that holds a plan seems to say, found at a glance: id, timeZone,
 * lang, studio and feed, where they stand before the items, which are most of
 * it. Nothing is checked and nothing else is read, so it is a guess until the
 * plan has been read. False where it has no id, or one of them is not
 * as it mostly is.
 */
bool smp_guess(struct smp_plan *guess, const char *line, size_t n);

#endif
