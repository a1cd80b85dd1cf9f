#ifndef SMP_ANSWER_FITTED_H
#define SMP_ANSWER_FITTED_H

/*
 * The score of a topic is a logistic regression on its standing, see rank.h.
 * Written by tests/fit_answers.py, which says how it is fitted.
 */
#define SMP_FITTED_CONSTANT -5.24
#define SMP_FITTED_PHRASE 1.99
#define SMP_FITTED_KNOWN 2.83
#define SMP_FITTED_EVIDENCE 3.47
#define SMP_FITTED_RIVAL -1.30
#define SMP_FITTED_OTHER -2.62

#endif
