#ifndef SMP_TEXT_TEXT_H
#define SMP_TEXT_TEXT_H

/* Sheets as text for people, in lines of at most SMP_TEXT_WIDTH columns. */
extern const struct smp_setter smp_text;

#endif
