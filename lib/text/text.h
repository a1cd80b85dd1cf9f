#ifndef SMP_TEXT_TEXT_H
#define SMP_TEXT_TEXT_H

#include "base/buf.h"
#include "base/memo.h"
#include "plan/plan.h"
#include "protocol/protocol.h"

/* What the text renderers share. Lines are at most 80 columns wide. */
enum { SMP_TEXT_WIDTH = 80 };

/* A line of a checklist: the verb's word in a column of its own, the text. */
void smp_text_line(struct smp_buf *out, const struct smp_protocol *protocol,
                   const char *verb, const char *text);

/* Who the plan is for, as a line; nothing for a plan made from operands
 * without a name. */
void smp_text_client(struct smp_buf *out, const struct smp_plan *plan);

void smp_text_caution(struct smp_buf *out, const struct smp_protocol *protocol);

/*
 * A local date and time in words: "30 November, 10:00"; of a day, the date. The
 * year is said where it is not that of the day `around`.
 */
void smp_text_when(struct smp_buf *out, const struct smp_protocol *protocol,
                   struct smp_when when, int32_t around);

/*
 * Lines that were written before, to be written again: for the same protocol,
 * use and text they are the same. Where they are empty, the caller writes them
 * there; they are good until the next call.
 */
struct smp_buf *smp_text_remembered(struct smp_memo *memo,
                                    const struct smp_protocol *protocol,
                                    const char *use, const char *text);

/* The last day before an end. */
int32_t smp_text_last_day(struct smp_when end);

/* Makes the letter at `from` a capital one. */
void smp_text_capital(struct smp_buf *out, size_t from);

#endif
