#ifndef SMP_ANSWER_FITTED_H
#define SMP_ANSWER_FITTED_H

/*
 * The score of a topic is a logistic regression on its standing, see rank.h.
 * Written by tests/fit_answers.py, which says how it is fitted.
 */
#define SMP_FITTED_CONSTANT -4.23
#define SMP_FITTED_PHRASE 1.72
#define SMP_FITTED_KNOWN 3.05
#define SMP_FITTED_EVIDENCE 2.77
#define SMP_FITTED_RIVAL -2.38

#endif
