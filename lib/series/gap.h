#ifndef SMP_SERIES_GAP_H
#define SMP_SERIES_GAP_H

#include "series/series.h"

/* The gaps of protocols as days; for the .c files of this room alone. */

/* The rule for the session after a number, or NULL. */
const struct smp_gap *smp_gap_rule(const struct smp_protocol *protocol,
                                   int after);

/*
 * The days that a rule allows after a session on the day `previous`, when the
 * first session is on the day `first`. Without a rule: from the next day on,
 * which is preferred. What has no maximum ends SMP_GAP_DAYS after the
 * preferred day.
 */
enum { SMP_GAP_DAYS = 366 };

struct smp_series_gap smp_gap_days(const struct smp_gap *rule, int32_t first,
                                   int32_t previous);

/*
 * Of a longer window the days are looked at that are so many from the one that
 * is preferred, or fewer.
 */
enum { SMP_GAP_FAR = 3 * 366 };

/* The session that counts before a number, the nearest or the first. */
const struct smp_session *smp_gap_session(const struct smp_plan *plan,
                                          int number, bool first);

/* Warns where a given session breaks the gap. */
void smp_gap_check(struct smp_plan *plan, const struct smp_protocol *protocol,
                   const struct smp_session *session);

#endif
