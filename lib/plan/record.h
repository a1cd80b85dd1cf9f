#ifndef SMP_PLAN_RECORD_H
#define SMP_PLAN_RECORD_H

/*
 * The JSON object that a plan was read from, kept so that what a program does
 * not know passes through unchanged and in place. Only plan/ looks inside.
 */
struct smp_record;

void smp_record_free(struct smp_record *record);

#endif
