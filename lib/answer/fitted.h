#ifndef SMP_ANSWER_FITTED_H
#define SMP_ANSWER_FITTED_H

/*
 * The score of a topic is a logistic regression on its standing, see rank.h.
 * Written by tests/fit_answers.py, which says how it is fitted.
 */
#define SMP_FITTED_CONSTANT -5.34
#define SMP_FITTED_PHRASE 2.17
#define SMP_FITTED_KNOWN 2.68
#define SMP_FITTED_EVIDENCE 3.64
#define SMP_FITTED_RIVAL -1.42
#define SMP_FITTED_OTHER -2.67

#endif
