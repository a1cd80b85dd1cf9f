#ifndef SMP_ANSWER_FITTED_H
#define SMP_ANSWER_FITTED_H

/*
 * The score of a topic is a logistic regression on its standing, see rank.h.
 * Written by tests/fit_answers.py, which says how it is fitted.
 */
#define SMP_FITTED_CONSTANT -8.08
#define SMP_FITTED_PHRASE 3.25
#define SMP_FITTED_KNOWN 2.54
#define SMP_FITTED_EVIDENCE 4.74
#define SMP_FITTED_OTHER -3.06

#endif
