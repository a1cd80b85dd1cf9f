#ifndef SMP_ANSWER_FITTED_H
#define SMP_ANSWER_FITTED_H

/*
 * The score of a topic is a logistic regression on its standing, see rank.h.
 * Written by tests/fit_answers.py, which says how it is fitted.
 */
#define SMP_FITTED_CONSTANT -4.19
#define SMP_FITTED_PHRASE 1.68
#define SMP_FITTED_KNOWN 2.90
#define SMP_FITTED_EVIDENCE 2.82
#define SMP_FITTED_RIVAL -2.32

#endif
