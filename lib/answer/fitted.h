#ifndef SMP_ANSWER_FITTED_H
#define SMP_ANSWER_FITTED_H

/*
 * The score of a topic is a logistic regression on its standing, see rank.h.
 * Written by tests/fit_answers.py, which says how it is fitted.
 */
#define SMP_FITTED_CONSTANT -8.48
#define SMP_FITTED_PHRASE 3.33
#define SMP_FITTED_KNOWN 2.95
#define SMP_FITTED_EVIDENCE 4.75
#define SMP_FITTED_OTHER -2.97

#endif
