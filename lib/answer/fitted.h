#ifndef SMP_ANSWER_FITTED_H
#define SMP_ANSWER_FITTED_H

/*
 * The score of a topic is a logistic regression on its standing, see rank.h.
 * Written by tests/fit_answers.py, which says how it is fitted.
 */
#define SMP_FITTED_CONSTANT -5.91
#define SMP_FITTED_PHRASE 2.11
#define SMP_FITTED_KNOWN 2.68
#define SMP_FITTED_EVIDENCE 3.82
#define SMP_FITTED_OTHER 0.00

#endif
