#include "base/base.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "base/utf8.h"

/* Returns false if there was an error before: that one stays. */
static bool
note(struct smp_err *err, const char *format, va_list args)
{
    struct smp_buf raw = {0};

    if (err->failed)
        return false;
    smp_buf_vprintf(&raw, format, args);
    smp_utf8_clean(&err->text, smp_buf_text(&raw), raw.len);
    smp_buf_release(&raw);
    err->failed = true;
    return true;
}

bool
smp_fail(struct smp_err *err, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    note(err, format, args);
    va_end(args);
    return false;
}

bool
smp_errno_is_system(int cause)
{
    static const int of_paths[] = {ENOENT, ENOTDIR,      EACCES, EPERM,
                                   ELOOP,  ENAMETOOLONG, EISDIR};
    size_t i;

    for (i = 0; i < sizeof of_paths / sizeof of_paths[0]; i++)
        if (cause == of_paths[i])
            return false;
    return true;
}

bool
smp_fail_as(struct smp_err *err, const struct smp_err *cause)
{
    if (!err->failed) {
        smp_buf_puts(&err->text, smp_buf_text(&cause->text));
        err->failed = true;
        err->system = cause->system;
    }
    return false;
}

bool
smp_fail_errno(struct smp_err *err, const char *format, ...)
{
    int cause = errno;
    va_list args;

    va_start(args, format);
    if (note(err, format, args)) {
        err->system = smp_errno_is_system(cause);
        smp_buf_printf(&err->text, ": %s", strerror(cause));
    }
    va_end(args);
    return false;
}

void
smp_err_prefix(struct smp_err *err, const char *format, ...)
{
    struct smp_err prefixed = {0};
    va_list args;

    if (!err->failed)
        return;
    va_start(args, format);
    note(&prefixed, format, args);
    va_end(args);
    smp_buf_printf(&prefixed.text, ": %s", smp_buf_text(&err->text));
    prefixed.system = err->system;
    smp_err_release(err);
    *err = prefixed;
}

void
smp_err_clear(struct smp_err *err)
{
    smp_buf_cut(&err->text, 0);
    err->failed = err->system = false;
}

void
smp_err_release(struct smp_err *err)
{
    smp_buf_release(&err->text);
    err->failed = err->system = false;
}
