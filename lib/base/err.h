#ifndef SMP_BASE_ERR_H
#define SMP_BASE_ERR_H

#include <stdbool.h>

#include "base/buf.h"

/*
 * What went wrong, as text ready to print: no program name, no newline, no
 * control characters. The first error wins: later ones are dropped, so a
 * caller may go on and look once at the end. Start with a zeroed struct.
 */
struct smp_err {
    struct smp_buf text;
    bool failed;
};

/* Notes an error unless one is noted already; returns false. */
bool smp_fail(struct smp_err *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same for a failed system call: ": " and what errno says is added. */
bool smp_fail_errno(struct smp_err *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Puts "PREFIX: " before the error noted; nothing where there is none. */
void smp_err_prefix(struct smp_err *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Forgets the error; the struct can be used again. */
void smp_err_clear(struct smp_err *err);
void smp_err_release(struct smp_err *err);

#endif
