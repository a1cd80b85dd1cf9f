#ifndef SMP_ANSWER_FITTED_H
#define SMP_ANSWER_FITTED_H

/*
 * The score of a topic is a logistic regression on its standing, see rank.h.
 * Written by tests/fit_answers.py, which says how it is fitted.
 */
#define SMP_FITTED_CONSTANT -5.67
#define SMP_FITTED_PHRASE 1.97
#define SMP_FITTED_KNOWN 2.73
#define SMP_FITTED_EVIDENCE 3.88
#define SMP_FITTED_RIVAL -0.98
#define SMP_FITTED_OTHER -3.17

#endif
