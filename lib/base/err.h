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
    bool system; /* it was a system call, and not for want of such a file */
};

/* Notes an error unless one is noted already; returns false. */
bool smp_fail(struct smp_err *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * As smp_fail(), but for a failed system call: adds ": " and the text of errno,
 * and sets `system` unless errno only says that the path is wrong (no such
 * file, no permission, a directory).
 */
bool smp_fail_errno(struct smp_err *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Returns true if errno says more than that a path is wrong: EIO, EMFILE ... */
bool smp_errno_is_system(int cause);

/* Notes the same error as another struct; returns false. */
bool smp_fail_as(struct smp_err *err, const struct smp_err *cause);

/* Puts "PREFIX: " before the error noted; nothing where there is none. */
void smp_err_prefix(struct smp_err *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Forgets the error; the struct can be used again. */
void smp_err_clear(struct smp_err *err);
void smp_err_release(struct smp_err *err);

#endif
