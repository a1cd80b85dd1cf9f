#ifndef SMP_ANSWER_FITTED_H
#define SMP_ANSWER_FITTED_H

/*
 * The score of a topic is a logistic regression on the other members of struct
 * smp_topic_score. Written by tests/fit_answers.py, which says how it is
 * fitted.
 */
#define SMP_FITTED_CONSTANT -5.85
#define SMP_FITTED_PHRASE 1.78
#define SMP_FITTED_KNOWN 2.87
#define SMP_FITTED_EVIDENCE 4.06
#define SMP_FITTED_RIVAL -1.01
#define SMP_FITTED_OTHER -3.00

#endif
