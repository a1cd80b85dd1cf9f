#define _XOPEN_SOURCE 700 /* realpath(), which glibc hides else */

#include "planning/planning.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "tool/tool.h"

/* realpath() of what may not be there yet. */
static char *
resolve(const char *path)
{
    char *whole = realpath(path, NULL), *copy, *directory;
    struct smp_buf made = {0};

    if (whole || errno != ENOENT)
        return whole;
    copy = smp_strdup(path);
    directory = realpath(dirname(copy), NULL);
    free(copy);
    if (!directory)
        return NULL;
    copy = smp_strdup(path);
    smp_buf_printf(&made, "%s/%s", directory, basename(copy));
    free(copy);
    free(directory);
    return made.data;
}

static char *
beside(const char *target, const char *prefix, const char *suffix)
{
    char *directory = smp_strdup(target), *name = smp_strdup(target);
    struct smp_buf made = {0};

    smp_buf_printf(&made, "%s/%s%s%s", dirname(directory), prefix,
                   basename(name), suffix);
    free(directory);
    free(name);
    return made.data;
}

static bool
lock(struct output *output, struct smp_err *err)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    char *path = beside(output->target, ".", ".lock");
    bool ok;

    output->lock = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    ok = output->lock >= 0;
    while (ok && fcntl(output->lock, F_SETLKW, &whole) < 0)
        ok = errno == EINTR;
    if (!ok)
        smp_fail_errno(err, "%s", path);
    free(path);
    return ok;
}

/* As the old file's; a new one is its owner's alone, since plans are private.
 */
static bool
make_temporary(struct output *output, struct smp_err *err)
{
    struct stat old;

    output->temporary = beside(output->target, ".", ".tmp");
    if (unlink(output->temporary) < 0 && errno != ENOENT)
        return smp_fail_errno(err, "%s", output->temporary);
    output->fd =
        open(output->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (output->fd < 0)
        return smp_fail_errno(err, "%s", output->temporary);
    if (stat(output->target, &old) < 0)
        return errno == ENOENT || smp_fail_errno(err, "%s", output->path);
    if (!S_ISREG(old.st_mode))
        return smp_fail(err, "%s: not a file", output->path);
    if (fchown(output->fd, old.st_uid, old.st_gid) < 0 && errno != EPERM)
        return smp_fail_errno(err, "%s", output->temporary);
    return fchmod(output->fd, old.st_mode & 07777) == 0 ||
           smp_fail_errno(err, "%s", output->temporary);
}

/* Whether standard input is the file, or one that was in its place before. */
static bool
is_input(const struct output *output)
{
    struct smp_buf old = {0};
    char name[PATH_MAX + 16];
    struct stat input, file;
    ssize_t n;
    bool is;

    if (fstat(STDIN_FILENO, &input) < 0 || !S_ISREG(input.st_mode))
        return false;
    if (stat(output->target, &file) == 0 && input.st_dev == file.st_dev &&
        input.st_ino == file.st_ino)
        return true;
    n = input.st_nlink ? -1 : readlink("/proc/self/fd/0", name, sizeof name);
    smp_buf_printf(&old, "%s (deleted)", output->target);
    is = n == (ssize_t)old.len && memcmp(name, old.data, old.len) == 0;
    smp_buf_release(&old);
    return is;
}

/* The shell opened standard input before the lock: another run may have
 * replaced the file meanwhile, and what that one wrote must not be lost. */
static bool
reopen_input(const struct output *output, struct smp_err *err)
{
    int fd;
    bool ok;

    if (lseek(STDIN_FILENO, 0, SEEK_CUR) != 0)
        return true;
    fd = open(output->target, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return smp_fail_errno(err, "%s", output->path);
    ok = dup2(fd, STDIN_FILENO) >= 0;
    close(fd);
    return ok || smp_fail_errno(err, "%s", output->path);
}

bool
output_open(struct output *output, const char *path, struct smp_err *err)
{
    bool input;

    *output = (struct output){.path = path, .fd = STDOUT_FILENO, .lock = -1};
    if (!path)
        return true;
    output->fd = -1;
    output->target = resolve(path);
    if (!output->target)
        return smp_fail_errno(err, "%s", path);
    input = is_input(output);
    return lock(output, err) &&
           (!(input || is_input(output)) || reopen_input(output, err)) &&
           make_temporary(output, err);
}

static bool
flush(struct output *output, struct smp_err *err)
{
    if (output->text.len && !output->failed &&
        !smp_write_all(output->fd, output->text.data, output->text.len)) {
        output->failed = true;
        if (output->path || errno != EPIPE)
            smp_fail_errno(err, "cannot write%s%s", output->path ? " " : "",
                           output->path ? output->path : "");
        else
            smp_fail(err, "%s", "");
    }
    smp_buf_cut(&output->text, 0);
    return !output->failed;
}

/* A closed pipe ends a program quietly; what failed before was told. */
static bool
report(struct smp_tool *tool, bool ok, struct smp_err *err)
{
    if (!ok && err->text.len)
        smp_tool_fail(tool, smp_buf_text(&err->text));
    tool->failed = tool->failed || !ok;
    smp_err_release(err);
    return ok;
}

bool
output_write(struct output *output, struct smp_tool *tool)
{
    struct smp_err err = {0};

    return report(tool, flush(output, &err), &err);
}

static bool
flush_much(struct output *output, struct smp_tool *tool)
{
    enum { FLUSH_SIZE = 1 << 16 };

    return output->text.len <= FLUSH_SIZE || output_write(output, tool);
}

bool
output_line(struct output *output, struct smp_tool *tool, const char *line,
            size_t n)
{
    smp_buf_add(&output->text, line, n);
    smp_buf_putc(&output->text, '\n');
    return flush_much(output, tool);
}

bool
output_plan(struct output *output, struct smp_tool *tool,
            const struct smp_plan *plan)
{
    smp_plan_format(&output->text, plan);
    return flush_much(output, tool);
}

bool
output_is(const struct output *output, const char *path)
{
    char *other = output->target ? resolve(path) : NULL;
    bool is = other && strcmp(other, output->target) == 0;

    free(other);
    return is;
}

static void
sync_directory(const char *target)
{
    char *copy = smp_strdup(target);
    int fd = open(dirname(copy), O_RDONLY | O_CLOEXEC);

    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
    free(copy);
}

static bool
finish(struct output *output, bool keep, struct smp_err *err)
{
    bool ok = flush(output, err) && !err->failed;

    if (output->path && output->fd >= 0) {
        ok = ok && (!keep || fsync(output->fd) == 0 || errno == EINVAL ||
                    smp_fail_errno(err, "cannot write %s", output->path));
        if (close(output->fd) < 0 && ok)
            ok = smp_fail_errno(err, "cannot write %s", output->path);
        if (ok && keep && rename(output->temporary, output->target) < 0)
            ok = smp_fail_errno(err, "cannot replace %s", output->path);
        else if (ok && keep)
            sync_directory(output->target);
        if (!ok || !keep)
            unlink(output->temporary);
    }
    if (output->lock >= 0)
        close(output->lock);
    free(output->target);
    free(output->temporary);
    smp_buf_release(&output->text);
    return ok;
}

void
output_close(struct output *output, struct smp_tool *tool, bool keep)
{
    struct smp_err err = {0};

    report(tool, finish(output, keep, &err), &err);
}
